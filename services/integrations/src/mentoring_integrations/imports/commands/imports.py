"""Imports from beginning to end: read the file, send its rows with no transaction open, keep what was refused."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_integrations.errors import AnotherFile, ImportNotInterrupted, ImportOver, UploadLinkOver
from mentoring_integrations.imports import queries
from mentoring_integrations.imports.commands.preparing import Prepared, prepare
from mentoring_integrations.imports.commands.running import (
    NOTHING_BEFORE,
    Before,
    Run,
    carry_on,
    carry_through,
    take_along,
)
from mentoring_integrations.imports.commands.uploads import Upload
from mentoring_integrations.imports.models import Import, UploadLink
from mentoring_integrations.imports.schemas import ImportSummary, ImportView


async def import_file(upload: Upload, kind: str) -> ImportView:
    """Import a file, to the end, or in the background. RoleNeeded, ProgrammeNotFound, TooManyRows, what a table may not
    be (`Upload.table`)."""
    prepared = await prepare(upload, kind)
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
    prepared = await prepare(upload, found.kind)
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
        if upload.link_id is not None:
            await _take_by_link(db, upload.link_id, started)
    return started


async def _take_by_link(db: AsyncSession, link_id: UUID, started: Import) -> None:
    """Count a file that came over an upload link. UploadLinkOver where that ended meanwhile."""
    this = sa.update(UploadLink).where(UploadLink.id == link_id, queries.going_on(datetime.now(UTC)))
    taken = await db.execute(
        this.values(files=UploadLink.files + 1, import_id=started.id).returning(UploadLink.id),
        execution_options={"synchronize_session": False},
    )
    if taken.first() is None:
        raise UploadLinkOver(why="used")
    audit(db, f"link:{link_id}", "send_file", "import", started.id)


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
