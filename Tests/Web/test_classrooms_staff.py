"""Classrooms as staff use them: finding a room, booking it, its power, one's own bookings, and writing to those who run the rooms."""
import re

import pytest
from conftest import PHONE
from fake.clock import iso, now
from fake.people import hub as make_hub
from fake.rooms import wall
from playwright.sync_api import expect
from waiting import eventually, rest, ticks


@pytest.fixture
def school(serve):
    """A stand-in server that asks who one is, with two buildings of classrooms, of this test's own."""
    return serve(accounts=make_hub(), classrooms=True)


def card(page, name):
    return page.locator("li.room", has=page.get_by_role("heading", name=name, exact=True))


def names(page):
    return page.locator("li.room h3").all_inner_texts()


def held(school, who, room=None):
    """The bookings of somebody that are not over, newest last."""
    return school.do(lambda world: [booking for booking in world.classrooms.bookings.values()
                                    if booking.holder == who and booking.holds and booking.last_end() > now() and room in (None, booking.room)])


def at_ten(school, days=8):
    """Ten o'clock of a day to come, and the text that a field of a form has for it."""
    return school.do(lambda world: world.classrooms.on_day(days, 10))


def typed(instant):
    return wall(instant).strftime("%Y-%m-%dT%H:%M")


# Rooms now.


def test_each_room_says_how_it_is_since_when_and_until_when(school, open_page):
    page = open_page(f"{school.url}/classrooms", who="grace", on=school)
    expect(page.locator(".lead")).to_have_text("4 of 8 rooms free now")
    for name, state, words in [("Room 1.204", "Free", r"Free until .*Nobody is there, for 12 min"), ("Room 1.205", "In use", r"Booked until .*Somebody is there, for 34 min"),
                               ("Room 1.206", "In use, not booked", r"Somebody is there, for 8 min"), ("Room 2.101", "Booked", r"Booked until .*Nobody is there, for 26 min"),
                               ("Chemistry lab", "Unknown", r"Sensor silent, for 25 min"), ("Library corner", "Free", r"Nothing booked.*No sensor: only bookings are known")]:
        expect(card(page, name).locator(".badge")).to_have_text(state)
        expect(card(page, name)).to_have_text(re.compile(words, re.S))
        assert card(page, name).locator(".badge .glyph").count() == 1, "a colour never stands alone"
    assert page.locator(".building h2").all_inner_texts() == ["Main building 5", "Science wing 3"]


def test_what_happens_in_a_room_is_seen_at_once(school, open_page):
    page = open_page(f"{school.url}/classrooms", who="grace", on=school)
    rest(page)
    school.do(lambda world: world.classrooms.change("room-1-204", occupancy="occupied"))
    expect(card(page, "Room 1.204").locator(".badge")).to_have_text("In use, not booked")
    school.do(lambda world: world.classrooms.silence("room-1-204"))
    expect(card(page, "Room 1.204").locator(".badge")).to_have_text("Unknown")
    expect(card(page, "Room 1.204")).to_contain_text("Sensor silent")
    expect(page.locator(".lead")).to_have_text("3 of 8 rooms free now")


def test_rooms_are_found_by_state_building_size_and_equipment(school, open_page):
    page = open_page(f"{school.url}/classrooms", who="grace", on=school)
    states = page.get_by_role("navigation", name="How rooms are")
    states.get_by_role("link", name="Free 4").click()
    expect(page.locator("li.room")).to_have_count(4)
    page.get_by_label("Size").select_option("20")
    expect(page.locator("li.room")).to_have_count(3)
    page.get_by_text("Equipment", exact=True).first.click()
    page.get_by_label("Projector").check()
    page.get_by_label("Whiteboard").check()
    expect(page.locator("li.room")).to_have_count(1)
    assert names(page) == ["Room 1.204"]
    page.go_back()      # the choices replace each other: one step back is the page before
    page.goto(f"{school.url}/classrooms?building=Science+wing&q=comp")
    expect(page.locator("li.room")).to_have_count(1)
    assert names(page) == ["Computer room"]
    page.goto(f"{school.url}/classrooms?seats=100&equipment=Fume+hood")
    page.get_by_role("heading", name="No room fits").wait_for()
    page.get_by_role("link", name="Show all rooms").click()
    expect(page.locator("li.room")).to_have_count(8)


def test_a_room_is_found_for_another_time_and_booked_for_it(school, open_page):
    begin = at_ten(school)
    school.do(lambda world: world.classrooms.book_for("room-1-205", "ada", "Art", begin, 60))
    page = open_page(f"{school.url}/classrooms", who="grace", on=school)
    page.get_by_role("link", name="At another time").click()
    page.get_by_label("Free from").fill(typed(begin))
    page.get_by_label("For", exact=True).select_option("90")
    expect(card(page, "Room 1.205")).to_have_count(0)
    expect(card(page, "Room 1.206").locator(".badge")).to_have_text("Free then")
    page.get_by_role("button", name="Book Room 1.206").click()
    dialog = page.get_by_role("dialog", name="Book Room 1.206")
    expect(dialog.get_by_label("From", exact=True)).to_have_value(typed(begin))
    expect(dialog.get_by_label("To", exact=True)).to_have_value(typed(begin + 5400))
    dialog.get_by_role("button", name="Book", exact=True).click()
    expect(card(page, "Room 1.206"), "it is not free any more").to_have_count(0)
    assert held(school, "grace", "room-1-206")[-1].times[0]["begin"] == begin


def test_rooms_that_are_closed_then_are_not_offered(school, open_page):
    school.do(lambda world: world.classrooms.rooms["room-1-206"].update(hours={"mon": ["08:00-09:00"]}))
    begin = at_ten(school)
    page = open_page(f"{school.url}/classrooms?when=later&from={begin * 1000:.0f}", who="grace", on=school)
    expect(card(page, "Computer room")).to_have_count(1)
    expect(card(page, "Room 1.206")).to_have_count(0)


def test_a_hub_without_rooms_says_what_to_do(serve, open_page):
    site = serve(accounts=make_hub())
    page = open_page(f"{site.url}/classrooms", who="grace", on=site)
    page.get_by_role("heading", name="There is no classroom yet").wait_for()


def test_three_hundred_rooms_are_found_and_an_event_draws_one(school, open_page):
    def build(world):
        for number in range(292):
            world.classrooms.add(f"Hall {number + 1:03d}", f"Building {number % 6}", 10 + number)
            world.classrooms.heard(f"hall-{number + 1:03d}", minutes=60 * 5 + 30)
    school.do(build)
    page = open_page(f"{school.url}/classrooms", who="grace", on=school)
    expect(page.locator("li.room")).to_have_count(300)
    rest(page)
    page.evaluate("""() => { window.drawn = new Set(); new MutationObserver((changes) => { for (const { target } of changes) {
        const room = (target.nodeType === 1 ? target : target.parentElement).closest('li.room');
        if (room) window.drawn.add(room.querySelector('h3').textContent.trim()); } }).observe(document.getElementById('main'), { subtree: true, childList: true, characterData: true }); }""")
    school.do(lambda world: world.classrooms.change("hall-150", occupancy="occupied"))
    expect(card(page, "Hall 150").locator(".badge")).to_have_text("In use, not booked")
    ticks(page, 3)
    assert {name for name in page.evaluate("[...window.drawn]") if name.startswith("Hall")} == {"Hall 150"}
    page.get_by_label("Find a room").fill("hall 280")
    expect(page.locator("li.room")).to_have_count(1)
    assert names(page) == ["Hall 280"]


# Booking.


def test_a_free_room_is_booked_in_two_taps(school, open_page):
    page = open_page(f"{school.url}/classrooms", size=PHONE, who="grace", on=school)
    rest(page)
    page.get_by_role("button", name="Book Computer room").tap()
    page.get_by_role("dialog").get_by_role("button", name="Book", exact=True).tap()
    expect(page.locator(".toast")).to_contain_text("Computer room is yours:")
    expect(card(page, "Computer room").locator(".badge")).to_have_text("Booked")
    made = held(school, "grace", "computer-room")[0]
    assert made.times[0]["begin"] <= now() < made.times[0]["end"] and made.minutes == 60


def test_who_may_only_look_books_nothing(school, open_page):
    page = open_page(f"{school.url}/classrooms", who="vera", on=school)
    expect(page.locator("li.room")).to_have_count(8)
    expect(page.get_by_role("button", name="Book")).to_have_count(0)
    page.get_by_role("link", name="Room 1.204").click()
    page.get_by_role("heading", level=1, name="Room 1.204").wait_for()
    expect(page.get_by_role("button", name="Book")).to_have_count(0)
    expect(page.get_by_role("button", name="Switch on")).to_have_count(0)


def booking_of(page, school, room, begin, minutes=60):
    """The window in which a room is booked, filled in."""
    page.goto(f"{school.url}/classrooms?when=later&from={begin * 1000:.0f}&minutes={minutes}")
    page.get_by_role("button", name=f"Book {room}").click()
    return page.get_by_role("dialog")


@pytest.mark.parametrize(("who", "seen"), [("grace", False), ("otto", True)])
def test_the_booking_in_the_way_is_shown_with_names_only_for_those_who_may_see_them(school, open_page, who, seen):
    begin = at_ten(school)
    if seen:
        school.do(lambda world: world.accounts.users["otto"].update(roles=[{"site": "*", "role": "operator"}]))
    page = open_page(f"{school.url}/classrooms", who=who, on=school)
    page.watch.allowed.append("409")
    dialog = booking_of(page, school, "Room 1.206", begin)
    # Somebody is quicker.
    school.do(lambda world: world.classrooms.booked(world.classrooms.book_for("room-1-206", "ada", "Art", begin + 1800, 45)))
    dialog.get_by_role("button", name="Book", exact=True).click()
    way = dialog.get_by_role("alert")
    expect(way).to_contain_text("The room is taken then")
    expect(way).to_contain_text("Booked 10:30–11:15")
    assert ("ada" in way.inner_text(), "Art" in way.inner_text()) == (seen, seen)
    assert held(school, who, "room-1-206") == []
    way.get_by_role("button", name="Begin at 11:15 instead").click()
    expect(way).to_have_count(0)
    dialog.get_by_role("button", name="Book", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("11:15–12:15")
    assert held(school, who, "room-1-206")[0].times[0]["begin"] == begin + 4500


def test_a_series_has_days_and_an_end_and_leaves_out_what_is_taken(school, open_page):
    begin = school.do(lambda world: world.classrooms.on_day(world.classrooms.next_monday(2), 10))
    school.do(lambda world: world.classrooms.book_for("room-1-206", "ada", "Art", world.classrooms.on_day(world.classrooms.next_monday(3), 10), 60))
    page = open_page(f"{school.url}/classrooms", who="grace", on=school)
    page.watch.allowed.append("409")
    dialog = booking_of(page, school, "Room 1.206", begin, 45)
    dialog.get_by_label("What for").fill("Chemistry 10a")
    dialog.get_by_label("Repeat").select_option("weekly")
    expect(dialog.get_by_label("Mon")).to_be_checked()
    dialog.get_by_label("Thu").check()
    dialog.get_by_label("Times", exact=True).fill("6")
    expect(dialog.get_by_role("status")).to_contain_text(re.compile("6 times: Mon .* to Thu .*, 10:00–10:45"))
    dialog.get_by_role("button", name="Book", exact=True).click()
    dialog.get_by_role("button", name=re.compile("Leave out Mon")).click()
    expect(dialog.get_by_role("status")).to_contain_text("One time is left out.")
    dialog.get_by_role("button", name="Book", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("5 times")
    made = held(school, "grace", "room-1-206")[0]
    assert made.rule == "FREQ=WEEKLY;BYDAY=MO,TH;COUNT=6" and made.purpose == "Chemistry 10a"
    assert [wall(time["begin"]).weekday() for time in made.times] == [0, 3, 3, 0, 3]


def test_a_series_ends_on_a_day_and_needs_a_day_of_the_week(school, open_page):
    begin = school.do(lambda world: world.classrooms.on_day(world.classrooms.next_monday(2), 10))
    page = open_page(f"{school.url}/classrooms", who="grace", on=school)
    dialog = booking_of(page, school, "Room 1.206", begin)
    dialog.get_by_label("Repeat").select_option("weekly")
    dialog.get_by_label("Mon").uncheck()
    expect(dialog.get_by_text("Choose a day of the week.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Book", exact=True)).to_be_disabled()
    dialog.get_by_label("Wed").check()
    dialog.get_by_label("Every", exact=True).select_option("2")
    dialog.get_by_role("radio", name="On a day").check()
    dialog.get_by_label("Last day").fill(f"{wall(begin + 32 * 86400):%Y-%m-%d}")
    dialog.get_by_role("button", name="Book", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("3 times")
    assert [wall(time["begin"]).weekday() for time in held(school, "grace", "room-1-206")[0].times] == [2, 2, 2]


def test_what_needs_approval_is_asked_for_and_told(school, open_page):
    page = open_page(f"{school.url}/classrooms", who="grace", on=school)
    dialog = booking_of(page, school, "Great Hall", at_ten(school))
    expect(dialog).to_contain_text("Somebody has to approve bookings of this room.")
    dialog.get_by_role("button", name="Ask for it").click()
    expect(page.locator(".toast")).to_contain_text("Asked for Great Hall")
    page.goto(f"{school.url}/classrooms/bookings?tab=asked")
    expect(page.locator(".booking")).to_have_count(2)
    expect(page.locator(".booking .badge").first).to_have_text("Asked for")


def test_what_the_hub_refuses_is_said(school, open_page):
    def many(world):
        for number in range(50):
            world.classrooms.book_for("library-corner", "grace", "Reading", world.classrooms.on_day(20 + number, 9), 30)
    school.do(many)
    page = open_page(f"{school.url}/classrooms", who="grace", on=school)
    page.watch.allowed.append("429")
    dialog = booking_of(page, school, "Room 1.206", at_ten(school))
    dialog.get_by_role("button", name="Book", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("cancel one to make another")


# One room.


def test_power_is_switched_only_while_ones_own_booking_runs_and_confirmed_by_the_relay(school, open_page):
    page = open_page(f"{school.url}/classrooms/rooms/room-1-204", who="grace", on=school)
    power = page.get_by_role("region", name="Power")
    expect(power).to_contain_text("because nobody is there")
    expect(power).to_contain_text("You can switch it while a booking of yours runs.")
    expect(power.get_by_role("button", name="Switch on")).to_have_count(0)
    page.goto(f"{school.url}/classrooms/rooms/room-2-101")
    expect(power).to_contain_text("because the room is booked")
    power.get_by_role("button", name="Switch off").click()
    expect(power.get_by_role("status")).to_contain_text("Asked")
    expect(power).to_contain_text(re.compile(r"Switched off by a person until \d\d:\d\d"))
    school.do(lambda world: world.classrooms.relay("room-2-101", False))
    expect(power.get_by_role("status")).to_contain_text("Confirmed")
    expect(power.locator(".power-now .badge")).to_have_text("Power off")
    power.get_by_role("button", name="Leave it to the rules").click()
    expect(power).to_contain_text("because the room is booked")


def test_a_silent_device_makes_all_unknown_but_the_bookings(school, open_page):
    page = open_page(f"{school.url}/classrooms/rooms/room-1-204", who="grace", on=school)
    rest(page)
    school.do(lambda world: world.classrooms.silence("room-1-204"))
    expect(page.locator(".lead .badge")).to_contain_text("Unknown")
    expect(page.get_by_text("Nobody knows whether somebody is there.")).to_be_visible()
    expect(page.locator(".power-now .badge")).to_have_text("Power was off")
    expect(page.get_by_role("region", name="Bookings of the next seven days")).to_contain_text("Yours: Physics 9b")


def test_somebody_who_is_there_says_so(school, open_page):
    page = open_page(f"{school.url}/classrooms/rooms/room-2-101", who="grace", on=school)
    expect(page.locator(".check-in")).to_contain_text("Nobody has been there yet.")
    page.get_by_role("button", name="I am here").click()
    expect(page.locator(".check-in")).to_have_count(0)
    assert held(school, "grace", "room-2-101")[0].times[0]["presence"] == "confirmed"


def test_a_room_that_is_missing_or_taken_away_says_so(school, open_page):
    page = open_page(f"{school.url}/classrooms/rooms/room-1-204", who="grace", on=school)
    rest(page)
    school.do(lambda world: world.emit("classrooms/room-1-204/removed", {"classroom_id": "room-1-204"}, "classrooms.view"))
    page.get_by_role("heading", name="No such classroom").wait_for()
    page.watch.allowed.append("404")
    page.goto(f"{school.url}/classrooms/rooms/nowhere")
    page.get_by_role("heading", name="No such classroom").wait_for()


# One's own bookings.


def row(page, purpose):
    return page.locator("li.booking", has=page.get_by_role("heading", name=purpose, exact=True))


def test_one_time_of_a_series_is_cancelled_or_all(school, open_page):
    page = open_page(f"{school.url}/classrooms/bookings", who="grace", on=school)
    series = row(page, "Physics 9b").filter(has_text="7 more times")
    series.get_by_role("button", name="Cancel").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel this time").click()
    expect(row(page, "Physics 9b").filter(has_text="6 more times")).to_have_count(1)
    booking = next(each for each in held(school, "grace") if each.rule)
    assert [time["cancelled"] for time in booking.times] == [True] + [False] * 7
    row(page, "Physics 9b").filter(has_text="6 more times").get_by_role("button", name="Cancel").click()
    page.get_by_role("radio", name="All times").check()
    page.get_by_role("dialog").get_by_role("button", name="Cancel all times").click()
    expect(row(page, "Physics 9b").filter(has_text="more times")).to_have_count(0)
    page.get_by_role("link", name="Past").click()
    expect(row(page, "Physics 9b").locator(".badge")).to_have_text("Cancelled")


def test_a_booking_is_changed(school, open_page):
    page = open_page(f"{school.url}/classrooms/bookings", who="grace", on=school)
    row(page, "Exam").get_by_role("button", name="Change").click()
    dialog = page.get_by_role("dialog", name="Change your booking of Room 1.204")
    begin = held(school, "grace", "room-1-204")[-1].times[0]["begin"]
    dialog.get_by_label("From", exact=True).fill(typed(begin + 3600))
    expect(dialog.get_by_label("To", exact=True), "it stays as long as it was").to_have_value(typed(begin + 3 * 3600))
    dialog.get_by_role("button", name="Save").click()
    expect(row(page, "Exam")).to_contain_text("14:00–16:00")


def test_a_series_is_changed_from_its_next_time_on_without_what_was_cancelled(school, open_page):
    def cancel_third(world):
        booking = next(each for each in world.classrooms.bookings.values() if each.holder == "grace" and each.rule)
        booking.times[2]["cancelled"] = True
    school.do(cancel_third)
    page = open_page(f"{school.url}/classrooms/bookings", who="grace", on=school)
    row(page, "Physics 9b").filter(has_text="6 more times").get_by_role("button", name="Change").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Times", exact=True)).to_have_value("8")
    begin = next(each for each in held(school, "grace") if each.rule).times[0]["begin"]
    dialog.get_by_label("From", exact=True).fill(typed(begin + 900))
    dialog.get_by_role("button", name="Save").click()
    expect(row(page, "Physics 9b").filter(has_text="6 more times")).to_contain_text("10:15–11:00")
    booking = next(each for each in held(school, "grace") if each.rule)
    assert len(booking.times) == 7 and booking.rule == "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=8"


def test_what_a_series_left_out_stays_left_out_when_it_is_changed(school, open_page):
    def left_out(world):
        booking = next(each for each in world.classrooms.bookings.values() if each.holder == "grace" and each.rule)
        del booking.times[2]
        return [time["begin"] for time in booking.times]
    before = school.do(left_out)
    page = open_page(f"{school.url}/classrooms/bookings", who="grace", on=school)
    row(page, "Physics 9b").filter(has_text="6 more times").get_by_role("button", name="Change").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("status")).to_contain_text("One time is left out.")
    dialog.get_by_label("What for").fill("Physics 9c")
    dialog.get_by_role("button", name="Save").click()
    expect(row(page, "Physics 9c")).to_contain_text("6 more times")
    assert [time["begin"] for time in next(each for each in held(school, "grace") if each.rule).times] == before


def test_who_did_not_come_is_told_with_what_the_sensor_saw(school, open_page):
    page = open_page(f"{school.url}/classrooms/bookings", who="grace", on=school)
    expect(row(page, "Choir").locator(".badge").last).to_have_text("Running")
    rest(page)
    school.do(lambda world: world.classrooms.release(next(b for b in world.classrooms.bookings.values() if b.purpose == "Choir")))
    expect(row(page, "Choir")).to_have_count(0)
    page.get_by_role("link", name="Past").click()
    expect(row(page, "Choir").locator(".badge")).to_have_text("Given away")
    row(page, "Choir").locator("summary").click()
    expect(row(page, "Choir")).to_contain_text(re.compile(r"Given away at \d\d:\d\d: nobody came.*Sensor.*esp-room-2-101.*Somebody was there last.*never", re.S))


def test_a_decision_is_seen_at_once_with_its_remark(school, open_page):
    page = open_page(f"{school.url}/classrooms/bookings?tab=asked", who="grace", on=school)
    expect(row(page, "Parents' evening")).to_have_count(1)
    rest(page)

    def decline(world):
        booking = next(each for each in world.classrooms.bookings.values() if each.purpose == "Parents' evening")
        booking.status, booking.remark = "declined", "The hall is let."
        world.classrooms.booked(booking)
    school.do(decline)
    page.get_by_role("heading", name="Nothing waits for approval").wait_for()
    page.get_by_role("link", name="Past").click()
    expect(row(page, "Parents' evening")).to_contain_text("Remark: The hall is let.")


def test_who_has_no_bookings_is_shown_the_way_to_one(school, open_page):
    page = open_page(f"{school.url}/classrooms/bookings", who="otto", on=school)
    page.get_by_role("heading", name="You have booked nothing").wait_for()
    expect(page.get_by_role("link", name="Find a room").last).to_have_attribute("href", "/classrooms")


# Contact.


def test_a_message_is_sent_about_a_room(school, open_page):
    page = open_page(f"{school.url}/classrooms/rooms/room-1-204", who="vera", on=school)
    page.get_by_role("link", name="Report something about this room").click()
    expect(page.get_by_label("Subject")).to_have_value("Room 1.204: ")
    expect(page.get_by_role("button", name="Send")).to_be_disabled()
    page.get_by_label("Message").fill("ä" * 2600)
    expect(page.locator(".field-error"), "the hub counts in bytes").to_contain_text("at most 5")
    page.get_by_label("Message").fill("The projector hums.")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="Sent").wait_for()
    sent = eventually(page, lambda: school.do(lambda world: [one for one in world.classrooms.messages if one["sender"] == "vera"]), "it has come")[-1]
    assert (sent["sender"], sent["subject"], sent["message"]) == ("vera", "Room 1.204:", "The projector hums.")


def test_too_many_messages_are_refused_in_words(school, open_page):
    school.do(lambda world: world.classrooms.messages.extend({"sender": "vera", "at": iso(now())} for _ in range(50)))
    page = open_page(f"{school.url}/classrooms/contact", who="vera", on=school)
    page.watch.allowed.append("429")
    page.get_by_label("Subject").fill("Chairs")
    page.get_by_label("Message").fill("Two are broken.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("wait for tomorrow")
    expect(page.get_by_label("Message"), "nothing that was written is lost").to_have_value("Two are broken.")
