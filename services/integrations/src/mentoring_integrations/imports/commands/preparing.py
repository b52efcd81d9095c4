"""What an import of each kind does: whose it is, what its columns are, and how its rows are sent."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from mentoring_common.errors import Forbidden
from mentoring_integrations.errors import ProgrammeNotFound
from mentoring_integrations.imports.commands.uploads import Upload
from mentoring_integrations.imports.rows import applications, attendance, nominations, outcomes, pairs, people
from mentoring_integrations.imports.rows.parsed import Parsed
from mentoring_integrations.imports.sending import Sending
from mentoring_integrations.imports.sending_pairs import send_pairs
from mentoring_integrations.imports.sending_records import send_attendance, send_outcomes
from mentoring_integrations.imports.service_client import Refused, ServiceClient
from mentoring_integrations.programmes.access import require_importer, require_team

Send = Callable[[Sending], Awaitable[None]]


@dataclass(frozen=True)
class Prepared:
    """An import whose rights and file were looked at: what it says, and how that is sent."""

    parsed: Parsed[Any]
    send: Send


async def prepare(upload: Upload, kind: str) -> Prepared:
    """Look at rights and file. RoleNeeded, ProgrammeNotFound, TooManyRows, what a table may not be (`Upload.table`)."""
    return await _PREPARED[kind](upload)


async def columns(upload: Upload, kind: str) -> tuple[Collection[str], Collection[str]]:
    """The columns that a file of this kind needs, and those that it may have. ProgrammeNotFound."""
    if kind != "applications":
        return _ROWS[kind].REQUIRED, _ROWS[kind].OPTIONAL
    fields, _ = await _programme_of_applications(upload.client, _programme(upload))
    return applications.REQUIRED, {*applications.OPTIONAL, *fields}


def _programme(upload: Upload) -> UUID:
    assert upload.programme_id is not None
    return upload.programme_id


async def _rows(upload: Upload, kind: str) -> Parsed[Any]:
    """The rows of a file whose columns are the same in every programme."""
    rows = _ROWS[kind]
    return await asyncio.to_thread(lambda: rows.parsed(upload.table(rows.REQUIRED, rows.OPTIONAL), upload.most))


async def _require_importer(upload: Upload) -> None:
    async with upload.work.transaction() as db:
        await require_importer(db, upload.by)


async def _require_team(upload: Upload) -> None:
    async with upload.work.transaction() as db:
        await require_team(db, upload.by, _programme(upload))


async def _of_people(upload: Upload) -> Prepared:
    await _require_importer(upload)
    found = await _rows(upload, "people")
    return Prepared(found, lambda sending: sending.send_people(found.good, upload.programme_id))


async def _of_applications(upload: Upload) -> Prepared:
    programme_id = _programme(upload)
    # Its owner knows a programme that was made a moment ago; our own projection may not yet.
    fields, cohorts = await _programme_of_applications(upload.client, programme_id)
    await _require_team(upload)
    extra = {name: kind for name, kind in fields.items() if name not in applications.OPTIONAL}
    optional = {*applications.OPTIONAL, *fields}
    found = await asyncio.to_thread(
        lambda: applications.parsed(upload.table(applications.REQUIRED, optional), extra, upload.most)
    )
    asks_capacity = "capacity" in fields
    return Prepared(found, lambda sending: sending.send_applications(programme_id, found.good, cohorts, asks_capacity))


async def _of_nominations(upload: Upload) -> Prepared:
    programme_id = _programme(upload)
    _, cohorts = await _programme_of_applications(upload.client, programme_id)
    await _require_importer(upload)
    found = await _rows(upload, "nominations")
    return Prepared(found, lambda sending: sending.send_nominations(programme_id, found.good, cohorts))


async def _of_pairs(upload: Upload) -> Prepared:
    programme_id = _programme(upload)
    _, cohorts = await _programme_of_applications(upload.client, programme_id)
    await _require_team(upload)
    found = await _rows(upload, "pairs")
    return Prepared(found, lambda sending: send_pairs(sending, upload.matching, programme_id, found.good, cohorts))


async def _of_attendance(upload: Upload) -> Prepared:
    await _require_importer(upload)
    found = await _rows(upload, "attendance")
    return Prepared(found, lambda sending: send_attendance(sending, upload.sessions, found.good))


async def _of_outcomes(upload: Upload) -> Prepared:
    programme_id = _programme(upload)
    await _require_importer(upload)
    found = await _rows(upload, "outcomes")
    return Prepared(found, lambda sending: send_outcomes(sending, upload.evaluation, programme_id, found.good))


_ROWS: Final[Mapping[str, Any]] = {
    "people": people, "nominations": nominations, "pairs": pairs, "attendance": attendance, "outcomes": outcomes,
}  # fmt: skip
_PREPARED: Final[Mapping[str, Callable[[Upload], Awaitable[Prepared]]]] = {
    "people": _of_people, "applications": _of_applications, "nominations": _of_nominations, "pairs": _of_pairs,
    "attendance": _of_attendance, "outcomes": _of_outcomes,
}  # fmt: skip


async def _programme_of_applications(
    client: ServiceClient, programme_id: UUID
) -> tuple[dict[str, str], dict[int, str]]:
    """Kinds of the form's fields by column, and ids of cohorts by number."""
    try:
        form = await client.get(f"/programmes/{programme_id}/form")
        cohorts = await client.pages(f"/programmes/{programme_id}/cohorts")
    except Refused as refused:
        raise ProgrammeNotFound() if refused.status == 404 else Forbidden(refused.title) from None
    fields = {field["id"]: field["kind"] for field in form["fields"]}
    return applications.MEANINGS | fields, {cohort["number"]: cohort["id"] for cohort in cohorts}
