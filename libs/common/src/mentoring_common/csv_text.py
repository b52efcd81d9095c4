"""Tables as CSV text (RFC 4180): written so that no spreadsheet computes anything of them, and what separates cells."""

import csv
import io
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import Final

SEPARATORS: Final = "\t;,"
_LOOKED_AT = 2000  # rows in which the separator is looked for

# What begins a formula, also in full-width forms, which some spreadsheets take for the others.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def write(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """CSV text whose cells no spreadsheet takes for formulas: texts that start like one get an apostrophe, numbers stay
    as they are, truth is true or false, None is an empty cell."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([neutral(name) for name in columns])
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def neutral(cell: str) -> str:
    """`cell`, behind an apostrophe if a spreadsheet would compute it (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def separator_of(text: str) -> str | None:
    """The mark that stands between the cells of a table: the one by which most rows, and the first of them, have the
    same number of cells; None where none stands in it.

    A mark may stand in cells too, as in `Meetings;Workshops;`: it makes rows that differ from their heads.
    """
    agreed = {mark: _agreement(text, mark) for mark in SEPARATORS if mark in text}
    best = max(agreed, key=lambda mark: agreed[mark], default=None)
    return best if best is not None and agreed[best] > (0, False, 0) else None


def _agreement(text: str, mark: str) -> tuple[float, bool, int]:
    """The share of rows of the width that most have, whether the heads have it, and that width; zero where the mark
    separates nothing."""
    try:
        rows = islice(csv.reader(io.StringIO(text, newline=""), delimiter=mark), _LOOKED_AT)
        widths = [len(row) for row in rows if any(cell.strip() for cell in row)]
    except csv.Error:
        return 0, False, 0
    wide = Counter(width for width in widths if width > 1)
    if not wide:
        return 0, False, 0
    width, times = max(wide.items(), key=lambda one: (one[1], one[0]))
    return times / len(widths), widths[0] == width, width


def _cell(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return str(cell) if isinstance(cell, int | float) else neutral(str(cell))
