"""Bad input is normal: a clear reason, a counter, nothing stored, nobody else disturbed."""

import time
from urllib.parse import quote

import pytest

from support.clients import V5, V311, Client, Node
from support.raw import DISCONNECT, PUBACK, PUBCOMP, PUBREC, PUBREL, Raw, publish_packet
from support.waiting import wait_for

BIG = 10_000_000


def telemetry(*parts):
    return "{" + ",".join(parts) + "}"


GOOD = '"sensors":{"temperature":22.5}'

# What is sent as telemetry, and the code of the refusal.
BAD = {
    "not JSON": ("{temperature: 22}", "malformed_json"),
    "nothing": ("", "malformed_json"),
    "cut off": ('{"sensors":{"temperature":22.5}', "malformed_json"),
    "two values": (telemetry(GOOD) + "{}", "malformed_json"),
    "a comma too many": ('{"sensors":{"a":1,}}', "malformed_json"),
    "NaN": ('{"sensors":{"a":NaN}}', "malformed_json"),
    "Infinity": ('{"sensors":{"a":-Infinity}}', "malformed_json"),
    "a leading zero": ('{"sensors":{"a":007}}', "malformed_json"),
    "bad UTF-8": (b'{"sensors":{"a\xff\xfe":1}}', "malformed_json"),
    "half a surrogate pair": ('{"sensors":{"\\ud800":1}}', "malformed_json"),
    "a raw control character": ('{"sensors":{"a\nb":1}}', "malformed_json"),
    "10,000 levels deep": ('{"sensors":' * 10_000 + "1" + "}" * 10_000, None),
    "10,000 open brackets": ("[" * 10_000, None),
    "an array": ("[1,2]", "wrong_type"),
    "a bare number": ("22.5", "wrong_type"),
    "sensors are an array": ('{"sensors":[1]}', "wrong_type"),
    "a sensor is a long text": ('{"sensors":{"a":"' + "x" * 5_000 + '"}}', "value_out_of_range"),
    "a sensor is an object": ('{"sensors":{"a":{"b":1}}}', "wrong_type"),
    "wifi_rssi is an object": (telemetry(GOOD, '"wifi_rssi":{}'), "wrong_type"),
    "node_id is a number": (telemetry(GOOD, '"node_id":1'), "wrong_type"),
    "nothing that was measured": ('{"note":"hello"}', "missing_field"),
    "a key twice": ('{"sensors":{"a":1,"a":2}}', "duplicate_key"),
    "sensors twice": (telemetry(GOOD, GOOD), "duplicate_key"),
    "a number beyond a double": ('{"sensors":{"a":1e999}}', None),
    "another node's id": (telemetry(GOOD, '"node_id":"node_other"'), "id_mismatch"),
    "10,000 sensors": ('{"sensors":{' + ",".join(f'"s{n}":1' for n in range(10_000)) + "}}", None),
    "a name of 10,000 characters": ('{"sensors":{"' + "x" * 10_000 + '":1}}', None),
}


def untouched(hub, node_id):
    """The node with what could have changed."""
    found = hub.node(node_id)
    return found and {name: found[name] for name in ("fields", "latest", "last_seen")}


@pytest.mark.parametrize("qos", [1, 2])
@pytest.mark.parametrize("name", BAD)
def test_bad_telemetry_is_refused_with_a_reason(hub, fresh, name, qos):
    payload, code = BAD[name]
    payload = payload if isinstance(payload, bytes) else payload.encode()
    topic = f"iot/node/{fresh}/telemetry"
    with Raw(hub.mqtt_port) as raw:
        raw.connect(f"bad-{fresh}", 5)
        before = hub.refused()
        raw.publish(topic, payload, qos, 1)
        reason = raw.expect(PUBACK if qos == 1 else PUBREC).reason
        assert reason >= 0x80, f"accepted with {reason:#x}"
        after = hub.refused()
        moved = {c: after[c] - before.get(c, 0) for c in after if after[c] != before.get(c, 0)}
        assert sum(moved.values()) == 1, moved
        assert code is None or moved == {code: 1}
        assert hub.node(fresh) is None, "a refused message must not make a node"
        # The connection goes on, and so does the packet identifier.
        raw.publish(topic, telemetry(GOOD), qos, 1)
        assert raw.expect(PUBACK if qos == 1 else PUBREC).reason == 0
        if qos == 2:
            raw.acknowledge(PUBREL, 1)
            assert raw.expect(PUBCOMP).packet_id == 1
    assert hub.node(fresh)["fields"] == ["temperature"]


@pytest.mark.parametrize("name", ["not JSON", "NaN", "a sensor is an object", "bad UTF-8"])
def test_an_old_client_is_acknowledged_but_nothing_is_stored(hub, fresh, name):
    """MQTT 3.1.1 has no reason code in PUBACK: the refusal is in the counter, and the client must not send for ever."""
    with Client(hub.mqtt_port, V311) as client:
        before = sum(hub.refused().values())
        client.publish(f"iot/node/{fresh}/telemetry", BAD[name][0])
        assert sum(hub.refused().values()) == before + 1
        assert hub.node(fresh) is None


def test_bad_qos_0_is_counted(hub, fresh):
    with Client(hub.mqtt_port, V5) as client:
        before = sum(hub.refused().values())
        client.publish(f"iot/node/{fresh}/telemetry", "{", 0)
        wait_for(lambda: sum(hub.refused().values()) == before + 1, "counted")
        assert hub.node(fresh) is None


def test_one_bad_message_fails_alone(hub, fresh):
    """In one write, so in one batch: good, bad, good."""
    with Raw(hub.mqtt_port) as raw:
        raw.connect(f"mixed-{fresh}", 5)
        packets = []
        for number in range(1, 101):
            value = "{}" if number % 10 == 0 else str(number)
            body = '{"timestamp":%d,"sensors":{"v":%s}}' % (1_790_000_000 + number, value)
            packets.append(publish_packet(f"iot/node/{fresh}/telemetry", body, 1, number, version=5))
        raw.send(b"".join(packets))
        reasons = {(p := raw.expect(PUBACK)).packet_id: p.reason for _ in range(100)}
        assert {number for number, reason in reasons.items() if reason >= 0x80} == set(range(10, 101, 10))
    rows = hub.readings(fresh, since=1_790_000_000, to=1_790_000_200)
    assert [row["v"] for row in rows] == [n for n in range(1, 101) if n % 10]


@pytest.mark.parametrize("bad_id", ["a b", "ü", "x" * 65, "a\\b", "a?b", "%2F", "a\"b", "'; DROP TABLE node; --"])
def test_an_id_that_is_none(hub, client, bad_id):
    before = sum(hub.refused().values())
    count = hub.get("/api/nodes")["count"]
    assert client.publish(f"iot/node/{bad_id}/telemetry", telemetry(GOOD)) >= 0x80
    assert sum(hub.refused().values()) == before + 1
    assert hub.get("/api/nodes")["count"] == count
    answer = hub.ask(f"/api/nodes/{quote(bad_id, safe='')}")
    assert answer.status in (400, 404) and answer.json()["code"] in ("invalid_id", "not_found")


@pytest.mark.parametrize("bad_id", ["a/b", "a+b", "a#b", "+", "#", "../x", ""])
def test_an_id_with_a_topics_own_signs(hub, fresh, bad_id):
    """In the payload; in the topic a wildcard ends the connection, and a slash makes another topic."""
    count = hub.get("/api/nodes")["count"]
    with Client(hub.mqtt_port, V5) as client:
        assert client.publish(f"iot/node/{fresh}/telemetry", telemetry(GOOD, f'"node_id":"{bad_id}"')) >= 0x80
    for sign in "+#":
        with Raw(hub.mqtt_port) as raw:
            raw.connect(f"w-{fresh}", 5)
            raw.publish(f"iot/node/{sign}/telemetry", telemetry(GOOD), 1, 1)
            assert [p.kind for p in raw.ends()] == [DISCONNECT]
    answer = hub.ask(f"/api/nodes/{quote(bad_id or '%', safe='')}")
    assert answer.status in (400, 404) and answer.headers["Content-Type"].startswith("application/problem+json")
    assert hub.get("/api/nodes")["count"] == count


@pytest.mark.parametrize("topic", ["iot/node/{}/telemetri", "iot/node/{}", "iot/node/{}/telemetry/deep", "iot/nodes/{}/telemetry"])
def test_a_topic_that_nobody_knows(hub, client, fresh, topic):
    before = hub.refused().get("unknown_topic", 0)
    count = hub.get("/api/nodes")["count"]
    reason = client.publish(topic.format(fresh), telemetry(GOOD))
    if topic.startswith("iot/node/"):
        assert reason == 0x90 and hub.refused().get("unknown_topic", 0) == before + 1
    else:
        # Not in the hub's space: a message between clients like any other, which nobody here reads.
        assert reason in (0, 0x10) and hub.refused().get("unknown_topic", 0) == before
    assert hub.get("/api/nodes")["count"] == count


@pytest.mark.parametrize("topic", ["iot/broker/status", "iot/broker/stats", "$SYS/broker/version"])
def test_the_hubs_own_topics_cannot_be_forged(hub, client, topic):
    def refusals():
        return sum(value for name, value in hub.metrics().items() if "refused_total" in name)

    before = refusals()
    assert client.publish(topic, '{"status":"forged"}', retain=True) >= 0x80
    # The broker's own figures are sampled every two seconds.
    wait_for(lambda: refusals() > before, "the refusal is counted", 5)
    with Client(hub.mqtt_port, V5, subscriptions=[(topic, 1)]) as reader:
        assert b"forged" not in reader.receive().payload


@pytest.mark.parametrize("version", [4, 5], ids=["3.1.1", "5.0"])
def test_ten_megabytes_end_the_connection(hub, fresh, version):
    before = hub.metrics()["martlet_mqtt_protocol_violations_total"]
    with Raw(hub.mqtt_port) as raw:
        raw.connect(f"big-{fresh}", version)
        try:
            raw.publish(f"iot/node/{fresh}/telemetry", b"x" * BIG, 1, 1)
        except (ConnectionError, TimeoutError):
            pass  # refused at its header, before all of it was sent
        try:
            said = raw.ends()
        except ConnectionError:
            said = []
        if version == 5 and said:
            assert said[-1].kind == DISCONNECT and said[-1].reason == 0x95
    assert hub.node(fresh) is None
    assert hub.resident_megabytes() < 500
    wait_for(lambda: hub.metrics()["martlet_mqtt_protocol_violations_total"] > before, "the violation is counted", 5)


@pytest.mark.parametrize("timestamp", [-1, 1, 10**30, "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01", "yesterday", True])
def test_a_time_decades_off_never_makes_history_decades_off(hub, client, fresh, timestamp):
    reason = client.publish(f"iot/node/{fresh}/telemetry", {"timestamp": timestamp, "sensors": {"v": 1}})
    if reason >= 0x80:
        assert hub.node(fresh) is None
    else:
        assert hub.node(fresh)["latest"]["v"]["observed_at"][:4] == time.strftime("%Y", time.gmtime())


def test_others_are_not_disturbed(hub, fresh):
    """While one client sends nothing but rubbish, another's messages are acknowledged at once."""
    with Raw(hub.mqtt_port) as bad, Node(hub.mqtt_port, fresh) as good:
        bad.connect(f"rubbish-{fresh}", 5)
        slowest = 0
        for number in range(200):
            bad.publish(f"iot/node/{fresh}x/telemetry", b'{"sensors":' * 2_000, 1, 1)
            started = time.monotonic()
            assert good.telemetry({"v": number}) == 0
            slowest = max(slowest, time.monotonic() - started)
            assert bad.expect(PUBACK).reason >= 0x80
    assert slowest < 1
    assert hub.node(fresh)["latest"]["v"]["value"] == 199 and hub.node(f"{fresh}x") is None
