"""Publishers in full flight that keep account of every message, across connections and across the server's deaths."""

import json
import random
import threading

from support.raw import DISCONNECT, PUBACK, PUBCOMP, PUBREC, PUBREL, Closed, Raw, publish_packet

WINDOW = 8


class Publisher:
    """A device with a persistent session and a window of unacknowledged messages, which it sends again with DUP.

    QoS 1 messages carry their own time, so that one sent twice is one reading. QoS 2 messages carry none: each storing makes a
    reading of its own, so that one stored twice is seen.
    """

    def __init__(self, node_id, qos, version, start):
        self.node_id, self.qos, self.version, self.start = node_id, qos, version, start
        self.next = 0
        self.open = {}  # packet id: (number, whether PUBREC was seen)
        self.acknowledged = set()
        self.had_session = False
        self.sessions_lost = 0
        self.refused = []
        self.error = None

    def payload(self, number):
        message = {"sensors": {"seq": number}}
        if self.qos == 1:
            # Milliseconds, one a message.
            message["timestamp"] = self.start * 1000 + number
        return json.dumps(message)

    def send(self, raw, packet_id, dup=False):
        number, is_received = self.open[packet_id]
        if is_received:
            raw.acknowledge(PUBREL, packet_id)
        else:
            topic = f"iot/node/{self.node_id}/telemetry"
            raw.send(publish_packet(topic, self.payload(number), self.qos, packet_id, dup, version=self.version))

    def connect(self, port):
        raw = Raw(port)
        options = {"expiry": 3600} if self.version == 5 else {}
        raw.connect_reason = raw.connect(self.node_id, self.version, clean=False, **options)
        if raw.connect_reason.reason:
            raise AssertionError(f"refused: {raw.connect_reason}")
        if self.had_session and not raw.connect_reason.body[0] & 1:
            self.sessions_lost += 1
        self.had_session = True
        for packet_id in sorted(self.open, key=lambda p: self.open[p][0]):
            self.send(raw, packet_id, dup=True)
        return raw

    def take(self, raw, found):
        """One packet from the server."""
        if found.kind == DISCONNECT:
            raise Closed(f"the server said goodbye with {found.reason:#x}")
        packet_id = found.packet_id
        # A PUBREL sent again after a crash may find that its identifier was already released (0x92): that is recovery, no refusal.
        if found.reason >= 0x80 and (found.kind, found.reason) != (PUBCOMP, 0x92):
            self.refused.append((packet_id, found.reason))
        if found.kind == PUBREC and self.qos == 2:
            number, _ = self.open[packet_id]
            self.open[packet_id] = (number, True)
            self.acknowledged.add(number)
            raw.acknowledge(PUBREL, packet_id)
        elif found.kind == (PUBACK if self.qos == 1 else PUBCOMP):
            number, _ = self.open.pop(packet_id)
            self.acknowledged.add(number)
        else:
            raise AssertionError(f"unexpected {found}")

    def run(self, port, stop):
        """Publishes until the server is gone or `stop` is set; then only finishes what is open."""
        try:
            with self.connect(port) as raw:
                while self.open or not stop.is_set():
                    while len(self.open) < WINDOW and not stop.is_set():
                        packet_id = next(p for p in range(1, 65536) if p not in self.open)
                        self.open[packet_id] = (self.next, False)
                        self.next += 1
                        self.send(raw, packet_id)
                    self.take(raw, raw.read())
        except (Closed, ConnectionError, BrokenPipeError):
            pass  # killed: what is open stays open until the next connection
        except Exception as error:  # noqa: BLE001 - a thread's failure is the test's failure
            self.error = error


class Fleet:
    """Several publishers, each in its thread."""

    def __init__(self, start):
        self.publishers = [
            Publisher(f"crash{qos}{name}", qos, version, start)
            for qos in (1, 2) for name, version in (("a", 4), ("b", 5))
        ]
        self.threads, self.stop = [], threading.Event()

    def fly(self, port):
        self.stop.clear()
        self.threads = [threading.Thread(target=p.run, args=(port, self.stop)) for p in self.publishers]
        for thread in self.threads:
            thread.start()

    def land(self, seconds=30):
        """Waits until every thread has ended: the server is dead, or everything open is finished."""
        self.stop.set()
        for thread in self.threads:
            thread.join(seconds)
            assert not thread.is_alive(), "a publisher hangs"
        errors = [p.error for p in self.publishers if p.error]
        if errors:
            raise errors[0]

    def account(self, hub):
        """Every acknowledged message is stored, and with QoS 2 exactly once."""
        for publisher in self.publishers:
            stored = stored_counts(hub, publisher)
            lost = publisher.acknowledged - stored.keys()
            assert not lost, f"{publisher.node_id}: {len(lost)} acknowledged messages are lost, such as {sorted(lost)[:10]}"
            doubled = {n: count for n, count in stored.items() if count > 1}
            assert not doubled, f"{publisher.node_id}: stored more than once: {dict(list(doubled.items())[:10])}"
            strange = stored.keys() - set(range(publisher.next))
            assert not strange, f"{publisher.node_id}: stored but never sent: {sorted(strange)[:10]}"
            assert not publisher.refused, publisher.refused[:5]
            assert publisher.sessions_lost == 0, f"{publisher.node_id}: the session was lost"


def stored_counts(hub, publisher):
    """{number: how many readings have it}, read in pages below the limit of one answer."""
    counts, end = {}, None
    while True:
        query = {"field": "seq", "since": publisher.start - 10, "limit": 100_000}
        rows = hub.readings(publisher.node_id, **query, **({"to": end} if end else {}))
        for row in rows:
            counts[row["seq"]] = counts.get(row["seq"], 0) + 1
        if len(rows) < 100_000:
            return counts
        # The newest come first; `to` is exclusive, so the next page ends where this one begins.
        end = rows[0]["time"]


def pause():
    """How long a round lives: anything from a first handshake to a busy second."""
    return random.uniform(0.02, 0.9)
