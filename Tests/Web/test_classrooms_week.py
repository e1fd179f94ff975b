"""The week of a classroom: booking by dragging, by keyboard and by touch, what is in the way, one's own bookings, and paper."""
import random
import re
from datetime import date, datetime, timedelta

import pytest
from conftest import PHONE
from fake.people import hub as make_hub
from fake.rooms import expand, wall
from playwright.sync_api import expect
from waiting import eventually, frames, rest, until

ROOM = "room-1-204"


@pytest.fixture
def school(serve):
    """A stand-in server that asks who one is, with two buildings of classrooms, of this test's own."""
    return serve(accounts=make_hub(), classrooms=True)


def day_of(school, weekday):
    """A day of the next week, 0 is Monday."""
    return f"{school.do(lambda world: wall(world.classrooms.on_day(world.classrooms.next_monday() + weekday, 12))):%Y-%m-%d}"


def begin_of(school, weekday, hour, minute=0):
    return school.do(lambda world: world.classrooms.on_day(world.classrooms.next_monday() + weekday, hour, minute))


@pytest.fixture
def week(school, open_page):
    """Opens the next week of a room."""
    def opened(who="grace", room=ROOM, weekday=0, **options):
        page = open_page(f"{school.url}/classrooms/rooms/{room}/week?day={day_of(school, weekday)}", who=who, on=school, **options)
        page.wait_for_selector(".week")
        rest(page)
        return page
    return opened


def place(page, school, weekday, hour, minute=0):
    return page.locator(f'[role=gridcell][data-day="{day_of(school, weekday)}"][data-minute="{hour * 60 + minute}"]')


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page, start, end):
    """From one element to another, in steps, as a hand does."""
    start.scroll_into_view_if_needed()
    page.mouse.move(*middle(start))
    page.mouse.down()
    page.mouse.move(*middle(end), steps=6)
    frames(page)


def booked(school, purpose):
    return school.do(lambda world: [booking for booking in world.classrooms.bookings.values() if booking.purpose == purpose and booking.holds])


def entry(page, words):
    return page.locator(".week-entry", has_text=words)


def at_entry(page, locator):
    """In the upper part of a booking, where one takes hold of it."""
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + 6


def test_a_time_is_booked_by_dragging(school, week):
    page = week()
    drag(page, place(page, school, 1, 14), place(page, school, 1, 15, 15))
    expect(page.locator(".week-chosen")).to_contain_text("14:00–15:30, 1 h 30 min · free")
    page.mouse.up()
    dialog = page.get_by_role("dialog", name="Book Room 1.204")
    dialog.get_by_label("What for").fill("Latin 7c")
    dialog.get_by_role("button", name="Book", exact=True).click()
    expect(entry(page, "Yours: Latin 7c")).to_contain_text("14:00–15:30")
    expect(page.locator(".week-choice"), "nothing stays chosen").to_have_count(0)
    made = booked(school, "Latin 7c")[0]
    assert (made.times[0]["begin"], made.minutes) == (begin_of(school, 1, 14), 90)


def test_a_time_is_dragged_upwards_as_well(school, week):
    page = week()
    drag(page, place(page, school, 1, 15), place(page, school, 1, 14))
    expect(page.locator(".week-chosen")).to_contain_text("14:00–15:15")
    page.keyboard.press("Escape")
    expect(page.locator(".week-choice")).to_have_count(0)
    page.mouse.up()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_time_is_booked_by_keyboard_and_said(school, week):
    page = week()
    first = page.locator("[role=gridcell][tabindex='0']")
    assert first.count() == 1
    first.focus()
    while "07:00" not in page.evaluate("document.activeElement.getAttribute('aria-label')"):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert re.fullmatch(r"Wed .* 07:00, free", page.evaluate("document.activeElement.getAttribute('aria-label')"))
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator(".week-chosen [role=status]")).to_have_text(re.compile(r"Wed .*, 07:30–08:00, 30 min · free"))
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator(".week-chosen [role=status]")).to_have_text(re.compile("In the way: booked 08:00–09:30"))
    page.keyboard.press("Enter")
    frames(page)
    expect(page.get_by_role("dialog"), "what is taken is not booked").to_have_count(0)
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Book Room 1.204")
    expect(dialog.get_by_label("What for")).to_be_focused()
    page.keyboard.type("Breakfast")
    page.keyboard.press("Enter")
    expect(entry(page, "Yours: Breakfast")).to_contain_text("07:30–08:00")
    made = booked(school, "Breakfast")[0]
    assert (made.times[0]["begin"], made.minutes) == (begin_of(school, 2, 7, 30), 30)
    assert page.evaluate("document.activeElement.getAttribute('role')") == "gridcell", "the focus is where it was"


def test_enter_on_one_place_books_an_hour_or_what_is_free_of_it(school, week):
    page = week()
    place(page, school, 2, 13, 30).focus()
    place(page, school, 2, 13, 30).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("To", exact=True)).to_have_value(f"{day_of(school, 2)}T14:00")


def test_keys_turn_the_week(school, week):
    page = week()
    monday = page.locator(".week-day-head").first.inner_text()
    page.locator("[role=gridcell][tabindex='0']").focus()
    page.keyboard.press("PageDown")
    eventually(page, lambda: page.locator(".week-day-head").first.inner_text() != monday, "another week is shown")
    page.get_by_role("link", name="Week before").click()
    expect(page.locator(".week-day-head").first).to_have_text(monday, use_inner_text=True)


def test_what_is_in_the_way_is_said_while_dragging(school, week):
    page = week()
    drag(page, place(page, school, 2, 13), place(page, school, 2, 15, 30))
    expect(page.locator(".week-chosen")).to_contain_text("In the way: booked 14:00–15:00")
    expect(page.locator(".week-choice")).to_have_attribute("data-wrong", "true")
    page.mouse.up()
    frames(page)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("^Book"))).to_have_count(0)


def test_who_comes_second_is_shown_the_booking_in_the_way(school, week):
    page = week()
    page.watch.allowed.append("409")
    drag(page, place(page, school, 4, 12), place(page, school, 4, 13))
    page.mouse.up()
    dialog = page.get_by_role("dialog")
    begin = begin_of(school, 4, 12, 30)
    school.do(lambda world: world.classrooms.booked(world.classrooms.book_for(ROOM, "ada", "Staff party", begin, 60)))
    dialog.get_by_role("button", name="Book", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("Booked 12:30–13:30")
    expect(dialog.get_by_role("alert"), "whose it is, is not for everybody").not_to_contain_text("party")
    dialog.get_by_role("button", name="Begin at 13:30 instead").click()
    dialog.get_by_role("button", name="Book", exact=True).click()
    expect(entry(page, "Yours: Lesson")).to_contain_text("13:30–14:45")


def test_what_others_book_appears_at_once(school, week):
    page = week()
    begin = begin_of(school, 5, 9)
    school.do(lambda world: world.classrooms.booked(world.classrooms.book_for(ROOM, "ada", "Open day", begin, 240)))
    expect(page.locator(f'.week-entry[title*="09:00–13:00"]')).to_have_text(re.compile("Booked"))


def test_ones_own_booking_is_moved_by_dragging(school, week):
    page = week()
    exam = entry(page, "Yours: Exam")
    exam.scroll_into_view_if_needed()
    page.mouse.move(*at_entry(page, exam))
    page.mouse.down()
    page.mouse.move(*middle(place(page, school, 4, 15)), steps=8)
    expect(page.locator(".week-choice")).to_contain_text("15:00–17:00")
    page.mouse.up()
    dialog = page.get_by_role("dialog", name="Change your booking of Room 1.204")
    expect(dialog.get_by_label("From", exact=True)).to_have_value(f"{day_of(school, 4)}T15:00")
    dialog.get_by_role("button", name="Save").click()
    expect(exam).to_contain_text("15:00–17:00")
    assert booked(school, "Exam")[0].times[0]["begin"] == begin_of(school, 4, 15)


def test_a_booking_that_is_moved_onto_another_stays(school, week):
    page = week()
    exam = entry(page, "Yours: Exam")
    exam.scroll_into_view_if_needed()
    page.mouse.move(*at_entry(page, exam))
    page.mouse.down()
    page.mouse.move(*middle(place(page, school, 4, 9)), steps=8)
    expect(page.locator(".week-choice")).to_have_attribute("data-wrong", "true")
    page.mouse.up()
    frames(page)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert booked(school, "Exam")[0].times[0]["begin"] == begin_of(school, 3, 13)


def test_a_booking_is_opened_and_cancelled_by_keyboard(school, week):
    page = week()
    entry(page, "Yours: Exam").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Booking of Room 1.204")
    expect(dialog).to_contain_text("13:00–15:00")
    dialog.get_by_role("button", name="Cancel the booking").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel the booking").click()
    expect(entry(page, "Yours: Exam")).to_have_count(0)
    assert booked(school, "Exam") == []


def test_one_time_of_a_series_is_cancelled_in_the_week(school, week):
    page = week()
    lessons = entry(page, "Yours: Physics 9b")
    expect(lessons).to_have_count(2)
    lessons.first.click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel the booking").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel this time").click()
    expect(lessons).to_have_count(1)


def test_names_are_for_those_who_may_see_them(school, week):
    page = week()
    expect(entry(page, "Maths")).to_have_count(0)
    expect(page.locator(".week-entry[data-kind=other]")).to_have_count(4)
    assert page.locator("div.week-entry").count() == 4, "what one may not change is no button"
    page = week(who="ada")
    expect(entry(page, "grace: Physics 9b")).to_have_count(2)
    expect(entry(page, "Yours: Maths 8a")).to_have_count(3)


def test_who_may_only_look_chooses_nothing(school, week):
    page = week(who="vera")
    drag(page, place(page, school, 1, 14), place(page, school, 1, 15))
    page.mouse.up()
    frames(page)
    expect(page.locator(".week-choice")).to_have_count(0)
    expect(page.get_by_text("Drag over a free time")).to_have_count(0)


def test_closed_hours_are_shown_and_refused(school, week):
    school.do(lambda world: world.classrooms.rooms[ROOM].update(hours={day: ["08:00-16:00"] for day in ["mon", "tue", "wed", "thu"]}))
    page = week()
    expect(place(page, school, 4, 12)).to_have_attribute("data-place", "closed")
    drag(page, place(page, school, 4, 12), place(page, school, 4, 13))
    expect(page.locator(".week-chosen")).to_contain_text("The room is closed then.")
    page.mouse.up()
    frames(page)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.locator(".week-row").count() == 32, "eight hours of four quarters"


def test_a_phone_shows_a_day_and_a_tap_chooses_an_hour(school, week):
    page = week(size=PHONE)
    expect(page.locator(".week-day-head")).to_have_count(1)
    page.locator(".day-strip a").nth(1).tap()
    expect(page.locator(".day-strip [aria-current]")).to_contain_text("Tue")
    rest(page)
    place(page, school, 1, 12).tap()
    expect(page.locator(".week-chosen")).to_contain_text("12:00–13:00, 1 h · free")
    handle = page.locator(".week-handle")
    handle.evaluate("""(element) => { const box = element.getBoundingClientRect(); const rows = document.querySelector('.week-row').getBoundingClientRect().height;
        const say = (kind, y) => element.dispatchEvent(new PointerEvent(kind, { bubbles: true, pointerId: 7, pointerType: 'touch', button: 0, clientX: box.x + 22, clientY: y }));
        Element.prototype.setPointerCapture = () => {}; const y = document.querySelector('[data-minute="765"]').getBoundingClientRect().y + 2;
        say('pointerdown', y); say('pointermove', y + rows); say('pointermove', y + 2 * rows); say('pointerup', y + 2 * rows); }""")
    expect(page.locator(".week-chosen")).to_contain_text("12:00–13:30")
    page.get_by_role("button", name="Book 12:00–13:30").tap()
    page.get_by_role("dialog").get_by_role("button", name="Book", exact=True).tap()
    expect(entry(page, "Yours: Lesson")).to_contain_text("12:00–13:30")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name="Day after").tap()
    expect(page.locator(".day-strip [aria-current]")).to_contain_text("Wed")


def test_a_week_is_printed_whole_also_from_a_phone(school, week):
    page = week(size=PHONE)
    page.emulate_media(media="print")
    until(page, "document.querySelectorAll('.week-day-head').length === 7")
    rest(page)
    expect(entry(page, "Yours: Exam")).to_be_visible()
    expect(page.locator(".week-how")).to_be_hidden()
    expect(page.locator(".on-paper").first).to_contain_text("Room 1.204 · Main building")
    assert page.locator(".week-entry").first.evaluate("e => getComputedStyle(e).printColorAdjust") == "exact"
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1


def test_a_day_that_is_none_is_today(school, open_page):
    page = open_page(f"{school.url}/classrooms/rooms/{ROOM}/week?day=2026-99-99", who="grace", on=school)
    page.wait_for_selector(".week")
    expect(page.locator("[data-today=true]")).to_have_count(1)


def test_dates_of_a_weekly_rule_are_those_of_the_hub(modules):
    """rule.js says beforehand what the hub will make of a rule."""
    chance = random.Random(11)
    for _ in range(200):
        first = date(2026, 1, 1) + timedelta(days=chance.randrange(700))
        days = sorted(chance.sample(range(7), chance.randint(1, 7)))
        rule = {"days": days, "every": chance.randint(1, 4), "ends": chance.choice(["count", "until"]), "count": chance.randint(1, 60),
                "until": f"{first + timedelta(days=chance.randrange(400)):%Y-%m-%d}"}
        text, start, dates, again = modules.evaluate("""async ([rule, day]) => { const { datesOf, firstDay, parseRule, ruleText } = await import('/classrooms/rule.js');
            const start = firstDay(rule, day); const text = ruleText(rule); return [text, start, datesOf(rule, start), parseRule(text, start)]; }""", [rule, f"{first:%Y-%m-%d}"])
        found = expand(text, datetime.fromisoformat(f"{start}T09:00"))
        assert dates == [f"{each:%Y-%m-%d}" for each in found], text
        assert {key: again[key] for key in ["days", "every", "ends", rule["ends"]]} == {key: rule[key] for key in ["days", "every", "ends", rule["ends"]]}
