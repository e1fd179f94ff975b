"""The broker's page and the overview."""
import re

from fake.people import hub
from playwright.sync_api import expect
from waiting import rest


def test_broker_figures_follow_the_live_topic(site, open_page):
    page = open_page(f"{site.url}/broker")
    page.get_by_text("Everything that arrives is stored at once.").wait_for()
    expect(page.locator("figure.chart")).to_have_count(4)
    page.locator("canvas").nth(3).wait_for()
    page.get_by_text(re.compile(r"In the last 15 minutes: received between")).wait_for()
    figures = site.do(lambda world: world.broker(history=False))
    site.do(lambda world: world.emit("broker", {**figures, "connections": 4321, "queue_depth": 8000}))
    page.locator(".tile-number", has_text="4\u202f321").wait_for()
    page.get_by_text("The queue is nearly full").wait_for()
    expect(page.locator(".lead .badge")).to_have_attribute("data-tone", "bad")


def test_no_figures_for_a_while_is_unknown(site, open_page):
    page = open_page(f"{site.url}/broker")
    page.watch.allowed += ["WebSocket connection", "ERR_CONNECTION_REFUSED"]
    page.wait_for_selector(".connection[data-status=open]")
    site.cut()
    page.locator(".lead .badge", has_text="Unknown").wait_for()
    expect(page.locator("[data-stale=true] .tile-number")).not_to_have_count(0)


def test_overview_names_what_needs_a_person(site, open_page):
    page = open_page(f"{site.url}/")
    page.get_by_role("heading", level=1, name="All is well").wait_for()
    expect(page.get_by_text("Demonstration.")).to_be_visible()
    expect(page.get_by_text("Only this machine can open this page.")).to_be_visible()
    site.do(lambda world: world.turn(world.nodes["node_03"], "offline"))
    page.get_by_role("heading", level=1, name="1 node needs attention").wait_for()
    page.get_by_role("region", name="Needs attention").get_by_role("link", name=re.compile("node_03")).click()
    page.get_by_role("heading", level=1, name="node_03").wait_for()


def test_overview_without_nodes_says_how_to_begin(serve, open_page):
    page = open_page(f"{serve(nodes=0, demo=False).url}/")
    page.get_by_role("heading", level=1, name="Ready for its first node").wait_for()
    page.get_by_role("button", name=re.compile("Copy: Simulate")).click()
    page.get_by_text(re.compile("Copied|Select and copy")).first.wait_for()
    expect(page.get_by_text("Demonstration.")).not_to_be_visible()


def test_overview_of_a_hub_that_asks_for_keys_does_not_send_nodes_without_one(serve, open_page):
    site = serve(nodes=0, demo=False, accounts=hub())
    page = open_page(site.url, who="ada", on=site)
    page.get_by_role("heading", level=1, name="Ready for its first node").wait_for()
    command = "'/opt/Martlet'\\''s hub/martlet'"
    page.get_by_text(f"| {command} device add --data '/srv/a hub' --ids-stdin --kind node > keys.txt)").wait_for()
    expect(page.get_by_text(f"{command} simulate nodes --count 5 --keys keys.txt --mqtt 127.0.0.1:1883")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Devices").click()
    page.get_by_role("heading", level=1, name="Devices").wait_for()
    # Paths of the machine are for those who administer the hub.
    page = open_page(site.url, who="vera", on=site)
    page.get_by_text(re.compile("mosquitto_pub .* -u node_01 -P KEY")).wait_for()
    rest(page)
    expect(page.get_by_text("keys.txt")).to_have_count(0)
    assert not any("installation" in url for url in page.watch.requests)


def test_commands_name_what_a_shell_on_the_hubs_machine_reaches(modules):
    asked = modules.evaluate("""Promise.all([import('/lib/shell.js'), import('/nodes/first.js')]).then(([shell, first]) => [
        ['/a/b-c.d', '', 'a b', "it's", 'a\\nb', '$HOME', '~', 'ü'].map(shell.shellWord),
        ['127.0.0.1:1883', '0.0.0.0:1884', '[::]:1', '[::1]:2', undefined].map((each) => first.placeOf(each, 'hub.example'))])""")
    assert asked[0] == ["/a/b-c.d", "''", "'a b'", "'it'\\''s'", "'a\nb'", "'$HOME'", "'~'", "'ü'"]
    assert asked[1] == [{"local": "127.0.0.1:1883", "host": "127.0.0.1", "port": "1883"}, {"local": "127.0.0.1:1884", "host": "hub.example", "port": "1884"},
                        {"local": "[::1]:1", "host": "hub.example", "port": "1"}, {"local": "[::1]:2", "host": "::1", "port": "2"}, None]
