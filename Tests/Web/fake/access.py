"""The routes of docs/accounts-api.md, and who may ask which."""
import json
import re
import secrets
import zlib
from pathlib import Path

from aiohttp import web

from .accounts import CODE, KINDS, PASSWORD, RIGHTS, ROLES  # noqa: F401
from .catalogue import MODULES
from .clock import iso, now, seconds
from .refused import Refused

ACCESS, REFRESH = "martlet_access_test", "martlet_refresh_test"
OPEN = {"/api/session", "/api/catalogue", "/api/auth/login", "/api/auth/refresh", "/api/auth/logout", "/api/auth/setup", "/api/auth/code"}
# What strangers may ask.
LINKS = {kind: path for module in MODULES.values() for kind, path in module.LINKS.items()}
PUBLIC = re.compile("|".join(["/ws", *(module.PUBLIC for module in MODULES.values() if module.PUBLIC)]))
# What belongs to no site needs its right for all of them.
HUB = {"users.manage", "audit.view", "broker.view", "settings.manage"}
# The first that fits counts: method pattern, path pattern, right.
NEEDS = [("GET", r"/api/devices/[^/]+/refusals", "devices.manage"),
         ("GET", r"/api/devices.*|/api/sites.*", "devices.view"), ("POST|PUT", r"/api/sites.*", "settings.manage"),
         (".*", r"/api/devices.*|/api/join", "devices.manage"), (".*", r"/api/users.*", "users.manage"), (".*", r"/api/audit.*", "audit.view"),
         (".*", r"/api/broker", "broker.view"), (".*", r"/api/system", "system.view"),
         (".*", r"/api/system/installation", "settings.manage"), *(need for module in MODULES.values() for need in module.NEEDS)]


def signed(session, user):
    answer = web.json_response({"token": session["access"], "token_type": "Bearer", "expires_in": 900, "user": user})
    answer.set_cookie(ACCESS, session["access"], path="/", max_age=900, httponly=True, samesite="Strict")
    answer.set_cookie(REFRESH, session["refresh"], path="/api/auth", max_age=86400, httponly=True, samesite="Strict")
    return answer


def empty():
    return web.Response(status=204)


class Access:
    def __init__(self, world):
        self.world = world

    @property
    def book(self):
        return self.world.accounts

    def caller(self, request):
        session = self.book.session_of(request.cookies.get(ACCESS))
        return self.book.users.get(session["name"]) if session else None

    def rights(self, request):
        """What a socket may be told: None is everything; a stranger's is nothing but what is public."""
        if self.book.open:
            return None
        user = self.caller(request)
        return self.book.with_rights(user)["permissions"] if user else []

    def check(self, request):
        """Raises what the request may not do."""
        path = request.path
        if self.book.open or path in OPEN or PUBLIC.fullmatch(path) or not (path.startswith("/api/") or path in ("/ws", "/openapi.json")):
            return
        user = self.caller(request)
        if not user or user["state"] != "active":
            raise Refused(401, "not_signed_in", "Sign in first")
        grants = self.book.grants(user)
        for methods, pattern, right in NEEDS:
            if re.fullmatch(methods, request.method) and re.fullmatch(pattern, path):
                sites = {grant["site"] for grant in grants if right in grant["permissions"]}
                if not sites or (right in HUB and "*" not in sites):
                    raise Refused(403, "forbidden", "This is not allowed", f"This needs the right {right}.")
                return

    def add_to(self, router):
        for method, path, handler in [
                ("GET", "/api/session", self.session), ("POST", "/api/auth/login", self.login), ("POST", "/api/auth/refresh", self.refresh),
                ("POST", "/api/auth/logout", self.logout), ("POST", "/api/auth/logout-everywhere", self.logout_everywhere),
                ("POST", "/api/auth/setup", self.setup), ("POST", "/api/auth/code", self.code), ("GET", "/api/account", self.account),
                ("POST", "/api/account/password", self.password), ("POST", "/api/account/second-factor", self.factor),
                ("POST", "/api/account/second-factor/confirm", self.factor_confirm), ("POST", "/api/account/second-factor/disable", self.factor_disable),
                ("DELETE", "/api/account/sessions/{id}", self.end_session), ("GET", "/api/account/tokens", self.tokens),
                ("POST", "/api/account/tokens", self.new_token), ("DELETE", "/api/account/tokens/{id}", self.end_token),
                ("GET", "/api/users", self.users), ("POST", "/api/users", self.add_user), ("DELETE", "/api/users/{name}", self.remove_user),
                ("POST", "/api/users/{name}/{act:.*}", self.change_user), ("PUT", "/api/users/{name}/roles", self.roles),
                ("GET", "/api/sites", self.sites), ("POST", "/api/sites", self.add_site), ("PUT", "/api/sites/{id}", self.change_site),
                ("GET", "/api/devices", self.devices), ("POST", "/api/devices", self.add_device), ("GET", "/api/devices/{id}", self.device),
                ("GET", "/api/devices/{id}/refusals", self.device_refusals),
                ("GET", "/api/devices/{id}/picture", self.picture), ("PUT", "/api/devices/{id}/picture", self.set_picture),
                ("DELETE", "/api/devices/{id}/picture", self.drop_picture),
                ("PUT", "/api/devices/{id}", self.change_device), ("DELETE", "/api/devices/{id}", self.remove_device),
                ("POST", "/api/devices/{id}/{act}", self.act_on_device), ("POST", "/api/join", self.open_join), ("DELETE", "/api/join", self.close_join),
                ("GET", "/api/links", self.links), ("POST", "/api/links", self.make_link), ("DELETE", "/api/links/{id}", self.revoke_link),
                ("GET", "/api/audit", self.audit), ("GET", "/api/audit/verify", self.verify), ("GET", "/api/audit/export", self.export),
                ("GET", "/openapi.json", self.describe)]:
            router.add_route(method, path, handler)

    # Signing in.

    async def session(self, request):
        user = self.caller(request)
        return web.json_response({"open": self.book.open, "demo": self.book.demo, "setup_needed": not self.book.open and not self.book.users,
                                  "user": self.book.with_rights(user) if user else None})

    async def login(self, request):
        session = self.book.login(await request.json(), request.remote, request.headers.get("User-Agent", ""))
        return signed(session, self.book.shown(self.book.users[session["name"]]))

    async def refresh(self, request):
        session = self.book.refresh(request.cookies.get(REFRESH))
        return signed(session, self.book.shown(self.book.users[session["name"]]))

    def cleared(self):
        answer = empty()
        answer.del_cookie(ACCESS, path="/")
        answer.del_cookie(REFRESH, path="/api/auth")
        return answer

    async def logout(self, request):
        session = self.book.session_of(request.cookies.get(ACCESS))
        if session:
            del self.book.sessions[session["id"]]
        return self.cleared()

    async def logout_everywhere(self, request):
        self.book.end(self.caller(request)["username"])
        return self.cleared()

    async def setup(self, request):
        body = await request.json()
        if self.book.users or body["code"] != self.book.setup_code:
            raise Refused(401, "bad_credentials", "The code is not right", "The code is wrong, used or too old.")
        self.book.strong(body["password"])
        user = self.book.add_user(body["username"], "admin", password=body["password"])
        return signed(self.book.sign_in(user), self.book.shown(user))

    async def code(self, request):
        name = self.book.codes.pop((await request.json())["code"], None)
        if name is None:
            raise Refused(401, "not_signed_in", "The code is not right", "It works once and for a short while.")
        return signed(self.book.sign_in(self.book.users[name]), self.book.shown(self.book.users[name]))

    # My account.

    async def account(self, request):
        user, mine = self.caller(request), self.book.session_of(request.cookies.get(ACCESS))
        shown = [{key: s[key] for key in ["id", "created_at", "last_used_at", "address", "user_agent"]} | {"current": s is mine}
                 for s in self.book.sessions.values() if s["name"] == user["username"]]
        return web.json_response(self.book.shown(user, sessions=shown))

    def prove(self, user, password):
        if user["password"] != password:
            raise Refused(401, "bad_credentials", "The password is not right")

    async def password(self, request):
        user, body = self.caller(request), await request.json()
        self.prove(user, body["current"])
        self.book.strong(body["new"])
        user["password"] = body["new"]
        return empty()

    async def factor(self, request):
        self.prove(self.caller(request), (await request.json())["password"])
        return web.json_response({"secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "uri": "otpauth://totp/Martlet:ada?secret=JBSWY3DPEHPK3PXP&issuer=Martlet"})

    async def factor_confirm(self, request):
        if (await request.json())["code"] != CODE:
            raise Refused(401, "bad_credentials", "The code is not right")
        self.caller(request)["second_factor"] = True
        return web.json_response({"recovery_codes": [f"{secrets.token_hex(2)}-{secrets.token_hex(2)}" for _ in range(8)]})

    async def factor_disable(self, request):
        user, body = self.caller(request), await request.json()
        self.prove(user, body["password"])
        if body.get("code") != CODE:
            raise Refused(401, "bad_credentials", "The code is not right")
        user["second_factor"] = False
        return empty()

    async def end_session(self, request):
        self.book.sessions.pop(request.match_info["id"], None)
        return empty()

    async def tokens(self, request):
        return web.json_response({"tokens": [{key: value for key, value in token.items() if key != "token"} for token in self.book.tokens.values()]})

    async def new_token(self, request):
        body, id = await request.json(), secrets.token_hex(4)
        self.book.tokens[id] = {"id": id, "name": body["name"], "scopes": body["scopes"], "created_at": iso(now()), "last_used_at": None,
                                "expires_at": iso(now() + 86400 * body["days"]), "token": f"mpt_{secrets.token_hex(16)}"}
        return web.json_response(self.book.tokens[id], status=201)

    async def end_token(self, request):
        self.book.tokens.pop(request.match_info["id"], None)
        return empty()

    # People.

    async def users(self, _):
        return web.json_response({"users": [self.book.shown(user) for user in self.book.users.values()], "sites": list(self.book.sites),
                                  "roles": [{"name": name, "permissions": rights} for name, rights in ROLES.items()]})

    async def add_user(self, request):
        body = await request.json()
        made = None if body.get("password") else secrets.token_urlsafe(15)
        user = self.book.add_user(body["username"], body["role"], body.get("site", "*"), body.get("password") or made)
        return web.json_response(self.book.shown(user, **({"password": made} if made else {})), status=201)

    async def remove_user(self, request):
        name = request.match_info["name"]
        self.book.user(name)
        self.book.keep_admin(lambda: self.book.users.pop(name))
        self.book.end(name)
        return empty()

    async def change_user(self, request):
        name, act = request.match_info["name"], request.match_info["act"]
        user = self.book.user(name)
        if act == "password":
            body = await request.json()
            made = None if body.get("password") else secrets.token_urlsafe(15)
            user["password"] = body.get("password") or made
            self.book.end(name)
            return web.json_response({"password": made} if made else {})
        if act == "second-factor/disable":
            user["second_factor"] = False
        elif act in ("disable", "enable"):
            self.book.keep_admin(lambda: self.book.users[name].update(state="disabled" if act == "disable" else "active"))
            if act == "disable":
                self.book.end(name)
        return web.json_response(self.book.shown(self.book.user(name)))

    async def roles(self, request):
        name, body = request.match_info["name"], await request.json()
        self.book.user(name)
        self.book.keep_admin(lambda: self.book.users[name].update(roles=body["roles"]))
        return web.json_response(self.book.shown(self.book.user(name)))

    # Sites and devices.

    async def sites(self, _):
        count = lambda site: sum(device["site"] == site for device in self.book.devices.values())
        return web.json_response({"sites": [{"id": id, "title": title, "devices": count(id)} for id, title in self.book.sites.items()]})

    async def add_site(self, request):
        body = await request.json()
        if body["id"] in self.book.sites:
            raise Refused(409, "conflict", "There is already such a site")
        self.book.sites[body["id"]] = body["title"]
        return web.json_response({**body, "devices": 0}, status=201)

    async def change_site(self, request):
        id = request.match_info["id"]
        self.book.sites[id] = (await request.json())["title"]
        return web.json_response({"id": id, "title": self.book.sites[id], "devices": 0})

    async def devices(self, request):
        query, everything = request.query, sorted(self.book.devices.values(), key=lambda device: device["id"])
        fits = lambda device: (all(query.get(name) in (None, device[name]) for name in ["state", "kind", "site"])
                               and query.get("q", "").lower() in f"{device['id']} {device['address']} {device['firmware']}".lower()
                               and device["id"] > query.get("after", ""))
        found, limit = [device for device in everything if fits(device)], int(query.get("limit", 100))
        counts = {state: sum(device["state"] == state for device in everything) for state in ["pending", "active", "disabled"]}
        until = self.book.join_until if (self.book.join_until or 0) > now() else None
        return web.json_response({"devices": found[:limit], "next": found[limit - 1]["id"] if len(found) > limit else None, "counts": counts,
                                  "join": {"open_until": iso(until) if until else None, "refused": self.book.refused, "kinds": KINDS}})

    async def add_device(self, request):
        body = await request.json()
        device = self.book.add_device(body["id"], body["kind"], body.get("site", "main"), connected=False, first_seen=None, last_seen=None, firmware=None,
                                      address=None, controller=body.get("controller"))
        self.book.audit("device.add", f"device:{body['id']}", "ada")
        return web.json_response({**device, "key": self.book.new_key()}, status=201)

    async def device_refusals(self, request):
        device = self.book.device(request.match_info["id"])
        return web.json_response({"refusals": self.book.refusals.get(device["id"], [])})

    async def picture(self, request):
        bytes = self.book.pictures.get(request.match_info["id"])
        return web.Response(body=bytes, content_type="image/png", headers={"Cache-Control": "private, no-cache"}) if bytes else web.Response(status=404)

    async def set_picture(self, request):
        id, bytes = request.match_info["id"], await request.read()
        if not bytes.startswith(b"\x89PNG"):
            raise Refused(415, "unsupported_media_type", "This media type is not taken here", "Send a picture in JPEG, PNG or WebP.")
        self.book.pictures[id] = bytes
        self.book.device(id)["picture"] = f"{zlib.crc32(bytes):x}"
        return web.json_response({"media_type": "image/png", "bytes": len(bytes)})

    async def drop_picture(self, request):
        del self.book.pictures[request.match_info["id"]]
        self.book.device(request.match_info["id"])["picture"] = None
        return empty()

    async def device(self, request):
        return web.json_response(self.book.device(request.match_info["id"]))

    async def change_device(self, request):
        device = self.book.device(request.match_info["id"])
        device.update(await request.json())
        return web.json_response(device)

    async def remove_device(self, request):
        self.book.device(request.match_info["id"])
        del self.book.devices[request.match_info["id"]]
        return empty()

    # Links.

    async def links(self, request):
        of = "thing" if "thing" in request.query else "device"
        found = [link for link in self.book.links if link.get(of) == request.query[of] and link["kind"] in request.query.get("kind", link["kind"]).split(",")]
        after, limit = request.query.get("after"), int(request.query.get("limit", 50))
        if after:
            found = found[[link["id"] for link in found].index(after) + 1:]
        return web.json_response({"links": found[:limit], "next": found[limit - 1]["id"] if len(found) > limit else None})

    async def make_link(self, request):
        body = await request.json()
        made = {"id": f"link{len(self.book.links)}", **body, "site": "main", "made_by": "ada", "created_at": iso(now()), "expires_at": iso(now() + 86400 * 365),
                "revoked_at": None, "last_used_at": None, "uses": 0, "open": True}
        self.book.links.insert(0, made)
        key = "mlk_" + "A" * 43
        return web.json_response({**made, "key": key, "path": LINKS[body["kind"]].replace("{key}", key)}, status=201)

    async def revoke_link(self, request):
        for link in self.book.links:
            if link["id"] == request.match_info["id"]:
                link.update(open=False, revoked_at=iso(now()))
        return empty()

    async def act_on_device(self, request):
        id, act = request.match_info["id"], request.match_info["act"]
        device = self.book.device(id)
        if act == "reject":
            del self.book.devices[id]
            return empty()
        if act in ("disable", "enable"):
            device.update(state="disabled" if act == "disable" else "active", connected=False)
            return web.json_response(device)
        if act == "rotate":
            device.update(credential="key", connected=False)
            return web.json_response({**device, "key": self.book.new_key()})
        body = await request.json()
        offered = body["credential"] == "offered"
        if offered and not device.get("offers_password"):
            raise Refused(409, "conflict", "It offered no password")
        device.update(state="active", kind=body.get("kind", device["kind"]), site=body.get("site", device["site"]),
                      credential="password" if offered else "key")
        return web.json_response(device if offered else {**device, "key": self.book.new_key()})

    async def open_join(self, request):
        self.book.join_until = now() + 60 * (await request.json())["minutes"]
        return web.json_response({"open_until": iso(self.book.join_until)})

    async def close_join(self, _):
        self.book.join_until = None
        return empty()

    # The audit, and the description of the API.

    def filtered(self, query):
        begins = lambda text, wanted: text.startswith(wanted[:-1]) if wanted.endswith("*") else wanted in ("", text)
        fits = lambda entry: (begins(entry["who"], query.get("who", "")) and begins(entry["target"], query.get("target", ""))
                              and query.get("action") in (None, entry["action"]) and query.get("outcome") in (None, entry["outcome"])
                              and ("from" not in query or seconds(entry["at"]) >= seconds(query["from"])))
        return [entry for entry in self.book.entries if fits(entry)]

    async def audit(self, request):
        found = [entry for entry in self.filtered(request.query)[::-1] if entry["sequence"] < int(request.query.get("before", 1 << 60))]
        limit = int(request.query.get("limit", 100))
        return web.json_response({"entries": found[:limit], "next": found[limit - 1]["sequence"] if len(found) > limit else None})

    async def verify(self, _):
        return web.json_response(self.book.verify())

    async def export(self, request):
        lines = [f"{e['sequence']},{e['at']},{e['who']},{e['action']},{e['target']},{e['outcome']}" for e in self.filtered(request.query)]
        return web.Response(text="\n".join(["sequence,at,who,action,target,outcome", *lines, ""]), content_type="text/csv")

    async def describe(self, _):
        return web.json_response(json.loads((Path(__file__).parent / "openapi.json").read_text()))
