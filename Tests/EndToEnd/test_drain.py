"""SIGTERM in full flight: what was acknowledged is stored, and the program leaves with 0."""

import time

import pytest

from support.clients import V311, Client
from support.flood import Fleet
from support.waiting import wait_for


@pytest.mark.parametrize("seconds", [0.05, 0.4, 1.0])
def test_stopping_in_full_flight(own, seconds):
    hub = own()
    fleet = Fleet(int(time.time()) - 3600)
    fleet.fly(hub.mqtt_port)
    time.sleep(seconds)
    begun = time.monotonic()
    hub.stop()
    assert time.monotonic() - begun < 20
    fleet.land()
    hub.start()
    fleet.account(hub)
    fleet.fly(hub.mqtt_port)
    fleet.land()
    fleet.account(hub)
    assert all(publisher.next == len(publisher.acknowledged) for publisher in fleet.publishers)
    hub.stop()


def test_a_client_of_5_0_is_told_that_the_server_stops(own):
    from support.raw import DISCONNECT, Raw

    hub = own()
    with Raw(hub.mqtt_port) as raw:
        raw.connect("listener", 5)
        hub.process.terminate()
        said = raw.ends(10)
        assert [p.kind for p in said] == [DISCONNECT] and said[0].reason == 0x8B
    assert hub.process.wait(10) == 0


def test_stopping_twice_and_idle(own):
    hub = own()
    hub.process.terminate()
    hub.process.terminate()
    assert hub.process.wait(10) == 0
    hub.start()
    with Client(hub.mqtt_port, V311):
        hub.stop()
    wait_for(lambda: not hub.is_running(), "stopped")
