"""Waiting for what a page does by itself: always for the event that is meant, never for a length of time.

`expect(locator)` of Playwright waits by itself and is the usual way. What is NOT there needs something first that proves that the page is drawn: an
element that comes with the same answer, or `rest(page)`.
"""
import time

from playwright.sync_api import Error

# What is asked of a page that has drawn everything: no place that is being filled, and a connection where it shows one.
DRAWN = """async () => { for (let n = 0; n < 3; n++) await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    return document.querySelector('.skeleton, [data-loading=true], .connection:not([data-status=open])')?.outerHTML.slice(0, 200) ?? ''; }"""


def looked(page, expression, unknown):
    """What an expression says of the page; `unknown` when the page is just being loaded anew, as it does itself when the server is back."""
    try:
        return page.evaluate(expression)
    except Error as error:
        if "Execution context was destroyed" not in error.message:
            raise
        return unknown


def until(page, expression, timeout=30):
    """Waits until a JavaScript expression holds. Playwright's own way of waiting needs eval, which the pages' policy forbids."""
    end = time.monotonic() + timeout
    while not looked(page, expression, False):
        assert time.monotonic() < end, f"never became true: {expression}"
        page.wait_for_timeout(50)


def eventually(page, check, what, timeout=30):
    """Calls `check` until it gives something true, and gives that. The page's events reach the test meanwhile."""
    end = time.monotonic() + timeout
    while not (found := check()):
        assert time.monotonic() < end, f"not within {timeout} s: {what}; last seen: {found!r}"
        page.wait_for_timeout(20)
    return found


def rest(page, timeout=40):
    """Waits until the page has drawn all that it asked for: nothing is on its way, and three frames later it has asked for nothing more."""
    end = time.monotonic() + timeout
    while True:
        asked, missing = len(page.watch.requests), looked(page, DRAWN, "the page is being loaded anew")
        if not missing and not page.watch.pending and len(page.watch.requests) == asked:
            return
        assert time.monotonic() < end, f"the page never came to rest; missing: {missing or sorted(request.url for request in page.watch.pending)}"
        if missing or page.watch.pending:
            page.wait_for_timeout(20)


def frames(page, count=3):
    """Waits until the page has drawn so many frames: what follows from what it knows already is drawn then."""
    page.evaluate("async (count) => { for (let n = 0; n < count; n++) await new Promise((done) => requestAnimationFrame(() => setTimeout(done))); }", count)


def ticks(page, count=2):
    """Waits until the page has looked at its clock so many times: it calls old what is old once a second."""
    page.evaluate("""async (count) => { const { onTick } = await import('/lib/time.js');
        await new Promise((done) => { let n = 0; const stop = onTick(() => { n += 1; if (n === count) { stop(); done(); } }); }); }""", count)
    frames(page)
