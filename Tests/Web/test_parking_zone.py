"""Times by the clock of a car park: days of 23 and 25 hours, the hour that comes twice and the one that is left out."""
from playwright.sync_api import expect
from waiting import eventually, until

AUTUMN, SPRING = "2026-10-25", "2026-03-29"      # the clocks of Berlin change


def ask(page, code):
    return page.evaluate(f"import('/lib/zone.js').then((zone) => {code})")


def test_the_hour_that_comes_twice_is_the_first_unless_one_says_otherwise(modules):
    page = modules
    utc = lambda text, zone="Europe/Berlin": ask(page, f"zone.instantsOf('{text}', '{zone}').map((at) => new Date(at).toISOString().slice(0, 16))")
    assert utc(f"{AUTUMN}T01:59") == ["2026-10-24T23:59"]
    assert utc(f"{AUTUMN}T02:00") == ["2026-10-25T00:00", "2026-10-25T01:00"]
    assert utc(f"{AUTUMN}T02:59") == ["2026-10-25T00:59", "2026-10-25T01:59"]
    assert utc(f"{AUTUMN}T03:00") == ["2026-10-25T02:00"]
    assert utc(f"{SPRING}T01:59") == ["2026-03-29T00:59"]
    assert utc(f"{SPRING}T02:30") == ["2026-03-29T01:30"], "the hour is left out: 02:30 is what the clock then calls 03:30"
    assert utc(f"{SPRING}T03:00") == ["2026-03-29T01:00"]
    # South of the equator, by half an hour, at midnight, and where no clock changes.
    assert utc("2026-04-05T01:45", "Australia/Lord_Howe") == ["2026-04-04T14:45", "2026-04-04T15:15"]
    assert utc("2026-11-01T01:30", "America/New_York") == ["2026-11-01T05:30", "2026-11-01T06:30"]
    assert utc(f"{AUTUMN}T02:30", "UTC") == [f"{AUTUMN}T02:30"] and utc("x") == []
    assert ask(page, f"[zone.fromInput('{AUTUMN}T02:30', 'Europe/Berlin'), zone.fromInput('', 'UTC')]") == [1792888200000, None]


def test_every_quarter_of_both_days_is_found_again(modules):
    """Against the definition: the instants of a text are all those at which the clock shows it."""
    assert ask(modules, """['2026-03-28T12:00Z', '2026-10-24T12:00Z'].flatMap((start) => ['Europe/Berlin', 'America/St_Johns', 'Africa/Casablanca'].flatMap((place) => {
        const all = Array.from({ length: 192 }, (_, n) => Date.parse(start) + n * 900_000);
        return all.filter((at) => JSON.stringify(zone.instantsOf(zone.toInput(at, place), place))
            !== JSON.stringify(all.filter((each) => zone.toInput(each, place) === zone.toInput(at, place))));
    }))""") == []


def test_days_before_are_days_of_the_calendar(modules):
    day = lambda at, days: ask(modules, f"zone.dayOf(Date.parse('{at}'), 'Europe/Berlin', {days})")
    assert day("2026-03-29T22:30Z", 0) == "2026-03-30"
    assert day("2026-03-29T22:30Z", -1) == "2026-03-29", "half past midnight, after a day of 23 hours"
    assert day("2026-10-25T23:30Z", -1) == "2026-10-25" and day("2026-10-25T22:30Z", -1) == "2026-10-24"


def test_both_hours_are_offered_where_one_types_a_time_that_comes_twice(lots, open_page):
    page = open_page(f"{lots.url}/parking/LOT001", timezone_id="Europe/Berlin")
    arrive = page.get_by_label("Arrive")
    field = page.locator(".time-field", has=arrive)
    twice = field.get_by_role("group", name="02:30 comes twice that night")
    arrive.fill(f"{AUTUMN}T01:30")
    expect(twice).to_have_count(0)
    arrive.fill(f"{AUTUMN}T02:30")
    expect(twice.get_by_role("radio", name="First (UTC+2)")).to_be_checked()
    expect(twice.locator("label", has_text="Second (UTC+1)")).to_have_count(1)
    eventually(page, lambda: any("/price?from=2026-10-25T00%3A30" in url for url in page.watch.requests), "the price from the first of the two")
    with page.expect_request(lambda request: "/price?from=2026-10-25T01%3A30" in request.url):
        twice.locator("label", has_text="Second").click()
    until(page, "document.querySelector('.time-field input[type=radio]:checked').parentElement.innerText.includes('Second')")
    expect(arrive, "the clock shows the same").to_have_value(f"{AUTUMN}T02:30")
