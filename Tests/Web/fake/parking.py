"""The car parks of docs/parking-api.md: lots, spots, prices, forecasts, reservations, and what owners see. Nothing of it happens by itself; tests
say what comes to pass."""
import csv
import io
import json
import math
import secrets
from datetime import datetime, timezone

from aiohttp import web

from .clock import iso, now, seconds
from .refused import Refused

# What strangers may ask; the car parks look themselves at what else they may.
PUBLIC = r"/api/(lots|stats|reservations|payments|init|lot-boards).*"
NEEDS = []
GRANTS = {"viewer": ["parking.view"], "attendant": ["system.view", "parking.view", "parking.override", "parking.pay", "parking.reserve"]}
# A role of the stand-in's own beside those of the hub.
OWN_ROLES = [{"id": "attendant", "summary": "Looks after a car park"}]
LINKS = {"parking.board": "/parking/shared/board#{key}"}
# Of a link to the garage's board, which is in no list.
DEMO_KEY = "mlk_" + "D" * 43
OWNER = {f"owner-{tab or 'now'}": f"/parking/owner/LOT001{f'?tab={tab}' if tab else ''}"
         for tab in ["", "spots", "sensors", "money", "tariffs", "reservations", "settings"]}
PAGES = {"lots": ("/parking", None), "driver": ("/parking/LOT001?spot=G004", None), "yard": ("/parking/LOT002", None), "board": ("/parking/board/LOT001", None),
         "shared-board": (LINKS["parking.board"].replace("{key}", DEMO_KEY), None),
         "owner": ("/parking/owner", "ada"), **{name: (path, "ada") for name, path in OWNER.items()}}

STATUSES = ["free", "occupied", "reserved", "out_of_service", "unknown"]
NAMES = {"free": "available_spots", "occupied": "occupied_spots", "reserved": "reserved_spots", "out_of_service": "out_of_service_spots", "unknown": "unknown_spots"}
COLOURS = {"free": "green", "occupied": "red", "reserved": "red_blink", "out_of_service": "off", "unknown": "amber"}
RULES = [{"name": "Day", "weekdays": ["mon", "tue", "wed", "thu", "fri", "sat"], "from": "08:00", "to": "20:00", "kinds": [], "price": "per_started", "minutes": 60, "minor": 250},
         {"name": "Night", "weekdays": [], "from": "20:00", "to": "08:00", "kinds": [], "price": "flat", "minor": 400}]
TARIFF = {"currency": "EUR", "free_minutes": 15, "free_minutes_apply": "always", "daily_cap_minor": 1800, "rules": RULES}


class Lot:
    def __init__(self, id, name, address, latitude, longitude, public=True, zone="Europe/Berlin"):
        self.id, self.name, self.address, self.latitude, self.longitude, self.public, self.zone = id, name, address, latitude, longitude, public, zone
        self.stale, self.width, self.height = 300, 0, 0
        self.spots = {}
        self.tariffs = [{"version": 1, "valid_from": iso(now() - 86400 * 90), "created_by": "ada", "created_at": iso(now() - 86400 * 90), "tariff": TARIFF}]
        self.sessions, self.payments = [], []


class StandIn:
    def __init__(self, world):
        self.world, self.lots, self.reservations, self.applied, self.overridden = world, {}, {}, [], []
        # Parts of the time of which readings are lost.
        self.gaps = []
        # Of the time before that nothing is known.
        self.observed_since = 0
        self.rows_of_a_page = 1000

    # Making.

    def demo(self):
        """A garage with two levels on a plan, a yard without one, and a lot that is not public."""
        garage = self.lots["LOT001"] = Lot("LOT001", "Garage at the Mill", "Mill Lane 4, Oldtown", 52.5205, 13.4095)
        garage.width, garage.height = 33, 25
        for level in ["0", "1"]:
            for index in range(24):
                row, column = divmod(index, 12)
                kind = {0: "disabled", 1: "disabled", 10: "ev", 11: "ev", 12: "family", 23: "motorcycle"}.get(index, "standard")
                status = "free" if (index * 7 + int(level) * 3) % 5 in (0, 2) else "occupied"
                self.add(garage, f"G{level}{index + 1:02d}", level, "AB"[row], kind, 2.5 + column * 2.6, 4 + row * 16, status)
        for id, status in [("G005", "reserved"), ("G008", "out_of_service"), ("G017", "unknown")]:
            garage.spots[id].update(status=status)
        garage.spots["G017"].update(since=iso(now() - 1840), observed_at=iso(now() - 1840))
        garage.spots["G004"].update(status="occupied", override={"occupied": True, "at": iso(now() - 900), "until": iso(now() + 2700), "by": "ada"})
        yard = self.lots["LOT002"] = Lot("LOT002", "Yard behind the Station", "Station Road 11", 52.5301, 13.4201)
        for index in range(14):
            self.add(yard, f"Y{index + 1:02d}", "0", "N" if index < 8 else None, "standard", None, None, "occupied" if index % 3 else "free")
        private = self.lots["STAFF"] = Lot("STAFF", "Staff only", "", None, None, public=False)
        self.add(private, "S1", "0", None, "standard", None, None, "free")
        self.money(garage)
        return self

    def add(self, lot, id, level="0", zone=None, kind="standard", x=None, y=None, status="unknown"):
        at = now()
        lot.spots[id] = {"spot_id": id, "lot_id": lot.id, "occupied": status == "occupied", "distance": 34 if status == "occupied" else 201, "status": status, "label": id,
                         "since": iso(at - 60 * (7 + len(lot.spots) * 5 % 90)), "observed_at": iso(at - 4) if status != "unknown" else None, "stale_after_seconds": lot.stale,
                         "color": COLOURS[status], "override": None, "level": level, "zone": zone, "kind": kind, "x": x, "y": y, "rotation": 0,
                         "sensor": {"decides": "flag", "threshold_cm": 115, "hysteresis_cm": 30, "debounce_seconds": 2, "sensed_occupied": status == "occupied",
                                    "heard_at": iso(at - 4) if status != "unknown" else None, "client_id": "ctrl-1"}}
        return lot.spots[id]

    def money(self, lot):
        at = now()
        for index in range(40):
            begin, length = at - 3600 * (index * 2.3 + 1), 900 + (index * 1777) % 14000
            due = 250 * math.ceil(length / 3600)
            paid = due if index % 4 else 0
            session = {"session_id": f"ses_{index:04d}{secrets.token_hex(6)}", "spot_id": f"G0{index % 24 + 1:02d}", "lot_id": lot.id, "kind": "standard", "arrived_at": iso(begin),
                       "departed_at": iso(begin + length) if index else None, "due_minor": due if index else None, "due_so_far_minor": None if index else 250,
                       "balance_minor": due - paid if index else None, "currency": "EUR", "tariff_version": 1, "state": "open" if index == 0 else "paid" if paid else "unpaid",
                       "waived_minor": 0, "reservation_id": None}
            lot.sessions.append(session)
            if paid:
                lot.payments.append({"payment_id": f"pay_{index:04d}", "session_id": session["session_id"], "spot_id": session["spot_id"], "lot_id": lot.id, "amount_minor": paid,
                                     "currency": "EUR", "method": "card", "paid_at": iso(begin + length), "refunds": None, "refunded_minor": 0})

    def figures(self):
        return (sum(len(lot.spots) for lot in self.lots.values()), 1) if self.lots else None

    # Happenings.

    def change(self, lot_id, spot_id, status, **more):
        """A spot changes, and every page hears of it."""
        lot = self.lots[lot_id]
        spot = lot.spots[spot_id]
        occupied = {"occupied": True, "free": False, "reserved": False}.get(status)
        spot.update(status=status, occupied=occupied, since=iso(now()), color=COLOURS[status], distance=34 if occupied else 201, **more)
        if status in ("free", "occupied"):
            spot["observed_at"] = iso(now())
        hidden = {"level", "zone", "kind", "x", "y", "rotation", "sensor"}
        self.world.emit(f"parking/{lot_id}/spots/{spot_id}", {"event": "spot_update", **{k: v for k, v in spot.items() if k not in hidden}}, None if lot.public else "parking.view")
        self.world.emit(f"parking/{lot_id}/counts", {"event": "counts", "lot_id": lot_id, "at": iso(now()), **self.counts(lot)}, None if lot.public else "parking.view")

    # Answers.

    @staticmethod
    def tally(spots):
        spots = list(spots)
        known = sum(s["status"] in ("free", "occupied", "reserved") for s in spots)
        return {"total_spots": len(spots), **{NAMES[word]: sum(s["status"] == word for s in spots) for word in STATUSES},
                "occupancy_rate": sum(s["status"] == "occupied" for s in spots) / known if known else None}

    def counts(self, lot):
        by = lambda key: {str(value): self.tally(s for s in lot.spots.values() if s[key] == value) for value in {s[key] for s in lot.spots.values()} if value is not None}
        return {**self.tally(lot.spots.values()), "levels": by("level"), "zones": by("zone"), "kinds": by("kind")}

    def shown(self, lot):
        return {"lot_id": lot.id, "name": lot.name, "site": "main", "address": lot.address, "latitude": lot.latitude, "longitude": lot.longitude, "time_zone": lot.zone,
                "currency": "EUR", "public": lot.public, "stale_after_seconds": lot.stale, "plan": {"width": lot.width, "height": lot.height}, "price_per_hour": 2.5,
                **self.counts(lot)}

    def may(self, request, right):
        book = self.world.accounts
        if book.open:
            return True
        session = book.session_of(request.cookies.get("martlet_access_test"))
        user = book.users.get(session["name"]) if session else None
        return bool(user) and right in book.with_rights(user)["permissions"]

    def need(self, request, right):
        if not self.may(request, right):
            raise Refused(403, "forbidden", "This is not allowed", f"This needs the right {right}.")

    def lot(self, request):
        lot = self.lots.get(request.match_info["id"])
        if not lot or not (lot.public or self.may(request, "parking.view")):
            raise Refused(404, "not_found", "There is no such lot")
        return lot

    def add_to(self, router):
        for method, path, handler in [
                ("GET", "/api/lot-boards", self.shared_board), ("GET", "/api/lots", self.get_lots), ("POST", "/api/lots", self.add_lot), ("POST", "/api/init", self.init), ("GET", "/api/lots/export", self.export), ("GET", "/api/lots/{id}", self.get_lot),
                ("PUT", "/api/lots/{id}", self.change_lot), ("GET", "/api/stats/{id}", self.stats), ("POST", "/api/lots/{id}/override", self.override),
                ("POST", "/api/lots/{id}/spots", self.add_spot), ("GET", "/api/lots/{id}/price", self.price), ("GET", "/api/lots/{id}/forecast", self.forecast),
                ("POST", "/api/lots/{id}/reservations", self.reserve), ("GET", "/api/lots/{id}/reservations", self.lot_reservations), ("GET", "/api/reservations", self.mine),
                ("POST", "/api/reservations/{r}/look", self.look), ("POST", "/api/reservations/{r}/cancel", self.cancel), ("DELETE", "/api/reservations/{r}", self.give_up),
                ("GET", "/api/lots/{id}/history", self.history), ("GET", "/api/lots/{id}/sessions", self.sessions), ("GET", "/api/lots/{id}/payments", self.payments),
                ("GET", "/api/lots/{id}/ledger", self.ledger), ("GET", "/api/lots/{id}/revenue", self.revenue), ("GET", "/api/lots/{id}/report", self.report), ("POST", "/api/payments", self.pay),
                ("POST", "/api/payments/{p}/refund", self.refund), ("POST", "/api/payments/{p}/allocate", self.allocate), ("POST", "/api/sessions/{s}/waive", self.waive),
                ("GET", "/api/revenue", self.all_revenue), ("GET", "/api/spots", self.get_spots), ("GET", "/api/lots/{id}/tariffs", self.tariffs), ("POST", "/api/lots/{id}/tariffs", self.add_tariff),
                ("POST", "/api/lots/{id}/tariffs/what-if", self.what_if), ("GET", "/api/lots/{id}/calibration", self.calibration),
                ("POST", "/api/lots/{id}/calibration/apply", self.calibrate), ("POST", "/api/lots/{id}/what-if", self.what_if_stale),
                ("POST", "/api/lots/import", self.take), ("DELETE", "/api/lots/{id}/spots/{spot}", self.remove_spot)]:
            router.add_route(method, path, handler)

    async def get_lots(self, request):
        rows = [self.shown(lot) for lot in self.lots.values() if lot.public or self.may(request, "parking.view")]
        if "text/csv" in request.headers.get("Accept", ""):
            return self.table(request, "lots", rows, ["lot_id", "name", "total_spots", "available_spots"])
        return web.json_response(rows)

    async def get_lot(self, request):
        lot = self.lot(request)
        inside = self.may(request, "parking.view")
        return web.json_response({**self.shown(lot), "now": iso(now()), "spots": [spot if inside else {k: v for k, v in spot.items() if k != "sensor"} for spot in lot.spots.values()]})

    async def shared_board(self, request):
        shared = [link["thing"] for link in self.world.accounts.links if link["kind"] == "parking.board" and link["open"]]
        key = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if key == DEMO_KEY:
            shared = ["LOT001"]
        if not shared or not key.startswith("mlk_"):
            raise Refused(404, "not_found", "There is nothing at this address, or not any more")
        lot = self.lots[shared[0]]
        levels = self.counts(lot)["levels"]
        shown = ["total_spots", "available_spots", "out_of_service_spots", "unknown_spots"]
        return web.json_response({"name": lot.name, "time_zone": lot.zone, "levels": [{"level": level, **{name: levels[level][name] for name in shown}} for level in levels]})

    async def stats(self, request):
        lot = self.lot(request)
        more = {"revenue_today_minor": 18250, "turnover": 3.4, "mean_stay_seconds": 5460} if self.may(request, "parking.view") else {}
        return web.json_response({**self.shown(lot), **more})

    async def price(self, request):
        lot, start, end = self.lot(request), seconds(request.query["from"]), seconds(request.query["to"])
        hours = math.ceil(max(0, end - start - 900) / 3600)
        lines = [{"name": "Free", "from": iso(start), "to": iso(min(end, start + 900)), "amount_minor": 0}]
        if hours:
            lines.append({"name": "Day", "from": iso(start + 900), "to": iso(end), "amount_minor": hours * 250})
        return web.json_response({"lot_id": lot.id, "currency": "EUR", "total_minor": hours * 250, "tariff_version": 1, "lines": lines})

    async def forecast(self, request):
        lot, start = self.lot(request), math.floor(now() / 900) * 900
        total = len(lot.spots)
        free = lambda t: round(max(0.0, total * (0.45 + 0.5 * math.cos((t % 86400 - 3600) / 86400 * 2 * math.pi))), 2)
        today = datetime.now(timezone.utc).strftime("%Y-%m-%d")
        return web.json_response({"lot_id": lot.id, "from": iso(start), "time_zone": lot.zone, "spots": total,
                                  "basis": {"weeks": 4, "used": [{"weeks_ago": n, "from": iso(start - n * 604800), "weight": 0.25} for n in range(1, 5)], "difference_now": 1.2, "half_life_minutes": 90},
                                  "quarters": [{"at": iso(start + 900 * n), "free": free(start + 900 * n)} for n in range(96)],
                                  "error": {"mean_absolute": 2.3, "quarters": 1344}, "usually_full": [{"date": today, "by": "17:15", "full_weeks": 3, "weeks": 4}]})

    # Reservations.

    async def reserve(self, request):
        lot, body = self.lot(request), await request.json()
        spot = next((s for s in lot.spots.values() if (s["spot_id"] == body["spot_id"] if "spot_id" in body else s["kind"] == body.get("kind", "standard") and s["status"] == "free")), None)
        if not spot:
            raise Refused(409, "conflict", "No such spot is free for that time")
        start, end = seconds(body["from"]), seconds(body["to"])
        if any(r["spot_id"] == spot["spot_id"] and r["state"] == "active" and seconds(r["from"]) < end and seconds(r["to"]) > start for r in self.reservations.values()):
            raise Refused(409, "conflict", "The spot is taken", "Somebody has reserved it for that time.")
        id = "res_" + secrets.token_hex(10)
        session = self.world.accounts.session_of(request.cookies.get("martlet_access_test"))
        self.reservations[id] = {"reservation_id": id, "lot_id": lot.id, "spot_id": spot["spot_id"], "from": body["from"], "to": body["to"], "state": "active", "holds": False,
                                 "release_at": iso(start + 900), "name": body.get("name"), "arrived_at": None, "ended_at": None, "created_at": iso(now()),
                                 "account": session["name"] if session else None, "secret": None if session else "K7QP-2MXW"}
        answer = {k: v for k, v in self.reservations[id].items() if k not in ("secret", "account")}
        return web.json_response({**answer, **({} if session else {"code": "K7QP-2MXW"})}, status=201)

    def bare(self, r):
        return {k: v for k, v in r.items() if k not in ("secret", "account")}

    async def opened(self, request):
        r = self.reservations.get(request.match_info["r"])
        if not r or (await request.json()).get("code") != r["secret"]:
            raise Refused(404, "not_found", "There is no reservation of that name and code")
        return r

    async def look(self, request):
        return web.json_response(self.bare(await self.opened(request)))

    async def cancel(self, request):
        r = await self.opened(request)
        r.update(state="cancelled", ended_at=iso(now()))
        return web.json_response(self.bare(r))

    async def give_up(self, request):
        r = self.reservations[request.match_info["r"]]
        r.update(state="cancelled", ended_at=iso(now()))
        return web.json_response(self.bare(r))

    async def mine(self, request):
        session = self.world.accounts.session_of(request.cookies.get("martlet_access_test"))
        return web.json_response({"reservations": [self.bare(r) for r in self.reservations.values() if session and r["account"] == session["name"]]})

    async def lot_reservations(self, request):
        self.need(request, "parking.reserve")
        lot = self.lot(request)
        rows = [{k: v for k, v in r.items() if k != "secret"} for r in self.reservations.values() if r["lot_id"] == lot.id]
        return self.page(request, "reservations", rows, "reservation_id")

    # Owners.

    async def init(self, request):
        self.need(request, "settings.manage")
        if not self.lots:
            self.demo()
        return web.json_response({"lots": list(self.lots)})

    async def add_lot(self, request):
        self.need(request, "parking.manage")
        body = await request.json()
        if body["lot_id"] in self.lots:
            raise Refused(409, "conflict", "There is already such a lot")
        lot = self.lots[body["lot_id"]] = Lot(body["lot_id"], body["name"], body.get("address", ""), body.get("latitude"), body.get("longitude"), body.get("public", True))
        return web.json_response(self.shown(lot), status=201)

    async def change_lot(self, request):
        self.need(request, "parking.manage")
        lot, body = self.lot(request), await request.json()
        lot.name, lot.address, lot.public, lot.stale = body.get("name", lot.name), body.get("address", lot.address), body.get("public", lot.public), body.get("stale_after_seconds", lot.stale)
        return web.json_response(self.shown(lot))

    async def add_spot(self, request):
        self.need(request, "parking.manage")
        lot, body = self.lot(request), await request.json()
        if body["spot_id"] in lot.spots:
            raise Refused(409, "conflict", "There is already such a spot")
        return web.json_response(self.add(lot, body["spot_id"], body.get("level", "0"), body.get("zone"), body.get("kind", "standard"), body.get("x"), body.get("y")), status=201)

    async def override(self, request):
        self.need(request, "parking.override")
        lot, body = self.lot(request), await request.json()
        self.overridden.append(body)
        id = body["spot_id"]
        if "out_of_service" in body:
            self.change(lot.id, id, "out_of_service" if body["out_of_service"] else "free", override=None)
        elif body.get("clear"):
            self.change(lot.id, id, "free", override=None)
        else:
            self.change(lot.id, id, "occupied" if body["occupied"] else "free", override={"occupied": body["occupied"], "at": iso(now()), "until": body.get("until"), "by": "ada"})
        return web.json_response(lot.spots[id])

    def table(self, request, key, rows, columns=None):
        if "text/csv" in request.headers.get("Accept", ""):
            columns = columns or (list(rows[0]) if rows else [])
            out = io.StringIO()
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows([row.get(column, "") for column in columns] for row in rows)
            return web.Response(text=out.getvalue(), content_type="text/csv")
        return web.json_response({key: rows, "currency": "EUR", "next": None})

    async def history(self, request):
        self.need(request, "parking.view")
        lot, start, end = self.lot(request), seconds(request.query["from"]), seconds(request.query["to"])
        step = max(60, (end - start) / 96)
        total = len(lot.spots)
        rows = []
        t = start
        while t < end:
            occupied = round(total * (0.5 - 0.4 * math.cos((t % 86400) / 86400 * 2 * math.pi)))
            if t < self.observed_since:
                rows.append({"at": iso(t), "free": None, "occupied": None, "reserved": None, "out_of_service": None, "unknown": None, "changes": 0,
                             "occupied_mean": None, "occupied_min": None, "occupied_max": None, "known_seconds": 0})
            else:
                rows.append({"at": iso(t), "free": total - occupied, "occupied": occupied, "reserved": 0, "out_of_service": 0, "unknown": 0, "changes": 4,
                             "occupied_mean": occupied, "occupied_min": max(0, occupied - 2), "occupied_max": min(total, occupied + 3), "known_seconds": round(min(step, end - t), 3)})
            t += step
        return self.table(request, "rows", rows)

    def page(self, request, key, rows, name):
        """A page of rows, no longer than tests want it; a file has them all."""
        if "text/csv" in request.headers.get("Accept", ""):
            return self.table(request, key, rows)
        ids = [row[name] for row in rows]
        first = ids.index(request.query["after"]) + 1 if "after" in request.query else 0
        limit = min(int(request.query.get("limit", 1000)), self.rows_of_a_page)
        more = len(rows) > first + limit
        rows = rows[first:first + limit]
        return web.json_response({key: rows, "currency": "EUR", "next": rows[-1][name] if more else None})

    async def sessions(self, request):
        self.need(request, "parking.money")
        rows = [row for row in self.lot(request).sessions if request.query.get("state") in (None, row["state"])]
        return self.page(request, "sessions", rows, "session_id")

    async def payments(self, request):
        self.need(request, "parking.money")
        rows = self.lot(request).payments
        if request.query.get("state") == "unallocated":
            rows = [row for row in rows if row["session_id"] is None]
        return self.page(request, "payments", rows, "payment_id")

    async def ledger(self, request):
        self.need(request, "parking.money")
        return self.table(request, "entries", [{"event": p["payment_id"], "account": "cash", "amount_minor": p["amount_minor"], "at": p["paid_at"]} for p in self.lot(request).payments])

    async def revenue(self, request):
        self.need(request, "parking.money")
        lot, at = self.lot(request), now()
        days = [{"day": iso(at - 86400 * n)[:10], "revenue_minor": 9000 + 731 * n, "cash_minor": 8800 + 700 * n, "sessions": 31 - n} for n in range(6, -1, -1)]
        if "text/csv" in request.headers.get("Accept", ""):
            return self.table(request, "days", days)
        total = {key: sum(day[key] for day in days) for key in ["revenue_minor", "cash_minor", "sessions"]}
        kinds = [{"kind": kind, "revenue_minor": total["revenue_minor"] // 5, "cash_minor": total["cash_minor"] // 5, "sessions": total["sessions"] // 5}
                 for kind in ["standard", "disabled", "ev", "family", "motorcycle"]]
        return web.json_response({"lot_id": lot.id, "time_zone": lot.zone, "currency": "EUR", "from": days[0]["day"], "to": days[-1]["day"], "total": total, "days": days, "kinds": kinds,
                                  "unallocated": {"revenue_minor": 0, "cash_minor": 0, "sessions": 0}})

    async def report(self, request):
        self.need(request, "parking.money")
        self.lot(request)
        return web.json_response({"currency": "EUR", "spots": 48, "arrivals": 212, "departures": 208, "occupancy_rate": 0.62, "cars_per_spot": 3.4, "turnover": 2.75, "turnover_days": 6, "mean_stay_seconds": 5460, "peak_hours": [11, 12],
                                  "hours": [{"hour": hour, "occupancy_rate": round(0.5 - 0.4 * math.cos(hour / 24 * 2 * math.pi), 3), "arrivals": 9} for hour in range(24)]})

    async def allocate(self, request):
        self.need(request, "parking.pay")
        wanted = (await request.json())["session_id"]
        for lot in self.lots.values():
            for payment in lot.payments:
                session = next((session for session in lot.sessions if session["session_id"] == wanted), None)
                if payment["payment_id"] == request.match_info["p"] and session:
                    payment["session_id"] = wanted
                    session["balance_minor"] = (session["balance_minor"] or 0) - payment["amount_minor"]
                    return web.json_response(payment)
        raise Refused(404, "not_found", "There is no such payment")

    async def all_revenue(self, request):
        self.need(request, "parking.money")
        rows = [{"lot_id": lot.id, "name": lot.name, "currency": "EUR", "revenue_minor": 12_345 * (n + 1), "cash_minor": 12_000 * (n + 1), "sessions": 7 + n}
                for n, lot in enumerate(self.lots.values())]
        if request.query.get("by") == "day":
            rows = [{"day": iso(now())[:10], **{k: v for k, v in rows[0].items() if k not in ("lot_id", "name")}}]
        if "text/csv" in request.headers.get("Accept", ""):
            return self.table(request, "rows", rows)
        total = {key: sum(row[key] for row in rows) for key in ["revenue_minor", "cash_minor", "sessions"]}
        return web.json_response({"from": request.query.get("from"), "to": iso(now())[:10], "by": "lot", "rows": rows, "totals": [{"currency": "EUR", **total}]})

    async def get_spots(self, request):
        lots = [lot for lot in self.lots.values() if request.query.get("lot_id") in (None, lot.id)]
        rows = [spot for lot in lots for spot in lot.spots.values() if request.query.get("status") in (None, spot["status"])]
        if "text/csv" in request.headers.get("Accept", ""):
            return self.table(request, "spots", rows, ["spot_id", "lot_id", "status", "since"])
        return web.json_response(rows)

    async def pay(self, request):
        self.need(request, "parking.pay")
        body = await request.json()
        for lot in self.lots.values():
            for session in lot.sessions:
                if session["session_id"] == body.get("session_id"):
                    session["balance_minor"] = (session["balance_minor"] or 0) - body["amount_minor"]
                    session["state"] = "unpaid" if session["balance_minor"] > 0 else "paid"
                    lot.payments.insert(0, {"payment_id": body["payment_id"], "session_id": session["session_id"], "spot_id": session["spot_id"], "lot_id": lot.id,
                                            "amount_minor": body["amount_minor"], "currency": "EUR", "method": body.get("method"), "paid_at": iso(now()), "refunds": None, "refunded_minor": 0})
                    return web.json_response(lot.payments[0], status=201)
        raise Refused(404, "not_found", "There is no such session")

    async def refund(self, request):
        self.need(request, "parking.tariffs")
        for lot in self.lots.values():
            for payment in list(lot.payments):
                if payment["payment_id"] == request.match_info["p"]:
                    payment["refunded_minor"] = payment["amount_minor"]
                    made = {**payment, "payment_id": "ref_" + secrets.token_hex(4), "refunds": payment["payment_id"], "paid_at": iso(now())}
                    lot.payments.insert(0, made)
                    return web.json_response(made, status=201)
        raise Refused(404, "not_found", "There is no such payment")

    async def waive(self, request):
        self.need(request, "parking.tariffs")
        body = await request.json()
        assert body["waiver_id"] and body["reason"]
        for lot in self.lots.values():
            for session in lot.sessions:
                if session["session_id"] == request.match_info["s"]:
                    session["balance_minor"] -= body["amount_minor"]
                    session["waived_minor"] += body["amount_minor"]
                    session["state"] = "unpaid" if session["balance_minor"] > 0 else "waived"
                    return web.json_response({"waiver_id": body["waiver_id"], "session_id": session["session_id"], "lot_id": lot.id, "amount_minor": body["amount_minor"],
                                              "amount": body["amount_minor"] / 100, "currency": "EUR", "reason": body["reason"], "waived_at": iso(now()), "waived_by": "ada"}, status=201)
        raise Refused(404, "not_found", "There is no such session")

    async def tariffs(self, request):
        self.need(request, "parking.money")
        lot = self.lot(request)
        if "text/csv" in request.headers.get("Accept", ""):
            return self.table(request, "versions", lot.tariffs, ["version", "valid_from"])
        return web.json_response({"lot_id": lot.id, "currency": "EUR", "present_version": 1, "versions": lot.tariffs})

    async def add_tariff(self, request):
        self.need(request, "parking.tariffs")
        lot, body = self.lot(request), await request.json()
        lot.tariffs.append({"version": len(lot.tariffs) + 1, **body})
        return web.json_response(lot.tariffs[-1], status=201)

    async def what_if(self, request):
        self.need(request, "parking.money")
        self.lot(request)
        assert (await request.json())["tariff"]["rules"]
        total = {"sessions": 212, "actual_minor": 124_350, "draft_minor": 139_200, "difference_minor": 14_850, "dearer": 150, "cheaper": 12, "same": 50}
        return web.json_response({"lot_id": "LOT001", "currency": "EUR", "from": iso(now() - 29 * 86400)[:10], "to": iso(now())[:10], "total": total, "turnover": {"actual": 2.75, "draft": 2.75, "days": 6}, "kinds": [], "weekdays": [],
                                  "dearest": [], "cheapest": []})

    async def calibration(self, request):
        self.need(request, "parking.manage")
        lot = self.lot(request)
        rows = []
        cluster = lambda mean: {"samples": 240, "mean_cm": mean, "spread_cm": 1.4, "low_cm": mean - 4, "high_cm": mean + 4}
        for index, spot in enumerate(lot.spots.values()):
            flags = {3: [{"flag": "drift", "detail": "Empty reads 14 cm less than a week ago.", "centimetres": 14}], 7: [{"flag": "blocked", "detail": "Half of all reports are below 5 cm.", "share": 0.5}],
                     8: [{"flag": "dirty", "detail": "Empty reads 40 cm less than a week ago.", "centimetres": -40}],
                     9: [{"flag": "swapped", "detail": "It changes when G012 should.", "with": "G012"}]}.get(index, [])
            known = index != 5
            rows.append({"spot_id": spot["spot_id"], "label": spot["label"], "samples": 480 if known else 12, "decides": "flag", "current": {"threshold_cm": 115, "hysteresis_cm": 30},
                         "proposal": {"threshold_cm": 115 if index > 20 else 140 if index in (2, 4) else 116 + index % 5, "hysteresis_cm": 30 if index > 20 else 24} if known else None,
                         "occupied": cluster(31.2 + index % 4) if known else None, "free": cluster(200.4), "flags": flags,
                         "incomplete": bool(self.gaps)})
        if "text/csv" in request.headers.get("Accept", ""):
            return self.table(request, "spots", rows, ["spot_id", "samples"])
        # In two answers, as of a lot with many spots.
        rows.sort(key=lambda row: row["spot_id"])
        rows = [row for row in rows if row["spot_id"] > request.query.get("after", "")]
        page = rows[:8]
        return web.json_response({"lot_id": lot.id, "days": 14, "spots": page, "next": page[-1]["spot_id"] if len(rows) > len(page) else None,
                                  "incomplete": self.gaps})

    async def calibrate(self, request):
        self.need(request, "parking.manage")
        body = await request.json()
        self.applied += body["spots"]
        return web.json_response({"applied": len(body["spots"])})

    async def what_if_stale(self, request):
        self.need(request, "parking.manage")
        lot, body = self.lot(request), await request.json()
        replay = lambda s: {"stale_seconds": s, "unknowns": int(9000 / s), "false_unknowns": int(8000 / s), "false_unknown_seconds": 4000, "silences": 4, "silences_seen": 4, "mean_seconds_unaware": s, "turnover": 3.25}
        return web.json_response({"lot_id": lot.id, "from": iso(now() - 7 * 86400), "to": iso(now()), "spots": len(lot.spots), "reports": 40_000, "is_sample": False, "incomplete": self.gaps,
                                  "present": replay(lot.stale), "proposed": replay(body["stale_seconds"])})

    async def remove_spot(self, request):
        self.need(request, "parking.manage")
        self.lot(request).spots.pop(request.match_info["spot"])
        return web.Response(status=204)

    async def export(self, request):
        self.need(request, "parking.manage")
        keys = ["spot_id", "lot_id", "label", "level", "zone", "kind", "x", "y", "rotation"]
        lots = [lot for lot in self.lots.values() if request.query.get("lot_id") in (None, lot.id)]
        rows = [{key: spot[key] for key in keys} for lot in lots for spot in lot.spots.values()]
        if "text/csv" in request.headers.get("Accept", ""):
            return self.table(request, "spots", rows)
        return web.json_response({"lots": [{"lot_id": lot.id, "name": lot.name, "spots": [row for row in rows if row["lot_id"] == lot.id]} for lot in lots]})

    async def take(self, request):
        self.need(request, "parking.manage")
        text, added = await request.text(), 0
        if request.content_type == "text/csv":
            spots = list(csv.DictReader(io.StringIO(text)))
        else:
            spots = [{"lot_id": lot["lot_id"], **spot} for lot in json.loads(text)["lots"] for spot in lot["spots"]]
        for spot in spots:
            lot = self.lots[spot["lot_id"]]
            if spot["spot_id"] not in lot.spots:
                added += 1
                self.add(lot, spot["spot_id"], spot.get("level") or "0", spot.get("zone") or None, spot.get("kind") or "standard")
        return web.json_response({"lots": 1, "spots": len(spots), "added_lots": 0, "added_spots": added})
