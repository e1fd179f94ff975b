"""MQTT 3.1.1 and 5.0 by hand: bytes on a socket, for what a well-behaved client library would never send."""

import socket
import struct
import time

CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP = 1, 2, 3, 4, 5, 6, 7
SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, PINGREQ, PINGRESP, DISCONNECT, AUTH = 8, 9, 10, 11, 12, 13, 14, 15


def text(value):
    data = value if isinstance(value, bytes) else value.encode()
    return struct.pack("!H", len(data)) + data


def length(count):
    out = b""
    while True:
        count, digit = divmod(count, 128)
        out += bytes([digit | (128 if count else 0)])
        if not count:
            return out


def packet(kind, body=b"", flags=None):
    if flags is None:
        flags = 2 if kind in (PUBREL, SUBSCRIBE, UNSUBSCRIBE) else 0
    return bytes([kind << 4 | flags]) + length(len(body)) + body


def connect_packet(
    client_id, version=4, clean=True, keep_alive=60, will=None, expiry=None, username=None, password=None
):
    """`will` is (topic, payload, qos, retain)."""
    flags = 2 if clean else 0
    tail = text(client_id)
    properties = b"" if expiry is None else b"\x11" + struct.pack("!I", expiry)
    if will:
        flags |= 4 | will[2] << 3 | (32 if will[3] else 0)
        tail += (b"\x00" if version == 5 else b"") + text(will[0]) + text(will[1])
    for value, flag in ((username, 128), (password, 64)):
        if value is not None:
            flags |= flag
            tail += text(value)
    head = text("MQIsdp" if version == 3 else "MQTT") + bytes([version, flags]) + struct.pack("!H", keep_alive)
    return packet(CONNECT, head + (length(len(properties)) + properties if version == 5 else b"") + tail)


def publish_packet(topic, payload, qos=0, packet_id=None, dup=False, retain=False, version=4, properties=b""):
    body = text(topic)
    if qos:
        body += struct.pack("!H", packet_id)
    if version == 5:
        body += length(len(properties)) + properties
    data = payload if isinstance(payload, bytes) else payload.encode()
    return packet(PUBLISH, body + data, (8 if dup else 0) | qos << 1 | (1 if retain else 0))


class Closed(Exception):
    """The server closed the connection."""


class Packet:
    """A packet as it arrived."""

    def __init__(self, kind, flags, body):
        self.kind, self.flags, self.body = kind, flags, body

    @property
    def packet_id(self):
        return struct.unpack("!H", self.body[:2])[0]

    @property
    def reason(self):
        """The reason code of an acknowledgement, CONNACK or DISCONNECT; 0 when it is left out."""
        at = {CONNACK: 1, DISCONNECT: 0}.get(self.kind, 2)
        return self.body[at] if len(self.body) > at else 0

    def publish(self, version=4):
        """(topic, packet id or None, payload) of a PUBLISH."""
        size = struct.unpack("!H", self.body[:2])[0]
        topic, rest, packet_id = self.body[2 : 2 + size].decode(), self.body[2 + size :], None
        if self.flags >> 1 & 3:
            packet_id, rest = struct.unpack("!H", rest[:2])[0], rest[2:]
        if version == 5:
            rest = rest[1 + rest[0] :]
        return topic, packet_id, rest

    def __repr__(self):
        return f"<packet {self.kind} flags {self.flags} {self.body[:40].hex()}>"


class Raw:
    """One connection."""

    def __init__(self, port, timeout=10.0, source=None, tls=None, before=b""):
        """`source`: an address of this machine to come from; `tls`: an SSLContext; `before`: bytes before the handshake."""
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout, source_address=source and (source, 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if before:
            self.socket.sendall(before)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname="localhost")
        self.timeout = timeout
        self.buffer = bytearray()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, data):
        self.socket.sendall(data)

    def close(self):
        """Drops the connection without a DISCONNECT."""
        self.socket.close()

    def take(self):
        """A packet that is already in the buffer, or None."""
        count, at, shift = 0, 1, 0
        while True:
            if at >= len(self.buffer):
                return None
            count |= (self.buffer[at] & 127) << shift
            shift += 7
            at += 1
            if self.buffer[at - 1] < 128:
                break
        if len(self.buffer) < at + count:
            return None
        found = Packet(self.buffer[0] >> 4, self.buffer[0] & 15, bytes(self.buffer[at : at + count]))
        del self.buffer[: at + count]
        return found

    def read(self, timeout=None):
        """The next packet. Raises Closed, or TimeoutError after `timeout` seconds."""
        deadline = time.monotonic() + (self.timeout if timeout is None else timeout)
        while True:
            found = self.take()
            if found:
                return found
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("no packet")
            self.socket.settimeout(left)
            try:
                data = self.socket.recv(65536)
            except (ConnectionError, BrokenPipeError) as error:
                raise Closed(str(error)) from error
            if not data:
                raise Closed("end of stream")
            self.buffer += data

    def expect(self, kind, timeout=None):
        found = self.read(timeout)
        assert found.kind == kind, f"expected packet {kind}, got {found}"
        return found

    def silent(self, seconds=0.3):
        """Nothing arrives for that long."""
        try:
            found = self.read(seconds)
        except TimeoutError:
            return True
        raise AssertionError(f"unexpected {found}")

    def ends(self, seconds=60.0):
        """The server closes; what it said before is returned."""
        said = []
        deadline = time.monotonic() + seconds
        while True:
            try:
                said.append(self.read(max(0.01, deadline - time.monotonic())))
            except Closed:
                return said

    def connect(self, client_id, version=4, **options):
        """Sends CONNECT and returns the CONNACK."""
        self.version = version
        self.send(connect_packet(client_id, version, **options))
        return self.expect(CONNACK)

    def subscribe(self, topic_filter, qos=0, packet_id=1):
        body = struct.pack("!H", packet_id) + (b"\x00" if self.version == 5 else b"") + text(topic_filter) + bytes([qos])
        self.send(packet(SUBSCRIBE, body))
        return self.expect(SUBACK).body[-1]

    def publish(self, topic, payload, qos=0, packet_id=None, **options):
        self.send(publish_packet(topic, payload, qos, packet_id, version=self.version, **options))

    def acknowledge(self, kind, packet_id):
        self.send(packet(kind, struct.pack("!H", packet_id)))
