"""For everybody: without motion, with colours of the system's own, and by checks that find what they look for. What holds for every page is in
test_every_page.py."""
import pytest
from rules import CONTRAST
from waiting import frames, rest


def test_contrast_check_finds_faint_text(open_page, pages):
    """The check itself: text made faint is found."""
    page = open_page(pages["home"])
    rest(page)
    page.evaluate("document.querySelector('h1').style.color = '#c8cccb'")
    assert any("h1" in entry["where"] for entry in page.evaluate(CONTRAST)["faint"])


# A value that has not changed for four seconds is lit when it does: this page thinks that it has stood for five.
OLDER = "{ const real = performance.now.bind(performance); performance.now = () => real() + 5000; }"
# Counts the frames in which something moves.
MOVES = """() => { window.moving = 0; const look = () => { window.moving += document.getAnimations().some((each) => each.playState === 'running');
    requestAnimationFrame(look); }; look(); }"""


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_nothing_moves_for_those_who_ask_for_no_motion(serve, open_page, motion):
    site = serve(interval=1000)
    page = open_page(f"{site.url}/nodes", reduced_motion=motion, before=OLDER)
    rest(page)
    page.evaluate(MOVES)
    site.do(lambda world: world.report(world.nodes["node_01"], temperature=71.5))
    page.get_by_text("71.5").wait_for()
    frames(page, 10)
    assert (page.evaluate("window.moving") > 0) == (motion == "no-preference")


def test_what_is_chosen_is_seen_where_the_system_sets_the_colours(open_page, pages):
    page = open_page(pages["node"], forced_colors="active")
    rest(page)
    back = lambda selector: page.locator(selector).first.evaluate("e => getComputedStyle(e).backgroundColor")
    for chosen, other in [(".nav-side a[aria-current]", ".nav-side a:not([aria-current])"), (".link-choice a[aria-current]", ".link-choice a:not([aria-current])"),
                          (".choice-row label[data-on=true]", ".choice-row label:not([data-on=true])")]:
        assert back(chosen) != back(other), chosen
