"""schemathesis against the running server, by the description that the server itself gives: /openapi.json."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.accounts import Closed
from support.server import ROOT
from support.settings import NO_REQUEST_LIMITS, limits

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,unsupported_method,allow_header_conformance,missing_required_header"
)
# What would end the test itself, or answers as no general check expects, each with its reason. They are asked in test_access_matrix.py,
# test_sessions.py and test_links.py.
EXCLUDED = {
    "/api/auth/logout": "would end the sign-in that the other requests need",
    "/api/auth/logout-everywhere": "the same",
    "/api/auth/login": "its refusals lock out the address, and then 429 would be all that is seen",
    "/api/auth/code": "the same",
    "/api/lot-boards": "a link: no key is told what a wrong key is told (404, and 429 after many), and not 401",
    "/api/room-doors": "the same",
    "/api/room-doors/check-in": "the same",
    "/api/room-doors/book": "the same",
}
PROGRAM = Path(sys.executable).parent / "schemathesis"


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    log = ROOT / "build/logs/e2e-schemathesis-server.log"
    log.unlink(missing_ok=True)
    server = Closed(tmp_path_factory.mktemp("schemathesis") / "data", log, settings=limits(**NO_REQUEST_LIMITS)).start()
    key = server.device("node_a1")
    with server.mqtt_node("a1", key) as node:
        for n in range(5):
            node.telemetry({"temperature": 20 + n}, timestamp=1_790_000_000 + 60 * n)
        node.status(firmware="1.0", uptime=5)
        server.admin.must("POST", "/api/nodes/a1/commands", {"command": "blink", "params": {}}, (202,))
        node.answer(node.receive_json())
    server.person("viewer", name="someone")
    server.site("yard")
    yield server
    server.end()


def schemathesis(hub, person, folder, *options, headers=None, location=None):
    command = [
        PROGRAM, *config(folder), "run", location or f"{hub.url}/openapi.json", "--url", hub.url, "--checks", CHECKS, "--seed", "7",
        "--suppress-health-check", "all", "--request-timeout", "10", "--no-color", "--continue-on-failure", "--report", "ndjson",
        "--report-ndjson-path", folder / "events.ndjson", "--output-sanitize", "true",
    ]
    for name, value in (headers or person.headers).items():
        command += ["--header", f"{name}:{value}"]
    for path in EXCLUDED:
        command += ["--exclude-path", path]
    # Whose sign-in it is, and who made the hub: what schemathesis learns from answers shall not end them.
    sessions = [session["id"] for session in person.get("/api/account")["sessions"]]
    accounts = [user["id"] for user in hub.admin.get("/api/admin/users")["users"] if user["username"] in ("admin", person.name)]
    settings = {
        "SCHEMATHESIS_HOOKS": "support.schemathesis_hooks", "PYTHONPATH": str(ROOT / "Tests/EndToEnd"),
        "PROTECTED_NAMES": ",".join(["admin", person.name, *sessions, *accounts]),
    }
    done = subprocess.run(
        [str(part) for part in [*command, *options]], capture_output=True, text=True, timeout=500, cwd=folder, env=os.environ | settings)
    assert person.ask("/api/account").status == 200, "its sign-in ended on the way: the rest of it only saw 401"
    return done


def config(folder):
    file = folder / "schemathesis.toml"
    return ("--config-file", file) if file.exists() else ()


def judge(done, hub, log):
    (ROOT / "build/logs" / log).write_text(done.stdout + done.stderr)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    cases = [int(n) for n in re.findall(r"(\d+) generated", done.stdout)]
    assert cases and cases[-1] > 100, f"hardly anything was asked: {done.stdout[-800:]}"
    assert hub.is_running() and hub.ask("/health").status == 200
    assert "internal_error" not in hub.log_text() and "Fatal error" not in hub.log_text()


@pytest.mark.timeout(560)
def test_requests_of_every_kind(hub, tmp_path):
    """Good and bad ones, a second admin asking; the first one stays untouched whatever is generated."""
    person = hub.person("admin")
    done = schemathesis(
        hub, person, tmp_path, "--phases", "coverage,fuzzing,stateful", "--max-examples", "10")
    judge(done, hub, "schemathesis.log")
    assert hub.admin.get("/api/account")["username"] == "admin"


@pytest.mark.timeout(600)
def test_answers_about_what_is_there(hub, tmp_path):
    """The same for reading, with the names of things that exist, so that the shapes of the good answers are compared."""
    command = hub.admin.get("/api/nodes/a1/commands")["commands"][0]["command_id"]
    (tmp_path / "schemathesis.toml").write_text(
        f'[parameters]\n"path.id" = "node_a1"\n"path.name" = "someone"\n"path.command_id" = {json.dumps(command)}\n')
    done = schemathesis(
        hub, hub.person("admin"), tmp_path, "--phases", "coverage,fuzzing", "--max-examples", "10", "--include-method", "GET",
        "--mode", "positive")
    judge(done, hub, "schemathesis-reading.log")


@pytest.mark.timeout(600)
def test_reports_of_a_device(hub, tmp_path):
    """The routes that are for devices, asked by one."""
    person, key = hub.person("admin"), hub.device("node_b2")
    (tmp_path / "schemathesis.toml").write_text('[parameters]\n"path.id" = "node_b2"\n')
    local = tmp_path / "openapi.json"
    local.write_text(json.dumps(person.get("/openapi.json")))
    done = schemathesis(
        hub, person, tmp_path, "--phases", "coverage,fuzzing", "--max-examples", "100",
        "--include-path-regex", "/(telemetry|status)$", headers={"X-Device-Id": "node_b2", "X-API-Key": key}, location=local)
    judge(done, hub, "schemathesis-device.log")


def test_what_is_excluded_is_there(hub):
    """A route that is renamed shall not stay excluded under its old name."""
    paths = hub.admin.get("/openapi.json")["paths"]
    assert EXCLUDED.keys() <= paths.keys()


def test_the_description_is_complete(hub):
    document = hub.admin.get("/openapi.json")
    assert document["openapi"].startswith("3.1")
    schemes = document["components"]["securitySchemes"]
    assert schemes
    seen = set()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method not in ("get", "put", "post", "delete"):
                continue
            where = f"{method.upper()} {path}"
            assert operation["summary"], where
            assert "security" in operation or "security" in document, where
            assert set(re.findall(r"\{(\w+)\}", path)) == {
                p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}, where
            answers = operation["responses"]
            assert any(status.startswith(("1", "2")) for status in answers), where
            security = operation.get("security", document.get("security"))
            if security:
                # Of what a link shows anyone without its key is told that it is not there.
                assert {"404" if security == [{"linkKey": []}] else "401", "403"} <= answers.keys(), where
            seen.add(operation.get("operationId", where))
    assert len(seen) == sum(len([m for m in methods if m in ("get", "put", "post", "delete")]) for methods in document["paths"].values())
