"""What the stand-in hub is made of: the one place from which GET /api/catalogue, /api/system, the rights, roles and kinds of device come.

catalogue.json is the answer of a real hub; Tests/EndToEnd/test_pages.py holds it against one."""
import hashlib
import json
from pathlib import Path

HELD = json.loads((Path(__file__).parent / "catalogue.json").read_text())
SOLUTIONS = HELD["solutions"]
RIGHTS = [entry["id"] for entry in HELD["permissions"]]
# A role of the stand-in's own beside those of the hub.
OWN_ROLES = [{"id": "attendant", "summary": "Looks after a car park"}]
# What each role may do: less than in the hub, so that tests find what is missing.
ROLES = {
    "admin": RIGHTS, "staff": ["system.view", "devices.view", "nodes.view"], "viewer": ["system.view", "nodes.view", "parking.view"],
    "attendant": ["system.view", "parking.view", "parking.override", "parking.pay", "parking.reserve"],
    "operator": ["system.view", "metrics.view", "devices.view", "devices.manage", "broker.view", "mqtt.subscribe", "mqtt.system", "nodes.view", "nodes.command"],
}
# The last is a kind that devices of old may have and no solution here.
KINDS = [*(kind["id"] for solution in SOLUTIONS for kind in solution["kinds"]), "module"]


def catalogue(solutions=None):
    """The answer; `solutions` instead of those there are."""
    return {**HELD, "solutions": SOLUTIONS if solutions is None else solutions, "roles": HELD["roles"] + OWN_ROLES}


def tag(answer):
    return f'"{hashlib.sha256(json.dumps(answer).encode()).hexdigest()[:16]}"'
