"""People, devices, the audit and the API, for who looks after the hub."""
import re
import struct
import zlib

import pytest
from conftest import PHONE
from fake.accounts import PASSWORD, Accounts
from fake.clock import iso, now
from playwright.sync_api import expect
from rules import COLOURS, has_room_for_a_finger, in_theme, is_read_easily, keeps_the_rules
from waiting import rest


def accounts(hub):
    return hub.do(lambda world: world.accounts)


@pytest.mark.parametrize("path", ["/sign-in", "/setup", "/setup#s3cret"])
def test_the_doors_keep_the_rules_too(serve, hub, open_page, path):
    site = hub if path == "/sign-in" else serve(accounts=Accounts(open=False, demo=False, setup_code="s3cret"))
    page = open_page(site.url + path, size=PHONE, color_scheme="light")
    page.watch.allowed.append("401")
    if path == "/sign-in":
        page.get_by_label("Name", exact=True).fill("ada")
        page.get_by_label("Password", exact=True).fill("wrong")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_text("Name or password is not right").wait_for()
    rest(page)
    keeps_the_rules(page)
    has_room_for_a_finger(page)
    is_read_easily(page)
    in_theme(page, "dark")
    is_read_easily(page)
    keeps_the_rules(page, COLOURS)


# People.

def test_somebody_is_added_and_their_password_shown_once(hub, open_page):
    page = open_page(f"{hub.url}/admin/users", who="ada", on=hub)
    page.get_by_role("button", name="Add somebody").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Add", exact=True).click()
    dialog.get_by_text("Give the account a name.").wait_for()
    dialog.get_by_label("Name", exact=True).fill("linus")
    dialog.get_by_label("Role").select_option("operator")
    dialog.get_by_label("Where").select_option("annex")
    dialog.get_by_role("button", name="Add", exact=True).click()
    page.get_by_text("Shown only now.").wait_for()
    made = accounts(hub).users["linus"]
    assert made["roles"] == [{"site": "annex", "role": "operator"}]
    expect(page.get_by_role("region", name="Password").locator("code").first).to_have_text(made["password"], use_inner_text=True)
    page.get_by_role("button", name="I have kept it").click()
    page.get_by_role("link", name="linus").wait_for()
    expect(page.get_by_text("Shown only now.")).to_have_count(0)
    assert made["password"] not in page.content()


def test_a_name_that_is_taken_is_said(hub, open_page):
    page = open_page(f"{hub.url}/admin/users", who="ada", on=hub)
    page.watch.allowed.append("409")
    page.get_by_role("button", name="Add somebody").click()
    page.get_by_role("dialog").get_by_label("Name", exact=True).fill("vera")
    page.get_by_role("dialog").get_by_role("button", name="Add", exact=True).click()
    page.get_by_text("There is already such an account").wait_for()


def test_search_of_people_is_in_the_address(hub, open_page):
    page = open_page(f"{hub.url}/admin/users?q=annex", who="ada", on=hub, wait="tbody")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_label("Search people").fill("nobody like that")
    page.get_by_role("heading", name="Nobody fits").wait_for()
    expect(page).to_have_url(re.compile("q=nobody"))
    page.get_by_role("link", name="Show all").click()
    page.get_by_role("link", name="vera").wait_for()


def test_roles_a_site_each_and_the_last_administrator_stays(hub, open_page):
    page = open_page(f"{hub.url}/admin/users?user=vera", who="ada", on=hub)
    page.watch.allowed.append("409")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Role 1", exact=True).select_option("staff")
    dialog.get_by_role("button", name="Another role").click()
    dialog.get_by_label("Role 2", exact=True).select_option("operator")
    dialog.get_by_label("Site 2", exact=True).select_option("annex")
    dialog.get_by_role("button", name="Save roles").click()
    page.get_by_text("The roles of vera are changed.").wait_for()
    assert accounts(hub).users["vera"]["roles"] == [{"site": "*", "role": "staff"}, {"site": "annex", "role": "operator"}]
    page.goto(f"{hub.url}/admin/users?user=ada")
    dialog.get_by_label("Role 1", exact=True).select_option("viewer")
    dialog.get_by_role("button", name="Save roles").click()
    dialog.get_by_text("This is the last administrator").wait_for()
    dialog.get_by_role("button", name="Remove…").click()
    top = page.get_by_role("dialog", name="Remove ada")
    top.get_by_label("Type ada to go on").fill("ada")
    top.get_by_role("button", name="Remove", exact=True).click()
    top.get_by_text("This is the last administrator").wait_for()


def test_disable_enable_reset_and_remove(hub, open_page):
    page = open_page(f"{hub.url}/admin/users?user=otto", who="ada", on=hub)
    dialog = page.get_by_role("dialog", name="otto", exact=True)
    dialog.get_by_role("button", name="Disable…").click()
    page.get_by_role("dialog", name="Disable otto").get_by_role("button", name="Disable", exact=True).click()
    dialog.get_by_text("Disabled").wait_for()
    dialog.get_by_role("button", name="Enable").click()
    dialog.get_by_role("button", name="Disable…").wait_for()
    dialog.get_by_role("button", name="New password").click()
    page.get_by_role("button", name="Set the password").click()
    page.get_by_text("Shown only now.").wait_for()
    assert accounts(hub).users["otto"]["password"] != PASSWORD
    page.get_by_role("button", name="I have kept it").click()
    dialog.get_by_role("button", name="Remove…").click()
    sure = page.get_by_role("dialog", name="Remove otto")
    expect(sure.get_by_role("button", name="Remove", exact=True)).to_be_disabled()
    sure.get_by_label("Type otto to go on").fill("otto")
    sure.get_by_role("button", name="Remove", exact=True).click()
    page.get_by_role("link", name="otto").wait_for(state="detached")
    expect(page).not_to_have_url(re.compile("user="))


# Devices.

def test_the_window_opens_counts_down_and_closes(hub, open_page):
    page = open_page(f"{hub.url}/admin/devices", who="ada", on=hub)
    page.get_by_text("3 since the start").wait_for()
    page.get_by_label("For how long").select_option("5")
    page.get_by_role("button", name="Open the window").click()
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"^\s*(4:[0-5]\d|5:00)\s*$"))
    page.get_by_role("button", name="Close now").click()
    expect(page.get_by_role("timer")).to_have_count(0)
    page.get_by_text("Closed").wait_for()
    assert accounts(hub).join_until is None


def test_a_waiting_device_is_let_in_with_a_new_key(hub, open_page):
    page = open_page(f"{hub.url}/admin/devices", who="ada", on=hub)
    card = page.locator(".pending", has_text="meter-3")
    card.get_by_text("1 message").wait_for()
    expect(card.locator(".topics")).to_have_text("iot/node/meter-3/telemetry", use_inner_text=True)
    card.get_by_role("button", name=re.compile("Let in")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Kind").select_option("module")
    expect(dialog.get_by_text("Keep its password")).to_have_count(0)
    dialog.get_by_label("Site").select_option("annex")
    dialog.get_by_role("button", name="Let it in").click()
    page.get_by_role("heading", name="Key of meter-3").wait_for()
    key = page.get_by_role("region", name="Key", exact=True).locator("code").first.inner_text()
    assert key.startswith("mdk_")
    expect(page.get_by_role("region", name="Try it in a shell")).to_contain_text(f"-P {key} -q 1 -t iot/node/meter-3/telemetry", use_inner_text=True)
    expect(page.get_by_role("region", name="Firmware")).to_contain_text(f'MQTT_PASSWORD "{key}"', use_inner_text=True)
    page.get_by_role("button", name="I have kept it").click()
    page.get_by_role("link", name="meter-3").wait_for()
    expect(page.get_by_role("heading", name="Key of meter-3")).to_have_count(0)
    assert key not in page.content()
    assert accounts(hub).devices["meter-3"]["site"] == "annex"


def test_a_waiting_device_keeps_its_password_or_is_turned_away(hub, open_page):
    page = open_page(f"{hub.url}/admin/devices", who="ada", on=hub)
    page.get_by_role("button", name="Let in… node_77").click()
    page.get_by_role("button", name="Let it in").click()
    page.get_by_text("node_77 is let in.").wait_for()
    assert accounts(hub).devices["node_77"]["credential"] == "password"
    page.get_by_role("button", name="Turn away… meter-3").click()
    page.get_by_role("dialog").get_by_role("button", name="Turn away").click()
    page.get_by_role("heading", name="Waiting to be let in").wait_for(state="detached")
    assert "meter-3" not in accounts(hub).devices


def test_a_device_that_knocks_appears_by_itself(hub, open_page):
    page = open_page(f"{hub.url}/admin/devices", who="ada", on=hub)
    page.get_by_role("heading", name="Known devices").wait_for()
    hub.do(lambda world: world.accounts.add_pending("node_99"))
    page.get_by_role("heading", level=3, name="node_99").wait_for()


def test_a_device_is_added_and_looked_after(hub, open_page):
    page = open_page(f"{hub.url}/admin/devices", who="ada", on=hub)
    page.watch.allowed.append("409")
    page.get_by_role("button", name="Add a device").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Id", exact=True).fill("spot 7")
    dialog.get_by_role("button", name="Add and show its key").click()
    dialog.get_by_text("Use 1 to 64 letters").wait_for()
    dialog.get_by_label("Id", exact=True).fill("SPOT007")
    dialog.get_by_label("Kind").select_option("parking")
    dialog.get_by_role("button", name="Add and show its key").click()
    page.get_by_role("region", name="Over HTTP, as headers").get_by_text("X-Device-Id: SPOT007").wait_for()
    page.get_by_role("button", name="I have kept it").click()
    page.get_by_role("link", name="SPOT007").click()
    expect(page).to_have_url(re.compile("device=SPOT007"))
    box = page.get_by_role("dialog", name="SPOT007", exact=True)
    box.get_by_label("Controller").fill("ctrl-2")
    box.get_by_role("button", name="Save").click()
    page.get_by_text("SPOT007 is changed.").wait_for()
    box.get_by_role("button", name="New key").click()
    page.get_by_role("button", name="Make a new key").click()
    page.get_by_role("heading", name="Key of SPOT007").wait_for()
    page.get_by_role("button", name="I have kept it").click()
    box.get_by_role("button", name="Disable…").click()
    page.get_by_role("dialog", name="Disable SPOT007").get_by_role("button", name="Disable", exact=True).click()
    box.get_by_role("button", name="Enable").click()
    box.get_by_role("button", name="Remove…").click()
    sure = page.get_by_role("dialog", name="Remove SPOT007")
    sure.get_by_label("Type SPOT007").fill("SPOT007")
    sure.get_by_role("button", name="Remove", exact=True).click()
    page.get_by_role("link", name="SPOT007").wait_for(state="detached")


def test_how_a_device_is_stands_in_the_list_and_in_its_dialog(hub, open_page):
    def silence(world):
        world.accounts.devices["SPOT001"]["states"] = [
            {"subject": "device", "state": "silent", "since": iso(now() - 120), "severity": "attention"},
            {"subject": "spot", "state": "unknown", "since": iso(now() - 120), "severity": "unknown"}]
        world.accounts.add_device("thing-1", "busstop", states=[{"subject": "device", "state": "on_the_way", "since": iso(now()), "severity": "good"}])
    hub.do(silence)
    page = open_page(f"{hub.url}/admin/devices", who="ada", on=hub)
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="SPOT001", exact=True))
    silent = row.locator(".badge", has_text="sensor silent")
    expect(silent).to_have_attribute("data-tone", "warn")
    expect(silent).to_contain_text("2 min")
    expect(row.locator(".badge", has_text="unknown")).to_have_attribute("data-tone", "unknown")
    # A solution that says no words of its own is shown in those of the API.
    page.get_by_text("on the way").wait_for()
    page.get_by_role("link", name="node_01", exact=True).click()
    expect(page.get_by_role("dialog", name="node_01").locator(".badge", has_text="online")).to_have_attribute("data-tone", "good")


def test_a_device_gets_a_picture_another_one_and_none(hub, open_page):
    def png(width):
        rows = b"".join(b"\x00" + b"\x40\x80\xc0" * width for _ in range(2))
        chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, 2, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows))
                + chunk(b"IEND", b""))

    def send(name, content):
        box.locator("input[type=file]").set_input_files({"name": name, "mimeType": "image/png", "buffer": content})

    page = open_page(f"{hub.url}/admin/devices?device=node_01", who="ada", on=hub)
    page.watch.allowed.append("415")
    box = page.get_by_role("dialog", name="node_01")
    box.get_by_role("heading", name="Picture").wait_for()
    expect(box.get_by_role("img", name="Picture of node_01")).to_have_count(0)
    send("page.png", b"<html>")
    box.get_by_text("Send a picture in JPEG, PNG or WebP.").wait_for()
    send("place.png", png(3))
    picture = box.get_by_role("img", name="Picture of node_01")
    expect(picture).to_have_js_property("naturalWidth", 3)
    send("place.png", png(5))
    expect(picture).to_have_js_property("naturalWidth", 5)
    box.get_by_role("button", name="Remove the picture").click()
    expect(picture).to_have_count(0)
    assert accounts(hub).pictures == {}
    # Who may only look sees it, and no way to change it.
    hub.do(lambda world: world.accounts.add_user("sam", "staff"))
    hub.do(lambda world: (world.accounts.pictures.update(node_01=png(3)), world.accounts.devices["node_01"].update(picture="1")))
    page = open_page(f"{hub.url}/admin/devices?device=node_01", who="sam", on=hub)
    box = page.get_by_role("dialog", name="node_01")
    expect(box.get_by_role("img", name="Picture of node_01")).to_have_js_property("naturalWidth", 3)
    expect(box.locator("input[type=file]")).to_have_count(0)


def test_a_device_whose_messages_are_refused_says_why(hub, open_page):
    def refuse(world):
        world.accounts.add_device("SPOT007", "parking")
        world.accounts.refusals["SPOT007"] = [{
            "at": iso(now() - 90), "code": "too_old", "detail": "its time is longer ago than the hub takes", "topic": "parkmate/spot/status",
            "excerpt": '{"spot_id":"SPOT007","api_key":…', "bytes": 81, "left_out": 0}]

    hub.do(refuse)
    page = open_page(f"{hub.url}/admin/devices?device=SPOT007", who="ada", on=hub)
    section = page.get_by_role("dialog", name="SPOT007").get_by_role("region", name="Refused messages")
    for wanted in ["its time is longer ago than the hub takes", "too_old", "min ago", "parkmate/spot/status", "81 bytes", '{"spot_id":"SPOT007"']:
        expect(section).to_contain_text(wanted, use_inner_text=True)
    page.goto(f"{hub.url}/admin/devices?device=node_02")
    page.get_by_role("dialog", name="node_02").get_by_text("Proves itself by").wait_for()
    rest(page)
    expect(page.get_by_role("region", name="Refused messages")).to_have_count(0)


def test_filters_and_pages_of_devices_are_in_the_address(hub, open_page):
    hub.do(lambda world: [world.accounts.add_device(f"many-{n:03d}", "module") for n in range(120)])
    page = open_page(f"{hub.url}/admin/devices?kind=module", who="ada", on=hub, wait="tbody")
    expect(page.locator("tbody tr")).to_have_count(50)
    page.get_by_role("link", name="Next page").click()
    page.get_by_role("link", name="many-050").wait_for()
    expect(page).to_have_url(re.compile("after=many-049"))
    page.get_by_label("Search devices").fill("SPOT")
    page.get_by_role("heading", name="No device fits").wait_for()
    expect(page).not_to_have_url(re.compile("after="))
    page.get_by_role("link", name="Show all").click()
    page.get_by_role("navigation", name="State").get_by_role("link", name="Disabled").click()
    page.get_by_role("link", name="node_09").wait_for()
    expect(page.locator("tbody tr")).to_have_count(1)


def test_who_may_only_look_at_devices_gets_no_buttons(hub, open_page):
    hub.do(lambda world: world.accounts.add_user("sam", "staff"))
    page = open_page(f"{hub.url}/admin/devices?device=node_02", who="sam", on=hub)
    page.get_by_role("dialog").get_by_text("Proves itself by").wait_for()
    rest(page)
    expect(page.get_by_role("dialog").get_by_role("button")).to_have_text([""], use_inner_text=True)
    expect(page.get_by_role("button", name=re.compile("Open the window|Add a device|Let in|Rename"))).to_have_count(0)


def test_sites(hub, open_page):
    page = open_page(f"{hub.url}/admin/devices", who="ada", on=hub)
    page.get_by_role("button", name="Rename annex").click()
    page.get_by_label("Title of annex").fill("Old annex")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Old annex").last.wait_for()
    page.get_by_role("button", name="Add a site").click()
    page.get_by_label("Id", exact=True).fill("gate")
    page.get_by_label("Title", exact=True).fill("Gate")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("button", name="Rename gate").wait_for()


def test_an_error_of_the_devices_says_what(hub, open_page):
    hub.do(lambda world: world.broken.update({"/api/devices": (500, "internal_error", "The server could not do this", "")}))
    page = open_page(f"{hub.url}/admin/devices", who="ada", on=hub)
    page.watch.allowed.append("500")
    page.get_by_role("heading", name="The devices could not be read").wait_for()


# The audit.

def test_audit_is_searched_and_a_row_opened(hub, open_page):
    page = open_page(f"{hub.url}/admin/audit", who="ada", on=hub)
    page.get_by_label("Who", exact=True).fill("mallory")
    page.wait_for_url(re.compile("who=mallory"))
    page.locator("tbody tr").nth(1).wait_for(state="detached")
    expect(page.locator("tbody tr")).to_contain_text("Refused", use_inner_text=True)
    page.goto(f"{hub.url}/admin/audit?action=device.approve&range=24h")
    page.get_by_role("link", name="Let a device in").click()
    page.get_by_role("dialog").get_by_text("annex").wait_for()
    expect(page).to_have_url(re.compile("entry="))
    page.keyboard.press("Escape")
    page.get_by_label("Outcome").select_option("refused")
    page.get_by_role("heading", name="Nothing fits").wait_for()


def test_audit_has_pages_and_an_export(hub, open_page):
    hub.do(lambda world: [world.accounts.audit("command.send", f"node:{n}", "ada") for n in range(70)])
    page = open_page(f"{hub.url}/admin/audit?action=command.send", who="ada", on=hub, wait="tbody")
    expect(page.locator("tbody tr")).to_have_count(50)
    page.get_by_role("link", name="Older").click()
    page.get_by_text("node:0", exact=True).first.wait_for(state="attached")
    page.get_by_role("link", name="Newest").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Export CSV").click()
    assert saved.value.path().read_text().count("command.send") == 70


def test_the_chain_is_intact_or_names_the_first_changed_row(hub, open_page):
    page = open_page(f"{hub.url}/admin/audit", who="ada", on=hub)
    page.get_by_role("button", name="Check the chain").click()
    page.get_by_text("Intact").wait_for()
    expect(page.get_by_role("region", name="Hash of the last row")).to_have_text(accounts(hub).entries[-1]["hash"], use_inner_text=True)
    hub.do(lambda world: world.accounts.entries[1].update(who="nobody"))
    page.get_by_role("button", name="Check the chain").click()
    page.get_by_text("Changed").first.wait_for()
    expect(page.locator(".chain strong")).to_have_text("2", use_inner_text=True)


# The API.

def test_docs_are_searched_and_opened(hub, open_page):
    page = open_page(f"{hub.url}/docs", who="vera", on=hub, wait=".operation")
    expect(page.locator(".operation")).to_have_count(10)
    page.get_by_label("Search by path").fill("command")
    page.get_by_text("1 of 10").wait_for()
    operation = page.locator(".operation")
    operation.get_by_text("Send commands to sensor nodes").wait_for()
    expect(operation).to_contain_text("ttl_seconds", use_inner_text=True)
    expect(operation).to_contain_text("from 1 to 86400", use_inner_text=True)
    line = operation.get_by_role("region", name=re.compile("Example")).inner_text()
    assert "curl -X POST" in line and "Authorization: Bearer $MARTLET_TOKEN" in line and '{"command":"text"}' in line
    operation.locator(".answer summary", has_text="default").click()
    operation.get_by_text("application/problem+json").wait_for()
    assert page.watch.foreign(hub.url) == []
    page.goto(f"{hub.url}/docs?q=nonsense")
    page.get_by_role("heading", name="No operation fits").wait_for()
