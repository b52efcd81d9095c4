"""Imports from beginning to end: read the file, send its rows with no transaction open, keep what was refused."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.errors import Forbidden
from mentoring_common.runner import Service
from mentoring_common.unit_of_work import Work
from mentoring_contracts.columns import Sheet
from mentoring_integrations.errors import AnotherFile, ImportNotInterrupted, ImportOver, ProgrammeNotFound
from mentoring_integrations.imports import csv_table, queries, rows, table_files
from mentoring_integrations.imports.commands.running import (
    NOTHING_BEFORE,
    Before,
    Run,
    carry_on,
    carry_through,
    take_along,
)
from mentoring_integrations.imports.csv_table import Reading, Table
from mentoring_integrations.imports.models import Import
from mentoring_integrations.imports.rows import Parsed
from mentoring_integrations.imports.schemas import ImportSummary, ImportView, PreviewView
from mentoring_integrations.imports.sending import Sending
from mentoring_integrations.imports.sending_pairs import send_pairs
from mentoring_integrations.imports.sending_records import send_attendance, send_outcomes
from mentoring_integrations.imports.service_client import Refused, ServiceClient
from mentoring_integrations.programmes.access import require_importer, require_team

Send = Callable[[Sending], Awaitable[None]]
PREVIEWED = 20


@dataclass(frozen=True)
class Upload:
    """A file that somebody sent to be imported."""

    service: Service
    work: Work
    by: Principal
    content: bytes
    charset: str | None
    dry_run: bool
    later: bool  # answered at once, and carried through afterwards
    programme_id: UUID | None = None
    mapping: str | None = None
    sheet: Sheet = "people"
    every_row: Mapping[str, str] = field(default_factory=dict)

    @property
    def client(self) -> ServiceClient:
        return self._client_of("applications", self.service.settings.applications_url)

    @property
    def matching(self) -> ServiceClient:
        return self._client_of("matching", self.service.settings.matching_url)

    @property
    def sessions(self) -> ServiceClient:
        return self._client_of("sessions", self.service.settings.sessions_url)

    @property
    def evaluation(self) -> ServiceClient:
        return self._client_of("evaluation", self.service.settings.evaluation_url)

    def _client_of(self, service: str, address: str) -> ServiceClient:
        return ServiceClient(self.service.http, service, address, self.by.token)

    @property
    def digest(self) -> bytes:
        """Names the content, how it is read and where it goes."""
        known = repr((self.mapping, self.sheet, sorted(self.every_row.items()))) if self.mapped else ""
        return hashlib.sha256(f"{self.programme_id}{known}".encode() + b"\0" + self.content).digest()

    @property
    def mapped(self) -> bool:
        """Whether anything is said of how the file is read."""
        return bool(self.mapping or self.every_row) or self.sheet != "people"

    @property
    def read_as(self) -> dict[str, Any]:
        """What is said of the file, to be read alike when the import is taken up again."""
        return {"mapping": self.mapping, "sheet": self.sheet, "every_row": dict(self.every_row)}

    @property
    def most(self) -> int:
        """How many rows it may have."""
        return rows.MOST_ROWS if self.later else rows.MOST_AT_ONCE

    def reading(self, takes: Collection[str]) -> Reading:
        """How the file is read by an import that takes these columns. MappingUnreadable."""
        return rows.reading(self.mapping, self.sheet, takes, self.every_row)

    def table(self, required: Collection[str], optional: Collection[str]) -> Table:
        """The file as a table of these columns. What `table_files.of` and `csv_table.table` raise."""
        known = self.reading([*required, *optional])
        file = table_files.of(self.content, self.charset)
        return csv_table.table(file, required=required, optional=optional, reading=known)


@dataclass(frozen=True)
class Prepared:
    """An import whose rights and file were looked at: what it says, and how that is sent."""

    parsed: Parsed[Any]
    send: Send


async def import_file(upload: Upload, kind: str) -> ImportView:
    """Import a file, to the end, or in the background. RoleNeeded, ProgrammeNotFound, TooManyRows, what a table may not
    be (`Upload.table`)."""
    prepared = await _PREPARED[kind](upload)
    started = await _begin(upload, kind, prepared.parsed.count)
    return await _run(upload, prepared, started)


async def resume(upload: Upload, import_id: UUID) -> ImportView:
    """Take up an import that was interrupted, with the file that it began with; what was dealt with is not sent again.

    ImportNotFound, ImportNotInterrupted, AnotherFile.
    """
    async with upload.work.transaction() as db:
        found = await queries.import_of(db, upload.by, import_id)
        if found.dry_run or not await queries.is_interrupted(db, import_id):
            raise ImportNotInterrupted()
        upload = replace(upload, programme_id=found.programme_id, later=True, **(found.read_as or {}))
        if found.digest != upload.digest:
            raise AnotherFile()
    prepared = await _PREPARED[found.kind](upload)
    async with upload.work.transaction() as db:
        if not await _take_up(db, import_id):
            raise ImportNotInterrupted()
        found = await queries.import_of(db, upload.by, import_id)
        refused = {row.row for row in await queries.refused_rows(db, import_id)}
        lines = await queries.lines_of(db, import_id)
        audit(db, upload.by.subject, "resume_import", "import", import_id)
    return await _run(upload, prepared, found, Before(lines, refused))


async def cancel(db: AsyncSession, by: Principal, import_id: UUID) -> ImportView:
    """End an import that goes on: what went in stays, what was not sent is not sent. ImportNotFound, ImportOver."""
    found = await queries.import_of(db, by, import_id)
    ended = sa.update(Import).where(Import.id == import_id, Import.state == "running")
    done = await db.execute(ended.values(state="cancelled", finished_at=now(db)).returning(Import.id))
    if done.first() is None:
        raise ImportOver()
    audit(db, by.subject, "cancel_import", "import", import_id)
    await db.refresh(found)
    return await view(db, found)


async def preview(upload: Upload, kind: str) -> PreviewView:
    """What the file is taken for: how it is written, what each column means, its first rows and what is wrong with
    them. Nothing is kept or sent. What `table_files.of` and `csv_table.headings` raise, MappingUnreadable."""
    required: Collection[str]
    optional: Collection[str]
    if kind == "applications":
        fields, _ = await _programme_of_applications(upload.client, _programme(upload))
        required, optional = rows.APPLICATION_REQUIRED, {*rows.APPLICATION_OPTIONAL, *fields}
    else:
        required, optional = _COLUMNS[kind]
    async with upload.work.transaction() as db:
        await require_importer(db, upload.by)
    return await asyncio.to_thread(_previewed, upload, required, optional)


def _previewed(upload: Upload, required: Collection[str], optional: Collection[str]) -> PreviewView:
    file = table_files.of(upload.content, upload.charset)
    headings = csv_table.headings(file)
    reading = upload.reading([*required, *optional])
    columns = reading.names(headings)
    known = {*required, *optional}
    first: list[dict[str, str]] = []
    count = 0
    for found in Table(file, columns, upload.every_row).rows():
        count += 1
        if isinstance(found, csv_table.Row) and len(first) < PREVIEWED:
            first.append({name: cell for name, cell in found.cells.items() if name in known})
    return PreviewView.model_validate(
        {
            "format": file.kind,
            "charset": file.charset,
            "delimiter": file.delimiter,
            "rows": count,
            "columns": [
                {"heading": heading, "column": name if name in known else None}
                for heading, name in zip(headings, columns, strict=True)
            ],
            "missing": sorted(set(required) - set(columns) - reading.every_row.keys()),
            "unknown": [h for h, name in zip(headings, columns, strict=True) if name is not None and name not in known],
            "first": first,
        }
    )


def _programme(upload: Upload) -> UUID:
    assert upload.programme_id is not None
    return upload.programme_id


async def _of_people(upload: Upload) -> Prepared:
    async with upload.work.transaction() as db:
        await require_importer(db, upload.by)
    parsed = await asyncio.to_thread(lambda: rows.people(upload.table(*_COLUMNS["people"]), upload.most))
    return Prepared(parsed, lambda sending: sending.send_people(parsed.good, upload.programme_id))


async def _of_applications(upload: Upload) -> Prepared:
    programme_id = _programme(upload)
    # Its owner knows a programme that was made a moment ago; our own projection may not yet.
    fields, cohorts = await _programme_of_applications(upload.client, programme_id)
    async with upload.work.transaction() as db:
        await require_team(db, upload.by, programme_id)
    extra = {name: kind for name, kind in fields.items() if name not in rows.APPLICATION_OPTIONAL}
    optional = {*rows.APPLICATION_OPTIONAL, *fields}
    parsed = await asyncio.to_thread(
        lambda: rows.applications(upload.table(rows.APPLICATION_REQUIRED, optional), extra, upload.most)
    )
    asks_capacity = "capacity" in fields
    return Prepared(
        parsed, lambda sending: sending.send_applications(programme_id, parsed.good, cohorts, asks_capacity)
    )


async def _of_nominations(upload: Upload) -> Prepared:
    programme_id = _programme(upload)
    _, cohorts = await _programme_of_applications(upload.client, programme_id)
    async with upload.work.transaction() as db:
        await require_importer(db, upload.by)
    parsed = await asyncio.to_thread(lambda: rows.nominations(upload.table(*_COLUMNS["nominations"]), upload.most))
    return Prepared(parsed, lambda sending: sending.send_nominations(programme_id, parsed.good, cohorts))


async def _of_pairs(upload: Upload) -> Prepared:
    programme_id = _programme(upload)
    _, cohorts = await _programme_of_applications(upload.client, programme_id)
    async with upload.work.transaction() as db:
        await require_team(db, upload.by, programme_id)
    parsed = await asyncio.to_thread(lambda: rows.pairs(upload.table(*_COLUMNS["pairs"]), upload.most))
    matching = upload.matching
    return Prepared(parsed, lambda sending: send_pairs(sending, matching, programme_id, parsed.good, cohorts))


async def _of_attendance(upload: Upload) -> Prepared:
    async with upload.work.transaction() as db:
        await require_importer(db, upload.by)
    parsed = await asyncio.to_thread(lambda: rows.attendance(upload.table(*_COLUMNS["attendance"]), upload.most))
    return Prepared(parsed, lambda sending: send_attendance(sending, upload.sessions, parsed.good))


async def _of_outcomes(upload: Upload) -> Prepared:
    async with upload.work.transaction() as db:
        await require_importer(db, upload.by)
    parsed = await asyncio.to_thread(lambda: rows.outcomes(upload.table(*_COLUMNS["outcomes"]), upload.most))
    programme_id = _programme(upload)
    return Prepared(parsed, lambda sending: send_outcomes(sending, upload.evaluation, programme_id, parsed.good))


_COLUMNS: Mapping[str, tuple[Collection[str], Collection[str]]] = {
    "people": (rows.PEOPLE_REQUIRED, rows.PEOPLE_OPTIONAL),
    "nominations": (rows.NOMINATION_REQUIRED, rows.NOMINATION_OPTIONAL),
    "pairs": (rows.PAIR_REQUIRED, rows.PAIR_OPTIONAL),
    "attendance": (rows.ATTENDED_REQUIRED, rows.ATTENDED_OPTIONAL),
    "outcomes": (rows.OUTCOME_REQUIRED, rows.OUTCOME_OPTIONAL),
}
_PREPARED: Mapping[str, Callable[[Upload], Awaitable[Prepared]]] = {
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
    return rows.MEANINGS | fields, {cohort["number"]: cohort["id"] for cohort in cohorts}


async def _run(upload: Upload, prepared: Prepared, started: Import, before: Before = NOTHING_BEFORE) -> ImportView:
    run = Run(upload.service, upload.by, upload.client, started, prepared.parsed.problems, prepared.send)
    run.begin(upload.digest, before, large=upload.later)
    if upload.later:
        answered = await view(await upload.work.final(), started)
        take_along(upload.service, carry_on(run))
        return answered
    await carry_through(run)
    if run.sending.interrupted:
        upload.work.do_not_keep()
    return await view(db := await upload.work.final(), await queries.import_of(db, upload.by, started.id))


async def _begin(upload: Upload, kind: str, count: int) -> Import:
    async with upload.work.transaction() as db:
        started = Import(
            kind=kind, programme_id=upload.programme_id, started_by=upload.by.subject, dry_run=upload.dry_run,
            state="running", rows=count, started_at=now(db), digest=upload.digest, read_as=upload.read_as,
        )  # fmt: skip
        db.add(started)
        await db.flush()
        await db.refresh(started)
        audit(db, upload.by.subject, f"import_{kind}", "import", started.id)
    return started


async def _take_up(db: AsyncSession, import_id: UUID) -> bool:
    """Whether nobody else took it up meanwhile."""
    mine = sa.update(Import).where(Import.id == import_id, queries.INTERRUPTED)
    taken = await db.execute(mine.values(progressed_at=sa.func.clock_timestamp()).returning(Import.id))
    return taken.first() is not None


async def view(db: AsyncSession, found: Import) -> ImportView:
    """An import with the lines of its rows and why others stayed out; while it goes on, with how many they are."""
    shown = ImportSummary.model_fields
    members = {name: getattr(found, name) for name in shown}
    going_on = found.state == "running"
    if going_on and await queries.is_interrupted(db, found.id):
        members["state"] = "interrupted"
    members["done"] = found.accepted + await queries.refused_lines(db, found.id)
    lists: dict[str, Any] = {key: [] for key in ("created", "changed", "unchanged", "refused")}
    if not going_on:
        lists = {**await queries.lines_of(db, found.id), "refused": await queries.refused_rows(db, found.id)}
    return ImportView.model_validate(members | lists)


async def results(db: AsyncSession, found: Import) -> list[tuple[Any, ...]]:
    """Every row of the file that was dealt with, by line: what it did, or why it stayed out."""
    known = await queries.lines_of(db, found.id)
    went_in: list[tuple[Any, ...]] = [(line, what, None, None, None) for what, lines in known.items() for line in lines]
    refused = [(r.row, "refused", r.column, r.code, r.detail) for r in await queries.refused_rows(db, found.id)]
    return sorted(went_in + refused, key=lambda row: row[0])
