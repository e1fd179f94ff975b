"""What every page has in common: where it loads from, how large it is, how one gets about."""
import gzip
import re

import pytest
from browser import start
from conftest import PHONE, watched
from fake.server import ROOT
from playwright.sync_api import expect
from waiting import rest


def test_no_inline_script_or_style_in_the_document():
    text = (ROOT / "Web/index.html").read_text()
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))
    for file in (ROOT / "Web").rglob("*.js"):
        assert not re.search(r"style=\"|dangerouslySetInnerHTML|innerHTML|https?://(?!www\.w3\.org|maps\.apple\.com|www\.openstreetmap\.org/directions)", file.read_text()), file


IMPORT = re.compile(r"^(?:(?:import|export)[^;]*?from|import) '(/[^']+)'", re.M)


def imported_by(path, seen):
    if path not in seen:
        seen.add(path)
        if not path.startswith("/vendor/"):
            for name in IMPORT.findall((ROOT / f"Web{path}").read_text()):
                imported_by(name, seen)
    return seen


def test_all_that_every_page_needs_is_fetched_at_once():
    """Without a build step the browser would find the modules one level after the other; the document names them all."""
    named = set(re.findall(r'modulepreload" href="([^"]+)"', (ROOT / "Web/index.html").read_text()))
    assert named == imported_by("/app/main.js", set()) - {"/app/main.js"}


SOLUTIONS = sorted(file.parent.name for file in (ROOT / "Web").glob("*/solution.js"))

# Bytes, compressed. A page has its bound whatever solutions there are. What the front page fetches for a solution's card has a share of its own for each.
PAGE = 98_000
SHELL_AND_FRONT_PAGE = 77_000
CARD = 13_000
# So much for each card where the whole is counted: one that needs more is paid for by another that needs less.
CARD_ON_AVERAGE = 11_000
# A solution's share on pages that are not its own: what declares it.
DECLARATION = 2_000


def size(path):
    inner = "Web/index.html" if "." not in path else f"vendor/web/{path[8:]}" if path.startswith("/vendor/") else f"Web{path}"
    return len(gzip.compress((ROOT / inner).read_bytes(), 6))


def fetched(page, base):
    """The files that an address brought over the network, without the server's answers, each with its bytes, compressed."""
    rest(page)
    paths = {url.removeprefix(base).split("?")[0] for url in page.watch.requests}
    return {path: size(path) for path in paths if path.startswith("/") and not path.startswith(("/api", "/ws"))}


def of_solution(name, files):
    """What is in the solution's folder, and is not that of a page: no page's address has an end."""
    return {path for path in files if path.startswith(f"/{name}/") and "." in path}


def declaration(name):
    return (ROOT / f"Web/{name}/solution.js").read_text()


def front_modules(name):
    """The solution's module for the front page, if it has one."""
    return set(re.findall(r"\n    front: [^\n]*import\('([^']+)'\)", declaration(name)))


def first_modules(name):
    """The solution's module for a hub without any device, if it has one."""
    return set(re.findall(r"\n    first: [^\n]*import\('([^']+)'\)", declaration(name)))


def weight(files, paths):
    return sum(files[path] for path in paths)


def test_the_front_page_is_light_whatever_solutions_have_a_card_there(open_page, lots):
    """For somebody with every right, and so every card."""
    files = fetched(open_page(lots.url + "/", who="ada", on=lots), lots.url)
    shell = imported_by("/home/home.js", imported_by("/app/main.js", set()))
    shares = {}
    for name in SOLUTIONS:
        own = of_solution(name, files)
        assert own & front_modules(name) == front_modules(name), "what it declares for the front page is there"
        imported = set()
        for path in own:
            if path.endswith(".js"):
                imported_by(path, imported)
        assert imported <= files.keys(), "it was fetched whole"
        # Shared parts that a card alone needs are of its share: in that of each card that needs them.
        shares[name] = own | (imported - shell)
        assert weight(files, shares[name]) < CARD, (name, weight(files, shares[name]), sorted(shares[name]))
    rest_of_page = files.keys() - set().union(*shares.values())
    assert 10_000 < weight(files, rest_of_page) < SHELL_AND_FRONT_PAGE, weight(files, rest_of_page)


@pytest.mark.parametrize("name", ["home", "nodes"])
def test_first_page_is_light(open_page, pages, shared, name):
    files = fetched(open_page(pages[name]), shared)
    # The front page has a share more for each card; the test above looks at them one by one.
    most = SHELL_AND_FRONT_PAGE + CARD_ON_AVERAGE * len(SOLUTIONS) if name == "home" else PAGE + DECLARATION * len(SOLUTIONS)
    assert 10_000 < weight(files, files) < most, weight(files, files)


@pytest.mark.parametrize("path", ["/nodes", "/parking", "/parking/LOT001"])
def test_a_solution_is_fetched_with_its_own_pages_only(open_page, lots, path):
    """For somebody with every right, and so every entry of the navigation."""
    files = fetched(open_page(lots.url + path, size=PHONE, who="ada", on=lots), lots.url)
    own = path.split("/")[1]
    others = {name: of_solution(name, files) for name in SOLUTIONS if name != own}
    # Of the others what they declare, and nothing of their pages.
    for name, theirs in others.items():
        assert theirs <= imported_by(f"/{name}/solution.js", set()) and f"/{name}/solution.js" in theirs
        assert weight(files, theirs) < DECLARATION, (name, weight(files, theirs))
    # Here are devices.
    assert not files.keys() & set().union(*map(first_modules, SOLUTIONS))
    assert of_solution(own, files) - imported_by(f"/{own}/solution.js", set()) != set()
    mine = files.keys() - set().union(*others.values())
    # A driver stands before the car park, with the network that there is.
    assert 10_000 < weight(files, mine) < (89_000 if path == "/parking/LOT001" else PAGE), weight(files, mine)


def test_the_front_page_fetches_nothing_of_the_pages_behind_it(open_page, lots):
    """A card draws what it says; the panels, charts and forms of the pages are fetched with these."""
    files = fetched(open_page(lots.url + "/", size=PHONE, who="ada", on=lots), lots.url)
    for name in SOLUTIONS:
        pages = set(re.findall(r"import\('([^']+)'\)", declaration(name))) - front_modules(name)
        assert pages and not pages & files.keys(), name
    assert not {"/nodes/panel.js", "/lib/fields.js", "/lib/commands.js", "/parts/command-form.js"} & files.keys()


def test_navigation_keeps_the_document_and_moves_the_focus(open_page, pages):
    page = open_page(pages["home"])
    rest(page)
    page.evaluate("window.sameDocument = true")
    # Also on a slow machine: what changes with the page does not wait for a frame.
    page.evaluate("(frame => { window.requestAnimationFrame = draw => setTimeout(() => frame(draw), 300); })(window.requestAnimationFrame)")
    page.locator(".nav-side").get_by_role("link", name="Broker").click()
    page.get_by_role("heading", level=1, name="Broker").wait_for()
    expect(page.locator("#main")).to_be_focused()
    expect(page.locator(".nav-side [aria-current=page]")).to_have_text("Broker", use_inner_text=True)
    page.go_back()
    page.locator(".nav-side [aria-current=page]", has_text="Overview").wait_for()
    assert page.evaluate("window.sameDocument") is True
    expect(page).to_have_title(re.compile("Overview"))


def test_unknown_address_and_unknown_node_say_so(open_page, shared):
    page = open_page(f"{shared}/nothing/here")
    page.watch.allowed.append("404")
    expect(page.get_by_role("heading", level=1)).to_have_text("No such page", use_inner_text=True)
    page.goto(f"{shared}/nodes/nowhere")
    page.get_by_role("heading", name="No such node").wait_for()
    page.get_by_role("link", name="All nodes").click()
    page.get_by_role("heading", level=1, name="Nodes").wait_for()


def test_theme_follows_the_system_until_it_is_pinned(open_page, pages):
    page = open_page(pages["home"], color_scheme="dark")
    themed = lambda name: expect(page.locator("html")).to_have_attribute("data-theme", name)
    themed("dark")
    page.emulate_media(color_scheme="light")
    themed("light")
    for expected in ["light", "dark"]:
        page.get_by_role("button", name=re.compile("^Theme")).click()
        themed(expected)
    page.reload()
    page.wait_for_selector("#main h1")
    themed("dark")


def test_skip_link_is_the_first_stop(open_page, pages):
    page = open_page(pages["nodes"])
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_no_strip_for_a_scrollbar_is_left_on_the_board_or_beside_a_window(lots, browser):
    # A browser without a screen hides its scrollbars, and with them the room for them.
    shown = start(browser.browser_type, ignore_default_args=["--hide-scrollbars"])
    try:
        page = watched(shown.new_page(viewport={"width": 1280, "height": 800}))
        page.goto(f"{lots.url}/parking/board/LOT001")
        page.wait_for_selector(".board-number")
        assert page.evaluate("document.querySelector('.board').getBoundingClientRect().right") == 1280
        context = shown.new_context(viewport={"width": 1280, "height": 800})
        context.add_cookies([lots.cookie("ada")])
        page = watched(context.new_page())
        page.goto(f"{lots.url}/nodes/node_01")
        page.wait_for_selector(".tile")
        rest(page)
        left = page.evaluate("document.querySelector('main').getBoundingClientRect().width")
        assert page.evaluate("document.documentElement.clientWidth") < 1280, "there is a scrollbar"
        page.get_by_role("button", name="Custom").click()
        page.wait_for_selector("dialog[open]")
        style = page.evaluate("(({ overflow, backgroundColor }) => [overflow, backgroundColor])(getComputedStyle(document.documentElement))")
        assert style[0] == "hidden" and "0.49" in style[1] or style[1].startswith("color("), style
        assert page.evaluate("document.querySelector('main').getBoundingClientRect().width") == left, "nothing moves"
    finally:
        shown.close()
