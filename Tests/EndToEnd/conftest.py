"""Fixtures: one server for the tests that can share it, and servers of their own for those that stop, kill or fill it."""

import itertools
import os
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from support.accounts import Closed
from support.browser import launch
from support.clients import V5, Client, Node
from support.clock import Clock
from support.server import BINARY, ROOT, Martlet

LOGS = ROOT / "build/logs"
# Which of the processes this is that share the files of tests among them; empty when there is one.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
numbers = itertools.count(1)
# The files that take longest, mostly by waiting: of several processes none should be left alone with one of them at the end.
LONGEST = ["test_guessing.py", "test_schemathesis.py", "test_slow_loris.py", "test_pages.py", "test_parking_pages.py", "test_damage.py"]

# How long a page may take to show something on a machine that others use too.
expect.set_options(timeout=20_000)


def pytest_configure(config):
    LOGS.mkdir(parents=True, exist_ok=True)
    if not os.access(BINARY, os.X_OK):
        pytest.exit(f"{BINARY} is not there: build it with `swift build -c release --product martlet`", returncode=2)


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


@pytest.fixture(scope="session")
def hub(tmp_path_factory):
    """A server that many tests share; each takes node and client names of its own."""
    log = LOGS / f"e2e-server{WORKER}.log"
    log.unlink(missing_ok=True)
    server = Martlet(tmp_path_factory.mktemp("shared"), log).start()
    yield server
    try:
        server.stop()
    finally:
        server.end()


@pytest.fixture
def own(tmp_path, request):
    """Makes servers of the test's own: own() is one on a fresh folder, own(data) one on that folder."""
    made = []

    def make(data=None, *arguments, start=True, clock=None):
        log = LOGS / f"e2e-{request.node.name.replace('/', '_')[:80]}.log"
        server = Martlet(data or tmp_path / f"data-{len(made)}", log, arguments)
        server.clock = clock
        made.append(server)
        return server.start() if start else server

    yield make
    for server in made:
        server.end()


@pytest.fixture
def timed(own):
    """An open server of the test's own whose time stands still unless the test moves it (support/clock.py)."""
    server = own(clock=Clock())
    server.clock.freeze()
    return server


@pytest.fixture(scope="session")
def closed(tmp_path_factory):
    """A server with accounts that many tests share; each takes people and devices of its own."""
    log = LOGS / f"e2e-closed{WORKER}.log"
    log.unlink(missing_ok=True)
    server = Closed(tmp_path_factory.mktemp("closed"), log).start()
    yield server
    try:
        server.stop()
    finally:
        server.end()


@pytest.fixture
def own_closed(tmp_path, request):
    """Like `own`, with accounts and an admin."""
    made = []

    def make(data=None, *arguments, start=True, clock=None, **options):
        log = LOGS / f"e2e-{request.node.name.replace('/', '_')[:80]}.log"
        server = Closed(data or tmp_path / f"closed-{len(made)}", log, arguments, **options)
        server.clock = clock
        made.append(server)
        return server.start() if start else server

    yield make
    for server in made:
        server.end()


@pytest.fixture
def fresh():
    """A name that no other test uses: good for a node, a client or a topic level."""
    return f"t{next(numbers)}"


@pytest.fixture
def client(hub):
    """A paho client of MQTT 5.0 on the shared server."""
    with Client(hub.mqtt_port, V5) as connected:
        yield connected


@pytest.fixture
def node(hub, fresh):
    """A node of MQTT 3.1.1 on the shared server, connected."""
    with Node(hub.mqtt_port, fresh) as connected:
        yield connected


@pytest.fixture(scope="session")
def screenshots():
    folder = Path(os.environ.get("MARTLET_SCREENSHOTS", ROOT / "build/screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def chromium():
    """The browser that pages are opened in."""
    with sync_playwright() as play:
        browser = launch(play.chromium)
        yield browser
        browser.close()
