"""On paper: dark on white whatever the theme, all rows and columns, what it is about and from when, and nothing that can only be pressed."""
import re

import pytest
from fake.accounts import PASSWORD
from playwright.sync_api import expect
from waiting import frames, rest, until

# Lightness of a colour as the page computes it, 0 to 1.
LIGHT = """selector => { const [r, g, b] = getComputedStyle(document.querySelector(selector)).color.match(/[\\d.]+/g).map(Number);
    return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255; }"""
PRESSED = ".rail, .nav-bottom, .guest-head, .skip, .toolbar, .owner-tabs, .crumbs, .button, .icon-button, .lost, .toasts"


def on_paper(page):
    """As the printer draws it: on a sheet's width, where the rules for a phone hold as well."""
    rest(page)
    page.set_viewport_size({"width": 690, "height": 980})
    page.emulate_media(media="print")
    frames(page)


def seen(page, selector):
    return [e for e in page.locator(selector).all() if e.is_visible()]


@pytest.mark.parametrize("path, who", [("/parking/owner/LOT001?tab=money", "ada"), ("/parking/LOT001", None), ("/nodes/node_01", "ada")])
def test_the_dark_theme_is_printed_dark_on_white_without_what_can_only_be_pressed(lots, open_page, path, who):
    page = open_page(lots.url + path, who=who, on=lots, color_scheme="dark")
    page.wait_for_selector("h2")
    rest(page)
    assert page.evaluate(LIGHT, "h1") > 0.8
    on_paper(page)
    assert page.evaluate(LIGHT, "h1") < 0.2 and page.evaluate(LIGHT, "h2") < 0.2
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgba(0, 0, 0, 0)"
    assert seen(page, PRESSED) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 690
    expect(page.locator(".print-note").last).to_have_text(re.compile(r"Martlet at 127\.0\.0\.1:\d+/\S+, printed on .*20\d\d"), use_inner_text=True)


def test_money_says_of_which_lot_and_time_it_is_and_has_all_columns(lots, open_page):
    page = open_page(f"{lots.url}/parking/owner/LOT001?tab=money", who="ada", on=lots)
    page.get_by_role("table", name="Payments").wait_for()
    rest(page)
    heads = page.get_by_role("table", name="Sessions").locator("thead th:not([data-column=act])").count()
    on_paper(page)
    assert re.search(r"Money of Garage at the Mill \(LOT001\), \d+ \w+ 20\d\d to \d+ \w+ 20\d\d, by the clock of Europe/Berlin\.",
                     page.locator(".on-paper").first.inner_text())
    table = page.get_by_role("table", name="Sessions")
    assert len(seen(page, "table:has(caption:text-is('Sessions')) thead th")) == heads
    assert table.locator("thead").evaluate("e => getComputedStyle(e).display") == "table-header-group", "the heads come again on each sheet"


def test_a_long_table_is_printed_whole(serve, open_page):
    site = serve(nodes=150, interval=30)
    page = open_page(f"{site.url}/nodes?view=table")
    page.wait_for_selector("tbody tr[aria-rowindex]")
    rows = page.locator("tbody tr[aria-rowindex]")
    assert rows.count() < 60
    # What a browser does before it prints: the sheet is drawn right after this event.
    assert page.evaluate("""new Promise((done) => { dispatchEvent(new Event('beforeprint'));
        queueMicrotask(() => queueMicrotask(() => done(document.querySelectorAll('tbody tr[aria-rowindex]').length))); })""") == 150
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    until(page, "document.querySelectorAll('tbody tr[aria-rowindex]').length < 60")
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) >= 4


def test_the_plan_is_printed_as_wide_as_the_sheet_and_in_its_colours(lots, open_page):
    page = open_page(f"{lots.url}/parking/LOT001")
    page.wait_for_selector(".plan [data-spot]")
    page.evaluate("document.querySelector('.plan').style.minWidth = '2400px'")       # as that of a large lot
    on_paper(page)
    box = page.locator(".plan").bounding_box()
    assert 300 < box["width"] <= 690 and box["height"] > 100
    assert page.locator(".plan").evaluate("e => getComputedStyle(e).printColorAdjust") == "exact"
    assert seen(page, "#reserve, .fresh") == [], "what can be asked for is not printed"


def test_a_reservation_is_printed_first_with_its_code(lots, open_page):
    page = open_page(f"{lots.url}/parking/LOT001?spot=G006")
    card = page.locator("#reserve")
    card.get_by_role("button", name="Reserve", exact=True).click()
    card.get_by_text("Shown only now.").wait_for()
    on_paper(page)
    expect(card.get_by_text("K7QP-2MXW")).to_be_visible()
    expect(card.get_by_text(re.compile("Spot G006"))).to_be_visible()
    assert card.bounding_box()["y"] < page.locator(".count-card").bounding_box()["y"]
    assert seen(page, "#reserve form, #reserve .find") == []


def test_recovery_codes_are_printed_alone_with_whose_they_are(hub, open_page):
    page = open_page(f"{hub.url}/account", who="vera", on=hub)
    page.get_by_role("button", name="Turn on").first.click()
    page.get_by_role("dialog").get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Type the code").fill("123456")
    page.get_by_role("button", name="Turn it on").click()
    page.wait_for_selector(".codes li")
    on_paper(page)
    assert len(seen(page, ".codes li")) == page.locator(".codes li").count() > 4
    assert seen(page, "dialog .command-line") == [], "each code once"
    assert page.locator("dialog .print-note").inner_text().endswith("by vera.")
    assert page.evaluate("getComputedStyle(document.getElementById('main')).visibility") == "hidden"
