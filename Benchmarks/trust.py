"""What it costs to let in only who belongs: open and closed in alternating rounds, and a storm of sign-ins."""

import json
import subprocess
import sys
import time

from peers import HERE, Martlet, MartletClosed
from runs import generate, median, spread, throughput

KINDS = {"open": Martlet, "closed": MartletClosed}
# Messages a second; 0: as fast as they are acknowledged.
RATES = [0, 10_000, 500]
STORM_RATE = 1_000


def acknowledgements(folder, seconds, is_stormy):
    """How long nodes of a closed hub wait for their acknowledgements, with or without a storm of sign-ins."""
    with MartletClosed(folder) as system:
        storm = None
        if is_stormy:
            command = [sys.executable, HERE / "storm.py", system.http_port, seconds + 2, "watcher"]
            storm = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True)
            # The sign-ins come before the messages and go on after them.
            time.sleep(1)
        try:
            run = generate("throughput", system, "--seconds", seconds, "--rate", STORM_RATE, "--window", 50)
            attempts = json.loads(storm.communicate(timeout=120)[0]) if storm else {}
        finally:
            if storm and storm.poll() is None:
                storm.terminate()
                storm.wait(20)
        run |= {f"sign_ins_{status}": count for status, count in attempts.items()}
        if is_stormy and not attempts.get("401"):
            run["warning"] = f"no password was looked at during the storm: {attempts}"
        if run["acknowledged"] != run["sent"]:
            run["warning"] = f"{run['sent']} sent, {run['acknowledged']} acknowledged"
        return run


def measure(options, folder, keep):
    results = {"rates": {name: {rate: [] for rate in RATES} for name in KINDS}, "storm": {"quiet": [], "storm": []}}
    for number in range(options.rounds):
        print(f"round {number + 1} of {options.rounds}", flush=True)
        for rate in RATES:
            # The order turns, so that neither always has the machine at its warmest.
            for name in sorted(KINDS, reverse=number % 2 == 0):
                run = throughput(KINDS[name], folder(), options.seconds, rate)
                keep(results["rates"][name][rate], run, f"{name}, {f'{rate}/s' if rate else 'full speed'}")
        for name in sorted(results["storm"], reverse=number % 2 == 0):
            keep(results["storm"][name], acknowledgements(folder(), options.seconds, name == "storm"), f"1000/s, {name}")
    return results


def table(results):
    """The figures as Markdown: medians, spreads, ratios."""
    opened, closed = results["rates"]["open"], results["rates"]["closed"]
    share = median(closed[0], "stored_per_second") / max(median(opened[0], "stored_per_second"), 1)
    lines = [
        "| As fast as it is acknowledged | stored/s | range | of open |",
        "|---|---|---|---|",
        f"| open | {median(opened[0], 'stored_per_second'):,.0f} | {spread(opened[0], 'stored_per_second')} | |",
        f"| closed | {median(closed[0], 'stored_per_second'):,.0f} | {spread(closed[0], 'stored_per_second')} | {100 * share:.0f} % |",
        "",
        "| CPU for a stored message | open, µs | range | closed, µs | range | of open |",
        "|---|---|---|---|---|---|",
    ]
    for rate in RATES:
        costs = [median(runs[rate], "cpu_us_per_stored") for runs in (opened, closed)]
        ranges = [spread(runs[rate], "cpu_us_per_stored", 1) for runs in (opened, closed)]
        lines.append(
            f"| {f'{rate:,}/s' if rate else 'full speed'} | {costs[0]:,.1f} | {ranges[0]} | {costs[1]:,.1f} | {ranges[1]} "
            f"| {100 * costs[1] / max(costs[0], 1e-9):.0f} % |"
        )
    quiet, storm = results["storm"]["quiet"], results["storm"]["storm"]
    ratio = median(storm, "ack_p99_ms") / max(median(quiet, "ack_p99_ms"), 1e-9)
    checked = median([{"n": run.get("sign_ins_401", 0) / run["seconds"]} for run in storm], "n")
    refused = median([{"n": run.get("sign_ins_429", 0) / run["seconds"]} for run in storm], "n")
    lines += [
        "",
        "| Acknowledgement, 1,000 messages/s, closed | p50 ms | p99 ms | p99 range | p99 of quiet |",
        "|---|---|---|---|---|",
        f"| quiet | {median(quiet, 'ack_p50_ms'):.2f} | {median(quiet, 'ack_p99_ms'):.2f} | {spread(quiet, 'ack_p99_ms', 2)} | |",
        f"| storm: {checked:.0f} sign-ins/s checked, {refused:.0f}/s turned away | {median(storm, 'ack_p50_ms'):.2f} "
        f"| {median(storm, 'ack_p99_ms'):.2f} | {spread(storm, 'ack_p99_ms', 2)} | {ratio:.1f} times |",
    ]
    return "\n".join(lines)
