"""What pages say of values that the hub did not take or that are none, and of clocks that went back."""

import pytest
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


@pytest.mark.parametrize("none", [None, "NaN", "unavailable", ""])
@pytest.mark.parametrize("path", ["/nodes/node_01", "/nodes", "/nodes?view=table"], ids=["node", "panels", "table"])
def test_a_value_that_is_none_leaves_the_last_number_in_its_place(serve, open_page, none, path):
    """As an event, and as the latest of an answer when the page reads everything anew; then the next number comes."""
    server = serve(nodes=1, interval=3600)
    page = open_page(f"{server.url}{path}")
    page.watch.allowed.append("WebSocket connection")
    page.get_by_text("node_01").first.wait_for()
    rest(page)

    def shown(number):
        return page.locator(".value:visible", has_text=number).first

    def report(**values):
        server.do(lambda world: world.report(world.nodes["node_01"], **values))

    report(temperature=71.5, humidity=31.5)
    shown("71.5").wait_for()
    # The other field of the same message shows that the page has taken it.
    report(temperature=none, humidity=32.5)
    shown("32.5").wait_for()
    expect(shown("71.5")).to_be_visible()

    def lose(world):
        node = world.nodes["node_01"]
        # What the readings say stays numbers.
        node.values = lambda t, real=node.values: {**real(t), "temperature": none, "humidity": 33.5}
        for socket in list(world.sockets):
            socket.response._req.transport.abort()
        world.emit("nodes/node_01/state", world.record(node, latest=False))
        world.forget_events()

    server.do(lose)
    shown("33.5").wait_for()
    expect(shown("71.5")).to_be_visible()
    report(temperature=72.5, humidity=34.5)
    shown("72.5").wait_for()
    expect(shown("71.5")).to_have_count(0)
