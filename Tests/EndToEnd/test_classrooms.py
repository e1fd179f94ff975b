"""Classrooms over HTTP, as devices of old and people ask: a script that follows contracts to the letter, and races."""

import json
import math
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest

from conftest import LOGS
from support.accounts import Closed, Signed
from support.clients import Client
from support.clock import Clock


class Device:
    """A board with a movement sensor and a relay, as the contract has it: 60 s idle, 120 s reported, 180 s until the power goes. It knows
    nothing but what it is told, and counts seconds."""

    IDLE_REPORTED, OFF_DELAY, EVERY = 120, 180, 120

    def __init__(self, hub, name, key):
        self.hub, self.headers = hub, {"X-Device-Id": name, "X-API-Key": key}
        self.power, self.reply = True, None
        self.moved_at, self.off_since, self.next_report, self.reported = 0, None, 0, None
        self.told = []

    def step(self, second, moves, epoch):
        """One second of its life."""
        if moves:
            self.moved_at, self.off_since = second, None
        if self.off_since is not None and self.power and second - self.off_since >= self.OFF_DELAY:
            self.power, self.off_since = False, None
            answer = self.hub.ask("/api/esp/power-log", "POST", {"power_on": False, "reason": "auto_control", "timestamp": epoch}, headers=self.headers)
            assert answer.status == 200, answer
        occupied = second - self.moved_at < self.IDLE_REPORTED
        if occupied != self.reported or second >= self.next_report:
            self.reported, self.next_report = occupied, second + self.EVERY
            answer = self.hub.ask("/api/esp/status", "POST", {"is_occupied": occupied, "is_power_on": self.power, "timestamp": epoch}, headers=self.headers)
            assert answer.status == 200, answer
            self.reply = answer.json()
            assert set(self.reply) == {"is_booked", "power_on", "message"} and self.reply["message"] == "OK"
            self.told.append((second, occupied, self.reply["is_booked"], self.reply["power_on"]))
            if self.reply["power_on"]:
                self.power, self.off_since = True, None
            elif self.off_since is None:
                self.off_since = second


def lasting(hub, person):
    """The same person with a token that outlives the days of these tests: a sign-in ends after minutes."""
    held = person.get("/api/session")["user"]["permissions"]
    return Signed(hub, person.personal_token(held, days=30)["token"], person.name)


def somebody(hub):
    return lasting(hub, hub.person("staff"))


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    log = LOGS / "e2e-classrooms.log"
    log.unlink(missing_ok=True)
    hub = Closed(tmp_path_factory.mktemp("school") / "data", log)
    begin = datetime.now(timezone.utc).replace(hour=7, minute=0, second=0, microsecond=0) + timedelta(days=1)
    hub.clock = Clock(begin.timestamp())
    hub.clock.frozen = True
    hub.start()
    # The clock passes the end of any sign-in.
    hub._admin, hub._admin_until = lasting(hub, hub.admin), math.inf
    yield hub
    hub.stop()


@pytest.fixture
def room(school, fresh):
    """A classroom with its device; (its name, the device's name, the device's key)."""
    made = school.admin.must("POST", "/api/admin/classrooms", {"name": f"Room {fresh}", "building": "A", "capacity": 30, "equipment": ["projector"]}, (201,))
    name = made["classroom_id"]
    added = school.admin.must("POST", "/api/admin/devices", {"device_id": f"esp-{fresh}", "classroom_id": name}, (201,))
    return name, f"esp-{fresh}", added["api_key"]


def at(hub, minutes):
    """So many minutes from now by the hub's clock, as people write it."""
    instant = datetime.fromtimestamp(hub.clock.guess(), timezone.utc).replace(second=0, microsecond=0)
    return (instant + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def book(who, room, hub, begin, end, **more):
    return who.ask("/api/staff/bookings", "POST", {
        "classroom_id": room, "start": at(hub, begin), "end": at(hub, end), "purpose": "Physics", **more})


def test_a_device_of_old_lives_through_a_day_and_is_told_what_was_promised(school, room):
    """Three hours in steps of ten seconds: a lesson with people, a break, a booking of which nobody makes use, then an idle room."""
    name, device, key = room
    anna = somebody(school)
    # 0:30 to 1:00 is booked and used, 2:00 to 2:30 is booked and not.
    assert book(anna, name, school, 30, 60).status == 201
    unused = book(anna, name, school, 120, 150)
    assert unused.status == 201
    board = Device(school, device, key)
    power = {}
    for second in range(0, 3 * 3600, 10):
        moves = 30 * 60 <= second < 55 * 60 and second % 50 == 0
        board.step(second, moves, int(school.clock.guess()))
        power[second // 60] = board.power
        school.clock.advance(10)
    by_minute = {}
    for second, occupied, booked, wanted in board.told:
        by_minute[second // 60] = (occupied, booked, wanted)
    # Idle from the third minute on: told to go dark at once, dark three minutes later.
    assert by_minute[2] == (False, False, False) and power[4] and not power[6]
    # At ten to the room counts as booked, and has power before anybody comes.
    before = [told for minute, told in by_minute.items() if 20 <= minute < 30]
    assert before and all(booked and wanted for _, booked, wanted in before) and power[29]
    # Never dark while booked, whether somebody moves or not.
    assert all(power[minute] for minute in range(30, 60))
    # After the lesson it goes dark again.
    assert not power[75]
    # Nobody comes at two: given away at a quarter past, dark soon after, although it was booked until half past.
    assert power[121] and not power[140]
    shown = anna.get(f"/api/staff/bookings/{unused.json()['booking_id']}")["occurrences"][0]
    assert shown["presence"] == "released" and shown["proof"]["device_id"] == device and shown["end"] < shown["booked_end"]
    used = [entry for entry in anna.get("/api/staff/bookings")["bookings"] if entry["booking_id"] != unused.json()["booking_id"]]
    assert used[0]["occurrences"][0]["presence"] == "confirmed"
    log = school.admin.get(f"/api/admin/power-logs?classroom_id={name}&from={at(school, -240)}&to={at(school, 1)}")["logs"]
    assert len(log) == 3 and {entry["reason"] for entry in log} == {"auto_control"}


def test_booked_from_two_to_three_and_asked_at_ten_to_two(school, room):
    name, device, key = room
    anna = somebody(school)
    assert book(anna, name, school, 60, 120).status == 201
    headers = {"X-Device-Id": device, "X-API-Key": key}
    body = {"is_occupied": False, "is_power_on": True, "timestamp": int(school.clock.guess())}
    answer = school.ask("/api/esp/status", "POST", body, headers=headers)
    assert answer.status == 200 and answer.json() == {"is_booked": False, "power_on": False, "message": "OK"}
    school.clock.advance(50 * 60)
    # The same in the body, as the first firmware does it.
    answer = school.ask("/api/esp/status", "POST", body | {"device_id": device, "api_key": key, "timestamp": int(school.clock.guess())})
    assert answer.status == 200 and answer.json() == {"is_booked": True, "power_on": True, "message": "OK"}


def test_of_five_hundred_who_want_the_same_time_one_gets_it(school, room):
    """Sixteen connections, 500 requests for four times that overlap each other pair by pair."""
    name = room[0]
    people = [somebody(school) for _ in range(4)]
    wishes = [(people[number % 4], 600 + 5 * (number % 4)) for number in range(500)]
    gate = threading.Barrier(16)
    started = threading.local()

    def wish(given):
        who, begin = given
        if not getattr(started, "yes", False):
            started.yes = True
            gate.wait(20)
        answer = book(who, name, school, begin, begin + 60)
        if answer.status == 409:
            assert answer.json()["code"] == "conflict" and answer.json()["conflict"]["booking_id"], answer
        return answer.status

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(wish, wishes))
    # Of one person at most fifty bookings are open: here each gets none or one.
    assert statuses.count(201) == 1 and set(statuses) == {201, 409}, statuses
    taken = school.admin.get(f"/api/staff/classrooms/{name}/bookings?from={at(school, 0)}&to={at(school, 1440)}")["bookings"]
    assert len(taken) == 1


def test_a_device_speaks_for_its_own_room_alone(school, room, fresh):
    name, device, key = room
    other = school.admin.must("POST", "/api/admin/classrooms", {"name": f"Other {fresh}"}, (201,))["classroom_id"]
    second = school.admin.must("POST", "/api/admin/devices", {"device_id": f"other-{fresh}", "classroom_id": other}, (201,))["api_key"]
    body = {"is_occupied": True, "is_power_on": True}
    wrong = school.ask("/api/esp/status", "POST", body, headers={"X-Device-Id": device, "X-API-Key": second})
    assert wrong.status == 401, wrong
    shown = school.admin.get(f"/api/staff/classrooms/{name}")
    assert shown["occupancy"] == "unknown" and shown["observed_at"] is None


def test_a_device_that_nobody_added_waits_until_an_admin_lets_it_in(school, fresh):
    """Its name and key come in the body, and the address is the same for all: what it says is kept for it all the same."""
    name, key = f"esp-new-{fresh}", f"offered-{fresh}-0123456789"
    body = {"device_id": name, "api_key": key, "is_occupied": True, "is_power_on": True}
    assert school.ask("/api/esp/status", "POST", body).status == 401
    school.admin.must("POST", "/api/join", {"minutes": 5})
    answer = school.ask("/api/esp/status", "POST", body)
    assert answer.status == 202 and answer.json() == {"status": "pending"}, answer
    school.admin.must("DELETE", "/api/join")
    waiting = school.admin.get(f"/api/devices/{name}")
    assert (waiting["kind"], waiting["topics"]) == ("classroom", [f"classrooms/{name}/status"]), waiting
    school.admin.must("POST", f"/api/devices/{name}/approve", {"kind": "classroom", "credential": "offered"})
    answer = school.ask("/api/esp/status", "POST", body)
    assert answer.status == 200 and answer.json()["power_on"] and "No classroom" in answer.json()["message"], answer
    room = school.admin.must("POST", "/api/admin/classrooms", {"name": f"New {fresh}"}, (201,))["classroom_id"]
    school.admin.must("PUT", f"/api/admin/devices/{name}", {"classroom_id": room})
    assert school.ask("/api/esp/status", "POST", body).json() == {"is_booked": False, "power_on": True, "message": "OK"}
    assert school.admin.get(f"/api/staff/classrooms/{room}")["occupancy"] == "occupied"


def test_a_device_of_today_hears_over_mqtt_what_it_is_promised(school, room):
    """Numbered reports, an answer to each, the bookings of the next two days, and what changes at once."""
    name, device, key = room
    anna = somebody(school)
    with Client(school.mqtt_port, username=device, password=key, subscriptions=[(f"classrooms/{device}/control", 1), (f"classrooms/{device}/schedule", 1)]) as board:

        def hear(topic):
            message = board.receive()
            while message.topic != f"classrooms/{device}/{topic}":
                message = board.receive()
            return json.loads(message.payload)

        assert board.publish(f"classrooms/{device}/status", {"is_occupied": False, "is_power_on": True, "boot": 7, "seq": 1}) == 0
        lease = hear("schedule")
        assert lease["bookings"] == [] and lease["until"] - lease["now"] >= 48 * 3600 and lease["policy"]["pre_power_minutes"] == 15
        assert anna.ask("/api/staff/bookings", "POST", {"classroom_id": name, "start": at(school, 10), "end": at(school, 40), "purpose": "Physics"}).status == 201
        told = hear("control")
        while not told["is_booked"]:
            told = hear("control")
        assert told == {"is_booked": True, "power_on": True, "message": "OK", "manual": False}
    with Client(school.mqtt_port, username=device, password=key, subscriptions=[(f"classrooms/{device}/schedule", 1)]) as board:
        kept = json.loads(board.receive().payload)
        assert [end - begin for begin, end in ((one["start"], one["end"]) for one in kept["bookings"])] == [1800]
    assert school.ask("/api/esp/schedule", headers={"X-Device-Id": device, "X-API-Key": key}).json()["bookings"] == kept["bookings"]
