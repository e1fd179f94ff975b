"""Answers and events that take their time, for finding tests that only hold on a quick machine.

MARTLET_FAKE_LATENCY=400 delays every answer of the API and every live event by up to so many milliseconds, MARTLET_FAKE_SEED chooses which.
"""
import asyncio
import os
import random

LONGEST = float(os.environ.get("MARTLET_FAKE_LATENCY", "0")) / 1000
SEED = os.environ.get("MARTLET_FAKE_SEED") or str(random.SystemRandom().randrange(1_000_000))


class Delay:
    """One server's. Half of an answer's time passes before it is made and half after: both are what a network does."""

    def __init__(self):
        self.random = random.Random(SEED)

    async def pause(self):
        if LONGEST:
            await asyncio.sleep(self.random.uniform(0, LONGEST / 2))

    def due(self, present, before):
        """When what is said at `present` arrives: never before what was said earlier."""
        return max(before, present + self.random.uniform(0, LONGEST)) if LONGEST else present
