"""Lists as files: `format=csv` or `format=xlsx` on every list gives all of its rows, to whoever may read the list.

The pages are read one after the other as the caller would, each in a transaction of its own. A member that is an object
has a column for each of its own (`attributes.grade`); several values stand in one cell, separated by semicolons.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Any, Final, get_args, get_origin
from urllib.parse import urlencode

import orjson
from fastapi import Request, Response
from pydantic import BaseModel

from mentoring_common import csv_text, workbooks
from mentoring_common.errors import Rejected

FORMAT: Final = "format"
CSV: Final = "text/csv; charset=utf-8"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES: Final = {"csv": CSV, "xlsx": XLSX}
MOST_ROWS: Final = 50_000  # so many rows are held until their columns are known
_PAGE: Final = 200
# Typed clients read answers of one kind: those of a list are described as JSON, its files in words.
PARAMETER: Final[dict[str, Any]] = {
    "name": FORMAT,
    "in": "query",
    "required": False,
    "description": f"all rows as a file (CSV, a workbook), {MOST_ROWS:,} at most; `cursor` and `limit` do not count",
    "schema": {"type": "string", "enum": sorted(TYPES)},
}


class ListTooLong(Rejected):
    """The list has too many rows for a file; `most` says how many it may have."""


def item_of(model: Any) -> Any:
    """What a list is of, by the model of its answer; None for what is no list."""
    if get_origin(model) is list:
        return get_args(model)[0]
    if isinstance(model, type) and issubclass(model, BaseModel) and "items" in model.model_fields:
        kind = model.model_fields["items"].annotation
        return get_args(kind)[0] if get_origin(kind) in (list, Sequence) else None
    return None


async def answer(
    request: Request, item: Any, paged: bool, answered: Callable[[Request], Awaitable[Response]]
) -> Response:
    """The file of a list; `answered` gives a page of it. ListTooLong."""
    rows: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        page = await answered(_asking(request, cursor, paged))
        if page.status_code >= 300:
            return page
        found = orjson.loads(page.body)
        rows += [_flat(row) for row in (found if isinstance(found, list) else found["items"])]
        cursor = None if isinstance(found, list) else found.get("next_cursor")
        if len(rows) > MOST_ROWS:
            raise ListTooLong(most=MOST_ROWS)
        if not (paged and cursor):
            break
    form, name = request.query_params[FORMAT], _name(request)
    content = await asyncio.to_thread(_WRITERS[form], _columns(item, rows), rows)
    return Response(
        content, media_type=TYPES[form], headers={"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    )


def _asking(request: Request, cursor: str | None, paged: bool) -> Request:
    """The request of one page."""
    ours = {FORMAT, "cursor", "limit"} if paged else {FORMAT}
    asked = [(name, value) for name, value in request.query_params.multi_items() if name not in ours]
    asked += [("limit", str(_PAGE))] if paged else []
    asked += [("cursor", cursor)] if cursor else []
    return Request({**request.scope, "query_string": urlencode(asked).encode()}, request.receive)


def _name(request: Request) -> str:
    """A list is called by the last word of its path."""
    words = [part for part in request.url.path.split("/") if part.replace("-", "").isalpha()]
    return words[-1] if words else "list"


def _flat(row: Any, before: str = "") -> dict[str, Any]:
    if not isinstance(row, dict):
        return {before.rstrip(".") or "value": _cell(row)}
    found: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{before}{name}.")
        else:
            found[before + name] = _cell(value)
    return found


def _cell(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    plain = all(not isinstance(one, dict | list) for one in value)
    return ";".join(map(str, value)) if plain else orjson.dumps(value).decode()


def _columns(item: Any, rows: Iterable[dict[str, Any]]) -> list[str]:
    """Those of the model first, in its order and whether or not a row has them, then what rows have beside."""
    found = list(dict.fromkeys(name for row in rows for name in row))
    members = list(item.model_fields) if isinstance(item, type) and issubclass(item, BaseModel) else []
    if not found:
        return members
    place = {name: number for number, name in enumerate(members)}
    return sorted(found, key=lambda name: place.get(name.partition(".")[0], len(place)))


def _cells(columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> Iterator[list[Any]]:
    return ([row.get(column) for column in columns] for row in rows)


def _csv(columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> bytes:
    return csv_text.write(columns, _cells(columns, rows)).encode()


def _xlsx(columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> bytes:
    return workbooks.write(columns, _cells(columns, rows))


_WRITERS: Final = {"csv": _csv, "xlsx": _xlsx}
