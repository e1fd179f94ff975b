"""Signing in and out, set-up, my account, navigation by rights."""
import re

import pytest
from conftest import PHONE
from fake.accounts import CODE, PASSWORD, Accounts
from playwright.sync_api import expect
from waiting import eventually, rest, until

SIGN_IN = "/sign-in"


def fill(page, name, password=PASSWORD):
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def heading(page, name, level=1):
    page.get_by_role("heading", level=level, name=name).wait_for()


def test_a_stranger_is_asked_who_they_are_and_sees_nothing_before(hub, open_page):
    page = open_page("about:blank", wait="html")
    page.add_init_script("""window.seen = []; new MutationObserver(() => { if (document.querySelector('.skeleton, .rail')) window.seen.push(1); })
        .observe(document, { childList: true, subtree: true });""")
    page.goto(f"{hub.url}/nodes?state=offline")
    heading(page, "Sign in")
    assert page.evaluate("window.seen") == []
    expect(page).to_have_url(f"{hub.url}/sign-in?next=%2Fnodes%3Fstate%3Doffline")
    rest(page)
    assert not any("/api/nodes" in url for url in page.watch.requests)
    fill(page, "ada")
    heading(page, "Nodes")
    expect(page).to_have_url(f"{hub.url}/nodes?state=offline")
    assert page.evaluate("document.cookie") == "", "no script sees a token"
    assert "token" not in page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")


@pytest.mark.parametrize("next", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/sign-in"])
def test_signing_in_never_leads_to_another_site(hub, open_page, next):
    page = open_page("about:blank", wait="html")
    page.goto(f"{hub.url}/sign-in?next={next}")
    heading(page, "Sign in")
    fill(page, "ada")
    page.wait_for_selector(".rail")
    expect(page).to_have_url(f"{hub.url}/")


def test_wrong_words_are_refused_without_telling_which(hub, open_page):
    page = open_page(hub.url + SIGN_IN)
    page.watch.allowed.append("401")
    for name in ["ada", "nobody"]:
        fill(page, name, "something else")
        page.get_by_text("Name or password is not right").wait_for()
    expect(page.get_by_label("Name", exact=True)).to_have_attribute("autocomplete", "username")
    expect(page.get_by_label("Password", exact=True)).to_have_attribute("autocomplete", "current-password")


def test_a_lock_out_counts_down_and_ends(hub, open_page):
    page = open_page(hub.url + SIGN_IN)
    page.watch.allowed.append("429")
    hub.do(lambda world: world.accounts.locked.update(ada=__import__("time").time() + 2.2))
    fill(page, "ada")
    page.get_by_text("Too many attempts").wait_for()
    expect(page.get_by_role("button", name=re.compile("Wait 0:0"))).to_be_disabled()
    page.get_by_text("You may try again now").wait_for()
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_selector(".rail")


def test_second_factor_is_asked_for_after_the_password(hub, open_page):
    page = open_page(hub.url + SIGN_IN)
    page.watch.allowed.append("401")
    fill(page, "grace")
    code = page.get_by_label("Code from your authenticator")
    code.fill("000000")
    expect(code).to_have_attribute("autocomplete", "one-time-code")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("That code is not right").wait_for()
    page.get_by_role("button", name="Use a recovery code").click()
    page.get_by_label("Recovery code").wait_for()
    page.get_by_role("button", name="Use the authenticator").click()
    page.get_by_label("Code from your authenticator").fill("123 456")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_selector(".rail")


def test_a_printed_code_signs_in_at_once_and_leaves_the_address(hub, open_page):
    hub.do(lambda world: world.accounts.codes.update(abc="ada"))
    page = open_page(f"{hub.url}/sign-in#code=abc", wait=".rail")
    expect(page).to_have_url(f"{hub.url}/")
    assert "abc" not in page.evaluate("location.href")
    other = open_page(f"{hub.url}/sign-in#code=abc")
    other.watch.allowed.append("401")
    other.get_by_text("This link no longer works").wait_for()
    expect(other).to_have_url(hub.url + SIGN_IN)


def test_first_administrator(serve, open_page):
    site = serve(accounts=Accounts(open=False, demo=False, setup_code="s3cret"))
    page = open_page(f"{site.url}/nodes")
    page.watch.allowed += ["401", "400"]
    page.get_by_role("heading", name="Nobody has an account here yet").wait_for()
    expect(page).to_have_url(f"{site.url}/setup")
    expect(page.locator("form")).to_have_count(0)
    page.goto(f"{site.url}/setup#wrong")
    page.reload()
    page.get_by_label("Name", exact=True).fill("ada")
    page.get_by_label("Password", exact=True).fill("short")
    page.get_by_label("Password again", exact=True).fill("other")
    page.get_by_role("button", name="Make the administrator").click()
    page.get_by_text("Use at least").wait_for()
    page.get_by_text("The two are not the same").wait_for()
    for label in ["Password", "Password again"]:
        page.get_by_label(label, exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Make the administrator").click()
    page.get_by_role("heading", name="This link no longer works").wait_for()
    page.get_by_text("martlet user add").wait_for()
    page.goto(f"{site.url}/setup#s3cret")
    page.reload()
    page.get_by_label("Name", exact=True).fill("ada")
    for label in ["Password", "Password again"]:
        page.get_by_label(label, exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Make the administrator").click()
    page.wait_for_selector(".rail")
    page.goto(f"{site.url}/setup")
    page.wait_for_selector(".rail")
    expect(page).to_have_url(f"{site.url}/")


def test_an_access_that_ended_is_renewed_once_for_all(hub, open_page):
    page = open_page(hub.url + SIGN_IN)
    page.watch.allowed.append("401")
    fill(page, "ada")
    page.wait_for_selector(".connection[data-status=open]")
    hub.do(lambda world: world.accounts.expire())
    page.locator(".nav-side").get_by_role("link", name="People").click()
    heading(page, "People")
    page.get_by_role("link", name="ada").wait_for()
    assert hub.do(lambda world: world.accounts.refreshed) == 1
    hub.do(lambda world: world.accounts.expire())
    page.locator(".nav-side").get_by_role("link", name="Devices").click()
    page.get_by_role("heading", name="Known devices").wait_for()
    assert hub.do(lambda world: world.accounts.refreshed) == 2, "three requests, one renewal"
    page.reload()
    page.get_by_role("heading", name="Known devices").wait_for()


def test_a_refusal_that_arrives_after_the_renewal_asks_for_no_other(hub, open_page):
    page = open_page(hub.url + SIGN_IN)
    page.watch.allowed.append("401")
    fill(page, "ada")
    page.wait_for_selector(".connection[data-status=open]")
    # Nothing else may renew meanwhile, as the overview does when it asks for its figures.
    page.locator(".nav-side").get_by_role("link", name="Audit").click()
    heading(page, "Audit")
    rest(page)
    ended = "; ".join(f"{each['name']}={each['value']}" for each in page.context.cookies(hub.url))
    held = []

    def hold(route):
        if held:
            route.continue_()
        else:
            # By now the browser may hold the renewed token already, and would send that.
            held.append((route, route.fetch(headers={**route.request.headers, "cookie": ended})))

    page.route("**/api/devices?*", hold)
    hub.do(lambda world: world.accounts.expire())
    page.locator(".nav-side").get_by_role("link", name="Devices").click()
    eventually(page, lambda: held, "the refusal that is held back")
    until(page, "JSON.parse(localStorage.getItem('session')).kind === 'renewed'")
    route, refusal = held[0]
    assert refusal.status == 401
    route.fulfill(response=refusal)
    page.get_by_role("heading", name="Known devices").wait_for()
    assert hub.do(lambda world: world.accounts.refreshed) == 1


def test_a_sign_in_that_ended_for_good_leads_to_the_door_and_back(hub, open_page):
    page = open_page(hub.url + SIGN_IN)
    page.watch.allowed += ["401", "WebSocket"]
    fill(page, "ada")
    page.wait_for_selector(".connection[data-status=open]")
    page.wait_for_selector(".glance")
    hub.do(lambda world: world.accounts.end("ada"))
    page.locator(".nav-side").get_by_role("link", name="Audit").click()
    heading(page, "Sign in")
    fill(page, "ada")
    heading(page, "Audit")


def test_a_socket_closed_for_a_sign_in_that_ended_leads_to_the_door(hub, open_page):
    page = open_page(hub.url + SIGN_IN)
    page.watch.allowed += ["401", "WebSocket"]
    fill(page, "ada")
    page.wait_for_selector(".connection[data-status=open]")

    async def end(world):
        world.accounts.end("ada")
        for socket in list(world.sockets):
            await socket.response.close(code=1008, message=b"signed out")
    hub.do(end)
    heading(page, "Sign in")


def test_signing_out_in_one_tab_signs_out_the_others(hub, open_page):
    page = open_page(hub.url + SIGN_IN)
    page.watch.allowed += ["WebSocket", "401"]
    fill(page, "ada")
    page.wait_for_selector(".connection[data-status=open]")
    other = page.context.new_page()
    other.goto(f"{hub.url}/broker")
    other.get_by_role("heading", level=1, name="Broker").wait_for()
    page.get_by_role("button", name=re.compile("account menu")).click()
    page.get_by_role("button", name="Sign out").click()
    heading(page, "Sign in")
    heading(other, "Sign in")
    fill(page, "vera")
    page.wait_for_selector(".rail")
    other.wait_for_selector(".rail")


def test_the_menu_of_the_person_is_for_keyboard_and_phone(hub, open_page):
    page = open_page(f"{hub.url}/nodes", size=PHONE, who="vera", on=hub)
    button = page.get_by_role("button", name=re.compile("account menu"))
    button.tap()
    page.get_by_role("link", name="Account").wait_for()
    page.keyboard.press("Escape")
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(page.locator(".person-button")).to_be_focused()


@pytest.mark.parametrize("who,words", [("ada", ["Overview", "Nodes", "Parking", "Classrooms", "Broker", "People", "Devices", "Audit", "API"]),
                                       ("otto", ["Overview", "Nodes", "Parking", "Classrooms", "Devices", "API"]), ("vera", ["Overview", "Nodes", "Parking", "Classrooms", "API"]),
                                       ("ned", ["Overview", "API"])])
def test_navigation_shows_what_one_may_open(hub, open_page, who, words):
    page = open_page(f"{hub.url}/", who=who, on=hub)
    rest(page)
    expect(page.locator(".nav-side a")).to_have_text(words, use_inner_text=True)
    asked = [url for url in page.watch.requests if "/api/broker" in url]
    assert bool(asked) == ("Broker" in words)


@pytest.mark.parametrize("path", ["/admin/users", "/admin/devices", "/admin/audit", "/broker"])
def test_a_page_without_the_right_to_it_says_which_is_missing(hub, open_page, path):
    page = open_page(hub.url + path, who="vera", on=hub)
    page.get_by_role("heading", name="This page is not open to you").wait_for()
    expect(page.locator(".empty code")).to_have_text(re.compile(r"^(users\.manage|devices\.view|audit\.view|broker\.view)$"))
    page.get_by_role("link", name="What I may do").click()
    heading(page, "Account")


def test_a_right_that_was_taken_meanwhile_disappears(hub, open_page):
    page = open_page(f"{hub.url}/admin", who="otto", on=hub)
    page.watch.allowed.append("403")
    hub.do(lambda world: world.accounts.users["otto"].update(roles=[{"site": "*", "role": "viewer"}]))
    page.locator(".nav-side").get_by_role("link", name="Devices").click()
    page.get_by_role("heading", name="This page is not open to you").wait_for()


def test_the_banner_of_an_open_hub_is_on_every_page(serve, open_page):
    site = serve(demo=False)
    page = open_page(site.url)
    # The board is of a lot that this hub has not; what everybody has to know stands there all the same.
    page.watch.allowed.append("404")
    for path in ["/", "/nodes", "/broker", "/admin/devices", "/docs", "/parking", "/parking/board/LOT001", "/account"]:
        page.goto(site.url + path)
        page.get_by_text("This hub is open:").wait_for()
        expect(page.locator(".person")).to_have_count(0)
    page.get_by_role("heading", name="Nobody signs in here").wait_for()
    expect(page.get_by_text("Demonstration.")).not_to_be_visible()


def test_no_banner_when_there_are_accounts(hub, open_page):
    page = open_page(f"{hub.url}/nodes", who="ada", on=hub)
    rest(page)
    expect(page.locator(".banner")).to_have_count(0)


def test_my_password(hub, open_page):
    page = open_page(f"{hub.url}/account", who="ada", on=hub)
    page.watch.allowed.append("401")
    card = page.locator("section", has=page.get_by_role("heading", name="Password", exact=True))
    for label, text in [("Current password", "wrong"), ("New password", "a better one 4"), ("New password again", "a better one 4")]:
        card.get_by_label(label, exact=True).fill(text)
    card.get_by_role("button", name="Change password").click()
    page.get_by_text("The current password is not right").wait_for()
    card.get_by_label("Current password", exact=True).fill(PASSWORD)
    card.get_by_role("button", name="Change password").click()
    page.get_by_text("Password changed.").wait_for()
    assert hub.do(lambda world: world.accounts.users["ada"]["password"]) == "a better one 4"


def test_second_factor_on_and_off(hub, open_page):
    page = open_page(f"{hub.url}/account", who="ada", on=hub)
    page.watch.allowed.append("401")
    page.get_by_role("button", name="Turn on").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    dialog.get_by_role("button", name="Go on").click()
    expect(dialog.get_by_role("link", name="open your authenticator")).to_have_attribute("href", re.compile("^otpauth://totp/"))
    dialog.get_by_text("JBSW Y3DP").wait_for()
    dialog.get_by_label("Type the code that it shows").fill("999999")
    dialog.get_by_role("button", name="Turn it on").click()
    dialog.get_by_text("That code is not right").wait_for()
    dialog.get_by_label("Type the code that it shows").fill(CODE)
    dialog.get_by_role("button", name="Turn it on").click()
    dialog.get_by_text("Shown only now.").wait_for()
    expect(dialog.locator(".codes li")).to_have_count(8)
    with page.expect_download() as saved:
        dialog.get_by_role("button", name="Download").click()
    assert len(saved.value.path().read_text().split()) == 8
    dialog.get_by_role("button", name="I have kept them").click()
    page.get_by_text("Second factor on").wait_for()
    page.get_by_role("button", name="Turn off").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    dialog.get_by_label("Code from your authenticator").fill("999999")
    dialog.get_by_role("button", name="Turn it off").click()
    dialog.get_by_text("The password or the code is not right").wait_for()
    dialog.get_by_label("Code from your authenticator").fill(f"{CODE[:3]} {CODE[3:]}")
    dialog.get_by_role("button", name="Turn it off").click()
    page.get_by_text("Password only").wait_for()


def test_sessions_and_tokens(hub, open_page):
    hub.do(lambda world: world.accounts.sign_in(world.accounts.users["ada"], "10.0.0.9", "Mozilla/5.0 (Windows) Firefox/131.0"))
    page = open_page(f"{hub.url}/account", who="ada", on=hub)
    page.get_by_text("This one").wait_for()
    page.get_by_role("button", name=re.compile("Sign out Firefox on Windows")).click()
    page.get_by_text("Firefox on Windows").first.wait_for(state="detached")
    page.get_by_role("button", name="New token").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Make the token").click()
    dialog.get_by_text("Choose at least one right").wait_for()
    dialog.get_by_label("What for", exact=True).fill("backup")
    dialog.get_by_label("See sensor nodes and their readings").check()
    dialog.get_by_role("button", name="Make the token").click()
    page.get_by_role("region", name="Token", exact=True).get_by_text(re.compile("mpt_")).first.wait_for()
    page.get_by_role("button", name="I have kept it").click()
    expect(page.get_by_role("button", name="Remove backup")).to_be_visible()
    expect(page.get_by_role("region", name="Token", exact=True)).to_have_count(0)
    assert "mpt_" not in page.content()
    page.get_by_role("button", name="Remove backup").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    page.get_by_text("None yet.").wait_for()
    page.get_by_role("button", name="Sign out everywhere").click()
    page.get_by_role("dialog").get_by_role("button", name="Sign out everywhere").click()
    heading(page, "Sign in")


def test_a_viewer_cannot_give_a_token_more_than_they_have(hub, open_page):
    page = open_page(f"{hub.url}/account", who="vera", on=hub)
    page.get_by_role("button", name="New token").click()
    expect(page.locator("dialog .check")).to_have_text(["See the hub's version, doors and solutions", "See sensor nodes and their readings",
                                                                "See lots that are not public, history and the health of sensors", "See classrooms, and when they are booked"], use_inner_text=True)


