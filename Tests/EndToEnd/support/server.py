"""The built program as a process: started on free ports, asked over HTTP, stopped or killed by its own pid."""

import http.client
import json
import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
BINARY = Path(os.environ.get("MARTLET_BIN", ROOT / ".build/release/martlet"))


def environment():
    """The environment without the settings of whoever runs the tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MARTLET_")}


def run(*arguments, timeout=60, binary=BINARY, **options):
    """Runs a subcommand of the program to its end."""
    return subprocess.run(
        [binary, *map(str, arguments)], capture_output=True, text=True, timeout=timeout, env=environment(), **options
    )


class Answer:
    """An HTTP answer."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode()

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.status} {self.body[:300]!r}>"


class Martlet:
    """One server on a data folder; started again, it takes new ports.

    It is open (`--open`): these tests are about the line, not about who may use it. support/accounts.py has a closed one.
    """

    doors = ("--open",)
    # Another program than the hub's own has other solutions.
    binary = BINARY

    def __init__(self, data, log, arguments=()):
        self.data, self.log, self.arguments = Path(data), Path(log), [str(a) for a in arguments]
        # Settings for the process alone, as its environment.
        self.settings = {}
        # A clock that the test moves (support/clock.py); None: it lives by the machine's.
        self.clock = None
        # What is put before the command, such as `prlimit`.
        self.wrapper = []
        self.process = None
        self.lines = []
        self.ready = None

    def start(self, seconds=90):
        command = [
            *self.wrapper, self.binary, "serve", "--data", self.data, "--http", "127.0.0.1:0", "--mqtt", "127.0.0.1:0", *self.doors, *self.arguments,
        ]
        self.lines, self.ready, told = [], None, threading.Event()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                env=environment() | self.settings | (self.clock.settings if self.clock else {}),
            )

        def listen(output):
            for raw in output:
                line = raw.decode(errors="replace").rstrip("\n")
                self.lines.append(line)
                if '"ready"' in line:
                    self.ready = json.loads(line)
                    told.set()
            told.set()

        threading.Thread(target=listen, args=(self.process.stdout,), daemon=True).start()
        if not told.wait(seconds) or not self.ready:
            self.process.kill()
            raise AssertionError(f"no ready line within {seconds} s; said: {self.lines}; log:\n{self.log_text()[-3000:]}")
        assert self.ready["event"] == "ready"
        self.http_port = int(self.ready["http"].rsplit(":", 1)[1])
        self.mqtt_port = int(self.ready["mqtt"].rsplit(":", 1)[1])
        if self.clock:
            self.clock.connect()
        return self

    @property
    def url(self):
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def ws_url(self):
        return f"ws://127.0.0.1:{self.http_port}/ws"

    def log_text(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def stop(self, seconds=60):
        """SIGTERM; it must drain and leave with 0."""
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(f"still running {seconds} s after SIGTERM; log:\n{self.log_text()[-3000:]}") from None
        assert code == 0, f"left with {code} after SIGTERM; log:\n{self.log_text()[-3000:]}"

    def kill(self):
        self.process.kill()
        self.process.wait(10)

    def end(self):
        """Ends it somehow: for the clean-up of a test that failed."""
        if self.is_running():
            self.kill()
        if self.clock:
            self.clock.remove()

    def ask(self, path, method="GET", body=None, headers=None, timeout=20, source=None):
        """One request; `source` is an address of this machine (127.0.0.0/8) that it comes from."""
        connection = self.connection(timeout, source and (source, 0))
        headers = dict(headers or {})
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def connection(self, timeout=20, source_address=None):
        return http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=timeout, source_address=source_address)

    def get(self, path, **headers):
        """GET that must succeed, as JSON."""
        answer = self.ask(path, headers=headers)
        assert answer.status == 200, f"GET {path}: {answer}"
        return answer.json()

    def post(self, path, body):
        return self.ask(path, "POST", body)

    def node(self, node_id):
        """The node, or None while it is unknown."""
        answer = self.ask(f"/api/nodes/{node_id}")
        return answer.json() if answer.status == 200 else None

    def readings(self, node_id, **query):
        """The rows of the readings as {"time": ..., field: ...}."""
        text = "&".join(f"{'from' if name == 'since' else name}={value}" for name, value in query.items())
        answer = self.get(f"/api/nodes/{node_id}/readings?{text}")
        return [dict(zip(answer["columns"], row)) for row in answer["rows"]]

    def metrics_text(self):
        answer = self.ask("/metrics")
        assert answer.status == 200, answer
        return answer.text

    def metrics(self):
        """{"name{label="x"}": value} of /metrics."""
        found = {}
        for line in self.metrics_text().splitlines():
            match = re.match(r"^([a-zA-Z_:][\w:]*(?:\{.*\})?)\s+(\S+)", line)
            if match:
                found[match[1]] = float(match[2])
        return found

    def refused(self):
        """How many messages were refused so far, by code."""
        found = {}
        for name, value in self.metrics().items():
            match = re.match(r'martlet_messages_refused_total\{.*?code="(\w+)".*\}', name)
            if match:
                found[match[1]] = found.get(match[1], 0) + value
        return found

    def cpu_seconds(self):
        """The processor time that the process has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_megabytes(self):
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", text)[1]) / 1024


    def now(self):
        """The time by which it lives, in seconds since 1970."""
        return self.clock.now() if self.clock else time.time()


def now():
    return time.time()
