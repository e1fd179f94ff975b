"""Pictures of devices: whole or not there, seen by who may, no pages, and in the backup."""

import contextlib
import hashlib
import http.client
import itertools
import json
import os
import random
import shutil
import sqlite3
import threading
import time

import pytest

from support.server import run
from support.waiting import wait_for
from test_scarcity import fill, small_disk  # noqa: F401

PNG = b"\x89PNG\r\n\x1a\n"
MIB = 1 << 20
ROUNDS = int(os.environ.get("MARTLET_CRASH_ROUNDS", 30)) // 3
serial = itertools.count(1)


def picture(size=2_000, head=PNG):
    """One like no other."""
    return (head + next(serial).to_bytes(8, "big") + random.randbytes(size))[:max(size, len(head) + 8)]


def put(who, device, body, **headers):
    return who.ask(f"/api/devices/{device}/picture", "PUT", body, headers)


def put_too_much(who, device, pieces, headers):
    """The status and code of a body that the hub need not read to its end."""
    connection = who.hub.connection()
    connection.putrequest("PUT", f"/api/devices/{device}/picture")
    for name, value in {**who.headers, "Content-Type": "image/png", **headers}.items():
        connection.putheader(name, value)
    connection.endheaders()
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        for piece in pieces:
            connection.send(piece)
    answer = connection.getresponse()
    told = answer.status, json.loads(answer.read())["code"]
    connection.close()
    return told


def get(who, device, **headers):
    return who.ask(f"/api/devices/{device}/picture", headers=headers)


def files(data):
    return sorted(str(file.relative_to(data / "blobs")) for file in (data / "blobs").rglob("*") if file.is_file())


def place(body):
    digest = hashlib.sha256(body).hexdigest()
    return f"{digest[:2]}/{digest[2:]}"


def test_a_picture_is_given_whole_in_part_or_not_again(own_closed):
    hub = own_closed()
    hub.device("node_a")
    admin, viewer, first = hub.admin, hub.person("staff"), picture()
    assert get(admin, "node_a").status == 404
    assert admin.get("/api/devices/node_a")["picture"] is None
    assert put(admin, "node_a", first).json() == {"media_type": "image/png", "bytes": len(first)}
    answer = get(viewer, "node_a")
    assert (answer.status, answer.body, answer.headers["Content-Type"]) == (200, first, "image/png")
    tag = answer.headers["ETag"]
    assert tag == f'"{hashlib.sha256(first).hexdigest()}"' and answer.headers["Last-Modified"]
    assert answer.headers["Content-Disposition"] == 'inline; filename="node_a.png"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert get(viewer, "node_a", **{"If-None-Match": tag}).status == 304
    part = get(viewer, "node_a", Range="bytes=8-15")
    assert (part.status, part.body) == (206, first[8:16])
    shown = viewer.get("/api/devices/node_a")["picture"]
    assert shown == viewer.get("/api/devices")["devices"][0]["picture"] == tag[1:17]
    # Who may only look changes nothing; another in its place frees the first.
    assert put(viewer, "node_a", first).status == 403
    second = picture(head=b"\xff\xd8\xff\xe0")
    assert put(admin, "node_a", second).json()["media_type"] == "image/jpeg"
    assert get(viewer, "node_a", **{"If-None-Match": tag}).body == second
    assert admin.ask("/api/devices/node_a/picture", "DELETE").status == 204
    assert get(admin, "node_a").status == admin.ask("/api/devices/node_a/picture", "DELETE").status == 404
    told = [entry["facts"] for entry in hub.audit(action="device.change")]
    assert told == [{"picture": "removed"}, {"picture": "image/jpeg", "bytes": str(len(second))}, {"picture": "image/png", "bytes": str(len(first))}], told
    hub.stop()


@pytest.mark.parametrize("way", ["page", "shell"])
def test_the_next_device_of_a_name_does_not_come_into_the_picture_of_the_one_before(own_closed, way):
    hub = own_closed()
    hub.device("node_a")
    put(hub.admin, "node_a", picture())
    if way == "page":
        assert hub.admin.ask("/api/devices/node_a", "DELETE").status == 204
    else:
        removed = run("device", "remove", "node_a", "--data", hub.data)
        assert removed.returncode == 0, removed.stderr
    hub.device("node_a")
    assert get(hub.admin, "node_a").status == 404
    assert hub.admin.get("/api/devices/node_a")["picture"] is None
    hub.stop()


def test_what_is_no_picture_or_too_large_leaves_nothing(own_closed):
    hub = own_closed()
    hub.device("node_a")
    admin = hub.admin
    for body, type in [(b"<html><script>alert(1)</script>" * 10, "image/png"), (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png"), (b"", "image/png"),
                       (picture(), "text/html"), (picture(), "image/svg+xml")]:
        assert put(admin, "node_a", body, **{"Content-Type": type}).status in (400, 415), type
    largest = picture(8 * MIB)
    told = put_too_much(admin, "node_a", [largest + b"x"], {"Content-Length": str(len(largest) + 1)})
    assert told == (413, "too_large"), told
    # In chunks nobody knows before how much it will be.
    told = put_too_much(admin, "node_a", [b"%x\r\n%s\r\n" % (len(part), part) for part in (largest, b"x")], {"Transfer-Encoding": "chunked"})
    assert told == (413, "too_large"), told
    assert put(admin, "none-such", picture()).status == 404
    assert files(hub.data) == []
    # What it says it is does not count, what it is does.
    assert put(admin, "node_a", largest, **{"Content-Type": "image/jpeg"}).json()["media_type"] == "image/png"
    assert files(hub.data) == [place(largest)]
    hub.stop()


@pytest.mark.timeout(120 + 15 * ROUNDS)
def test_every_picture_that_was_acknowledged_is_whole_after_a_crash(own_closed):
    hub = own_closed()
    devices = [f"node_{number}" for number in range(4)]
    for device in devices:
        hub.device(device)
    acknowledged, sent = {}, 0

    def upload(device, stop):
        nonlocal sent
        while not stop.is_set():
            body = picture(random.choice([3_000, 300_000, 3 * MIB]))
            sent += 1
            try:
                if put(admin, device, body).status == 200:
                    acknowledged[device] = body
                    maybe[device] = None
            except (OSError, http.client.HTTPException):
                # Whether it was kept nobody has said.
                maybe[device] = body
                return

    for _ in range(max(ROUNDS, 3)):
        admin, stop, maybe = hub.admin, threading.Event(), {}
        threads = [threading.Thread(target=upload, args=(device, stop)) for device in devices]
        for thread in threads:
            thread.start()
        time.sleep(random.uniform(0.05, 0.6))
        hub.kill()
        stop.set()
        for thread in threads:
            thread.join(20)
        hub.start()
        for device in devices:
            answer = get(hub.admin, device)
            allowed = [body for body in (acknowledged.get(device), maybe.get(device)) if body]
            if device in acknowledged or answer.status == 200:
                assert answer.status == 200 and answer.body in allowed, f"{device}: {answer.status}, {len(answer.body)} bytes"
                acknowledged[device] = answer.body
        assert not list((hub.data / "blobs" / "incoming").iterdir())
        wait_for(lambda: set(files(hub.data)) == {place(body) for body in acknowledged.values()}, "what no row names is swept")
    hub.stop()
    checked = run("check", "--deep", "--data", hub.data)
    assert checked.returncode == 0, checked
    print(f"{sent} pictures were sent")


def test_a_picture_that_finds_no_room_is_refused_and_leaves_nothing(own_closed, small_disk):  # noqa: F811
    hub = own_closed(small_disk / "data")
    hub.device("node_a")
    body = picture(2 * MIB)
    filler = fill(small_disk)
    answer = wait_for(lambda: (told := put(hub.admin, "node_a", body)).status == 503 and told, "HTTP 503")
    assert answer.json()["code"] == "storage_unavailable", answer
    assert files(hub.data) == []
    filler.unlink()
    wait_for(lambda: put(hub.admin, "node_a", body).status == 200, "there is room again", seconds=30)
    assert get(hub.admin, "node_a").body == body
    hub.stop()


def test_a_backup_has_the_pictures_also_while_some_go(own_closed, tmp_path):
    hub = own_closed()
    hub.device("node_a")
    kept = picture(50_000)
    put(hub.admin, "node_a", kept)
    for number in range(20):
        hub.device(f"node_b{number}")
    stop, admin = threading.Event(), hub.admin

    def come_and_go():
        for number in itertools.cycle(range(20)):
            if stop.is_set():
                return
            body = picture(20_000)
            put(admin, f"node_b{number}", body)
            gone = files(hub.data)
            admin.ask(f"/api/devices/node_b{number}/picture", "DELETE")
            # What the hub itself does an hour later.
            if place(body) in gone:
                (hub.data / "blobs" / place(body)).unlink(missing_ok=True)

    thread = threading.Thread(target=come_and_go)
    thread.start()
    try:
        for number in range(5):
            done = run("backup", tmp_path / f"backup{number}", "--data", hub.data)
            assert done.returncode == 0, done
    finally:
        stop.set()
        thread.join(20)
    hub.stop()
    for number in range(5):
        backup, data = tmp_path / f"backup{number}", tmp_path / f"restored{number}"
        done = run("restore", backup, "--data", data)
        assert done.returncode == 0, done
        checked = run("check", "--deep", "--data", data)
        assert checked.returncode == 0 and place(kept) in files(data), checked
    again = own_closed(tmp_path / "restored4")
    assert get(again.admin, "node_a").body == kept
    again.stop()


@pytest.mark.parametrize("way", ["missing", "truncated", "a bit flipped"])
def test_a_picture_that_is_lost_or_damaged_is_said(own_closed, tmp_path, way):
    hub = own_closed()
    hub.device("node_a")
    hub.device("node_b")
    body, other = picture(30_000), picture(30_000)
    put(hub.admin, "node_a", body)
    put(hub.admin, "node_b", other)
    hub.stop()
    file = hub.data / "blobs" / place(body)
    if way == "missing":
        file.unlink()
    else:
        file.write_bytes(body[:100] if way == "truncated" else body[:200] + bytes([body[200] ^ 1]) + body[201:])
    name = f"blobs/{place(body)}"
    flags = ["--deep"] if way == "a bit flipped" else []
    checked = run("check", *flags, "--data", hub.data)
    assert name in checked.stdout + checked.stderr, checked
    saved = run("backup", tmp_path / "copy", "--data", hub.data)
    assert saved.returncode == 2 and name in saved.stderr, saved
    assert place(other) in files(tmp_path / "copy") and place(body) not in files(tmp_path / "copy")
    hub.start()
    if way != "a bit flipped":
        # A length that is right is not read on the way.
        wait_for(lambda: "A file is missing or damaged" in hub.log_text(), "the log says so")
        assert get(hub.admin, "node_a").status == 404
    assert get(hub.admin, "node_b").body == other
    # The same content heals it.
    assert put(hub.admin, "node_a", body).status == 200
    assert get(hub.admin, "node_a").body == body
    hub.stop()


def test_a_backup_whose_picture_was_changed_is_not_restored(own_closed, tmp_path):
    hub = own_closed()
    hub.device("node_a")
    body = picture(5_000)
    put(hub.admin, "node_a", body)
    assert run("backup", tmp_path / "copy", "--data", hub.data).returncode == 0
    hub.stop()
    name = f"blobs/{place(body)}"
    assert name in [file["name"] for file in json.loads((tmp_path / "copy/manifest.json").read_text())["files"]]
    (tmp_path / "copy" / name).write_bytes(body[:-1] + bytes([body[-1] ^ 1]))
    done = run("restore", tmp_path / "copy", "--data", tmp_path / "new")
    assert done.returncode != 0 and name in done.stderr, done
    assert not (tmp_path / "new").exists()
    shutil.rmtree(tmp_path / "copy")


def test_a_site_that_has_its_megabytes_refuses_a_picture_or_lets_the_oldest_go(own_closed):
    hub = own_closed(start=False)
    hub.settings = {"MARTLET_PICTURE_SITE_MIB": "1"}
    hub.start()
    for name in "abc":
        hub.device(f"node_{name}")
    admin, body = hub.admin, picture(MIB // 2)
    assert put(admin, "node_a", body).status == 200
    assert put(admin, "node_b", picture(MIB // 2)).status == 200
    told = put(admin, "node_c", picture())
    assert told.status == 429 and told.json()["code"] == "limit_reached" and "MARTLET_PICTURE_SITE_MIB" in told.json()["detail"], told
    assert get(admin, "node_c").status == 404 and get(admin, "node_a").status == 200
    rules = {rule["name"]: rule for rule in admin.get("/api/system/retention")["rules"]}
    assert (rules["hub.picture-bytes"]["mebibytes_per_site"], rules["hub.picture-bytes"]["due"]) == (1, 0)
    assert rules["hub.picture"]["days"] is None and rules["hub.picture"]["mebibytes_per_site"] is None
    hub.stop()
    hub.settings["MARTLET_PICTURE_WHEN_FULL"] = "oldest-go"
    hub.start()
    admin = hub.admin
    assert put(admin, "node_c", picture()).status == 200
    assert get(admin, "node_a").status == 404 and get(admin, "node_b").status == get(admin, "node_c").status == 200
    hub.stop()


def test_a_picture_that_was_replaced_or_refused_leaves_the_disk_at_once(own_closed):
    hub = own_closed(start=False)
    hub.settings = {"MARTLET_PICTURE_SITE_MIB": "1"}
    hub.start()
    hub.device("node_a")
    for size in (1_000, 2_000, 3_000):
        assert put(hub.admin, "node_a", picture(size)).status == 200
    files = lambda: [file for file in (hub.data / "blobs").rglob("*") if file.is_file()]  # noqa: E731
    assert [file.stat().st_size for file in files()] == [get(hub.admin, "node_a").body.__len__()]
    assert put(hub.admin, "node_a", picture(2 * MIB)).status == 429
    assert len(files()) == 1
    hub.admin.must("DELETE", "/api/devices/node_a/picture")
    assert files() == []
    hub.stop()


def test_retention_says_which_pictures_go_before_they_do(own_closed, tmp_path):
    hub = own_closed()
    for name in "ab":
        hub.device(f"node_{name}")
        assert put(hub.admin, f"node_{name}", picture(MIB)).status == 200
    hub.stop()
    settings = tmp_path / "martlet.env"

    def told(*more):
        done = run("retention", "--data", hub.data, "--config", settings, *more)
        assert done.returncode == 0, done
        return {line.split()[0]: line for line in done.stdout.splitlines()[1:]}

    settings.write_text("MARTLET_PICTURE_SITE_MIB=1\n")
    assert "new ones are refused" in told()["hub.picture-bytes"] and told()["hub.picture-bytes"].split()[3] == "0"
    settings.write_text("MARTLET_PICTURE_SITE_MIB=1\nMARTLET_PICTURE_WHEN_FULL=oldest-go\n")
    assert told()["hub.picture-bytes"].split()[:4] == ["hub.picture-bytes", "-", "MARTLET_PICTURE_SITE_MIB", "1"]
    assert told("--apply")["hub.picture-bytes"].split()[3] == "1" and told()["hub.picture-bytes"].split()[3] == "0"
    with contextlib.closing(sqlite3.connect(hub.data / "martlet.db")) as book:
        assert book.execute("SELECT device FROM blob_use").fetchall() == [("node_b",)]
        book.execute("UPDATE blob_use SET created_at = created_at - 3 * 86400000000")
        book.commit()
    settings.write_text("MARTLET_PICTURE_DAYS=2\n")
    assert told()["hub.picture"].split()[1:4] == ["2", "MARTLET_PICTURE_DAYS", "1"]
    assert told("--apply")["hub.picture"].split()[3] == "1"
    hub.start()
    assert get(hub.admin, "node_b").status == 404
    hub.stop()
    settings.write_text("MARTLET_PICTURE_WHEN_FULL=never\n")
    refused = run("check", "--data", hub.data, "--config", settings)
    assert refused.returncode == 64 and "MARTLET_PICTURE_WHEN_FULL is 'never', but must be refuse or oldest-go" in refused.stderr
