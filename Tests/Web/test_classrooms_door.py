"""The display at a classroom's door: how the room is, what comes next, checking in, booking from now on; and what it says when it does not know."""
import re

import pytest
from conftest import PHONE
from fake.clock import now
from fake.people import hub as make_hub
from playwright.sync_api import expect
from rules import COLOURS, fits, has_room_for_a_finger, in_theme, is_read_easily, keeps_the_rules
from waiting import eventually, frames, rest, until

LOST = ["ERR_CONNECTION_REFUSED", "ERR_FAILED", "Failed to load resource", "Failed to fetch"]
STANDING = "{ const begun = Date.now(); window.later = 0; Date.now = () => begun + window.later; }"
TABLET = {"viewport": {"width": 800, "height": 480}, "has_touch": True}
WALL = {"viewport": {"width": 1920, "height": 1080}}
SIZES = {"tablet": TABLET, "phone": PHONE, "wall": WALL}
KEY = "mlk_" + "A" * 43
DOOR, ROOM, MINUTE = f"/classrooms/door#{KEY}", "room-1-204", 60


@pytest.fixture
def school(serve):
    """A stand-in server with classrooms, of which one has a link to its door and no booking."""
    server = serve(accounts=make_hub(), classrooms=True)
    server.do(lambda world: world.accounts.links.insert(0, {"id": "l", "kind": "classrooms.door", "thing": ROOM, "device": None, "open": True}))
    server.do(lambda world: world.classrooms.bookings.clear())
    return server


def of_door(world):
    return next(part for part in world.classrooms.parts if part.__class__.__module__.endswith("classrooms_door"))


def book(school, begins, minutes=60, purpose="Maths 8a", **times):
    """A booking that begins so many minutes from now; negative: it runs already."""
    start = now() // 60 * 60 + begins * MINUTE
    def make(world):
        made = world.classrooms.book_for(ROOM, "ada", purpose, start, minutes)
        made.times[0].update({"made": start - 86400, **times})
        return made
    return school.do(make)


def set_door(school, **rules):
    school.do(lambda world: of_door(world).rules_of(world.classrooms.rooms[ROOM]).update(rules))


def heard(school, occupancy):
    school.do(lambda world: world.classrooms.heard(ROOM, occupancy))


def word(page):
    return page.locator(".door-word > span").first


def opened(school, open_page, **options):
    page = open_page(school.url + DOOR, **{"size": TABLET, **options})
    page.locator(".door-until").wait_for()
    return page


def shows(page, state, more=None):
    expect(word(page)).to_have_text(state, use_inner_text=True)
    if more:
        expect(page.locator(".door-state")).to_contain_text(more)


def gone(page):
    """Lets the test take the hub away and give it back: {"gone": True}. Meanwhile no request waits for long."""
    state = {"gone": False}
    def pass_on(route):
        url = route.request.url
        route.abort() if state["gone"] else route.continue_(url=re.sub(r"wait=\d+", "wait=1", url))
    page.route("**/api/room-doors?*", pass_on)
    return state


def test_it_says_how_the_room_is_and_what_comes_next_without_names(school, open_page):
    book(school, 90, 45)
    page = opened(school, open_page)
    shows(page, "Free", "until")
    expect(page.get_by_role("heading", level=1)).to_have_text("Room 1.204", use_inner_text=True)
    expect(page.locator(".door-head")).to_contain_text("Main building · 32 seats")
    expect(page.locator(".door-next li")).to_have_count(1)
    expect(page.locator(".door-next li")).to_contain_text("Booked")
    expect(page.locator("header.rail, .guest-head, .nav-bottom, button")).to_have_count(0)
    text = page.locator("body").inner_text()
    assert "ada" not in text and "Maths" not in text
    # The key is in a header field of each request, and in no address.
    assert [url for url in page.watch.requests if "mlk_" in url and "#" not in url] == []
    set_door(school, shows_purpose=True)
    expect(page.locator(".door-next li")).to_contain_text("Maths 8a")


def test_it_is_live_without_a_socket(school, open_page):
    page = opened(school, open_page)
    shows(page, "Free", "for the rest of today")
    # It hears at once, and asks again only when it has been answered: a few requests, not one after the other.
    asked = len(page.watch.requests)
    booking = book(school, -5, 45)
    shows(page, "Booked", "until")
    expect(page.locator(".door-says")).to_contain_text("Nobody is there yet. From ")
    heard(school, "occupied")
    shows(page, "In use")
    expect(page.locator(".door-says")).to_have_count(0)
    school.do(lambda world: world.classrooms.bookings.pop(booking.id))
    shows(page, "In use", "not booked")
    heard(school, "idle")
    shows(page, "Free")
    assert sum("/api/room-doors" in url for url in page.watch.requests[asked:]) < 12


def test_a_silent_sensor_is_not_free(school, open_page):
    page = opened(school, open_page)
    school.do(lambda world: world.classrooms.silence(ROOM))
    shows(page, "Unknown", "The sensor is silent: nobody knows whether somebody is inside.")
    book(school, -5)
    shows(page, "Booked")


def test_one_tap_checks_in(school, open_page):
    booking = book(school, -5, 45)
    page = opened(school, open_page)
    shows(page, "Booked")
    with page.expect_request("**/check-in") as asked:
        page.get_by_role("button", name="Check in", exact=True).tap()
    assert asked.value.all_headers()["authorization"] == f"Bearer {KEY}"
    expect(page.locator(".door-answer")).to_contain_text("Checked in: the room is yours until")
    shows(page, "In use")
    expect(page.get_by_role("button")).to_have_count(0)
    assert school.do(lambda world: world.classrooms.bookings[booking.id].times[0]["presence"]) == "confirmed"


def test_by_keyboard_and_before_it_begins(school, open_page):
    book(school, 8, 45)
    page = opened(school, open_page)
    button = page.get_by_role("button", name=re.compile(r"^Check in for \d\d:\d\d$"))
    button.wait_for()
    page.keyboard.press("Tab")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".door-answer")).to_contain_text("Checked in")
    shows(page, "Free")
    expect(button).to_have_count(0)


def test_a_check_in_that_comes_too_late_says_what_became_of_the_booking(school, open_page):
    booking = book(school, -14, 60, presence="warned")
    page = opened(school, open_page)
    page.watch.allowed += LOST
    def too_late(route):
        school.do(lambda world: world.classrooms.release(world.classrooms.bookings[booking.id]))
        route.continue_()
    page.route("**/check-in", too_late)
    page.get_by_role("button", name="Check in").tap()
    expect(page.locator(".door-answer")).to_contain_text("was given away at")
    shows(page, "Free")
    # After a while the answer goes, and what stays is what somebody who comes now has to know.
    expect(page.locator(".door-says")).to_contain_text("was given away at", timeout=30_000)
    expect(page.locator(".door-answer")).to_be_empty()


def test_a_tap_that_does_not_reach_the_hub_says_so(school, open_page):
    book(school, -5)
    page = opened(school, open_page)
    page.watch.allowed += LOST
    page.route("**/check-in", lambda route: route.abort())
    page.get_by_role("button", name="Check in").tap()
    expect(page.locator(".door-answer")).to_have_text("That did not reach the hub: try again.", use_inner_text=True)
    expect(page.get_by_role("button", name="Check in")).to_be_visible()


def test_a_free_room_is_booked_at_the_door_where_that_is_allowed(school, open_page):
    page = opened(school, open_page)
    shows(page, "Free")
    expect(page.get_by_role("button")).to_have_count(0)
    set_door(school, takes_bookings=True)
    names = lambda *wanted: expect(page.get_by_role("group", name="Book the room now").get_by_role("button")).to_have_text(list(wanted), use_inner_text=True)
    names("15 min", "30 min", "45 min", "1 h")
    book(school, 40)
    names("15 min", "30 min")
    with page.expect_request("**/book") as asked:
        page.get_by_role("button", name="30 min").tap()
    assert asked.value.post_data_json == {"minutes": 30}
    expect(page.locator(".door-answer")).to_have_text(re.compile(r"^Booked until \d\d:\d\d\.$"), use_inner_text=True)
    shows(page, "In use")
    expect(page.get_by_role("button")).to_have_count(0)


def test_somebody_else_was_quicker(school, open_page):
    set_door(school, takes_bookings=True)
    page = opened(school, open_page)
    page.watch.allowed += LOST
    page.route("**/book", lambda route: (book(school, -5, 45), route.continue_()))
    page.get_by_role("button", name="15 min").tap()
    expect(page.locator(".door-answer")).to_contain_text("is booked until")
    shows(page, "Booked")


def test_a_link_that_was_revoked_shows_nothing_more(school, open_page):
    book(school, -5)
    page = open_page(school.url + DOOR, size=TABLET)
    page.watch.allowed += LOST
    shows(page, "Booked")
    gone(page)
    school.do(lambda world: world.accounts.links[0].update(open=False))
    page.get_by_text(re.compile("^This link no longer works")).wait_for()
    shows(page, "Unknown")
    expect(page.get_by_role("heading", level=1)).to_have_text("Classroom", use_inner_text=True)
    expect(page.locator(".door-next, button, .door-clock")).to_have_count(0)
    # It asks no more: nothing would come of it.
    rest(page)
    asked = page.watch.answers()
    frames(page, 60)
    assert page.watch.answers() == asked


def test_a_key_that_opens_nothing_says_so(school, open_page):
    school.do(lambda world: world.accounts.links.clear())
    page = open_page(school.url + DOOR)
    page.watch.allowed += LOST
    page.get_by_text(re.compile("^This link no longer works")).wait_for()
    shows(page, "Unknown")


def test_what_it_has_not_heard_for_long_it_does_not_know_and_says_since_when(school, open_page):
    book(school, -5, 600)
    page = open_page(school.url + DOOR, size=TABLET, before=STANDING)
    page.watch.allowed += LOST
    hub = gone(page)
    shows(page, "Booked")
    failed = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    refused = lambda: any("/api/room-doors" in url for url in failed)
    hub["gone"] = True
    eventually(page, refused, "the page finds the hub gone")
    page.evaluate("window.later += 26_000")
    page.get_by_text(re.compile(r"^Not live: no connection since \d\d:\d\d$")).wait_for()
    shows(page, "Unknown")
    expect(page.locator(".door-until, button")).to_have_count(0)
    expect(page.get_by_role("heading", level=2)).to_have_text(re.compile(r"^Next, as of \d\d:\d\d$"), use_inner_text=True)
    hub["gone"] = False
    shows(page, "Booked", "until")
    expect(page.get_by_text(re.compile("^Not live"))).to_have_count(0)


def test_a_hub_that_answers_with_errors_is_not_no_connection(school, open_page):
    page = open_page(school.url + DOOR, size=TABLET, before=STANDING)
    page.watch.allowed += LOST
    gone(page)
    shows(page, "Free")
    statuses = []
    page.on("response", lambda response: statuses.append(response.status))
    school.do(lambda world: world.broken.update({"/api/room-doors": (503, "stopping", "Stopping", "")}))
    # What was on its way is answered first.
    eventually(page, lambda: 503 in statuses, "the page is refused")
    page.evaluate("window.later += 26_000")
    page.get_by_text(re.compile("^Not live: the hub has given no answer since")).wait_for()
    shows(page, "Unknown")
    school.do(lambda world: world.broken.clear())
    shows(page, "Free")


def test_the_clock_is_that_of_the_room(school, open_page):
    # Pacific time is many hours from Berlin's, and no part of the day is the same there.
    page = opened(school, open_page, timezone_id="America/Los_Angeles")
    berlin = "new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', hour: '2-digit', minute: '2-digit' }).format(Date.now())"
    until(page, f"document.querySelector('.door-clock').innerText === {berlin}")


def test_nothing_burns_in(school, open_page):
    page = opened(school, open_page, before=STANDING)
    place = lambda: page.locator(".door-word").bounding_box()["x"]
    first = place()
    page.evaluate("window.later += 60_000")
    eventually(page, lambda: place() != first, "all that is shown moves a little with each minute")
    assert abs(place() - first) < 20


def free(school):
    set_door(school, takes_bookings=True)


def crowded(school):
    set_door(school, takes_bookings=True, shows_purpose=True)
    for number in range(7):
        book(school, 20 + 70 * number, 60, "An evening of readings by all classes of the ninth year")


def booked(school):
    book(school, -5)
    book(school, 70)


def used(school):
    set_door(school, shows_purpose=True)
    book(school, -5, presence="confirmed", purpose="Parents' evening of the classes 9a, 9b and 9c")


def unbooked(school):
    heard(school, "occupied")


def silent(school):
    school.do(lambda world: world.classrooms.silence(ROOM))
    book(school, 60)


def long(school):
    school.do(lambda world: world.classrooms.rooms[ROOM].update(name="The great lecture hall of the faculty of natural sciences"))
    book(school, -5)


STATES = {"free": free, "crowded": crowded, "booked": booked, "used": used, "unbooked": unbooked, "silent": silent, "long": long}
# What is cut off: letters reach a little beyond their lines by themselves.
CUT = """() => [...document.querySelectorAll('.door, .door-state, .door-facts, .door-word, .door-act, .door-button')].filter((e) =>
    (!e.matches('.door-word') && e.scrollHeight > e.clientHeight + 2) || e.scrollWidth > e.clientWidth + 2)
    .map((e) => `${e.className} ${e.scrollWidth}>${e.clientWidth} ${e.scrollHeight}>${e.clientHeight}`)"""


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("size", SIZES)
def test_all_is_seen_and_read_on_every_screen_in_both_themes(school, open_page, state, size):
    STATES[state](school)
    page = opened(school, open_page, size=SIZES[size], color_scheme="light")
    rest(page)
    assert page.evaluate(CUT) == []
    fits(page, SIZES[size]["viewport"]["width"])
    has_room_for_a_finger(page)
    keeps_the_rules(page)
    for theme in ["dark", "light"]:
        in_theme(page, theme)
        is_read_easily(page)
        keeps_the_rules(page, COLOURS)
    # Letters of a fifth of the screen's shorter side are read from five metres at a tablet of seven inches as well as they can be.
    height = page.locator(".door-word").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    shorter = min(SIZES[size]["viewport"].values())
    assert height >= 0.14 * shorter, height
    # A state has a word and a shape, and no colour alone.
    expect(page.locator(".door-word .glyph")).to_have_count(1)


@pytest.mark.parametrize("size", SIZES)
def test_a_long_refusal_is_read_to_its_end(school, open_page, size):
    set_door(school, takes_bookings=True)
    page = opened(school, open_page, size=SIZES[size])
    page.watch.allowed += LOST
    detail = "The booking from 14:00 was given away at 14:15, because nobody came: book the room anew."
    page.route("**/book", lambda route: route.fulfill(status=409, json={"code": "conflict", "title": "Conflict", "detail": detail}))
    page.get_by_role("button", name="15 min").tap() if "has_touch" in SIZES[size] else page.get_by_role("button", name="15 min").click()
    expect(page.locator(".door-answer")).to_have_text(detail, use_inner_text=True)
    assert page.evaluate(CUT) == []


def test_those_who_manage_a_room_set_what_its_door_does_and_make_its_link(school, open_page):
    page = open_page(f"{school.url}/classrooms/rooms/{ROOM}", who="ada", on=school)
    card = page.get_by_role("region", name="At the door")
    bookings = card.get_by_role("checkbox", name="Let anyone at the door book the room")
    expect(bookings).not_to_be_checked()
    with page.expect_request(lambda request: request.method == "PUT") as asked:
        bookings.click()
    assert asked.value.post_data_json == {"takes_bookings": True}
    expect(bookings).to_be_checked()
    expect(card.get_by_role("checkbox", name="Show what bookings are for")).not_to_be_checked()
    # What the hub does not take is not shown as taken.
    page.watch.allowed += LOST
    school.do(lambda world: world.broken.update({f"/api/admin/classrooms/{ROOM}/door": (409, "conflict", "Conflict", "Not now.")}))
    bookings.click()
    card.get_by_text("Not now.").wait_for()
    expect(bookings).to_be_checked()
    school.do(lambda world: world.broken.clear())
    share = page.get_by_role("region", name="Share", exact=True)
    share.get_by_label("What the link shows").select_option("classrooms.door")
    share.get_by_label("What the link is for").fill("Tablet")
    share.get_by_role("button", name="Make a link").click()
    address = share.locator(".secret code")
    expect(address).to_have_text(f"{school.url}{DOOR}")
    display = open_page(address.inner_text(), size=TABLET)
    shows(display, "Free")
    expect(display.get_by_role("button", name="15 min")).to_be_visible()


def test_nobody_else_sees_that_card(school, open_page):
    page = open_page(f"{school.url}/classrooms/rooms/{ROOM}", who="grace", on=school)
    rest(page)
    expect(page.get_by_role("region", name="At the door")).to_have_count(0)
