"""The two systems that are measured, each started on a fresh folder and free ports, and stopped by its own pids."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
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


def ask(url, token=None, body=None):
    """What the server answers, as JSON; waits as long as a server that has had too many requests wants."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if body is not None:
        headers["Content-Type"] = "application/json"
        body = json.dumps(body).encode()
    while True:
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            if refusal.code != 429:
                raise
            time.sleep(int(refusal.headers.get("Retry-After", 1)))


class System:
    """Processes that together do the job."""

    # What the load generator needs to know of the system.
    load_options = []

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
            [str(part) for part in command], stderr=log, **({"stdin": subprocess.DEVNULL, "stdout": log} | options)
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
    """Open: it asks nobody who they are."""

    name = "martlet"
    http_port = 0
    token = None
    how = ["--open"]
    # Further limits that are out of reach.
    limits = {}
    # Another build than the one at hand.
    program = None

    def start(self):
        self.binary = self.program or os.environ.get("MARTLET_BIN", ROOT / ".build/release/martlet")
        # The limits are looked at for each message, as always, but are out of reach at full speed.
        limits = {"MARTLET_LIMIT_MESSAGES_PER_DEVICE": "1000000", "MARTLET_LIMIT_MESSAGES_PER_ADDRESS": "1000000"} | self.limits
        process = self.launch(
            "martlet", self.binary, "serve", "--data", self.folder / "data", "--http", "127.0.0.1:0", "--mqtt", "127.0.0.1:0",
            *self.how, stdout=subprocess.PIPE, env=os.environ | limits,
        )
        ready = self.ready(process)
        self.http_port = int(ready["http"].rsplit(":", 1)[1])
        self.mqtt_port = int(ready["mqtt"].rsplit(":", 1)[1])

    def ready(self, process):
        """The line with the addresses; what else is said before it is for people."""
        for line in process.stdout:
            if line.startswith(b"{") and {"http", "mqtt"} <= (said := json.loads(line)).keys():
                return said
        raise RuntimeError(f"{self.name} did not start: see {self.folder}/martlet.log")

    def get(self, path):
        return ask(f"http://127.0.0.1:{self.http_port}{path}", self.token)

    def stored(self):
        """Counts readings in the store itself, node by node."""
        total = 0
        for node in self.get("/api/nodes")["nodes"]:
            query = urllib.parse.urlencode(
                {"field": "uptime", "agg": "count", "step": "1d", "from": int(time.time()) - 86_400, "to": int(time.time()) + 86_400}
            )
            total += sum(row[1] for row in self.get(f"/api/nodes/{node['id']}/readings?{query}")["rows"])
        return int(total)


class MartletClosed(Martlet):
    """As it is meant to run: every node has a key, and may speak for itself only."""

    name = "martlet, closed"
    how = []
    nodes = [f"node_{number:03}" for number in range(100)]

    def start(self):
        super().start()
        password = secrets.token_urlsafe(24)
        for name, role in [("bench", "admin"), ("watcher", "viewer")]:
            self.command("user", "add", name, "--role", role, "--password-stdin", input=password + "\n")
        keys = self.folder / "keys"
        keys.touch(0o600)
        keys.write_text(self.command("device", "add", *self.nodes, "--kind", "node"))
        self.load_options = ["--keys", keys]
        login = {"username": "bench", "password": password}
        self.token = ask(f"http://127.0.0.1:{self.http_port}/api/auth/login", body=login)["token"]

    def command(self, *words, input=""):
        done = subprocess.run(
            [str(self.binary), *words, "--data", str(self.folder / "data")], input=input, capture_output=True, text=True, timeout=120
        )
        if done.returncode:
            raise RuntimeError(f"martlet {words[0]} {words[1]}: {done.stderr}")
        return done.stdout


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
