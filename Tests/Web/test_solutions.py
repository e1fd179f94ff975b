"""The pages of a solution are declared by it: which there are the catalogue says, and one that is broken takes no other page down."""
import re

import pytest
from conftest import DESKTOP
from fake.catalogue import SOLUTIONS
from fake.people import hub as make_hub
from playwright.sync_api import expect
from waiting import eventually, frames, rest

BEFORE = "window.errors = []; const say = console.error; console.error = (...words) => { window.errors.push(words.map(String).join(' ')); say(...words); };"
BROKEN = ["could not be loaded", "404", "this is broken", "ERR_FAILED"]


def without(context, path, **answer):
    """A context in which a file of the pages is missing, or another."""
    context.route(f"**{path}", lambda route: route.fulfill(**answer) if answer else route.fulfill(status=404, body=""))


def opened(browser_page, site, path, name, **answer):
    page = browser_page(f"{site.url}/docs", who=name, on=site, before=BEFORE)
    page.watch.allowed += BROKEN
    without(page.context, "/parking/solution.js", **answer)
    page.goto(site.url + path)
    page.wait_for_selector("#main h1")
    rest(page)
    return page


def test_a_solution_whose_declaration_is_missing_takes_no_other_page_down(lots, open_page):
    page = opened(open_page, lots, "/", "ada")
    expect(page.get_by_text("The pages of Car park could not be loaded.")).to_be_visible()
    assert any("parking" in line for line in page.evaluate("window.errors")), "a line in the console says which"
    page.locator(".nav-side").get_by_role("link", name="Nodes").click()
    page.get_by_role("heading", level=1, name="Nodes").wait_for()
    page.locator(".nav-side").get_by_role("link", name="Car park").click()
    page.get_by_role("heading", level=1, name="This page could not be loaded").wait_for()
    for name in ["Devices", "Nodes"]:
        page.locator(".nav-side").get_by_role("link", name=name).click()
        page.locator(".nav-side [aria-current=page]", has_text=name).wait_for()
        rest(page)
        expect(page.get_by_text("This page could not be loaded")).to_have_count(0)


def test_a_declaration_that_throws_takes_no_other_page_down(lots, open_page):
    page = opened(open_page, lots, "/nodes", "ada", content_type="text/javascript", body="throw new Error('this is broken');")
    page.get_by_role("heading", level=1, name="Nodes").wait_for()
    assert any("this is broken" in line for line in page.evaluate("window.errors"))


def test_a_declaration_of_another_solution_is_not_taken_for_this_one(lots, open_page):
    page = opened(open_page, lots, "/", "ada", content_type="text/javascript", body="export default { id: 'nodes' };")
    expect(page.get_by_text("The pages of Car park could not be loaded.")).to_be_visible()


def test_only_an_administrator_is_told_of_a_broken_solution(lots, open_page):
    page = opened(open_page, lots, "/", "vera")
    page.get_by_role("heading", level=2, name="Running").wait_for()
    expect(page.get_by_text("could not be loaded")).to_have_count(0)


def test_a_hub_without_a_solution_shows_nothing_of_it(serve, open_page):
    site = serve(parking=True)
    site.do(lambda world: setattr(world, "solutions", SOLUTIONS[:1]))
    page = open_page(f"{site.url}/nodes")
    rest(page)
    expect(page.locator(".nav-side").get_by_role("link", name="Parking")).to_have_count(0)
    assert not any("/parking/" in url for url in page.watch.requests)
    page.watch.allowed.append("404")
    page.goto(f"{site.url}/parking")
    page.get_by_role("heading", level=1, name="No such page").wait_for()


def test_a_solution_that_is_new_is_in_the_navigation_without_a_change_elsewhere(serve, open_page):
    site = serve()
    new = {"id": "kites", "title": "Kites", "path": "/kites", "needs": "kites.view", "kinds": [{"id": "kite", "title": "Kite"}]}
    page = open_page(f"{site.url}/docs")
    site.do(lambda world: setattr(world, "solutions", [*SOLUTIONS, new]))
    page.context.route("**/kites/*.js", lambda route: route.fulfill(content_type="text/javascript", body={
        "solution.js": """export default { id: 'kites', icons: { kite: 'M10 2 16 8 10 18 4 8Z' }, stylesheet: '/kites/kites.css',
            routes: [{ path: '/kites', title: 'Kites', load: () => import('/kites/page.js') }],
            navigation: [{ path: '/kites', word: 'Kites', icon: 'kite' }] };""",
        "page.js": "import { html } from '/lib/html.js'; export const Page = () => html`<h1 class=\"kite\">Kites in the air</h1>`;",
    }[route.request.url.rsplit("/", 1)[-1]]))
    page.context.route("**/kites/kites.css", lambda route: route.fulfill(content_type="text/css", body=".kite { color: rgb(1, 2, 3); }"))
    page.goto(f"{site.url}/")
    rest(page)
    expect(page.locator(".nav-side [href='/kites'] path")).to_have_attribute("d", "M10 2 16 8 10 18 4 8Z")
    page.locator(".nav-side").get_by_role("link", name="Kites").click()
    heading = page.get_by_role("heading", level=1, name="Kites in the air")
    heading.wait_for()
    assert heading.evaluate("e => getComputedStyle(e).color") == "rgb(1, 2, 3)"


@pytest.mark.parametrize(("needs", "is_shown"), [("", False), ("needs: null,", True), ("needs: 'nodes.view',", True), ("public: true,", True)])
def test_a_page_needs_the_right_of_its_solution_unless_it_says_otherwise(serve, open_page, needs, is_shown):
    """The catalogue says which right that is; nobody but its reader would notice if a page forgot it."""
    site = serve(accounts=make_hub())
    new = {"id": "kites", "title": "Kites", "path": "/kites", "needs": "kites.view", "kinds": []}
    page = open_page(f"{site.url}/docs", who="vera", on=site)
    site.do(lambda world: setattr(world, "solutions", [*SOLUTIONS, new]))
    page.context.route("**/kites/solution.js", lambda route: route.fulfill(content_type="text/javascript", body=f"""export default {{ id: 'kites',
        routes: [{{ path: '/kites', title: 'Kites', {needs} load: () => Promise.resolve({{ Page: () => null }}) }}],
        navigation: [{{ path: '/kites', word: 'Kites', icon: 'parking' }}] }};"""))
    page.goto(f"{site.url}/")
    rest(page)
    expect(page.locator(".nav-side").get_by_role("link", name="Nodes")).to_have_count(1)
    expect(page.locator(".nav-side").get_by_role("link", name="Kites")).to_have_count(1 if is_shown else 0)


def test_nothing_is_drawn_without_its_style(lots, open_page):
    page = open_page(f"{lots.url}/docs", who="ada", on=lots)
    held = []
    page.context.route("**/parking/parking.css", lambda route: held.append(route))
    page.goto(f"{lots.url}/parking/LOT001")
    pending = lambda: [request.url for request in page.watch.pending if not request.url.endswith("parking.css")]
    eventually(page, lambda: held and any("driver.js" in url for url in page.watch.requests) and not pending(), "all but the style is there")
    frames(page, 10)
    expect(page.locator(".count-card")).to_have_count(0)
    held[0].continue_()
    page.locator(".count-card").wait_for()
    order = page.evaluate("[...document.querySelectorAll('link[rel=stylesheet]')].map((link) => new URL(link.href).pathname)")
    assert order[-1] == "/styles/print.css" and "/parking/parking.css" in order, "what is for paper comes last"


def test_the_catalogue_is_asked_for_once_and_not_sent_again_while_it_is_the_same(site, open_page):
    page = open_page(f"{site.url}/nodes")
    page.reload()
    rest(page)
    page.locator(".nav-side").get_by_role("link", name="Broker").click()
    page.get_by_role("heading", level=1, name="Broker").wait_for()
    assert site.do(lambda world: world.told) == [200, 304]
    site.do(lambda world: setattr(world, "solutions", SOLUTIONS[:1]))
    page.reload()
    rest(page)
    assert site.do(lambda world: world.told) == [200, 304, 200]
    expect(page.locator(".nav-side").get_by_role("link", name="Parking")).to_have_count(0)


def test_without_a_catalogue_the_page_says_so_and_goes_on_by_itself(site, open_page):
    site.do(lambda world: world.broken.update({"/api/catalogue": (503, "overloaded", "The hub is busy", "")}))
    page = open_page(f"{site.url}/nodes")
    page.watch.allowed.append("503")
    page.get_by_role("heading", level=1, name="Martlet cannot be reached").wait_for()
    site.do(lambda world: world.broken.clear())
    page.get_by_role("heading", level=1, name="Nodes").wait_for()


def test_rights_roles_and_kinds_are_said_in_the_words_of_the_catalogue(hub, open_page):
    page = open_page(f"{hub.url}/account", who="vera", on=hub)
    page.get_by_text("What I may do", exact=True).first.click()
    expect(page.get_by_text("See sensor nodes and their readings")).to_be_visible()
    expect(page.get_by_text("Looks, at all sites")).to_be_visible()
    page = open_page(f"{hub.url}/admin/devices?device=node_02", who="ada", on=hub)
    dialog = page.get_by_role("dialog", name="node_02")
    dialog.get_by_role("link", name="Sensor node").click()
    page.get_by_role("heading", level=1, name="node_02").wait_for()


def test_a_stranger_begins_with_the_solution_that_is_open_to_them(lots, open_page):
    page = open_page(f"{lots.url}/parking/LOT001", size=DESKTOP)
    brand = page.get_by_role("link", name=re.compile("Martlet, parking"))
    expect(brand).to_have_attribute("href", "/parking")


def test_a_page_that_may_ask_the_browser_for_more_than_its_document_may_has_a_document_of_its_own(lots, open_page):
    """What a document may ask for it is told once, so the way to such a page loads it anew; all other ways load nothing."""
    page = open_page(f"{lots.url}/nodes", who="ada", on=lots)
    loaded = []
    page.on("request", lambda request: request.is_navigation_request() and loaded.append(request.url.removeprefix(lots.url)))

    def go(word):
        page.locator(".nav-side").get_by_role("link", name=word).click()
        page.locator(".nav-side [aria-current=page]", has_text=word).wait_for()
        rest(page)
        return page.evaluate("document.featurePolicy.allowsFeature('geolocation')")

    assert go("Devices") is False and loaded == []
    assert go("Parking") is True and loaded == ["/parking/owner"]
    go("Nodes")
    go("Parking")
    page.go_back()
    page.locator(".nav-side [aria-current=page]", has_text="Nodes").wait_for()
    assert loaded == ["/parking/owner"]
