"""Those who run classrooms: what needs them, rooms, devices with their keys, bookings of everybody, messages and logs."""
import csv
import io
import re

import pytest
from conftest import PHONE
from fake.clock import now
from fake.people import hub as make_hub
from playwright.sync_api import expect
from waiting import eventually, rest

RUN = "/classrooms/admin"


@pytest.fixture
def school(serve):
    """A stand-in server that asks who one is, with the classrooms of the demonstration, of this test's own."""
    return serve(accounts=make_hub(), classrooms=True)


@pytest.fixture
def many(serve):
    """300 rooms in six buildings, each with a device that is heard."""
    server = serve(accounts=make_hub())

    def build(world):
        for number in range(300):
            room = world.classrooms.add(f"Room {number:03d}", f"House {number // 50 + 1}", 20 + number % 30)
            world.classrooms.heard(room["classroom_id"], "occupied" if number % 3 == 0 else "idle", number % 2 == 0)
    server.do(build)
    return server


def opened(open_page, server, path="", who="ada", **options):
    page = open_page(server.url + RUN + path, who=who, on=server, **options)
    rest(page)
    return page


def says(*words):
    """A row that says this in this order, in whichever of its cells."""
    return re.compile(".*".join(words), re.S)


def lead(page):
    return page.locator(".lead")


# The first page.


def test_the_first_page_says_what_needs_a_person_and_hears_of_more(school, open_page):
    page = opened(open_page, school)
    expect(lead(page)).to_have_text("To look at: 1 room that did not switch, 1 silent device, 1 booking that nobody has come to, 1 booking to decide on and 2 messages to answer.",
                                    use_inner_text=True)
    rows = page.get_by_role("table", name="Needs attention").locator("tbody tr")
    expect(rows).to_have_text([says("Room 1.206", "Did not switch", "Should be off", "relay did not follow", "min ago"), says("Chemistry lab", "Device silent", "min ago"),
                               says("Room 2.101", "Nobody came", r"given away at \d\d:\d\d")], use_inner_text=True)
    tile = lambda name: page.locator(".tile", has=page.locator("dt", has_text=re.compile(f"^{name}$")))
    expect(tile("Offline").locator(".tile-number")).to_have_text("1")
    expect(tile("Rooms")).to_contain_text("1 without a device", use_inner_text=True)
    asked = page.watch.answers()
    school.do(lambda world: world.classrooms.silence("computer-room"))
    expect(rows.filter(has_text="Computer room")).to_contain_text("Device silent", use_inner_text=True)
    expect(tile("Offline").locator(".tile-number")).to_have_text("2")
    school.do(lambda world: world.classrooms.change("room-2-101", occupancy="occupied"))
    expect(tile("Occupied").locator(".tile-number")).to_have_text("3")
    assert page.watch.answers() == asked, "it heard of all that, and asked nothing"


def test_where_nothing_needs_anybody_it_says_so(many, open_page):
    page = opened(open_page, many)
    expect(lead(page)).to_have_text("All is well: every device is heard, and nothing waits.")
    expect(page.get_by_text("No room needs anybody.")).to_be_visible()


def test_a_hub_without_rooms_leads_to_the_first(hub, open_page):
    page = opened(open_page, hub)
    page.get_by_role("heading", name="There is no classroom yet").wait_for()
    page.get_by_role("link", name="Add a room").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("Room 1")
    dialog.get_by_role("button", name="Add it").click()
    page.get_by_role("heading", level=1, name="Room 1").wait_for()
    assert hub.do(lambda world: list(world.classrooms.rooms)) == ["room-1"]


def test_who_may_not_run_classrooms_does_not_get_in(school, open_page):
    page = open_page(f"{school.url}{RUN}", who="grace", on=school)
    page.get_by_role("heading", name="This page is not open to you").wait_for()


def test_an_operator_of_another_site_sees_no_room_of_this_one(school, open_page):
    page = opened(open_page, school, "/rooms", who="otto")
    page.get_by_role("heading", name="There is no classroom yet").wait_for()
    expect(page.get_by_text("Room 1.204")).to_have_count(0)


# Rooms.


def test_a_room_is_added_changed_and_removed(school, open_page):
    page = opened(open_page, school, "/rooms")
    page.get_by_role("link", name="Add a room").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Add it").click()
    expect(dialog.get_by_text("Type what people call the room.")).to_be_visible()
    dialog.get_by_label("Name", exact=True).fill("Room 1.204")
    dialog.get_by_label("Building").fill("Main building")
    page.watch.allowed.append("409")
    dialog.get_by_role("button", name="Add it").click()
    expect(dialog.get_by_text("choose another name or building")).to_be_visible()
    dialog.get_by_label("Name", exact=True).fill("Room 1.300")
    dialog.get_by_role("button", name="Add it").click()
    page.get_by_role("heading", level=1, name="Room 1.300").wait_for()
    field = lambda name: page.get_by_label(name)
    field("On before a booking, minutes").fill("4")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Type a whole number from 5 to 240.")).to_be_visible()
    assert school.do(lambda world: world.classrooms.rooms["room-1-300"]["policy"]["pre_power_minutes"]) == 15, "nothing of what is wrong is sent"
    field("On before a booking, minutes").fill("20")
    field("What the room draws").fill("900")
    field("How many people fit in").fill("31")
    field("Equipment").fill("Whiteboard,  Projector, Whiteboard")
    page.locator("label", has_text="By the day").click()
    field("Monday").fill("8-12")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Type times such as 08:00-18:00")).to_be_visible()
    field("Monday").fill("08:00-12:00, 13:00-17:30")
    page.locator("label", has_text="Stay as it is").click()
    field("Bookings wait until somebody approves them").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Room 1.300 is changed.").wait_for()
    sent = school.do(lambda world: [part for part in world.classrooms.parts if hasattr(part, "asked")][0].asked[-1])
    assert sent == {"capacity": 31, "equipment": ["Projector", "Whiteboard"], "needs_approval": True, "policy": {"pre_power_minutes": 20, "watts": 900, "fail_safe": "hold"},
                    "hours": {"mon": ["08:00-12:00", "13:00-17:30"], **{day: ["08:00-18:00"] for day in ["tue", "wed", "thu", "fri"]}}}, "only what was changed is sent"
    page.reload()
    expect(field("Monday")).to_have_value("08:00-12:00, 13:00-17:30")
    expect(field("On before a booking, minutes")).to_have_value("20")
    page.get_by_role("button", name="Remove…").click()
    confirm = page.get_by_role("dialog")
    expect(confirm.get_by_role("button", name="Remove the room")).to_be_disabled()
    confirm.get_by_label(re.compile("room-1-300")).fill("room-1-300")
    confirm.get_by_role("button", name="Remove the room").click()
    page.get_by_role("heading", level=1, name="Rooms").wait_for()
    rest(page)
    expect(page.get_by_text("Room 1.300", exact=True)).to_have_count(0)


def test_a_zone_that_is_none_is_refused_in_words(school, open_page):
    page = opened(open_page, school, "/rooms/room-1-204?tab=settings")
    page.watch.allowed.append("400")
    page.get_by_label("Time zone").fill("Berlin")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("zone is a name of the IANA time zone database", use_inner_text=True)
    assert school.do(lambda world: world.classrooms.rooms["room-1-204"]["zone"]) == "Europe/Berlin"


def test_what_another_changed_meanwhile_stays(school, open_page):
    page = opened(open_page, school, "/rooms/room-1-204?tab=settings")
    school.do(lambda world: world.classrooms.rooms["room-1-204"].update(building="New wing"))
    page.get_by_label("How many people fit in").fill("33")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Room 1.204 is changed.").wait_for()
    assert school.do(lambda world: [world.classrooms.rooms["room-1-204"][key] for key in ("building", "capacity")]) == ["New wing", 33]


def test_300_rooms_are_found_and_sorted(many, open_page):
    page = opened(open_page, many, "/rooms")
    expect(lead(page)).to_have_text("300 rooms")
    rows = page.locator("tbody tr:not(.table-gap)")
    assert 0 < rows.count() < 60, "only what is in view is drawn"
    page.get_by_role("searchbox").fill("room 217")
    expect(rows).to_have_count(1)
    expect(page.get_by_role("link", name="Room 217")).to_be_visible()
    page.get_by_role("searchbox").fill("")
    page.get_by_label("Building").select_option("House 3")
    eventually(page, lambda: page.locator("tbody").inner_text().count("House 3") > 20, "the building's rooms are there")
    page.goto(f"{many.url}{RUN}/rooms?sort=-capacity")
    rest(page)
    expect(rows.first.locator("td").last).to_have_text("49")
    page.goto(f"{many.url}{RUN}/power")
    rest(page)
    expect(lead(page)).to_have_text("150 of 300 rooms have power.")


def test_a_room_that_another_added_and_removed_comes_and_goes(school, open_page):
    page = opened(open_page, school, "/rooms")
    school.do(lambda world: world.classrooms.show(world.classrooms.add("Attic", "Main building", 9)))
    page.get_by_role("link", name="Attic").wait_for()

    def remove(world):
        del world.classrooms.rooms["attic"]
        world.emit("classrooms/attic/removed", {"classroom_id": "attic"}, "classrooms.view")
    school.do(remove)
    expect(page.get_by_role("link", name="Attic")).to_have_count(0)


# Devices.


def test_a_device_is_added_with_its_key_shown_once(school, open_page):
    page = opened(open_page, school, "/rooms/library-corner")
    page.get_by_role("link", name="Add a device").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Room")).to_have_value("library-corner")
    dialog.get_by_label("Name of the device").fill("esp library")
    dialog.get_by_role("button", name="Add it").click()
    expect(dialog.get_by_text("Use up to 64 letters")).to_be_visible()
    page.watch.allowed.append("409")
    dialog.get_by_label("Name of the device").fill("node_01")
    dialog.get_by_role("button", name="Add it").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_label("Name of the device").fill("esp-library")
    dialog.get_by_role("button", name="Add it").click()
    secret = page.locator(".secret")
    expect(secret).to_contain_text("Shown only now.", use_inner_text=True)
    key = re.search(r"mdk_\w+", secret.inner_text())[0]
    expect(page.get_by_role("dialog")).to_contain_text("/api/esp/status", use_inner_text=True)
    page.get_by_role("button", name="I have kept it").click()
    page.get_by_role("link", name="esp-library").wait_for()
    rest(page)
    assert key not in page.content() and key not in page.url, "it is nowhere any more"
    assert school.do(lambda world: world.classrooms.rooms["library-corner"]["device"]) == "esp-library"


def test_a_device_moves_gets_a_new_key_and_is_removed(school, open_page):
    page = opened(open_page, school, "/devices")
    first = page.locator("tbody tr").first
    expect(first).to_contain_text("esp-chemistry-lab", use_inner_text=True)       # what is silent comes first
    expect(first).to_have_text(says("Device silent", "Chemistry lab", r"2\.0\.1", "0", "min ago"), use_inner_text=True)
    expect(page.get_by_role("row", name=re.compile("esp-computer-room"))).to_contain_text("3", use_inner_text=True)
    page.get_by_role("link", name="esp-chemistry-lab").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Room").locator("option")).to_have_text(["In no room", "Chemistry lab · Science wing", "Library corner · Science wing"])
    dialog.get_by_label("Room").select_option("library-corner")
    dialog.get_by_role("button", name="Move", exact=True).click()
    page.get_by_text("esp-chemistry-lab is in Library corner now.").wait_for()
    assert school.do(lambda world: [world.classrooms.rooms[id]["device"] for id in ("chemistry-lab", "library-corner")]) == [None, "esp-chemistry-lab"]
    dialog.get_by_role("button", name="New key…").click()
    page.get_by_role("dialog", name=re.compile("a new key")).get_by_role("button", name="Give a new key").click()
    page.locator(".secret").get_by_text(re.compile("mdk_")).wait_for()
    page.get_by_role("button", name="I have kept it").click()
    dialog.get_by_role("button", name="Remove…").click()
    confirm = page.get_by_role("dialog", name=re.compile("^Remove"))
    confirm.get_by_label(re.compile("esp-chemistry-lab")).fill("esp-chemistry-lab")
    confirm.get_by_role("button", name="Remove the device").click()
    page.get_by_text("esp-chemistry-lab is removed.").wait_for()
    expect(page.get_by_role("link", name="esp-chemistry-lab")).to_have_count(0)
    assert school.do(lambda world: world.classrooms.rooms["library-corner"]["device"]) is None


def test_a_device_that_falls_silent_says_so_at_once(school, open_page):
    page = opened(open_page, school, "/devices?state=silent")
    expect(page.locator("tbody tr")).to_have_count(1)
    school.do(lambda world: world.classrooms.silence("great-hall"))
    expect(page.get_by_role("row", name=re.compile("esp-great-hall"))).to_contain_text("Device silent", use_inner_text=True)


# Bookings.


def test_a_request_is_approved(school, open_page):
    page = opened(open_page, school, "/bookings")
    request = page.get_by_role("listitem").filter(has_text="Parents' evening")
    expect(request).to_contain_text("Asked for by grace.", use_inner_text=True)
    request.get_by_role("button", name="Approve").click()
    page.get_by_text("Great Hall: approved.").wait_for()
    page.get_by_text("No booking waits.").wait_for()
    assert school.do(lambda world: [b.status for b in world.classrooms.bookings.values() if b.purpose == "Parents' evening"]) == ["confirmed"]


def test_a_request_is_declined_with_a_remark_and_only_once(school, open_page):
    page = opened(open_page, school, "/bookings")
    other = opened(open_page, school, "/bookings")
    other.get_by_role("button", name="Decline").click()
    page.get_by_role("button", name="Decline").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(re.compile("What the holder is told")).fill("The hall is let that evening.")
    dialog.get_by_role("button", name="Decline").click()
    page.get_by_text("Great Hall: declined.").wait_for()
    assert school.do(lambda world: [(b.status, b.remark) for b in world.classrooms.bookings.values() if b.purpose == "Parents' evening"]) == [
        ("declined", "The hall is let that evening.")]
    # The other's page has heard of it.
    other.get_by_text("No booking waits.").wait_for()


def test_a_new_request_appears_by_itself(school, open_page):
    page = opened(open_page, school, "/bookings")

    def ask(world):
        house = world.classrooms
        house.booked(house.book_for("great-hall", "vera", "Chess night", now() // 900 * 900 + 7200, 60, status="requested"))
    school.do(ask)
    expect(page.get_by_role("listitem").filter(has_text="Chess night")).to_be_visible()


def test_what_is_booked_on_a_day_is_listed_and_cancelled(school, open_page):
    begin = school.do(lambda world: world.classrooms.on_day(2, 9))
    day = school.do(lambda world: __import__("fake.rooms").rooms.wall(begin).strftime("%Y-%m-%d"))
    school.do(lambda world: world.classrooms.book_for("great-hall", "vera", "Choir rehearsal", begin, 90, "FREQ=DAILY;COUNT=3"))
    page = opened(open_page, school, f"/bookings?day={day}")
    row = page.get_by_role("row", name=re.compile("Choir rehearsal"))
    expect(row).to_have_text(says("09:00–10:30", "Great Hall", "vera", "Choir rehearsal", "To come"), use_inner_text=True)
    page.get_by_label("Room", exact=True).select_option("room-1-204")
    expect(row).to_have_count(0)
    page.get_by_label("Room", exact=True).select_option("great-hall")
    row.get_by_role("button", name="Cancel").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("booked by vera", use_inner_text=True)
    dialog.locator("label", has_text="This and all behind it").click()
    dialog.get_by_role("button", name="Cancel").last.click()
    page.get_by_text("Great Hall: cancelled.").wait_for()
    page.get_by_text("Nothing is booked that day").wait_for()
    assert school.do(lambda world: [time["cancelled"] for b in world.classrooms.bookings.values() if b.purpose == "Choir rehearsal" for time in b.times]) == [True] * 3
    page.get_by_role("link", name="The day before").click()
    expect(page).to_have_url(re.compile(r"day=\d{4}-\d\d-\d\d"))


def test_why_a_booking_was_given_away_is_shown_with_what_the_sensor_saw(school, open_page):
    day = school.do(lambda world: next(__import__("fake.rooms").rooms.wall(b.times[0]["begin"]).strftime("%Y-%m-%d")
                                       for b in world.classrooms.bookings.values() if b.purpose == "Debating club"))
    page = opened(open_page, school, f"/bookings?day={day}")
    row = page.get_by_role("row", name=re.compile("Debating club"))
    expect(row).to_contain_text("Given away", use_inner_text=True)
    row.get_by_role("button", name="Proof").click()
    dialog = page.get_by_role("dialog", name="Why Room 1.206 was given away")
    for words in ["esp-room-1-206", "Warned", "Given away", "Somebody was there last", "Heard without a break since"]:
        expect(dialog.get_by_text(words, exact=True)).to_be_visible()


def test_that_somebody_came_is_heard(school, open_page):
    page = opened(open_page, school, "/bookings")
    row = page.get_by_role("row", name=re.compile("Choir"))
    expect(row).to_contain_text("Warned: nobody came", use_inner_text=True)

    def come(world):
        next(booking for booking in world.classrooms.bookings.values() if booking.purpose == "Choir").times[0]["presence"] = "confirmed"
        world.classrooms.change("room-2-101", occupancy="occupied")
    school.do(come)
    expect(row).to_contain_text("Used", use_inner_text=True)


# Messages, logs.


def test_messages_are_read_and_answered(school, open_page):
    page = opened(open_page, school, "/messages")
    cards = page.locator("#main li.card")
    expect(cards).to_have_count(2)
    expect(cards.last).to_have_text(re.compile("Projector in 1.204.*grace.*The lamp is very dark", re.S), use_inner_text=True)
    cards.last.get_by_role("button", name="I have answered it").click()
    page.get_by_text("Projector in 1.204: answered.").wait_for()
    expect(cards).to_have_count(1)
    page.get_by_role("link", name="All", exact=True).click()
    expect(cards).to_have_count(3)
    expect(cards.filter(has_text="Projector")).to_contain_text("Answered by ada", use_inner_text=True)


def test_a_message_is_text_and_nothing_else(school, open_page):
    school.do(lambda world: world.classrooms.messages.append({"id": 9, "site": "main", "sender": "vera", "subject": "<img src=x onerror=alert(1)>", "message": "a\nb <b>c</b>",
                                                              "at": world.classrooms.messages[0]["at"], "answered_at": None, "answered_by": None}))
    page = opened(open_page, school, "/messages")
    card = page.locator("#main li.card", has_text="<img src=x")
    expect(card.locator("img, b")).to_have_count(0)
    expect(card.locator(".admin-words")).to_have_text("a\nb <b>c</b>", use_inner_text=True)


def test_logs_are_shown_by_room_and_range_and_given_as_files(school, open_page):
    page = opened(open_page, school, "/logs")
    relays = page.get_by_role("table", name="What relays did")
    expect(relays.locator("tbody tr")).to_have_count(24)
    expect(relays.locator("tbody tr").filter(has_text="came later")).to_have_count(1)
    expect(page.get_by_role("table", name="What the device reported")).to_have_count(0)
    page.get_by_label("Room", exact=True).select_option("computer-room")
    expect(relays.locator("tbody tr")).to_have_count(8)
    reports = page.get_by_role("table", name="What the device reported")
    reports.wait_for()
    rest(page)
    with page.expect_download() as got:
        page.get_by_role("button", name=re.compile("CSV.*what relays did")).click()
    rows = list(csv.DictReader(io.StringIO(got.value.path().read_text())))
    assert len(rows) == 8 and {row["classroom_id"] for row in rows} == {"computer-room"}
    page.get_by_role("link", name="15 min").click()
    page.get_by_text("No relay switched in the last 15 minutes.").wait_for()
    eventually(page, lambda: 6 <= reports.locator("tbody tr").count() <= 8, "a report every two minutes")
    with page.expect_download() as got:
        page.get_by_role("button", name=re.compile("CSV.*what the device reported")).click()
    assert got.value.suggested_filename == "status-log-computer-room.csv"
    page.get_by_label("Room", exact=True).select_option("library-corner")
    page.get_by_text("The room has no device: there are no reports of it.").wait_for()


# Wherever one is.


@pytest.mark.parametrize("path", ["", "/rooms", "/power", "/devices", "/bookings", "/logs?room=room-1-205", "/rooms/room-1-206"])
def test_a_phone_shows_all_without_scrolling_sideways(school, open_page, path):
    school.do(lambda world: world.classrooms.rooms["room-1-206"].update(name="Congress Centre and Opera, large hall North of the river"))
    page = opened(open_page, school, path, size={**PHONE, "viewport": {"width": 360, "height": 740}})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate("""[...document.querySelectorAll('.table-box :is(th, td)')].filter((cell) => getComputedStyle(cell).display !== 'none' && cell.innerText.trim() !== '')
        .filter((cell) => cell.scrollWidth > cell.clientWidth + 1 || cell.clientWidth < 40).map((cell) => cell.innerText)""") == []


def test_the_chosen_page_is_in_view_on_a_phone(school, open_page):
    page = opened(open_page, school, "/logs", size=PHONE)
    on = page.locator(".admin-pages [aria-current]").bounding_box()
    bar = page.locator(".admin-pages nav").bounding_box()
    assert bar["x"] <= on["x"] and on["x"] + on["width"] <= bar["x"] + bar["width"] + 1


def test_a_list_of_300_rooms_is_printed_whole(many, open_page):
    page = opened(open_page, many, "/rooms")
    assert page.evaluate("""new Promise((done) => { dispatchEvent(new Event('beforeprint'));
        queueMicrotask(() => queueMicrotask(() => done(document.querySelectorAll('tbody tr[aria-rowindex]').length))); })""") == 300
    page.set_viewport_size({"width": 690, "height": 980})
    page.emulate_media(media="print")
    assert not page.locator(".admin-pages .link-choice").is_visible() and not page.locator(".toolbar").is_visible()


@pytest.mark.parametrize("path, broken, words", [("", "/api/admin/dashboard", "could not be read"), ("/devices", "/api/admin/devices", "The devices could not be read"),
                                                 ("/messages", "/api/admin/messages", "The messages could not be read"),
                                                 ("/rooms", "/api/staff/classrooms", "The classrooms could not be read")])
def test_what_cannot_be_read_is_said_and_read_again(school, open_page, path, broken, words):
    school.do(lambda world: world.broken.update({broken: (500, "storage", "The server could not do this", "The store did not answer.")}))
    page = open_page(f"{school.url}{RUN}{path}", who="ada", on=school)
    page.watch.allowed.append("500")
    problem = page.get_by_role("alert").filter(has_text=words)
    problem.wait_for()
    school.do(lambda world: world.broken.clear())
    problem.get_by_role("button", name="Try again").click()
    problem.wait_for(state="detached")
