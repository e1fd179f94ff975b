"""People, devices, tokens, the audit and certificates from the command line, on a data folder that no hub uses."""

import csv
import fcntl
import io
import json
import os
import pty
import re
import select
import shutil
import sqlite3
import subprocess
import time

import pytest

from support.server import BINARY, environment, run

PASSWORD = "seven purple herons 41"
KEY = re.compile(r"mdk_[A-Za-z0-9_-]{40,}")
TOKEN = re.compile(r"mpt_[A-Za-z0-9_-]{40,}")


class Folder:
    """A data folder and the commands on it."""

    def __init__(self, path):
        self.path = path

    def run(self, *arguments, **options):
        return run(*arguments, "--data", self.path, **options)

    def do(self, *arguments, **options):
        """A command that must succeed; what it prints."""
        done = self.run(*arguments, **options)
        assert done.returncode == 0, done
        return done.stdout

    def refused(self, *arguments, **options):
        """A command that must be refused with one line on standard error; that line."""
        done = self.run(*arguments, **options)
        assert done.returncode == 1, done
        assert done.stdout == "", done
        lines = done.stderr.splitlines()
        assert len(lines) == 1 and lines[0].startswith("martlet: "), done
        return lines[0]

    def misused(self, *arguments, **options):
        """A command that the parser does not take; what it says."""
        done = self.run(*arguments, **options)
        assert done.returncode == 64 and done.stdout == "" and "Usage: martlet" in done.stderr, done
        return done.stderr

    def add(self, name, role="viewer", *more, password=PASSWORD):
        return self.do("user", "add", name, "--role", role, "--password-stdin", *more, input=password + "\n")

    def users(self):
        return {user["username"]: user for user in json.loads(self.do("user", "list", "--json"))["users"]}

    def roles(self, name):
        return {(role["role"], role["site"]) for role in self.users()[name]["roles"]}

    def devices(self, *more):
        return {device["id"]: device for device in json.loads(self.do("device", "list", "--json", *more))["devices"]}

    def audit(self):
        """The entries as (action, target), without those of exports."""
        lines = self.do("audit", "export", "--jsonl").splitlines()
        entries = [json.loads(line) for line in lines]
        return [entry for entry in entries if entry["action"] != "audit.export"]

    def database(self):
        return sqlite3.connect(self.path / "martlet.db")

    def mode(self, name=""):
        return (self.path / name).stat().st_mode & 0o777


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "data")


@pytest.fixture
def hub(folder):
    """A folder with an admin and a device."""
    folder.add("anna", "admin")
    folder.key = folder.do("device", "add", "node_07", "--kind", "node").strip()
    return folder


# People


def test_the_first_user_makes_the_folder(folder):
    done = folder.run("user", "add", "anna", "--role", "admin", "--password-stdin", input=PASSWORD + "\n")
    assert done.returncode == 0 and done.stdout == "", done
    assert folder.mode() == 0o700
    anna = folder.users()["anna"]
    assert anna["state"] == "active" and anna["roles"] == [{"site": "*", "role": "admin"}]
    assert anna["second_factor"] is False and anna["last_sign_in_at"] is None
    table = folder.do("user", "list").splitlines()
    assert table[0].split()[:3] == ["NAME", "STATE", "ROLES"]
    assert table[1].split()[:3] == ["anna", "active", "admin"]


def test_the_folder_may_be_named_by_the_environment(tmp_path):
    done = subprocess.run(
        [BINARY, "user", "add", "anna", "--role", "admin", "--password-stdin"], input=PASSWORD, capture_output=True, text=True,
        env=environment() | {"MARTLET_DATA": str(tmp_path / "there")}, cwd=tmp_path,
    )
    assert done.returncode == 0, done
    assert "anna" in Folder(tmp_path / "there").users()
    assert not (tmp_path / "data").exists()


def test_a_password_is_stored_as_a_hash_only(hub):
    hub.add("ben")
    for file in hub.path.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert PASSWORD.encode() not in content, file
            assert hub.key.encode() not in content, file
    assert PASSWORD not in hub.do("audit", "export")


@pytest.mark.parametrize(
    "password, complaint",
    [
        ("", "no password on standard input"), ("\n", "no password on standard input"), ("short", "at least 10"),
        ("one line\nand another", "one line"), ("x" * 300, "at most 256"), ("x" * 5000, "too long"),
        ("ben-ben-ben", "user name"), ("password123", "tried first"), ("a\tb" * 10, "control characters"),
    ],
)
def test_passwords_that_are_none(hub, password, complaint):
    told = hub.refused("user", "add", "ben", "--role", "viewer", "--password-stdin", input=password)
    assert complaint in told
    assert password.strip() == "" or password not in told
    assert "ben" not in hub.users()


def test_a_password_that_is_no_text(hub):
    done = subprocess.run(
        [BINARY, "user", "add", "ben", "--role", "viewer", "--password-stdin", "--data", hub.path], input=b"\xff" * 20,
        capture_output=True, env=environment(),
    )
    assert done.returncode == 1 and b"UTF-8" in done.stderr


def test_a_password_that_is_made_is_printed_once(hub):
    first = hub.do("user", "add", "ben", "--role", "viewer", "--generate").splitlines()
    assert len(first) == 1 and len(first[0]) >= 16
    second = hub.do("user", "passwd", "ben", "--generate").splitlines()
    assert len(second) == 1 and second != first


@pytest.mark.parametrize("name", ["an na", "", "x" * 65, "a/b", "ännchen"])
def test_names_that_are_none(folder, name):
    assert "user name" in folder.refused("user", "add", name, "--role", "viewer", "--password-stdin", input=PASSWORD)


def test_what_is_wrong_with_a_new_user_is_said(hub):
    add = ("user", "add", "ben", "--password-stdin")
    assert "already" in hub.refused("user", "add", "Anna", "--role", "viewer", "--password-stdin", input=PASSWORD)
    assert "no such role" in hub.refused(*add, "--role", "emperor", input=PASSWORD)
    assert "nowhere" in hub.refused(*add, "--role", "viewer", "--site", "nowhere", input=PASSWORD)
    assert "--role" in hub.misused(*add, input=PASSWORD)
    assert "--role" in hub.misused(*add, "--role", "no role", input=PASSWORD)
    assert "--site" in hub.misused(*add, "--role", "viewer", "--site", "no site", input=PASSWORD)
    assert "exclude" in hub.misused(*add, "--role", "viewer", "--generate", input=PASSWORD)
    assert set(hub.users()) == {"anna"}


def test_a_password_is_changed(hub):
    with hub.database() as database:
        before = database.execute("SELECT * FROM account").fetchall()
    assert hub.do("user", "passwd", "anna", "--password-stdin", input="eight purple herons 42\n") == ""
    with hub.database() as database:
        assert database.execute("SELECT * FROM account").fetchall() != before
    assert "no user" in hub.refused("user", "passwd", "nobody", "--password-stdin", input=PASSWORD)
    assert "at least 10" in hub.refused("user", "passwd", "anna", "--password-stdin", input="short")


def test_the_last_admin_stays(hub):
    for command in (["disable", "anna"], ["remove", "anna"], ["role", "anna", "--take", "admin"]):
        assert "last admin" in hub.refused("user", *command)
    assert hub.users()["anna"]["state"] == "active"
    hub.add("ben", "admin")
    hub.do("user", "disable", "anna")
    assert hub.users()["anna"]["state"] == "disabled"
    assert "last admin" in hub.refused("user", "disable", "ben")
    hub.do("user", "enable", "anna")
    assert hub.users()["anna"]["state"] == "active"
    hub.do("user", "remove", "ben")
    assert set(hub.users()) == {"anna"}
    assert "no user" in hub.refused("user", "remove", "ben")


def test_roles_are_granted_and_taken(hub):
    hub.do("site", "add", "north", "--title", "North campus")
    hub.add("ben", "viewer", "--site", "north")
    assert hub.roles("ben") == {("viewer", "north")}
    hub.do("user", "role", "ben", "--grant", "operator@north", "--grant", "staff", "--take", "viewer@north")
    assert hub.roles("ben") == {("operator", "north"), ("staff", "*")}
    hub.do("user", "role", "ben", "--grant", "staff@*")
    assert hub.roles("ben") == {("operator", "north"), ("staff", "*")}, "granted twice it is one role"
    assert "is not viewer@north" in hub.refused("user", "role", "ben", "--take", "viewer@north")
    assert "no such role" in hub.refused("user", "role", "ben", "--grant", "emperor")
    assert "nowhere" in hub.refused("user", "role", "ben", "--grant", "viewer@nowhere")
    assert hub.roles("ben") == {("operator", "north"), ("staff", "*")}
    hub.misused("user", "role", "ben")
    hub.misused("user", "role", "ben", "--grant", "a b")
    hub.misused("user", "role", "ben", "--grant", "viewer@")


def test_the_second_factor_is_taken_away(hub):
    hub.do("user", "second-factor-off", "anna")
    assert hub.users()["anna"]["second_factor"] is False
    assert "no user" in hub.refused("user", "second-factor-off", "nobody")


def test_signing_out_one_and_everybody(hub):
    hub.add("ben")
    hub.do("user", "sign-out", "ben")
    hub.do("user", "sign-out", "--everybody")
    done = [entry["target"] for entry in hub.audit() if entry["action"] == "sign_out_everywhere"]
    assert done == ["user:ben", "user:anna", "user:ben"]
    assert "no user" in hub.refused("user", "sign-out", "nobody")
    hub.misused("user", "sign-out")
    hub.misused("user", "sign-out", "ben", "--everybody")


def test_sites(hub):
    hub.do("site", "add", "north")
    assert "already" in hub.refused("site", "add", "north")
    hub.do("device", "add", "node_08", "--kind", "node", "--site", "north")
    sites = {site["id"]: site for site in json.loads(hub.do("site", "list", "--json"))["sites"]}
    assert sites["north"] == {"id": "north", "title": "north", "devices": 1}
    assert sites["main"]["devices"] == 1
    assert "north" in hub.do("site", "list")


def on_a_terminal(answers, *arguments):
    """Runs a command that has a terminal and nothing else; gives the answers to its prompts. (exit code, what was shown)"""
    process, terminal = pty.fork()
    if process == 0:
        os.execve(BINARY, [str(BINARY), *map(str, arguments)], environment())
    shown, deadline = "", time.monotonic() + 30
    answers = list(answers)
    try:
        while time.monotonic() < deadline:
            if not select.select([terminal], [], [], 0.5)[0]:
                continue
            try:
                part = os.read(terminal, 4096).decode()
            except OSError:  # The other end was closed.
                break
            if not part:
                break
            shown += part
            if answers and shown.rstrip(" ").endswith(":"):
                os.write(terminal, answers.pop(0).encode())
    finally:
        os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), shown


def test_a_password_is_asked_for_twice_and_not_shown(folder):
    code, shown = on_a_terminal(
        [PASSWORD + "\r", "xy\x15" + PASSWORD + "é\x7f\r"], "user", "add", "anna", "--role", "admin", "--data", folder.path)
    assert code == 0, shown
    assert shown.count(":") == 2 and PASSWORD not in shown and "herons" not in shown
    assert "anna" in folder.users()


def test_two_different_passwords_are_refused(folder):
    code, shown = on_a_terminal([PASSWORD + "\r", PASSWORD + "x\r"], "user", "add", "anna", "--role", "admin", "--data", folder.path)
    assert code == 1 and "not the same" in shown
    assert folder.users() == {}


def test_control_c_ends_the_question(folder):
    code, _ = on_a_terminal(["sec\x03"], "user", "add", "anna", "--role", "admin", "--data", folder.path)
    assert code == 130
    assert folder.users() == {}


def test_without_a_terminal_a_password_is_not_asked_for(folder):
    done = folder.run("user", "add", "anna", "--role", "admin", stdin=subprocess.DEVNULL, start_new_session=True)
    assert done.returncode == 1 and "--password-stdin" in done.stderr


# Devices


def test_a_device_makes_no_folder_unless_that_is_asked_for(folder, tmp_path):
    told = folder.refused("device", "add", "node_07", "--kind", "node")
    assert "not a data folder" in told and f"martlet serve --data {folder.path}" in told
    assert not folder.path.exists()
    done = run("user", "add", "anna", "--role", "admin", "--password-stdin", input=PASSWORD + "\n", cwd=tmp_path)
    assert done.returncode == 1 and "--data" in done.stderr, "a folder that nobody has named is not made"
    assert list(tmp_path.iterdir()) == []
    folder.do("device", "add", "node_07", "--kind", "node", "--create")
    assert set(folder.devices()) == {"node_07"}


def test_the_key_of_a_device_is_all_that_is_printed(folder):
    done = folder.run("device", "add", "node_07", "--kind", "node", "--create")
    assert done.returncode == 0
    assert KEY.fullmatch(done.stdout.removesuffix("\n")), done
    assert KEY.search(done.stderr) is None
    device = folder.devices()["node_07"]
    assert (device["state"], device["kind"], device["site"], device["credential"]) == ("active", "node", "main", "key")
    assert device["last_seen"] is None and device["controller"] is None
    assert folder.do("device", "list").splitlines()[1].split()[:4] == ["node_07", "active", "node", "main"]


def test_a_device_is_known_by_each_of_its_spellings(folder):
    folder.do("device", "add", "07", "--kind", "node", "--create")
    assert set(folder.devices()) == {"node_07"}
    assert KEY.fullmatch(folder.do("device", "rotate", "07").strip())
    assert "in use" in folder.refused("device", "add", "node_07", "--kind", "node")


def test_several_devices_are_added_together_or_not_at_all(folder):
    lines = folder.do("device", "add", "node_1", "node_2", "--kind", "node", "--create").splitlines()
    assert [line.split()[0] for line in lines] == ["node_1", "node_2"]
    keys = [line.split()[1] for line in lines]
    assert all(KEY.fullmatch(key) for key in keys) and len(set(keys)) == 2
    names = "".join(f"node_{n}\n" for n in range(10, 60))
    assert len(folder.do("device", "add", "--ids-stdin", "--kind", "node", input=names).splitlines()) == 50
    one = folder.do("device", "add", "--ids-stdin", "--kind", "node", input="node_99\r\n")
    assert one.split()[0] == "node_99", "a list of one is a list"
    assert "node_2" in folder.refused("device", "add", "node_3", "node_2", "--kind", "node")
    assert "node_3" not in folder.devices()
    for bad in ["", "\n", "node 5\n", "node_5\nnode/6\n", "x" * 65]:
        folder.refused("device", "add", "--ids-stdin", "--kind", "node", input=bad)
    assert len(folder.devices()) == 53


def test_what_is_wrong_with_a_new_device_is_said(folder):
    folder.misused("device", "add", "--kind", "node")
    folder.misused("device", "add", "node_1")
    folder.misused("device", "add", "node/1", "--kind", "node")
    folder.misused("device", "add", "node_1", "--kind", "toaster")
    folder.misused("device", "add", "node_1", "--ids-stdin", "--kind", "node")
    assert not folder.path.exists()
    folder.refused("device", "add", "node_1", "--kind", "node", "--site", "nowhere", "--create")
    folder.refused("device", "add", "node_1", "--kind", "node", "--controller", "node_2")
    assert folder.devices() == {}


def test_a_controller(hub):
    hub.do("device", "add", "node_08", "--kind", "node", "--controller", "07")
    assert hub.devices()["node_08"]["controller"] == "node_07"


def test_the_life_of_a_device(hub):
    assert hub.do("device", "rotate", "node_07").strip() != hub.key
    assert hub.do("device", "revoke", "node_07") == ""
    device = hub.devices()["node_07"]
    assert (device["state"], device["credential"]) == ("disabled", "none")
    hub.do("device", "enable", "node_07")
    assert hub.devices()["node_07"]["state"] == "active"
    hub.do("device", "remove", "node_07")
    assert hub.devices() == {}
    for command in ["rotate", "revoke", "enable", "remove"]:
        assert "no device node_07" in hub.refused("device", command, "node_07")
        hub.misused("device", command)


def test_devices_are_filtered(hub):
    hub.do("site", "add", "north")
    hub.do("device", "add", "node_08", "--kind", "node", "--site", "north")
    hub.do("device", "revoke", "node_08")
    assert set(hub.devices()) == {"node_07", "node_08"}
    assert set(hub.devices("--state", "disabled")) == {"node_08"}
    assert set(hub.devices("--state", "active", "--kind", "node")) == {"node_07"}
    assert set(hub.devices("--site", "north")) == {"node_08"}
    assert hub.devices("--kind", "parking") == {} == hub.devices("--state", "pending")
    hub.misused("device", "list", "--state", "asleep")


def test_more_devices_than_are_read_at_once(folder):
    names = "".join(f"node_{n:05}\n" for n in range(2_500))
    folder.do("device", "add", "--ids-stdin", "--kind", "node", "--create", input=names)
    assert len(folder.devices()) == 2_500
    assert len(folder.do("device", "list").splitlines()) == 2_501


def test_the_join_window(hub):
    assert hub.do("device", "join") == "closed\n"
    assert hub.do("device", "join", "--minutes", "5").startswith("open until ")
    assert hub.do("device", "join").startswith("open until ")
    assert hub.do("device", "join", "--close") == "closed\n"
    assert hub.do("device", "join") == "closed\n"
    for bad in [["--minutes", "0"], ["--minutes", "61"], ["--minutes", "ten"], ["--minutes", "5", "--close"]]:
        hub.misused("device", "join", *bad)


def knock(hub, name):
    """A device that asked to be let in while the window was open, as the hub's door writes it down."""
    with hub.database() as database:
        database.execute(
            "INSERT INTO device_request (device, kind, first_seen, last_seen, address, topics) VALUES (?, 'node', 1, 2, ?, '[]')",
            (name, "192.0.2.7\x1b[31m\u202e"),
        )
        database.execute("UPDATE registry_count SET value = value + 1 WHERE name = 'device_request'")


def test_pending_devices_are_approved_and_rejected(hub):
    for name in ["node_20", "node_21", "node_22"]:
        knock(hub, name)
    assert set(hub.devices("--state", "pending")) == {"node_20", "node_21", "node_22"}
    assert hub.devices()["node_20"]["state"] == "pending"
    shown = hub.do("device", "list", "--state", "pending")
    assert "\x1b" not in shown and "192.0.2.7?[31m?" in shown, "a device cannot steer the terminal"
    assert KEY.fullmatch(hub.do("device", "approve", "node_20").strip())
    assert hub.devices()["node_20"]["state"] == "active"
    assert "no password" in hub.refused("device", "approve", "node_21", "--keep-password")
    assert hub.do("device", "reject", "node_21") == ""
    assert "node_21" not in hub.devices()
    for command in ["approve", "reject"]:
        assert "No device node_21 waits" in hub.refused("device", command, "node_21")
    assert "waits to be approved" in hub.refused("device", "add", "node_22", "--kind", "node")


# Tokens


def test_a_token_is_printed_once_and_listed_without_itself(hub):
    token = hub.do(
        "token", "add", "grafana", "--user", "anna", "--scope", "nodes.view", "metrics.view", "--days", "90").removesuffix("\n")
    assert TOKEN.fullmatch(token)
    listed = hub.do("token", "list", "--user", "anna", "--json")
    (known,) = json.loads(listed)["tokens"]
    assert known["name"] == "grafana" and sorted(known["scopes"]) == ["metrics.view", "nodes.view"]
    assert known["last_used_at"] is None and known["expires_at"] > known["created_at"]
    assert "grafana" in hub.do("token", "list", "--user", "anna")
    assert token not in listed
    assert all(token.encode() not in file.read_bytes() for file in hub.path.iterdir() if file.is_file())
    assert "no token" in hub.refused("token", "revoke", token)
    hub.do("token", "revoke", known["id"])
    assert json.loads(hub.do("token", "list", "--user", "anna", "--json"))["tokens"] == []
    assert "no token" in hub.refused("token", "revoke", known["id"])


def test_what_is_wrong_with_a_new_token_is_said(hub):
    hub.add("ben", "viewer")
    add = ("token", "add", "t", "--user", "ben")
    hub.misused(*add, "--scope", "nodes.view")
    hub.misused(*add, "--days", "3")
    hub.misused(*add, "--scope", "nodes.fly", "--days", "3")
    for days in ["0", "367", "-1", "many"]:
        hub.misused(*add, "--scope", "system.view", "--days", days)
    assert "users.manage" in hub.refused(*add, "--scope", "users.manage", "--days", "3")
    assert "no user" in hub.refused("token", "add", "t", "--user", "eve", "--scope", "system.view", "--days", "3")
    assert "no user" in hub.refused("token", "list", "--user", "eve")
    assert json.loads(hub.do("token", "list", "--user", "ben", "--json"))["tokens"] == []


# The audit


def test_everything_is_in_the_audit_with_who_did_it(hub):
    hub.do("device", "rotate", "node_07")
    hub.refused("device", "rotate", "node_09")
    entries = hub.audit()
    assert [(entry["action"], entry["target"]) for entry in entries] == [
        ("user.add", "user:anna"), ("role.grant", "user:anna"), ("device.add", "device:node_07"), ("device.rotate", "device:node_07"),
    ]
    me = subprocess.run(["id", "-un"], capture_output=True, text=True).stdout.strip()
    assert {(entry["identity"], entry["who"]) for entry in entries} == {("shell", me)}


def test_the_audit_as_csv(hub):
    rows = list(csv.DictReader(io.StringIO(hub.do("audit", "export", "--csv"))))
    assert [int(row["sequence"]) for row in rows] == [1, 2, 3, 4]
    assert rows[-1]["action"] == "audit.export"
    assert json.loads(rows[2]["facts"])["kind"] == "node"
    again = list(csv.DictReader(io.StringIO(hub.do("audit", "export"))))
    assert again[:4] == rows and len(again) == 5
    hub.misused("audit", "export", "--csv", "--jsonl")


def test_more_entries_than_are_read_at_once(folder):
    names = "".join(f"node_{n}\n" for n in range(2_300))
    folder.do("device", "add", "--ids-stdin", "--kind", "node", "--create", input=names)
    rows = list(csv.DictReader(io.StringIO(folder.do("audit", "export"))))
    assert [int(row["sequence"]) for row in rows] == list(range(1, 2_302)), "one heading, nothing twice, nothing left out"
    assert len(folder.do("audit", "export", "--jsonl").splitlines()) == 2_302


def test_an_audit_that_is_as_it_was_written(hub):
    words = hub.do("audit", "verify").split()
    assert words[0:2] == ["entries", "3"] and words[2] == "head" and re.fullmatch("[0-9a-f]{64}", words[3])
    assert json.loads(hub.do("audit", "verify", "--json")) == {"intact": True, "entries": 3, "head": words[3]}
    hub.do("device", "rotate", "node_07")
    hub.do("audit", "verify", "--head", words[3])
    assert "written anew" in hub.refused("audit", "verify", "--head", "0" * 64)
    for bad in ["", "abc", "g" * 64, "0" * 63]:
        hub.misused("audit", "verify", "--head", bad)


@pytest.mark.parametrize(
    "change, row",
    [
        ("UPDATE audit SET name = 'somebody' WHERE sequence = 2", 2), ("UPDATE audit SET facts = '{}' WHERE sequence = 3", 3),
        ("DELETE FROM audit WHERE sequence = 2", 2), ("DELETE FROM audit WHERE sequence = 3", 3),
        ("UPDATE audit SET at = at + 1 WHERE sequence = 1", 1),
    ],
)
def test_the_first_changed_row_is_named(hub, change, row):
    with hub.database() as database:
        assert database.execute(change).rowcount == 1
    told = hub.refused("audit", "verify")
    assert int(re.search(r"row (\d+)", told)[1]) == row, told
    done = hub.run("audit", "verify", "--json")
    assert done.returncode == 1 and json.loads(done.stdout)["intact"] is False


# Certificates


def openssl(*arguments):
    return subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True)


def test_an_authority_and_its_certificates(hub, tmp_path):
    assert "there is no certificate authority in" in hub.refused("ca", "issue", "node_07", "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert "ca.key" in hub.do("ca", "init")
    assert hub.mode("ca") == 0o700 and hub.mode("ca/ca.key") == 0o600
    before = {file.name: file.read_bytes() for file in (hub.path / "ca").iterdir()}
    assert "already" in hub.refused("ca", "init")
    assert {file.name: file.read_bytes() for file in (hub.path / "ca").iterdir()} == before

    serial = re.search(r"^serial +([0-9a-f]{32})$", hub.do("ca", "issue", "07", "--out", tmp_path / "out", "--days", "30"), re.M)[1]
    assert {file.name for file in (tmp_path / "out").iterdir()} == {"node_07.pem", "node_07.key"}
    assert (tmp_path / "out/node_07.key").stat().st_mode & 0o777 == 0o600
    (known,) = json.loads(hub.do("ca", "list", "--json"))["certificates"]
    assert (known["serial"], known["device"], known["common_name"], known["state"]) == (serial, "node_07", "node_07", "valid")
    assert hub.devices()["node_07"]["credential"] == "key"
    assert "already" in hub.refused("ca", "issue", "node_07", "--out", tmp_path / "out")
    assert len(json.loads(hub.do("ca", "list", "--json"))["certificates"]) == 1, "what was not written is not recorded"

    told = hub.do("ca", "list", "--device", "07").splitlines()
    assert len(told) == 2 and told[1].split()[:3] == [serial, "node_07", "valid"]
    colons = ":".join(serial[i : i + 2].upper() for i in range(0, 32, 2))
    hub.do("ca", "revoke", colons)
    (known,) = json.loads(hub.do("ca", "list", "--json"))["certificates"]
    assert known["state"] == "revoked" and known["revoked_at"]
    assert "before" in hub.refused("ca", "revoke", serial)
    assert "no certificate" in hub.refused("ca", "revoke", "4f")
    for bad in ["", "xyz", "0", "f" * 41]:
        hub.misused("ca", "revoke", bad)
    assert [entry["action"] for entry in hub.audit()][-2:] == ["certificate.issue", "certificate.revoke"]


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
def test_certificates_as_openssl_sees_them(hub, tmp_path):
    hub.do("ca", "init")
    request, own = tmp_path / "own.csr", tmp_path / "own.key"
    made = openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=admin", "-keyout", own,
                   "-out", request)
    assert made.returncode == 0, made
    hub.do("ca", "issue", "node_07", "--out", tmp_path / "own", "--csr", request)
    hub.do("ca", "issue", "node_07", "--out", tmp_path / "new")
    assert not (tmp_path / "own/node_07.key").exists()
    for certificate in [tmp_path / "own/node_07.pem", tmp_path / "new/node_07.pem"]:
        done = openssl("verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", hub.path / "ca/ca.pem", certificate)
        assert done.returncode == 0, done
        assert openssl("verify", "-purpose", "sslserver", "-CAfile", hub.path / "ca/ca.pem", certificate).returncode != 0
        assert "CN = node_07" in openssl("x509", "-in", certificate, "-noout", "-subject", "-nameopt", "oneline").stdout
    serials = {certificate["serial"] for certificate in json.loads(hub.do("ca", "list", "--json"))["certificates"]}
    printed = openssl("x509", "-in", tmp_path / "own/node_07.pem", "-noout", "-serial").stdout.strip().split("=")[1].lower()
    assert printed in serials and len(serials) == 2


def test_what_is_wrong_with_a_certificate_is_said(hub, tmp_path):
    hub.do("ca", "init")
    out = tmp_path / "out"
    assert "no device" in hub.refused("ca", "issue", "node_99", "--out", out)
    assert "cannot be read" in hub.refused("ca", "issue", "node_07", "--out", out, "--csr", tmp_path / "nothing")
    bad = tmp_path / "bad.csr"
    bad.write_text("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n")
    assert "signing request" in hub.refused("ca", "issue", "node_07", "--out", out, "--csr", bad)
    assert "3652" in hub.misused("ca", "issue", "node_07", "--out", out, "--days", "4000")
    hub.misused("ca", "issue", "node_07")
    (hub.path / "ca/ca.key").chmod(0o644)
    assert "0600" in hub.refused("ca", "issue", "node_07", "--out", out)
    assert not out.exists() and json.loads(hub.do("ca", "list", "--json"))["certificates"] == []


def test_a_certificate_that_cannot_be_recorded_is_not_handed_out(hub, tmp_path):
    hub.do("ca", "init")
    with hub.database() as database:
        database.execute("CREATE TRIGGER full BEFORE INSERT ON device_certificate BEGIN SELECT RAISE(ABORT, 'no room'); END")
    assert "no room" in hub.refused("ca", "issue", "node_07", "--out", tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []
    assert "certificate.issue" not in [entry["action"] for entry in hub.audit()]


def test_a_certificate_for_development(folder, tmp_path):
    told = folder.do("cert", "dev", "--name", "hub.local", "--name", "192.0.2.7")
    assert "hub.local" in told and not (folder.path / "martlet.db").exists()
    assert {file.name for file in (folder.path / "tls").iterdir()} == {"ca.pem", "server.pem", "server.key"}
    assert folder.mode("tls/server.key") == 0o600
    assert "already" in folder.refused("cert", "dev")
    folder.do("cert", "dev", "--out", tmp_path / "elsewhere")
    assert (tmp_path / "elsewhere/server.pem").read_text().count("BEGIN CERTIFICATE") == 2
    assert "neither a host name" in folder.refused("cert", "dev", "--out", tmp_path / "no", "--name", "no name")
    assert not (tmp_path / "no").exists()
    if shutil.which("openssl"):
        for option, name in [("-verify_hostname", "localhost"), ("-verify_hostname", "hub.local"), ("-verify_ip", "::1")]:
            done = openssl("verify", "-x509_strict", "-purpose", "sslserver", option, name, "-CAfile", folder.path / "tls/ca.pem",
                           folder.path / "tls/server.pem")
            assert done.returncode == 0, done


# All commands


COMMANDS = [
    "user", "user add", "user list", "user passwd", "user role", "user disable", "user enable", "user sign-out",
    "user second-factor-off", "user remove",
    "site", "site add", "site list", "device", "device add", "device list", "device rotate", "device revoke", "device enable",
    "device remove", "device approve", "device reject", "device join", "token", "token add", "token list", "token revoke", "audit",
    "audit verify", "audit export", "ca", "ca init", "ca issue", "ca revoke", "ca list", "cert", "cert dev",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(command):
    told = run(*command.split(), "--help")
    assert told.returncode == 0 and "USAGE: martlet " + command in told.stdout
    assert re.search(rf"^ .*martlet {command}", told.stdout, re.M), "an example"


@pytest.mark.parametrize(
    "command",
    [
        "user list", "user disable anna", "user passwd anna --generate", "user role anna --grant admin", "device list", "device rotate n",
        "device join --minutes 5", "token list --user anna", "audit verify", "audit export", "ca list", "ca revoke 4f",
        "ca issue n --out /dev/null/x",
    ],
)
def test_a_folder_that_is_none_is_said_and_not_made(folder, command):
    assert "not a data folder" in folder.refused(*command.split())
    assert not folder.path.exists()


def test_a_database_that_is_none_is_not_overwritten(folder):
    folder.path.mkdir()
    (folder.path / "martlet.db").write_bytes(b"this is no database, but somebody may need it" * 100)
    before = (folder.path / "martlet.db").read_bytes()
    for command in (["user", "list"], ["device", "add", "node_1", "--kind", "node"]):
        folder.refused(*command)
    assert (folder.path / "martlet.db").read_bytes() == before


def test_a_folder_of_a_newer_version_is_left_alone(hub):
    with hub.database() as database:
        database.execute(
            "INSERT INTO schema_migration (owner, name, position, checksum, applied_at) VALUES ('registry', '9999-later', 9999, 'x', 0)")
    assert "does not fit this version" in hub.refused("user", "list")


def test_beside_a_running_hub(hub):
    """The lock that a hub holds: the commands work, and leave its tables alone."""
    with open(hub.path / "lock", "r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        (hub.path / "ready.json").write_text("{}")
        hub.add("ben")
        hub.do("device", "add", "node_08", "--kind", "node")
        assert set(hub.users()) == {"anna", "ben"}
        assert (hub.path / "ready.json").exists(), "that file is the hub's"
        with hub.database() as database:
            database.execute("DELETE FROM schema_migration WHERE owner = 'registry' AND name LIKE '0001-%'")
        assert "another version" in hub.refused("user", "list")


def test_two_commands_at_once_on_a_fresh_folder(folder):
    commands = [
        subprocess.Popen(
            [BINARY, "device", "add", f"node_{n}", "--kind", "node", "--create", "--data", folder.path], env=environment(), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )
        for n in range(8)
    ]
    told = [command.communicate(timeout=60) for command in commands]
    assert [command.returncode for command in commands] == [0] * 8, told
    assert len(folder.devices()) == 8
    assert json.loads(folder.do("audit", "verify", "--json"))["entries"] == 8
