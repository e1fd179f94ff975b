"""A site as a person would find it after an hour: for the pictures of the pages."""

import json
import math
import random
import time

from support.clients import Node
from support.raw import PUBACK, Raw, publish_packet
from support.waiting import wait_for

HOUR, STEP = 3600, 10


def sensors(node, at):
    """What node number `node` measures at a time: slow waves and a little noise, one decimal."""
    noise = random.Random(node * 1_000_003 + int(at))
    wave = math.sin(at / 1_700 + node)
    found = {
        "temperature": round(20.5 + node * 0.4 + 1.8 * wave + noise.uniform(-0.15, 0.15), 1),
        "humidity": round(52 - node - 5 * wave + noise.uniform(-0.6, 0.6), 1),
    }
    if node % 2 == 0:
        found["co2"] = round(620 + 60 * math.sin(at / 900 + node) + noise.uniform(-12, 12))
    return found


def message(node, at):
    return {
        "node_id": f"node_{node:02}", "timestamp": round(at, 1), "sensors": sensors(node, at),
        "wifi_rssi": -58 - 3 * node + random.Random(int(at)).randint(-2, 2), "uptime": int(at) % 1_000_000,
    }


def set_up(hub, count=5):
    """An hour of history of every node; the last node is then lost, and the first has done what it was asked. Returns the
    nodes that stay connected."""
    now = time.time()
    with Raw(hub.mqtt_port) as raw:
        raw.connect("history", 4)
        for node in range(1, count + 1):
            times = [now - HOUR + STEP * n for n in range(HOUR // STEP)]
            for start in range(0, len(times), 60):
                part = times[start : start + 60]
                raw.send(b"".join(
                    publish_packet(f"iot/node/{node:02}/telemetry", json.dumps(message(node, at)), 1, n)
                    for n, at in enumerate(part, 1)
                ))
                for _ in part:
                    raw.expect(PUBACK)
    nodes = [Node(hub.mqtt_port, f"{number:02}") for number in range(1, count + 1)]
    for number, node in enumerate(nodes, 1):
        node.publish(f"iot/node/{node.node_id}/telemetry", message(number, time.time()))
        node.status(firmware="1.4.2", free_heap=192_000 + number, uptime=int(time.time()) % 1_000_000)
    lost = nodes.pop()
    lost.drop()
    wait_for(lambda: hub.node(lost.node_id)["state"] == "offline", "the last node is offline")
    command = hub.post("/api/nodes/01/commands", {"command": "set_led", "params": {"state": "on", "brightness": 128}}).json()
    nodes[0].answer(nodes[0].receive_json(), result={"brightness": 128})
    wait_for(lambda: hub.get(f"/api/nodes/01/commands/{command['command_id']}")["state"] == "done", "the command is done")
    return nodes
