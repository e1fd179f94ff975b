"""Readings whose value or time is none: what is stored, what is shown, and that a restart changes nothing of it."""

import json
import time

from support.clients import V5, Node


def latest(hub, node):
    return {name: (entry["value"], entry["observed_at"]) for name, entry in hub.node(node)["latest"].items()}


def test_the_latest_is_the_same_after_a_stop_and_after_a_kill(own):
    """A clock that ran ahead, one that begins at 2000, texts in the place of numbers; then SIGTERM, SIGKILL and start."""
    hub = own()
    with Node(hub.mqtt_port, "1") as node:
        node.telemetry({"t": 1, "door": True}, time.time() + 120)
        node.telemetry({"t": 2})
        node.telemetry({"t": 3, "u": 5}, 946_684_805)
        node.telemetry({"t": "NaN", "u": "6.5", "door": "unavailable"})
        node.telemetry({"t": "warm", "door": 0, "u": 7})
        before, found = latest(hub, "1"), hub.node("1")
    assert {name: value for name, (value, _) in before.items()} == {"t": 3, "u": 7, "door": True}
    refused = {field["field"]: (field["type"], field["came"]) for field in found["refused_fields"]}
    assert refused == {"t": ("number", "text"), "door": ("boolean", "number")}
    assert hub.metrics()["martlet_values_refused_total"] == 2
    rows = hub.readings("1", since=time.time() - 600, to=time.time() + 600)
    for end in (hub.stop, hub.kill, hub.stop):
        end()
        hub.start()
        assert latest(hub, "1") == before
        assert hub.readings("1", since=time.time() - 600, to=time.time() + 600) == rows
    with Node(hub.mqtt_port, "1") as node:
        node.telemetry({"t": "hot", "u": "8"})
    assert latest(hub, "1")["t"] == before["t"] and latest(hub, "1")["u"][0] == 8
    assert hub.post("/api/nodes/1/fields/reset", {"field": "t"}).status == 200
    with Node(hub.mqtt_port, "1") as node:
        node.telemetry({"t": "hot"})
    assert latest(hub, "1")["t"][0] == "hot"


def test_bytes_behind_the_json(hub, fresh):
    """A zero at the end of a text in C is nothing; anything else there is refused, said and counted."""
    good = json.dumps({"sensors": {"t": 1}}).encode()
    with Node(hub.mqtt_port, fresh, V5) as node:
        for tail in (b"\0", b"\n", b"\r\n\0\0"):
            assert node.publish(f"iot/node/{fresh}/telemetry", good + tail) == 0
        before = hub.refused().get("malformed_json", 0)
        for tail in (b"}", b"\0}", b"\x01"):
            assert node.publish(f"iot/node/{fresh}/telemetry", good + tail) == 0x99
        assert hub.refused()["malformed_json"] == before + 3


def test_whose_fault_a_name_is(hub, fresh):
    with Node(hub.mqtt_port, fresh, V5) as node:
        assert node.publish(f"iot/node/{fresh}/telemetry", '{"sensors":{"":1}}') == 0x99
        assert node.publish("iot/node/a b/telemetry", '{"sensors":{"t":1}}') == 0x90
        many = json.dumps({"sensors": {f"s{n}": n for n in range(65)}})
        assert node.publish(f"iot/node/{fresh}/telemetry", many) == 0x97
