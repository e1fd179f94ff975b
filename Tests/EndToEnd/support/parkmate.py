"""A ParkMate sensor and a ParkMate app as the contract describes them, in Python as they were written first; and lots for them to stand in."""

import datetime
import itertools
import json
import queue
import sqlite3
import time

from support.clients import V311, Client
from support.waiting import wait_for

STATUS, LED, PAYMENT = "parkmate/spot/status", "parkmate/led/command", "parkmate/payment"
FREE_CM, OCCUPIED_CM = 200, 30
numbers = itertools.count(1)


def stamp(at=None):
    """A time as the sensors write it: `2024-01-01T12:00:00Z`, with the part of the second that the contract allows."""
    moment = datetime.datetime.fromtimestamp(time.time() if at is None else at, datetime.timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def make_lot(server, lot_id, spots, site=None, public=True, kinds=None, stale_seconds=None, prefix=None, debounce_seconds=None):
    """A lot with that many spots, imported by its owner; the spots' ids. `server` is an open hub, or somebody who is signed in."""
    ids = [f"{prefix or lot_id}-S{number:03}" for number in range(1, spots + 1)]
    lot = {
        "lot_id": lot_id, "name": f"Car park {lot_id}", "address": "1 Test Street", "time_zone": "Europe/Berlin", "currency": "EUR",
        "public": public,
        "spots": [{"spot_id": spot, "kind": (kinds or {}).get(number, "standard")} for number, spot in enumerate(ids, 1)],
    }
    if debounce_seconds is not None:
        for spot in lot["spots"]:
            spot["debounce_seconds"] = debounce_seconds
    lot |= {"site": site} if site else {}
    lot |= {"stale_after_seconds": stale_seconds} if stale_seconds else {}
    answer = server.ask("/api/lots/import", "POST", {"lots": [lot]})
    assert answer.status in (200, 201), answer
    return ids


def add_tariff(server, lot_id, minor_per_hour=200):
    """From now on a started hour costs so many cents."""
    body = {"tariff": {"currency": "EUR", "rules": [{"name": "Hour", "price": "per_started", "minutes": 60, "minor": minor_per_hour}]}}
    answer = server.ask(f"/api/lots/{lot_id}/tariffs", "POST", body)
    assert answer.status == 201, answer


class Spot(Client):
    """One sensor with its LED: reports on the one topic of all spots, and reads the one topic of all LEDs."""

    def __init__(self, port, spot_id, lot_id, version=V311, topic=LED, clock=None, **options):
        """`clock`: the one that the hub lives by, when a test moves it (support/clock.py)."""
        self.spot_id, self.lot_id, self.clock = spot_id, lot_id, clock
        super().__init__(port, version, client_id=options.pop("client_id", f"parkmate-{spot_id}-{next(numbers)}"), subscriptions=[(topic, 1)], **options)

    def message(self, occupied, distance=None, timestamp=None, **more):
        found = {
            "spot_id": self.spot_id, "lot_id": self.lot_id, "occupied": occupied,
            "distance": (OCCUPIED_CM if occupied else FREE_CM) if distance is None else distance,
            "timestamp": timestamp or stamp(self.clock and self.clock.now()),
        }
        return found | more

    def report(self, occupied, distance=None, timestamp=None, **more):
        """What the sensor sees; the reason code of its acknowledgement."""
        return self.publish(STATUS, self.message(occupied, distance, timestamp, **more))

    def color(self, seconds=10):
        """What the LED is told next; commands for other spots come by on the shared topic, and are not for it."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                said = self.receive_json(max(0.01, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no LED command for {self.spot_id} within {seconds} s") from None
            if said["spot_id"] == self.spot_id:
                assert said["lot_id"] == self.lot_id, said
                return said["color"]

    def is_told_nothing(self, seconds=0.5):
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                said = self.receive_json(left)
            except queue.Empty:
                return True
            assert said["spot_id"] != self.spot_id, f"an unexpected LED command: {said}"
        return True


def counts(lot):
    """The counts of `GET /api/lots/{id}`, and the same counted over its spots."""
    told = {name: lot[f"{name}_spots"] for name in ("total", "available", "occupied", "reserved", "out_of_service", "unknown")}
    spots = [spot["status"] for spot in lot["spots"]]
    counted = {"total": len(spots), "available": spots.count("free")}
    counted |= {name: spots.count(name) for name in ("occupied", "reserved", "out_of_service", "unknown")}
    return told, counted


def lot_of(server, lot_id):
    answer = server.ask(f"/api/lots/{lot_id}")
    assert answer.status == 200, answer
    lot = answer.json()
    told, counted = counts(lot)
    assert told == counted, f"{lot_id} tells {told}, and its spots are {counted}"
    return lot


def spot_of(server, lot_id, spot_id):
    return next(spot for spot in lot_of(server, lot_id)["spots"] if spot["spot_id"] == spot_id)


def wait_status(server, lot_id, spot_id, status, seconds=10):
    return wait_for(
        lambda: (found := spot_of(server, lot_id, spot_id))["status"] == status and found, f"{spot_id} is {status}", seconds)


class Book:
    """The tables of the car park, as somebody with the database file sees them."""

    def __init__(self, data):
        self.database = sqlite3.connect(f"file:{data}/martlet.db?mode=ro", uri=True, timeout=20, check_same_thread=False)
        self.database.row_factory = sqlite3.Row

    def rows(self, text, *values):
        return [dict(row) for row in self.database.execute(text, values)]

    def one(self, text, *values):
        found = self.rows(text, *values)
        return found[0] if found else None

    def spot(self, spot_id):
        return self.one("SELECT * FROM parking_spot WHERE id = ?", spot_id)

    def changes(self, spot_id):
        """The statuses that the spot has had, the oldest first."""
        return [row["status"] for row in self.rows("SELECT status FROM parking_change WHERE spot = ? ORDER BY id", spot_id)]

    def sessions(self, spot_id):
        return self.rows("SELECT * FROM parking_session WHERE spot = ? ORDER BY arrived_at", spot_id)

    def payments(self, lot_id):
        return self.rows("SELECT * FROM parking_payment WHERE lot = ? ORDER BY id", lot_id)

    def everything(self, lot_id):
        """All rows that belong to a lot, for comparing before and after; not what is only a time of contact."""
        found = {}
        for table in ("parking_change", "parking_session", "parking_payment", "parking_entry"):
            found[table] = self.rows(f"SELECT * FROM {table} WHERE lot = ?", lot_id)
        found["parking_spot"] = self.rows("SELECT id, sensed_occupied, distance_cm, observed_at, status, status_since FROM parking_spot WHERE lot = ?", lot_id)
        found["spots"] = self.one("SELECT COUNT(*) AS number FROM parking_spot")
        return found

    def check(self):
        """What must hold at every instant, whatever happened: sessions follow spots, the ledger balances. All of one snapshot."""
        self.database.execute("BEGIN")
        try:
            self.check_now()
        finally:
            self.database.execute("COMMIT")

    def check_now(self):
        unbalanced = self.rows("SELECT event, SUM(amount_minor) AS sum FROM parking_entry GROUP BY event HAVING SUM(amount_minor) <> 0")
        assert not unbalanced, f"events of the ledger that do not sum to nothing: {unbalanced[:5]}"
        doubled = self.rows("SELECT spot, COUNT(*) AS n FROM parking_session WHERE departed_at IS NULL GROUP BY spot HAVING COUNT(*) > 1")
        assert not doubled, f"two cars in one spot: {doubled[:5]}"
        wrong = self.rows(
            "SELECT s.id, s.balance_minor, COALESCE(SUM(e.amount_minor), 0) AS booked FROM parking_session s "
            "LEFT JOIN parking_entry e ON e.session = s.id AND e.account = 'receivable' GROUP BY s.id HAVING booked <> s.balance_minor")
        assert not wrong, f"sessions whose balance is not what was booked: {wrong[:5]}"
        wrong = self.rows(
            "SELECT s.id, s.due_minor FROM parking_session s WHERE s.due_minor > 0 AND NOT EXISTS "
            "(SELECT 1 FROM parking_entry e WHERE e.session = s.id AND e.account = 'revenue' AND e.amount_minor = -s.due_minor)")
        assert not wrong, f"sessions that ended without their revenue being booked: {wrong[:5]}"
        wrong = self.rows(
            "SELECT p.id FROM parking_payment p WHERE (SELECT COUNT(*) FROM parking_entry e WHERE e.payment = p.id AND e.account = 'cash' "
            "AND e.amount_minor = CASE WHEN p.is_refund THEN -p.amount_minor ELSE p.amount_minor END) <> 1")
        assert not wrong, f"payments that are not booked once as cash: {wrong[:5]}"
        wrong = self.rows(
            "SELECT p.id, p.status, p.car FROM parking_spot p WHERE p.car <> "
            "EXISTS (SELECT 1 FROM parking_session s WHERE s.spot = p.id AND s.departed_at IS NULL)")
        assert not wrong, f"cars that count without a session, or the other way round: {wrong[:5]}"
        # What has lasted: the page and the money say the same.
        wrong = self.rows(
            "SELECT p.id, p.status, p.car FROM parking_spot p WHERE p.pending_occupied IS NULL AND p.candidate_occupied IS NULL "
            "AND (p.status = 'occupied' AND NOT p.car OR p.status IN ('free', 'reserved') AND p.car)")
        assert not wrong, f"occupied without a car, or free with one: {wrong[:5]}"
        wrong = self.rows(
            "SELECT p.id, p.status, c.status AS newest FROM parking_spot p JOIN parking_change c ON c.id = "
            "(SELECT MAX(id) FROM parking_change WHERE spot = p.id) WHERE c.status <> p.status AND p.status <> 'unknown'")
        assert not wrong, f"spots that are not what their history says: {wrong[:5]}"

    def close(self):
        self.database.close()


def hub_payment(payment_id, spot_id, minor, **more):
    """A payment as the app sends it."""
    return {"payment_id": payment_id, "spot_id": spot_id, "amount_minor": minor, "currency": "EUR", "method": "app"} | more


def json_of(message):
    return json.loads(message.payload)
