"""A running programme takes another blueprint: what each change touches is shown before, the past stays."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.errors import AmendmentRefused
from mentoring_applications.planning.commands.cohorts import change_milestones, change_places
from mentoring_applications.planning.commands.programmes import given
from mentoring_applications.programmes import blueprint
from mentoring_applications.programmes import queries as programmes
from mentoring_applications.programmes.models import Cohort, Programme
from mentoring_common import roles
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.faults import fault
from mentoring_common.outbox import emit
from mentoring_contracts.applications import Milestone, ProgrammeAmended
from mentoring_contracts.blueprint import Blueprint
from mentoring_contracts.blueprint.amending import Change, changes


async def amend(db: AsyncSession, programme: Programme, source: str | dict[str, Any], by: Principal) -> list[Change]:
    """Take another blueprint and tell every service; the changes.

    AmendmentRefused, BlueprintInvalid, ProgrammeClosed.
    """
    programme = await programmes.open_programme(db, programme.id)
    _, new, content = given(source)
    old = blueprint.plan_of(programme)
    found = await touched(db, programme, old, new)
    refused = [fault("rewrites_the_past", one.refused, "body", "blueprint", *one.path) for one in found if one.refused]
    if refused:
        raise AmendmentRefused(errors=refused)
    if not found:
        return []
    programme.blueprint, programme.title = content, new.title
    await db.flush()
    for cohort in await programmes.cohorts(db, programme.id):
        await _follow(db, cohort, old, new)
    named = sorted({one.section for one in found})
    audit(db, by.subject, "amend_blueprint", "programme", programme.id, reason=", ".join(named)[:500])
    about = {"programme_id": programme.id, "blueprint_version": programme.version}
    emit(db, ProgrammeAmended(**about, changed=named, blueprint=content))
    return found


async def touched(db: AsyncSession, programme: Programme, old: Blueprint, new: Blueprint) -> list[Change]:
    """What would change, and what of it would rewrite the past: steps of cohorts that are over stand among that."""
    found = changes(old, new)
    planned = {cohort.number: place for place, cohort in enumerate(new.cohorts)}
    for cohort in await programmes.cohorts(db, programme.id):
        gone = _past(_milestones(old, cohort), _milestones(new, cohort), now(db))
        at = ("cohorts", planned[cohort.number]) if cohort.number in planned else ("milestones",)
        why = "of cohort {} this step has begun: it stays where it was"
        found += [Change((*at, kind), ("applications",), "", why.format(cohort.number)) for kind in gone]
    return found


async def may_amend(db: AsyncSession, programme_id: UUID, by: Principal) -> Programme:
    """The programme, if the caller manages it. ProgrammeNotFound, RoleNeeded."""
    programme = await programmes.programme(db, programme_id)
    await roles.require_right(db, by, programme_id, "manage_programme")
    return programme


def _milestones(plan: Blueprint, cohort: Cohort) -> dict[str, Milestone]:
    """The steps of a cohort as a blueprint plans them, by kind; none where it does not plan the cohort."""
    planned = next((one for one in plan.cohorts if one.number == cohort.number), None)
    return {one.kind: one for one in plan.calendar(planned).milestones()} if planned else {}


def _past(old: dict[str, Milestone], new: dict[str, Milestone], moment: datetime) -> list[str]:
    """The kinds of steps that have begun and would be on another day, or would begin in the past."""
    differ = [kind for kind in old.keys() | new.keys() if old.get(kind) != new.get(kind)]
    begun = [
        kind for kind in differ if any(one and _moves(one, old, new, moment) for one in (old.get(kind), new.get(kind)))
    ]
    return sorted(begun)


def _moves(one: Milestone, old: dict[str, Milestone], new: dict[str, Milestone], moment: datetime) -> bool:
    """Whether a step has begun by the moment; of one whose beginning stays, only an end that has passed counts."""
    before, after = old.get(one.kind), new.get(one.kind)
    if before and after and before.starts_at == after.starts_at:
        return any(end is not None and end <= moment for end in (before.ends_at, after.ends_at))
    return one.starts_at <= moment


async def _follow(db: AsyncSession, cohort: Cohort, old: Blueprint, new: Blueprint) -> None:
    """Give a cohort what its blueprint changes: places, unless it is closed, and steps; what the team changed stays."""
    places = {one.number: one.places for one in new.cohorts}.get(cohort.number)
    if (
        cohort.closed_at is None
        and places is not None
        and places != {one.number: one.places for one in old.cohorts}.get(cohort.number)
    ):
        cohort = await change_places(db, cohort, places)
    before, after = _milestones(old, cohort), _milestones(new, cohort)
    if before == after:
        return
    present = [Milestone.model_validate(one) for one in cohort.milestones]
    differ = {kind for kind in before.keys() | after.keys() if before.get(kind) != after.get(kind)}
    kept = [one for one in present if one.kind not in differ]
    moved = [one for kind, one in after.items() if kind in differ]
    await change_milestones(db, cohort, sorted([*kept, *moved], key=lambda one: one.starts_at))
