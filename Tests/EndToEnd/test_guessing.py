"""Somebody guesses: passwords, codes, keys. It gets slow and then stops, and nobody else is kept out by it."""

import base64
import hashlib
import hmac
import itertools
import json
import socket
import statistics
import struct
import threading
import time

import pytest

from support.accounts import ADMIN, PASSWORD, cookies_of, new_password
from support.clock import Clock
from support.server import run
from support.settings import limits
from support.waiting import wait_for

# docs/limits.md: five failures of a name from one address, 100 of one address, 50 of one name from everywhere.
OF_PAIR, OF_ADDRESS, OF_NAME = 5, 100, 50


def totp(secret, at=None, step=30):
    """RFC 6238 with SHA-1 and six digits."""
    counter = struct.pack("!Q", int((at or time.time()) // step))
    mark = hmac.new(base64.b32decode(secret + "=" * (-len(secret) % 8)), counter, hashlib.sha1).digest()
    offset = mark[-1] & 15
    return f"{(struct.unpack('!I', mark[offset:offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def guess(hub, name, source, password="wrong", code=None):
    return hub.login(name, password, code, source=source)


def until_held(hub, name, source):
    """Guesses until the door holds; (the answers before, the answer that holds)."""
    before = []
    for _ in range(OF_PAIR + 1):
        answer = guess(hub, name, source)
        if answer.status == 429:
            return before, answer
        assert answer.status == 401 and answer.json()["code"] == "bad_credentials", answer
        before.append(answer)
    raise AssertionError(f"{OF_PAIR + 1} guesses at {name} and none was held back")


@pytest.mark.timeout(600)
def test_guessing_at_an_account_is_held_back_and_others_get_in(own_closed):
    hub = own_closed()
    victim, other = hub.person("viewer"), hub.person("viewer")
    before, held = until_held(hub, victim.name, "127.0.0.21")
    assert len(before) == OF_PAIR, "mistyping a few times is human"
    wait = int(held.headers["Retry-After"])
    assert wait >= 1 and held.json()["code"] == "too_many_requests"
    # While it holds, the right password is refused just as a wrong one: an attacker learns nothing from it.
    again = guess(hub, victim.name, "127.0.0.21", victim.password)
    assert again.status == 429, again
    assert hub.login(victim.name, victim.password).status == 200, "nobody can lock its owner out of an account"
    assert hub.login(other.name, other.password, source="127.0.0.22").status == 200, "others sign in"
    assert hub.login(ADMIN, PASSWORD, source="127.0.0.23").status == 200
    assert victim.get("/api/account")["username"] == victim.name, "who was signed in stays so"
    entries = hub.audit(action="lock_out") + hub.audit(action="sign_in")
    assert [e for e in entries if e["target"] == f"user:{victim.name}" and e["outcome"] == "refused"]
    assert 'martlet_' in hub.metrics_text()


@pytest.mark.timeout(600)
def test_the_door_opens_again_by_itself_and_holds_longer_each_time(own_closed):
    hub = own_closed(clock=Clock())
    hub.clock.freeze()
    victim = hub.person("viewer")
    _, held = until_held(hub, victim.name, "127.0.0.21")
    wait = int(held.headers["Retry-After"])
    assert wait <= 30
    hub.clock.advance(wait - 2)
    assert guess(hub, victim.name, "127.0.0.21").status == 429, "not before"
    hub.clock.advance(2)
    assert guess(hub, victim.name, "127.0.0.21").status == 401, "after Retry-After one is listened to"
    again = guess(hub, victim.name, "127.0.0.21", victim.password)
    assert again.status == 429 and int(again.headers["Retry-After"]) > 30, "the next lock is twice as long"


@pytest.mark.timeout(600)
def test_many_addresses_at_one_account_are_held_back_too(own_closed):
    hub = own_closed()
    victim = hub.person("viewer")
    statuses = [guess(hub, victim.name, f"127.0.1.{n}").status for n in range(1, OF_NAME + 5)]
    assert statuses[:OF_NAME] == [401] * OF_NAME and set(statuses[OF_NAME:]) == {429}, statuses
    assert guess(hub, victim.name, "127.0.1.200", victim.password).status == 429, "from anywhere that it never signed in from"
    assert hub.login(victim.name, victim.password).status == 200, "its owner, from where they always do"


def test_a_guess_that_began_before_a_lock_does_not_undo_it(own_closed):
    """Its head comes before the lock, the rest of its body when there is one."""
    hub = own_closed()
    victim = hub.person("viewer")
    body = json.dumps({"username": victim.name, "password": "wrong"}).encode()
    with socket.create_connection(("127.0.0.1", hub.http_port), 30, ("127.0.0.21", 0)) as slow:
        slow.sendall(b"POST /api/auth/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                     b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body[:1])
        until_held(hub, victim.name, "127.0.0.21")
        slow.sendall(body[1:])
        answer = b"".join(iter(lambda: slow.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 429 "), answer[:200]
    assert guess(hub, victim.name, "127.0.0.21", victim.password).status == 429, "the lock is still there"


@pytest.mark.timeout(600)
def test_one_address_at_many_accounts_is_held_back_too(own_closed):
    hub = own_closed()
    resident = hub.person("viewer")
    assert hub.login(resident.name, resident.password, source="127.0.0.41").status == 200
    statuses = [guess(hub, f"name{n}", "127.0.0.41").status for n in range(OF_ADDRESS + 5)]
    assert statuses[:OF_ADDRESS] == [401] * OF_ADDRESS and set(statuses[OF_ADDRESS:]) == {429}, statuses
    assert hub.login(ADMIN, PASSWORD, source="127.0.0.42").status == 200, "from elsewhere one gets in"
    assert hub.login(resident.name, resident.password, source="127.0.0.41").status == 200, "and from there whoever is known there"


# Browsers that are known


def browser_of(answer):
    """The cookie by which a browser is known, as a header has it; None: the answer sets none."""
    return next((f"{name}={value}" for name, (value, _) in cookies_of(answer).items() if name.startswith("martlet_browser_")), None)


def from_page(hub, name, password, browser, **options):
    """Signs in as a page does whose browser shows this."""
    return hub.login(name, password, headers={"Cookie": browser, "Origin": hub.url}, **options)


def test_neighbours_lock_nobody_out_of_a_browser_that_is_known(own_closed):
    """All of an office have one address, and one of them types wrong passwords under the admin's name."""
    hub = own_closed()
    browser = browser_of(hub.admin.answer)
    until_held(hub, ADMIN, None)
    stranger = guess(hub, ADMIN, None, PASSWORD)
    assert stranger.status == 429, "at that address the name is locked, known or not"
    answer = from_page(hub, ADMIN, PASSWORD, browser)
    assert answer.status == 200, answer
    assert guess(hub, ADMIN, None, PASSWORD).status == 429, "that opened it for nobody else"
    # Who is in already is not kept from what asks for the password once more.
    assert hub.ask(
        "/api/account/second-factor", "POST", {"password": PASSWORD}, {"Authorization": f"Bearer {answer.json()['token']}"}).status == 200
    for _ in range(3):
        answer = from_page(hub, ADMIN, PASSWORD, browser_of(answer))
        assert answer.status == 200, "each sign-in gives the next"


def test_a_copy_of_what_a_browser_shows_is_held_back_by_itself(own_closed):
    hub = own_closed()
    victim = hub.person("viewer")
    browser = browser_of(victim.answer)
    answers = [from_page(hub, victim.name, "wrong", browser, source=f"127.0.8.{n}") for n in range(1, OF_PAIR + 3)]
    assert [a.status for a in answers] == [401] * OF_PAIR + [429] * 2, "from as many addresses as one likes"
    assert int(answers[-1].headers["Retry-After"]) <= 30
    assert from_page(hub, victim.name, victim.password, browser).status == 429
    assert hub.login(victim.name, victim.password).status == 200, "the person, without it or in another browser"


@pytest.mark.parametrize("ending", ["passwd", "sign-out", "sign-out --everybody", "by an admin", "by oneself"])
def test_a_browser_is_a_stranger_again_after_a_new_password_or_a_sign_out_everywhere(own_closed, ending):
    hub = own_closed()
    victim, password = hub.person("viewer"), new_password()
    browser = browser_of(victim.answer)
    if ending == "passwd":
        assert run("user", "passwd", victim.name, "--password-stdin", "--data", hub.data, input=password + "\n").returncode == 0
    elif ending == "by an admin":
        hub.admin.must("POST", f"/api/users/{victim.name}/password", {"password": password})
    elif ending == "by oneself":
        victim.must("POST", "/api/account/password", {"current": victim.password, "new": password})
    else:
        password = victim.password
        who = ["--everybody"] if "everybody" in ending else [victim.name]
        assert run("user", "sign-out", *who, "--data", hub.data).returncode == 0
    until_held(hub, victim.name, None)
    assert from_page(hub, victim.name, password, browser).status == 429
    assert from_page(hub, victim.name, password, browser, source="127.0.0.77").status == 200


def test_a_browser_stays_known_when_one_signs_out_and_when_the_hub_starts_again(own_closed):
    hub = own_closed()
    victim = hub.person("viewer")
    browser = browser_of(victim.answer)
    out = hub.ask("/api/auth/logout", "POST", {}, {"Cookie": f"{browser}; {victim.cookie_header('refresh')}", "Origin": hub.url})
    assert out.status == 204 and browser_of(out) is None
    until_held(hub, victim.name, None)
    hub.stop()
    hub.start()
    assert guess(hub, victim.name, None, victim.password).status == 429, "the lock is still there"
    assert from_page(hub, victim.name, victim.password, browser).status == 200


@pytest.mark.timeout(600)
def test_a_copy_of_the_hub_knows_the_browsers_until_everybody_is_signed_out(own_closed, tmp_path):
    hub = own_closed()
    victim = hub.person("viewer")
    before = browser_of(victim.answer)
    assert run("backup", tmp_path / "copy", "--data", hub.data).returncode == 0
    later = browser_of(hub.login(victim.name, victim.password))
    for name, shown in (("one", before), ("two", later), ("three", before)):
        data = tmp_path / name
        assert run("restore", tmp_path / "copy", "--data", data).returncode == 0
        if name == "three":
            assert run("user", "sign-out", "--everybody", "--data", data).returncode == 0
        copy = own_closed(data)
        until_held(copy, victim.name, None)
        answer = from_page(copy, victim.name, victim.password, shown)
        assert answer.status == (200 if name == "one" else 429), name
        copy.stop()


@pytest.mark.timeout(600)
def test_what_a_browser_shows_tells_nothing_to_who_guesses(own_closed):
    """Nothing, nonsense, somebody else's, one's own that has ended: the same answers for names that are and that are not."""
    hub = own_closed()
    victim, other = hub.person("viewer"), hub.person("viewer")
    ended = browser_of(victim.answer)
    assert run("user", "sign-out", victim.name, "--data", hub.data).returncode == 0
    cookie = ended.partition("=")[0]
    shown = [f"{cookie}=", f"{cookie}=mbk_{'A' * 43}", f"{cookie}={'.' * 3000}", browser_of(other.answer), ended]
    seen = {}
    for number, (name, browser) in enumerate((n, b) for n in (victim.name, "nobody-of-that-name") for b in shown):
        answers = [from_page(hub, name, "wrong", browser, source=f"127.0.9.{number + 1}") for _ in range(OF_PAIR + 1)]
        assert [a.status for a in answers] == [401] * OF_PAIR + [429], (name, browser)
        seen[name, browser] = [(a.body if a.status == 401 else a.json()["code"], tuple(sorted(a.headers))) for a in answers]
    assert len({tuple(found) for found in seen.values()}) == 1, seen


def test_nobody_learns_which_names_exist(own_closed):
    """Known, unknown, disabled, impossible: the same answers, before and after the door holds."""
    hub = own_closed()
    known, disabled = hub.person("viewer"), hub.person("viewer")
    hub.admin.must("POST", f"/api/users/{disabled.name}/disable")
    seen = {}
    for number, name in enumerate([known.name, disabled.name, "nobody-of-that-name", "no name at all / ' \""]):
        answers = [guess(hub, name, f"127.0.2.{number + 1}") for _ in range(OF_PAIR + 2)]
        seen[name] = [(a.status, a.body if a.status == 401 else a.json()["code"]) for a in answers]
    assert len({tuple(found) for found in seen.values()}) == 1, {name: [s for s, _ in found] for name, found in seen.items()}
    # The right password of somebody who is disabled tells nothing either.
    answer = guess(hub, disabled.name, "127.0.2.9", disabled.password)
    assert (answer.status, answer.body) == seen[known.name][0]


def test_an_unknown_name_takes_as_long_as_a_known_one(own_closed):
    """Bounded above by chance, hence medians and a wide factor: without the work of scrypt it would be a hundred times."""
    hub = own_closed()
    people = [hub.person("viewer").name for _ in range(6)]

    def seconds(name, source):
        begun = time.monotonic()
        assert guess(hub, name, source).status == 401
        return time.monotonic() - begun

    pairs = [(seconds(name, f"127.0.3.{n}"), seconds(f"no-{name}", f"127.0.4.{n}")) for n, name in enumerate(people, 1)]
    known, unknown = (statistics.median(times) for times in zip(*pairs))
    assert 0.4 < unknown / known < 2.5, (known, unknown)


def second_factor(person):
    """Turns the second factor on; (secret, recovery codes)."""
    made = person.must("POST", "/api/account/second-factor", {"password": person.password})
    told = person.must("POST", "/api/account/second-factor/confirm", {"code": totp(made["secret"])})
    return made["secret"], told["recovery_codes"]


def test_codes_cannot_be_guessed_either(own_closed):
    hub = own_closed()
    person = hub.person("viewer")
    secret, _ = second_factor(person)
    good = {totp(secret, time.time() + 30 * n) for n in range(-3, 20)}
    codes = [code for code in (f"{n:06}" for n in range(100)) if code not in good]
    statuses = [guess(hub, person.name, "127.0.5.1", person.password, code).status for code in codes[: OF_PAIR + 2]]
    assert statuses == [401] * OF_PAIR + [429, 429], "who knows the password cannot guess at the code any faster"


def test_without_the_password_nobody_learns_of_the_second_factor(own_closed):
    hub = own_closed()
    person = hub.person("viewer")
    second_factor(person)
    assert hub.login(person.name, "wrong", source="127.0.0.51").json()["code"] == "bad_credentials"
    assert hub.login(person.name, person.password, source="127.0.0.52").json()["code"] == "second_factor_needed"


def test_guessing_at_a_devices_own_password_is_held_back_and_other_devices_get_in(own_closed):
    """Keys of the hub's making have 256 random bits and need no such care; passwords that devices brought along do."""
    hub = own_closed()
    key, password = hub.device("node_other"), "brought-along-1"
    hub.admin.must("POST", "/api/join", {"minutes": 5})
    assert hub.connack("node_target", password) == 0
    hub.admin.must("POST", "/api/devices/node_target/approve", {"kind": "node", "credential": "offered"})
    reasons = [hub.connack("node_target", f"brought-along-{n}", source="127.0.0.61") for n in range(2, 12)]
    assert reasons[0] in (0x86, 0x87) and 0 not in reasons
    assert reasons[-1] in (0x88, 0x89, 0x97, 0x9F), "it is said that nobody listens: " + ", ".join(map(hex, reasons))
    held = hub.connack("node_target", password, source="127.0.0.61")
    assert held in (0, reasons[-1]), "the right one is no different from a wrong one there, or was known before"
    assert hub.connack("node_target", password, source="127.0.0.62") == 0, "the device itself, from where it is, gets in"
    assert hub.connack("node_other", key, source="127.0.0.61") == 0, "another one of the same house too"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("place", ["browser", "address"])
def test_who_is_known_gets_in_while_strangers_take_all_places_for_checking(own_closed, place):
    """Those of a browser or an address that is known wait elsewhere: no crowd of wrong passwords keeps them out."""
    hub = own_closed(settings=limits(SIGN_INS_WAITING=2, REQUESTS_PER_ADDRESS=0))
    person, stranger = hub.person("viewer"), hub.person("viewer")
    browser, home = browser_of(person.answer), "127.0.10.200"
    assert hub.login(person.name, person.password, source=home).status == 200, "from now on they are known there"
    stop, statuses, elsewhere = threading.Event(), [], itertools.count(1)

    def storm(number):
        """Each from an address of its own, with a name of its own each time, so that nothing but the places holds it back."""
        for turn in itertools.count():
            if stop.is_set():
                return
            statuses.append(hub.login(f"name{number}-{turn}", "wrong", source=f"127.0.10.{number}", timeout=60).status)

    def turned_away():
        """Whether somebody finds no place who shows nothing but the right password, at an address where they never were."""
        answer = hub.login(stranger.name, stranger.password, source=f"127.0.11.{next(elsewhere) % 250 + 1}", timeout=60)
        return answer if answer.status == 429 else None

    threads = [threading.Thread(target=storm, args=(number,)) for number in range(1, 13)]
    for thread in threads:
        thread.start()
    try:
        answer = wait_for(turned_away, "all places are taken", 30, 0)
        assert "at this moment" in answer.json()["detail"] and int(answer.headers["Retry-After"]) >= 1, answer
        before = statuses.count(429)
        for _ in range(5):
            if place == "browser":
                answer = from_page(hub, person.name, person.password, browser, source="127.0.10.202", timeout=60)
                browser = browser_of(answer)
            else:
                answer = hub.login(person.name, person.password, source=home, timeout=60)
            assert answer.status == 200, answer
            wait_for(turned_away, "the places stay taken", 30, 0)
        assert statuses.count(429) > before, "others were turned away meanwhile"
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)
    assert set(statuses) == {401, 429}, set(statuses)


@pytest.mark.timeout(600)
def test_a_storm_of_sign_ins_does_not_stop_a_device(own_closed):
    """scrypt is expensive on purpose; a device's acknowledgements do not wait for it."""
    from support.raw import PUBACK, Raw

    hub = own_closed()
    key = hub.device("node_steady")
    stop, statuses = threading.Event(), []

    def storm(number):
        while not stop.is_set():
            statuses.append(hub.login(f"name{number}-{len(statuses)}", "wrong", source=f"127.0.6.{number}").status)

    def latencies(raw, count, first):
        found = []
        for n in range(count):
            begun = time.monotonic()
            raw.publish("iot/node/steady/telemetry", '{"sensors":{"n":%d}}' % n, 1, first + n)
            assert raw.expect(PUBACK).reason == 0
            found.append(time.monotonic() - begun)
        return sorted(found)

    threads = [threading.Thread(target=storm, args=(n,)) for n in range(1, 9)]
    with Raw(hub.mqtt_port) as raw:
        assert raw.connect("steady", 5, username="node_steady", password=key).reason == 0
        quiet = latencies(raw, 200, 1)
        for thread in threads:
            thread.start()
        try:
            wait_for(lambda: len(statuses) > 8, "the storm blows", 20)
            busy, first = [], 1001
            while len(statuses) < 40 and first < 60_000:
                busy = sorted(busy + latencies(raw, 100, first))
                first += 100
        finally:
            stop.set()
            for thread in threads:
                thread.join(30)
    assert len(statuses) >= 40
    print(f"median {statistics.median(quiet) * 1e3:.1f} ms quiet, {statistics.median(busy) * 1e3:.1f} ms in the storm, worst {busy[-1] * 1e3:.0f} ms")
    # The benchmark measures this properly; here: it never stands still.
    assert busy[-1] < 2.0


@pytest.mark.timeout(600)
def test_guessing_at_a_devices_own_password_does_not_delay_a_device_with_a_key(own_closed):
    """Passwords cost scrypt, keys do not: however many connections guess, who shows a key is answered at once."""
    from support.raw import Closed, Raw, connect_packet

    def answer_of(raw):
        """The reason code; None for a guess that gave way to newer connections or was too long in coming."""
        try:
            return raw.read().reason
        except Closed:
            return None

    hub = own_closed()
    key, password = hub.device("node_steady"), "brought-along-1"
    hub.admin.must("POST", "/api/join", {"minutes": 5})
    assert hub.connack("node_target", password) == 0
    hub.admin.must("POST", "/api/devices/node_target/approve", {"kind": "node", "credential": "offered"})

    def seconds():
        begun = time.monotonic()
        assert hub.connack("node_steady", key) == 0
        return time.monotonic() - begun

    quiet = statistics.median(seconds() for _ in range(5))
    guesses = [Raw(hub.mqtt_port, 60, source=f"127.0.7.{n % 3 + 1}") for n in range(360)]
    try:
        for n, raw in enumerate(guesses):
            raw.version = 5
            raw.send(connect_packet(f"guess{n}", 5, username="node_target", password=f"wrong-password-{n}"))
        busy = [seconds() for _ in range(5)]
        reasons = [answer_of(raw) for raw in guesses]
    finally:
        for raw in guesses:
            raw.close()
    print(f"CONNACK after {quiet:.3f} s quiet, {statistics.median(busy):.3f} s while they guess, worst {max(busy):.3f} s")
    assert statistics.median(busy) < max(10 * quiet, 1.0)
    # Nor are many guesses at once more guesses than in a row: five of each address, and the one that closes the door.
    assert 0 not in reasons and sum(reason in (0x86, 0x87) for reason in reasons) <= 3 * 6, reasons
    overloaded = [line for line in hub.metrics_text().splitlines() if line.startswith("martlet_devices_passwords_overload_total")]
    assert overloaded and float(overloaded[0].split()[-1]) > 0, overloaded
