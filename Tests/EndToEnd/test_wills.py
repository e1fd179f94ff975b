"""A will is a debt: it outlives the hub's own end, by SIGTERM or SIGKILL, and is paid once."""

import pytest

from support.clients import Client
from support.clock import Clock
from support.raw import Raw
from support.server import run

STOPS = {"SIGTERM": lambda hub: hub.stop(), "SIGKILL": lambda hub: hub.kill()}
KEEP_ALIVE = 60


def retained(hub, topic):
    """What is retained on a topic now; None for nothing."""
    with Client(hub.mqtt_port) as reader:
        reader.subscribe(topic, 1)
        reader.subscribe("wills/end", 1)
        # Behind what is retained.
        reader.publish("wills/end", "end")
        message = reader.receive()
        return message.payload.decode() if message.topic == topic else None


@pytest.mark.parametrize("stop", STOPS)
def test_a_client_that_dies_while_the_hub_is_away_has_its_will(timed, stop):
    hub = timed
    lost, back = Raw(hub.mqtt_port), Raw(hub.mqtt_port)
    for raw, name in ((lost, "lost"), (back, "back")):
        assert raw.connect(name, keep_alive=KEEP_ALIVE, will=(f"wills/{name}", "gone", 1, True)).reason == 0
        raw.publish(f"wills/{name}", "here", 1, 1, retain=True)
        raw.read()
    STOPS[stop](hub)
    lost.close()
    back.close()
    hub.start()
    with Raw(hub.mqtt_port) as again:
        assert again.connect("back", keep_alive=600).reason == 0
        hub.clock.advance(KEEP_ALIVE * 1.5 - 1)
        assert retained(hub, "wills/lost") == "here", "it has its keep alive and a half to come back"
        hub.clock.advance(2)
        assert retained(hub, "wills/lost") == "gone", "the will is published"
        assert retained(hub, "wills/back") == "here"
        # Paid: whoever says anything else there is not contradicted after the next start.
        with Client(hub.mqtt_port) as other:
            other.publish("wills/lost", "new", 1, retain=True)
    STOPS[stop](hub)
    hub.start()
    hub.clock.advance(3600)
    assert retained(hub, "wills/lost") == "new"
    hub.stop()


def test_the_rights_of_a_device_that_is_not_back_are_those_of_now(own_closed):
    closed = own_closed(clock=Clock())
    keys = {name: closed.device(f"node_{name}") for name in ("w1", "w2")}
    token = closed.person("operator").personal_token(["mqtt.subscribe"])["token"]
    raws = []
    for name, key in keys.items():
        raw = Raw(closed.mqtt_port)
        will = (f"iot/node/{name}/status", '{"status":"offline"}', 1, True)
        assert raw.connect(name, keep_alive=KEEP_ALIVE, username=f"node_{name}", password=key, will=will).reason == 0
        raws.append(raw)
    closed.kill()
    for raw in raws:
        raw.close()
    done = run("device", "revoke", "node_w2", "--data", closed.data)
    assert done.returncode == 0, done
    closed.start()
    with Client(closed.mqtt_port, username="any", password=token, subscriptions=[("iot/node/+/status", 1)]) as listener:
        closed.clock.advance(3600)
        assert listener.receive().topic == "iot/node/w1/status"
        assert listener.hears_nothing()
    closed.stop()
