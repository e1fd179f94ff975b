"""What other programs do by default: old HTTP clients, load balancers, editors on Windows, a Mosquitto that hands over."""

import contextlib
import json
import re
import shutil
import socket
import subprocess

import pytest

from support.accounts import Closed
from support.clients import Client
from support.server import BINARY, ROOT, environment, run
from support.settings import CERTIFICATE, HTTPS, KEY, MQTTS
from support.waiting import wait_for


def shell(*command, timeout=30, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=timeout, **options)


# HTTP


def exchange(port, text):
    """Sends bytes and reads to the end, as a client of HTTP/1.0 does: the end has to come within seconds."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as sock:
        sock.sendall(text.encode())
        answer = b""
        while more := sock.recv(65536):
            answer += more
    return answer.decode()


@pytest.mark.parametrize("request_text", [
    "GET /health HTTP/1.0\r\n\r\n",
    "POST /api/init HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n",
    "GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: Keep-Alive, close\r\n\r\n",
    "GET / HTTP/1.0\r\nUser-Agent: an old camera\r\n\r\n",
])
def test_a_client_that_reads_to_the_end_gets_there(hub, request_text):
    answer = exchange(hub.http_port, request_text)
    head, _, body = answer.partition("\r\n\r\n")
    assert re.match(r"HTTP/1\.1 20[01] ", head), head
    assert "\r\nconnection: close" in head.lower()
    length = re.search(r"content-length: (\d+)", head.lower())
    assert length and int(length[1]) == len(body.encode())


@pytest.mark.parametrize("host", ["127.0.0.1:80@evil", "[::1]evil", "a b", None])
def test_a_host_that_is_none_is_refused(hub, host):
    field = f"Host: {host}\r\n" if host else ""
    answer = exchange(hub.http_port, f"GET /health HTTP/1.1\r\n{field}Connection: close\r\n\r\n")
    assert answer.startswith("HTTP/1.1 400 ") and "malformed_request" in answer


@pytest.mark.parametrize("options", [(), ("-k",)], ids=["each its connection", "kept alive"])
def test_ab(hub, options):
    done = shell("ab", "-q", "-n", "60", "-c", "6", *options, f"{hub.url}/health")
    assert done.returncode == 0, done
    assert re.search(r"Complete requests:\s+60\b", done.stdout) and re.search(r"Failed requests:\s+0\b", done.stdout), done.stdout
    assert "Non-2xx" not in done.stdout
    if options:
        assert re.search(r"Keep-Alive requests:\s+60\b", done.stdout), done.stdout


@pytest.mark.parametrize("options", [("--http1.0",), ("--http1.0", "-H", "Host:"), ("--http1.1", "-H", "Connection: Close"), ("-I",)])
def test_curl_as_a_container_asks_for_health(hub, options):
    done = shell("curl", "--fail", "--silent", "--show-error", "--max-time", "10", *options, f"{hub.url}/ready")
    assert done.returncode == 0, done


HAPROXY = """
global
    stats socket {folder}/stats mode 600
defaults
    mode http
    timeout connect 5s
    timeout client 10s
    timeout server 10s
    default-server check inter 100ms fall 1 rise 1
frontend site
    bind unix@{folder}/site
    default_backend asked
backend plain
    option httpchk
    server hub 127.0.0.1:{port}
backend asked
    option httpchk GET /ready
    server hub 127.0.0.1:{port}
backend named
    option httpchk
    http-check send meth GET uri /ready ver HTTP/1.1 hdr Host localhost
    server hub 127.0.0.1:{port}
backend closed
    option httpchk HEAD /health
    option httpclose
    server hub 127.0.0.1:{port}
"""


def test_haproxy_finds_the_hub_healthy_and_passes_requests_on(own, tmp_path):
    hub = own()
    settings = tmp_path / "haproxy.cfg"
    settings.write_text(HAPROXY.format(folder=tmp_path, port=hub.http_port))
    with open(tmp_path / "haproxy.log", "w") as log:
        haproxy = subprocess.Popen(["haproxy", "-f", settings, "-db"], stdout=log, stderr=log)
    try:
        def checks():
            """{backend: what its check found}, of those that were asked."""
            with socket.socket(socket.AF_UNIX) as sock:
                try:
                    sock.connect(str(tmp_path / "stats"))
                except OSError:
                    return {}
                sock.sendall(b"show stat\n")
                text = b"".join(iter(lambda: sock.recv(65536), b"")).decode()
            names, *rows = [line.split(",") for line in text.lstrip("# ").splitlines() if line]
            rows = [dict(zip(names, row)) for row in rows]
            return {row["pxname"]: row["check_status"] for row in rows if row["svname"] == "hub"}

        healthy = dict.fromkeys(["plain", "asked", "named", "closed"], "L7OK")
        wait_for(lambda: checks() == healthy or None, f"all checks to pass; log: {(tmp_path / 'haproxy.log').read_text()}")
        done = shell("curl", "-sS", "--fail", "--unix-socket", tmp_path / "site", "http://localhost/api/system")
        assert done.returncode == 0 and json.loads(done.stdout)["version"], done
        hub.stop()
        wait_for(lambda: set(checks().values()) & {"L4CON", "L4TOUT", "L7STS", "L7RSP"}, "a hub that is away to be noticed")
    finally:
        haproxy.terminate()
        haproxy.wait(10)


# Text from everywhere

ENDS = pytest.mark.parametrize("mark,end", [("\ufeff", "\r\n"), ("", "\r\n"), ("", "\r"), ("\ufeff", "\n")])


@ENDS
@pytest.mark.parametrize("last", [True, False], ids=["ended", "open"])
def test_a_settings_file_from_windows_counts(tmp_path, mark, end, last):
    lines = ["# my hub", "MARTLET_HTTP=127.0.0.1:21166 ", "\tMARTLET_MQTT = '127.0.0.1:21883'", "", f"MARTLET_DATA={tmp_path}/site/"]
    file = tmp_path / "martlet.env"
    file.write_bytes((mark + end.join(lines) + (end if last else "")).encode())
    done = run("check", "--config", file)
    assert done.returncode == 0, done
    assert "127.0.0.1:21166" in done.stdout and "127.0.0.1:21883" in done.stdout
    assert f"{tmp_path}/site (" in done.stdout, "without the slash at its end"


@pytest.mark.parametrize("line,words", [
    ("MARTLET_PORT=1", "there is no setting MARTLET_PORT"), ("MARTLET_HTTP 127.0.0.1:1", "not of the form"),
    ("MARTLET_HTTP=127.0.0.1:1\r\nMARTLET_HTTP=127.0.0.1:2", "second time"),
])
def test_what_a_settings_file_says_in_vain_is_named_with_its_line(tmp_path, line, words):
    file = tmp_path / "martlet.env"
    file.write_bytes(f"# first\r\n{line}\r\n".encode())
    done = run("check", "--config", file)
    assert done.returncode != 0 and words in done.stderr and re.search(r"line [23]\b", done.stderr), done


def test_a_settings_file_that_is_no_text_is_said(tmp_path):
    file = tmp_path / "martlet.env"
    file.write_bytes("MARTLET_OPEN=yes\r\n".encode("utf-16"))
    done = run("check", "--config", file)
    assert done.returncode != 0 and "UTF-8" in done.stderr, done


def test_a_setting_of_the_environment_that_is_none_is_said(tmp_path):
    told = subprocess.run(
        [BINARY, "check", "--data", tmp_path / "d"], capture_output=True, text=True, timeout=30,
        env=environment() | {"MARTLET_HTPP": "127.0.0.1:1", "MARTLET_HTTP": "127.0.0.1:21166\r"},
    )
    assert told.returncode == 0, told
    assert "MARTLET_HTPP" in told.stdout and "127.0.0.1:21166" in told.stdout


@pytest.mark.parametrize("mark,end", [("\ufeff", "\r\n"), ("", "\r")])
def test_passwords_and_names_may_be_piped_from_anywhere(own_closed, mark, end):
    hub = own_closed(start=False)
    password = "a password with a blank at its end "
    done = run("user", "add", "anna", "--role", "admin", "--password-stdin", "--data", f"{hub.data}/", input=mark + password + end)
    assert done.returncode == 0, done
    names = mark + end.join(["node_01 ", "", "node_02"])
    done = run("device", "add", "--ids-stdin", "--kind", "node", "--data", hub.data, input=names)
    assert done.returncode == 0 and [line.split()[0] for line in done.stdout.splitlines()] == ["node_01", "node_02"], done
    hub.start()
    assert hub.login("anna", password).status == 200
    keys = hub.data.parent / "keys.txt"
    keys.write_bytes((mark + end.join(done.stdout.splitlines())).encode())
    done = run(
        "simulate", "nodes", "--count", "2", "--rate", "20", "--seconds", "1", "--keys", keys, "--mqtt", f"127.0.0.1:{hub.mqtt_port}")
    assert done.returncode == 0 and not done.stdout.startswith("0 messages"), done
    hub.stop()


@pytest.mark.parametrize("mark,end", [("", "\r\n"), ("\ufeff", "\r\n"), ("\ufeff", "\n")])
def test_certificates_and_keys_that_came_through_an_editor_are_read(own, tmp_path, mark, end):
    folder = tmp_path / "tls"
    assert run("cert", "dev", "--out", f"{folder}/", "--data", tmp_path / "none").returncode == 0
    for name in ["server.pem", "server.key"]:
        file = folder / name
        file.write_bytes((mark + file.read_text().replace("\n", end)).encode())
    hub = own(None, HTTPS, "127.0.0.1:0", MQTTS, "127.0.0.1:0", CERTIFICATE, folder / "server.pem", KEY, folder / "server.key")
    port = hub.ready["https"].rsplit(":", 1)[1]
    done = shell("curl", "--fail", "-sS", "--cacert", folder / "ca.pem", f"https://localhost:{port}/ready")
    assert done.returncode == 0, done


@pytest.mark.parametrize("mark,end", [("", "\r\n"), ("\ufeff", "\r\n")])
def test_an_authority_whose_files_came_through_an_editor_is_read(own, tmp_path, mark, end):
    data = own().data
    assert run("ca", "init", "--data", data).returncode == 0
    assert run("device", "add", "node_01", "--kind", "node", "--data", data).returncode == 0
    for name in ["ca.pem", "ca.key"]:
        file = data / "ca" / name
        file.write_bytes((mark + file.read_text().replace("\n", end)).encode())
    done = run("ca", "issue", "node_01", "--data", data, "--out", f"{tmp_path}/out/")
    assert done.returncode == 0, done


def test_an_import_may_begin_with_a_byte_order_mark_or_name_its_separator(hub, fresh):
    lot = {"lots": [{"lot_id": f"{fresh}-J", "name": "J", "spots": [{"spot_id": f"{fresh}-J1"}]}]}
    sheet = f"sep=;\r\nlot_id;name;spot_id\r\n{fresh}-C;C;{fresh}-C1"
    for text in [json.dumps(lot), sheet]:
        answer = hub.ask("/api/lots/import", "POST", ("\ufeff" + text).encode())
        assert answer.status == 200 and answer.json()["added_spots"] == 1, answer


def test_a_body_may_be_compressed(hub, fresh, tmp_path):
    file = tmp_path / "lots.json"
    file.write_text(json.dumps({"lots": [{"lot_id": f"{fresh}-G", "name": "G", "spots": [{"spot_id": f"{fresh}-G1"}]}]}))
    assert shell("gzip", file).returncode == 0
    ask = ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "--data-binary", f"@{file}.gz", f"{hub.url}/api/lots/import"]
    assert shell(*ask, "-H", "Content-Encoding: gzip").stdout == "200"
    assert shell(*ask, "-H", "Content-Encoding: br").stdout == "415"
    assert shell(*ask).stdout == "400"


# Mosquitto


class Mosquitto:
    """The broker from Debian, on a port of its own."""

    def __init__(self, folder, bridge):
        with contextlib.closing(socket.socket()) as sock:
            sock.bind(("127.0.0.1", 0))
            self.port = sock.getsockname()[1]
        self.log = folder / "mosquitto.log"
        settings = folder / "mosquitto.conf"
        settings.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\nlog_dest stderr\n\n{bridge}\n")
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(["mosquitto", "-c", settings], stdout=log, stderr=subprocess.STDOUT)

    def __enter__(self):
        def listens():
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return True
            except OSError:
                return False

        wait_for(listens, f"mosquitto to listen: {self.log.read_text()}")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)


def documented_bridge(hub, key):
    """The bridge of docs/parking-from-parkmate.md, word for word but for the address and the password."""
    text = (ROOT / "docs/parking-from-parkmate.md").read_text()
    block = re.search(r"^    connection martlet\n(?:    .*\n?)+", text, re.M)[0]
    lines = [line[4:] for line in block.splitlines()]
    assert "address 127.0.0.1:1884" in lines and "remote_password …" in lines
    return "\n".join(lines).replace("127.0.0.1:1884", f"127.0.0.1:{hub.mqtt_port}").replace("…", key)


@pytest.fixture
def gateway(own_closed):
    """A hub with one lot and the controller of its spots, as the document has them; and the controller's key."""
    hub = own_closed(start=False)
    assert isinstance(hub, Closed)
    hub.start()
    hub.admin.must("POST", "/api/init", {})
    done = run("device", "add", "LOT001-gateway", "--kind", "parking", "--data", hub.data)
    assert done.returncode == 0, done
    names = "".join(f"SPOT{number:03}\n" for number in range(1, 16))
    added = run(
        "device", "add", "--ids-stdin", "--kind", "parking", "--controller", "LOT001-gateway", "--data", hub.data, input=names)
    assert added.returncode == 0, added
    return hub, done.stdout.strip()


def test_the_bridge_of_the_document_hands_over_both_ways(gateway, tmp_path):
    """With Mosquitto's default notifications: a bridge tells of itself under $SYS, and leaves a will there."""
    hub, key = gateway
    with Mosquitto(tmp_path, documented_bridge(hub, key)) as mosquitto, Client(mosquitto.port) as sensor:
        sensor.subscribe("parkmate/led/command", 1)
        sensor.subscribe("$SYS/broker/connection/+/state", 1)

        def is_up():
            while not sensor.messages.empty():
                message = sensor.receive()
                if message.topic.startswith("$SYS") and message.payload == b"1":
                    return True
            return False

        wait_for(is_up, "the bridge to connect", seconds=60)
        # It says at first that it is a bridge, and would come again without that after 5 to 30 s.
        assert hub.metrics()["martlet_mqtt_protocol_violations_total"] == 0, mosquitto.log.read_text()
        spots = hub.admin.get("/api/lots/LOT001")["spots"]
        # Spots for some people only are blue when they are free.
        name = next(spot["spot_id"] for spot in spots if spot["kind"] == "standard")
        heard = []
        for occupied, color in [(True, "red"), (False, "green")]:
            report = {"spot_id": name, "lot_id": "LOT001", "occupied": occupied, "distance": 30 if occupied else 200}
            assert sensor.publish("parkmate/spot/status", report) == 0

            def spot():
                found = next(s for s in hub.admin.get("/api/lots/LOT001")["spots"] if s["spot_id"] == name)
                return found["occupied"] is occupied

            wait_for(spot, f"the hub to hear it; mosquitto said: {mosquitto.log.read_text()[-2000:]}")

            def led():
                while not sensor.messages.empty():
                    heard.append(sensor.receive())
                return any(
                    message.topic == "parkmate/led/command" and f'"{color}"'.encode() in message.payload
                    and f'"{name}"'.encode() in message.payload for message in heard)

            wait_for(led, f"the LED command {color} to come back")
        assert "not authorised" not in mosquitto.log.read_text()


def test_the_hub_can_be_read_by_a_bridge_of_somebody_with_a_token(gateway, tmp_path):
    """The other side: a Mosquitto that only fetches, with the token of a person."""
    hub, _ = gateway
    token = hub.admin.personal_token(["mqtt.subscribe", "parking.view"])["token"]
    bridge = (
        f"connection reader\naddress 127.0.0.1:{hub.mqtt_port}\nremote_username admin\nremote_password {token}\n"
        "restart_timeout 1\ntopic parkmate/spot/status in 1\n"
    )
    with Mosquitto(tmp_path, bridge) as mosquitto, Client(mosquitto.port) as reader:
        reader.subscribe("parkmate/spot/status", 1)
        reader.subscribe("$SYS/broker/connection/+/state", 1)
        wait_for(
            lambda: not reader.messages.empty() and reader.receive().payload == b"1",
            "the bridge to connect", seconds=60)
        done = run("device", "rotate", "LOT001-gateway", "--data", hub.data)
        key = done.stdout.strip()
        with Client(hub.mqtt_port, username="LOT001-gateway", password=key) as device:
            report = {"spot_id": "SPOT002", "lot_id": "LOT001", "occupied": True, "distance": 30}
            device.publish("parkmate/spot/status", report, retain=True)
        message = reader.receive()
        while message.topic.startswith("$SYS"):
            message = reader.receive()
        assert json.loads(message.payload)["spot_id"] == "SPOT002"
        # To a bridge the hub says what was to be kept, so that it is kept there, too.
        with Client(mosquitto.port, subscriptions=[("parkmate/spot/status", 1)]) as late:
            kept = late.receive()
            assert kept.retain and kept.payload == message.payload


def test_the_programs_of_these_tests_are_the_real_ones():
    for program in ["ab", "haproxy", "mosquitto", "curl"]:
        assert shutil.which(program) or shutil.which(program, path="/usr/sbin"), f"{program}: scripts/packages.txt has it in group test"
