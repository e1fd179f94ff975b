"""The connection: values arrive, it breaks, it comes back, what was missed is read anew, and old news is called old."""
import re

from conftest import Held
from playwright.sync_api import expect
from waiting import eventually, frames, rest, ticks, until


def panel(page, name):
    return page.locator(".panel", has=page.get_by_role("link", name=name, exact=True))


def asked(page, path):
    return sum(url.split("?")[0].endswith(path) for url in page.watch.requests)


def test_values_appear_as_they_arrive(site, open_page):
    page = open_page(f"{site.url}/nodes")
    panel(page, "node_01").wait_for()
    site.do(lambda world: world.nodes["node_01"].__setattr__("silent", True))
    site.do(lambda world: world.report(world.nodes["node_01"], temperature=77.7))
    panel(page, "node_01").get_by_text("77.7").wait_for()
    expect(panel(page, "node_01").locator(".value-unit").first).to_have_text("°C", use_inner_text=True)


def test_while_nothing_is_heard_states_are_hatched_like_values(site, open_page):
    page = open_page(f"{site.url}/nodes/node_01")
    page.watch.allowed += ["WebSocket connection", "ERR_CONNECTION_REFUSED", "Failed to load resource", "Failed to fetch"]
    page.get_by_text("Follows the clock").wait_for()
    rest(page)
    hatched = "getComputedStyle(document.querySelector('.lead .badge')).backgroundImage.startsWith('repeating-linear-gradient')"
    assert not page.evaluate(hatched)
    site.cut()
    until(page, hatched)
    expect(page.get_by_text("Nothing is heard")).to_be_visible()
    expect(page.get_by_text("Follows the clock")).to_have_count(0)
    site.come_back()
    until(page, f"!({hatched})")
    page.get_by_text("Follows the clock").wait_for()


def test_a_new_node_appears_by_itself(serve, open_page):
    site = serve(nodes=0)
    page = open_page(f"{site.url}/nodes")
    page.get_by_text("No node has reported yet").wait_for()
    page.get_by_text("hub/martlet' simulate nodes --count 5 --mqtt 127.0.0.1:1883").wait_for()
    expect(page.get_by_text(re.compile(r"mosquitto_pub -h 127\.0\.0\.1 -p 1883"))).to_be_visible()

    def appear(world):
        node = world.add_node()
        world.turn(node, "online")
        world.report(node)
    site.do(appear)
    panel(page, "node_01").wait_for()
    panel(page, "node_01").locator(".value-number").first.wait_for()


def test_what_happens_while_the_nodes_are_on_their_way_is_shown(serve, open_page):
    site = serve(nodes=5, interval=1000)
    page = open_page(f"{site.url}/broker")
    held = Held(page, re.compile("/api/nodes$"), "77.7")
    page.goto(f"{site.url}/nodes?view=panels")

    def happen(world):
        world.turn(world.nodes["node_01"], "offline")
        newcomer = world.add_node()
        newcomer.state = "offline"
        world.report(newcomer, temperature=55.5)
        world.report(world.nodes["node_02"], temperature=77.7)

    held.happen(site, happen)
    frames(page)
    expect(page.locator(".panel")).to_have_count(0)
    held.arrive()
    panel(page, "node_01").get_by_text("Offline").wait_for()
    panel(page, "node_02").get_by_text("77.7").wait_for()
    panel(page, "node_06").get_by_text("55.5").wait_for()


def test_what_happens_while_a_node_is_on_its_way_is_shown(serve, open_page):
    """Its page listens only once it is there; what the page before listened to may still come in between."""
    site = serve(nodes=5, interval=1000)
    page = open_page(f"{site.url}/broker")
    held = Held(page, re.compile("/api/nodes/node_02$"), "later")
    page.goto(f"{site.url}/nodes")
    page.wait_for_selector(".connection[data-status=open]")
    page.get_by_role("link", name="node_02", exact=True).click()

    def happen(world):
        world.report(world.nodes["node_02"], temperature=88.8)
        world.number += 1
        for socket in world.sockets:
            socket.say({"type": "event", "n": world.number, "topic": "nodes/node_01/telemetry", "data": {"node_id": "node_01", "values": {}, "later": 1}})

    held.happen(site, happen)
    held.arrive()
    page.get_by_text("88.8").first.wait_for()


def test_a_nodes_first_reading_is_shown_with_it(serve, open_page):
    """It is told before the node is."""
    site = serve(nodes=1, interval=1000)
    page = open_page(f"{site.url}/nodes")
    panel(page, "node_01").wait_for()

    def appear(world):
        node = world.add_node()
        node.state = "offline"
        world.report(node, temperature=44.4)
    site.do(appear)
    panel(page, "node_02").get_by_text("44.4").wait_for()


def test_lost_connection_says_since_when_and_returns_by_itself(site, open_page):
    page = open_page(f"{site.url}/nodes")
    page.watch.allowed.append("WebSocket connection")
    page.watch.allowed.append("ERR_CONNECTION_REFUSED")
    page.wait_for_selector(".connection[data-status=open]")
    site.cut()
    bar = page.locator(".lost[data-visible=true]")
    expect(bar).to_contain_text(re.compile(r"Connection lost since \d\d:\d\d:\d\d"), use_inner_text=True)
    expect(page.locator(".connection")).to_have_text("Not live", use_inner_text=True)
    site.do(lambda world: world.nodes["node_01"].__setattr__("silent", True))
    site.do(lambda world: world.report(world.nodes["node_01"], temperature=66.6))
    site.come_back()
    page.wait_for_selector(".connection[data-status=open]")
    panel(page, "node_01").get_by_text("66.6").wait_for()
    expect(bar).not_to_be_visible()
    page.get_by_text(re.compile("Live again after")).wait_for()


def test_after_reconnecting_it_names_the_last_event_it_saw(site, open_page):
    page = open_page(f"{site.url}/nodes")
    page.watch.allowed.append("WebSocket connection")
    page.locator(".panel").first.wait_for()
    rest(page)
    # What it has seen for certain.
    site.do(lambda world: world.nodes["node_01"].__setattr__("silent", True))
    seen = site.do(lambda world: world.report(world.nodes["node_01"], temperature=77.7) or world.number)
    panel(page, "node_01").get_by_text("77.7").wait_for()
    loads = asked(page, "/api/nodes")

    def drop(world):
        for socket in list(world.sockets):
            socket.response._req.transport.abort()
        return world.number
    number = site.do(drop)
    until(page, "document.querySelector('.connection').dataset.status === 'lost'")
    page.wait_for_selector(".connection[data-status=open]")
    after = eventually(page, lambda: site.do(lambda world: [m["after"] for socket in world.sockets for m in socket.received if m["type"] == "subscribe"]),
                       "the page subscribes anew")
    assert all(seen <= n <= number for n in after)
    rest(page)
    assert asked(page, "/api/nodes") == loads, "nothing was missed, so nothing is read anew"


def test_a_gap_makes_it_read_everything_anew(site, open_page):
    page = open_page(f"{site.url}/nodes")
    page.watch.allowed.append("WebSocket connection")
    page.locator(".panel").first.wait_for()
    rest(page)
    loads = asked(page, "/api/nodes")

    def lose(world):
        for socket in list(world.sockets):
            socket.response._req.transport.abort()
        world.emit("nodes/node_01/telemetry", world.record(world.nodes["node_01"]))
        world.forget_events()
    site.do(lose)
    until(page, "document.querySelector('.connection').dataset.status === 'lost'")
    page.wait_for_selector(".connection[data-status=open]")
    eventually(page, lambda: asked(page, "/api/nodes") > loads, "the nodes are read anew")


def test_silence_becomes_unknown_without_the_server_saying_so(site, open_page):
    """Ten seconds of silence, with the server gone: the page itself must stop calling the node online."""
    def hasten(world):
        for node in world.nodes.values():
            node.stale_after = 3
    site.do(hasten)
    page = open_page(f"{site.url}/nodes")
    page.watch.allowed += ["WebSocket connection", "ERR_CONNECTION_REFUSED"]
    panel(page, "node_01").get_by_text("Online").wait_for()
    expect(page.get_by_text("All 5 nodes are online.")).to_be_visible()
    site.cut()
    panel(page, "node_01").get_by_text("Unknown").wait_for()
    page.locator(".lead", has_text="0 of 5 nodes online; 5 unknown.").wait_for()
    expect(panel(page, "node_01").locator(".value").first).to_have_attribute("data-stale", "true")
    site.come_back()
    panel(page, "node_01").get_by_text("Online").wait_for()


def test_a_wrong_clock_of_the_device_does_not_make_values_old(site, open_page):
    late = open_page(f"{site.url}/nodes", before="const real = Date.now; Date.now = () => real() + 3600_000")
    panel(late, "node_01").get_by_text("Online").wait_for()
    rest(late)
    ticks(late)
    expect(late.get_by_text("All 5 nodes are online.")).to_be_visible()
    expect(panel(late, "node_01").get_by_text(re.compile("just now|[1-5] s ago")).first).to_be_visible()
