"""MQTT byte by byte: redelivery, keep-alive, take-over, and peers that break the rules."""

import socket
import struct
import time

import pytest

from support.raw import (
    CONNACK, DISCONNECT, PINGREQ, PINGRESP, PUBACK, PUBCOMP, PUBLISH, PUBREC, PUBREL, SUBSCRIBE, Closed, Raw, connect_packet, packet,
    publish_packet, text,
)

BOTH = pytest.mark.parametrize("version", [4, 5], ids=["3.1.1", "5.0"])


@pytest.fixture
def link(hub):
    """Opens raw connections that are closed after the test."""
    made = []

    def make(client_id=None, version=4, **options):
        raw = Raw(hub.mqtt_port)
        made.append(raw)
        if client_id is not None:
            assert raw.connect(client_id, version, **options).reason == 0
        return raw

    yield make
    for raw in made:
        raw.close()


@BOTH
def test_qos_2_sent_twice_is_delivered_once(link, fresh, version):
    """MQTT-4.3.3: the receiver must not deliver again until it has seen the PUBREL."""
    reader = link(f"{fresh}-r", version)
    assert reader.subscribe(f"{fresh}/#", 2) == 2
    sender = link(f"{fresh}-s", version, clean=False, **({"expiry": 600} if version == 5 else {}))
    sender.publish(f"{fresh}/a", "once", 2, 7)
    assert sender.expect(PUBREC).packet_id == 7
    sender.publish(f"{fresh}/a", "once", 2, 7, dup=True)
    assert sender.expect(PUBREC).packet_id == 7
    sender.close()
    sender = link()
    assert sender.connect(f"{fresh}-s", version, clean=False, **({"expiry": 600} if version == 5 else {})).body[0] & 1 == 1
    sender.publish(f"{fresh}/a", "once", 2, 7, dup=True)
    assert sender.expect(PUBREC).packet_id == 7
    sender.acknowledge(PUBREL, 7)
    assert sender.expect(PUBCOMP).packet_id == 7
    got = reader.expect(PUBLISH)
    assert got.publish(version)[2] == b"once"
    reader.acknowledge(PUBREC, got.publish(version)[1])
    reader.expect(PUBREL)
    reader.acknowledge(PUBCOMP, got.publish(version)[1])
    assert reader.silent()
    # The identifier is free again: the same bytes are a new message now.
    sender.publish(f"{fresh}/a", "again", 2, 7)
    sender.expect(PUBREC)
    sender.acknowledge(PUBREL, 7)
    sender.expect(PUBCOMP)
    assert reader.expect(PUBLISH).publish(version)[2] == b"again"


@BOTH
def test_what_was_not_acknowledged_comes_again_with_dup(link, fresh, version):
    options = {"clean": False, **({"expiry": 600} if version == 5 else {})}
    reader = link(f"{fresh}-r", version, **options)
    reader.subscribe(f"{fresh}/#", 2)
    sender = link(f"{fresh}-s", version)
    for number, qos in enumerate([1, 2], 1):
        sender.publish(f"{fresh}/q{qos}", "x", qos, number)
        sender.expect(PUBACK if qos == 1 else PUBREC)
    sender.acknowledge(PUBREL, 2)
    sender.expect(PUBCOMP)
    first = {}
    for _ in range(2):
        got = reader.expect(PUBLISH)
        assert not got.flags & 8
        topic, packet_id, _ = got.publish(version)
        first[topic] = packet_id
    reader.close()
    reader = link()
    assert reader.connect(f"{fresh}-r", version, **options).body[0] & 1 == 1
    again = {}
    for _ in range(2):
        got = reader.expect(PUBLISH)
        assert got.flags & 8
        topic, packet_id, _ = got.publish(version)
        again[topic] = packet_id
    assert again == first
    reader.acknowledge(PUBREC, first[f"{fresh}/q2"])
    assert reader.expect(PUBREL).packet_id == first[f"{fresh}/q2"]
    reader.close()
    # After PUBREC it is the PUBREL that comes again, and never the message.
    reader = link()
    reader.connect(f"{fresh}-r", version, **options)
    kinds = {reader.read().kind for _ in range(2)}
    assert kinds == {PUBLISH, PUBREL}


def test_keep_alive_is_held_to(link, fresh):
    """MQTT-3.1.2-22: one and a half times the keep-alive without a packet, and the connection is closed; the will is sent."""
    watcher = link(f"{fresh}-w")
    watcher.subscribe(f"{fresh}/will", 1)
    dead = link(f"{fresh}-d", keep_alive=1, will=(f"{fresh}/will", "silent", 1, False))
    alive = link(f"{fresh}-a", keep_alive=1)
    for _ in range(4):
        assert alive.silent(0.6)
        alive.send(packet(PINGREQ))
        alive.expect(PINGRESP)
    dead.ends(1.0)
    assert watcher.expect(PUBLISH).publish()[2] == b"silent"


def test_what_is_sent_to_a_client_is_no_sign_of_life(hub, link, fresh):
    """MQTT-3.1.2-22: only the client's own packets are."""
    watcher = link(f"{fresh}-w")
    watcher.subscribe(f"{fresh}/will", 1)
    dead = link(f"{fresh}-d", keep_alive=1, will=(f"{fresh}/will", "silent", 1, False))
    dead.subscribe(f"{fresh}/busy", 0)
    speaker = link(f"{fresh}-s")
    deadline = time.monotonic() + 10
    with pytest.raises(Closed):
        while time.monotonic() < deadline:
            speaker.publish(f"{fresh}/busy", "x")
            assert dead.expect(PUBLISH, 2).publish()[2] == b"x"
    assert watcher.expect(PUBLISH).publish()[2] == b"silent"


@pytest.mark.parametrize("qos", [0, 1])
@pytest.mark.parametrize("version", [3, 4, 5], ids=["3.1", "3.1.1", "5.0"])
def test_all_that_was_said_before_the_end_counts(hub, link, fresh, version, qos):
    """A small device connects, says something, says goodbye and hangs up, in one write."""
    watcher = link(f"{fresh}-w", version)
    watcher.subscribe(f"{fresh}/#", 1)
    for number in range(30):
        with Raw(hub.mqtt_port) as raw:
            raw.send(
                connect_packet(f"{fresh}-{number}", version)
                + publish_packet(f"{fresh}/{number}", "x", qos, 1 if qos else None, version=version)
                + packet(DISCONNECT)
            )
            raw.socket.shutdown(socket.SHUT_WR)
            raw.ends()
    heard = set()
    for number in range(30):
        message = watcher.expect(PUBLISH)
        topic, packet_id, _ = message.publish(version)
        if qos:
            watcher.acknowledge(PUBACK, packet_id)
        heard.add(topic)
    assert heard == {f"{fresh}/{number}" for number in range(30)}


@pytest.mark.parametrize("version", [3, 4, 5], ids=["3.1", "3.1.1", "5.0"])
def test_a_bridge_with_its_notifications_is_let_in(link, fresh, version):
    """Mosquitto's bridges have a will on a topic that only the hub publishes on: it goes nowhere."""
    watcher = link(f"{fresh}-w")
    watcher.subscribe("$SYS/broker/connection/#", 1)
    bridge = link()
    assert bridge.connect(f"{fresh}-b", version, will=(f"$SYS/broker/connection/{fresh}/state", "0", 1, True)).reason == 0
    bridge.close()
    assert watcher.silent(1.0)


def test_all_topics_are_those_of_the_hub_too(link, fresh):
    """MQTT 5, 4.7.2: a filter that begins with a wildcard leaves out names with $ first, and nothing else."""
    reader = link(f"{fresh}-r")
    reader.subscribe("#", 0)
    heard = set()
    while not {"iot/broker/status", "iot/broker/stats"} <= heard:
        heard.add(reader.expect(PUBLISH).publish()[0])
    assert not any(topic.startswith("$") for topic in heard)


def test_a_take_over_says_so(link, fresh):
    first = link(f"{fresh}-x", 5)
    link(f"{fresh}-x", 5)
    said = first.ends()
    assert [p.kind for p in said] == [DISCONNECT] and said[0].reason == 0x8E


def test_an_empty_client_id_is_given_one(link):
    assert link().connect("", 4, clean=True).reason == 0
    assert link().connect("", 4, clean=False).reason == 2
    given = link().connect("", 5)
    assert given.reason == 0 and b"\x12" in given.body


def test_bytes_in_any_portions_make_the_same_packets(link, fresh):
    raw = link(f"{fresh}-p")
    raw.subscribe(f"{fresh}/#", 0)
    for byte in publish_packet(f"{fresh}/slow", "drop by drop"):
        raw.send(bytes([byte]))
    assert raw.expect(PUBLISH).publish()[2] == b"drop by drop"
    raw.send(b"".join(publish_packet(f"{fresh}/fast", str(n)) for n in range(500)))
    assert [raw.expect(PUBLISH).publish()[2] for _ in range(500)] == [str(n).encode() for n in range(500)]


BAD_CONNECTS = {
    "not MQTT at all": (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", None),
    "another protocol name": (packet(1, text("MQTX") + b"\x04\x02\x00\x3c" + text("a")), None),
    "a version that is not there": (packet(1, text("MQTT") + b"\x09\x02\x00\x3c" + text("a")), {1, 0x84}),
    "the reserved connect flag": (packet(1, text("MQTT") + b"\x05\x03\x00\x3c\x00" + text("a")), {0x81}),
    "a will of QoS 3": (packet(1, text("MQTT") + b"\x05\x1e\x00\x3c\x00" + text("a") + b"\x00" + text("t") + text("p")), {0x81}),
    "a client id that is not UTF-8": (packet(1, text("MQTT") + b"\x05\x02\x00\x3c\x00" + text(b"\xff\xfe")), {0x81, 0x85}),
    "a length of five bytes": (b"\x10\xff\xff\xff\xff\x7f", None),
    "PUBLISH before CONNECT": (publish_packet("a", "b"), None),
    "nothing but zeros": (bytes(64), None),
    "a property that does not belong": (packet(1, text("MQTT") + b"\x05\x02\x00\x3c\x02\x01\x00" + text("a")), {0x81, 0x82}),
}


@pytest.mark.parametrize("name", BAD_CONNECTS)
def test_a_broken_connect_ends_the_connection(hub, link, fresh, name):
    data, reasons = BAD_CONNECTS[name]
    raw = link()
    raw.send(data)
    said = raw.ends()
    if reasons:
        assert said and said[0].kind in (CONNACK, DISCONNECT) and said[0].reason in reasons
    link(f"{fresh}-after")  # and the next one is served


BAD_AFTER_CONNECT = {
    "a second CONNECT": (connect_packet("b", 5), {0x82}),
    "QoS 3": (packet(3, text("t") + b"\x00\x01\x00x", 6), {0x81, 0x82}),
    "a packet identifier of 0": (publish_packet("t", "x", 1, 0, version=5), {0x81, 0x82}),
    "a wildcard in a topic": (publish_packet("a/+/b", "x", 1, 1, version=5), {0x81, 0x82, 0x90}),
    "a topic that is not UTF-8": (publish_packet(b"a/\xff\xfe", "x", 1, 1, version=5), {0x81, 0x90}),
    "a topic with a null character": (publish_packet("a/\0", "x", 1, 1, version=5), {0x81, 0x82, 0x90}),
    "SUBSCRIBE with wrong flags": (packet(SUBSCRIBE, b"\x00\x01\x00" + text("a") + b"\x01", 0), {0x81}),
    "SUBSCRIBE to nothing": (packet(SUBSCRIBE, b"\x00\x01\x00"), {0x81, 0x82}),
    "a packet type that is not there": (b"\x00\x00", {0x81, 0x82}),
    "a property twice": (publish_packet("t", "x", 1, 1, version=5, properties=b"\x01\x00\x01\x00"), {0x81, 0x82}),
    "properties longer than the packet": (packet(3, text("t") + b"\x00\x01\x7fx", 2), {0x81}),
    "DISCONNECT with a reserved flag": (packet(DISCONNECT, b"", 1), {0x81}),
}


@pytest.mark.parametrize("name", BAD_AFTER_CONNECT)
def test_a_broken_packet_ends_the_connection_with_its_reason(link, fresh, name):
    data, reasons = BAD_AFTER_CONNECT[name]
    other = link(f"{fresh}-o", 5)
    other.subscribe(f"{fresh}/#", 0)
    raw = link(f"{fresh}-b", 5)
    raw.send(data)
    said = raw.ends()
    assert [p.kind for p in said] == [DISCONNECT] and said[0].reason in reasons, said
    other.publish(f"{fresh}/me", "undisturbed", 1, 9)
    assert {other.read().kind, other.read().kind} == {PUBACK, PUBLISH}


def test_a_filter_that_is_no_filter_is_refused_alone(link, fresh):
    raw = link(f"{fresh}-f", 5)
    body = struct.pack("!H", 5) + b"\x00"
    for topic_filter in ["ok/#", "a/#/b", "a/b#", "a/+b"]:
        body += text(topic_filter) + b"\x01"
    raw.send(packet(SUBSCRIBE, body))
    found = raw.read()
    if found.kind == DISCONNECT:
        assert found.reason in (0x81, 0x82, 0x8F)
    else:
        assert list(found.body[-4:]) == [1, 0x8F, 0x8F, 0x8F]


def test_half_a_packet_and_silence_costs_nothing(hub, link, fresh):
    for _ in range(50):
        link().send(b"\x10\x7f")
    link(f"{fresh}-ok")
    assert hub.get("/health")
