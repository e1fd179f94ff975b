"""Those who run car parks; and the screen at the entrance."""
import json
import re

import pytest
from conftest import DESKTOP, PHONE
from fake.clock import iso, now
from fake.parking import Lot
from playwright.sync_api import expect
from waiting import eventually, frames, rest, until

LOST = ["WebSocket connection", "ERR_CONNECTION_REFUSED", "Failed to load resource", "Failed to fetch"]

def test_an_override_reaches_a_driver_at_once(lots, open_page):
    driver = open_page(f"{lots.url}/parking/LOT001")
    driver.locator('[data-spot="G006"][data-status=free]').wait_for()
    rest(driver)
    asked = driver.watch.answers()
    shows = lambda status: expect(driver.locator('[data-spot="G006"]')).to_have_attribute("data-status", status)
    owner = open_page(f"{lots.url}/parking/owner/LOT001?tab=spots&q=G006", who="ada", on=lots)
    owner.get_by_role("button", name="Override G006").click()
    owner.locator("dialog label", has_text="Occupied").click()
    owner.get_by_role("button", name="Say so").click()
    shows("occupied")
    sent = lots.do(lambda world: world.parking.overridden[-1])
    assert sent["spot_id"] == "G006" and sent["occupied"] is True and sent["until"].endswith("Z")
    owner.get_by_role("cell", name=re.compile(r"^owner \(ada\), until")).wait_for()
    owner.get_by_role("button", name="Clear G006").click()
    shows("free")
    assert lots.do(lambda world: world.parking.overridden[-1]) == {"spot_id": "G006", "clear": True}
    owner.get_by_role("button", name="Override G006").click()
    owner.locator("dialog label", has_text="Out of service").click()
    owner.get_by_role("button", name="Say so").click()
    shows("out_of_service")
    # The row says that it is a person's word, and takes it back.
    row = owner.get_by_role("row", name=re.compile("G006"))
    expect(row.get_by_role("cell", name="owner", exact=True)).to_have_count(1)
    expect(row).not_to_contain_text("sensor", use_inner_text=True)
    expect(row.get_by_role("button", name="Override G006")).to_have_count(0)
    owner.goto(f"{lots.url}/parking/owner/LOT001?tab=spots&status=overridden")
    row = owner.get_by_role("row", name=re.compile("G006"))
    row.wait_for()
    # All that a person has said something of, and nothing else: the spot that was overridden before, and those out of service.
    rest(owner)
    assert all("owner" in text for text in owner.locator("tbody tr").all_inner_texts())
    row.get_by_role("button", name="Back in service G006").click()
    shows("free")
    row.wait_for(state="detached")
    assert driver.watch.answers() == asked, "the driver's page heard it all, and asked nothing"


def test_what_one_may_not_do_is_not_there(lots, open_page):
    page = open_page(f"{lots.url}/parking/owner/LOT001", who="vera", on=lots)
    page.get_by_role("navigation", name="Parts of the lot").wait_for()
    expect(page.get_by_role("navigation", name="Parts of the lot").locator("a")).to_have_text(["Now", "Spots"], use_inner_text=True)
    page.goto(f"{lots.url}/parking/owner/LOT001?tab=spots")
    page.get_by_role("rowheader", name="G001").wait_for()
    expect(page.get_by_role("button", name=re.compile("Override"))).to_have_count(0)
    page.goto(f"{lots.url}/parking/owner")
    page.get_by_role("link", name="Garage at the Mill").wait_for()
    expect(page.get_by_role("button", name="Add a lot")).to_have_count(0)


def test_proposed_thresholds_are_applied(lots, open_page):
    page = open_page(f"{lots.url}/parking/owner/LOT001?tab=sensors", who="ada", on=lots)
    # Also those that stand in the second of the hub's answers.
    page.get_by_role("heading", name="4 sensors need a look").wait_for()
    expect(page.get_by_text("Swapped with G012")).to_be_visible()
    expect(page.get_by_role("list", name="What to do").get_by_role("listitem")).to_have_text(
        [re.compile(rf"^\s*{word}:.*\.", re.S) for word in ["Swapped", "Blocked", "Gets dirty", "Drifts"]])
    page.get_by_role("button", name="Apply to G002").click()
    page.get_by_text("G002 has its new threshold.").wait_for()
    assert lots.do(lambda world: world.parking.applied) == [{"spot_id": "G002", "threshold_cm": 117, "hysteresis_cm": 24}]
    expect(page.get_by_role("button", name="Apply to G002")).to_have_count(0)
    page.get_by_text("The threshold of G002 was changed.").wait_for()


def test_a_calibration_over_readings_that_are_lost_says_so(lots, open_page):
    lots.do(lambda world: world.parking.gaps.append({"from": iso(now() - 20 * 86400), "to": iso(now() - 10 * 86400), "reason": "missing"}))
    page = open_page(f"{lots.url}/parking/owner/LOT001?tab=sensors", who="ada", on=lots)
    page.get_by_role("heading", name="4 sensors need a look").wait_for()
    page.get_by_text(re.compile("are incomplete: the file that held them is gone. The hub.s log names the file. What is proposed")).wait_for()
    page.get_by_role("button", name=re.compile("^Apply all")).click()
    page.get_by_role("dialog").get_by_text("Some of their readings are lost or cannot be read: the proposals rest on the others.").wait_for()


def test_many_thresholds_are_shown_before_they_change_and_can_be_taken_back(lots, open_page):
    page = open_page(f"{lots.url}/parking/owner/LOT001?tab=sensors", who="ada", on=lots)
    page.get_by_role("button", name=re.compile("^Apply all")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("heading", name="Change 2 thresholds?").wait_for()
    # Only what changes by more than its own band; old and new side by side.
    expect(dialog.locator("tbody tr")).to_have_text([f"{spot} 115 \u00b1 15 140 \u00b1 12" for spot in ["G003", "G005"]], use_inner_text=True)
    dialog.get_by_role("button", name="Cancel").click()
    assert lots.do(lambda world: world.parking.applied) == [], "nothing changes unasked"
    page.get_by_role("button", name=re.compile("^Apply all")).click()
    dialog.get_by_label(re.compile("smaller change")).check()
    eventually(page, lambda: dialog.locator("tbody tr").count() > 10, "the smaller changes are shown")
    dialog.get_by_label(re.compile("smaller change")).uncheck()
    dialog.get_by_role("button", name="Change 2").click()
    page.get_by_text("2 thresholds were changed.").wait_for()
    assert lots.do(lambda world: world.parking.applied) == [{"spot_id": id, "threshold_cm": 140, "hysteresis_cm": 24} for id in ["G003", "G005"]]
    expect(page.get_by_role("button", name="Apply to G003")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("2 thresholds were changed.").wait_for(state="detached")
    assert lots.do(lambda world: world.parking.applied[2:]) == [{"spot_id": id, "threshold_cm": 115, "hysteresis_cm": 30} for id in ["G003", "G005"]]
    page.get_by_role("button", name="Apply to G003").wait_for()


def test_what_is_shown_of_the_past_is_what_was(lots, open_page):
    lots.do(lambda world: setattr(world.parking, "observed_since", now() - 3 * 3600))
    page = open_page(f"{lots.url}/parking/owner/LOT001?range=24h", who="ada", on=lots)
    sentence = page.locator(".chart-sentence", has_text="occupied")
    expect(sentence).to_have_text(re.compile(r"Between \d+ and \d+ occupied, [\d.]+ on average, in the .* that are known\."), use_inner_text=True)
    page.get_by_role("button", name=re.compile("Show as table")).click()
    page.get_by_role("region", name="Table of Occupied spots").locator("tbody tr").first.wait_for()
    rest(page)
    texts = [re.sub(r"\s+", " ", text) for text in page.get_by_role("region", name="Table of Occupied spots").locator("tbody tr").all_inner_texts()]
    assert texts[-1].endswith("\u2013 \u2013 \u2013") and not texts[0].endswith("\u2013"), (texts[0], texts[-1])


def test_the_extent_of_a_time_is_made_of_extremes_not_of_means(modules):
    found = modules.evaluate("""import('/lib/occupancy.js').then(({ extentOf, columnsOf }) => {
        const row = (second, mean, low, high, known) => ({ at: new Date(second * 1000).toISOString(), occupied_mean: mean, occupied_min: low, occupied_max: high, known_seconds: known });
        const gap = row(0, null, null, null, 0);
        const rows = [gap, row(60, 2, 0, 9, 60), row(120, 4, 4, 4, 20), gap];
        return [extentOf(rows, 0, 1000), extentOf(rows, 100, 1000), extentOf([gap], 0, 1000), columnsOf(rows).values[0]];
    })""")
    assert found == [{"low": 0, "high": 9, "mean": 2.5, "seconds": 80}, {"low": 4, "high": 4, "mean": 4, "seconds": 20}, None, [None, 2, 4, None]]


def test_turnover_is_one_number_and_says_of_which_days(lots, open_page):
    page = open_page(f"{lots.url}/parking/owner/LOT001?tab=money", who="ada", on=lots)
    tile = page.locator(".tile", has_text="Turnover")
    tile.get_by_text("cars a spot and day, of 6 whole days").wait_for()
    expect(tile).to_contain_text("2.8", use_inner_text=True)
    page.goto(f"{lots.url}/parking/owner/LOT001?tab=money&days=today")
    # The same as on the first tab.
    page.locator(".tile", has_text="Turnover today").get_by_text("3.4").wait_for()
    page.goto(f"{lots.url}/parking/owner/LOT001")
    page.locator(".tile", has_text="Turnover today").get_by_text("3.4").wait_for()


def test_money_is_shown_recorded_and_given_back(lots, open_page):
    page = open_page(f"{lots.url}/parking/owner/LOT001?tab=money", who="ada", on=lots)
    page.get_by_role("heading", name="Revenue by day").wait_for()
    rest(page)
    unpaid = page.get_by_role("button", name=re.compile("^Pay for")).count()
    assert unpaid > 3
    page.get_by_role("button", name=re.compile("^Pay for")).first.click()
    page.get_by_label("Amount in EUR").fill("nothing")
    page.get_by_text("Give an amount").wait_for()
    page.get_by_label("Amount in EUR").fill("20")
    page.get_by_role("button", name="Record it").click()
    page.get_by_text("The payment is recorded.").wait_for()
    until(page, f"[...document.querySelectorAll('button')].filter((b) => b.innerText.startsWith('Pay')).length === {unpaid - 1}")
    refunds = page.get_by_role("button", name=re.compile("^Refund pay_"))
    rest(page)
    id = refunds.first.inner_text().split()[-1]
    refunds.first.click()
    page.get_by_role("button", name="Refund", exact=True).click()
    page.get_by_text("The refund is recorded.").wait_for()
    assert lots.do(lambda world: world.parking.lots["LOT001"].payments[0]["refunds"]) == id
    with page.expect_download() as caught:
        page.get_by_role("button", name="CSV of sessions").click()
    text = open(caught.value.path()).read()
    assert text.startswith("session_id,") and text.count("\n") == 41


def test_what_nobody_pays_is_written_off_with_a_reason(lots, open_page):
    page = open_page(f"{lots.url}/parking/owner/LOT001?tab=money", who="ada", on=lots)
    waivers = page.get_by_role("button", name=re.compile("^Write off G"))
    waivers.first.wait_for()
    rest(page)
    owing = waivers.count()
    waivers.first.click()
    page.get_by_label("Amount in EUR").fill("999")
    page.get_by_text("Give an amount, at most").wait_for()
    owed = lots.do(lambda world: next(each["balance_minor"] for each in world.parking.lots["LOT001"].sessions if each["state"] == "unpaid"))
    page.get_by_label("Amount in EUR").fill(f"{owed / 100:.2f}")
    page.get_by_label("Why").fill("the sensor had died")
    page.get_by_role("button", name="Write it off").click()
    page.get_by_text("It is written off.").wait_for()
    page.get_by_role("cell", name="Written off", exact=True).wait_for()
    until(page, f"[...document.querySelectorAll('button')].filter((b) => b.innerText.startsWith('Write off')).length === {owing - 1}")
    assert lots.do(lambda world: [each["waived_minor"] for each in world.parking.lots["LOT001"].sessions if each["state"] == "waived"]) == [owed]


def downloaded(page, name):
    """What a button gives as a file; its lines."""
    with page.expect_download() as caught:
        page.get_by_role("button", name=name, exact=True).click()
    return open(caught.value.path()).read().splitlines()


def test_sessions_by_state_and_page_after_page(lots, open_page):
    lots.do(lambda world: setattr(world.parking, "rows_of_a_page", 15))
    page = open_page(f"{lots.url}/parking/owner/LOT001?tab=money", who="ada", on=lots)
    rows = "document.querySelectorAll('section[aria-labelledby=sessions-name] tbody tr').length"
    until(page, f"{rows} === 15")
    page.get_by_role("button", name="More sessions").click()
    until(page, f"{rows} === 30")
    page.get_by_role("button", name="More sessions").click()
    until(page, f"{rows} === 40")
    expect(page.get_by_role("button", name="More sessions")).to_have_count(0)
    unpaid = lots.do(lambda world: [s["session_id"] for s in world.parking.lots["LOT001"].sessions if s["state"] == "unpaid"])
    assert 0 < len(unpaid) < 15
    page.get_by_label("State of the sessions").select_option("unpaid")
    until(page, f"{rows} === {len(unpaid)}")
    expect(page).to_have_url(re.compile("state=unpaid"))
    file = downloaded(page, "CSV of sessions")
    assert [line.split(",")[0] for line in file[1:]] == unpaid, "the file is of what is shown"
    page.reload()
    until(page, f"{rows} === {len(unpaid)}")
    page.get_by_label("State of the sessions").select_option("overpaid")
    page.get_by_text("No session is in this state").wait_for()


def test_a_payment_for_nobody_knows_what_is_allocated(lots, open_page):
    stray = {"payment_id": "pay_stray", "session_id": None, "spot_id": "G005", "lot_id": "LOT001", "amount_minor": 300, "currency": "EUR", "method": "app",
             "paid_at": "2026-01-01T10:00:00Z", "refunds": None, "refunded_minor": 0}
    page = open_page(f"{lots.url}/parking/owner/LOT001?tab=money", who="ada", on=lots)
    page.get_by_role("heading", name="Sessions").wait_for()
    rest(page)
    expect(page.get_by_role("heading", name="Payments not allocated yet")).to_have_count(0)
    lots.do(lambda world: world.parking.lots["LOT001"].payments.append(stray))
    page.reload()
    page.get_by_role("button", name="Allocate pay_stray").click()
    wanted = lots.do(lambda world: next(s["session_id"] for s in world.parking.lots["LOT001"].sessions if s["state"] == "unpaid" and s["spot_id"] == "G005"))
    options = page.get_by_label("Session", exact=True).locator("option")
    page.wait_for_selector(f'dialog option[value="{wanted}"]', state="attached")
    expect(options.nth(1), "those of the spot that was named come first").to_have_attribute("value", wanted)
    page.get_by_role("button", name="Allocate", exact=True).click()
    frames(page)
    expect(page.get_by_role("dialog"), "nothing is allocated to nothing").to_be_visible()
    page.get_by_label("Session", exact=True).select_option(wanted)
    page.get_by_role("button", name="Allocate", exact=True).click()
    page.get_by_text("The payment is allocated.").wait_for()
    assert lots.do(lambda world: world.parking.lots["LOT001"].payments[-1]["session_id"]) == wanted
    page.get_by_role("heading", name="Payments not allocated yet").wait_for(state="detached")


@pytest.mark.parametrize("tab, button, column", [("spots", "CSV of spots", "spot_id"), ("sensors", "CSV of the sensors", "spot_id"), ("tariffs", "CSV of tariffs", "version")])
def test_every_table_is_given_as_a_file(lots, open_page, tab, button, column):
    page = open_page(f"{lots.url}/parking/owner/LOT001?tab={tab}", who="ada", on=lots)
    file = downloaded(page, button)
    assert file[0].startswith(f"{column},") and len(file) > 1


def test_a_file_that_is_refused_says_why(lots, open_page):
    page = open_page(f"{lots.url}/parking/owner/LOT001?tab=money", who="ada", on=lots)
    page.watch.allowed += LOST
    page.get_by_role("button", name="CSV of sessions").wait_for()
    page.route("**/sessions?*", lambda route: route.fulfill(status=429, content_type="application/problem+json", body=json.dumps(
        {"code": "limit_reached", "title": "A limit is reached", "detail": "a file holds at most 200000 rows: narrow the range"})))
    page.get_by_role("button", name="CSV of sessions").click()
    page.get_by_text("No file: a file holds at most 200000 rows: narrow the range").wait_for()


def test_the_overview_has_the_revenue_of_every_lot(lots, open_page):
    page = open_page(f"{lots.url}/parking/owner", who="ada", on=lots)
    table = page.get_by_role("table", name="Revenue by lot")
    table.get_by_role("link", name="Garage at the Mill").wait_for()
    expect(table).to_contain_text("123.45", use_inner_text=True)
    expect(table.locator("tbody tr")).to_have_count(3)
    assert downloaded(page, "CSV of revenue by lot")[0].startswith("lot_id,name,")
    assert downloaded(page, "By day of revenue by day")[0].startswith("day,")
    assert [line.split(",")[0] for line in downloaded(page, "CSV of the lots")] == ["lot_id", "LOT001", "LOT002", "STAFF"]
    page = open_page(f"{lots.url}/parking/owner", who="vera", on=lots)
    page.get_by_role("link", name="Garage at the Mill").wait_for()
    rest(page)
    expect(page.get_by_role("heading", name="Revenue by lot")).to_have_count(0)


def test_the_demo_lots_are_for_admins(serve, open_page):
    from fake.people import hub as make_hub
    from fake.accounts import RIGHTS, ROLES
    ROLES["keeper"] = [right for right in RIGHTS if right != "settings.manage"]
    book = make_hub()
    book.add_user("kim", "keeper")
    server = serve(accounts=book)
    page = open_page(f"{server.url}/parking/owner", who="kim", on=server)
    page.get_by_role("button", name="Add a lot").first.wait_for()
    rest(page)
    expect(page.get_by_role("button", name="Make the demo lots")).to_have_count(0)
    page = open_page(f"{server.url}/parking/owner", who="ada", on=server)
    page.get_by_role("button", name="Make the demo lots").click()
    page.get_by_role("link", name="Garage at the Mill").first.wait_for()


def test_a_tariff_is_tried_before_it_is_saved(lots, open_page):
    page = open_page(f"{lots.url}/parking/owner/LOT001?tab=tariffs", who="ada", on=lots)
    save = page.get_by_role("button", name="Save the tariff")
    save.wait_for()
    expect(save).to_be_disabled()
    page.get_by_label("Price in EUR").first.fill("three")
    page.get_by_role("button", name="What if it had held?").click()
    page.get_by_text("Day: the price is an amount").wait_for()
    page.get_by_label("Price in EUR").first.fill("3.00")
    page.get_by_role("button", name="What if it had held?").click()
    page.locator(".delta", has_text=re.compile(r"\+€148\.50")).wait_for()
    expect(page.get_by_role("row", name=re.compile("^Turnover"))).to_have_text("Turnover, cars a spot and day (6 whole days) 2.75 2.75", use_inner_text=True)
    page.get_by_text("The turnover is the same in both").wait_for()
    save.click()
    page.get_by_text(re.compile("The tariff holds from")).wait_for()
    versions = lots.do(lambda world: world.parking.lots["LOT001"].tariffs)
    assert len(versions) == 2 and versions[1]["tariff"]["rules"][0] == {"name": "Day", "kinds": [], "weekdays": ["mon", "tue", "wed", "thu", "fri", "sat"], "from": "08:00", "to": "20:00",
                                                                        "price": "per_started", "minutes": 60, "minor": 300}
    page.get_by_text("To come").wait_for()


def test_the_first_lot_its_spots_and_a_file(serve, open_page):
    from fake.people import hub as make_hub
    server = serve(accounts=make_hub())
    page = open_page(f"{server.url}/parking/owner", who="ada", on=server)
    page.get_by_role("button", name="Add a lot").first.click()
    page.get_by_label("Id").fill("LOT9")
    page.get_by_label("Name").fill("New lot")
    page.get_by_role("button", name="Add the lot").click()
    page.get_by_role("heading", level=1, name="New lot").wait_for()
    page.get_by_label("Id").fill("S1")
    page.get_by_role("button", name="Add the spot").click()
    page.get_by_text(re.compile("Spot S1 is added")).wait_for()
    page.get_by_label("or its text").fill("spot_id,lot_id,level,kind\nS2,LOT9,1,ev\nS3,LOT9,1,standard\n")
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_text("2 spots read, 2 of them new.").wait_for()
    assert server.do(lambda world: sorted(world.parking.lots["LOT9"].spots)) == ["S1", "S2", "S3"]
    with page.expect_download() as caught:
        page.get_by_role("button", name="Spots as CSV").click()
    assert open(caught.value.path()).read().count("\n") == 4
    page.get_by_label("Unknown after, seconds").fill("120")
    page.get_by_role("button", name="Try the silence on the past").click()
    page.get_by_text("True silences seen").wait_for()
    expect(page.get_by_role("row", name=re.compile("^Turnover"))).to_have_text("Turnover, cars a spot and day 3.25 3.25", use_inner_text=True)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("The lot is changed.").wait_for()
    assert server.do(lambda world: world.parking.lots["LOT9"].stale) == 120


def test_an_owner_sees_and_cancels_reservations(lots, open_page):
    driver = open_page(f"{lots.url}/parking/LOT001?spot=G006")
    driver.locator("#reserve").get_by_role("button", name="Reserve", exact=True).click()
    driver.locator("#reserve").get_by_text("Shown only now.").wait_for()
    page = open_page(f"{lots.url}/parking/owner/LOT001?tab=reservations", who="ada", on=lots)
    page.get_by_role("button", name="Cancel G006").click()
    page.get_by_role("button", name="Cancel it").click()
    page.get_by_text("The reservation is cancelled.").wait_for()
    assert "K7QP" not in page.content()
    file = downloaded(page, "CSV of the reservations")
    assert file[0].startswith("reservation_id,") and "G006" in file[1]


def test_reservations_page_after_page(lots, open_page):
    def fill(world):
        world.parking.rows_of_a_page = 4
        for number in range(9):
            at = now() + 3600 * (number + 1)
            world.parking.reservations[f"R{number}"] = {
                "reservation_id": f"R{number}", "lot_id": "LOT001", "spot_id": f"G{number:03}", "from": iso(at), "to": iso(at + 1800), "state": "active", "holds": False,
                "release_at": None, "name": f"driver {number}", "arrived_at": None, "ended_at": None, "created_at": iso(now()), "account": None}
    lots.do(fill)
    page = open_page(f"{lots.url}/parking/owner/LOT001?tab=reservations", who="ada", on=lots)
    rows = "[...document.querySelectorAll('tbody tr')].filter((row) => row.innerText.includes('G00')).length"
    until(page, f"{rows} === 4")
    for shown in (8, 9):
        page.get_by_role("button", name="More reservations").click()
        until(page, f"{rows} === {shown}")
    expect(page.get_by_role("button", name="More reservations")).to_have_count(0)
    assert len(downloaded(page, "CSV of the reservations")) == 10, "the file has them all"


def test_the_board_counts_by_level_and_admits_what_it_does_not_know(lots, open_page):
    page = open_page(f"{lots.url}/parking/board/LOT001")
    page.watch.allowed += LOST
    shows = lambda *rows: expect(page.locator(".board-level")).to_have_text(list(rows), use_inner_text=True)
    shows("Level 0 free 9", "Level 1 free 10")
    rest(page)
    assert page.locator(".board-number").first.bounding_box()["height"] > 120, "a third of a metre on a screen at the gate"
    expect(page.locator("header.rail, .guest-head, .nav-bottom")).to_have_count(0)
    asked = page.watch.answers()
    lots.do(lambda world: world.parking.change("LOT001", "G006", "occupied"))
    shows("Level 0 free 8", "Level 1 free 10")
    assert page.watch.answers() == asked, "the event says it all"
    for number in range(1, 25):
        lots.do(lambda world: world.parking.change("LOT001", f"G1{number:02d}", "unknown"))
    shows("Level 0 free 8", "Level 1 not known ?")


# The clock of a board whose pages turn: it stands, and a test moves it.
STANDING = "{ const begun = Date.now(); window.later = 0; Date.now = () => begun + window.later; }"
TURN = 8000


@pytest.mark.parametrize("count", [8, 11])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_board_shows_every_level(lots, open_page, count, size):
    lots.do(lambda world: [world.parking.add(world.parking.lots["LOT002"], f"Y{level}", str(level), status="free") for level in range(1, count)])
    page = open_page(f"{lots.url}/parking/board/LOT002", size=size, before=STANDING)
    page.watch.allowed += LOST
    until(page, "document.querySelectorAll('.board-level').length > 1")
    rest(page)
    seen, wanted = [], [f"Level {level}" for level in range(count)]
    # What a page shows fits on the screen, line under line; what it does not show comes by itself.
    fits = """[...document.querySelectorAll('.board-level')].every((row) => row.getBoundingClientRect().bottom <= innerHeight
        && [...row.children].every((part) => part.getBoundingClientRect().bottom <= row.getBoundingClientRect().bottom + 1
            && part.getBoundingClientRect().top >= row.getBoundingClientRect().top - 1))"""
    for _ in range(1 if count == 8 else 2):
        shown = page.locator(".board-name").all_inner_texts()
        assert page.evaluate(fits)
        seen += shown
        if sorted(seen) != sorted(wanted):
            page.evaluate(f"window.later += {TURN}")
            expect(page.locator(".board-name").first).not_to_have_text(shown[0], use_inner_text=True)
    assert sorted(seen) == sorted(wanted), "each once"


def test_the_board_wakes_itself_after_a_loss(lots, open_page):
    lots.do(lambda world: setattr(world.parking.lots["LOT001"], "stale", 3))
    page = open_page(f"{lots.url}/parking/board/LOT001")
    page.watch.allowed += LOST
    until(page, "document.querySelectorAll('.board-level').length === 2")
    rest(page)
    lots.cut()
    page.get_by_text(re.compile("No connection since")).wait_for()
    until(page, "[...document.querySelectorAll('.board-number')].every((e) => e.innerText === '?')")
    lots.come_back()
    until(page, "[...document.querySelectorAll('.board-number')].every((e) => e.innerText !== '?')")


def test_the_front_page_has_the_car_park(lots, open_page):
    page = open_page(lots.url, who="ada", on=lots)
    page.get_by_role("link", name="Car park", exact=True).click()
    page.get_by_role("heading", level=1, name="Car parks").wait_for()
    expect(page.locator(".nav-side [aria-current=page]")).to_have_text("Parking", use_inner_text=True)


def test_a_hub_of_car_parks_alone_does_not_wait_for_a_node(serve, open_page):
    site = serve(nodes=0, demo=False, parking=True)
    page = open_page(site.url)
    page.get_by_role("heading", level=1, name="1 device needs attention").wait_for()
    rest(page)
    expect(page.get_by_text("No node has reported yet")).not_to_be_visible()
    page.locator(".system", has_text="Car park").get_by_text("free of 63 spots").wait_for()
    page.get_by_role("region", name="Needs attention").get_by_role("link", name="1 of 63 devices").click()
    page.get_by_role("heading", level=1, name="Car parks").wait_for()


def test_many_lots_are_searched_and_put_in_order(lots, open_page):
    def more(world):
        for number in range(9):
            lot = world.parking.lots[f"X{number}"] = Lot(f"X{number}", f"Field {number}", "Meadow Way", None, None)
            for spot in range(number + 1):
                world.parking.add(lot, f"X{number}-{spot}", status="unknown" if spot % 2 else "free")
    lots.do(more)
    page = open_page(f"{lots.url}/parking/owner", who="ada", on=lots)
    # Below the lots stands what each of them earned.
    rows = "[...([...document.querySelectorAll('table')].find((one) => one.caption?.textContent === 'Car parks')?.querySelectorAll('tbody th') ?? [])]"
    until(page, f"{rows}.length === 12")
    page.get_by_role("link", name="Unknown").click()
    page.get_by_role("link", name="Unknown").click()
    until(page, f"{rows}[0].innerText === 'Field 8'")
    page.get_by_label("Find a car park").fill("meadow")
    until(page, f"{rows}.length === 9")
    expect(page.get_by_role("table", name="Car parks").locator("tbody th").first).to_have_text("Field 8", use_inner_text=True)
    expect(page).to_have_url(re.compile("sort=\\-unknown"))
    page.get_by_label("Find a car park").fill("nowhere")
    page.get_by_text("No car park is called that").wait_for()


def test_a_sensor_that_was_never_heard_does_not_see_well(lots, open_page):
    def silence(world):
        for spot in world.parking.lots["LOT002"].spots.values():
            spot["observed_at"] = spot["sensor"]["heard_at"] = None
    lots.do(silence)
    page = open_page(f"{lots.url}/parking/owner/LOT002?tab=sensors", who="ada", on=lots)
    page.get_by_text("Never heard").first.wait_for()
    rest(page)
    expect(page.get_by_role("heading", name=re.compile("see well"))).not_to_be_visible()


def test_a_board_of_many_levels_leaves_none_out(lots, open_page):
    def tower(world):
        lot = world.parking.lots["TOWER"] = Lot("TOWER", "Tower", "", None, None)
        for level in range(-3, 7):
            world.parking.add(lot, f"T{level}", str(level), status="free")
    lots.do(tower)
    page = open_page(f"{lots.url}/parking/board/TOWER", before=STANDING)
    until(page, "document.querySelectorAll('.board-level').length === 5")
    rest(page)
    first, other = [f"Level {level}" for level in range(5)], ["Level 5", "Level 6", "Level \u22121", "Level \u22122", "Level \u22123"]
    seen = page.locator(".board-name").all_inner_texts()
    assert seen in (first, other)
    expect(page.get_by_text(re.compile(r"levels \d+ to \d+ of 10"))).to_be_visible()
    page.evaluate(f"window.later += {TURN}")
    expect(page.locator(".board-name"), "the page turns, and every level is on one").to_have_text(other if seen == first else first, use_inner_text=True)


def test_a_lot_without_spots_says_how_it_gets_some(lots, open_page):
    def bare(world):
        world.parking.lots["BARE"] = Lot("BARE", "Not built yet", "", None, None)
    lots.do(bare)
    page = open_page(f"{lots.url}/parking/BARE", who="ada", on=lots)
    page.get_by_text("This car park has no spots yet").wait_for()
    expect(page.locator("#reserve"), "there is nothing to reserve").to_have_count(0)
    page.get_by_role("link", name="Add spots").click()
    page.get_by_role("heading", name="Add a spot").wait_for()
    page.get_by_role("link", name="Now", exact=True).click()
    page.get_by_text("No spot yet").wait_for()


def test_a_tablet_has_room_for_the_plan(lots, open_page):
    page = open_page(f"{lots.url}/parking/LOT001", who="ada", on=lots, size={"viewport": {"width": 820, "height": 1100}})
    page.locator(".plan").wait_for()
    rest(page)
    assert page.locator(".plan-box").bounding_box()["width"] > 450


def test_the_board_is_found_from_the_lot(lots, open_page):
    page = open_page(f"{lots.url}/parking/owner/LOT001", who="ada", on=lots)
    page.get_by_role("link", name="Board").click()
    page.locator(".board-level").first.wait_for()


def test_the_board_of_a_hidden_lot_is_shared_by_a_link(lots, open_page):
    owner = open_page(f"{lots.url}/parking/owner/STAFF?tab=settings", who="ada", on=lots)
    share = owner.get_by_role("region", name="Share", exact=True)
    share.get_by_label("What the link is for").fill("Screen at the gate")
    with owner.expect_request(lambda request: request.method == "POST") as asked:
        share.get_by_role("button", name="Make a link").click()
    assert asked.value.post_data_json == {"kind": "parking.board", "thing": "STAFF", "purpose": "Screen at the gate"}
    address = share.locator(".secret code")
    expect(address).to_have_text(f"{lots.url}/parking/shared/board#mlk_{'A' * 43}")
    # It is shown once, and listed.
    address = address.inner_text()
    owner.reload()
    share.locator("strong", has_text="Screen at the gate").wait_for()
    expect(share.locator(".secret")).to_have_count(0)

    screen = open_page(address)
    screen.watch.allowed += LOST
    expect(screen.get_by_role("heading", level=1, name="Staff only")).to_have_count(1)
    shows = lambda *rows: expect(screen.locator(".board-level")).to_have_text(list(rows), use_inner_text=True, timeout=15_000)
    shows("Free spots few left 1")
    expect(screen.locator("header.rail, .guest-head, .nav-bottom")).to_have_count(0)
    lots.do(lambda world: world.parking.change("STAFF", "S1", "occupied"))
    with screen.expect_request(lambda request: request.url.endswith("/api/lot-boards"), timeout=15_000) as asked:
        shows("Free spots full 0")
    # The key goes in a header field of that one request, and in no address.
    shown = asked.value.all_headers()
    assert shown["authorization"] == f"Bearer mlk_{'A' * 43}" and "mlk_" not in shown.get("referer", "")
    assert [url for url in screen.watch.requests if "mlk_" in url and "#" not in url] == []

    screen.route("**/api/lot-boards", lambda route: route.abort())
    screen.get_by_text(re.compile(r"^No connection since")).wait_for(timeout=15_000)
    shows("Free spots full 0")
    screen.unroute("**/api/lot-boards")
    expect(screen.locator(".board-foot")).to_have_text("of 1 spot", use_inner_text=True, timeout=15_000)

    owner.get_by_role("button", name="Revoke Screen at the gate").click()
    owner.get_by_role("dialog").get_by_role("button", name="Revoke", exact=True).click()
    screen.get_by_text(re.compile("^This link no longer works")).wait_for(timeout=15_000)
    shows("Free spots not known ?")
    expect(screen.get_by_role("heading", level=1)).to_have_text("Car park", use_inner_text=True)


def test_a_shared_board_that_hears_nothing_for_long_knows_nothing(lots, open_page):
    lots.do(lambda world: world.accounts.links.insert(0, {"id": "l", "kind": "parking.board", "thing": "LOT001", "device": None, "open": True}))
    page = open_page(f"{lots.url}/parking/shared/board#mlk_{'A' * 43}", before=STANDING)
    page.watch.allowed += LOST
    shows = lambda *rows: expect(page.locator(".board-level")).to_have_text(list(rows), use_inner_text=True)
    shows("Level 0 free 9", "Level 1 free 10")
    rest(page)
    page.route("**/api/lot-boards", lambda route: route.abort())
    page.evaluate("window.later += 121_000")
    shows("Level 0 not known ?", "Level 1 not known ?")
    page.get_by_text(re.compile("^No connection since")).wait_for()


def test_a_board_without_a_link_says_so(lots, open_page):
    page = open_page(f"{lots.url}/parking/shared/board#mlk_{'B' * 43}", before=STANDING)
    page.watch.allowed += LOST
    page.get_by_text(re.compile("^This link no longer works")).wait_for()
    expect(page.locator(".board-number")).to_have_text("?", use_inner_text=True)
    # It asks no more: nothing would come of it. Its clock goes on with the tick that would ask.
    rest(page)
    asked, shown = page.watch.answers(), page.locator(".board-clock").inner_text()
    page.evaluate("window.later += 60_000")
    expect(page.locator(".board-clock")).not_to_have_text(shown, use_inner_text=True)
    assert page.watch.answers() == asked
