"""What is old enough goes: by `martlet retention`, which says first what it would do, and by the hub itself once an hour."""

import contextlib
import sqlite3
import time

from support.server import run
from support.waiting import wait_for

DAY = 86_400
# The rules of the house and of the car parks, whose rows `age` makes or could make; what other solutions keep is theirs to test.
RULES = {"hub.commands", "parking.history", "parking.reservations", "hub.picture", "hub.picture-bytes"}


def age(hub):
    """Gives a stopped hub 2,500 commands that are over and one that is not, all of 100 days ago, a spot that changed three times then and the name of a request."""
    then = round((time.time() - 100 * DAY) * 1e6)
    with contextlib.closing(sqlite3.connect(hub.data / "martlet.db")) as book:
        book.execute("PRAGMA foreign_keys = ON")
        book.execute("INSERT INTO device (id, kind, first_seen, last_seen) VALUES ('node_01', 'node', ?, ?)", (then, then))
        for number in range(2_501):
            due, state = (then, "queued") if number == 0 else (None, "done")
            book.execute(
                "INSERT INTO command (id, device, sequence, name, parameters, state, created_at, updated_at, expires_at, timeout_seconds, due_at)"
                " VALUES (?, 'node_01', ?, 'read', '{}', ?, ?, ?, ?, 5, ?)",
                (f"command-of-long-ago-{number:05}", number + 1, state, then, then, then + 365 * DAY * 1_000_000, due and due + 365 * DAY * 1_000_000))
            book.execute("INSERT INTO command_step VALUES (?, 0, ?, ?)", (f"command-of-long-ago-{number:05}", state, then))
        book.execute("INSERT INTO command_request (scope, name, content, answer, expires_at) VALUES ('node_01 account:1', 'k7', 'x', 'y', ?)", (then,))
        for number, status in enumerate(["free", "occupied", "free"]):
            book.execute("INSERT INTO parking_change (spot, lot, at, status, source) VALUES ('S', 'L', ?, ?, 'sensor')", (then + number, status))
        book.commit()


def counts(hub):
    with contextlib.closing(sqlite3.connect(hub.data / "martlet.db")) as book:
        return {name: book.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0] for name in ("command", "command_step", "parking_change")}


def requests(hub):
    """How many names of requests for commands are kept."""
    with contextlib.closing(sqlite3.connect(hub.data / "martlet.db")) as book:
        return book.execute("SELECT COUNT(*) FROM command_request").fetchone()[0]


def table(told):
    assert told.returncode == 0, told
    return {line.split()[0]: line for line in told.stdout.splitlines()[1:]}


def test_retention_says_first_and_does_it_when_asked(own):
    hub = own()
    hub.stop()
    age(hub)
    before = counts(hub)
    said = run("retention", "--data", hub.data)
    lines = table(said)
    assert set(lines) >= RULES
    assert lines["hub.commands"].split()[1:4] == ["90", "MARTLET_COMMAND_DAYS", "2500"]
    assert "for ever" in lines["parking.history"] and "nothing was deleted" in said.stderr
    assert counts(hub) == before
    settings = hub.data.parent / "martlet.env"
    settings.write_text("MARTLET_PARKING_HISTORY_DAYS=30\nMARTLET_COMMAND_DAYS=99\n")
    done = table(run("retention", "--data", hub.data, "--config", settings, "--apply"))
    assert done["hub.commands"].split()[3] == "2500" and done["parking.history"].split()[3] == "2"
    # The open command stays, and so does the last state of the spot.
    assert counts(hub) == {"command": 1, "command_step": 1, "parking_change": 1}
    assert table(run("retention", "--data", hub.data, "--config", settings))["hub.commands"].split()[3] == "0"


def test_retention_refuses_settings_that_cannot_be(own):
    hub = own()
    hub.stop()
    settings = hub.data.parent / "martlet.env"
    settings.write_text("MARTLET_COMMAND_DAYS=-1\n")
    told = run("retention", "--data", hub.data, "--config", settings)
    assert told.returncode == 64 and "MARTLET_COMMAND_DAYS is '-1', but must be a whole number from 0 to 36500" in told.stderr
    checked = run("check", "--data", hub.data, "--config", settings)
    assert checked.returncode == 64 and "MARTLET_COMMAND_DAYS" in checked.stderr
    settings.write_text("MARTLET_PARKING_RESERVATIONS_PER_ACCOUNT=7\nMARTLET_COMMAND_DAYS=30\n")
    checked = run("check", "--data", hub.data, "--config", settings)
    assert checked.returncode == 0 and "hub.commands 30 days" in checked.stdout
    assert "MARTLET_PARKING_RESERVATIONS_PER_ACCOUNT" in run("serve", "--help").stdout
    assert "#MARTLET_PARKING_HISTORY_DAYS=0" in run("check", "--sample").stdout


def test_the_hub_itself_deletes_what_is_old(timed):
    hub = timed
    hub.stop()
    age(hub)
    hub.settings = {"MARTLET_PARKING_HISTORY_DAYS": "30"}
    hub.start()
    rules = {rule["name"]: rule for rule in hub.get("/api/system/retention")["rules"]}
    assert rules["hub.commands"]["days"] == 90 and rules["hub.commands"]["due"] == 2_500
    assert requests(hub) == 1
    assert rules["parking.history"]["setting"] == "MARTLET_PARKING_HISTORY_DAYS" and rules["parking.history"]["due"] == 2
    assert rules["parking.reservations"]["days"] is None and rules["parking.reservations"]["before"] is None
    # A clock is believed when it has run evenly for an hour.
    for _ in range(3):
        hub.clock.advance(3_601)
    wait_for(lambda: counts(hub) == {"command": 1, "command_step": 1, "parking_change": 1}, "what is old is deleted")
    wait_for(lambda: requests(hub) == 0, "the names of old requests are forgotten")
    due = {rule["name"]: rule["due"] for rule in hub.get("/api/system/retention")["rules"]}
    assert {name: due[name] for name in RULES} == dict.fromkeys(RULES, 0)


def schedules(hub):
    return {schedule["name"]: schedule for schedule in hub.get("/api/system/background")["schedules"]}


def test_what_the_house_does_by_schedule_can_be_seen(timed):
    hub = timed
    # The clock's socket answers when the runs that came due have ended.
    hub.clock.advance(1)
    first = schedules(hub)
    assert {"hub.retention", "hub.files"} <= set(first)
    # Both run at each start.
    assert all(first[name]["runs"] >= 1 and first[name]["failures"] == 0 and not first[name]["running"] for name in ("hub.retention", "hub.files"))
    hub.clock.advance(3_601)
    then = schedules(hub)
    for name in ("hub.retention", "hub.files"):
        assert then[name]["runs"] == first[name]["runs"] + 1 and then[name]["last"]["error"] is None
        assert first[name]["last"]["began_at"] < first[name]["next_at"] <= then[name]["last"]["began_at"] < then[name]["next_at"]
    assert 'martlet_schedule_runs_total{schedule="hub.files"}' in hub.ask("/metrics").text
    hub.stop()
    with contextlib.closing(sqlite3.connect(hub.data / "martlet.db")) as book:
        kept = dict(book.execute("SELECT name, began_at FROM schedule WHERE error IS NULL").fetchall())
    assert set(kept) >= {"hub.retention", "hub.files"} and all(kept.values())
