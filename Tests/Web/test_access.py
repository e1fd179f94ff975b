"""For everybody: by keyboard, by screen reader, on a phone, with large type, without motion, in both themes."""
import json
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import DESKTOP, PAGES, PHONE

CONTRAST = (Path(__file__).parent / "contrast.js").read_text()
TARGETS = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary')].filter((e) => {
    const b = e.getBoundingClientRect(); const s = getComputedStyle(e);
    if (b.width === 0 || b.height === 0 || s.visibility === 'hidden' || e.disabled) return false;
    if (e.closest('.skip, p, .table-box, .facts, .lead, .tile-note, .crumbs')) return false;      // within a sentence or a row that is itself large
    const label = e.closest('label')?.getBoundingClientRect(); const after = getComputedStyle(e, '::after');
    if (after.position === 'absolute' && after.inset === '0px') return false;
    const height = Math.max(b.height, label?.height ?? 0);
    return height < 31.5;
}).map((e) => e.outerHTML.slice(0, 120))"""


def settle(page):
    page.wait_for_selector(".connection[data-status=open]")
    page.wait_for_timeout(900)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("name", PAGES)
def test_rules_of_axe_and_contrast(open_page, pages, name, size, theme):
    page = open_page(pages[name], size=size, color_scheme=theme, reduced_motion="reduce")
    settle(page)
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).response["violations"]
    told = [{"rule": v["id"], "help": v["help"], "where": [(n["html"][:160], n.get("failureSummary", "")[:300]) for n in v["nodes"][:3]]} for v in found]
    assert told == [], json.dumps(told, indent=1)
    weak = page.evaluate(CONTRAST)
    assert weak["faint"] == [], json.dumps(weak["faint"], indent=1)
    assert weak["checked"] > 20


def test_contrast_check_finds_faint_text(open_page, pages):
    """The check itself: text made faint is found."""
    page = open_page(pages["home"])
    settle(page)
    page.evaluate("document.querySelector('h1').style.color = '#c8cccb'")
    assert any("h1" in entry["where"] for entry in page.evaluate(CONTRAST)["faint"])


@pytest.mark.parametrize("width", [390, 320])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_wider_than_a_phone(open_page, pages, name, width):
    page = open_page(pages[name], size={**PHONE, "viewport": {"width": width, "height": 844}})
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".nav-bottom").is_visible() and not page.locator(".nav-side").is_visible()


@pytest.mark.parametrize("name", PAGES)
def test_targets_are_large_enough_for_a_finger(open_page, pages, name):
    page = open_page(pages[name], size=PHONE)
    settle(page)
    small = page.evaluate(TARGETS.replace("31.5", "43.5"))
    assert small == []


@pytest.mark.parametrize("name", PAGES)
def test_everything_is_reached_by_keyboard_and_seen(open_page, pages, name):
    """Tab goes through all controls in the order of the page, never stands still, and the focus is always visible."""
    page = open_page(pages[name], reduced_motion="reduce")
    settle(page)
    wanted = page.evaluate("""() => { const all = [...document.querySelectorAll('a[href], button, input, select, textarea, [tabindex="0"]')]
        .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.disabled && e.tabIndex >= 0 && e.closest('.nav-bottom') === null && !(e.type === 'radio' && !e.checked));
        all.forEach((e, i) => { e.walk = i; }); return all.length; }""")
    seen = []
    for _ in range(wanted + 10):
        page.keyboard.press("Tab")
        at = page.evaluate("""() => { const e = document.activeElement; if (e === document.body) return null;
            const lit = [e, e.closest('label'), e.closest('.panel'), e.closest('.system')].some((x) => x && parseFloat(getComputedStyle(x).outlineWidth) >= 2 && getComputedStyle(x).outlineStyle !== 'none');
            return { walk: e.walk ?? -1, lit, what: e.outerHTML.slice(0, 100) }; }""")
        if at is None or (seen and at["walk"] == seen[0]):
            break
        assert at["lit"], f"no visible focus on {at['what']}"
        seen.append(at["walk"])
    known = [walk for walk in seen if walk >= 0]
    assert known == sorted(known), "the order of the focus is the order of the page"
    assert len(set(known)) >= wanted - 2, f"{len(set(known))} of {wanted} reached"


def test_nothing_moves_for_those_who_ask_for_no_motion(open_page, pages):
    page = open_page(pages["nodes"], reduced_motion="reduce")
    settle(page)
    page.wait_for_timeout(4500)
    assert page.evaluate("document.getAnimations().filter((a) => a.playState === 'running').length") == 0


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", PAGES)
def test_large_type_still_fits(open_page, pages, name, width):
    """Text at twice its size, as a reader may set it: nothing is cut off sideways."""
    page = open_page(pages[name], size={"viewport": {"width": width, "height": 844}})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    bar = page.locator(".nav-bottom")
    assert not bar.is_visible() or bar.evaluate("e => e.querySelector('ul').scrollWidth <= e.clientWidth")


def test_large_type_fits_where_one_parks_and_counts_money(lots, open_page):
    for path in ["/parking/LOT001", "/parking/owner/LOT001?tab=money"]:
        page = open_page(lots.url + path, size={"viewport": {"width": 390, "height": 844}}, who="ada", on=lots)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


def test_what_is_chosen_is_seen_where_the_system_sets_the_colours(open_page, pages):
    page = open_page(pages["node"], forced_colors="active")
    settle(page)
    back = lambda selector: page.locator(selector).first.evaluate("e => getComputedStyle(e).backgroundColor")
    for chosen, other in [(".nav-side a[aria-current]", ".nav-side a:not([aria-current])"), (".link-choice a[aria-current]", ".link-choice a:not([aria-current])"),
                          (".choice-row label[data-on=true]", ".choice-row label:not([data-on=true])")]:
        assert back(chosen) != back(other), chosen


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("name", PAGES)
def test_the_page_does_not_jump_while_it_loads(open_page, pages, name, size):
    page = open_page("about:blank", size=size, wait="html")
    page.add_init_script("""window.shifts = []; new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput)
        window.shifts.push([Math.round(e.value * 1000) / 1000, e.sources.map((s) => s.node?.className ?? s.node?.parentElement?.className ?? '?').join()]); }).observe({ type: 'layout-shift', buffered: true });""")
    page.goto(pages[name])
    settle(page)
    page.wait_for_timeout(1500)
    shifts = page.evaluate("window.shifts")
    assert sum(value for value, _ in shifts) < 0.05, shifts
