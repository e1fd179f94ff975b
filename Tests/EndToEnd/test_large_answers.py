"""Answers of many rows: read while they are sent, in the memory of a page, however slowly their clients take them."""

import csv
import json
import re
import socket
import urllib.request

import pytest

from support.raw import PUBACK, Raw
from support.server import ROOT, Martlet

ROWS, FIELDS, BEGIN = 100_000, 8, 1_790_000_000
MIB = 1 << 20


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """A hub with one node of many readings, one a second."""
    limits = {"MARTLET_LIMIT_MESSAGES_PER_DEVICE": "0", "MARTLET_LIMIT_MESSAGES_PER_ADDRESS": "0"}
    hub = Martlet(tmp_path_factory.mktemp("large"), ROOT / "build/logs/e2e-large-answers.log")
    hub.settings |= limits
    hub.start()
    with Raw(hub.mqtt_port) as node:
        assert node.connect("big", 5).reason == 0
        for n in range(ROWS):
            sensors = {f"field_{k}": (n * (k + 3) % 1000) / 10 for k in range(FIELDS)}
            is_last = n == ROWS - 1
            node.publish("iot/node/big/telemetry", json.dumps({"timestamp": BEGIN + n, "sensors": sensors}), int(is_last), int(is_last))
        assert node.expect(PUBACK).reason == 0
    yield hub
    hub.stop()
    hub.end()


def memory(hub, name):
    with open(f"/proc/{hub.process.pid}/status") as status:
        return int(re.search(rf"^{name}:\s+(\d+) kB", status.read(), re.M)[1]) * 1024


def ask(hub, query, accept="application/json"):
    address = f"{hub.url}/api/nodes/big/readings?from={BEGIN}&to={BEGIN + ROWS}&{query}"
    with urllib.request.urlopen(urllib.request.Request(address, headers={"Accept": accept}), timeout=120) as answer:
        return answer.headers, answer.read().decode()


def test_all_rows_come_in_both_forms(full):
    _, body = ask(full, f"limit={ROWS}")
    found = json.loads(body)
    assert len(found["rows"]) == ROWS and len(found["fields"]) == FIELDS and not found["truncated"]
    assert [row[0] for row in found["rows"]] == sorted({row[0] for row in found["rows"]})
    assert found["rows"][12_345][1:] == [12_345 * (k + 3) % 1000 / 10 for k in range(FIELDS)]
    headers, body = ask(full, "limit=50000", accept="text/csv")
    assert headers["Transfer-Encoding"] == "chunked"
    rows = list(csv.reader(body.splitlines()))
    assert len(rows) == 1 + 50_000 * FIELDS and rows[0] == ["time", "node_id", "field", "value"]
    # The newest are kept, and the last is the last.
    assert float(rows[-1][3]) == (ROWS - 1) * (FIELDS + 2) % 1000 / 10


def test_steps_of_many_pages(full):
    _, body = ask(full, "step=2s&agg=count")
    rows = json.loads(body)["rows"]
    assert len(rows) == ROWS // 2 and all(row[1:] == [2] * FIELDS for row in rows)


def test_readers_that_take_nothing_cost_a_page_each(full):
    """Twenty ask for everything and read nothing: what they would be sent does not wait in the hub's memory."""
    ask(full, f"limit={ROWS}")
    before = memory(full, "VmRSS")
    request = f"GET /api/nodes/big/readings?from={BEGIN}&to={BEGIN + ROWS}&limit={ROWS} HTTP/1.1\r\nHost: {full.url[7:]}\r\n\r\n"
    waiting = []
    try:
        for _ in range(20):
            one = socket.create_connection(("127.0.0.1", full.http_port))
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
            one.sendall(request.encode())
            waiting.append(one)
        for one in waiting:
            one.settimeout(60)
            assert one.recv(12, socket.MSG_PEEK | socket.MSG_WAITALL) == b"HTTP/1.1 200"
        # Others are answered meanwhile.
        assert json.loads(ask(full, "limit=5")[1])["truncated"]
        grown = memory(full, "VmRSS") - before
        print(f"{grown / MIB:.1f} MiB")
        assert grown < 20 * 6 * MIB, f"{grown / MIB:.1f} MiB for 20 readers"
    finally:
        for one in waiting:
            one.close()
