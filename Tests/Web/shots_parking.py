"""Pictures of the car parks (shots.py)."""
from fake.clock import iso, now
from fake.people import hub
from fake.server import Server
from fake.world import World


def take(shoot):
    """The car parks: as a driver finds them, the board at the entrance, and the owner's side."""
    server = Server(World(2, accounts=hub(), parking=True)).start()
    for name, path in [("lots", "/parking"), ("driver", "/parking/LOT001"), ("spot", "/parking/LOT001?spot=G004"), ("yard", "/parking/LOT002")]:
        shoot(server, f"parking-{name}", path, full=True)
    shoot(server, "parking-missing", "/parking/nowhere", themes=["light"], sizes=["phone"])
    shoot(server, "parking-board", "/parking/board/LOT001")
    shoot(server, "parking-owner", "/parking/owner", full=True, who="ada")
    shoot(server, "parking-owner-now", "/parking/owner/LOT001", full=True, who="ada")
    for tab in ["spots", "sensors", "money", "tariffs", "reservations", "settings"]:
        shoot(server, f"parking-owner-{tab}", f"/parking/owner/LOT001?tab={tab}", full=True, who="ada", themes=["light"])
    shoot(server, "parking-owner-today", "/parking/owner/LOT001?tab=money&days=today", who="ada", themes=["light"])

    def thresholds(page):
        page.get_by_role("button", name="Apply all").click()
        page.get_by_role("dialog").wait_for()
    shoot(server, "parking-owner-thresholds", "/parking/owner/LOT001?tab=sensors", thresholds, who="ada")

    def changed(page):
        thresholds(page)
        page.get_by_role("button", name="Change 2").click()
        page.get_by_role("button", name="Undo").wait_for()
    shoot(server, "parking-owner-changed", "/parking/owner/LOT001?tab=sensors", changed, who="ada", themes=["light"])
    server.do(lambda world: world.parking.change("LOT001", "G002", "out_of_service"))
    server.do(lambda world: world.parking.change("LOT001", "G003", "occupied", override={"occupied": True, "at": iso(now()), "until": iso(now() + 3600), "by": "ada"}))
    shoot(server, "parking-owner-overridden", "/parking/owner/LOT001?tab=spots&status=overridden", who="ada")
    server.do(lambda world: setattr(world.parking, "observed_since", now() - 3 * 3600))
    shoot(server, "parking-owner-gap", "/parking/owner/LOT001?range=24h", full=True, who="ada", themes=["light"])
    server.stop()
