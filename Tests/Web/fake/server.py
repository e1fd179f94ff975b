"""HTTP: the API, the pages, the socket. Runs in a thread of its own, on a free port of the loopback."""
import asyncio
import json
import re
import threading
from pathlib import Path

from aiohttp import web

from .access import ACCESS, Access
from .catalogue import SOLUTIONS, catalogue, tag
from .clock import iso, now
from .delay import Delay
from .refused import Refused
from .socket import Socket
from .world import World

ROOT = Path(__file__).resolve().parents[3]
PAGES = [r"/", r"/broker", r"/sign-in", r"/setup", r"/account", r"/admin", r"/admin/[^/]+", r"/docs", *(rf"{entry['path']}(/.+)?" for entry in SOLUTIONS)]
# What the hub sends with a document, another file, and an answer of the API. Tests/EndToEnd/test_pages.py holds this file against a real hub.
HEADERS = json.loads((Path(__file__).parent / "headers.json").read_text())
# {script: scope}: the service workers that the solutions' pages declare.
WORKERS = dict(re.findall(r"worker: \{ script: '([^']+)', scope: '([^']+)'", "\n".join(path.read_text() for path in (ROOT / "Web").glob("*/solution.js"))))


def problem(status, code, title, detail="", wait=None, members=None):
    return web.json_response({"type": f"/problems/{code}", "status": status, "code": code, "title": title, "detail": detail, "id": "0f3a91c2", **(members or {})},
                             status=status, content_type="application/problem+json",
                             headers={"Retry-After": str(wait)} if wait else None)


def own_headers(path, is_document):
    """What a page may ask the browser for, and for which pages a service worker may answer."""
    if path in WORKERS:
        return {"Service-Worker-Allowed": WORKERS[path]}
    features = {feature for entry in SOLUTIONS if path == entry["path"] or path.startswith(f"{entry['path']}/") for feature in entry["browser_features"]}
    if not is_document or not features:
        return {}
    policy = HEADERS["document"]["Permissions-Policy"]
    return {"Permissions-Policy": ", ".join(f"{name}=(self)" if name in features else f"{name}=()" for name in re.findall(r"([\w-]+)=", policy))}


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
        for stand_in in self.world.stand_ins.values():
            stand_in.add_to(self.app.router)
        self.app.router.add_get("/ws", self.socket)
        self.app.router.add_get("/api/catalogue", self.catalogue)
        self.app.router.add_get("/api/system", self.system)
        self.app.router.add_get("/api/system/installation", self.installation)
        self.app.router.add_get("/api/broker", self.broker)
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
            response = problem(refusal.status, refusal.code, refusal.title, refusal.detail, refusal.wait, refusal.members)
        if not response.prepared:
            kind = "api" if request.path.startswith("/api/") else "document" if isinstance(response, Document) else "file"
            for name, value in {**HEADERS[kind], **own_headers(request.path, kind == "document")}.items():
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
        figures = {id: stand_in.figures() for id, stand_in in world.stand_ins.items()}
        solutions = [{key: entry[key] for key in ["id", "title", "path"]} | dict(zip(["devices", "attention"], figures[entry["id"]]))
                     for entry in SOLUTIONS if figures.get(entry["id"])]
        return web.json_response({"version": "0.1.0-fake", "started_at": iso(world.started), "demo": world.demo, "data_bytes": 18_432_000,
                                  "solutions": solutions,
                                  "listeners": {"http": f"127.0.0.1:{self.wanted_port}", "mqtt": "127.0.0.1:1883"}})

    async def installation(self, _):
        return web.json_response(self.world.installation)

    async def broker(self, _):
        return web.json_response(self.world.broker())

    async def file(self, request):
        path = "/" + request.match_info["path"]
        if path in self.world.files:
            return web.Response(text=self.world.files[path], content_type="text/javascript")
        base, inner = (ROOT / "vendor/web", path[8:]) if path.startswith("/vendor/") else (ROOT / "Web", path[1:])
        found = (base / inner).resolve()
        if found.is_relative_to(base) and found.is_file():
            return web.FileResponse(found)
        if path.startswith(("/api/", "/vendor/")) or "." in path.rsplit("/", 1)[-1]:
            return problem(404, "not_found", "There is nothing here")
        status = 200 if any(re.fullmatch(pattern, path) for pattern in PAGES) else 404
        return Document(status)
