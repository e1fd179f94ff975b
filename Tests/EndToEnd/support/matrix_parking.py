"""What the matrix of rights asks of the car park (support/matrix.py): lots that are there on both servers, and requests that change nothing that
matters."""

import itertools
import secrets
import time

from support.clients import Client
from support.parkmate import LED, PAYMENT, STATUS, hub_payment, stamp

OPEN_LOT, HIDDEN_LOT = "LOT-open-at-main", "LOT-hidden-at-main"
SPOT, OTHER, CONTROLLER, HIDDEN_SPOT = "SPOT-a1", "SPOT-b2", "CTRL-gw", "SPOT-hidden-at-main"
LOTS = {"lots": [
    {"lot_id": OPEN_LOT, "name": "Open", "currency": "EUR", "public": True, "spots": [{"spot_id": SPOT}, {"spot_id": OTHER}]},
    {"lot_id": HIDDEN_LOT, "name": "Hidden", "currency": "EUR", "public": False, "spots": [{"spot_id": HIDDEN_SPOT}]},
]}
numbers = itertools.count(1)
SECRETS = (HIDDEN_LOT, HIDDEN_SPOT)
CLIENTS = (SPOT, CONTROLLER, OTHER)
# Who takes payments over HTTP still may not send them over MQTT.
PERMISSIONS = ("parking.pay",)
SPACES = ("parkmate/",)


def set_up(hub, other):
    """The lots on a closed hub and on an open one; the devices of the closed one: {name: key}."""
    for ask in (hub.admin.ask, other.ask):
        answer = ask("/api/lots/import", "POST", LOTS)
        assert answer.status == 200, answer
    keys = {CONTROLLER: hub.device(CONTROLLER, "parking")}
    keys[SPOT] = hub.device(SPOT, "parking", controller=CONTROLLER)
    return keys | {name: hub.device(name, "parking") for name in (OTHER, HIDDEN_SPOT)}


def spare_lot(ask):
    """A lot that was never used, hidden, at the site main."""
    name = f"LOT-spare{next(numbers)}-{secrets.token_hex(2)}"
    assert ask("/api/lots", "POST", {"lot_id": name, "name": "Spare", "public": False, "site": "main"}).status == 201
    return name


def spare_spot(ask):
    """A spot of the hidden lot where no car stands."""
    name = f"SPOT-spare{next(numbers)}-{secrets.token_hex(2)}"
    assert ask(f"/api/lots/{HIDDEN_LOT}/spots", "POST", {"spot_id": name}).status == 201
    return name


def body_of(request):
    """What a row's request carries; None for the usual."""
    number = f"{next(numbers)}-{secrets.token_hex(2)}"
    return {
        "POST /api/lots/import": {"lots": [{"lot_id": HIDDEN_LOT, "name": "Hidden"}]},
        "POST /api/lots": {"lot_id": f"LOT-made{number}", "name": "Made", "public": False, "site": "main"},
        "PUT /api/lots/{id}": {"name": "Hidden"},
        "POST /api/lots/{id}/spots": {"spot_id": f"SPOT-made{number}"},
        "PUT /api/lots/{id}/spots/{spot_id}": {"label": "H1"},
        "POST /api/lots/{id}/override": {"spot_id": HIDDEN_SPOT, "clear": True},
        "POST /api/lots/{id}/calibration/apply": {"spots": [{"spot_id": HIDDEN_SPOT, "threshold_cm": 115, "hysteresis_cm": 30}]},
        "POST /api/lots/{id}/what-if": {"stale_seconds": 600},
        "POST /api/reservations/{reservation_id}/look": {"code": "none-such"},
        "POST /api/reservations/{reservation_id}/cancel": {"code": "none-such"},
        "POST /api/payments": hub_payment(f"PAY-{number}", HIDDEN_SPOT, 100),
        "POST /api/payments/{id}/refund": {"payment_id": f"BACK-{number}"},
        "POST /api/payments/{id}/allocate": {"session_id": "none-such"},
        "POST /api/sessions/{id}/waive": {"waiver_id": f"WAIVE-{number}", "reason": "nobody pays"},
    }.get(request)


def filled(ask, request):
    method, path = request.split(" ", 1)
    body = body_of(request) or ({} if method in ("POST", "PUT") else None)
    if request == "DELETE /api/lots/{id}":
        path = path.replace("{id}", spare_lot(ask))
    elif path.startswith(("/api/lots/{id}", "/api/stats/{id}")):
        path = path.replace("{id}", HIDDEN_LOT)
    if "{spot_id}" in path:
        path = path.replace("{spot_id}", spare_spot(ask) if method == "DELETE" else HIDDEN_SPOT)
    if path.endswith("/availability"):
        path += f"?from={stamp(time.time() + 3600)}&to={stamp(time.time() + 7200)}"
    return method, path.replace("{reservation_id}", "none-such-reservation-0").replace("{number}", "999999").replace("{key}", "none-such").replace("{id}", "none-such"), body


def live_topic(topic):
    return topic.replace("{spot_id}", SPOT if OPEN_LOT in topic else HIDDEN_SPOT)


def make_events(server, ask, keys):
    for lot, spot in ((OPEN_LOT, SPOT), (HIDDEN_LOT, HIDDEN_SPOT)):
        with Client(server.mqtt_port, username=spot if keys else None, password=keys.get(spot)) as sensor:
            assert sensor.publish(STATUS, {"spot_id": spot, "lot_id": lot, "occupied": True, "distance": 30, "timestamp": stamp()}) == 0
    answer = ask("/api/payments", "POST", hub_payment(f"PAY-live{next(numbers)}-{secrets.token_hex(2)}", SPOT, 100))
    assert answer.status == 201, answer


def payload(topic):
    if topic == STATUS:
        return {"spot_id": SPOT, "lot_id": OPEN_LOT, "occupied": False, "distance": 200, "timestamp": stamp()}
    if topic == PAYMENT:
        return hub_payment(f"PAY-topic{next(numbers)}-{secrets.token_hex(2)}", SPOT, 100)
    if topic.startswith(LED):
        return {"spot_id": SPOT, "lot_id": OPEN_LOT, "color": "green"}
    return None
