"""paho-mqtt, wrapped so that a test reads as a conversation."""

import json
import queue
import threading
import uuid

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

V311, V5 = mqtt.MQTTv311, mqtt.MQTTv5


def reached(hub):
    """Whatever was sent to the hub before, a goodbye too, has come to its broker: what is sent later on another connection comes later."""
    with Client(hub.mqtt_port):
        pass


class Client:
    """A connected paho client that remembers what it was told."""

    def __init__(
        self, port, version=V5, client_id=None, clean=True, expiry=0, will=None, keep_alive=60, manual_ack=False,
        subscriptions=(), username=None, password=None, tls=None, source=""
    ):
        self.version, self.id = version, client_id or f"paho-{uuid.uuid4().hex[:12]}"
        options = {} if version == V5 else {"clean_session": clean}
        self.paho = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2, client_id=self.id, protocol=version, manual_ack=manual_ack, **options
        )
        self.messages, self.reasons, self.grants = queue.Queue(), {}, queue.Queue()
        self.connected, self.gone, self.changed = threading.Event(), threading.Event(), threading.Condition()
        self.connect_reason = self.disconnect_reason = self.session_present = self.connect_properties = None
        self.paho.on_connect, self.paho.on_disconnect = self._on_connect, self._on_disconnect
        self.paho.on_message, self.paho.on_publish = self._on_message, self._on_publish
        self.paho.on_subscribe = lambda c, u, mid, codes, p: self.grants.put(codes)
        if will:
            topic, payload, qos, retain = will
            self.paho.will_set(topic, payload, qos, retain)
        if username is not None:
            self.paho.username_pw_set(username, password)
        if tls:
            self.paho.tls_set_context(tls)
        arguments = {}
        if version == V5:
            properties = Properties(PacketTypes.CONNECT)
            properties.SessionExpiryInterval = expiry
            arguments = {"clean_start": clean, "properties": properties}
        self.paho.connect("localhost" if tls else "127.0.0.1", port, keepalive=keep_alive, bind_address=source, **arguments)
        self.paho.loop_start()
        assert self.connected.wait(10), f"{self.id}: not connected"
        if self.connect_reason.is_failure:
            self.paho.disconnect()
            self.paho.loop_stop()
            raise AssertionError(f"{self.id}: refused: {self.connect_reason}")
        for topic_filter, qos in subscriptions:
            self.subscribe(topic_filter, qos)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.disconnect()

    def _on_connect(self, client, userdata, flags, reason, properties):
        self.connect_reason, self.session_present, self.connect_properties = reason, flags.session_present, properties
        self.connected.set()

    def _on_disconnect(self, client, userdata, flags, reason, properties):
        self.disconnect_reason = reason
        self.gone.set()

    def _on_message(self, client, userdata, message):
        self.messages.put(message)

    def _on_publish(self, client, userdata, mid, reason, properties):
        with self.changed:
            self.reasons[mid] = reason
            self.changed.notify_all()

    def subscribe(self, topic_filter, qos=0):
        self.paho.subscribe(topic_filter, qos)
        return [code.value for code in self.grants.get(timeout=10)]

    def publish(self, topic, payload="", qos=1, retain=False, properties=None, seconds=15):
        """Publishes and waits for the acknowledgement; returns the reason code (0 with QoS 0 and with 3.1.1)."""
        if isinstance(payload, (dict, list)):
            payload = json.dumps(payload)
        info = self.paho.publish(topic, payload, qos, retain, properties)
        if qos == 0:
            return 0
        with self.changed:
            assert self.changed.wait_for(lambda: info.mid in self.reasons, seconds), f"no acknowledgement for {topic}"
            return self.reasons.pop(info.mid).value

    def receive(self, seconds=10):
        return self.messages.get(timeout=seconds)

    def receive_json(self, seconds=10):
        return json.loads(self.receive(seconds).payload)

    def hears_nothing(self, seconds=0.3):
        try:
            found = self.messages.get(timeout=seconds)
        except queue.Empty:
            return True
        raise AssertionError(f"unexpected message on {found.topic}: {found.payload[:100]}")

    def disconnect(self):
        self.paho.disconnect()
        self.gone.wait(5)
        self.paho.loop_stop()

    def drop(self):
        """Loses the connection without a goodbye, so that the will is sent."""
        self.paho.loop_stop()
        sock = self.paho.socket()
        if sock:
            sock.close()


class Node(Client):
    """An ESP32 node as the contract describes it: will on its status topic, listens for commands, answers on status."""

    def __init__(self, port, node_id, version=V311, **options):
        self.node_id = node_id
        will = (f"iot/node/{node_id}/status", json.dumps({"node_id": f"node_{node_id}", "status": "offline"}), 1, False)
        options.setdefault("client_id", f"esp32-{node_id}")
        super().__init__(port, version, will=will, subscriptions=[(f"iot/node/{node_id}/command", 1)], **options)

    def telemetry(self, sensors, timestamp=None, qos=1, **more):
        message = {"node_id": f"node_{self.node_id}", "sensors": sensors, **more}
        if timestamp is not None:
            message["timestamp"] = timestamp
        return self.publish(f"iot/node/{self.node_id}/telemetry", message, qos)

    def status(self, **fields):
        return self.publish(f"iot/node/{self.node_id}/status", {"node_id": f"node_{self.node_id}", **fields})

    def answer(self, command, status="done", **more):
        return self.status(command_id=command["command_id"], status=status, **more)
