"""A closed hub with its people and devices, as the tests of who may do what need it."""

import itertools
import json
import secrets
import sqlite3
import time

from support.clients import V5, Client, Node
from support.raw import Raw
from support.server import Martlet, run

ADMIN, PASSWORD = "admin", "correct horse battery staple 7"
counter = itertools.count(1)


def new_password():
    """One that no rule against easy ones refuses, and that is searched for where it must not be."""
    return f"pw-{secrets.token_hex(12)}"


def user_add(data, name, role, password, *more, **options):
    """`martlet user add`, the password on standard input."""
    done = run("user", "add", name, "--role", role, "--password-stdin", "--data", data, *more, input=password + "\n", **options)
    assert done.returncode == 0, done
    return done


def cookies_of(answer):
    """{name: (value, attributes in lower case)} of an answer's Set-Cookie headers."""
    found = {}
    for line in answer.headers.get_all("Set-Cookie") or []:
        pair, *attributes = [part.strip() for part in line.split(";")]
        name, _, value = pair.partition("=")
        found[name] = (value, [attribute.lower() for attribute in attributes])
    return found


class Signed:
    """Somebody with a bearer token, who asks the hub for something."""

    def __init__(self, hub, token, name=None, password=None, answer=None):
        self.hub, self.token, self.name, self.password, self.answer = hub, token, name, password, answer
        self.cookies = cookies_of(answer) if answer else {}

    @property
    def headers(self):
        return {"Authorization": f"Bearer {self.token}"}

    def cookie(self, kind):
        """The value of the cookie `martlet_access_…` or `martlet_refresh_…`."""
        return next(value for name, (value, _) in self.cookies.items() if name.startswith(f"martlet_{kind}"))

    def cookie_header(self, kind):
        return next(f"{name}={value}" for name, (value, _) in self.cookies.items() if name.startswith(f"martlet_{kind}"))

    def ask(self, path, method="GET", body=None, headers=None, **options):
        return self.hub.ask(path, method, body, {**self.headers, **(headers or {})}, **options)

    def get(self, path, **headers):
        answer = self.ask(path, headers=headers)
        assert answer.status == 200, f"GET {path} as {self.name}: {answer}"
        return answer.json()

    def post(self, path, body=None):
        return self.ask(path, "POST", {} if body is None else body)

    def must(self, method, path, body=None, status=(200, 201, 204)):
        """A request that must succeed, as JSON (None without a body)."""
        answer = self.ask(path, method, body)
        assert answer.status in status, f"{method} {path} as {self.name}: {answer}"
        return answer.json() if answer.body else None

    def personal_token(self, scopes, name=None, days=1):
        """A personal access token: what POST /api/account/tokens gives, `token` in it."""
        return self.must("POST", "/api/account/tokens", {"name": name or f"t{next(counter)}", "scopes": scopes, "days": days}, (201,))


class Closed(Martlet):
    """A hub with accounts, and one admin to begin with."""

    doors = ()

    def __init__(self, data, log, arguments=(), admin=True, settings=None):
        super().__init__(data, log, arguments)
        self.settings = settings or {}
        self._admin, self._admin_until, self.wants_admin = None, 0, admin

    def start(self, seconds=90):
        if self.wants_admin and not (self.data / "martlet.db").exists():
            user_add(self.data, ADMIN, "admin", PASSWORD, binary=self.binary)
        self._admin = None
        return super().start(seconds)

    # People

    def login(self, name, password, code=None, **options):
        body = {"username": name, "password": password, **({"code": code} if code else {})}
        return self.ask("/api/auth/login", "POST", body, **options)

    def sign_in(self, name, password, code=None, **options):
        answer = self.login(name, password, code, **options)
        assert answer.status == 200, f"{name} does not get in: {answer}"
        return Signed(self, answer.json()["token"], name, password, answer)

    @property
    def admin(self):
        """The first admin, signed in; anew before the access token ends."""
        if self._admin is None or time.monotonic() > self._admin_until:
            self._admin, self._admin_until = self.sign_in(ADMIN, PASSWORD), time.monotonic() + 600
        return self._admin

    def person(self, role, site=None, name=None):
        """A new person with a role, signed in."""
        name = name or f"{role}{next(counter)}"
        password = new_password()
        body = {"username": name, "password": password, "role": role, **({"site": site} if site else {})}
        self.admin.must("POST", "/api/users", body, (201,))
        return self.sign_in(name, password)

    def site(self, name):
        known = [site["id"] for site in self.admin.get("/api/sites")["sites"]]
        if name not in known:
            self.admin.must("POST", "/api/sites", {"id": name, "title": name.title()}, (201,))
        return name

    # Devices

    def device(self, device_id, kind="node", site=None, controller=None):
        """Adds a device; its key."""
        body = {"id": device_id, "kind": kind}
        body |= {name: value for name, value in (("site", site), ("controller", controller)) if value}
        return self.admin.must("POST", "/api/devices", body, (201,))["key"]

    def device_state(self, device_id):
        answer = self.admin.ask(f"/api/devices/{device_id}")
        return answer.json()["state"] if answer.status == 200 else None

    def node(self, node_id):
        answer = self.admin.ask(f"/api/nodes/{node_id}")
        return answer.json() if answer.status == 200 else None

    def readings(self, node_id, **query):
        text = "&".join(f"{'from' if name == 'since' else name}={value}" for name, value in query.items())
        answer = self.admin.get(f"/api/nodes/{node_id}/readings?{text}")
        return [dict(zip(answer["columns"], row)) for row in answer["rows"]]

    def metrics_text(self):
        answer = self.admin.ask("/metrics")
        assert answer.status == 200, answer
        return answer.text

    # MQTT

    def mqtt(self, username=None, password=None, **options):
        """A paho client, connected."""
        return Client(self.mqtt_port, options.pop("version", V5), username=username, password=password, **options)

    def mqtt_node(self, short, key, **options):
        """A node as the contract has it: `short` is what stands in its topics, its name is node_SHORT."""
        return Node(self.mqtt_port, short, username=f"node_{short}", password=key, **options)

    def connack(self, username=None, password=None, version=5, client_id=None, **options):
        """The reason code of a CONNACK; the connection is dropped."""
        where = {name: options.pop(name) for name in ("source", "tls", "before") if name in options}
        with Raw(options.pop("port", self.mqtt_port), **where) as raw:
            return raw.connect(client_id or f"raw{next(counter)}", version, username=username, password=password, **options).reason

    # The database, as somebody with the file in hand sees it

    def database(self):
        return sqlite3.connect(self.data / "martlet.db", timeout=20)

    def tables(self):
        with self.database() as database:
            return [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]

    def audit(self, **query):
        """The newest entries that fit, newest first."""
        text = "&".join(f"{name}={value}" for name, value in query.items())
        return self.admin.get(f"/api/audit?{text}")["entries"]


def json_lines(text):
    return [json.loads(line) for line in text.splitlines() if line.strip()]
