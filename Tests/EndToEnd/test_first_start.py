"""The first start: a person who has just built Martlet gets in, and nobody else does."""

import json
import re
import subprocess
import urllib.parse

import pytest

from support.accounts import Closed, Signed, new_password
from support.server import ROOT, environment, run
from support.settings import OPEN_BEYOND_LOOPBACK, TRUSTED
from support.waiting import wait_for


def setup_address(hub):
    """The one-time address that was printed on standard error."""
    return wait_for(lambda: re.findall(r"(http://\S+#\S+)", hub.log_text()), "a set-up address is printed")


def set_up(hub, code, name="root-user", password=None, **options):
    body = {"code": code, "username": name, "password": password or new_password()}
    return hub.ask("/api/auth/setup", "POST", body, **options)


def code_of(address):
    fragment = urllib.parse.urlsplit(address.rstrip(".,")).fragment
    return urllib.parse.unquote(fragment.rpartition("=")[2])


@pytest.fixture
def empty(own_closed, tmp_path):
    hub = own_closed(None, admin=False, start=False)
    hub.log.unlink(missing_ok=True)
    return hub.start()


def test_the_first_person_becomes_admin_by_the_printed_address(empty):
    addresses = setup_address(empty)
    assert len(addresses) == 1, "printed once"
    assert addresses[0].startswith(empty.url + "/"), "on loopback, at the port that was taken"
    assert empty.get("/api/session")["setup_needed"] is True
    assert not [line for line in empty.lines if "#" in line], "standard output is for programs, which keep what they read"
    code, password = code_of(addresses[0]), new_password()
    answer = set_up(empty, code, "anna", password)
    assert answer.status == 200, answer
    assert "admin" in json.dumps(answer.json()["user"])
    first = Signed(empty, answer.json()["token"], "anna", password, answer)
    assert [u["username"] for u in first.get("/api/users")["users"]] == ["anna"]
    assert empty.get("/api/session")["setup_needed"] is False
    assert set_up(empty, code, "mallory").status in (401, 403, 409), "one time"
    assert len(first.get("/api/users")["users"]) == 1
    assert empty.sign_in("anna", password)


def test_the_printed_command_makes_the_first_person_of_this_hub(own_closed, tmp_path):
    hub = own_closed(tmp_path / "it's new", admin=False)
    # The log of the same test's last run may stand before it.
    printed = rf"^or: (.+ NAME .+{re.escape(str(tmp_path))}.+)$"
    line = wait_for(lambda: re.findall(printed, hub.log_text(), re.M), "a command is printed")[0]
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    password = new_password()
    done = subprocess.run(["sh", "-c", line.replace("NAME", "anna") + " --password-stdin"], cwd=elsewhere, env=environment(), input=password, text=True,
                          capture_output=True, timeout=60)
    assert done.returncode == 0, done
    assert not list(elsewhere.iterdir()), "no other hub was made"
    assert [u["username"] for u in hub.sign_in("anna", password).get("/api/users")["users"]] == ["anna"]


def test_a_wrong_code_and_a_weak_password_make_nobody(empty):
    code = code_of(setup_address(empty)[0])
    for wrong in ("", "x", code[:-1], code + "a", code.swapcase()):
        if wrong != code:
            assert set_up(empty, wrong).status in (400, 401, 403), wrong
    assert set_up(empty, code, password="short").json()["code"] == "weak_password"
    assert set_up(empty, code, "not a name!").status == 400
    assert empty.get("/api/session")["setup_needed"] is True
    assert set_up(empty, code).status == 200, "mistakes do not use it up"


def test_codes_cannot_be_guessed_at(empty):
    assert len(code_of(setup_address(empty)[0])) >= 16
    statuses = [set_up(empty, f"guess-{n}").status for n in range(40)]
    assert set(statuses) <= {401, 403, 429}, statuses


def test_before_there_is_anybody_nothing_is_open(empty):
    for path in ("/api/nodes", "/api/users", "/metrics", "/openapi.json", "/api/system"):
        assert empty.ask(path).status == 401, path
    assert empty.connack() != 0


def test_only_from_this_machine(own_closed, tmp_path):
    """Through a proxy, the machine that asks is another one, whatever address the proxy has."""
    hub = own_closed(None, TRUSTED, "127.0.0.9", admin=False, start=False)
    hub.log.unlink(missing_ok=True)
    hub.start()
    code = code_of(setup_address(hub)[0])
    for options in ({"source": "127.0.0.9", "headers": {"X-Forwarded-For": "203.0.113.7"}},
                    {"source": "127.0.0.9", "headers": {"X-Forwarded-For": "127.0.0.1"}},
                    {"headers": {"X-Forwarded-For": "203.0.113.7"}},
                    {"headers": {"Forwarded": "for=203.0.113.7"}}):
        answer = set_up(hub, code, **options)
        assert answer.status == 403, (options, answer)
    # Another name for this machine in the Host header is a page of elsewhere that had its name point here.
    assert set_up(hub, code, headers={"Host": "evil.example"}).status in (400, 403, 421)
    assert set_up(hub, code, headers={"Origin": "https://evil.example"}).status == 403
    assert hub.get("/api/session")["setup_needed"] is True
    assert set_up(hub, code).status == 200


def test_a_user_that_the_shell_adds_ends_it(empty):
    code = code_of(setup_address(empty)[0])
    done = run("user", "add", "anna", "--role", "admin", "--password-stdin", "--data", empty.data, input=new_password() + "\n")
    assert done.returncode == 0, done
    assert set_up(empty, code).status in (401, 403, 409)


def test_with_users_there_is_no_address(own_closed):
    hub = own_closed(None, start=False)
    hub.log.unlink(missing_ok=True)
    hub.start()
    assert hub.admin.get("/api/users")
    assert "#" not in "".join(re.findall(r"http://\S+", hub.log_text()))


@pytest.mark.parametrize("host", ["0.0.0.0", "[::]", "192.0.2.1"])
@pytest.mark.parametrize("door", ["--http", "--mqtt"])
@pytest.mark.parametrize("mode", ["--open", "--demo"])
def test_open_and_demo_stay_on_this_machine(tmp_path, host, door, mode):
    doors = ["--http", "127.0.0.1:0", "--mqtt", "127.0.0.1:0"]
    told = run("serve", "--data", tmp_path / "data", *doors, door, f"{host}:0", mode, timeout=20)
    assert told.returncode not in (0, -6, -11) and mode in told.stderr + told.stdout, told
    assert not (tmp_path / "data" / "martlet.db").exists()


def test_open_beyond_this_machine_needs_to_be_said_twice(tmp_path):
    """Shown by `check`, which binds nothing."""
    beyond = ["--http", "0.0.0.0:8080", "--mqtt", "127.0.0.1:0", "--data", tmp_path / "data"]
    told = run("check", *beyond, "--open")
    assert told.returncode != 0 and OPEN_BEYOND_LOOPBACK in told.stderr + told.stdout
    assert run("check", *beyond, "--open", OPEN_BEYOND_LOOPBACK).returncode == 0
    assert run("check", *beyond, "--demo", OPEN_BEYOND_LOOPBACK).returncode != 0, "a demo never"


def test_an_open_hub_says_so_everywhere(hub):
    assert hub.get("/api/session")["open"] is True
    assert hub.get("/api/session")["user"] is None


def test_demo_prints_its_own_credentials(tmp_path):
    log = ROOT / "build/logs/e2e-demo.log"
    log.unlink(missing_ok=True)
    hub = Closed(tmp_path / "demo", log, ["--demo"], admin=False).start()
    try:
        said = wait_for(lambda: re.findall(r"(http://\S+#\S+)", log.read_text()), "an address to open")
        assert hub.get("/api/session")["demo"] is True and hub.get("/api/session")["setup_needed"] is False
        assert hub.ask("/api/nodes").status == 401, "a demo is closed too"
        answer = hub.ask("/api/auth/code", "POST", {"code": code_of(said[0])})
        assert answer.status == 200, answer
        person = Signed(hub, answer.json()["token"])
        wait_for(lambda: person.get("/api/nodes?state=online")["count"] >= 3, "simulated nodes, with keys of their own", 15)
        assert hub.ask("/api/auth/code", "POST", {"code": code_of(said[0])}).status == 401, "one time"
        name = re.search(r"(?im)^.*\b(?:user|name|sign in as)\W+([a-z0-9._-]+)", log.read_text())
        password = re.search(r"(?im)password\W+(\S+)", log.read_text())
        assert name and password, log.read_text()
        assert hub.login(name[1], password[1]).status == 200
        hub.stop()
    finally:
        hub.end()


def test_run_ends_in_a_page_that_shows_live_data(tmp_path, chromium):
    """./run as a newcomer types it: the printed address, opened in a browser, shows values without any further step."""
    process = subprocess.Popen(
        [ROOT / "run", "--data", tmp_path / "run", "--http", "127.0.0.1:0", "--mqtt", "127.0.0.1:0"], env=environment(),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )
    try:
        said = ""
        for line in process.stdout:
            said += line
            if "#" in line:
                break
        address = re.search(r"http://127\.0\.0\.1:\d+/\S*#\S+", said)[0]
        page = chromium.new_page()
        page.set_default_timeout(15_000)
        page.goto(address)
        page.get_by_text("Live", exact=True).first.wait_for()
        origin = re.match(r"http://[^/]+", address)[0]
        page.goto(origin + "/nodes")
        page.get_by_text(re.compile(r"\d+(\.\d+)?\s*°C")).first.wait_for()
        assert "#" not in page.url or "=" not in page.url, "the code is not left in the address"
        page.close()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(20)
