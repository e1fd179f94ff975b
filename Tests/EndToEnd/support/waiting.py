"""Waiting for something to become true, with a deadline and a useful complaint."""

import time


def wait_for(check, what, seconds=10.0, pause=0.02):
    """Calls `check` until it returns something true, and returns that; fails with `what` and the last answer."""
    deadline = time.monotonic() + seconds
    while True:
        found = check()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}; last seen: {found!r}")
        time.sleep(pause)
