"""backup while devices publish, and restore into a fresh folder."""

import os
import shutil
import sqlite3
import threading

import pytest

from support.clients import Node
from support.raw import PUBACK, Raw, publish_packet
from support.server import run
from support.waiting import wait_for

START = 1_790_000_000


def test_a_backup_under_load_is_consistent_and_can_be_restored(own, tmp_path):
    hub = own()
    acknowledged, stop = [], threading.Event()

    def publish():
        with Raw(hub.mqtt_port) as raw:
            raw.connect("publisher", 4)
            number = 0
            while not stop.is_set():
                batch = range(number, number + 20)
                raw.send(b"".join(
                    publish_packet("iot/node/b1/telemetry", '{"timestamp":%d,"sensors":{"seq":%d}}' % (START + n, n), 1, n % 65535 + 1)
                    for n in batch
                ))
                for _ in batch:
                    raw.expect(PUBACK)
                number += 20
                acknowledged.append(number)

    with Node(hub.mqtt_port, "b2") as node:
        node.telemetry({"v": 1})
    wait_for(lambda: hub.node("b2")["state"] == "asleep", "asleep")
    hub.post("/api/nodes/b2/commands", {"command": "keep_me", "params": {"a": 1}})
    thread = threading.Thread(target=publish)
    thread.start()
    try:
        while not acknowledged or acknowledged[-1] < 500:
            pass
        before = acknowledged[-1]
        done = run("backup", tmp_path / "backup", "--data", hub.data)
        assert done.returncode == 0, done
        after = acknowledged[-1]
    finally:
        stop.set()
        thread.join(20)
    hub.stop()

    files = [f for f in (tmp_path / "backup").rglob("*") if f.suffix == ".db"] if (tmp_path / "backup").is_dir() else []
    for file in files:
        with sqlite3.connect(file) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)

    restored = run("restore", tmp_path / "backup", "--data", tmp_path / "restored")
    assert restored.returncode == 0, restored
    hub = own(tmp_path / "restored")
    rows = [row["seq"] for row in hub.readings("b1", since=START, to=START + 1_000_000, limit=100_000)]
    assert rows == list(range(len(rows))), "the copy has a hole"
    assert before <= len(rows) <= after + 20
    assert [c["command"] for c in hub.get("/api/nodes/b2/commands")["commands"]] == ["keep_me"]
    with Node(hub.mqtt_port, "b2") as node:
        assert node.receive_json()["command"] == "keep_me"
    hub.stop()


def test_restore_never_overwrites(own, tmp_path):
    hub = own()
    with Node(hub.mqtt_port, "x") as node:
        node.telemetry({"v": 1})
    assert run("backup", tmp_path / "backup", "--data", hub.data).returncode == 0
    hub.stop()
    told = run("restore", tmp_path / "backup", "--data", hub.data)
    assert told.returncode not in (0, -6, -11) and told.stderr.strip()
    told = run("restore", tmp_path / "nothing", "--data", tmp_path / "new")
    assert told.returncode not in (0, -6, -11) and told.stderr.strip()
    told = run("backup", tmp_path / "other", "--data", tmp_path / "no-data-there")
    assert told.returncode not in (0, -6, -11) and told.stderr.strip()


def test_the_keys_go_with_it_for_their_owner_only(tmp_path):
    data, backup, restored = tmp_path / "data", tmp_path / "backup", tmp_path / "restored"
    for command in (["site", "add", "north"], ["ca", "init"], ["cert", "dev"]):
        assert run(*command, "--data", data).returncode == 0
    assert run("backup", backup, "--data", data).returncode == 0
    assert run("restore", backup, "--data", restored).returncode == 0
    for name in ("ca/ca.pem", "ca/ca.key", "tls/server.pem", "tls/server.key", "tls/ca.pem"):
        assert (restored / name).read_bytes() == (data / name).read_bytes()
        for place in (backup, restored):
            assert (place / name).stat().st_mode & 0o777 == (data / name).stat().st_mode & 0o777
            assert (place / name).parent.stat().st_mode & 0o077 == 0
    (backup / "ca/ca.key").write_bytes(b"")
    told = run("restore", backup, "--data", tmp_path / "again")
    assert told.returncode == 1 and "ca/ca.key" in told.stderr
    manifest = (backup / "manifest.json").read_text()
    (backup / "manifest.json").write_text(manifest.replace("ca/ca.key", "../ca.key"))
    told = run("restore", backup, "--data", tmp_path / "again")
    assert told.returncode == 1 and "does not name the files" in told.stderr
    assert not (tmp_path / "again").exists()


def test_a_copy_of_a_demonstration_is_one(tmp_path):
    data, backup, restored = tmp_path / "data", tmp_path / "backup", tmp_path / "restored"
    assert run("site", "add", "north", "--data", data).returncode == 0
    (data / "demo").touch()
    assert run("backup", backup, "--data", data).returncode == 0
    assert run("restore", backup, "--data", restored).returncode == 0
    told = run("serve", "--data", restored, "--http", "127.0.0.1:0", "--mqtt", "127.0.0.1:0")
    assert told.returncode == 1 and "--demo" in told.stderr


@pytest.fixture
def data(tmp_path):
    """The folder of a hub."""
    assert run("site", "add", "north", "--data", tmp_path / "data").returncode == 0
    return tmp_path / "data"


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_may_be_written_in_any_way(data, tmp_path):
    (tmp_path / "with space").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "with space")
    ways = {
        "today/": "today", "./here": "here", "with space/b 1/": "with space/b 1", "link/b2//": "with space/b2",
        "with space/../up/": "up", "link/../beside": "beside", "deep/er/./still": "deep/er/still", str(tmp_path / "absolute/"): "absolute",
    }
    for way, place in ways.items():
        done = run("backup", way, "--data", "data/", cwd=tmp_path)
        assert done.returncode == 0, (way, done)
        assert names(tmp_path / place) == ["manifest.json", "martlet.db"], way
    for number, way in enumerate(["new/", "./re stored/", "link/new", "."]):
        there = tmp_path / f"w{number}"
        there.mkdir()
        done = run("restore", tmp_path / "today/", "--data", way if way != "link/new" else "../link/new", cwd=there)
        assert done.returncode == 0, (way, done)
        place = tmp_path / "with space/new" if way == "link/new" else there / way.strip("./") if way != "." else there
        assert "north" in run("site", "list", "--data", place).stdout
        assert [name for name in names(place) if "partial" in name] == []
    assert [path.name for path in tmp_path.rglob("*partial*")] == []


def test_what_is_in_the_way_stays_and_a_failed_try_leaves_nothing(data, tmp_path):
    for name in ("b.partial", "data.partial"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "precious").write_text("mine")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    before = names(tmp_path)
    for target in ["", " ", "data/inside", "data", "data/../data/x", "dangling", "b.partial/precious/x"]:
        told = run("backup", target, "--data", "data", cwd=tmp_path)
        assert told.returncode == 1 and len(told.stderr.splitlines()) == 1, (target, told)
        assert names(tmp_path) == before and "inside" not in names(data), target
    with sqlite3.connect(data / "martlet.db") as database:
        root = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'telemetry_quarantine'").fetchone()[0]
    database.close()
    content = (data / "martlet.db").read_bytes()
    (data / "martlet.db").write_bytes(content[: (root - 1) * 4096] + b"\x55" + content[(root - 1) * 4096 + 1 :])
    told = run("backup", "deep/er/b", "--data", "data", cwd=tmp_path)
    assert told.returncode == 1 and "damaged" in told.stderr, told
    assert names(tmp_path) == before, "not even the folders on the way"
    (data / "martlet.db").write_bytes(content)
    assert run("backup", "b", "--data", "data", cwd=tmp_path).returncode == 0
    for name in ("b.partial", "data.partial"):
        assert (tmp_path / name / "precious").read_text() == "mine"
    assert run("backup", "b/", "--data", "data", cwd=tmp_path).returncode == 1
    assert run("restore", "b", "--data", "b/inside", cwd=tmp_path).returncode == 1 and names(tmp_path / "b") == ["manifest.json", "martlet.db"]
    assert run("restore", "b", "--data", "", cwd=tmp_path).returncode == 1


def test_a_backup_that_is_damaged_is_not_restored(data, tmp_path):
    backup, new = tmp_path / "b", tmp_path / "new"
    assert run("backup", backup, "--data", data).returncode == 0
    for way in ("missing", "cut", "changed", "no manifest", "no name"):
        copy = tmp_path / way
        shutil.copytree(backup, copy)
        content = (copy / "martlet.db").read_bytes()
        manifest = (copy / "manifest.json").read_text()
        if way == "missing":
            (copy / "martlet.db").unlink()
        elif way == "cut":
            (copy / "martlet.db").write_bytes(content[:-4096])
        elif way == "changed":
            (copy / "martlet.db").write_bytes(content[:4096] + os.urandom(len(content) - 4096))
        elif way == "no manifest":
            (copy / "manifest.json").unlink()
        else:
            (copy / "manifest.json").write_text(manifest.replace('"files"', '"fields"'))
        told = run("restore", copy, "--data", new)
        assert told.returncode == 1 and len(told.stderr.splitlines()) == 1, (way, told)
        assert not new.exists() and [path.name for path in tmp_path.glob(".*")] == [], way
    assert run("restore", backup, "--data", new).returncode == 0


def test_no_space_is_said_and_leaves_nothing(data, tmp_path):
    full = tmp_path / "full"
    full.mkdir()
    # A file that may not grow beyond some blocks stands for a disk that is full.
    done = run("backup", full / "b", "--data", data, preexec_fn=limit_files)
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1 and "NSCocoa" not in done.stderr, done
    assert names(full) == []
    assert run("backup", full / "b", "--data", data).returncode == 0


def limit_files():
    import resource
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 10, 64 << 10))
