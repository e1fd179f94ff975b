"""Connections that begin to say something and never end: bounded, closed in time, and no harm to those who belong here."""

import contextlib
import socket
import time

import pytest

from support.clock import Clock
from support.raw import PUBACK, Closed as Gone, Raw, connect_packet
from support.waiting import wait_for

COUNT = 250
HALF_HTTP = [b"", b"GET /api/nodes HTTP/1.1\r\nHost: x\r\nX-Slow: ", b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60\r\n\r\n{"]
HALF_MQTT = [b"", connect_packet("half", 5)[:9], connect_packet("half" * 100, 4, username="node_x", password="y")[:-3], b"\x10\xff\xff\xff"]


def open_half(port, beginnings, source, count=COUNT):
    """Half-open connections; those that the hub refused at once are left out."""
    held = []
    for n in range(count):
        with contextlib.suppress(OSError):
            one = socket.create_connection(("127.0.0.1", port), timeout=2, source_address=(source, 0))
            held.append(one)
            one.sendall(beginnings[n % len(beginnings)])
    return held


def still_open(connections):
    count = 0
    for one in connections:
        one.setblocking(False)
        try:
            while one.recv(4096):
                pass
        except (BlockingIOError, ConnectionError) as found:
            count += isinstance(found, BlockingIOError)
    return count


@pytest.mark.timeout(600)
@pytest.mark.parametrize("source", ["127.0.0.71", "127.0.0.1"], ids=["from elsewhere", "from the device's own address"])
def test_half_open_connections_stop_nobody_who_belongs_here(own_closed, source):
    hub = own_closed()
    keys = {name: hub.device(name) for name in ("node_old", "node_new")}
    admin = hub.admin
    with Raw(hub.mqtt_port) as raw, contextlib.ExitStack() as held:
        assert raw.connect("old", 5, username="node_old", password=keys["node_old"]).reason == 0
        numbers = iter(range(1, 60_000))

        def publish():
            begun, number = time.monotonic(), next(numbers)
            raw.publish("iot/node/old/telemetry", '{"sensors":{"n":%d}}' % number, 1, number)
            assert raw.expect(PUBACK).reason == 0
            return time.monotonic() - begun

        publish()
        connections = open_half(hub.mqtt_port, HALF_MQTT, source) + open_half(hub.http_port, HALF_HTTP, source)
        for one in connections:
            held.callback(one.close)
        assert len(connections) > COUNT
        times = [publish() for _ in range(100)]
        assert max(times) < 20, f"an acknowledgement took {max(times):.1f} s"

        # An honest newcomer, and a person: from another address than the attack, at once.
        begun = time.monotonic()
        assert hub.connack("node_new", keys["node_new"], source="127.0.0.72") == 0
        answer = hub.ask("/api/nodes", headers=admin.headers, source="127.0.0.73", timeout=30)
        assert answer.status == 200
        assert hub.ask("/health", source="127.0.0.74", timeout=30).status == 200
        assert time.monotonic() - begun < 20

        # Nothing half-open is kept for ever.
        wait_for(lambda: still_open(connections) == 0, "all half-open connections are closed", 90, 0.5)
        publish()
    hub.stop()


@pytest.mark.timeout(600)
def test_one_byte_at_a_time_is_no_way_to_stay(own_closed):
    """A head that trickles in has a time as a whole, not one that begins again with each byte."""
    hub = own_closed()
    head = b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: " + b"a" * 400
    begun, closed = time.monotonic(), set()
    with socket.create_connection(("127.0.0.1", hub.http_port)) as web, socket.create_connection(("127.0.0.1", hub.mqtt_port)) as mqtt:
        trickles = {web: head, mqtt: connect_packet("slow" * 60, 5)}
        for n in range(80):
            for connection, text in trickles.items():
                if connection in closed:
                    continue
                try:
                    connection.sendall(text[n : n + 1])
                    connection.settimeout(0.01)
                    if not connection.recv(4096):
                        closed.add(connection)
                except (TimeoutError, BlockingIOError):
                    pass
                except OSError:
                    closed.add(connection)
            if len(closed) == 2:
                break
            time.sleep(1)
    assert len(closed) == 2, f"open after {time.monotonic() - begun:.0f} s"


@pytest.mark.timeout(600)
def test_connections_that_nobody_is_behind_are_bounded(own_closed):
    """From one address, more connections than the bound: the oldest stay, the rest are turned away, and that is counted."""
    hub = own_closed()
    key = hub.device("node_far")
    with contextlib.ExitStack() as held:
        connections = open_half(hub.mqtt_port, [b""], "127.0.0.75", 700)
        for one in connections:
            held.callback(one.close)
        wait_for(lambda: still_open(connections) < 700, "some were turned away", 10, 0.2)
        assert hub.connack("node_far", key, source="127.0.0.76") == 0
        assert "refused" in hub.metrics_text() or "limited" in hub.metrics_text()
    with contextlib.suppress(Gone):
        assert hub.ask("/health").status == 200


@pytest.mark.parametrize("length", [100, 20_000])
def test_a_body_that_comes_too_slowly_ends_its_connection(own, length):
    """By the hub's clock: half a minute without a piece is too long, and so is a minute that brings too little."""
    hub = own(clock=Clock())
    hub.clock.freeze()
    head = b"POST /api/nodes/01/telemetry HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n{" % length
    drips, passed, step = length > 100, 0, 5

    def is_over(connection):
        if drips:
            with contextlib.suppress(OSError):
                connection.sendall(b" ")
        connection.settimeout(0.1)
        try:
            return connection.recv(4096) == b""
        except TimeoutError:
            return False
        except OSError:
            return True

    with socket.create_connection(("127.0.0.1", hub.http_port), timeout=10) as connection:
        connection.sendall(head)
        while not is_over(connection):
            assert passed < 300, "it may stay"
            hub.clock.advance(step)
            passed += step
    assert passed >= (60 if drips else 30), passed
    # Who sends at once is answered, also after a long time.
    assert hub.ask("/api/nodes/01/telemetry", "POST", {"node_id": "node_01", "sensors": {"t": 1}}).status == 200
    assert "martlet_http_slow_bodies_total 1" in hub.metrics_text()
