"""The pages in Debian's Chromium, against the real server: live values, a command there and back, pictures of everything."""

import json
import threading
import time

import pytest
from fake.server import own_headers
from playwright.sync_api import expect

from support.clients import Node
from support.scene import message, set_up
from support.server import ROOT, Martlet
from support.waiting import wait_for
from test_http import curl

SIZES = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}


@pytest.fixture
def open_page(hub, chromium):
    """Opens a page of the shared server; a complaint in its console, or a request to another host, fails the test, unless `allowed` has a word of it."""
    pages, complaints = [], []

    def make(path, size="desktop", theme="light", server=None):
        phone = size == "phone"
        page = chromium.new_page(viewport=SIZES[size], color_scheme=theme, has_touch=phone, is_mobile=phone)
        pages.append(page)
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        origin = (server or hub).url
        page.on("request", lambda r: complaints.append(f"asks {r.url}") if not r.url.startswith((origin, "ws://127.", "data:", "blob:"))
                else None)
        page.goto(origin + path)
        page.wait_for_selector("#main h1")
        return page

    make.allowed = []
    yield make
    for page in pages:
        page.close()
    assert not [each for each in complaints if not any(word in each for word in make.allowed)], complaints


def panel(page, node_id):
    return page.locator("article.panel").filter(has=page.get_by_role("link", name=f"node_{node_id}", exact=True))


def test_the_stand_in_of_the_pages_tests_sends_the_headers_that_the_hub_sends(hub):
    held = json.loads((ROOT / "Tests/Web/fake/headers.json").read_text())
    # What an answer has of its own.
    own = {"content-type", "content-length", "content-encoding", "date", "etag", "vary", "connection"}
    paths = [("document", "/"), ("document", "/nodes"), ("document", "/parking"), ("document", "/parking/LOT001"), ("file", "/app/main.js"),
             ("file", "/parking/worker.js"), ("api", "/api/nodes")]
    for kind, path in paths:
        _, headers, _ = curl(hub, path)
        sent = {**held[kind], **own_headers(path, kind == "document")}
        wanted = {name.lower(): value.replace("{host}", f"127.0.0.1:{hub.http_port}") for name, value in sent.items()}
        assert {name: value for name, value in headers.items() if name not in own} == wanted, kind


def test_the_stand_in_of_the_pages_tests_names_what_the_hub_names(hub):
    _, _, body = curl(hub, "/api/catalogue")
    assert json.loads((ROOT / "Tests/Web/fake/catalogue.json").read_text()) == json.loads(body)


def test_the_nearest_car_park_is_found_through_the_hubs_own_headers(own, chromium):
    hub = own()
    for lot, name, latitude in [("AFAR", "A far one", 53.5), ("NEAR", "Near", 52.53)]:
        body = {"lot_id": lot, "name": name, "address": "", "time_zone": "UTC", "currency": "EUR", "latitude": latitude, "longitude": 13.4}
        assert hub.ask("/api/lots", "POST", body).status == 201
    context = chromium.new_context(geolocation={"latitude": 52.5302, "longitude": 13.4}, permissions=["geolocation"])
    page = context.new_page()
    page.set_default_timeout(20_000)
    # By the way of somebody who came to another page first: the document is that of "/".
    page.goto(hub.url + "/")
    page.wait_for_selector("#main h1")
    page.evaluate("import('/app/router.js').then((router) => router.navigate('/parking'))")
    page.get_by_role("button", name="Nearest to me").click()
    page.locator(".lot-far").first.wait_for()
    expect(page.locator(".lot-line").first).to_contain_text("Near")
    context.close()


def test_a_published_value_is_on_the_page_without_a_question(hub, node, open_page):
    node.telemetry({"temperature": 21.5})
    page = open_page(f"/nodes?q={node.node_id}&view=panels")
    panel(page, node.node_id).get_by_text("21.5").first.wait_for()
    page.get_by_text("Live", exact=True).first.wait_for()
    page.wait_for_load_state("networkidle")
    asked = len(page.asked)
    for value in [22.5, 23.4, 24.3]:
        node.telemetry({"temperature": value})
        panel(page, node.node_id).get_by_text(str(value)).first.wait_for()
    assert page.asked[asked:] == [], "the hub told it, the page did not have to ask"


def test_a_new_node_appears_by_itself(hub, fresh, open_page):
    page = open_page(f"/nodes?q={fresh}&view=panels")
    page.get_by_text("Live", exact=True).first.wait_for()
    with Node(hub.mqtt_port, fresh) as node:
        node.telemetry({"temperature": 19.5})
        # With its first reading, which the hub tells before it tells of the node.
        panel(page, fresh).get_by_text("19.5").first.wait_for()


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
    page.wait_for_selector('li.command[data-tone="good"]')
    expect(entry).to_contain_text("Done")


def test_a_command_whose_answer_gets_lost_is_given_once(hub, node, open_page):
    node.telemetry({"temperature": 21.5})
    page = open_page(f"/nodes/node_{node.node_id}")
    names = []

    def lose_the_first(route):
        if route.request.method != "POST":
            return route.continue_()
        names.append(route.request.post_data_json["request_id"])
        if len(names) > 1:
            return route.continue_()
        # The hub has done it, and the page never hears of it.
        assert route.fetch().status == 202
        route.abort()

    open_page.allowed.append("ERR_FAILED")
    page.route("**/commands", lose_the_first)
    # The first request gets no response.
    with page.expect_response(lambda response: response.request.method == "POST" and response.url.endswith("/commands")):
        page.get_by_role("button", name="Send command").click()
    told = node.receive_json()
    page.locator("li.command").filter(has_text="set_led").wait_for()
    assert len(names) == 2 and names[0] == names[1]
    listed = hub.get(f"/api/nodes/{node.node_id}/commands")["commands"]
    assert [command["command_id"] for command in listed] == [told["command_id"]]


def test_a_node_that_is_lost_is_shown_as_lost(hub, fresh, open_page):
    node = Node(hub.mqtt_port, fresh)
    node.telemetry({"temperature": 21.5})
    page = open_page(f"/nodes?q={fresh}&view=panels")
    panel(page, fresh).wait_for()
    node.drop()
    page.wait_for_selector(f'article.panel[data-state="offline"][aria-labelledby="node-node_{fresh}"]')


def test_the_page_comes_back_after_a_restart_of_the_server(own, open_page):
    hub = own()
    # The browser itself reports that the server is away.
    open_page.allowed += ["ERR_CONNECTION_REFUSED", "WebSocket connection"]
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
            return shown.is_visible()

        wait_for(reported, "the page shows what the node says after the restart", 30, 0.5)
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
    if name == "missing":
        # The browser reports the 404 that this page is about.
        open_page.allowed.append("404")
    page = open_page(path, size, theme, populated)
    page.wait_for_selector('[data-status="open"]', state="attached")
    page.wait_for_selector("#main .skeleton", state="detached")
    # Charts are drawn on a canvas, a few frames after their data is there.
    page.evaluate("async () => { for (let n = 0; n < 20; n++) await new Promise(requestAnimationFrame); }")
    page.screenshot(path=screenshots / f"e2e-{name}-{size}-{theme}.png")
    page.screenshot(path=screenshots / f"e2e-{name}-{size}-{theme}-full.png", full_page=True)
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{overflow} pixels wider than the window"


def test_the_first_page_is_light(populated, open_page):
    page = open_page("/", server=populated)
    page.wait_for_selector('[data-status="open"]', state="attached")
    page.wait_for_load_state("networkidle")
    transferred = page.evaluate("""performance.getEntriesByType('resource').reduce((sum, e) => sum + e.transferSize, 0)
        + performance.getEntriesByType('navigation')[0].transferSize""")
    # As files; Tests/Web holds what they are compressed against 100 kB.
    assert 20_000 < transferred < 240_000
