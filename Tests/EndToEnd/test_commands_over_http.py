"""Commands for nodes that speak HTTP only, played by curl: polls that wait, confirmations, answers, replies that carry commands."""

import json
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.clients import Node
from support.clock import Clock
from support.waiting import wait_for
from test_commands import ask, becomes, state
from test_mosquitto import Subscriber, publish


def curl(hub, method, path, body=None, key=None):
    """(status, JSON) of one request, as a board with curl makes it."""
    command = ["curl", "-sS", "--max-time", "70", "-w", "\n%{http_code}", "-X", method]
    if key:
        command += ["-H", f"X-Device-Id: {key[0]}", "-H", f"X-API-Key: {key[1]}"]
    if body is not None:
        command += ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
    told, _, status = subprocess.run([*command, hub.url + path], capture_output=True, text=True, timeout=80, check=True).stdout.rpartition("\n")
    return int(status), json.loads(told)


class Board:
    """A node that speaks HTTP only."""

    def __init__(self, hub, node_id, key=None):
        self.hub, self.name, self.key = hub, f"node_{node_id}", (f"node_{node_id}", key) if key else None

    def poll(self, **query):
        text = "&".join(f"{name}={value}" for name, value in query.items())
        status, told = curl(self.hub, "GET", f"/api/devices/{self.name}/commands/next?{text}", key=self.key)
        assert status == 200, told
        return [command["command_id"] for command in told["commands"]]

    def report(self, query=""):
        return curl(self.hub, "POST", f"/api/nodes/{self.name}/telemetry{query}", {"sensors": {"v": 1}}, self.key)

    def answer(self, command_id, status="done", **more):
        path = f"/api/devices/{self.name}/commands/{command_id}/answer"
        return curl(self.hub, "POST", path, {"status": status, **more}, self.key)


def test_a_node_polls_does_and_answers(hub, fresh):
    board = Board(hub, fresh)
    assert board.report() == (200, {"status": "stored"})
    command = ask(hub, fresh, params={"state": "on"})
    status, told = curl(hub, "GET", f"/api/devices/{board.name}/commands/next")
    assert status == 200
    [given] = told["commands"]
    assert (given["command_id"], given["command"], given["params"]) == (command["command_id"], "set_led", {"state": "on"})
    assert state(hub, command) == "sent" and board.poll() == []
    assert board.answer(command["command_id"], result={"brightness": 128}) == (200, {"state": "done"})
    assert board.answer(command["command_id"], result={"brightness": 128}) == (200, {"state": "done"})
    done = becomes(hub, command, "done")
    assert done["result"] == {"brightness": 128}
    assert [step["state"] for step in done["history"]] == ["queued", "sent", "done"]
    failed = ask(hub, fresh, "reboot")
    assert board.poll() == [failed["command_id"]]
    assert board.answer(failed["command_id"], "failed", error="battery too low") == (200, {"state": "failed"})
    assert becomes(hub, failed, "failed")["error"] == "battery too low"


def test_a_poll_waits_for_its_command(hub, fresh):
    board = Board(hub, fresh)
    board.report()
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(board.poll, wait=60)
        with pytest.raises(TimeoutError):
            waiting.result(0.5)
        command = ask(hub, fresh)
        assert waiting.result(20) == [command["command_id"]]


def test_a_poll_ends_when_the_clock_was_moved_so_far(own):
    hub = own(clock=Clock())
    board = Board(hub, "p1")
    board.report()
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(board.poll, wait=60)
        # However often: the request may not have come yet.
        wait_for(lambda: hub.clock.advance(60) and waiting.done(), "the poll ends")
        assert waiting.result() == []


def test_what_is_not_confirmed_is_given_again(hub, fresh):
    board = Board(hub, fresh)
    board.report()
    first, second = (ask(hub, fresh, f"step_{n}")["command_id"] for n in (1, 2))
    assert board.poll(after="") == [first, second]
    assert board.poll(after="") == [first, second]
    assert board.poll(after=first) == [second]
    assert [hub.get(f"/api/devices/{board.name}/commands/{c}")["state"] for c in (first, second)] == ["delivered", "sent"]
    assert board.poll(after=second) == []


def test_the_reply_to_a_report_carries_commands(hub, fresh):
    board = Board(hub, fresh)
    board.report()
    command = ask(hub, fresh)
    assert board.report() == (200, {"status": "stored"})
    for query, given in [("?commands=true&after=", 1), ("?commands=true&after=", 1), ("?commands=true", 0)]:
        status, told = board.report(query)
        assert status == 200 and len(told["commands"]) == given, query
    status, told = board.report(f"?commands=true&after={command['command_id']}")
    assert told == {"status": "stored", "commands": []} and state(hub, command) == "delivered"
    assert board.report("?commands=yes")[0] == 400
    answer = {"command_id": command["command_id"], "status": "done"}
    assert curl(hub, "POST", f"/api/nodes/{fresh}/status", answer)[0] == 200
    becomes(hub, command, "done")


def test_one_that_listens_gets_it_there_and_not_in_an_answer(hub, fresh):
    board = Board(hub, fresh)
    with Subscriber(hub, "mqttv5", "-t", f"iot/node/{fresh}/command", "-q", "1", "-i", f"ears-{fresh}") as ears:
        assert publish(hub, "mqttv5", "-t", f"iot/node/{fresh}/telemetry", "-m", '{"sensors":{"v":1}}', "-q", "1").returncode == 0
        command = ask(hub, fresh)
        [heard] = ears.lines(1)
        assert command["command_id"] in heard
        becomes(hub, command, "delivered")
        assert board.poll(after="") == []
    with Node(hub.mqtt_port, fresh) as node:
        node.telemetry({"v": 2})
    later = ask(hub, fresh)
    assert board.poll() == [later["command_id"]]


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_a_restart_gives_again_only_what_was_to_be_confirmed(own, how):
    hub = own()
    board = Board(hub, "r1")
    board.report()
    once = ask(hub, "r1", "once", timeout_seconds=600)
    assert board.poll() == [once["command_id"]]
    getattr(hub, how)()
    hub.start()
    assert board.poll() == [] and state(hub, once) == "sent"
    assert board.poll(after="") == [once["command_id"]]
    assert board.poll(after=once["command_id"]) == [] and state(hub, once) == "delivered"


def test_a_stop_of_the_hub_ends_a_poll(own):
    hub = own()
    board = Board(hub, "s1")
    board.report()
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(board.poll, wait=60)
        with pytest.raises(TimeoutError):
            waiting.result(0.5)
        hub.stop()
        assert waiting.result(10) == []


def test_a_key_that_was_changed_while_it_waited_gets_nothing(closed, fresh):
    name = f"node_{fresh}"
    board = Board(closed, fresh, closed.device(name))
    assert board.report()[0] == 200
    path = f"/api/devices/{name}/commands"
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(curl, closed, "GET", f"{path}/next?wait=30", None, board.key)
        with pytest.raises(TimeoutError):
            waiting.result(0.5)
        key = closed.admin.must("POST", f"/api/devices/{name}/rotate", None, (200, 201))["key"]
        command = closed.admin.must("POST", path, {"command": "blink"}, (202,))["command_id"]
        assert waiting.result(10)[0] == 401
    assert Board(closed, fresh, key).poll() == [command]


def test_a_page_of_another_site_takes_no_commands(hub, fresh):
    board = Board(hub, fresh)
    assert board.report()[0] == 200
    command = hub.ask(f"/api/devices/{board.name}/commands", "POST", {"command": "blink"}).json()["command_id"]
    path = f"/api/devices/{board.name}/commands/next"
    for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert hub.ask(path, headers=headers).status == 403
    assert board.poll() == [command]


def test_a_closed_hub_gives_commands_to_the_node_and_its_controller_only(closed):
    hub = closed
    keys = {name: hub.device(name) for name in ("node_p1", "node_p2")}
    hub.device("node_p3")
    hub.admin.must("PUT", "/api/devices/node_p1", {"controller": "node_p2"})
    board = Board(hub, "p1", keys["node_p1"])
    assert board.report()[0] == 200
    path = "/api/devices/node_p1/commands"
    command = hub.admin.must("POST", path, {"command": "blink"}, (202,))
    assert command["device_id"] == command["node_id"] == "node_p1"
    assert curl(hub, "GET", f"{path}/next")[0] == 401
    controller = ("node_p2", keys["node_p2"])
    assert curl(hub, "GET", "/api/devices/node_p3/commands/next", key=controller)[0] == 403
    assert curl(hub, "GET", f"{path}/next?after=", key=controller)[1]["commands"][0]["command_id"] == command["command_id"]
    assert board.poll(after="") == [command["command_id"]]
    assert board.answer(command["command_id"]) == (200, {"state": "done"})
    hub.site("far")
    elsewhere = hub.person("operator", "far")
    assert elsewhere.ask(f"{path}/{command['command_id']}").status == 404
    assert elsewhere.get("/api/commands") == {"commands": [], "next": None}
    assert command["command_id"] in [c["command_id"] for c in hub.admin.get("/api/commands?kind=node")["commands"]]
    hub.device("LOT9-gate", kind="parking")
    refused = hub.admin.ask("/api/devices/LOT9-gate/commands", "POST", {"command": "blink"})
    assert refused.status == 409 and "take none" in refused.json()["detail"]
    assert "command_id" not in refused.json()


def test_a_name_that_stands_for_another_request_names_its_command(hub, fresh):
    board = Board(hub, fresh)
    assert board.report()[0] == 200
    for path in (f"/api/devices/{board.name}/commands", f"/api/nodes/{board.name}/commands"):
        def ask(command):
            return hub.ask(path, "POST", {"command": command, "request_id": f"k{len(path)}"})
        made = ask("blink")
        refused = ask("beep")
        assert made.status == 202 and refused.status == 409, (made, refused)
        assert refused.headers["Content-Type"] == "application/problem+json" and refused.json()["code"] == "conflict"
        assert refused.json()["command_id"] == made.json()["command_id"] == ask("blink").json()["command_id"]
