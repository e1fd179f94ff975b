"""SIGKILL at random moments; every acknowledged message is accounted for afterwards."""

import os
import time

import pytest

from support.clients import V5, V311, Client
from support.flood import Fleet, pause

ROUNDS = int(os.environ.get("MARTLET_CRASH_ROUNDS", 30))


@pytest.mark.timeout(120 + 15 * ROUNDS)
def test_nothing_acknowledged_is_lost_and_nothing_of_qos_2_is_doubled(own):
    hub = own(start=False)
    fleet = Fleet(int(time.time()) - 3600)
    slowest = 0
    for number in range(ROUNDS):
        begun = time.monotonic()
        hub.start()
        slowest = max(slowest, time.monotonic() - begun)
        fleet.fly(hub.mqtt_port)
        time.sleep(pause())
        hub.kill()
        fleet.land()
        if number % 10 == 9:
            hub.start()
            fleet.account(hub)
            hub.kill()
    hub.start()
    fleet.fly(hub.mqtt_port)
    fleet.land()
    fleet.account(hub)
    total = sum(len(p.acknowledged) for p in fleet.publishers)
    assert all(p.next == len(p.acknowledged) for p in fleet.publishers)
    print(f"{ROUNDS} rounds, {total} messages accounted for, slowest start {slowest:.2f} s")
    assert total > 20 * ROUNDS, "hardly anything was published: this round shows nothing"
    assert slowest < 5
    hub.stop()


@pytest.mark.parametrize("version", [V311, V5], ids=["3.1.1", "5.0"])
def test_sessions_queues_and_retained_messages_survive_a_crash(own, version):
    hub = own()
    options = {"client_id": "keeper", "clean": False, "expiry": 3600}
    with Client(hub.mqtt_port, version, **options) as keeper:
        keeper.subscribe("keep/#", 2)
    with Client(hub.mqtt_port, version) as sender:
        sender.publish("keep/retained", "kept", 1, retain=True)
        for number in range(50):
            sender.publish(f"keep/{number}", str(number), 1 + number % 2)
        hub.kill()
    hub.start()
    with Client(hub.mqtt_port, version, **options) as keeper:
        assert keeper.session_present
        topics = [keeper.receive().topic for _ in range(51)]
        # In order for each QoS: paho hands a message of QoS 2 on when it is released, which takes one more exchange.
        assert [t for t in topics if not t[-1] in "13579"] == ["keep/retained", *(f"keep/{n}" for n in range(0, 50, 2))]
        assert [t for t in topics if t[-1] in "13579"] == [f"keep/{n}" for n in range(1, 50, 2)]
        assert keeper.hears_nothing()
    with Client(hub.mqtt_port, version, subscriptions=[("keep/retained", 1)]) as late:
        message = late.receive()
        assert message.retain and message.payload == b"kept"
    hub.stop()
