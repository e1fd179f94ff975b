"""The pages of people, devices and the audit in a browser, against the real server: from the printed address to a device's first value."""

import json
import re
import subprocess

import pytest
from playwright.sync_api import expect

from support.accounts import ADMIN, PASSWORD, new_password
from support.parkmate import STATUS, make_lot
from support.raw import PUBACK, Raw
from support.server import environment
from support.voids import bearer
from test_first_start import setup_address
from test_sessions import shell


@pytest.fixture
def browse(chromium):
    """browse(hub, path): a page of somebody whom the hub does not know yet. Scripts that fail, or are blocked, fail the test."""
    contexts, complaints = [], []

    def make(hub, path="/"):
        context = chromium.new_context()
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: complaints.append(m.text) if "Content Security Policy" in m.text else None)
        page.goto(hub.url + path)
        return page

    yield make
    for context in contexts:
        context.close()
    assert not complaints, complaints


def sign_in(page, name, password):
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_selector(".rail")


def links(page):
    return {href for href in page.locator(".nav-side a").evaluate_all("all => all.map(a => a.getAttribute('href'))")}


def test_from_the_printed_address_to_the_first_page(own_closed, browse):
    hub = own_closed(None, admin=False, start=False)
    hub.log.unlink(missing_ok=True)
    hub.start()
    address, password = setup_address(hub)[0], new_password()
    page = browse(hub, address[len(hub.url):])
    page.get_by_label("Name", exact=True).fill("anna")
    for label in ["Password", "Password again"]:
        page.get_by_label(label, exact=True).fill(password)
    page.get_by_role("button", name="Make the administrator").click()
    page.wait_for_selector(".rail")
    expect(page).not_to_have_url(re.compile(re.escape(address.partition("#")[2])))
    assert page.evaluate("document.cookie") == "", "no script sees a token"
    page.reload()
    page.wait_for_selector(".rail")
    assert hub.sign_in("anna", password).get("/api/users")["users"][0]["username"] == "anna"
    again = browse(hub, address[len(hub.url):])
    again.wait_for_selector("h1")
    again.wait_for_load_state("networkidle")
    expect(again.get_by_role("button", name="Make the administrator")).to_have_count(0)


def test_the_commands_of_the_empty_page_bring_the_first_nodes_as_they_are_printed(own_closed, browse, tmp_path):
    hub = own_closed(tmp_path / "it's a hub")
    page = browse(hub, "/nodes")
    sign_in(page, ADMIN, PASSWORD)
    page.get_by_role("region", name="Simulate five nodes").wait_for()
    add, simulate = [page.get_by_role("region", name=name).inner_text() for name in ("Add five simulated nodes", "Simulate five nodes")]
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = subprocess.run(["sh", "-c", add], cwd=elsewhere, env=environment(), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done
    assert [path.name for path in elsewhere.iterdir()] == ["keys.txt"], "no other hub was made"
    assert (elsewhere / "keys.txt").stat().st_mode & 0o777 == 0o600, "keys are for their owner alone"
    fleet = subprocess.Popen(["sh", "-c", f"exec {simulate}"], cwd=elsewhere, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        page.get_by_role("link", name="node_05", exact=True).wait_for(timeout=20_000)
    finally:
        fleet.terminate()
        fleet.wait(20)


def test_a_stranger_sees_the_sign_in_and_then_what_they_asked_for(closed, browse):
    person = closed.person("viewer")
    page = browse(closed, "/nodes?state=offline")
    page.get_by_role("heading", level=1, name="Sign in").wait_for()
    sign_in(page, person.name, person.password)
    page.get_by_role("heading", level=1, name="Nodes").wait_for()
    expect(page).to_have_url(f"{closed.url}/nodes?state=offline")


@pytest.mark.timeout(600)
def test_a_neighbour_does_not_lock_the_admin_out_of_their_own_browser(own_closed, browse):
    """Both come from one address, as all of an office do."""
    hub = own_closed()
    page, other = browse(hub), browse(hub)
    for one in (page, other):
        # Each sign-in waits for its turn behind the neighbour's.
        one.set_default_timeout(40_000)
    sign_in(page, ADMIN, PASSWORD)
    page.get_by_role("button", name=re.compile("account menu")).click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", level=1, name="Sign in").wait_for()
    assert {hub.login(ADMIN, "wrong").status for _ in range(8)} == {401, 429}
    other.get_by_label("Name", exact=True).fill(ADMIN)
    other.get_by_label("Password", exact=True).fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    other.get_by_text("Too many attempts").wait_for()
    sign_in(page, ADMIN, PASSWORD)


def test_the_navigation_shows_only_what_one_may_open(closed, browse):
    seen = {}
    for role in ("viewer", "operator", "admin"):
        person = closed.person(role)
        page = browse(closed)
        sign_in(page, person.name, person.password)
        page.locator(".nav-side a").first.wait_for()
        seen[role] = links(page)
    assert seen["viewer"] < seen["operator"] < seen["admin"]
    assert not [link for link in seen["viewer"] if "users" in link or "audit" in link or "devices" in link or "broker" in link]
    assert {"/admin/users", "/admin/audit", "/admin/devices"} <= seen["admin"]
    assert not {"/admin/users", "/admin/audit"} & seen["operator"]
    # Whoever types the address all the same gets the page's own words, and no data.
    person, hidden = closed.person("viewer"), closed.person("staff", name="hidden-colleague")
    page = browse(closed, "/admin/users")
    sign_in(page, person.name, person.password)
    page.get_by_role("heading", name="This page is not open to you").wait_for()
    assert hidden.name not in page.inner_text("#main")


def test_a_device_is_let_in_and_its_first_value_is_seen(own_closed, browse):
    hub = own_closed()
    page = browse(hub, "/admin/devices")
    sign_in(page, ADMIN, PASSWORD)
    page.get_by_role("button", name="Open the window").click()
    page.get_by_role("timer").wait_for()
    with Raw(hub.mqtt_port) as raw:
        assert raw.connect("newcomer", 5, username="node_new", password="a-password-of-its-own").reason == 0
        raw.publish("iot/node/new/telemetry", json.dumps({"sensors": {"temperature": 23.5}}), 1, 1)
        assert raw.expect(PUBACK).reason == 0
    page.locator(".pending", has_text="node_new").wait_for()
    assert hub.node("new") is None
    page.get_by_role("button", name="Let in… node_new").click()
    page.get_by_role("button", name="Let it in").click()
    page.get_by_text("node_new is let in.").wait_for()
    page.goto(f"{hub.url}/nodes/node_new")
    page.get_by_text("23.5").first.wait_for()
    page.goto(f"{hub.url}/admin/audit?action=device.approve")
    expect(page.locator("tbody")).to_contain_text("node_new")
    page.get_by_role("button", name="Check the chain").click()
    page.get_by_text("Intact").wait_for()


def test_a_parking_sensors_own_page_says_what_was_refused_of_it(closed, browse, fresh):
    one, other = make_lot(closed.admin, f"LOT-{fresh}", 2)
    key = closed.device(one, "parking")
    with closed.mqtt(one, key) as sensor:
        assert sensor.publish(STATUS, '{"spot_id":"%s","occupied":tru' % one) == 0x99
        assert sensor.publish(STATUS, {"spot_id": other, "occupied": True}) == 0x87
    person = closed.person("operator")
    page = browse(closed, f"/admin/devices?device={one}")
    sign_in(page, person.name, person.password)
    section = page.get_by_role("dialog", name=one).get_by_role("region", name="Refused messages")
    refused = section.get_by_role("listitem")
    expect(refused).to_have_count(2)
    told = closed.admin.get(f"/api/devices/{one}/refusals")["refusals"]
    assert [entry["code"] for entry in told] == ["forbidden", "malformed_json"]
    # Reason, time, topic, length and first bytes; newest first.
    for shown, entry in zip(refused.all(), told):
        for wanted in (entry["detail"], entry["code"], STATUS, f"{entry['bytes']} bytes", entry["excerpt"]):
            expect(shown).to_contain_text(wanted, use_inner_text=True)
        # A page's times have milliseconds.
        expect(shown.locator("time")).to_have_attribute("datetime", entry["at"][:23] + "Z")


def test_somebody_is_added_and_signs_in(own_closed, browse):
    hub = own_closed()
    page = browse(hub, "/admin/users")
    sign_in(page, ADMIN, PASSWORD)
    page.get_by_role("button", name="Add somebody").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("linus")
    dialog.get_by_label("Role").select_option("operator")
    dialog.get_by_role("button", name="Add", exact=True).click()
    password = page.get_by_role("region", name="Password").locator("code").first.inner_text()
    other = browse(hub)
    sign_in(other, "linus", password)
    assert hub.sign_in("linus", password)


def test_who_is_disabled_is_shown_the_door(closed, browse):
    person = closed.person("viewer")
    page = browse(closed, "/nodes")
    sign_in(page, person.name, person.password)
    page.get_by_text("Live", exact=True).first.wait_for()
    shell(closed, "user", "disable", person.name)
    page.get_by_role("heading", level=1, name="Sign in").wait_for(timeout=40_000)
    assert closed.ask("/api/account", headers=bearer(person.token)).status == 401


def test_an_open_hub_says_so_on_every_page(hub, browse):
    for path in ("/", "/nodes", "/broker", "/admin", "/docs"):
        page = browse(hub, path)
        page.locator(".banner").get_by_text(re.compile("This hub is open")).wait_for()


def test_the_description_is_rendered_offline(closed, browse):
    person = closed.person("admin")
    page = browse(closed, "/docs")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    sign_in(page, person.name, person.password)
    page.locator(".operation").first.wait_for()
    paths = person.get("/openapi.json")["paths"]
    count = sum(len([m for m in methods if m in ("get", "put", "post", "delete")]) for methods in paths.values())
    expect(page.locator(".operation")).to_have_count(count)
    assert not [url for url in asked if not url.startswith((closed.url, closed.url.replace("http", "ws"), "data:", "blob:"))]
