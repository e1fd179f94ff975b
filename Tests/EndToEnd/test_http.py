"""The HTTP routes, asked with curl."""

import json
import re
import subprocess

import pytest

from support.waiting import wait_for


def curl(hub, path, *options):
    """(status, headers in lower case, body) of one request by curl."""
    command = ["curl", "-sS", "-i", "--max-time", "20", *options, hub.url + path]
    done = subprocess.run(command, capture_output=True, timeout=30, check=True)
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    if head.startswith(b"HTTP/1.1 100"):
        head, _, body = body.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
    return int(lines[0].split()[1]), headers, body


def problem(found, status, code=None):
    """Asserts that an answer is problem+json (RFC 9457) with a stable code."""
    got, headers, body = found
    assert got == status, body
    assert headers["content-type"].startswith("application/problem+json")
    told = json.loads(body)
    assert told["status"] == status and told["title"] and re.fullmatch(r"[a-z_]+", told["code"])
    if code:
        assert told["code"] == code
    return told


@pytest.fixture(scope="module")
def known(hub):
    """A node with a few readings."""
    from support.clients import Node

    with Node(hub.mqtt_port, "http01") as node:
        for minute in range(5):
            assert node.telemetry({"temperature": 20 + minute, "humidity": 40.5}, timestamp=1_790_000_000 + 60 * minute) == 0
        yield node


def test_health_and_ready_answer(hub):
    for path in ["/health", "/ready"]:
        status, headers, body = curl(hub, path)
        assert status == 200, (path, body)
        assert headers["content-type"].startswith("application/json")
        json.loads(body)


def test_metrics_are_in_prometheus_form(hub, known):
    status, headers, body = curl(hub, "/metrics")
    assert status == 200
    assert headers["content-type"].startswith("text/plain")
    sample = re.compile(r'^[a-zA-Z_:][\w:]*(\{(\w+="(\\.|[^"\\])*",?)*\})? (-?[0-9.eE+-]+|NaN|[+-]Inf)( \d+)?$')
    kinds = {}
    for line in body.decode().splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split()
            assert name not in kinds, f"{name} is declared twice"
            kinds[name] = kind
        elif line and not line.startswith("#"):
            assert sample.match(line), line
            name = re.match(r"[\w:]+", line)[0]
            assert name in kinds or re.sub(r"_(sum|count|bucket)$", "", name) in kinds, f"{name} has no TYPE"
            if kinds.get(name) == "counter":
                assert name.endswith("_total"), name
    assert "martlet_messages_refused_total" in kinds


def test_nodes_list_and_detail(hub, known):
    status, headers, body = curl(hub, "/api/nodes")
    assert status == 200 and headers["content-type"].startswith("application/json")
    listed = json.loads(body)
    assert listed["count"] == len(listed["nodes"])
    assert [n["node_id"] for n in listed["nodes"]] == sorted(n["node_id"] for n in listed["nodes"])
    assert "node_http01" in [n["node_id"] for n in listed["nodes"]]
    for spelling in ["http01", "node_http01"]:
        status, _, body = curl(hub, f"/api/nodes/{spelling}")
        assert status == 200 and json.loads(body)["id"] == "http01"


def test_readings_as_json_and_csv(hub, known):
    path = "/api/nodes/http01/readings?field=temperature&from=1790000000&to=1790000600"
    status, headers, body = curl(hub, path)
    assert status == 200 and headers["content-type"].startswith("application/json")
    assert [row[1] for row in json.loads(body)["rows"]] == [20, 21, 22, 23, 24]
    status, headers, body = curl(hub, path, "-H", "Accept: text/csv")
    assert status == 200 and headers["content-type"].startswith("text/csv")
    lines = body.decode().splitlines()
    assert lines[0] == "time,node_id,field,value"
    assert [line.rsplit(",", 1)[1] for line in lines[1:]] == ["20", "21", "22", "23", "24"]
    assert all(line.split(",")[1:3] == ["node_http01", "temperature"] for line in lines[1:])


def test_broker_and_system(hub, known):
    status, _, body = curl(hub, "/api/broker")
    broker = json.loads(body)
    assert status == 200
    # The figures are those of the last sample, taken every two seconds.
    wait_for(lambda: (b := hub.get("/api/broker"))["connections"] >= 1 and b["messages_received"] >= 5, "the figures", 5)
    assert {"version", "started_at", "queue_depth", "queue_limit", "commit_latency_ms", "history"} <= broker.keys()
    status, _, body = curl(hub, "/api/system")
    assert status == 200
    assert json.loads(body)["listeners"] == {"http": f"127.0.0.1:{hub.http_port}", "mqtt": f"127.0.0.1:{hub.mqtt_port}"}


def test_head_and_unknown_method(hub):
    # A 404 has no body to say more with HEAD; curl -I would hang if one was promised and not sent.
    status, _, _ = curl(hub, "/health", "-I")
    assert status == 200
    problem(curl(hub, "/api/nodes", "-X", "DELETE"), 405, "method_not_allowed")


@pytest.mark.parametrize(
    "path, status, code",
    [
        ("/api/nodes/nobody", 404, "not_found"),
        ("/api/nodes/nobody/latest", 404, "not_found"),
        ("/api/nodes/nobody/readings", 404, "not_found"),
        ("/api/nodes/nobody/commands", 404, "not_found"),
        ("/api/nodes/http01/commands/nothing", 404, "not_found"),
        ("/api/nothing", 404, "not_found"),
        ("/api/nodes/a%2Fb", None, None),
        ("/api/nodes/%FF", None, None),
        ("/api/nodes?state=sleepy", 400, "invalid_parameter"),
        ("/api/nodes/http01/readings?from=yesterday", 400, "invalid_parameter"),
        ("/api/nodes/http01/readings?from=2026-02-30T00:00:00Z", 400, "invalid_parameter"),
        ("/api/nodes/http01/readings?step=10parsecs", 400, "invalid_parameter"),
        ("/api/nodes/http01/readings?step=0s", 400, "invalid_parameter"),
        ("/api/nodes/http01/readings?step=-5m", 400, "invalid_parameter"),
        ("/api/nodes/http01/readings?step=1m&agg=guess", 400, "invalid_parameter"),
        ("/api/nodes/http01/readings?limit=0", 400, "invalid_parameter"),
        ("/api/nodes/http01/readings?limit=99999999999999999999", 400, "invalid_parameter"),
        ("/api/nodes/http01/readings?from=1790000600&to=1790000000", 400, "invalid_parameter"),
    ],
)
def test_a_wrong_request_is_a_problem(hub, known, path, status, code):
    found = curl(hub, path)
    problem(found, status or found[0], code)
    assert 400 <= found[0] < 500


@pytest.mark.parametrize(
    "body, status",
    [
        ("", 400),
        ("{", 400),
        ("[]", 400),
        ('{"params":{}}', 400),
        ('{"command":7}', 400),
        ('{"command":""}', 400),
        ('{"command":"x","params":[]}', 400),
        ('{"command":"x","ttl_seconds":-1}', 400),
        ('{"command":"x","ttl_seconds":"soon"}', 400),
        ('{"command":"x","command":"y"}', 400),
        ('{"command":"' + "x" * 100_000 + '"}', 413),
    ],
)
def test_a_wrong_command_is_a_problem_and_is_not_kept(hub, known, body, status):
    before = hub.get("/api/nodes/http01/commands")
    problem(curl(hub, "/api/nodes/http01/commands", "-X", "POST", "-H", "Content-Type: application/json", "-d", body), status)
    assert hub.get("/api/nodes/http01/commands") == before


def test_ten_megabytes_over_http_are_refused(hub, known, tmp_path):
    big = tmp_path / "big.json"
    big.write_bytes(b'{"command":"' + b"x" * 10_000_000 + b'"}')
    found = curl(hub, "/api/nodes/http01/commands", "-H", "Content-Type: application/json", "--data-binary", f"@{big}")
    problem(found, 413, "too_large")
    assert hub.resident_megabytes() < 500


def test_pages_are_served_with_their_types_and_nothing_else(hub):
    status, headers, body = curl(hub, "/")
    assert status == 200 and headers["content-type"].startswith("text/html")
    assert b"<html" in body.lower()
    for path in ["/../Package.swift", "/%2e%2e/Package.swift", "/..%2fPackage.swift", "/vendor/../../Package.swift"]:
        status, _, body = curl(hub, path, "--path-as-is")
        assert b"PackageDescription" not in body, path


def test_a_page_can_be_reloaded_at_its_address(hub):
    for path in ["/nodes", "/nodes/http01", "/broker"]:
        status, headers, _ = curl(hub, path)
        assert status == 200 and headers["content-type"].startswith("text/html"), path
