"""Those who run car parks; and the screen at the entrance."""
import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import DESKTOP, PHONE, until
from test_access import CONTRAST, TARGETS

LOST = ["WebSocket connection", "ERR_CONNECTION_REFUSED", "Failed to load resource", "Failed to fetch"]
PAGES = {"lots": ("/parking", None), "driver": ("/parking/LOT001?spot=G004", None), "yard": ("/parking/LOT002", None), "board": ("/parking/board/LOT001", None),
         "owner": ("/parking/owner", "ada"), **{tab or "now": (f"/parking/owner/LOT001{f'?tab={tab}' if tab else ''}", "ada")
                                              for tab in ["", "spots", "sensors", "money", "tariffs", "reservations", "settings"]}}


def opened(open_page, lots, name, **options):
    path, who = PAGES[name]
    page = open_page(f"{lots.url}{path}", **({"who": who, "on": lots} if who else {}), **options)
    page.wait_for_timeout(1200)
    return page


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("name", PAGES)
def test_rules_of_axe_contrast_and_width(open_page, lots, name, size, theme):
    page = opened(open_page, lots, name, size=size, color_scheme=theme, reduced_motion="reduce")
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).response["violations"]
    told = [{"rule": v["id"], "help": v["help"], "where": [(n["html"][:160], n.get("failureSummary", "")[:300]) for n in v["nodes"][:3]]} for v in found]
    assert told == [], json.dumps(told, indent=1)
    weak = page.evaluate(CONTRAST)
    assert weak["faint"] == [], json.dumps(weak["faint"], indent=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["viewport"]["width"]
    if size is PHONE:
        assert page.evaluate(TARGETS.replace("31.5", "43.5")) == []


@pytest.mark.parametrize("name", ["driver", "lots", "now", "board"])
def test_the_page_does_not_jump_while_it_loads(open_page, lots, name):
    path, who = PAGES[name]
    page = open_page("about:blank", wait="html", **({"who": who, "on": lots} if who else {}))
    page.add_init_script("""window.shifts = []; new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput)
        window.shifts.push([e.value, e.sources.map((s) => s.node?.className ?? '?').join()]); }).observe({ type: 'layout-shift', buffered: true });""")
    page.goto(f"{lots.url}{path}")
    page.wait_for_selector("#main h1")
    page.wait_for_timeout(2000)
    shifts = page.evaluate("window.shifts")
    assert sum(value for value, _ in shifts) < 0.05, shifts


def test_an_override_reaches_a_driver_at_once(lots, open_page):
    driver = open_page(f"{lots.url}/parking/LOT001")
    driver.locator('[data-spot="G006"][data-status=free]').wait_for()
    driver.wait_for_selector(".connection[data-status=open]")
    owner = open_page(f"{lots.url}/parking/owner/LOT001?tab=spots&q=G006", who="ada", on=lots)
    owner.get_by_role("button", name="Override G006").click()
    owner.locator("dialog label", has_text="Occupied").click()
    owner.get_by_role("button", name="Say so").click()
    driver.locator('[data-spot="G006"][data-status=occupied]').wait_for(timeout=1500)
    sent = lots.do(lambda world: world.parking.overridden[-1])
    assert sent["spot_id"] == "G006" and sent["occupied"] is True and sent["until"].endswith("Z")
    owner.get_by_text(re.compile("ada, until")).wait_for()
    owner.get_by_role("button", name="Override G006").click()
    owner.get_by_role("button", name="Clear the override").click()
    driver.locator('[data-spot="G006"][data-status=free]').wait_for(timeout=1500)
    assert lots.do(lambda world: world.parking.overridden[-1]) == {"spot_id": "G006", "clear": True}
    owner.get_by_role("button", name="Override G006").click()
    owner.locator("dialog label", has_text="Out of service").click()
    owner.get_by_role("button", name="Say so").click()
    driver.locator('[data-spot="G006"][data-status=out_of_service]').wait_for(timeout=1500)


def test_what_one_may_not_do_is_not_there(lots, open_page):
    page = open_page(f"{lots.url}/parking/owner/LOT001", who="vera", on=lots)
    page.get_by_role("navigation", name="Parts of the lot").wait_for()
    assert page.get_by_role("navigation", name="Parts of the lot").locator("a").all_inner_texts() == ["Now", "Spots"]
    page.goto(f"{lots.url}/parking/owner/LOT001?tab=spots")
    page.get_by_role("rowheader", name="G001").wait_for()
    assert page.get_by_role("button", name=re.compile("Override")).count() == 0
    page.goto(f"{lots.url}/parking/owner")
    page.get_by_role("link", name="Garage at the Mill").wait_for()
    assert page.get_by_role("button", name="Add a lot").count() == 0


def test_proposed_thresholds_are_applied(lots, open_page):
    page = open_page(f"{lots.url}/parking/owner/LOT001?tab=sensors", who="ada", on=lots)
    # Also those that stand in the second of the hub's answers.
    page.get_by_role("heading", name="4 sensors need a look").wait_for()
    assert page.get_by_text("Swapped with G012").is_visible()
    help = page.get_by_role("list", name="What to do").get_by_role("listitem").all_inner_texts()
    assert [text.split(":")[0] for text in help] == ["Swapped", "Blocked", "Gets dirty", "Drifts"]
    assert all("." in text.split(":", 1)[1] for text in help)
    page.get_by_role("button", name="Apply to G002").click()
    page.get_by_text("G002 has its new threshold.").wait_for()
    assert lots.do(lambda world: world.parking.applied) == [{"spot_id": "G002", "threshold_cm": 117, "hysteresis_cm": 24}]
    assert page.get_by_role("button", name="Apply to G002").count() == 0


def test_money_is_shown_recorded_and_given_back(lots, open_page):
    page = open_page(f"{lots.url}/parking/owner/LOT001?tab=money", who="ada", on=lots)
    page.get_by_role("heading", name="Revenue by day").wait_for()
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
    id = refunds.first.inner_text().split()[-1]
    refunds.first.click()
    page.get_by_role("button", name="Refund", exact=True).click()
    page.get_by_text("The refund is recorded.").wait_for()
    assert lots.do(lambda world: world.parking.lots["LOT001"].payments[0]["refunds"]) == id
    with page.expect_download() as caught:
        page.get_by_role("button", name="CSV of sessions").click()
    text = open(caught.value.path()).read()
    assert text.startswith("session_id,") and text.count("\n") == 41


def test_a_tariff_is_tried_before_it_is_saved(lots, open_page):
    page = open_page(f"{lots.url}/parking/owner/LOT001?tab=tariffs", who="ada", on=lots)
    save = page.get_by_role("button", name="Save the tariff")
    save.wait_for()
    assert save.is_disabled()
    page.get_by_label("Price in EUR").first.fill("three")
    page.get_by_role("button", name="What if it had held?").click()
    page.get_by_text("Day: the price is an amount").wait_for()
    page.get_by_label("Price in EUR").first.fill("3.00")
    page.get_by_role("button", name="What if it had held?").click()
    page.locator(".delta", has_text="+148.50").wait_for()
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
    page.get_by_label("Unknown after silence of, seconds").fill("120")
    page.get_by_role("button", name="Try the silence on the past").click()
    page.get_by_text("True silences seen").wait_for()
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


def test_the_board_counts_by_level_and_admits_what_it_does_not_know(lots, open_page):
    page = open_page(f"{lots.url}/parking/board/LOT001")
    page.watch.allowed += LOST
    rows = lambda: [re.sub(r"\s+", " ", text) for text in page.locator(".board-level").all_inner_texts()]
    until(page, "document.querySelectorAll('.board-level').length === 2")
    assert rows() == ["Level 0 free 9", "Level 1 free 10"]
    assert page.locator(".board-number").first.bounding_box()["height"] > 120, "a third of a metre on a screen at the gate"
    assert page.locator("header.rail, .guest-head, .nav-bottom").count() == 0
    page.wait_for_timeout(300)
    lots.do(lambda world: world.parking.change("LOT001", "G006", "occupied"))
    until(page, "document.querySelector('.board-number').innerText === '8'", timeout=2)
    for number in range(1, 25):
        lots.do(lambda world: world.parking.change("LOT001", f"G1{number:02d}", "unknown"))
    until(page, "[...document.querySelectorAll('.board-number')][1].innerText === '?'")
    assert rows()[1] == "Level 1 not known ?"


def test_the_board_wakes_itself_after_a_loss(lots, open_page):
    lots.do(lambda world: setattr(world.parking.lots["LOT001"], "stale", 3))
    page = open_page(f"{lots.url}/parking/board/LOT001")
    page.watch.allowed += LOST
    until(page, "document.querySelectorAll('.board-level').length === 2")
    page.wait_for_timeout(500)
    lots.cut()
    page.get_by_text(re.compile("No connection since")).wait_for()
    until(page, "[...document.querySelectorAll('.board-number')].every((e) => e.innerText === '?')", timeout=15)
    lots.come_back()
    until(page, "[...document.querySelectorAll('.board-number')].every((e) => e.innerText !== '?')", timeout=25)


def test_the_front_page_has_the_car_park(lots, open_page):
    page = open_page(lots.url, who="ada", on=lots)
    page.get_by_role("link", name="Car park").click()
    page.get_by_role("heading", level=1, name="Parking").wait_for()
    assert page.locator(".nav-side [aria-current=page]").inner_text() == "Parking"
