"""Permit-join: how a device that nobody knows comes in, and how it does not."""

import json
import random
import secrets
import threading
import time

import pytest

from support.clients import Client
from support.clock import Clock
from support.raw import PUBACK, Raw
from support.voids import device_headers
from support.waiting import wait_for


# As good as a password has to be to be kept: 12 bytes or more.
OFFERED, FIRST, SECOND = "offered-password-1", "first-password-1", "second-password-1"


def join(hub):
    return hub.admin.get("/api/devices")["join"]


def pending(hub, name):
    found = hub.admin.ask(f"/api/devices/{name}")
    return found.json() if found.status == 200 and found.json()["state"] == "pending" else None


def knock(hub, name, password, payloads=(), topic=None, **options):
    """An unknown device connects and reports; returns the reason codes of its publishes."""
    with Raw(hub.mqtt_port) as raw:
        assert raw.connect(f"c-{name}", 5, username=name, password=password, **options).reason == 0
        reasons = []
        for number, payload in enumerate(payloads, 1):
            raw.publish(topic or f"iot/node/{name[5:]}/telemetry", json.dumps(payload), 1, number)
            reasons.append(raw.expect(PUBACK).reason)
        return reasons


def report(seq, **more):
    return {"sensors": {"seq": seq}, **more}


@pytest.fixture
def hub(own_closed):
    return own_closed()


@pytest.fixture
def timed(own_closed):
    """One whose time stands still unless the test moves it."""
    made = own_closed(clock=Clock())
    made.clock.freeze()
    return made


def test_outside_the_window_a_stranger_is_refused_and_counted(hub):
    before = join(hub)
    assert before["open_until"] is None
    for n in range(3):
        assert hub.connack(f"node_s{n}", OFFERED) in (0x86, 0x87)
    assert hub.ask("/api/nodes", headers=device_headers("node_s9", OFFERED)).status == 401
    after = join(hub)
    assert after["refused"] == before["refused"] + 4
    listed = hub.admin.get("/api/devices")
    assert listed["devices"] == [] and listed["counts"]["pending"] == 0


def test_the_window_closes_by_hand_and_by_time(timed):
    hub = timed
    for minutes in (0, 61, -1, "10", None):
        assert hub.admin.post("/api/join", {"minutes": minutes}).status == 400
    made = hub.admin.must("POST", "/api/join", {"minutes": 1})
    assert made["open_until"] == join(hub)["open_until"] is not None
    knock(hub, "node_early", OFFERED)
    assert pending(hub, "node_early")
    hub.admin.must("DELETE", "/api/join")
    assert hub.connack("node_late", OFFERED) in (0x86, 0x87)
    assert join(hub)["open_until"] is None and pending(hub, "node_early")
    # By time.
    hub.admin.must("POST", "/api/join", {"minutes": 1})
    hub.clock.advance(59)
    assert join(hub)["open_until"] is not None and hub.connack("node_in_time", OFFERED) == 0
    hub.clock.advance(1)
    assert hub.connack("node_later", OFFERED) in (0x86, 0x87)
    assert join(hub)["open_until"] is None
    hub.stop()
    hub.start()
    assert hub.connack("node_later", OFFERED) in (0x86, 0x87), "nor does a start open it again"


def test_while_it_waits_nothing_of_it_is_seen(hub):
    hub.admin.must("POST", "/api/join", {"minutes": 5})
    person = hub.person("admin")
    token = person.personal_token(["mqtt.subscribe"])["token"]
    with Client(hub.mqtt_port, username=person.name, password=token, subscriptions=[("#", 1)]) as listener:
        will = ("iot/node/new/status", '{"status":"offline"}', 1, True)
        with Raw(hub.mqtt_port) as raw:
            assert raw.connect("new", 5, username="node_new", password=OFFERED, will=will).reason == 0
            raw.publish("iot/node/new/telemetry", json.dumps(report(1)), 1, 1, retain=True)
            assert raw.expect(PUBACK).reason == 0, "kept aside, therefore acknowledged"
            assert raw.subscribe("iot/node/new/command", 1) in (0, 1, 0x87)
            assert raw.subscribe("#", 1, 2) == 0x87
            raw.publish("iot/node/other/telemetry", json.dumps(report(1)), 1, 2)
            raw.expect(PUBACK)
        found = pending(hub, "node_new")
        assert found["messages"] >= 1 and "iot/node/new/telemetry" in found["topics"] and found["offers_password"] is True
        assert OFFERED not in json.dumps(found)
        assert hub.node("new") is None and hub.node("other") is None
        assert hub.admin.get("/api/nodes")["count"] == 0
        # Something that everybody who listens does hear, as the sign that the time of the other has passed.
        key = hub.device("node_known")
        with hub.mqtt_node("known", key) as known:
            known.telemetry({"end": 1})
        seen = []
        while "iot/node/known/telemetry" not in seen:
            seen.append(listener.receive().topic)
        assert not [topic for topic in seen if "new" in topic or "other" in topic], seen
    with Client(hub.mqtt_port, username=person.name, password=token, subscriptions=[("iot/node/#", 1)]) as late:
        assert late.hears_nothing(), "nothing of it is retained"


def test_what_it_sent_appears_with_its_own_time(timed):
    hub = timed
    hub.admin.must("POST", "/api/join", {"minutes": 5})
    received = hub.clock.now()
    stamped = int(received) - 120
    assert knock(hub, "node_new", OFFERED, [report(1), report(2, timestamp=stamped)]) == [0, 0]
    hub.clock.advance(60)  # so that the time of approval is plainly another
    told = hub.admin.must("POST", "/api/devices/node_new/approve", {"credential": "offered"})
    assert told["state"] == "active" and "key" not in told
    wait_for(lambda: len(hub.readings("new", field="seq")) == 2 if hub.node("new") else False, "both reports are in")
    from datetime import datetime

    times = {row["seq"]: datetime.fromisoformat(row["time"].replace("Z", "+00:00")).timestamp() for row in hub.readings("new", field="seq")}
    assert times[1] == pytest.approx(received, abs=0.001)
    assert times[2] == stamped
    assert hub.connack("node_new", OFFERED) == 0
    assert hub.admin.get("/api/devices/node_new")["credential"] == "password"
    with hub.mqtt_node("new", OFFERED) as node:
        assert node.telemetry({"seq": 3}) == 0


def test_a_connected_newcomer_that_is_approved_goes_on(hub):
    """It need not know: the same connection, or the next one, is that of an active device."""
    hub.admin.must("POST", "/api/join", {"minutes": 5})
    raw = Raw(hub.mqtt_port)
    assert raw.connect("stay", 5, username="node_stay", password=OFFERED).reason == 0
    raw.publish("iot/node/stay/telemetry", json.dumps(report(1)), 1, 1)
    assert raw.expect(PUBACK).reason == 0
    hub.admin.must("POST", "/api/devices/node_stay/approve", {"credential": "offered"})

    def seen():
        nonlocal raw
        try:
            raw.publish("iot/node/stay/telemetry", json.dumps(report(2)), 1, 2)
            raw.expect(PUBACK, 5)
        except Exception:  # noqa: BLE001 - the hub may have closed it, so that the device connects anew
            raw.close()
            raw = Raw(hub.mqtt_port)
            assert raw.connect("stay", 5, username="node_stay", password=OFFERED).reason == 0
        return hub.node("stay") and {row["seq"] for row in hub.readings("stay", field="seq")} >= {1, 2}

    wait_for(seen, "it reports as an active device", 10, 0.1)
    raw.close()


def test_a_new_key_ends_the_offered_one(hub):
    hub.admin.must("POST", "/api/join", {"minutes": 5})
    knock(hub, "node_new", OFFERED, [report(1)])
    key = hub.admin.must("POST", "/api/devices/node_new/approve", {"credential": "new"})["key"]
    assert key.startswith("mdk_")
    assert hub.connack("node_new", OFFERED) in (0x86, 0x87)
    assert hub.connack("node_new", key) == 0
    assert "key" not in hub.admin.get("/api/devices/node_new")


def test_what_is_rejected_is_dropped(hub):
    hub.admin.must("POST", "/api/join", {"minutes": 5})
    knock(hub, "node_new", OFFERED, [report(1)])
    hub.admin.must("POST", "/api/devices/node_new/reject")
    hub.admin.must("DELETE", "/api/join")
    assert hub.device_state("node_new") is None and hub.node("new") is None
    assert hub.connack("node_new", OFFERED) in (0x86, 0x87)
    with hub.database() as database:
        for table in hub.tables():
            for row in database.execute(f'SELECT * FROM "{table}"'):
                assert not any(isinstance(v, (str, bytes)) and b'"seq"' in (v.encode() if isinstance(v, str) else v) for v in row), table


def test_another_password_for_the_same_name_is_not_the_device(hub):
    """Whoever comes second with the name of one that waits has not what the first one showed."""
    hub.admin.must("POST", "/api/join", {"minutes": 5})
    knock(hub, "node_new", FIRST, [report(1)])
    assert hub.connack("node_new", SECOND) in (0x86, 0x87)
    hub.admin.must("POST", "/api/devices/node_new/approve", {"credential": "offered"})
    assert hub.connack("node_new", FIRST) == 0
    assert hub.connack("node_new", SECOND) in (0x86, 0x87)


def test_what_is_kept_aside_is_bounded(hub):
    hub.admin.must("POST", "/api/join", {"minutes": 5})
    with Raw(hub.mqtt_port) as raw:
        assert raw.connect("much", 5, username="node_much", password=OFFERED).reason == 0
        size = 2_000
        for number in range(1, 1001):
            raw.publish("iot/node/much/telemetry", json.dumps(report(number, note="x" * size)), 0)
        raw.publish("iot/node/much/telemetry", json.dumps(report(0)), 1, 1)
        try:
            raw.expect(PUBACK)
        except Exception:  # noqa: BLE001 - or it was thrown out for it
            pass
    found = pending(hub, "node_much")
    assert found["messages"] < 1000 and found["messages"] + found["dropped"] <= 1001
    assert hub.ask("/health").status == 200


def test_over_http_the_same(hub):
    key = "offered-" + secrets.token_hex(8)
    headers = device_headers("node_web", key)
    telemetry = "/api/nodes/web/telemetry"
    assert hub.ask(telemetry, "POST", report(0), headers).status == 401
    hub.admin.must("POST", "/api/join", {"minutes": 5})
    answer = hub.ask(telemetry, "POST", report(1), headers)
    assert answer.status == 202 and answer.json() == {"status": "pending"}, answer
    # The key may come in the body; it must not lie among what is kept.
    answer = hub.ask(telemetry, "POST", report(2, device_id="node_web", api_key=key))
    assert answer.status == 202, answer
    assert hub.ask("/api/nodes/other/telemetry", "POST", report(3), headers).status == 202, "judged when it is taken in"
    assert hub.ask("/api/nodes/a%2Fb/telemetry", "POST", report(3), headers).status == 404
    assert hub.ask(telemetry, "POST", report(4), device_headers("node_web", "wrong-password-1")).status == 401
    answer = hub.ask("/api/nodes", headers=headers)
    assert answer.status == 403 and answer.json()["code"] == "device_pending", answer
    found = pending(hub, "node_web")
    assert (found["messages"], found["kind"], found["topics"][0]) == (3, "node", "iot/node/web/telemetry")
    assert key.encode() not in (hub.data / "martlet.db").read_bytes() + (hub.data / "martlet.db-wal").read_bytes()
    assert hub.admin.ask("/api/nodes/web").status == 404, "nobody sees it before"
    hub.admin.must("POST", "/api/devices/node_web/approve", {"kind": "node", "credential": "offered"})
    wait_for(lambda: hub.node("web") and [row["seq"] for row in hub.readings("web", field="seq")] == [1, 2], "what was kept is in")
    assert hub.admin.ask("/api/nodes/other").status == 404
    assert hub.ask(telemetry, "POST", report(5), headers).json() == {"status": "stored"}
    answer = hub.ask("/api/nodes", headers=headers)
    assert answer.status == 403 and answer.json()["code"] == "forbidden", "a device, and no person"


@pytest.mark.timeout(600)
def test_a_crash_while_it_is_approved_loses_nothing_and_doubles_nothing(own_closed):
    """SIGKILL at a random moment after the approval was asked for; the reports carry no time, so that one taken in twice is two."""
    hub = own_closed()
    dice = random.Random(11)
    approved = 0
    for number in range(10):
        name, short = f"node_k{number}", f"k{number}"
        hub.admin.must("POST", "/api/join", {"minutes": 5})
        assert knock(hub, name, OFFERED, [report(n) for n in range(30)]) == [0] * 30
        token = hub.admin.headers
        answers = []

        def approve():
            try:
                answers.append(hub.ask(f"/api/devices/{name}/approve", "POST", {"credential": "offered"}, token).status)
            except OSError:
                pass

        thread = threading.Thread(target=approve)
        thread.start()
        threading.Event().wait(dice.uniform(0, 0.04))
        hub.kill()
        thread.join(20)
        hub.start()
        state = hub.device_state(name)
        assert state in ("pending", "active")
        if answers:
            assert answers == [200] and state == "active", "what was answered is so"
        approved += state == "active"
        if state == "pending":
            hub.admin.must("POST", f"/api/devices/{name}/approve", {"credential": "offered"})

        def taken():
            return hub.node(short) and [row["seq"] for row in hub.readings(short, field="seq")]

        wait_for(lambda: taken() and len(taken()) >= 30, f"all of {name} is in", 10, 0.05)
        assert sorted(taken()) == list(range(30)), sorted(taken())
    print(f"{approved} of 10 were approved before the crash")
    hub.stop()


def test_a_client_identifier_locks_nobody_out(hub):
    """Whoever used a client identifier before: the device whose own it is gets in, and hears what is meant for it."""
    key, other = hub.device("node_09"), hub.device("node_10")
    hub.admin.must("POST", "/api/join", {"minutes": 5})
    with Raw(hub.mqtt_port) as stranger:
        answer = stranger.connect("esp-09", 5, clean=False, expiry=86_400, username="node_stranger", password=OFFERED)
        assert answer.reason == 0
    hub.admin.must("DELETE", "/api/join")
    with Raw(hub.mqtt_port) as squatter:
        assert squatter.connect("esp-09", 5, clean=False, expiry=86_400, username="node_10", password=other).reason == 0
        assert squatter.subscribe("iot/node/10/command", 1) == 1
        assert hub.connack("node_09", key, client_id="esp-09", clean=False, expiry=600) == 0, "while another one has it"
    assert hub.connack("node_09", key, client_id="esp-09") == 0, "and while that one is away"
    hub.stop()
    hub.start()
    assert hub.connack("node_09", key, client_id="esp-09") == 0
    hub.admin.must("POST", "/api/devices/node_stranger/reject")
    with hub.mqtt_node("10", other, client_id="esp-09") as ten, hub.mqtt_node("09", key, client_id="esp-09") as nine:
        nine.telemetry({"n": 1})
        ten.telemetry({"n": 1})
        assert not ten.gone.is_set() and not nine.gone.is_set(), "neither takes the other's place"
        wait_for(lambda: (hub.node("09") or {}).get("state") == "online", "node 09 is there")
        # That one says goodbye is no news of the other.
        ten.disconnect()
        hub.admin.must("POST", "/api/nodes/09/commands", {"command": "restart"}, (200, 201, 202))
        assert nine.receive_json()["command"] == "restart"
        found = hub.node("09")
        assert found["state"] == "online" and found["client_id"] == "esp-09", found
