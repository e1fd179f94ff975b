"""What the stand-in hub is made of: the one place from which GET /api/catalogue, /api/system, the rights, roles and kinds of device come."""
import hashlib
import json

SOLUTIONS = [
    {"id": "nodes", "title": "Sensor nodes", "path": "/nodes", "needs": "nodes.view", "kinds": [{"id": "node", "title": "Sensor node"}]},
    {"id": "parking", "title": "Car park", "path": "/parking", "needs": "parking.view", "kinds": [{"id": "parking-spot", "title": "Parking spot"}]},
]
# Right, what it allows, whose it is.
PERMISSIONS = [
    ("system.view", "See the hub's version, doors and solutions", None), ("metrics.view", "Read the hub's figures for Prometheus", None),
    ("settings.manage", "Change the hub's settings and sites", None), ("users.manage", "Add people, give and take roles", None),
    ("devices.view", "See devices and when they were last heard of", None), ("devices.manage", "Add, approve, disable and remove devices", None),
    ("audit.view", "Read who did what", None), ("broker.view", "See the broker's figures", None),
    ("mqtt.subscribe", "Subscribe over MQTT to what devices say", None), ("mqtt.publish", "Publish over MQTT to devices", None),
    ("mqtt.system", "Subscribe to $SYS", None),
    ("nodes.view", "See sensor nodes and their readings", "nodes"), ("nodes.command", "Send commands to sensor nodes", "nodes"),
    ("parking.view", "See lots that are not public, history and the health of sensors", "parking"),
    ("parking.override", "Say against its sensor whether a spot is free", "parking"), ("parking.manage", "Add and change lots, spots and their sensors", "parking"),
    ("parking.money", "See sessions, payments and revenue of car parks", "parking"), ("parking.tariffs", "Add tariffs, give money back", "parking"),
    ("parking.pay", "Record payments for parking", "parking"), ("parking.reserve", "Reserve spots, and see who reserved", "parking"),
]
RIGHTS = [right for right, _, _ in PERMISSIONS]
# Role, what it is, what it may do.
ROLE_LIST = [
    ("admin", "May do everything", RIGHTS),
    ("staff", "Works at the site", ["system.view", "devices.view", "nodes.view"]),
    ("viewer", "Looks", ["system.view", "nodes.view", "parking.view"]),
    ("attendant", "Looks after a car park", ["system.view", "parking.view", "parking.override", "parking.pay", "parking.reserve"]),
    ("operator", "Runs the site: devices, commands, the broker",
     ["system.view", "metrics.view", "devices.view", "devices.manage", "broker.view", "mqtt.subscribe", "mqtt.system", "nodes.view", "nodes.command"]),
]
ROLES = {name: rights for name, _, rights in ROLE_LIST}
ACTIONS = [
    ("sign_in", "Sign in"), ("sign_out", "Sign out"), ("sign_out_everywhere", "Sign out everywhere"), ("lock_out", "Lock out"),
    ("session_replayed", "Use an old sign-in again"), ("set_up", "Set up the hub"), ("password.change", "Change a password"),
    ("second_factor.enable", "Second factor on"), ("second_factor.disable", "Second factor off"), ("token.create", "Make a token"),
    ("token.revoke", "Remove a token"), ("user.add", "Add somebody"), ("user.disable", "Disable an account"), ("user.enable", "Enable an account"),
    ("user.remove", "Remove an account"), ("role.grant", "Give a role"), ("role.take", "Take a role"), ("device.add", "Add a device"),
    ("device.approve", "Let a device in"), ("device.reject", "Turn a device away"), ("device.change", "Change a device"),
    ("device.rotate", "New key for a device"), ("device.disable", "Disable a device"), ("device.enable", "Enable a device"),
    ("device.remove", "Remove a device"), ("join.open", "Open the join window"), ("join.close", "Close the join window"),
    ("certificate.issue", "Issue a certificate"), ("certificate.revoke", "Revoke a certificate"), ("command.send", "Send a command"),
    ("override", "Override", "parking"), ("tariff.add", "Add a tariff", "parking"), ("payment.take", "Take a payment", "parking"),
    ("payment.allocate", "Say what a payment is for", "parking"), ("payment.refund", "Give money back", "parking"),
    ("session.waive", "Write off what is owed", "parking"), ("lot.change", "Change a car park", "parking"), ("lot.remove", "Remove a car park", "parking"),
    ("reservation.cancel", "Cancel a reservation", "parking"), ("site.add", "Add a site"), ("site.change", "Change a site"),
    ("audit.export", "Export the audit"), ("request", "Ask for what is refused"), ("hub.start", "Start the hub"),
]
# A kind that devices of old may have and no solution here.
KINDS = [*(kind["id"] for solution in SOLUTIONS for kind in solution["kinds"]), "module"]


def owned(entry, solution):
    return entry | ({"solution": solution} if solution else {})


def catalogue(solutions=None):
    """The answer; `solutions` instead of those there are."""
    return {
        "solutions": SOLUTIONS if solutions is None else solutions,
        "permissions": [owned({"id": right, "summary": summary}, solution) for right, summary, solution in PERMISSIONS],
        "roles": [{"id": name, "summary": summary} for name, summary, _ in ROLE_LIST],
        "audit_actions": [owned({"id": action, "summary": summary}, next(iter(more), None)) for action, summary, *more in ACTIONS],
    }


def tag(answer):
    return f'"{hashlib.sha256(json.dumps(answer).encode()).hexdigest()[:16]}"'
