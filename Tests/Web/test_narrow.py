"""360 px: nothing is cut off, whatever its name is, and what has no room in a row is in its second line."""
import re

import pytest
from playwright.sync_api import expect
from waiting import rest, until

NARROW = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
LONG = "Congress Centre and Opera, underground car park North"
# Cells whose words are wider or narrower than their place, and rows that cannot be told from each other.
CUT = """[...document.querySelectorAll('.table-box :is(th, td)')].filter((cell) => getComputedStyle(cell).display !== 'none' && cell.innerText.trim() !== '')
    .filter((cell) => cell.scrollWidth > cell.clientWidth + 1 || cell.clientWidth < 40).map((cell) => cell.innerText)"""


def named(world):
    world.parking.lots["LOT001"].name = LONG


@pytest.mark.parametrize("path", ["/parking/owner", "/admin/users", "/admin/devices", "/admin/audit", "/nodes?view=table",
                                  *[f"/parking/owner/LOT001?tab={tab}" for tab in ["spots", "sensors", "money", "reservations"]]])
def test_no_cell_of_a_table_is_cut(lots, open_page, path):
    lots.do(named)
    page = open_page(f"{lots.url}{path}", size=NARROW, who="ada", on=lots)
    if "reservations" not in path:
        page.locator(".table-box tbody th").first.wait_for()
    rest(page)
    assert page.evaluate(CUT) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_row_says_in_a_second_line_what_it_has_no_column_for(lots, open_page):
    page = open_page(f"{lots.url}/parking/owner/LOT001?tab=money", size=NARROW, who="ada", on=lots)
    row = page.locator("tr", has=page.get_by_role("button", name="Pay")).first
    row.wait_for()
    expect(row.locator("th")).to_have_text(re.compile(r"^\s*G0.*Unpaid", re.S), use_inner_text=True)
    expect(row.locator("th")).to_contain_text(":", use_inner_text=True)
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(row.locator("th"), "there is a column for it").not_to_contain_text("Unpaid", use_inner_text=True)


def test_rows_of_a_long_table_are_where_its_height_says(serve, open_page):
    site = serve(nodes=300, interval=10, demo=False)
    page = open_page(f"{site.url}/nodes?view=table", size=NARROW)
    page.locator("tbody th").first.wait_for()
    until(page, "[...document.querySelectorAll('tbody tr:not(.table-gap)')].every((row) => Math.abs(row.getBoundingClientRect().height - 64) < 1.5)")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    until(page, "[...document.querySelectorAll('tbody th')].at(-1).innerText.startsWith('node_300')")


def test_a_long_name_has_the_whole_line(lots, open_page):
    lots.do(named)
    page = open_page(f"{lots.url}/parking/LOT001", size=NARROW, who="ada", on=lots)
    page.get_by_role("heading", level=1, name=LONG).wait_for()
    rest(page)
    words = page.evaluate("""(() => { const words = document.querySelector('h1').firstChild; const range = document.createRange(); let at = 0;
        return words.data.split(' ').map((word) => { range.setStart(words, at); range.setEnd(words, at + word.length); at += word.length + 1; return range.getClientRects().length; }); })()""")
    assert set(words) == {1}, "no word is broken"
    assert page.locator("h1").bounding_box()["height"] < 120


def test_the_chosen_tab_is_in_view(lots, open_page):
    page = open_page(f"{lots.url}/parking/owner/LOT001?tab=settings", size=NARROW, who="ada", on=lots)
    on = page.locator(".owner-tabs [aria-current]")
    on.wait_for()
    until(page, """(() => { const on = document.querySelector('.owner-tabs [aria-current]').getBoundingClientRect();
        const bar = document.querySelector('.owner-tabs nav').getBoundingClientRect(); return bar.left <= on.left && on.right <= bar.right + 1; })()""")


def test_a_long_name_leaves_a_window_its_way_out(hub, open_page):
    page = open_page(f"{hub.url}/admin/users", size=NARROW, who="ada", on=hub)
    page.locator("tbody th a").first.click()
    page.locator("dialog[open]").wait_for()
    page.evaluate("document.querySelector('dialog h2').textContent = 'grace.hopper-with-a-long-name@transport.example'")
    close = page.locator("dialog").get_by_role("button", name="Close").bounding_box()
    box = page.locator("dialog").bounding_box()
    assert close["width"] >= 44 and close["x"] + close["width"] <= box["x"] + box["width"]


def test_a_large_sum_stays_within_its_tile(lots, open_page):
    page = open_page(f"{lots.url}/parking/owner/LOT001", size=NARROW, who="ada", on=lots)
    page.get_by_text("Revenue today").wait_for()
    rest(page)
    page.evaluate("""[...document.querySelectorAll('.tile')].find((tile) => tile.innerText.includes('Revenue')).querySelector('.tile-number').textContent = '\u20ac112\\u202f345.50'""")
    assert page.evaluate("[...document.querySelectorAll('.tile')].every((tile) => tile.scrollWidth <= tile.clientWidth)")
