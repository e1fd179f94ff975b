"""The money of a busy lot: long lists, and many events at once."""
from conftest import until


def busy(world):
    lot = world.parking.lots["LOT001"]
    lot.sessions = [{**lot.sessions[1 + number % 39], "session_id": f"ses_{number}"} for number in range(400)]


def test_long_lists_are_read_piece_by_piece(lots, open_page):
    lots.do(busy)
    page = open_page(f"{lots.url}/parking/owner/LOT001?tab=money", who="ada", on=lots)
    table = page.get_by_role("table", name="Sessions")
    table.locator("tbody th").first.wait_for()
    assert table.locator("tbody th").count() == 50
    page.get_by_role("button", name="More sessions").click()
    until(page, "document.querySelectorAll('table[data-long=true]').length === 1")
    # It lies below the window: hardly a row is drawn, and it is as high as its rows would be.
    page.evaluate("scrollTo(0, 0)")
    page.set_viewport_size({"width": 1280, "height": 400})
    page.wait_for_timeout(300)
    assert table.locator("tbody th").count() < 30
    assert abs(table.bounding_box()["height"] - 251 * 48) < 60


def test_many_payments_at_once_are_one_question(lots, open_page):
    page = open_page(f"{lots.url}/parking/owner/LOT001?tab=money", who="ada", on=lots)
    page.get_by_role("table", name="Sessions").wait_for()
    page.wait_for_timeout(1000)
    asked = len([url for url in page.watch.requests if "/sessions" in url])
    for number in range(20):
        lots.do(lambda world: world.emit("parking/LOT001/money", {"event": "payment", "payment_id": f"p{number}"}, "parking.money"))
    page.wait_for_timeout(4500)
    assert len([url for url in page.watch.requests if "/sessions" in url]) - asked == 1


def test_a_reservation_names_the_spot_as_the_ground_does(lots, open_page):
    lots.do(lambda world: world.parking.lots["LOT001"].spots["G006"].update(label="Bay 6"))
    page = open_page(f"{lots.url}/parking/LOT001?spot=G006")
    page.locator("#reserve").get_by_role("button", name="Reserve", exact=True).click()
    page.get_by_text("Spot Bay 6").last.wait_for()
    assert not page.locator("#reserve").get_by_text("G006").is_visible()
