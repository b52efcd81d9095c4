"""How far people are with what they attend to complete a programme."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_contracts.blueprint.text import in_language
from mentoring_sessions.activities import queries
from mentoring_sessions.activities.schemas import CompletionView, RequirementView
from mentoring_sessions.relationships.models import Participant, Programme


async def completions(
    db: AsyncSession, programme: Programme, rows: Sequence[Participant], wanted: Sequence[str]
) -> list[CompletionView]:
    """How far people are with what they attend to complete the programme, in these languages."""
    there = await queries.attended_by_kind(db, programme.id, [row.person_id for row in rows])

    def requirement(person_id: UUID, said: dict[str, Any]) -> RequirementView:
        found = [there.get((person_id, kind), (0, 0)) for kind in dict.fromkeys(said["kinds"])]
        attended, minutes = sum(number for number, _ in found), sum(length for _, length in found)
        met = attended >= (said["attend"] or 0) and minutes >= (said["minutes"] or 0)
        title = in_language(said["title"], wanted, said["languages"])
        known = {name: said[name] for name in ("id", "kinds", "attend", "minutes")}
        return RequirementView(**known, title=title, attended=attended, attended_minutes=minutes, met=met)

    def completion(row: Participant) -> CompletionView:
        theirs = [
            requirement(row.person_id, said) for said in programme.completion if row.side in (None, *said["sides"])
        ]
        done = bool(theirs) and all(one.met for one in theirs)
        return CompletionView(id=row.id, person_id=row.person_id, side=row.side, complete=done, requirements=theirs)

    return [completion(row) for row in rows]
