"""Measures and prints; see docs/benchmarks.md for what each figure means. Start it with Benchmarks/run."""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from peers import HERE, ROOT, Martlet, Mosquitto, StackBatched, StackSingly

GENERATOR = Path(os.environ.get("MARTLET_LOAD_GENERATOR", HERE / "LoadGenerator/.build/release/LoadGenerator"))
# Rates that each system can hold, at which its work for a message is measured.
PACED = {Martlet: [500, 10_000], StackSingly: [500], StackBatched: [10_000]}


def generate(mode, system, *options):
    command = [GENERATOR, mode, "--mqtt", system.mqtt_port, *options]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise RuntimeError(f"{system.name}: {done.stderr}")
    return json.loads(done.stdout)


def settled(system, wanted, seconds=20):
    """What is stored once nothing more arrives, or after so many seconds."""
    deadline = time.monotonic() + seconds
    while (stored := system.stored()) < wanted and time.monotonic() < deadline:
        time.sleep(0.2)
    return stored


def throughput(kind, folder, seconds, rate=0):
    """One run: what was acknowledged and stored in its time, and the servers' CPU for a stored message."""
    with kind(folder) as system:
        before = system.cpu_seconds()
        run = generate("throughput", system, "--seconds", seconds, "--rate", rate)
        if kind is Martlet:
            # An acknowledged message is stored already; counting is a check, whose work is not the message's.
            after = system.cpu_seconds()
            stored = settled(system, run["acknowledged"], 5)
        else:
            # At a rate that it can hold, the stack is given the time to store what it has acknowledged.
            stored = settled(system, run["acknowledged"]) if rate else system.stored()
            after = system.cpu_seconds()
        cpu = {name: after[name] - before[name] for name in after}
        run |= {"stored": stored, "stored_per_second": stored / run["seconds"], "cpu_seconds": cpu}
        run["cpu_us_per_stored"] = sum(cpu.values()) / max(stored, 1) * 1e6
        if (rate or kind is Martlet) and stored != run["acknowledged"]:
            run["warning"] = f"{kind.name}: {run['acknowledged']} acknowledged, {stored} stored"
        return run


def latency(kind, folder, seconds):
    with kind(folder) as system:
        page = ["--http", system.http_port] if system.http_port else []
        run = generate("latency", system, "--seconds", seconds, "--rate", 1_000, *page)
        if run["seen"] != run["sent"]:
            run["warning"] = f"{kind.name}: {run['sent']} published, {run['seen']} seen"
        return run


def median(runs, name):
    return statistics.median(run[name] for run in runs)


def spread(runs, name, digits=0):
    values = sorted(run[name] for run in runs)
    return f"{values[0]:,.{digits}f} to {values[-1]:,.{digits}f}"


def cpu_row(name, rate, runs, same_rate=None):
    """`same_rate`: Martlet's runs at the rate of a peer's."""
    parts = runs[-1]["cpu_seconds"]
    share = ", ".join(f"{part} {100 * used / max(sum(parts.values()), 1e-9):.0f} %" for part, used in parts.items())
    cost = median(runs, "cpu_us_per_stored")
    ratio = f"1/{cost / max(median(same_rate, 'cpu_us_per_stored'), 1e-9):.1f} of that" if same_rate else ""
    return f"| {name} | {rate} | {cost:,.1f} | {spread(runs, 'cpu_us_per_stored', 1)} | {share} | {ratio} |"


def table(results):
    """The figures as Markdown: medians, spreads, and how many times better than the peer Martlet is."""
    full, paced, late = results["full"], results["paced"], results["latency"]
    ours = full["martlet"]
    lines = [
        "| (a) QoS 1 telemetry, as fast as it is acknowledged | acknowledged/s | stored/s | range | Martlet stores |",
        "|---|---|---|---|---|",
    ]
    for name, runs in full.items():
        ratio = median(ours, "stored_per_second") / max(median(runs, "stored_per_second"), 1)
        lines.append(
            f"| {name} | {median(runs, 'per_second'):,.0f} | {median(runs, 'stored_per_second'):,.0f} "
            f"| {spread(runs, 'stored_per_second')} | {'' if name == 'martlet' else f'{ratio:,.1f} times as many'} |"
        )
    lines += ["", "| Server CPU for a stored message | rate | µs | range | of which | Martlet needs |", "|---|---|---|---|---|---|"]
    lines.append(cpu_row("martlet", "full speed", ours))
    for name, rates in paced.items():
        for rate, runs in rates.items():
            lines.append(cpu_row(name, f"{rate:,}/s", runs, None if name == "martlet" else paced["martlet"][rate]))
    lines += ["", "| (d) From publish to the reader, 1,000 messages/s | p50 ms | p99 ms | p99 range |", "|---|---|---|---|"]
    for name, runs in late.items():
        lines.append(f"| {name} | {median(runs, 'p50_ms'):.2f} | {median(runs, 'p99_ms'):.2f} | {spread(runs, 'p99_ms', 2)} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description="Measures Martlet and mosquitto + paho + InfluxDB 1.6 in one run on this machine.")
    parser.add_argument("--rounds", type=int, default=3, help="how often everything is measured; medians are shown (default 3)")
    parser.add_argument("--seconds", type=float, default=10, help="how long one run is (default 10)")
    parser.add_argument("--only", choices=["martlet"], help="leave the peers out")
    parser.add_argument("--quick", action="store_true", help="one round of two seconds, Martlet only: does it work at all?")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds, options.only = 1, 2, "martlet"
    peers = [] if options.only else [StackSingly, StackBatched]
    kinds = [Martlet, *peers]
    labels = {Martlet: "martlet, in a page (WebSocket), stored", Mosquitto: "mosquitto, MQTT subscriber, not stored"}
    results = {
        "full": {k.name: [] for k in kinds},
        "paced": {k.name: {rate: [] for rate in PACED[k]} for k in kinds},
        "latency": {labels[k]: [] for k in [Martlet, *([Mosquitto] if peers else [])]},
    }
    scratch = Path(tempfile.mkdtemp(prefix="martlet-bench-"))
    warnings, number = [], 0

    def keep(where, run, what):
        where.append(run)
        if "warning" in run:
            warnings.append(run["warning"])
        shown = {name: round(value, 2) for name, value in run.items() if isinstance(value, (int, float))}
        print(f"  {what}: {json.dumps(shown)}", flush=True)

    def folder():
        nonlocal number
        number += 1
        return scratch / str(number)

    try:
        for round_number in range(options.rounds):
            print(f"round {round_number + 1} of {options.rounds}", flush=True)
            # The order turns, so that no system always has the machine at its warmest.
            for kind in kinds if round_number % 2 == 0 else reversed(kinds):
                keep(results["full"][kind.name], throughput(kind, folder(), options.seconds), f"{kind.name}, full speed")
                for rate in PACED[kind]:
                    keep(results["paced"][kind.name][rate], throughput(kind, folder(), options.seconds, rate), f"{kind.name}, {rate}/s")
            for kind, label in labels.items():
                if label in results["latency"]:
                    keep(results["latency"][label], latency(kind, folder(), options.seconds), label)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)

    place = ROOT / "build/benchmarks"
    place.mkdir(parents=True, exist_ok=True)
    text = table(results)
    (place / "latest.json").write_text(json.dumps(results, indent=1))
    (place / "latest.md").write_text(text + "\n")
    print(f"\n{platform.machine()}, {os.cpu_count()} cores, medians of {options.rounds} rounds of {options.seconds:g} s\n\n{text}")
    for warning in warnings:
        print(f"WARNING {warning}")


if __name__ == "__main__":
    main()
