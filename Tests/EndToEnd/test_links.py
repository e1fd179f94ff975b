"""Links: an address that a spreadsheet follows without an account, and whose key is nowhere but in it."""

import concurrent.futures
import csv
import io
import subprocess
import time

import pytest

from support.clients import Client
from support.clock import Clock
from support.parkmate import STATUS, stamp
from support.waiting import wait_for


@pytest.fixture
def shared(own_closed):
    """A hub at its most talkative with a node that has reported, and a link to its readings."""
    hub = own_closed(settings={"MARTLET_LOG_LEVEL": "trace"})
    key = hub.device("node_07")
    with hub.mqtt_node("07", key) as node:
        for number in range(3):
            assert node.telemetry({"temperature": 20 + number}, timestamp=int(time.time()) - 60 + number) == 0
    made = hub.admin.must("POST", "/api/links", {"kind": "nodes.readings", "device": "node_07", "purpose": "The greenhouse sheet", "days": 30}, (201,))
    yield hub, made
    hub.stop()


def rows(answer):
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_a_sheet_follows_a_node_without_an_account(shared):
    hub, made = shared
    assert made["path"] == f"/api/feeds/{made['key']}/readings.csv" and len(made["key"]) >= 4 + 43
    answer = hub.ask(made["path"])
    assert answer.status == 200 and answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Referrer-Policy"] == "no-referrer" and answer.headers["Cache-Control"] == "no-store"
    assert [(row["node_id"], row["field"], row["value"]) for row in rows(answer)] == [("node_07", "temperature", str(value)) for value in (20, 21, 22)]
    assert len(rows(hub.ask(f"{made['path']}?step=1h&agg=max&from={int(time.time()) - 86400}"))) <= 2
    assert hub.ask(f"{made['path']}?step=nonsense").status == 400
    # Nothing else opens with it, by whatever way it is shown.
    for path in ("/api/nodes/node_07", "/api/nodes/node_07/readings", "/api/links?device=node_07", "/metrics"):
        for headers in ({"Authorization": f"Bearer {made['key']}"}, {"X-Device-Id": "node_07", "X-API-Key": made["key"]}):
            assert hub.ask(path, headers=headers).status in (401, 403), (path, headers)
    assert hub.ask(made["path"], "POST", {}).status == 405


def test_every_use_counts(shared):
    hub, made = shared
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: hub.ask(made["path"]).status, range(60)))
    assert answers == [200] * 60
    [link] = hub.admin.get("/api/links?device=node_07")["links"]
    assert link["uses"] == 60 and link["last_used_at"] and link["open"], link
    # What is not stored yet is stored when the hub stops.
    hub.stop()
    hub.start()
    [link] = hub.admin.get("/api/links?device=node_07")["links"]
    assert link["uses"] == 60 and link["last_used_at"], link


def test_uses_cost_no_commit_and_a_crash_takes_those_of_the_last_minute_alone(own_closed):
    hub = own_closed(clock=Clock())
    made = hub.admin.must("POST", "/api/links", {"kind": "nodes.site-values", "site": "main", "purpose": "x"}, (201,))
    uses = lambda: hub.admin.get("/api/links?site=main")["links"][0]["uses"]
    committed = lambda: hub.metrics()["martlet_batches_total"]
    before = committed()
    for _ in range(200):
        assert hub.ask(made["path"]).status == 200
    # Others have the writer commit something now and then.
    assert committed() - before < 20 and uses() == 200
    hub.clock.advance(60)
    assert uses() == 200
    assert hub.ask(made["path"]).status == 200 and uses() == 201
    hub.kill()
    hub.start()
    assert uses() == 200


def test_what_opens_nothing_is_told_the_same(shared):
    hub, made = shared
    revoked = hub.admin.must("POST", "/api/links", {"kind": "nodes.readings", "device": "node_07", "purpose": "x"}, (201,))
    assert hub.ask(revoked["path"]).status == 200
    hub.admin.must("DELETE", f"/api/links/{revoked['id']}")
    unknown = made["path"].replace(made["key"], "mlk_" + "A" * 43)
    device = made["path"].replace(made["key"], "none")
    answers = [hub.ask(path) for path in (revoked["path"], unknown, device)]
    assert len({(answer.status, answer.body) for answer in answers}) == 1 and answers[0].status == 404, answers
    # Somebody who guesses is held back, and by the address alone.
    wait_for(lambda: hub.ask(unknown, source="127.0.8.8").status == 429, "who guesses is held back", pause=0)
    assert hub.ask(made["path"], source="127.0.8.8").status == 200
    assert hub.ask(unknown, source="127.0.8.9").status == 404
    # A node that is at another site is not what was shared.
    hub.site("yard")
    hub.admin.must("PUT", "/api/devices/node_07", {"site": "yard"})
    assert hub.ask(made["path"]).body == answers[0].body


def test_a_key_is_in_no_log_and_no_table(shared):
    hub, made = shared
    secret = made["key"].removeprefix("mlk_")
    person = hub.person("operator")
    for path in (made["path"], made["path"] + "?limit=-1", made["path"] + "/more", made["path"].replace(made["key"], secret + "%zz")):
        hub.ask(path)
        person.ask(path)
        person.ask(path, "DELETE")
    told = hub.admin.ask("/api/audit/export").text + hub.metrics_text() + str(hub.admin.get("/api/audit")) + str(hub.admin.get("/openapi.json"))
    assert secret not in told
    assert "link.make" in told
    hub.stop()
    assert secret not in hub.log_text()
    assert "HTTP request answered" in hub.log_text(), "the log was not as talkative as this test needs it"
    for file in hub.data.rglob("*"):
        if file.is_file():
            found = subprocess.run(["grep", "-c", "-a", "-F", secret, file], capture_output=True, text=True)
            assert found.stdout.strip() in ("0", ""), f"{file.name} has a key"
    hub.start()


def test_who_may_share(shared):
    hub, made = shared
    viewer, operator = hub.person("viewer"), hub.person("operator")
    elsewhere = hub.person("operator", hub.site("yard"))
    body = {"kind": "nodes.readings", "device": "node_07", "purpose": "x"}
    for person in (viewer, elsewhere):
        assert person.post("/api/links", body).status == 404
        assert person.ask("/api/links?device=node_07").status == 404
        assert person.ask(f"/api/links/{made['id']}", "DELETE").status == 404
    own = operator.must("POST", "/api/links", body, (201,))
    assert [link["id"] for link in operator.get("/api/links?device=node_07")["links"]] == [own["id"], made["id"]]
    operator.must("DELETE", f"/api/links/{made['id']}")
    assert hub.ask(made["path"]).status == 404


def test_a_token_makes_no_links(shared):
    hub, _ = shared
    token = hub.admin.personal_token(["devices.manage"])
    shown = {"Authorization": f"Bearer {token['token']}"}
    told = hub.ask("/api/links", "POST", {"kind": "nodes.readings", "device": "node_07", "purpose": "x"}, shown)
    assert told.status == 403 and "signed in" in told.json()["detail"], told


def test_a_sheet_of_a_whole_site_shows_the_nodes_that_are_there(shared):
    hub, _ = shared
    [kind] = [link for link in hub.ask("/api/catalogue").json()["links"] if link["device"] is None and link["solution"] == "nodes"]
    made = hub.admin.must("POST", "/api/links", {"kind": kind["id"], "site": "main", "purpose": "The board in the hall"}, (201,))
    assert made["device"] is None and made["site"] == "main"
    assert [(row["node_id"], row["field"], row["value"]) for row in rows(hub.ask(made["path"]))] == [("node_07", "temperature", "22")]
    # A key opens its own kind of sheet alone.
    assert hub.ask(f"/api/feeds/{made['key']}/readings.csv").status == 404
    hub.site("yard")
    hub.admin.must("PUT", "/api/devices/node_07", {"site": "yard"})
    assert rows(hub.ask(made["path"])) == []
    # In pages, like all lists.
    first = hub.admin.ask("/api/links?limit=1")
    assert [link["id"] for link in first.json()["links"]] == [made["id"]] and first.json()["next"] == made["id"]
    assert first.headers["Link"] == f'</api/links?after={made["id"]}&limit=1>; rel="next"'
    second = hub.admin.ask(f"/api/links?limit=1&after={made['id']}")
    assert second.json()["next"] is None and second.headers["Link"] is None


@pytest.fixture
def entrance(own_closed):
    """A hub at its most talkative with a lot that is not public, of which one spot is taken, and a link to its board."""
    hub = own_closed(settings={"MARTLET_LOG_LEVEL": "trace"})
    add_lot(hub)
    key = hub.device("S1", "parking")
    with Client(hub.mqtt_port, username="S1", password=key) as sensor:
        report = {"spot_id": "S1", "lot_id": "STAFF", "occupied": True, "distance": 30, "timestamp": stamp()}
        assert sensor.publish(STATUS, report) == 0
    made = hub.admin.must("POST", "/api/links", {"kind": "parking.board", "thing": "STAFF", "purpose": "The screen at the gate"}, (201,))
    yield hub, made
    hub.stop()


BOARD = "/api/lot-boards"


def board(hub, key, tag=None, **options):
    """What the board shows to who comes with a key, and has what `tag` names."""
    return hub.ask(BOARD, headers={"Authorization": f"Bearer {key}", **({"If-None-Match": tag} if tag else {})}, **options)


def add_lot(hub):
    spots = [{"spot_id": "S1"}, {"spot_id": "S2"}, {"spot_id": "S3", "level": "1"}]
    hub.admin.must("POST", "/api/lots", {"lot_id": "STAFF", "name": "Staff only", "time_zone": "Europe/Berlin", "public": False, "spots": spots}, (201,))


def test_the_board_of_a_hidden_lot_opens_by_its_link_alone(entrance):
    hub, made = entrance
    assert (made["thing"], made["device"], made["site"]) == ("STAFF", None, "main")
    # What stands behind the # of the page's address is sent nowhere.
    assert made["path"] == f"/parking/shared/board#{made['key']}"
    assert hub.ask("/api/lots/STAFF").status == 404 and hub.ask("/parking/shared/board", headers={"Accept": "text/html"}).status == 200
    told = board(hub, made["key"])
    assert told.json() == {"name": "Staff only", "time_zone": "Europe/Berlin", "levels": [
        {"level": "0", "total_spots": 2, "available_spots": 0, "out_of_service_spots": 0, "unknown_spots": 1},
        {"level": "1", "total_spots": 1, "available_spots": 0, "out_of_service_spots": 0, "unknown_spots": 1},
    ]}
    assert told.headers["Cache-Control"] == "private, no-cache" and told.headers["Referrer-Policy"] == "no-referrer"
    tag = told.headers["ETag"]
    again = board(hub, made["key"], tag)
    assert again.status == 304 and again.body == b""
    hub.admin.must("POST", "/api/lots/STAFF/override", {"spot_id": "S2", "occupied": False})
    changed = board(hub, made["key"], tag)
    assert changed.status == 200 and changed.json()["levels"][0]["available_spots"] == 1
    [link] = hub.admin.get("/api/links?thing=STAFF&kind=parking.board")["links"]
    assert link["uses"] == 3 and link["open"] and "key" not in link
    for path in ("/api/lots/STAFF", "/api/stats/STAFF", "/api/lots/STAFF/history"):
        assert hub.ask(path, headers={"Authorization": f"Bearer {made['key']}"}).status in (401, 404), path
    assert hub.ask(f"/api/feeds/{made['key']}/nodes.csv").status == 404


def test_the_key_of_a_board_is_shown_in_its_header_and_nowhere_else(entrance):
    hub, made = entrance
    key, unknown = made["key"], board(hub, "mlk_" + "A" * 43)
    assert unknown.status == 404 and unknown.json()["code"] == "not_found"
    hub.device("node_07")
    sheet = hub.admin.must("POST", "/api/links", {"kind": "nodes.readings", "device": "node_07", "purpose": "x"}, (201,))
    shown = {"Authorization": f"Bearer {key}"}
    # Of another kind, an administrator's own token, nothing at all, or the key in any other place.
    for path, headers in (
            (BOARD, {"Authorization": f"Bearer {sheet['key']}"}), (BOARD, hub.admin.headers), (BOARD, {}), (f"{BOARD}?key={key}", {}),
            (BOARD, {"Authorization": key}), (BOARD, {"Authorization": f"Basic {key}"}), (BOARD, {"X-API-Key": key, "X-Device-Id": "S1"}),
            (sheet["path"].replace(sheet["key"], "x"), {"Authorization": f"Bearer {sheet['key']}"})):
        told = hub.ask(path, headers=headers)
        assert (told.status, told.body) == (404, unknown.body), (path, headers, told)
    for path in (f"{BOARD}/{key}", f"{BOARD}/{key}/"):
        for headers in ({}, shown):
            assert hub.ask(path, headers=headers).status == 404, (path, headers)
    # What else a screen shows does not count: somebody may be signed in there.
    assert hub.ask(BOARD, headers={"Authorization": f"bearer {key}", "Cookie": hub.admin.cookie_header("access")}).status == 200
    wait_for(lambda: board(hub, "mlk_" + "A" * 43, source="127.0.8.8").status == 429, "who guesses is held back", pause=0)
    assert board(hub, key, source="127.0.8.8").status == 200 and board(hub, "mlk_" + "A" * 43, source="127.0.8.9").status == 404
    operation = hub.admin.get("/openapi.json")["paths"][BOARD]["get"]
    assert operation["security"] == [{"linkKey": []}] and "parameters" not in operation and "404" in operation["responses"]


def test_the_link_of_a_board_ends_with_its_lot_and_its_site(entrance):
    hub, made = entrance
    key = made["key"]
    tag = board(hub, key).headers["ETag"]
    unknown = board(hub, "mlk_" + "A" * 43).body
    gone = lambda: [(answer.status, answer.body) for answer in (board(hub, key), board(hub, key, tag))] == [(404, unknown)] * 2
    hub.site("yard")
    hub.admin.must("PUT", "/api/lots/STAFF", {"site": "yard"})
    assert gone()
    hub.admin.must("PUT", "/api/lots/STAFF", {"site": "main"})
    assert board(hub, key).status == 200
    # The next lot of its name is another one.
    hub.admin.must("POST", "/api/lots", {"lot_id": "OTHER", "name": "Other", "public": False, "spots": [{"spot_id": "O1"}]}, (201,))
    other = hub.admin.must("POST", "/api/links", {"kind": "parking.board", "thing": "OTHER", "purpose": "x"}, (201,))
    assert board(hub, other["key"]).status == 200
    hub.admin.must("DELETE", "/api/lots/OTHER")
    assert board(hub, other["key"]).status == 404
    # Nobody is shown it as open, though there is no lot any more.
    [ended] = [link for link in hub.admin.get("/api/links")["links"] if link["thing"] == "OTHER"]
    assert not ended["open"] and ended["revoked_at"]
    hub.admin.must("POST", "/api/lots", {"lot_id": "OTHER", "name": "Other", "public": False, "spots": [{"spot_id": "O1"}]}, (201,))
    assert board(hub, other["key"]).body == unknown
    hub.admin.must("DELETE", f"/api/links/{made['id']}")
    assert gone()
    entries = hub.admin.get("/api/audit?target=lot:STAFF")["entries"]
    assert [entry["action"] for entry in entries if entry["action"].startswith("link.")] == ["link.revoke", "link.make"]


def test_who_may_share_a_board(entrance):
    hub, made = entrance
    body = {"kind": "parking.board", "thing": "STAFF", "purpose": "x"}
    elsewhere = hub.person("operator", hub.site("yard"))
    for person in (hub.person("viewer"), hub.person("staff"), elsewhere):
        refused = person.post("/api/links", body)
        assert refused.status == 404 and refused.json()["detail"] == "There is no lot STAFF that you may share."
        assert person.ask("/api/links?thing=STAFF&kind=parking.board").status == 404
        assert person.ask(f"/api/links/{made['id']}", "DELETE").status == 404
    operator = hub.person("operator")
    operator.must("POST", "/api/links", body, (201,))
    assert len(operator.get("/api/links?thing=STAFF&kind=parking.board")["links"]) == 2
    for more, code in (({"device": "S1"}, "value_out_of_range"), ({"thing": "NONE"}, "not_found"), ({"thing": None, "site": "main"}, "missing_field")):
        assert operator.post("/api/links", {**body, **more}).json()["code"] == code
    assert operator.ask("/api/links?thing=STAFF").json()["code"] == "invalid_parameter"


def test_the_key_of_a_board_is_in_no_log(entrance):
    hub, made = entrance
    shown = {"Authorization": f"Bearer {made['key']}"}
    for path in (BOARD, f"{BOARD}?x=%zz", f"{BOARD}/{made['key']}", "/api/lots/STAFF", "/parking/shared/board"):
        for method in ("GET", "POST", "OPTIONS"):
            hub.ask(path, method, headers=shown)
    told = hub.admin.ask("/api/audit/export").text + hub.metrics_text() + str(hub.admin.get("/api/links"))
    assert made["key"].removeprefix("mlk_") not in told
    hub.stop()
    assert "HTTP request answered" in hub.log_text() and made["key"].removeprefix("mlk_") not in hub.log_text()
    hub.start()
