"""One run of the load against one system, and how several runs are summed up."""

import json
import os
import statistics
import subprocess
import time
from pathlib import Path

from peers import HERE, Martlet

GENERATOR = Path(os.environ.get("MARTLET_LOAD_GENERATOR", HERE / "LoadGenerator/.build/release/LoadGenerator"))


def generate(mode, system, *options):
    command = [GENERATOR, mode, "--mqtt", system.mqtt_port, *system.load_options, *options]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=1_200)
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
        if issubclass(kind, Martlet):
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
        if (rate or issubclass(kind, Martlet)) and stored != run["acknowledged"]:
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
