"""What the stand-in hub is made of: the one place from which GET /api/catalogue, /api/system, the rights, roles and kinds of device come.

catalogue.json is the answer of a real hub; Tests/EndToEnd/test_pages.py holds it against one. A solution that it names has a module of its name
here, with

    PUBLIC          what strangers may ask, as a pattern of paths; None: nothing
    NEEDS           [(pattern of methods, pattern of paths, right)], of which the first that fits counts
    GRANTS          {role: its rights}, less than in the hub, so that tests find what is missing
    OWN_ROLES       roles that only the stand-in has
    LINKS           {kind of link: its address, with {key}}
    PAGES           {name: (address, who is signed in)}: what the tests of every page look at, with `demo` done
    StandIn(world)  `demo()`, `figures()` for /api/system (devices, those that need attention; None: there are none), `add_to(router)`
"""
import hashlib
import importlib
import json
from pathlib import Path

HELD = json.loads((Path(__file__).parent / "catalogue.json").read_text())
SOLUTIONS = HELD["solutions"]
RIGHTS = [entry["id"] for entry in HELD["permissions"]]
MODULES = {entry["id"]: importlib.import_module(f".{entry['id']}", __package__) for entry in SOLUTIONS}
OWN_ROLES = [role for module in MODULES.values() for role in module.OWN_ROLES]
# What each role may do of the hub itself: less than in the hub, so that tests find what is missing.
ROLES = {
    "admin": RIGHTS, "staff": ["system.view", "devices.view"], "viewer": ["system.view"],
    "operator": ["system.view", "metrics.view", "devices.view", "devices.manage", "broker.view", "mqtt.subscribe", "mqtt.system"],
}
for module in MODULES.values():
    for role, rights in module.GRANTS.items():
        ROLES[role] = [*ROLES.get(role, []), *rights]
# The last is a kind that devices of old may have and no solution here.
KINDS = [*(kind["id"] for solution in SOLUTIONS for kind in solution["kinds"]), "module"]


def catalogue(solutions=None):
    """The answer; `solutions` instead of those there are."""
    return {**HELD, "solutions": SOLUTIONS if solutions is None else solutions, "roles": HELD["roles"] + OWN_ROLES}


def tag(answer):
    return f'"{hashlib.sha256(json.dumps(answer).encode()).hexdigest()[:16]}"'
