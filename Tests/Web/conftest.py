"""Fixtures: the browser, a server for the pages, and pages that fail their test when anything goes wrong in them.

With MARTLET_URL set the tests that make no demands on the server's behaviour run against that server instead.
"""
import os
import time

import pytest
from playwright.sync_api import sync_playwright

from browser import launch
from fake.people import hub as make_hub
from fake.server import ROOT, Server
from fake.world import World

REAL = os.environ.get("MARTLET_URL", "").rstrip("/")


def pytest_configure(config):
    if not (ROOT / "vendor/web/preact.js").exists():
        pytest.exit("The pages' third-party files are missing. Fetch them: scripts/fetch-web", returncode=2)


def pytest_collection_modifyitems(items):
    if REAL:
        for item in items:
            if {"serve", "site", "hub", "lots"} & set(getattr(item, "fixturenames", ())):
                item.add_marker(pytest.mark.skip(reason="needs the stand-in server"))


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as play:
        opened = launch(play)
        yield opened
        opened.close()


@pytest.fixture
def serve():
    """Starts stand-in servers: serve(nodes=5, interval=1)."""
    started = []

    def make(nodes=5, interval=1.0, **options):
        started.append(Server(World(nodes, interval, **options)).start())
        return started[-1]

    yield make
    for server in started:
        server.stop()


@pytest.fixture
def site(serve):
    """A stand-in server with five nodes, of this test's own."""
    return serve()


@pytest.fixture
def hub(serve):
    """A stand-in server that asks who one is, with people and devices, of this test's own."""
    return serve(accounts=make_hub())


@pytest.fixture
def lots(serve):
    """A stand-in server that asks who one is, with three car parks, of this test's own."""
    return serve(accounts=make_hub(), parking=True)


@pytest.fixture(scope="session")
def shared():
    """Address of a server that tests only look at."""
    if REAL:
        yield REAL
        return
    server = Server(World(5)).start()
    nodes = server.do(lambda world: list(world.nodes.values()))
    server.do(lambda world: world.turn(nodes[2], "offline"))
    server.do(lambda world: world.new_command(nodes[0], {"command": "set_led", "params": {"state": "on"}}))
    failed = server.do(lambda world: world.new_command(nodes[1], {"command": "calibrate", "params": {}}))
    server.do(lambda world: world.advance(failed["command_id"], "failed", error="no such pin"))
    yield server.url
    server.stop()


def until(page, expression, timeout=10):
    """Waits until a JavaScript expression holds. Playwright's own way of waiting needs eval, which the pages' policy forbids."""
    end = time.monotonic() + timeout
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"never became true: {expression}"
        page.wait_for_timeout(50)


class Held:
    """An answer that is made at once and arrives late: what happens in between is not in it."""

    def __init__(self, page, path, heard):
        self.page, self.heard, self.answers, self.frames = page, heard, [], []
        page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: self.frames.append(frame)))
        page.route(path, lambda route: self.answers.append((route, route.fetch())))

    def happen(self, site, work):
        """Does something while the answer is on its way, until the page has heard of it as an event."""
        self.wait(lambda: self.answers)
        site.do(work)
        self.wait(lambda: any(self.heard in str(frame) for frame in self.frames))

    def arrive(self):
        for route, answer in self.answers:
            route.fulfill(response=answer)
        self.answers.clear()

    def wait(self, check, seconds=10):
        end = time.monotonic() + seconds
        while not check():
            assert time.monotonic() < end, f"the page has not heard of {self.heard}"
            self.page.wait_for_timeout(20)


class Watch:
    """What a page did that it must not do, and the requests it made."""

    def __init__(self, page):
        self.faults, self.requests, self.allowed = [], [], []
        page.on("console", lambda message: message.type == "error" and self.faults.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("websocket", lambda socket: self.requests.append(socket.url))

    def foreign(self, base):
        host = base.split("//")[1].split("/")[0]
        return [url for url in self.requests if not url.startswith(("blob:", "data:")) and url.split("//")[1].split("/")[0] != host]

    def check(self):
        return [fault for fault in self.faults if not any(word in fault for word in self.allowed)]


DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}


@pytest.fixture
def open_page(browser):
    """Opens an address: open_page(url, size=PHONE, color_scheme="dark"), signed in as `who` at the server `on`. The test fails if the page
    reports an error, unless page.watch.allowed names a word of it."""
    opened = []

    def make(url, size=None, wait="#main h1", who=None, on=None, **options):
        context = browser.new_context(**{**(size or DESKTOP), **options})
        if who:
            context.add_cookies([on.cookie(who)])
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.watch = Watch(page)
        opened.append((context, page))
        page.goto(url)
        page.wait_for_selector(wait)
        return page

    yield make
    faults = []
    for context, page in opened:
        faults += page.watch.check()
        context.close()
    assert faults == []


@pytest.fixture
def pages(shared):
    """Addresses of all pages, and of one that does not exist within a page that does."""
    node = "node_01"
    if REAL:
        import json
        import urllib.request
        found = json.load(urllib.request.urlopen(f"{REAL}/api/nodes"))["nodes"]
        node = found[0]["node_id"] if found else node
    return {"home": f"{shared}/", "nodes": f"{shared}/nodes", "table": f"{shared}/nodes?view=table&group=state", "node": f"{shared}/nodes/{node}",
            "broker": f"{shared}/broker"}


PAGES = ["home", "nodes", "table", "node", "broker"]
