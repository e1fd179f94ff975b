"""What ICalendar writes (Tests/ICalendarTests/cases/feeds) as PyPI's icalendar reads it."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from support.server import ROOT

FEEDS = ROOT / "Tests/ICalendarTests/cases/feeds"
BERLIN = ZoneInfo("Europe/Berlin")


def feed(name):
    calendar = Calendar.from_ical((FEEDS / f"{name}.ics").read_bytes())
    for component in calendar.walk():
        assert not component.errors, component.errors
    return calendar


def events(calendar):
    return list(calendar.walk("VEVENT"))


def berlin(*parts):
    return datetime.datetime(*parts, tzinfo=BERLIN)


def test_the_calendar_says_what_it_is():
    calendar = feed("bookings")
    assert calendar["VERSION"] == "2.0" and calendar["METHOD"] == "PUBLISH" and calendar["CALSCALE"] == "GREGORIAN"
    assert calendar["NAME"] == calendar["X-WR-CALNAME"] == "Hörsaal 3"
    assert calendar["REFRESH-INTERVAL"].dt == datetime.timedelta(minutes=15)
    assert calendar["X-PUBLISHED-TTL"] == "PT15M"


def test_events_with_their_rules_exceptions_and_changes():
    weekly, moved, cancelled, day, exact = events(feed("bookings"))
    assert weekly.decoded("DTSTART") == berlin(2026, 10, 12, 10, 15) and weekly.decoded("DTEND") == berlin(2026, 10, 12, 11, 45)
    assert weekly["RRULE"] == {
        "FREQ": ["WEEKLY"], "BYDAY": ["MO", "WE"], "UNTIL": [datetime.datetime(2027, 2, 8, 9, 15, tzinfo=datetime.timezone.utc)],
    }
    assert [when.dt for line in weekly["EXDATE"] for when in line.dts] == [berlin(2026, 12, 21, 10, 15), berlin(2026, 12, 23, 10, 15)]
    assert weekly["LOCATION"] == "Hörsaal 3; Nordflügel"
    assert [str(name) for name in weekly["CATEGORIES"].cats] == ["Vorlesung", "Mathematik, 1. Semester"]
    assert weekly["ORGANIZER"] == "mailto:ada@example.org" and weekly["ORGANIZER"].params["CN"] == "Lovelace, Ada"
    assert weekly["ATTENDEE"] == "mailto:raum3@example.org" and weekly["ATTENDEE"].params["CN"] == 'Raum "3"'
    assert moved.decoded("RECURRENCE-ID") == berlin(2026, 12, 2, 10, 15) and moved.decoded("DTSTART") == berlin(2026, 12, 3, 14)
    assert [event["STATUS"] for event in (weekly, moved, cancelled)] == ["CONFIRMED", "TENTATIVE", "CANCELLED"]
    assert day.decoded("DTSTART") == datetime.date(2026, 12, 24) and day.decoded("DTEND") == datetime.date(2027, 1, 2)
    assert exact.decoded("DTSTART") == datetime.datetime(2027, 2, 15, 8, tzinfo=datetime.timezone.utc)
    assert exact["DURATION"].dt == datetime.timedelta(days=1)


def test_texts_are_texts():
    found = events(feed("texts"))
    assert len(found) == 11
    assert found[0]["SUMMARY"] == "a\nATTENDEE:mailto:eve@example.org"
    assert found[1]["SUMMARY"] == "a\nEND:VEVENT\nBEGIN:VEVENT"
    assert found[3]["SUMMARY"] == "abcd\te"
    assert found[5]["SUMMARY"] == "ä" * 100 and found[6]["DESCRIPTION"] == "🎓" * 60
    for event in found:
        assert "ATTENDEE" not in event and "X-A" not in event and "X-B" not in event
        assert event["LOCATION"] == event["SUMMARY"]


@pytest.mark.parametrize("zone", [component["TZID"] for component in feed("zones").walk("VTIMEZONE")])
def test_zones_have_the_offsets_of_the_database(zone):
    described = next(component for component in feed("zones").walk("VTIMEZONE") if component["TZID"] == zone)
    clock, database = described.to_tz(lookup_tzid=False), ZoneInfo(zone)
    day = datetime.datetime(2027, 1, 1, 12)
    while day.year < 2030:
        assert day.replace(tzinfo=clock).utcoffset() == day.replace(tzinfo=database).utcoffset(), (zone, day)
        day += datetime.timedelta(days=1)
