"""HTTP: the API, the pages, the socket. Runs in a thread of its own, on a free port of the loopback."""
import asyncio
import json
import math
import re
import threading
from pathlib import Path

from aiohttp import web

from .access import ACCESS, Access
from .accounts import Refused
from .catalogue import SOLUTIONS, catalogue, tag
from .clock import iso, now, seconds
from .delay import Delay
from .socket import Socket
from .world import World

ROOT = Path(__file__).resolve().parents[3]
PAGES = [r"/", r"/nodes", r"/nodes/[^/]+", r"/broker", r"/sign-in", r"/setup", r"/account", r"/admin", r"/admin/[^/]+", r"/docs", r"/parking", r"/parking/.+"]
# What the hub sends with a document, another file, and an answer of the API. Tests/EndToEnd/test_pages.py holds this file against a real hub.
HEADERS = json.loads((Path(__file__).parent / "headers.json").read_text())
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def problem(status, code, title, detail="", wait=None):
    return web.json_response({"type": f"/problems/{code}", "status": status, "code": code, "title": title, "detail": detail, "id": "0f3a91c2"},
                             status=status, content_type="application/problem+json",
                             headers={"Retry-After": str(wait)} if wait else None)


class Document(web.FileResponse):
    """The one document, which every page begins with."""

    def __init__(self, status):
        super().__init__(ROOT / "Web/index.html", status=status)


class Server:
    def __init__(self, world=None, port=0):
        self.world = world or World()
        self.wanted_port = port
        self.delay = Delay()
        self.app = web.Application(middlewares=[self.guard])
        self.access = Access(self.world)
        self.access.add_to(self.app.router)
        self.world.parking.add_to(self.app.router)
        self.app.router.add_get("/ws", self.socket)
        self.app.router.add_get("/api/catalogue", self.catalogue)
        self.app.router.add_get("/api/system", self.system)
        self.app.router.add_get("/api/system/installation", self.installation)
        self.app.router.add_get("/api/broker", self.broker)
        self.app.router.add_get("/api/commands", self.all_commands)
        self.app.router.add_get("/api/nodes", self.nodes)
        self.app.router.add_get("/api/nodes/{id}", self.node)
        self.app.router.add_get("/api/nodes/{id}/refusals", self.refusals)
        self.app.router.add_get("/api/nodes/{id}/readings", self.readings)
        self.app.router.add_get("/api/nodes/{id}/commands", self.commands)
        self.app.router.add_post("/api/nodes/{id}/commands", self.send_command)
        self.app.router.add_post("/api/nodes/{id}/fields/reset", self.reset_field)
        self.app.router.add_get("/{path:.*}", self.file)

    # Starting and stopping.

    def start(self):
        self.loop = asyncio.new_event_loop()
        ready = threading.Event()

        async def serve():
            self.runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=0.2)
            await self.runner.setup()
            await self.listen()
            ready.set()

        def run():
            asyncio.set_event_loop(self.loop)
            self.loop.create_task(serve())
            self.ticker = self.loop.create_task(self.live())
            self.loop.run_forever()

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()
        ready.wait(10)
        return self

    async def listen(self):
        self.site = web.TCPSite(self.runner, "127.0.0.1", self.wanted_port)
        await self.site.start()
        self.wanted_port = self.site._server.sockets[0].getsockname()[1]

    @property
    def url(self):
        return f"http://127.0.0.1:{self.wanted_port}"

    def do(self, action):
        """Runs `action(world)` in the server's thread and gives its result."""
        async def run():
            result = action(self.world)
            return await result if asyncio.iscoroutine(result) else result
        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(10)

    def cookie(self, name):
        """A cookie that signs `name` in, as a browser context takes it."""
        session = self.do(lambda world: world.accounts.sign_in(world.accounts.users[name], agent="Mozilla/5.0 (X11; Linux) Chrome/130"))
        return {"name": ACCESS, "value": session["access"], "url": self.url, "httpOnly": True, "sameSite": "Strict"}

    def cut(self):
        """The server goes away: its port is closed and every socket is dropped."""
        async def stop(_):
            await self.site.stop()
            for socket in list(self.world.sockets):
                socket.response._req.transport.abort()
        self.do(stop)

    def come_back(self):
        self.do(lambda _: self.listen())

    def stop(self):
        async def end(_):
            self.ticker.cancel()
            await self.runner.cleanup()
        self.do(end)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)

    async def live(self):
        world, tick = self.world, 0
        while True:
            await asyncio.sleep(world.interval / 10)
            tick += 1
            for node in list(world.nodes.values()):
                if node.index % 10 == tick % 10 and not node.silent and node.state != "offline":
                    world.report(node)
                elif node.state == "online" and now() > node.last_seen + node.stale_after:
                    world.turn(node, "unknown")
            if tick % max(1, int(20 / world.interval)) == 0:
                world.emit("broker", world.broker(history=False))

    # Answers.

    @web.middleware
    async def guard(self, request, handler):
        if not request.path.startswith("/api/"):
            return await self.answer(request, handler)
        await self.delay.pause()
        response = await self.answer(request, handler)
        await self.delay.pause()
        return response

    async def answer(self, request, handler):
        for prefix, (status, code, title, detail) in self.world.broken.items():
            if request.path.startswith(prefix):
                return problem(status, code, title, detail)
        try:
            self.access.check(request)
            response = await handler(request)
        except Refused as refusal:
            response = problem(refusal.status, refusal.code, refusal.title, refusal.detail, refusal.wait)
        if not response.prepared:
            kind = "api" if request.path.startswith("/api/") else "document" if isinstance(response, Document) else "file"
            for name, value in HEADERS[kind].items():
                response.headers.setdefault(name, value.replace("{host}", request.host))
        return response

    async def socket(self, request):
        if self.world.refuse_sockets:
            return problem(503, "busy", "Busy")
        return await Socket(self.world, self.access.rights(request), self.delay).run(request)

    async def catalogue(self, request):
        answer = catalogue(self.world.solutions)
        own = {"ETag": tag(answer), "Cache-Control": "no-cache"}
        same = request.headers.get("If-None-Match") == tag(answer)
        self.world.told.append(304 if same else 200)
        return web.Response(status=304, headers=own) if same else web.json_response(answer, headers=own)

    async def system(self, _):
        world = self.world
        silent = sum(node.state not in ("online", "asleep") for node in world.nodes.values())
        lots = world.parking.lots.values()
        counts = {"nodes": (len(world.nodes), silent)} | ({"parking": (sum(len(lot.spots) for lot in lots), 1)} if lots else {})
        solutions = [{key: entry[key] for key in ["id", "title", "path"]} | dict(zip(["devices", "attention"], counts[entry["id"]]))
                     for entry in SOLUTIONS if entry["id"] in counts]
        return web.json_response({"version": "0.1.0-fake", "started_at": iso(world.started), "demo": world.demo, "data_bytes": 18_432_000,
                                  "solutions": solutions,
                                  "listeners": {"http": f"127.0.0.1:{self.wanted_port}", "mqtt": "127.0.0.1:1883"}})

    async def installation(self, _):
        return web.json_response(self.world.installation)

    async def broker(self, _):
        return web.json_response(self.world.broker())

    async def nodes(self, _):
        records = [self.world.record(node) for node in self.world.nodes.values()]
        return web.json_response({"nodes": records, "count": len(records), "now": iso(now())})

    def find(self, request):
        node = self.world.find(request.match_info["id"])
        return node, None if node else problem(404, "no_such_node", "There is no such node", f"Nothing has reported as {request.match_info['id']}.")

    async def node(self, request):
        node, refused = self.find(request)
        return refused or web.json_response(self.world.record(node))

    async def refusals(self, request):
        node, refused = self.find(request)
        return refused or web.json_response({"refusals": node.refusals})

    async def readings(self, request):
        node, refused = self.find(request)
        if refused:
            return refused
        query = request.query
        to = seconds(query["to"]) if "to" in query else now()
        start = max(seconds(query["from"]) if "from" in query else to - 3600, node.born)
        fields = [name for part in query.getall("field", []) for name in part.split(",")] or sorted([*node.fields, "wifi_rssi", "uptime"])
        every = max(node.interval, 1)
        step = None
        if "step" in query:
            amount = re.fullmatch(r"(\d+)([smhd])", query["step"])
            if not amount:
                return problem(400, "bad_step", "The step is not understood", "Write 30s, 10m, 1h or 1d.")
            step = int(amount[1]) * UNITS[amount[2]]
        end = min(to, node.last_seen or 0)
        times = [at * every for at in range(math.ceil(start / every), math.floor(end / every) + 1)]
        if "text/csv" in request.headers.get("Accept", ""):
            lines = [f"{iso(t)},{node.node_id},{field},{node.value(field, t)}" for t in times for field in fields]
            return web.Response(text="\n".join(["time,node_id,field,value", *lines, ""]), content_type="text/csv")
        rows = [[t, *[node.value(field, t) for field in fields]] for t in times[-10_000:]] if not step else self.stepped(node, fields, times, step, query.get("agg", "mean"))
        return web.json_response({"node_id": node.node_id, "from": iso(start), "to": iso(to), "step": query.get("step"), "agg": query.get("agg"), "fields": fields,
                                  "columns": ["time", *fields], "rows": [[iso(row[0]), *row[1:]] for row in rows], "truncated": False,
                                  "incomplete": self.world.gaps})

    def stepped(self, node, fields, times, step, agg):
        make = {"mean": lambda v: round(sum(v) / len(v), 3), "min": min, "max": max, "sum": sum, "count": len, "first": lambda v: v[0], "last": lambda v: v[-1]}[agg]
        groups = {}
        thin = max(1, len(times) // 20_000)
        for t in times[::thin]:
            groups.setdefault(math.floor(t / step) * step, []).append(t)

        def of(field, members):
            # As the hub: texts have no mean.
            values = [value for value in (node.value(field, t) for t in members) if not isinstance(value, str)]
            return make(values) if values else None
        return [[start, *[of(field, members) for field in fields]] for start, members in groups.items()]

    async def all_commands(self, request):
        states, kind, after = request.query.get("state"), request.query.get("kind", "node"), request.query.get("after")
        wanted = [c for c in self.world.commands.values() if kind == "node" and (states is None or c["state"] in states.split(","))][::-1]
        if after:
            wanted = wanted[[c["command_id"] for c in wanted].index(after) + 1:]
        limit = int(request.query.get("limit", 50))
        page = [{**c, "device_id": c["node_id"]} for c in wanted[:limit]]
        return web.json_response({"commands": page, "next": page[-1]["command_id"] if len(wanted) > limit else None})

    async def commands(self, request):
        node, refused = self.find(request)
        return refused or web.json_response({"commands": [c for c in self.world.commands.values() if c["node_id"] == node.node_id][::-1][:50]})

    async def send_command(self, request):
        node, refused = self.find(request)
        if refused:
            return refused
        body = await request.json()
        command = self.world.new_command(node, body)
        answer = dict(command)
        if self.world.automatic and node.state == "online":
            self.loop.create_task(self.carry_out(command["command_id"], body["command"]))
        return web.json_response(answer, status=202, headers={"Location": f"/api/nodes/{node.node_id}/commands/{command['command_id']}"})

    async def reset_field(self, request):
        node, refused = self.find(request)
        if refused:
            return refused
        name = (await request.json())["field"]
        node.refused_fields = [field for field in node.refused_fields if field["field"] != name]
        return web.json_response({"status": "reset"})

    async def carry_out(self, id, name):
        for state, wait in [("sent", 0.1), ("delivered", 0.2)]:
            await asyncio.sleep(wait)
            self.world.advance(id, state)
        await asyncio.sleep(0.6)
        if name == "fail":
            self.world.advance(id, "failed", error="no such pin")
        else:
            self.world.advance(id, "done", result={"ok": True})

    async def file(self, request):
        path = "/" + request.match_info["path"]
        base, inner = (ROOT / "vendor/web", path[8:]) if path.startswith("/vendor/") else (ROOT / "Web", path[1:])
        found = (base / inner).resolve()
        if found.is_relative_to(base) and found.is_file():
            return web.FileResponse(found)
        if path.startswith(("/api/", "/vendor/")) or "." in path.rsplit("/", 1)[-1]:
            return problem(404, "not_found", "There is nothing here")
        status = 200 if any(re.fullmatch(pattern, path) for pattern in PAGES) else 404
        return Document(status)
