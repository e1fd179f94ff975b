"""What cities read, against the schemas of the tests, by a validator that is not ours: the answers of the running program, and that the schemas
are schemas."""

import copy
import json

import pytest
from jsonschema import Draft202012Validator

from support.parkmate import Spot, add_tariff
from support.server import ROOT, Martlet

SCHEMAS = ROOT / "Tests/ParkingTests/cases/feeds"


def schema(name):
    found = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)


def complaints(name, document):
    return [f"{error.json_path}: {error.message[:200]}" for error in schema(name).iter_errors(document)]


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """A hub without the lots of other tests, which would fill the first page of a feed."""
    server = Martlet(tmp_path_factory.mktemp("feeds"), ROOT / "build/logs/e2e-feeds.log").start()
    yield server
    try:
        server.stop()
    finally:
        server.end()


@pytest.fixture(scope="module")
def city(hub):
    """A lot in which every status and kind occurs, one of which nothing is known, and one that is nobody's business; their ids."""
    names = {name: f"LOT-{name}" for name in ("city", "silent", "hidden")}
    kinds = ["standard", "standard", "standard", "disabled", "ev", "family", "motorcycle"]
    place = {"currency": "EUR", "time_zone": "Europe/Berlin", "address": "1 Market Square", "latitude": 52.52, "longitude": 13.405}
    lots = [
        {"lot_id": names["city"], "name": "City", **place, "spots": [{"spot_id": f"{names['city']}-{n}", "kind": kind} for n, kind in enumerate(kinds)]},
        {"lot_id": names["silent"], "name": "Silent", **place, "spots": [{"spot_id": f"{names['silent']}-0"}]},
        {"lot_id": names["hidden"], "name": "Hidden", **place, "public": False, "spots": [{"spot_id": f"{names['hidden']}-0"}]},
    ]
    answer = hub.ask("/api/lots/import", "POST", {"lots": lots})
    assert answer.status == 200, answer
    add_tariff(hub, names["city"], 250)
    for number, occupied in [(0, False), (1, True), (2, False), (3, False), (4, True)]:
        with Spot(hub.mqtt_port, f"{names['city']}-{number}", names["city"]) as sensor:
            assert sensor.report(occupied) == 0
    assert hub.post(f"/api/lots/{names['city']}/override", {"spot_id": f"{names['city']}-2", "out_of_service": True}).status == 200
    return names


FEEDS = {
    "parkapi": "parkapi-sites", "parkapi/parking-sites": "parkapi-sites", "parkapi/sources": "parkapi-sources", "geojson": "geojson",
    "datex2?country=DE": "datex2", "apds/places": "apds-places", "apds/places/{lot}": "apds-place", "apds/rates": "apds-rates",
    "apds/rates/{lot}": "apds-rate",
}


@pytest.mark.parametrize("feed", FEEDS)
def test_a_feed_is_as_its_schema_says(hub, city, feed):
    document = hub.get(f"/api/feeds/{feed.format(lot=city['city'])}")
    assert complaints(FEEDS[feed], document) == []
    text = json.dumps(document)
    assert city["hidden"] not in text
    if "sources" not in feed:
        assert city["city"] in text, "the check was of something"


def test_one_site_by_its_number(hub, city):
    site = next(site for site in hub.get("/api/feeds/parkapi")["items"] if site["original_uid"] == city["city"])
    assert complaints("parkapi-site", hub.get(f"/api/feeds/parkapi/parking-sites/{site['id']}")) == []
    assert site["realtime_free_capacity"] == 2 and site["realtime_capacity"] == 6


def test_every_schema_is_used():
    assert {path.name.removesuffix(".schema.json") for path in SCHEMAS.iterdir()} == {*FEEDS.values(), "parkapi-site"}


@pytest.mark.parametrize("feed", FEEDS)
def test_the_schemas_see_mistakes(hub, city, feed):
    """Each member that a schema demands is missed when it is gone."""
    document = hub.get(f"/api/feeds/{feed.format(lot=city['city'])}")
    name = FEEDS[feed]
    whole = schema(name).schema
    demanded = whole.get("required") or whole["$defs"][whole["$ref"].rsplit("/", 1)[-1]]["required"]
    for member in demanded:
        less = copy.deepcopy(document)
        del less[member]
        assert complaints(name, less), f"{name} does not miss {member}"
