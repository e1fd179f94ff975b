"""The display at a classroom's door against the built program: by its link alone, live without a socket, checking in and booking at the door."""

import re
import threading
from datetime import datetime, timedelta, timezone

import pytest
from support.clock import Clock
from support.waiting import wait_for

DOOR = "/api/room-doors"


@pytest.fixture
def school(own_closed):
    """A hub at its most talkative whose clock stands at nine in the morning, with a room, its device and a link to its door."""
    begin = datetime.now(timezone.utc).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=1)
    clock = Clock(begin.timestamp())
    clock.frozen = True
    hub = own_closed(clock=clock, settings={"MARTLET_LOG_LEVEL": "trace"})
    hub.admin.must("POST", "/api/admin/classrooms", {"classroom_id": "lab", "name": "Lab", "building": "North", "capacity": 24, "zone": "Europe/Berlin"}, (201,))
    added = hub.admin.must("POST", "/api/admin/devices", {"device_id": "esp-lab", "classroom_id": "lab"}, (201,))
    made = hub.admin.must("POST", "/api/links", {"kind": "classrooms.door", "thing": "lab", "purpose": "The tablet at the lab"}, (201,))
    hub.device_headers = {"X-Device-Id": "esp-lab", "X-API-Key": added["api_key"]}
    yield hub, made
    hub.stop()


def door(hub, key, more="", method="GET", body=None, **options):
    return hub.ask(DOOR + more, method, body, {"Authorization": f"Bearer {key}"}, **options)


def at(hub, minutes):
    instant = datetime.fromtimestamp(hub.clock.guess(), timezone.utc).replace(second=0, microsecond=0)
    return (instant + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def book(hub, begin, end):
    return hub.admin.must("POST", "/api/staff/bookings", {"classroom_id": "lab", "start": at(hub, begin), "end": at(hub, end), "purpose": "Choir of nobody's business"}, (201,))


def report(hub, occupied):
    body = {"is_occupied": occupied, "is_power_on": True, "timestamp": int(hub.clock.guess())}
    assert hub.ask("/api/esp/status", "POST", body, hub.device_headers).status == 200


def starts(board):
    return [datetime.fromisoformat(booking["start"]) for booking in board["bookings"]]


class Waiting(threading.Thread):
    """A display that waits for news of what it has."""

    def __init__(self, hub, key, version, wait=30):
        super().__init__(daemon=True)
        self.hub, self.key, self.path, self.answer = hub, key, f"?after={version}&wait={wait}", None
        self.start()

    def run(self):
        self.answer = door(self.hub, self.key, self.path, timeout=60)

    def told(self):
        self.join(60)
        assert self.answer is not None, "the display was told nothing"
        return self.answer


def test_the_door_opens_by_its_link_alone_and_tells_nobody_whose_a_booking_is(school):
    hub, made = school
    assert made["path"] == f"/classrooms/door#{made['key']}"
    assert hub.ask("/classrooms/door", headers={"Accept": "text/html"}).status == 200
    report(hub, False)
    book(hub, 60, 120)
    told = door(hub, made["key"])
    board = told.json()
    assert told.status == 200 and told.headers["Cache-Control"] == "private, no-store" and told.headers["Referrer-Policy"] == "no-referrer"
    assert (board["name"], board["building"], board["capacity"], board["zone"], board["occupancy"]) == ("Lab", "North", 24, "Europe/Berlin", "idle")
    assert len(board["bookings"]) == 1 and board["check_in"] is None and board["walk_up_minutes"] == []
    assert b"Choir" not in told.body and b"admin" not in told.body
    unknown = door(hub, "mlk_" + "A" * 43)
    assert unknown.status == 404
    other = hub.admin.must("POST", "/api/links", {"kind": "classrooms.calendar", "thing": "lab", "purpose": "x"}, (201,))
    for headers in ({}, hub.admin.headers, {"Authorization": f"Bearer {other['key']}"}, hub.device_headers):
        for path, method in ((DOOR, "GET"), (f"{DOOR}/check-in", "POST"), (f"{DOOR}/book", "POST")):
            answer = hub.ask(path, method, {"minutes": 15} if method == "POST" else None, headers)
            # A cookie without the page's own mark is refused before anything else.
            assert answer.status in (403, 404) and b"Lab" not in answer.body, (path, headers, answer)
    # Nothing else opens with its key.
    for path in ("/api/staff/classrooms", "/api/staff/classrooms/lab", "/api/admin/classrooms/lab/door"):
        assert hub.ask(path, headers={"Authorization": f"Bearer {made['key']}"}).status in (401, 403), path
    [link] = hub.admin.get("/api/links?thing=lab&kind=classrooms.door")["links"]
    assert link["uses"] == 1 and link["open"]
    assert made["key"] not in hub.log_text()


def test_a_display_hears_of_what_happens_while_it_waits(school):
    hub, made = school
    key = made["key"]
    board = door(hub, key).json()
    waiting = Waiting(hub, key, board["version"])
    book(hub, 60, 120)
    board = waiting.told().json()
    assert len(board["bookings"]) == 1
    waiting = Waiting(hub, key, board["version"])
    report(hub, True)
    board = waiting.told().json()
    assert board["occupancy"] == "occupied"
    # Time alone opens the check-in; the hub's clock says when.
    waiting = Waiting(hub, key, board["version"])
    wait_for(lambda: (hub.clock.advance(60), not waiting.is_alive())[1], "time passes, and the display is told")
    assert waiting.told().status == 200
    # A display that has something older is told at once, and one that does not wait as well.
    assert door(hub, key, "?after=older&wait=30").status == 200 and door(hub, key, f"?after={board['version']}").status == 200
    for wrong in ("?wait=31", "?wait=-1", "?wait=soon"):
        assert door(hub, key, wrong).status == 400
    # Revoked while it waits: the answer is that of a key that opens nothing.
    board = door(hub, key).json()
    waiting = Waiting(hub, key, board["version"], 20)
    hub.admin.must("DELETE", f"/api/links/{made['id']}")
    wait_for(lambda: (hub.clock.advance(5), not waiting.is_alive())[1], "the wait is over")
    assert waiting.told().status == 404 and door(hub, key).status == 404


def test_somebody_checks_in_at_the_door_from_ten_minutes_before_and_not_after_it_was_given_away(school):
    hub, made = school
    key = made["key"]
    report(hub, False)
    book(hub, 30, 90)
    book(hub, 100, 160)
    early = door(hub, key, "/check-in", "POST", {})
    # Nine in UTC is ten or eleven in Berlin.
    assert early.status == 409 and re.search(r"check in for that of 1[01]:30 from 1[01]:20 on", early.json()["detail"]), early
    for minute in range(0, 20, 2):
        report(hub, False)
        hub.clock.advance(120)
    assert starts(door(hub, key).json())[0] == datetime.fromisoformat(door(hub, key).json()["check_in"])
    answer = door(hub, key, "/check-in", "POST", {})
    assert answer.status == 200 and answer.json()["bookings"][0]["presence"] == "confirmed"
    # It is not given away, though nobody is seen there.
    for _ in range(15):
        report(hub, False)
        hub.clock.advance(120)
    assert door(hub, key).json()["bookings"][0]["presence"] == "confirmed"
    # To the second booking nobody comes: fifty minutes until it begins, and a little more than the fifteen that one has to come.
    for _ in range(34):
        report(hub, False)
        hub.clock.advance(120)
    late = door(hub, key, "/check-in", "POST", {})
    assert late.status == 409 and "was given away at" in late.json()["detail"], late
    assert door(hub, key).json()["released"]["start"]
    for body in ({"start": "soon"}, [], {"start": 1e300}):
        assert door(hub, key, "/check-in", "POST", body).status == 400, body
    statuses = [door(hub, key, "/check-in", "POST", {}) for _ in range(12)]
    assert statuses[-1].status == 429 and int(statuses[-1].headers["Retry-After"]) > 0


def test_the_room_is_booked_at_its_door_where_people_allow_it_and_ends_with_the_room(school):
    hub, made = school
    key = made["key"]
    assert door(hub, key, "/book", "POST", {"minutes": 30}).status == 403
    hub.admin.must("PUT", "/api/admin/classrooms/lab/door", {"takes_bookings": True})
    assert door(hub, key).json()["walk_up_minutes"] == [15, 30, 45, 60]
    assert door(hub, key, "/book", "POST", {"minutes": 25}).status == 400
    answer = door(hub, key, "/book", "POST", {"minutes": 30})
    assert answer.status == 201 and answer.json()["bookings"][0]["presence"] == "confirmed"
    assert door(hub, key, "/book", "POST", {"minutes": 15}).status == 409
    # It outlives the hub's end, and the room has power for it.
    hub.stop()
    hub.start()
    board = door(hub, key).json()
    assert len(board["bookings"]) == 1 and board["takes_bookings"]
    body = {"is_occupied": False, "is_power_on": False, "timestamp": int(hub.clock.guess())}
    assert hub.ask("/api/esp/status", "POST", body, hub.device_headers).json()["power_on"] is True
    waiting = Waiting(hub, key, door(hub, key).json()["version"])
    hub.admin.must("DELETE", "/api/admin/classrooms/lab")
    assert waiting.told().status == 404
    [ended] = [link for link in hub.admin.get("/api/links")["links"] if link["id"] == made["id"]]
    assert not ended["open"]
