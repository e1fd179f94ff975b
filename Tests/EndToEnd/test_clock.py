"""The clock that a test moves: what its commands mean, and that nobody gets one by mistake."""

import os
import socket
import stat
import subprocess
import time

import pytest

from support.clients import Client, Node
from support.clock import Clock
from support.server import BINARY, environment, run


def test_time_passes_at_once_is_set_stands_and_goes_on(own):
    hub = own(clock=Clock())
    assert hub.clock.now() == pytest.approx(time.time(), abs=5), "without more it is the machine's time"
    before = hub.clock.freeze()
    time.sleep(0.05)
    assert hub.clock.now() == before
    assert hub.clock.advance(3600) == before + 3600
    assert hub.clock.set(1_700_000_000.5) == 1_700_000_000.5
    hub.clock.run()
    time.sleep(0.05)
    assert 1_700_000_000.54 < hub.clock.now() < 1_700_000_030


def test_a_start_goes_on_where_the_time_was(own):
    hub = own(clock=Clock(1_600_000_000))
    assert 1_600_000_000 <= hub.clock.now() < 1_600_000_060
    at = hub.clock.freeze()
    hub.stop()
    hub.start()
    assert hub.clock.now() == at


def test_what_came_due_is_stored_when_the_answer_comes(own):
    """A node that is silent is offline, by API and database, at the very next request."""
    hub = own(clock=Clock())
    hub.clock.freeze()
    with Node(hub.mqtt_port, "a") as node:
        assert node.telemetry({"t": 1}) == 0
        assert hub.node("a")["state"] == "online"
        hub.clock.advance(86_400)
        assert hub.node("a")["state"] != "online"
        assert node.telemetry({"t": 2}) == 0, "its connection has not become old by that"
        assert hub.node("a")["state"] == "online"


@pytest.mark.parametrize("door", ["--http", "--mqtt", "--https", "--mqtts"])
def test_no_clock_is_moved_where_other_machines_could_do_it(tmp_path, door):
    done = subprocess.run(
        [BINARY, "serve", "--data", tmp_path / "data", door, "0.0.0.0:0", "--tls-cert", "c", "--tls-key", "k"], capture_output=True, text=True,
        timeout=30, env=environment() | {"MARTLET_TEST_CLOCK": str(tmp_path / "clock")})
    assert done.returncode == 64 and "MARTLET_TEST_CLOCK" in done.stderr and "loopback" in done.stderr, done


@pytest.mark.parametrize("value", ["clock", "/" + "x" * 200, "/tmp/c@", "/tmp/c@yesterday", "/tmp/c@-1"])
def test_a_clock_that_cannot_be_is_refused_at_the_start(tmp_path, value):
    done = subprocess.run(
        [BINARY, "serve", "--data", tmp_path / "data", "--http", "127.0.0.1:0", "--mqtt", "127.0.0.1:0"], capture_output=True, text=True,
        timeout=30, env=environment() | {"MARTLET_TEST_CLOCK": value})
    assert done.returncode == 64 and "MARTLET_TEST_CLOCK" in done.stderr, done
    assert not (tmp_path / "data").exists()


def test_a_socket_that_cannot_be_made_is_a_setting_that_is_wrong(tmp_path):
    done = subprocess.run(
        [BINARY, "serve", "--open", "--data", tmp_path / "data", "--http", "127.0.0.1:0", "--mqtt", "127.0.0.1:0"], capture_output=True,
        text=True, timeout=30, env=environment() | {"MARTLET_TEST_CLOCK": "/nowhere/at/all"})
    assert done.returncode == 1 and "MARTLET_TEST_CLOCK" in done.stderr, done


def test_nobody_who_runs_a_hub_finds_it(tmp_path):
    told = run("serve", "--help").stdout + run("--help").stdout + run("check", "--print-sample-config").stdout
    assert "MARTLET_DATA" in told and "TEST_CLOCK" not in told
    (tmp_path / "settings").write_text("MARTLET_TEST_CLOCK=/tmp/clock\n")
    done = run("check", "--config", tmp_path / "settings", "--data", tmp_path / "data")
    assert done.returncode == 64 and "there is no setting MARTLET_TEST_CLOCK" in done.stderr, done


def test_the_socket_is_for_its_user_alone_and_bears_what_is_no_command(own):
    hub = own(clock=Clock())
    assert stat.S_IMODE(os.stat(hub.clock.path).st_mode) == 0o600
    assert "A test moves this hub's clock" in hub.log_text()
    at = hub.clock.freeze()
    for text in ["", "advance", "advance -1", "advance 1e3", "advance 9999999999999", "set -5", "set 1 2", "quit", "now now", "\u00e4"]:
        with socket.socket(socket.AF_UNIX) as other:
            other.connect(str(hub.clock.path))
            other.settimeout(10)
            other.sendall(f"{text}\n".encode())
            assert other.recv(256).startswith(b"error"), text
    with socket.socket(socket.AF_UNIX) as other:
        other.connect(str(hub.clock.path))
        other.settimeout(10)
        other.sendall(b"x" * 1_000)
        assert other.recv(256) == b"", "a line without an end ends the connection"
    assert hub.clock.now() == at
    with Client(hub.mqtt_port):
        pass
