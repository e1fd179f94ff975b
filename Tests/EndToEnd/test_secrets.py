"""No secret in any log, figure, error, listing or address: planted ones are searched for everywhere."""

import base64
import http.client
import secrets
import urllib.parse
from pathlib import Path

import pytest

from support.accounts import Closed, new_password
from support.raw import Raw
from support.server import ROOT, run
from support.voids import device_headers
from test_guessing import second_factor, totp
from test_sessions import refresh, shell


class Planted:
    """The hub on which they were planted, the secrets by name, and what the hub said meanwhile."""

    def __init__(self, folder):
        log = ROOT / "build/logs/e2e-secrets.log"
        log.unlink(missing_ok=True)
        self.hub = Closed(folder / "data", log, ["--log-level", "trace"]).start()
        self.secrets, self.answers, self.folder = {}, [], folder
        self.plant()

    def know(self, name, value):
        self.secrets[name] = value
        return value

    def ask(self, path, method="GET", body=None, headers=None):
        """Asks, and keeps the answer as one that holds no secret."""
        answer = self.hub.ask(path, method, body, headers)
        self.answers.append((f"{method} {path}", f"{answer.status} {answer.headers} {answer.text}"))
        return answer

    def plant(self):
        hub, know = self.hub, self.know
        admin = hub.admin
        person = hub.person("operator")
        know("password", person.password)
        know("access token", person.token)
        know("refresh token", person.cookie("refresh"))
        know("browser's key", person.cookie("browser"))
        self.ask("/api/session", headers={"Cookie": person.cookie_header("browser")})
        self.ask("/api/auth/login", "POST", {"username": person.name, "password": "wrong"}, {
            "Cookie": f"{person.cookie_header('browser')}.mbk_{know('wrong key of a browser', secrets.token_hex(16))}", "Origin": hub.url})
        know("admin's access token", admin.token)
        wrong = know("wrong password", "wrong-" + secrets.token_hex(10))
        self.ask("/api/auth/login", "POST", {"username": person.name, "password": wrong})
        # People type their password where their name belongs.
        typed = know("password typed as name", "pw-as-name-" + secrets.token_hex(8))
        self.ask("/api/auth/login", "POST", {"username": typed, "password": "something-else"})
        self.ask("/api/auth/login", "POST", {"username": person.name, "password": [know("password in a list", secrets.token_hex(12))]})
        self.ask("/api/auth/login", "POST", '{"username":"x","password":"' + know("password in broken JSON", secrets.token_hex(12)))
        self.ask("/api/auth/login", "POST", {"username": person.name, "password": know("password too long", secrets.token_hex(12)) * 500})
        self.ask("/api/auth/code", "POST", {"code": know("wrong one-time code", secrets.token_hex(12))})
        self.ask("/api/auth/setup", "POST", {"code": know("wrong set-up code", secrets.token_hex(12)), "username": "x", "password": wrong})
        self.ask("/api/auth/refresh", "POST", {"refresh_token": know("wrong refresh token", secrets.token_hex(16))})
        self.ask("/api/account", headers={"Authorization": f"Bearer {know('wrong bearer', secrets.token_hex(16))}"})
        basic = know("basic password", secrets.token_hex(12))
        self.ask("/api/account", headers={"Authorization": "Basic " + know("basic", base64.b64encode(f"u:{basic}".encode()).decode())})
        self.ask("/api/account", headers={"Cookie": f"martlet_access=x{know('wrong cookie', secrets.token_hex(16))}"})
        # A token in the address is refused, and the address is not kept with it.
        self.ask(f"/api/account?access_token={know('token in the address', secrets.token_hex(16))}")
        self.ask(f"/ws?token={know('token in the address of the socket', secrets.token_hex(16))}")

        token = person.personal_token(["nodes.view"])["token"]
        know("personal token", token)
        self.ask("/api/nodes", headers={"Authorization": f"Bearer {token}"})
        self.ask("/api/users", headers={"Authorization": f"Bearer {token}"})
        secret, recovery = second_factor(person)
        know("second factor's secret", secret)
        for number, code in enumerate(recovery[:3]):
            know(f"recovery code {number}", code)
        hub.login(person.name, person.password, recovery[0])
        self.ask("/api/auth/login", "POST", {"username": person.name, "password": person.password, "code": "123456" if totp(secret) != "123456" else "1"})
        know("new password", new_password())
        self.ask("/api/account/password", "POST", {"current": wrong, "new": self.secrets["new password"]}, person.headers)
        person.must("POST", "/api/account/password", {"current": person.password, "new": self.secrets["new password"]})
        refresh(hub, person.cookie_header("refresh"))

        key = know("device key", hub.device("node_secret"))
        with hub.mqtt_node("secret", key) as node:
            node.telemetry({"v": 1})
        self.ask("/api/nodes", headers=device_headers("node_secret", key))
        hub.connack("node_secret", know("wrong device key", "mdk_" + secrets.token_hex(16)))
        hub.connack(know("key typed as MQTT name", "mdk_" + secrets.token_hex(16)), "x")
        self.ask("/api/nodes", headers=device_headers("node_secret", know("wrong key over HTTP", secrets.token_hex(16))))
        know("rotated key", admin.must("POST", "/api/devices/node_secret/rotate")["key"])
        admin.must("POST", "/api/join", {"minutes": 5})
        with Raw(hub.mqtt_port) as raw:
            raw.connect("newcomer", 5, username="node_newcomer", password=know("offered password", secrets.token_hex(16)))
        admin.must("POST", "/api/devices/node_newcomer/approve", {"kind": "node", "credential": "offered"})
        made = admin.must("POST", "/api/users", {"username": "made", "role": "viewer"}, (201,))
        know("generated password", made["password"])
        know("shell's password", new_password())
        shell(hub, "user", "add", "shelled", "--role", "viewer", "--password-stdin", input=self.secrets["shell's password"] + "\n")
        know("shell's key", shell(hub, "device", "add", "node_shelled", "--kind", "node").stdout.split()[-1])

        for path in ("/api/users", "/api/devices", "/api/devices/node_secret", "/api/devices/node_newcomer", "/api/audit?limit=500",
                     "/api/account", "/api/account/tokens", "/api/system", "/api/session", "/openapi.json", "/metrics", "/api/broker",
                     "/api/audit/export", "/no-such-address", "/health", "/ready"):
            self.ask(path, headers=hub.admin.headers)

    def forms(self):
        """(name, how it might be written) of every secret."""
        for name, value in self.secrets.items():
            yield name, value
            yield f"{name}, quoted", urllib.parse.quote(value, safe="")
            yield f"{name}, base64", base64.b64encode(value.encode()).decode().rstrip("=")

    def found_in(self, text):
        data = text if isinstance(text, bytes) else text.encode()
        return [name for name, value in self.forms() if value.encode() in data]


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    made = Planted(tmp_path_factory.mktemp("secrets"))
    yield made
    made.hub.end()


def test_the_search_finds_what_is_there(planted):
    """And the answers that are meant to hold a secret do: what is searched for is what was given out."""
    for name, value in planted.secrets.items():
        assert name in planted.found_in(f'{{"x":"{value}"}}')
    key = planted.hub.device("node_shown")
    assert key.startswith("mdk_") and len(key) > 40


def test_the_log_has_none(planted):
    text = planted.hub.log_text() + "\n".join(planted.hub.lines)
    assert len(text) > 500, "nothing was logged at the most talkative level: this would show nothing"
    assert planted.found_in(text) == []


def test_no_answer_has_one(planted):
    for what, text in planted.answers:
        assert planted.found_in(text) == [], what


def test_no_figure_has_one(planted):
    assert planted.found_in(planted.hub.metrics_text()) == []


def test_the_ready_line_and_the_process_have_none(planted):
    hub = planted.hub
    folder = Path(f"/proc/{hub.process.pid}")
    assert planted.found_in((hub.data / "ready.json").read_text()) == []
    for file in ("cmdline", "environ"):
        assert planted.found_in((folder / file).read_bytes()) == [], file


def test_the_database_holds_only_what_cannot_be_turned_back(planted):
    """Passwords, keys, tokens and codes are hashed. (The second factor's secret has to be there: it is what codes are computed from.)"""
    for file in planted.hub.data.iterdir():
        if file.is_file():
            data = file.read_bytes()
            found = [n for n in planted.found_in(data) if not n.startswith("second factor")]
            assert found == [], file.name


def test_the_files_are_for_their_owner_only(planted):
    for file in planted.hub.data.rglob("*"):
        if file.name.startswith("martlet.db") or b"PRIVATE KEY" in (file.read_bytes()[:64] if file.is_file() else b""):
            assert file.stat().st_mode & 0o077 == 0, f"{file.name}: {file.stat().st_mode:o}"


def test_a_backup_has_none_in_what_it_lists_and_says(planted):
    target = planted.folder / "backup"
    done = run("backup", target, "--data", planted.hub.data)
    assert done.returncode == 0, done
    assert planted.found_in(done.stdout + done.stderr) == []
    for file in target.rglob("*"):
        assert planted.found_in(str(file)) == []
        if file.is_file() and file.suffix != ".db":
            assert planted.found_in(file.read_bytes()) == [], file.name
        if file.is_file() and file.suffix == ".db":
            assert file.stat().st_mode & 0o077 == 0, f"{file.name} is for others to read"
            found = [n for n in planted.found_in(file.read_bytes()) if not n.startswith("second factor")]
            assert found == [], file.name


def test_no_address_carries_one(planted):
    """Location headers and links of answers: what is in an address ends in histories and logs."""
    for what, text in planted.answers:
        for line in text.splitlines():
            if line.lower().startswith(("location:", "link:", "refresh:")):
                assert "token" not in line.lower() and "key" not in line.lower(), (what, line)


def test_passwords_are_not_taken_as_arguments(planted):
    """Another user of the machine sees arguments: there is no option that would take a secret there."""
    for command in (["user", "add", "x", "--role", "viewer", "--password", "abc"], ["user", "passwd", "x", "--password", "abc"]):
        told = run(*command, "--data", planted.hub.data)
        assert told.returncode != 0 and "abc" not in told.stdout, command


def test_a_refused_request_with_a_secret_in_its_line(planted):
    """A request line that is no HTTP, with a secret in it."""
    secret = planted.know("in a broken request", secrets.token_hex(16))
    import socket

    with socket.create_connection(("127.0.0.1", planted.hub.http_port), timeout=5) as raw:
        raw.sendall(f"GET /?key={secret} HTTP/9.9\r\nAuthorization: Bearer {secret}\r\n\r\n".encode())
        answer = raw.recv(4096)
    assert secret.encode() not in answer
    connection = http.client.HTTPConnection("127.0.0.1", planted.hub.http_port, timeout=5)
    connection.putrequest("BREW", f"/{secret}", skip_host=True)
    connection.endheaders()
    connection.getresponse().read()
    connection.close()
    assert secret not in planted.hub.log_text()
