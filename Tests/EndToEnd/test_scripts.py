"""The scripts of the repository: ./run as a person starts it, and the check of the rooms when something is wrong."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

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
        assert time.monotonic() - begun < 60, said
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
    "a solution in a comment": ("Sources/SolutionKit/Broken.swift", "/// Such as a node that is away.\n", "names the solution Nodes (node)"),
    "a solution's topic in a comment": ("Sources/HubModel/Broken.swift", "// `iot/node/01/telemetry`\n", "names the solution Nodes (node)"),
    "a solution's device in a comment": ("Sources/Trust/Broken.swift", "/// `node_07` for `07`\n", "names the solution Nodes (node)"),
    "a solution's title": ("Sources/WebAPI/Broken.swift", "// The Sensor Nodes are first.\n", "names the solution Nodes (Sensor Nodes)"),
    "a solution's title in the plural": ("Sources/Live/Broken.swift", "// As car parks do.\n", "names the solution Parking (car parks)"),
    "a solution's setting": ("Sources/House/Broken.swift", 'let one = "MARTLET_PARKING_ROUNDS"\n', "names the solution Parking (PARKING)"),
    "a solution in a long text": ("Sources/House/Broken.swift", 'let help = """\n    add hall --kind node\n    """\n', "names the solution Nodes (node)"),
    "a solution's type in a comment": ("Sources/House/Broken.swift", "/// `ParkingSolution()`\n", "names the solution Parking (ParkingSolution)"),
    "an example in a comment": ("Sources/SQL/Broken.swift", "/// A table of tanks.\n", "names the solution WaterTanks (tanks)"),
    "an example whose name is an everyday word": ("Sources/House/Broken.swift", 'let one = "/streams/"\n', "names the solution Streams (streams)"),
    "a shared page": ("Web/lib/broken.js", "/** The sensor nodes' own. */\n", "names the solution Nodes (sensor nodes)"),
    "a shared style": ("Web/styles/broken.css", ".parking-lot { color: red; }\n", "names the solution Parking (parking)"),
    "a file beside the pages": ("Web/broken-worker.js", "const scope = '/parking';\n", "names the solution Parking (parking)"),
    "a solution without documents": ("Sources/Solutions/Undocumented/Broken.swift", 'let one = SolutionManifest(id: "q1", title: "Q1", path: "/q1")\n', "limits.md is missing"),
    "a name with two meanings": ("Sources/House/Broken.swift", "struct Session {}\n", "Session is the name of another type in Sources/MQTTBroker"),
    "a solution's own meaning of a name": ("Sources/Solutions/Parking/Broken.swift", "enum Refusal {}\n", "Refusal is the name of another type in Sources/HubModel"),
    "a solution that knows too much": ("Sources/Solutions/Parking/Broken.swift", "internal import Ingest\n", "imports Ingest"),
}
# {what: (path, text that is there, text instead, complaint)}
PARKING = '"Credentials", "DeviceLogic", argumentParser'
CHANGES = {
    what: ("Package.swift", PARKING, PARKING.replace('"DeviceLogic"', name), f"the solution Parking may not depend on {room}")
    for what, name, room in [
        ("a solution that depends on the line", '"Ingest"', "Ingest"), ("a solution that opens sockets", '"MQTTClient"', "MQTTClient"),
        ("a solution with a package of its own", "nioCore", "NIOCore"), ("a solution that depends on another", '"Nodes"', "Nodes"),
    ]
} | {
    "a room that depends on a solution": (
        "Package.swift", 'room("Blobs", ["HubModel",', 'room("Blobs", ["Nodes", "HubModel",', "Blobs depends on the solution Nodes; only programs do"),
    "a program that knows too much": (
        "Package.swift", '["House", "WaterTanks"]', '["House", "Ingest", "WaterTanks"]', "the program water-tanks may not depend on Ingest"),
    "a solution with a row": (
        "docs/ARCHITECTURE.md", "<!-- rooms:end -->", "| 2 | `Nodes` | Sources/Solutions/Nodes | `HubModel` | |\n<!-- rooms:end -->",
        "Nodes is a solution, which has no row"),
}


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A copy of what is checked, which each test leaves as it was."""
    folder = tmp_path_factory.mktemp("repository")
    for part in ["Package.swift", "Sources", "Examples", "Tests", "docs", "scripts", "Web", "Benchmarks/requirements.txt"]:
        target = folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, target)
        else:
            shutil.copy(ROOT / part, target)
    return folder


@contextlib.contextmanager
def written(path, text):
    before, is_new_folder = path.read_text() if path.exists() else None, not path.parent.exists()
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    yield
    if before is not None:
        path.write_text(before)
    else:
        path.unlink()
    if is_new_folder:
        path.parent.rmdir()


def check_rooms(folder):
    return subprocess.run([ROOT / "scripts/check-rooms", folder], capture_output=True, text=True, timeout=100)


@pytest.fixture(scope="module")
def told_of_breaks(repository):
    """{what: lines about its file or folder}: all of them at once, each in a file of its own."""
    files = {}
    with contextlib.ExitStack() as stack:
        for number, (name, (path, text, _)) in enumerate(BREAKS.items()):
            files[name] = Path(path).with_stem(f"{Path(path).stem}{number}")
            stack.enter_context(written(repository / files[name], text))
        told = check_rooms(repository)
    assert told.returncode == 1, told
    begins = {name: (f"{path}:", f"{path.parent}:") for name, path in files.items()}
    return {name: [line for line in told.stdout.splitlines() if line.startswith(begins[name])] for name in BREAKS}


@pytest.mark.parametrize("name", BREAKS)
def test_check_rooms_finds(told_of_breaks, name):
    assert any(BREAKS[name][2] in line for line in told_of_breaks[name]), told_of_breaks[name]


@pytest.mark.parametrize("name", CHANGES)
def test_check_rooms_finds_a_change(repository, name):
    path, old, new, complaint = CHANGES[name]
    text = (repository / path).read_text()
    assert old in text
    with written(repository / path, text.replace(old, new)):
        told = check_rooms(repository)
    assert told.returncode == 1 and complaint in told.stdout, told.stdout


def test_check_rooms_takes_nothing_else_for_a_name(repository):
    swift = "// A body that streams, upstreams, a nodeless nodal thinktank, unparked.\nlet streams = 1\n"
    with written(repository / "Sources/SQL/Fine.swift", swift), written(repository / "Web/lib/fine.js", "// What streams is read while it comes.\n"):
        told = check_rooms(repository)
    assert told.returncode == 0, told.stdout


# Solutions that are named as the field names them, by words that the past and everyday language have as well: {room: (identifier, title, kind, title of the kind)}
NAMED_AS_THE_FIELD_DOES = {
    "BusStop": ("busstop", "Bus stop", "busstop", "Bus stop"),
    "Modules": ("modules", "Modules", "module", "Module"),
}


@pytest.fixture(scope="module")
def with_more_solutions(repository):
    package = (repository / "Package.swift").read_text()
    above = '        solution("Nodes", '
    assert above in package
    rooms = "".join(f'        solution("{room}", ["HubModel", "SolutionKit"]),\n' for room in NAMED_AS_THE_FIELD_DOES)
    with contextlib.ExitStack() as stack:
        stack.enter_context(written(repository / "Package.swift", package.replace(above, rooms + above)))
        for room, (name, title, kind, title_of_kind) in NAMED_AS_THE_FIELD_DOES.items():
            folder = repository / "Sources/Solutions" / room
            folder.mkdir()
            stack.callback(shutil.rmtree, folder)
            (folder / f"{room}.swift").write_text(
                f'let manifest = SolutionManifest(\n    id: "{name}", title: "{title}", path: "/{name}", kinds: [Declared(.{kind}, "{title_of_kind}")])\n'
                f'let kind = DeviceKind("{kind}")\nlet right = Permission("{name}.view")\nlet setting = "MARTLET_{name.upper()}_DAYS"\n')
            for document in ["README.md", "access-matrix.md", "limits.md"]:
                (folder / document).write_text(f"# {title}\n")
        yield repository


def test_check_rooms_takes_solutions_that_are_named_as_the_field_names_them(with_more_solutions):
    told = check_rooms(with_more_solutions)
    assert told.returncode == 0, told.stdout


def test_check_rooms_takes_everyday_words_of_swift_and_javascript_for_no_solution(with_more_solutions):
    swift = "// Each module is built alone; other modules import it.\nlet modules = 1\n"
    script = "const modules = new Map();\n/** Loads a module. */\nexport const load = (module) => modules.get(module.id);\n"
    with written(with_more_solutions / "Sources/SQL/Fine.swift", swift), written(with_more_solutions / "Web/lib/fine.js", script):
        told = check_rooms(with_more_solutions)
    assert told.returncode == 0, told.stdout


def test_check_rooms_finds_these_where_they_are_named(with_more_solutions):
    named = {
        "Sources/SQL/Named1.swift": ('let one = "module"\n', 'the solution Modules ("module")'), "Sources/SQL/Named2.swift": ("// `/modules`\n", "the solution Modules (modules)"),
        "Sources/SQL/Named3.swift": ("let one: DeviceKind = .module\n", "the solution Modules (.module)"), "Web/lib/named4.js": ("t('modules.view')\n", "the solution Modules (modules.view)"),
        "Web/lib/named5.js": ("// A classroom.\n", "the solution Classrooms (classroom)"), "Sources/Trust/Named6.swift": ("// At bus stops.\n", "the solution BusStop (bus stops)"),
        "Sources/Registry/Named7.swift": ("// A busstop.\n", "the solution BusStop (busstop)"),
    }
    with contextlib.ExitStack() as stack:
        for path, (text, _) in named.items():
            stack.enter_context(written(with_more_solutions / path, text))
        told = check_rooms(with_more_solutions)
    lines = told.stdout.splitlines()
    assert told.returncode == 1 and all(any(line.startswith(path) and says in line for line in lines) for path, (_, says) in named.items()), told.stdout
