"""Who did what: every kind of action leaves its row, and a row that was changed afterwards is named."""

import csv
import io
import json
import re
import shutil
import sqlite3
import time

import pytest

from support.accounts import ADMIN, Signed, json_lines, new_password
from support.raw import Raw
from support.server import run
from support.tls import serial_of
from support.waiting import wait_for
from test_guessing import second_factor, until_held
from test_sessions import refresh, refresh_cookie, shell


def rows(hub):
    """All entries, oldest first, from the database."""
    with hub.database() as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute("SELECT * FROM audit ORDER BY sequence")]


def knock(hub, name):
    with Raw(hub.mqtt_port) as raw:
        assert raw.connect(f"c-{name}", 5, username=name, password="offered-password-1").reason == 0
    wait_for(lambda: hub.device_state(name) == "pending", f"{name} waits")


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """A hub on which everything was done once, by the API and from the shell, and stopped again."""
    from support.accounts import Closed
    from support.server import ROOT

    log = ROOT / "build/logs/e2e-audit.log"
    log.unlink(missing_ok=True)
    hub = Closed(tmp_path_factory.mktemp("audit") / "data", log).start()
    admin = hub.admin
    anna, ben, carl = hub.person("viewer", name="anna"), hub.person("viewer", name="ben"), hub.person("viewer", name="carl")
    hub.login("anna", "wrong")
    until_held(hub, "anna", "127.0.0.91")
    secret, recovery = second_factor(anna)
    anna.must("POST", "/api/account/second-factor/disable", {"password": anna.password, "code": recovery[0]})
    token = anna.personal_token(["nodes.view"])
    anna.must("DELETE", f"/api/account/tokens/{token['id']}")
    new = new_password()
    anna.must("POST", "/api/account/password", {"current": anna.password, "new": new})
    anna = hub.sign_in("anna", new)
    anna.must("POST", "/api/auth/logout", {})
    carl_cookie = carl.cookie_header("refresh")
    second = refresh(hub, carl_cookie)
    refresh(hub, refresh_cookie(second))
    refresh(hub, carl_cookie)
    ben.must("POST", "/api/auth/logout-everywhere", {})
    admin.must("PUT", "/api/users/ben/roles", {"roles": [{"site": "*", "role": "staff"}]})
    admin.must("POST", "/api/users/ben/disable")
    admin.must("POST", "/api/users/ben/enable")
    admin.must("POST", "/api/users/carl/password", {})
    admin.must("DELETE", "/api/users/carl")
    admin.must("POST", "/api/sites", {"id": "yard", "title": "Yard"})
    admin.must("PUT", "/api/sites/yard", {"title": "The yard"})
    key = hub.device("node_one")
    admin.must("PUT", "/api/devices/node_one", {"site": "yard"})
    admin.must("POST", "/api/devices/node_one/rotate")
    admin.must("POST", "/api/devices/node_one/disable")
    admin.must("POST", "/api/devices/node_one/enable")
    admin.must("POST", "/api/join", {"minutes": 5})
    knock(hub, "node_two")
    knock(hub, "node_three")
    admin.must("POST", "/api/devices/node_two/approve", {"kind": "node", "credential": "offered"})
    admin.must("POST", "/api/devices/node_three/reject")
    admin.must("DELETE", "/api/join")
    with hub.mqtt_node("two", "offered-password-1") as node:
        node.telemetry({"v": 1})
    admin.must("POST", "/api/nodes/two/commands", {"command": "blink", "params": {}}, (202,))
    admin.must("DELETE", "/api/devices/node_one")
    assert admin.ask("/api/audit/export", headers={"Accept": "text/csv"}).status == 200
    shell(hub, "user", "add", "dora", "--role", "viewer", "--password-stdin", input=new_password() + "\n")
    shell(hub, "device", "add", "node_shell", "--kind", "node")
    shell(hub, "ca", "init")
    shell(hub, "ca", "issue", "node_shell", "--out", hub.data.parent / "issued")
    shell(hub, "ca", "revoke", serial_of(hub.data.parent / "issued/node_shell.pem"))
    hub.secrets = [key, secret, *recovery, new, ben.password, token["token"], "offered-password-1"]
    yield hub
    hub.end()


EXPECTED = {
    # action: (identity, target)
    "sign_in": ("person", "user:anna"), "sign_out": ("person", "user:anna"), "sign_out_everywhere": ("person", "user:ben"),
    "lock_out": ("anonymous", None), "session_replayed": (None, "user:carl"), "password.change": ("person", "user:anna"),
    "second_factor.enable": ("person", "user:anna"), "second_factor.disable": ("person", "user:anna"),
    "token.create": ("person", None), "token.revoke": ("person", None), "user.add": ("person", "user:anna"),
    "user.disable": ("person", "user:ben"), "user.enable": ("person", "user:ben"),
    "user.remove": ("person", "user:carl"), "role.grant": ("person", "user:ben"), "role.take": ("person", "user:ben"),
    "device.add": ("person", "device:node_one"), "device.approve": ("person", "device:node_two"),
    "device.reject": ("person", "device:node_three"), "device.change": ("person", "device:node_one"),
    "device.rotate": ("person", "device:node_one"), "device.disable": ("person", "device:node_one"),
    "device.enable": ("person", "device:node_one"), "device.remove": ("person", "device:node_one"),
    "join.open": ("person", None), "join.close": ("person", None), "certificate.issue": ("shell", "device:node_shell"),
    "certificate.revoke": ("shell", "device:node_shell"), "command.send": ("person", "device:node_two"),
    "site.add": ("person", "site:yard"), "site.change": ("person", "site:yard"), "audit.export": ("person", None),
    "hub.start": ("hub", None),
}


@pytest.mark.parametrize("action", EXPECTED)
def test_each_kind_of_action_leaves_its_row(busy, action):
    identity, target = EXPECTED[action]
    found = [row for row in rows(busy) if row["action"] == action]
    assert found, f"nothing of {action}"
    if identity:
        assert identity in {row["identity"] for row in found}, found
    if target:
        assert target in {row["target"] for row in found}, [row["target"] for row in found]
    for row in found:
        json.loads(row["facts"])
        assert row["at"] > (time.time() - 3600) * 1e6
        if row["identity"] == "person":
            assert row["name"] and row["address"]


def test_refusals_are_there_too(busy):
    found = [row for row in rows(busy) if row["outcome"] == "refused"]
    assert {"sign_in", "session_replayed"} <= {row["action"] for row in found}
    assert any(row["address"] == "127.0.0.91" for row in found)


def entry_of(hub, **query):
    """The newest entry that fits."""
    return hub.admin.get("/api/audit?limit=1&" + "&".join(f"{k}={v}" for k, v in query.items()))["entries"][0]


def test_what_somebody_wanted_and_was_refused_is_there(closed):
    viewer, admin = closed.person("viewer"), closed.person("admin")
    wide = Signed(closed, admin.personal_token(["users.manage"])["token"])
    assert viewer.post("/api/users", {"username": "x", "role": "admin"}).status == 403
    assert viewer.ask("/api/audit").status == 403
    assert viewer.ask("/api/devices").status == 403, "only reading: not written down"
    assert wide.post(f"/api/users/{admin.name}/password", {}).status == 403
    tried = [e for e in closed.audit(who=viewer.name, action="request")]
    assert [(e["target"], e["outcome"], e["facts"]["method"], e["facts"]["code"]) for e in tried] == [
        ("/api/audit", "refused", "GET", "forbidden"), ("/api/users", "refused", "POST", "forbidden")]
    assert all(e["address"] == "127.0.0.1" and e["identity"] == "person" for e in tried)
    token = entry_of(closed, who=admin.name, action="request")
    assert token["identity"] == "token" and token["facts"]["by_token"] and token["facts"]["route"] == "/api/users/{name}/password"
    for _ in range(30):
        viewer.post("/api/users", {"username": "x", "role": "admin"})
    assert len(closed.audit(who=viewer.name, action="request")) <= 12, "nobody fills the audit"


def test_a_refusal_to_remove_the_last_admin_is_there(own_closed):
    hub = own_closed()
    assert hub.admin.ask(f"/api/users/{ADMIN}/disable", "POST", {}).status == 409
    entry = entry_of(hub, action="request")
    assert entry["target"] == f"/api/users/{ADMIN}/disable" and entry["facts"]["code"] == "conflict" and entry["who"] == ADMIN
    assert hub.admin.get("/api/audit/verify")["intact"] is True


def test_what_a_program_tells_a_device_over_mqtt_is_there(closed, fresh):
    person = closed.person("admin")
    made = person.personal_token(["mqtt.publish"])
    with closed.mqtt(person.name, made["token"]) as program:
        program.publish(f"iot/node/{fresh}/command", '{"command":"x"}', qos=1)
        program.publish(f"anything/{fresh}", "x", qos=1)
    found = closed.audit(who=person.name, action="command.send")
    assert [e["target"] for e in found] == [f"topic:iot/node/{fresh}/command"]
    assert found[0]["facts"]["by_token"] == made["id"] and found[0]["facts"]["over"] == "mqtt"


def test_from_the_shell_it_is_there_too(busy):
    found = {(row["action"], row["target"]) for row in rows(busy) if row["identity"] == "shell"}
    assert {("user.add", "user:dora"), ("device.add", "device:node_shell")} <= found
    assert ("user.add", f"user:{ADMIN}") in found, "the first admin, before the hub ran"


def test_no_secret_is_in_it(busy):
    text = json.dumps(rows(busy), default=lambda b: b.hex())
    for secret in busy.secrets:
        assert secret not in text


def test_search(busy):
    for query, good in {
        "action=device.rotate": lambda e: e["action"] == "device.rotate", "who=anna": lambda e: e["who"] == "anna",
        "target=user:ben": lambda e: e["target"] == "user:ben", "outcome=refused": lambda e: e["outcome"] == "refused",
        "limit=3": lambda e: True,
    }.items():
        entries = busy.admin.get(f"/api/audit?{query}")["entries"]
        assert entries and all(good(e) for e in entries), query
        assert [e["sequence"] for e in entries] == sorted((e["sequence"] for e in entries), reverse=True)
    pages, before = [], ""
    while True:
        answer = busy.admin.get(f"/api/audit?limit=10{before}")
        pages += [e["sequence"] for e in answer["entries"]]
        if answer["next"] is None:
            break
        before = f"&before={answer['next']}"
    assert pages == list(range(pages[0], 0, -1)), "every row once, none left out"
    for wrong in ("limit=0", "limit=many", "from=yesterday", "outcome=maybe", "action=dance"):
        assert busy.admin.ask(f"/api/audit?{wrong}").status == 400, wrong


def test_export(busy):
    admin = busy.admin
    told = admin.ask("/api/audit/export", headers={"Accept": "text/csv"})
    assert told.headers["Content-Type"].startswith("text/csv")
    table = list(csv.DictReader(io.StringIO(told.text)))
    lines = admin.ask("/api/audit/export", headers={"Accept": "application/x-ndjson"})
    objects = json_lines(lines.text)
    assert [int(row["sequence"]) for row in table] == list(range(1, len(table) + 1))
    assert [o["action"] for o in objects][: len(table)] == [row["action"] for row in table]
    shown = run("audit", "export", "--jsonl", "--data", busy.data)
    assert shown.returncode == 0 and len(json_lines(shown.stdout)) >= len(objects)
    # A name that a spreadsheet would take for a formula stays a name.
    busy.login("=cmd|' /C calc'!A0", "wrong")
    text = admin.ask("/api/audit/export", headers={"Accept": "text/csv"}).text
    assert not re.search(r"(^|,)\"?[=+@]", text), "a cell begins like a formula"


@pytest.fixture
def copy(busy, tmp_path):
    """A copy of the busy hub's folder as it is now."""
    with busy.database() as database:
        target = tmp_path / "copy"
        target.mkdir()
        with sqlite3.connect(target / "martlet.db") as other:
            database.backup(other)
    for file in busy.data.iterdir():
        if file.is_file() and not file.name.startswith("martlet.db") and "lock" not in file.name:
            shutil.copy(file, target)
    return target


def verify(folder, *more):
    return run("audit", "verify", "--data", folder, *more)


def changed(folder, statement, *values):
    with sqlite3.connect(folder / "martlet.db") as database:
        assert database.execute(statement, values).rowcount >= 1


def test_an_audit_that_nobody_touched_is_intact(busy, copy):
    told = verify(copy)
    assert told.returncode == 0, told
    head = re.search(r"head\s+([0-9a-f]{64})", told.stdout)[1]
    assert verify(copy, "--head", head).returncode == 0
    verdict = busy.admin.get("/api/audit/verify")
    assert verdict["intact"] is True and verdict["entries"] >= 40


@pytest.mark.parametrize("column, value", [
    ("name", "mallory"), ("outcome", "done"), ("at", 1), ("address", None), ("facts", "{}"), ("target", "user:nobody"), ("action", "sign_in"),
    ("identity", "hub"), ("hash", b"\0" * 32),
])
def test_a_changed_row_is_named(copy, column, value):
    with sqlite3.connect(copy / "martlet.db") as database:
        number = database.execute(
            f'SELECT sequence FROM audit WHERE "{column}" IS NOT ? AND sequence > 5 ORDER BY sequence LIMIT 1', (value,)).fetchone()[0]
    changed(copy, f'UPDATE audit SET "{column}" = ? WHERE sequence = ?', value, number)
    told = verify(copy)
    assert told.returncode == 1 and re.search(rf"row {number}\b", told.stderr), told


@pytest.mark.parametrize("change", ["at='soon'", "hash='zz'", "name=x'ff00'", "facts='{\"a\":'", "target=x'00'"])
def test_a_row_that_cannot_be_read_is_named_and_hides_no_other(own_closed, change):
    hub = own_closed()
    for n in range(4):
        hub.admin.must("POST", "/api/sites", {"id": f"site{n}", "title": "x"})
    hub.stop()
    changed(hub.data, f"UPDATE audit SET {change} WHERE sequence = 3")
    told = verify(hub.data)
    assert told.returncode == 1 and re.search(r"row 3\b", told.stderr), told
    hub.start()
    entries = hub.admin.get("/api/audit")["entries"]
    assert [e["sequence"] for e in entries] == list(range(len(entries), 0, -1))
    assert [e["sequence"] for e in entries if e["outcome"] == "damaged"] == [3]
    assert hub.admin.get("/api/audit/verify")["sequence"] == 3
    lines = json_lines(hub.admin.ask("/api/audit/export", headers={"Accept": "application/x-ndjson"}).text)
    table = list(csv.DictReader(io.StringIO(hub.admin.ask("/api/audit/export", headers={"Accept": "text/csv"}).text)))
    for rows in (lines, table):
        assert [int(row["sequence"]) for row in rows if row["outcome"] == "damaged"] == [3] and len(rows) >= len(entries)


def test_a_missing_head_is_said(copy):
    changed(copy, "DELETE FROM audit_head")
    told = verify(copy)
    assert told.returncode == 1 and re.search(r"row \d+: the head", told.stderr), told


def test_one_flipped_bit_is_named(copy):
    with sqlite3.connect(copy / "martlet.db") as database:
        number, facts = database.execute("SELECT sequence, facts FROM audit WHERE length(facts) > 4 ORDER BY sequence DESC LIMIT 1").fetchone()
    flipped = facts[:3] + chr(ord(facts[3]) ^ 1) + facts[4:]
    changed(copy, "UPDATE audit SET facts = ? WHERE sequence = ?", flipped, number)
    told = verify(copy)
    assert told.returncode == 1 and re.search(rf"row {number}\b", told.stderr), told


@pytest.mark.parametrize("which", ["first", "middle", "last"])
def test_a_removed_row_is_noticed(copy, which):
    with sqlite3.connect(copy / "martlet.db") as database:
        last = database.execute("SELECT max(sequence) FROM audit").fetchone()[0]
    number = {"first": 1, "middle": last // 2, "last": last}[which]
    changed(copy, "DELETE FROM audit WHERE sequence = ?", number)
    told = verify(copy)
    assert told.returncode == 1 and re.search(r"row \d+", told.stderr), told


def test_two_rows_that_change_places_are_noticed(copy):
    with sqlite3.connect(copy / "martlet.db") as database:
        database.execute("UPDATE audit SET sequence = 1000007 WHERE sequence = 7")
        database.execute("UPDATE audit SET sequence = 7 WHERE sequence = 8")
        database.execute("UPDATE audit SET sequence = 8 WHERE sequence = 1000007")
    told = verify(copy)
    assert told.returncode == 1 and re.search(r"row 7\b", told.stderr), told


def test_a_wholly_new_chain_does_not_have_the_head_that_was_kept(busy, copy):
    """Somebody with the file can write a whole new audit; who kept the head elsewhere notices."""
    head = re.search(r"head\s+([0-9a-f]{64})", verify(copy).stdout)[1]
    other = copy.parent / "other"
    done = run("user", "add", "somebody", "--role", "admin", "--password-stdin", "--data", other, input=new_password() + "\n")
    assert done.returncode == 0, done
    assert verify(other).returncode == 0
    assert verify(other, "--head", head).returncode == 1


def test_a_tail_that_was_cut_off_with_its_head_is_missed_by_the_head_that_was_kept(copy):
    head = re.search(r"head\s+([0-9a-f]{64})", verify(copy).stdout)[1]
    with sqlite3.connect(copy / "martlet.db") as database:
        last = database.execute("SELECT max(sequence) FROM audit").fetchone()[0] - 3
        database.execute("DELETE FROM audit WHERE sequence > ?", (last,))
        database.execute("UPDATE audit_head SET sequence = ?, hash = (SELECT hash FROM audit WHERE sequence = ?)", (last, last))
    assert verify(copy).returncode == 0
    told = verify(copy, "--head", head)
    assert told.returncode == 1 and f"rows after {last} are missing" in told.stderr, told


def test_the_audit_goes_on_after_a_restart(own_closed):
    hub = own_closed()
    before = len(rows(hub))
    hub.kill()
    hub.start()
    hub.stop()
    assert verify(hub.data).returncode == 0
    assert [row["sequence"] for row in rows(hub)] == list(range(1, len(rows(hub)) + 1)) and len(rows(hub)) > before
