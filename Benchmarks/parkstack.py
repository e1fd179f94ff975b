"""What a small car park runs beside its broker: Flask for the pages, a paho subscriber, SQLite, a WebSocket for what changes.

usage: parkstack.py MQTT-PORT HTTP-PORT DATABASE BATCH < lots.json
BATCH 1 commits each change as it comes; more gathers so many, or what came within a fifth of a second.
Contract of the topics, endpoints and events: docs/parking-api.md.
"""

import json
import logging
import queue
import sqlite3
import sys
import threading
import time

import paho.mqtt.client as mqtt
from flask import Flask, jsonify
from flask_sock import Sock

mqtt_port, http_port, path, batch = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
SCHEMA = """
CREATE TABLE lots (lot_id TEXT PRIMARY KEY, name TEXT, address TEXT, total_spots INTEGER, available_spots INTEGER, occupied_spots INTEGER);
CREATE TABLE spots (spot_id TEXT PRIMARY KEY, lot_id TEXT REFERENCES lots, occupied INTEGER, distance REAL, observed_at REAL);
CREATE INDEX spots_of ON spots (lot_id);
CREATE TABLE history (id INTEGER PRIMARY KEY, spot_id TEXT, lot_id TEXT, occupied INTEGER, distance REAL, at REAL);
CREATE INDEX history_of ON history (spot_id, at);
"""


def open_database():
    database = sqlite3.connect(path, timeout=30)
    # As durable as what it is compared with: a commit is on the disk.
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    return database


def fill(lots):
    database = open_database()
    database.executescript(SCHEMA)
    for lot in lots:
        spots = lot["spots"]
        database.execute("INSERT INTO lots VALUES (?, ?, ?, ?, 0, 0)", (lot["lot_id"], lot["name"], lot["address"], len(spots)))
        database.executemany("INSERT INTO spots VALUES (?, ?, NULL, NULL, NULL)", [(spot["spot_id"], lot["lot_id"]) for spot in spots])
    database.commit()
    database.close()


fill(json.load(sys.stdin)["lots"])
app = Flask(__name__)
sock = Sock(app)
listeners, listeners_lock = [], threading.Lock()


@app.get("/api/lots")
def lots():
    with open_database() as database:
        database.row_factory = sqlite3.Row
        return jsonify([dict(row) for row in database.execute("SELECT * FROM lots ORDER BY lot_id")])


@app.get("/api/lots/<lot_id>")
def lot(lot_id):
    with open_database() as database:
        database.row_factory = sqlite3.Row
        found = dict(database.execute("SELECT * FROM lots WHERE lot_id = ?", (lot_id,)).fetchone())
        rows = database.execute("SELECT spot_id, lot_id, occupied, distance FROM spots WHERE lot_id = ? ORDER BY spot_id", (lot_id,))
        found["spots"] = [dict(row) for row in rows]
        return jsonify(found)


@sock.route("/ws")
def live(socket):
    """The page of one lot: it names the lot, then it is told what changes there."""
    lot_id = json.loads(socket.receive())["topics"][0].split("/")[1]
    waiting = queue.SimpleQueue()
    with listeners_lock:
        listeners.append((lot_id, waiting))
    socket.send('{"type":"subscribed"}')
    while True:
        socket.send(waiting.get())


def change(database, message):
    """One change: spot, history and counts in the transaction that is open; None if nothing changes."""
    spot_id, lot_id, occupied = message["spot_id"], message["lot_id"], bool(message["occupied"])
    row = database.execute("SELECT occupied FROM spots WHERE spot_id = ? AND lot_id = ?", (spot_id, lot_id)).fetchone()
    if row is None:
        return None
    distance, at = message["distance"], message["timestamp"] / 1000
    database.execute("UPDATE spots SET occupied = ?, distance = ?, observed_at = ? WHERE spot_id = ?", (occupied, distance, at, spot_id))
    if row[0] is not None and bool(row[0]) == occupied:
        return None
    database.execute("INSERT INTO history (spot_id, lot_id, occupied, distance, at) VALUES (?, ?, ?, ?, ?)", (spot_id, lot_id, occupied, distance, at))
    before = (0, 0) if row[0] is None else (int(not row[0]), int(bool(row[0])))
    after = (int(not occupied), int(occupied))
    database.execute(
        "UPDATE lots SET available_spots = available_spots + ?, occupied_spots = occupied_spots + ? WHERE lot_id = ?",
        (after[0] - before[0], after[1] - before[1], lot_id))
    return spot_id, lot_id, occupied, distance


def tell(client, spot_id, lot_id, occupied, distance):
    """After the commit: the LED, then every page."""
    client.publish("parkmate/led/command", json.dumps({"spot_id": spot_id, "lot_id": lot_id, "color": "red" if occupied else "green"}))
    with listeners_lock:
        mine = [waiting for lot, waiting in listeners if lot == lot_id]
    if mine:
        # Without blanks, as pages send and get it.
        event = json.dumps(
            {"event": "spot_update", "spot_id": spot_id, "lot_id": lot_id, "occupied": occupied, "distance": distance}, separators=(",", ":"))
        for waiting in mine:
            waiting.put(event)


def subscriber():
    database = open_database()
    waiting, oldest = [], 0.0
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="parkstack", protocol=mqtt.MQTTv311)

    def flush():
        told = [found for message in waiting if (found := change(database, message))]
        waiting.clear()
        database.commit()
        for found in told:
            tell(client, *found)

    def on_message(_, __, message):
        nonlocal oldest
        if not waiting:
            oldest = time.monotonic()
        waiting.append(json.loads(message.payload))
        if len(waiting) >= batch:
            flush()

    client.on_message = on_message
    client.on_connect = lambda c, *_: c.subscribe("parkmate/spot/status", 1)
    client.on_subscribe = lambda *_: print("ready", flush=True)
    client.connect("127.0.0.1", mqtt_port)
    while True:
        client.loop(0.1)
        if waiting and time.monotonic() - oldest > 0.2:
            flush()


logging.getLogger("werkzeug").setLevel(logging.ERROR)
threading.Thread(target=subscriber, daemon=True).start()
app.run("127.0.0.1", http_port, threaded=True)
