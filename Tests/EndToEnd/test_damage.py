"""Damaged files: docs/damage.md has the table of what happens to each file in each way; each row has a test here, or names the one in Swift."""

import os
import re
import shutil
import sqlite3

import pytest

from support.raw import PUBACK, Closed, Raw, publish_packet
from support.server import ROOT, Martlet, run
from support.waiting import wait_for

DATABASES = "Tests/SQLTests/FileDamageTests.swift"
MONTHS = "Tests/TimeSeriesTests/MonthDamageTests.swift"
ROWS = "Tests/TimeSeriesTests/DamageTests.swift"
BACKUPS = "Tests/EndToEnd/test_backup.py"
HERE = "Tests/EndToEnd/test_damage.py"
UNUSABLE = "aFileThatCannotBeUsedIsNamedSetAsideAndTheStoreOpens"

# Each row of the table: the file with its test, the test's name, and the case of it, where it has several.
CASES = {
    ("martlet.db", "missing at a start"): (HERE, "test_a_database_that_is_lost_is_not_begun_anew", '"missing"'),
    ("martlet.db", "empty at a start"): (HERE, "test_a_database_that_is_lost_is_not_begun_anew", '"empty"'),
    ("martlet.db", "truncated"): (HERE, "test_a_database_that_is_lost_is_not_begun_anew", '"truncated"'),
    ("martlet.db", "noise"): (HERE, "test_a_database_that_is_lost_is_not_begun_anew", '"noise"'),
    ("martlet.db", "a bit flipped"): (HERE, "test_a_page_of_the_database_that_is_damaged_is_found", None),
    ("martlet.db", "another hub's"): (HERE, "test_a_database_that_is_lost_is_not_begun_anew", '"another hub\'s"'),
    ("martlet.db", "cannot be opened"): (HERE, "test_a_database_that_is_lost_is_not_begun_anew", '"no file"'),
    ("martlet.db", "removed while the hub runs"): (HERE, "test_nothing_is_acknowledged_into_files_that_are_gone", '"removed"'),
    ("martlet.db", "replaced while the hub runs"): (HERE, "test_nothing_is_acknowledged_into_files_that_are_gone", '"replaced"'),
    ("martlet.db-wal", "missing after the hub was killed"): (HERE, "test_a_log_that_is_lost_or_damaged_is_said", '"missing"'),
    ("martlet.db-wal", "empty after the hub was killed"): (HERE, "test_a_log_that_is_lost_or_damaged_is_said", '"empty"'),
    ("martlet.db-wal", "torn at its end"): (HERE, "test_a_log_that_is_lost_or_damaged_is_said", '"torn"'),
    ("martlet.db-wal", "a bit flipped"): (HERE, "test_a_log_that_is_lost_or_damaged_is_said", '"flipped"'),
    ("martlet.db-wal", "noise"): (HERE, "test_a_log_that_is_lost_or_damaged_is_said", '"noise"'),
    ("martlet.db-wal", "removed while the hub runs"): (DATABASES, "nothingIsStoredInAFileThatIsNotInItsPlace", '"log removed"'),
    ("martlet.db-shm", "missing, noise"): (HERE, "test_a_log_that_is_lost_or_damaged_is_said", '"shm"'),
    ("martlet.db-shm", "removed while the hub runs"): (DATABASES, "nothingIsStoredInAFileThatIsNotInItsPlace", '"index removed"'),
    ("row of the journal", "a bit flipped"): (ROWS, "damagedJournalRowsAreSetAsideAndTold", '"checksum"'),
    ("row of the latest values", "a bit flipped"): (ROWS, "aDamagedLatestRowIsSetAside", None),
    ("month file", "missing"): (MONTHS, UNUSABLE, '"missing"'),
    ("month file", "empty"): (MONTHS, UNUSABLE, '"empty"'),
    ("month file", "truncated"): (MONTHS, UNUSABLE, '"truncated"'),
    ("month file", "noise"): (MONTHS, UNUSABLE, '"noise"'),
    ("month file", "another hub's"): (MONTHS, UNUSABLE, '"another hub\'s"'),
    ("month file", "another program's"): (MONTHS, UNUSABLE, '"another program\'s"'),
    ("month file", "an older copy of it"): (MONTHS, "anOlderCopyOfAFileIsToldFromTheFile", None),
    ("month file", "cannot be opened"): (MONTHS, UNUSABLE, '"no file"'),
    ("month file", "a page damaged inside"): (MONTHS, "aPageThatIsDamagedInsideAFileIsSaidAndRemembered", None),
    ("month file", "removed while the hub runs"): (MONTHS, "aFileThatIsTakenAwayWhileItIsOpenIsMissed", '"removed"'),
    ("month file", "replaced while the hub runs"): (MONTHS, "aFileThatIsTakenAwayWhileItIsOpenIsMissed", '"replaced"'),
    ("month file", "set aside, then sealed into"): (MONTHS, UNUSABLE, '"noise"'),
    ("chunk", "a bit flipped"): (ROWS, "damagedChunksAreCountedAndSetAsideBeforeTheyAreMerged", None),
    ("chunk", "another chunk in its place"): (MONTHS, "aRowInAnotherRowsPlaceIsDamage", None),
    ("lock", "missing at a start"): (HERE, "test_the_lock_file", None),
    ("lock", "noise"): (HERE, "test_the_lock_file", None),
    ("lock", "removed while the hub runs"): (HERE, "test_the_lock_file", None),
    ("certificates and keys", "missing, noise"): (HERE, "test_a_certificate_that_is_none_is_named", None),
    ("data folder", "moved while the hub runs"): (HERE, "test_nothing_is_acknowledged_into_files_that_are_gone", '"folder moved"'),
    ("data folder", "others may read it"): (HERE, "test_a_folder_that_others_may_read_is_warned_of", None),
    ("data folder", "a file has its name"): (HERE, "test_a_database_that_is_lost_is_not_begun_anew", '"folder is a file"'),
    ("backup", "a file missing, cut or changed"): (BACKUPS, "test_a_backup_that_is_damaged_is_not_restored", None),
}


def test_each_row_of_the_table_has_a_test():
    text = (ROOT / "docs/damage.md").read_text()
    table = text[text.index("<!-- damage:begin -->"):text.index("<!-- damage:end -->")]
    rows = re.findall(r"^\| `?([^|`]+?)`? \| ([^|]+?) \| [^|]+? \|$", table, re.MULTILINE)[1:]
    rows = [row for row in rows if set(row[0]) != {"-"}]
    assert set(rows) == set(CASES), set(rows) ^ set(CASES)
    assert len(rows) == len(set(rows)) > 35
    for row, (file, name, case) in CASES.items():
        source = (ROOT / file).read_text()
        found = re.search(rf"\b(?:def|func) {name}\w*\(", source)
        assert found, f"{row}: there is no {name} in {file}"
        # Its cases are in the line or two above.
        above = "\n".join(source[: found.start()].splitlines()[-3:])
        assert case is None or case in above, f"{row}: {name} in {file} has no case {case}"


@pytest.fixture(autouse=True)
def empty_log(request):
    """These tests count lines of the log: those of an earlier run must not be among them."""
    (ROOT / f"build/logs/e2e-{request.node.name.replace('/', '_')[:80]}.log").unlink(missing_ok=True)


def serve(data, *more):
    """A start that is to be refused."""
    return run("serve", "--data", data, "--http", "127.0.0.1:0", "--mqtt", "127.0.0.1:0", "--open", *more, timeout=30)


def lines(hub, text):
    """The lines of the log that have a text."""
    return [line for line in hub.log_text().splitlines() if text in line]


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """The folder of a hub that has stored something and was stopped in order."""
    folder = tmp_path_factory.mktemp("damage")
    hub = Martlet(folder / "data", folder / "log").start()
    try:
        publish(hub, 3)
        hub.stop()
    finally:
        hub.end()
    # The file alone is all of it.
    with sqlite3.connect(f"file:{folder / 'data/martlet.db'}?immutable=1", uri=True) as database:
        assert database.execute("SELECT count(*) FROM telemetry_journal").fetchone()[0] > 0
    return folder / "data"


@pytest.fixture
def data(stopped, tmp_path):
    """A copy of it."""
    shutil.copytree(stopped, tmp_path / "data")
    return tmp_path / "data"


def publish(hub, count, first=0, node="d1"):
    """Messages one after the other, each acknowledged before the next."""
    with Raw(hub.mqtt_port) as raw:
        raw.connect("publisher", 4)
        for number in range(first, first + count):
            raw.send(publish_packet(f"iot/node/{node}/telemetry", '{"sensors":{"seq":%d}}' % number, 1, number % 65535 + 1))
            raw.expect(PUBACK)


@pytest.mark.parametrize("way", ["missing", "empty", "truncated", "noise", "another hub's", "no file", "folder is a file"])
def test_a_database_that_is_lost_is_not_begun_anew(data, tmp_path, way):
    database = data / "martlet.db"
    content = database.read_bytes()
    if way == "missing":
        database.unlink()
    elif way == "empty":
        database.write_bytes(b"")
    elif way == "truncated":
        database.write_bytes(content[: len(content) // 2])
    elif way == "noise":
        database.write_bytes(os.urandom(len(content)))
    elif way == "no file":
        database.unlink()
        database.mkdir()
    elif way == "another hub's":
        with sqlite3.connect(database) as other:
            other.execute("UPDATE telemetry_hub SET id = 'a3b1c2d4-0000-4000-8000-000000000000'")
        other.close()
    else:
        shutil.rmtree(data)
        data.write_text("a file")
    before = database.read_bytes() if database.is_file() else None
    told = serve(data)
    assert told.returncode == 1, told
    assert told.stderr.splitlines()[-1].startswith("martlet: ") and "Fatal" not in told.stderr, told
    if way == "folder is a file":
        return
    assert "martlet.db" in told.stderr and str(data) in told.stderr, told
    if way == "another hub's":
        assert "another hub's" in told.stderr and "lock" in told.stderr
    elif way != "no file":
        assert "martlet restore" in told.stderr, "it says what to do"
        assert before == (database.read_bytes() if database.exists() else None), "nothing was changed"
    if way in ("missing", "empty"):
        for command in (["user", "list"], ["site", "add", "north"], ["check"], ["backup", tmp_path / "copy"]):
            told = run(*command, "--data", data)
            assert told.returncode == 1 and f"is {way}" in told.stderr, (command, told)
        assert not (tmp_path / "copy").exists()
        assert way == "empty" or not database.exists()


def test_the_log_of_a_database_that_was_emptied_is_left_alone(own, tmp_path):
    hub = own()
    publish(hub, 20)
    hub.kill()
    log = (hub.data / "martlet.db-wal").read_bytes()
    assert len(log) > 32
    content = (hub.data / "martlet.db").read_bytes()
    (hub.data / "martlet.db").write_bytes(b"")
    told = serve(hub.data)
    assert told.returncode == 1 and "martlet.db-wal" in told.stderr and "empty" in told.stderr, told
    assert (hub.data / "martlet.db-wal").read_bytes() == log
    (hub.data / "martlet.db").write_bytes(content)
    hub.start()
    assert hub.node("d1") is not None and [row["seq"] for row in hub.readings("d1")] == list(range(20))
    hub.stop()


def test_a_page_of_the_database_that_is_damaged_is_found(data, tmp_path):
    database = data / "martlet.db"
    with sqlite3.connect(database) as open_database:
        page_size = open_database.execute("PRAGMA page_size").fetchone()[0]
        root = open_database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'telemetry_quarantine'").fetchone()[0]
    open_database.close()
    content = bytearray(database.read_bytes())
    content[(root - 1) * page_size] ^= 0x40
    database.write_bytes(content)
    told = run("check", "--deep", "--data", data)
    assert told.returncode == 1 and "martlet.db" in told.stderr, told
    told = run("backup", tmp_path / "copy", "--data", data)
    assert told.returncode == 1 and "martlet.db is damaged" in told.stderr, told
    assert [path.name for path in tmp_path.iterdir()] == ["data"], "nothing stays of it"


@pytest.mark.parametrize("fate", ["removed", "replaced", "folder moved"])
def test_nothing_is_acknowledged_into_files_that_are_gone(own, tmp_path, fate):
    hub = own()
    publish(hub, 5)
    early = Raw(hub.mqtt_port)
    early.connect("early", 4)
    kept, elsewhere = tmp_path / "kept", tmp_path / "elsewhere"
    names = ("martlet.db", "martlet.db-wal", "martlet.db-shm")
    if fate == "folder moved":
        hub.data.rename(elsewhere)
    else:
        kept.mkdir()
        for name in names:
            (hub.data / name).rename(kept / name)
        if fate == "replaced":
            for name in names:
                shutil.copy(kept / name, hub.data / name)
    with early:
        early.send(publish_packet("iot/node/d1/telemetry", '{"sensors":{"seq":99}}', 1, 7))
        with pytest.raises(Closed):
            early.expect(PUBACK)
    assert hub.ask("/ready").status == 503
    assert "removed, moved or replaced" in hub.get("/api/system")["not_ready"]
    answer = hub.post("/api/nodes/d1/commands", {"command": "x", "params": {}})
    assert answer.status == 503 and answer.headers["Retry-After"], answer
    assert [row["seq"] for row in hub.readings("d1")] == list(range(5)), "what is known is still shown"
    wait_for(lambda: lines(hub, "were removed, moved or replaced"), "the log to say so")
    if fate == "folder moved":
        assert not hub.data.exists(), "nothing is made in the place of what is gone"
        elsewhere.rename(hub.data)
    else:
        if fate == "removed":
            assert not (hub.data / "martlet.db").exists(), "no new database is made in the place of the one that is gone"
        for name in names:
            (hub.data / name).unlink(missing_ok=True)
            (kept / name).rename(hub.data / name)
    wait_for(lambda: lines(hub, "storing goes on"), "the hub to go on")
    publish(hub, 5, first=5)
    assert len(lines(hub, "were removed, moved or replaced")) == 1, "said once"
    hub.stop()
    hub.start()
    assert [row["seq"] for row in hub.readings("d1") if row["seq"] != 99] == list(range(10))
    hub.stop()


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """The folder of a hub that was killed while nothing of its log was folded: somebody was reading the database."""
    folder = tmp_path_factory.mktemp("killed")
    hub = Martlet(folder / "data", folder / "log").start()
    try:
        reader = sqlite3.connect(folder / "data/martlet.db", isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM telemetry_journal").fetchone()
        publish(hub, 12)
        hub.kill()
        shutil.copytree(folder / "data", folder / "copy")
        reader.close()
    finally:
        hub.end()
    return folder / "copy"


def last_frames(log):
    """Where the frames of the log begin that belong to its present round."""
    frame = 24 + int.from_bytes(log[8:12], "big")
    starts = range(32, len(log) - frame + 1, frame)
    return [start for start in starts if log[start + 8 : start + 16] == log[16:24]]


@pytest.mark.parametrize("way", ["missing", "empty", "torn", "flipped", "noise", "shm"])
def test_a_log_that_is_lost_or_damaged_is_said(own, killed, tmp_path, way):
    shutil.copytree(killed, tmp_path / "data")
    hub = own(tmp_path / "data", start=False)
    log = hub.data / "martlet.db-wal"
    content = bytearray(log.read_bytes())
    told, kept = None, False
    if way == "missing":
        log.unlink()
        told = "martlet.db-wal, which held its last changes, is missing"
    elif way == "empty":
        log.write_bytes(b"")
        told = "martlet.db-wal, which held its last changes, is empty"
    elif way == "torn":
        log.write_bytes(content + b"\x00" * 2000)
    elif way == "noise":
        log.write_bytes(os.urandom(len(content)))
        told, kept = "martlet.db-wal is no log of a database", True
    elif way == "flipped":
        # The last frames are the last messages'.
        content[last_frames(content)[-8] + 24 + 200] ^= 1
        log.write_bytes(content)
        told, kept = "martlet.db-wal is damaged, so its last", True
    else:
        (hub.data / "martlet.db-shm").write_bytes(os.urandom(32_768))
    before = len(hub.log_text())
    hub.start()
    said = hub.log_text()[before:]
    copies = [path.name for path in hub.data.iterdir() if ".aside-" in path.name]
    assert bool(copies) == kept
    if told:
        assert told in said, said
        assert copies == [] or copies[0] in said
    else:
        assert "error" not in said.lower(), said
        assert [row["seq"] for row in hub.readings("d1")] == list(range(12))
    hub.stop()
    before = len(hub.log_text())
    hub.start()
    assert "martlet.db-wal" not in hub.log_text()[before:], "it is said once"
    hub.stop()


def test_the_lock_file(own, data):
    (data / "lock").unlink()
    hub = own(data)
    assert len((data / "lock").read_text().splitlines()) == 2
    (data / "lock").unlink()
    wait_for(lambda: lines(hub, "lock file of the data folder was removed"), "the log to say so")
    told = serve(data)
    assert told.returncode == 1 and "in use" in told.stderr, told
    hub.stop()
    assert len((data / "lock").read_text().splitlines()) == 1, "it was stopped in order"
    (data / "lock").write_bytes(b"\xff\x00noise\n" * 9)
    hub.start()
    hub.stop()


def test_a_certificate_that_is_none_is_named(tmp_path):
    noise = tmp_path / "noise.pem"
    noise.write_bytes(os.urandom(600))
    for name in (noise, tmp_path / "missing.pem"):
        told = serve(tmp_path / "data", "--https", "127.0.0.1:0", "--tls-cert", name, "--tls-key", name)
        assert told.returncode == 1 and name.name in told.stderr, told


def test_a_folder_that_others_may_read_is_warned_of(own, data):
    data.chmod(0o777)
    hub = own(data)
    assert len(lines(hub, "other users of this machine may read and change")) == 1
    hub.stop()
    told = run("check", "--data", data)
    assert told.returncode == 0 and "warning" in told.stdout and "chmod 700" in told.stdout, told
    data.chmod(0o700)
    assert "warning" not in run("check", "--data", data).stdout
    for path in data.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_month_that_is_missing_is_said_everywhere(own, data, tmp_path):
    """In the log, the answer, the figures, by check and by backup, and by the copy that is restored."""
    with sqlite3.connect(data / "martlet.db") as database:
        # 2026-01, in months since the year 0, with the reports that it had.
        database.execute("INSERT INTO telemetry_month (month, reports) VALUES (?, 7)", (2026 * 12,))
    database.close()
    (data / "telemetry-2026-02.db").write_bytes(os.urandom(9000))
    hub = own(data)
    said = lines(hub, "Stored readings are damaged or missing")
    assert len(said) == 2 and "telemetry-2026-01.db" in "".join(said) and "telemetry-2026-02.db" in "".join(said), said
    aside = [path.name for path in data.iterdir() if ".aside-" in path.name]
    assert len(aside) == 1 and aside[0].startswith("telemetry-2026-02.db.aside-") and aside[0] in "".join(said)
    query = "/api/nodes/d1/readings?from=2025-12-01T00:00:00Z&to=2026-12-31T00:00:00Z"
    answer = hub.get(query)
    assert answer["incomplete"] == [
        {"from": "2026-01-01T00:00:00.000000Z", "to": "2026-02-01T00:00:00.000000Z", "reason": "missing"},
        {"from": "2026-02-01T00:00:00.000000Z", "to": "2026-03-01T00:00:00.000000Z", "reason": "damaged"},
    ]
    assert hub.get(query + "&step=1d")["incomplete"] == answer["incomplete"]
    assert hub.get("/api/nodes/d1/readings")["incomplete"] == []
    sheet = hub.ask(query, headers={"Accept": "text/csv"})
    assert sheet.headers["Martlet-Incomplete"] == (
        '"2026-01-01T00:00:00.000000Z/2026-02-01T00:00:00.000000Z";reason=missing, '
        '"2026-02-01T00:00:00.000000Z/2026-03-01T00:00:00.000000Z";reason=damaged'
    )
    assert "Martlet-Incomplete" not in hub.ask("/api/nodes/d1/readings", headers={"Accept": "text/csv"}).headers
    wait_for(lambda: hub.metrics().get("martlet_damaged_files") == 2, "the figures")
    checked = run("check", "--data", data)
    assert checked.returncode == 0 and "all else is in order" in checked.stdout, checked
    assert "telemetry-2026-01.db is missing" in checked.stdout and aside[0] in checked.stdout
    assert run("check", "--data", data, "--deep").returncode == 1
    saved = run("backup", tmp_path / "copy", "--data", data)
    assert saved.returncode == 2, saved
    assert "telemetry-2026-01.db is missing" in saved.stderr and "telemetry-2026-02.db is damaged" in saved.stderr
    hub.stop()
    restored = run("restore", tmp_path / "copy", "--data", tmp_path / "new")
    assert restored.returncode == 0 and "telemetry-2026-01.db is missing" in restored.stderr, restored
    other = own(tmp_path / "new")
    assert other.get(query)["incomplete"] == answer["incomplete"]
    other.stop()


def test_readings_that_are_too_old_to_be_true_are_refused(own):
    hub = own(None, "--oldest-days", "30")
    with Raw(hub.mqtt_port) as raw:
        raw.connect("old", 4)
        raw.send(publish_packet("iot/node/o1/telemetry", '{"timestamp":1500000000,"sensors":{"v":1}}', 1, 1))
        wait_for(lambda: hub.refused().get("too_old") == 1, "the refusal to be counted")
    hub.stop()
