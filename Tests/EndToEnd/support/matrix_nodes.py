"""What the matrix of rights asks of the sensor nodes (support/matrix.py). Its node is the device that stands in the hub's own columns."""

from support.raw import PUBACK, Raw

NODE = "node_a1"
SECRETS, CLIENTS, PERMISSIONS, SPACES = (), (), (), ()
BODIES = {
    "POST /api/nodes/{id}/telemetry": {"sensors": {"temperature": 20}},
    "POST /api/nodes/{id}/status": {"firmware": "1.0"},
}


def set_up(hub, other):
    """The device itself is the test's own."""
    return {}


def filled(ask, request):
    method, path = request.split(" ", 1)
    body = BODIES.get(request, {} if method in ("POST", "PUT") else None)
    if "{command_id}" in path:
        path = path.replace("{command_id}", ask(f"/api/nodes/{NODE}/commands").json()["commands"][0]["command_id"])
    return method, path.replace("{id}", NODE).replace("{key}", "none-such"), body


def live_topic(topic):
    return topic.replace("{id}", NODE)


def make_events(server, ask, keys):
    with Raw(server.mqtt_port) as raw:
        options = {"username": NODE, "password": keys[NODE]} if keys else {}
        assert raw.connect("event-maker", 5, **options).reason == 0
        said = [("telemetry", '{"sensors":{"temperature":22}}'), ("status", '{"status":"offline"}'), ("telemetry", '{"sensors":{"temperature":23}}')]
        for number, (level, payload) in enumerate(said, 1):
            raw.publish(f"iot/node/a1/{level}", payload, 1, number)
            assert raw.expect(PUBACK).reason == 0
    assert ask(f"/api/nodes/{NODE}/commands", "POST", {"command": "blink", "params": {}}).status == 202


def payload(topic):
    if not topic.startswith("iot/node/"):
        return None
    return {"status": "offline"} if topic.endswith("status") else {"sensors": {"temperature": 20}}
