"""Pictures of the classrooms (shots.py)."""
from fake.classrooms import NEXT_WEEK
from fake.people import hub
from fake.server import Server
from fake.world import World


def take(shoot):
    """Rooms, a room, its week, booking, one's own bookings, and writing to those who run them."""
    server = Server(World(2, accounts=hub(), classrooms=True)).start()
    week, light, dark = f"/classrooms/rooms/room-1-204/week?day={NEXT_WEEK}", ["light"], ["dark"]
    for name, path, who in [("rooms", "/classrooms", "grace"), ("room", "/classrooms/rooms/room-1-204", "ada"), ("late", "/classrooms/rooms/room-2-101", "grace"),
                            ("week", week, "grace"), ("bookings", "/classrooms/bookings", "grace")]:
        shoot(server, f"classrooms-{name}", path, full=True, who=who)
    shoot(server, "classrooms-later", "/classrooms?when=later&seats=20", full=True, who="grace", themes=light)
    shoot(server, "classrooms-none", "/classrooms?seats=100&equipment=Fume+hood", who="grace", themes=light)
    shoot(server, "classrooms-silent", "/classrooms/rooms/chemistry-lab", full=True, who="vera", themes=dark)
    shoot(server, "classrooms-bookings-asked", "/classrooms/bookings?tab=asked", who="grace", themes=light)
    shoot(server, "classrooms-bookings-none", "/classrooms/bookings", who="otto", themes=light)
    shoot(server, "classrooms-contact", "/classrooms/contact?room=room-1-204", who="vera")

    def proof(page):
        page.locator(".proof summary").first.click()
    shoot(server, "classrooms-bookings-past", "/classrooms/bookings?tab=past", proof, full=True, who="grace")

    def booking(page):
        page.get_by_role("button", name="Book Great Hall").click()
        page.get_by_label("Repeat").select_option("weekly")
    shoot(server, "classrooms-book", "/classrooms", booking, who="grace")

    def chosen(page):
        page.locator("[data-minute='660']").last.focus()
        for _ in range(5):
            page.keyboard.press("Shift+ArrowDown")
    shoot(server, "classrooms-chosen", week, chosen, who="grace")

    def in_the_way(page):
        page.locator(f"[data-day='{NEXT_WEEK}'][data-minute='630']").focus()
        page.keyboard.press("Shift+ArrowUp")
    shoot(server, "classrooms-in-the-way", week, in_the_way, who="grace", themes=light)

    def entry(page):
        page.locator("button.week-entry").first.click()
        page.get_by_role("dialog").get_by_role("button", name="Change", exact=True).click()
        page.get_by_role("dialog", name="Change").wait_for()
    shoot(server, "classrooms-change", week, entry, who="grace")

    def switched(page):
        page.get_by_role("button", name="Switch off").click()
        page.locator(".power-stage").wait_for()
    shoot(server, "classrooms-power", "/classrooms/rooms/room-2-101", switched, full=True, who="grace", sizes=["phone"])
    server.stop()
    empty = Server(World(2, accounts=hub())).start()
    shoot(empty, "classrooms-empty", "/classrooms", who="vera", themes=light)
    empty.stop()
