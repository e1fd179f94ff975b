"""Commands: asked over HTTP, carried by MQTT, answered by the node, kept across a restart."""

import pytest

from support.clients import V5, V311, Client, Node
from support.waiting import wait_for


def ask(hub, node_id, name="set_led", params=None, **more):
    answer = hub.post(f"/api/nodes/{node_id}/commands", {"command": name, "params": params or {}, **more})
    assert answer.status == 202, answer
    command = answer.json()
    assert answer.headers["Location"].endswith(f"/commands/{command['command_id']}")
    return command


def state(hub, command):
    return hub.get(f"/api/nodes/{command['node_id']}/commands/{command['command_id']}")["state"]


def becomes(hub, command, wanted, seconds=10):
    wait_for(lambda: state(hub, command) == wanted, f"the command becomes {wanted}", seconds)
    return hub.get(f"/api/nodes/{command['node_id']}/commands/{command['command_id']}")


@pytest.mark.parametrize("version", [V311, V5], ids=["3.1.1", "5.0"])
def test_a_command_goes_and_its_answer_comes_back(hub, fresh, version):
    with Node(hub.mqtt_port, fresh, version) as node:
        node.telemetry({"v": 1})
        command = ask(hub, fresh, params={"state": "on", "brightness": 128})
        told = node.receive_json()
        assert told == {
            "command": "set_led", "params": {"state": "on", "brightness": 128}, "command_id": command["command_id"],
        }
        becomes(hub, command, "delivered")
        node.answer(told, result={"brightness": 128})
        done = becomes(hub, command, "done")
        assert done["result"] == {"brightness": 128} and done["error"] is None
        assert [step["state"] for step in done["history"]] == ["queued", "sent", "delivered", "done"]
        assert sorted(step["at"] for step in done["history"]) == [step["at"] for step in done["history"]]
        assert hub.node(fresh)["open_commands"] == 0


def test_a_node_may_fail(hub, node):
    node.telemetry({"v": 1})
    command = ask(hub, node.node_id, "reboot")
    node.answer(node.receive_json(), "failed", error="battery too low")
    failed = becomes(hub, command, "failed")
    assert failed["error"] == "battery too low"


def test_an_old_node_answers_with_the_commands_name_only(hub, node):
    node.telemetry({"v": 1})
    first, second = ask(hub, node.node_id, "blink"), ask(hub, node.node_id, "blink")
    node.receive_json(), node.receive_json()
    node.status(command="blink", status="done")
    becomes(hub, first, "done")
    assert state(hub, second) in ("sent", "delivered")


def test_a_command_waits_for_an_absent_node(hub, fresh):
    with Node(hub.mqtt_port, fresh) as node:
        node.telemetry({"v": 1})
    wait_for(lambda: hub.node(fresh)["state"] == "asleep", "asleep")
    commands = [ask(hub, fresh, f"step_{n}") for n in range(3)]
    assert [state(hub, c) for c in commands] == ["queued"] * 3
    assert hub.node(fresh)["open_commands"] == 3
    with Node(hub.mqtt_port, fresh) as node:
        assert [node.receive_json()["command"] for _ in range(3)] == ["step_0", "step_1", "step_2"]
        for command in commands:
            becomes(hub, command, "delivered")
    listed = hub.get(f"/api/nodes/{fresh}/commands")["commands"]
    assert [c["command"] for c in listed] == ["step_2", "step_1", "step_0"]
    assert len(hub.get(f"/api/nodes/{fresh}/commands?limit=1")["commands"]) == 1


def test_a_command_times_out_and_a_late_answer_still_counts(timed, fresh):
    hub = timed
    with Node(hub.mqtt_port, fresh) as node:
        node.telemetry({"v": 1})
        command = ask(hub, fresh, timeout_seconds=600)
        told = node.receive_json()
        becomes(hub, command, "delivered")
        hub.clock.advance(598)
        assert state(hub, command) == "delivered"
        hub.clock.advance(3)
        assert state(hub, command) == "timed_out"
        node.answer(told)
        becomes(hub, command, "done")


def test_a_command_expires_when_it_is_never_delivered(timed, fresh):
    hub = timed
    with Node(hub.mqtt_port, fresh) as node:
        node.telemetry({"v": 1})
    wait_for(lambda: hub.node(fresh)["state"] == "asleep", "asleep")
    command = ask(hub, fresh, ttl_seconds=600)
    hub.clock.advance(598)
    assert state(hub, command) == "queued"
    hub.clock.advance(3)
    assert state(hub, command) == "expired"
    with Node(hub.mqtt_port, fresh) as node:
        node.telemetry({"v": 2})
        assert node.hears_nothing(0.5)


def test_an_answer_to_nothing_changes_nothing(hub, node):
    node.telemetry({"v": 1})
    node.status(command_id="no-such-command", status="done")
    node.status(command="no_such", status="done")
    assert hub.get(f"/api/nodes/{node.node_id}/commands")["commands"] == []
    with Client(hub.mqtt_port, V311) as other:
        command = ask(hub, node.node_id)
        told = node.receive_json()
        other.publish("iot/node/somebody_else/status", {"command_id": told["command_id"], "status": "done"})
        assert state(hub, command) in ("sent", "delivered")


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_commands_survive_a_restart(timed, how):
    hub = timed
    with Node(hub.mqtt_port, "n1") as node:
        node.telemetry({"v": 1})
        finished = ask(hub, "n1", "finished")
        node.answer(node.receive_json(), result={"ok": True})
        becomes(hub, finished, "done")
        delivered = ask(hub, "n1", "delivered", timeout_seconds=6_000)
        told = node.receive_json()
        becomes(hub, delivered, "delivered")
    wait_for(lambda: hub.node("n1")["state"] == "asleep", "asleep")
    waiting, dying = ask(hub, "n1", "waiting"), ask(hub, "n1", "dying", ttl_seconds=600)
    getattr(hub, how)()
    hub.start()
    assert state(hub, finished) == "done" and state(hub, delivered) == "delivered" and state(hub, dying) == "queued"
    hub.clock.advance(601)
    assert state(hub, dying) == "expired"
    with Node(hub.mqtt_port, "n1") as node:
        assert node.receive_json()["command_id"] == waiting["command_id"]
        node.answer(told)
        becomes(hub, delivered, "done")
    hub.stop()
