"""Out of descriptors or of room on the disk: the hub pauses, says so once, and goes on when there is enough again."""

import contextlib
import http.client
import itertools
import os
import socket
import subprocess
import time

import pytest

from support.clients import Client, Node
from support.raw import DISCONNECT, PUBACK, PUBCOMP, PUBREC, PUBREL, Closed, Raw
from support.waiting import wait_for

DESCRIPTORS = 64


def begin(hub):
    """Starts a hub whose log holds nothing of earlier runs."""
    hub.log.unlink(missing_ok=True)
    return hub.start()


def confined(own, *arguments, **settings):
    hub = own(None, *arguments, start=False)
    hub.wrapper = ["prlimit", f"--nofile={DESCRIPTORS}"]
    hub.settings = settings
    return hub


def connect(port):
    sock = socket.socket()
    sock.settimeout(10)
    sock.connect(("127.0.0.1", port))
    return sock


def answers(hub):
    try:
        return hub.ask("/health", timeout=5).status == 200
    except (OSError, http.client.HTTPException):
        return False


def test_more_connections_than_descriptors_harm_nobody_who_is_there(own):
    """180 idle connections on a hub that may have 64 files open."""
    hub = begin(confined(own))
    assert "Fewer connections are taken" in hub.log_text()
    with Client(hub.mqtt_port) as known, contextlib.ExitStack() as idle:
        known.subscribe("a/b", 1)
        for port in [hub.mqtt_port] * 120 + [hub.http_port] * 60:
            idle.enter_context(contextlib.closing(connect(port)))
        # Who is let in goes on, and so do pages, while all of them are there.
        used, begun = hub.cpu_seconds(), time.monotonic()
        for number in range(20):
            assert known.publish("a/b", str(number)) == 0
            assert known.receive().payload == str(number).encode()
        wait_for(lambda: answers(hub), "HTTP while all descriptors are wanted")
        # Nothing spins: a thread that did would use about all of this time, two of them twice that.
        while time.monotonic() - begun < 1:
            known.publish("a/b", "x")
            known.receive()
        share = (hub.cpu_seconds() - used) / (time.monotonic() - begun)
        quiet = hub.cpu_seconds(), time.monotonic()
        known.gone.wait(1)
        assert not known.gone.is_set()
        idle_share = (hub.cpu_seconds() - quiet[0]) / (time.monotonic() - quiet[1])
        assert idle_share < 0.5, f"{idle_share:.0%} of a processor while nothing happens ({share:.0%} while it works)"
        wait_for(lambda: known.publish("a/b", "still") == 0, "the client that was let in")
    wait_for(lambda: answers(hub), "HTTP after they are gone")
    with Client(hub.mqtt_port) as later:
        assert later.publish("a/c", "1") == 0
    said = [line for line in hub.log_text().splitlines() if "onnection" in line and "accepted" in line]
    assert len(said) <= 4, said
    hub.stop()


def test_a_hub_that_runs_out_of_descriptors_pauses_and_recovers(own):
    """Its own bounds cannot help here: the limit is lowered while it runs."""
    hub = begin(own(start=False))
    pid = hub.process.pid
    with Client(hub.mqtt_port) as known, contextlib.ExitStack() as idle:
        known.subscribe("a/b", 1)
        # A few more than are in use: whatever is accepted next takes them all.
        used = len(os.listdir(f"/proc/{pid}/fd"))
        subprocess.run(["prlimit", "--pid", str(pid), f"--nofile={used + 4}:"], check=True)
        waiting = [idle.enter_context(contextlib.closing(connect(hub.http_port))) for _ in range(20)]
        waiting += [idle.enter_context(contextlib.closing(connect(hub.mqtt_port))) for _ in range(20)]
        wait_for(lambda: hub.log_text().count("No connection can be accepted") >= 1, "the log to say it")
        begun = hub.cpu_seconds(), time.monotonic()
        known.gone.wait(1)
        share = (hub.cpu_seconds() - begun[0]) / (time.monotonic() - begun[1])
        assert share < 0.5, f"{share:.0%} of a processor while nothing can be accepted"
        assert hub.is_running() and not known.gone.is_set()
        subprocess.run(["prlimit", "--pid", str(pid), "--nofile=1024:"], check=True)
        wait_for(lambda: answers(hub), "HTTP once there are descriptors again")
        assert known.publish("a/b", "1") == 0
        # Once for each sort of door.
        assert hub.log_text().count("No connection can be accepted") <= 2
        assert waiting
    hub.stop()


def test_too_few_descriptors_for_any_hub_are_said(own):
    hub = own(start=False)
    hub.wrapper = ["prlimit", "--nofile=40"]
    with pytest.raises(AssertionError, match="no ready line"):
        begin(hub)
    assert "LimitNOFILE" in hub.log_text(), hub.log_text()


@pytest.fixture
def small_disk(tmp_path):
    """A file system of its own, of 24 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "none", folder], capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_full_disk_is_said_to_devices_and_is_over_once_there_is_room(own, small_disk, fresh):
    hub = begin(own(small_disk / "data", start=False))
    filler = small_disk / "filler"
    with Node(hub.mqtt_port, fresh) as node:
        assert node.telemetry({"t": 1}) == 0
        with open(filler, "wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"x" * 4096)
        # What is not stored is not acknowledged; until then what there is may go into free pages.
        with Raw(hub.mqtt_port) as device:
            device.connect("loud", 4)

            def refused():
                answer = hub.ask(f"/api/nodes/{fresh}/commands", "POST", {"command": "note", "params": {"text": "x" * 12_000}})
                return answer if answer.status == 503 else None

            answer = wait_for(refused, "HTTP 503", seconds=30, pause=0)
            assert answer.json()["code"] == "storage_unavailable"
            assert int(answer.headers["Retry-After"]) >= 1
            assert hub.ask("/ready").status == 503
        filler.unlink()
        wait_for(
            lambda: hub.ask(f"/api/nodes/{fresh}/commands", "POST", {"command": "note", "params": {}}).status == 202,
            "HTTP once there is room", seconds=30)
    with Node(hub.mqtt_port, fresh) as node:
        assert node.telemetry({"t": 2}) == 0
    assert "Request failed" not in hub.log_text()
    assert hub.log_text().count("rolled back") <= 6, "the log of a full disk does not fill it further"
    hub.stop()


def fill(folder):
    """Takes all room that there is; the file to be removed."""
    filler = folder / "filler"
    with open(filler, "wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    return filler


class Sender:
    """A client with a kept session that publishes numbers, each in a reading of its own, and knows which were acknowledged."""

    def __init__(self, hub, short, version, qos):
        self.hub, self.short, self.version, self.qos = hub, short, version, qos
        self.sent, self.owed, self.said = 0, {}, []
        self.connect(clean=False)

    def connect(self, **options):
        self.raw = Raw(self.hub.mqtt_port)
        expiry = {"expiry": 1_000} if self.version == 5 else {}
        reason = self.raw.connect(f"sender-{self.short}", self.version, **options, **expiry).reason
        assert reason == 0, reason

    def payload(self, number):
        # A time of its own, and a text that no page of the file has room for.
        return '{"sensors":{"n":%d,"text":"%s"},"timestamp":%d}' % (number, f"{number} " * 120, self.begun + number)

    def say(self, count):
        """Publishes so many in one go, and reads the answers until there are as many or the connection has ended."""
        self.begun = getattr(self, "begun", int(time.time()) - 3_000)
        for _ in range(count):
            self.sent += 1
            self.owed[self.sent] = self.payload(self.sent)
            self.raw.publish(f"iot/node/{self.short}/telemetry", self.owed[self.sent], self.qos, self.sent)
        return self.listen()

    def again(self):
        """Connects to the same session, and sends again what is owed."""
        self.connect(clean=False)
        for number, payload in list(self.owed.items()):
            if payload is None:
                self.raw.acknowledge(PUBREL, number)
            else:
                self.raw.publish(f"iot/node/{self.short}/telemetry", payload, self.qos, number, dup=True)
        return self.listen()

    def listen(self):
        """Whether all was acknowledged; false when the connection has ended."""
        while self.owed:
            try:
                found = self.raw.read()
            except Closed:
                return False
            if found.kind == DISCONNECT:
                self.said.append(found.reason)
                continue
            assert found.reason == 0 and found.kind == (PUBACK if self.qos == 1 else found.kind), found
            if found.kind == PUBREC:
                self.owed[found.packet_id] = None
                self.raw.acknowledge(PUBREL, found.packet_id)
            else:
                assert found.kind in (PUBACK, PUBCOMP), found
                del self.owed[found.packet_id]
        return True


def test_what_a_full_disk_does_not_take_over_mqtt_is_taken_when_it_comes_again(own, small_disk, fresh):
    hub = begin(own(small_disk / "data", start=False))
    senders = [Sender(hub, f"{fresh}{version}{qos}", version, qos) for version in (4, 5) for qos in (1, 2)]
    lossy = Node(hub.mqtt_port, f"{fresh}q0")
    with lossy, Client(hub.mqtt_port) as listener, Client(hub.mqtt_port) as speaker:
        listener.subscribe("plain/#")
        assert all(sender.say(5) for sender in senders)
        lossy.publish(f"iot/node/{fresh}q0/telemetry", '{"sensors":{"n":0}}', 0)
        wait_for(lambda: hub.ask(f"/api/nodes/{fresh}q0/latest").status == 200, "the node that sends with QoS 0")
        filler = fill(small_disk)
        for sender in senders:
            # While there are free pages in the files, they are used; then nothing is acknowledged any more.
            wait_for(lambda: not sender.say(20), "a message that cannot be stored", seconds=30, pause=0)
            assert sender.owed and sender.said == ([0x89] if sender.version == 5 else [])
        assert hub.ask("/ready").status == 503
        # What is lost is counted.
        lost = lambda: hub.metrics()["martlet_mqtt_messages_lost_total"]  # noqa: E731
        before = lost()
        for number in range(1, 101):
            lossy.publish(f"iot/node/{fresh}q0/telemetry", '{"sensors":{"n":%d,"text":"%s"}}' % (number, f"{number} " * 400), 0)
        wait_for(lambda: lost() > before, "a message of QoS 0 that is lost")
        # Nobody else notices, and nobody is told what is not stored.
        speaker.publish("plain/hello", "there", 0)
        assert listener.receive().payload == b"there"
        filler.unlink()
        for sender in senders:
            wait_for(sender.again, "all that was owed is taken", seconds=30)
            assert sender.say(5)
        assert not any(client.gone.is_set() for client in (lossy, listener, speaker))
    for sender in senders:
        rows = hub.readings(sender.short, field="n", since=sender.begun, to=int(time.time()) + 60, limit=10_000)
        assert [row["n"] for row in rows] == list(range(1, sender.sent + 1)), "each once, and none is missing"
    assert "Request failed" not in hub.log_text()
    hub.stop()


def test_what_a_full_disk_does_not_take_over_http_is_taken_when_it_is_sent_again(own_closed, small_disk, fresh):
    """A device of its own key sends readings until one is refused, and that one again and again until it is taken."""
    hub = own_closed(small_disk / "data", start=False)
    hub.log.unlink(missing_ok=True)
    hub.start()
    headers = {"X-Device-Id": f"node_{fresh}", "X-API-Key": hub.device(f"node_{fresh}")}
    # What is read while nothing can be written is asked for by somebody who is signed in already.
    operator = hub.person("operator")
    begun, numbers = int(time.time()) - 3_000, itertools.count(1)

    def send(number):
        """A time of its own, and a text that no page of the file has room for."""
        message = {"sensors": {"n": number, "text": f"{number} " * 120}, "timestamp": begun + number}
        return hub.ask(f"/api/nodes/{fresh}/telemetry", "POST", message, headers)

    def stored():
        path = f"/api/nodes/{fresh}/readings?field=n&from={begun}&to={int(time.time()) + 60}&limit=10000"
        return [row[1] for row in operator.get(path)["rows"]]

    assert [send(next(numbers)).status for _ in range(5)] == [200] * 5
    filler = fill(small_disk)
    taken = 5

    def refused():
        nonlocal taken
        answer = send(next(numbers))
        if answer.status == 200:
            # While there are free pages in the files, they are used.
            taken += 1
            return None
        return answer

    answer = wait_for(refused, "a reading that cannot be stored", seconds=30, pause=0)
    assert answer.status == 503 and answer.json()["code"] == "storage_unavailable", answer
    assert int(answer.headers["Retry-After"]) >= 1
    owed = taken + 1
    for _ in range(3):
        again = send(owed)
        assert again.status == 503 and int(again.headers["Retry-After"]) >= 1, again
    assert stored() == list(range(1, owed)), "what was refused is not there, what was taken is"
    assert operator.get(f"/api/nodes/{fresh}/latest")["values"]["n"]["value"] == taken
    assert hub.ask("/ready").status == 503
    filler.unlink()
    wait_for(lambda: send(owed).status == 200, "it is taken once there is room", seconds=30)
    assert [send(number).status for number in range(owed + 1, owed + 6)] == [200] * 5
    assert stored() == list(range(1, owed + 6)), "each once, and none is missing"
    assert operator.get(f"/api/nodes/{fresh}/refusals")["refusals"] == [], "the disk is no mistake of the device's"
    hub.kill()
    hub.start()
    path = f"/api/nodes/{fresh}/readings?field=n&from={begun}&to={int(time.time()) + 60}&limit=10000"
    assert [row[1] for row in hub.admin.get(path)["rows"]] == list(range(1, owed + 6)), "nor after a crash"
    assert "Request failed" not in hub.log_text()
    hub.stop()
