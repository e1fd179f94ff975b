"""Damaged files: docs/damage.md has the table of what happens to each file in each way; each row has a test here, or names the one in Swift."""

import os
import re
import shutil
import signal
import sqlite3
import ssl
import time

import pytest

from support.clients import V5, Client
from support.clock import Clock
from support.raw import PUBACK, Closed, Raw, publish_packet
from support.server import ROOT, Martlet, run
from support.tls import Authority, Secured
from support.waiting import wait_for

DATABASES = "Tests/SQLTests/FileDamageTests.swift"
MONTHS = "Tests/TimeSeriesTests/MonthDamageTests.swift"
ROWS = "Tests/TimeSeriesTests/DamageTests.swift"
BACKUPS = "Tests/EndToEnd/test_backup.py"
PICTURES = "Tests/EndToEnd/test_pictures.py"
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
    ("ca/ca.pem", "missing at a start"): (HERE, "test_an_authority_that_is_lost_or_damaged_is_named", '"missing"'),
    ("ca/ca.pem", "empty, truncated, noise"): (HERE, "test_an_authority_that_is_lost_or_damaged_is_named", '"empty", "truncated", "noise"'),
    ("ca/ca.pem", "no authority's"): (HERE, "test_an_authority_that_is_lost_or_damaged_is_named", '"no authority\'s"'),
    ("ca/ca.pem", "another authority's"): (HERE, "test_another_authority_in_its_place_is_said", None),
    ("ca/ca.pem", "removed while the hub runs"): (HERE, "test_an_authority_that_goes_while_the_hub_runs_is_said", '"removed"'),
    ("ca/ca.pem", "replaced while the hub runs"): (HERE, "test_an_authority_that_goes_while_the_hub_runs_is_said", '"replaced"'),
    ("ca/ca.key", "missing"): (HERE, "test_the_key_of_the_authority_is_named", '"missing"'),
    ("ca/ca.key", "empty, noise, of another"): (HERE, "test_the_key_of_the_authority_is_named", '"empty", "noise", "of another"'),
    ("folder ca", "missing"): (HERE, "test_an_authority_that_is_lost_or_damaged_is_named", '"folder missing"'),
    ("data folder", "moved while the hub runs"): (HERE, "test_nothing_is_acknowledged_into_files_that_are_gone", '"folder moved"'),
    ("data folder", "others may read it"): (HERE, "test_a_folder_that_others_may_read_is_warned_of", None),
    ("data folder", "a file has its name"): (HERE, "test_a_database_that_is_lost_is_not_begun_anew", '"folder is a file"'),
    ("blobs/…", "missing"): (PICTURES, "test_a_picture_that_is_lost_or_damaged_is_said", "missing"),
    ("blobs/…", "truncated"): (PICTURES, "test_a_picture_that_is_lost_or_damaged_is_said", "truncated"),
    ("blobs/…", "a bit flipped"): (PICTURES, "test_a_picture_that_is_lost_or_damaged_is_said", "a bit flipped"),
    ("blobs/…", "of no row"): ("Tests/BlobsTests/BlobStoreTests.swift", "swept", None),
    ("backup", "a file of blobs changed"): (PICTURES, "test_a_backup_whose_picture_was_changed_is_not_restored", None),
    ("backup", "a file missing, cut or changed"): (BACKUPS, "test_a_backup_that_is_damaged_is_not_restored", None),
}


def test_each_row_of_the_table_has_a_test():
    text = (ROOT / "docs/damage.md").read_text()
    table = text[text.index("<!-- damage:begin -->"):text.index("<!-- damage:end -->")]
    rows = re.findall(r"^\| ([^|]+?) \| ([^|]+?) \| [^|]+? \|$", table, re.MULTILINE)[1:]
    rows = [(name.replace("`", ""), fate) for name, fate in rows]
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


# The authority of devices' certificates


@pytest.fixture(scope="module")
def certified(tmp_path_factory):
    """A stopped hub one of whose devices has a certificate; (its folder, what the door with TLS takes, certificate and key)."""
    folder = tmp_path_factory.mktemp("certified")
    hub = Secured(folder / "data", folder / "log").start()
    try:
        hub.device("node_certified")
        shown = hub.issue("node_certified")
        assert enters(hub, shown)
        hub.stop()
    finally:
        hub.end()
    return hub, shown


@pytest.fixture
def secured(certified, tmp_path, request):
    """secured(): a hub on a copy of it, not started."""
    hub, _ = certified
    log = ROOT / f"build/logs/e2e-{request.node.name.replace('/', '_')[:80]}.log"
    shutil.copytree(hub.data, tmp_path / "data")
    copy = Secured(tmp_path / "data", log)
    copy.certificate_folder, copy.root, copy.certificate, copy.key = hub.certificate_folder, hub.root, hub.certificate, hub.key
    yield copy
    copy.end()


def enters(hub, shown):
    """Whether a device gets in with its certificate."""
    try:
        with Client(hub.mqtts_port, V5, tls=hub.context(*shown)) as client:
            return client.publish("iot/node/certified/telemetry", {"sensors": {"v": 1}}) == 0
    except (OSError, ssl.SSLError, AssertionError, TimeoutError):
        return False


def with_doors(hub):
    return ["--https", "127.0.0.1:0", "--mqtts", "127.0.0.1:0", "--tls-cert", hub.certificate, "--tls-key", hub.key]


@pytest.mark.parametrize("way", ["missing", "folder missing", "empty", "truncated", "noise", "no authority's"])
def test_an_authority_that_is_lost_or_damaged_is_named(secured, certified, tmp_path, way):
    _, shown = certified
    folder = secured.data / "ca"
    content = (folder / "ca.pem").read_bytes()
    aside = tmp_path / "aside"
    shutil.copytree(folder, aside)
    if way == "missing":
        (folder / "ca.pem").unlink()
    elif way == "folder missing":
        shutil.rmtree(folder)
    else:
        new = {"empty": b"", "truncated": content[: len(content) // 2], "noise": os.urandom(600), "no authority's": shown[0].read_bytes()}
        (folder / "ca.pem").write_bytes(new[way])
    listed = {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}
    word = "is missing" if "missing" in way else "ca.pem"
    told = serve(secured.data, *with_doors(secured))
    assert told.returncode == 1 and "ca.pem" in told.stderr.splitlines()[-1] and word in told.stderr.splitlines()[-1], told
    told = run("check", "--data", secured.data, *with_doors(secured))
    assert told.returncode == 1 and "ca.pem" in told.stderr, told
    told = run("ca", "issue", "node_certified", "--out", tmp_path / "more", "--data", secured.data)
    assert told.returncode == 1 and str(folder) in told.stderr and not (tmp_path / "more").exists(), told
    # No other authority takes its place, which the device would not trust.
    told = run("ca", "init", "--data", secured.data)
    assert told.returncode == 1 and str(folder) in told.stderr, told
    assert listed == ({path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}), "nothing was made or changed"
    told = run("backup", tmp_path / "copy", "--data", secured.data)
    assert told.returncode == 2 and "ca/ca.pem" in told.stderr, told
    # Whoever has no door for certificates is told, and goes on.
    plain = Martlet(secured.data, secured.log)
    plain.doors = ()
    plain.start()
    assert len(lines(plain, "The certificate authority of devices is damaged or missing")) == 1 and lines(plain, "ca/ca.pem")
    plain.stop()
    told = run("check", "--data", secured.data)
    assert told.returncode == 0 and "damage     ca/ca.pem" in told.stdout, told
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(aside, folder)
    secured.start()
    assert enters(secured, shown), "with the files back all is as it was"
    secured.stop()


def test_another_authority_in_its_place_is_said(secured, certified, tmp_path):
    _, shown = certified
    folder = secured.data / "ca"
    shutil.move(folder, tmp_path / "before")
    told = run("ca", "init", "--data", secured.data)
    assert told.returncode == 1 and "1 certificates" in told.stderr and "--replace" in told.stderr and not folder.exists(), told
    assert run("ca", "init", "--replace", "--data", secured.data).returncode == 0
    secured.start()
    said = lines(secured, "The certificate authority of devices is damaged or missing")
    assert len(said) == 1 and "another authority" in said[0] and "1 certificates" in said[0], said
    assert not enters(secured, shown)
    told = run("check", "--data", secured.data)
    assert told.returncode == 0 and "another authority" in told.stdout, told
    # Issued anew, it gets in; when the old one is revoked, all is in order.
    assert enters(secured, secured.issue("node_certified"))
    listed = run("ca", "list", "--device", "node_certified", "--data", secured.data).stdout.splitlines()
    assert run("ca", "revoke", listed[-1].split()[0], "--data", secured.data).returncode == 0
    assert "everything is in order" in run("check", "--data", secured.data).stdout
    secured.stop()


@pytest.mark.parametrize("fate", ["removed", "replaced"])
def test_an_authority_that_goes_while_the_hub_runs_is_said(secured, certified, tmp_path, fate):
    _, shown = certified
    file = secured.data / "ca/ca.pem"
    content = file.read_bytes()
    secured.start()
    if fate == "removed":
        file.unlink()
    else:
        file.write_bytes(Authority(tmp_path / "other").certificate.read_bytes())
    wait_for(lambda: lines(secured, "with the authority of devices' certificates was removed or changed"), "the log to say so")
    assert enters(secured, shown), "what was read of it stays in use"
    secured.process.send_signal(signal.SIGHUP)
    if fate == "removed":
        wait_for(lambda: "ca.pem" in "".join(lines(secured, "could not be read again")), "the log to name it")
        assert enters(secured, shown)
        file.write_bytes(content)
        wait_for(lambda: lines(secured, "is back in its file"), "the log to say that it is back")
    else:
        wait_for(lambda: "another authority" in "".join(lines(secured, "authority of devices is damaged or missing")), "the log to say whose it is")
        assert not enters(secured, shown)
        file.write_bytes(content)
        secured.process.send_signal(signal.SIGHUP)
        wait_for(lambda: enters(secured, shown), "the first one to be in use again")
    assert len(lines(secured, "was removed or changed")) in (1, 2)
    secured.stop()


@pytest.mark.parametrize("way", ["missing", "empty", "noise", "of another"])
def test_the_key_of_the_authority_is_named(secured, certified, tmp_path, way):
    """It is needed to issue certificates, not to check them: nobody is kept out."""
    _, shown = certified
    file = secured.data / "ca/ca.key"
    if way == "missing":
        file.unlink()
    else:
        file.write_bytes({"empty": b"", "noise": os.urandom(200)}.get(way) if way != "of another" else Authority(tmp_path / "x").key.read_bytes())
    before = file.read_bytes() if file.exists() else None
    told = run("ca", "issue", "node_certified", "--out", tmp_path / "more", "--data", secured.data)
    assert told.returncode == 1 and "ca.key" in told.stderr and not (tmp_path / "more").exists(), told
    for more in ([], ["--replace"]):
        told = run("ca", "init", *more, "--data", secured.data)
        assert told.returncode == 1 and str(file.parent) in told.stderr, told
    assert before == (file.read_bytes() if file.exists() else None)
    secured.start()
    assert enters(secured, shown)
    said = [line for line in lines(secured, "authority of devices is damaged or missing") if "ca/ca.key" in line]
    assert len(said) == (0 if way == "missing" else 1), said
    secured.stop()
    told = run("backup", tmp_path / "copy", "--data", secured.data)
    assert told.returncode == (0 if way == "missing" else 2), told


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


def test_a_flipped_bit_in_a_chunk_is_said_everywhere_and_all_else_goes_on(own, tmp_path):
    """In the log, the answer, the figures, by check and by backup; while messages are taken and read."""
    slot = 4 * 3600
    # The middle of the last slot but one, so that all of it is in one chunk of each node.
    began = int(time.time())
    hub = own(clock=Clock((began // slot - 2) * slot + slot // 2))
    publish(hub, 5)
    publish(hub, 3, node="d2")
    # What is in memory is sealed when a slot is over: now.
    hub.clock.advance(began - hub.clock.now())
    assert hub.metrics()["martlet_chunks"] == 2, "both nodes' chunks are sealed"
    (month,) = hub.data.glob("telemetry-*.db")
    query = f"/api/nodes/{{}}/readings?from={int(time.time()) - 3 * slot}&to={int(time.time()) + 3600}"
    assert hub.get(query.format("d1"))["incomplete"] == [] and len(hub.get(query.format("d1"))["rows"]) == 5
    with sqlite3.connect(month, timeout=20) as chunks:
        ((number, content),) = chunks.execute("SELECT id, data FROM chunk WHERE points = 5").fetchall()
        content = bytearray(content)
        content[len(content) // 2] ^= 0x08
        chunks.execute("UPDATE chunk SET data = ? WHERE id = ?", (bytes(content), number))
    chunks.close()
    gone = hub.get(query.format("d1"))
    assert gone["rows"] == [] and [gap["reason"] for gap in gone["incomplete"]] == ["damaged"], gone
    assert hub.get(query.format("d1") + "&step=1h")["incomplete"] == gone["incomplete"]
    sheet = hub.ask(query.format("d1"), headers={"Accept": "text/csv"})
    assert sheet.status == 200 and "reason=damaged" in sheet.headers["Martlet-Incomplete"], sheet
    other = hub.get(query.format("d2"))
    assert len(other["rows"]) == 3 and other["incomplete"] == [], "another node's readings of that time are whole"
    wait_for(lambda: hub.metrics().get("martlet_damaged_chunks") == 1, "the figures")
    said = lines(hub, "Stored readings are damaged or missing")
    assert len(said) == 1 and f"{month.name} has a damaged chunk" in said[0], "said once, however often it is read"
    # Everything else goes on, for the same node.
    publish(hub, 5, first=5)
    after = hub.get(query.format("d1"))
    assert [row[1] for row in after["rows"]] == list(range(5, 10)) and after["incomplete"] == gone["incomplete"]
    assert hub.get("/api/nodes/d1/latest")["values"]["seq"]["value"] == 9 and hub.ask("/ready").status == 200
    checked = run("check", "--data", hub.data, "--deep")
    assert checked.returncode == 1 and month.name in checked.stdout and "damage" in checked.stdout, checked
    saved = run("backup", tmp_path / "copy", "--data", hub.data)
    assert saved.returncode == 2 and f"{month.name} is damaged" in saved.stderr, saved
    hub.stop()
    checked = run("check", "--data", hub.data, "--deep")
    assert checked.returncode == 1 and month.name in checked.stdout, checked
    restored = run("restore", tmp_path / "copy", "--data", tmp_path / "new")
    assert restored.returncode == 0 and month.name in restored.stderr, restored
    # It is found again after a start, in the folder and in the copy.
    for folder in (hub.data, tmp_path / "new"):
        again = own(folder)
        found = again.get(query.format("d1"))
        assert found["incomplete"] == gone["incomplete"] and len(found["rows"]) == 5, folder
        assert len(again.get(query.format("d2"))["rows"]) == 3
        again.stop()


def test_a_calibration_over_a_month_that_is_missing_says_so(own, tmp_path):
    hub = own()
    assert hub.post("/api/init", {}).status in (200, 201)
    lot, spot = "LOT001", "SPOT001"
    with Raw(hub.mqtt_port) as raw:
        raw.connect("sensor", 4)
        raw.send(publish_packet("parkmate/spot/status", '{"spot_id":"%s","lot_id":"%s","occupied":true,"distance":30}' % (spot, lot), 1, 1))
        raw.expect(PUBACK)
    path = f"/api/lots/{lot}/calibration?days=90"
    whole = hub.get(path)
    assert whole["incomplete"] == [] and not any(row["incomplete"] for row in whole["spots"])
    hub.stop()
    then = time.gmtime(time.time() - 45 * 86_400)
    with sqlite3.connect(hub.data / "martlet.db") as database:
        database.execute("INSERT INTO telemetry_month (month, reports) VALUES (?, 7)", (then.tm_year * 12 + then.tm_mon - 1,))
    database.close()
    hub.start()
    answer = hub.get(path)
    assert [gap["reason"] for gap in answer["incomplete"]] == ["missing"], answer["incomplete"]
    assert answer["incomplete"][0]["from"].startswith(f"{then.tm_year}-{then.tm_mon:02}-01T")
    # Of the others nothing was ever heard, so nothing can be lost.
    assert [row["spot_id"] for row in answer["spots"] if row["incomplete"]] == [spot]
    sheet = hub.ask(path, headers={"Accept": "text/csv"})
    assert "reason=missing" in sheet.headers["Martlet-Incomplete"]
    assert [line.split(",")[0] for line in sheet.text.splitlines() if line.endswith(",true")] == [spot]
    assert hub.get(f"/api/lots/{lot}/calibration?days=1")["incomplete"] == [], "what it does not look at is not missed"
    replayed = hub.post(f"/api/lots/{lot}/what-if", {"stale_seconds": 60, "days": 31}).json()
    assert all(gap["reason"] == "missing" for gap in replayed["incomplete"])
    hub.stop()


def test_readings_that_are_too_old_to_be_true_are_refused(own):
    hub = own(None, "--oldest-days", "30")
    with Raw(hub.mqtt_port) as raw:
        raw.connect("old", 4)
        raw.send(publish_packet("iot/node/o1/telemetry", '{"timestamp":1500000000,"sensors":{"v":1}}', 1, 1))
        wait_for(lambda: hub.refused().get("too_old") == 1, "the refusal to be counted")
    hub.stop()
