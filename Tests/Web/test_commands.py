"""A command's way: asked, sent, confirmed or failed, and each as it happens."""
import re

from fake.catalogue import catalogue
from playwright.sync_api import expect
from waiting import rest, until


def posted(world):
    """What was asked for, each time under a name that no other request has."""
    names = [body["request_id"] for body in world.posted]
    assert all(re.fullmatch("[0-9a-f]{32}", name) for name in names) and len(set(names)) == len(names), names
    return [{member: value for member, value in body.items() if member != "request_id"} for body in world.posted]


def entry(page):
    return page.locator(".command").first


def is_marked(page, *steps):
    """The words of a command's steps, and what is past, present, ahead or broken of them."""
    expect(entry(page).locator(".step-word")).to_have_text([word for word, _ in steps], use_inner_text=True)
    for at, (word, mark) in enumerate(steps):
        expect(entry(page).locator(".steps li").nth(at), word).to_have_attribute("data-mark", mark)


def send(page):
    page.get_by_role("button", name="Send command").click()
    entry(page).wait_for()


def test_progress_is_shown_as_it_happens(site, open_page):
    site.do(lambda world: world.__setattr__("automatic", False))
    page = open_page(f"{site.url}/nodes/node_01")
    page.get_by_label("Brightness").fill("200")
    send(page)
    assert posted(site.world) == [{"command": "set_led", "params": {"state": "on", "brightness": 200}}]
    is_marked(page, ("Queued", "now"), ("Sent", "ahead"), ("Delivered", "ahead"), ("Done", "ahead"))
    for state, word in [("sent", "Sent"), ("delivered", "Delivered"), ("done", "Done")]:
        site.do(lambda world: world.advance(list(world.commands)[-1], state))
        entry(page).locator(".badge", has_text=word).wait_for()
    is_marked(page, *((word, "past") for word in ["Queued", "Sent", "Delivered", "Done"]))
    expect(entry(page)).to_contain_text("brightness 200", use_inner_text=True)


def test_failure_and_silence_are_told_apart(site, open_page):
    site.do(lambda world: world.__setattr__("automatic", False))
    page = open_page(f"{site.url}/nodes/node_01")
    send(page)
    site.do(lambda world: (world.advance(list(world.commands)[-1], "sent"), world.advance(list(world.commands)[-1], "failed", error="no such pin")))
    entry(page).locator(".badge", has_text="Failed").wait_for()
    is_marked(page, ("Queued", "past"), ("Sent", "past"), ("Failed", "broken"))
    expect(entry(page).get_by_text("no such pin")).to_be_visible()
    send(page)
    until(page, "document.querySelectorAll('.command').length === 2")
    site.do(lambda world: (world.advance(list(world.commands)[-1], "sent"), world.advance(list(world.commands)[-1], "timed_out")))
    entry(page).locator(".badge", has_text="No answer").wait_for()
    entry(page).get_by_role("button", name=re.compile("set_led")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("the node did not answer in time").wait_for()
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    page.goto(f"{site.url}/")
    page.get_by_role("heading", level=1, name="2 commands need attention").wait_for()


def test_other_commands_are_checked_before_they_are_sent(site, open_page):
    page = open_page(f"{site.url}/nodes/node_01")
    page.get_by_role("radio", name="Other command").check()
    button = page.get_by_role("button", name="Send command")
    button.click()
    expect(page.get_by_text("Say which command.")).to_be_visible()
    until(page, "document.activeElement.getAttribute('aria-invalid') === 'true'")
    page.get_by_label("Command", exact=True).fill("set_interval")
    for wrong in ["{seconds: 5}", "[1]", "5"]:
        page.get_by_label("Parameters").fill(wrong)
        button.click()
        expect(page.locator(".field-error"), wrong).to_be_visible()
    assert site.world.posted == []
    page.get_by_label("Parameters").fill('{"seconds": 5}')
    button.click()
    entry(page).get_by_text("Done").first.wait_for()
    assert posted(site.world) == [{"command": "set_interval", "params": {"seconds": 5}}]


def test_a_command_to_an_absent_node_waits_and_says_so(site, open_page):
    site.do(lambda world: world.turn(world.nodes["node_02"], "offline"))
    page = open_page(f"{site.url}/nodes/node_02")
    page.get_by_text("The node is offline: the command waits").wait_for()
    send(page)
    entry(page).locator(".badge", has_text="Queued").wait_for()


def test_a_refused_command_says_why(site, open_page):
    page = open_page(f"{site.url}/nodes/node_01")
    page.watch.allowed.append("429")
    page.locator(".commands-list-name").wait_for()
    rest(page)
    site.do(lambda world: world.broken.update({"/api/nodes/node_01/commands": (429, "limit_reached", "A limit is reached", "100 commands wait for this node already.")}))
    page.get_by_role("button", name="Send command").click()
    page.get_by_text("100 commands wait for this node already.").wait_for()
    expect(page.locator(".command")).to_have_count(0)


def test_the_form_is_made_of_what_the_catalogue_declares(site, open_page):
    told = catalogue()
    dim = {"id": "dim", "summary": "Dim it", "parameters": [
        {"id": "lamp", "summary": "Which lamp", "choice": [{"id": "a", "summary": "Lamp A"}, {"id": "b", "summary": "Lamp B"}]},
        {"id": "to", "summary": "How bright", "whole": {"minimum": 1, "maximum": 9, "standard": 3}, "only": {"parameter": "lamp", "is": "b"}}]}
    told["commands"] = [told["commands"][0] | {"takes_others": False, "commands": [{"id": "beep", "summary": "Beep", "parameters": []}, dim]}]
    page = open_page(f"{site.url}/")
    page.route("**/api/catalogue", lambda route: route.fulfill(json=told))
    page.goto(f"{site.url}/nodes/node_01")
    section = page.get_by_role("region", name="Commands", exact=True)
    expect(section.get_by_role("radio")).to_have_count(2)
    send(page)
    section.get_by_role("radio", name="Dim it").check()
    expect(section.get_by_label("How bright")).to_be_disabled()
    section.get_by_role("button", name="Send command").click()
    until(page, "document.querySelectorAll('.command').length === 2")
    section.get_by_role("radio", name="Lamp B").check()
    section.get_by_label("How bright").fill("7")
    section.get_by_role("button", name="Send command").click()
    until(page, "document.querySelectorAll('.command').length === 3")
    assert posted(site.world) == [{"command": "beep", "params": {}}, {"command": "dim", "params": {"lamp": "a"}}, {"command": "dim", "params": {"lamp": "b", "to": 7}}]


def test_older_commands_come_page_by_page_while_new_ones_arrive(site, open_page):
    def give(world, number):
        return world.new_command(world.nodes["node_01"], {"command": f"step_{number}"})["command_id"]

    def begin(world):
        given = [give(world, number) for number in range(260)]
        # No event brings them: they are read.
        world.forget_events()
        return given
    ids = site.do(begin)
    page = open_page(f"{site.url}/nodes/node_01")
    section = page.get_by_role("region", name="Commands", exact=True)
    commands, older = section.locator(".command"), section.get_by_role("button", name="Older commands")
    section.get_by_role("button", name="Show 44 older").click()
    expect(commands).to_have_count(50)
    # What happens meanwhile is seen, and moves no page.
    site.do(lambda world: world.advance(ids[-1], "done"))
    expect(commands.first).to_contain_text("Done")
    site.do(lambda world: ids.append(give(world, 260)))
    expect(commands).to_have_count(51)
    older.click()
    expect(commands).to_have_count(250)
    older.click()
    expect(commands).to_have_count(261)
    expect(older).to_have_count(0)
    names = commands.locator("code").all_inner_texts()
    assert names == [f"step_{number}" for number in range(260, -1, -1)], names
    # An old one is followed like a new one, and what was opened stays open when the page has missed events.
    site.do(lambda world: world.advance(ids[0], "done"))
    expect(commands.last).to_contain_text("Done")

    page.watch.allowed.append("WebSocket connection")

    def lose(world):
        for socket in list(world.sockets):
            socket.response._req.transport.abort()
        world.advance(ids[1], "failed", error="stuck")
        world.forget_events()
    site.do(lose)
    expect(commands.nth(259)).to_contain_text("stuck")
    expect(commands).to_have_count(261)
