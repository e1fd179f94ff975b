"""The program's own commands, as a person types them."""

import json
import os
import socket
import sqlite3
import subprocess

import pytest

from support.server import BINARY, environment, run
from support.waiting import wait_for


def test_version_and_help():
    version = run("--version")
    assert version.returncode == 0 and version.stdout.strip()
    for arguments in [["--help"], ["serve", "--help"], ["check", "--help"], ["simulate", "--help"], ["backup", "--help"],
                      ["restore", "--help"]]:
        told = run(*arguments)
        assert told.returncode == 0 and "USAGE" in told.stdout.upper(), arguments


@pytest.mark.parametrize(
    "arguments",
    [["dance"], ["serve", "--dance"], ["serve", "--http", "nowhere"], ["serve", "--mqtt", "127.0.0.1:99999"], ["simulate", "nodes",
     "--count", "-3"], ["simulate", "nodes", "--count", "many"], ["restore"], ["backup"]],
)
def test_a_wrong_command_says_what_is_wrong(arguments, tmp_path):
    more = ["--data", tmp_path] if arguments[0] == "serve" else []
    told = run(*arguments, *more)
    assert told.returncode not in (0, -6, -11, -5, -4), told
    assert told.stderr.strip() and "Fatal error" not in told.stderr


@pytest.mark.parametrize("door, demo", [("--http", []), ("--mqtt", []), ("--mqtt", ["--demo"])])
def test_a_port_that_is_taken_is_said(tmp_path, door, demo):
    doors = {"--http": "127.0.0.1:0", "--mqtt": "127.0.0.1:0"}
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        doors[door] = f"127.0.0.1:{port}"
        told = run("serve", "--data", tmp_path, *demo, *(word for pair in doors.items() for word in pair), timeout=20)
    assert told.returncode not in (0, -6, -11) and str(port) in told.stderr and door in told.stderr


def test_check_validates_without_starting(tmp_path):
    data = tmp_path / "data"
    good = run("check", "--data", data, "--http", "127.0.0.1:0", "--mqtt", "127.0.0.1:0")
    assert good.returncode == 0, good
    assert not (data / "martlet.db").exists()
    bad = run("check", "--data", data, "--http", "0.0.0.0:80", "--open")
    assert bad.returncode != 0 and "--open" in bad.stderr + bad.stdout
    settings = tmp_path / "martlet.env"
    settings.write_text("MARTLET_DATTA=/tmp\n")
    bad = run("check", "--config", settings)
    assert bad.returncode != 0 and "MARTLET_DATTA" in bad.stderr + bad.stdout


def test_what_tests_are_told_by_the_environment_is_no_mistake_in_it(tmp_path):
    names = {"MARTLET_CROWD_CRASH_ROUNDS": "3", "MARTLET_CRASH_ROUND": "3"}
    told = subprocess.run([BINARY, "check", "--data", tmp_path / "data"], env=environment() | names, capture_output=True, text=True, timeout=60)
    assert "MARTLET_CRASH_ROUND" in told.stdout + told.stderr and "CROWD" not in told.stdout + told.stderr, told


def test_check_finds_what_serve_would_fail_on(tmp_path):
    """The same words, before the restart instead of after it."""
    doors = ["--http", "127.0.0.1:0", "--mqtt", "127.0.0.1:0"]
    tls = [*doors, "--https", "127.0.0.1:8443", "--mqtts", "127.0.0.1:8883", "--tls-cert", tmp_path / "server.pem", "--tls-key",
           tmp_path / "server.key"]

    def refused(words, *arguments):
        for command in ("check", "serve"):
            told = run(command, *arguments, timeout=20)
            assert told.returncode == 1 and words in told.stderr, told

    real, demo = tmp_path / "real", tmp_path / "demo"
    refused("server.pem", "--data", real, *tls)
    assert run("cert", "dev", "--out", tmp_path).returncode == 0
    told = run("check", "--data", real, *tls)
    assert told.returncode == 0, told
    printed = dict(line.split(None, 1) for line in told.stdout.splitlines())
    assert printed["https"] == "127.0.0.1:8443" and printed["mqtts"] == "127.0.0.1:8883" and printed["tls"].endswith("server.pem")
    (tmp_path / "server.key").write_text("no key\n")
    refused("server.key", "--data", real, *tls)

    assert run("site", "add", "north", "--data", real).returncode == 0
    assert "in order" in run("check", "--data", real, *doors).stdout
    refused("demonstration", "--data", real, "--demo", *doors)
    demo.mkdir()
    (demo / "demo").touch()
    refused("demonstration", "--data", demo, *doors)
    assert run("check", "--data", demo, "--demo", *doors).returncode == 0
    (tmp_path / "file").write_text("x")
    refused(str(tmp_path / "file"), "--data", tmp_path / "file", *doors)
    refused("index.html", "--data", real, "--web", tmp_path, *doors)
    with sqlite3.connect(real / "martlet.db") as database:
        database.execute("UPDATE schema_migration SET name = '9999-later' WHERE name LIKE '0001-%' AND position = 0")
    refused("9999-later", "--data", real, *doors)


def test_flags_beat_environment_beats_file(tmp_path):
    """Shown by the folder that each of the three names."""
    settings = tmp_path / "martlet.env"
    settings.write_text(f"# a comment\nMARTLET_DATA={tmp_path}/file\nMARTLET_HTTP=127.0.0.1:0\nMARTLET_MQTT=127.0.0.1:0\n")

    def folder(arguments, extra):
        process = subprocess.Popen(
            [BINARY, "serve", "--config", settings, *arguments], env=environment() | extra, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True,
        )
        try:
            assert json.loads(process.stdout.readline())["event"] == "ready"
        finally:
            process.terminate()
            assert process.wait(20) == 0
        return {name for name in ("file", "environment", "flag") if (tmp_path / name).exists()}

    assert folder([], {}) == {"file"}
    assert folder([], {"MARTLET_DATA": f"{tmp_path}/environment"}) == {"file", "environment"}
    assert folder(["--data", f"{tmp_path}/flag"], {"MARTLET_DATA": f"{tmp_path}/no"}) == {"file", "environment", "flag"}


def test_the_ready_line_is_also_a_file(own):
    hub = own()
    assert json.loads((hub.data / "ready.json").read_text()) == hub.ready
    assert [line for line in hub.lines if line.strip()] == [line for line in hub.lines if '"ready"' in line], "stdout is for the line"
    hub.stop()


def test_one_data_folder_has_one_server(own):
    hub = own()
    told = run("serve", "--data", hub.data, "--http", "127.0.0.1:0", "--mqtt", "127.0.0.1:0", timeout=20)
    assert told.returncode not in (0, -6, -11) and told.stderr.strip()
    assert hub.get("/health")
    hub.stop()


def test_a_data_folder_that_cannot_be_used(tmp_path):
    (tmp_path / "file").write_text("x")
    told = run("serve", "--data", tmp_path / "file", "--http", "127.0.0.1:0", "--mqtt", "127.0.0.1:0", timeout=20)
    assert told.returncode not in (0, -6, -11) and str(tmp_path / "file") in told.stderr


def test_a_database_that_is_none_is_not_overwritten(tmp_path):
    (tmp_path / "martlet.db").write_bytes(b"this is no database, but somebody may need it" * 100)
    before = (tmp_path / "martlet.db").read_bytes()
    told = run("serve", "--data", tmp_path, "--http", "127.0.0.1:0", "--mqtt", "127.0.0.1:0", timeout=20)
    assert told.returncode not in (0, -6, -11) and told.stderr.strip()
    assert (tmp_path / "martlet.db").read_bytes() == before


def simulate(hub, *arguments):
    return subprocess.Popen(
        [BINARY, "simulate", "nodes", "--mqtt", f"127.0.0.1:{hub.mqtt_port}", *arguments], env=environment(),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )


def test_simulated_nodes_are_real_clients_and_come_back(own):
    hub = own()
    process = simulate(hub, "--count", "20", "--rate", "40", "--seed", "7")
    try:
        wait_for(lambda: hub.get("/api/nodes?state=online")["count"] == 20, "20 nodes online", 15)
        wait_for(lambda: hub.get("/api/broker")["connections"] >= 20, "20 connections", 5)
        before = hub.get("/api/broker")["messages_received"]
        wait_for(lambda: hub.get("/api/broker")["messages_received"] > before + 40, "messages keep coming", 10)
        node_id = hub.get("/api/nodes")["nodes"][0]["id"]
        command = hub.post(f"/api/nodes/{node_id}/commands", {"command": "set_led", "params": {"state": "on"}}).json()
        path = f"/api/nodes/{node_id}/commands/{command['command_id']}"
        wait_for(lambda: hub.get(path)["state"] in ("done", "failed"), "a simulated node answers", 15)
        port = hub.mqtt_port
        hub.stop()
        hub.arguments += ["--mqtt", f"127.0.0.1:{port}"]
        hub.start()
        wait_for(lambda: hub.get("/api/broker")["connections"] == 20, "all are back by themselves", 40)
    finally:
        process.terminate()
        assert process.wait(15) == 0
    gone = ["asleep", "offline"]
    wait_for(
        lambda: sum(hub.get(f"/api/nodes?state={state}")["count"] for state in gone) == 20,
        "they said goodbye, or their wills did", 15)
    hub.stop()


def test_logs_are_quiet_and_hold_no_payload(own):
    from support.clients import V5, Client

    hub = own()
    with Client(hub.mqtt_port, V5) as client:
        for _ in range(50):
            client.publish("iot/node/quiet/telemetry", {"sensors": {"v": 1}})
            client.publish("iot/node/quiet/telemetry", '{"secret-in-the-payload')
    hub.stop()
    log = hub.log_text()
    assert "secret-in-the-payload" not in log
    assert len(log.splitlines()) < 40, log


def test_it_needs_no_home_and_little_else(tmp_path):
    process = subprocess.Popen(
        [BINARY, "serve", "--data", tmp_path / "d", "--http", "127.0.0.1:0", "--mqtt", "127.0.0.1:0"], env={}, cwd="/",
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )
    try:
        assert json.loads(process.stdout.readline())["event"] == "ready"
        assert os.stat(tmp_path / "d").st_mode & 0o007 == 0, "other users can look into the data"
    finally:
        process.terminate()
        assert process.wait(20) == 0
