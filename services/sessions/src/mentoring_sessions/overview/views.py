"""Relationships and what concerns a person, as answers."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import now
from mentoring_contracts.blueprint.formats import Kind
from mentoring_sessions.activities import completing
from mentoring_sessions.activities import queries as activity_queries
from mentoring_sessions.activities import views as activity_views
from mentoring_sessions.agreements import queries as agreement_queries
from mentoring_sessions.agreements.models import Agreement
from mentoring_sessions.agreements.schemas import Signatures
from mentoring_sessions.agreements.views import signatures
from mentoring_sessions.lifecycle import State
from mentoring_sessions.overview import queries
from mentoring_sessions.overview.schemas import CountsView, HomeView, MemberView, RelationshipView
from mentoring_sessions.relationships import queries as relationship_queries


async def relationships(db: AsyncSession, ids: Sequence[UUID]) -> list[RelationshipView]:
    """Relationships as they stand now, with who is in them and their signatures."""
    rows = await relationship_queries.as_they_stand(db, ids)
    agreements, members = await agreement_queries.agreements(db, ids), await relationship_queries.members(db, ids)
    kinds, rhythms = await relationship_queries.kinds(db, rows), await queries.rhythms(db, ids, now(db))
    following = await relationship_queries.continued_by(db, [row.id for row in rows if row.state == State.ENDED])
    shown = [_relationship(r, agreements.get(r.id), members[r.id], kinds[r.id], rhythms[r.id]) for r in rows]
    return [one.model_copy(update={"continued_by": following.get(one.match_id)}) for one in shown]


async def relationship(db: AsyncSession, relationship_id: UUID) -> RelationshipView:
    """One relationship, as it stands now."""
    return (await relationships(db, [relationship_id]))[0]


def _relationship(
    row: Any, agreement: Agreement | None, members: Sequence[Any], kind: Kind, rhythm: Any
) -> RelationshipView:
    fields = {name: value for name, value in row._asdict().items() if name in RelationshipView.model_fields}
    del fields["mentoring_sessions"]
    return RelationshipView(
        match_id=row.id,
        mentoring_sessions=row.mentoring_sessions,
        expected_minutes=None if rhythm.expected is None else round(rhythm.expected),
        behind=rhythm.behind,
        quiet_since=rhythm.quiet_since,
        over_budget=row.budget_minutes is not None and row.total_minutes > row.budget_minutes,
        members=[_member(member, agreement) for member in members],
        agreement=Signatures(**signatures(row, agreement, members)),
        agreement_needed=kind.agreement,
        private=kind.private,
        **fields,
    )


def _member(member: Any, agreement: Agreement | None) -> MemberView:
    signed = agreement is not None and member.signed_version == agreement.version
    return MemberView.model_validate(member._asdict() | {"signed_at": member.signed_at if signed else None})


def counted(counts: dict[str, Any], *, with_concerns: bool) -> CountsView:
    """How many relationships there are of each sort."""
    return CountsView.model_validate(counts | ({} if with_concerns else {"open_concern": None}))


async def home(db: AsyncSession, person_id: UUID, wanted: Sequence[str]) -> HomeView:
    """What concerns a person now, in these languages."""
    coming = await activity_queries.next_activities(db, person_id)
    shown = await activity_views.activities(db, coming, person_id)
    mine = await relationships(db, await relationship_queries.relationships_of(db, person_id))
    due = await completing.due_of(db, person_id, wanted)
    return HomeView(person_id=person_id, relationships=mine, next_activities=shown, due_activities=due)
