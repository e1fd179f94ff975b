"""What the matrix of rights asks of the classrooms (support/matrix.py): a room with its device, one without, and requests that change nothing that
matters."""

import itertools
import secrets
import time

from support.clients import Client
from support.parkmate import stamp

ROOM, DEVICE, OTHER, OTHER_DEVICE = "room-hidden-at-main", "ESP-a1", "room-b2", "ESP-b2"
STATUS = f"classrooms/{DEVICE}/status"
numbers = itertools.count(1)
SECRETS = (ROOM, DEVICE)
CLIENTS = (DEVICE, OTHER_DEVICE)
PERMISSIONS, SPACES = (), ("classrooms/",)


def set_up(hub, other):
    """Two rooms on a closed hub and on an open one, each with a device; the devices of the closed one: {name: key}."""
    keys = {}
    for ask in (hub.admin.ask, other.ask):
        for room, device in ((ROOM, DEVICE), (OTHER, OTHER_DEVICE)):
            answer = ask("/api/admin/classrooms", "POST", {"classroom_id": room, "name": room, "site": "main"})
            assert answer.status == 201, answer
            answer = ask("/api/admin/devices", "POST", {"device_id": device, "classroom_id": room})
            assert answer.status == 201, answer
            keys.setdefault(device, answer.json().get("api_key"))
    return keys


def spare_room(ask):
    name = f"spare-{next(numbers)}-{secrets.token_hex(2)}"
    assert ask("/api/admin/classrooms", "POST", {"classroom_id": name, "name": name, "site": "main"}).status == 201
    return name


def spare_device(ask):
    name = f"ESP-spare{next(numbers)}-{secrets.token_hex(2)}"
    assert ask("/api/admin/devices", "POST", {"device_id": name, "classroom_id": spare_room(ask)}).status == 201
    return name


def body_of(request):
    """What a row's request carries; None for the usual."""
    number = f"{next(numbers)}-{secrets.token_hex(2)}"
    begin = int(time.time()) // 3_600 * 3_600 + 86_400 + next(numbers) * 3_600
    return {
        "POST /api/admin/users": {"username": f"made-{number}", "role": "staff"},
        "POST /api/admin/classrooms": {"classroom_id": f"made-{number}", "name": f"Made {number}", "site": "main"},
        "PUT /api/admin/classrooms/{id}": {"name": ROOM},
        "PUT /api/admin/devices/{device_id}": {"classroom_id": ROOM},
        "POST /api/admin/classrooms/{id}/power": {"power_on": None},
        "POST /api/staff/classrooms/{id}/power": {"power_on": None},
        "POST /api/admin/bookings/{id}/decision": {"approve": True},
        "POST /api/contact": {"subject": "A lamp", "message": f"It is dark ({number})."},
        "POST /api/staff/bookings": {"classroom_id": ROOM, "start": stamp(begin), "end": stamp(begin + 900), "purpose": "Physics"},
        "PUT /api/staff/bookings/{id}": {"start": stamp(begin), "end": stamp(begin + 900), "purpose": "Physics"},
        "POST /api/esp/status": {"device_id": DEVICE, "is_occupied": False, "is_power_on": True},
        "POST /api/esp/power-log": {"device_id": DEVICE, "power_on": True, "reason": "auto_control"},
    }.get(request)


def filled(ask, request):
    method, path = request.split(" ", 1)
    body = body_of(request) or ({} if method in ("POST", "PUT") else None)
    if request == "POST /api/admin/devices":
        room = spare_room(ask)
        body = {"device_id": f"ESP-of-{room}", "classroom_id": room}
    if request == "DELETE /api/admin/classrooms/{id}":
        path = path.replace("{id}", spare_room(ask))
    elif path.startswith(("/api/admin/classrooms/{id}", "/api/staff/classrooms/{id}")):
        path = path.replace("{id}", ROOM)
    if path.startswith("/api/admin/devices/{device_id}"):
        path = path.replace("{device_id}", spare_device(ask) if method == "DELETE" or path.endswith("/key") else DEVICE)
    if path in ("/api/admin/status-logs", "/api/admin/power-logs"):
        path += f"?classroom_id={ROOM}"
    if path == "/api/esp/schedule":
        path += f"?device_id={DEVICE}"
    path = path.replace("{role}", "none-such").replace("{timetable}", "none-such")
    return method, path.replace("{occurrence}", "2026-01-05T09:00:00").replace("{key}", "none-such").replace("{id}", "none-such"), body


def live_topic(topic):
    return topic.replace("{id}", ROOM)


def make_events(server, ask, keys):
    with Client(server.mqtt_port, username=DEVICE if keys else None, password=keys.get(DEVICE)) as device:
        for occupied in (True, False):
            assert device.publish(STATUS, {"is_occupied": occupied, "is_power_on": True}) == 0
    answer = ask("/api/staff/bookings", "POST", body_of("POST /api/staff/bookings"))
    assert answer.status == 201, answer


def payload(topic):
    if not topic.startswith("classrooms/"):
        return None
    if topic.endswith("/power"):
        return {"power_on": True, "reason": "auto_control"}
    return {"is_occupied": False, "is_power_on": True}
