"""The nodes, their readings and their commands. All of it is a function of time, so that any range has a history."""
import math
import uuid
from collections import deque

from .accounts import Accounts
from .catalogue import MODULES
from .clock import iso, now

STEADY = {"temperature": (21.0, 3.2, 1), "humidity": (47.0, 8.0, 1), "pressure": (1012.0, 6.0, 1), "light": (320.0, 280.0, 0),
          "battery": (82.0, 6.0, 0), "co2": (640.0, 180.0, 0)}
KITS = [["temperature", "humidity", "pressure", "light"], ["temperature", "humidity", "co2"], ["temperature", "humidity"],
        ["light", "battery"], ["temperature", "humidity", "pressure", "light", "battery", "co2"]]


class Node:
    def __init__(self, index, interval, born):
        self.index, self.interval, self.born = index, interval, born
        self.id = f"{index:02d}"
        self.node_id = f"node_{self.id}"
        self.state, self.state_since, self.next_expected, self.refusals = "online", born, None, []
        self.fields = KITS[(index - 1) % len(KITS)]
        self.refused_fields = []
        self.last_seen = None
        self.silent = False
        self.firmware = ["1.4.2", "1.4.2", "1.3.9"][index % 3]
        self.stale_after = max(30, 3 * interval)

    def value(self, field, t):
        if field == "wifi_rssi":
            return round(-52 - (self.index * 7) % 34 + 3 * math.sin(t / 41 + self.index))
        if field == "uptime":
            return int(t - self.born)
        base, swing, digits = STEADY[field]
        phase = self.index * 1.7
        wave = sum(share * math.sin(t / length + turn * phase + len(field))
                   for share, length, turn in [(0.52, 4100, 1), (0.24, 1277, 2), (0.12, 463, 3), (0.06, 151, 5), (0.05, 59, 7)])
        grain = math.sin(t * 12.9898 + phase) * 43758.5453
        return round(base + swing * (wave + 0.06 * (grain - math.floor(grain) - 0.5)), digits) if digits else round(base + swing * wave)

    def values(self, t):
        return {field: self.value(field, t) for field in [*self.fields, "wifi_rssi", "uptime"]}

    def seen_first(self):
        return self.born


class World:
    """`shown` names solutions whose demonstration is done: parking=True. What stands in for a solution is an attribute of its name."""

    def __init__(self, nodes=5, interval=1.0, demo=True, accounts=None, **shown):
        self.started = now()
        self.interval, self.demo = interval, demo
        self.accounts = accounts or Accounts(demo=demo)     # open: everybody may do everything
        self.nodes, self.commands = {}, {}
        self.events = deque(maxlen=20_000)
        self.forgotten, self.number = 0, int(now() * 1e6)
        self.sockets = set()
        self.automatic = True      # commands go their way by themselves
        self.broken = {}           # path prefix -> (status, problem)
        self.refuse_sockets = False
        self.solutions = None      # what the catalogue names instead of what there is
        self.told = []             # how each question for the catalogue was answered: 200, or 304 where it was the same
        # Where the hub lies on its machine; names that a shell would read otherwise than they are.
        self.installation = {"program": "/opt/Martlet's hub/martlet", "data": "/srv/a hub"}
        self.gaps = []             # what answers with readings say is incomplete
        self.files = {}            # path -> content of a script that lies beside the pages
        self.posted = []
        self.received = 0
        self.stand_ins = {id: module.StandIn(self) for id, module in MODULES.items()}
        for id, stand_in in self.stand_ins.items():
            vars(self).setdefault(id, stand_in)
            if shown.get(id):
                stand_in.demo()
        for _ in range(nodes):
            self.add_node()

    def add_node(self):
        node = Node(len(self.nodes) + 1, self.interval, now() - 7260)
        node.last_seen = now()
        self.nodes[node.node_id] = node
        return node

    def find(self, id):
        return self.nodes.get(id) or self.nodes.get(f"node_{id}")

    # What the API says.

    def record(self, node, latest=True):
        seen = node.last_seen
        values = node.values(seen) if seen else {}
        open_commands = sum(1 for c in self.commands.values() if c["node_id"] == node.node_id and c["state"] in ("queued", "sent", "delivered"))
        answer = {"node_id": node.node_id, "id": node.id, "state": node.state, "state_since": iso(node.state_since), "last_seen": iso(seen),
                  "next_expected": iso(node.next_expected) if node.next_expected else None,
                  "stale_after_seconds": node.stale_after, "first_seen": iso(node.born), "firmware": node.firmware,
                  "wifi_rssi": values.get("wifi_rssi"), "uptime_seconds": values.get("uptime"), "heap_bytes": 143_000 + node.index * 310,
                  "address": f"192.168.4.{node.index % 250 + 2}", "client_id": f"esp32-{node.id}", "fields": sorted(values),
                  "refused_fields": node.refused_fields, "open_commands": open_commands}
        if latest:
            answer["latest"] = {name: {"value": value, "observed_at": iso(seen)} for name, value in values.items()}
        return answer

    def broker(self, history=True):
        t = now()
        answer = {"version": "0.1.0-fake", "started_at": iso(self.started), "uptime_seconds": int(t - self.started), **self.flow(t),
                  "sessions": len(self.nodes) + 2, "subscriptions": 3 * len(self.nodes), "retained": 2 + len(self.nodes),
                  "messages_received": self.received, "messages_sent": self.received // 3, "bytes_received": self.received * 148,
                  "bytes_sent": self.received * 61, "messages_dropped": 0, "messages_refused": 2, "queue_limit": 8192,
                  "commit_latency_ms": {"p50": self.flow(t).pop("commit_p50_ms"), "p99": self.flow(t).pop("commit_p99_ms")}, "batch_size_mean": 3.4}
        del answer["commit_p50_ms"], answer["commit_p99_ms"]
        if history:
            end = math.floor(t / 2) * 2
            answer["history"] = [{"at": iso(at), **self.flow(at)} for at in range(end - 900, end + 1, 2)]
        return answer

    def flow(self, t):
        rate = len(self.nodes) / self.interval * (1 + 0.15 * math.sin(t / 90) + 0.05 * math.sin(t * 1.7))
        return {"messages_per_second": round(rate, 2), "stored_per_second": round(rate * 0.98, 2), "connections": len(self.nodes) + 1,
                "queue_depth": round(3 + 3 * math.sin(t / 31) ** 2), "commit_p50_ms": round(1.1 + 0.2 * math.sin(t / 50), 2),
                "commit_p99_ms": round(2.6 + 1.4 * math.sin(t / 70) ** 2 + (9 if int(t) % 211 < 4 else 0), 2)}

    # What happens.

    def emit(self, topic, data, needs=None):
        self.number = max(self.number + 1, int(now() * 1e6))
        event = {"type": "event", "n": self.number, "topic": topic, "at": iso(now()), "data": data, "needs": needs or {"nodes": "nodes.view", "broker": "broker.view"}.get(topic.split("/")[0])}
        if len(self.events) == self.events.maxlen:
            self.forgotten = self.events[0]["n"]
        self.events.append(event)
        for socket in list(self.sockets):
            socket.offer(event)

    def report(self, node, observed=None, **changes):
        """One telemetry message of a node, by its own clock `observed`; `changes` replace or add values."""
        t = now()
        node.last_seen = t
        self.received += 1
        values = {**node.values(t), **changes}
        self.emit(f"nodes/{node.node_id}/telemetry", {"node_id": node.node_id, "observed_at": iso(observed or t), "received_at": iso(t),
                                                      "time_source": "device", "values": values, "late": False})
        # The hub says first what a node measures, then that it is there.
        if node.state != "online":
            self.turn(node, "online")

    def turn(self, node, state):
        node.state, node.state_since = state, now()
        self.emit(f"nodes/{node.node_id}/state", self.record(node, latest=False))

    def forget_events(self):
        """As if all that happened until now had fallen out of the buffer."""
        self.forgotten = self.number
        self.events.clear()

    def new_command(self, node, body):
        t = now()
        command = {"command_id": str(uuid.uuid4()), "node_id": node.node_id, "command": body["command"], "params": body.get("params", {}),
                   "state": "queued", "created_at": iso(t), "updated_at": iso(t), "expires_at": iso(t + body.get("ttl_seconds", 3600)),
                   "history": [{"state": "queued", "at": iso(t)}], "result": None, "error": None}
        self.commands[command["command_id"]] = command
        self.posted.append(body)
        self.emit(f"nodes/{node.node_id}/commands", dict(command))
        return command

    def advance(self, command_id, state, result=None, error=None):
        command = self.commands[command_id]
        at = iso(now())
        command.update(state=state, updated_at=at, result=result, error=error, history=[*command["history"], {"state": state, "at": at}])
        self.emit(f"nodes/{command['node_id']}/commands", dict(command))
