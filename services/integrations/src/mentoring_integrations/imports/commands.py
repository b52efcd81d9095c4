"""Imports from beginning to end: read the file, send its rows with no transaction open, keep what was refused."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.errors import Forbidden
from mentoring_common.runner import Service
from mentoring_common.unit_of_work import Work
from mentoring_contracts.columns import Sheet
from mentoring_integrations.errors import ProgrammeNotFound
from mentoring_integrations.imports import csv_table, queries, rows
from mentoring_integrations.imports.csv_table import Problem, Reading
from mentoring_integrations.imports.models import Import, RefusedRow
from mentoring_integrations.imports.rows import NewApplication, NewNomination, NewPerson, StandingPair
from mentoring_integrations.imports.schemas import ImportView
from mentoring_integrations.imports.sending import OUTCOMES, Sending
from mentoring_integrations.imports.sending_pairs import send_pairs
from mentoring_integrations.imports.service_client import Refused, ServiceClient
from mentoring_integrations.programmes.access import require_importer, require_team


@dataclass(frozen=True)
class Upload:
    """A file that somebody sent to be imported."""

    service: Service
    work: Work
    by: Principal
    content: bytes
    dry_run: bool
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

    def reading(self, takes: Collection[str]) -> Reading:
        """How the file is read by an import that takes these columns. MappingUnreadable."""
        return rows.reading(self.mapping, self.sheet, takes, self.every_row)


async def import_people(upload: Upload) -> ImportView:
    """Register the people of a file. RoleNeeded; the errors of `csv_table.parse`."""
    async with upload.work.transaction() as db:
        await require_importer(db, upload.by)
    count, people, problems = await asyncio.to_thread(_people, upload)
    return await _run(
        upload, "people", count, problems, lambda sending: sending.send_people(people, upload.programme_id)
    )


async def import_applications(upload: Upload) -> ImportView:
    """Submit a file of applications to a programme. RoleNeeded, ProgrammeNotFound; errors of `csv_table.parse`."""
    programme_id = upload.programme_id
    assert programme_id is not None
    # Its owner knows a programme that was made a moment ago; our own projection may not yet.
    fields, cohorts = await _programme_of_applications(upload.client, programme_id)
    async with upload.work.transaction() as db:
        await require_team(db, upload.by, programme_id)
    count, new, problems = await asyncio.to_thread(_applications, upload, fields)

    def send(sending: Sending) -> Awaitable[None]:
        return sending.send_applications(programme_id, new, cohorts, "capacity" in fields)

    return await _run(upload, "applications", count, problems, send)


async def import_nominations(upload: Upload) -> ImportView:
    """Nominate the people of a file. RoleNeeded, ProgrammeNotFound; errors of `csv_table.parse`."""
    programme_id = upload.programme_id
    assert programme_id is not None
    _, cohorts = await _programme_of_applications(upload.client, programme_id)
    async with upload.work.transaction() as db:
        await require_importer(db, upload.by)
    count, new, problems = await asyncio.to_thread(_nominations, upload)
    return await _run(
        upload, "nominations", count, problems, lambda sending: sending.send_nominations(programme_id, new, cohorts)
    )


async def import_pairs(upload: Upload) -> ImportView:
    """Take over the standing pairs of a file. RoleNeeded, ProgrammeNotFound; errors of `csv_table.parse`."""
    programme_id = upload.programme_id
    assert programme_id is not None
    _, cohorts = await _programme_of_applications(upload.client, programme_id)
    async with upload.work.transaction() as db:
        await require_team(db, upload.by, programme_id)
    count, new, problems = await asyncio.to_thread(_pairs, upload)
    return await _run(
        upload,
        "pairs",
        count,
        problems,
        lambda sending: send_pairs(sending, upload.matching, programme_id, new, cohorts),
    )


def _pairs(upload: Upload) -> tuple[int, list[StandingPair], list[Problem]]:
    """As `_people`."""
    required, optional = rows.PAIR_REQUIRED, rows.PAIR_OPTIONAL
    known = upload.reading([*required, *optional])
    table = csv_table.parse(upload.content, required=required, optional=optional, reading=known)
    new, problems = rows.pairs(table.rows)
    return table.count, new, table.problems + problems


def _nominations(upload: Upload) -> tuple[int, list[NewNomination], list[Problem]]:
    """As `_people`."""
    required, optional = rows.NOMINATION_REQUIRED, rows.NOMINATION_OPTIONAL
    known = upload.reading([*required, *optional])
    table = csv_table.parse(upload.content, required=required, optional=optional, reading=known)
    new, problems = rows.nominations(table.rows)
    return table.count, new, table.problems + problems


def _people(upload: Upload) -> tuple[int, list[NewPerson], list[Problem]]:
    """Rows counted, those that can be sent, and why others cannot. Takes a second for a large file: use a thread."""
    required, optional = rows.PEOPLE_REQUIRED, rows.PEOPLE_OPTIONAL
    known = upload.reading([*required, *optional])
    table = csv_table.parse(upload.content, required=required, optional=optional, reading=known)
    people, problems = rows.people(table.rows)
    return table.count, people, table.problems + problems


def _applications(upload: Upload, fields: dict[str, str]) -> tuple[int, list[NewApplication], list[Problem]]:
    """As `_people`; `fields` are kinds of the programme's form by column."""
    optional = {*rows.APPLICATION_OPTIONAL, *fields}
    known = upload.reading([*rows.APPLICATION_REQUIRED, *optional])
    table = csv_table.parse(upload.content, required=rows.APPLICATION_REQUIRED, optional=optional, reading=known)
    extra = {name: kind for name, kind in fields.items() if name not in rows.APPLICATION_OPTIONAL}
    new, problems = rows.applications(table.rows, extra)
    return table.count, new, table.problems + problems


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


async def _run(
    upload: Upload,
    kind: str,
    count: int,
    problems: Sequence[Problem],
    send: Callable[[Sending], Awaitable[None]],
) -> ImportView:
    started = await _begin(upload, kind, count)
    sending = Sending(upload.client, started.id, upload.digest, dry_run=upload.dry_run)
    await send(sending)
    if sending.interrupted:
        upload.work.do_not_keep()
    return await _finish(upload, started.id, sending, [*problems, *sending.problems])


async def _begin(upload: Upload, kind: str, count: int) -> Import:
    async with upload.work.transaction() as db:
        started = Import(
            kind=kind, programme_id=upload.programme_id, started_by=upload.by.subject, dry_run=upload.dry_run,
            state="running", rows=count, started_at=now(db),
        )  # fmt: skip
        db.add(started)
        await db.flush()
        audit(db, upload.by.subject, f"import_{kind}", "import", started.id)
    return started


async def _finish(upload: Upload, import_id: UUID, sending: Sending, problems: Sequence[Problem]) -> ImportView:
    """Keep the outcome, and with it the answer under the request's Idempotency-Key."""
    db = await upload.work.final()
    done = await queries.import_of(db, upload.by, import_id)
    done.state, done.accepted, done.finished_at = "finished", len(sending.accepted), now(db)
    for outcome in OUTCOMES:
        setattr(done, outcome, sorted(sending.lines[outcome]))
    db.add_all(RefusedRow(import_id=import_id, **vars(problem)) for problem in sorted(set(problems), key=_place))
    await db.flush()
    return await view(db, done)


async def view(db: AsyncSession, found: Import) -> ImportView:
    """An import with the rows that stayed out."""
    refused = await queries.refused_rows(db, found.id)
    return ImportView.model_validate({**_members(found), "refused": refused})


def _members(found: Import) -> dict[str, Any]:
    return {name: getattr(found, name) for name in ImportView.model_fields if name != "refused"}


def _place(problem: Problem) -> tuple[int, str, str]:
    return problem.row, problem.column or "", problem.code
