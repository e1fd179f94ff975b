"""The two systems that are measured, each started on a fresh folder and free ports, and stopped by its own pids."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HERE = Path(__file__).resolve().parent
TICK = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port, seconds=20):
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def get(url):
    with urllib.request.urlopen(url, timeout=60) as answer:
        return json.load(answer)


class System:
    """Processes that together do the job."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True)
        self.processes = {}

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def launch(self, name, *command, **options):
        log = open(self.folder / f"{name}.log", "wb")
        self.processes[name] = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stderr=log, **({"stdout": log} | options)
        )
        return self.processes[name]

    def stop(self):
        for process in reversed(self.processes.values()):
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()

    def cpu_seconds(self):
        """{process: user and system time so far}"""
        found = {}
        for name, process in self.processes.items():
            fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
            found[name] = (int(fields[11]) + int(fields[12])) / TICK
        return found


class Martlet(System):
    name = "martlet"
    http_port = 0

    def start(self):
        binary = os.environ.get("MARTLET_BIN", ROOT / ".build/release/martlet")
        process = self.launch(
            "martlet", binary, "serve", "--data", self.folder / "data", "--http", "127.0.0.1:0", "--mqtt", "127.0.0.1:0",
            stdout=subprocess.PIPE,
        )
        ready = json.loads(process.stdout.readline())
        self.http_port = int(ready["http"].rsplit(":", 1)[1])
        self.mqtt_port = int(ready["mqtt"].rsplit(":", 1)[1])

    def stored(self):
        """Counts readings in the store itself, node by node."""
        total = 0
        for node in get(f"http://127.0.0.1:{self.http_port}/api/nodes")["nodes"]:
            query = urllib.parse.urlencode(
                {"field": "uptime", "agg": "count", "step": "1d", "from": int(time.time()) - 86_400, "to": int(time.time()) + 86_400}
            )
            rows = get(f"http://127.0.0.1:{self.http_port}/api/nodes/{node['id']}/readings?{query}")["rows"]
            total += sum(row[1] for row in rows)
        return int(total)


class Mosquitto(System):
    """The broker alone: it stores nothing."""

    name = "mosquitto"
    http_port = 0

    def start(self):
        self.mqtt_port = free_port()
        configuration = self.folder / "mosquitto.conf"
        configuration.write_text(
            f"listener {self.mqtt_port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n"
            # Without these it would drop what the subscriber cannot take, or wait for it.
            "max_queued_messages 0\nmax_inflight_messages 100\n"
        )
        self.launch("mosquitto", "mosquitto", "-c", configuration)
        wait_for_port(self.mqtt_port)


class Stack(Mosquitto):
    """mosquitto, a paho subscriber, InfluxDB 1.6."""

    batch = 1

    def start(self):
        super().start()
        self.influx_port, rpc_port = free_port(), free_port()
        configuration = self.folder / "influxdb.conf"
        data = self.folder / "influx"
        configuration.write_text(
            f'reporting-disabled = true\nbind-address = "127.0.0.1:{rpc_port}"\n'
            f'[meta]\ndir = "{data}/meta"\n[data]\ndir = "{data}/data"\nwal-dir = "{data}/wal"\nquery-log-enabled = false\n'
            f'[http]\nbind-address = "127.0.0.1:{self.influx_port}"\nlog-enabled = false\n[monitor]\nstore-enabled = false\n'
        )
        self.launch("influxdb", "influxd", "run", "-config", configuration)
        wait_for_port(self.influx_port)
        self.query("CREATE DATABASE site", method="POST")
        subscriber = self.launch(
            "subscriber", sys.executable, HERE / "subscriber.py", self.mqtt_port, self.influx_port, self.batch,
            stdout=subprocess.PIPE,
        )
        if subscriber.stdout.readline().strip() != b"ready":
            raise RuntimeError(f"the subscriber did not start: see {self.folder}/subscriber.log")

    def query(self, text, method="GET"):
        query = urllib.parse.urlencode({"db": "site", "q": text})
        request = urllib.request.Request(f"http://127.0.0.1:{self.influx_port}/query?{query}", method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def stored(self):
        series = self.query("SELECT COUNT(uptime) FROM telemetry")["results"][0].get("series")
        return series[0]["values"][0][1] if series else 0


class StackSingly(Stack):
    name = "stack, singly"


class StackBatched(Stack):
    name = "stack, batches of 500"
    batch = 500
