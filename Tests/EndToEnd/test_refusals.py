"""A device that is refused says why: on its node's page, to who looks after it, bounded and without its secrets."""

from support.clients import Client
from support.parkmate import STATUS, make_lot, stamp
from support.raw import PUBACK, Raw
from support.waiting import wait_for


def refusals(server, path):
    return server.get(f"{path}/refusals")["refusals"]


def test_a_silent_device_explains_itself_to_its_operator(own_closed):
    hub = own_closed()
    key = hub.device("node_07")
    with hub.mqtt_node("07", key) as node:
        node.publish("iot/node/07/telemetry", {"sensors": {"temperature": 21}})
        node.publish("iot/node/07/telemetry", '{"api_key":"hunter2","sensors":{"temperature":[1]}}\n')
        node.publish("iot/node/07/telemtry", '{"sensors":{}}')
    assert hub.connack("07", "mdk_not-the-key") in (0x86, 0x87)
    operator = hub.person("operator")
    wait_for(lambda: len(refusals(operator, "/api/nodes/07")) == 3, "all three are told")
    found = {entry["code"]: entry for entry in refusals(operator, "/api/nodes/07")}
    assert set(found) == {"wrong_type", "forbidden", "bad_credentials"}
    bad = found["wrong_type"]
    assert bad["topic"] == "iot/node/07/telemetry" and bad["bytes"] == 52 and bad["left_out"] == 0
    assert bad["excerpt"] == '{"api_key":…,"sensors":{"temperature":[1]}}␊', bad
    assert found["forbidden"]["topic"] == "iot/node/07/telemtry"
    assert found["bad_credentials"]["topic"] == ""
    assert "hunter2" not in str(found) and "not-the-key" not in str(found)
    assert refusals(operator, "/api/devices/node_07") == refusals(operator, "/api/nodes/07")
    for path in ["/api/nodes/07/refusals", "/api/devices/node_07/refusals"]:
        assert hub.person("viewer").ask(path).status == 403
        assert hub.person("operator", site=hub.site("north")).ask(path).status == 404
    # Over HTTP as well.
    answer = hub.ask("/api/nodes/07/telemetry", "POST", '{"sensors":1}', {"X-Device-Id": "node_07", "X-API-Key": key})
    assert answer.status == 400
    assert refusals(operator, "/api/nodes/07")[0]["excerpt"] == '{"sensors":1}'
    # A flood is a few rows that say how many there were, and they are there after a crash.
    with hub.mqtt_node("07", key) as node:
        for _ in range(60):
            node.publish("iot/node/07/telemetry", "{")
    kept = refusals(operator, "/api/nodes/07")
    assert 4 < len(kept) < 20 and kept[0]["excerpt"] == "{"
    hub.kill()
    hub.start()
    assert refusals(hub.admin, "/api/nodes/07") == kept
    hub.stop()


def test_a_parking_sensor_explains_itself_too(own_closed):
    """What it sends is no JSON, is older than the hub takes, is of another spot or lot, or cannot be."""
    hub = own_closed(None, "--oldest-days", "30")
    one, other = make_lot(hub.admin, "LOT-A", 2)
    make_lot(hub.admin, "LOT-B", 1)
    keys = {spot: hub.device(spot, "parking") for spot in (one, other)}
    bad = [
        ("malformed_json", '{"spot_id":"%s","occupied":tru' % one),
        ("too_old", '{"spot_id":"%s","occupied":true,"timestamp":"2020-01-01T00:00:00Z"}' % one),
        ("forbidden", '{"spot_id":"%s","occupied":true}' % other),
        ("id_mismatch", '{"spot_id":"%s","lot_id":"LOT-B","occupied":true}' % one),
        ("value_out_of_range", '{"spot_id":"%s","distance":-1,"api_key":"hunter2"}' % one),
    ]
    with hub.mqtt(one, keys[one]) as sensor:
        assert sensor.publish(STATUS, {"spot_id": one, "lot_id": "LOT-A", "occupied": True, "timestamp": stamp()}) == 0
        for code, payload in bad:
            assert sensor.publish(STATUS, payload) != 0, code
    operator = hub.person("operator")
    path = f"/api/devices/{one}"
    found = refusals(operator, path)
    assert [entry["code"] for entry in found] == [code for code, _ in reversed(bad)], found
    for entry, (code, payload) in zip(found, reversed(bad)):
        assert entry["topic"] == STATUS and entry["bytes"] == len(payload) and entry["at"] and entry["detail"], code
        assert entry["excerpt"] == payload.replace('"hunter2"', "…"), code
    assert refusals(operator, f"/api/devices/{other}") == [], "it is the sender's mistake, not that of the spot it names"
    assert hub.person("viewer").ask(f"{path}/refusals").status == 403
    assert hub.person("operator", site=hub.site("north")).ask(f"{path}/refusals").status == 404
    hub.kill()
    hub.start()
    assert refusals(hub.admin, path) == found
    hub.stop()


def test_in_an_open_hub_the_topic_says_whose_a_refused_message_was(hub, fresh):
    with Client(hub.mqtt_port) as client:
        client.publish(f"iot/node/{fresh}/telemetry", {"sensors": {"v": 1}})
        client.publish(f"iot/node/{fresh}/telemetry", "{not json")
        client.publish(f"iot/node/{fresh}/telemtry", {"sensors": {"v": 1}})
        client.publish("iot/node/nobody-knows-it/telemetry", "not json")
    found = refusals(hub, f"/api/nodes/{fresh}")
    assert [entry["code"] for entry in found] == ["unknown_topic", "malformed_json"]
    assert found[1]["excerpt"] == "{not json"
    assert hub.ask("/api/nodes/nobody-knows-it/refusals").status == 404


def test_refusals_do_not_hold_up_what_is_good(hub, fresh):
    with Raw(hub.mqtt_port) as raw:
        raw.connect(f"mixed-{fresh}", 5)
        for number in range(1, 41):
            payload = '{"sensors":{"v":%d}}' % number if number % 2 else "{"
            raw.publish(f"iot/node/{fresh}/telemetry", payload, 1, number)
        reasons = [raw.expect(PUBACK).reason for _ in range(40)]
    assert reasons.count(0) == 20
    assert hub.get(f"/api/nodes/{fresh}/latest")["values"]["v"]["value"] == 39
