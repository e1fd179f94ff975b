"""The overview of nodes: with one, with five, with a thousand."""
import re

from conftest import PHONE
from playwright.sync_api import expect
from waiting import eventually, rest, until


def shows(page, expected):
    """The nodes shown are these, in this order."""
    expect(page.locator(".panel h3, tbody th[data-column=name]")).to_have_text(expected, use_inner_text=True)


def test_one_node(serve, open_page):
    page = open_page(f"{serve(nodes=1).url}/nodes")
    page.get_by_text("The one node is online.").wait_for()
    shows(page, ["node_01"])
    page.locator(".panel .spark-line").wait_for(state="attached")
    page.get_by_role("link", name="node_01").click()
    page.get_by_role("heading", level=1, name="node_01").wait_for()


def test_filter_state_sort_and_group_are_in_the_address(site, open_page):
    site.do(lambda world: world.turn(world.nodes["node_04"], "offline"))
    page = open_page(f"{site.url}/nodes")
    page.get_by_role("searchbox").fill("_03")
    until(page, "location.search === '?q=_03'")
    shows(page, ["node_03"])
    page.reload()
    page.get_by_role("link", name="node_03").wait_for()
    expect(page.get_by_role("searchbox")).to_have_value("_03")
    shows(page, ["node_03"])
    page.get_by_role("searchbox").press("Escape")
    until(page, "location.search === ''")
    page.get_by_role("navigation", name="State").get_by_role("link", name=re.compile("Offline")).click()
    until(page, "location.search === '?state=offline'")
    shows(page, ["node_04"])
    page.goto(f"{site.url}/nodes?sort=-name&group=state")
    page.get_by_role("heading", level=2, name=re.compile("Offline")).wait_for()
    shows(page, ["node_04", "node_05", "node_03", "node_02", "node_01"])
    page.get_by_role("searchbox").fill("nothing like it")
    page.get_by_text("No node fits").wait_for()


def has_columns(page, *columns):
    """Those between the state and the signal."""
    anything = re.compile(".")
    expect(page.locator("thead th")).to_have_text([anything, anything, *columns, "Signal", "Heard of"], use_inner_text=True)


def test_the_table_says_what_it_leaves_out_and_shows_it(site, open_page):
    page = open_page(f"{site.url}/nodes?view=table")
    page.wait_for_selector("tbody tr")
    has_columns(page, "Temperature", "Humidity", "Pressure", "Light", "More fields")
    row = page.locator("tbody tr", has=page.get_by_role("link", name="node_05", exact=True))
    more = row.get_by_role("link", name="2 more fields of node_05: CO₂, Battery")
    expect(more).to_have_text("+2", use_inner_text=True)
    expect(more).to_have_attribute("title", re.compile("Battery"))
    more.click()
    has_columns(page, "Temperature", "Humidity", "Pressure", "Light", "CO₂", "Battery")
    expect(page.locator(".more-fields")).to_have_count(0)
    # The columns are in the address.
    page.reload()
    has_columns(page, "Temperature", "Humidity", "Pressure", "Light", "CO₂", "Battery")


def test_beside_the_navigation_of_a_tablet_the_table_is_not_cut_off(site, open_page):
    page = open_page(f"{site.url}/nodes?view=table", size={"viewport": {"width": 1024, "height": 768}})
    has_columns(page, "Temperature", "Humidity", "Light", "More fields")
    rest(page)
    assert page.locator(".table-box").evaluate("e => e.scrollWidth <= e.clientWidth")
    expect(page.get_by_role("link", name="3 more fields of node_05: Pressure, CO₂, Battery")).to_be_visible()


def test_columns_are_picked_and_a_name_may_have_any_letters(site, open_page):
    def odd(world):
        node = world.nodes["node_01"]
        node.fields = [*node.fields, "a,b", "50%"]
        node.value = lambda field, t, real=node.value: 7 if field in ("a,b", "50%") else real(field, t)
    site.do(odd)
    page = open_page(f"{site.url}/nodes?view=table")
    page.locator("summary", has_text="Columns 4 of 8").click()
    picker = page.get_by_role("group", name="Fields with a column")
    for name in ["Humidity", "Pressure", "Light"]:
        picker.get_by_text(re.compile(f"^{name}")).click()
    until(page, "document.querySelectorAll('thead th').length === 6")
    for name in ["A,b", "50%"]:
        picker.get_by_text(re.compile(f"^{name}")).click()
    until(page, "document.querySelectorAll('thead th').length === 8")
    page.keyboard.press("Escape")
    expect(picker).not_to_be_visible()
    page.reload()
    has_columns(page, "Temperature", "50%", "A,b", "More fields")
    page.goto(f"{site.url}/nodes?view=table&fields=nothing,%25E0%25A4%25A,%E0")
    # An address that asks for nothing there is gets the usual ones.
    has_columns(page, "Temperature", "Humidity", "Pressure", "Light", "More fields")


def test_on_a_phone_what_has_no_column_is_in_the_second_line_or_counted(site, open_page):
    page = open_page(f"{site.url}/nodes?view=table", size=PHONE)
    page.wait_for_selector("tbody tr")
    line = page.locator("tbody tr", has=page.get_by_role("link", name="node_05", exact=True)).locator(".row-second")
    expect(line).to_have_text(re.compile(r"Humidity\s+[\d.]+\s+%.*Pressure\s.*Light\s.*2 more fields", re.S), use_inner_text=True)
    # What is old is hatched there as well.
    site.do(lambda world: world.turn(world.nodes["node_05"], "offline"))
    line.locator(".value[data-stale=true]").nth(2).wait_for()


def test_a_thousand_nodes(serve, open_page):
    site = serve(nodes=1000, interval=5.0)
    page = open_page(f"{site.url}/nodes")
    page.get_by_text("All 1\u202f000 nodes are online.").wait_for()
    page.get_by_role("link", name="node_01", exact=True).wait_for()
    assert page.locator("tbody tr").count() < 80, "only the rows in view are drawn"
    expect(page.get_by_role("table")).to_have_attribute("aria-rowcount", "1001")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.get_by_role("link", name="node_1000", exact=True).wait_for()
    assert page.locator("tbody tr").count() < 80
    page.get_by_role("searchbox").fill("node_777")
    page.get_by_role("link", name="node_777", exact=True).wait_for()
    until(page, "document.querySelectorAll('tbody tr').length === 1")
    # Two hundred messages a second must leave the page free for the reader: it is not drawn for each of them, but a few times a second.
    page.get_by_role("searchbox").fill("")
    page.get_by_role("link", name="node_01", exact=True).wait_for()
    page.evaluate("() => { window.drawn = 0; new MutationObserver(() => { window.drawn += 1; }).observe(document.querySelector('tbody'), { characterData: true, childList: true, subtree: true }); }")
    received = site.do(lambda world: world.received)
    eventually(page, lambda: site.do(lambda world: world.received) > received + 600, "six hundred messages come")
    eventually(page, lambda: page.evaluate("window.drawn") > 0, "the page draws what came")
    assert page.evaluate("window.drawn") < 100


def test_a_thousand_panels_come_in_portions(serve, open_page):
    page = open_page(f"{serve(nodes=200, interval=5.0).url}/nodes?view=panels")
    page.get_by_role("button", name=re.compile("Show 60 more")).wait_for()
    expect(page.locator(".panel")).to_have_count(60)
    page.get_by_role("button", name=re.compile("Show 60 more")).click()
    expect(page.locator(".panel")).to_have_count(120)


def test_nothing_moves_when_values_change(site, open_page):
    page = open_page(f"{site.url}/nodes")
    page.locator(".panel .spark-line").first.wait_for(state="attached")
    boxes = "() => [...document.querySelectorAll('.panel, .toolbar, h1')].map((e) => { const b = e.getBoundingClientRect(); return [b.x, b.y, b.width, b.height].map(Math.round).join(); }).join(';')"
    rest(page)
    before = page.evaluate(boxes)
    # The node's next report of its own would take the place of this one before a slow machine has drawn it.
    site.do(lambda world: setattr(world.nodes["node_01"], "silent", True))
    site.do(lambda world: world.report(world.nodes["node_01"], temperature=-101.5, pressure=9999.9))
    page.get_by_text("−101.5").wait_for()
    assert page.evaluate(boxes) == before


def test_an_error_says_what_and_gives_its_id(site, open_page):
    site.do(lambda world: world.broken.update({"/api/nodes": (500, "internal_error", "Something went wrong inside the hub", "The store did not answer.")}))
    page = open_page(f"{site.url}/nodes")
    page.watch.allowed.append("500")
    page.get_by_role("alert").get_by_text("The store did not answer.").wait_for()
    expect(page.get_by_text("0f3a91c2")).to_be_visible()
    site.do(lambda world: world.broken.clear())
    page.get_by_role("button", name="Try again").click()
    page.get_by_text("All 5 nodes are online.").wait_for()
