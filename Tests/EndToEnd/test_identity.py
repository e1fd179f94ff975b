"""Whose a message, a will, a command and a history is: decided by credentials and connection, never by circumstance."""

import json
import sqlite3
from contextlib import closing

import pytest

from support.clients import V5, Client, Node
from support.raw import DISCONNECT, PUBACK, PUBLISH, Raw, packet
from support.server import run
from support.waiting import wait_for


def ask(server, node_id, name="blink", **more):
    answer = server.ask(f"/api/nodes/{node_id}/commands", "POST", {"command": name, "params": {}, **more})
    assert answer.status == 202, answer
    return answer.json()["command_id"]


def state(server, node_id, command):
    return server.get(f"/api/nodes/{node_id}/commands/{command}")["state"]


def becomes(server, node_id, command, wanted):
    wait_for(lambda: state(server, node_id, command) == wanted, f"the command becomes {wanted}")


class Esp:
    """A node that keeps its session, by hand: 3.1.1 with clean session 0, or 5.0 with an expiry."""

    def __init__(self, hub, short, version=4, username=None, key=None):
        self.hub, self.short, self.version = hub, short, version
        self.credentials = {"username": username, "password": key}
        self.raw = None

    def connect(self):
        """Connects, before the old connection is gone if there is one; says whether the session was there."""
        raw = Raw(self.hub.mqtt_port)
        answer = raw.connect(
            f"esp-{self.short}", self.version, clean=False, expiry=3600 if self.version == 5 else None, **self.credentials)
        assert answer.reason == 0
        self.raw = raw
        return bool(answer.body[0] & 1)

    def begin(self):
        self.connect()
        self.raw.subscribe(self.topic, 1)
        self.raw.publish(f"iot/node/{self.short}/telemetry", '{"sensors":{"v":1}}', 1, 7)
        self.raw.expect(PUBACK)

    @property
    def topic(self):
        return f"iot/node/{self.short}/command"

    def command(self):
        """The next PUBLISH: (command_id, packet identifier, whether it is a repetition)."""
        found = self.raw.expect(PUBLISH)
        _, number, payload = found.publish(self.version)
        return json.loads(payload)["command_id"], number, bool(found.flags & 8)

    def acknowledge(self, number):
        self.raw.send(packet(PUBACK, number.to_bytes(2, "big")))


@pytest.mark.parametrize("version", [4, 5], ids=["3.1.1", "5.0"])
def test_one_command_is_one_delivery_however_often_the_connection_is_lost(hub, fresh, version):
    esp = Esp(hub, fresh, version)
    esp.begin()
    command = ask(hub, fresh)
    first, number, repeated = esp.command()
    assert first == command and not repeated
    for how in ["lost", "goodbye", "taken over", "lost", "taken over"]:
        if how == "lost":
            esp.raw.close()
        elif how == "goodbye":
            esp.raw.send(packet(DISCONNECT))
            esp.raw.ends()
        assert esp.connect(), "the session is there"
        assert esp.command() == (command, number, True), how
        assert esp.raw.silent(), f"one copy only after: {how}"
    becomes(hub, fresh, command, "sent")
    esp.acknowledge(number)
    becomes(hub, fresh, command, "delivered")
    history = [step["state"] for step in hub.get(f"/api/nodes/{fresh}/commands/{command}")["history"]]
    assert history[-1] == "delivered" and history.count("delivered") == 1


def test_a_restart_repeats_a_command_and_sends_no_second_one(own):
    hub = own()
    esp = Esp(hub, "r1")
    esp.begin()
    command = ask(hub, "r1")
    _, number, _ = esp.command()
    for how in ["stop", "kill"]:
        becomes(hub, "r1", command, "sent")
        getattr(hub, how)()
        esp.raw.close()
        hub.start()
        assert state(hub, "r1", command) == "queued"
        assert esp.connect(), "the session is there"
        assert esp.command() == (command, number, True)
        assert esp.raw.silent(), f"one copy only after {how}"
    # The acknowledgement is the end of it, also for a hub that is killed right after.
    esp.acknowledge(number)
    becomes(hub, "r1", command, "delivered")
    hub.kill()
    hub.start()
    assert esp.connect() and esp.raw.silent()
    assert state(hub, "r1", command) == "delivered"
    hub.stop()


def test_without_a_kept_session_a_command_goes_out_again_under_its_one_name(hub, fresh):
    with Raw(hub.mqtt_port) as raw:
        raw.connect(f"esp-{fresh}")
        raw.subscribe(f"iot/node/{fresh}/command", 1)
        raw.publish(f"iot/node/{fresh}/telemetry", '{"sensors":{"v":1}}', 1, 7)
        raw.expect(PUBACK)
        command = ask(hub, fresh)
        assert json.loads(raw.expect(PUBLISH).publish()[2])["command_id"] == command
    becomes(hub, fresh, command, "queued")
    with Raw(hub.mqtt_port) as raw:
        raw.connect(f"esp-{fresh}")
        raw.subscribe(f"iot/node/{fresh}/command", 1)
        again = raw.expect(PUBLISH)
        assert json.loads(again.publish()[2])["command_id"] == command and not again.flags & 8


@pytest.mark.parametrize("kept", [False, True], ids=["clean", "kept session"])
def test_a_persons_token_does_not_make_a_command_delivered(closed, fresh, kept):
    esp = Esp(closed, fresh, 5, f"node_{fresh}", closed.device(f"node_{fresh}"))
    esp.begin()
    esp.raw.send(packet(DISCONNECT))
    esp.raw.ends()
    person = closed.person("admin")
    token = person.personal_token(["mqtt.subscribe"])["token"]
    options = {"clean": not kept, "expiry": 600 if kept else 0, "client_id": f"monitor-{fresh}"}
    with Client(closed.mqtt_port, V5, username=person.name, password=token, **options) as monitor:
        for wanted in [f"iot/node/{fresh}/command", f"iot/node/{fresh}/#"]:
            assert monitor.subscribe(wanted, 1) == [1]
        command = ask(closed.admin, fresh)
        assert monitor.hears_nothing(0.5), "nothing goes out for a listener that is not the node"
        assert state(closed.admin, fresh, command) == "queued"
        esp.connect()
        found, number, _ = esp.command()
        assert found == command
        # The listener gets its copy and acknowledges it; that is not the node's word.
        assert monitor.receive_json()["command_id"] == command
        assert monitor.hears_nothing(0.5)
        assert state(closed.admin, fresh, command) == "sent"
        esp.acknowledge(number)
        becomes(closed.admin, fresh, command, "delivered")


def test_the_will_of_an_older_connection_says_nothing_of_the_node(hub, fresh):
    will = (f"iot/node/{fresh}/status", "offline", 1, False)
    report = {"sensors": {"v": 1}}
    old = Client(hub.mqtt_port, client_id=f"r1-{fresh}", will=will)
    old.publish(f"iot/node/{fresh}/telemetry", report)
    with Client(hub.mqtt_port, client_id=f"r2-{fresh}", will=will) as new:
        new.publish(f"iot/node/{fresh}/telemetry", report)
        with Client(hub.mqtt_port, subscriptions=[(f"iot/node/{fresh}/status", 1)]) as watcher:
            old.drop()
            assert watcher.receive().payload == b"offline", "the will is published all the same"
            assert hub.node(fresh)["state"] == "online"
            new.drop()
            watcher.receive()
            wait_for(lambda: hub.node(fresh)["state"] == "offline", "the will of the connection that speaks for it counts")


def test_a_node_that_reports_and_says_goodbye_is_asleep_and_no_alarm(own):
    hub = own()
    with Client(hub.mqtt_port) as maker:
        maker.publish("iot/node/01/telemetry", {"sensors": {"temperature": 22.5}})
    wait_for(lambda: hub.node("01")["state"] == "asleep", "asleep")
    system = hub.get("/api/system")
    assert [solution["attention"] for solution in system["solutions"] if solution["id"] == "nodes"] == [0]
    assert hub.get("/api/nodes/01/latest")["stale"] is False
    for how in ["stop", "kill"]:
        getattr(hub, how)()
        hub.start()
        assert hub.node("01")["state"] == "asleep"
    hub.stop()


def kept_sessions(hub, device):
    """How many sessions of a device the hub keeps."""
    with closing(sqlite3.connect(f"file:{hub.data}/martlet.db?mode=ro", uri=True)) as database:
        return database.execute("SELECT COUNT(*) FROM mqtt_session WHERE client LIKE ?", (f"%{device}%",)).fetchone()[0]


def test_a_name_of_another_site_is_taken_and_what_it_was_told_is_nobodys(closed, fresh):
    name = f"node_{fresh}"
    esp = Esp(closed, fresh, 5, name, closed.device(name))
    esp.begin()
    esp.raw.send(packet(DISCONNECT))
    esp.raw.ends()
    command = ask(closed.admin, fresh, "unlock", ttl_seconds=600)
    assert kept_sessions(closed, name) == 1
    closed.admin.must("DELETE", f"/api/devices/{name}")
    north = closed.site("north")
    operator = closed.person("operator", site=north)
    made = operator.ask("/api/devices", "POST", {"id": name, "kind": "node", "site": north})
    assert made.status == 409 and made.json()["code"] == "conflict", made
    assert operator.ask(f"/api/nodes/{fresh}/readings").status == 404
    assert operator.ask(f"/api/nodes/{fresh}/commands").status == 404
    # A change of rights takes effect within about a third of a second, which docs/ARCHITECTURE.md says.
    wait_for(lambda: not kept_sessions(closed, name), "the session of a device that is removed ends")
    # At its own site the name may come back; what was meant for the device that is gone is not sent to the next.
    esp.credentials["password"] = closed.device(name)
    assert not esp.connect(), "its session is another"
    esp.begin()
    assert esp.raw.silent(0.6)
    ended = closed.admin.get(f"/api/nodes/{fresh}/commands/{command}")
    assert ended["state"] == "expired" and ended["error"] == "the device was removed"


@pytest.mark.parametrize("how", ["by the shell, the hub stopped", "at once, the hub running"])
def test_a_device_that_is_removed_and_added_again_finds_nothing_of_the_one_before(own_closed, how):
    hub = own_closed()
    names = [f"node_{number}" for number in range(3)]
    keys = {name: hub.device(name) for name in names}
    person = hub.person("admin")
    options = {"username": person.name, "password": person.personal_token(["mqtt.publish", "mqtt.subscribe"])["token"]}

    def come(name, keep_alive=0):
        raw = Raw(hub.mqtt_port)
        short = name.removeprefix("node_")
        will = (f"iot/node/{short}/status", "offline", 1, True)
        answer = raw.connect(
            name, 5, clean=False, expiry=3600, keep_alive=keep_alive, will=will, username=name, password=keys[name])
        assert answer.reason == 0
        return raw, bool(answer.body[0] & 1)

    def retained():
        with closing(sqlite3.connect(f"file:{hub.data}/martlet.db?mode=ro", uri=True)) as database:
            return [row[0] for row in database.execute("SELECT topic FROM mqtt_retained WHERE topic LIKE 'iot/node/%' ORDER BY topic")]

    # Whoever is not back one and a half times that after a crash is dead.
    devices = [come(name, 6)[0] for name in names]
    for number, raw in enumerate(devices):
        assert raw.subscribe(f"iot/node/{number}/command", 1) == 1
        raw.publish(f"iot/node/{number}/status", '{"status":"online"}', 1, 1, retain=True)
        assert raw.expect(PUBACK).reason == 0
    with Client(hub.mqtt_port, V5, **options) as program:
        for number in range(3):
            program.publish(f"iot/node/{number}/command", {"for": "the first"}, 1)
    for raw in devices:
        raw.expect(PUBLISH)
    if how.startswith("by the shell"):
        hub.kill()
        for name in names[:2]:
            assert run("device", "remove", name, "--data", hub.data).returncode == 0
            done = run("device", "add", name, "--kind", "node", "--data", hub.data)
            assert done.returncode == 0, done
            keys[name] = done.stdout.strip()
        hub.start()
    else:
        devices[0].close()
        hub.admin.must("DELETE", f"/api/devices/{names[0]}")
        keys[names[0]] = hub.device(names[0])
    fresh, is_present = come(names[0])
    same = [f"iot/node/{number}/status" for number in ((2,) if how.startswith("by the shell") else (1, 2))]
    wait_for(lambda: retained() == same, "what is retained of the device before is forgotten")
    assert not is_present and fresh.silent(0.5), "what waited was for the device before"
    assert fresh.subscribe("iot/node/0/command", 1) == 1
    with Client(hub.mqtt_port, V5, subscriptions=[("iot/node/+/status", 1)], **options) as program:
        if how.startswith("by the shell"):
            # Neither is back in time. The will of the one that is still the same is published, that of the other is not.
            heard = program.receive(30)
            while heard.payload != b"offline":
                assert heard.topic == "iot/node/2/status"
                heard = program.receive(30)
            assert heard.topic == "iot/node/2/status" and program.hears_nothing(1)
        program.publish("iot/node/0/command", {"for": "the second"}, 1)
        assert json.loads(fresh.expect(PUBLISH).publish(5)[2]) == {"for": "the second"}
    # Its own session is kept.
    fresh.close()
    again, is_present = come(names[0])
    assert is_present and json.loads(again.expect(PUBLISH).publish(5)[2]) == {"for": "the second"}
    unchanged, is_present = come(names[2])
    assert is_present and json.loads(unchanged.expect(PUBLISH).publish(5)[2]) == {"for": "the first"}
