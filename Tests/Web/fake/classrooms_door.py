"""The display at a classroom's door, as Sources/Solutions/Classrooms/Door has it: what it shows, checking in, booking from now on, and what people
set for it."""
import asyncio
import hashlib
import json
from datetime import timedelta

from aiohttp import web

from .clock import iso, now, seconds
from .refused import Refused
from .rooms import TWO_DAYS, Booking, end_of, instant_of, is_open, wall

PUBLIC = r"/api/room-doors.*"
NEEDS = [(".*", r"/api/admin/classrooms/[^/]+/door", "classrooms.manage")]
# Of a link to the door of the first room, which is in no list.
DEMO_KEY = "mlk_" + "D" * 43
PAGES = {"door": (f"/classrooms/door#{DEMO_KEY}", None)}
LENGTHS, EARLY, MOST_SHOWN, SLOT, SOON = [15, 30, 45, 60], 600, 5, 300, 4 * 3600
AWAITED = ("awaited", "warned")
GONE = Refused(404, "not_found", "Not found", "There is nothing at this address, or not any more.")


class Part:
    def __init__(self, stand_in):
        self.stand_in, self.rules, self.demo_room = stand_in, {}, None

    def demo(self):
        self.demo_room = "room-1-204"

    def add_to(self, router):
        for method, path, handler in [("GET", "/api/room-doors", self.board), ("POST", "/api/room-doors/check-in", self.check_in), ("POST", "/api/room-doors/book", self.book),
                                      ("GET", "/api/admin/classrooms/{id}/door", self.get_rules), ("PUT", "/api/admin/classrooms/{id}/door", self.set_rules)]:
            router.add_route(method, path, handler)

    def room(self, request):
        """The room of the key that is shown."""
        key = request.headers.get("Authorization", "").removeprefix("Bearer ")
        shared = [link["thing"] for link in self.stand_in.world.accounts.links if link["kind"] == "classrooms.door" and link["open"]]
        id = self.demo_room if key == DEMO_KEY else shared[0] if shared and key.startswith("mlk_") else None
        if id not in self.stand_in.rooms:
            raise GONE
        return self.stand_in.rooms[id]

    def rules_of(self, room):
        return self.rules.setdefault(room["classroom_id"], {"shows_purpose": False, "takes_bookings": False})

    def minute(self, room, instant):
        return wall(instant, room["zone"]).strftime("%H:%M")

    # What is shown.

    def items(self, room, at):
        return self.stand_in.items(room["classroom_id"], at, at + TWO_DAYS)

    def confirmable(self, room, at):
        return next((item for item in self.items(room, at) if item[1]["begin"] - EARLY <= at and item[0].status == "confirmed" and item[1]["presence"] in AWAITED), None)

    def released(self, room, at):
        found = [time for booking in self.stand_in.bookings.values() if booking.room == room["classroom_id"] for time in booking.times
                 if time["presence"] == "released" and time["begin"] <= at < time["end"]]
        return found[-1] if found else None

    def walk_up(self, room, at):
        """When a booking begins that is made now, and how long it may be."""
        begin = at // 60 * 60
        if not self.rules_of(room)["takes_bookings"] or room["needs_approval"] or self.stand_in.current(room["classroom_id"], at):
            return begin, []
        coming = [time["begin"] for _, time in self.items(room, at) if time["begin"] > at]
        free = min(coming, default=at + TWO_DAYS) - room["buffer_minutes"] * 60
        ends = {length: self.end(begin, length) for length in LENGTHS}
        return begin, [length for length, end in ends.items() if end <= free and is_open(room, wall(begin, room["zone"]), wall(end, room["zone"]))]

    def end(self, begin, length):
        return -(-(begin + length * 60) // SLOT) * SLOT

    def shown(self, room):
        at, rules = now(), self.rules_of(room)
        midnight = instant_of(wall(at, room["zone"]).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1), room["zone"])
        items = [item for item in self.items(room, at) if item[1]["begin"] < max(midnight, at + SOON)]
        slots = [{**self.stand_in.slot(room, item), "purpose": item[0].purpose if rules["shows_purpose"] else None} for item in items[:MOST_SHOWN]]
        present = self.stand_in.current(room["classroom_id"], at)
        coming = [time["begin"] for _, time in self.items(room, at) if time["begin"] > at]
        confirmable, released = self.confirmable(room, at), self.released(room, at)
        facts = {"zone": room["zone"], "name": room["name"], "building": room["building"], "capacity": room["capacity"], "occupancy": room["occupancy"],
                 "occupancy_since": room["occupancy_since"], "has_device": room["device"] is not None, "bookings": slots,
                 "further_bookings": max(0, len(items) - MOST_SHOWN), "free_until": None if present or not coming else iso(coming[0]),
                 "check_in": iso(confirmable[1]["begin"]) if confirmable else None, "check_in_minutes": EARLY // 60,
                 "takes_bookings": rules["takes_bookings"] and not room["needs_approval"], "walk_up_minutes": self.walk_up(room, at)[1],
                 "released": {"start": iso(released["begin"]), "end": iso(released["end"]), "released_at": iso(end_of(released))} if released else None}
        return {"version": hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16], "now": iso(at), **facts}

    async def board(self, request):
        shown, end = self.shown(self.room(request)), asyncio.get_running_loop().time() + float(request.query.get("wait", 0))
        while shown["version"] == request.query.get("after") and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(0.05)
            shown = self.shown(self.room(request))
        return self.answer(shown)

    def answer(self, shown, status=200):
        return web.json_response(shown, status=status, headers={"Cache-Control": "private, no-store"})

    # What one does there.

    async def check_in(self, request):
        room, at, body = self.room(request), now(), await request.json() if request.can_read_body else {}
        start = seconds(body["start"]) if body.get("start") else None
        open_now = [item for item in self.items(room, at) if item[1]["begin"] - EARLY <= at and start in (None, item[1]["begin"])]
        ready = next((item for item in open_now if item[0].status == "confirmed" and item[1]["presence"] in AWAITED), None)
        if ready:
            ready[1]["presence"] = "confirmed"
            self.stand_in.show(room)
        elif not any(time["presence"] == "confirmed" for _, time in open_now):
            raise Refused(409, "conflict", "Conflict", self.why_not(room, at, open_now))
        return self.answer(self.shown(room))

    def why_not(self, room, at, open_now):
        if open_now:
            return f"The booking from {self.minute(room, open_now[0][1]['begin'])} waits for approval: ask those who manage {room['name']}."
        if released := self.released(room, at):
            return (f"The booking from {self.minute(room, released['begin'])} was given away at {self.minute(room, end_of(released))}, because nobody came: "
                    "book the room anew.")
        coming = [time["begin"] for _, time in self.items(room, at) if time["begin"] > at]
        if not coming:
            return f"{room['name']} is not booked: there is nothing to check in for."
        return f"No booking begins now: check in for that of {self.minute(room, coming[0])} from {self.minute(room, coming[0] - EARLY)} on."

    async def book(self, request):
        room, at, length = self.room(request), now(), (await request.json()).get("minutes")
        if length not in LENGTHS:
            raise Refused(400, "value_out_of_range", "Value out of range", "minutes is 15, 30, 45 or 60.")
        if not self.rules_of(room)["takes_bookings"]:
            raise Refused(403, "forbidden", "This is not allowed", f"{room['name']} is not booked at its door: sign in and book it there.")
        if present := self.stand_in.current(room["classroom_id"], at):
            raise Refused(409, "conflict", "Conflict", f"{room['name']} is booked until {self.minute(room, end_of(present[1]))}: wait, or choose another room.")
        begin, lengths = self.walk_up(room, at)
        if length not in lengths:
            raise Refused(409, "conflict", "Conflict", f"{room['name']} is free for {max(lengths, default=0)} minutes: choose a shorter time.")
        local, end = wall(begin, room["zone"]), self.end(begin, length)
        made = Booking(room["classroom_id"], None, "Booked at the door", local, round((end - begin) / 60), None, [(local, begin, end)])
        made.times[0]["presence"] = "confirmed"
        self.stand_in.bookings[made.id] = made
        self.stand_in.booked(made)
        return self.answer(self.shown(room), 201)

    # What people set.

    async def get_rules(self, request):
        return web.json_response(self.rules_of(self.stand_in.room(request, "classrooms.manage")))

    async def set_rules(self, request):
        rules = self.rules_of(self.stand_in.room(request, "classrooms.manage"))
        rules.update({name: value for name, value in (await request.json()).items() if name in rules})
        return web.json_response(rules)
