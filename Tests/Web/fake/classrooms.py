"""The classrooms of Sources/Solutions/Classrooms: rooms, their bookings, their power, and what staff write. Nothing of it happens by itself; tests say
what comes to pass. rooms.py has what is no route.

What others add lies in modules beside this one, `classrooms_NAME.py`, each with

    NEEDS, PAGES     as here (catalogue.py), where it has any; PUBLIC a pattern of paths for strangers
    Part(stand_in)   `add_to(router)` with its routes, and `demo()` if the demonstration has something of it
"""
import importlib
from datetime import timedelta
from pathlib import Path

from aiohttp import web

from .clock import iso, now, seconds
from .refused import Refused
from .rooms import MOST_OPEN, POLICY, TWO_DAYS, ZONE, Booking, come_before, end_of, expand, instant_of, out_of_range, plan, text_of, wall

PARTS = [importlib.import_module(f".{path.stem}", __package__) for path in sorted(Path(__file__).parent.glob("classrooms_*.py"))]
PUBLIC = "|".join(part.PUBLIC for part in PARTS if getattr(part, "PUBLIC", None)) or None
NEEDS = [*(need for part in PARTS for need in getattr(part, "NEEDS", [])),
         ("GET", r"/api/staff/classrooms.*", "classrooms.view"), ("POST", r"/api/contact", "classrooms.view"), (".*", r"/api/staff/.*", "classrooms.book")]
GRANTS = {"viewer": ["classrooms.view"], "staff": ["classrooms.view", "classrooms.book"],
          "operator": ["classrooms.view", "classrooms.book", "classrooms.bookers", "classrooms.bookings", "classrooms.power", "classrooms.manage", "classrooms.messages"]}
OWN_ROLES = []
LINKS = {"classrooms.calendar": "/api/feeds/{key}/classroom.ics", "classrooms.bookings": "/api/feeds/{key}/bookings.ics", "classrooms.door": "/classrooms/door#{key}"}
# A day of the next week, in which the demonstration has bookings.
NEXT_WEEK = f"{wall(now()) + timedelta(days=7 - wall(now()).weekday() + 1):%Y-%m-%d}"
PAGES = {"rooms": ("/classrooms", "grace"), "room": ("/classrooms/rooms/room-1-204", "grace"), "room-managed": ("/classrooms/rooms/room-1-204", "ada"),
         "rooms-later": ("/classrooms?when=later&seats=20", "grace"), "room-late": ("/classrooms/rooms/room-2-101", "grace"),
         "room-silent": ("/classrooms/rooms/chemistry-lab", "vera"), "week": (f"/classrooms/rooms/room-1-204/week?day={NEXT_WEEK}", "grace"),
         "week-now": ("/classrooms/rooms/room-2-101/week", "ada"), "bookings": ("/classrooms/bookings", "grace"), "bookings-past": ("/classrooms/bookings?tab=past", "grace"),
         "contact": ("/classrooms/contact?room=room-1-204", "vera"),
         **{name: page for part in PARTS for name, page in getattr(part, "PAGES", {}).items()}}
MOST_MESSAGES = 50


class StandIn:
    def __init__(self, world):
        self.world, self.rooms, self.bookings, self.messages, self.requests = world, {}, {}, [], {}
        self.parts = [part.Part(self) for part in PARTS]

    # Making.

    def add(self, name, building="Main building", capacity=30, equipment=(), id=None, **more):
        """A room of which nothing was heard yet; `device` is the one that is in it."""
        id = id or "-".join("".join(sign if sign.isalnum() else " " for sign in name.lower()).split())
        self.rooms[id] = {"name": name, "building": building, "capacity": capacity, "equipment": sorted(equipment), "zone": ZONE, "hours": "always", "buffer_minutes": 0,
                          "needs_approval": False, "policy": dict(POLICY), "classroom_id": id, "site": "main", "occupancy": "unknown", "occupancy_since": iso(now()),
                          "online": False, "power_on": None, "override": None, "switching": None, "observed_at": None, "device": None, "seen_since": None,
                          "missing_reports": 0, **more}
        return self.rooms[id]

    def heard(self, id, occupancy="idle", power_on=False, minutes=12):
        """Its device reports, and has done so for so many minutes."""
        since = now() - 60 * minutes
        self.rooms[id].update(device=self.rooms[id]["device"] or f"esp-{id}", online=True, occupancy=occupancy, occupancy_since=iso(since), observed_at=iso(now() - 20),
                              seen_since=now() - 86400, power_on=power_on)
        return self.rooms[id]

    def book_for(self, id, holder, purpose, begin, minutes=60, rule=None, **more):
        """Books without looking for what is refused; `begin` is an instant."""
        local = wall(begin, self.rooms[id]["zone"])
        starts = expand(rule, local) if rule else [local]
        times = [(each, instant_of(each, self.rooms[id]["zone"]), instant_of(each, self.rooms[id]["zone"]) + minutes * 60) for each in starts]
        made = Booking(id, holder, purpose, local, minutes, rule, times, **more)
        self.bookings[made.id] = made
        return made

    def demo(self):
        """Two buildings: rooms that are free, booked, in use, silent, and one without a device."""
        quarter = now() // 900 * 900
        beamer, board, sound = "Projector", "Whiteboard", "Loudspeakers"
        for name, building, capacity, equipment, more in [
                ("Room 1.204", "Main building", 32, [beamer, board], {}), ("Room 1.205", "Main building", 28, [beamer], {}), ("Room 1.206", "Main building", 28, [board], {}),
                ("Room 2.101", "Main building", 60, [beamer, sound, board], {}), ("Great Hall", "Main building", 240, [beamer, sound], {"needs_approval": True}),
                ("Chemistry lab", "Science wing", 24, ["Fume hood", board], {}), ("Computer room", "Science wing", 26, [beamer, "26 computers"], {}),
                ("Library corner", "Science wing", 8, [], {})]:
            self.add(name, building, capacity, equipment, **more)
        self.heard("room-1-204", minutes=12)
        self.heard("room-1-205", "occupied", True, 34)
        self.heard("room-1-206", "occupied", True, 8)
        self.heard("room-2-101", "idle", True, 26)
        self.heard("great-hall", minutes=190)
        self.heard("computer-room", minutes=3, power_on=True)
        silent = self.heard("chemistry-lab", "unknown", True, 25)
        silent.update(online=False, observed_at=iso(now() - 1800))
        self.rooms["computer-room"]["override"] = {"power_on": True, "until": iso(now() + 2400), "since": iso(now() - 1200)}
        used = self.book_for("room-1-205", "ada", "Maths 8a", quarter - 1800, 90)
        used.times[0].update(presence="confirmed")
        late = self.book_for("room-2-101", "grace", "Choir", (now() - 660) // 300 * 300, 90)
        late.times[0].update(presence="warned", made=quarter - 86400)
        self.book_for("room-1-204", "grace", "Physics 9b", quarter + 5400, 45)
        self.book_for("great-hall", "grace", "Parents' evening", self.on_day(3, 18), 120, status="requested")
        self.week("room-1-204")
        gone = self.book_for("room-1-206", "grace", "Debating club", quarter - 3 * 86400, 90)
        begin = gone.times[0]["begin"]
        gone.times[0].update(presence="released", ended=begin + 900, proof={
            "device_id": "esp-room-1-206", "warned_at": iso(begin + 600), "released_at": iso(begin + 900), "last_occupied": iso(begin - 4200),
            "seen_since": iso(begin - 86400 * 2), "last_seen": iso(begin + 840)})
        declined = self.book_for("great-hall", "grace", "Film night", self.on_day(9, 19), 180, status="declined")
        declined.remark = "The hall is being painted that week."
        for part in self.parts:
            getattr(part, "demo", lambda: None)()
        return self

    def on_day(self, days, hour, minute=0):
        """An instant of a day from now on, by the clock of the rooms."""
        return instant_of((wall(now()) + timedelta(days=days)).replace(hour=hour, minute=minute, second=0, microsecond=0))

    def next_monday(self, weeks=1):
        """The day, counted from today, on which a week begins."""
        return 7 * weeks - wall(now()).weekday()

    def week(self, id):
        """Bookings of the next week: those of others, and a lesson of grace's that comes again."""
        monday = self.next_monday()
        self.book_for(id, "ada", "Maths 8a", self.on_day(monday, 8), 90, "FREQ=WEEKLY;BYDAY=MO,WE,FR;COUNT=12")
        self.book_for(id, "grace", "Physics 9b", self.on_day(monday + 1, 10), 45, "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=8")
        self.book_for(id, "ada", "Staff meeting", self.on_day(monday + 2, 14), 60)
        self.book_for(id, "grace", "Exam", self.on_day(monday + 3, 13), 120)

    def figures(self):
        """As the hub counts: rooms with a device, and those whose device is silent."""
        held = [room for room in self.rooms.values() if room["device"]]
        return (len(held), sum(not room["online"] for room in held)) if self.rooms else None

    # Happenings.

    def change(self, id, **facts):
        """Something of a room changes, and every page hears of it."""
        room = self.rooms[id]
        if "occupancy" in facts:
            facts = {"occupancy_since": iso(now()), "observed_at": iso(now()), **facts}
        room.update(facts)
        self.show(room)

    def show(self, room):
        self.world.emit(f"classrooms/{room['classroom_id']}/state", self.view(room), "classrooms.view")

    def booked(self, booking):
        """The bookings of a room changed."""
        self.show(self.rooms[booking.room])
        self.world.emit(f"classrooms/{booking.room}/bookings", {"classroom_id": booking.room, "booking_id": booking.id}, "classrooms.view")

    def silence(self, id):
        self.change(id, online=False, occupancy="unknown", seen_since=None)

    def relay(self, id, is_on):
        """The relay says how it is; a person's word may be confirmed by that."""
        room = self.rooms[id]
        switching = room["switching"]
        if switching and switching["stage"] in ("asked", "sent") and switching["expected"] == is_on:
            room["switching"] = {**switching, "stage": "confirmed", "sent_at": switching["sent_at"] or iso(now()), "ended_at": iso(now())}
        self.change(id, power_on=is_on)

    def release(self, booking, number=0):
        """Nobody came: the rest is given away."""
        time = booking.times[number]
        device = self.rooms[booking.room]["device"]
        time.update(presence="released", ended=now(), proof={"device_id": device, "warned_at": iso(now() - 300), "released_at": iso(now()), "last_occupied": None,
                                                            "seen_since": iso(now() - 7200), "last_seen": iso(now() - 30)})
        self.show(self.rooms[booking.room])

    # What takes a room when.

    def items(self, id, start, to):
        """(booking, time) of a room between two instants, in order."""
        found = [(booking, time) for booking in self.bookings.values() if booking.room == id and booking.holds
                 for time in booking.times if not time["cancelled"] and time["begin"] < to and end_of(time) > start]
        return sorted(found, key=lambda item: item[1]["begin"])

    def slot(self, room, item):
        if not item:
            return None
        booking, time = item
        return {"start": iso(time["begin"]), "end": iso(end_of(time)), "presence": time["presence"], "requested": booking.status == "requested",
                "come_before": come_before(room, time)}

    def current(self, id, at=None):
        at = at or now()
        return next((item for item in self.items(id, at, at + 1) if item[1]["begin"] <= at < end_of(item[1])), None)

    def view(self, room):
        """How a room is, as live events show it."""
        at, id = now(), room["classroom_id"]
        present = self.current(id)
        coming = next((item for item in self.items(id, at, at + TWO_DAYS) if item[1]["begin"] > at), None)
        wanted, cause = self.decide(room, present, coming, at)
        override = room["override"]
        return {"classroom_id": id, "site": room["site"], "occupancy": room["occupancy"], "occupancy_since": room["occupancy_since"], "has_device": room["device"] is not None,
                "online": room["online"], "power_on": room["power_on"], "power_wanted": wanted, "power_cause": cause, "override": override,
                "switching": {key: value for key, value in room["switching"].items() if key != "expected"} if room["switching"] else None,
                "observed_at": room["observed_at"], "booked_now": present is not None, "current": self.slot(room, present), "next": self.slot(room, coming),
                "free_until": iso(at) if present else iso(coming[1]["begin"]) if coming else None}

    def decide(self, room, present, coming, at):
        as_it_is = room["power_on"] is not False
        if room["override"]:
            return room["override"]["power_on"], "manual"
        if not room["policy"]["automatic"]:
            return as_it_is, "not_automatic"
        if present:
            return True, "booked"
        if coming and coming[1]["begin"] - at <= 60 * room["policy"]["pre_power_minutes"]:
            return True, "booked_soon"
        return {"occupied": (True, "occupied"), "idle": (False, "idle")}.get(room["occupancy"], (as_it_is, "unknown"))

    FACTS = ["name", "building", "capacity", "equipment", "zone", "hours", "buffer_minutes", "needs_approval", "policy"]

    def shown(self, room):
        return {**{key: room[key] for key in self.FACTS}, **self.view(room)}

    def shown_time(self, booking, time, account, sees):
        own = booking.holder is not None and booking.holder == account
        visible = own or sees
        return {"booking_id": booking.id, "occurrence": time["occurrence"], "classroom_id": booking.room, "start": iso(time["begin"]), "end": iso(end_of(time)), "own": own,
                "requested": booking.status == "requested", "presence": time["presence"], "holder": booking.holder if visible else None,
                "purpose": booking.purpose if visible else None}

    def shown_booking(self, booking):
        room, past = self.rooms.get(booking.room), [time for time in booking.times if end_of(time) <= now()]
        times = past[-1:] + [time for time in booking.times if end_of(time) > now()]
        return {"booking_id": booking.id, "classroom_id": booking.room, "classroom": room["name"] if room else booking.room, "purpose": booking.purpose, "holder": booking.holder,
                "status": booking.status, "source": booking.source, "start": text_of(booking.start), "minutes": booking.minutes, "zone": room["zone"] if room else ZONE,
                "rrule": booking.rule, "remark": booking.remark, "created_at": iso(booking.made), "changed_at": iso(booking.changed),
                "occurrences": [{"occurrence": time["occurrence"], "start": iso(time["begin"]), "end": iso(end_of(time)), "booked_end": iso(time["end"]),
                                 "cancelled": time["cancelled"], "presence": time["presence"], "proof": time["proof"]} for time in times]}

    # Who asks.

    def account(self, request):
        """The user name of who asks; None on an open hub."""
        book = self.world.accounts
        session = None if book.open else book.session_of(request.cookies.get("martlet_access_test"))
        return session["name"] if session else None

    def may(self, request, right, site="main"):
        book = self.world.accounts
        if book.open:
            return True
        user = book.users.get(self.account(request))
        return bool(user) and any(right in grant["permissions"] and grant["site"] in ("*", site) for grant in book.grants(user))

    def room(self, request, right="classrooms.view"):
        room = self.rooms.get(request.match_info["id"])
        if not room or not self.may(request, right, room["site"]):
            raise Refused(404, "not_found", "Not found", f"There is no classroom {request.match_info['id']}.")
        return room

    def booking(self, request, changes=False):
        """One's own, or one that one may see or manage."""
        booking = self.bookings.get(request.match_info["id"])
        own = booking and booking.holder == self.account(request) and booking.source != "import"
        if not booking or not (own or self.may(request, "classrooms.bookings" if changes else "classrooms.bookers", self.rooms[booking.room]["site"])):
            raise Refused(404, "not_found", "Not found", "There is no such booking of yours.")
        return booking

    # Routes.

    def add_to(self, router):
        for method, path, handler in [
                ("GET", "/api/staff/classrooms", self.list), ("GET", "/api/staff/classrooms/{id}", self.one), ("GET", "/api/staff/classrooms/{id}/bookings", self.times),
                ("POST", "/api/staff/classrooms/{id}/check-in", self.check_in), ("POST", "/api/staff/classrooms/{id}/power", self.power),
                ("POST", "/api/staff/bookings", self.book), ("GET", "/api/staff/bookings", self.own), ("GET", "/api/staff/bookings/{id}", self.one_booking),
                ("PUT", "/api/staff/bookings/{id}", self.change_booking), ("DELETE", "/api/staff/bookings/{id}", self.cancel),
                ("DELETE", "/api/staff/bookings/{id}/occurrences/{occurrence}", self.cancel_time), ("POST", "/api/contact", self.contact)]:
            router.add_route(method, path, handler)
        for part in self.parts:
            part.add_to(router)

    async def list(self, request):
        query = request.query
        found = [room for id, room in sorted(self.rooms.items()) if self.may(request, "classrooms.view", room["site"])]
        if "from" in query or "to" in query:
            try:
                start, to = seconds(query["from"]), seconds(query["to"])
            except KeyError:
                start = to = 0
            if to <= start:
                raise Refused(400, "invalid_parameter", "A parameter is not understood", "Give from and to, with to after from.")
            found = [room for room in found if not self.in_the_way(room, start, to)]
        found = [room for room in found if room["capacity"] >= int(query.get("capacity", 0)) and set(query.getall("equipment", [])) <= set(room["equipment"])
                 and query.get("building") in (None, "", room["building"])]
        return web.json_response({"classrooms": [self.shown(room) for room in found], "next": None, "now": iso(now())})

    async def one(self, request):
        return web.json_response(self.shown(self.room(request)))

    async def times(self, request):
        room, query = self.room(request), request.query
        start = seconds(query["from"]) if "from" in query else now()
        to = seconds(query["to"]) if "to" in query else start + 7 * 86400
        if not start < to <= start + 366 * 86400:
            raise Refused(400, "invalid_parameter", "A parameter is not understood", "to is after from, and at most 366 days.")
        sees, account = self.may(request, "classrooms.bookers", room["site"]), self.account(request)
        return web.json_response({"bookings": [self.shown_time(booking, time, account, sees) for booking, time in self.items(room["classroom_id"], start, to)]})

    async def check_in(self, request):
        room = self.room(request, "classrooms.book")
        item = self.current(room["classroom_id"]) or self.current(room["classroom_id"], now() + 600)
        if not item:
            raise Refused(409, "conflict", "Conflict", f"No booking of {room['name']} begins now.")
        if item[0].holder != self.account(request) and not self.may(request, "classrooms.bookings", room["site"]):
            raise Refused(403, "forbidden", "This is not allowed", f"The booking of {room['name']} is another's.")
        if item[1]["presence"] in ("awaited", "warned"):
            item[1]["presence"] = "confirmed"
            self.show(room)
        return web.json_response(self.shown(room))

    async def power(self, request):
        room = self.room(request, "classrooms.book")
        item, body = self.current(room["classroom_id"]), await request.json()
        if not item or item[0].holder != self.account(request):
            raise Refused(403, "forbidden", "This is not allowed", "Switch the power while your own booking of the classroom runs.")
        self.switch(room, body, most=end_of(item[1]))
        return web.json_response(self.shown(room))

    def switch(self, room, body, most=None):
        """Takes a person's word: what becomes of it, `relay` says."""
        is_on, minutes = body["power_on"], body.get("minutes")
        until = now() + 60 * minutes if minutes else None
        until = min(until or most, most) if most else until
        room["override"] = None if is_on is None else {"power_on": is_on, "until": iso(until), "since": iso(now())}
        wanted = self.view(room)["power_wanted"]
        stage, problem = ("asked", None) if room["device"] else ("failed", "no_device")
        if room["device"] and room["online"] and room["power_on"] == wanted:
            stage = "confirmed"
        room["switching"] = {"switching_id": f"sw-{len(self.bookings)}-{now():.0f}", "power_on": is_on, "stage": stage, "asked_at": iso(now()),
                             "sent_at": iso(now()) if stage == "confirmed" else None, "ended_at": iso(now()) if stage != "asked" else None, "problem": problem, "expected": wanted}
        self.show(room)

    # Bookings.

    def in_the_way(self, room, begin, end, but=None):
        """What takes a room, with what stays free behind it; None: nothing."""
        spare = room["buffer_minutes"] * 60
        return next((item for item in self.items(room["classroom_id"], begin - spare, end + spare) if item[0] is not but), None)

    def need_free(self, request, room, times, but=None):
        for _, begin, end in times:
            if item := self.in_the_way(room, begin, end, but):
                booking, time = item
                visible = self.may(request, "classrooms.bookers", room["site"]) or booking.holder is not None and booking.holder == self.account(request)
                raise Refused(409, "conflict", "Conflict", f"{room['name']} is booked from {iso(time['begin'])} to {iso(time['end'])}: choose another time.", members={
                    "conflict": {"booking_id": booking.id, "start": iso(time["begin"]), "end": iso(time["end"]), "purpose": booking.purpose if visible else None,
                                 "holder": booking.holder if visible else None}})

    async def book(self, request):
        body = await request.json()
        room = self.rooms.get(body.get("classroom_id"))
        if not room or not self.may(request, "classrooms.book", room["site"]):
            raise Refused(404, "not_found", "Not found", f"There is no classroom {body.get('classroom_id')}.")
        name, account = body.get("request_id"), self.account(request)
        if name and (account, name) in self.requests:
            return web.json_response(self.shown_booking(self.requests[account, name]), status=201)
        manager = self.may(request, "classrooms.bookings", room["site"])
        start, minutes, rule, times = plan(room, body, manager)
        held = sum(booking.holder == account and booking.holds and booking.last_end() > now() for booking in self.bookings.values())
        if not manager and account and held >= MOST_OPEN:
            raise Refused(429, "limit_reached", "Limit reached", f"You have {held} bookings that are not over: cancel one to make another.")
        self.need_free(request, room, times)
        made = Booking(room["classroom_id"], account, body["purpose"], start, minutes, rule, times, "requested" if room["needs_approval"] and not manager else "confirmed")
        self.bookings[made.id] = made
        if name:
            self.requests[account, name] = made
        self.booked(made)
        return web.json_response(self.shown_booking(made), status=201, headers={"Location": f"/api/staff/bookings/{made.id}"})

    async def own(self, request):
        account = self.account(request)
        found = sorted((booking for booking in self.bookings.values() if booking.holder == account), key=lambda booking: (booking.last_end(), booking.id), reverse=True)
        return self.page_of(request, found, **({"account": account} if account else {}))

    def page_of(self, request, found, **more):
        """The page of these bookings that is asked for."""
        if after := request.query.get("after"):
            found = found[[booking.id for booking in found].index(after) + 1:]
        limit = int(request.query.get("limit", 50))
        return web.json_response({"bookings": [self.shown_booking(booking) for booking in found[:limit]], "next": found[limit - 1].id if len(found) > limit else None, **more})

    async def one_booking(self, request):
        return web.json_response(self.shown_booking(self.booking(request)))

    async def change_booking(self, request):
        booking, body = self.booking(request, changes=True), await request.json()
        former = self.rooms[booking.room]
        room = self.rooms.get(body.get("classroom_id") or booking.room)
        if not room:
            raise Refused(404, "not_found", "Not found", f"There is no classroom {body['classroom_id']}.")
        if not booking.holds:
            raise Refused(409, "conflict", "Conflict", f"The booking is {booking.status}: make a new one.")
        if booking.last_end() <= now():
            raise Refused(409, "conflict", "Conflict", "The booking is over: make a new one.")
        manager = self.may(request, "classrooms.bookings", room["site"])
        running = next((time for time in booking.times if time["begin"] <= now() < end_of(time)), None)
        if running and booking.rule is None:
            if room is not former:
                raise Refused(409, "conflict", "Conflict", "The booking has begun: only its end can be changed.")
            end = seconds(body["end"])
            if end <= now():
                raise out_of_range("The booking has begun: its new end lies after now, and not too far.")
            self.need_free(request, room, [(None, running["begin"], end)], booking)
            running.update(end=end, ended=None)
            booking.purpose = body["purpose"]
        else:
            start, minutes, rule, times = plan(room, body, manager)
            self.need_free(request, room, times, booking)
            booking.times = [time for time in booking.times if time["begin"] <= now()] + [booking.time(*each) for each in times]
            booking.room, booking.purpose, booking.start, booking.minutes, booking.rule = room["classroom_id"], body["purpose"], start, minutes, rule
            if room["needs_approval"] and not manager:
                booking.status = "requested"
        booking.changed = now()
        if former is not room:
            self.show(former)
        self.booked(booking)
        return web.json_response(self.shown_booking(booking))

    async def cancel(self, request):
        booking = self.booking(request, changes=True)
        return self.give_up(booking, booking.times)

    async def cancel_time(self, request):
        booking, name = self.booking(request, changes=True), request.match_info["occurrence"]
        later = request.query.get("following") == "true"
        return self.give_up(booking, [time for time in booking.times if time["occurrence"] == name or later and time["occurrence"] > name])

    def give_up(self, booking, times):
        if not booking.holds:
            raise Refused(409, "conflict", "Conflict", f"The booking is {booking.status} already.")
        meant = [time for time in times if end_of(time) > now() and not time["cancelled"]]
        if not meant:
            raise Refused(409, "conflict", "Conflict", "That time of the booking is over, or was given up.")
        for time in meant:
            if time["begin"] <= now():
                time["ended"] = now()
            else:
                time["cancelled"] = True
        if all(time["cancelled"] or end_of(time) <= now() for time in booking.times):
            booking.status = "cancelled"
        booking.changed = now()
        self.booked(booking)
        return web.json_response(self.shown_booking(booking))

    # Messages.

    async def contact(self, request):
        body = await request.json()
        for name, most in [("subject", 200), ("message", 5000)]:
            if not (body.get(name) or "").strip() or len(body[name].encode()) > most:
                raise Refused(400, "value_out_of_range", "Value out of range", f"{name} is 1 to {most} bytes.")
        sender = self.account(request)
        if sum(message["sender"] == sender and seconds(message["at"]) > now() - 86400 for message in self.messages) >= MOST_MESSAGES:
            raise Refused(429, "limit_reached", "Limit reached", f"You have sent {MOST_MESSAGES} messages today: wait for tomorrow.")
        self.messages.append({"id": len(self.messages) + 1, "site": body.get("site") or "main", "sender": sender, "subject": body["subject"], "message": body["message"],
                              "at": iso(now()), "answered_at": None, "answered_by": None})
        return web.json_response({"id": len(self.messages)}, status=201)
