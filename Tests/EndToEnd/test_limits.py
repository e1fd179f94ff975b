"""Whoever is over a limit is told so and counted, and nobody else notices."""

import concurrent.futures
import re
import struct
import time

import pytest
import websockets

from support.clients import Client
from support.clock import Clock
from support.matrix import cells
from support.raw import DISCONNECT, PUBACK, SUBACK, Closed as Gone, Raw, packet, publish_packet, text
from support.server import ROOT
from support.settings import limits
from support.waiting import wait_for


@pytest.fixture
def limited(own_closed):
    """limited(REQUESTS_PER_ADDRESS=5): a closed hub with these limits."""

    def make(**values):
        return own_closed(None, settings=limits(**values))

    return make


@pytest.fixture
def timed(own_closed):
    """The same, of a hub whose time stands still unless the test moves it: nothing comes back meanwhile."""

    def make(**values):
        hub = own_closed(None, settings=limits(**values), clock=Clock())
        hub.clock.freeze()
        return hub

    return make


def counted(hub, name, source):
    """A figure of /metrics, asked for from an address that is under no limit at the moment."""
    answer = hub.ask("/metrics", headers=hub.admin.headers, source=source)
    assert answer.status == 200, answer
    return sum(float(line.rsplit(" ", 1)[1]) for line in answer.text.splitlines() if re.match(name, line))


def flood(hub, count, headers=None, source="127.0.0.101", path="/api/session"):
    return [hub.ask(path, headers=headers, source=source) for _ in range(count)]


def test_the_table_in_the_docs_is_the_list_in_the_code():
    code = (ROOT / "Sources/House/Configuration/Limit.swift").read_text()
    names = dict(re.findall(r'case (\w+) = "MARTLET_LIMIT_(\w+)"', code))
    numbers = {}
    for cases, number in re.findall(r"case ((?:\.\w+,?\s*)+): ([\d_]+)\n", code):
        for case in re.findall(r"\w+", cases):
            numbers[names[case]] = int(number.replace("_", ""))
    assert len(numbers) == len(names) > 10
    page = (ROOT / "docs/limits.md").read_text()
    table = re.search(r"<!-- limits:begin -->\n(.*?)<!-- limits:end -->", page, re.S)[1].splitlines()
    documented = {row[0]: int(row[1]) for row in map(cells, table[2:])}
    assert documented == numbers


def test_requests_of_one_address(timed):
    hub = timed(REQUESTS_PER_ADDRESS=5)
    token = hub.admin.headers
    answers = flood(hub, 200)
    refused = [a for a in answers if a.status == 429]
    assert 200 - len(refused) == 25, "five times five at once"
    told = refused[-1]
    assert int(told.headers["Retry-After"]) >= 1 and told.json()["code"] == "too_many_requests"
    # Nobody else notices: another address, and the devices.
    assert hub.ask("/api/nodes", headers=token, source="127.0.0.102").status == 200
    hub.clock.advance(int(told.headers["Retry-After"]))
    answers = flood(hub, 20)
    assert [a.status for a in answers] == [200] * 5 + [429] * 15, "after Retry-After one is listened to, five times a second"
    refused += answers[5:]
    assert counted(hub, r'martlet_http_requests_limited_total\{.*by="address"', "127.0.0.103") == len(refused)


def test_requests_of_one_account(timed):
    hub = timed(REQUESTS_PER_ACCOUNT=4, REQUESTS_PER_ADDRESS=0)
    person, other = hub.person("viewer"), hub.person("viewer")
    token = person.personal_token(["nodes.view"])["token"]
    # With all its sessions and tokens, from all its addresses, together.
    answers = flood(hub, 20, person.headers, "127.0.0.104", "/api/nodes") + flood(hub, 20, {"Authorization": f"Bearer {token}"}, "127.0.0.105", "/api/nodes")
    assert {a.status for a in answers} == {200, 429}
    assert all(a.status == 429 for a in answers[-5:])
    assert other.get("/api/nodes")["count"] == 0
    assert counted(hub, r'martlet_http_requests_limited_total\{.*by="account"', "127.0.0.106") >= 10


def test_requests_of_one_device(timed):
    hub = timed(REQUESTS_PER_DEVICE=2, REQUESTS_PER_ADDRESS=0)
    key = hub.device("node_busy")
    headers = {"X-Device-Id": "node_busy", "X-API-Key": key}
    answers = flood(hub, 30, headers, "127.0.0.107", "/api/nodes")
    assert {a.status for a in answers} == {403, 429} and int(answers[-1].headers["Retry-After"]) >= 1


def test_a_body_that_is_too_large(limited):
    hub = limited()
    answer = hub.admin.ask("/api/sites", "POST", '{"id":"x","title":"' + "t" * 100_000 + '"}', {"Content-Type": "application/json"})
    assert answer.status == 413 and answer.json()["code"] == "too_large"
    # Before anybody is known, too.
    answer = hub.ask("/api/auth/login", "POST", '{"username":"' + "x" * 100_000 + '"}', {"Content-Type": "application/json"})
    assert answer.status == 413


def test_passwords_that_wait_to_be_checked(limited):
    """More sign-ins at once than are checked: some are turned away at once, none waits for ever, and the hub answers others."""
    hub = limited(SIGN_INS_WAITING=2, REQUESTS_PER_ADDRESS=0)
    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        begun = time.monotonic()
        waiting = [pool.submit(hub.login, f"name{n}", "wrong", source=f"127.0.7.{n + 1}") for n in range(24)]
        assert hub.ask("/health", source="127.0.0.108").status == 200
        answers = [one.result(120) for one in waiting]
        took = time.monotonic() - begun
    statuses = {a.status for a in answers}
    assert statuses <= {401, 429, 503} and 401 in statuses and len(statuses) > 1, statuses
    assert all(int(a.headers["Retry-After"]) >= 1 for a in answers if a.status != 401)
    assert took < 60
    assert hub.sign_in("admin", hub.admin.password)


def test_live_sockets_of_one_account(limited):
    import asyncio

    hub = limited(LIVE_SOCKETS_PER_ACCOUNT=3)
    person, other = hub.person("viewer"), hub.person("viewer")

    async def talk():
        kept = []
        for _ in range(3):
            socket = await websockets.connect(hub.ws_url, additional_headers=person.headers)
            assert "hello" in await socket.recv()
            kept.append(socket)
        try:
            async with websockets.connect(hub.ws_url, additional_headers=person.headers) as fourth:
                await asyncio.wait_for(fourth.recv(), 5)
                await asyncio.wait_for(fourth.recv(), 5)
            refused = None
        except websockets.exceptions.ConnectionClosed as closed:
            refused = closed.rcvd.code
        except websockets.exceptions.InvalidStatus as status:
            refused = status.response.status_code
        assert refused in (1013, 429, 503), refused
        async with websockets.connect(hub.ws_url, additional_headers=other.headers) as socket:
            assert "hello" in await socket.recv(), "another account has its own"
        for socket in kept:
            await socket.ping()
            await socket.close()

    asyncio.run(talk())


# MQTT


def test_messages_of_one_device(timed):
    hub = timed(MESSAGES_PER_DEVICE=5)
    keys = {name: hub.device(f"node_{name}") for name in ("loud", "calm")}
    with Raw(hub.mqtt_port) as loud, Raw(hub.mqtt_port) as calm:
        assert loud.connect("loud", 5, username="node_loud", password=keys["loud"]).reason == 0
        assert calm.connect("calm", 5, username="node_calm", password=keys["calm"]).reason == 0
        reasons = []
        for number in range(1, 101):
            loud.publish("iot/node/loud/telemetry", '{"sensors":{"n":%d}}' % number, 1, number)
            reasons.append(loud.expect(PUBACK).reason)
        assert reasons == [0] * 50 + [0x97] * 50, "ten times five at once"
        # What was refused is not stored, what was acknowledged is; an answer has what was before now.
        hub.clock.advance(0.001)
        stored = {row["n"] for row in hub.readings("loud", field="n")}
        assert stored == {n for n, reason in enumerate(reasons, 1) if reason == 0}
        calm.publish("iot/node/calm/telemetry", '{"sensors":{"n":1}}', 1, 1)
        assert calm.expect(PUBACK).reason == 0
        hub.clock.advance(1)
        later = []
        for number in range(101, 121):
            loud.publish("iot/node/loud/telemetry", '{"sensors":{"n":%d}}' % number, 1, number)
            later.append(loud.expect(PUBACK).reason)
        assert later == [0] * 5 + [0x97] * 15, "a second later it may again, five times"


def test_messages_of_an_old_device_are_taken_slower_and_not_lost(timed):
    """3.1.1 has no word for it: nothing is refused, the hub reads slower."""
    hub = timed(MESSAGES_PER_DEVICE=20)
    key = hub.device("node_old")
    with Raw(hub.mqtt_port, timeout=20) as old:
        assert old.connect("old", 4, username="node_old", password=key).reason == 0

        def say(numbers):
            old.send(b"".join(publish_packet("iot/node/old/telemetry", '{"sensors":{"n":%d}}' % n, 1, n) for n in numbers))

        # What came in one piece is taken in one piece; then the socket is not read until it is within its rate again.
        say(range(1, 251))
        for _ in range(250):
            old.expect(PUBACK)
        say(range(251, 271))
        assert old.silent(0.5), "250 messages, of which 200 may come at once"
        hub.clock.advance(2.25)
        assert old.silent(), "the other 50 take two and a half seconds, at 20 a second"
        hub.clock.advance(1)
        for _ in range(20):
            old.expect(PUBACK)
        hub.clock.advance(60)
    assert len(hub.readings("old", field="n", limit=1000)) == 270


def test_subscriptions_of_one_device(limited):
    hub = limited(SUBSCRIPTIONS_PER_DEVICE=3)
    person = hub.person("operator")
    token = person.personal_token(["mqtt.subscribe"])["token"]
    with Raw(hub.mqtt_port) as raw:
        assert raw.connect("many", 5, username=person.name, password=token).reason == 0
        granted = [raw.subscribe(f"iot/node/n{n}/telemetry", 1, n + 1) for n in range(5)]
        assert granted[:3] == [1, 1, 1] and granted[3:] == [0x97, 0x97]
        # Many in one packet count each.
        body = struct.pack("!H", 9) + b"\x00" + b"".join(text(f"iot/x/{n}") + b"\x01" for n in range(3))
        raw.send(packet(8, body))
        assert set(raw.expect(SUBACK).body[-3:]) == {0x97}


def test_packets_that_are_too_large(limited):
    hub = limited(PACKET_BYTES=2048)
    key = hub.device("node_big")
    with Raw(hub.mqtt_port) as raw:
        assert raw.connect("big", 5, username="node_big", password=key).reason == 0
        raw.publish("iot/node/big/telemetry", "x" * 4000, 1, 1)
        said = raw.ends()
        assert [p.kind for p in said] == [DISCONNECT] and said[0].reason == 0x95


def test_connections_of_one_address(limited):
    hub = limited(MQTT_CONNECTIONS_PER_ADDRESS=3)
    keys = [hub.device(f"node_c{n}") for n in range(5)]
    held = []
    try:
        for n in range(3):
            raw = Raw(hub.mqtt_port, source="127.0.0.111")
            held.append(raw)
            assert raw.connect(f"c{n}", 5, username=f"node_c{n}", password=keys[n]).reason == 0
        try:
            assert hub.connack("node_c3", keys[3], source="127.0.0.111") in (0x97, 0x89, 0x9F)
        except Gone:
            pass
        assert hub.connack("node_c4", keys[4], source="127.0.0.112") == 0, "from elsewhere"
        held[0].publish("iot/node/c0/telemetry", '{"sensors":{"n":1}}', 1, 1)
        assert held[0].expect(PUBACK).reason == 0, "who was in stays in"
    finally:
        for raw in held:
            raw.close()


def test_the_queue_of_a_session(limited):
    """A session whose client is away keeps so much and no more; the oldest stay, the newest are dropped."""
    hub = limited(SESSION_QUEUE_MESSAGES=20)
    key = hub.device("node_away")
    options = {"username": "node_away", "password": key, "client_id": "away", "clean": False, "expiry": 3600}
    with Client(hub.mqtt_port, **options) as away:
        away.subscribe("iot/node/away/command", 1)
    person = hub.person("admin")
    token = person.personal_token(["mqtt.publish"])["token"]
    with Client(hub.mqtt_port, username=person.name, password=token) as sender:
        for n in range(50):
            sender.publish("iot/node/away/command", str(n))
    with Client(hub.mqtt_port, **options) as away:
        assert away.session_present
        assert [away.receive().payload.decode() for _ in range(20)] == [str(n) for n in range(20)]
        assert away.hears_nothing()


@pytest.mark.parametrize("name, value", [("PACKET_BYTES", "12"), ("REQUESTS_PER_ADDRESS", "-1"), ("MQTT_STRANGERS", "many"), ("HTTP_CONNECTIONS", "0")])
def test_a_limit_that_cannot_be_is_said(own_closed, name, value):
    hub = own_closed(None, start=False, settings=limits(**{name: value}))
    hub.wants_admin = False
    with pytest.raises(AssertionError, match=f"MARTLET_LIMIT_{name}"):
        hub.start()
