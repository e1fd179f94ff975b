"""What many sites run beside their broker: takes node telemetry from MQTT and writes it to InfluxDB 1.x.

usage: subscriber.py MQTT-PORT INFLUX-PORT BATCH
BATCH 1 writes each message as it comes; more gathers so many, or what came within a fifth of a second.
"""

import json
import sys
import time

import paho.mqtt.client as mqtt
from influxdb import InfluxDBClient

mqtt_port, influx_port, batch = map(int, sys.argv[1:4])
influx = InfluxDBClient("127.0.0.1", influx_port, database="site")
lines, oldest = [], 0.0


def line_of(payload):
    message = json.loads(payload)
    fields = dict(message["sensors"], wifi_rssi=message["wifi_rssi"], uptime=message["uptime"])
    text = ",".join(f"{name}={value}" for name, value in fields.items())
    return f"telemetry,node_id={message['node_id']} {text} {message['timestamp']}"


def flush():
    influx.write_points(lines, protocol="line", time_precision="ms")
    lines.clear()


def on_message(client, userdata, message):
    global oldest
    if not lines:
        oldest = time.monotonic()
    lines.append(line_of(message.payload))
    if len(lines) >= batch:
        flush()


client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="to-influx", protocol=mqtt.MQTTv311)
client.on_message = on_message
client.on_connect = lambda c, *_: c.subscribe("iot/node/+/telemetry", 1)
client.on_subscribe = lambda *_: print("ready", flush=True)
client.connect("127.0.0.1", mqtt_port)
while True:
    client.loop(0.1)
    if lines and time.monotonic() - oldest > 0.2:
        flush()
