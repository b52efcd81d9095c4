"""Tables as CSV text (RFC 4180) that no spreadsheet computes anything of."""

import csv
import io
from collections.abc import Iterable

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


def _cell(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return str(cell) if isinstance(cell, int | float) else neutral(str(cell))
