"""Pictures of every page and state, for looking at: python Tests/Web/shots.py [NAME...] writes build/screenshots."""
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from browser import launch
from fake.server import ROOT, Server
from fake.world import World

OUT = ROOT / "build/screenshots"
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


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = launch(play)

        def shoot(server, name, path, prepare=None, full=False, themes=("light", "dark"), sizes=SIZES):
            for size in sizes:
                for theme in themes:
                    label = f"{name}-{size}-{theme}"
                    if not wanted(label):
                        continue
                    page = browser.new_page(viewport=SIZES[size], color_scheme=theme, has_touch=size == "phone", is_mobile=size == "phone")
                    page.goto(server.url + path)
                    page.wait_for_selector("#main h1")
                    page.wait_for_timeout(1500)
                    if prepare:
                        prepare(page)
                    page.screenshot(path=OUT / f"{label}.png", full_page=full)
                    page.close()

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
