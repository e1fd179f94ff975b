"""The matrix of rights as data: docs/access-matrix.md, and access-matrix.md in the folder of each solution. Tables stand between markers; a row
is a mapping from column to cell, and knows whose it is.

What the test asks for in the name of a solution is in support/matrix_NAME.py, NAME being that of its folder in small letters:

    SECRETS                         names that strangers and people of other sites must not read anywhere
    CLIENTS                         devices that are columns of its table of topics
    PERMISSIONS                     rights that its people's tokens have besides those over MQTT
    SPACES                          beginnings of topics in which a wrong one is refused as unknown
    set_up(hub, other)              makes what its rows ask for on a closed hub and on an open one; {name: key} of its devices
    filled(ask, request)            (method, path, body) of one of its rows; `ask` belongs to somebody who may make what the request spoils
    live_topic(topic)               the topic that a row of its live table means
    make_events(server, ask, keys)  one event of each topic of that table; `keys` is empty on an open hub
    payload(topic)                  what is published on a topic of its own; None on any other
"""

import importlib
import re
from pathlib import Path

from support.server import ROOT

HUB = ""
SOLUTIONS = ROOT / "Sources/Solutions"
FILES = {HUB: ROOT / "docs/access-matrix.md"} | {
    folder.name.lower(): folder / "access-matrix.md" for folder in sorted(SOLUTIONS.iterdir()) if folder.is_dir()
}


class Row(dict):
    """A row, and the solution whose it is; HUB for the hub itself."""

    def __init__(self, solution, columns, cells):
        super().__init__(zip(columns, cells))
        self.solution = solution

    def identities(self, without):
        """The columns that are identities."""
        return [column for column in self if column not in without]


def table(name):
    """The rows of the tables of that name in all files. The hub's has to be there."""
    return [row for solution, file in FILES.items() for row in rows(solution, file, name)]


def rows(solution, file, name):
    found = re.search(rf"<!-- {name}:begin -->\n(.*?)<!-- {name}:end -->", file.read_text(), re.S)
    assert found or solution != HUB, f"{file} has no table {name}"
    lines = [line for line in found[1].splitlines() if line.startswith("|")] if found else []
    if not lines:
        return []
    columns, made = cells(lines[0]), [cells(line) for line in lines[2:]]
    for row in made:
        assert len(row) == len(columns), f"{file}, {name}: {row} has not {len(columns)} cells"
    return [Row(solution, columns, row) for row in made]


def cells(line):
    return [cell.strip().replace("`", "") for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]


def modules():
    """{solution: its module}"""
    found = {path.stem.removeprefix("matrix_"): path.stem for path in sorted(Path(__file__).parent.glob("matrix_*.py"))}
    assert found.keys() == FILES.keys() - {HUB}, "each solution has a module support/matrix_NAME.py, and each module a solution"
    return {solution: importlib.import_module(f"support.{stem}") for solution, stem in found.items()}
