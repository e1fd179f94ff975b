"""Every page, on a desk and on a phone, opened once and then looked at: by the rules of axe, for contrast in both themes, for its width, with large
type, for room for a finger, for what moved while it loaded, and for where it loads from. What a test changes here it changes back."""
import pytest
from conftest import DESKTOP, OF_SOLUTIONS, PAGES, PHONE, REAL, Opener, addresses
from rules import COLOURS, SHIFTS, does_not_jump, fits, has_room_for_a_finger, in_theme, is_read_easily, keeps_the_rules
from waiting import frames, rest, until

ADMIN = {"account": "/account", "admin": "/admin", "users": "/admin/users", "devices": "/admin/devices", "audit": "/admin/audit", "docs": "/docs",
         "user": "/admin/users?user=otto", "device": "/admin/devices?device=node_02", "entry": "/admin/audit?entry=3", "search": "/docs?q=readings"}
SIZES = {"desktop": DESKTOP, "phone": PHONE}
# Windows that are open over a page: what lies below is not to be reached.
OVER = {"user", "device", "entry"}


def looked_at(name, size, opener, request):
    if name in PAGES:
        base = request.getfixturevalue("shared")
        address, who = addresses(base)[name], {}
    else:
        server = request.getfixturevalue("stand_ins")["hub" if name in ADMIN else "full"]
        path, signed_in = (ADMIN[name], "ada") if name in ADMIN else OF_SOLUTIONS[name]
        base, address = server.url, server.url + path
        who = {"who": signed_in, "on": server} if signed_in else {}
    page = opener(address, size=SIZES[size], color_scheme="light", before=SHIFTS, **who)
    rest(page)
    page.name, page.size, page.base, page.width = name, size, base, SIZES[size]["viewport"]["width"]
    page.shifts = page.evaluate("window.shifts")
    return page


NAMES = PAGES if REAL else [*PAGES, *ADMIN, *OF_SOLUTIONS]
LOOKED_AT = [pytest.param((name, size), id=f"{name}-{size}") for name in NAMES for size in SIZES]


@pytest.fixture(scope="module", params=LOOKED_AT)
def opened(request, browser):
    name, size = request.param
    opener = Opener(browser)
    yield looked_at(name, size, opener, request)
    assert opener.close() == []


def test_rules_of_axe(opened):
    keeps_the_rules(opened)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_contrast(opened, theme):
    in_theme(opened, theme)
    is_read_easily(opened, least=20 if opened.name in PAGES else 0)
    if theme == "dark":
        keeps_the_rules(opened, COLOURS)
        in_theme(opened, "light")


def test_the_page_does_not_jump_while_it_loads(opened):
    does_not_jump(opened.shifts)


def test_everything_comes_from_one_host_and_the_page_says_what_it_is(opened):
    assert opened.watch.foreign(opened.base) == []
    assert opened.locator("h1").count() == 1 and opened.locator("main").count() == 1
    assert opened.title().endswith("Martlet")


def test_nothing_is_wider_than_the_window(opened):
    fits(opened, opened.width)
    if opened.size == "phone":
        opened.set_viewport_size({"width": 320, "height": 844})
        frames(opened)
        fits(opened, 320)
        opened.set_viewport_size(PHONE["viewport"])
        frames(opened)


@pytest.mark.of(names=PAGES)
def test_a_phone_has_its_navigation_below(opened):
    assert opened.locator(".nav-bottom").is_visible() == (opened.size == "phone")
    assert opened.locator(".nav-side").is_visible() == (opened.size == "desktop")


@pytest.mark.of(size="phone", without=OVER)
def test_targets_are_large_enough_for_a_finger(opened):
    has_room_for_a_finger(opened)


def test_large_type_still_fits(opened):
    """Text at twice its size, as a reader may set it: nothing is cut off sideways."""
    opened.evaluate("document.documentElement.style.fontSize = '200%'")
    frames(opened)
    fits(opened, opened.width)
    bar = opened.locator(".nav-bottom")
    assert not bar.is_visible() or bar.evaluate("e => e.querySelector('ul').scrollWidth <= e.clientWidth")
    opened.evaluate("document.documentElement.style.fontSize = ''")
    frames(opened)


def test_read_from_the_right_it_still_fits(opened):
    """As in Arabic or Hebrew: start is at the right, and nothing is cut off sideways."""
    opened.evaluate("document.documentElement.dir = 'rtl'")
    frames(opened)
    fits(opened, opened.width)
    side = opened.locator(".nav-side")
    assert not side.is_visible() or side.bounding_box()["x"] > opened.width / 2
    opened.evaluate("document.documentElement.removeAttribute('dir')")
    frames(opened)


@pytest.mark.of(names=PAGES, size="desktop")
def test_everything_is_reached_by_keyboard_and_seen(opened):
    """Tab goes through all controls in the order of the page, never stands still, and the focus is always visible."""
    wanted = opened.evaluate("""() => { const all = [...document.querySelectorAll('a[href], button, input, select, textarea, [tabindex="0"]')]
        .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.disabled && e.tabIndex >= 0 && e.closest('.nav-bottom') === null && !(e.type === 'radio' && !e.checked));
        all.forEach((e, i) => { e.walk = i; }); return all.length; }""")
    seen = []
    for _ in range(wanted + 10):
        opened.keyboard.press("Tab")
        at = opened.evaluate("""() => { const e = document.activeElement; if (e === document.body) return null;
            const lit = [e, e.closest('label'), e.closest('.panel'), e.closest('.system')].some((x) => x && parseFloat(getComputedStyle(x).outlineWidth) >= 2 && getComputedStyle(x).outlineStyle !== 'none');
            return { walk: e.walk ?? -1, lit, what: e.outerHTML.slice(0, 100) }; }""")
        if at is None or (seen and at["walk"] == seen[0]):
            break
        assert at["lit"], f"no visible focus on {at['what']}"
        seen.append(at["walk"])
    known = [walk for walk in seen if walk >= 0]
    assert known == sorted(known), "the order of the focus is the order of the page"
    assert len(set(known)) >= wanted - 2, f"{len(set(known))} of {wanted} reached"


@pytest.mark.of(names=["home"], size="phone")
def test_the_checks_find_what_they_look_for(opened):
    """Faint text, a small button without a name, what is wider than the window, and a jump: each is found."""
    opened.evaluate("""() => { const bad = document.createElement('div'); bad.id = 'bad';
        const add = (name, style, text) => { const each = document.createElement(name); Object.assign(each.style, style); each.append(text); bad.append(each); };
        add('p', { color: '#c8cccb', background: '#ffffff' }, 'faint');
        add('button', { width: '10px', height: '10px', minHeight: '0', padding: '0' }, '');
        add('div', { width: '2000px' }, 'wide');
        document.querySelector('main').append(bad); }""")
    for check in (keeps_the_rules, lambda page: keeps_the_rules(page, COLOURS), is_read_easily, has_room_for_a_finger, lambda page: fits(page, page.width)):
        with pytest.raises(AssertionError):
            check(opened)
    with pytest.raises(AssertionError):
        does_not_jump([[0.06, "main"]])
    opened.evaluate("document.getElementById('bad').remove()")


def test_a_chart_whose_sheet_comes_late_does_not_jump(open_page, shared):
    page, held = open_page(f"{shared}/", before=SHIFTS), []
    page.context.route("**/vendor/uplot.css", lambda route: held.append(route))
    page.goto(addresses(shared)["broker"])
    page.wait_for_selector(".chart-box")
    until(page, "document.querySelector('link[href=\"/vendor/uplot.css\"]') !== null")
    frames(page)
    assert page.locator(".u-over").count() == 0
    held[0].continue_()
    page.wait_for_selector(".u-over")
    rest(page)
    does_not_jump(page.evaluate("window.shifts"))
