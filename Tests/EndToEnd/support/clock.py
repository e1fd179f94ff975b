"""A hub's clock in a test's hand (docs/testing.md): what takes seconds or months comes about at once.

    hub = own(clock=Clock())
    hub.clock.advance(2)        # returns when what came due by then is done and stored

Time goes on by itself in between, as the machine's does, unless it is frozen. It outlives the hub: the next start goes on where it was.
"""

import shutil
import socket
import tempfile
import time
from pathlib import Path

from support.waiting import wait_for


class Clock:
    """The clock of one hub; seconds since 1970 everywhere."""

    def __init__(self, begin=None):
        # Not pytest's folder: the path of a socket has a hundred bytes at most.
        self.folder = Path(tempfile.mkdtemp(prefix="clock-"))
        self.path, self.socket = self.folder / "clock", None
        # What it last was, when that was (None: the machine's time), and whether it stands still.
        self.known, self.asked, self.frozen = begin, time.monotonic(), False

    @property
    def settings(self):
        """The environment of the hub that is about to start."""
        where = str(self.path)
        return {"MARTLET_TEST_CLOCK": where if self.known is None else f"{where}@{round(self.guess() * 1e6)}"}

    def guess(self):
        return self.known if self.frozen else self.known + time.monotonic() - self.asked

    def connect(self):
        """To the hub that has just started."""
        self.close()

        def reached():
            found = socket.socket(socket.AF_UNIX)
            try:
                found.connect(str(self.path))
            except OSError:
                found.close()
                return None
            return found

        self.socket = wait_for(reached, "the socket of the clock")
        self.socket.settimeout(30)
        if not self.frozen:
            self.say("run")

    def say(self, command):
        """The time after a command."""
        self.socket.sendall(f"{command}\n".encode())
        answer = b""
        while not answer.endswith(b"\n"):
            more = self.socket.recv(256)
            assert more, f"the hub hung up at {command}"
            answer += more
        word, _, rest = answer.decode().strip().partition(" ")
        assert word == "ok", f"{command}: {answer}"
        self.known, self.asked = int(rest) / 1e6, time.monotonic()
        return self.known

    def now(self):
        return self.say("now")

    def advance(self, seconds):
        """Time passes at once."""
        return self.say(f"advance {round(seconds * 1000)}")

    def set(self, at):
        """The clock is set, as somebody sets the machine's: no time passes by that."""
        return self.say(f"set {round(at * 1e6)}")

    def freeze(self):
        self.frozen = True
        return self.say("freeze")

    def run(self):
        self.frozen = False
        return self.say("run")

    def close(self):
        if self.socket:
            self.socket.close()
            self.socket = None

    def remove(self):
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)
