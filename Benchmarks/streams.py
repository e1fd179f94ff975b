"""What bodies that stream cost a hub and its devices: a large upload, a moving picture to many readers, nodes beside them."""

import asyncio
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from peers import HERE, ROOT, Martlet
from runs import generate, median

# Messages a second of nodes that are acknowledged beside the streams.
RATE = 500
UPLOAD_BYTES = 200 * 1_000_000
READERS = 50
BOUNDARY = b"measured"


class Streams(Martlet):
    """The example with test routes."""

    name = "streams"

    def start(self):
        os.environ["MARTLET_BIN"] = str(ROOT / ".build/release/streams")
        try:
            super().start()
        finally:
            os.environ.pop("MARTLET_BIN")


class Memory:
    """The most memory that a process has, looked at ten times a second."""

    def __init__(self, pid):
        self.path, self.most, self.ended = Path(f"/proc/{pid}/status"), 0, threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def watch(self):
        while not self.ended.wait(0.1):
            self.most = max(self.most, self.now())

    def now(self):
        """Resident memory, MiB."""
        return int(next(line for line in self.path.read_text().splitlines() if line.startswith("VmRSS")).split()[1]) / 1024

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()


async def upload(port):
    """One upload of a multipart form; the seconds that it took."""
    head = (b"--%b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"film.bin\"\r\n\r\n" % BOUNDARY)
    tail = b"\r\n--%b--\r\n" % BOUNDARY
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    begin = time.monotonic()
    writer.write(
        b"POST /api/streams/uploads HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=%b\r\n"
        b"Content-Length: %d\r\nConnection: close\r\n\r\n" % (BOUNDARY, len(head) + UPLOAD_BYTES + len(tail)) + head)
    piece = os.urandom(1_000_000)
    for _ in range(UPLOAD_BYTES // len(piece)):
        writer.write(piece)
        await writer.drain()
    writer.write(tail)
    answer = await reader.read()
    writer.close()
    if b'"bytes":%d,' % UPLOAD_BYTES not in answer:
        raise RuntimeError(f"the upload was not taken: {answer[:300]}")
    return time.monotonic() - begin


async def watch(port, seconds, counts, index):
    """A reader of the moving picture: the frames that it got."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /api/streams/camera HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        try:
            piece = await asyncio.wait_for(reader.read(262_144), left)
        except TimeoutError:
            break
        if not piece:
            raise RuntimeError("the picture ended by itself")
        counts[index] += piece.count(b"--frame")
    writer.close()


async def watchers(port, seconds):
    counts = [0] * READERS
    await asyncio.gather(*(watch(port, seconds, counts, index) for index in range(READERS)))
    return counts


def beside(system, seconds, *command):
    """Nodes while something else goes on, a process of its own; what both say."""
    other = subprocess.Popen([sys.executable, HERE / "streams.py", *map(str, command)], stdout=subprocess.PIPE, text=True)
    try:
        with Memory(system.processes["martlet"].pid) as memory:
            # The load generator goes on for minutes, not for a quarter of an hour: one minute after the other.
            minutes = [generate("throughput", system, "--seconds", min(60, seconds), "--rate", RATE) for _ in range(max(1, round(seconds / 60)))]
            said = other.communicate(timeout=seconds + 120)[0]
        if other.returncode:
            raise RuntimeError(f"{command[0]} failed")
    finally:
        if other.poll() is None:
            other.terminate()
            other.wait(20)
    run = {name: sum(minute[name] for minute in minutes) for name in ("sent", "acknowledged")}
    run |= {name: median(minutes, name) for name in ("ack_p50_ms", "ack_p99_ms")}
    run["worst_p99_ms"] = max(minute["ack_p99_ms"] for minute in minutes)
    return run | {"most_mib": memory.most, "said": said.strip()}


def measure(options, folder, keep):
    results = {"quiet": [], "upload": [], "camera": []}
    for number in range(options.rounds):
        print(f"round {number + 1} of {options.rounds}", flush=True)
        with Streams(folder()) as system:
            # The first run is for the memory that the hub takes anyway.
            generate("throughput", system, "--seconds", 5, "--rate", RATE)
            for what in results if number % 2 == 0 else reversed(results):
                # Uploads are seen in a minute; a picture goes on for long, and quiet as long beside it.
                seconds = min(options.seconds, 60) if what == "upload" else options.seconds
                run = beside(system, seconds, what, system.http_port, seconds)
                if run["acknowledged"] != run["sent"]:
                    run["warning"] = f"{run['sent']} sent, {run['acknowledged']} acknowledged"
                keep(results[what], run, f"{what} ({run['said']})")
    return results


def table(results):
    lines = [
        f"| Nodes that send {RATE} messages a second | acknowledged p50 ms | p99 ms, median minute | p99 ms, worst minute | the hub's memory, most MiB | beside it |",
        "|---|---|---|---|---|---|",
    ]
    names = {"quiet": "alone", "upload": f"uploads of {UPLOAD_BYTES // 1_000_000} MB, one after the other",
             "camera": f"a moving picture to {READERS} readers"}
    for what, runs in results.items():
        lines.append(
            f"| {names[what]} | {median(runs, 'ack_p50_ms'):.1f} | {median(runs, 'ack_p99_ms'):.1f} "
            f"| {max(run['worst_p99_ms'] for run in runs):.1f} | {max(run['most_mib'] for run in runs):.0f} | {runs[-1]['said']} |")
    return "\n".join(lines)


def main(what, port, seconds):
    begin = time.monotonic()
    if what == "quiet":
        time.sleep(seconds)
        print("nothing")
    elif what == "upload":
        taken = []
        while not taken or time.monotonic() - begin + taken[-1] < seconds:
            taken.append(asyncio.run(upload(port)))
        print(f"{len(taken)} uploads, {UPLOAD_BYTES / sorted(taken)[len(taken) // 2] / 1e6:.0f} MB/s")
    else:
        counts = asyncio.run(watchers(port, seconds))
        print(f"{min(counts)} to {max(counts)} frames each, {min(counts) / seconds:.1f} a second at least")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
