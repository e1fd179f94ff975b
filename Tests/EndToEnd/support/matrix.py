"""docs/access-matrix.md as data: its tables stand between markers, a row is a mapping from column to cell."""

import re

from support.server import ROOT

FILE = ROOT / "docs/access-matrix.md"


def table(name):
    """The rows of one table, as {column: cell}, without back-ticks."""
    text = FILE.read_text()
    found = re.search(rf"<!-- {name}:begin -->\n(.*?)<!-- {name}:end -->", text, re.S)
    assert found, f"{FILE.name} has no table {name}"
    lines = [line for line in found[1].splitlines() if line.startswith("|")]
    columns, rows = cells(lines[0]), [cells(line) for line in lines[2:]]
    for row in rows:
        assert len(row) == len(columns), f"{name}: {row} has not {len(columns)} cells"
    return [dict(zip(columns, row)) for row in rows]


def cells(line):
    return [cell.strip().replace("`", "") for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]


def identities(name, without):
    """The columns of a table that are identities."""
    return [column for column in table(name)[0] if column not in without]
