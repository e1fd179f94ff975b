"""A city's car parks: every change committed, no count wrong, one lot's page live. Martlet, and Flask + paho + SQLite, in one run."""

import json
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
import urllib.request

from peers import HERE, Martlet, Mosquitto, free_port, wait_for_port
from runs import generate, median, spread


class ParkMartlet(Martlet):
    name = "martlet"

    def start(self):
        super().start()
        for first in range(0, len(self.lots), 50):
            self.post("/api/lots/import", {"lots": self.lots[first : first + 50]})

    def post(self, path, body):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.http_port}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)

    def changes(self):
        return self.count(self.folder / "data/martlet.db", "parking_change")

    @staticmethod
    def count(path, table):
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30) as database:
            return database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]


class ParkStack(Mosquitto):
    """mosquitto, and one Python process with Flask, a paho subscriber and SQLite."""

    name = "flask, singly"
    batch = 1

    def start(self):
        super().start()
        self.http_port = free_port()
        lots = self.folder / "lots.json"
        lots.write_text(json.dumps({"lots": self.lots}))
        with open(lots, "rb") as source:
            process = self.launch(
                "flask", sys.executable, HERE / "parkstack.py", self.mqtt_port, self.http_port, self.folder / "park.db", self.batch,
                stdin=source, stdout=subprocess.PIPE)
        while (line := process.stdout.readline().strip()) != b"ready":
            if not line and process.poll() is not None:
                raise RuntimeError(f"{self.name} did not start: see {self.folder}/flask.log")
        wait_for_port(self.http_port)

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http_port}{path}", timeout=60) as answer:
            return json.load(answer)

    def changes(self):
        return ParkMartlet.count(self.folder / "park.db", "history")


class ParkStackBatched(ParkStack):
    name = "flask, batches of 200"
    batch = 200


def city(lots, spots):
    """Lots as an import takes them, with the names that the load generator uses."""
    return [
        {
            "lot_id": f"LOT{lot + 1:03}", "name": f"Car park {lot + 1}", "address": f"{lot + 1} Station Street",
            "spots": [{"spot_id": f"SPOT{lot * spots + spot + 1:05}"} for spot in range(spots)],
        }
        for lot in range(lots)
    ]


def expected(changes, lots, spots):
    """{lot: (free, occupied)} after so many changes: change k is of lot k mod lots, there of spot (k / lots) mod spots, and the first of
    each spot is a car that comes."""
    found = {}
    for lot in range(lots):
        turns = len(range(lot, changes, lots))
        counts = [len(range(spot, turns, spots)) for spot in range(spots)]
        found[f"LOT{lot + 1:03}"] = (sum(n > 0 and n % 2 == 0 for n in counts), sum(n % 2 for n in counts))
    return found


def wrong_counts(system, wanted):
    shown = {lot["lot_id"]: (lot["available_spots"], lot["occupied_spots"]) for lot in system.get("/api/lots")}
    return sum(shown.get(lot) != counts for lot, counts in wanted.items())


class Visitor(threading.Thread):
    """Somebody who looks at one lot's page again and again while the load runs."""

    def __init__(self, system):
        super().__init__(daemon=True)
        self.system, self.times, self.over = system, [], threading.Event()

    def run(self):
        while not self.over.wait(0.5):
            begun = time.monotonic()
            lot = self.system.get("/api/lots/LOT001")
            self.times.append((time.monotonic() - begun) * 1000)
            known = [spot for spot in lot["spots"] if spot["occupied"] is not None]
            occupied = sum(bool(spot["occupied"]) for spot in known)
            if (lot["available_spots"], lot["occupied_spots"]) != (len(known) - occupied, occupied):
                self.system.disagreements += 1


def run(kind, folder, options):
    kind.lots = city(options.lots, options.spots)
    kind.load_options = []
    with kind(folder) as system:
        system.disagreements = 0
        visitor = Visitor(system)
        before = system.cpu_seconds()
        visitor.start()
        found = generate(
            "parking", system, "--http", system.http_port, "--lots", options.lots, "--spots", options.spots, "--rate", options.rate,
            "--seconds", options.seconds)
        visitor.over.set()
        visitor.join(30)
        # Whoever is behind gets time to catch up, so that the work that is measured is the work that was asked for.
        deadline = time.monotonic() + 2 * options.seconds + 10
        while (committed := system.changes()) < found["sent"] and time.monotonic() < deadline:
            time.sleep(0.5)
        after = system.cpu_seconds()
        cpu = {name: after[name] - before[name] for name in after}
        wanted = expected(int(found["sent"]), options.lots, options.spots)
        found |= {
            "committed": committed, "wrong_lots": wrong_counts(system, wanted), "disagreements": system.disagreements, "cpu_seconds": cpu,
            "cpu_us_per_change": sum(cpu.values()) / max(committed, 1) * 1e6,
            "lot_p50_ms": statistics.median(visitor.times or [0]), "lot_max_ms": max(visitor.times or [0]),
        }
        if committed != found["sent"] or found["wrong_lots"] or found["disagreements"]:
            found["warning"] = (
                f"{kind.name}: {found['sent']} changes sent, {committed} committed, {found['wrong_lots']} lots with wrong counts, "
                f"{found['disagreements']} answers whose counts were not those of their spots")
        return found


KINDS = [ParkMartlet, ParkStack, ParkStackBatched]


def measure(options, folder, keep):
    results = {kind.name: [] for kind in KINDS}
    for number in range(options.rounds):
        print(f"round {number + 1} of {options.rounds}", flush=True)
        for kind in KINDS if number % 2 == 0 else reversed(KINDS):
            keep(results[kind.name], run(kind, folder(), options), kind.name)
    return results


def table(results):
    lines = [
        "| | sent/s | acknowledged | committed | lots wrong | LED commands | CPU for a change, µs | range | Martlet needs |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    ours = results["martlet"]
    for name, runs in results.items():
        last, ratio = runs[-1], median(runs, "cpu_us_per_change") / max(median(ours, "cpu_us_per_change"), 1e-9)
        lines.append(
            f"| {name} | {median(runs, 'rate'):,.0f} | {last['acknowledged']:,.0f} of {last['sent']:,.0f} | {last['committed']:,} "
            f"| {max(run['wrong_lots'] for run in runs)} | {last['led_commands']:,.0f} | {median(runs, 'cpu_us_per_change'):,.0f} "
            f"| {spread(runs, 'cpu_us_per_change')} | {'' if name == 'martlet' else f'1/{ratio:.1f} of that'} |")
    lines += [
        "", "| One lot's page | events seen | p50 ms | p99 ms | longest ms | `GET /api/lots/{id}` p50 ms | longest ms |", "|---|---|---|---|---|---|---|"]
    for name, runs in results.items():
        last = runs[-1]
        lines.append(
            f"| {name} | {last['page_seen']:,.0f} of {last['page_sent']:,.0f} | {median(runs, 'page_p50_ms'):,.1f} | {median(runs, 'page_p99_ms'):,.1f} "
            f"| {max(run['page_max_ms'] for run in runs):,.0f} | {median(runs, 'lot_p50_ms'):,.1f} | {max(run['lot_max_ms'] for run in runs):,.0f} |")
    return "\n".join(lines)
