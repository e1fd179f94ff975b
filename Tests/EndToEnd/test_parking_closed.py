"""The car park of a closed hub: who may speak for which spot, and what strangers and people of other sites see."""

import json
import time

import pytest
from websockets.sync.client import connect

from support.clients import V5, V311
from support.parkmate import LED, PAYMENT, STATUS, Book, hub_payment, lot_of, make_lot, spot_of, stamp
from support.waiting import wait_for


class Place:
    """A public and a hidden lot at the site main, one more at another site, with devices and keys."""

    def __init__(self, hub, name):
        self.hub = hub
        hub.site("yard")
        self.open_lot, self.hidden_lot, self.far_lot = (f"LOT-{name}-{kind}" for kind in ("open", "hidden", "far"))
        self.spots = make_lot(hub.admin, self.open_lot, 3)
        (self.hidden_spot,) = make_lot(hub.admin, self.hidden_lot, 1, public=False)
        (self.far_spot,) = make_lot(hub.admin, self.far_lot, 1, site="yard", public=False)
        self.controller = f"{self.open_lot}-controller"
        self.keys = {self.controller: hub.device(self.controller, "parking")}
        for number, spot in enumerate(self.spots):
            # The third spot has a sensor that speaks for itself only.
            self.keys[spot] = hub.device(spot, "parking", controller=self.controller if number < 2 else None)
        self.keys[self.hidden_spot] = hub.device(self.hidden_spot, "parking")
        self.keys[self.far_spot] = hub.device(self.far_spot, "parking", site="yard")

    def client(self, device, version=V5, **options):
        return self.hub.mqtt(device, self.keys[device], version=version, **options)

    def report(self, client, spot, lot, occupied, **more):
        return client.publish(STATUS, {"spot_id": spot, "lot_id": lot, "occupied": occupied, "distance": 30 if occupied else 200, "timestamp": stamp()} | more)


@pytest.fixture(scope="module")
def place(closed):
    return Place(closed, "closed")


@pytest.fixture
def book(closed):
    found = Book(closed.data)
    yield found
    found.close()


@pytest.mark.parametrize("version", [V311, V5], ids=["3.1.1", "5.0"])
def test_a_spot_speaks_for_itself_only(place, book, version):
    one, other, third = place.spots
    with place.client(one, version) as sensor:
        assert place.report(sensor, one, place.open_lot, False) == 0
        before = book.everything(place.open_lot)
        for target, lot in ((other, place.open_lot), (third, place.open_lot), (place.far_spot, place.far_lot)):
            reason = place.report(sensor, target, lot, True)
            assert reason == (0 if version == V311 else 0x87), (target, reason)
        assert book.everything(place.open_lot) == before
        assert not book.changes(place.far_spot)


def test_a_controller_speaks_for_its_spots(place):
    one, other, third = place.spots
    with place.client(place.controller, subscriptions=[(f"{LED}/{place.open_lot}", 1)]) as controller:
        assert place.report(controller, other, place.open_lot, True) == 0
        assert spot_of(place.hub.admin, place.open_lot, other)["status"] == "occupied"
        while (said := controller.receive_json())["spot_id"] != other:
            pass
        assert said["color"] == "red"
        assert place.report(controller, third, place.open_lot, True) == 0x87, "a spot that has no controller"
        assert place.report(controller, place.far_spot, place.far_lot, True) == 0x87


def test_what_sensors_may_not_do(place, book):
    one, other, _ = place.spots
    with place.client(one) as sensor:
        assert sensor.subscribe(LED, 1) == [1]
        assert sensor.subscribe(f"{LED}/{place.open_lot}/{one}", 1) == [1]
        for topic in ("#", "parkmate/#", STATUS, PAYMENT, f"{LED}/{place.open_lot}/{other}", f"{LED}/{place.open_lot}/+"):
            assert sensor.subscribe(topic, 1) == [0x87], topic
        for topic, message in ((PAYMENT, hub_payment("P-forged", one, 100)), (LED, {"spot_id": other, "lot_id": place.open_lot, "color": "green"})):
            assert sensor.publish(topic, message) == 0x87, topic
    assert not [payment for payment in book.payments(place.open_lot) if payment["id"] == "P-forged"]


def test_payments_come_from_people_with_the_right(place, book):
    spot = place.spots[2]
    allowed, viewer = place.hub.person("admin"), place.hub.person("viewer")
    token = allowed.personal_token(["mqtt.publish", "parking.pay"])["token"]
    with place.hub.mqtt(allowed.name, token) as app:
        assert app.publish(PAYMENT, hub_payment("P-token", spot, 100)) == 0
    assert [payment["taken_by"] for payment in book.payments(place.open_lot) if payment["id"] == "P-token"] == [allowed.name]
    # The right to publish alone is not the right to take payments.
    narrow = allowed.personal_token(["mqtt.publish"])["token"]
    with place.hub.mqtt(allowed.name, narrow) as app:
        assert app.publish(PAYMENT, hub_payment("P-narrow", spot, 100)) == 0x87
    assert viewer.post("/api/payments", hub_payment("P-viewer", spot, 100)).status == 403
    assert place.hub.ask("/api/payments", "POST", hub_payment("P-nobody", spot, 100)).status == 401
    staff = place.hub.person("staff")
    assert staff.post("/api/payments", hub_payment("P-staff", spot, 100)).status in (200, 201)
    elsewhere = place.hub.person("staff", "yard")
    assert elsewhere.post("/api/payments", hub_payment("P-elsewhere", spot, 100)).status == 404
    assert {payment["id"] for payment in book.payments(place.open_lot)} == {"P-token", "P-staff"}
    book.check()


def test_strangers_see_public_lots_and_nothing_else(place):
    hub = place.hub
    with place.client(place.spots[2]) as sensor:
        place.report(sensor, place.spots[2], place.open_lot, True)
    shown = {lot["lot_id"] for lot in hub.get("/api/lots")}
    assert place.open_lot in shown and not shown & {place.hidden_lot, place.far_lot}
    lot = lot_of(hub, place.open_lot)
    assert lot["total_spots"] == 3
    hidden, unknown = hub.ask(f"/api/lots/{place.hidden_lot}"), hub.ask("/api/lots/LOT-nowhere")
    assert hidden.status == unknown.status == 404
    assert hidden.text.replace(place.hidden_lot, "X") == unknown.text.replace("LOT-nowhere", "X"), "that it exists is something to know"
    for path in (f"/api/stats/{place.hidden_lot}", f"/api/lots/{place.hidden_lot}/forecast", f"/api/spots?lot_id={place.hidden_lot}"):
        answer = hub.ask(path)
        assert answer.status == 404 or answer.json() == [], (path, answer)
    every = hub.ask("/api/spots").text + hub.ask("/api/lots").text
    assert place.hidden_spot not in every and place.far_spot not in every
    stats = hub.get(f"/api/stats/{place.open_lot}")
    assert "revenue_today_minor" not in stats and "mean_stay_seconds" not in stats
    for method, path, body in [
        ("POST", f"/api/lots/{place.open_lot}/override", {"spot_id": place.spots[0], "occupied": True}),
        ("POST", "/api/init", {}), ("POST", "/api/lots", {"lot_id": "X", "name": "X"}),
        ("GET", f"/api/lots/{place.open_lot}/sessions", None), ("GET", f"/api/lots/{place.open_lot}/ledger", None),
    ]:
        assert hub.ask(path, method, body).status == 401, (method, path)


def test_people_see_the_hidden_lots_of_their_site(place):
    viewer, elsewhere = place.hub.person("viewer"), place.hub.person("operator", "yard")
    assert {place.open_lot, place.hidden_lot, place.far_lot} <= {lot["lot_id"] for lot in viewer.get("/api/lots")}
    assert viewer.get(f"/api/lots/{place.hidden_lot}")["total_spots"] == 1
    theirs = {lot["lot_id"] for lot in elsewhere.get("/api/lots")}
    assert place.far_lot in theirs and place.hidden_lot not in theirs
    assert elsewhere.ask(f"/api/lots/{place.hidden_lot}").status == 404
    for path, body in [
        (f"/api/lots/{place.open_lot}/override", {"spot_id": place.spots[0], "occupied": True}),
        (f"/api/lots/{place.hidden_lot}/override", {"spot_id": place.hidden_spot, "occupied": True}),
        # The spot of one's own site, under the other's lot.
        (f"/api/lots/{place.open_lot}/override", {"spot_id": place.far_spot, "occupied": True}),
    ]:
        assert elsewhere.post(path, body).status == 404, path
    assert viewer.post(f"/api/lots/{place.open_lot}/override", {"spot_id": place.spots[0], "occupied": True}).status == 403
    assert elsewhere.ask(f"/api/lots/{place.open_lot}/sessions").status == 404
    assert viewer.ask(f"/api/lots/{place.open_lot}/sessions").status == 403


def test_who_overrode_a_spot_is_not_for_strangers(place):
    staff, spot = place.hub.person("staff"), place.spots[0]
    assert staff.post(f"/api/lots/{place.open_lot}/override", {"spot_id": spot, "occupied": True}).status == 200
    inside = spot_of(staff, place.open_lot, spot)
    assert staff.name in json.dumps(inside["override"])
    outside = place.hub.ask(f"/api/lots/{place.open_lot}")
    assert staff.name not in outside.text and outside.json()["spots"][0]["override"]["occupied"] is True
    assert staff.post(f"/api/lots/{place.open_lot}/override", {"spot_id": spot, "clear": True}).status == 200
    assert any(entry["who"] == staff.name for entry in place.hub.audit(limit=50)), "the audit knows"


def listen(hub, topics, **headers):
    """A live socket that has subscribed."""
    socket = connect(hub.ws_url, open_timeout=10, legacy=True, additional_headers=headers)
    json.loads(socket.recv(timeout=10))
    socket.send(json.dumps({"type": "subscribe", "id": 1, "topics": topics, "recent": 0}))
    while json.loads(socket.recv(timeout=10))["type"] != "subscribed":
        pass
    return socket


def heard(socket, last=None):
    """The topics of all events up to the answer to a ping; `last` is waited for before it."""
    topics, deadline = set(), time.monotonic() + 10
    while last is not None and last not in topics:
        topics.add(json.loads(socket.recv(timeout=deadline - time.monotonic())).get("topic"))
    socket.send(json.dumps({"type": "ping", "id": 2}))
    while (message := json.loads(socket.recv(timeout=deadline - time.monotonic())))["type"] != "pong":
        topics.add(message.get("topic"))
    return topics


def test_live_events_of_public_lots_are_for_everybody(place):
    third, far = place.spots[2], place.far_spot
    elsewhere = place.hub.person("operator", "yard")
    with listen(place.hub, ["#"]) as stranger, listen(place.hub, ["#"], **elsewhere.headers) as other:
        for spot, lot, occupied in ((third, place.open_lot, True), (place.hidden_spot, place.hidden_lot, True), (far, place.far_lot, True)):
            with place.client(spot) as sensor:
                assert place.report(sensor, spot, lot, occupied) == 0
        # The counts of the lot that changed last come last of all: once they are there, everything is.
        of_other = heard(other, last=f"parking/{place.far_lot}/counts")
        topics = heard(stranger, last=f"parking/{place.open_lot}/spots/{third}")
        assert f"parking/{place.open_lot}/spots/{third}" in topics
        assert not {topic for topic in topics if not topic.startswith(f"parking/{place.open_lot}/")}, topics
        assert not {topic for topic in topics if "money" in topic}
        assert f"parking/{place.far_lot}/spots/{far}" in of_other and f"parking/{place.open_lot}/spots/{third}" in of_other
        assert not {topic for topic in of_other if place.hidden_lot in topic}


def replayed(hub, lot, **headers):
    """What a new listener is shown of a lot's past: the topics, without the lot's own beginning."""
    topics = set()
    with connect(hub.ws_url, open_timeout=10, additional_headers=headers) as socket:
        socket.send(json.dumps({"type": "subscribe", "id": 1, "topics": [f"parking/{lot}/#"], "recent": 100}))
        while (message := json.loads(socket.recv(timeout=10)))["type"] != "subscribed":
            topics |= {message["topic"].rsplit("/", 1)[1]} if "topic" in message else set()
    return topics


def test_what_was_public_is_not_replayed_once_the_lot_is_private(place):
    admin, lot = place.hub.admin, "LOT-closed-turns-private"
    (spot,) = make_lot(admin, lot, 1)
    wait_for(lambda: replayed(place.hub, lot) == {spot, "counts"}, "a stranger is shown the lot's past")
    admin.must("PUT", f"/api/lots/{lot}", {"public": False})
    wait_for(lambda: replayed(place.hub, lot) == set(), "and not any more")
    assert replayed(place.hub, lot, **admin.headers) == {spot, "counts"}
