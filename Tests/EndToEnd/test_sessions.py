"""Signing in and out, and how soon a change of rights is felt: on the API, on the socket, over MQTT, from the command line."""

import asyncio
import contextlib
import json
import queue
import time

import pytest
import websockets

from support.accounts import ADMIN, Signed, cookies_of, new_password
from support.clients import Client
from support.raw import Closed as Gone, Raw
from support.server import run
from support.voids import bearer, device_headers
from support.waiting import wait_for
from test_guessing import second_factor, totp

# Two seconds on a machine that has nothing else to do.
SOON = 20.0


def refresh(hub, cookie, **headers):
    return hub.ask("/api/auth/refresh", "POST", {}, {"Cookie": cookie, "Sec-Fetch-Site": "same-origin", **headers})


def refresh_cookie(answer):
    name, (value, _) = next((n, v) for n, v in cookies_of(answer).items() if n.startswith("martlet_refresh"))
    return f"{name}={value}"


# Signing in


def test_sign_in_gives_a_token_and_three_cookies(closed):
    person = closed.person("viewer")
    told = person.answer.json()
    assert told["token_type"] == "Bearer" and told["expires_in"] == 900 and told["user"]["username"] == person.name
    cookies = person.cookies
    kinds = {"access": "path=/", "refresh": "path=/api/auth", "browser": "path=/api"}
    assert sorted(name.split("_")[1] for name in cookies) == sorted(kinds)
    for name, (value, attributes) in cookies.items():
        assert {"httponly", "samesite=strict", kinds[name.split("_")[1]]} <= set(attributes), name
        assert value not in person.answer.text or "access" in name, name
    assert person.cookie("refresh") not in person.answer.text, "the refresh token is for the cookie alone"
    assert "no-store" in person.answer.headers["Cache-Control"]


def test_session_tells_who_one_is(closed):
    assert closed.get("/api/session") == {"open": False, "demo": False, "setup_needed": False, "user": None}
    person = closed.person("operator")
    user = person.get("/api/session")["user"]
    assert user["username"] == person.name and "devices.manage" in user["permissions"] and "users.manage" not in user["permissions"]
    assert user["grants"] == [{"site": "*", "permissions": user["permissions"]}]


def test_refresh_tokens_work_once_and_one_that_comes_again_ends_the_sign_in(closed):
    person = closed.person("viewer")
    first = person.cookie_header("refresh")
    answer = refresh(closed, first)
    assert answer.status == 200, answer
    second, token = refresh_cookie(answer), answer.json()["token"]
    assert second != first
    answer = refresh(closed, second)
    assert answer.status == 200
    third, newest = refresh_cookie(answer), answer.json()["token"]
    # The first comes again after its successor was used: somebody has a copy. Nobody stays in.
    stolen = refresh(closed, first)
    assert stolen.status == 401 and stolen.json()["code"] == "not_signed_in"
    assert refresh(closed, third).status == 401
    for worthless in (token, newest, person.token):
        wait_for(lambda: closed.ask("/api/account", headers=bearer(worthless)).status == 401, "the sign-in has ended", SOON)
    entries = closed.audit(action="session_replayed")
    assert [e for e in entries if person.name in json.dumps(e)]


def test_two_pages_that_refresh_at_once_stay_signed_in(closed):
    """A page in two tabs: the second request with the same token comes before its successor was used."""
    person = closed.person("viewer")
    cookie = person.cookie_header("refresh")
    answers = [refresh(closed, cookie), refresh(closed, cookie)]
    assert answers[0].status == 200
    best = next(a for a in reversed(answers) if a.status == 200)
    assert closed.ask("/api/account", headers=bearer(best.json()["token"])).status == 200


def test_refresh_by_programs(closed):
    person = closed.person("viewer")
    answer = closed.ask("/api/auth/refresh", "POST", {"refresh_token": person.cookie("refresh")})
    assert answer.status == 200 and answer.json()["token"]
    assert closed.ask("/api/auth/refresh", "POST", {"refresh_token": "nonsense"}).status == 401
    assert closed.ask("/api/auth/refresh", "POST", {}).status == 401


def test_a_cookie_opens_what_a_bearer_opens_and_only_for_the_hubs_own_pages(closed):
    person = closed.person("admin")
    cookie = {"Cookie": person.cookie_header("access")}
    assert closed.ask("/api/account", headers=cookie).json()["username"] == person.name
    body = {"id": "csrf", "title": "x"}
    origin = closed.url
    for headers in ({}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
                    {"Sec-Fetch-Site": "same-site"}, {"Origin": origin + ".example"}, {"Origin": "http://127.0.0.1:1"}):
        answer = closed.ask("/api/sites", "POST", body, {**cookie, **headers})
        assert answer.status == 403, (headers, answer)
    assert "csrf" not in [s["id"] for s in closed.admin.get("/api/sites")["sites"]]
    assert closed.ask("/api/sites", "POST", body, {**cookie, "Origin": origin}).status == 201
    assert closed.ask("/api/sites", "POST", {"id": "csrf2", "title": "x"}, {**cookie, "Sec-Fetch-Site": "same-origin"}).status == 201
    # A form of another site cannot even send JSON.
    answer = closed.ask("/api/sites", "POST", "id=x&title=y", {**cookie, "Content-Type": "application/x-www-form-urlencoded", "Origin": origin})
    assert answer.status in (400, 415)


def test_signing_out_ends_this_sign_in_alone(closed):
    person = closed.person("viewer")
    other = closed.sign_in(person.name, person.password)
    answer = person.ask("/api/auth/logout", "POST", {})
    assert answer.status == 204
    assert closed.ask("/api/account", headers=person.headers).status == 401
    assert refresh(closed, person.cookie_header("refresh")).status == 401
    assert other.get("/api/account")["username"] == person.name
    listed = other.get("/api/account")["sessions"]
    assert [s["current"] for s in listed] == [True]


def test_signing_out_clears_the_cookies(closed):
    person = closed.person("viewer")
    answer = closed.ask("/api/auth/logout", "POST", {}, {
        "Cookie": f"{person.cookie_header('access')}; {person.cookie_header('refresh')}", "Origin": closed.url})
    assert answer.status == 204
    cleared = cookies_of(answer)
    assert len(cleared) == 2
    for name, (value, attributes) in cleared.items():
        assert value == "" and "max-age=0" in attributes, name
    assert closed.ask("/api/account", headers=person.headers).status == 401


def test_one_sign_in_can_be_ended_from_another(closed):
    person = closed.person("viewer")
    other = closed.sign_in(person.name, person.password)
    sessions = person.get("/api/account")["sessions"]
    assert len(sessions) == 2 and all(s["address"] == "127.0.0.1" for s in sessions)
    theirs = next(s["id"] for s in sessions if not s["current"])
    person.must("DELETE", f"/api/account/sessions/{theirs}")
    assert closed.ask("/api/account", headers=other.headers).status == 401
    assert person.get("/api/account")
    stranger = closed.person("viewer")
    mine = next(s["id"] for s in person.get("/api/account")["sessions"])
    assert stranger.ask(f"/api/account/sessions/{mine}", "DELETE").status == 404, "only one's own"
    assert person.get("/api/account")


def test_changing_the_password_ends_every_other_sign_in(closed):
    person = closed.person("viewer")
    other = closed.sign_in(person.name, person.password)
    new = new_password()
    refused = person.post("/api/account/password", {"current": "wrong", "new": new})
    assert refused.status in (401, 403) and refused.json()["code"] == "bad_credentials", refused
    weak = person.post("/api/account/password", {"current": person.password, "new": "12345678"})
    assert weak.status == 400 and weak.json()["code"] == "weak_password", weak
    person.must("POST", "/api/account/password", {"current": person.password, "new": new})
    assert closed.ask("/api/account", headers=other.headers).status == 401
    assert refresh(closed, person.cookie_header("refresh")).status == 200, "who changed it stays"
    assert closed.login(person.name, person.password).status == 401
    assert closed.login(person.name, new).status == 200


def test_the_second_factor(closed):
    person = closed.person("viewer")
    secret, recovery = second_factor(person)
    assert person.get("/api/account")["second_factor"] is True and len(set(recovery)) == len(recovery) >= 5
    needed = closed.login(person.name, person.password)
    assert needed.status == 401 and needed.json()["code"] == "second_factor_needed"
    assert closed.login(person.name, person.password, "000000" if totp(secret) != "000000" else "000001").status == 401
    # The step that confirmed it has been used; a recovery code needs no waiting.
    assert closed.login(person.name, person.password, recovery[0]).status == 200
    assert closed.login(person.name, person.password, recovery[0]).status == 401, "each works once"
    code = totp(secret, time.time() + 30)
    assert closed.login(person.name, person.password, code).status == 200, "a clock may be half a minute off"
    assert closed.login(person.name, person.password, code).status == 401, "a code works once"
    closed.admin.must("POST", f"/api/users/{person.name}/second-factor/disable")
    assert closed.login(person.name, person.password).status == 200


@pytest.mark.parametrize("path", ["/api/account/second-factor", "/api/account/second-factor/disable"])
def test_a_second_factor_is_not_changed_without_its_code(closed, path):
    """Who has found out the password, and a page that was left open, has not what the second factor is for."""
    person = closed.person("viewer")
    secret, recovery = second_factor(person)
    for body, code in (({}, "second_factor_needed"), ({"code": None}, "second_factor_needed"), ({"code": "000000"}, "bad_credentials"),
                       ({"code": totp(secret, time.time() - 300)}, "bad_credentials")):
        answer = person.post(path, {"password": person.password, **body})
        assert answer.status == 401 and answer.json()["code"] == code, (body, answer)
    assert person.get("/api/account")["second_factor"] is True
    person.must("POST", path, {"password": person.password, "code": recovery[0]})
    assert person.get("/api/account")["second_factor"] is (not path.endswith("disable")), "a new one stands once it is confirmed"


def test_a_personal_token_does_what_it_was_made_for(closed):
    person = closed.person("operator")
    made = person.personal_token(["nodes.view"])
    assert made["token"].startswith("mpt_") and made["scopes"] == ["nodes.view"]
    narrow = Signed(closed, made["token"])
    assert narrow.ask("/api/nodes").status == 200
    assert narrow.ask("/api/devices").status == 403
    for path in ("/api/account/tokens", "/api/account/password", "/api/account/second-factor"):
        assert narrow.post(path, {"name": "x", "scopes": ["nodes.view"], "days": 1}).status == 403, "a token makes no tokens"
    listed = person.get("/api/account/tokens")["tokens"]
    assert "token" not in listed[0] and listed[0]["last_used_at"]
    # More than its owner may, a token never may, whatever it was made for, then or later.
    answer = person.post("/api/account/tokens", {"name": "more", "scopes": ["users.manage"], "days": 1})
    if answer.status == 201:
        assert Signed(closed, answer.json()["token"]).ask("/api/users").status == 403
    closed.admin.must("PUT", f"/api/users/{person.name}/roles", {"roles": []})
    wait_for(lambda: narrow.ask("/api/nodes").status in (401, 403), "the token has lost what its owner lost", SOON)


TAKEOVERS = [("POST", "/password", {}), ("POST", "/second-factor/disable", {}), ("POST", "/disable", {}), ("POST", "/enable", {}),
             ("PUT", "/roles", {"roles": [{"site": "*", "role": "viewer"}]}), ("DELETE", "", None)]


def test_a_token_for_managing_people_does_not_take_over_who_may_do_more(closed):
    """Not its owner, and not somebody who is disabled: they would be let in again one day."""
    person, other = closed.person("admin"), closed.person("admin")
    closed.admin.must("POST", f"/api/users/{other.name}/disable")
    narrow = Signed(closed, person.personal_token(["users.manage"])["token"])
    for name in (person.name, other.name):
        for method, path, body in TAKEOVERS:
            answer = narrow.ask(f"/api/users/{name}{path}", method, body)
            assert answer.status == 403 and answer.json()["code"] == "forbidden", (name, path, answer)
    assert closed.login(person.name, person.password).status == 200


def test_ones_own_password_needs_the_present_one(closed):
    """A page that was left open is not enough, whatever its owner may do to others."""
    person = closed.person("admin")
    second_factor(person)
    for path in ("/password", "/second-factor/disable"):
        answer = person.ask(f"/api/users/{person.name}{path}", "POST", {})
        assert answer.status == 403 and "password" not in answer.json(), answer
    assert person.get("/api/account")["second_factor"] is True


# Changes that are felt


def socket_ends(hub, person, change):
    """Seconds until a live socket ends after a change; None if it stays."""

    async def talk():
        async with websockets.connect(hub.ws_url, additional_headers=person.headers) as socket:
            await socket.send(json.dumps({"type": "subscribe", "id": 1, "topics": ["#"]}))
            await socket.recv()
            begun = time.monotonic()
            await asyncio.to_thread(change)
            try:
                async with asyncio.timeout(60):
                    async for _ in socket:
                        pass
            except TimeoutError:
                return None
            except websockets.exceptions.ConnectionClosed:
                pass
            return time.monotonic() - begun

    return asyncio.run(talk())


CHANGES = {
    "disabled by an admin": lambda hub, person: hub.admin.must("POST", f"/api/users/{person.name}/disable"),
    "removed by an admin": lambda hub, person: hub.admin.must("DELETE", f"/api/users/{person.name}"),
    "a new password by an admin": lambda hub, person: hub.admin.must("POST", f"/api/users/{person.name}/password", {}),
    "signed out": lambda hub, person: person.must("POST", "/api/auth/logout", {}),
    "signed out everywhere": lambda hub, person: hub.sign_in(person.name, person.password).must("POST", "/api/auth/logout-everywhere", {}),
    "signed out from the shell": lambda hub, person: shell(hub, "user", "sign-out", person.name),
    "disabled from the shell": lambda hub, person: shell(hub, "user", "disable", person.name),
    "a new password from the shell": lambda hub, person: shell(hub, "user", "passwd", person.name, "--password-stdin", input=new_password() + "\n"),
}


def shell(hub, *arguments, **options):
    done = run(*arguments, "--data", hub.data, **options)
    assert done.returncode == 0, done
    return done


@pytest.mark.parametrize("what", CHANGES)
def test_who_is_out_is_out_at_once(closed, what):
    person = closed.person("admin")
    assert person.get("/api/users")
    took = socket_ends(closed, person, lambda: CHANGES[what](closed, person))
    assert took is not None and took < SOON + 2, f"the live socket ended after {took} s"
    # On the API the change is there with its answer; from the shell, another process, within two seconds.
    if "shell" in what:
        wait_for(lambda: person.ask("/api/users").status == 401, "the API refuses", SOON)
    assert person.ask("/api/users").status == 401
    assert refresh(closed, person.cookie_header("refresh")).status == 401


def test_a_role_that_is_taken_is_gone_at_once(closed):
    person = closed.person("admin")
    closed.admin.must("PUT", f"/api/users/{person.name}/roles", {"roles": [{"site": "*", "role": "viewer"}]})
    assert person.ask("/api/users").status == 403
    assert person.ask("/api/nodes").status == 200
    shell(closed, "user", "role", person.name, "--grant", "admin")
    wait_for(lambda: person.ask("/api/users").status == 200, "the role from the shell is there", SOON)


def connected(hub, name, key, version=5):
    raw = Raw(hub.mqtt_port)
    assert raw.connect(f"s-{name}", version, username=name, password=key).reason == 0
    return raw


DEVICE_CHANGES = {
    "disabled": lambda hub, name: hub.admin.must("POST", f"/api/devices/{name}/disable"),
    "rotated": lambda hub, name: hub.admin.must("POST", f"/api/devices/{name}/rotate"),
    "removed": lambda hub, name: hub.admin.must("DELETE", f"/api/devices/{name}"),
    "revoked from the shell": lambda hub, name: shell(hub, "device", "revoke", name),
    "rotated from the shell": lambda hub, name: shell(hub, "device", "rotate", name),
}


@pytest.mark.parametrize("what", DEVICE_CHANGES)
def test_a_device_that_is_out_is_out_at_once(closed, fresh, what):
    name = f"node_{fresh}"
    key = closed.device(name)
    with connected(closed, name, key) as raw:
        DEVICE_CHANGES[what](closed, name)
        begun = time.monotonic()
        said = raw.ends(SOON + 1)
        assert time.monotonic() - begun < SOON
        assert not said or said[-1].kind == 14 and said[-1].reason in (0x87, 0x98), said
    with contextlib.suppress(Gone):
        assert closed.connack(name, key) in (0x86, 0x87)
    assert closed.ask("/api/nodes", headers=device_headers(name, key)).status in (401, 403)


def test_a_token_that_is_revoked_ends_its_mqtt_connection(closed):
    person = closed.person("operator")
    made = person.personal_token(["mqtt.subscribe"])
    with connected(closed, person.name, made["token"]) as raw:
        assert raw.subscribe("iot/node/#", 1) < 3
        person.must("DELETE", f"/api/account/tokens/{made['id']}")
        said = raw.ends(SOON + 1)
        assert not said or said[-1].reason >= 0x80


def test_what_the_shell_adds_is_there_at_once(closed, fresh):
    password = new_password()
    shell(closed, "user", "add", f"shell-{fresh}", "--role", "viewer", "--password-stdin", input=password + "\n")
    wait_for(lambda: closed.login(f"shell-{fresh}", password).status == 200, "the new person signs in", SOON, 0.2)
    key = shell(closed, "device", "add", f"node_{fresh}", "--kind", "node").stdout.split()[-1]
    wait_for(lambda: closed.connack(f"node_{fresh}", key) == 0, "the new device connects", SOON)


def test_the_last_admin_stays(own_closed):
    hub = own_closed()
    for method, path, body in [("DELETE", "", None), ("POST", "/disable", {}), ("PUT", "/roles", {"roles": [{"site": "*", "role": "viewer"}]})]:
        answer = hub.admin.ask(f"/api/users/{ADMIN}{path}", method, body)
        assert answer.status == 409 and answer.json()["code"] == "conflict", answer
    told = run("user", "disable", ADMIN, "--data", hub.data)
    assert told.returncode != 0
    assert hub.admin.get("/api/users")


def retained(hub, topic_filter):
    """What somebody who subscribes now is sent first."""
    person = hub.person("operator")
    token = person.personal_token(["mqtt.subscribe"])["token"]
    with Client(hub.mqtt_port, username=person.name, password=token, subscriptions=[(topic_filter, 1)]) as listener:
        found = []
        with contextlib.suppress(queue.Empty):
            while True:
                found.append(listener.receive(0.5).topic)
        return found


def test_a_new_token_goes_on_where_the_old_one_was(closed):
    person = closed.person("operator")
    old = person.personal_token(["mqtt.subscribe"])
    with Raw(closed.mqtt_port) as raw:
        assert raw.connect("telegraf", 4, clean=False, username=person.name, password=old["token"]).reason == 0
        assert raw.subscribe("iot/node/#", 1) == 1
        person.must("DELETE", f"/api/account/tokens/{old['id']}")
        raw.ends(SOON + 1)
    new = person.personal_token(["mqtt.subscribe"])
    for clean in (False, True):
        with Raw(closed.mqtt_port) as raw:
            answer = raw.connect("telegraf", 4, clean=clean, username=person.name, password=new["token"])
            assert answer.reason == 0 and answer.body[0] == (0 if clean else 1), answer
    # Somebody else's program of that name is another one.
    stranger = closed.person("operator")
    with Raw(closed.mqtt_port) as raw:
        token = stranger.personal_token(["mqtt.subscribe"])["token"]
        answer = raw.connect("telegraf", 4, clean=False, username=stranger.name, password=token)
        assert answer.reason == 0 and answer.body[0] == 0


def test_a_new_token_with_fewer_rights_hears_no_more_than_they_allow(closed, fresh):
    person = closed.person("admin")
    wide, narrow = person.personal_token(["mqtt.subscribe", "mqtt.system"]), person.personal_token(["mqtt.system"])
    with Raw(closed.mqtt_port) as raw:
        assert raw.connect("reader", 5, clean=False, expiry=600, username=person.name, password=wide["token"]).reason == 0
        assert raw.subscribe("iot/node/#", 1) == 1
    key = closed.device(f"node_{fresh}")
    with closed.mqtt_node(fresh, key) as node:
        node.telemetry({"n": 1})
    with Raw(closed.mqtt_port) as raw:
        answer = raw.connect("reader", 5, clean=False, expiry=600, username=person.name, password=narrow["token"])
        assert answer.reason == 0 and answer.body[0] == 1
        assert raw.silent(), "neither what waited nor what comes"


@pytest.mark.parametrize("what", ["disabled", "removed", "revoked from the shell"])
def test_a_device_that_is_out_has_no_will(closed, fresh, what):
    name, topic = f"node_{fresh}", f"iot/node/{fresh}/telemetry"
    key = closed.device(name)
    person = closed.person("operator")
    token = person.personal_token(["mqtt.subscribe"])["token"]
    with Client(closed.mqtt_port, username=person.name, password=token, subscriptions=[(topic, 1)]) as listener:
        with Raw(closed.mqtt_port) as raw:
            will = (topic, '{"sensors":{"lies":1}}', 1, False)
            assert raw.connect(f"w-{fresh}", 5, username=name, password=key, will=will).reason == 0
            DEVICE_CHANGES[what](closed, name)
            raw.ends(SOON + 1)
        assert listener.hears_nothing(1.0)


def test_a_device_whose_key_is_new_has_its_will(closed, fresh):
    name, topic = f"node_{fresh}", f"iot/node/{fresh}/status"
    key = closed.device(name)
    person = closed.person("operator")
    token = person.personal_token(["mqtt.subscribe"])["token"]
    with Client(closed.mqtt_port, username=person.name, password=token, subscriptions=[(topic, 1)]) as listener:
        with Raw(closed.mqtt_port) as raw:
            will = (topic, '{"status":"offline"}', 1, False)
            assert raw.connect(f"w-{fresh}", 5, username=name, password=key, will=will).reason == 0
            DEVICE_CHANGES["rotated"](closed, name)
            raw.ends(SOON + 1)
        assert listener.receive().topic == topic


def test_a_token_that_is_revoked_has_no_will(closed, fresh):
    key = closed.device(f"node_{fresh}")
    person = closed.person("admin")
    made = person.personal_token(["mqtt.publish"])
    topic = f"iot/node/{fresh}/command"
    with closed.mqtt_node(fresh, key) as node:
        with Raw(closed.mqtt_port) as raw:
            will = (topic, '{"command":"open_door"}', 1, False)
            assert raw.connect(f"w-{fresh}", 5, username=person.name, password=made["token"], will=will).reason == 0
            shell(closed, "token", "revoke", made["id"])
            raw.ends(SOON + 1)
        assert node.hears_nothing(1.0)


def test_what_is_retained_of_a_device_that_is_removed_goes_with_it(closed, fresh):
    other = f"{fresh}x"
    for short in (fresh, other):
        with closed.mqtt_node(short, closed.device(f"node_{short}")) as node:
            assert node.publish(f"iot/node/{short}/status", {"status": "online"}, retain=True) == 0
    assert {f"iot/node/{fresh}/status", f"iot/node/{other}/status"} <= set(retained(closed, "iot/node/+/status"))
    closed.admin.must("DELETE", f"/api/devices/node_{fresh}")
    wait_for(lambda: f"iot/node/{fresh}/status" not in retained(closed, "iot/node/+/status"), "it is forgotten", 10)
    assert f"iot/node/{other}/status" in retained(closed, "iot/node/+/status")
