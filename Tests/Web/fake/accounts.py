"""People, devices, sites and the audit, as docs/accounts-api.md says. Passwords lie open here: nothing of it is real."""
import hashlib
import json
import secrets

from .catalogue import KINDS, RIGHTS, ROLES  # noqa: F401
from .clock import iso, now
from .refused import Refused

PASSWORD = "correct horse battery"
CODE = "123456"


class Accounts:
    def __init__(self, open=True, demo=True, setup_code=None):
        self.open, self.demo, self.setup_code = open, demo, setup_code
        self.users, self.sessions, self.tokens = {}, {}, {}
        self.devices, self.refusals, self.entries, self.links = {}, {}, [], []
        self.pictures = {}
        self.sites = {"main": "Main building"}
        self.codes = {}                # one-time codes -> name
        self.join_until, self.refused = None, 3
        self.locked = {}               # name -> until
        self.refreshed = 0
        self.audit("hub.start", "", "hub", "hub")

    # People.

    def add_user(self, name, role="viewer", site="*", password=PASSWORD, factor=False):
        if name in self.users:
            raise Refused(409, "conflict", "There is already such an account", f"{name} is taken.")
        self.users[name] = {"username": name, "state": "active", "roles": [{"site": site, "role": role}] if role else [], "second_factor": factor,
                            "created_at": iso(now() - 86400 * 40), "last_sign_in_at": None, "password": password, "pending": None}
        return self.users[name]

    def shown(self, user, **more):
        return {**{key: user[key] for key in ["username", "state", "roles", "second_factor", "created_at", "last_sign_in_at"]}, **more}

    def grants(self, user):
        by_site = {}
        for grant in user["roles"]:
            by_site.setdefault(grant["site"], set()).update(ROLES[grant["role"]])
        return [{"site": site, "permissions": [right for right in RIGHTS if right in held]} for site, held in by_site.items()]

    def with_rights(self, user):
        grants = self.grants(user)
        return self.shown(user, grants=grants, permissions=[right for right in RIGHTS if any(right in grant["permissions"] for grant in grants)])

    def user(self, name):
        if name not in self.users:
            raise Refused(404, "not_found", "There is no such account")
        return self.users[name]

    def keep_admin(self, change):
        """Undoes a change that leaves the hub without an administrator."""
        before = json.dumps(self.users)
        change()
        if not any(user["state"] == "active" and {"site": "*", "role": "admin"} in user["roles"] for user in self.users.values()):
            self.users = json.loads(before)
            raise Refused(409, "conflict", "The last administrator stays one", "Make somebody else an administrator first.")

    def strong(self, password):
        if len(password) < 10:
            raise Refused(400, "weak_password", "The password is too weak", "Use at least 10 characters.")

    # Signing in.

    def sign_in(self, user, address="127.0.0.1", agent="", valid=900):
        id = secrets.token_hex(4)
        user["last_sign_in_at"] = iso(now())
        self.sessions[id] = {"id": id, "name": user["username"], "access": secrets.token_hex(8), "refresh": secrets.token_hex(8), "until": now() + valid,
                             "created_at": iso(now()), "last_used_at": iso(now()), "address": address, "user_agent": agent}
        self.audit("sign_in", f"user:{user['username']}", user["username"])
        return self.sessions[id]

    def login(self, body, address, agent):
        name = body.get("username", "")
        if self.locked.get(name, 0) > now():
            raise Refused(429, "too_many_requests", "Too many attempts", "Try again later.", wait=int(self.locked[name] - now()) + 1)
        user = self.users.get(name)
        wrong = Refused(401, "bad_credentials", "Name or password is not right")
        if not user or user["password"] != body.get("password") or user["state"] != "active":
            self.audit("sign_in", f"user:{name}", name, outcome="refused")
            raise wrong
        if user["second_factor"]:
            if not body.get("code"):
                raise Refused(401, "second_factor_needed", "The code of the second factor is needed")
            if body["code"] != CODE:
                raise wrong
        return self.sign_in(user, address, agent)

    def session_of(self, access):
        return next((s for s in self.sessions.values() if s["access"] == access and s["until"] > now()), None)

    def refresh(self, token):
        session = next((s for s in self.sessions.values() if s["refresh"] == token), None)
        if not session:
            raise Refused(401, "not_signed_in", "Sign in first")
        self.refreshed += 1
        session.update(access=secrets.token_hex(8), refresh=secrets.token_hex(8), until=now() + 900)
        return session

    def expire(self):
        """All access tokens end; what renews them still holds."""
        for session in self.sessions.values():
            session["until"] = 0

    def end(self, *names):
        self.sessions = {id: s for id, s in self.sessions.items() if s["name"] not in names}

    # Devices.

    def add_device(self, id, kind="node", site="main", state="active", **more):
        if id in self.devices:
            raise Refused(409, "conflict", "There is already such a device", f"{id} is taken.")
        at = now()
        self.devices[id] = {"id": id, "kind": kind, "site": site, "state": state, "controller": None, "first_seen": iso(at - 3600), "last_seen": iso(at - 12),
                            "picture": None, "firmware": "1.4.2", "address": "192.168.4.20", "credential": "key", "connected": state == "active",
                            "states": [] if state != "active" else [{"subject": "device", "state": "reporting" if kind == "parking" else "online",
                                                                     "since": iso(at - 600), "severity": "good"}], **more}
        return self.devices[id]

    def add_pending(self, id, kind="node", offers=True, messages=12):
        return self.add_device(id, kind, state="pending", first_seen=iso(now() - 95), firmware=None, credential="none", messages=messages, dropped=0,
                               topics=[f"iot/node/{id.removeprefix('node_')}/telemetry"], offers_password=offers)

    def device(self, id):
        if id not in self.devices:
            raise Refused(404, "not_found", "There is no such device", f"Nothing is known of {id}.")
        return self.devices[id]

    @staticmethod
    def new_key():
        return f"mdk_{secrets.token_hex(12)}"

    # The audit.

    def audit(self, action, target, who, identity="person", outcome="done", **facts):
        before = self.entries[-1]["hash"] if self.entries else ""
        entry = {"sequence": len(self.entries) + 1, "at": iso(now()), "identity": identity, "who": who, "address": "127.0.0.1", "action": action,
                 "target": target, "outcome": outcome, "facts": facts}
        entry["hash"] = hashlib.sha256((before + json.dumps(entry)).encode()).hexdigest()
        self.entries.append(entry)

    def verify(self):
        before = ""
        for entry in self.entries:
            bare = {key: value for key, value in entry.items() if key != "hash"}
            if hashlib.sha256((before + json.dumps(bare)).encode()).hexdigest() != entry["hash"]:
                return {"intact": False, "sequence": entry["sequence"], "reason": "the hash does not fit the row"}
            before = entry["hash"]
        return {"intact": True, "entries": len(self.entries), "head": before}
