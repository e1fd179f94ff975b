"""Twenty clients at once, and SIGKILL at random moments: counts never disagree with spots, sessions and ledger always hold."""

import contextlib
import itertools
import json
import os
import queue
import random
import re
import threading
import time

import pytest

from support.clients import Client
from support.flood import pause
from support.parkmate import FREE_CM, OCCUPIED_CM, STATUS, Book, add_tariff, counts, hub_payment, make_lot, stamp
from support.raw import PUBACK, Closed, Raw, publish_packet
from support.server import run
from support.settings import NO_REQUEST_LIMITS, limits
from test_live import Page

SECONDS = float(os.environ.get("MARTLET_CROWD_SECONDS", 6))
ROUNDS = int(os.environ.get("MARTLET_PARKING_CRASH_ROUNDS", 12))
SPOTS = 24


class Crowd:
    """Threads that do things until they are told to stop; the first failure of any is the test's."""

    def __init__(self):
        self.stop, self.errors, self.threads, self.done = threading.Event(), [], [], {}

    def add(self, name, work):
        def run():
            try:
                while not self.stop.is_set():
                    work()
                    self.done[name] = self.done.get(name, 0) + 1
            except Exception as error:  # noqa: BLE001 - a thread's failure is the test's failure
                self.errors.append((name, error))
                self.stop.set()

        self.threads.append(threading.Thread(target=run))

    def hammer(self, seconds):
        for thread in self.threads:
            thread.start()
        self.stop.wait(seconds)
        self.stop.set()
        for thread in self.threads:
            thread.join(30)
        assert not self.errors, f"{self.errors[0][0]}: {self.errors[0][1]!r}"


def unlimited(own):
    """A server of the test's own that does not mind that all clients come from one address."""
    hub = own(start=False)
    hub.settings = limits(**NO_REQUEST_LIMITS)
    return hub.start()


def test_counts_never_disagree(own):
    hub = unlimited(own)
    lot_id = "LOT-crowd"
    spots = make_lot(hub, lot_id, SPOTS, kinds={1: "disabled", 2: "ev"})
    add_tariff(hub, lot_id, 100)
    crowd, clocks, lock, ids = Crowd(), {}, threading.Lock(), itertools.count()
    start = time.time() - 80_000

    def clock(spot):
        """Sensors whose times grow faster than ours, so that the debounce lets every report count."""
        with lock:
            clocks[spot] = clocks.get(spot, start) + 3
            return stamp(clocks[spot])

    def sensor():
        client = Client(hub.mqtt_port)
        chance = random.Random(next(ids))

        def work():
            # Several sensors speak for the same spots: some of what they say is late.
            spot, occupied = chance.choice(spots), chance.random() < 0.5
            message = {"spot_id": spot, "lot_id": lot_id, "occupied": occupied, "distance": OCCUPIED_CM if occupied else FREE_CM, "timestamp": clock(spot)}
            assert client.publish(STATUS, message) in (0, 0x10)

        return work

    def owner():
        chance = random.Random(1_000 + next(ids))

        def work():
            body = chance.choice([{"occupied": True}, {"occupied": False}, {"clear": True}, {"out_of_service": True}, {"out_of_service": False}])
            answer = hub.post(f"/api/lots/{lot_id}/override", {"spot_id": chance.choice(spots)} | body)
            assert answer.status == 200, answer

        return work

    def payer():
        def work():
            answer = hub.post("/api/payments", hub_payment(f"P{next(ids)}", random.choice(spots), random.randint(1, 500)))
            assert answer.status in (200, 201), answer

        return work

    def driver():
        told, counted = counts(hub.get(f"/api/lots/{lot_id}"))
        assert told == counted and told["total"] == SPOTS, f"told {told}, counted {counted}"

    def statistics():
        stats = hub.get(f"/api/stats/{lot_id}")
        parts = sum(stats[f"{name}_spots"] for name in ("available", "occupied", "reserved", "out_of_service", "unknown"))
        assert parts == stats["total_spots"] == SPOTS, stats
        for group in ("levels", "zones", "kinds"):
            for name in ("available_spots", "occupied_spots", "unknown_spots"):
                total = sum(part[name] for part in stats[group].values())
                assert total == stats[name] or group == "zones", (group, name, stats)

    book = Book(hub.data)
    page = Page(hub)
    page.subscribe(f"parking/{lot_id}/counts")

    def watcher():
        try:
            event = page.event(f"parking/{lot_id}/counts", 1)["data"]
        except TimeoutError:
            return
        parts = sum(event[f"{name}_spots"] for name in ("available", "occupied", "reserved", "out_of_service", "unknown"))
        assert parts == event["total_spots"] == SPOTS, event

    for number in range(10):
        crowd.add(f"sensor {number}", sensor())
    for number in range(3):
        crowd.add(f"owner {number}", owner())
    crowd.add("payer", payer())
    for number in range(3):
        crowd.add(f"driver {number}", driver)
    crowd.add("statistics", statistics)
    crowd.add("watcher", watcher)
    # sqlite3 objects belong to one thread at a time; this is the only one that uses it meanwhile.
    crowd.add("auditor", book.check)
    assert len(crowd.threads) == 20
    crowd.hammer(SECONDS)
    book.check()
    print({name: count for name, count in crowd.done.items()})
    assert min(crowd.done.values()) > 0 and sum(n for name, n in crowd.done.items() if name.startswith("sensor")) > 200
    # The last counts that the page was told are those of the lot, once it is quiet.
    told, counted = counts(hub.get(f"/api/lots/{lot_id}"))
    rows = {row["status"]: row["number"] for row in book.rows("SELECT status, COUNT(*) AS number FROM parking_spot WHERE lot = ? GROUP BY status", lot_id)}
    assert told == counted
    assert {name: told[name] for name in ("occupied", "reserved", "out_of_service", "unknown")} == {
        name: rows.get(name, 0) for name in ("occupied", "reserved", "out_of_service", "unknown")}
    assert told["available"] == rows.get("free", 0)
    page.socket.close()
    with Page(hub) as late:
        (last,) = [event for event in late.subscribe(f"parking/{lot_id}/counts", recent=1) if event["type"] == "event"]
        assert last["data"]["occupied_spots"] == told["occupied"] and last["data"]["available_spots"] == told["available"]
    book.close()
    hub.stop()


class Driver:
    """One connection that speaks for some spots: each report is a change, three seconds after the one before by the sensor's clock."""

    WINDOW = 8

    def __init__(self, name, lot_id, spots, start):
        self.name, self.lot_id, self.spots, self.start = name, lot_id, spots, start
        self.next = 0
        self.open = {}  # packet id: number
        self.acknowledged = set()
        self.error = None

    def what(self, number):
        """(spot, its how-manieth report, occupied) of a message; spots take turns."""
        turn, index = divmod(number, len(self.spots))
        return self.spots[index], turn, turn % 2 == 0

    def time_of(self, turn):
        return self.start + 3 * turn

    def send(self, raw, packet_id, dup=False):
        spot, turn, occupied = self.what(self.open[packet_id])
        text = json.dumps({
            "spot_id": spot, "lot_id": self.lot_id, "occupied": occupied, "distance": OCCUPIED_CM if occupied else FREE_CM, "timestamp": stamp(self.time_of(turn))})
        raw.send(publish_packet(STATUS, text, 1, packet_id, dup))

    def run(self, port, stop):
        try:
            with Raw(port) as raw:
                raw.connect(self.name, 4, clean=False)
                for packet_id in sorted(self.open, key=self.open.get):
                    self.send(raw, packet_id, dup=True)
                while self.open or not stop.is_set():
                    while len(self.open) < self.WINDOW and not stop.is_set():
                        packet_id = next(p for p in range(1, 65536) if p not in self.open)
                        self.open[packet_id] = self.next
                        self.next += 1
                        self.send(raw, packet_id)
                    found = raw.read()
                    assert found.kind == PUBACK, found
                    self.acknowledged.add(self.open.pop(found.packet_id))
        except (Closed, ConnectionError, BrokenPipeError):
            pass  # killed: what is open is sent again
        except Exception as error:  # noqa: BLE001 - a thread's failure is the test's failure
            self.error = error

    def account(self, book):
        """Every report that was acknowledged is a change in the history, in its order; none is there twice; none was lost between."""
        done = {}
        for number in self.acknowledged:
            spot, turn, _ = self.what(number)
            done[spot] = max(done.get(spot, 0), turn + 1)
        for index, spot in enumerate(self.spots):
            sent = len(range(index, self.next, len(self.spots)))
            # One snapshot: what has not lasted is counted at any moment.
            book.database.execute("BEGIN")
            changes, row, sessions = book.changes(spot), book.spot(spot), book.sessions(spot)
            book.database.execute("COMMIT")
            assert done.get(spot, 0) <= len(changes) <= sent, f"{spot}: {done.get(spot, 0)} acknowledged, {len(changes)} in the history, {sent} sent"
            assert changes == ["occupied" if turn % 2 == 0 else "free" for turn in range(len(changes))]
            if changes:
                assert row["status"] == changes[-1] and row["observed_at"] == pytest.approx(self.time_of(len(changes) - 1) * 1e6, abs=1000)
            # The last change has not lasted yet, unless the hub has looked since.
            assert len(sessions) == (len(changes) + 1) // 2 - (row["pending_occupied"] == 1)
            assert sum(session["departed_at"] is None for session in sessions) == row["car"]


class Payer:
    """An app that pays again and again, and asks again what it had no answer to."""

    def __init__(self, hub, spots):
        self.hub, self.spots, self.next, self.acknowledged, self.error = hub, spots, 0, {}, None

    def amount(self, number):
        return 1 + number * 7 % 300

    def run(self, _, stop):
        while not stop.is_set():
            try:
                answer = self.hub.post("/api/payments", hub_payment(f"PAY{self.next}", self.spots[self.next % len(self.spots)], self.amount(self.next)))
            except Exception:  # noqa: BLE001 - the server was killed; the same payment is sent again
                return
            if answer.status not in (200, 201):
                self.error = AssertionError(f"PAY{self.next}: {answer}")
                return
            self.acknowledged[f"PAY{self.next}"] = self.amount(self.next)
            self.next += 1


@pytest.mark.timeout(120 + 15 * ROUNDS)
def test_sessions_and_ledger_survive_sigkill(own):
    hub = unlimited(own)
    lot_id = "LOT-crash"
    spots = make_lot(hub, lot_id, 12, stale_seconds=86_400)
    add_tariff(hub, lot_id, 150)
    start = time.time() - 86_000
    drivers = [Driver(f"driver{n}", lot_id, spots[3 * n : 3 * n + 3], start) for n in range(4)]
    payer = Payer(hub, spots)

    def fly(seconds, kill):
        stop = threading.Event()
        threads = [threading.Thread(target=one.run, args=(hub.mqtt_port, stop)) for one in [*drivers, payer]]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        if kill:
            hub.kill()
        stop.set()
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive(), "a client hangs"
        errors = [one.error for one in [*drivers, payer] if one.error]
        if errors:
            raise errors[0]

    def account():
        book = Book(hub.data)
        book.check()
        for driver in drivers:
            driver.account(book)
        stored = {payment["id"]: payment["amount_minor"] for payment in book.payments(lot_id)}
        assert payer.acknowledged.items() <= stored.items(), "a payment that was acknowledged is lost"
        assert stored.keys() <= {f"PAY{number}" for number in range(payer.next + 1)}
        cash = book.one("SELECT COALESCE(SUM(amount_minor), 0) AS sum FROM parking_entry WHERE lot = ? AND account = 'cash'", lot_id)["sum"]
        assert cash == sum(stored.values())
        book.close()

    for number in range(ROUNDS):
        if number:
            hub.start()
        fly(pause(), kill=True)
        hub.start()
        account()
        hub.kill()
    hub.start()
    fly(0.3, kill=False)
    account()
    for driver in drivers:
        assert len(driver.acknowledged) == driver.next, "everything that was sent is acknowledged in the end"
    total = sum(len(driver.acknowledged) for driver in drivers)
    told, counted = counts(hub.get(f"/api/lots/{lot_id}"))
    assert told == counted
    print(f"{ROUNDS} rounds, {total} changes and {len(payer.acknowledged)} payments accounted for")
    assert total > 20 * ROUNDS and len(payer.acknowledged) > ROUNDS
    hub.stop()


def test_the_simulated_car_park(own):
    """`martlet simulate parking` prints what the owner imports, then drives it; every change is told to the LEDs."""
    hub = own()
    arguments = ["simulate", "parking", "--lots", "3", "--spots", "20", "--seed", "5", "--start", "2026-11-23T08:00:00Z"]
    listed, again = (run(*arguments, "--list", "json") for _ in range(2))
    assert listed.returncode == 0 and listed.stdout == again.stdout
    answer = hub.ask("/api/lots/import", "POST", json.loads(listed.stdout))
    assert answer.status in (200, 201), answer
    # The same lots once more, as CSV: nothing is changed and nothing doubled.
    csv = run(*arguments, "--list", "csv").stdout
    answer = hub.ask("/api/lots/import", "POST", csv, {"Content-Type": "text/csv"})
    assert answer.status in (200, 201), answer
    assert {lot["lot_id"]: lot["total_spots"] for lot in hub.get("/api/lots")} == {f"LOT00{n}": 20 for n in (1, 2, 3)}
    done = run(*arguments, "--mqtt", f"127.0.0.1:{hub.mqtt_port}", "--speed", "600", "--heartbeat", "3", "--seconds", "10")
    assert done.returncode == 0, done
    numbers = {word: int(count) for count, word in re.findall(r"(\d+) (changes|reports|failed|LED)", done.stdout)}
    assert numbers["failed"] == 0 and numbers["changes"] > 30 and numbers["LED"] > 30, done.stdout
    for lot in hub.get("/api/lots"):
        found = hub.get(f"/api/lots/{lot['lot_id']}")
        told, counted = counts(found)
        assert told == counted and told["unknown"] < 5
    assert sum(hub.refused().values()) == 0, hub.refused()
    book = Book(hub.data)
    book.check()
    book.close()


def test_a_seed_says_the_same_again_and_drivers_pay(own):
    """With `--seed` alone two runs say the same of the same spots in the same order; stamped so that the hub believes them."""
    hub = own()
    arguments = ["simulate", "parking", "--spots", "20", "--seed", "7", "--faulty", "30"]
    answer = hub.ask("/api/lots/import", "POST", json.loads(run(*arguments, "--list", "json").stdout))
    assert answer.status in (200, 201), answer
    drive = [*arguments, "--mqtt", f"127.0.0.1:{hub.mqtt_port}", "--speed", "3000", "--heartbeat", "3", "--payments", "250", "--seconds", "5"]

    def heard():
        with Client(hub.mqtt_port, subscriptions=[("parkmate/spot/status", 1)]) as client:
            done = run(*drive)
            assert done.returncode == 0 and re.search(r"[1-9]\d* payments", done.stdout), done
            said = []
            with contextlib.suppress(queue.Empty):
                while True:
                    message = client.receive_json(0.5)
                    said.append((message["spot_id"], message["occupied"], message["distance"]))
            return said

    one, other = heard(), heard()
    length = min(len(one), len(other))
    assert length > 20 and one[:length] == other[:length]
    assert sum(hub.refused().values()) == 0, hub.refused()
    book = Book(hub.data)
    paid = book.payments("LOT001")
    assert len(paid) > 5 and all(payment["amount_minor"] == 250 for payment in paid), "no stay lasts an hour of the wall's clock"
    book.check()
    book.close()
