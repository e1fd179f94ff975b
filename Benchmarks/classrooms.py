"""Classrooms: 1,000 devices report, 10,000 bookings are open. Martlet, and Flask + gunicorn + SQLAlchemy + PostgreSQL, in one run.

Both answer when the report is on the disk."""

import http.client
import json
import os
import pwd
import secrets
import shutil
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

from peers import HERE, MartletClosed, System, free_port, wait_for_port
from runs import generate, median, spread

TODAY = datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
WORKERS, THREADS = 4, 8


def bookings(rooms, count):
    """(room, begin) of so many bookings of an hour: ten of each room, two days apart, so that some run now."""
    each = max(count // rooms, 1)
    for room in range(rooms):
        for number in range(each):
            yield room, TODAY + timedelta(days=1 + number, hours=(room + number) % 24)


class ClassroomMartlet(MartletClosed):
    name = "martlet"
    nodes = ["node_000"]
    # All devices come from one address here, and 10,000 bookings are made by one person.
    limits = {f"MARTLET_LIMIT_REQUESTS_PER_{whose}": "0" for whose in ("ADDRESS", "ACCOUNT", "DEVICE")}

    def start(self):
        super().start()
        keys = self.folder / "keys"
        connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=120)

        def must(path, body):
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"})
            answer = connection.getresponse()
            content = answer.read()
            if answer.status != 201:
                raise RuntimeError(f"{path}: {answer.status} {content!r}")
            return json.loads(content)

        with open(keys, "w") as file:
            for room in range(self.devices):
                must("/api/admin/classrooms", {"classroom_id": f"room-{room}", "name": f"Room {room}", "building": "A", "zone": "UTC"})
                made = must("/api/admin/devices", {"device_id": f"ESP{room:04}", "classroom_id": f"room-{room}"})
                file.write(f"ESP{room:04} {made['api_key']}\n")
        for room, begin in bookings(self.devices, self.bookings):
            must("/api/staff/bookings", {
                "classroom_id": f"room-{room}", "start": f"{begin:%Y-%m-%dT%H:%M:%SZ}", "end": f"{begin + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}",
                "purpose": "A lesson"})
        self.load_options = ["--keys", keys]


class ClassroomStack(System):
    """gunicorn with workers and threads, and PostgreSQL as Debian sets it up: a commit is on the disk."""

    name = "flask, gunicorn, sqlalchemy, postgresql"
    mqtt_port = 1

    def start(self):
        self.postgres = Path(sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1])
        self.owner = pwd.getpwnam("postgres") if os.getuid() == 0 else None
        # PostgreSQL does not run as root, and its account does not get into a folder of root's.
        self.data = Path(f"/var/tmp/martlet-bench-{secrets.token_hex(8)}")
        self.data.mkdir(mode=0o700)
        if self.owner:
            os.chown(self.data, self.owner.pw_uid, self.owner.pw_gid)
        self.as_owner(self.postgres / "initdb", "-D", self.data / "db", "-A", "trust", "-U", "bench", "--no-instructions")
        port = free_port()
        self.launch(
            "postgresql", *self.runner(), self.postgres / "postgres", "-D", self.data / "db", "-p", port, "-k", self.data,
            "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=100", cwd=self.data)
        wait_for_port(port)
        database = f"postgresql+psycopg2://bench@127.0.0.1:{port}/postgres"
        os.environ["DATABASE"] = database
        keys = self.folder / "keys"
        subprocess.run([sys.executable, HERE / "classroomstack_fill.py", keys, str(self.devices), str(self.bookings)], check=True, timeout=600)
        self.http_port = free_port()
        self.launch(
            "gunicorn", sys.executable, "-m", "gunicorn", "-w", WORKERS, "-k", "gthread", "--threads", THREADS, "--keep-alive", 75,
            "-b", f"127.0.0.1:{self.http_port}", "--log-level", "error", "classroomstack:app", cwd=HERE, env=os.environ | {"DATABASE": database})
        wait_for_port(self.http_port)
        self.load_options = ["--keys", keys]

    def runner(self):
        return ["setpriv", f"--reuid={self.owner.pw_uid}", f"--regid={self.owner.pw_gid}", "--clear-groups"] if self.owner else []

    def as_owner(self, *command):
        subprocess.run([str(part) for part in [*self.runner(), *command]], check=True, stdout=subprocess.DEVNULL, timeout=120, cwd=self.data)

    def stop(self):
        super().stop()
        shutil.rmtree(self.data, ignore_errors=True)

    def cpu_seconds(self):
        """Of all processes that gunicorn and PostgreSQL have started, also of those that have ended."""
        found = {}
        for name, process in self.processes.items():
            found[name] = sum(cpu_of(pid) for pid in family(process.pid))
        return found


def family(pid):
    found, waiting = [], [pid]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            waiting += [int(child) for child in children.read_text().split()]
    return found


def cpu_of(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    # Its own time, and that of children that it has waited for.
    return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")


KINDS = [ClassroomMartlet, ClassroomStack]


def run(kind, folder, options, rate, seconds):
    kind.devices, kind.bookings, kind.load_options = options.devices, options.bookings, []
    with kind(folder) as system:
        # The first report of each device opens its room; that is not what is measured.
        generate("classrooms", system, "--http", system.http_port, "--nodes", options.devices, "--connections", WORKERS * THREADS, "--seconds", 3)
        before = system.cpu_seconds()
        found = generate(
            "classrooms", system, "--http", system.http_port, "--nodes", options.devices, "--connections", WORKERS * THREADS, "--seconds", seconds,
            "--rate", rate)
        after = system.cpu_seconds()
        cpu = {name: after[name] - before[name] for name in after}
        found |= {"cpu_seconds": cpu, "cpu_us": sum(cpu.values()) / max(found["answered"], 1) * 1e6, "rate": rate}
        if found["answered"] != found["sent"]:
            found["warning"] = f"{kind.name}: {found['sent']} sent, {found['answered']} answered"
        return found


def measure(options, folder, keep):
    paced = {ClassroomMartlet: [500, 2_000], ClassroomStack: [500]}
    results = {}
    for number in range(options.rounds):
        print(f"round {number + 1} of {options.rounds}", flush=True)
        for kind in KINDS if number % 2 == 0 else reversed(KINDS):
            for rate in [0, *paced[kind]]:
                name = f"{kind.name}, {f'{rate:,}/s' if rate else 'full speed'}"
                keep(results.setdefault(name, []), run(kind, folder(), options, rate, options.seconds), name)
    return results


def table(results):
    lines = ["| | reports/s | range | p50 ms | p99 ms | CPU for a report, µs | range |", "|---|---|---|---|---|---|---|"]
    for name, runs in results.items():
        lines.append(
            f"| {name} | {median(runs, 'per_second'):,.0f} | {spread(runs, 'per_second')} | {median(runs, 'p50_ms'):.1f} | {median(runs, 'p99_ms'):.1f} "
            f"| {median(runs, 'cpu_us'):,.0f} | {spread(runs, 'cpu_us')} |")
    ours, theirs = results["martlet, full speed"], results["flask, gunicorn, sqlalchemy, postgresql, full speed"]
    lines += ["", (
        f"At full speed Martlet answers {median(ours, 'per_second') / median(theirs, 'per_second'):.1f} times as many reports, with 1/"
        f"{median(theirs, 'cpu_us') / median(ours, 'cpu_us'):.1f} of the CPU for each.")]
    return "\n".join(lines)
