"""Waiting for something to become true, with a deadline and a useful complaint."""

import time


# What comes on an idle machine in a moment may take so long beside a build.
PATIENCE = 60.0


def wait_for(check, what, seconds=PATIENCE, pause=0.02):
    """Calls `check` until it returns something true, and returns that; fails with `what` and the last answer. It waits for `PATIENCE` at
    least: how fast something comes is for Benchmarks to say."""
    seconds = max(seconds, PATIENCE)
    deadline = time.monotonic() + seconds
    while True:
        found = check()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}; last seen: {found!r}")
        time.sleep(pause)
