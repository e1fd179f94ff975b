"""The command lines that documents print, and a stage on which they are run as printed."""

import contextlib
import os
import pty
import re
import shlex
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from support.server import BINARY, ROOT, environment
from support.waiting import wait_for

# What the first word of a command line can be; a block without any is a drawing, an answer or another program's settings.
PROGRAMS = re.compile(
    r"^(\$ |\./|martlet |\.build/|curl |mosquitto_|seq |jq |mongoexport |echo |printf |openssl |sudo |apt|systemctl |docker |git "
    r"|swift |\w+=\$\(|Benchmarks/|scripts/)"
)
# A line that shows how a command is put together: words in capitals stand for something, brackets for what may be left out.
SYNOPSIS = re.compile(r"^martlet [a-z]+ [a-z-]+.*( [A-Z]{2,}\b|\[|\()|^martlet ca init$")


def blocks(text):
    """The code blocks of a Markdown text, indented and fenced, as lists of lines."""
    found, block, fence = [], [], False
    for line in [*text.split("\n"), "end"]:
        if line.startswith("```"):
            fence = not fence
        if fence or line.startswith("    "):
            if not line.startswith("```"):
                block.append(line if fence else line[4:])
        elif block:
            found.append(block)
            block = []
    return found


def is_whole(command):
    """Whether a command line needs no further line."""
    if command.endswith("\\"):
        return False
    try:
        shlex.split(command, comments=True)
        return True
    except ValueError:
        return False


def commands(block):
    """The commands of a block; where some lines begin with a prompt, the others are what is answered."""
    if not any(PROGRAMS.match(line) for line in block):
        return []
    prompts = any(line.startswith("$ ") for line in block)
    found, waiting = [], ""
    for line in block:
        if waiting:
            waiting += "\n" + line
        elif prompts and not line.startswith("$ "):
            continue
        else:
            waiting = line.removeprefix("$ ")
        if is_whole(waiting):
            found.append(waiting)
            waiting = ""
    assert not waiting, f"a command without end: {waiting}"
    return [command for command in found if command.strip() and not command.lstrip().startswith("#")]


class Document:
    """What a document prints; each command is taken by how it begins, and none may be left over."""

    def __init__(self, name):
        self.name = name
        self.rest, self.synopses = [], []
        for block in blocks((ROOT / name).read_text()):
            for command in commands(block):
                # What stands behind a prompt is an example.
                is_synopsis = not block[0].startswith("$ ") and SYNOPSIS.match(command)
                (self.synopses if is_synopsis else self.rest).append(command)

    def take(self, beginning):
        matches = [command for command in self.rest if command.startswith(beginning)]
        assert matches, f"{self.name} does not print (any more): {beginning}"
        self.rest.remove(matches[0])
        return matches[0]


def free_port():
    with contextlib.closing(socket.socket()) as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class Stage:
    """A folder in which commands run like a person's, one after the other, with variables that last.

    What differs from what is printed, and nothing else: each port is another one, the same for the same; `/tmp` is in the folder;
    addresses of a network are loopback's; `~` is the folder; `curl` fails when it is refused.
    """

    PORTS = (8080, 1883, 8081, 1884, 8443, 8883)
    ADDRESSES = {"0.0.0.0:": "127.0.0.1:", "192.168.5.1:": "127.0.0.1:", "-h hub.local": "-h localhost"}

    def __init__(self, folder):
        self.folder = Path(folder)
        self.ports = {printed: free_port() for printed in self.PORTS}
        self.captured = {}
        self.hub = None
        self.background = []
        for place in ["bin", ".build/release", "tmp"]:
            (self.folder / place).mkdir(parents=True, exist_ok=True)
        for place in ["bin/martlet", ".build/release/martlet"]:
            (self.folder / place).symlink_to(BINARY)
        curl = self.folder / "bin/curl"
        curl.write_text(f'#!/bin/sh\nexec {shutil.which("curl")} --fail-with-body --silent --show-error --max-time 20 "$@"\n')
        curl.chmod(0o755)
        self.environment = environment() | {
            "HOME": str(self.folder), "PATH": f"{self.folder}/bin:{os.environ['PATH']}",
            "MARTLET_HTTP": f"127.0.0.1:{self.ports[8080]}", "MARTLET_MQTT": f"127.0.0.1:{self.ports[1883]}",
            "PASSWORD": "a long and winding road 7",
        }

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        for pid in self.background:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    def here(self, command):
        """A command as it runs here."""
        for printed, port in self.ports.items():
            command = re.sub(rf"(?<=:){printed}\b|(?<=-p ){printed}\b", str(port), command)
        for printed, actual in {**self.ADDRESSES, "/tmp/": f"{self.folder}/tmp/", **self.captured}.items():
            command = command.replace(printed, actual)
        return command

    def script(self, command):
        state = f"{self.folder}/variables"
        return (
            f"test -f {state} && . {state}\n{self.here(command)}\ncode=$?\ndeclare -p key token >{state} 2>/dev/null\n"
            f"jobs -p >{self.folder}/jobs\nexit $code"
        )

    def run(self, command, seconds=60, typed=None):
        """Runs a command to its end; it must succeed. Returns what it said on both outputs."""
        output = self.folder / "output"
        if typed is not None:
            code, said = self._at_terminal(command, typed, seconds)
        else:
            # Into a file: what runs in the background would hold a pipe open.
            with open(output, "wb") as file:
                code = subprocess.run(
                    ["bash", "-c", self.script(command)], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                    stdout=file, stderr=subprocess.STDOUT, timeout=seconds,
                ).returncode
            said = output.read_text(errors="replace")
            self.background += [int(pid) for pid in (self.folder / "jobs").read_text().split()]
        assert code == 0, f"ended with {code}: {self.here(command)}\n{said[-3000:]}"
        if re.search(r"martlet serve .*&\s*(#.*)?$", command):
            # A person's next line comes later than this.
            wait_for(lambda: '"ready"' in output.read_text(errors="replace"), f"ready: {command}", 20)
        return said

    def _at_terminal(self, command, typed, seconds):
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.folder)
            os.execvpe("bash", ["bash", "-c", self.script(command)], self.environment)
        said, answers, deadline = "", list(typed), time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                more = os.read(terminal, 4096)
            except OSError:
                break
            if not more:
                break
            said += more.decode(errors="replace")
            if answers and said.endswith(": "):
                os.write(terminal, answers.pop(0).encode() + b"\n")
        os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said

    def serve(self, command):
        """Runs a hub in the foreground of its own shell, until the next one or `stop`."""
        self.stop()
        said = self.folder / "hub.log"
        with open(said, "wb") as file:
            self.hub = subprocess.Popen(
                ["bash", "-c", f"exec {self.here(command).split('#')[0]}"], cwd=self.folder, env=self.environment,
                stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT,
            )

        def is_ready():
            assert self.hub.poll() is None, f"{command}: {said.read_text(errors='replace')[-3000:]}"
            return '"ready"' in said.read_text(errors="replace")

        wait_for(is_ready, f"ready: {command}", 30)
        return said.read_text(errors="replace")

    def stop(self):
        if self.hub and self.hub.poll() is None:
            self.hub.terminate()
            assert self.hub.wait(20) == 0
        self.hub = None

    def until(self, command, check, what):
        """Runs what only ends with Ctrl-C, until something has come of it."""
        process = subprocess.Popen(
            ["bash", "-c", f"exec {self.here(command).split('#')[0]}"], cwd=self.folder, env=self.environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        try:
            wait_for(lambda: process.poll() is not None or check(), what, 30)
            assert process.poll() is None, process.stdout.read()
            process.send_signal(signal.SIGINT)
            said = process.communicate(timeout=20)[0]
            # A program that has not come to watching for Ctrl-C yet is ended by it.
            assert process.returncode in (0, 130, -signal.SIGINT), f"{command}: {process.returncode}\n{said}"
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()

    def capture(self, printed, pattern, said):
        """What a document prints stands for what a command has just said."""
        found = re.search(pattern, said)
        assert found, f"{pattern} is not in: {said}"
        self.captured[printed] = found[1]
