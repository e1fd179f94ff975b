"""The sensor nodes of docs/nodes-api.md: what the API answers about the nodes, readings and commands of the world (world.py)."""
import asyncio
import math
import re

from aiohttp import web

from .clock import iso, now, seconds
from .refused import Refused

PUBLIC = None
NEEDS = [("GET", r"/api/nodes/[^/]+/refusals", "nodes.command"), ("POST", r"/api/nodes.*", "nodes.command"), (".*", r"/api/(nodes|commands).*", "nodes.view")]
GRANTS = {"staff": ["nodes.view"], "viewer": ["nodes.view"], "operator": ["nodes.view", "nodes.command"]}
OWN_ROLES = []
LINKS = {"nodes.readings": "/api/feeds/{key}/readings.csv"}
# Those that tests of the hub alone look at: conftest.py has their addresses.
PAGES = {}
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class StandIn:
    def __init__(self, world):
        self.world = world

    def demo(self):
        """Its nodes are there in any case."""

    def figures(self):
        nodes = self.world.nodes.values()
        return len(nodes), sum(node.state not in ("online", "asleep") for node in nodes)

    def add_to(self, router):
        for method, path, handler in [
                ("GET", "/api/commands", self.all_commands), ("GET", "/api/nodes", self.nodes), ("GET", "/api/nodes/{id}", self.node),
                ("GET", "/api/nodes/{id}/refusals", self.refusals), ("GET", "/api/nodes/{id}/readings", self.readings),
                ("GET", "/api/nodes/{id}/commands", self.commands), ("POST", "/api/nodes/{id}/commands", self.send_command),
                ("POST", "/api/nodes/{id}/fields/reset", self.reset_field)]:
            router.add_route(method, path, handler)

    async def nodes(self, _):
        records = [self.world.record(node) for node in self.world.nodes.values()]
        return web.json_response({"nodes": records, "count": len(records), "now": iso(now())})

    def find(self, request):
        node = self.world.find(request.match_info["id"])
        if not node:
            raise Refused(404, "no_such_node", "There is no such node", f"Nothing has reported as {request.match_info['id']}.")
        return node

    async def node(self, request):
        node = self.find(request)
        return web.json_response(self.world.record(node))

    async def refusals(self, request):
        node = self.find(request)
        return web.json_response({"refusals": node.refusals})

    async def readings(self, request):
        node = self.find(request)
        query = request.query
        to = seconds(query["to"]) if "to" in query else now()
        start = max(seconds(query["from"]) if "from" in query else to - 3600, node.born)
        fields = [name for part in query.getall("field", []) for name in part.split(",")] or sorted([*node.fields, "wifi_rssi", "uptime"])
        every = max(node.interval, 1)
        step = None
        if "step" in query:
            amount = re.fullmatch(r"(\d+)([smhd])", query["step"])
            if not amount:
                raise Refused(400, "bad_step", "The step is not understood", "Write 30s, 10m, 1h or 1d.")
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
        states, kind = request.query.get("state"), request.query.get("kind", "node")
        wanted = [c for c in self.world.commands.values() if kind == "node" and (states is None or c["state"] in states.split(","))][::-1]
        return self.page_of_commands(request, [{**c, "device_id": c["node_id"]} for c in wanted])

    def page_of_commands(self, request, wanted):
        """The page of these that is asked for, newest first."""
        if after := request.query.get("after"):
            wanted = wanted[[c["command_id"] for c in wanted].index(after) + 1:]
        limit = int(request.query.get("limit", 50))
        page = wanted[:limit]
        return web.json_response({"commands": page, "next": page[-1]["command_id"] if len(wanted) > limit else None})

    async def commands(self, request):
        node = self.find(request)
        return self.page_of_commands(request, [c for c in self.world.commands.values() if c["node_id"] == node.node_id][::-1])

    async def send_command(self, request):
        node = self.find(request)
        body = await request.json()
        command = self.world.new_command(node, body)
        answer = dict(command)
        if self.world.automatic and node.state == "online":
            asyncio.get_running_loop().create_task(self.carry_out(command["command_id"], body["command"]))
        return web.json_response(answer, status=202, headers={"Location": f"/api/nodes/{node.node_id}/commands/{command['command_id']}"})

    async def reset_field(self, request):
        node = self.find(request)
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
