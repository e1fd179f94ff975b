"""backup while devices publish, and restore into a fresh folder."""

import sqlite3
import threading

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
