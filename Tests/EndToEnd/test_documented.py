"""Every command line that README.md and docs/*.md print is run as printed, by the programs that it names."""

import json
import re
import socket
import urllib.request

import pytest

from support.clients import V311, Client
from support.documents import Document, Stage, blocks, commands
from support.server import ROOT, run

# What is not run here, and why.
NOT_RUN = {
    "./run      #": "installs packages and builds; test_scripts.py starts it, and `serve` stands for it below",
    "./test     #": "runs this test",
    "Benchmarks/run": "takes minutes, and the machine for itself",
    "swift build -c release --product water-tanks": "./test has built it",
    ".build/release/water-tanks serve --demo": "test_example.py starts it",
    "mongoexport ": "comes with MongoDB, which Debian does not have; the test writes the files that it would",
}
# Blocks that are no commands, by how they begin.
NO_COMMANDS = [
    "device ─MQTT─▶", '{"type":"urn:martlet:error', "connection martlet",
    # Code of a solution, in commands.md.
    "let given = try await services.commandPolls",
    # What a device sends, in commands.md.
    "queued ──▶", "GET /api/devices/{id}/commands/next", "POST /api/devices/{id}/commands/{command_id}/answer", "POST /api/nodes/{id}/telemetry?commands",
    # What a screen asks, in parking-api.md.
    "GET /api/lot-boards",
    # Code of tests, in testing.md.
    "let house = ", "hub = own(",
    # Code of a solution, in writing-a-solution.md.
    "@main", "func handle(", "let made = try await services.change(",
    # Code of a solution, in background-work.md.
    "extension WaterTanksSolution: ",
]


@pytest.fixture
def stage(tmp_path):
    with Stage(tmp_path) as made:
        yield made


def finish(document):
    """Nothing may be left over but what is not run, and says why."""
    left = [command for command in document.rest if not command.startswith(tuple(NOT_RUN))]
    assert left == [], f"{document.name} prints what no test runs: run it, or say in NOT_RUN why not"


def ask(stage, path, port=8080, token=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{stage.ports[port]}{path}", headers=headers)) as answer:
        return answer.read().decode()


def synopsis_is_true(line):
    """The subcommand that a line explains is there, and its help has each option of the line."""
    words = line.split("#")[0].split()
    name = [word for word in words[1:3] if re.fullmatch(r"[a-z-]+", word)]
    done = run(*name, "--help")
    assert done.returncode == 0, f"{line}: {done}"
    for option in re.findall(r"--[a-z-]+", line):
        assert option in done.stdout, f"{line}: martlet {' '.join(name)} has no {option}"


def test_readme(stage):
    readme = Document("README.md")
    play = lambda beginning, **options: stage.run(readme.take(beginning), **options)  # noqa: E731

    # `./run` without arguments ends in this.
    stage.serve(".build/release/martlet serve --demo --data data/demo")
    play("key=$(.build/release/martlet device add node_07")
    play("mosquitto_pub -p 1883 -u node_07")
    play("mosquitto_sub -p 1883 -u node_07")
    play("token=$(.build/release/martlet token add my-program")
    assert '"command_id"' in play('curl -H "Authorization: Bearer $token" -d')
    assert "22.5" in play("curl -H \"Authorization: Bearer $token\" -H 'Accept: text/csv'")
    stage.stop()

    own = readme.take("./run --no-demo --data ~/site")
    assert "setup#" in stage.serve(own.replace("./run --no-demo", ".build/release/martlet serve"))
    assert "--retention-days" in play(".build/release/martlet serve --help")
    play(".build/release/martlet user add anna", typed=["a long and winding road 7"] * 2)
    play(".build/release/martlet backup ~/backup")
    assert (stage.folder / "backup/martlet.db").exists()
    stage.stop()

    play(".build/release/martlet serve --open --data /tmp/lot")
    play("curl -X POST http://127.0.0.1:8081/api/init")
    play("mosquitto_pub -p 1884 -t parkmate/spot/status")
    assert json.loads(play("curl -d '{\"device_id\":\"ESP-1\"")) == {"is_booked": False, "power_on": False, "message": "OK"}
    spots = json.loads(ask(stage, "/api/lots/LOT001", 8081))["spots"]
    assert next(spot for spot in spots if spot["spot_id"] == "SPOT001")["occupied"] is True

    stage.run("martlet cert dev --out . --data ~/site")
    secured = readme.take("./run --no-demo --data ~/site --https")
    stage.serve(secured.replace("./run --no-demo", ".build/release/martlet serve"))
    finish(readme)


def play_the_hub(page, stage):
    stage.serve(page.take("martlet serve --data ~/site"))
    stage.run("martlet cert dev --out . --data ~/site")
    stage.serve(page.take("martlet serve --data ~/site --https"))
    stage.serve(page.take("martlet serve --data ~/site --trusted-proxies"))
    assert "everything is in order" in stage.run(page.take("martlet check --data ~/site --deep"))
    stage.run(page.take("martlet check --sample > martlet.env"))
    assert "#MARTLET_HTTP=" in (stage.folder / "martlet.env").read_text()
    stage.run("martlet check --config martlet.env")
    stage.run(page.take("martlet backup ~/backup-2026-11-21"))
    stage.run(page.take("martlet restore ~/backup-2026-11-21"))
    assert (stage.folder / "site-again/martlet.db").exists()
    assert "MARTLET_COMMAND_DAYS" in stage.run(page.take("martlet retention"))
    stage.serve(page.take("martlet serve --demo"))

    # Simulated devices have no keys unless they are given some.
    stage.serve("martlet serve --open --data ~/open")
    heard = lambda: float(re.search(r"^martlet_messages_stored_total (\S+)", ask(stage, "/metrics"), re.M)[1])  # noqa: E731
    stage.until(page.take("martlet simulate nodes --count 100"), lambda: heard() > 20, "simulated nodes to report")
    before = heard()
    stage.until(page.take("martlet simulate nodes --memory 600"), lambda: heard() > before + 5, "nodes with a memory to report")
    listed = stage.run(page.take("martlet simulate parking --lots 3 --spots 40 --list json"))
    (stage.folder / "lots.json").write_text(listed)
    stage.run("curl -d @lots.json http://127.0.0.1:8080/api/lots/import")
    for beginning in ["martlet simulate parking --lots 3 --spots 40 --speed 60", "martlet simulate parking --spots 40 --speed 60 --seed 7"]:
        before = heard()
        stage.until(page.take(beginning), lambda: heard() > before + 2, "simulated spots to report")
    rooms = lambda: json.loads(ask(stage, "/api/staff/classrooms"))["classrooms"]  # noqa: E731
    stage.until(page.take("martlet simulate classrooms --rooms 50 --speed 60"), lambda: any(room["online"] for room in rooms()), "simulated rooms to report")
    before = heard()
    stage.until(page.take("martlet simulate classrooms --over mqtt"), lambda: heard() > before + 2, "simulated rooms to report over MQTT")


def assert_private(stage, name, said):
    """A file with secrets is for its owner alone, and nobody had to be told."""
    assert (stage.folder / name).stat().st_mode & 0o777 == 0o600
    assert "may read" not in said, said


def play_people_and_devices(page, stage):
    play = lambda beginning, **options: stage.run(page.take(beginning), **options)  # noqa: E731
    stage.serve("martlet serve")
    play("martlet site add north")
    assert "anna is added as admin" in play('echo "$PASSWORD" | martlet user add anna')
    assert "ben is added as viewer@north" in play("martlet user add ben")
    assert "ben is now operator@north" in play("martlet user role ben")
    assert re.search(r"^ben +active +operator@north +no ", play("martlet user list"), re.M)

    said = play("(umask 077; martlet token add grafana")
    assert (stage.folder / "grafana.token").read_text().strip()
    assert_private(stage, "grafana.token", said)
    stage.capture("4hq2mvt7c3l5zjx6ykebw2ndae", r"token (\w+) holds until", said)
    assert "the token of anna is revoked" in play("martlet token revoke 4hq2")

    play("key=$(martlet device add node_07 --kind node)")
    said = play("(umask 077; seq -f 'node_%02g' 20 69 | martlet device add")
    assert_private(stage, "keys.txt", said)
    # Whoever leaves the mask out is told.
    assert re.search(r"others may read /.*/open.txt.* chmod 600", stage.run("umask 022; martlet device add node_open --kind node > open.txt"))
    assert "may read" not in stage.run("martlet device add node_piped --kind node | cat; martlet device add node_null --kind node > /dev/null")
    assert len((stage.folder / "keys.txt").read_text().splitlines()) == 50
    assert re.search(r"^node_20 +active +node +north +key ", play("martlet device list --site north"), re.M)

    assert "open until" in play("martlet device join --minutes 10")
    for name in ["node_09", "node_10", "node_11"]:
        # The window lets them say who they are; what they say waits.
        with Client(stage.ports[1883], V311, client_id=name, username=name, password=f"{name} of old") as device:
            device.publish(f"iot/node/{name[5:]}/telemetry", {"sensors": {"t": 1}})
    assert "node_11" in play("martlet device list --state pending")
    for beginning in ["martlet device approve node_09", "martlet device approve node_10", "martlet device reject node_11"]:
        play(beginning)
    play("martlet device join --close")

    stage.capture("541bb09a7e421533f0d5177d9999d5e80ff80e8d5ff754f3ed133355704b5740", r"head +(\w+)", play("martlet audit verify"))
    play("martlet audit verify --head")
    play("martlet audit export --csv > audit.csv")
    assert "device" in (stage.folder / "audit.csv").read_text()
    play("martlet audit export --jsonl | jq")


def play_certificates(page, stage):
    play = lambda beginning, **options: stage.run(page.take(beginning), **options)  # noqa: E731
    stage.serve("martlet serve")
    play("martlet ca init")
    play("martlet device add node_07 --kind node > /dev/null")
    said = play("martlet ca issue node_07 --out certificates")
    stage.capture("7f1b3f9c5590b6bfe63e2171522b4536", r"serial +(\w+)", said)
    play("martlet cert dev --name hub.local")
    stage.serve(page.take("martlet serve --https 127.0.0.1:8443"))
    assert "up" in play("curl --cacert data/tls/ca.pem")
    stage.captured["server-ca.pem"] = "data/tls/ca.pem"
    play("mosquitto_pub -h hub.local")
    play("martlet ca revoke 7f1b")


def test_command_line(tmp_path):
    page = Document("docs/command-line.md")
    for line in page.synopses:
        synopsis_is_true(line)
    # Each part in a folder of its own: their examples use the same names.
    for play in [play_the_hub, play_people_and_devices, play_certificates]:
        with Stage(tmp_path / play.__name__) as stage:
            play(page, stage)
    finish(page)


def test_the_move_from_parkmate(stage):
    page = Document("docs/parking-from-parkmate.md")
    play = lambda beginning, **options: stage.run(page.take(beginning), **options)  # noqa: E731
    for name, rows in {
        "lots": [{"_id": {"$oid": "65a1"}, "lot_id": "LOT001", "name": "Market", "address": "Main St 1", "price_per_hour": 2.5}],
        "spots": [{"_id": {"$oid": f"65b{n}"}, "spot_id": f"SPOT{n:03}", "lot_id": "LOT001", "occupied": False} for n in range(1, 41)],
    }.items():
        (stage.folder / f"{name}.json").write_text(json.dumps(rows))
    stage.serve("martlet serve")
    stage.run('echo "$PASSWORD" | martlet user add anna --role operator --password-stdin')
    # Printed in the text.
    token = re.search(r"`(martlet token add import [^`]+)`", (ROOT / page.name).read_text())[1]
    stage.run(f"token=$({token})")
    play("jq -n --slurpfile lots")
    assert json.loads(play('curl -H "Authorization: Bearer $token" -d @parkmate.json'))["added_spots"] == 40
    assert play("martlet device add LOT001-gateway").strip()
    play("seq -f 'SPOT%03g' 1 40 | martlet device add")
    # From outside of that network nobody comes in without a name.
    stage.serve(page.take("martlet serve --data ~/site --mqtt 192.168.5.1:1883"))
    with socket.create_connection(("127.0.0.1", stage.ports[1883]), timeout=5):
        pass
    finish(page)


def test_other_documents_print_no_commands():
    for path in sorted((ROOT / "docs").glob("*.md")):
        name = f"docs/{path.name}"
        if name not in ["docs/command-line.md", "docs/parking-from-parkmate.md"]:
            finish(Document(name))


def test_every_block_is_one_of_commands_or_known_to_be_none():
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for block in blocks(path.read_text()):
            if not commands(block):
                first = block[0].strip()
                assert first.startswith(tuple(NO_COMMANDS)), f"{path.name}: is this a command? {first}"
