"""A node's page: its charts, the time they show, its table and its file."""
import re
from urllib.parse import parse_qs, urlparse

from fake.clock import iso, now
from playwright.sync_api import expect
from waiting import eventually, rest, ticks, until


def chart(page, name):
    return page.locator("figure.chart", has=page.get_by_role("heading", name=re.compile(f"^{name}")))


def readings(page):
    return [parse_qs(urlparse(url).query) for url in page.watch.requests if "/readings" in url]


def test_what_is_known_stands_above_the_fold(site, open_page):
    page = open_page(f"{site.url}/nodes/01")
    page.get_by_role("heading", level=1, name="node_01").wait_for()
    expect(page.locator(".lead .badge")).to_have_text(re.compile("^Online"))
    about = page.get_by_role("region", name="About this node")
    for word in ["dBm", "1.4.2", "2 h 1 min", "kB", "192.168.4.3"]:
        expect(about.get_by_text(word).first, word).to_be_visible()
    expect(page.locator(".tiles .tile")).to_have_count(4)


def test_charts_have_a_sentence_a_table_and_live_points(site, open_page):
    page = open_page(f"{site.url}/nodes/node_01")
    temperature = chart(page, "Temperature")
    temperature.locator("canvas").wait_for()
    temperature.get_by_text(re.compile(r"In the last hour: between [\d.]+ and [\d.]+\s°C, mean")).wait_for()
    expect(temperature.get_by_role("img")).to_have_attribute("aria-label", re.compile("Chart of Temperature. In the last hour"))
    temperature.get_by_role("button", name=re.compile("Show as table")).click()
    rows = temperature.locator("tbody tr")
    rows.first.wait_for()
    site.do(lambda world: world.report(world.nodes["node_01"], temperature=55.5))
    temperature.locator("tbody").get_by_text("55.5").first.wait_for()
    temperature.get_by_role("button", name=re.compile("Hide table")).click()
    expect(rows).to_have_count(0)


def test_a_chart_never_asks_for_more_than_it_can_show(site, open_page):
    page = open_page(f"{site.url}/nodes/node_01")
    picker = page.get_by_role("navigation", name="Time shown")
    seconds = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    for word, span in [("15 min", 900), ("6 h", 21600), ("24 h", 86400), ("7 d", 604800)]:
        rest(page)
        page.watch.requests.clear()
        picker.get_by_role("link", name=word).click()
        eventually(page, lambda: readings(page), "the readings of another time are asked for")
        rest(page)
        steps = {q["step"][0] for q in readings(page)}
        assert len(steps) == 1
        step = steps.pop()
        points = span / (int(step[:-1]) * seconds[step[-1]])
        assert 100 < points <= 800, (word, step)
        assert {q["agg"][0] for q in readings(page)} == {"mean", "min", "max"}


def test_a_view_that_lacks_stored_readings_says_so(site, open_page):
    def lose(world):
        world.gaps = [
            {"from": "2026-01-01T00:00:00.000000Z", "to": "2026-02-01T00:00:00.000000Z", "reason": "missing"},
            {"from": "2026-03-01T00:00:00.000000Z", "to": "2026-04-01T00:00:00.000000Z", "reason": "damaged"},
        ]

    site.do(lose)
    page = open_page(f"{site.url}/nodes/node_01")
    note = page.get_by_role("status").filter(has_text="incomplete")
    note.wait_for()
    expect(note).to_have_count(1)
    expect(note).to_contain_text("the file that held them is gone, and 1 more part")
    site.do(lambda world: world.gaps.clear())
    page.reload()
    chart(page, "Temperature").locator("canvas").wait_for()
    rest(page)
    expect(page.get_by_text("incomplete")).to_have_count(0)


def test_range_is_in_the_address_and_nonsense_there_is_ignored(site, open_page):
    page = open_page(f"{site.url}/nodes/node_01?range=6h")
    current = page.get_by_role("navigation", name="Time shown").locator("[aria-current]")
    expect(current).to_have_text("6 h", use_inner_text=True)
    page.get_by_role("link", name="15 min").click()
    until(page, "location.search === '?range=15m'")
    expect(current).to_have_text("15 min", use_inner_text=True)
    for nonsense in ["range=banana", "from=9&to=3", "from=x&to=y", "from=1e99&to=1e100"]:
        page.goto(f"{site.url}/nodes/node_01?{nonsense}")
        page.locator("canvas").first.wait_for()
        expect(current, nonsense).to_have_text("1 h", use_inner_text=True)


def test_drawing_over_a_chart_pauses_and_leads_back(site, open_page):
    page = open_page(f"{site.url}/nodes/node_01")
    plot = chart(page, "Temperature").locator(".u-over")
    plot.wait_for()
    rest(page)
    box = plot.bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 60, steps=5)
    page.mouse.up()
    until(page, "location.search.includes('from=')")
    page.get_by_text("Paused", exact=True).wait_for()
    query = parse_qs(urlparse(page.url).query)
    wide = int(query["to"][0]) - int(query["from"][0])
    assert abs(wide - 3600 * 200 / box["width"]) < 15
    # What arrives meanwhile does not pull the picture away from under the reader.
    site.do(lambda world: world.nodes["node_01"].__setattr__("silent", True))
    site.do(lambda world: world.report(world.nodes["node_01"], humidity=1.5))
    page.locator(".tiles").get_by_text("1.5", exact=True).wait_for()
    ticks(page)
    assert parse_qs(urlparse(page.url).query) == query
    page.get_by_role("button", name="Back to live").click()
    until(page, "location.search === ''")
    page.get_by_text("Follows the clock").wait_for()
    page.go_back()
    page.get_by_text("Paused", exact=True).wait_for()


def test_custom_range_by_keyboard(site, open_page):
    page = open_page(f"{site.url}/nodes/node_01")
    opener = page.get_by_role("button", name="Custom")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    expect(opener).to_be_focused()
    opener.click()
    start = dialog.get_by_label("From").input_value()
    dialog.get_by_label("To").fill(start)
    expect(dialog.get_by_text("The end must be after the start.")).to_be_visible()
    dialog.get_by_label("From").fill("2020-01-01T00:00")
    dialog.get_by_role("button", name="Show").click()
    until(page, "location.search.includes('from=')")
    page.get_by_text("Paused", exact=True).wait_for()


def test_crosshair_is_shared(site, open_page):
    page = open_page(f"{site.url}/nodes/node_01")
    plot = chart(page, "Temperature").locator(".u-over")
    plot.wait_for()
    chart(page, "Humidity").locator(".u-over").wait_for()
    rest(page)
    box = plot.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 60)
    at = chart(page, "Temperature").locator(".chart-readout[data-pointed=true]")
    at.wait_for()
    other = chart(page, "Humidity").locator(".chart-readout[data-pointed=true]")
    other.wait_for()
    # Each is redrawn for itself when values come.
    eventually(page, lambda: at.inner_text().split("  ")[0] == other.inner_text().split("  ")[0], "both charts tell of one time")
    expect(at).to_contain_text("°C", use_inner_text=True)
    expect(other).to_contain_text("%", use_inner_text=True)


def test_csv_file(site, open_page):
    page = open_page(f"{site.url}/nodes/node_01?range=15m")
    with page.expect_download() as download:
        chart(page, "Temperature").get_by_role("link", name=re.compile("CSV")).click()
    lines = open(download.value.path()).read().splitlines()
    assert lines[0] == "time,node_id,field,value" and len(lines) > 500
    assert re.fullmatch(r"node_01-temperature-\d{8}T\d{4}\.csv", download.value.suggested_filename)


def test_an_offline_node_shows_its_last_values_as_old(site, open_page):
    site.do(lambda world: world.turn(world.nodes["node_02"], "offline"))
    page = open_page(f"{site.url}/nodes/node_02")
    page.locator(".lead .badge", has_text="Offline").wait_for()
    expect(page.locator(".tile .value").first).to_have_attribute("data-stale", "true")
    site.do(lambda world: world.report(world.nodes["node_02"]))
    page.locator(".lead .badge", has_text="Online").wait_for()
    expect(page.locator(".tile .value").first).not_to_have_attribute("data-stale", "true")


def test_a_node_that_is_asleep_is_well_and_says_when_it_is_expected(site, open_page):
    def sleep(world):
        node = world.nodes["node_02"]
        node.next_expected, node.stale_after, node.silent = now() + 290, 900, True
        world.turn(node, "asleep")

    site.do(sleep)
    page = open_page(f"{site.url}/nodes/node_02")
    page.locator('.lead .badge[data-tone="good"]', has_text="Asleep").wait_for()
    page.locator(".lead", has_text=re.compile("next expected in [45] min")).wait_for()
    expect(page.locator(".tile .value").first).not_to_have_attribute("data-stale", "true")
    page.goto(f"{site.url}/")
    page.get_by_text("All is well").wait_for()
    page.get_by_text(re.compile(r"online, 1 asleep\.")).wait_for()
    page.goto(f"{site.url}/nodes?state=asleep")
    page.get_by_role("link", name="node_02").wait_for()


def test_a_node_whose_messages_are_refused_says_why(site, open_page):
    def refuse(world):
        world.nodes["node_01"].refusals = [{
            "at": iso(now()), "code": "wrong_type", "detail": "a sensor's value is a number", "topic": "iot/node/01/telemetry",
            "excerpt": '{"api_key":…,"sensors":{"t":[1]}}', "bytes": 48, "left_out": 12}]

    site.do(refuse)
    page = open_page(f"{site.url}/nodes/node_01")
    section = page.get_by_role("region", name="Refused messages")
    section.get_by_text("a sensor's value is a number").wait_for()
    for wanted in ["wrong_type", "iot/node/01/telemetry", "48 bytes", '"sensors"', "12 more refusals"]:
        expect(section).to_contain_text(wanted, use_inner_text=True)
    page.goto(f"{site.url}/nodes/node_02")
    page.get_by_role("heading", name="About this node").wait_for()
    rest(page)
    expect(page.get_by_role("region", name="Refused messages")).to_have_count(0)


def test_exact_age_on_tap(site, open_page):
    page = open_page(f"{site.url}/nodes/node_01")
    button = page.locator(".lead .age-button")
    expect(button).to_have_attribute("aria-label", re.compile("exactly"))
    button.click()
    expect(button).to_have_text(re.compile(r"\d{4}"))


def test_a_link_is_made_shown_once_and_revoked(site, open_page):
    page = open_page(f"{site.url}/nodes/node_01")
    share = page.get_by_role("region", name="Share", exact=True)
    make = share.get_by_role("button", name="Make a link")
    expect(make).to_be_disabled()
    share.get_by_label("What the link is for").fill("Greenhouse sheet")
    make.click()
    address = share.locator(".secret code")
    expect(address).to_have_text(re.compile(rf"^{re.escape(site.url)}/api/feeds/mlk_A{{43}}/readings\.csv$"))
    share.get_by_text("used 0 times").wait_for()
    page.reload()
    share.locator("strong", has_text="Greenhouse sheet").wait_for()
    expect(address).to_have_count(0)
    share.get_by_role("button", name="Revoke Greenhouse sheet").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke", exact=True).click()
    share.get_by_text("Revoked: it opens nothing any more.").wait_for()
    expect(share.get_by_role("button", name=re.compile("^Revoke"))).to_have_count(0)


def test_links_come_in_pages_and_their_kinds_from_the_catalogue(site, open_page):
    page = open_page(f"{site.url}/nodes/node_02")
    share = page.get_by_role("region", name="Share", exact=True)
    share.get_by_role("button", name="Make a link").wait_for()
    kinds = page.evaluate("""async () => {
        const kinds = [];
        for (let number = 0; number < 55; number += 1) {
            const body = JSON.stringify({ kind: 'nodes.readings', device: 'node_02', purpose: `sheet ${number}` });
            await fetch('/api/links', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
        }
        return (await (await fetch('/api/catalogue')).json()).links.filter((link) => link.device === 'node').map((link) => link.id);
    }""")
    page.reload()
    expect(share.locator("li.shared-link")).to_have_count(50)
    # One kind of a node: there is nothing to choose.
    assert len(kinds) == 1
    expect(share.get_by_label("What the link shows")).to_have_count(0)
    with page.expect_request(lambda request: request.method == "POST") as asked:
        share.get_by_label("What the link is for").fill("The last")
        share.get_by_role("button", name="Make a link").click()
    assert asked.value.post_data_json["kind"] == kinds[0]
    share.get_by_role("button", name="More links").click()
    expect(share.locator("li.shared-link")).to_have_count(56)
    expect(share.get_by_role("button", name="More links")).to_have_count(0)
