"""The pages in Debian's Chromium, against the real server: live values, a command there and back, pictures of everything."""

import json
import threading
import time

import pytest

from support.clients import Node
from support.scene import message, set_up
from support.server import ROOT, Martlet
from support.waiting import wait_for
from test_http import curl

SIZES = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}


@pytest.fixture
def open_page(hub, chromium):
    """Opens a page of the shared server; a complaint in its console, or a request to another host, fails the test."""
    pages, complaints = [], []

    def make(path, size="desktop", theme="light", server=None):
        phone = size == "phone"
        page = chromium.new_page(viewport=SIZES[size], color_scheme=theme, has_touch=phone, is_mobile=phone)
        pages.append(page)
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        origin = (server or hub).url
        page.on("request", lambda r: complaints.append(f"asks {r.url}") if not r.url.startswith((origin, "ws://127.", "data:", "blob:"))
                else None)
        page.goto(origin + path)
        page.wait_for_selector("#main h1")
        return page

    make.complaints = complaints
    yield make
    for page in pages:
        page.close()
    assert not complaints, complaints


def panel(page, node_id):
    return page.locator("article.panel").filter(has=page.get_by_role("link", name=f"node_{node_id}", exact=True))


def test_the_stand_in_of_the_pages_tests_sends_the_headers_that_the_hub_sends(hub):
    held = json.loads((ROOT / "Tests/Web/fake/headers.json").read_text())
    # What an answer has of its own.
    own = {"content-type", "content-length", "content-encoding", "date", "etag", "vary", "connection"}
    for kind, path in {"document": "/parking", "file": "/app/main.js", "api": "/api/nodes"}.items():
        _, headers, _ = curl(hub, path)
        wanted = {name.lower(): value.replace("{host}", f"127.0.0.1:{hub.http_port}") for name, value in held[kind].items()}
        assert {name: value for name, value in headers.items() if name not in own} == wanted, kind


def test_the_nearest_car_park_is_found_through_the_hubs_own_headers(own, chromium):
    hub = own()
    for lot, name, latitude in [("AFAR", "A far one", 53.5), ("NEAR", "Near", 52.53)]:
        body = {"lot_id": lot, "name": name, "address": "", "time_zone": "UTC", "currency": "EUR", "latitude": latitude, "longitude": 13.4}
        assert hub.ask("/api/lots", "POST", body).status == 201
    context = chromium.new_context(geolocation={"latitude": 52.5302, "longitude": 13.4}, permissions=["geolocation"])
    page = context.new_page()
    page.set_default_timeout(10_000)
    # By the way of somebody who came to another page first: the document is that of "/".
    page.goto(hub.url + "/")
    page.wait_for_selector("#main h1")
    page.evaluate("import('/app/router.js').then((router) => router.navigate('/parking'))")
    page.get_by_role("button", name="Nearest to me").click()
    page.locator(".lot-far").first.wait_for()
    assert "Near" in page.locator(".lot-line").first.inner_text()
    context.close()


def test_a_published_value_is_on_the_page_within_a_second(hub, node, open_page):
    node.telemetry({"temperature": 21.5})
    page = open_page(f"/nodes?q={node.node_id}&view=panels")
    panel(page, node.node_id).get_by_text("21.5").first.wait_for()
    page.get_by_text("Live", exact=True).first.wait_for()
    for value in [22.5, 23.4, 24.3]:
        started = time.monotonic()
        node.telemetry({"temperature": value})
        panel(page, node.node_id).get_by_text(str(value)).first.wait_for(timeout=1_000)
        assert time.monotonic() - started < 1


def test_a_new_node_appears_by_itself(hub, fresh, open_page):
    page = open_page(f"/nodes?q={fresh}&view=panels")
    page.get_by_text("Live", exact=True).first.wait_for()
    with Node(hub.mqtt_port, fresh) as node:
        node.telemetry({"temperature": 19.5})
        # With its first reading, which the hub tells before it tells of the node.
        panel(page, fresh).get_by_text("19.5").first.wait_for(timeout=2_000)


def test_a_command_goes_from_the_page_to_the_node_and_its_answer_comes_back(hub, node, open_page):
    node.telemetry({"temperature": 21.5})
    page = open_page(f"/nodes/node_{node.node_id}")
    page.get_by_role("button", name="Send command").click()
    told = node.receive_json()
    assert told["command"] == "set_led" and told["params"] == {"state": "on", "brightness": 128}
    entry = page.locator("li.command").filter(has_text="set_led")
    entry.get_by_text("Delivered").first.wait_for()
    node.answer(told)
    wait_for(lambda: hub.node(node.node_id)["open_commands"] == 0, "the hub knows that it is done")
    page.wait_for_selector('li.command[data-tone="good"]', timeout=2_000)
    assert "Done" in entry.inner_text()


def test_a_node_that_is_lost_is_shown_as_lost(hub, fresh, open_page):
    node = Node(hub.mqtt_port, fresh)
    node.telemetry({"temperature": 21.5})
    page = open_page(f"/nodes?q={fresh}&view=panels")
    panel(page, fresh).wait_for()
    node.drop()
    page.wait_for_selector(f'article.panel[data-state="offline"][aria-labelledby="node-node_{fresh}"]', timeout=3_000)


def test_the_page_comes_back_after_a_restart_of_the_server(own, open_page):
    hub = own()
    with Node(hub.mqtt_port, "r1") as node:
        node.telemetry({"temperature": 20.5})
        page = open_page("/nodes", server=hub)
        page.get_by_text("Live", exact=True).first.wait_for()
        # The same port again: a page cannot know of another.
        hub.arguments += ["--http", f"127.0.0.1:{hub.http_port}"]
        hub.stop()
    page.get_by_text("Connection lost").first.wait_for(timeout=15_000)
    hub.start()
    page.get_by_text("Live", exact=True).first.wait_for(timeout=40_000)
    shown = panel(page, "r1").get_by_text("27.5").first
    with Node(hub.mqtt_port, "r1") as node:
        # As a real node does: it goes on reporting.
        def reported():
            node.telemetry({"temperature": 27.5})
            page.wait_for_timeout(500)
            return shown.is_visible()

        wait_for(reported, "the page shows what the node says after the restart", 10)
    # The browser itself reports that the server was away.
    open_page.complaints[:] = [c for c in open_page.complaints if "ERR_CONNECTION_REFUSED" not in c and "WebSocket connection" not in c]
    hub.stop()


def test_everything_can_be_done_with_the_keyboard(hub, node, open_page):
    node.telemetry({"temperature": 21.5})
    page = open_page(f"/nodes/node_{node.node_id}")
    reached = []
    for _ in range(80):
        page.keyboard.press("Tab")
        text = page.evaluate("(document.activeElement.innerText || document.activeElement.ariaLabel || '').trim()")
        reached.append(text)
        if text == "Send command":
            page.keyboard.press("Enter")
            break
    assert reached[-1] == "Send command", reached
    assert reached[0] == "Skip to content"
    assert node.receive_json()["command"] == "set_led"


@pytest.fixture(scope="module")
def populated(tmp_path_factory):
    """A server with an hour of history and nodes that go on, so that the pictures show what a person would see."""
    server = Martlet(tmp_path_factory.mktemp("pages"), ROOT / "build/logs/e2e-pages.log").start()
    nodes, stop = set_up(server), threading.Event()

    def go_on():
        while not stop.wait(2):
            for number, node in enumerate(nodes, 1):
                node.publish(f"iot/node/{node.node_id}/telemetry", message(number, time.time()))

    thread = threading.Thread(target=go_on)
    thread.start()
    # The broker's own page shows samples of two seconds; a few of them make a line.
    wait_for(lambda: len(server.get("/api/broker")["history"]) >= 8, "samples", 40, 0.5)
    yield server
    stop.set()
    thread.join(20)
    for node in nodes:
        node.disconnect()
    try:
        server.stop()
    finally:
        server.end()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["home", "nodes", "node", "broker", "missing"])
def test_pictures(populated, open_page, screenshots, name, theme, size):
    path = {"home": "/", "node": "/nodes/01", "missing": "/nodes/nowhere"}.get(name, f"/{name}")
    page = open_page(path, size, theme, populated)
    page.wait_for_selector('[data-status="open"]', state="attached")
    page.wait_for_selector("#main .skeleton", state="detached")
    # Charts are drawn on a canvas, a few frames after their data is there.
    page.evaluate("async () => { for (let n = 0; n < 20; n++) await new Promise(requestAnimationFrame); }")
    page.screenshot(path=screenshots / f"e2e-{name}-{size}-{theme}.png")
    page.screenshot(path=screenshots / f"e2e-{name}-{size}-{theme}-full.png", full_page=True)
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{overflow} pixels wider than the window"
    if name == "missing":
        # The browser reports the 404 that this page is about.
        open_page.complaints[:] = [c for c in open_page.complaints if "404" not in c]


def test_the_first_page_is_light_and_quick(populated, open_page):
    page = open_page("/", server=populated)
    page.wait_for_selector('[data-status="open"]', state="attached")
    facts = json.loads(page.evaluate("""() => JSON.stringify({
        bytes: performance.getEntriesByType('resource').reduce((sum, e) => sum + e.transferSize, 0)
            + performance.getEntriesByType('navigation')[0].transferSize,
        ready: performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd,
    })"""))
    assert facts["ready"] < 3_000, facts
    # As files; Tests/Web holds what they are compressed against 100 kB.
    assert facts["bytes"] < 240_000, facts
