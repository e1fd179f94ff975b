"""Pictures of every page and state, for looking at: python Tests/Web/shots.py [NAME...] writes build/screenshots. Those of a solution are taken by
`take(shoot)` of a module shots_NAME.py, and their names begin with NAME."""
import importlib
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from browser import launch
from fake.accounts import PASSWORD, Accounts
from fake.people import hub
from fake.server import ROOT, Server
from fake.world import World

OUT = ROOT / "build/screenshots"
OF_SOLUTIONS = {path.stem.removeprefix("shots_"): importlib.import_module(path.stem) for path in sorted(Path(__file__).parent.glob("shots_*.py"))}
SIZES = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}


def scene(world):
    """Five nodes of which one is offline and one silent, and commands in every state."""
    nodes = list(world.nodes.values())
    for node, state, ago in [(nodes[2], "offline", 840), (nodes[3], "unknown", 190)]:
        world.turn(node, state)
        node.silent, node.last_seen, node.state_since = True, node.last_seen - ago, node.state_since - ago
    for name, params, end in [("calibrate", {}, "timed_out"), ("set_interval", {"seconds": 5}, "failed"), ("set_led", {"state": "on", "brightness": 128}, "done"),
                              ("set_led", {"state": "off"}, "delivered")]:
        command = world.new_command(nodes[0], {"command": name, "params": params})
        for state in ["sent", "delivered"] + ([end] if end != "delivered" else []):
            world.advance(command["command_id"], state, error="no such pin" if state == "failed" else None)


def wanted(name):
    return len(sys.argv) < 2 or any(word in name for word in sys.argv[1:])


def people(shoot):
    """Signing in, accounts, people, devices, audit and the API."""
    one, both = ["phone"], ["light", "dark"]
    first = Server(World(2, accounts=Accounts(open=False, demo=False, setup_code="s3cret"))).start()
    shoot(first, "people-setup", "/setup#s3cret")
    shoot(first, "people-setup-without", "/setup", themes=["light"], sizes=one)
    first.stop()
    server = Server(World(5, accounts=hub())).start()

    def sign_in(page, name="ada", password="wrong"):
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password", exact=True).fill(password)
        page.locator("button[type=submit]").click()
        page.wait_for_timeout(500)
    shoot(server, "people-sign-in", "/sign-in")
    shoot(server, "people-sign-in-wrong", "/sign-in", sign_in, themes=["light"], sizes=one)
    shoot(server, "people-sign-in-code", "/sign-in", lambda page: sign_in(page, "grace", PASSWORD), themes=["dark"])
    shoot(server, "people-sign-in-locked", "/sign-in", lambda page: sign_in(page, "eve"), themes=["light"], sizes=["desktop"])
    for name, path in [("account", "/account"), ("users", "/admin/users"), ("devices", "/admin/devices"), ("audit", "/admin/audit"), ("docs", "/docs")]:
        shoot(server, f"people-{name}", path, full=True, who="ada")
    shoot(server, "people-admin", "/admin", who="ada", themes=["light"], sizes=one)
    shoot(server, "people-forbidden", "/admin/users", who="vera", themes=["light"])
    shoot(server, "people-user", "/admin/users?user=otto", who="ada", themes=both)
    shoot(server, "people-device", "/admin/devices?device=node_02", who="ada", themes=["light"])
    shoot(server, "people-entry", "/admin/audit?entry=3", who="ada", themes=["dark"], sizes=["desktop"])

    def operation(page):
        page.locator(".answer summary").first.click()
    shoot(server, "people-docs-open", "/docs?q=command", operation, who="ada", full=True)

    def approve(page):
        page.get_by_role("button", name="Let in… node_77").click()
        page.wait_for_timeout(300)
        page.locator("dialog .choice-row label", has_text="new key").click()

    def approved(page):
        approve(page)
        page.get_by_role("button", name="Let it in").click()
        page.wait_for_selector(".secret")
    shoot(server, "people-approve", "/admin/devices", approve, who="ada", themes=["dark"])
    shoot(server, "people-key", "/admin/devices", approved, who="ada", themes=["light"], sizes=["desktop"])

    def menu(page):
        page.get_by_role("button", name="account menu").click()
    shoot(server, "people-menu", "/nodes", menu, who="ada")

    def token(page):
        page.get_by_role("button", name="New token").click()
        page.wait_for_timeout(300)
    shoot(server, "people-token", "/account", token, who="ada", themes=["light"])

    def verify(page):
        page.get_by_role("button", name="Check the chain").click()
        page.get_by_text("Intact").wait_for()
    shoot(server, "people-verify", "/admin/audit", verify, who="ada", themes=["light"])

    def factor(page):
        page.get_by_role("button", name="Turn on").click()
        page.locator("dialog").get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Go on").click()
        page.wait_for_selector(".numbered")
    shoot(server, "people-factor", "/account", factor, who="ada", themes=["light"])
    server.stop()


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = launch(play)

        def shoot(server, name, path, prepare=None, full=False, themes=("light", "dark"), sizes=SIZES, who=None):
            for size in sizes:
                for theme in themes:
                    label = f"{name}-{size}-{theme}"
                    if not wanted(label):
                        continue
                    page = browser.new_page(viewport=SIZES[size], color_scheme=theme, has_touch=size == "phone", is_mobile=size == "phone")
                    if who:
                        page.context.add_cookies([server.cookie(who)])
                    page.goto(server.url + path)
                    page.wait_for_selector("#main h1")
                    page.wait_for_timeout(1500)
                    if full:
                        # Charts are drawn only when one has come into view.
                        page.evaluate("document.querySelector('.chart')?.scrollIntoView()")
                        page.wait_for_timeout(500)
                        page.evaluate("scrollTo(0, 0)")
                    if prepare:
                        prepare(page)
                    page.screenshot(path=OUT / f"{label}.png", full_page=full)
                    page.close()

        people(shoot)
        for module in OF_SOLUTIONS.values():
            module.take(shoot)
        if sys.argv[1:] and all(word.startswith(("people", *OF_SOLUTIONS)) for word in sys.argv[1:]):
            browser.close()
            return
        five = Server(World(5)).start()
        five.do(scene)
        shoot(five, "home", "/")
        shoot(five, "nodes", "/nodes")
        shoot(five, "nodes-table", "/nodes?view=table", sizes=["desktop"], themes=["light"])
        shoot(five, "node", "/nodes/node_01", full=True)
        shoot(five, "node-fold", "/nodes/node_01")
        shoot(five, "node-offline", "/nodes/node_03?range=6h", full=True, themes=["light"])
        shoot(five, "broker", "/broker", full=True)
        shoot(five, "missing", "/nodes/nowhere", themes=["light"])
        shoot(five, "hover", "/nodes/node_01?range=1h", lambda page: (page.mouse.move(500, 520), page.wait_for_timeout(400)), sizes=["desktop"], themes=["light"])
        shoot(five, "custom", "/nodes/node_01", lambda page: (page.get_by_role("button", name="Custom").click(), page.wait_for_selector("dialog[open]")), themes=["dark"])
        five.do(lambda world: world.broken.update({"/api/nodes": (500, "storage", "The server could not do this", "The store did not answer.")}))
        shoot(five, "error", "/nodes", themes=["light"])
        five.do(lambda world: world.broken.clear())

        def cut(page):
            five.cut()
            page.wait_for_timeout(4000)
            five.come_back()
        shoot(five, "lost", "/nodes", cut)
        five.stop()
        for name, count, interval in [("empty", 0, 1), ("one", 1, 1), ("many", 1000, 10)]:
            server = Server(World(count, interval, demo=False)).start()
            shoot(server, f"{name}-nodes", "/nodes")
            shoot(server, f"{name}-home", "/", themes=["light"])
            server.stop()
        browser.close()


main()
