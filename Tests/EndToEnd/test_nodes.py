"""The contract of the sensor nodes: topics in, the state and the history out."""

import datetime
import json
import time
from urllib.parse import quote

import pytest

from support.clients import V5, V311, Client, Node
from support.waiting import wait_for

START = 1_790_000_000  # 2026-09-21T14:13:20Z, a full ten seconds


def iso(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "Z"


def test_the_message_of_the_contract(hub, fresh):
    """To the letter of the contract, by a node that was never seen before."""
    with Node(hub.mqtt_port, fresh) as node:
        assert hub.node(fresh) is None
        text = (
            '{"node_id":"node_%s","timestamp":1704844800,"sensors":{"temperature":22.5,"humidity":45.2},'
            '"wifi_rssi":-65,"uptime":3600}' % fresh
        )
        assert node.publish(f"iot/node/{fresh}/telemetry", text) == 0
        found = hub.node(fresh)
        assert found["node_id"] == f"node_{fresh}" and found["id"] == fresh and found["state"] == "online"
        assert found["wifi_rssi"] == -65 and found["uptime_seconds"] == 3600
        assert found["client_id"] == f"esp32-{fresh}" and found["address"] == "127.0.0.1"
        assert sorted(found["fields"]) == ["humidity", "temperature", "uptime", "wifi_rssi"]
        assert found["latest"]["temperature"] == {"value": 22.5, "observed_at": "2024-01-10T00:00:00.000000Z"}
        row = hub.readings(fresh, since=1704844800, to=1704844801)
        assert row == [{
            "time": "2024-01-10T00:00:00.000000Z", "temperature": 22.5, "humidity": 45.2, "wifi_rssi": -65, "uptime": 3600,
        }]


def test_two_spellings_are_one_node(hub, fresh):
    with Client(hub.mqtt_port, V311) as any_client:
        for topic_id, node_id in [(fresh, f"node_{fresh}"), (f"node_{fresh}", fresh), (fresh, fresh), (f"node_{fresh}", None)]:
            message = {"sensors": {"v": 1}} | ({"node_id": node_id} if node_id else {})
            assert any_client.publish(f"iot/node/{topic_id}/telemetry", message) == 0
        # While it is connected: one that has left is asleep from some instant on.
        assert hub.node(fresh) == hub.node(f"node_{fresh}")
    assert [n["id"] for n in hub.get("/api/nodes")["nodes"]].count(fresh) == 1


@pytest.mark.parametrize(
    "timestamp, seconds",
    [
        (START, START),
        (START + 0.25, START + 0.25),
        (START * 1000 + 125, START + 0.125),
        ("2026-09-21T14:13:20Z", START),
        ("2026-09-21T14:13:20.000001Z", START + 0.000001),
        ("2026-09-21T14:13:20", START),
        ("2026-09-21 14:13:20", START),
        ("2026-09-21T16:13:20+02:00", START),
        ("2026-09-21T08:43:20.5-05:30", START + 0.5),
    ],
)
def test_a_timestamp_of_each_form(hub, fresh, timestamp, seconds):
    with Node(hub.mqtt_port, fresh) as node:
        assert node.telemetry({"v": 1}, timestamp) == 0
    assert [row["time"] for row in hub.readings(fresh, since=START - 1, to=START + 1)] == [iso(seconds)]


@pytest.mark.parametrize("timestamp", [None, "absent", "a day ahead", 4_000_000_000_000])
def test_a_missing_or_absurd_time_becomes_the_time_of_receipt(hub, fresh, timestamp):
    with Node(hub.mqtt_port, fresh) as node:
        before = time.time()
        claimed = before + 90_000 if timestamp == "a day ahead" else timestamp
        message = {"sensors": {"v": 1}} | ({} if timestamp == "absent" else {"timestamp": claimed})
        reason = node.publish(f"iot/node/{fresh}/telemetry", message)
        assert reason == 0
        found = wait_for(lambda: hub.node(fresh), "the node appears")
        observed = datetime.datetime.fromisoformat(found["latest"]["v"]["observed_at"]).timestamp()
        assert abs(observed - before) < 5


def test_ranges_steps_and_aggregates(hub, fresh):
    values = [3, 1, 4, 1, 5, 9, 2, 6]
    with Node(hub.mqtt_port, fresh) as node:
        for index, value in enumerate(values):
            node.telemetry({"v": value, "w": -value / 2}, START + 5 * index)
    whole = {"since": START, "to": START + 40}
    assert [row["v"] for row in hub.readings(fresh, field="v", **whole)] == values
    assert [row["v"] for row in hub.readings(fresh, field="v", since=START + 5, to=START + 15)] == [1, 4]
    assert [row["v"] for row in hub.readings(fresh, field="v", limit=3, **whole)] == [9, 2, 6]
    assert hub.get(f"/api/nodes/{fresh}/readings?from={START}&to={START + 40}&limit=3")["truncated"] is True
    expected = {
        "mean": [2, 2.5, 7, 4], "min": [1, 1, 5, 2], "max": [3, 4, 9, 6], "sum": [4, 5, 14, 8], "count": [2, 2, 2, 2],
        "first": [3, 4, 5, 2], "last": [1, 1, 9, 6],
    }
    for name, numbers in expected.items():
        rows = hub.readings(fresh, field="v", step="10s", agg=name, **whole)
        assert [row["v"] for row in rows] == numbers, name
        assert [row["time"] for row in rows] == [iso(START + 10 * n) for n in range(4)]
    assert [row["v"] for row in hub.readings(fresh, field="v", step="1h", **whole)] == [pytest.approx(3.875)]
    both = hub.readings(fresh, field="v,w", step="10s", agg="max", **whole)
    assert [(row["v"], row["w"]) for row in both] == [(3, -0.5), (4, -0.5), (9, -2.5), (6, -1)]
    assert hub.readings(fresh, field="v", since=START - 7200, to=START - 3600, step="1m") == []
    forms = [str(START), f"{START}.0", str(START * 1000), quote(iso(START)), "2026-09-21T14:13:20Z"]
    assert len({json.dumps(hub.readings(fresh, field="v", since=f, to=START + 12)) for f in forms}) == 1


def test_late_and_repeated_readings(hub, fresh):
    with Node(hub.mqtt_port, fresh) as node:
        for offset, value in [(10, 1), (0, 2), (20, 3), (5, 4), (10, 5)]:
            node.telemetry({"v": value}, START + offset)
        # The same time again: the last write wins for each field, and fields are united.
        node.telemetry({"w": 9}, START + 20)
    rows = hub.readings(fresh, since=START, to=START + 30)
    assert [row["v"] for row in rows] == [2, 4, 5, 3]
    assert rows[-1]["w"] == 9
    assert hub.node(fresh)["latest"]["v"]["value"] == 3


def test_decimals_come_back_as_they_were(hub, fresh):
    values = [0.1, 22.45, -0.001, 1e-7, 123456789.125, 1e15, 9007199254740991, -273.15, 0, 1 / 3, 5e-324, 1.7976931348623157e308]
    with Node(hub.mqtt_port, fresh) as node:
        for index, value in enumerate(values):
            assert node.telemetry({"v": value}, START + index) == 0
    assert [row["v"] for row in hub.readings(fresh, since=START, to=START + 100)] == values


def test_many_sensors_of_any_name(hub, fresh):
    sensors = {name: 1.5 for name in ["soil", "CO2", "pm2_5", "Spannung", "温度", "a b", "rel.humidity", "x" * 60]}
    with Node(hub.mqtt_port, fresh) as node:
        if node.telemetry(sensors, START) != 0:
            raise AssertionError("any sensor name is accepted")
    assert set(sensors) <= set(hub.node(fresh)["fields"])
    assert [row["温度"] for row in hub.readings(fresh, field=quote("温度"), since=START, to=START + 1)] == [1.5]


def test_status_brings_health(hub, node):
    assert node.status(uptime=86_400, wifi_rssi=-71, heap=153_000, firmware="1.4.2") == 0
    found = hub.node(node.node_id)
    assert found["uptime_seconds"] == 86_400 and found["wifi_rssi"] == -71 and found["firmware"] == "1.4.2"
    assert found["heap_bytes"] == 153_000 and found["state"] == "online"


def test_offline_by_will_asleep_by_goodbye_and_back(hub, fresh):
    node = Node(hub.mqtt_port, fresh)
    node.telemetry({"v": 1})
    assert hub.node(fresh)["state"] == "online"
    node.drop()
    wait_for(lambda: hub.node(fresh)["state"] == "offline", "offline after the will")
    since = hub.node(fresh)["state_since"]
    assert hub.node(fresh)["last_seen"] <= since
    with Node(hub.mqtt_port, fresh) as node:
        node.telemetry({"v": 2})
        wait_for(lambda: hub.node(fresh)["state"] == "online", "online again")
        assert hub.node(fresh)["state_since"] > since
        listed = {n["id"] for n in hub.get("/api/nodes?state=online")["nodes"]}
        assert fresh in listed
    wait_for(lambda: hub.node(fresh)["state"] == "asleep", "asleep after a clean disconnect")
    assert fresh in {n["id"] for n in hub.get("/api/nodes?state=asleep")["nodes"]}
    assert fresh not in {n["id"] for n in hub.get("/api/nodes?state=offline")["nodes"]}


def test_latest_goes_stale_with_the_node(hub, node):
    node.telemetry({"v": 7})
    latest = hub.get(f"/api/nodes/{node.node_id}/latest")
    assert latest["stale"] is False and latest["values"]["v"]["value"] == 7 and 30 <= latest["stale_after_seconds"] <= 3600


def test_the_hub_publishes_its_state_retained(hub, client):
    client.subscribe("iot/broker/#", 1)
    found = {}
    for _ in range(2):
        message = client.receive()
        assert message.retain
        found[message.topic] = json.loads(message.payload)
    assert found.keys() == {"iot/broker/status", "iot/broker/stats"}


def test_the_hub_publishes_its_state_again_and_again(timed):
    with Client(timed.mqtt_port, subscriptions=[("iot/broker/#", 1)]) as client:
        topics = {"iot/broker/status", "iot/broker/stats"}
        assert {client.receive().topic for _ in range(2)} == topics
        # Every fifth sample goes to subscribers.
        wait_for(lambda: timed.clock.advance(2) and client.messages.qsize() >= 2, "the next")
        assert {client.receive().topic for _ in range(2)} == topics


def test_nodes_of_both_versions_and_every_qos(hub, fresh):
    for version in [V311, V5]:
        with Client(hub.mqtt_port, version) as sender:
            for qos in [0, 1, 2]:
                sender.publish(f"iot/node/{fresh}/telemetry", {"sensors": {f"v{version}{qos}": qos}}, qos)
    fields = {f"v{version}{qos}" for version in (V311, V5) for qos in range(3)}
    wait_for(lambda: set(hub.node(fresh)["fields"]) == fields, "all six are stored")


def test_silence_is_unknown(timed, fresh):
    """The shortest time after which a node counts as silent is half a minute."""
    hub = timed
    with Node(hub.mqtt_port, fresh, keep_alive=10) as node:
        for _ in range(4):
            # What comes within a second counts as one report.
            hub.clock.advance(1.1)
            node.telemetry({"v": 1})
        assert hub.node(fresh)["stale_after_seconds"] == 30
        last_seen = hub.node(fresh)["last_seen"]
        hub.clock.advance(29)
        assert hub.node(fresh)["state"] == "online"
        hub.clock.advance(2)
        found = hub.node(fresh)
        assert found["state"] == "unknown", "unknown after silence"
        assert found["last_seen"] == last_seen
        assert hub.get(f"/api/nodes/{fresh}/latest")["stale"] is True
        node.telemetry({"v": 2})
        assert hub.node(fresh)["state"] == "online"
