"""How many rows a list has in all: `Prefer: count=exact` (RFC 7240) asks, the header `Total-Count` answers.

Nobody else pays for it. A list is counted up to `MOST`; of a longer one the header is missing.
"""

from typing import Any, Final

import sqlalchemy as sa
from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

MOST: Final = 10_000  # rows are counted one by one: this many take the database a few milliseconds
HEADER: Final = "Total-Count"
PREFERENCE: Final = "count=exact"
_WANTED, _FOUND = "count_wanted", "count_found"
PARAMETER: Final[dict[str, Any]] = {
    "name": "Prefer",
    "in": "header",
    "required": False,
    "description": f"`{PREFERENCE}`: say how many rows the list has in all",
    "schema": {"type": "string", "enum": [PREFERENCE]},
}
DESCRIBED: Final[dict[str, Any]] = {
    "description": f"how many rows the list has in all, if `Prefer` asked for it and there are {MOST:,} at most",
    "schema": {"type": "integer", "minimum": 0, "maximum": MOST},
}


def prepare(request: Request, db: AsyncSession) -> None:
    """Let the list that is read in this transaction be counted, if the request asks for it."""
    if request.method == "GET" and (preferred := request.headers.get("Prefer")) is not None:
        db.info[_WANTED] = PREFERENCE in (one.strip().lower() for one in preferred.split(","))


async def count(db: AsyncSession, rows: "sa.Select[Any]", id_column: Any) -> None:
    """Count what a list selects, if that is wanted."""
    if not db.info.get(_WANTED):
        return
    some = rows.with_only_columns(id_column).order_by(None).limit(MOST + 1).subquery()
    found = await db.scalar(sa.select(sa.func.count()).select_from(some))
    if found is not None and found <= MOST:
        db.info[_FOUND] = found


def say(db: AsyncSession, response: Response) -> None:
    """The number that was found, in the answer's headers."""
    if _FOUND in db.info:
        response.headers[HEADER] = str(db.info[_FOUND])
        response.headers["Preference-Applied"] = PREFERENCE
