"""What every page keeps: the rules of axe, contrast, room for a finger, nothing wider than the window, and nothing that jumps while it loads."""
import json
from pathlib import Path

import axe_playwright_python
from waiting import frames, until

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
# Only what is wrong comes back: all that is right would be a megabyte a page.
RUN = """async (only) => (await axe.run(document, { runOnly: only, resultTypes: ['violations'] })).violations.map(({ id, help, nodes }) =>
    ({ rule: id, help, where: nodes.slice(0, 3).map((node) => [node.html.slice(0, 160), (node.failureSummary ?? '').slice(0, 300)]) }))"""
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# Of axe's rules this one alone depends on the theme.
COLOURS = {"type": "rule", "values": ["color-contrast"]}
CONTRAST = (Path(__file__).parent / "contrast.js").read_text()
TARGETS = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary')].filter((e) => {
    const b = e.getBoundingClientRect(); const s = getComputedStyle(e);
    if (b.width === 0 || b.height === 0 || s.visibility === 'hidden' || e.disabled) return false;
    if (e.closest('.skip, p, .table-box, .facts, .lead, .tile-note, .crumbs')) return false;      // within a sentence or a row that is itself large
    const label = e.closest('label')?.getBoundingClientRect(); const after = getComputedStyle(e, '::after');
    if (after.position === 'absolute' && after.inset === '0px') return false;
    const height = Math.max(b.height, label?.height ?? 0);
    return height < 43.5;
}).map((e) => e.outerHTML.slice(0, 120))"""
# To be run before the page's own scripts.
SHIFTS = """window.shifts = []; new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput)
    window.shifts.push([Math.round(e.value * 1000) / 1000, e.sources.map((s) => s.node?.className ?? s.node?.parentElement?.className ?? '?').join()]); })
    .observe({ type: 'layout-shift', buffered: true });"""


def keeps_the_rules(page, rules=RULES):
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"{AXE};0")
    found = page.evaluate(RUN, rules)
    assert found == [], json.dumps(found, indent=1)


def is_read_easily(page, least=0):
    weak = page.evaluate(CONTRAST)
    assert weak["faint"] == [], json.dumps(weak["faint"], indent=1)
    assert weak["checked"] > least


def has_room_for_a_finger(page):
    assert page.evaluate(TARGETS) == []


def fits(page, width):
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def does_not_jump(shifts):
    assert sum(value for value, _ in shifts) < 0.05, shifts


def in_theme(page, theme):
    """Changes what the system asks for, which the page follows."""
    page.emulate_media(color_scheme=theme)
    until(page, f"document.documentElement.dataset.theme === '{theme}'")
    frames(page)
