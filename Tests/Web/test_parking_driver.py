"""Drivers, who have not signed in: where is a free spot now, what does it cost, will there be one, and who keeps it for me."""
import re

import pytest
from conftest import PHONE, Held
from playwright.sync_api import expect
from waiting import eventually, rest, until

LOST = ["WebSocket connection", "ERR_CONNECTION_REFUSED", "Failed to load resource", "Failed to fetch"]


def bay(page, spot):
    return page.locator(f'[data-spot="{spot}"]')


def counts(page, number):
    expect(page.locator(".count-number")).to_have_text(str(number), use_inner_text=True)


def test_a_stranger_sees_the_lot_without_being_asked_to_sign_in(lots, open_page):
    page = open_page(f"{lots.url}/parking/LOT001", size=PHONE)
    page.get_by_role("heading", level=1, name="Garage at the Mill").wait_for()
    counts(page, 19)
    rest(page)
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    expect(page.locator(".nav-bottom")).to_have_count(0)
    expect(page.get_by_text("Live: changes show at once")).to_be_visible()
    expect(page).to_have_url(re.compile("/parking/LOT001$"))
    assert not any("/sign-in" in url for url in page.watch.requests)


def test_pages_that_are_not_public_still_ask(lots, open_page):
    for path in ["/parking/owner", "/parking/owner/LOT001", "/nodes"]:
        page = open_page(f"{lots.url}{path}")
        page.get_by_role("heading", level=1, name="Sign in").wait_for()
        expect(page).to_have_url(re.compile("next="))


def test_colour_shape_and_count_follow_a_publish_without_a_question(lots, open_page):
    page = open_page(f"{lots.url}/parking/LOT001")
    bay(page, "G006").wait_for()
    rest(page)
    expect(bay(page, "G006")).to_have_attribute("data-status", "free")
    expect(bay(page, "G006").locator(".bay-car")).to_have_count(0)
    asked = page.watch.answers()
    lots.do(lambda world: world.parking.change("LOT001", "G006", "occupied"))
    expect(bay(page, "G006")).to_have_attribute("data-status", "occupied")
    expect(bay(page, "G006").locator(".bay-car")).to_have_count(1)
    expect(bay(page, "G006")).to_have_attribute("aria-label", re.compile("G006: occupied"))
    counts(page, 18)
    assert page.watch.answers() == asked, "the event says it all"


def test_what_happens_while_the_lot_is_on_its_way_is_shown(lots, open_page):
    page = open_page(f"{lots.url}/parking")
    held = Held(page, re.compile("/api/lots/LOT001$"), "spots/G006")
    page.goto(f"{lots.url}/parking/LOT001")
    held.happen(lots, lambda world: world.parking.change("LOT001", "G006", "occupied"))
    held.arrive()
    bay(page, "G006").wait_for()
    until(page, """document.querySelector('[data-spot="G006"]').dataset.status === 'occupied'""")
    counts(page, 18)


def test_what_happens_while_the_lots_are_on_their_way_is_shown(lots, open_page):
    page = open_page(f"{lots.url}/parking/LOT001")
    held = Held(page, re.compile("/api/lots$"), "LOT001/counts")
    page.goto(f"{lots.url}/parking")
    held.happen(lots, lambda world: world.parking.change("LOT001", "G006", "occupied"))
    held.arrive()
    line = page.locator(".lot-line", has_text="Garage at the Mill")
    line.get_by_text("18", exact=True).wait_for()


def test_each_status_has_a_shape_of_its_own(lots, open_page):
    page = open_page(f"{lots.url}/parking/LOT001")
    bay(page, "G006").wait_for()
    rest(page)
    shape = lambda spot: page.evaluate("id => document.querySelector(`[data-spot=\"${id}\"]`).innerHTML.replace(/<rect class=\"bay\"[^>]*>/, '')", spot)
    found = {name: shape(spot) for name, spot in [("free", "G006"), ("occupied", "G009"), ("reserved", "G005"), ("closed", "G008"), ("unknown", "G017")]}
    assert len(set(found.values())) == 5
    assert ">R<" in found["reserved"] and ">?<" in found["unknown"] and "bay-cross" in found["closed"]
    assert page.locator(".legend li").count() >= 5


def test_what_falls_silent_is_nowhere_called_free(lots, open_page):
    page = open_page(f"{lots.url}/parking/LOT001?spot=G006")
    bay(page, "G006").wait_for()
    rest(page)
    counts(page, 19)
    lots.do(lambda world: world.parking.change("LOT001", "G006", "unknown"))
    page.locator('[data-spot="G006"][data-status=unknown]').wait_for()
    counts(page, 18)
    expect(page.locator(".spot-card").get_by_text("Unknown")).to_be_visible()
    for spot in lots.do(lambda world: list(world.parking.lots["LOT001"].spots)):
        lots.do(lambda world: world.parking.change("LOT001", spot, "unknown"))
    until(page, "document.querySelector('.count-number').innerText === '?'")
    expect(page.get_by_text("Nothing is known of any spot at present.")).to_be_visible()
    expect(page.locator("[data-status=free][data-spot]")).to_have_count(0)


def test_when_the_server_is_gone_the_page_ages_and_returns_by_itself(lots, open_page):
    lots.do(lambda world: setattr(world.parking.lots["LOT001"], "stale", 3))
    page = open_page(f"{lots.url}/parking/LOT001")
    page.watch.allowed += LOST
    bay(page, "G006").wait_for()
    page.wait_for_selector(".connection[data-status=open]")
    lots.cut()
    page.get_by_text(re.compile("As of")).wait_for()
    until(page, "document.querySelector('.count-number').innerText === '?'")
    expect(page.locator("[data-status=free][data-spot]")).to_have_count(0)
    lots.do(lambda world: world.parking.change("LOT001", "G006", "occupied"))
    lots.come_back()
    page.wait_for_selector(".connection[data-status=open]")
    page.locator('[data-spot="G006"][data-status=occupied]').wait_for()
    counts(page, 18)


def test_without_room_for_a_socket_it_asks_from_time_to_time(lots, open_page):
    lots.do(lambda world: setattr(world, "refuse_sockets", True))
    page = open_page(f"{lots.url}/parking/LOT001")
    page.watch.allowed += LOST
    bay(page, "G006").wait_for()
    lots.do(lambda world: world.parking.change("LOT001", "G006", "occupied"))
    page.locator('[data-spot="G006"][data-status=occupied]').wait_for(timeout=40_000)


def test_a_spot_tells_since_when_and_how_that_is_known(lots, open_page):
    page = open_page(f"{lots.url}/parking/LOT001", size=PHONE)
    bay(page, "G004").wait_for()
    rest(page)
    box = bay(page, "G004").bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    card = page.get_by_role("region", name="Spot G004")
    card.get_by_text("a person of the car park").wait_for()
    expect(card.get_by_text("Occupied")).to_be_visible()
    expect(page).to_have_url(re.compile("spot=G004"))
    page.reload()
    page.get_by_role("region", name="Spot G004").wait_for()


def test_the_plan_works_with_the_keyboard_alone(lots, open_page):
    page = open_page(f"{lots.url}/parking/LOT001")
    plan = page.get_by_role("listbox", name=re.compile("^Plan of level 0"))
    rest(page)
    plan.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(plan).to_have_attribute("aria-activedescendant", re.compile("G002$"))
    page.keyboard.press("ArrowDown")
    expect(plan).to_have_attribute("aria-activedescendant", re.compile("G014$"))
    page.keyboard.press("Enter")
    page.get_by_role("region", name="Spot G014").wait_for()


def test_levels_and_spots_without_a_place(lots, open_page):
    page = open_page(f"{lots.url}/parking/LOT001?level=1")
    bay(page, "G101").wait_for()
    expect(bay(page, "G001")).to_have_count(0)
    page.goto(f"{lots.url}/parking/LOT002")
    bay(page, "Y01").wait_for()
    expect(page.get_by_text("Zone N")).to_have_count(1)
    rest(page)
    boxes = [bay(page, f"Y{n:02d}").bounding_box() for n in range(1, 15)]
    for n, one in enumerate(boxes):
        for other in boxes[n + 1:]:
            assert one["x"] + one["width"] <= other["x"] + 1 or other["x"] + other["width"] <= one["x"] + 1 or abs(one["y"] - other["y"]) >= one["height"] - 1


def test_price_of_a_stay(lots, open_page):
    page = open_page(f"{lots.url}/parking/LOT001")
    total = page.locator(".price-total")
    page.get_by_text("€5.00").first.wait_for()
    arrive, leave = page.get_by_label("Arrive"), page.get_by_label("Leave")
    arrive.fill("2026-12-01T10:00")
    leave.fill("2026-12-01T13:10")
    expect(total).to_have_text("€7.50", use_inner_text=True)
    expect(page.locator(".bill tbody tr")).to_have_count(2)
    leave.fill("2026-12-01T09:00")
    page.get_by_text("Leave after you arrive.").wait_for()
    expect(total).to_have_text("", use_inner_text=True)


def test_forecast_says_how_far_it_was_off_and_when_it_is_full(lots, open_page):
    page = open_page(f"{lots.url}/parking/LOT001")
    page.locator(".chart-sentence", has_text="Usually full by 17:15 today.").wait_for()
    for words in ["off by 2.3 spots on average", "4 past weeks"]:
        expect(page.locator(".chart-sentence")).to_contain_text(words)
    page.get_by_role("button", name=re.compile("Show as table")).click()
    eventually(page, lambda: page.locator(".chart table tbody tr").count() > 90, "a row for every quarter of the day")


@pytest.mark.parametrize("look", ["press", "scroll"])
def test_on_a_phone_what_is_below_the_plan_comes_when_one_looks(lots, open_page, look):
    page = open_page(f"{lots.url}/parking/LOT001", size=PHONE)
    bay(page, "G006").wait_for()
    rest(page)
    more = page.get_by_role("button", name="Forecast, price and reservation")
    expect(more).to_have_count(1)
    assert not any("/parking/reserve.js" in url for url in page.watch.requests)
    if look == "press":
        more.evaluate("e => e.click()")
    else:
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    for heading in ["Price of a stay", "Reserve"]:
        page.get_by_role("heading", level=2, name=heading, exact=True).wait_for()
    expect(more).to_have_count(0)


def test_what_is_below_the_plan_and_cannot_be_fetched_says_so(lots, open_page):
    page = open_page(f"{lots.url}/parking/LOT001", size=PHONE)
    page.watch.allowed += LOST
    bay(page, "G006").wait_for()
    rest(page)
    page.context.route("**/parking/driver-more.js", lambda route: route.abort())
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    page.get_by_role("heading", name="This page could not be loaded").wait_for()
    expect(page.locator(".count-number")).to_be_visible()


def test_a_stranger_reserves_and_gives_up_with_the_code(lots, open_page):
    page = open_page(f"{lots.url}/parking/LOT001?spot=G006", size=PHONE)
    card = page.locator("#reserve")
    card.get_by_text("Spot G006").wait_for()
    card.get_by_role("button", name="Reserve", exact=True).click()
    card.get_by_text("Shown only now.").wait_for()
    code = card.locator(".secret code").inner_text()
    id = card.locator("p.hint code").inner_text()
    assert code == "K7QP-2MXW" and code not in page.url
    card.get_by_text("I have a reservation").click()
    card.get_by_label("Reservation", exact=True).fill(id)
    card.get_by_label("Code", exact=True).fill(code)
    card.get_by_role("button", name="Look it up").click()
    card.get_by_text("Kept for you").wait_for()
    card.get_by_role("button", name="Give it up").click()
    card.get_by_text("Given up").wait_for()
    assert lots.do(lambda world: world.parking.reservations[id]["state"]) == "cancelled"


def test_a_taken_spot_is_refused_in_words(lots, open_page):
    page = open_page(f"{lots.url}/parking/LOT001?spot=G006")
    page.watch.allowed.append("409")
    card = page.locator("#reserve")
    card.get_by_role("button", name="Reserve", exact=True).click()
    card.get_by_role("button", name="Reserve another").click()
    card.get_by_role("button", name="Reserve", exact=True).click()
    card.get_by_text("It is taken for that time").wait_for()


def test_the_nearest_lot_comes_first_only_when_one_asks(lots, open_page):
    page = open_page(f"{lots.url}/parking", geolocation={"latitude": 52.5302, "longitude": 13.42}, permissions=["geolocation"], before="""
        const real = navigator.geolocation.getCurrentPosition.bind(navigator.geolocation); window.asked = 0;
        navigator.geolocation.getCurrentPosition = (...all) => { window.asked += 1; real(...all); };""")
    page.locator(".lot-line").first.wait_for()
    rest(page)
    expect(page.locator(".lot-line"), "a lot that is not public is not there").to_have_count(2)
    assert page.evaluate("window.asked") == 0
    expect(page.locator(".lot-line").first).to_contain_text("Garage", use_inner_text=True)
    page.get_by_role("button", name="Nearest to me").click()
    page.locator(".lot-far").first.wait_for()
    expect(page.locator(".lot-line").first).to_contain_text("Yard", use_inner_text=True)
    expect(page.locator(".lot-far").first).to_contain_text("10 m", use_inner_text=True)


def test_where_location_is_switched_off_the_page_says_so_and_not_that_the_hub_refused(lots, open_page):
    # Chromium without a permission, and nobody to ask: it is denied.
    page = open_page(f"{lots.url}/parking")
    page.get_by_role("button", name="Nearest to me").click()
    page.get_by_role("status").get_by_text("Location is switched off for this page.").wait_for()
    expect(page.locator(".lot-line")).to_have_count(2)
    expect(page.locator(".lot-far")).to_have_count(0)


def test_where_a_header_forbids_to_ask_the_page_does_not_blame_the_reader(lots, open_page):
    page = open_page(f"{lots.url}/parking", permissions=["geolocation"], geolocation={"latitude": 52.5302, "longitude": 13.42})
    # What the hub answers through the test counts as fetched from another network.
    page.watch.allowed += ["permissions policy", "LOCAL_NETWORK_ACCESS"]

    def forbid(route):
        answer = route.fetch()
        route.fulfill(response=answer, headers={**answer.headers, "permissions-policy": "geolocation=()"})

    page.route(re.compile("/parking$"), forbid)
    page.reload()
    page.get_by_role("button", name="Nearest to me").click()
    page.get_by_text("does not let its pages ask where you are").wait_for()


def test_the_way_is_planned_by_the_maps_of_the_readers_device(lots, open_page):
    android = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/130 Mobile Safari/537.36"
    iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1"
    for agent, way in [(android, "geo:0,0?q=52.5205,13.4095(Garage%20at%20the%20Mill)"), (iphone, "https://maps.apple.com/?daddr=52.5205%2C13.4095"),
                       ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Firefox/130.0", "https://www.openstreetmap.org/directions?to=52.5205%2C13.4095")]:
        page = open_page(f"{lots.url}/parking/LOT001", user_agent=agent)
        link = page.get_by_role("link", name="Show the way")
        expect(link).to_have_attribute("href", way)
        expect(link).to_have_attribute("rel", "noopener")
    asked = page.evaluate("""import('/parking/way.js').then(({ wayTo }) => [{ name: 'A', address: ' Mill Lane 4, Oldtown ' }, { name: 'B', address: '' },
        { name: 'C (east)', latitude: -33.5, longitude: 0 }].flatMap((lot) => ['Android', 'iPad', ''].map((agent) => wayTo(lot, agent))))""")
    assert asked == ["geo:0,0?q=Mill%20Lane%204%2C%20Oldtown", "https://maps.apple.com/?daddr=Mill%20Lane%204%2C%20Oldtown",
                     "https://www.openstreetmap.org/directions?to=Mill%20Lane%204%2C%20Oldtown", None, None, None,
                     "geo:0,0?q=-33.5,0(C%20%28east%29)", "https://maps.apple.com/?daddr=-33.5%2C0", "https://www.openstreetmap.org/directions?to=-33.5%2C0"]
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the address").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "Mill Lane 4, Oldtown"


def test_a_lot_that_is_not_public_is_not_there(lots, open_page):
    page = open_page(f"{lots.url}/parking/STAFF")
    page.watch.allowed.append("404")
    page.get_by_role("heading", level=1, name="No such car park").wait_for()
    mine = open_page(f"{lots.url}/parking/STAFF", who="vera", on=lots)
    mine.get_by_role("heading", level=1, name="Staff only").wait_for()


def test_installed_it_opens_without_a_network_and_keeps_no_answer(lots, open_page):
    page = open_page(f"{lots.url}/parking/LOT001")
    page.watch.allowed += [*LOST, "ERR_INTERNET_DISCONNECTED"]
    context = page.context
    page.wait_for_selector(".count-number")
    until(page, "navigator.serviceWorker.controller !== null", timeout=30)
    manifest = page.evaluate("fetch(document.querySelector('link[rel=manifest]').href).then((a) => a.json())")
    assert manifest["start_url"] == manifest["scope"] == "/parking" and manifest["display"] == "standalone"
    for icon in manifest["icons"]:
        assert page.evaluate("src => fetch(src).then((a) => a.status)", icon["src"]) == 200
    until(page, "caches.keys().then((names) => Promise.all(names.map((n) => caches.open(n).then((c) => c.keys())))).then((all) => all.flat().some((r) => r.url.endsWith('/parking/driver.js')))", timeout=30)
    kept = page.evaluate("caches.keys().then((names) => Promise.all(names.map((n) => caches.open(n).then((c) => c.keys())))).then((all) => all.flat().map((r) => new URL(r.url).pathname))")
    assert not [path for path in kept if path.startswith(("/api", "/ws", "/parking/owner"))]
    context.set_offline(True)
    page.reload()
    page.get_by_text("The car park could not be read").wait_for()
    expect(page.get_by_text("You have no network here, or the car park has none."), "a driver cannot see that a server runs").to_be_visible()
    expect(page.locator(".guest-head")).to_be_visible()
    expect(page.locator(".count-number")).to_have_count(0)
    context.set_offline(False)
    page.wait_for_selector(".count-number", timeout=40_000)


OLD_WORKER = "const old = true; self.addEventListener('install', () => self.skipWaiting()); self.addEventListener('activate', (e) => e.waitUntil(clients.claim())); "
OLD_WORKER += "self.addEventListener('fetch', (e) => { if (e.request.mode === 'navigate') e.respondWith(fetch(e.request)); });"


def test_who_has_the_worker_of_old_has_the_new_one_with_their_next_visit(lots, open_page):
    """It lay at another address, which is gone: the old one serves until the page registers the new one for the same scope."""
    lots.do(lambda world: world.files.update({"/parking-worker.js": OLD_WORKER}))
    page = open_page(f"{lots.url}/docs", who="ada", on=lots)
    page.evaluate("""caches.open('martlet-parking-2').then((cache) => cache.put('/parking', new Response('old')))
        .then(() => navigator.serviceWorker.register('/parking-worker.js', { scope: '/parking' }))
        .then((made) => new Promise((done) => { const look = () => made.active ? done() : setTimeout(look, 50); look(); }))""")
    lots.do(lambda world: world.files.clear())
    # An update that finds nothing ends nothing.
    assert page.evaluate("""navigator.serviceWorker.getRegistration('/parking').then((found) => found.update()
        .then(() => 'updated', () => 'failed')).then((how) => navigator.serviceWorker.getRegistration('/parking').then((found) => [how, !!found?.active]))""") == ["failed", True]
    page.watch.allowed.append("404")
    page.goto(f"{lots.url}/parking/LOT001")
    page.wait_for_selector(".count-number")
    until(page, "navigator.serviceWorker.controller?.scriptURL.endsWith('/parking/worker.js')", timeout=30)
    found = page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.map((each) => [new URL(each.scope).pathname, new URL(each.active.scriptURL).pathname]))")
    assert found == [["/parking", "/parking/worker.js"]]
    until(page, "caches.keys().then((names) => !names.includes('martlet-parking-2') && names.length === 1)", timeout=30)


def test_a_page_stands_by_what_it_heard_for_two_minutes_at_most(modules):
    asked = modules.evaluate("""import('/parking/model.js').then(({ statusOf, sourceOf }) => [
        [3600, 121, 'free'], [3600, 120, 'free'], [60, 61, 'free'], [60, 60, 'occupied'], [3600, 121, 'out_of_service'], [null, 121, 'free']]
        .map(([stale, age, status]) => statusOf({ status }, { stale_after_seconds: stale }, 0, age * 1000))
        .concat([{ status: 'out_of_service', observed_at: 'x' }, { status: 'occupied', override: {} }, { status: 'unknown' }, { status: 'free' }].map(sourceOf)))""")
    assert asked == ["unknown", "free", "unknown", "occupied", "out_of_service", "unknown", "owner", "override", "stale", "sensor"]


def test_levels_begin_at_the_entrance_and_a_sentence_counts(modules):
    asked = modules.evaluate("""import('/parking/model.js').then((model) => [['-1', '2', 'Roof', '0', '-2', '1'].sort(model.byLevel), model.levelWords('-1'),
        model.sentence({ total: 130, free: 1200, unknown: 1 }), model.sentence({ total: 3, free: 0, unknown: 2 }), model.sentence({ total: 1, free: 1, unknown: 0 })])""")
    assert asked == [["0", "1", "2", "-1", "-2", "Roof"], "Level \u22121", "1\u202f200 of 130 spots are free; 1 is not known.",
                     "None of 3 spots is free; 2 are not known.", "1 of 1 spot is free."]
