import time
from datetime import datetime, timezone


def iso(seconds):
    """Epoch seconds as the API writes times: ISO-8601, UTC, microseconds."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def seconds(text):
    """Epoch seconds of a time in any form that queries accept."""
    try:
        number = float(text)
        return number / 1000 if number > 1e11 else number
    except ValueError:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def now():
    return time.time()
