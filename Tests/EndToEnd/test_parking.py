"""ParkMate's sensors and app, unchanged, drive a lot: LEDs, counts, sessions, payments, live pages. shared contract «Car park»."""

import json
import time

import pytest

from support.clients import V5, V311, Client
from support.parkmate import (
    FREE_CM, LED, OCCUPIED_CM, PAYMENT, STATUS, Book, Spot, add_tariff, hub_payment, lot_of, make_lot, spot_of, stamp, wait_status)
from support.raw import PUBACK, Raw, publish_packet
from support.waiting import wait_for
from test_live import Page


@pytest.fixture
def lot(hub, fresh):
    """A lot of three spots that no other test uses: (lot id, spot ids). Each change counts at once: nothing here is about the debounce."""
    lot_id = f"LOT-{fresh}"
    return lot_id, make_lot(hub, lot_id, 3, kinds={3: "disabled"}, debounce_seconds=0)


@pytest.fixture
def book(hub):
    found = Book(hub.data)
    yield found
    found.close()


@pytest.fixture
def timed_book(timed):
    found = Book(timed.data)
    yield found
    found.close()


@pytest.mark.parametrize("version", [V311, V5], ids=["3.1.1", "5.0"])
def test_a_parkmate_device_drives_a_lot_unchanged(timed, timed_book, fresh, version):
    hub, book, lot_id = timed, timed_book, f"LOT-{fresh}"
    spot_id, *_ = make_lot(hub, lot_id, 3, kinds={3: "disabled"}, debounce_seconds=0)
    add_tariff(hub, lot_id, 200)
    with Page(hub) as page, Spot(hub.mqtt_port, spot_id, lot_id, version, clock=hub.clock) as sensor:
        page.subscribe(f"parking/{lot_id}/#")
        assert sensor.report(False) == 0
        assert sensor.color() == "green"
        assert spot_of(hub, lot_id, spot_id)["status"] == "free"
        arrived = hub.clock.advance(1)
        assert sensor.report(True) == 0
        assert sensor.color() == "red"
        found = lot_of(hub, lot_id)
        assert found["name"] and "address" in found and "price_per_hour" in found
        assert (found["total_spots"], found["available_spots"], found["occupied_spots"]) == (3, 0, 1)
        event = page.event(f"parking/{lot_id}/spots/{spot_id}")["data"]
        while event["occupied"] is not True:
            event = page.event(f"parking/{lot_id}/spots/{spot_id}")["data"]
        assert event["event"] == "spot_update"
        assert (event["spot_id"], event["lot_id"], event["distance"]) == (spot_id, lot_id, OCCUPIED_CM)

        # The driver pays in two parts, first from the app.
        with Client(hub.mqtt_port, version) as app:
            assert app.publish(PAYMENT, hub_payment(f"P1-{lot_id}", spot_id, 150)) == 0
        # A stay is priced by whole seconds: it must last one to cost anything.
        left = hub.clock.advance(1.1)
        assert sensor.report(False) == 0
        assert sensor.color() == "green"
        (session,) = book.sessions(spot_id)
        # By the sensor's clock, which tells milliseconds.
        assert session["arrived_at"] == pytest.approx(arrived * 1e6, abs=1_000)
        assert session["departed_at"] == pytest.approx(left * 1e6, abs=1_000)
        assert (session["due_minor"], session["balance_minor"]) == (200, 50), "a started hour at 2.00, of which 1.50 are paid"
        assert hub.post("/api/payments", {"payment_id": f"P2-{lot_id}", "session_id": session["id"], "amount": 0.50}).status in (200, 201)
        assert book.sessions(spot_id)[0]["balance_minor"] == 0
        assert [payment["amount_minor"] for payment in book.payments(lot_id)] == [150, 50]
        assert book.changes(spot_id) == ["free", "occupied", "free"]
    book.check()


def test_every_form_of_the_leds_topic(hub, lot):
    lot_id, spots = lot
    whole_lot = Client(hub.mqtt_port, subscriptions=[(f"{LED}/{lot_id}", 1)])
    one = Client(hub.mqtt_port, subscriptions=[(f"{LED}/{lot_id}/{spots[0]}", 1)])
    with whole_lot, one, Spot(hub.mqtt_port, spots[0], lot_id) as shared:
        # Whoever asks for one spot is told at once what it shows.
        assert one.receive_json()["color"] == "amber"
        shared.report(True)
        expected = {"spot_id": spots[0], "lot_id": lot_id, "color": "red"}
        assert shared.color() == "red"
        assert whole_lot.receive_json() == expected and one.receive_json() == expected
        with Spot(hub.mqtt_port, spots[2], lot_id) as disabled:
            disabled.report(False)
            assert disabled.color() == "blue", "free, and kept for the disabled"
        assert whole_lot.receive_json() == {"spot_id": spots[2], "lot_id": lot_id, "color": "blue"}
        assert one.hears_nothing()


def test_an_led_that_comes_back_is_told_again(hub, lot):
    lot_id, (spot_id, *_) = lot
    with Spot(hub.mqtt_port, spot_id, lot_id, client_id=f"led-{spot_id}") as sensor:
        sensor.report(True)
        assert sensor.color() == "red"
    # Nothing has changed meanwhile; it has only forgotten what it was.
    with Spot(hub.mqtt_port, spot_id, lot_id, client_id=f"led-{spot_id}") as sensor:
        assert sensor.color() == "red"
        assert sensor.is_told_nothing()


def test_spot_counts_and_stats_agree(hub, lot):
    lot_id, spots = lot
    with Spot(hub.mqtt_port, spots[0], lot_id) as one, Spot(hub.mqtt_port, spots[1], lot_id) as other:
        one.report(True)
        other.report(False)
        found = lot_of(hub, lot_id)
        assert {spot["spot_id"]: spot["status"] for spot in found["spots"]} == dict(zip(spots, ["occupied", "free", "unknown"]))
        stats = hub.get(f"/api/stats/{lot_id}")
        assert (stats["total_spots"], stats["available_spots"], stats["occupied_spots"], stats["unknown_spots"]) == (3, 1, 1, 1)
        assert stats["occupancy_rate"] == 0.5
        listed = next(item for item in hub.get("/api/lots") if item["lot_id"] == lot_id)
        assert listed["available_spots"] == 1 and "spots" not in listed
        every = {spot["spot_id"]: spot for spot in hub.get(f"/api/spots?lot_id={lot_id}")}
        assert every.keys() == set(spots) and every[spots[0]]["occupied"] is True and every[spots[2]]["occupied"] is None


def test_override_wins_until_it_is_cleared(hub, book, lot):
    lot_id, (spot_id, *_) = lot
    with Page(hub) as page, Spot(hub.mqtt_port, spot_id, lot_id) as sensor:
        page.subscribe(f"parking/{lot_id}/spots/{spot_id}")
        sensor.report(False)
        assert sensor.color() == "green"
        answer = hub.post(f"/api/lots/{lot_id}/override", {"spot_id": spot_id, "occupied": True})
        assert answer.status == 200, answer
        assert sensor.color() == "red"
        shown = spot_of(hub, lot_id, spot_id)
        assert shown["status"] == "occupied" and shown["override"]["occupied"] is True
        wait_for(lambda: page.event(f"parking/{lot_id}/spots/{spot_id}")["data"]["override"], "the page is told that it is an override")
        # The sensor sees nothing; people know better.
        sensor.report(False)
        assert sensor.is_told_nothing() and spot_of(hub, lot_id, spot_id)["status"] == "occupied"
        assert hub.post(f"/api/lots/{lot_id}/override", {"spot_id": spot_id, "clear": True}).status == 200
        assert sensor.color() == "green"
        shown = spot_of(hub, lot_id, spot_id)
        assert shown["status"] == "free" and shown["override"] is None
    assert book.changes(spot_id) == ["free", "occupied", "free"]


def test_override_ends_by_itself(timed, fresh):
    hub, lot_id = timed, f"LOT-{fresh}"
    (spot_id,) = make_lot(hub, lot_id, 1, stale_seconds=86_400)
    with Spot(hub.mqtt_port, spot_id, lot_id, clock=hub.clock) as sensor:
        sensor.report(False)
        assert sensor.color() == "green"
        end = hub.clock.now() + 3600
        answer = hub.post(f"/api/lots/{lot_id}/override", {"spot_id": spot_id, "occupied": True, "until": stamp(end)})
        assert answer.status == 200, answer
        assert sensor.color() == "red"
        hub.clock.advance(3599)
        assert spot_of(hub, lot_id, spot_id)["status"] == "occupied"
        hub.clock.advance(1)
        assert spot_of(hub, lot_id, spot_id)["status"] == "free"
        assert sensor.color() == "green"
    refused = hub.post(f"/api/lots/{lot_id}/override", {"spot_id": spot_id, "occupied": True, "until": stamp(hub.clock.now() - 3)})
    assert refused.status == 400 and refused.json()["code"] == "value_out_of_range"


def test_an_override_of_what_is_not_there(hub, lot):
    lot_id, (spot_id, *_) = lot
    for path, body, status, code in [
        (f"/api/lots/{lot_id}/override", {"spot_id": "S-nowhere", "occupied": True}, 404, "not_found"),
        ("/api/lots/LOT-nowhere/override", {"spot_id": spot_id, "occupied": True}, 404, "not_found"),
        (f"/api/lots/{lot_id}/override", {"spot_id": spot_id, "occupied": "yes"}, 400, "wrong_type"),
        (f"/api/lots/{lot_id}/override", {"occupied": True}, 400, "missing_field"),
    ]:
        answer = hub.post(path, body)
        assert (answer.status, answer.json()["code"]) == (status, code), (path, body, answer)
    assert spot_of(hub, lot_id, spot_id)["status"] == "unknown"


def test_silence_makes_a_spot_unknown(timed, timed_book, fresh):
    hub, book, lot_id = timed, timed_book, f"LOT-{fresh}"
    spot_id, other = make_lot(hub, lot_id, 2, stale_seconds=10)
    with Page(hub) as page, Spot(hub.mqtt_port, spot_id, lot_id, clock=hub.clock) as sensor:
        page.subscribe(f"parking/{lot_id}/#")
        sensor.report(False)
        assert sensor.color() == "green"
        hub.clock.advance(9.9)
        assert spot_of(hub, lot_id, spot_id)["status"] == "free"
        hub.clock.advance(0.2)
        # The line looks for silence once a second.
        hub.clock.advance(1)
        assert sensor.color() == "amber"
        found = lot_of(hub, lot_id)
        assert (found["available_spots"], found["unknown_spots"]) == (0, 2)
        shown = spot_of(hub, lot_id, spot_id)
        assert shown["status"] == "unknown" and shown["occupied"] is None, "what nobody knows is not free"
        told = [page.read() for _ in range(2)]
        while not any(e["topic"].endswith(spot_id) and e["data"]["status"] == "unknown" for e in told if e["type"] == "event"):
            told.append(page.read(5))
        # It is heard again: known again.
        sensor.report(True)
        assert sensor.color() == "red"
        assert spot_of(hub, lot_id, spot_id)["status"] == "occupied"
    assert book.changes(spot_id) == ["free", "unknown", "occupied"]


def test_late_data_is_history_only(hub, book, lot):
    lot_id, (spot_id, *_) = lot
    with Page(hub) as page, Spot(hub.mqtt_port, spot_id, lot_id) as sensor:
        now = time.time()
        page.subscribe(f"parking/{lot_id}/#")
        sensor.report(False, timestamp=stamp(now))
        assert sensor.color() == "green"
        # Pages are told after LEDs, and last of all the counts.
        page.event(f"parking/{lot_id}/spots/{spot_id}")
        while page.event(f"parking/{lot_id}/counts")["data"]["available_spots"] != 1:
            pass
        before = book.everything(lot_id)
        assert sensor.report(True, timestamp=stamp(now - 3600)) == 0, "it is taken: nothing is wrong with it"
        assert sensor.is_told_nothing(), "no LED for what is over"
        assert book.everything(lot_id) == before and spot_of(hub, lot_id, spot_id)["status"] == "free"
        page.say(type="ping", id=9)
        assert page.read()["type"] == "pong", "no page is told"


def test_the_same_message_twice_is_one_change(hub, book, lot):
    lot_id, (spot_id, *_) = lot
    with Raw(hub.mqtt_port) as raw:
        raw.connect(f"twice-{spot_id}", 4)
        for occupied in (False, True, False):
            text = json.dumps({
                "spot_id": spot_id, "lot_id": lot_id, "occupied": occupied, "distance": OCCUPIED_CM if occupied else FREE_CM, "timestamp": stamp()})
            for packet_id, dup in ((1, False), (1, True), (2, False)):
                raw.send(publish_packet(STATUS, text, 1, packet_id, dup=dup))
                assert raw.expect(PUBACK).packet_id == packet_id
    assert book.changes(spot_id) == ["free", "occupied", "free"]
    assert len(book.sessions(spot_id)) == 1
    book.check()


def test_what_does_not_last_costs_nothing(timed, timed_book, fresh):
    """A walker and a car that is lost from sight for half a second: pages and LEDs show what is seen, money what lasted."""
    hub, book, lot_id = timed, timed_book, f"LOT-{fresh}"
    walked, parked, _ = make_lot(hub, lot_id, 3)
    add_tariff(hub, lot_id, 200)
    with Spot(hub.mqtt_port, walked, lot_id, clock=hub.clock) as one, Spot(hub.mqtt_port, parked, lot_id, clock=hub.clock) as other:
        one.report(False)
        other.report(False)
        assert one.color() == "green" and other.color() == "green"
        arrived = hub.clock.advance(2.1)
        one.report(True)
        other.report(True)
        assert one.color() == "red" and other.color() == "red"
        hub.clock.advance(1.9)
        assert book.sessions(parked) == [], "seen, and not yet counted"
        one.report(False)
        hub.clock.advance(0.2)
        (session,) = book.sessions(parked)
        assert session["arrived_at"] == pytest.approx(arrived * 1e6, abs=1_000), "the car has come"
        other.report(False)
        assert other.color() == "green"
        hub.clock.advance(0.5)
        other.report(True)
        hub.clock.advance(3)
        assert spot_of(hub, lot_id, parked)["status"] == "occupied" and spot_of(hub, lot_id, walked)["status"] == "free"
        left = hub.clock.now()
        other.report(False)
        hub.clock.advance(1.9)
        assert book.sessions(parked)[0]["departed_at"] is None
        hub.clock.advance(0.2)
        (session,) = book.sessions(parked)
        assert session["departed_at"] == pytest.approx(left * 1e6, abs=1_000) and session["due_minor"] == 200
        assert book.sessions(walked) == []
        # Nobody pays: what is owed is written off.
        answer = hub.post(f"/api/sessions/{session['id']}/waive", {"waiver_id": f"W-{lot_id}", "reason": "a test"})
        assert answer.status == 201, answer
        assert book.sessions(parked)[0]["balance_minor"] == 0
    book.check()


BAD_REPORTS = {
    "an unknown spot": ({"spot_id": "S-nowhere"}, "not_found"),
    "another lot": ({"lot_id": "LOT-nowhere"}, "id_mismatch"),
    "occupied as text": ({"occupied": "true"}, "wrong_type"),
    "occupied as a number": ({"occupied": 1}, "wrong_type"),
    "a negative distance": ({"distance": -1}, "value_out_of_range"),
    "a distance of 1e9": ({"distance": 1e9}, "value_out_of_range"),
    "a distance as a list": ({"distance": [35]}, "wrong_type"),
    "a spot_id as number": ({"spot_id": 1}, "wrong_type"),
    "a spot_id that is no name": ({"spot_id": "../etc"}, "invalid_id"),
    "no spot_id": ({"spot_id": None}, "missing_field"),
    "neither occupied nor distance": ({"occupied": None, "distance": None}, "missing_field"),
}


@pytest.mark.parametrize("name", BAD_REPORTS)
def test_bad_reports_are_refused_and_corrupt_nothing(hub, book, lot, name):
    lot_id, (spot_id, *_) = lot
    changes, code = BAD_REPORTS[name]
    with Spot(hub.mqtt_port, spot_id, lot_id, V5) as sensor:
        assert sensor.report(False) == 0
        assert sensor.color() == "green"
        before, refused = book.everything(lot_id), hub.refused().get(code, 0)
        assert sensor.publish(STATUS, sensor.message(True) | changes) >= 0x80
        assert hub.refused().get(code, 0) == refused + 1
        assert book.everything(lot_id) == before
        assert sensor.is_told_nothing(0.3)
        # With 3.1.1, which has no word for a refusal, it is acknowledged and dropped.
        with Spot(hub.mqtt_port, spot_id, lot_id, V311) as older:
            assert older.publish(STATUS, older.message(True) | changes) == 0
        assert book.everything(lot_id) == before
        assert hub.refused().get(code, 0) == refused + 2


@pytest.mark.parametrize("payload", ["", "[]", "7", "{", '{"spot_id":"x","spot_id":"y"}', "[" * 10_000, b"\xff\xfe"], ids=lambda p: repr(p)[:20])
def test_no_json_is_refused(hub, book, lot, payload):
    with Client(hub.mqtt_port) as sender:
        before = book.everything(lot[0])
        assert sender.publish(STATUS, payload) >= 0x80 and sender.publish(PAYMENT, payload) >= 0x80
        assert book.everything(lot[0]) == before


def test_a_time_far_ahead_is_not_believed(hub, lot):
    """A sensor whose clock is years ahead does not lock its spot: what comes after with a good clock counts."""
    lot_id, (spot_id, *_) = lot
    with Spot(hub.mqtt_port, spot_id, lot_id) as sensor:
        assert sensor.report(True, timestamp="2099-01-01T00:00:00Z") == 0
        assert sensor.color() == "red"
        # The report before counts as of when it came; a stamp cut off to milliseconds must not lie before that.
        sensor.report(False, timestamp=stamp(time.time() + 0.001))
        assert sensor.color() == "green"


def test_payments(hub, book, lot):
    lot_id, (spot_id, *_) = lot
    name = f"PAY-{lot_id}"
    with Spot(hub.mqtt_port, spot_id, lot_id) as sensor, Client(hub.mqtt_port) as app:
        sensor.report(True)
        assert sensor.color() == "red"
        assert app.publish(PAYMENT, hub_payment(name, spot_id, 250)) == 0
        # The same again, over either door: one payment.
        assert app.publish(PAYMENT, hub_payment(name, spot_id, 250)) == 0
        again = hub.post("/api/payments", hub_payment(name, spot_id, 250))
        assert again.status in (200, 201), again
        assert [payment["id"] for payment in book.payments(lot_id)] == [name]
        before = book.everything(lot_id)
        for body, status, code in [
            (hub_payment(name, spot_id, 300), 409, "conflict"),
            (hub_payment(f"{name}-a", spot_id, -250), 400, "value_out_of_range"),
            (hub_payment(f"{name}-b", spot_id, 0), 400, "value_out_of_range"),
            (hub_payment(f"{name}-c", spot_id, 10**12), 400, "value_out_of_range"),
            (hub_payment(f"{name}-d", spot_id, "250"), 400, "wrong_type"),
            (hub_payment(f"{name}-e", "S-nowhere", 250), 404, "not_found"),
            (hub_payment(f"{name}-f", spot_id, 250, currency="USD"), 400, "value_out_of_range"),
            (hub_payment(f"{name}-g", spot_id, 250, lot_id="LOT-nowhere"), 400, "id_mismatch"),
            ({"spot_id": spot_id, "amount": 2.5}, 400, "missing_field"),
            ({"payment_id": f"{name}-h", "amount": 2.5}, 400, "missing_field"),
            ({"payment_id": f"{name}-i", "spot_id": spot_id, "amount": 2.505}, 400, "value_out_of_range"),
        ]:
            answer = hub.post("/api/payments", body)
            assert (answer.status, answer.json()["code"]) == (status, code), (body, answer)
            assert app.publish(PAYMENT, body) >= 0x80, body
        assert book.everything(lot_id) == before
    book.check()


def test_the_order_of_a_change(hub, book, lot):
    """Spot, history and session are stored before the LED and the page hear of it; the page is told what the LED is."""
    lot_id, (spot_id, *_) = lot
    with Page(hub) as page, Spot(hub.mqtt_port, spot_id, lot_id) as sensor:
        page.subscribe(f"parking/{lot_id}/spots/{spot_id}")
        clock, occupied = time.time() - 3000, False
        for number in range(20):
            occupied = not occupied
            clock += 60
            sensor.report(occupied, timestamp=stamp(clock))
            assert sensor.color() == ("red" if occupied else "green")
            # Now that the LED knows it, it stands in the database.
            row, changes = book.spot(spot_id), book.changes(spot_id)
            assert row["status"] == ("occupied" if occupied else "free")
            assert len(changes) == number + 1 and changes[-1] == row["status"]
            # By the sensor's clock each lasted a minute: what came before counts; this when it has lasted.
            sessions = book.sessions(spot_id)
            assert len(sessions) in ((number + 1) // 2, number // 2 + 1) and all(session["departed_at"] for session in sessions[:-1])
            event = page.event(f"parking/{lot_id}/spots/{spot_id}", 1)["data"]
            assert (event["status"], event["color"]) == (row["status"], "red" if occupied else "green")
    book.check()


def test_a_change_is_on_the_page_at_once(hub, lot):
    lot_id, (spot_id, *_) = lot
    with Page(hub) as page, Spot(hub.mqtt_port, spot_id, lot_id) as sensor:
        page.subscribe(f"parking/{lot_id}/#")
        clock, occupied = time.time() - 3000, False
        for _ in range(10):
            occupied = not occupied
            clock += 60
            begun = time.monotonic()
            sensor.report(occupied, timestamp=stamp(clock))
            while page.event(f"parking/{lot_id}/spots/{spot_id}", 20)["data"]["occupied"] is not occupied:
                pass
            counted = page.event(f"parking/{lot_id}/counts", 20)["data"]
            assert counted["occupied_spots"] == int(occupied)
            # Under a second on an idle machine.
            assert time.monotonic() - begun < 20
