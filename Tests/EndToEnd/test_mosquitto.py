"""Mosquitto's own command-line clients, in 3.1.1 and in 5.0."""

import json
import subprocess

import pytest

from support.waiting import wait_for

BOTH = pytest.mark.parametrize("version", ["mqttv311", "mqttv5"])


def publish(hub, version, *options):
    command = ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(hub.mqtt_port), "-V", version, *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=20)


class Subscriber:
    """mosquitto_sub as a process; `lines` waits until it has printed so many messages."""

    def __init__(self, hub, version, *options):
        # stdbuf: into a pipe it would only print when its buffer is full.
        command = ["stdbuf", "-oL", "mosquitto_sub", "-h", "127.0.0.1", "-p", str(hub.mqtt_port), "-V", version]
        command += ["-d", "-v", "-W", "20", *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1)
        self.messages = []

    def __enter__(self):
        for line in self.process.stdout:
            if line.startswith("Subscribed"):
                return self
            # A session that goes on has what waits in it before it has subscribed again.
            if not line.startswith("Client "):
                self.messages.append(line.rstrip("\n"))
        raise AssertionError("mosquitto_sub ended before it had subscribed")

    def lines(self, count):
        for line in self.process.stdout:
            if not line.startswith(("Client ", "Subscribed")):
                self.messages.append(line.rstrip("\n"))
            if len(self.messages) == count:
                break
        return self.messages

    def until(self, text):
        """Waits until a message with this text was printed."""
        if any(text in message for message in self.messages):
            return self.messages
        for line in self.process.stdout:
            if not line.startswith(("Client ", "Subscribed")):
                self.messages.append(line.rstrip("\n"))
                if text in line:
                    return self.messages
        raise AssertionError(f"mosquitto_sub ended without {text}: {self.messages}")

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


@BOTH
@pytest.mark.parametrize("qos", ["0", "1", "2"])
def test_a_message_of_each_qos_arrives(hub, fresh, version, qos):
    with Subscriber(hub, version, "-t", f"{fresh}/a", "-q", qos) as subscriber:
        assert publish(hub, version, "-t", f"{fresh}/a", "-m", "hello", "-q", qos).returncode == 0
        assert subscriber.lines(1) == [f"{fresh}/a hello"]


@BOTH
def test_the_two_versions_meet(hub, fresh, version):
    other = "mqttv5" if version == "mqttv311" else "mqttv311"
    with Subscriber(hub, version, "-t", f"{fresh}/#", "-q", "2") as subscriber:
        assert publish(hub, other, "-t", f"{fresh}/x/y", "-m", "across", "-q", "2").returncode == 0
        assert subscriber.lines(1) == [f"{fresh}/x/y across"]


@BOTH
def test_wildcards(hub, fresh, version):
    with Subscriber(hub, version, "-t", f"{fresh}/+/temperature", "-t", f"{fresh}/deep/#", "-q", "1") as subscriber:
        for topic in ["a/temperature", "a/humidity", "a/b/temperature", "deep", "deep/1/2/3", "b/temperature"]:
            publish(hub, version, "-t", f"{fresh}/{topic}", "-m", "1", "-q", "1")
        assert subscriber.lines(4) == [f"{fresh}/{t} 1" for t in ["a/temperature", "deep", "deep/1/2/3", "b/temperature"]]


@BOTH
def test_retained_messages_come_to_late_subscribers_until_they_are_cleared(hub, fresh, version):
    assert publish(hub, version, "-t", f"{fresh}/r", "-m", "kept", "-q", "1", "-r").returncode == 0
    with Subscriber(hub, version, "-t", f"{fresh}/#") as subscriber:
        assert subscriber.lines(1) == [f"{fresh}/r kept"]
    assert publish(hub, version, "-t", f"{fresh}/r", "-n", "-q", "1", "-r").returncode == 0
    with Subscriber(hub, version, "-t", f"{fresh}/#") as subscriber:
        publish(hub, version, "-t", f"{fresh}/end", "-m", "x", "-q", "1")
        assert subscriber.lines(1) == [f"{fresh}/end x"]


@BOTH
def test_a_persistent_session_is_kept_while_its_client_is_away(hub, fresh, version):
    keep = ["-c"] if version == "mqttv311" else ["-c", "-x", "3600"]
    options = ["-i", f"{fresh}-keeper", "-t", f"{fresh}/#", "-q", "1", *keep]
    with Subscriber(hub, version, *options):
        pass
    assert publish(hub, version, "-t", f"{fresh}/1", "-m", "one", "-q", "1").returncode == 0
    publish(hub, version, "-t", f"{fresh}/2", "-m", "two", "-q", "2")
    subscriber = Subscriber(hub, version, *options)
    assert subscriber.lines(2) == [f"{fresh}/1 one", f"{fresh}/2 two"]
    subscriber.__exit__()


@BOTH
def test_the_will_is_sent_when_a_client_is_lost(hub, fresh, version):
    with Subscriber(hub, version, "-t", f"{fresh}/will", "-q", "1") as subscriber:
        options = ["--will-topic", f"{fresh}/will", "--will-payload", "gone", "--will-qos", "1", "-t", f"{fresh}/other"]
        with Subscriber(hub, version, *options):
            pass  # killed on the way out
        assert subscriber.lines(1) == [f"{fresh}/will gone"]


def test_many_lines_from_one_publisher_arrive_in_order(hub, fresh):
    lines = "".join(f"{number}\n" for number in range(300))
    with Subscriber(hub, "mqttv311", "-t", f"{fresh}/lines", "-q", "1") as subscriber:
        command = ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(hub.mqtt_port), "-t", f"{fresh}/lines", "-q", "1", "-l"]
        assert subprocess.run(command, input=lines, text=True, timeout=60).returncode == 0
        assert subscriber.lines(300) == [f"{fresh}/lines {number}" for number in range(300)]


def test_system_topics(hub):
    with Subscriber(hub, "mqttv311", "-t", "$SYS/broker/version", "-t", "$SYS/broker/uptime") as subscriber:
        assert {line.split(" ")[0] for line in subscriber.lines(2)} == {"$SYS/broker/version", "$SYS/broker/uptime"}
    publish(hub, "mqttv5", "-t", "$SYS/broker/version", "-m", "forged", "-q", "1", "-r")
    with Subscriber(hub, "mqttv311", "-t", "$SYS/broker/version") as subscriber:
        assert "forged" not in subscriber.lines(1)[0]


def test_the_hub_says_how_it_is(hub):
    with Subscriber(hub, "mqttv5", "-t", "iot/broker/#") as subscriber:
        topics = {line.split(" ")[0] for line in subscriber.lines(2)}
    assert topics == {"iot/broker/status", "iot/broker/stats"}


def test_rpc_between_two_clients(hub, fresh):
    """mosquitto_rr: response topic and correlation data of MQTT 5 pass through."""
    with Subscriber(hub, "mqttv5", "-t", f"{fresh}/ask", "-q", "1", "-F", "%R %p") as subscriber:
        asking = subprocess.Popen(
            ["mosquitto_rr", "-h", "127.0.0.1", "-p", str(hub.mqtt_port), "-V", "mqttv5", "-t", f"{fresh}/ask", "-e",
             f"{fresh}/reply", "-m", "question", "-q", "1", "-W", "10"],
            stdout=subprocess.PIPE, text=True,
        )
        assert subscriber.lines(1) == [f"{fresh}/reply question"]
        publish(hub, "mqttv5", "-t", f"{fresh}/reply", "-m", "answer", "-q", "1")
        assert asking.communicate(timeout=15)[0].strip() == "answer"


TELEMETRY = '{"sensors":{"temperature":21.5}}'


def asked(hub, node):
    return hub.post(f"/api/nodes/{node}/commands", {"command": "blink"}).json()["command_id"]


def becomes(hub, node, command, wanted):
    wait_for(lambda: hub.get(f"/api/nodes/{node}/commands/{command}")["state"] == wanted, f"the command becomes {wanted}")


@BOTH
@pytest.mark.parametrize("wanted", ["iot/node/{}/command", "iot/node/node_{}/command", "iot/node/{}/#", "$share/g/+/node/{}/command"])
def test_who_speaks_with_one_client_and_listens_with_another_gets_commands(hub, fresh, version, wanted):
    with Subscriber(hub, version, "-t", wanted.format(fresh), "-q", "1") as subscriber:
        assert publish(hub, version, "-t", f"iot/node/{fresh}/telemetry", "-m", TELEMETRY, "-q", "1").returncode == 0
        command = asked(hub, fresh)
        assert command in [word for line in subscriber.until(command) for word in line.split('"')]
        becomes(hub, fresh, command, "delivered")
        answer = json.dumps({"command_id": command, "result": "ok"})
        assert publish(hub, version, "-t", f"iot/node/{fresh}/status", "-m", answer, "-q", "1").returncode == 0
        becomes(hub, fresh, command, "done")


def test_a_command_waits_for_who_listens_with_another_client_than_it_speaks_with(own, fresh):
    """Which has never said a word, over a restart of the hub, and whether the node itself is there meanwhile or not."""
    hub = own()
    listening = ("-t", f"iot/node/{fresh}/command", "-q", "1", "-c", "-i", f"{fresh}-ear")
    telemetry = ("-t", f"iot/node/{fresh}/telemetry", "-m", TELEMETRY, "-q", "1")
    assert publish(hub, "mqttv311", *telemetry).returncode == 0
    command = asked(hub, fresh)
    with Subscriber(hub, "mqttv311", "-t", "iot/#", "-q", "1") as log:
        # One of its own, behind which nothing can be under way any more.
        assert publish(hub, "mqttv311", *telemetry).returncode == 0
        log.until("21.5")
        assert hub.get(f"/api/nodes/{fresh}/commands/{command}")["state"] == "queued", "who hears all is nobody's ear"
        with Subscriber(hub, "mqttv311", *listening) as subscriber:
            subscriber.until(command)
            becomes(hub, fresh, command, "delivered")
    late = asked(hub, fresh)
    hub.stop()
    hub.start()
    assert publish(hub, "mqttv311", *telemetry).returncode == 0
    assert hub.get(f"/api/nodes/{fresh}/commands/{late}")["state"] == "queued"
    with Subscriber(hub, "mqttv311", *listening) as subscriber:
        subscriber.until(late)
        becomes(hub, fresh, late, "delivered")
    hub.stop()


@BOTH
def test_a_filter_is_no_identity_on_a_hub_that_is_not_open(closed, fresh, version):
    name = f"node_{fresh}"
    device = ("-u", name, "-P", closed.device(name))
    person = closed.person("admin")
    program = ("-u", person.name, "-P", person.personal_token(["mqtt.subscribe"])["token"])
    listening = ("-t", f"iot/node/{fresh}/command", "-q", "1")
    telemetry = ("-t", f"iot/node/{fresh}/telemetry", "-m", TELEMETRY, "-q", "1")
    with Subscriber(closed, version, *listening, *program) as log:
        assert publish(closed, version, *telemetry, *device).returncode == 0
        answer = closed.admin.post(f"/api/nodes/{fresh}/commands", {"command": "blink"})
        command = answer.json()["command_id"]
        # Behind what the log has heard, nothing can be under way any more.
        assert publish(closed, version, *telemetry, *device).returncode == 0
        assert closed.admin.get(f"/api/nodes/{fresh}/commands/{command}")["state"] == "queued"
        # The device's own credentials are, whichever client of it has them.
        with Subscriber(closed, version, *listening, *device) as subscriber:
            subscriber.until(command)
            log.until(command)
            becomes(closed.admin, fresh, command, "delivered")
