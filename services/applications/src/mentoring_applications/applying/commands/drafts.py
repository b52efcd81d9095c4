"""Drafts of applications: written by the person alone, in turns, until the window closes; then submitted whole.

What is written is not compared with the form before that. One deadline follows each draft: it reminds, and it deletes
what was never submitted a month after the window closed.
"""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.applying import forms, queries
from mentoring_applications.applying.commands import submission
from mentoring_applications.applying.commands.returning import check_again
from mentoring_applications.applying.models import ApplicationFile, Draft
from mentoring_applications.applying.schemas import DraftContent, NewApplication, NewDraft
from mentoring_applications.directory import queries as directory
from mentoring_applications.errors import AlreadyApplied, AnswersInvalid, ConsentNeeded, DraftExists, DraftNotFound
from mentoring_applications.nominations.schemas import Named
from mentoring_applications.programmes import blueprint
from mentoring_applications.programmes import queries as programmes
from mentoring_applications.programmes.models import Cohort
from mentoring_common import vault
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.deadlines import cancel, schedule
from mentoring_common.faults import Fault, fault
from mentoring_common.ids import new_id
from mentoring_common.outbox import emit
from mentoring_contracts.applying import DraftReminderDue
from mentoring_contracts.blueprint import Blueprint

DUE: Final = "draft"
KEPT_AFTER_CLOSE: Final = timedelta(days=30)


async def own_draft(db: AsyncSession, draft_id: UUID, by: Principal) -> Draft:
    """The caller's draft; DraftNotFound also for anybody else's."""
    draft = await queries.draft(db, draft_id)
    if draft.person_id != by.person:
        raise DraftNotFound()
    return draft


async def save_draft(db: AsyncSession, programme_id: UUID, new: NewDraft, by: Principal) -> Draft:
    """Begin a draft.

    DraftExists, AlreadyApplied, TooSoonToApply, AnswersInvalid for what the form does not ask, and what the window
    refuses.
    """
    programme, person = await programmes.programme(db, programme_id), await directory.person(db, by.person_id)
    plan = blueprint.plan_of(programme)
    await submission.check_window(db, programme_id, plan, new.cohort_id)
    if await queries.has_applied(db, programme_id, new.cohort_id, person.id, new.role):
        raise AlreadyApplied()
    await check_again(db, programme, plan, person.id, new.role)
    forms.check_names(plan, new.role, new.answers)
    values: dict[str, Any] = {"id": new_id(), "programme_id": programme_id, "person_id": person.id}
    values |= {"cohort_id": new.cohort_id, "role": new.role, "sealed": await _sealed(db, person.id, new)}
    values |= {"saved_at": now(db), "looked_at": now(db)}
    draft: Draft | None = await db.scalar(insert(Draft).values(values).on_conflict_do_nothing().returning(Draft))
    if draft is None:
        found = await queries.draft_for(db, programme_id, new.cohort_id, person.id, new.role)
        raise DraftExists(draft_id=str(found.id) if found else None)
    await follow(db, draft, plan)
    audit(db, by.subject, "save_draft", "draft", draft.id)
    return draft


async def change_draft(db: AsyncSession, draft: Draft, content: DraftContent, by: Principal) -> Draft:
    """Write the draft anew, whole. AnswersInvalid for what the form does not ask, and what the window refuses."""
    plan = await _plan(db, draft)
    await submission.check_window(db, draft.programme_id, plan, draft.cohort_id)
    forms.check_names(plan, draft.role, content.answers)
    draft.sealed, draft.saved_at = await _sealed(db, draft.person_id, content), now(db)
    await db.flush()
    audit(db, by.subject, "change_draft", "draft", draft.id)
    return draft


async def submit_draft(db: AsyncSession, draft: Draft, nominator: Named | None, by: Principal) -> submission.Submitted:
    """Make an application of it; what `submit_application` refuses leaves the draft as it is."""
    content = await opened(db, draft)
    known = {"role": _side(draft), "cohort_id": draft.cohort_id, "nominator": nominator}
    new = NewApplication(**known, **content.model_dump())
    made = await submission.submit_application(db, draft.programme_id, new, by, draft_id=draft.id)
    await _delete(db, draft)
    return made


async def delete_draft(db: AsyncSession, draft: Draft, by: Principal) -> None:
    """Throw it away."""
    await _delete(db, draft)
    audit(db, by.subject, "delete_draft", "draft", draft.id)


async def opened(db: AsyncSession, draft: Draft) -> DraftContent:
    """What was written."""
    text = await vault.unseal(db, draft.person_id, draft.sealed)
    return DraftContent.model_validate(json.loads(text))


async def faults(db: AsyncSession, draft: Draft, content: DraftContent) -> list[Fault]:
    """What would be refused of what was written if it were submitted now."""
    plan, person = await _plan(db, draft), await directory.person(db, draft.person_id)
    given = submission.given(plan, draft.role, content)
    profile = await submission.profile(db, person)
    monitoring = plan.form.equality_monitoring
    checks: list[Callable[[], Any]] = [
        lambda: forms.check(plan, draft.role, given, profile),
        lambda: forms.check_equality(monitoring, content.equality or {}, plan.languages),
        lambda: forms.check_consents(plan, draft.role, content.consents),
    ]
    return [found for check in checks for found in _refused(check)]


def _refused(check: Callable[[], Any]) -> Iterator[Fault]:
    try:
        check()
    except AnswersInvalid as invalid:
        yield from invalid.members["errors"]
    except ConsentNeeded as needed:
        for one in needed.members["needed"]:
            yield fault("consent", "its current version must be agreed to", "body", "consents", one["consent"])


async def follow(db: AsyncSession, draft: Draft, plan: Blueprint) -> None:
    """Set the draft's deadline at what comes next: a reminder or its end; none while the window has no end."""
    closes_at = await closing(db, draft, plan)
    if closes_at is None:
        await cancel(db, DUE, draft.id)
        return
    reminders = _moments(plan, closes_at).values()
    ahead = [moment for moment in (*reminders, closes_at + KEPT_AFTER_CLOSE) if moment > draft.looked_at]
    await schedule(db, DUE, draft.id, min(ahead, default=now(db)))


async def follow_all(db: AsyncSession, programme_id: UUID, cohort_id: UUID | None) -> None:
    """The dates of a cohort (None: of a later round alone) changed, or it was closed: its drafts' deadlines too."""
    found = await queries.drafts_for(db, programme_id, cohort_id)
    if found:
        plan = await _plan(db, found[0])
        for draft in found:
            await follow(db, draft, plan)


async def on_draft_due(db: AsyncSession, draft_id: UUID) -> None:
    """Deadline: remind once of what came due since the last look, or end what is over."""
    draft = await queries.draft_if_there(db, draft_id)
    if draft is None:
        return
    plan, moment = await _plan(db, draft), now(db)
    closes_at = await closing(db, draft, plan)
    if closes_at is not None and closes_at + KEPT_AFTER_CLOSE <= moment:
        await _delete(db, draft)
        return
    if closes_at is not None and moment < closes_at:
        due = [days for days, at in _moments(plan, closes_at).items() if draft.looked_at < at <= moment]
        if due:
            emit(db, _reminder(draft, closes_at, min(due)))
    draft.looked_at = moment
    await follow(db, draft, plan)


def _reminder(draft: Draft, closes_at: datetime, days: int) -> DraftReminderDue:
    return DraftReminderDue(
        draft_id=draft.id, programme_id=draft.programme_id, cohort_id=draft.cohort_id, person_id=draft.person_id,
        role=_side(draft), closes_at=closes_at, days_before=days,
    )  # fmt: skip


def _moments(plan: Blueprint, closes_at: datetime) -> dict[int, datetime]:
    return {days: closes_at - timedelta(days=days) for days in plan.applying.remind_days_before}


async def closing(db: AsyncSession, draft: Draft, plan: Blueprint) -> datetime | None:
    """When the window closes that the draft is for; None if nothing says so. A later round goes by the last window.

    With the programme every window closes.
    """
    programme = await programmes.programme(db, draft.programme_id)
    if programme.closed_at is not None:
        return programme.closed_at
    if draft.cohort_id is not None:
        cohorts = [await programmes.cohort(db, draft.cohort_id)]
    elif plan.later_round == "while_a_window_is_open":
        cohorts = list(await programmes.cohorts(db, draft.programme_id))
    else:
        return None
    return max((end for end in map(_end, cohorts) if end is not None), default=None)


def _end(cohort: Cohort) -> datetime | None:
    window = submission.window_of(cohort)
    return cohort.closed_at or (window.closes_at if window else None)


def _side(draft: Draft) -> Any:
    return draft.role


async def _plan(db: AsyncSession, draft: Draft) -> Blueprint:
    return blueprint.plan_of(await programmes.programme(db, draft.programme_id))


async def _sealed(db: AsyncSession, person_id: UUID, content: DraftContent) -> bytes:
    written = content.model_dump(include=set(DraftContent.model_fields))
    return await vault.seal(db, person_id, json.dumps(written))


async def _delete(db: AsyncSession, draft: Draft) -> None:
    sent = sa.delete(ApplicationFile).where(ApplicationFile.draft_id == draft.id)
    for gone in (sent, sa.delete(Draft).where(Draft.id == draft.id)):
        await db.execute(gone.execution_options(synchronize_session=False))
    db.expunge(draft)
    await cancel(db, DUE, draft.id)
