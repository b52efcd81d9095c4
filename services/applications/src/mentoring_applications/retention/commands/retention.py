"""Retention as the privacy notice promises: so many months after the programme what people wrote is erased.

The programme is over at the end of the last milestone of its cohorts. An application is kept as long as the shortest of
the notices that were agreed to with it says. People hear of it a month before. Who takes part in nothing else is erased
whole, in every service; of the others the application becomes a bare count. Totals are kept before.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.applications import ledger
from mentoring_applications.applications import queries as applications
from mentoring_applications.applications.eligibility import months_later
from mentoring_applications.applications.models import Application
from mentoring_applications.applying import forms
from mentoring_applications.programmes import blueprint
from mentoring_applications.programmes import queries as programmes
from mentoring_applications.programmes.models import Cohort, Programme
from mentoring_applications.retention import equality, queries
from mentoring_applications.retention.commands.erasure import SYSTEM, erase, erase_application
from mentoring_applications.retention.models import CohortTotals
from mentoring_common import vault
from mentoring_common.audit import audit
from mentoring_common.db import now
from mentoring_common.deadlines import cancel, schedule
from mentoring_common.outbox import emit
from mentoring_contracts.applications import Milestone
from mentoring_contracts.applying import RetentionEnds
from mentoring_contracts.blueprint import Blueprint

DUE: Final = "retention"
ANNOUNCED: Final = "retention_announced"
ANNOUNCED_BEFORE: Final = timedelta(days=30)
AT_ONCE: Final = 20


async def follow_retention(db: AsyncSession, programme_id: UUID) -> None:
    """Set the deadlines at which the next of a programme's applications are announced and erased."""
    programme = await programmes.programme(db, programme_id)
    plan, end = blueprint.plan_of(programme), await _end(db, programme_id)
    kept = sorted(
        {n.kept_months_after_programme for n in plan.privacy_notices if n.kept_months_after_programme is not None}
    )
    ahead = [moment for months in kept if end and (moment := _later(end, months)) > now(db)]
    if not ahead:
        await cancel(db, DUE, programme_id)
        await cancel(db, ANNOUNCED, programme_id)
        return
    await schedule(db, DUE, programme_id, ahead[0])
    await schedule(db, ANNOUNCED, programme_id, ahead[0] - ANNOUNCED_BEFORE)


async def on_retention_announced(db: AsyncSession, programme_id: UUID) -> None:
    """Deadline: who is erased within a month hears of it."""
    programme = await programmes.programme(db, programme_id)
    for application, until in await _due(db, programme, now(db) + ANNOUNCED_BEFORE):
        assert application.person_id is not None
        emit(
            db,
            RetentionEnds(
                application_id=application.id, programme_id=programme_id, cohort_id=application.cohort_id,
                person_id=application.person_id, role=application.role, erased_at=until,
            ),
        )  # fmt: skip
        audit(db, SYSTEM, "announce_retention", "application", application.id)


async def on_retention_due(db: AsyncSession, programme_id: UUID) -> None:
    """Deadline: erase what is over its time, some at once; and come again until nothing is left."""
    programme = await programmes.programme(db, programme_id)
    due = [application for application, _ in await _due(db, programme, now(db))]
    if not due:
        await follow_retention(db, programme_id)
        return
    await _keep_totals(db, programme, {application.cohort_id for application in due})
    for application_id in [application.id for application in due[:AT_ONCE]]:
        await _end_application(db, application_id)
    await schedule(db, DUE, programme_id, now(db))


async def _end_application(db: AsyncSession, application_id: UUID) -> None:
    application = await applications.application_if_there(db, application_id)
    if application is None:  # it went with the person
        return
    assert application.person_id is not None
    audit(db, SYSTEM, "retention_ended", "application", application.id)
    if await queries.takes_part_elsewhere(db, application.person_id, application.programme_id):
        await erase_application(db, application)
    else:
        await erase(db, application.person_id, SYSTEM)


async def _due(db: AsyncSession, programme: Programme, moment: datetime) -> list[tuple[Application, datetime]]:
    """The applications that are over their time at a moment, each with when it is."""
    plan, end = blueprint.plan_of(programme), await _end(db, programme.id)
    if end is None:
        return []
    agreed = await queries.notices_agreed_to(db, programme.id)
    found: list[tuple[Application, datetime]] = []
    seen: set[UUID | None] = set()
    for application, notices in agreed:
        months = _months(plan, notices)
        if months is not None and _later(end, months) <= moment and application.person_id not in seen:
            seen.add(application.person_id)  # the erasure of a person ends all of theirs
            found.append((application, _later(end, months)))
    return found


def _months(plan: Blueprint, notices: Sequence[tuple[str, str]]) -> int | None:
    kept = {(notice.id, notice.version): notice.kept_months_after_programme for notice in plan.privacy_notices}
    said = [months for notice in notices if (months := kept.get(notice)) is not None]
    return min(said, default=None)


async def _end(db: AsyncSession, programme_id: UUID) -> datetime | None:
    """The end of the last milestone of the programme's cohorts; None without any."""
    planned = [
        Milestone.model_validate(m) for cohort in await programmes.cohorts(db, programme_id) for m in cohort.milestones
    ]
    return max((one.ends_at or one.starts_at for one in planned), default=None)


def _later(end: datetime, months: int) -> datetime:
    return datetime.combine(months_later(end.date(), months), time.max, UTC)


async def _keep_totals(db: AsyncSession, programme: Programme, cohort_ids: set[UUID | None]) -> None:
    """Keep what was read as totals of a cohort, before the first of its answers goes."""
    for cohort_id in cohort_ids - {None}:
        assert cohort_id is not None
        if await queries.kept_totals(db, cohort_id) is None:
            cohort = await programmes.cohort(db, cohort_id)
            values = {
                "id": cohort_id,
                "equality": await equality_totals(db, cohort),
                "counts": await form_counts(db, cohort),
            }
            await db.execute(insert(CohortTotals).values(values | {"kept_at": now(db)}).on_conflict_do_nothing())


async def equality_totals(db: AsyncSession, cohort: Cohort) -> dict[str, dict[str, int | None]]:
    """The totals of equality monitoring of a cohort, as they were kept or as they are."""
    kept = await queries.kept_totals(db, cohort.id)
    if kept is not None:
        return kept.equality
    plan = blueprint.plan_of(await programmes.programme(db, cohort.programme_id))
    rows = await queries.sealed_equality(db, cohort.id)
    answers = [forms.from_text(await vault.unseal(db, row.person_id, row.sealed)) for row in rows]
    return equality.totals(plan.form.equality_monitoring, answers, plan.languages)


async def form_counts(db: AsyncSession, cohort: Cohort) -> dict[str, dict[str, dict[str, int | None]]]:
    """How often each counted answer was given in a cohort, by role, as it was kept or as it is."""
    kept = await queries.kept_totals(db, cohort.id)
    if kept is not None:
        return kept.counts
    plan = blueprint.plan_of(await programmes.programme(db, cohort.programme_id))
    given = await queries.answers_in(db, cohort.id)
    return {
        role: equality.counted(
            forms.counted_options(plan, role), [forms.as_options(answers) for of, answers in given if of == role]
        )
        for role in ledger.ROLES
    }
