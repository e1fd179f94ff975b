"""ParkMate sensors that know neither user name nor password, on a hub that asks for them: let in by their network, and for little."""

import pytest

from support.parkmate import LED, PAYMENT, STATUS, make_lot, spot_of, stamp
from support.raw import PUBACK, PUBLISH, Raw
from support.server import run
from support.settings import KEYLESS

SENSORS, ELSEWHERE = "127.0.0.12", "127.0.0.13"


@pytest.fixture(scope="module")
def lot(tmp_path_factory):
    from conftest import LOGS
    from support.accounts import Closed

    log = LOGS / "e2e-keyless.log"
    log.unlink(missing_ok=True)
    hub = Closed(tmp_path_factory.mktemp("keyless") / "data", log, [KEYLESS, f"parking@{SENSORS}/32"]).start()
    hub.lot = "LOT001"
    hub.spots = make_lot(hub.admin, hub.lot, 3)
    yield hub
    hub.end()


def say(raw, lot, spot, occupied, packet_id=1):
    raw.publish(STATUS, '{"spot_id":"%s","lot_id":"%s","occupied":%s,"distance":%d,"timestamp":"%s"}' % (
        spot, lot.lot, str(occupied).lower(), 30 if occupied else 200, stamp()), 1, packet_id)


def report(raw, *what):
    say(raw, *what)
    return raw.expect(PUBACK).reason


def sensor(lot, **options):
    return Raw(lot.mqtt_port, source=SENSORS, **options)


def test_a_sensor_from_the_network_reports_and_hears_its_led(lot):
    spot = lot.spots[0]
    with sensor(lot) as raw:
        assert raw.connect("parkmate-1", 4).reason == 0
        assert raw.subscribe(LED, 1) == 1
        say(raw, lot, spot, True)
        # In either order: its acknowledgement, and the colour.
        heard = {packet.kind: packet for packet in (raw.read(), raw.read())}
        assert heard.keys() == {PUBACK, PUBLISH} and b'"red"' in bytes(heard[PUBLISH].body)
        assert spot_of(lot.admin, lot.lot, spot)["status"] == "occupied"


def test_it_may_do_nothing_else(lot):
    with sensor(lot) as raw:
        assert raw.connect("parkmate-2", 5).reason == 0
        for number, topic in enumerate((PAYMENT, LED, "iot/node/1/telemetry", "anything"), 10):
            raw.publish(topic, "{}", 1, number)
            assert raw.expect(PUBACK).reason == 0x87, topic
        for topic in ("#", STATUS, "parkmate/#", "iot/#", "$SYS/#"):
            assert raw.subscribe(topic, 1) == 0x87, topic
        assert report(raw, lot, "SPOT-unknown", True, 30) >= 0x80


def test_a_spot_that_has_a_key_is_spoken_for_by_nobody_without(lot):
    spot = lot.spots[1]
    lot.device(spot, "parking")
    with sensor(lot) as raw:
        assert raw.connect("parkmate-3", 5).reason == 0
        assert report(raw, lot, spot, True) == 0x87
    assert spot_of(lot.admin, lot.lot, spot)["status"] == "unknown"


def test_everybody_else_is_a_stranger_as_before(lot):
    with Raw(lot.mqtt_port, source=ELSEWHERE) as raw:
        assert raw.connect("parkmate-4", 5).reason == 0x86
    with sensor(lot) as raw:
        assert raw.connect("parkmate-5", 5, username="SPOT009", password="some password 1").reason == 0x86
    assert lot.ask("/api/nodes").status == 401


@pytest.mark.parametrize("entry", ["node@127.0.0.1", "parking", "parking@", "parking@127.0.0.1/8", "parking@everywhere", "@127.0.0.1"])
def test_what_is_no_entry_is_said(tmp_path, entry):
    told = run("check", "--data", tmp_path / "data", KEYLESS, entry)
    assert told.returncode == 64 and entry.split("@")[0] in told.stderr and "MARTLET_KEYLESS_DEVICES" in told.stderr, told
