"""What a node's page says of values that the hub did not take, and of clocks that went back."""

from playwright.sync_api import expect
from waiting import rest, until


def refuse(world):
    node = world.nodes["node_01"]
    node.refused_fields = [{
        "field": "temperature", "type": "number", "came": "text", "count": 3, "at": "2026-11-21T10:00:00.000000Z",
        "reason": "temperature is a number, and a text came; send a number, or reset the field if its type has changed for good.",
    }]


def test_a_field_that_refuses_values_says_why_and_can_be_reset(serve, open_page):
    server = serve(nodes=1)
    server.do(refuse)
    page = open_page(f"{server.url}/nodes/node_01")
    card = page.get_by_role("region", name="Values not taken")
    card.wait_for()
    expect(card).to_contain_text("temperature is a number, and a text came", use_inner_text=True)
    expect(card).to_contain_text("3 times", use_inner_text=True)
    card.get_by_role("button", name="Reset Temperature").click()
    card.wait_for(state="detached")
    assert server.do(lambda world: world.nodes["node_01"].refused_fields) == []


def test_nothing_is_said_while_nothing_is_refused(serve, open_page):
    page = open_page(f"{serve(nodes=1).url}/nodes/node_01")
    page.get_by_role("heading", name="About this node").wait_for()
    rest(page)
    expect(page.get_by_role("region", name="Values not taken")).to_have_count(0)


def test_news_of_a_clock_that_went_back_replaces_what_is_shown(serve, open_page):
    server = serve(nodes=1, interval=3600)
    page = open_page(f"{server.url}/nodes/node_01")
    page.get_by_role("heading", name="About this node").wait_for()
    now = page.evaluate("Date.now() / 1000")
    for observed, value in [(now + 7200, 71.5), (now, 72.5), (now - 3600, 73.5)]:
        server.do(lambda world: world.report(world.nodes["node_01"], observed=observed, temperature=value))
        until(page, f"document.querySelector('.tiles').textContent.includes('{value}')")
