"""The money of a busy lot: long lists, and many events at once."""
from playwright.sync_api import expect
from waiting import eventually, rest, until


def busy(world):
    lot = world.parking.lots["LOT001"]
    lot.sessions = [{**lot.sessions[1 + number % 39], "session_id": f"ses_{number}"} for number in range(400)]


def test_long_lists_are_read_piece_by_piece(lots, open_page):
    lots.do(busy)
    page = open_page(f"{lots.url}/parking/owner/LOT001?tab=money", who="ada", on=lots)
    table = page.get_by_role("table", name="Sessions")
    table.locator("tbody th").first.wait_for()
    expect(table.locator("tbody th")).to_have_count(50)
    page.get_by_role("button", name="More sessions").click()
    until(page, "document.querySelectorAll('table[data-long=true]').length === 1")
    # It lies below the window: hardly a row is drawn, and it is as high as its rows would be.
    page.evaluate("scrollTo(0, 0)")
    page.set_viewport_size({"width": 1280, "height": 400})
    eventually(page, lambda: table.locator("tbody th").count() < 30, "few rows are drawn")
    eventually(page, lambda: abs(table.bounding_box()["height"] - 251 * 48) < 60, "the table is as high as its rows would be")


def test_many_payments_at_once_are_one_question(lots, open_page):
    page = open_page(f"{lots.url}/parking/owner/LOT001?tab=money", who="ada", on=lots)
    page.get_by_role("table", name="Sessions").wait_for()
    rest(page)
    asked = lambda: sum("/sessions" in url for url in page.watch.requests)
    before = asked()
    pay = lambda number: lots.do(lambda world: world.emit("parking/LOT001/money", {"event": "payment", "payment_id": f"p{number}"}, "parking.money"))
    for number in range(20):
        pay(number)
    eventually(page, lambda: page.watch.heard('"event": "payment"') == 20, "the page hears of all")
    eventually(page, lambda: asked() > before, "it asks what they changed")
    pay(20)
    eventually(page, lambda: asked() > before + 1, "it asks again for one that came later")
    assert asked() == before + 2


def test_a_reservation_names_the_spot_as_the_ground_does(lots, open_page):
    lots.do(lambda world: world.parking.lots["LOT001"].spots["G006"].update(label="Bay 6"))
    page = open_page(f"{lots.url}/parking/LOT001?spot=G006")
    page.locator("#reserve").get_by_role("button", name="Reserve", exact=True).click()
    page.locator("#reserve").get_by_text("Shown only now.").wait_for()
    page.locator("#reserve").get_by_text("Spot Bay 6").last.wait_for()
    expect(page.locator("#reserve").get_by_text("G006")).not_to_be_visible()
