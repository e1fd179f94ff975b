"""Every route, topic and socket, as every identity, against docs/access-matrix.md and the solutions' parts of it."""

import asyncio
import itertools
import json
import secrets

import pytest
import websockets

from support.accounts import Closed
from support.clients import Client
from support.matrix import HUB, modules, table
from support.raw import CONNACK, PUBACK, Closed as Gone, Raw
from support.server import ROOT, Martlet
from support.settings import NO_REQUEST_LIMITS, limits
from support.voids import bearer, device_headers, void_headers
from support.waiting import wait_for

METHODS = {"get", "put", "post", "delete", "patch", "head", "options"}
HTTP, LIVE, TOPICS, CONNECT = table("http"), table("live"), table("topics"), table("connect")
SOLUTIONS = modules()
SECRETS = tuple(secret for solution in SOLUTIONS.values() for secret in solution.SECRETS)
WITHOUT = ("Request", "Needs", "Shows")
# Those rows that use the caller's own sign-in up are asked by somebody who is made for it.
USED_UP = {"POST /api/auth/logout", "POST /api/auth/logout-everywhere"}
SECRET_NAME = "node_hidden-at-main"


class Scene:
    """A closed hub and an open one with the same devices, and everybody who asks."""

    def __init__(self, folder):
        log = ROOT / "build/logs/e2e-access-matrix.log"
        log.unlink(missing_ok=True)
        # Thousands of requests from one address are this test's own affair.
        self.hub = Closed(folder / "closed", log, settings=limits(**NO_REQUEST_LIMITS)).start()
        self.open = Martlet(folder / "open", log)
        self.open.settings = self.hub.settings
        self.open.start()
        hub = self.hub
        hub.site("yard")
        self.keys = {name: hub.device(name) for name in ("node_a1", "node_b2", "node_gw", SECRET_NAME)}
        hub.admin.must("PUT", "/api/devices/node_a1", {"controller": "node_gw"})
        for solution in SOLUTIONS.values():
            self.keys |= solution.set_up(hub, self.open)
        for short, key in (("a1", self.keys["node_a1"]), (SECRET_NAME[5:], self.keys[SECRET_NAME])):
            with hub.mqtt_node(short, key) as node:
                assert node.telemetry({"temperature": 21}) == 0
        with Client(self.open.mqtt_port) as anybody:
            assert anybody.publish("iot/node/a1/telemetry", {"sensors": {"temperature": 21}}) == 0
            assert anybody.publish(f"iot/node/{SECRET_NAME[5:]}/telemetry", {"sensors": {"temperature": 21}}) == 0
        self.commands = {}
        for server, ask in ((hub, hub.admin.ask), (self.open, self.open.ask)):
            made = ask("/api/devices/node_a1/commands", "POST", {"command": "blink", "params": {}})
            assert made.status == 202, made
            self.commands[server] = made.json()["command_id"]
        self.people = {role: hub.person(role) for role in ("viewer", "staff", "operator", "admin")}
        self.people["elsewhere"] = hub.person("operator", "yard")
        self.token = hub.person("admin").personal_token(["nodes.view"])["token"]
        self.void = void_headers(hub)
        self.pending = self.knock()
        self.disabled = device_headers("node_off", hub.device("node_off"))
        hub.admin.must("POST", "/api/devices/node_off/disable")
        self.made = 0

    def knock(self):
        """A device that is unknown appears while the window is open, and is then pending."""
        self.hub.admin.must("POST", "/api/join", {"minutes": 10})
        key = "offered-" + secrets.token_hex(8)
        with Raw(self.hub.mqtt_port) as raw:
            raw.connect("newcomer", 5, username="node_newcomer", password=key)
        wait_for(lambda: self.hub.device_state("node_newcomer") == "pending", "the newcomer is pending")
        self.hub.admin.must("DELETE", "/api/join")
        return device_headers("node_newcomer", key)

    def headers(self, who, request=""):
        """The list of (what it is, headers) that stand for a column."""
        if who in ("nobody", "open"):
            return [(who, {})]
        if who == "void":
            return list(self.void.items())
        if who == "pending":
            return [("pending", self.pending), ("disabled", self.disabled)]
        if who == "device":
            return [(who, device_headers("node_a1", self.keys["node_a1"]))]
        if who == "token":
            used = self.hub.person("admin").personal_token(["nodes.view"])["token"] if request in USED_UP else self.token
            return [(who, bearer(used))]
        person = self.people[who]
        if request in USED_UP:
            person = self.hub.person("operator", "yard") if who == "elsewhere" else self.hub.person(who)
        return [(who, person.headers)]

    def device(self, server):
        """A device at the site main that may be spoilt."""
        self.made += 1
        name = f"node_spare{self.made}"
        if server is self.hub:
            self.hub.device(name)
        else:
            assert server.ask("/api/devices", "POST", {"id": name, "kind": "node"}).status == 201
        return name


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    made = Scene(tmp_path_factory.mktemp("matrix"))
    yield made
    for server in (made.hub, made.open):
        server.end()


# What a row asks for when the path alone does not say it: it shall come through to whoever may, and change nothing that matters.
BODIES = {
    "POST /api/auth/refresh": {"refresh_token": 7},
    "POST /api/join": {"minutes": 0},
    "PUT /api/sites/{id}": {"title": "Somewhere"},
    "PUT /api/users/{name}/roles": {"roles": [{"site": "*", "role": "viewer"}]},
    "PUT /api/devices/{id}": {"site": "main"},
    "PUT /api/devices/{id}/picture": b"\xff\xd8\xff\xe0 a picture",
    "POST /api/devices/{id}/approve": {"credential": "new"},
    "POST /api/users/{name}/password": {},
}
addresses = itertools.count(1)
SPARE = {f"{method} /api/devices/{{id}}{rest}" for method, rest in [
    ("DELETE", ""), ("PUT", ""), ("PUT", "/picture"), ("POST", "/rotate"), ("POST", "/disable"), ("POST", "/enable"), ("POST", "/approve"), ("POST", "/reject")]}


def filled(scene, server, row):
    """(method, path, body) of a row on a server."""
    request = row["Request"]
    if row.solution != HUB:
        return SOLUTIONS[row.solution].filled(scene.hub.admin.ask if server is scene.hub else server.ask, request)
    method, path = request.split(" ", 1)
    body = BODIES.get(request, {} if method in ("POST", "PUT") else None)
    if request == "POST /api/devices":
        scene.made += 1
        body = {"id": f"node_made{scene.made}", "kind": "node", "site": "main"}
    if request in SPARE:
        path = path.replace("{id}", scene.device(server))
    elif path.startswith("/api/devices/"):
        path = path.replace("{id}", "node_a1").replace("{command_id}", scene.commands[server])
    name = "nobody-of-that-name" if request != "GET /api/users/{name}" or server is scene.open else "admin"
    return method, path.replace("{name}", name).replace("{id}", "none-such").replace("{key}", "none-such"), body


@pytest.mark.timeout(600)
@pytest.mark.parametrize("row", HTTP, ids=[row["Request"] for row in HTTP])
def test_route(scene, row):
    wrong = []
    for who in row.identities(WITHOUT):
        server = scene.open if who == "open" else scene.hub
        shown = scene.headers(who, row["Request"])
        statuses = [int(status) for status in (row["Shows"] if row[who] == "✓" else row[who]).split(", ")]
        assert len(statuses) in (1, len(shown)), f"{who}: {row[who]}"
        for (what, headers), expected in zip(shown, statuses if len(statuses) > 1 else statuses * len(shown)):
            method, path, body = filled(scene, server, row)
            # Keys that open nothing are counted by address: each comes from one of its own.
            number = next(addresses) if row["Needs"] == "a link" else None
            source = None if number is None else f"127.0.{7 + number // 250}.{number % 250 + 1}"
            answer = server.ask(path, method, body, headers, source=source)
            if answer.status != expected:
                wrong.append(f"{who} ({what}): {answer.status}, not {expected}: {answer.body[:160]!r}")
            if answer.status >= 400:
                told = answer.json()
                assert answer.headers["Content-Type"].startswith("application/problem+json"), (who, what, answer)
                if answer.status == 401 and row[who] != "✓":
                    assert told["code"] in ("not_signed_in", "bad_credentials"), (who, what, told)
            if who in ("nobody", "void", "pending", "device", "elsewhere") and answer.status < 300:
                for secret in (SECRET_NAME, *SECRETS):
                    assert secret not in answer.text, f"{row['Request']} tells {who} of {secret}"
    assert not wrong, "\n".join(wrong)


def served(scene, server=None):
    document = scene.hub.admin.get("/openapi.json")
    return {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods if method in METHODS}


def test_every_route_has_a_row_and_every_row_a_route(scene):
    routes, rows = served(scene), {row["Request"] for row in HTTP}
    assert len(rows) == len(HTTP), "a row stands twice"
    assert not routes - rows - {"GET /ws"}, f"routes without a row in docs/access-matrix.md or the part of a solution: {sorted(routes - rows)}"
    assert not rows - routes, f"rows without a route: {sorted(rows - routes)}"


def test_what_was_refused_changed_nothing(scene):
    """After every request of every row by everybody: the devices that the refused ones were about are as they were."""
    for name in ("node_a1", "node_b2", "node_gw", SECRET_NAME):
        assert scene.hub.device_state(name) == "active"
        assert scene.hub.connack(name, scene.keys[name]) == 0, f"the key of {name} is still good"
    assert scene.hub.device_state("node_newcomer") == "pending"
    for person in scene.people.values():
        assert person.get("/api/account")["username"] == person.name


def test_methods_and_addresses_that_are_not_there_tell_a_stranger_nothing(scene):
    """A stranger cannot find out which devices, people or addresses exist: the answers are the same."""
    pairs = [("/api/nodes/node_a1", "/api/nodes/nowhere"), ("/api/users/admin", "/api/users/nobody"), ("/api/devices/node_a1", "/api/devices/x")]
    for known, unknown in pairs:
        one, other = (scene.hub.ask(path) for path in (known, unknown))
        assert (one.status, one.body) == (other.status, other.body) and one.status == 401
    found = scene.people["elsewhere"].ask("/api/nodes/node_a1"), scene.people["elsewhere"].ask("/api/nodes/node_never")
    assert found[0].status == found[1].status == 404
    assert found[0].text.replace("node_a1", "X") == found[1].text.replace("node_never", "X")


@pytest.mark.parametrize("path", [
    "/api/nodes/", "//api/nodes", "/./api/nodes", "/x/../api/nodes", "/api//nodes", "/API/nodes", "/api/nodes?", "/api/nodes#x", "/api/nodes;x",
    "/%61pi/nodes", "/api%2fnodes", "/api/nodes%00", "/metrics/", "/%6detrics", "/openapi.json/", "/api/nodes/node_a1/", "/api/nodes/%6eode_a1",
])
def test_no_other_spelling_of_an_address_is_open(scene, path):
    for method in ("GET", "HEAD", "OPTIONS", "POST"):
        for headers in ({}, {"X-Original-URL": "/health"}, {"X-HTTP-Method-Override": "GET"}, {"Accept": "text/html"}):
            answer = scene.hub.ask(path, method, {} if method == "POST" else None, headers)
            assert answer.status in (204, 400, 401, 403, 404, 405) or b"<html" in answer.body.lower(), (method, headers, answer)
            assert b"node_a1" not in answer.body and b"martlet_" not in answer.body.replace(b"martlet_access", b""), (method, answer)


def test_head_is_asked_for_the_same_right(scene):
    for row in HTTP:
        method, path, _ = filled(scene, scene.hub, row)
        if method == "GET":
            head, get = scene.hub.ask(path, "HEAD"), scene.hub.ask(path)
            assert head.status in (get.status, 405) and not head.body, (path, head)


def test_a_node_reports_over_http_for_itself_alone(scene):
    headers = device_headers("node_b2", scene.keys["node_b2"])
    report = {"sensors": {"temperature": 77}}
    assert scene.hub.ask("/api/nodes/b2/telemetry", "POST", report, headers).status == 200
    before = scene.hub.admin.get("/api/nodes/a1/latest")["values"]
    for path, body in [("a1", report), ("b2", {**report, "node_id": "node_a1"})]:
        answer = scene.hub.ask(f"/api/nodes/{path}/telemetry", "POST", body, headers)
        assert answer.status in (400, 403), answer
    assert scene.hub.admin.get("/api/nodes/a1/latest")["values"] == before
    controller = device_headers("node_gw", scene.keys["node_gw"])
    assert scene.hub.ask("/api/nodes/a1/telemetry", "POST", report, controller).status == 200


def test_pages_are_open_and_hold_nothing(scene):
    files = [f for f in (ROOT / "Web").rglob("*") if f.is_file() and f.suffix in (".html", ".js", ".css", ".svg")]
    paths = ["/", "/nodes", "/nodes/node_a1", "/broker", *(f"/{f.relative_to(ROOT / 'Web')}" for f in files)]
    for path in paths:
        answer = scene.hub.ask(path)
        assert answer.status in (200, 404), (path, answer.status)
        assert SECRET_NAME.encode() not in answer.body and b"node_b2" not in answer.body, path
    assert scene.hub.ask("/").status == 200


# The live socket


async def upgrade(server, headers):
    try:
        return await websockets.connect(server.ws_url, additional_headers=headers, open_timeout=10)
    except websockets.exceptions.InvalidStatus as refused:
        return refused.response.status_code


@pytest.mark.timeout(600)
def test_live_socket(scene):
    topics = [row for row in LIVE if row["Topic"] != "GET /ws"]
    door = next(row for row in LIVE if row["Topic"] == "GET /ws")
    columns = door.identities(("Topic", "Needs"))

    async def talk():
        wrong, sockets = [], {}
        for who in columns:
            server = scene.open if who == "open" else scene.hub
            for what, headers in scene.headers(who):
                found = await upgrade(server, headers)
                status = found if isinstance(found, int) else 101
                if status != int(door[who]):
                    wrong.append(f"{who} ({what}): {status}, not {door[who]}")
                if not isinstance(found, int):
                    sockets[who] = found
        for socket in sockets.values():
            await socket.send(json.dumps({"type": "subscribe", "id": 1, "topics": ["#"], "recent": 0}))
        heard = {who: set() for who in sockets}
        texts = {who: "" for who in sockets}

        async def listen(who, socket):
            async for text in socket:
                message = json.loads(text)
                texts[who] += text
                if message["type"] == "event":
                    heard[who].add(message["topic"])
                if message["type"] == "pong":
                    return

        await asyncio.to_thread(make_events, scene)
        for socket in sockets.values():
            await socket.send(json.dumps({"type": "ping", "id": 2}))
        await asyncio.wait_for(asyncio.gather(*(listen(who, socket) for who, socket in sockets.items())), 30)
        for who, socket in sockets.items():
            await socket.close()
            for row in topics:
                topic = row["Topic"] if row.solution == HUB else SOLUTIONS[row.solution].live_topic(row["Topic"])
                if (topic in heard[who]) != (row[who] == "✓"):
                    wrong.append(f"{who} and {topic}: heard {sorted(heard[who])}")
        for who in ("nobody", "elsewhere"):
            for secret in ("node_a1", SECRET_NAME, *SECRETS):
                assert secret not in texts[who], f"{who} heard of {secret}"
        return wrong

    wrong = asyncio.run(talk())
    assert not wrong, "\n".join(wrong)


def make_events(scene):
    """One event of every topic of the table, on both servers."""
    listeners = []
    for server in (scene.hub, scene.open):
        ask = scene.hub.admin.ask if server is scene.hub else server.ask
        for solution in SOLUTIONS.values():
            solution.make_events(server, ask, scene.keys if server is scene.hub else {})
        before = ask("/api/broker").json()["history"][-1:]
        listeners.append((ask, before))
    for ask, before in listeners:
        # The broker's own event comes with each sample of its history, every two seconds.
        wait_for(lambda: ask("/api/broker").json()["history"][-1:] != before, "a sample of the broker", 10, 0.1)


# MQTT


@pytest.fixture(scope="module")
def mqtt_people(scene):
    """{column: (server, user name, password)}."""
    hub = scene.hub
    devices = ("node_a1", "node_gw", "node_b2", *(name for solution in SOLUTIONS.values() for name in solution.CLIENTS))
    more = {name for solution in SOLUTIONS.values() for name in solution.PERMISSIONS}
    found = {name: (hub, name, scene.keys[name]) for name in devices}
    for role in ("operator", "admin"):
        person = hub.person(role)
        held = [p for p in person.get("/api/session")["user"]["permissions"] if p.startswith("mqtt.") or p in more]
        found[role] = (hub, person.name, person.personal_token(held)["token"])
    found["open"] = (scene.open, None, None)
    return found


@pytest.fixture(scope="module")
def listeners(scene, mqtt_people):
    """{server: a client that hears everything}."""
    _, name, token = mqtt_people["admin"]
    with scene.hub.mqtt(name, token) as closed, Client(scene.open.mqtt_port) as free:
        for client in (closed, free):
            assert client.subscribe("#", 1)[0] < 3 and client.subscribe("$SYS/#", 0)[0] < 3
        yield {scene.hub: closed, scene.open: free}


def attempt(listeners, server, username, password, topic, how):
    """Whether it was allowed, by the reason codes of MQTT 5; a will is allowed if it is heard."""
    mark = secrets.token_hex(8)
    payloads = (solution.payload(topic) for solution in SOLUTIONS.values())
    payload = json.dumps({**next((payload for payload in payloads if payload), {}), "mark": mark})
    name = f"m-{mark}"
    with Raw(server.mqtt_port) as raw:
        will = (topic, payload, 1, False) if how == "will" else None
        reason = raw.connect(name, 5, username=username, password=password, will=will).reason
        if how == "will" and reason:
            assert reason in (0x87, 0x90), hex(reason)
            return False
        assert reason == 0, hex(reason)
        if how == "will":
            return will_is_heard(listeners[server], server, raw, name, username, password, mark)
        if how == "subscribe":
            granted = raw.subscribe(topic, 1)
            assert granted < 3 or granted == 0x87, hex(granted)
            return granted < 3
        raw.publish(topic, payload, 1, 7, retain=how == "retain")
        while True:
            found = raw.read()
            if found.kind == PUBACK:
                break
        # What begins with $ is no name that a client may use at all, and nothing but a solution's own topics may stand below its name.
        spaces = ("$", *(space for solution in SOLUTIONS.values() for space in solution.SPACES))
        assert found.reason in (0, 0x10, 0x87, 0x90 if topic.startswith(spaces) else 0x87), f"{topic}: {found.reason:#x}"
        return found.reason < 0x80


def will_is_heard(listener, server, raw, name, username, password, mark):
    """The same client comes anew: its will is sent, if ever, before it is let in; then the listener itself says the end."""
    with Raw(server.mqtt_port) as again:
        assert again.connect(name, 5, username=username, password=password).reason == 0
        raw.ends()
        end = f"end-{mark}".encode()
        assert listener.publish("matrix/end", end) < 0x80
        heard = []
        while not heard or heard[-1].payload != end:
            heard.append(listener.receive())
    return any(mark.encode() in message.payload for message in heard[:-1])


@pytest.mark.parametrize("row", TOPICS, ids=[f"{row['How']} {row['Topic']}" for row in TOPICS])
def test_topic(scene, mqtt_people, listeners, row):
    wrong = []
    for who in row.identities(("Topic", "How")):
        allowed = attempt(listeners, *mqtt_people[who], row["Topic"], row["How"])
        if allowed != (row[who] == "✓"):
            wrong.append(f"{who} was {'allowed' if allowed else 'refused'}")
    assert not wrong, wrong


def test_what_was_refused_over_mqtt_reached_nobody(scene, mqtt_people):
    """The proof behind the reason codes: who may hear everything hears of no refused publish, will or retained message."""
    server, name, token = mqtt_people["operator"]
    other, key = "node_b2", scene.keys["node_b2"]
    with Client(server.mqtt_port, username=name, password=token, subscriptions=[("#", 1), ("$SYS/#", 0)]) as listener:
        with server.mqtt(other, key) as intruder:
            for topic in ("iot/node/a1/telemetry", "iot/node/a1/command", "anything/else", "$SYS/broker/version"):
                for retain in (False, True):
                    assert intruder.publish(topic, "forged", 1, retain) in (0x87, 0x90)
            assert intruder.publish("iot/node/b2/telemetry", {"sensors": {"end": 1}}) == 0
        seen = []
        while not seen or b'"end"' not in seen[-1].payload:
            seen.append(listener.receive())
        assert not [m for m in seen if b"forged" in m.payload]
    with Client(server.mqtt_port, username=name, password=token, subscriptions=[("iot/node/#", 1), ("anything/#", 1)]) as late:
        with server.mqtt(other, key) as honest:
            honest.publish("iot/node/b2/telemetry", {"sensors": {"end": 2}})
        message = late.receive()
        while b'"end": 2' not in message.payload:
            assert b"forged" not in message.payload
            message = late.receive()


def test_one_spot_cannot_report_for_another(scene):
    """With 3.1.1 too, where a refusal has no word: the other's values stay what they were."""
    before = scene.hub.admin.get("/api/nodes/a1/latest")["values"]
    with scene.hub.mqtt("node_b2", scene.keys["node_b2"], version=4) as other:
        other.publish("iot/node/a1/telemetry", {"sensors": {"temperature": 99}})
        # The content names another device than the topic and the key: refused too.
        other.publish("iot/node/b2/telemetry", {"node_id": "node_a1", "sensors": {"temperature": 98}})
    assert scene.hub.admin.get("/api/nodes/a1/latest")["values"] == before


def connecting(scene):
    """{row of the table: (user name, password)}"""
    hub = scene.hub
    person, other = hub.person("operator"), hub.person("operator")
    token, revoked = person.personal_token(["mqtt.subscribe"]), person.personal_token(["mqtt.subscribe"])
    person.must("DELETE", f"/api/account/tokens/{revoked['id']}")
    spoilt = {}
    for what, (method, path) in {"rotated": ("POST", "/rotate"), "disabled": ("POST", "/disable"), "removed": ("DELETE", "")}.items():
        spoilt[what] = (scene.device(hub),)
        spoilt[what] += (hub.admin.must("POST", f"/api/devices/{spoilt[what][0]}/rotate")["key"],)
        assert hub.connack(*spoilt[what]) == 0
        hub.admin.must(method, f"/api/devices/{spoilt[what][0]}{path}")
    return {
        "nothing shown": (None, None),
        "a device's name and its key": ("node_a1", scene.keys["node_a1"]),
        "a device's name and a wrong key": ("node_a1", "mdk_" + secrets.token_urlsafe(32)),
        "a device's name and no key": ("node_a1", None),
        "a key that was rotated away": spoilt["rotated"],
        "a disabled device": spoilt["disabled"],
        "a removed device": spoilt["removed"],
        "a device that nobody knows, window closed": ("node_stranger", "mdk_" + secrets.token_urlsafe(32)),
        "another device's key": ("node_a1", scene.keys["node_b2"]),
        "a person's name and password": (person.name, person.password),
        "a person's name and a personal token with mqtt.subscribe": (person.name, token["token"]),
        "a person's name and a token without any right over MQTT": (person.name, person.personal_token(["nodes.view"])["token"]),
        "a person's name and a revoked token": (person.name, revoked["token"]),
        "a person's name and an access token of a page": (person.name, person.token),
        "any other name and a token (the token says who it is)": (other.name, token["token"]),
    }


def test_connecting(scene):
    people = connecting(scene)
    assert people.keys() == {row["Who"] for row in CONNECT}
    wrong = []
    for row in CONNECT:
        reason = scene.hub.connack(*people[row["Who"]])
        if reason != int(row["CONNACK"], 16):
            wrong.append(f"{row['Who']}: {reason:#04x}, not {row['CONNACK']}")
        # MQTT 3.1.1 knows 4 (bad user name or password) and 5 (not authorized).
        reason = scene.hub.connack(*people[row["Who"]], version=4)
        if (reason == 0) != (row["CONNACK"] == "0x00") or reason not in (0, 4, 5):
            wrong.append(f"{row['Who']}: {reason} with 3.1.1")
    assert not wrong, "\n".join(wrong)


def test_before_connect_nothing_is_answered(scene):
    """A stranger's first packet is CONNECT or the connection ends; a refused CONNECT ends it too."""
    from support.raw import connect_packet, packet, publish_packet

    with Raw(scene.hub.mqtt_port) as raw:
        raw.send(publish_packet("iot/node/a1/telemetry", "{}", 1, 1))
        assert raw.ends() == []
    with Raw(scene.hub.mqtt_port) as raw:
        raw.send(connect_packet("x", 5) + packet(8, b"\x00\x01\x00\x00\x01#\x00"))
        said = raw.ends()
        assert [p.kind for p in said][:1] == [CONNACK] and all(p.kind in (CONNACK, 14) for p in said), said
    with pytest.raises((Gone, AssertionError)), Raw(scene.hub.mqtt_port) as raw:
        raw.send(packet(12))
        raw.expect(13, 5)
