"""The broker as paho-mqtt sees it, in 3.1.1 and in 5.0."""

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from support.clients import V5, V311, Client, reached
from support.waiting import wait_for

BOTH = pytest.mark.parametrize("version", [V311, V5], ids=["3.1.1", "5.0"])


def properties(**values):
    made = Properties(PacketTypes.PUBLISH)
    for name, value in values.items():
        setattr(made, name, value)
    return made


@BOTH
@pytest.mark.parametrize("qos", [0, 1, 2])
def test_hundred_messages_arrive_once_and_in_order(hub, fresh, version, qos):
    with Client(hub.mqtt_port, version) as receiver, Client(hub.mqtt_port, version) as sender:
        assert receiver.subscribe(f"{fresh}/#", qos) == [qos]
        infos = [sender.paho.publish(f"{fresh}/n", str(number), qos) for number in range(100)]
        for info in infos:
            info.wait_for_publish(10)
        assert [int(receiver.receive().payload) for _ in range(100)] == list(range(100))
        assert receiver.hears_nothing()


@BOTH
def test_the_lower_qos_of_both_sides_counts(hub, fresh, version):
    with Client(hub.mqtt_port, version) as receiver, Client(hub.mqtt_port, version) as sender:
        receiver.subscribe(f"{fresh}/one", 1)
        receiver.subscribe(f"{fresh}/two", 2)
        for topic in ["one", "two"]:
            for qos in [0, 1, 2]:
                sender.publish(f"{fresh}/{topic}", str(qos), qos)
        assert [receiver.receive().qos for _ in range(6)] == [0, 1, 1, 0, 1, 2]


@BOTH
def test_a_payload_of_many_sizes_survives(hub, fresh, version):
    with Client(hub.mqtt_port, version) as receiver, Client(hub.mqtt_port, version) as sender:
        receiver.subscribe(f"{fresh}/#", 1)
        for size in [0, 1, 127, 128, 16_383, 16_384, 100_000]:
            payload = bytes(i * 7 % 256 for i in range(size))
            assert sender.publish(f"{fresh}/bytes", payload) in (0, 16)
            assert receiver.receive().payload == payload


@BOTH
def test_a_session_outlives_its_connection(hub, fresh, version):
    options = {"client_id": f"{fresh}-s", "clean": False, "expiry": 3600}
    with Client(hub.mqtt_port, version, **options) as first:
        assert not first.session_present
        first.subscribe(f"{fresh}/#", 2)
    with Client(hub.mqtt_port, version) as sender:
        for qos in [0, 1, 2]:
            sender.publish(f"{fresh}/q{qos}", "while away", qos)
        with Client(hub.mqtt_port, version, **options) as second:
            assert second.session_present
            wanted = {f"{fresh}/q1", f"{fresh}/q2"}
            found = {second.receive().topic for _ in wanted}
            assert wanted <= found | {second.receive().topic for _ in wanted - found}
            sender.publish(f"{fresh}/now", "back", 1)
            assert second.receive().topic == f"{fresh}/now"
    with Client(hub.mqtt_port, version, client_id=f"{fresh}-s", clean=True) as third:
        assert not third.session_present
        with Client(hub.mqtt_port, version) as sender:
            sender.publish(f"{fresh}/gone", "", 1)
        assert third.hears_nothing()


def test_a_session_of_5_0_expires(timed, fresh):
    options = {"client_id": f"{fresh}-e", "clean": False}
    with Client(timed.mqtt_port, V5, expiry=3600, **options) as first:
        first.subscribe(f"{fresh}/#", 1)
    reached(timed)
    timed.clock.advance(3599)
    assert reconnects_with_session(timed, options), "the session is still there"
    reached(timed)
    timed.clock.advance(3601)
    assert not reconnects_with_session(timed, options), "the session is gone"


def reconnects_with_session(hub, options):
    with Client(hub.mqtt_port, V5, expiry=3600, **options) as again:
        return again.session_present


@BOTH
def test_a_second_connection_takes_over(hub, fresh, version):
    first = Client(hub.mqtt_port, version, client_id=f"{fresh}-x")
    # paho would reconnect and take over in turn.
    first.paho._reconnect_on_failure = False
    with Client(hub.mqtt_port, version, client_id=f"{fresh}-x") as second:
        assert first.gone.wait(5)
        if version == V5:
            assert first.disconnect_reason.value == 0x8E
        second.subscribe(f"{fresh}/#", 1)
        second.publish(f"{fresh}/me", "still here")
        assert second.receive().payload == b"still here"
    first.paho.loop_stop()


@BOTH
def test_the_will_comes_after_a_loss_and_not_after_a_goodbye(hub, fresh, version):
    with Client(hub.mqtt_port, version, subscriptions=[(f"{fresh}/#", 1)]) as watcher:
        will = (f"{fresh}/will", "lost", 1, False)
        polite = Client(hub.mqtt_port, version, will=will)
        polite.disconnect()
        assert watcher.hears_nothing()
        Client(hub.mqtt_port, version, will=will).drop()
        assert watcher.receive().payload == b"lost"


def test_properties_of_5_0_pass_through(hub, fresh):
    with Client(hub.mqtt_port, V5, subscriptions=[(f"{fresh}/#", 2)]) as receiver, Client(hub.mqtt_port, V5) as sender:
        sent = properties(
            ContentType="application/json", ResponseTopic=f"{fresh}/reply", CorrelationData=b"\x00\x01\xff",
            UserProperty=[("a", "1"), ("a", "2"), ("b", "ü")], PayloadFormatIndicator=1, MessageExpiryInterval=60,
        )
        sender.publish(f"{fresh}/p", "text", 2, properties=sent)
        got = receiver.receive().properties
        assert got.ContentType == "application/json" and got.ResponseTopic == f"{fresh}/reply"
        assert got.CorrelationData == b"\x00\x01\xff" and got.PayloadFormatIndicator == 1
        assert got.UserProperty == [("a", "1"), ("a", "2"), ("b", "ü")]
        assert 55 <= got.MessageExpiryInterval <= 60


def test_an_expired_message_is_not_delivered(timed, fresh):
    hub = timed
    options = {"client_id": f"{fresh}-s", "clean": False, "expiry": 3600}
    with Client(hub.mqtt_port, V5, **options) as receiver:
        receiver.subscribe(f"{fresh}/#", 1)
    with Client(hub.mqtt_port, V5) as sender:
        sender.publish(f"{fresh}/short", "1", properties=properties(MessageExpiryInterval=1))
        sender.publish(f"{fresh}/long", "2", properties=properties(MessageExpiryInterval=100))
        hub.clock.advance(2)
    with Client(hub.mqtt_port, V5, **options) as receiver:
        assert receiver.receive().topic == f"{fresh}/long"
        assert receiver.hears_nothing()


def test_subscription_options_of_5_0(hub, fresh):
    with Client(hub.mqtt_port, V5) as both:
        both.paho.subscribe(f"{fresh}/own", options=SubscribeOptions(qos=1, noLocal=True))
        both.grants.get(timeout=5)
        both.publish(f"{fresh}/own", "mine")
        assert both.hears_nothing()
        both.publish(f"{fresh}/kept", "1", retain=True)
        both.paho.subscribe(f"{fresh}/kept", options=SubscribeOptions(qos=1, retainAsPublished=True))
        both.grants.get(timeout=5)
        assert both.receive().retain
        both.publish(f"{fresh}/kept", "2", retain=True)
        assert both.receive().retain
        both.paho.subscribe(f"{fresh}/kept", options=SubscribeOptions(qos=1, retainHandling=2))
        both.grants.get(timeout=5)
        assert both.hears_nothing()


def test_a_shared_subscription_or_its_refusal(hub, fresh):
    """Either each message goes to one of the group, or the broker says that it cannot (0x9E), as CONNACK announced."""
    with Client(hub.mqtt_port, V5) as one, Client(hub.mqtt_port, V5) as two:
        grants = [c.subscribe(f"$share/{fresh}/{fresh}/#", 1)[0] for c in (one, two)]
        announced = getattr(one.connect_properties, "SharedSubscriptionAvailable", 1)
        if announced == 0:
            assert grants == [0x9E, 0x9E]
            return
        with Client(hub.mqtt_port, V5) as sender:
            for number in range(20):
                sender.publish(f"{fresh}/n", str(number))
        wait_for(lambda: one.messages.qsize() + two.messages.qsize() >= 20, "all 20 are delivered")
        told = [int(c.receive().payload) for c in (one, two) for _ in range(c.messages.qsize())]
        assert sorted(told) == list(range(20))
