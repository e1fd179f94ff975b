"""What those who run the classrooms ask (classrooms.py): rooms, devices, power, bookings of everybody, messages and logs."""
import csv
import io
import re
from zoneinfo import ZoneInfo

from aiohttp import web

from .clock import iso, now, seconds
from .refused import Refused
from .rooms import DAYS, POLICY, instant_of, out_of_range, wall

PUBLIC = None
NEEDS = [("POST", r"/api/admin/classrooms/[^/]+/power", "classrooms.power"), (".*", r"/api/admin/(classrooms|devices|status-logs|power-logs|dashboard).*", "classrooms.manage"),
         (".*", r"/api/admin/(bookings|booked-times).*", "classrooms.bookings"), (".*", r"/api/admin/messages.*", "classrooms.messages")]
RUN = "/classrooms/admin"
PAGES = {"run": (RUN, "ada"), "run-rooms": (f"{RUN}/rooms", "ada"), "run-room": (f"{RUN}/rooms/computer-room", "ada"),
         "run-settings": (f"{RUN}/rooms/great-hall?tab=settings", "ada"), "run-power": (f"{RUN}/power", "ada"), "run-devices": (f"{RUN}/devices", "ada"),
         "run-bookings": (f"{RUN}/bookings", "ada"), "run-messages": (f"{RUN}/messages?show=all", "ada"), "run-logs": (f"{RUN}/logs?room=room-1-205", "ada")}
BOUNDS = {"capacity": (0, 100_000), "buffer_minutes": (0, 240), "idle_after_seconds": (10, 3_600), "report_after_seconds": (10, 7_200), "off_after_seconds": (0, 7_200),
          "hold_seconds": (0, 14_400), "pre_power_minutes": (5, 240), "watts": (0, 1_000_000), "warn_after_minutes": (5, 240), "release_after_minutes": (1, 240),
          "exempt_from_minutes": (15, 10_080)}
HOURS = "hours is always, or for each day that is open mon to sun a list of times such as 08:00-18:00, none touching another."


def missing(name):
    return Refused(400, "missing_field", "A field is missing", f"{name} is missing.")


def not_understood(detail):
    return Refused(400, "invalid_parameter", "A parameter is not understood", detail)


def checked_hours(hours):
    """Opening hours as the hub takes them."""
    if hours == "always":
        return hours
    for day, parts in hours.items():
        ends = [re.fullmatch(r"(\d\d):([0-5]\d)-(\d\d):([0-5]\d)", part) for part in parts]
        if day not in DAYS or len(parts) > 4 or not all(ends):
            raise out_of_range(HOURS)
        spans = sorted((int(a) * 60 + int(b), int(c) * 60 + int(d)) for a, b, c, d in (end.groups() for end in ends))
        if any(not 0 <= a < b <= 1440 for a, b in spans) or any(a[1] >= b[0] for a, b in zip(spans, spans[1:])):
            raise out_of_range(HOURS)
    return {day: parts for day, parts in hours.items() if parts}


class Part:
    def __init__(self, stand_in):
        self.house = stand_in
        # Devices in no room, what was asked, and what relays did, newest first.
        self.spare, self.asked, self.relays = [], [], []

    def demo(self):
        house, at = self.house, now()
        for id, room in house.rooms.items():
            if room["device"]:
                self.register(room["device"], firmware="2.0.1" if "lab" in id else "2.1.0")
        self.spare.append("esp-old-hall")
        self.register("esp-old-hall", firmware=None)
        house.rooms["computer-room"]["missing_reports"] = 3
        house.rooms["room-2-101"]["policy"] = {**POLICY, "watts": 1200}
        house.rooms["great-hall"]["hours"] = {day: ["08:00-12:00", "13:00-22:00"] for day in DAYS[:5]}
        failed = {"switching_id": "sw-demo", "power_on": False, "stage": "failed", "asked_at": iso(at - 900), "sent_at": iso(at - 870), "ended_at": iso(at - 510),
                  "problem": "not_confirmed", "expected": False}
        house.rooms["room-1-206"].update(switching=failed, override={"power_on": False, "until": None, "since": iso(at - 900)})
        for number, (sender, subject, message) in enumerate([("grace", "Projector in 1.204", "The lamp is very dark. Can somebody look at it before Thursday's exam?"),
                                                             (None, "Heating", "It is cold in the science wing in the morning."), ("vera", "Thank you", "The new hall is fine.")]):
            house.messages.append({"id": len(house.messages) + 1, "site": "main", "sender": sender, "subject": subject, "message": message, "at": iso(at - 7200 * (3 - number)),
                                   "answered_at": iso(at - 3600) if number == 2 else None, "answered_by": "ada" if number == 2 else None})
        for index in range(24):
            id = ["room-1-205", "computer-room", "room-1-206"][index % 3]
            self.log(id, index % 2 == 0, at - 1500 * (24 - index), "manual" if index % 7 == 0 else "auto_control", late=index == 11)

    def register(self, id, **more):
        """The hub knows the device as well, and gives it its key."""
        book = self.house.world.accounts
        if id not in book.devices:
            book.add_device(id, "classroom", **more)

    # Happenings.

    def log(self, id, is_on, at=None, reason="auto_control", late=False):
        """A relay says what it did."""
        self.relays.insert(0, {"id": len(self.relays) + 1, "classroom_id": id, "device_id": self.house.rooms[id]["device"] or f"esp-{id}", "at": iso(at or now()),
                               "received_at": iso(at or now()), "power_on": is_on, "reason": reason, "late": late})

    def sent(self, id):
        """A reply took a person's word along."""
        room = self.house.rooms[id]
        room["switching"] = {**room["switching"], "stage": "sent", "sent_at": iso(now())}
        self.house.show(room)

    def fail(self, id, problem):
        """It did not come to that."""
        room = self.house.rooms[id]
        room["switching"] = {**room["switching"], "stage": "failed", "ended_at": iso(now()), "problem": problem}
        self.house.show(room)

    # Routes.

    def add_to(self, router):
        for method, path, handler in [
                ("GET", "/api/admin/dashboard", self.dashboard), ("GET", "/api/admin/classrooms", self.list), ("POST", "/api/admin/classrooms", self.add),
                ("GET", "/api/admin/classrooms/{id}", self.one), ("PUT", "/api/admin/classrooms/{id}", self.change), ("DELETE", "/api/admin/classrooms/{id}", self.remove),
                ("POST", "/api/admin/classrooms/{id}/power", self.power), ("GET", "/api/admin/devices", self.devices), ("POST", "/api/admin/devices", self.add_device),
                ("PUT", "/api/admin/devices/{device}", self.move_device), ("POST", "/api/admin/devices/{device}/key", self.new_key),
                ("DELETE", "/api/admin/devices/{device}", self.remove_device), ("GET", "/api/admin/bookings", self.requests), ("GET", "/api/admin/booked-times", self.times),
                ("POST", "/api/admin/bookings/{id}/decision", self.decide), ("GET", "/api/admin/messages", self.messages),
                ("POST", "/api/admin/messages/{id}/answered", self.answered), ("GET", "/api/admin/status-logs", self.status_logs),
                ("GET", "/api/admin/power-logs", self.power_logs)]:
            router.add_route(method, path, handler)

    def rooms(self, request, right="classrooms.manage"):
        return [room for _, room in sorted(self.house.rooms.items()) if self.house.may(request, right, room["site"])]

    async def dashboard(self, request):
        house, rooms, at = self.house, self.rooms(request), now()
        views = [house.view(room) for room in rooms]
        midnight = instant_of(wall(at).replace(hour=0, minute=0, second=0, microsecond=0))
        count = lambda is_so: sum(bool(is_so(view)) for view in views)
        return web.json_response({
            "rooms": len(rooms), "occupied": count(lambda view: view["occupancy"] == "occupied"), "powered": count(lambda view: view["power_on"] and view["online"]),
            "offline": count(lambda view: view["has_device"] and not view["online"]), "without_device": count(lambda view: not view["has_device"]),
            "unknown": count(lambda view: view["occupancy"] == "unknown"), "in_use_unbooked": count(lambda view: view["occupancy"] == "occupied" and not view["booked_now"]),
            "booked_unused": count(lambda view: view["occupancy"] == "idle" and view["booked_now"]),
            "bookings_today": sum(len(house.items(room["classroom_id"], midnight, midnight + 86400)) for room in rooms),
            "requests": sum(booking.status == "requested" for booking in house.bookings.values()),
            "messages": sum(message["answered_at"] is None for message in house.messages), "now": iso(at)})

    # Rooms.

    async def list(self, request):
        return web.json_response({"classrooms": [self.house.shown(room) for room in self.rooms(request)], "next": None})

    async def one(self, request):
        return web.json_response(self.house.shown(self.house.room(request, "classrooms.manage")))

    def facts(self, body):
        """What a body says of a room, checked as the hub checks it."""
        policy = body.get("policy") or {}
        for name, (least, most) in BOUNDS.items():
            value = {**policy, **body}.get(name)
            if value is not None and (not isinstance(value, int) or not least <= value <= most):
                raise out_of_range(f"{name} is a whole number from {least} to {most}.")
        if "name" in body and (not body["name"].strip() or len(body["name"].encode()) > 100):
            raise out_of_range("name is 1 to 100 bytes.")
        if "zone" in body:
            try:
                ZoneInfo(body["zone"])
            except (KeyError, ValueError, OSError):
                raise out_of_range("zone is a name of the IANA time zone database, such as Europe/Berlin.") from None
        if any(not 1 <= len(each.encode()) <= 40 for each in body.get("equipment", [])):
            raise out_of_range("A piece of equipment is 1 to 40 bytes without control characters.")
        if policy.get("fail_safe", "on") not in ("on", "hold"):
            raise out_of_range("fail_safe is on or hold.")
        if "hours" in body:
            body["hours"] = checked_hours(body["hours"])
        return body

    def check_name(self, body, but=None):
        name, building = body.get("name", but and but["name"]), body.get("building", but["building"] if but else "")
        if any(room is not but and (room["name"], room["building"]) == (name, building) for room in self.house.rooms.values()):
            raise Refused(409, "conflict", "Conflict", f"Another classroom of that building is called {name}: choose another name or building.")

    async def add(self, request):
        body = self.facts(await request.json())
        id = body.pop("classroom_id", None)
        if not body.get("name"):
            raise missing("name")
        if not self.house.may(request, "classrooms.manage", body.get("site", "main")):
            raise Refused(404, "not_found", "Not found", f"There is no site {body.get('site')}.")
        if id in self.house.rooms:
            raise Refused(409, "conflict", "Conflict", f"{id} is, or was, another classroom: choose another classroom_id.")
        self.check_name(body)
        policy = {**POLICY, **body.pop("policy", {})}
        room = self.house.add(body.pop("name"), body.pop("building", ""), body.pop("capacity", 0), body.pop("equipment", []), id, policy=policy, **body)
        self.house.show(room)
        return web.json_response(self.house.shown(room), status=201, headers={"Location": f"/api/admin/classrooms/{room['classroom_id']}"})

    async def change(self, request):
        room = self.house.room(request, "classrooms.manage")
        body = self.facts(await request.json())
        self.asked.append(dict(body))
        self.check_name(body, room)
        room["policy"] = {**room["policy"], **body.pop("policy", {})}
        room.update(body)
        self.house.show(room)
        return web.json_response(self.house.shown(room))

    async def remove(self, request):
        room = self.house.room(request, "classrooms.manage")
        id = room["classroom_id"]
        for booking in self.house.bookings.values():
            if booking.room == id and booking.holds and booking.last_end() > now():
                booking.status, booking.remark = "cancelled", "The classroom was removed."
        if room["device"]:
            self.spare.append(room["device"])
        del self.house.rooms[id]
        self.house.world.emit(f"classrooms/{id}/removed", {"classroom_id": id}, "classrooms.view")
        return web.Response(status=204)

    async def power(self, request):
        room, body = self.house.room(request, "classrooms.power"), await request.json()
        if "power_on" not in body:
            raise missing("power_on")
        minutes = body.get("minutes")
        if minutes is not None and (not isinstance(minutes, int) or not 1 <= minutes <= 10_080):
            raise out_of_range("minutes is a whole number from 1 to 10080.")
        self.asked.append(body)
        self.house.switch(room, body)
        return web.json_response(self.house.shown(room))

    # Devices.

    def shown_device(self, id, room=None, **more):
        seen = seconds(room["observed_at"]) if room and room["observed_at"] else None
        return {"device_id": id, "site": "main", "classroom_id": room["classroom_id"] if room else None, "online": bool(room and room["online"]),
                "last_seen": iso(seen), "missing_reports": room["missing_reports"] if room else 0, **more}

    def room_of(self, id):
        return next((room for room in self.house.rooms.values() if room["device"] == id), None)

    def known(self, request):
        id = request.match_info["device"]
        room = self.room_of(id)
        if not room and id not in self.spare:
            raise Refused(404, "not_found", "Not found", f"There is no device {id} of a classroom.")
        return id, room

    def need_keys(self, request):
        if not self.house.may(request, "devices.manage"):
            raise Refused(403, "forbidden", "This is not allowed", "This needs the right devices.manage.")

    async def devices(self, request):
        found = sorted([(room["device"], room) for room in self.rooms(request) if room["device"]] + [(id, None) for id in self.spare])
        return web.json_response({"devices": [self.shown_device(*each) for each in found], "next": None})

    def put(self, id, room):
        if room["device"]:
            raise Refused(409, "conflict", "Conflict", f"{room['device']} is the device of {room['classroom_id']}: take it out first.")
        room.update(device=id, online=False, occupancy="unknown", observed_at=None, seen_since=None, power_on=None, missing_reports=0)
        self.house.show(room)

    def take_out(self, id, room):
        if room:
            room.update(device=None, online=False, occupancy="unknown", seen_since=None)
            self.house.show(room)
        elif id in self.spare:
            self.spare.remove(id)

    async def add_device(self, request):
        body = await request.json()
        for name in ("device_id", "classroom_id"):
            if not body.get(name):
                raise missing(name)
        self.need_keys(request)
        room = self.house.rooms.get(body["classroom_id"])
        if not room or not self.house.may(request, "classrooms.manage", room["site"]):
            raise Refused(404, "not_found", "Not found", f"There is no classroom {body['classroom_id']}.")
        if body["device_id"] in self.house.world.accounts.devices:
            raise Refused(409, "conflict", "Conflict", f"{body['device_id']} is a device already: choose another name.")
        self.put(body["device_id"], room)
        self.register(body["device_id"], firmware=None, connected=False, last_seen=None)
        return self.keyed(body["device_id"], room, 201)

    def keyed(self, id, room, status=200):
        return web.json_response(self.shown_device(id, room, api_key=self.house.world.accounts.new_key()), status=status, headers={"Cache-Control": "no-store"})

    async def move_device(self, request):
        (id, former), body = self.known(request), await request.json()
        if "classroom_id" not in body:
            raise missing("classroom_id")
        room = self.house.rooms.get(body["classroom_id"])
        if body["classroom_id"] and not room:
            raise Refused(404, "not_found", "Not found", f"There is no classroom {body['classroom_id']}.")
        if room and room["device"] and room is not former:
            self.put(id, room)
        self.take_out(id, former)
        if room:
            self.put(id, room)
        else:
            self.spare.append(id)
        return web.json_response(self.shown_device(id, room))

    async def new_key(self, request):
        id, room = self.known(request)
        self.need_keys(request)
        return self.keyed(id, room)

    async def remove_device(self, request):
        id, room = self.known(request)
        self.need_keys(request)
        self.take_out(id, room)
        self.house.world.accounts.devices.pop(id, None)
        return web.Response(status=204)

    # Bookings.

    async def requests(self, request):
        found = sorted((booking for booking in self.house.bookings.values() if booking.status == "requested"), key=lambda booking: (booking.made, booking.id))
        return self.house.page_of(request, found)

    async def decide(self, request):
        body, house = await request.json(), self.house
        booking = house.bookings.get(request.match_info["id"])
        if not booking or booking.room not in house.rooms:
            raise Refused(404, "not_found", "Not found", "There is no such booking of yours.")
        if "approve" not in body:
            raise missing("approve")
        if len((body.get("remark") or "").encode()) > 200:
            raise out_of_range("remark is at most 200 bytes.")
        if booking.status != "requested":
            raise Refused(409, "conflict", "Conflict", f"The booking is {booking.status}: there is nothing to decide.")
        booking.status, booking.remark, booking.changed = "confirmed" if body["approve"] else "declined", body.get("remark") or "", now()
        house.booked(booking)
        return web.json_response(house.shown_booking(booking))

    async def times(self, request):
        house, query = self.house, request.query
        start = seconds(query["from"]) if "from" in query else now()
        to = seconds(query["to"]) if "to" in query else start + 86400
        if not start < to <= start + 31 * 86400:
            raise not_understood("to is after from, and at most 31 days.")
        rooms = [room["classroom_id"] for room in self.rooms(request, "classrooms.bookings") if query.get("classroom_id") in (None, "", room["classroom_id"])]
        key = lambda item: (item[1]["begin"], item[0].id)
        found = sorted((item for id in rooms for item in house.items(id, start, to)), key=key)
        if after := query.get("after"):
            begin, id = after.split("-", 1)
            found = [item for item in found if key(item) > (float(begin), id)]
        limit, sees, account = int(query.get("limit", 50)), house.may(request, "classrooms.bookers"), house.account(request)
        shown = [house.shown_time(booking, time, account, sees) for booking, time in found[:limit]]
        return web.json_response({"bookings": shown, "next": "{}-{}".format(*key(found[limit - 1])) if len(found) > limit else None})

    # Messages.

    async def messages(self, request):
        query = request.query
        found = [message for message in reversed(self.house.messages) if (query.get("open") != "true" or message["answered_at"] is None)
                 and message["id"] < int(query.get("after", 1 << 60))]
        limit = int(query.get("limit", 50))
        return web.json_response({"messages": found[:limit], "next": found[limit - 1]["id"] if len(found) > limit else None})

    async def answered(self, request):
        message = next((each for each in self.house.messages if str(each["id"]) == request.match_info["id"]), None)
        if not message:
            raise Refused(404, "not_found", "Not found", "There is no such message.")
        message.update(answered_at=iso(now()), answered_by=self.house.account(request))
        return web.json_response(message)

    # Logs.

    def span(self, query, usual):
        to = seconds(query["to"]) if "to" in query else now()
        start = seconds(query["from"]) if "from" in query else to - usual
        if not start < to:
            raise not_understood("from is before to.")
        return start, to

    def named(self, request):
        id = request.query.get("classroom_id")
        if id and id not in self.house.rooms:
            raise Refused(404, "not_found", "Not found", f"There is no classroom {id}.")
        return id

    def sheet(self, columns, rows):
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(columns)
        writer.writerows(rows)
        return web.Response(text=out.getvalue(), content_type="text/csv")

    async def status_logs(self, request):
        """A report every two minutes: somebody is there every other hour."""
        id, (start, to) = self.named(request), self.span(request.query, 3600)
        if not id:
            raise not_understood("classroom_id is the name of a classroom.")
        room = self.house.rooms[id]
        if not room["device"]:
            raise Refused(404, "not_found", "Not found", f"{id} has no device: there are no reports of it.")
        columns = ["time", "occupied", "power", "idle_seconds", "distance"]
        instants = range(int(start // 120 + 1) * 120, int(min(to, now())) + 1, 120)
        rows = [[iso(at), at // 3600 % 2 == 0, at // 3600 % 2 == 0, 0 if at // 3600 % 2 == 0 else at % 3600, 120 + at // 120 % 40] for at in instants]
        limit = int(request.query.get("limit", 10_000))
        if "text/csv" in request.headers.get("Accept", ""):
            return self.sheet(columns, rows[-limit:])
        return web.json_response({"device_id": room["device"], "from": iso(start), "to": iso(to), "step": None, "agg": None, "fields": columns[1:], "columns": columns,
                                  "rows": rows[-limit:], "truncated": len(rows) > limit, "incomplete": self.house.world.gaps})

    async def power_logs(self, request):
        id, (start, to) = self.named(request), self.span(request.query, 30 * 86400)
        after, limit = int(request.query.get("after", 1 << 60)), int(request.query.get("limit", 1000))
        found = [entry for entry in self.relays if id in (None, entry["classroom_id"]) and start <= seconds(entry["at"]) < to and entry["id"] < after]
        if "text/csv" in request.headers.get("Accept", ""):
            columns = ["id", "classroom_id", "device_id", "at", "received_at", "power_on", "reason", "late"]
            return self.sheet(columns, [[entry[key] for key in columns] for entry in found])
        return web.json_response({"logs": found[:limit], "next": found[limit - 1]["id"] if len(found) > limit else None})
