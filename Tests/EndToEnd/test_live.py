"""Live events over /ws, with the websockets library: docs/live.md, line by line."""

import json
import socket
import struct
import time

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from support.clients import Node
from support.raw import PUBACK, Raw, publish_packet
from support.settings import limits


class Page:
    """What a page is to the server: a socket, and the number of the last event."""

    def __init__(self, hub, **options):
        self.socket = connect(hub.ws_url, open_timeout=10, legacy=True, **options)
        self.hello = self.read()
        self.last = self.hello["last"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def read(self, seconds=10):
        found = json.loads(self.socket.recv(timeout=seconds))
        if found["type"] == "event":
            self.last = found["n"]
        return found

    def say(self, **message):
        self.socket.send(json.dumps(message))

    def event(self, topic, seconds=10):
        """The next event of that topic."""
        deadline = time.monotonic() + seconds
        while True:
            found = self.read(max(0.01, deadline - time.monotonic()))
            if found["type"] == "event" and found["topic"] == topic:
                return found

    def subscribe(self, *topics, **more):
        """Subscribes and returns the events of the replay."""
        self.say(type="subscribe", id=1, topics=list(topics), **more)
        replay = []
        while (found := self.read())["type"] != "subscribed":
            replay.append(found)
        assert found["id"] == 1 and found["topics"] == list(topics)
        return replay


def test_hello_comes_first(hub):
    with Page(hub) as page:
        hello = page.hello
        assert hello["type"] == "hello" and hello["server"] == "martlet" and hello["version"]
        assert isinstance(hello["last"], int) and hello["now"].endswith("Z")
        page.say(type="ping", id=3)
        assert page.read() == {"type": "pong", "id": 3}


def test_a_published_message_is_seen_at_once(hub, node):
    with Page(hub) as page:
        page.subscribe(f"nodes/node_{node.node_id}/telemetry")
        for number in range(20):
            started = time.monotonic()
            node.telemetry({"temperature": number}, wifi_rssi=-60)
            event = page.event(f"nodes/node_{node.node_id}/telemetry", 2)
            assert time.monotonic() - started < 1
            data = event["data"]
            assert data["node_id"] == f"node_{node.node_id}" and data["late"] is False and data["time_source"] == "receipt"
            assert data["values"] == {"temperature": number, "wifi_rssi": -60}


def test_state_and_commands_are_shown(hub, fresh):
    with Page(hub) as page:
        page.subscribe(f"nodes/node_{fresh}/state", f"nodes/node_{fresh}/commands")
        node = Node(hub.mqtt_port, fresh)
        node.telemetry({"v": 1})
        assert page.event(f"nodes/node_{fresh}/state")["data"]["state"] == "online"
        command = hub.post(f"/api/nodes/{fresh}/commands", {"command": "blink", "params": {}}).json()
        node.answer(node.receive_json())
        states = []
        while not states or states[-1] != "done":
            data = page.event(f"nodes/node_{fresh}/commands")["data"]
            assert data["command_id"] == command["command_id"]
            states.append(data["state"])
        assert states == ["queued", "sent", "delivered", "done"]
        node.drop()
        while page.event(f"nodes/node_{fresh}/state")["data"]["state"] != "offline":
            pass


def test_the_brokers_figures_come_every_two_seconds(hub):
    with Page(hub) as page:
        page.subscribe("broker")
        first, second = page.event("broker"), page.event("broker")
        assert second["n"] > first["n"] and second["data"]["messages_received"] >= first["data"]["messages_received"]


def test_wildcards_and_unsubscribe(hub, fresh):
    with Page(hub) as page, Node(hub.mqtt_port, fresh) as node:
        page.subscribe("nodes/+/telemetry")
        node.telemetry({"v": 1})
        page.event(f"nodes/node_{fresh}/telemetry")
        page.say(type="unsubscribe", id=2, topics=["nodes/+/telemetry"])
        while (found := page.read())["type"] == "event":
            pass
        assert found == {"type": "unsubscribed", "id": 2, "topics": ["nodes/+/telemetry"]}
        node.telemetry({"v": 2})
        page.say(type="ping", id=4)
        assert page.read() == {"type": "pong", "id": 4}


def test_a_new_page_gets_the_recent_ones(hub, node):
    topic = f"nodes/node_{node.node_id}/telemetry"
    with Page(hub) as witness:
        witness.subscribe(topic)
        for number in range(30):
            node.telemetry({"v": number})
        # Pages are told after the device has its acknowledgement.
        while witness.event(topic)["data"]["values"]["v"] != 29:
            pass
    with Page(hub) as page:
        replay = page.subscribe(topic)
        assert [e["data"]["values"]["v"] for e in replay] == list(range(30))
        assert [e["n"] for e in replay] == sorted({e["n"] for e in replay})
    with Page(hub) as page:
        assert [e["data"]["values"]["v"] for e in page.subscribe(topic, recent=5)] == list(range(25, 30))


def test_a_page_that_comes_back_gets_what_it_missed(hub, node):
    topic = f"nodes/node_{node.node_id}/telemetry"
    with Page(hub) as page:
        page.subscribe(topic)
        node.telemetry({"v": 0})
        page.event(topic)
        last = page.last
    with Page(hub) as witness:
        witness.subscribe(topic)
        for number in range(1, 6):
            node.telemetry({"v": number})
        while witness.event(topic)["data"]["values"]["v"] != 5:
            pass
    with Page(hub) as page:
        replay = page.subscribe(topic, after=last)
        assert [e["data"]["values"]["v"] for e in replay] == [1, 2, 3, 4, 5]
        assert all(e["n"] > last for e in replay)
        node.telemetry({"v": 6})
        assert page.event(topic)["data"]["values"]["v"] == 6


def test_a_page_that_was_away_too_long_is_told(hub, node):
    node.telemetry({"v": 1})
    with Page(hub) as page:
        replay = page.subscribe(f"nodes/node_{node.node_id}/telemetry", after=1)
        assert replay[0]["type"] == "gap" and replay[0]["after"] == 1 and replay[0]["next"] > 1


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_numbers_grow_across_a_restart(own, how):
    hub = own()
    with Node(hub.mqtt_port, "n1") as node:
        node.telemetry({"v": 1})
    with Page(hub) as page:
        page.subscribe("nodes/#")
        last = page.last
        assert last > 1_600_000_000_000_000
        getattr(hub, how)()
        if how == "stop":
            with pytest.raises(ConnectionClosed) as closed:
                while True:
                    page.read()
            assert closed.value.rcvd.code == 1001
    hub.start()
    with Node(hub.mqtt_port, "n1") as node, Page(hub) as page:
        page.subscribe("nodes/#", after=last)
        node.telemetry({"v": 2})
        assert page.event("nodes/node_n1/telemetry")["n"] > last
        assert page.last < 2**53
    hub.stop()


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "7", '{"type":"dance"}', '{"type":"subscribe"}', '{"type":"subscribe","id":1,"topics":"nodes"}',
     '{"type":"subscribe","id":1,"topics":[1]}', '{"type":"subscribe","id":1,"topics":["a/#/b"]}',
     '{"type":"subscribe","id":1,"topics":["' + "a" * 300 + '"]}',
     '{"type":"subscribe","id":1,"topics":["' + "a/" * 20 + '"]}',
     json.dumps({"type": "subscribe", "id": 1, "topics": [f"t{n}" for n in range(65)]}),
     '{"type":"subscribe","id":1,"topics":["a"],"after":"x"}', '{"type":"subscribe","id":1,"topics":["a"],"recent":100000}'],
)
def test_a_message_that_is_none_is_answered(hub, text):
    with Page(hub) as page:
        page.socket.send(text)
        found = page.read()
        assert found["type"] == "error" and found["code"] and found["detail"]
        page.say(type="ping", id=1)
        assert page.read()["type"] == "pong"


def test_binary_and_oversized_messages_close(hub):
    for data, code in [(b"\x00\x01", 1003), ("x" * 17_000, 1009)]:
        with Page(hub) as page:
            page.socket.send(data)
            with pytest.raises(ConnectionClosed) as closed:
                page.read()
            assert closed.value.rcvd.code == code


def handshake(hub, receive_buffer):
    """A WebSocket by hand whose receive buffer is small, so that the server notices early that nobody reads."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    raw.settimeout(30)
    raw.connect(("127.0.0.1", hub.http_port))
    raw.sendall(
        f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{hub.http_port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    head = b""
    while b"\r\n\r\n" not in head:
        head += raw.recv(1)
    assert b" 101 " in head and b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in head
    return raw


def send_masked(raw, text):
    data = text.encode()
    assert len(data) < 126
    raw.sendall(bytes([0x81, 0x80 | len(data), 0, 0, 0, 0]) + data)


def frames(raw):
    """(opcode, payload) until the end of the stream."""
    stream = raw.makefile("rb")
    while len(head := stream.read(2)) == 2:
        size = head[1] & 127
        if size == 126:
            size = struct.unpack("!H", stream.read(2))[0]
        elif size == 127:
            size = struct.unpack("!Q", stream.read(8))[0]
        yield head[0] & 15, stream.read(size)


def test_a_slow_page_is_coalesced_then_closed_and_devices_go_on(own):
    hub = own(start=False)
    # One connection stands for a whole fleet here.
    hub.settings = limits(MESSAGES_PER_DEVICE=0, MESSAGES_PER_ADDRESS=0)
    hub.start()
    slow = handshake(hub, 4096)
    send_masked(slow, '{"type":"subscribe","id":1,"topics":["nodes/#"]}')
    filler = ",".join(f'"sensor_{n}":{n}.5' for n in range(20))
    batch = b"".join(
        publish_packet(f"iot/node/f{n}/telemetry", f'{{"sensors":{{{filler}}}}}', 1, n + 1) for n in range(300)
    )
    sent = slowest = 0
    with Raw(hub.mqtt_port) as raw, Page(hub) as quick:
        raw.connect("flood", 4)
        quick.subscribe("nodes/node_after/telemetry")
        # Some 40 MB of events: more than the kernel's buffers and the server's queue can hold for one socket.
        while sent < 60_000:
            begun = time.monotonic()
            raw.send(batch)
            for _ in range(300):
                raw.expect(PUBACK)
            slowest = max(slowest, time.monotonic() - begun)
            sent += 300
        with Node(hub.mqtt_port, "after") as node:
            node.telemetry({"v": 1})
            quick.event("nodes/node_after/telemetry", 5)
    assert slowest < 3, "a slow page held up the devices"
    assert hub.resident_megabytes() < 500
    said, close_code = {}, None
    try:
        slow.settimeout(3)
        for opcode, payload in frames(slow):
            if opcode == 8:
                close_code = struct.unpack("!H", payload[:2])[0]
            elif opcode == 1:
                kind = json.loads(payload)["type"]
                said[kind] = said.get(kind, 0) + 1
    except TimeoutError:
        pass  # it is still open, and has caught up
    slow.close()
    assert said["event"] < sent, "the slow page was sent everything"
    assert "coalesced" in said or close_code == 1013, (said, close_code)
    hub.stop()


def test_many_pages_and_one_device(hub, node):
    topic = f"nodes/node_{node.node_id}/telemetry"
    pages = [Page(hub) for _ in range(50)]
    try:
        for page in pages:
            page.subscribe(topic)
        for number in range(10):
            node.telemetry({"v": number})
        for page in pages:
            assert [page.event(topic)["data"]["values"]["v"] for _ in range(10)] == list(range(10))
    finally:
        for page in pages:
            page.socket.close()


def test_a_handshake_that_is_none_is_refused(hub):
    assert hub.ask("/ws").status in (400, 426)
