"""Every row of the tables in docs/limits.md: one owner fills the bound and is told, another one works on undisturbed."""

import concurrent.futures
import contextlib
import http.client
import itertools
import json
import re
import select
import socket
import sqlite3
import struct
import time

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect as websocket

from conftest import LOGS
from support.accounts import Closed
from support.matrix import cells
from support.parkmate import STATUS
from support.raw import DISCONNECT, PUBACK, PUBLISH, PUBREC, Raw, packet, publish_packet, text
from support.server import ROOT, Martlet, run
from support.settings import KEYLESS, NO_REQUEST_LIMITS, limits
from support.waiting import wait_for

QUOTA, BUSY, DENIED = 0x97, 0x89, 0x8F
FOREVER = 0xFFFFFFFE

# Each hub has small limits that do not get into each other's way.
HUBS = {
    "owner": limits(
        **NO_REQUEST_LIMITS, MESSAGES_PER_DEVICE=20, SESSIONS_PER_OWNER=4, SESSION_BYTES_PER_OWNER=6000, SUBSCRIPTIONS_PER_DEVICE=3,
        SESSION_QUEUE_MESSAGES=5, QUEUE_BYTES_PER_OWNER=8000, SESSION_QUEUE_BYTES=4096, UNRELEASED_IDENTIFIERS_PER_OWNER=6,
        RETAINED_MESSAGES_PER_OWNER=3, RETAINED_BYTES_PER_OWNER=3000, PACKET_BYTES=4096,
    ),
    "all": limits(
        **NO_REQUEST_LIMITS, SESSIONS=8, SESSION_BYTES=12000, UNRELEASED_IDENTIFIERS=8, QUEUE_BYTES=12000, RETAINED_MESSAGES=20,
        RETAINED_BYTES=60000,
    ),
    "open": limits(**NO_REQUEST_LIMITS, SESSIONS_PER_ADDRESS=4, DEVICES_PER_ADDRESS=3),
    "keyless": limits(**NO_REQUEST_LIMITS, MESSAGES_PER_ADDRESS=5),
    "doors": limits(
        **NO_REQUEST_LIMITS, MQTT_CONNECTIONS=12, MQTT_CONNECTIONS_PER_ADDRESS=4, MQTT_STRANGERS=8, MQTT_STRANGERS_PER_ADDRESS=3,
        HTTP_CONNECTIONS=16, HTTP_CONNECTIONS_PER_ADDRESS=6, HTTP_STRANGERS=8,
    ),
    "live": limits(
        **NO_REQUEST_LIMITS, LIVE_SOCKETS=4, LIVE_SOCKETS_PER_ACCOUNT=2, PUBLIC_SOCKETS=3, PUBLIC_SOCKETS_PER_ADDRESS=2,
        LIVE_MESSAGES_PER_SOCKET=5,
    ),
    "requests": limits(REQUESTS_PER_ADDRESS=10, REQUESTS_PER_ACCOUNT=4, REQUESTS_PER_DEVICE=2, SIGN_INS_WAITING=2),
    "join": limits(**NO_REQUEST_LIMITS, PENDING_DEVICES=3, PENDING_DEVICES_PER_ADDRESS=2),
    # A hub of its own: one whose places are taken by those that wait lets no other wait for ten minutes.
    "aside": limits(**NO_REQUEST_LIMITS, PENDING_MESSAGES=3),
}
ARGUMENTS = {"keyless": [KEYLESS, "parking@127.0.9.208/29"]}
numbers = itertools.count(1)
CASES = {}


def case(hub, *rows):
    """Notes that a function fills the bound of these rows, on the hub of that name."""

    def note(function):
        for row in rows:
            assert row not in CASES
            CASES[row] = (hub, function)
        return function

    return note


def lines(table, file=ROOT / "docs/limits.md"):
    found = re.search(rf"<!-- {table}:begin -->\n(.*?)<!-- {table}:end -->", file.read_text(), re.S)[1].splitlines()
    return [cells(line) for line in found[2:]]


def rows(table="limits"):
    return [line[0] for line in lines(table)]


@pytest.fixture(scope="module")
def hubs(tmp_path_factory):
    made = {}

    def get(name):
        if name not in made:
            log = LOGS / f"e2e-bounds-{name}.log"
            log.unlink(missing_ok=True)
            folder = tmp_path_factory.mktemp(f"bounds-{name}")
            hub = Martlet(folder, log) if name == "open" else Closed(folder, log, ARGUMENTS.get(name, ()))
            hub.settings = HUBS[name]
            made[name] = hub.start()
        return made[name]

    yield get
    for hub in made.values():
        hub.end()


@pytest.mark.parametrize("row", rows())
def test_one_owner_fills_the_bound_and_another_works_on(row, hubs):
    assert row in CASES, f"nothing fills {row} of docs/limits.md"
    name, fill = CASES[row]
    fill(hubs(name))


def test_every_case_has_its_row():
    assert set(CASES) == set(rows())


# Clients


class Device:
    """A device of a closed hub."""

    def __init__(self, hub, source=None):
        number = next(numbers)
        self.hub, self.short, self.source = hub, f"b{number}", source or f"127.0.9.{number}"
        self.name = f"node_{self.short}"
        self.key = hub.device(self.name)

    def raw(self, client_id=None, version=5, **options):
        """A connection that is let in, or the reason why it is not."""
        raw = Raw(self.hub.mqtt_port, source=self.source)
        reason = raw.connect(client_id or self.short, version, username=self.name, password=self.key, **options).reason
        if reason == 0:
            return raw
        raw.close()
        return reason

    def visit(self, client_id, **options):
        """Makes a session that stays, and goes without a goodbye; the reason code of CONNACK."""
        raw = self.raw(client_id, clean=False, expiry=FOREVER, **options)
        if isinstance(raw, int):
            return raw
        raw.close()
        return 0

    def say(self, raw, number=1, qos=1, kind=PUBACK):
        raw.publish(f"iot/node/{self.short}/telemetry", '{"sensors":{"n":%d}}' % number, qos, number)
        return raw.expect(kind).reason

    @contextlib.contextmanager
    def undisturbed(self):
        """It is connected and speaks, before, and after whatever is done meanwhile; and it comes in anew."""
        with self.raw() as raw:
            assert self.say(raw) == 0
            yield raw
            assert self.say(raw, 2) == 0
            with self.raw(f"{self.short}-again") as again:
                assert self.say(again, 3) == 0


class Program(Device):
    """A person's program, which may publish and subscribe everywhere."""

    def __init__(self, hub, source=None):
        person = hub.person("admin")
        self.hub, self.name, self.source = hub, person.name, source or f"127.0.9.{next(numbers)}"
        self.short, self.key = person.name, person.personal_token(["mqtt.publish", "mqtt.subscribe"])["token"]

    def retain(self, raw, topic, size, number=1):
        raw.publish(topic, "x" * size, 1, number, retain=True)
        return raw.expect(PUBACK).reason


def program(hub):
    """The program of a hub: signing in is slow on purpose."""
    if not hasattr(hub, "program"):
        hub.program = Program(hub)
    return hub.program


def kept(hub, device):
    """The client identifiers of the sessions that are kept of a device, as the database has them."""
    with hub.database() as database:
        found = database.execute("SELECT client FROM mqtt_session WHERE owner = ?", (f"device:{device.name}",))
        return sorted(row[0].split("\x1f")[1] for row in found)


def one_closes(opened, seconds=5):
    """Whether the hub ends one of these connections, on which nothing was said; before it does so for their silence."""
    return bool(select.select(opened, [], [], seconds)[0])


def sessions_of_accounts(hub):
    with hub.database() as database:
        return database.execute("SELECT client FROM mqtt_session WHERE owner LIKE 'account:%'").fetchall()


def dial(port, source):
    return socket.create_connection(("127.0.0.1", port), timeout=10, source_address=(source, 0))


# Sessions and what they hold


@case("owner", "SESSIONS_PER_OWNER")
def sessions_of_an_owner(hub):
    loud, calm = Device(hub), Device(hub)
    assert calm.visit("stays") == 0
    with calm.undisturbed():
        for number in range(10):
            assert loud.visit(f"s{number}") == 0
        wait_for(lambda: kept(hub, loud) == ["s6", "s7", "s8", "s9"], "the four newest are kept")
    assert kept(hub, calm) == ["stays"]
    # What is kept counts after a restart, too; and who is disabled has none any more, on or off.
    hub.kill()
    hub.start()
    assert loud.visit("s10") == 0
    wait_for(lambda: kept(hub, loud) == ["s10", "s7", "s8", "s9"], "the oldest gave way")
    assert run("device", "revoke", loud.name, "--data", hub.data).returncode == 0
    wait_for(lambda: kept(hub, loud) == [], "nothing is kept of a disabled device")
    hub.kill()
    assert run("device", "revoke", calm.name, "--data", hub.data).returncode == 0
    hub.start()
    wait_for(lambda: kept(hub, calm) == [], "nor of one that was disabled while the hub was off")
    person = Program(hub)
    assert person.visit("report") == 0
    assert run("user", "disable", person.name, "--data", hub.data).returncode == 0
    wait_for(lambda: not sessions_of_accounts(hub), "nor of a person who is")


@case("all", "SESSIONS")
def sessions_in_all(hub):
    loud, calm = Device(hub), Device(hub)
    assert calm.visit("stays") == 0
    with calm.undisturbed():
        for number in range(20):
            assert loud.visit(f"s{number}") == 0
        others = [Device(hub) for _ in range(3)]
        assert [other.visit("new") for other in others] == [0, 0, 0]
    assert kept(hub, calm) == ["stays"] and "s19" in kept(hub, loud)
    with hub.database() as database:
        assert database.execute("SELECT COUNT(*) FROM mqtt_session").fetchone()[0] <= 8


@case("open", "SESSIONS_PER_ADDRESS")
def sessions_of_an_address(hub):
    def visit(name, source):
        with Raw(hub.mqtt_port, source=source) as raw:
            return raw.connect(name, 5, clean=False, expiry=FOREVER).reason

    assert visit("calm", "127.0.9.201") == 0
    assert [visit(f"loud{n}", "127.0.9.200") for n in range(10)] == [0] * 10

    def found():
        with sqlite3.connect(hub.data / "martlet.db", timeout=20) as database:
            return sorted(row[0] for row in database.execute("SELECT client FROM mqtt_session"))

    wait_for(lambda: found() == ["calm", "loud6", "loud7", "loud8", "loud9"], "those of the other address give way alone")


@case("owner", "SESSION_BYTES_PER_OWNER")
def bytes_of_an_owner(hub):
    calm = Device(hub)
    with calm.undisturbed():
        loud = Device(hub)
        will = (f"iot/node/{loud.short}/status", "x" * 1800, 0, False)
        held = [loud.raw(f"w{number}", will=will) for number in range(3)]
        assert loud.raw("w3", will=will) == QUOTA
        with loud.raw("filters") as raw:
            # A filter is refused like a will; a name that is too long, and one with a wildcard, anyway.
            assert raw.subscribe(f"$share/{'g' * 65}/iot/node/{loud.short}/command") == DENIED
            assert raw.subscribe(f"iot/node/{loud.short}/command") == QUOTA
        for one in held:
            one.close()


@case("all", "SESSION_BYTES")
def bytes_in_all(hub):
    calm = Device(hub)
    with calm.undisturbed():
        loud = Device(hub)
        will = (f"iot/node/{loud.short}/status", "x" * 3600, 0, False)
        held = [loud.raw(f"w{number}", will=will) for number in range(3)]
        assert loud.raw("w3", will=will) == QUOTA
        for one in held:
            one.close()


@case("owner", "SUBSCRIPTIONS_PER_DEVICE")
def subscriptions(hub):
    loud, calm = Device(hub), Device(hub)
    with calm.undisturbed() as other, loud.raw() as raw:
        granted = [raw.subscribe(f"$share/g{n}/iot/node/{loud.short}/command", 1, n + 1) for n in range(5)]
        assert granted == [1, 1, 1, QUOTA, QUOTA]
        assert other.subscribe(f"iot/node/{calm.short}/command", 1, 9) == 1


def queued(hub, loud, calm, sessions, size, expected):
    """Sends each session of `loud` ten messages while it is away; how many waited, and that the other lost none."""
    for device, names in ((loud, sessions), (calm, ["c"])):
        for name in names:
            with device.raw(name, clean=False, expiry=FOREVER) as raw:
                assert raw.subscribe(f"iot/node/{device.short}/command", 1) == 1
    with program(hub).raw(f"sender{next(numbers)}") as sender:
        for device, count in ((loud, 10), (calm, 2)):
            for number in range(1, count + 1):
                sender.publish(f"iot/node/{device.short}/command", "x" * size, 1, number)
                assert sender.expect(PUBACK).reason == 0

    def waiting(device):
        with hub.database() as database:
            query = "SELECT COUNT(*) FROM mqtt_delivery JOIN mqtt_session USING (client) WHERE owner = ?"
            return database.execute(query, (f"device:{device.name}",)).fetchone()[0]

    assert waiting(loud) == expected and waiting(calm) == 2
    with calm.raw("c", clean=False, expiry=0) as raw:
        assert [raw.expect(PUBLISH).kind for _ in range(2)] == [PUBLISH] * 2


@case("owner", "SESSION_QUEUE_MESSAGES")
def queue_of_a_session(hub):
    queued(hub, Device(hub), Device(hub), ["q"], 10, 5)


@case("owner", "SESSION_QUEUE_BYTES")
def queue_bytes_of_a_session(hub):
    queued(hub, Device(hub), Device(hub), ["q"], 1200, 3)


@case("owner", "QUEUE_BYTES_PER_OWNER")
def queue_bytes_of_an_owner(hub):
    queued(hub, Device(hub), Device(hub), ["q1", "q2", "q3"], 1200, 6)


@case("all", "QUEUE_BYTES")
def queue_bytes_in_all(hub):
    loud, calm = Device(hub), Device(hub)
    with calm.undisturbed():
        with loud.raw("q", clean=False, expiry=FOREVER) as raw:
            assert raw.subscribe(f"iot/node/{loud.short}/command", 1) == 1
        with program(hub).raw("sender") as sender:
            for number in range(1, 11):
                sender.publish(f"iot/node/{loud.short}/command", "x" * 2000, 1, number)
                assert sender.expect(PUBACK).reason == 0
        with loud.raw("q", clean=False, expiry=0) as raw:
            assert len([raw.expect(PUBLISH) for _ in range(5)]) == 5 and raw.silent(0.2)


def unreleased(hub, room):
    loud, calm = Device(hub), Device(hub)
    with calm.undisturbed() as other:
        reasons = []
        # However often it comes again.
        for turn in range(5):
            with loud.raw("q2", clean=False, expiry=FOREVER) as raw:
                reasons += [loud.say(raw, turn * 2 + number, 2, PUBREC) for number in (1, 2)]
        assert reasons == [0] * room + [QUOTA] * (10 - room), reasons
        with loud.raw("q2", 4) as old:
            # A clean session has released all; a client of 3.1.1 that uses them up again is sent away, for it could not be told.
            assert [loud.say(old, number, 2, PUBREC) for number in range(1, room + 1)] == [0] * room
            old.publish(f"iot/node/{loud.short}/telemetry", "{}", 2, room + 1)
            assert old.ends() == []
        assert calm.say(other, 5, 2, PUBREC) == 0


@case("owner", "UNRELEASED_IDENTIFIERS_PER_OWNER")
def unreleased_of_an_owner(hub):
    unreleased(hub, 6)


@case("all", "UNRELEASED_IDENTIFIERS")
def unreleased_in_all(hub):
    unreleased(hub, 8)


# Retained messages


@case("owner", "RETAINED_MESSAGES_PER_OWNER")
def retained_of_an_owner(hub):
    loud, calm = program(hub), Device(hub)
    with calm.undisturbed() as other, loud.raw() as raw:
        assert [loud.retain(raw, f"r/{n}", 10, n + 1) for n in range(5)] == [0, 0, 0, QUOTA, QUOTA]
        other.publish(f"iot/node/{calm.short}/status", "{}", 1, 7, retain=True)
        assert other.expect(PUBACK).reason != QUOTA
        for n in range(3):
            loud.retain(raw, f"r/{n}", 0, n + 1)
        assert loud.retain(raw, "r/0", 10, 9) == 0, "what is taken back makes room"
        loud.retain(raw, "r/0", 0, 10)


@case("owner", "RETAINED_BYTES_PER_OWNER")
def retained_bytes_of_an_owner(hub):
    loud, calm = program(hub), Device(hub)
    with calm.undisturbed(), loud.raw() as raw:
        assert [loud.retain(raw, f"r/{n}", 1300, n + 1) for n in range(3)] == [0, 0, QUOTA]
        for n in range(2):
            loud.retain(raw, f"r/{n}", 0, n + 1)


@case("all", "RETAINED_MESSAGES")
def retained_in_all(hub):
    loud, calm = program(hub), Device(hub)
    with calm.undisturbed(), loud.raw() as raw:
        reasons = [loud.retain(raw, f"r/{n}", 10, n + 1) for n in range(30)]
        taken = reasons.count(0)
        # The hub's own are among them.
        assert 0 < taken <= 20 and set(reasons[taken:]) == {QUOTA}, reasons
        for n in range(taken):
            loud.retain(raw, f"r/{n}", 0, n + 1)


@case("all", "RETAINED_BYTES")
def retained_bytes_in_all(hub):
    loud, calm = program(hub), Device(hub)
    with calm.undisturbed(), loud.raw() as raw:
        reasons = [loud.retain(raw, f"r/{n}", 9000, n + 1) for n in range(8)]
        taken = reasons.count(0)
        assert 0 < taken <= 6 and set(reasons[taken:]) == {QUOTA}, reasons
        for n in range(taken):
            loud.retain(raw, f"r/{n}", 0, n + 1)


# Messages


@case("owner", "MESSAGES_PER_DEVICE")
def messages_of_a_device(hub):
    loud, calm = Device(hub), Device(hub)
    with calm.undisturbed():
        begun, taken, refused = time.monotonic(), 0, 0
        # Each time it connects anew, under another identifier.
        for turn in range(10):
            with loud.raw(f"m{turn % 2}") as raw:
                for number in range(1, 51):
                    raw.publish(f"iot/node/{loud.short}/telemetry", '{"sensors":{"n":1}}', 1, number)
                reasons = [raw.expect(PUBACK).reason for _ in range(50)]
                taken, refused = taken + reasons.count(0), refused + reasons.count(QUOTA)
        took = time.monotonic() - begun
        assert taken + refused == 500 and 200 <= taken <= 201 + 20 * took and refused > 0, (taken, refused, took)


@case("keyless", "MESSAGES_PER_ADDRESS")
def messages_of_an_address(hub):
    def taken(name, source, count):
        with Raw(hub.mqtt_port, source=source) as raw:
            assert raw.connect(name, 5).reason == 0
            for number in range(1, count + 1):
                raw.publish(STATUS, "{}", 1, number)
            # What it says is no report; that is told behind the rate.
            return count - [raw.expect(PUBACK).reason for _ in range(count)].count(QUOTA)

    calm = Device(hub)
    with calm.undisturbed():
        begun = time.monotonic()
        found = [taken(f"m{turn}", "127.0.9.210", 50) for turn in range(4)]
        took = time.monotonic() - begun
        assert 50 <= sum(found) <= 51 + 5 * took and found[-1] < 50, (found, took)
        assert taken("calm", "127.0.9.211", 10) == 10


@case("owner", "PACKET_BYTES")
def bytes_of_a_packet(hub):
    loud, calm = Device(hub), Device(hub)
    with calm.undisturbed(), loud.raw() as raw:
        raw.publish(f"iot/node/{loud.short}/telemetry", "x" * 5000, 1, 1)
        said = raw.ends()
        assert [p.kind for p in said] == [DISCONNECT] and said[0].reason == 0x95


# Connections


@case("doors", "MQTT_CONNECTIONS_PER_ADDRESS")
def mqtt_connections_of_an_address(hub):
    loud, calm = Device(hub), Device(hub)
    with calm.undisturbed(), contextlib.ExitStack() as held:
        for number in range(4):
            held.enter_context(loud.raw(f"c{number}"))
        assert loud.raw("c4") == QUOTA


@case("doors", "MQTT_CONNECTIONS")
def mqtt_connections(hub):
    loud, calm = Device(hub), Device(hub)
    with calm.raw() as other, contextlib.ExitStack() as held:
        reason = 0
        for number in range(14):
            loud.source = f"127.0.9.{220 + number // 4}"
            raw = loud.raw(f"c{number}")
            if isinstance(raw, int):
                reason = raw
                break
            held.enter_context(raw)
        assert reason == BUSY
        assert calm.say(other) == 0, "who is in stays in"
    wait_for(lambda: not isinstance(again := calm.raw(), int) and (again.close() or True), "there is room again")


@case("doors", "MQTT_STRANGERS_PER_ADDRESS")
def mqtt_strangers_of_an_address(hub):
    calm = Device(hub)
    with calm.undisturbed(), contextlib.ExitStack() as held:
        silent = [held.enter_context(dial(hub.mqtt_port, "127.0.9.231")) for _ in range(4)]
        assert one_closes(silent)


@case("doors", "MQTT_STRANGERS")
def mqtt_strangers(hub):
    calm = Device(hub)
    with calm.undisturbed(), contextlib.ExitStack() as held:
        silent = [held.enter_context(dial(hub.mqtt_port, f"127.0.9.{232 + n // 3}")) for n in range(9)]
        assert one_closes(silent)


@case("doors", "HTTP_CONNECTIONS_PER_ADDRESS")
def http_connections_of_an_address(hub):
    with contextlib.ExitStack() as held:
        opened = [held.enter_context(dial(hub.http_port, "127.0.9.240")) for _ in range(7)]
        assert one_closes(opened)
        assert hub.admin.get("/api/nodes")["nodes"] is not None


@case("doors", "HTTP_STRANGERS")
def http_strangers(hub):
    with contextlib.ExitStack() as held:
        opened = [held.enter_context(dial(hub.http_port, f"127.0.9.{241 + n // 5}")) for n in range(10)]
        assert one_closes(opened)
        assert hub.admin.get("/api/nodes")["nodes"] is not None


@case("doors", "HTTP_CONNECTIONS")
def http_connections(hub):
    """Of those who are known: strangers never are as many."""
    admin, opened = hub.admin, []

    def ask(connection):
        connection.request("GET", "/api/nodes", headers=admin.headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    try:
        calm = hub.connection(10, ("127.0.9.250", 0))
        opened.append(calm)
        assert ask(calm) == 200
        refused = 0
        for number in range(20):
            connection = hub.connection(10, (f"127.0.9.{245 + number // 5}", 0))
            opened.append(connection)
            try:
                assert ask(connection) == 200
            except (OSError, http.client.HTTPException):
                refused += 1
        assert refused >= 4
        assert ask(calm) == 200
    finally:
        for connection in opened:
            connection.close()


# Live sockets


def live(hub, held, who=None, source=None):
    """A live socket that has said hello, as long as `held` lasts; or the code with which it was closed."""
    headers = who.headers if who else None
    opened = held.enter_context(websocket(hub.ws_url, source_address=(source or "127.0.0.1", 0), additional_headers=headers))
    try:
        opened.recv(10)
    except ConnectionClosed as closed:
        return closed.rcvd.code
    return opened


def viewer(hub, number):
    """The viewer of a hub by number: signing in is slow on purpose."""
    hub.viewers = getattr(hub, "viewers", {})
    if number not in hub.viewers:
        hub.viewers[number] = hub.person("viewer")
    return hub.viewers[number]


def hears(opened):
    opened.send('{"type":"ping","id":7}')
    return '"pong"' in opened.recv(10)


@case("live", "LIVE_SOCKETS_PER_ACCOUNT")
def sockets_of_an_account(hub):
    with contextlib.ExitStack() as held:
        kept = [live(hub, held, viewer(hub, 1)) for _ in range(2)]
        assert live(hub, held, viewer(hub, 1)) == 1013
        assert hears(live(hub, held, viewer(hub, 2))) and all(map(hears, kept))


@case("live", "LIVE_SOCKETS")
def sockets(hub):
    with contextlib.ExitStack() as held:
        kept = [live(hub, held, viewer(hub, n // 2 + 1)) for n in range(4)]
        assert live(hub, held, hub.admin) == 1013
        assert all(map(hears, kept)) and hears(live(hub, held)), "strangers have places of their own"


@case("live", "PUBLIC_SOCKETS_PER_ADDRESS")
def public_sockets_of_an_address(hub):
    with contextlib.ExitStack() as held:
        kept = [live(hub, held, source="127.0.9.1") for _ in range(2)]
        assert live(hub, held, source="127.0.9.1") == 1013
        assert hears(live(hub, held, source="127.0.9.2")) and all(map(hears, kept))


@case("live", "PUBLIC_SOCKETS")
def public_sockets(hub):
    with contextlib.ExitStack() as held:
        kept = [live(hub, held, source=f"127.0.9.{n // 2 + 3}") for n in range(3)]
        assert live(hub, held, source="127.0.9.9") == 1013
        assert hears(live(hub, held, viewer(hub, 1))) and all(map(hears, kept))


@case("live", "LIVE_MESSAGES_PER_SOCKET")
def live_messages(hub):
    with contextlib.ExitStack() as held:
        calm = live(hub, held, viewer(hub, 2))
        for kind in ("ping", "pong", "text"):
            loud = live(hub, held, viewer(hub, 1))
            with pytest.raises(ConnectionClosed) as closed:
                for _ in range(2_000):
                    {"ping": loud.ping, "pong": loud.pong, "text": lambda: loud.send('{"type":"ping"}')}[kind]()
                while True:
                    loud.recv(10)
            assert closed.value.rcvd.code == 1008 and closed.value.rcvd.reason == "too many messages"
        assert hears(calm)


# Requests and sign-ins


@case("requests", "REQUESTS_PER_ADDRESS")
def requests_of_an_address(hub):
    answers = [hub.ask("/api/session", source="127.0.9.1").status for _ in range(120)]
    assert answers[:50] == [200] * 50 and 429 in answers
    assert hub.ask("/api/session", source="127.0.9.2").status == 200


@case("requests", "REQUESTS_PER_ACCOUNT")
def requests_of_an_account(hub):
    answers = [hub.ask("/api/nodes", headers=viewer(hub, 1).headers, source=f"127.0.9.{n % 5 + 10}").status for n in range(60)]
    assert answers[:15] == [200] * 15 and 429 in answers
    assert hub.ask("/api/nodes", headers=viewer(hub, 2).headers, source="127.0.9.16").status == 200


@case("requests", "REQUESTS_PER_DEVICE")
def requests_of_a_device(hub):
    loud, calm = ({"X-Device-Id": f"node_{name}", "X-API-Key": hub.device(f"node_{name}")} for name in ("loud", "calm"))
    answers = [hub.ask("/api/nodes", headers=loud, source=f"127.0.9.{n % 5 + 20}").status for n in range(40)]
    assert set(answers[:9]) == {403} and 429 in answers
    assert hub.ask("/api/nodes", headers=calm, source="127.0.9.26").status == 403


@case("requests", "SIGN_INS_WAITING")
def sign_ins(hub):
    """Those that wait are turned away; who is inside works on. test_limits.py has it beside a person who signs in."""
    calm = viewer(hub, 2)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(hub.login, f"name{n}", "wrong", source=f"127.0.8.{n + 1}", timeout=60) for n in range(8)]
        assert hub.ask("/api/nodes", headers=calm.headers, source="127.0.9.30", timeout=60).status == 200
        statuses = {one.result(90).status for one in waiting}
    assert 429 in statuses and statuses <= {401, 429}


# Devices that nobody added


@case("open", "DEVICES_PER_ADDRESS")
def devices_of_an_address(hub):
    def make(short, source="127.0.9.202"):
        with Raw(hub.mqtt_port, source=source) as raw:
            assert raw.connect(f"maker-{source}", 5).reason == 0
            raw.publish(f"iot/node/{short}/telemetry", '{"sensors":{"n":1}}', 1, 1)
            return raw.expect(PUBACK).reason

    assert [make(f"d{n}") for n in range(5)] == [0, 0, 0, QUOTA, QUOTA]
    assert make("d9", "127.0.9.203") == 0, "another address makes its own"
    # What it has made speaks on, and counts after a restart too; what is removed makes room.
    hub.kill()
    hub.start()
    assert make("d0") == 0 and make("d5") == QUOTA
    assert hub.ask("/api/devices/node_d1", "DELETE").status in (200, 204)
    assert make("d5") == 0 and make("d6") == QUOTA
    assert hub.post("/api/nodes/d7/telemetry", {"sensors": {"n": 1}}).status == 200, "as does an address that speaks HTTP"


# Devices that wait


def knock(hub, name, source):
    """An unknown device asks to be let in; the reason code."""
    with Raw(hub.mqtt_port, source=source) as raw:
        return raw.connect(name, 5, username=name).reason


def waiting(hub):
    return [device["id"] for device in hub.admin.get("/api/devices?state=pending")["devices"]]


def open_join(hub):
    """Opens the window, and nobody waits."""
    hub.admin.must("POST", "/api/join", {"minutes": 10}, (200, 201))
    for name in waiting(hub):
        hub.admin.must("POST", f"/api/devices/{name}/reject")


@case("join", "PENDING_DEVICES_PER_ADDRESS")
def pending_of_an_address(hub):
    open_join(hub)
    calm = Device(hub)
    with calm.undisturbed():
        assert [knock(hub, f"node_p{n}", "127.0.9.100") for n in range(4)] == [0, 0, QUOTA, QUOTA]
        assert knock(hub, "node_p9", "127.0.9.101") == 0, "another address has its own places"


@case("join", "PENDING_DEVICES")
def pending(hub):
    open_join(hub)
    calm = Device(hub)
    with calm.undisturbed():
        assert [knock(hub, f"node_q{n}", f"127.0.9.{110 + n}") for n in range(4)][-1] == QUOTA
        assert waiting(hub) == ["node_q0", "node_q1", "node_q2"]


@case("aside", "PENDING_MESSAGES")
def pending_messages(hub):
    open_join(hub)
    calm = Device(hub)
    with calm.undisturbed(), Raw(hub.mqtt_port, source="127.0.9.120") as raw:
        assert raw.connect("node_w", 5, username="node_w").reason == 0
        reasons = []
        for number in range(1, 6):
            raw.publish("iot/node/w/telemetry", '{"sensors":{"n":1}}', 1, number)
            reasons.append(raw.expect(PUBACK).reason)
        assert reasons == [0, 0, 0, QUOTA, QUOTA]


# Bounds that cannot be set

HERE = "EndToEnd/test_bounds.py"
BROKER, TRUST, WEB, LIVE = "MQTTBrokerTests", "TrustTests", "WebAPITests", "LiveTests"
GUESSING, WORKER = f"{TRUST}/PeopleGuessingTests.swift", f"{TRUST}/PasswordRulesTests.swift"
BROWSERS = f"{TRUST}/PeopleBrowserTests.swift"
FIXED_BROKER, FIXED_TRUST = f"{BROKER}/FixedBoundsTests.swift", f"{TRUST}/FixedBoundsTests.swift"
QUEUES = f"{LIVE}/SubscriberQueueTests.swift"

# Each row of «Fixed» has for each bound that it names (parted by semicolons) a test that fills it: in the place where the bound lives
# if that can be given a small one there, or rows can be put into its table; through the doors if that is a matter of a second.
FIXED = {
    "What a refusal carries beside its code and sentence": [("HubModelTests/RefusalMemberTests.swift", "bounded")],
    "Links of a device, of one kind of a thing, or of a site as a whole, that open something; links of all that is at one site, that open something; links that are kept; keys from one address that open nothing": [
        ("TrustTests/LinkTests.swift", "bounded"), ("TrustTests/LinkTests.swift", "boundedAtSite"),
        ("TrustTests/LinkTests.swift", "bounded"), ("TrustTests/LinkTests.swift", "guessing"),
    ],
    "Picture of a device; all of them together; files that come in at once": [
        ("EndToEnd/test_pictures.py", "test_what_is_no_picture_or_too_large_leaves_nothing"),
        ("BlobsTests/BlobStoreTests.swift", "replacedAndBounded"), ("BlobsTests/BlobStoreTests.swift", "sixteenAtOnce"),
        ("BlobsTests/BlobStoreTests.swift", "fourOfOneUploader"),
    ],
    "Pictures of the devices of one site": [("BlobsTests/BlobRetentionTests.swift", "refused")],
    "Wrong passwords of one name from one address (of IPv6, here and below: one /64)": [
        (GUESSING, "fiveFailuresLockWhoeverItIs"), (GUESSING, "theAddressesOfOneNetworkAreOne"),
        ("EndToEnd/test_guessing.py", "test_guessing_at_an_account_is_held_back_and_others_get_in"),
    ],
    "Wrong passwords from one address within 15 min": [
        (GUESSING, "anAddressIsLockedWhateverNamesItTries"),
        ("EndToEnd/test_guessing.py", "test_one_address_at_many_accounts_is_held_back_too"),
    ],
    "Wrong passwords of one name from everywhere within 15 min": [
        (GUESSING, "aNameIsLockedForStrangersButNotWhereItsOwnerIsKnown"),
        ("EndToEnd/test_guessing.py", "test_many_addresses_at_one_account_are_held_back_too"),
    ],
    "Wrong passwords of one name in one browser that is known (decision 13), or in one sign-in": [
        (BROWSERS, "aBrowserHasALockOfItsOwn"), (BROWSERS, "whatNeighboursTryLocksNobodyWhoHasSignedIn"),
        ("EndToEnd/test_guessing.py", "test_neighbours_lock_nobody_out_of_a_browser_that_is_known"),
    ],
    "Wrong passwords that a device brought along, of one name from one address": [
        (f"{TRUST}/DevicesAdmissionTests.swift", "guessingAPasswordIsSoonNotListenedToAndOthersNoticeNothing"),
        ("EndToEnd/test_guessing.py", "test_guessing_at_a_devices_own_password_is_held_back_and_other_devices_get_in"),
    ],
    "The same, of all names from one address": [
        (f"{TRUST}/DevicesAdmissionTests.swift", "theLockOfAnAddressDoesNotKeepOutADeviceThatIsKnownThere"),
    ],
    "Passwords of devices that wait to be checked": [(WORKER, "theLineIsShortAndFair")],
    "The same, beside these, of devices at the address where they were last": [
        (WORKER, "thoseWhoAreKnownWaitForNoCrowdOfStrangers"),
        ("EndToEnd/test_guessing.py", "test_a_storm_of_sign_ins_does_not_stop_a_device"),
    ],
    "Sign-ins of one account": [(f"{TRUST}/PeopleSignInTests.swift", "tooManySignInsEndTheOldest")],
    "Passwords of people that wait to be checked": [
        (WORKER, "theLineIsShortAndFair"), ("EndToEnd/test_limits.py", "test_passwords_that_wait_to_be_checked"),
    ],
    "The same, beside these, of people at addresses where they are known": [(WORKER, "thoseWhoAreKnownWaitForNoCrowdOfStrangers")],
    "The same, beside these, of people in browsers where they are known, or who are signed in": [
        (WORKER, "thoseWhoShowedSomethingWaitForNobodyWhoDidNot"),
    ],
    "Addresses from which an account is known": [("RegistryTests/PeopleTableTests.swift", "anAccountIsKnownAtItsLastTwentyAddresses")],
    "Browsers in which an account is known": [(BROWSERS, "anAccountIsKnownInSoManyBrowsersAndTheOneUsedLongestAgoIsForgotten")],
    "People who are known in one browser": [(BROWSERS, "peopleWhoShareABrowserAreAllKnownThere")],
    "Rows of failed sign-ins": [(GUESSING, "theTableIsBounded")],
    "Personal tokens of one account; roles; accounts": [
        (HERE, "test_an_account_has_so_many_personal_tokens"), (FIXED_TRUST, "roles"), (FIXED_TRUST, "accounts"),
    ],
    "Programs of people that are let in over MQTT at once, by their tokens": [(FIXED_TRUST, "programs")],
    "Sites; devices; devices of one controller": [
        ("RegistryTests/SiteBoundTests.swift", "sites"), ("NodesTests/LifeTests.swift", "nodesAreBoundedAndNamesAreOfOneKind"),
        (FIXED_TRUST, "controlled"),
    ],
    "Commands that wait for one device": [
        ("NodesTests/CommandLossTests.swift", "tooManyWait"), ("NodesTests/CommandTests.swift", "aCommandWaitsWhileTheNodeIsAway"),
    ],
    "Requests that wait for commands of one device; of one device or controller that asks; of all": [
        ("CommandsTests/PollTests.swift", "tooManyOfOne"), ("CommandsTests/PollTests.swift", "tooManyOfAController"), ("CommandsTests/PollTests.swift", "tooManyOfAll"),
    ],
    "Series of the hub": [("IngestTests/AcknowledgementTests.swift", "aReadingThatTheStoreRefusesLateRefusesItsOwnMessage")],
    "Entries of the audit for what one account may do again and again": [
        ("DeviceDoorsTests/AdmittingTests.swift", "whatAProgramTellsDevicesIsInTheAudit"),
        (f"{TRUST}/RefusalAuditTests.swift", "nobodyFillsTheAudit"),
    ],
    "Body of a request": [
        (f"{WEB}/ServerTests.swift", "a body over the limit is refused before it is read"),
        (f"{WEB}/BodyTests.swift", "a body may come as gzip, within the same limit, and in no other encoding"),
        ("EndToEnd/test_limits.py", "test_a_body_that_is_too_large"),
    ],
    "Open files and sockets": [("EndToEnd/test_scarcity.py", "test_more_connections_than_descriptors_harm_nobody_who_is_there")],
    "Head of a request": [
        (f"{WEB}/ServerTests.swift", "heads are bounded, and garbage is answered with 400"),
        (f"{WEB}/ServerTests.swift", "idle connections and slow bodies are closed"),
        (f"{WEB}/ConnectionTests.swift", "a head that does not come to its end is not waited for"),
    ],
    "Wait for a body's next piece; bytes of a body in each minute of waiting": [
        (f"{WEB}/SlowBodyTests.swift", "stopped"), (f"{WEB}/SlowBodyTests.swift", "drip"),
        ("EndToEnd/test_slow_loris.py", "test_a_body_that_comes_too_slowly_ends_its_connection"),
    ],
    "CONNECT of MQTT, its will included": [(FIXED_BROKER, "connect"), (f"{BROKER}/SessionTests.swift", "connectTimeout")],
    "Name of a shared subscription": [(HERE, "test_a_shared_subscription_has_a_short_name")],
    "Levels of a topic or filter of MQTT": [
        (f"{BROKER}/InboundTests.swift", "tooDeep"), (f"{BROKER}/SubscriptionTests.swift", "limits"), (FIXED_BROKER, "willLevels"),
    ],
    "Client identifier; properties of a packet": [(FIXED_BROKER, "identifiers"), ("MQTTCodecTests/LimitTests.swift", "properties")],
    "Message expiry of 0": [(f"{BROKER}/OutboundTests.swift", "expiryOfZero")],
    "QoS 1 and 2 messages that an MQTT 5 client may have unacknowledged; those on the way to one client": [
        (FIXED_BROKER, "unacknowledged"), (FIXED_BROKER, "onTheWay"),
    ],
    "Topic aliases that a client defines": [(FIXED_BROKER, "aliases"), (f"{BROKER}/OwnerMemoryTests.swift", "aliasesAndUnfinished")],
    "Bytes on the way to one client, and to all": [
        (f"{BROKER}/BoundsTests.swift", "slowAtMostOnce"), (f"{BROKER}/BoundsTests.swift", "heldUp"),
    ],
    "Messages that wait to be stored": [
        (f"{BROKER}/BoundsTests.swift", "overload"), (f"{BROKER}/SocketTests.swift", "pushBack"),
        ("IngestTests/LineTests.swift", "aFullQueuePushesBackAndAStoppingLineStoresWhatItTook"),
    ],
    "Owners without a session whose rate is remembered": [(FIXED_BROKER, "restingOwners")],
    "Large answers (more than 64 KiB) that are made and not read yet: of one account, device or, without either, address; of all": [
        (f"{WEB}/UnreadAnswersTests.swift", "who reads nothing is told to, what is read is counted no more, and a large answer comes whole"),
        (f"{WEB}/UnreadAnswersTests.swift", "in all there is a bound too, and whoever is alone has any one answer"),
    ],
    "Wait for a client to take a piece of an answer: of at most 64 KiB, or the whole of a smaller answer": [
        (f"{WEB}/StreamedAnswerTests.swift", "slowReader"), (f"{WEB}/DrippingReaderTests.swift", "drip"),
    ],
    "Refusals that are kept of a device for its operator": [
        ("RegistryTests/DeviceRefusalTests.swift", "bounded"), ("IngestTests/RefusalAllowanceTests.swift", "oneDevice"),
        ("IngestTests/RefusalAllowanceTests.swift", "allDevices"),
    ],
    "Message on /ws": [
        ("EndToEnd/test_live.py", "test_binary_and_oversized_messages_close"),
        (f"{LIVE}/LiveSessionTests.swift", "a socket has 64 topics, and bad ones change nothing"),
    ],
    "What waits for one live socket": [
        (QUEUES, "over the limit the newest event of each topic stays, in order"),
        (QUEUES, "answers and replays are bounded, and a replay is taken last"),
        ("EndToEnd/test_live.py", "test_a_slow_page_is_coalesced_then_closed_and_devices_go_on"),
    ],
    "Events that are kept to be replayed, once for all sockets": [(f"{LIVE}/LiveRingTests.swift", "a ring is bounded in number and in bytes")],
}


# A solution's rows name their tests beside them.
OF_SOLUTIONS = {
    row[0]: [tuple(test.split(": ", 1)) for test in row[2].split("; ")]
    for file in sorted((ROOT / "Sources/Solutions").glob("*/limits.md")) for row in lines("fixed", file)
}


@pytest.mark.parametrize("row", [*rows("fixed"), *OF_SOLUTIONS])
def test_a_fixed_bound_is_filled_by_a_test(row):
    tests = (FIXED | OF_SOLUTIONS).get(row)
    assert tests, f"nothing fills «{row}» of docs/limits.md"
    assert len(tests) >= len(row.split("; ")), f"«{row}» names more bounds than there are tests"
    for file, name in tests:
        source = (ROOT / "Tests" / file).read_text()
        if file.endswith(".json"):
            assert json.loads(source)["why"] == name
            continue
        function = rf"^def {name}\(" if file.endswith(".py") else rf"@Test\b[^@]*?\bfunc (?:{name}|`{re.escape(name)}`)\("
        assert re.search(function, source, re.M), f"«{row}»: there is no test {name} in {file}"


def test_every_fixed_bound_has_its_row():
    assert set(FIXED) == set(rows("fixed")) and not set(FIXED) & set(OF_SOLUTIONS)


def test_an_account_has_so_many_personal_tokens(hubs):
    hub = hubs("all")
    loud, calm = hub.person("viewer"), hub.admin
    answers = [loud.post("/api/account/tokens", {"name": f"t{n}", "scopes": ["nodes.view"], "days": 1}) for n in range(51)]
    assert [a.status for a in answers] == [201] * 50 + [429] and answers[-1].json()["code"] == "limit_reached"
    assert calm.personal_token(["nodes.view"])["token"]


def test_a_node_has_so_many_fields(hubs):
    hub = hubs("all")
    loud, calm = Device(hub), Device(hub)
    with calm.undisturbed(), loud.raw() as raw:
        reasons = []
        for turn in range(5):
            fields = ",".join(f'"f{turn * 60 + n}":{n}' for n in range(60))
            raw.publish(f"iot/node/{loud.short}/telemetry", '{"sensors":{%s}}' % fields, 1, turn + 1)
            reasons.append(raw.expect(PUBACK).reason)
        assert reasons == [0] * 4 + [QUOTA], reasons
        raw.publish(f"iot/node/{loud.short}/telemetry", '{"sensors":{"f1":2}}', 1, 9)
        assert raw.expect(PUBACK).reason == 0, "those that it has, it has"


def test_a_shared_subscription_has_a_short_name(hubs):
    hub = hubs("all")
    loud = Device(hub)
    with loud.raw() as raw:
        topic = f"iot/node/{loud.short}/command"
        assert [raw.subscribe(f"$share/{'g' * count}/{topic}", 1, count) for count in (64, 65, 3_000)] == [1, DENIED, DENIED]
        raw.send(packet(8, struct.pack("!H", 9) + b"\x00" + text(f"$share/a+b/{topic}") + b"\x01"))
        assert [p.kind for p in raw.ends()] == [DISCONNECT], "a wildcard in it is no MQTT"


def test_a_packet_that_is_not_whole_counts(hubs):
    hub = hubs("all")
    loud, calm = Device(hub), Device(hub)
    with calm.undisturbed(), loud.raw() as raw:
        raw.send(publish_packet(f"iot/node/{loud.short}/telemetry", "x" * 60_000, version=5)[:20_000])
        said = raw.ends()
        assert [p.kind for p in said] == [DISCONNECT] and said[0].reason == QUOTA
