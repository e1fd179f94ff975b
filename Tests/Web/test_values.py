"""Values in their units and in the room there is: no unit that is not known, nothing cut without a mark, no two labels alike on an axis."""
import json
import re

import pytest
from conftest import DESKTOP, PHONE
from playwright.sync_api import expect
from waiting import rest, until


def ask(page, code):
    return page.evaluate(f"Promise.all([import('/lib/fields.js'), import('/lib/format.js'), import('/parts/readings.js'), import('/parts/chart.js')])"
                         f".then(([fields, format, charts, chart]) => {code})")


def test_a_unit_is_shown_only_where_the_value_can_be_of_it(modules):
    cases = [("battery", 3.1, "3.10 V"), ("battery", 0.5, "0.50 V"), ("battery", 84, "84 %"), ("battery", 7, "7 %"), ("battery", 97.5, "98 %"),
             ("battery", 6, "6"), ("battery", 12.6, "12.6"), ("battery", 3, "3"), ("battery", 250, "250"), ("battery", -1, "−1"),
             ("battery_percent", 3.1, "3 %"), ("battery_soc", 5, "5 %"), ("battery_v", 3, "3.00 V"), ("node_vbat", 4.05, "4.05 V"), ("battery_voltage", 12.6, "12.60 V"),
             ("main_battery", 3.1, "3.10 V"), ("battery_current", 0.2, "0.200 A"), ("voltage_battery", 3.71, "3.71 V"), ("battery_temperature", 21, "21.0 °C"),
             ("soil_moisture", 512, "512"), ("soil_moisture", 46, "46.0 %"), ("humidity", 101, "101"), ("pressure", 1012.3, "1 012.3 hPa"),
             ("pressure", 101325, "101 325"), ("pressure", 1.01, "1.01"), ("temperature_2", 21.5, "21.5 °C"), ("temperature_outside", 3, "3.0 °C"),
             ("power_2", 5, "5.0 W"), ("current_step", 3, "3"), ("light_on", 1, "1"), ("power_state", "on", "on"), ("temperature", "off", "off"),
             ("humidity", True, "on")]
    shown = ask(modules, f"{json.dumps([[field, value] for field, value, _ in cases])}.map(([field, value]) => fields.quantity(field, value))")
    assert [text.replace("\u00a0", " ").replace("\u202f", " ") for text in shown] == [text for _, _, text in cases]


def test_a_battery_of_three_volts_is_not_a_battery_of_three_percent(site, open_page):
    def three_volts(world):
        node = world.nodes["node_04"]
        node.value = lambda field, t, real=node.value: 3.1 if field == "battery" else real(field, t)
    site.do(three_volts)
    page = open_page(f"{site.url}/nodes/node_04")
    tile = page.locator(".tile", has_text="Battery")
    tile.get_by_text("3.10").wait_for()
    expect(tile.locator(".value-unit")).to_have_text("V", use_inner_text=True)
    chart = page.locator("figure.chart", has=page.get_by_role("heading", name="Battery V"))
    chart.get_by_text("In the last hour: always 3.10 V.").wait_for()


LONG = "The window is open since the cleaner came, and somebody should look at it before the weekend starts, please"


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_long_values_are_whole_or_marked_as_cut_and_the_title_has_the_whole(site, open_page, size):
    def lengthy(world):
        node = world.nodes["node_01"]
        node.fields = ["counter", "serial", "note", "temperature"]
        node.value = lambda field, t, real=node.value: {"counter": 123456789, "serial": "A7F3-99120-K1", "note": LONG}.get(field) or real(field, t)
    site.do(lengthy)
    page = open_page(f"{site.url}/nodes/node_01", size=size)
    page.wait_for_selector(".tile")
    rest(page)
    told = page.evaluate("""[...document.querySelectorAll('.tile .value')].map((value) => { const number = value.querySelector('.value-number');
        const tile = value.closest('.tile').getBoundingClientRect(); const box = number.getBoundingClientRect();
        return { text: number.innerText, title: value.title, inside: box.right <= tile.right && box.left >= tile.left,
            cut: number.scrollWidth > number.clientWidth + 1 || number.scrollHeight > number.clientHeight + 1 }; })""")
    assert len(told) == 4 and all(each["inside"] for each in told), told
    assert [each["title"].replace("\u202f", " ") for each in told if each["title"]] == ["123 456 789", LONG, "A7F3-99120-K1"]
    assert [each["text"] for each in told if each["cut"]] in ([LONG], []), "only the text may be cut, after three lines, with an ellipsis"
    page.goto(f"{site.url}/nodes")
    page.wait_for_selector(".panel-values .value")
    rest(page)
    # Within a panel what does not fit has an ellipsis; nothing stands below the edge, unseen.
    assert page.evaluate("""[...document.querySelectorAll('.panel-values > div')].filter((each) => { const box = each.getBoundingClientRect();
        const all = each.parentElement.getBoundingClientRect(); return box.bottom > all.bottom + 1 || box.right > all.right + 1; }).length""") == 0


def test_labels_of_an_axis_are_told_apart_and_have_room(modules):
    page = modules
    axis = lambda start, step: ask(page, f"[0, 1, 2, 3].map((n) => charts.uptimeAxis.tick({start} + n * {step}, {step}))")
    for start in [0, 540, 3600, 86_400 - 120, 2 * 86_400, 3 * 86_400 + 7200, 400 * 86_400]:
        for step in ask(page, "charts.uptimeAxis.steps"):
            labels = axis(start - start % step, step)
            assert len(set(labels)) == 4, (start, step, labels)
    assert [label.replace("\u00a0", " ") for label in axis(3 * 86_400 + 3600, 1800)] == ["3 d 1:00 h", "3 d 1:30 h", "3 d 2:00 h", "3 d 2:30 h"]
    assert [label.replace("\u00a0", " ") for label in axis(0, 300)] == ["0 min", "5 min", "10 min", "15 min"]
    plain = lambda start, step: ask(page, f"[0, 1, 2].map((n) => chart.plain({start} + n * {step}, {step}))")
    assert plain(0.00012, 0.00001) == ["0.00012", "0.00013", "0.00014"] and plain(20, 5) == ["20", "25", "30"] and plain(1, 0.5) == ["1.0", "1.5", "2.0"]
    assert plain(21, 0.25) == ["21.00", "21.25", "21.50"]


def test_the_axis_of_a_long_uptime_is_not_clipped(site, open_page):
    site.do(lambda world: setattr(world.nodes["node_01"], "born", world.nodes["node_01"].born - 86_400 * 123))
    page = open_page(f"{site.url}/nodes/node_01?range=15m", before="""const draw = CanvasRenderingContext2D.prototype.fillText; window.drawn = [];
        CanvasRenderingContext2D.prototype.fillText = function (text, x, y) { if (this.textAlign === 'right') window.drawn.push([text, x - this.measureText(text).width]);
            return draw.call(this, text, x, y); };""")
    page.wait_for_selector("figure.chart")
    page.get_by_role("heading", name="Uptime").scroll_into_view_if_needed()
    until(page, "window.drawn.some(([text]) => /^123\\sd/.test(text))")
    assert page.evaluate("window.drawn.filter(([text, left]) => left < 0)") == []


@pytest.mark.parametrize("locale", ["en-US", "ar-EG", "de-DE"])
def test_dates_numbers_and_money_are_written_in_the_language_of_the_page(open_page, shared, locale):
    """The page is in English: a browser that is set to another language gets no other months, orders or digits within its sentences."""
    page = open_page(f"{shared}/nodes/node_01", locale=locale, timezone_id="UTC")
    told = page.evaluate("""import('/lib/format.js').then((format) => {
        const at = Date.UTC(2026, 10, 29, 3, 52, 21);
        return [format.exact(at), format.day(at), format.clock(at), format.minute(at), format.dayAndMinuteIn(at, 'UTC'), format.dayWords('2026-11-29'), format.number(1234.5, 1),
            format.amount(123450, 'EUR'), format.amount(-250, 'EUR'), format.amount(250, 'CHF'), format.amount(250, 'JPY'), format.amount(250, 'nothing')]; })""")
    assert [text.replace("\u00a0", " ").replace("\u202f", " ") for text in told] == [
        "29 Nov 2026, 03:52:21", "29 Nov", "03:52:21", "03:52", "Sun 29 Nov, 03:52", "29 Nov 2026", "1 234.5", "€1 234.50", "\u2212€2.50", "CHF 2.50", "JP¥250", "2.50 nothing"]
    page.locator(".age-button").first.click()
    expect(page.locator(".age-button").first).to_have_text(re.compile(r"^\d{1,2} [A-Z][a-z]{2,3} 20\d\d, \d\d:\d\d:\d\d$"))
