"""Tables as files: CSV, a workbook, SPSS, Parquet. Blocking: run it in a thread.

The libraries are imported when a file of their kind is asked for. No spreadsheet computes anything of a cell. In SPSS a
column of which all values are known is numbers with a label for each, as its procedures want it.
"""

import io
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from mentoring_common import csv_text
from mentoring_evaluation.exports.codebook import codebook
from mentoring_evaluation.exports.table import Column, Table
from mentoring_evaluation.reports.packing import packed

if TYPE_CHECKING:
    import polars

Format = Literal["csv", "xlsx", "sav", "parquet"]
MEDIA_TYPE: Final = "application/zip"
_LONGEST_TITLE: Final = 255  # bytes of the label of a variable that SPSS keeps
_LONGEST_LABEL: Final = 120  # and of the label of a value


def package(name: str, title: str, said: str, tables: Sequence[Table], form: Format, at: datetime) -> bytes:
    """A ZIP of the tables, each a file, with their codebook and what is to be known of them."""
    paths = {f"tables/{table.name}.{form}": table for table in tables}
    files = {path: _WRITERS[form](table) for path, table in paths.items()}
    files["datapackage.json"] = codebook(name, title, said, paths, at)
    files["README.txt"] = f"{title}\n\n{said}\n\ndatapackage.json says what every column means.\n".encode()
    return packed(files, at=at)


def _csv(table: Table) -> bytes:
    return csv_text.write([column.name for column in table.columns], table.rows).encode()


def _workbook(table: Table) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    texts = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(out, texts) as book:
        bold = book.add_format({"bold": True})
        sheets = {
            "data": ([column.name for column in table.columns], table.rows),
            "codebook": (["column", "type", "asked", "means", "values"], [_explained(one) for one in table.columns]),
        }
        for name, (heads, rows) in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, heads, bold)
            sheet.freeze_panes(1, 0)
            for number, row in enumerate(rows, start=1):
                sheet.write_row(number, 0, row)
    return out.getvalue()


def _explained(column: Column) -> list[str]:
    values = "; ".join(
        str(value) if str(value) == words else f"{value} = {words}" for value, words in column.labels.items()
    )
    return [column.name, column.type, column.title, column.description, values]


def _parquet(table: Table) -> bytes:
    out = io.BytesIO()
    _frame(table, {}).write_parquet(out)
    return out.getvalue()


def _spss(table: Table) -> bytes:
    import pyreadstat

    codes = {column.name: _codes(column) for column in table.columns if column.closed and column.labels}
    labels: dict[str, dict[int | float, str]] = {
        column.name: {codes[column.name][value]: _cut(words, _LONGEST_LABEL) for value, words in column.labels.items()}
        for column in table.columns
        if column.name in codes
    }
    titles: dict[str, str | None] = {
        column.name: _cut(column.title or column.description, _LONGEST_TITLE) for column in table.columns
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "table.sav")
        pyreadstat.write_sav(
            _frame(table, codes), str(path), column_labels=titles, variable_value_labels=labels,
            variable_measure={name: "ordinal" if len(codes[name]) > 2 else "nominal" for name in codes},
        )  # fmt: skip
        return path.read_bytes()


def _codes(column: Column) -> dict[Any, int]:
    """The number that stands for each value: itself, or its place among them."""
    if column.type == "integer":
        return {value: int(value) for value in column.labels}
    return {value: place for place, value in enumerate(column.labels, start=1)}


def _cut(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore")


def _frame(table: Table, codes: Mapping[str, Mapping[Any, int]]) -> "polars.DataFrame":
    import polars

    types = {"string": polars.String, "integer": polars.Int64, "number": polars.Float64, "boolean": polars.Boolean}
    columns = {}
    for place, column in enumerate(table.columns):
        values = [row[place] for row in table.rows]
        if column.name in codes:
            values = [None if value is None else codes[column.name][value] for value in values]
            columns[column.name] = polars.Series(column.name, values, polars.Int64)
        else:
            columns[column.name] = polars.Series(column.name, values, types[column.type], strict=False)
    return polars.DataFrame(columns)


_WRITERS: Final[Mapping[Format, Callable[[Table], bytes]]] = {
    "csv": _csv,
    "xlsx": _workbook,
    "sav": _spss,
    "parquet": _parquet,
}
