#!/usr/bin/env python3
"""Writes ../rules/*.txt: random recurrence rules with what python-dateutil makes of them. Run by hand; the same seed gives the same files.

    build/venv/bin/python Tests/ICalendarTests/cases/generate/rules.py

A line of first.txt is RULE START INSTANCES: the first ones of a rule, with `end` behind them where there are no more. A line of windows.txt is
RULE START FROM TO INSTANCES: those with FROM <= instance < TO. The start is listed only if the rule yields it.

Where python-dateutil reads RFC 5545 otherwise than this calendar, no case is made:

1. BYWEEKNO without BYDAY, BYMONTHDAY and BYYEARDAY yields all seven days of the week there. By section 3.3.10 what a rule leaves open comes from
   DTSTART, so that it is one day.
2. BYWEEKNO=-51 and below does not reach the first days of a year that are in a week of the year before, nor the last ones in a week of the next.
3. BYWEEKNO=52 and 53 miss first days of a year that are in the last week of the year before, or take some that are not, because its weeks are
   counted from the length of the wrong year: 2011-01-02 is in week 52 of 2010.
4. FREQ=WEEKLY with BYSETPOS counts the first week from DTSTART on, not from WKST on. Such a rule gets a start on the day where weeks begin.
5. BYDAY=MO,2TU yields the days that are both. They are alternatives.
6. BYSECOND=60 is refused, because Python knows no leap second. It is 59 here.
7. A start that the rule does not yield is not an instance. The tests ask for the same by `startCounts: false`, and add it for the other case.
"""

import datetime
import pathlib
import random
import signal

from dateutil.rrule import rrulestr

FOLDER = pathlib.Path(__file__).parent.parent / "rules"
FREQUENCIES = ["SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"]
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
LATEST = datetime.datetime(2900, 1, 1)
LENGTH = {"SECONDLY": 1, "MINUTELY": 60, "HOURLY": 3600, "DAILY": 86400, "WEEKLY": 604800, "MONTHLY": 2600000, "YEARLY": 31557600}


class TooSlow(Exception):
    pass


def too_slow(*_):
    raise TooSlow


def stamp(time):
    return time.strftime("%Y%m%dT%H%M%S")


def some(chance, numbers, most):
    return chance.sample(numbers, chance.randint(1, min(most, len(numbers))))


def signed(chance, largest, most):
    return some(chance, [n for n in range(-largest, largest + 1) if n], most)


def random_rule(chance):
    """(parts, start)"""
    frequency = chance.choice(FREQUENCIES)
    parts = [("FREQ", frequency)]
    start = datetime.datetime(chance.randint(1990, 2040), chance.randint(1, 12), chance.randint(1, 28), chance.randint(0, 23),
                              chance.choice([0, 15, 30, chance.randint(0, 59)]), chance.choice([0, 0, chance.randint(0, 59)]))
    if chance.random() < 0.15:
        start = start.replace(month=chance.choice([1, 12, 2]), day=chance.choice([1, 28]))
        start += datetime.timedelta(days=chance.randint(0, 3))

    def maybe(probability, name, make):
        if chance.random() < probability:
            parts.append((name, make()))
            return True
        return False

    short = frequency in ("SECONDLY", "MINUTELY", "HOURLY")
    if chance.random() < 0.5:
        parts.append(("INTERVAL", [chance.choice([2, 3, 4, 5, 7, 10, 12, 15, chance.randint(1, 100 if short else 20)])]))
    maybe(0.3, "BYMONTH", lambda: some(chance, range(1, 13), 4))
    weeks = frequency == "YEARLY" and maybe(0.25, "BYWEEKNO", lambda: some(chance, [*range(1, 54), *range(-50, 0)], 5))
    if frequency not in ("DAILY", "WEEKLY", "MONTHLY"):
        maybe(0.2, "BYYEARDAY", lambda: signed(chance, 366, 8 if chance.random() < 0.5 else 100))
    if frequency != "WEEKLY":
        maybe(0.3, "BYMONTHDAY", lambda: signed(chance, 31, 6))
    if chance.random() < (0.7 if frequency in ("WEEKLY", "MONTHLY") or weeks else 0.3):
        if frequency in ("MONTHLY", "YEARLY") and not weeks and chance.random() < 0.6:
            far = 5 if frequency == "MONTHLY" or any(name == "BYMONTH" for name, _ in parts) else 53
            parts.append(("BYDAY", [f"{n}{chance.choice(DAYS)}" for n in signed(chance, far, 4)]))
        else:
            parts.append(("BYDAY", some(chance, DAYS, 4)))
    maybe(0.3 if short else 0.15, "BYHOUR", lambda: some(chance, range(24), 4))
    maybe(0.3 if short else 0.15, "BYMINUTE", lambda: some(chance, range(60), 4))
    maybe(0.15, "BYSECOND", lambda: some(chance, range(60), 3))
    week_start = chance.choice(DAYS) if chance.random() < 0.3 else "MO"
    if week_start != "MO":
        parts.append(("WKST", [week_start]))
    if any(name.startswith("BY") for name, _ in parts) and chance.random() < 0.25:
        parts.append(("BYSETPOS", signed(chance, chance.choice([2, 5, 20]), 3)))
        if frequency == "WEEKLY":
            start += datetime.timedelta(days=(DAYS.index(week_start) - start.weekday()) % 7)
    return parts, start


def text(parts, chance):
    parts = parts[:]
    chance.shuffle(parts)
    return ";".join(f"{name}={value if isinstance(value, str) else ','.join(map(str, value))}" for name, value in parts)


def has_known_deviation(parts):
    names = {name for name, _ in parts}
    if set(dict(parts).get("BYWEEKNO", [])) & {52, 53}:
        return True
    return "BYWEEKNO" in names and not names & {"BYDAY", "BYMONTHDAY", "BYYEARDAY"}


def take(iterator, count):
    found = []
    for time in iterator:
        if time >= LATEST:
            raise TooSlow
        found.append(time)
        if len(found) == count:
            break
    return found


def first_case(chance):
    parts, start = random_rule(chance)
    if has_known_deviation(parts):
        return None
    kind = chance.random()
    if kind < 0.25:
        parts.append(("COUNT", [chance.randint(1, 12)]))
    elif kind < 0.45:
        span = LENGTH[parts[0][1]] * chance.randint(1, 60)
        until = start + datetime.timedelta(seconds=span)
        if until.year > 2200:
            return None
        parts.append(("UNTIL", stamp(until) if chance.random() < 0.7 else stamp(until.replace(hour=23, minute=59, second=59))))
    wanted = chance.choice([3, 5, 5, 7])
    rule = text(parts, chance)
    found = take(iter(rrulestr(rule, dtstart=start)), wanted)
    if len(found) < wanted:
        if kind >= 0.45 or kind < 0.25 and len(found) < int(dict(parts)["COUNT"][0]):
            return None
        found.append(None)
    return f"{rule} {stamp(start)} " + ",".join("end" if time is None else stamp(time) for time in found)


def window_case(chance):
    parts, start = random_rule(chance)
    if has_known_deviation(parts):
        return None
    if chance.random() < 0.3:
        parts.append(("COUNT", [chance.randint(5, 400)]))
    length = LENGTH[parts[0][1]]
    begin = start + datetime.timedelta(seconds=length * chance.randint(-10, 3000))
    end = begin + datetime.timedelta(seconds=length * chance.randint(1, 40) * dict(parts).get("INTERVAL", [1])[0])
    if end.year > 2500:
        return None
    rule = text(parts, chance)
    found = []
    for time in rrulestr(rule, dtstart=start):
        if time >= end:
            break
        if time >= begin:
            found.append(time)
        if len(found) > 12:
            return None
    return f"{rule} {stamp(start)} {stamp(begin)} {stamp(end)} " + (",".join(map(stamp, found)) or "none")


def write(name, make, count, seed):
    chance = random.Random(seed)
    lines = []
    while len(lines) < count:
        signal.setitimer(signal.ITIMER_REAL, 1)
        try:
            line = make(chance)
        except (TooSlow, ValueError, OverflowError):
            # A ValueError says that interval and BY... together never meet.
            line = None
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        if line:
            lines.append(line)
    (FOLDER / name).write_text("\n".join(lines) + "\n")


signal.signal(signal.SIGALRM, too_slow)
FOLDER.mkdir(parents=True, exist_ok=True)
write("first.txt", first_case, 3600, 5545)
write("windows.txt", window_case, 1200, 3310)
