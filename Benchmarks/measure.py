"""Measures and prints; see docs/benchmarks.md for what each figure means. Start it with Benchmarks/run."""

import argparse
import json
import os
import platform
import shutil
import tempfile
from pathlib import Path

import beside
import classrooms
import parking
import streams
import trust
from peers import ROOT, Martlet, Mosquitto, StackBatched, StackSingly
from runs import latency, median, spread, throughput

# Rates that each system can hold, at which its work for a message is measured.
PACED = {Martlet: [500, 10_000], StackSingly: [500], StackBatched: [10_000]}


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
    parser.add_argument("--seconds", type=float, help="how long one run is (default 10, with --only parking 60, streams 600)")
    parser.add_argument("--only", choices=["martlet", "trust", "parking", "classrooms", "streams", "beside"],
                        help="martlet: leave the peers out; trust: what authentication and topic rights cost, and what a storm of sign-ins does; "
                        "parking: a city's car parks; classrooms: reports of 1,000 rooms beside Flask and PostgreSQL; streams: a large upload and a moving picture beside nodes; "
                        "beside: this build and another one, in turns")
    parser.add_argument("--other", type=Path, metavar="PROGRAM", help="beside: the martlet of another build, such as of an earlier commit")
    parser.add_argument("--lots", type=int, default=200, help="parking: how many lots (default 200)")
    parser.add_argument("--spots", type=int, default=100, help="parking: how many spots each has (default 100)")
    parser.add_argument("--rate", type=int, default=2_000, help="parking: changes a second (default 2000)")
    parser.add_argument("--devices", type=int, default=1_000, help="classrooms: how many rooms, each with a device (default 1000)")
    parser.add_argument("--bookings", type=int, default=10_000, help="classrooms: how many bookings that are not over (default 10000)")
    parser.add_argument("--quick", action="store_true", help="one round of two seconds, without the peers: does it work at all?")
    options = parser.parse_args()
    if (options.only == "beside") != (options.other is not None):
        parser.error("--only beside and --other go together")
    if options.quick:
        options.rounds, options.seconds, options.only = 1, 2, options.only or "martlet"
    options.seconds = options.seconds or ({"parking": 60, "streams": 600}.get(options.only, 10))
    alone = {"beside": beside, "trust": trust, "parking": parking, "classrooms": classrooms, "streams": streams}.get(options.only)
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
        if alone:
            results = alone.measure(options, folder, keep)
        for round_number in range(0 if alone else options.rounds):
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
    name, text = (options.only, alone.table(results)) if alone else ("latest", table(results))
    (place / f"{name}.json").write_text(json.dumps(results, indent=1))
    (place / f"{name}.md").write_text(text + "\n")
    print(f"\n{platform.machine()}, {os.cpu_count()} cores, medians of {options.rounds} rounds of {options.seconds:g} s\n\n{text}")
    for warning in warnings:
        print(f"WARNING {warning}")


if __name__ == "__main__":
    main()
