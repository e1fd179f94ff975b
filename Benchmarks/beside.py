"""Two builds of Martlet in turns: does a message cost more than it did? `Benchmarks/run --only beside --other PROGRAM`."""

from peers import Martlet
from runs import median, spread, throughput

RATES = [0, 10_000, 500]


class Other(Martlet):
    """Another build, such as one of an earlier commit."""

    name = "other"


def rate_name(rate):
    return f"{rate:,}/s" if rate else "full speed"


def measure(options, folder, keep):
    Other.program = options.other.resolve()
    results = {rate: {kind.name: [] for kind in (Martlet, Other)} for rate in RATES}
    for number in range(options.rounds):
        print(f"round {number + 1} of {options.rounds}", flush=True)
        for rate in RATES:
            # The order turns, so that neither always has the machine as the other left it.
            for kind in (Martlet, Other) if number % 2 == 0 else (Other, Martlet):
                keep(results[rate][kind.name], throughput(kind, folder(), options.seconds, rate), f"{kind.name}, {rate_name(rate)}")
    return results


def table(results):
    lines = ["| Server CPU for a stored message | this build µs | range | the other µs | range | this by the other |", "|---|---|---|---|---|---|"]
    for rate, runs in results.items():
        ours, other = (runs[kind.name] for kind in (Martlet, Other))
        ratio = median(ours, "cpu_us_per_stored") / max(median(other, "cpu_us_per_stored"), 1e-9)
        lines.append(
            f"| {rate_name(rate)} | {median(ours, 'cpu_us_per_stored'):,.1f} | {spread(ours, 'cpu_us_per_stored', 1)} "
            f"| {median(other, 'cpu_us_per_stored'):,.1f} | {spread(other, 'cpu_us_per_stored', 1)} | {ratio:.2f} |")
    return "\n".join(lines)
