"""TLS for people and devices, client certificates, what a proxy may say, and the headers that a browser needs."""

import contextlib
import http.client
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import time

import pytest

from support.accounts import Closed
from support.clients import Client
from support.raw import DISCONNECT, PUBACK, Closed as Gone, Raw, connect_packet, packet, publish_packet
from support.server import ROOT, run
from support.settings import HOSTS, PROXY_PROTOCOL, PUBLIC_ORIGINS, TRUSTED
from support.tls import Authority, Secured, fingerprint, openssl, serial_of
from support.waiting import wait_for


# A name that the hub is called by elsewhere.
NAME = "hub.example.org"


@pytest.fixture(scope="module")
def secured(tmp_path_factory):
    log = ROOT / "build/logs/e2e-transport.log"
    log.unlink(missing_ok=True)
    hub = Secured(tmp_path_factory.mktemp("tls") / "data", log, [HOSTS, f"localhost,127.0.0.1,{NAME}"]).start()
    yield hub
    hub.end()


@pytest.fixture(scope="module")
def node(secured):
    """(name, key, certificate, key of the certificate) of a device with both ways in."""
    key = secured.device("node_tls")
    certificate, private = secured.issue("node_tls")
    return "node_tls", key, certificate, private


def mosquitto_pub(hub, *options, port=None):
    command = [
        "mosquitto_pub", "-h", "localhost", "-p", str(port or hub.mqtts_port), "-V", "mqttv5", "--cafile", str(hub.root), "-q", "1",
        *map(str, options),
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=20)


TELEMETRY = '{"sensors":{"temperature":21.5}}'


def test_mosquitto_over_tls_with_a_key(secured, node):
    name, key, *_ = node
    done = mosquitto_pub(secured, "-u", name, "-P", key, "-t", "iot/node/tls/telemetry", "-m", '{"sensors":{"over":1}}')
    assert done.returncode == 0, done
    assert secured.admin.get("/api/nodes/tls/latest")["values"]["over"]["value"] == 1
    done = mosquitto_pub(secured, "-u", name, "-P", "wrong", "-t", "iot/node/tls/telemetry", "-m", TELEMETRY)
    assert done.returncode != 0


def test_mosquitto_with_a_client_certificate(secured, node):
    *_, certificate, private = node
    done = mosquitto_pub(
        secured, "--cert", certificate, "--key", private, "-t", "iot/node/tls/telemetry", "-m", '{"sensors":{"mutual":2}}')
    assert done.returncode == 0, done
    assert secured.admin.get("/api/nodes/tls/latest")["values"]["mutual"]["value"] == 2


@pytest.mark.parametrize("version", [4, 5])
def test_paho_with_a_client_certificate_talks_both_ways(secured, node, version):
    name, _, certificate, private = node
    context = secured.context(certificate, private)
    with Client(secured.mqtts_port, version, tls=context, subscriptions=[("iot/node/tls/command", 1)]) as client:
        assert client.publish("iot/node/tls/telemetry", {"sensors": {"paho": version}}) == 0
        assert secured.admin.post("/api/nodes/tls/commands", {"command": "blink", "params": {}}).status == 202
        assert client.receive_json()["command"] == "blink"
        if version == 5:
            assert client.publish("iot/node/other/telemetry", {"sensors": {"v": 1}}) == 0x87


def test_mosquitto_sub_over_tls(secured, node):
    *_, certificate, private = node
    command = [
        "stdbuf", "-oL", "mosquitto_sub", "-h", "localhost", "-p", str(secured.mqtts_port), "--cafile", str(secured.root), "--cert",
        str(certificate), "--key", str(private), "-t", "iot/node/tls/command", "-q", "1", "-C", "1", "-W", "15", "-d",
    ]
    listener = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert any(line.startswith("Subscribed") for line in iter(listener.stdout.readline, ""))
        assert secured.admin.post("/api/nodes/tls/commands", {"command": "by-certificate", "params": {}}).status == 202
        assert "by-certificate" in listener.communicate(timeout=15)[0]
    finally:
        listener.kill()
        listener.wait()


@pytest.mark.parametrize("qos", [0, 1])
def test_all_that_was_said_before_the_end_counts_over_tls_too(secured, node, qos):
    """A small device connects, says something, says goodbye and hangs up, in one write."""
    *_, certificate, private = node
    for number in range(20):
        with Raw(secured.mqtts_port, tls=secured.context(certificate, private)) as raw:
            raw.send(
                connect_packet(f"brief-{qos}-{number}")
                + publish_packet("iot/node/tls/telemetry", f'{{"sensors":{{"q{qos}n{number}":{number}}}}}', qos, 1)
                + packet(DISCONNECT)
            )
            with contextlib.suppress(OSError):
                # The hub may have hung up before it says that it heard the end.
                raw.socket.unwrap()
    wanted = {f"q{qos}n{number}" for number in range(20)}
    wait_for(lambda: wanted <= secured.admin.get("/api/nodes/tls/latest")["values"].keys(), "all of it is there", 10)


def refused(hub, certificate, private, **options):
    """Whether somebody with this certificate, and nothing else, is kept out: by the handshake, or by CONNACK."""
    try:
        reason = hub.connack(port=hub.mqtts_port, tls=hub.context(certificate, private), **options)
    except (ssl.SSLError, Gone, ConnectionError):
        return True
    return reason >= 0x80


def test_a_revoked_certificate_is_refused_and_its_connection_ends(secured):
    secured.device("node_revoked")
    certificate, private = secured.issue("node_revoked")
    assert not refused(secured, certificate, private)
    with Raw(secured.mqtts_port, tls=secured.context(certificate, private)) as raw:
        assert raw.connect("about-to-be-revoked", 5).reason == 0
        done = run("ca", "revoke", serial_of(certificate), "--data", secured.data)
        assert done.returncode == 0, done
        said = raw.ends(5)
        assert not said or said[-1].reason >= 0x80
    wait_for(lambda: refused(secured, certificate, private), "the revoked certificate is refused", 5)
    again, key = secured.issue("node_revoked")
    assert not refused(secured, again, key), "the device's next certificate is good"


def test_an_expired_certificate_is_refused(secured):
    """Made by the hub's own authority, with its key out of the data folder: only its time is wrong."""
    authority = hub_authority(secured)
    secured.device("node_late")
    assert not refused(secured, *listed(secured, authority.issue("node_late"), "node_late")), "the same with a good time is let in"
    expired = authority.issue("node_late", start="20200101000000Z", end="20200201000000Z")
    assert refused(secured, *listed(secured, expired, "node_late"))
    not_yet = authority.issue("node_late", start="20900101000000Z", end="20910101000000Z")
    assert refused(secured, *listed(secured, not_yet, "node_late"))


def test_a_certificate_of_another_authority_is_refused(secured, tmp_path):
    secured.device("node_foreign")
    assert refused(secured, *Authority(tmp_path / "foreign").issue("node_foreign"))
    # The same name as the hub's own authority does not help.
    subject = openssl("x509", "-in", hub_authority(secured).certificate, "-noout", "-subject", "-nameopt", "multiline").stdout
    name = next(line.split("=", 1)[1].strip() for line in subject.splitlines() if "commonName" in line)
    assert refused(secured, *Authority(tmp_path / "namesake", name).issue("node_foreign"))


def test_a_certificate_that_is_for_a_server_or_for_nobody_is_refused(secured):
    authority = hub_authority(secured)
    secured.device("node_usage")
    assert refused(secured, *listed(secured, authority.issue("node_usage", usage="serverAuth"), "node_usage"))
    assert refused(secured, *authority.issue("node_that_nobody_added"))
    # Signed with the authority's key, but never issued by the hub: whoever has copied the key is still not in the list.
    assert refused(secured, *authority.issue("node_usage"))
    # Issued for one device, with another one's name in it.
    assert refused(secured, *listed(secured, authority.issue("node_somebody"), "node_usage"))


def test_a_disabled_device_is_refused_with_its_certificate(secured):
    secured.device("node_off")
    certificate, private = secured.issue("node_off")
    assert not refused(secured, certificate, private)
    secured.admin.must("POST", "/api/devices/node_off/disable")
    assert refused(secured, certificate, private)


def test_a_certificate_cannot_be_used_under_another_devices_name(secured, node):
    """Whoever shows a certificate and a user name is what the certificate says, or nobody."""
    *_, certificate, private = node
    secured.device("node_victim")
    with Raw(secured.mqtts_port, tls=secured.context(certificate, private)) as raw:
        reason = raw.connect("masked", 5, username="node_victim", password="x").reason
        if reason == 0:
            raw.publish("iot/node/victim/telemetry", TELEMETRY, 1, 1)
            assert raw.expect(PUBACK).reason == 0x87


def listed(hub, pair, device):
    """Writes a certificate into the hub's list, as if it had issued it: so that nothing but what the test is about is wrong with it."""
    serial = serial_of(pair[0]).lower()
    serial = serial.rjust(len(serial) + len(serial) % 2, "0")
    with hub.database() as database:
        database.execute(
            "INSERT INTO device_certificate (serial, device, common_name, not_after, issued_at) VALUES (?, ?, ?, ?, ?)",
            (serial, device, device, int((time.time() + 86_400) * 1e6), int(time.time() * 1e6)))
    return pair


def hub_authority(hub):
    """The hub's own authority, its key taken as whoever owns the data folder could."""
    return Authority(hub.certificate_folder / "by-hand", key=hub.data / "ca/ca.key", certificate=hub.data / "ca/ca.pem")


OLD = "ALL:@SECLEVEL=0"


@pytest.mark.parametrize("door", ["https_port", "mqtts_port"])
@pytest.mark.parametrize("version, works", [("-tls1", False), ("-tls1_1", False), ("-tls1_2", True), ("-tls1_3", True)])
def test_old_tls_is_refused(secured, door, version, works):
    done = openssl(
        "s_client", "-connect", f"127.0.0.1:{getattr(secured, door)}", version, "-cipher", OLD, "-CAfile", secured.root, input="")
    # Not the client may have refused: then this test would show nothing.
    assert "no protocols available" not in done.stderr, done.stderr
    assert ("Cipher is (NONE)" not in done.stdout and "Cipher is" in done.stdout) == works, done.stdout[-600:]


def test_plain_words_at_a_tls_door_and_tls_at_a_plain_one_end_at_once(secured):
    for port in (secured.https_port, secured.mqtts_port):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
            plain.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert b"200 OK" not in plain.recv(4096)
    for port in (secured.http_port, secured.mqtt_port):
        with pytest.raises((ssl.SSLError, ConnectionError, socket.timeout)), socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
            ssl.create_default_context(cafile=secured.root).wrap_socket(plain, server_hostname="localhost")


# A new certificate while running


def other_certificate(hub, folder):
    authority = Authority(folder)
    return authority.issue("localhost", usage="serverAuth", names="DNS:localhost,IP:127.0.0.1")


def test_sighup_takes_the_new_certificate_and_drops_nobody(tmp_path):
    hub = Secured(tmp_path / "data", ROOT / "build/logs/e2e-reload.log").start()
    try:
        key = hub.device("node_reload")
        before = fingerprint(hub.https_port)
        assert before == fingerprint(hub.mqtts_port)
        old = (hub.certificate.read_bytes(), hub.key.read_bytes())
        web = http.client.HTTPSConnection("localhost", hub.https_port, context=hub.context(), timeout=10)
        web.request("GET", "/health")
        assert web.getresponse().read()
        web_socket = web.sock
        with Raw(hub.mqtts_port, tls=hub.context()) as raw:
            assert raw.connect("steady", 5, username="node_reload", password=key).reason == 0
            certificate, private = other_certificate(hub, tmp_path / "new")
            shutil.copy(certificate, hub.certificate)
            shutil.copy(private, hub.key)
            hub.process.send_signal(signal.SIGHUP)
            wait_for(lambda: fingerprint(hub.https_port) != before, "HTTPS shows the new certificate", 5)
            wait_for(lambda: fingerprint(hub.mqtts_port) != before, "MQTT shows the new certificate", 5)
            new = fingerprint(hub.https_port)
            raw.publish("iot/node/reload/telemetry", TELEMETRY, 1, 1)
            assert raw.expect(PUBACK).reason == 0, "the connection of before goes on"
            web.request("GET", "/health")
            assert web.getresponse().read() and web.sock is web_socket, "the kept connection of before goes on"

            for broken in (b"", b"this is no certificate\n", certificate.read_bytes()[:200]):
                hub.certificate.write_bytes(broken)
                said = len(hub.log_text())
                hub.process.send_signal(signal.SIGHUP)
                wait_for(lambda: len(hub.log_text()) > said, "it says that the new file is no good", 5)
                assert fingerprint(hub.https_port) == fingerprint(hub.mqtts_port) == new, "the old one stays in use"
            # A key that does not belong to the certificate is as bad.
            hub.certificate.write_bytes(certificate.read_bytes())
            hub.key.write_bytes(old[1])
            said = len(hub.log_text())
            hub.process.send_signal(signal.SIGHUP)
            wait_for(lambda: len(hub.log_text()) > said, "it says that they do not belong together", 5)
            assert fingerprint(hub.https_port) == new
            hub.certificate.write_bytes(old[0])
            hub.process.send_signal(signal.SIGHUP)
            wait_for(lambda: fingerprint(hub.https_port) == before, "a good pair is taken again", 5)
            raw.publish("iot/node/reload/telemetry", TELEMETRY, 1, 2)
            assert raw.expect(PUBACK).reason == 0
        hub.stop()
    finally:
        hub.end()


def test_it_does_not_start_with_a_certificate_that_is_none(tmp_path):
    hub = Secured(tmp_path / "data", ROOT / "build/logs/e2e-badcert.log")
    hub.make_certificate()
    hub.certificate.write_text("nothing")
    with pytest.raises(AssertionError, match="no ready line"):
        hub.start()
    assert str(hub.certificate) in hub.log_text(), "it names the file"
    hub.end()


# What a browser is told


def https(hub, path, method="GET", body=None, headers=None):
    connection = http.client.HTTPSConnection("localhost", hub.https_port, context=hub.context(), timeout=10)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize("path", ["/", "/nodes", "/api/session", "/api/nodes", "/no-such-thing", "/health"])
def test_headers(secured, path):
    plain = secured.ask(path)
    status, headers, _ = https(secured, path, headers={"Host": NAME})
    assert status == plain.status
    policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";") if part.strip())
    for told in (headers, plain.headers):
        assert told["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Origin" not in told
        assert told["Referrer-Policy"] in ("no-referrer", "same-origin", "strict-origin-when-cross-origin")
    assert "frame-ancestors" in policy and policy["frame-ancestors"] in ("'none'", "'self'")
    script = policy.get("script-src", policy.get("default-src"))
    assert "'unsafe-inline'" not in script and "'unsafe-eval'" not in script and "*" not in script.split()
    assert "max-age=" in headers["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in plain.headers, "over plain HTTP it means nothing (RFC 6797, 7.2)"
    assert "Strict-Transport-Security" not in https(secured, path)[1], "for localhost it would shut out everything else there"
    if path.startswith("/api/"):
        assert "no-store" in headers["Cache-Control"]


def test_cookies_are_secure_over_tls(secured):
    import json

    from support.accounts import ADMIN, PASSWORD

    status, headers, _ = https(
        secured, "/api/auth/login", "POST", json.dumps({"username": ADMIN, "password": PASSWORD}), {"Content-Type": "application/json"})
    assert status == 200
    cookies = headers.get_all("Set-Cookie")
    assert len(cookies) == 3
    for cookie in cookies:
        attributes = [part.strip().lower() for part in cookie.split(";")[1:]]
        assert {"secure", "httponly", "samesite=strict"} <= set(attributes), cookie


def test_no_other_site_may_ask(secured):
    """CORS is off: a preflight from elsewhere gets no leave, and a page of elsewhere cannot open the socket."""
    answer = secured.ask("/api/nodes", "OPTIONS", headers={
        "Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"})
    assert "Access-Control-Allow-Origin" not in answer.headers
    answer = secured.ask("/ws", headers={
        **secured.admin.headers, "Origin": "https://elsewhere.example", "Connection": "Upgrade", "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="})
    assert answer.status == 403


# Proxies

PROXY, STRANGER, CLIENT = "127.0.0.9", "127.0.0.8", "203.0.113.77"


@pytest.fixture(scope="module")
def proxied(tmp_path_factory):
    log = ROOT / "build/logs/e2e-proxy.log"
    log.unlink(missing_ok=True)
    hub = Closed(tmp_path_factory.mktemp("proxy") / "data", log, [TRUSTED, PROXY, PROXY_PROTOCOL, PUBLIC_ORIGINS, f"https://{NAME}"]).start()
    yield hub
    hub.end()


@pytest.mark.parametrize("source, forwarded, expected", [
    (PROXY, CLIENT, CLIENT),
    (PROXY, f"10.1.2.3, {CLIENT}", CLIENT),
    (STRANGER, CLIENT, STRANGER),
    ("127.0.0.1", CLIENT, "127.0.0.1"),
    (PROXY, "not an address", PROXY),
])
def test_forwarded_addresses_count_only_from_trusted_proxies(proxied, fresh, source, forwarded, expected):
    assert proxied.admin
    name = f"somebody-{fresh}"
    answer = proxied.login(name, "wrong", source=source, headers={"X-Forwarded-For": forwarded})
    assert answer.status == 401, answer
    assert [e["address"] for e in proxied.audit(action="sign_in", limit=1)] == [expected]


@pytest.mark.parametrize("origin, welcome", [
    (f"https://{NAME}", True), (f"http://{NAME}", False), (f"https://{NAME}:8443", False), (f"https://{NAME}.example", False)])
def test_pages_that_a_proxy_serves_under_another_name_are_the_hubs_own(proxied, fresh, origin, welcome):
    """The proxy asks the hub as 127.0.0.1; the browser's pages come from the name that the proxy has."""
    cookie = {"Cookie": proxied.admin.cookie_header("access"), "Origin": origin}
    answer = proxied.ask("/api/sites", "POST", {"id": f"site{fresh}", "title": "x"}, cookie)
    assert answer.status == (201 if welcome else 403), answer
    answer = proxied.ask("/ws", headers={
        **cookie, "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="})
    assert answer.status == (101 if welcome else 403), answer


def version_1(address, port=4711):
    return f"PROXY TCP4 {address} 127.0.0.1 {port} 1883\r\n".encode()


def version_2(address, port=4711):
    body = socket.inet_aton(address) + socket.inet_aton("127.0.0.1") + struct.pack("!HH", port, 1883)
    return b"\r\n\r\n\x00\r\nQUIT\n\x21\x11" + struct.pack("!H", len(body)) + body


@pytest.mark.parametrize("header", [version_1, version_2])
def test_proxy_protocol_from_a_trusted_proxy(proxied, fresh, header):
    key = proxied.device(f"node_{fresh}")
    with Raw(proxied.mqtt_port, source=PROXY, before=header(CLIENT)) as raw:
        assert raw.connect("behind", 5, username=f"node_{fresh}", password=key).reason == 0
        raw.publish(f"iot/node/{fresh}/telemetry", TELEMETRY, 1, 1)
        assert raw.expect(PUBACK).reason == 0
        found = proxied.admin.get(f"/api/devices/node_{fresh}")
        assert found["address"] == CLIENT


@pytest.mark.parametrize("header", [version_1, version_2])
def test_proxy_protocol_from_a_stranger_is_no_mqtt(proxied, fresh, header):
    key = proxied.device(f"node_{fresh}")
    with pytest.raises((Gone, ConnectionError)), Raw(proxied.mqtt_port, source=STRANGER, before=header(CLIENT)) as raw:
        raw.connect("liar", 5, username=f"node_{fresh}", password=key)
    with Raw(proxied.mqtt_port, source=STRANGER) as raw:
        assert raw.connect("honest", 5, username=f"node_{fresh}", password=key).reason == 0
    assert proxied.admin.get(f"/api/devices/node_{fresh}")["address"] == STRANGER


@pytest.mark.parametrize("rubbish", [b"PROXY TCP4 1.2.3.4\r\n", b"PROXY " + b"x" * 300, b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\xff\xff" + b"\x00" * 64])
def test_a_broken_proxy_header_ends_the_connection(proxied, rubbish):
    with Raw(proxied.mqtt_port, source=PROXY, before=rubbish) as raw:
        assert raw.ends(15) == []
    assert proxied.ask("/health").status == 200

