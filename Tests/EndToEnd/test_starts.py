"""Starting: whenever the hub says that it is ready, it is, through every door it has."""

import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.clients import Node
from support.server import Martlet, run
from support.settings import CERTIFICATE, HTTPS, KEY, MQTTS

STARTS = 50


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    done = run("cert", "dev", "--out", folder, "--data", folder / "none")
    assert done.returncode == 0, done
    return folder


def test_a_hub_with_all_doors_is_ready_at_every_start(tmp_path, certificates):
    """The doors open in an order that differs from start to start."""
    prepared = tmp_path / "prepared"
    first = Martlet(prepared, tmp_path / "prepared.log").start()
    first.stop()

    def start(number):
        data = tmp_path / f"data-{number}"
        shutil.copytree(prepared, data)
        hub = Martlet(data, tmp_path / f"{number}.log", [
            HTTPS, "127.0.0.1:0", MQTTS, "127.0.0.1:0", CERTIFICATE, certificates / "server.pem", KEY, certificates / "server.key",
        ])
        try:
            hub.start(60)
            answer = hub.ask("/ready")
            listeners = hub.get("/api/system")["listeners"]
            return answer.status, sorted(listeners), sorted(set(hub.ready) - {"event"})
        finally:
            hub.end()
            shutil.rmtree(data, ignore_errors=True)

    doors = ["http", "https", "mqtt", "mqtts"]
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(start, range(STARTS)))
    assert told == [(200, doors, doors)] * STARTS


def test_a_hub_that_cannot_open_a_door_ends_and_says_which(own, certificates):
    """Whatever waits for all doors does not keep it from ending."""
    taken = own()
    for door, port in [(MQTTS, taken.http_port), (HTTPS, taken.mqtt_port)]:
        done = run(
            "serve", "--open", "--data", taken.data.parent / f"other{door}", "--http", "127.0.0.1:0", "--mqtt", "127.0.0.1:0",
            door, f"127.0.0.1:{port}", CERTIFICATE, certificates / "server.pem", KEY, certificates / "server.key",
        )
        assert done.returncode != 0
        assert str(port) in done.stderr and door in done.stderr, done.stderr
        assert '"ready"' not in done.stdout


def test_metrics_tell_what_is_stored_from_the_first_moment_on(own, fresh):
    hub = own()
    with Node(hub.mqtt_port, fresh) as node:
        node.telemetry({"t": 1})
    figures = hub.metrics()
    assert figures["martlet_series"] >= 1 and figures["martlet_journal_rows"] >= 1
    hub.stop()
    hub.start()
    assert hub.metrics()["martlet_series"] >= 1, "before anything was sampled"
