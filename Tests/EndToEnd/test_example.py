"""The example of docs/writing-a-solution.md as a program of its own: its devices, its page, its commands, its files."""

import base64
import os
import re
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import expect

from conftest import LOGS
from support.accounts import Closed
from support.clock import Clock
from support.raw import DISCONNECT, PUBACK, PUBLISH, Raw, packet
from support.server import BINARY, Martlet, run
from support.settings import KEYLESS
from support.waiting import wait_for
from test_trust_pages import browse, sign_in  # noqa: F401 (browse is a fixture)

PROGRAM = BINARY.parent / "water-tanks"
PNG = b"\x89PNG\r\n\x1a\n"
# One pixel.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
# Sensors that have no key come from here.
YARD = "127.0.0.14"


class Tanks(Closed):
    binary = PROGRAM


class OpenTanks(Martlet):
    binary = PROGRAM


@pytest.fixture(scope="module")
def farm(tmp_path_factory):
    log = LOGS / "e2e-example.log"
    log.unlink(missing_ok=True)
    hub = Tanks(tmp_path_factory.mktemp("farm") / "data", log, [KEYLESS, f"tank@{YARD}/32"]).start()
    yield hub
    hub.stop()


def tank(hub, name):
    return hub.admin.get(f"/api/tanks/{name}")


def report(raw, name, level, number=1):
    raw.publish(f"tanks/{name}/level", '{"level":%s}' % level, 1, number)
    return raw.expect(PUBACK).reason


def test_it_is_a_hub_with_its_own_solution_and_no_other(farm):
    catalogue = farm.ask("/api/catalogue").json()
    assert [solution["id"] for solution in catalogue["solutions"]] == ["tanks"]
    assert farm.ask("/tanks").status == 200 and farm.ask("/tanks/tanks.js").status == 200
    assert farm.admin.ask("/api/nodes").status == 404
    helped = run("device", "add", "--help", binary=PROGRAM).stdout
    assert "values: tank" in helped
    assert "MARTLET_TANKS_SILENCE" in run("serve", "--help", binary=PROGRAM).stdout
    assert "water-tanks device add tank_07 --kind tank --site north" in helped
    # The help names this program, its devices and its permissions, and nothing of the program beside it.
    for words in [[], ["serve"], ["check"], ["backup"], ["retention"], ["device", "add"], ["device", "list"], ["token"], ["token", "add"], ["user", "add"], ["ca", "issue"]]:
        help = run(*words, "--help", binary=PROGRAM).stdout
        assert f"USAGE: {' '.join(['water-tanks', *words])}" in help and "node" not in help and "parking" not in help, help
        assert not re.search(r"\bmartlet [a-z]", help), help
    assert "--scope tanks.view" in run("token", "add", "--help", binary=PROGRAM).stdout
    refused = run("device", "list", "--data", "/nowhere", binary=PROGRAM).stderr
    assert refused.startswith("water-tanks: ") and "martlet" not in refused.replace("martlet.db", ""), refused
    # What the program beside it does not know.
    assert "tanks" not in run("simulate", "--help").stdout


def test_a_device_speaks_mqtt_and_does_what_a_person_presses(farm, fresh, browse):  # noqa: F811
    key = farm.device(fresh, kind="tank")
    with Raw(farm.mqtt_port) as raw:
        assert raw.connect(f"sensor-{fresh}", 4, username=fresh, password=key).reason == 0
        assert raw.subscribe(f"tanks/{fresh}/valve", 1) == 1
        assert report(raw, fresh, 12.5) == 0
        found = tank(farm, fresh)
        assert (found["level"], found["state"]) == (12.5, "low")
        page = browse(farm, "/sign-in?next=/tanks")
        person = farm.person("operator")
        sign_in(page, person.name, person.password)
        card = page.locator(".tank", has=page.get_by_role("heading", name=fresh, exact=True))
        expect(card).to_contain_text("Low")
        card.get_by_role("button", name="Open valve").click()
        heard = raw.expect(PUBLISH)
        topic, number, payload = heard.publish(4)
        assert (topic, payload) == (f"tanks/{fresh}/valve", b"open")
        raw.send(packet(PUBACK, number.to_bytes(2, "big")))
        expect(page.get_by_role("status")).to_contain_text(f"The valve of {fresh} is told to open.")
        # What comes next is shown at once.
        report(raw, fresh, 99, 2)
        expect(card).to_contain_text("Overflowing")
        expect(card.get_by_role("meter")).to_have_attribute("aria-valuenow", "99")
    path = f"/api/devices/{fresh}/commands"
    wait_for(lambda: farm.admin.get(path)["commands"][0]["state"] == "done", "the command is done")


def test_a_device_without_mqtt_waits_for_its_commands(farm, fresh):
    shown = {"X-Device-Id": fresh, "X-API-Key": farm.device(fresh, kind="tank")}
    level = f"/api/tanks/{fresh}/level"
    assert farm.ask(level, "POST", {"level": 40}, shown).status == 200
    assert farm.ask(level, "POST", {"level": 140}, shown).status == 400
    assert farm.ask(level, "POST", {"level": 40}).status == 401
    answers = []
    asking = threading.Thread(
        target=lambda: answers.append(farm.ask(f"/api/devices/{fresh}/commands/next?wait=20", headers=shown)))
    asking.start()
    farm.admin.must("POST", f"/api/devices/{fresh}/commands", {"command": "open"}, (202,))
    asking.join(30)
    assert [command["command"] for command in answers[0].json()["commands"]] == ["open"]
    refused = farm.admin.ask(f"/api/devices/{fresh}/commands", "POST", {"command": "explode"})
    assert refused.status == 400 and "open and close" in refused.json()["detail"]


def test_a_valve_without_mqtt_waits_for_its_word_and_confirms_it(farm, fresh):
    shown = {"X-Device-Id": fresh, "X-API-Key": farm.device(fresh, kind="tank")}
    assert farm.ask(f"/api/tanks/{fresh}/level", "POST", {"level": 40}, shown).status == 200
    valve = f"/api/tanks/{fresh}/valve"
    assert farm.ask(valve, headers=shown).status == 204
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(farm.ask, f"{valve}?wait=30&after=", headers=shown)
        with pytest.raises(TimeoutError):
            waiting.result(0.5)
        made = farm.admin.must("POST", f"/api/devices/{fresh}/commands", {"command": "open"}, (202,))
        answer = waiting.result(20)
    assert answer.status == 200 and answer.json() == {"valve": "open", "command_id": made["command_id"]}
    assert farm.ask(f"{valve}?after={made['command_id']}", headers=shown).status == 204
    done = farm.admin.get(f"/api/devices/{fresh}/commands/{made['command_id']}")
    assert [step["state"] for step in done["history"]] == ["queued", "sent", "done"]
    # Anyone who shows no key is told nothing, also where sensors without one may report.
    assert farm.ask(valve).status == 401 and farm.ask(valve, source=YARD).status == 401
    assert farm.admin.ask(valve).status == 403


def test_a_sensor_without_a_key_reports_for_a_tank_that_people_have_added(farm, fresh):
    level = f"/api/tanks/{fresh}/level"
    assert farm.ask(level, "POST", {"level": 40}, source=YARD).status == 403
    farm.admin.must("PUT", f"/api/tanks/{fresh}", {"title": "Yard", "litres": 5000}, (200,))
    assert farm.ask(level, "POST", {"level": 40}, source=YARD).status == 200
    assert farm.ask(level, "POST", {"level": 50}).status == 401
    # A browser there that shows a page of somebody else is no sensor, whatever name the page has found for the hub.
    page = {"Host": f"evil.example:{farm.http_port}", "Origin": f"http://evil.example:{farm.http_port}"}
    assert farm.ask(level, "POST", {"level": 50}, page, source=YARD).status in (401, 403)
    assert farm.ask(level, "POST", {"level": 50}, {"Sec-Fetch-Site": "same-origin"}, source=YARD).status == 401
    assert tank(farm, fresh)["level"] == 40
    with Raw(farm.mqtt_port, source=YARD) as raw:
        assert raw.connect(f"yard-{fresh}", 5).reason == 0
        assert report(raw, fresh, 60) == 0
    assert tank(farm, fresh)["level"] == 60
    # A tank with a key is no business of theirs.
    farm.device(f"{fresh}k", kind="tank")
    assert farm.ask(f"/api/tanks/{fresh}k/level", "POST", {"level": 40}, source=YARD).status == 403
    assert farm.audit(action="tank.change")[0]["target"] == f"tank:{fresh}"


def test_people_see_the_tanks_of_their_sites(farm, fresh):
    site = farm.site(f"site-{fresh}")
    farm.admin.must("PUT", f"/api/tanks/{fresh}", {"site": site}, (200,))
    farm.admin.must("PUT", f"/api/tanks/{fresh}m", {}, (200,))
    viewer = farm.person("viewer", site)
    assert [found["device_id"] for found in viewer.get("/api/tanks")["tanks"]] == [fresh]
    assert viewer.ask(f"/api/tanks/{fresh}m").status == 404
    assert viewer.ask(f"/api/tanks/{fresh}", "PUT", {"title": "mine"}).status == 403


def test_a_tank_is_added_with_the_key_of_its_device(farm, fresh):
    site = farm.site(f"site-{fresh}")
    operator, elsewhere, viewer = farm.person("operator", site), farm.person("operator", "main"), farm.person("viewer", site)
    wanted = {"device_id": fresh, "site": site, "title": "Barn", "litres": 5000}
    for who, status in ((viewer, 403), (elsewhere, 404)):
        assert who.post("/api/tanks", wanted).status == status
    made = operator.post("/api/tanks", wanted)
    assert made.status == 201, made
    assert (made.headers["Location"], made.headers["Cache-Control"]) == (f"/api/tanks/{fresh}", "no-store")
    first = made.json()["key"]
    assert operator.post("/api/tanks", wanted).status == 409
    shown = viewer.get(f"/api/tanks/{fresh}")
    assert (shown["title"], shown["litres"], shown["site"], "key" in shown) == ("Barn", 5000, site, False)
    level = f"/api/tanks/{fresh}/level"
    with Raw(farm.mqtt_port) as raw:
        assert raw.connect(f"sensor-{fresh}", 5, username=fresh, password=first).reason == 0
        assert report(raw, fresh, 60) == 0
        for who, status in ((viewer, 403), (elsewhere, 404)):
            assert who.post(f"/api/tanks/{fresh}/key").status == status
        second = operator.must("POST", f"/api/tanks/{fresh}/key", {}, (200,))
        assert second["level"] == 60 and second["key"] != first
        raw.expect(DISCONNECT)
    with Raw(farm.mqtt_port) as raw:
        assert raw.connect(f"sensor-{fresh}", 5, username=fresh, password=first).reason != 0
    with Raw(farm.mqtt_port) as raw:
        assert raw.connect(f"sensor-{fresh}", 5, username=fresh, password=second["key"]).reason == 0
        assert report(raw, fresh, 61) == 0
    assert farm.ask(level, "POST", {"level": 62}, {"X-Device-Id": fresh, "X-API-Key": second["key"]}).status == 200
    assert tank(farm, fresh)["level"] == 62
    told = [(entry["action"], entry["who"]) for entry in farm.audit(target=f"device:{fresh}")]
    assert told == [("device.rotate", operator.name), ("device.add", operator.name)]
    assert farm.audit(target=f"tank:{fresh}")[0]["action"] == "tank.change"
    # It is nowhere but in the answer.
    told = str(farm.audit()) + (LOGS / "e2e-example.log").read_text()
    assert first not in told and second["key"] not in told
    for file in farm.data.rglob("*"):
        if file.is_file():
            assert first.encode() not in (content := file.read_bytes()) and second["key"].encode() not in content, file


def test_a_tank_is_added_on_the_page(farm, fresh, browse):  # noqa: F811
    operator, viewer = farm.person("operator"), farm.person("viewer")
    page = browse(farm, "/sign-in?next=/tanks")
    sign_in(page, operator.name, operator.password)
    page.get_by_role("button", name="Add a tank").click()
    dialog = page.get_by_role("dialog", name="Add a tank")
    dialog.get_by_label("Name").fill("no name")
    dialog.get_by_role("button", name="Add a tank").click()
    expect(dialog).to_contain_text("A name is 1 to 64 letters")
    dialog.get_by_label("Name").fill(fresh)
    dialog.get_by_label("Title").fill(f"Barn {fresh}")
    dialog.get_by_role("button", name="Add a tank").click()
    shown = page.get_by_role("dialog", name=f"Key of Barn {fresh}")
    key = re.search(r"mdk_[\w-]+", shown.inner_text()).group()
    shown.get_by_role("button", name="I have kept it").click()
    card = page.locator(".tank", has=page.get_by_role("heading", name=f"Barn {fresh}", exact=True))
    expect(card).to_contain_text("It has not reported yet.")
    assert key not in page.content()
    with Raw(farm.mqtt_port) as raw:
        assert raw.connect(f"sensor-{fresh}", 5, username=fresh, password=key).reason == 0
        assert report(raw, fresh, 12.5) == 0
    expect(card).to_contain_text("Low")
    page = browse(farm, "/sign-in?next=/tanks")
    sign_in(page, viewer.name, viewer.password)
    expect(page.get_by_role("heading", name=f"Barn {fresh}", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Add a tank")).to_have_count(0)


def form(picture, note=None, name="picture"):
    """A form as a browser or `curl -F` sends it: its body and its headers."""
    parts = [] if note is None else [b'Content-Disposition: form-data; name="note"\r\n\r\n' + note.encode()]
    head = f'Content-Disposition: form-data; name="{name}"; filename="x.png"\r\nContent-Type: image/png\r\n\r\n'
    parts.append(head.encode() + picture)
    body = b"".join(b"--edge\r\n" + part + b"\r\n" for part in parts) + b"--edge--\r\n"
    return body, {"Content-Type": "multipart/form-data; boundary=edge"}


def inspect(who, name, picture, note=None):
    body, headers = form(picture, note)
    return who.ask(f"/api/tanks/{name}/inspections", "POST", body, headers)


def test_a_tank_is_inspected(farm, fresh):
    farm.device(fresh, kind="tank")
    farm.admin.must("PUT", f"/api/tanks/{fresh}", {"title": "Barn"}, (200,))
    staff, viewer = farm.person("staff"), farm.person("viewer")
    path = f"/api/tanks/{fresh}/inspections"
    assert viewer.get(path) == {"inspections": [], "next": None}
    first, second = PNG + os.urandom(30_000), PNG + os.urandom(10)
    made = inspect(staff, fresh, first, "Rust at the lid, größer")
    assert made.status == 201, made
    assert inspect(staff, fresh, second).status == 201
    shown = viewer.get(f"{path}?limit=1")
    assert [(one["note"], one["author"], one["bytes"]) for one in shown["inspections"]] == [("", staff.name, len(second))]
    older = viewer.get(f"{path}?limit=1&after={shown['next']}")
    assert [one["note"] for one in older["inspections"]] == ["Rust at the lid, größer"] and older["next"] is None
    picture = viewer.ask(made.headers["Location"])
    assert (picture.body, picture.headers["Content-Type"]) == (first, "image/png")
    tag = picture.headers["ETag"]
    assert viewer.ask(made.headers["Location"], headers={"If-None-Match": tag}).status == 304
    assert inspect(viewer, fresh, first).status == 403
    refused = inspect(staff, fresh, b"<html>no picture</html>")
    assert refused.status == 415 and "JPEG, PNG or WebP" in refused.json()["detail"]
    one = f"{path}/{made.json()['inspection_id']}"
    assert viewer.ask(one, "DELETE").status == 403
    assert staff.ask(one, "DELETE").status == 204
    assert viewer.ask(made.headers["Location"]).status == 404
    assert [one["bytes"] for one in viewer.get(path)["inspections"]] == [len(second)]
    told = [entry["action"] for entry in farm.audit(target=f"tank:{fresh}")]
    assert told == ["tank_inspection.remove", "tank_inspection.add", "tank_inspection.add", "tank.change"], told
    # A device that is removed takes its pictures with it.
    farm.admin.must("DELETE", f"/api/devices/{fresh}", status=(204,))
    kept = {file.stat().st_size for file in (farm.data / "blobs").rglob("*") if file.is_file()}
    assert len(first) not in kept, kept


def test_a_site_has_a_plan_without_any_device(farm, fresh):
    site = farm.site(f"yard-{fresh}")
    farm.admin.must("PUT", f"/api/tanks/{fresh}", {"site": site}, (200,))
    path, plan, headers = f"/api/tank-plans/{site}", PNG + os.urandom(20_000), {"Content-Type": "image/png"}
    operator, viewer, stranger = farm.person("operator", site), farm.person("viewer", site), farm.person("operator", "main")
    assert viewer.get("/api/tank-plans") == {"sites": [{"site": site, "plan": None}]}
    assert viewer.ask(path, "PUT", plan, headers).status == 403
    assert stranger.ask(path, "PUT", plan, headers).status == 404
    assert operator.ask(path, "PUT", plan, headers).status == 204
    assert viewer.ask(path).body == plan and stranger.ask(path).status == 404
    word = viewer.get("/api/tank-plans")["sites"][0]["plan"]
    assert viewer.ask(f"{path}?v={word}").headers["ETag"].startswith(f'"{word}')
    assert farm.audit(action="tank_plan.change")[0]["target"] == f"site:{site}"
    assert operator.ask(path, "DELETE").status == 204 and viewer.ask(path).status == 404


def test_an_inspection_is_made_on_the_page(farm, fresh, browse, tmp_path):  # noqa: F811
    farm.device(fresh, kind="tank")
    farm.admin.must("PUT", f"/api/tanks/{fresh}", {}, (200,))
    staff, viewer = farm.person("staff"), farm.person("viewer")

    def section(person):
        page = browse(farm, "/sign-in?next=/tanks")
        sign_in(page, person.name, person.password)
        card = page.locator(".tank", has=page.get_by_role("heading", name=fresh, exact=True))
        card.get_by_text("Inspections", exact=True).click()
        expect(card).to_contain_text("No inspection yet")
        return page, card

    page, card = section(staff)
    file = tmp_path / "lid.png"
    file.write_bytes(PICTURE)
    card.get_by_label("Picture").set_input_files(str(file))
    card.get_by_label("Note").fill("The lid is loose.")
    card.get_by_role("button", name="Add inspection").click()
    expect(page.get_by_role("status").last).to_contain_text(f"The inspection of {fresh} is kept.")
    expect(card.get_by_role("img", name=fresh)).to_be_visible()
    expect(card).to_contain_text("The lid is loose.")
    assert card.get_by_role("img", name=fresh).evaluate("image => image.decode().then(() => image.naturalWidth)") == 1
    card.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(card).to_contain_text("No inspection yet")
    _, card = section(viewer)
    expect(card.get_by_role("button", name="Add inspection")).to_have_count(0)


def test_a_link_shows_the_levels_of_a_tank_without_an_account(farm, fresh, browse):  # noqa: F811
    shown = {"X-Device-Id": fresh, "X-API-Key": farm.device(fresh, kind="tank")}
    for level in (40, 62.5):
        assert farm.ask(f"/api/tanks/{fresh}/level", "POST", {"level": level}, shown).status == 200
    operator, viewer = farm.person("operator"), farm.person("viewer")
    page = browse(farm, "/sign-in?next=/tanks")
    sign_in(page, operator.name, operator.password)
    card = page.locator(".tank", has=page.get_by_role("heading", name=fresh, exact=True))
    card.get_by_text("Links", exact=True).click()
    card.get_by_label("What the link is for").fill("The sheet of the village")
    card.get_by_role("button", name="Make a link").click()
    address = card.locator(".secret code").inner_text()
    path = address.removeprefix(farm.url)
    assert path.startswith("/api/feeds/") and path.endswith("/levels.csv")
    answer = farm.ask(path)
    assert answer.status == 200 and answer.headers["Content-Type"].startswith("text/csv")
    assert [row.split(",")[1:] for row in answer.text.splitlines()[1:]] == [[fresh, "level", "40"], [fresh, "level", "62.5"]]
    page = browse(farm, "/sign-in?next=/tanks")
    sign_in(page, viewer.name, viewer.password)
    seen = page.locator(".tank", has=page.get_by_role("heading", name=fresh, exact=True))
    expect(seen).to_contain_text("Filled")
    expect(seen.get_by_text("Links", exact=True)).to_have_count(0)
    # A tank that is moved to another site takes its levels out of sight.
    site = farm.site(f"site-{fresh}")
    farm.admin.must("PUT", f"/api/devices/{fresh}", {"site": site}, (200,))
    assert farm.ask(path).status == 404


def test_retention_says_which_inspections_go_before_they_do(tmp_path):
    hub = Tanks(tmp_path / "data", LOGS / "e2e-example-retention.log").start()
    settings = tmp_path / "tanks.env"
    settings.write_text("MARTLET_TANKS_INSPECTION_SITE_MIB=1\nMARTLET_TANKS_INSPECTION_WHEN_FULL=oldest-go\n")
    try:
        hub.device("barn", kind="tank")
        hub.admin.must("PUT", "/api/tanks/barn", {}, (200,))
        for number in range(3):
            assert inspect(hub.admin, "barn", PNG + os.urandom(600_000), f"n{number}").status == 201
        hub.stop()

        def due(*more):
            done = run("retention", "--data", hub.data, "--config", settings, *more, binary=PROGRAM)
            assert done.returncode == 0, done
            return {line.split()[0]: line.split()[3] for line in done.stdout.splitlines()[1:]}

        assert due()["tanks.inspection-bytes"] == "2" and due()["tanks.inspection"] == "0"
        assert due("--apply")["tanks.inspection-bytes"] == "2" and due()["tanks.inspection-bytes"] == "0"
        hub.start()
        assert [one["note"] for one in hub.admin.get("/api/tanks/barn/inspections")["inspections"]] == ["n2"]
    finally:
        hub.end()


def test_silence_a_kill_and_what_is_old(tmp_path):
    hub = OpenTanks(tmp_path / "data", LOGS / "e2e-example-open.log")
    hub.clock = Clock()
    hub.settings = {"MARTLET_TANKS_SILENCE": "5m"}
    try:
        hub.start()
        hub.clock.freeze()
        with Raw(hub.mqtt_port) as raw:
            raw.connect("barn", 5)
            assert report(raw, "barn", 50) == 0
            hub.kill()
        hub.start()
        hub.clock.freeze()
        assert hub.get("/api/tanks/barn")["level"] == 50
        hub.clock.advance(299)
        assert hub.get("/api/tanks/barn")["state"] == "filled"
        hub.clock.advance(2)
        assert hub.get("/api/tanks/barn")["state"] == "unknown"
        changes = hub.get("/api/tanks/barn/changes")["changes"]
        assert [change["state"] for change in changes] == ["unknown", "filled"]
        rules = {rule["name"]: rule for rule in hub.get("/api/system/retention")["rules"]}
        assert rules["tanks.changes"]["days"] == 365
    finally:
        hub.end()


@pytest.fixture
def yard(tmp_path):
    """An open hub whose clock the test moves."""
    hub = OpenTanks(tmp_path / "data", LOGS / "e2e-example-yard.log")
    # A Monday.
    hub.clock = Clock(1_780_308_000)
    yield hub
    hub.end()


def background(hub, kind, name):
    return next(found for found in hub.get("/api/system/background")[kind] if found["name"] == name)


def test_a_night_sums_up_the_day_before(yard):
    yard.settings = {"MARTLET_TANKS_ZONE": "Europe/Berlin"}
    yard.start()
    yard.clock.freeze()
    for level in (80, 60, 90, 85):
        assert yard.ask("/api/tanks/barn/level", "POST", {"level": level}).status == 200
        yard.clock.advance(1_200)
    due = background(yard, "schedules", "tanks.days")["next_at"]
    # A quarter of an hour after midnight in Berlin, where it is summer.
    assert due == "2026-06-01T22:15:00.000000Z"
    yard.clock.advance(12 * 3_600)
    wait_for(lambda: background(yard, "schedules", "tanks.days")["runs"] == 1, "the night's run")
    assert yard.get("/api/tanks/barn/days")["days"] == [{"day": "2026-06-01", "litres": 250}]


def test_a_gauge_on_a_line_is_listened_to_also_when_it_comes_later(yard, tmp_path):
    line = tmp_path / "gauge"
    yard.settings = {"MARTLET_TANKS_GAUGE": str(line)}
    yard.start()
    # Time goes on: the service is started again after a while.
    yard.clock.run()
    assert yard.ask("/api/tanks/barn", "PUT", {"title": "Barn"}).status == 200
    wait_for(lambda: background(yard, "services", "tanks.gauge")["failures"] > 0, "there is no such line")
    assert "No such file" in background(yard, "services", "tanks.gauge")["error"]
    os.mkfifo(line)
    wait_for(lambda: background(yard, "services", "tanks.gauge")["state"] == "running", "the service comes back", 30)
    with open(line, "w") as gauge:
        for text in ("barn 4", "2.5\nnobody 7\nnonsense\n"):
            gauge.write(text)
            gauge.flush()
        wait_for(lambda: yard.get("/api/tanks/barn")["level"] == 42.5, "what the gauge said")
    assert [tank["device_id"] for tank in yard.get("/api/tanks")["tanks"]] == ["barn"]
    yard.stop()


def test_its_simulator_runs_against_it(farm, tmp_path):
    keys = tmp_path / "keys.txt"
    keys.write_text("".join(f"tank_{n} {farm.device(f'tank_{n}', kind='tank')}\n" for n in (1, 2)))
    done = run(
        "simulate", "tanks", "--count", "2", "--seconds", "3", "--keys", keys, "--mqtt", f"127.0.0.1:{farm.mqtt_port}",
        binary=PROGRAM)
    assert done.returncode == 0 and " 0 failed" in done.stdout, done
    assert tank(farm, "tank_1")["level"] is not None


def test_a_simulator_without_a_hub_ends_when_it_is_told_to():
    done = run("simulate", "tanks", "--seconds", "1", "--mqtt", "127.0.0.1:1", binary=PROGRAM, timeout=30)
    assert done.returncode == 0 and done.stdout.startswith("0 messages acknowledged"), done


def simulating(hub, *arguments):
    """`simulate tanks --over http` until the end of its time, beside what the test does."""
    pool = ThreadPoolExecutor(1)
    done = pool.submit(
        run, "simulate", "tanks", "--over", "http", "--http", f"127.0.0.1:{hub.http_port}", *arguments, binary=PROGRAM)
    pool.shutdown(wait=False)
    return done


def valve_opens(get, post, name):
    """A simulated valve is told to open, and confirms that it has heard it."""
    wait_for(lambda: any(tank["device_id"] == name for tank in get("/api/tanks")["tanks"]), f"{name} reports", 20)
    commands = f"/api/devices/{name}/commands"
    made = post(commands, {"command": "open"})
    assert made.status == 202, made
    wait_for(lambda: get(f"{commands}/{made.json()['command_id']}")["state"] == "done", f"{name} has its command", 20)


def test_simulated_tanks_over_http_report_to_an_open_hub_and_hear_of_their_valves(tmp_path):
    hub = OpenTanks(tmp_path / "data", LOGS / "e2e-example-http-open.log")
    try:
        hub.start()
        done = simulating(hub, "--count", "2", "--seconds", "8")
        valve_opens(hub.get, hub.post, "tank_2")
        done = done.result(60)
        assert done.returncode == 0 and re.fullmatch(r"[1-9]\d* requests answered, 0 failed\n", done.stdout), done
        assert hub.get("/api/tanks/tank_1")["level"] is not None
    finally:
        hub.end()


def test_simulated_tanks_over_http_show_their_keys_to_a_closed_hub(tmp_path):
    hub = Tanks(tmp_path / "data", LOGS / "e2e-example-http-closed.log")
    keys, forged = tmp_path / "keys.txt", tmp_path / "forged.txt"
    try:
        hub.start()
        keys.write_text("".join(f"tank_{n} {hub.device(f'tank_{n}', kind='tank')}\n" for n in (1, 2, 3)))
        done = simulating(hub, "--count", "3", "--seconds", "8", "--keys", keys)
        valve_opens(hub.admin.get, hub.admin.post, "tank_3")
        done = done.result(60)
        assert done.returncode == 0 and re.fullmatch(r"[1-9]\d* requests answered, 0 failed\n", done.stdout), done
        assert tank(hub, "tank_1")["level"] is not None
        # Without a key, and with one that is another's, a tank is not let in, and does not ask again and again.
        forged.write_text(f"tank_1 {keys.read_text().split()[3]}\n")
        done = simulating(hub, "--count", "2", "--seconds", "4", "--keys", forged).result(60)
        assert done.returncode == 1 and done.stdout == "0 requests answered, 0 failed\n", done
        assert "2 of 2 tanks were not let in" in done.stderr, done
    finally:
        hub.end()


def test_simulated_tanks_over_http_without_a_hub_end_when_they_are_told_to():
    done = run("simulate", "tanks", "--over", "http", "--seconds", "1", "--http", "127.0.0.1:1", binary=PROGRAM, timeout=30)
    assert done.returncode == 0 and done.stdout.startswith("0 requests answered"), done


@pytest.mark.parametrize("arguments, told", [
    (["--http", "nowhere"], "--http must be HOST:PORT, such as 127.0.0.1:8080"), (["--over", "pigeon"], "--over")])
def test_where_and_how_simulated_tanks_come_is_checked_before_they_do(arguments, told):
    done = run("simulate", "tanks", "--seconds", "1", *arguments, binary=PROGRAM)
    assert done.returncode == 64 and told in done.stderr and not done.stdout, done
    assert "--http" in run("simulate", "tanks", "--help", binary=PROGRAM).stdout
    # Nodes speak MQTT alone: their command neither offers the option nor takes it.
    assert "--http" not in run("simulate", "nodes", "--help").stdout
    refused = run("simulate", "nodes", "--seconds", "1", "--http", "127.0.0.1:8080")
    assert refused.returncode == 64 and "speak MQTT alone" in refused.stderr, refused


def test_a_program_without_its_pages_says_so(tmp_path):
    alone = tmp_path / "water-tanks"
    shutil.copy(PROGRAM, alone)
    done = run("check", "--data", tmp_path / "data", binary=alone)
    assert done.returncode != 0 and "Examples/WaterTanks/Web" in done.stderr, done
