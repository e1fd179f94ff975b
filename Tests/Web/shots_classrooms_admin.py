"""Pictures of the pages for those who run the classrooms (shots.py)."""
from fake.people import hub
from fake.server import Server
from fake.world import World

RUN = "/classrooms/admin"


def take(shoot):
    server = Server(World(1, accounts=hub(), classrooms=True)).start()

    def picture(name, path, *more, **options):
        shoot(server, f"classrooms_admin-{name}", path, *more, who="ada", **options)
    for name, path in [("now", RUN), ("rooms", f"{RUN}/rooms"), ("room", f"{RUN}/rooms/room-1-206"), ("settings", f"{RUN}/rooms/great-hall?tab=settings"),
                       ("power", f"{RUN}/power"), ("devices", f"{RUN}/devices"), ("bookings", f"{RUN}/bookings"), ("messages", f"{RUN}/messages?show=all"),
                       ("logs", f"{RUN}/logs?room=room-1-205&range=1h")]:
        picture(name, path, full=True)
    picture("switch", f"{RUN}/power?room=chemistry-lab", themes=["light"])

    def decline(page):
        page.get_by_role("button", name="Decline").first.click()
    picture("decline", f"{RUN}/bookings", decline, themes=["dark"])

    def keyed(page):
        page.get_by_label("Name of the device").fill("esp-new")
        page.get_by_role("button", name="Add it").click()
        page.wait_for_selector(".secret")
    picture("key", f"{RUN}/devices?add=library-corner", keyed, sizes=["desktop"], themes=["light"])
    picture("device", f"{RUN}/devices?device=esp-chemistry-lab", themes=["light"])
    picture("add", f"{RUN}/rooms?add=room", themes=["light"], sizes=["phone"])
    server.stop()
    empty = Server(World(1, accounts=hub())).start()
    for name, path in [("empty", RUN), ("empty-devices", f"{RUN}/devices")]:
        shoot(empty, f"classrooms_admin-{name}", path, who="ada", themes=["light"])
    empty.stop()
