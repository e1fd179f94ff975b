"""Classrooms and their bookings as values: what takes a room when, and what a wish is refused for. As Sources/Solutions/Classrooms/Model has it."""
import re
import secrets
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from .clock import iso, now, seconds
from .refused import Refused

ZONE = "Europe/Berlin"
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
RULE_DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
TWO_DAYS = 48 * 3600
HORIZON_DAYS, MOST_TIMES, MOST_OPEN, LONGEST_MINUTES = 400, 400, 50, 1440
POLICY = {"automatic": True, "idle_after_seconds": 60, "report_after_seconds": 120, "off_after_seconds": 180, "hold_seconds": 0, "pre_power_minutes": 15,
          "fail_safe": "on", "watts": 0, "release_unused": True, "warn_after_minutes": 10, "release_after_minutes": 5, "exempt_from_minutes": 480}


def out_of_range(detail):
    return Refused(400, "value_out_of_range", "Value out of range", detail)


def wall(instant, zone=ZONE):
    """What the clock on a room's wall shows."""
    return datetime.fromtimestamp(instant, ZoneInfo(zone)).replace(tzinfo=None)


def instant_of(wall_time, zone=ZONE):
    return wall_time.replace(tzinfo=ZoneInfo(zone)).timestamp()


def text_of(wall_time):
    return wall_time.strftime("%Y-%m-%dT%H:%M:%S")


def wish_time(body, name, zone):
    """A time of a wish as an instant and on the wall: either is given."""
    given = body.get(name)
    if given is None:
        raise Refused(400, "missing_field", "A field is missing", f"{name} is missing.")
    if isinstance(given, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?", given):
        local = datetime.fromisoformat(given)
        return instant_of(local, zone), local
    try:
        at = seconds(given)
    except ValueError:
        raise Refused(400, "invalid_timestamp", "A time is not understood", f"{name} is no time.") from None
    return at, wall(at, zone)


def expand(rule, start):
    """The wall times of a daily or weekly rule; all others the stand-in does not know."""
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    frequency, interval = parts.pop("FREQ", ""), int(parts.pop("INTERVAL", 1))
    count, until, days = parts.pop("COUNT", None), parts.pop("UNTIL", None), parts.pop("BYDAY", None)
    if frequency not in ("DAILY", "WEEKLY") or parts or not (count or until):
        raise out_of_range("rrule: it has no end: give it COUNT or UNTIL")
    chosen = [RULE_DAYS.index(day) for day in days.split(",")] if days else [start.weekday()] if frequency == "WEEKLY" else range(7)
    end = datetime.strptime(until[:15] if "T" in until else f"{until}T235959", "%Y%m%dT%H%M%S") if until else datetime.max
    found, day, first_monday = [], start, start.date() - timedelta(days=start.weekday())
    while day <= end and len(found) < (int(count) if count else MOST_TIMES + 1):
        weeks = (day.date() - first_monday).days // 7
        fits = weeks % interval == 0 if frequency == "WEEKLY" else (day - start).days % interval == 0
        if fits and day.weekday() in chosen:
            found.append(day)
        day += timedelta(days=1)
    if len(found) > MOST_TIMES:
        raise out_of_range(f"rrule: it has more than {MOST_TIMES} times")
    return found


def is_open(room, begin, end):
    """Whether a room may be booked from one wall time to another."""
    if room["hours"] == "always":
        return True
    if end.date() != begin.date():
        return False
    minutes = lambda text: int(text[:2]) * 60 + int(text[3:])
    of = lambda at: at.hour * 60 + at.minute
    return any(minutes(part.split("-")[0]) <= of(begin) and of(end) <= minutes(part.split("-")[1]) for part in room["hours"].get(DAYS[begin.weekday()], []))


def plan(room, body, manager=False):
    """(start on the wall, minutes, rule, [(wall, begin, end)]) of a wish."""
    zone = room["zone"]
    (begin, start), (end, _) = wish_time(body, "start", zone), wish_time(body, "end", zone)
    if not (body.get("purpose") or "").strip() or len(body["purpose"].encode()) > 200:
        raise out_of_range("purpose is 1 to 200 bytes.")
    if end <= begin:
        raise out_of_range("end lies after start.")
    if begin % 60 or end % 60:
        raise out_of_range("start and end are whole minutes.")
    minutes = round((end - begin) / 60)
    if not 5 <= minutes <= LONGEST_MINUTES * (14 if manager else 1):
        raise out_of_range(f"A booking is 5 minutes to {LONGEST_MINUTES * (14 if manager else 1) // 60} hours long.")
    if begin < now() - 300:
        raise out_of_range("start lies in the past.")
    rule = body.get("rrule") or None
    out = {text_of(datetime.fromisoformat(each)) for each in body.get("exdates") or []}
    starts = [each for each in (expand(rule, start) if rule else [start]) if text_of(each) not in out]
    if not starts:
        raise out_of_range("The recurrence has no time left: take an exception away.")
    times = [(each, instant_of(each, zone) if rule else begin, (instant_of(each, zone) if rule else begin) + minutes * 60) for each in starts]
    if times[-1][1] > now() + HORIZON_DAYS * 86400:
        raise out_of_range(f"Classrooms are booked at most {HORIZON_DAYS} days ahead.")
    if not manager:
        for each, _, until in times:
            if not is_open(room, each, wall(until, zone)):
                raise out_of_range(f"{room['name']} is closed at {text_of(each)}: choose a time within its opening hours.")
    return start, minutes, rule, times


class Booking:
    """A booking with its times."""

    def __init__(self, room, holder, purpose, start, minutes, rule, times, status="confirmed", source="person"):
        self.id, self.room, self.holder, self.purpose, self.status, self.source = secrets.token_hex(11), room, holder, purpose, status, source
        self.start, self.minutes, self.rule, self.remark = start, minutes, rule, ""
        self.made = self.changed = now()
        self.times = [self.time(*each) for each in times]

    def time(self, local, begin, end):
        return {"occurrence": text_of(local), "begin": begin, "end": end, "ended": None, "cancelled": False, "presence": "awaited", "made": now(), "proof": None}

    @property
    def holds(self):
        return self.status in ("requested", "confirmed")

    def last_end(self):
        return max(end_of(time) for time in self.times)


def end_of(time):
    return max(time["begin"], min(time["end"], time["ended"] or time["end"]))


def come_before(room, time):
    """Until when somebody has to come; None: it is not given away, or somebody came."""
    policy = room["policy"]
    if not policy["release_unused"] or time["presence"] not in ("awaited", "warned") or time["end"] - time["begin"] >= policy["exempt_from_minutes"] * 60:
        return None
    release = max(time["begin"], time["made"]) + 60 * (policy["warn_after_minutes"] + policy["release_after_minutes"])
    return iso(release) if release < end_of(time) else None
