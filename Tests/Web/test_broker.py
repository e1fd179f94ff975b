"""The broker's page and the overview."""
import re

from fake.people import hub


def test_broker_figures_follow_the_live_topic(site, open_page):
    page = open_page(f"{site.url}/broker")
    page.get_by_text("Everything that arrives is stored at once.").wait_for()
    assert page.locator("figure.chart").count() == 4
    page.locator("canvas").nth(3).wait_for()
    page.get_by_text(re.compile(r"In the last 15 minutes: received between")).wait_for()
    figures = site.do(lambda world: world.broker(history=False))
    site.do(lambda world: world.emit("broker", {**figures, "connections": 4321, "queue_depth": 8000}))
    page.locator(".tile-number", has_text="4\u202f321").wait_for()
    page.get_by_text("The queue is nearly full").wait_for()
    assert page.locator(".lead .badge").get_attribute("data-tone") == "bad"


def test_no_figures_for_a_while_is_unknown(site, open_page):
    page = open_page(f"{site.url}/broker")
    page.watch.allowed += ["WebSocket connection", "ERR_CONNECTION_REFUSED"]
    page.wait_for_selector(".connection[data-status=open]")
    site.cut()
    page.locator(".lead .badge", has_text="Unknown").wait_for(timeout=20_000)
    assert page.locator("[data-stale=true] .tile-number").count() > 0


def test_overview_names_what_needs_a_person(site, open_page):
    page = open_page(f"{site.url}/")
    page.get_by_role("heading", level=1, name="All is well").wait_for()
    assert page.get_by_text("Demonstration.").is_visible()
    assert page.get_by_text("Only this machine can open this page.").is_visible()
    site.do(lambda world: world.turn(world.nodes["node_03"], "offline"))
    page.get_by_role("heading", level=1, name="1 node needs attention").wait_for()
    page.get_by_role("region", name="Needs attention").get_by_role("link", name=re.compile("node_03")).click()
    page.get_by_role("heading", level=1, name="node_03").wait_for()


def test_overview_without_nodes_says_how_to_begin(serve, open_page):
    page = open_page(f"{serve(nodes=0, demo=False).url}/")
    page.get_by_role("heading", level=1, name="Ready for its first node").wait_for()
    page.get_by_role("button", name=re.compile("Copy: Simulate")).click()
    page.get_by_text(re.compile("Copied|Select and copy")).first.wait_for()
    assert not page.get_by_text("Demonstration.").is_visible()


def test_overview_of_a_hub_that_asks_for_keys_does_not_send_nodes_without_one(serve, open_page):
    site = serve(nodes=0, demo=False, accounts=hub())
    page = open_page(site.url, who="ada", on=site)
    page.get_by_role("heading", level=1, name="Ready for its first node").wait_for()
    assert page.get_by_text("martlet device add --ids-stdin --kind node").is_visible()
    assert page.get_by_text("martlet simulate nodes --count 5 --keys keys.txt").is_visible()
    page.get_by_role("main").get_by_role("link", name="Devices").click()
    page.get_by_role("heading", level=1, name="Devices").wait_for()
