"""Everything that is worth nothing (any more): made on a running hub, as (what it is, the headers that show it)."""

import secrets
import time

from support import forge


def signing_key(hub, token):
    """The hub's own key for tokens, as somebody with the database file finds it: the value that signs this token."""
    with hub.database() as database:
        for table in hub.tables():
            for row in database.execute(f'SELECT * FROM "{table}"'):
                for value in row:
                    key = value.encode() if isinstance(value, str) else value
                    if isinstance(key, bytes) and len(key) >= 16 and forge.is_signed_with(token, key):
                        return key
    raise AssertionError("no value in the database signs the hub's tokens: the forgeries would prove nothing")


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def device_headers(name, key):
    return {"X-Device-Id": name, "X-API-Key": key}


def void_headers(hub):
    """{what: headers}. Those that were good once were seen to be good before they were spoilt."""
    found = {}
    one = hub.person("admin")
    key = signing_key(hub, one.token)
    again = forge.sealed(*forge.opened(one.token), key)
    assert hub.ask("/api/account", headers=bearer(again)).status == 200, "a token sealed with the hub's key is as good as its own"
    for what, token in forge.forgeries(one.token, key, int(time.time())).items():
        found[what] = bearer(token)
    found["no token"] = bearer("let-me-in")
    found["an empty token"] = {"Authorization": "Bearer "}
    found["another scheme"] = {"Authorization": "Basic YWRtaW46YWRtaW4="}
    found["an altered cookie"] = {"Cookie": one.cookie_header("access")[:-4] + "AAAA", "Origin": hub.url}
    found["a refresh token as bearer"] = bearer(one.cookie("refresh"))

    out = hub.person("admin")
    out.must("POST", "/api/auth/logout", {})
    found["signed out"] = bearer(out.token)
    everywhere = hub.person("admin")
    other = hub.sign_in(everywhere.name, everywhere.password)
    other.must("POST", "/api/auth/logout-everywhere", {})
    found["signed out everywhere"] = bearer(everywhere.token)
    for what, (method, path, body) in {
        "the password was changed": ("POST", "/password", {}),
        "a disabled user": ("POST", "/disable", None),
        "a removed user": ("DELETE", "", None),
    }.items():
        person = hub.person("admin")
        token = person.personal_token(["nodes.view"])["token"]
        assert hub.ask("/api/nodes", headers=bearer(token)).status == 200
        hub.admin.must(method, f"/api/users/{person.name}{path}", body)
        found[what] = bearer(person.token)
        if "password" not in what:
            found[f"{what}, a personal token"] = bearer(token)

    made = one.personal_token(["nodes.view"])
    assert hub.ask("/api/nodes", headers=bearer(made["token"])).status == 200
    one.must("DELETE", f"/api/account/tokens/{made['id']}")
    found["a revoked personal token"] = bearer(made["token"])
    found["a personal token that never was"] = bearer("mpt_" + secrets.token_urlsafe(32))
    old = one.personal_token(["nodes.view"])
    expire_token(hub, old["id"])
    found["an expired personal token"] = bearer(old["token"])

    for what, (method, path) in {"a rotated device's key": ("POST", "/rotate"), "a removed device": ("DELETE", "")}.items():
        name = f"node_{secrets.token_hex(4)}"
        device_key = hub.device(name)
        hub.admin.must(method, f"/api/devices/{name}{path}")
        found[what] = device_headers(name, device_key)
    name = f"node_{secrets.token_hex(4)}"
    hub.device(name)
    found["a wrong device key"] = device_headers(name, "mdk_" + secrets.token_urlsafe(32))
    found["a device without a key"] = {"X-Device-Id": name}
    found["a device that nobody knows"] = device_headers("node_nobody", "mdk_" + secrets.token_urlsafe(32))
    return found


def expire_token(hub, token_id):
    """Lets a personal token have expired an hour ago: the calendar is not moved for a test, its row is."""
    with hub.database() as database:
        for table in hub.tables():
            columns = [row[1] for row in database.execute(f'PRAGMA table_info("{table}")')]
            if "token" in table and "expires_at" in columns and "id" in columns:
                past = int((time.time() - 3600) * 1_000_000)
                if database.execute(f'UPDATE "{table}" SET expires_at = ? WHERE id = ?', (past, token_id)).rowcount:
                    return
    raise AssertionError("no table of personal tokens has this one")
