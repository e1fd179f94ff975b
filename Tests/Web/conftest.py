"""Fixtures: the browser, a server for the pages, and pages that fail their test when anything goes wrong in them.

Variables of the environment:
    MARTLET_URL=address         the tests that make no demands on the server's behaviour run against that server instead of the stand-in
    MARTLET_CHROMIUM=path       another browser than /usr/bin/chromium

To hunt for tests that hold only on a quick machine, and for pages that do:
    MARTLET_FAKE_LATENCY=400    the stand-in delays every answer of its API and every live event by a random time up to so many milliseconds
    MARTLET_FAKE_SEED=7         the seed of these times; the head of the output names the one that was used
    MARTLET_CPU_THROTTLE=4      each page has so many times less of the processor

A test must hold under all of these. One that cannot, by its nature, says why: @pytest.mark.quick_machine("reason"); there it is skipped.
"""
import os

import pytest
from browser import launch
from fake import delay
from fake.catalogue import MODULES
from fake.people import hub as make_hub
from fake.server import ROOT, Server
from fake.world import World
from playwright.sync_api import expect, sync_playwright
from waiting import eventually, rest

REAL = os.environ.get("MARTLET_URL", "").rstrip("/")
THROTTLE = float(os.environ.get("MARTLET_CPU_THROTTLE", "1"))
SLOW = THROTTLE > 1 or delay.LONGEST > 0
# How long anything may take that comes by itself, on whatever machine; nothing waits so long unless it fails.
PATIENCE = 60_000 if SLOW else 30_000
expect.set_options(timeout=PATIENCE)


def pytest_configure(config):
    config.addinivalue_line("markers", "of(names, without, size): a test of every page that is only for these")
    config.addinivalue_line("markers", "quick_machine(reason): cannot hold where answers are late or the processor is slow")
    if not (ROOT / "vendor/web/preact.js").exists():
        pytest.exit("The pages' third-party files are missing. Fetch them: scripts/fetch-web", returncode=2)


def is_of(item):
    """Whether a test of every page is one of the page that it would get."""
    mark = item.get_closest_marker("of")
    if mark is None:
        return True
    name, size = item.callspec.params["opened"]
    return name in mark.kwargs.get("names", {name}) and name not in mark.kwargs.get("without", {}) and size == mark.kwargs.get("size", size)


def pytest_report_header():
    if SLOW:
        return f"made slow: MARTLET_FAKE_LATENCY={delay.LONGEST * 1000:.0f} MARTLET_FAKE_SEED={delay.SEED} MARTLET_CPU_THROTTLE={THROTTLE:g}"


def pytest_collection_modifyitems(items):
    items[:] = [item for item in items if is_of(item)]
    for item in items:
        if REAL and {"serve", "site", "hub", "lots", "stand_ins"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.skip(reason="needs the stand-in server"))
        if SLOW and (mark := item.get_closest_marker("quick_machine")):
            item.add_marker(pytest.mark.skip(reason=mark.args[0]))


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


class Held:
    """An answer that is made at once and arrives late: what happens in between is not in it."""

    def __init__(self, page, path, heard):
        self.page, self.heard, self.answers = page, heard, []
        page.route(path, lambda route: self.answers.append((route, route.fetch())))

    def happen(self, site, work):
        """Does something while the answer is on its way, until the page has heard of it as an event."""
        eventually(self.page, lambda: self.answers, "the page asks for what is held")
        site.do(work)
        eventually(self.page, lambda: self.page.watch.heard(self.heard), f"the page hears of {self.heard}")

    def arrive(self):
        for route, answer in self.answers:
            route.fulfill(response=answer)
        self.answers.clear()


class Watch:
    """What a page did that it must not do, the requests it made, and those that are on their way."""

    def __init__(self, page):
        self.faults, self.requests, self.allowed, self.pending, self.frames = [], [], [], set(), []
        page.on("console", lambda message: message.type == "error" and self.faults.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("request", self.asked)
        for end in ("requestfinished", "requestfailed"):
            page.on(end, lambda request: self.pending.discard(request))
        page.on("websocket", self.connected)

    def asked(self, request):
        self.requests.append(request.url)
        # One that waits for news is on its way as long as there is none.
        if "wait=" not in request.url:
            self.pending.add(request)

    def connected(self, socket):
        self.requests.append(socket.url)
        socket.on("framereceived", lambda frame: self.frames.append(str(frame)))

    def heard(self, word):
        """How often the page has heard of something as an event."""
        return sum(word in frame for frame in self.frames)

    def answers(self):
        """How often the page asked the API."""
        return sum("/api/" in url for url in self.requests)

    def foreign(self, base):
        host = base.split("//")[1].split("/")[0]
        return [url for url in self.requests if not url.startswith(("blob:", "data:")) and url.split("//")[1].split("/")[0] != host]

    def check(self):
        return [fault for fault in self.faults if not any(word in fault for word in self.allowed)]


DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


def watched(page):
    """A page with what every page of these tests has."""
    page.set_default_timeout(PATIENCE)
    page.watch = Watch(page)
    if THROTTLE > 1:
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": THROTTLE})
    return page


class Opener:
    """Opens an address: open_page(url, size=PHONE, color_scheme="dark"), signed in as `who` at the server `on`, after the script `before`."""

    def __init__(self, browser):
        self.browser, self.opened = browser, []

    def __call__(self, url, size=None, wait="#main h1", who=None, on=None, before=None, **options):
        # What moves costs time and is what few tests are about.
        context = self.browser.new_context(**{"reduced_motion": "reduce", **(size or DESKTOP), **options})
        if who:
            context.add_cookies([on.cookie(who)])
        if before:
            context.add_init_script(before)
        page = watched(context.new_page())
        self.opened.append((context, page))
        page.goto(url)
        page.wait_for_selector(wait)
        return page

    def close(self):
        faults = []
        for context, page in self.opened:
            faults += page.watch.check()
            context.close()
        self.opened.clear()
        return faults


@pytest.fixture
def open_page(browser):
    """An `Opener` for one test. The test fails if a page reports an error, unless page.watch.allowed names a word of it."""
    opener = Opener(browser)
    yield opener
    assert opener.close() == []


@pytest.fixture(scope="module")
def modules(browser, shared):
    """A page for trying single modules of the pages: it shows nothing of its own that matters."""
    opener = Opener(browser)
    page = opener(f"{shared}/")
    # What the page does of itself is over: tests count questions and subscriptions.
    rest(page)
    yield page
    assert opener.close() == []


@pytest.fixture(scope="session")
def stand_ins():
    """Servers that tests only look at: with people and devices, and with the demonstrations of all solutions beside."""
    servers = {"hub": Server(World(accounts=make_hub())).start(), "full": Server(World(accounts=make_hub(), **dict.fromkeys(MODULES, True))).start()}
    yield servers
    for server in servers.values():
        server.stop()


@pytest.fixture
def pages(shared):
    """Addresses of all pages, and of one that does not exist within a page that does."""
    return addresses(shared)


def addresses(base):
    node = "node_01"
    if REAL:
        import json
        import urllib.request
        found = json.load(urllib.request.urlopen(f"{REAL}/api/nodes"))["nodes"]
        node = found[0]["node_id"] if found else node
    return {"home": f"{base}/", "nodes": f"{base}/nodes", "table": f"{base}/nodes?view=table&group=state", "node": f"{base}/nodes/{node}",
            "broker": f"{base}/broker"}


PAGES = ["home", "nodes", "table", "node", "broker"]
# {name: (address, who is signed in)}
OF_SOLUTIONS = {name: page for module in MODULES.values() for name, page in module.PAGES.items()}
