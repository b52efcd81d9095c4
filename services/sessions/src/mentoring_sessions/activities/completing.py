"""How far people are with what they attend to complete a programme."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import now
from mentoring_contracts.blueprint.formats import kinds_of
from mentoring_contracts.blueprint.text import in_language
from mentoring_sessions.activities import queries
from mentoring_sessions.activities.schemas import CompletionView, DueActivityView, RequirementView
from mentoring_sessions.relationships.models import Participant, Programme


async def completions(
    db: AsyncSession, programme: Programme, rows: Sequence[Participant], wanted: Sequence[str]
) -> list[CompletionView]:
    """How far people are with what they attend to complete the programme, in these languages."""
    there = await queries.attended_by_kind(db, programme.id, [row.person_id for row in rows])
    dates = await queries.due_dates(db, await due(db, programme), [row.id for row in rows])

    def requirement(row: Participant, said: dict[str, Any]) -> RequirementView:
        person_id, due_at = row.person_id, dates.get((row.id, said["id"]))
        found = [there.get((person_id, kind), (0, 0)) for kind in dict.fromkeys(said["kinds"])]
        attended, minutes = sum(number for number, _ in found), sum(length for _, length in found)
        met = attended >= (said["attend"] or 0) and minutes >= (said["minutes"] or 0)
        title = in_language(said["title"], wanted, said["languages"])
        known = {name: said[name] for name in ("id", "kinds", "attend", "minutes")}
        overdue = due_at is not None and due_at <= now(db)
        return RequirementView(
            **known, title=title, attended=attended, attended_minutes=minutes, met=met, due_at=due_at, overdue=overdue
        )

    def completion(row: Participant) -> CompletionView:
        theirs = [requirement(row, said) for said in programme.completion if row.side in (None, *said["sides"])]
        done = bool(theirs) and all(one.met for one in theirs)
        return CompletionView(id=row.id, person_id=row.person_id, side=row.side, complete=done, requirements=theirs)

    return [completion(row) for row in rows]


async def due(db: AsyncSession, programme: Programme, person_id: UUID | None = None) -> sa.Subquery | None:
    """What participants of the programme, or one of them, have not met of what has a date; None once it is closed."""
    if programme.closed_at is not None:
        return None
    mains = [kind.id for kind in kinds_of({"formats": programme.formats}).values() if kind.main]
    return queries.due(db, programme, await queries.dates_of_cohorts(db, programme.id), mains, person_id)


async def due_of(db: AsyncSession, person_id: UUID, wanted: Sequence[str]) -> list[DueActivityView]:
    """What somebody is to meet by a date in every programme, the soonest first."""
    found = []
    for programme in await queries.programmes_with_due(db, person_id):
        rows = (await db.scalars(queries.participants(programme.id, person_id))).all()
        for one in await completions(db, programme, rows, wanted):
            found += [
                DueActivityView(**asked.model_dump(), programme_id=programme.id, side=one.side)
                for asked in one.requirements
                if asked.due_at is not None
            ]
    return sorted(found, key=lambda one: (one.due_at, one.id))
