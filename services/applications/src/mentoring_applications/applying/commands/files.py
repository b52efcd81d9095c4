"""Files that are answers of a form: sent with a draft or an application, limited by its field, sealed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.applications import queries as applications
from mentoring_applications.applications.models import Application
from mentoring_applications.applying import queries
from mentoring_applications.applying.forms import Answers
from mentoring_applications.applying.models import ApplicationFile, Draft
from mentoring_applications.errors import AnswersInvalid, FileNotFound, FileRefused
from mentoring_applications.programmes import blueprint
from mentoring_applications.programmes import queries as programmes
from mentoring_applications.programmes.access import is_team
from mentoring_common import files, vault
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.faults import fault
from mentoring_contracts.blueprint import Blueprint
from mentoring_contracts.blueprint.form import FormField


async def send_file(
    db: AsyncSession, owner: Draft | Application, field_id: str, name: str, media_type: str, data: bytes, by: Principal
) -> ApplicationFile:
    """Keep a file for a field, in place of the one that is not submitted yet. AnswersInvalid, FileRefused;
    ProgrammeClosed."""
    plan = blueprint.plan_of(await programmes.open_programme(db, owner.programme_id))
    _check(_field(plan, owner.role, field_id), media_type, data)
    assert owner.person_id is not None
    draft_id = owner.id if isinstance(owner, Draft) else None
    if draft_id is not None:
        before = sa.delete(ApplicationFile).where(ApplicationFile.draft_id == draft_id)
        before = before.where(ApplicationFile.field == field_id)
        await db.execute(before.execution_options(synchronize_session=False))
    sent = ApplicationFile(
        person_id=owner.person_id, draft_id=draft_id, application_id=None if draft_id else owner.id, field=field_id,
        media_type=media_type, size=len(data), sealed_name=await vault.seal(db, owner.person_id, name),
        sealed=await vault.seal_bytes(db, owner.person_id, data), sent_at=now(db),
    )  # fmt: skip
    db.add(sent)
    await db.flush()
    audit(db, by.subject, "send_file", "file", sent.id)
    return sent


def _field(plan: Blueprint, role: str, field_id: str) -> FormField:
    found = next((field for field in plan.form.of(role) if field.id == field_id and field.kind == "file"), None)
    if found is None:
        raise AnswersInvalid(errors=[fault("unknown_field", "the form asks for no such file", "query", "field")])
    return found


def _check(field: FormField, media_type: str, data: bytes) -> None:
    if files.kind_of(media_type, data) not in field.accept or len(data) > field.max_kb * 1000:
        raise FileRefused(accept=list(field.accept), max_kb=field.max_kb)


async def answered(
    db: AsyncSession,
    plan: Blueprint,
    role: str,
    answers: Answers,
    *,
    draft_id: UUID | None = None,
    application_id: UUID | None = None,
) -> list[UUID]:
    """The files that are answers; AnswersInvalid for one that was not sent with the draft or application."""
    wanted = {
        f.id: answers.attributes[f.id] for f in plan.form.of(role) if f.kind == "file" and f.id in answers.attributes
    }
    there: Mapping[UUID, Any] = {}
    if wanted and (draft_id or application_id):
        there = await queries.files_with(db, draft_id, application_id)
    errors = [
        fault("file", "no such file was sent with the draft", "body", "answers", field_id)
        for field_id, file_id in wanted.items()
        if there.get(UUID(file_id)) != field_id
    ]
    if errors:
        raise AnswersInvalid(errors=errors)
    return [UUID(file_id) for file_id in wanted.values()]


async def keep(db: AsyncSession, application_id: UUID, sent: list[UUID], *, draft_id: UUID | None = None) -> None:
    """The files that are answers are the application's; its others are deleted."""
    if draft_id is not None and sent:
        moved = sa.update(ApplicationFile).where(ApplicationFile.id.in_(sent))
        await db.execute(
            moved.values(application_id=application_id, draft_id=None).execution_options(synchronize_session=False)
        )
    others = sa.delete(ApplicationFile).where(ApplicationFile.application_id == application_id)
    others = others.where(ApplicationFile.id.not_in(sent))
    await db.execute(others.execution_options(synchronize_session=False))


async def read_file(db: AsyncSession, file_id: UUID, by: Principal) -> tuple[str, str, bytes]:
    """Name, media type and content, for the person and, once it is submitted, the team; reading is on record."""
    sent = await queries.file(db, file_id)
    if sent.person_id != by.person:
        if sent.application_id is None:
            raise FileNotFound()
        application = await applications.application(db, sent.application_id)
        if not await is_team(db, by, application.programme_id):
            raise FileNotFound()
    name = await vault.unseal(db, sent.person_id, sent.sealed_name)
    audit(db, by.subject, "read_file", "file", file_id)
    return name, sent.media_type, await vault.unseal_bytes(db, sent.person_id, sent.sealed)
