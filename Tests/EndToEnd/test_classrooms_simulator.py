"""Simulated classrooms against the built hub, over HTTP and MQTT: rooms go dark and light, with keys on a closed hub, and without a hub."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from conftest import LOGS
from support.accounts import Closed
from support.server import Martlet, run
from support.waiting import wait_for


def simulating(hub, *arguments):
    """`simulate classrooms` until the end of its time, beside what the test does."""
    pool = ThreadPoolExecutor(1)
    done = pool.submit(
        run, "simulate", "classrooms", "--http", f"127.0.0.1:{hub.http_port}", "--mqtt", f"127.0.0.1:{hub.mqtt_port}", *arguments, timeout=120)
    pool.shutdown(wait=False)
    return done


def counts(done):
    """The numbers of the last line."""
    names = ("answered", "failed", "lost", "late", "restarts", "off", "on", "alone")
    found = re.fullmatch(
        r"(\d+) reports and questions answered, (\d+) failed, (\d+) lost on purpose, (\d+) late, (\d+) restarts; "
        r"power off (\d+) times, on (\d+) times, (\d+) of them without the hub\n", done.stdout)
    assert found, done
    return dict(zip(names, map(int, found.groups())))


@pytest.mark.parametrize("over", ["http", "mqtt"])
def test_rooms_of_an_open_hub_go_dark_and_light(tmp_path, over):
    hub = Martlet(tmp_path / "data", LOGS / f"e2e-classrooms-simulator-{over}.log", ["--open"])
    try:
        hub.start()
        # Four hours of a school morning in twelve seconds.
        done = simulating(hub, "--rooms", "6", "--speed", "1000", "--seed", "7", "--faulty", "0", "--over", over, "--seconds", "14").result(150)
        told = counts(done)
        assert done.returncode == 0 and told["failed"] == 0 and told["late"] == 0, done
        # At that speed a machine that is busy for a third of a second is a hub that is gone.
        assert told["off"] >= 6 and told["on"] >= 3, done
        rooms = hub.get("/api/staff/classrooms")["classrooms"]
        assert [room["name"] for room in rooms] == [f"esp-{n:03}" for n in range(1, 7)]
        assert all(room["online"] and room["occupancy"] != "unknown" for room in rooms), rooms
        log = hub.get("/api/admin/power-logs?limit=1000")
        # What a relay did in the last moment may not be told yet.
        assert 0 <= told["off"] + told["on"] - len(log["logs"]) <= 6, log
        assert all(device["missing_reports"] == 0 for device in hub.get("/api/admin/devices")["devices"])
    finally:
        hub.end()


@pytest.mark.parametrize("over", ["http", "mqtt"])
def test_rooms_show_their_keys_to_a_closed_hub(tmp_path, over):
    hub = Closed(tmp_path / "data", LOGS / f"e2e-classrooms-simulator-closed-{over}.log")
    keys, forged = tmp_path / "keys.txt", tmp_path / "forged.txt"
    try:
        hub.start()
        listed = lambda what: [json.loads(line) for line in run("simulate", "classrooms", "--rooms", "3", "--list", what).stdout.splitlines()]  # noqa: E731
        for room in listed("rooms"):
            hub.admin.must("POST", "/api/admin/classrooms", room, (201,))
        added = [hub.admin.must("POST", "/api/admin/devices", device, (201,)) for device in listed("devices")]
        keys.write_text("".join(f"{device['device_id']} {device['api_key']}\n" for device in added))
        assert run("simulate", "classrooms", "--rooms", "3", "--list", "names").stdout.split() == [device["device_id"] for device in added]
        options = ("--rooms", "3", "--speed", "600", "--seed", "7", "--faulty", "0", "--over", over)
        done = simulating(hub, *options, "--seconds", "10", "--keys", keys).result(150)
        assert done.returncode == 0 and counts(done)["failed"] == 0 and counts(done)["off"] >= 3, done
        rooms = hub.admin.get("/api/staff/classrooms")["classrooms"]
        assert [room["classroom_id"] for room in rooms] == [f"room-esp-00{n}" for n in (1, 2, 3)] and all(room["online"] for room in rooms)
        # Without a key, and with one that is another's, a device is not let in, and does not ask again and again.
        forged.write_text(f"esp-001 {added[1]['api_key']}\n")
        done = simulating(hub, *options, "--seconds", "7", "--keys", forged).result(150)
        assert done.returncode == 1 and counts(done)["answered"] == 0, done
        assert "3 of 3 rooms were not let in" in done.stderr, done
    finally:
        hub.end()


def test_rooms_act_without_the_hub_and_tell_it_later(tmp_path):
    hub = Martlet(tmp_path / "data", LOGS / "e2e-classrooms-simulator-away.log", ["--open"])
    try:
        hub.start()
        # Without a seed it begins now; there are lessons at any hour, and of forty rooms some change in any quarter of an hour.
        done = simulating(
            hub, "--rooms", "40", "--speed", "120", "--timetable", "always", "--faulty", "0", "--over", "http", "--seconds", "50")
        wait_for(lambda: len(hub.get("/api/staff/classrooms")["classrooms"]) == 40, "the rooms report", 30)
        time.sleep(4)
        hub.stop()
        # Five minutes of the devices are two and a half seconds.
        time.sleep(12)
        # Where the devices know it to be.
        hub.arguments = [*hub.arguments, "--http", f"127.0.0.1:{hub.http_port}"]
        hub.start()
        told = counts(done.result(150))
        assert told["failed"] > 0 and told["alone"] > 0, told
        log = hub.get("/api/admin/power-logs?limit=10000")["logs"]
        assert {"movement", "idle"} & {entry["reason"] for entry in log}, log
        assert 0 <= told["off"] + told["on"] - len(log) <= 40, log
        assert all(device["missing_reports"] == 0 for device in hub.get("/api/admin/devices")["devices"])
    finally:
        hub.end()


@pytest.mark.parametrize("arguments, told", [
    (["--rooms", "0"], "--rooms must be from 1 to 5000"), (["--rooms", "5001"], "--rooms must be from 1 to 5000"),
    (["--speed", "0.5"], "--speed must be from 1 to 1000"), (["--faulty", "101"], "--faulty must be"), (["--loss", "-1"], "--loss"),
    (["--over", "pigeon"], "--over"), (["--start", "yesterday"], "--start must be a time"), (["--prefix", "a b"], "--prefix must be"),
    (["--time-zone", "Mars"], "--time-zone must be"), (["--list", "people"], "--list"), (["--timetable", "never"], "--timetable"),
    (["--http", "nowhere"], "--http must be HOST:PORT")])
def test_what_is_asked_of_the_simulator_is_checked(arguments, told):
    done = run("simulate", "classrooms", "--seconds", "1", *arguments)
    assert done.returncode == 64 and told in done.stderr and not done.stdout, done


@pytest.mark.parametrize("over", ["http", "mqtt"])
def test_rooms_without_a_hub_end_when_they_are_told_to(over):
    done = run("simulate", "classrooms", "--over", over, "--seconds", "1", "--http", "127.0.0.1:1", "--mqtt", "127.0.0.1:1", timeout=30)
    assert done.returncode == 0 and counts(done)["answered"] == 0, done


def test_the_demonstration_has_two_rooms_that_live(tmp_path):
    log = LOGS / "e2e-classrooms-demo.log"
    log.unlink(missing_ok=True)
    hub = Closed(tmp_path / "demo", log, ["--demo"], admin=False)
    try:
        hub.start()
        name = re.search(r"(?im)^.*\b(?:user|name|sign in as)\W+([a-z0-9._-]+)", log.read_text())
        password = re.search(r"(?im)password\W+(\S+)", log.read_text())
        person = hub.sign_in(name[1], password[1])
        rooms = lambda: person.get("/api/staff/classrooms")["classrooms"]  # noqa: E731
        wait_for(lambda: [room["online"] for room in rooms()] == [True, True], "both rooms report, one over HTTP and one over MQTT", 30)
        lecture, seminar = rooms()
        assert (lecture["classroom_id"], seminar["classroom_id"]) == ("demo-lecture", "demo-seminar")
        assert seminar["booked_now"] and lecture["next"], rooms()
        # A device that hears of a power change says that it has followed.
        person.must("POST", "/api/admin/classrooms/demo-seminar/power", {"power_on": False, "minutes": 60})
        wait_for(lambda: rooms()[1]["power_on"] is False, "the relay follows within half a minute", 60)
        assert rooms()[1]["switching"]["stage"] == "confirmed", rooms()[1]
    finally:
        hub.end()
