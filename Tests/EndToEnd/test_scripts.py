"""The scripts of the repository: ./run as a person starts it, and the check of the rooms when something is wrong."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest

from support.server import ROOT, environment


def as_from_a_terminal():
    """A shell lets what it runs in the background ignore SIGINT, and nohup SIGHUP; a person's terminal does neither."""
    for number in [signal.SIGINT, signal.SIGHUP]:
        signal.signal(number, signal.SIG_DFL)


def start(tmp_path, *options, session=False):
    return subprocess.Popen(
        [ROOT / "run", "--data", "my data", "--http", "127.0.0.1:0", "--mqtt", "127.0.0.1:0", *options], cwd=tmp_path,
        env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=session, preexec_fn=as_from_a_terminal,
    )


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_run_prints_the_address_within_seconds_and_stops_cleanly(tmp_path, how):
    begun = time.monotonic()
    process = start(tmp_path)
    try:
        said = ""
        for line in process.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        # Under a second on an idle machine; other tests run beside this one, and a build would take minutes.
        assert time.monotonic() - begun < 6, said
        address = re.search(r"http://127\.0\.0\.1:(\d+)", said)
        assert address, said
        socket.create_connection(("127.0.0.1", int(address[1])), 5).close()
        process.send_signal(how)
        assert process.wait(20) == 0
    finally:
        # ./run passes this on to the server, so that a test that fails leaves nothing behind.
        if process.poll() is None:
            process.terminate()
            process.wait(20)
    assert (tmp_path / "my data" / "martlet.db").exists(), "--data counts from where the person stands"


def test_run_ends_with_its_terminal(tmp_path):
    """A terminal that is closed says SIGHUP to everything that it runs."""
    process = start(tmp_path, session=True)
    try:
        for line in process.stdout:
            if "Ctrl-C" in line:
                break
        os.killpg(process.pid, signal.SIGHUP)
        assert process.wait(20) == 0
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(20)


def test_run_explains_itself():
    told = subprocess.run([ROOT / "run", "--help"], capture_output=True, text=True, timeout=20)
    assert told.returncode == 0 and "--no-demo" in told.stdout


def test_run_says_what_to_do_about_a_taken_port(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        told = subprocess.run(
            [ROOT / "run", "--data", tmp_path, "--http", f"127.0.0.1:{port}", "--mqtt", "127.0.0.1:0"], capture_output=True,
            text=True, timeout=60, env=environment(),
        )
    assert told.returncode == 1 and f"Port {port}" in told.stderr and f"--http 127.0.0.1:{port + 1}" in told.stderr


BREAKS = {
    "an upward import": ("Sources/SQL/Broken.swift", "public import Ingest\n", "imports Ingest"),
    "mutable state": ("Sources/SQL/Broken.swift", "nonisolated(unsafe) var count = 0\n", "package-level mutable state"),
    "an unproven claim": ("Sources/SQL/Broken.swift", "final class A: @unchecked Sendable {}\n", "@unchecked Sendable"),
    "something left": ("Sources/SQL/Broken.swift", "// TODO: write this\n", "left to do"),
    "a long file": ("Sources/SQL/Broken.swift", "\n" * 401, "401 lines"),
    "a solution's room": ("Sources/House/Broken.swift", "internal import Parking\n", "names the solution Parking (Parking)"),
    "a solution's type": ("Sources/House/Broken.swift", "let one = NodesSolution()\n", "names the solution Nodes (NodesSolution)"),
    "a solution's identifier": ("Sources/Trust/Broken.swift", 'let one = "parking"\n', 'names the solution Parking ("parking")'),
    "a solution's permission": ("Sources/WebAPI/Broken.swift", 'let one = "nodes.view"\n', 'names the solution Nodes ("nodes.view")'),
    "a solution's kind": ("Sources/Registry/Broken.swift", "let one: DeviceKind = .node\n", "names the solution Nodes (.node)"),
    "a folder that is no solution": ("Sources/Solutions/Broken/Broken.swift", "let one = 1\n", "no manifest of a solution"),
    "an example's solution": ("Sources/House/Broken.swift", "internal import WaterTanks\n", "names the solution WaterTanks (WaterTanks)"),
    "an example that knows too much": ("Examples/WaterTanks/Sources/Broken.swift", "internal import Ingest\n", "imports Ingest"),
    "a file without a room": ("Sources/Nowhere/Broken.swift", "let one = 1\n", "belongs to no room"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_check_rooms_finds(tmp_path, name):
    for part in ["Package.swift", "Sources", "Examples", "Tests", "docs", "scripts", "Web/vendor.lock", "Benchmarks/requirements.txt"]:
        target = tmp_path / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, target)
        else:
            shutil.copy(ROOT / part, target)
    path, text, complaint = BREAKS[name]
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).write_text(text)
    told = subprocess.run([ROOT / "scripts/check-rooms", tmp_path], capture_output=True, text=True, timeout=60)
    assert told.returncode == 1 and complaint in told.stdout, told.stdout
