"""Carry along what a mentee consents to, when another mentor carries on: never a note, never the mentor's own goals.

A text stays sealed under who wrote it, so that it goes with them.
"""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.ids import new_id
from mentoring_common.versions import Precondition, touch
from mentoring_sessions.agreements import queries as agreements
from mentoring_sessions.agreements.models import Agreement
from mentoring_sessions.errors import NotTheMentee
from mentoring_sessions.goals.commands import remind_anew
from mentoring_sessions.goals.models import Action, Goal
from mentoring_sessions.handovers import queries
from mentoring_sessions.handovers.models import Handover
from mentoring_sessions.handovers.schemas import Consent
from mentoring_sessions.relationships import queries as relationships
from mentoring_sessions.relationships.commands.notices import tell_others
from mentoring_sessions.relationships.models import Relationship
from mentoring_sessions.relationships.parts import Access


async def consent(db: AsyncSession, by: Principal, mine: Access, given: Consent, expected: Precondition) -> None:
    """Say what comes along, or more of it later; what came along stays. NotTheMentee; HandoverNotFound."""
    person_id, _ = mine.one_of_the_pair()
    if person_id != mine.relationship.mentee_id:
        raise NotTheMentee()
    mine.require_open()
    before = await queries.before(db, mine.relationship)
    pair = await relationships.relationship_locked(db, mine.relationship.id)
    first = insert(Handover).values(
        id=pair.id, version=0, decided_at=now(db), goals=False, agreement=False, history=False
    )
    await db.execute(first.on_conflict_do_nothing())
    said = await queries.handover(db, pair.id)
    assert said is not None
    expected.compare(said.version)
    if given.goals and not said.goals:
        await _carry_goals(db, before, pair)
    if given.agreement and not said.agreement:
        await _carry_agreement(db, before, pair, person_id)
    said.goals, said.agreement = said.goals or given.goals, said.agreement or given.agreement
    if "history" in given.model_fields_set:  # who says more of something else takes nothing back
        said.history = given.history
    said.decided_at = now(db)
    await db.flush()
    await touch(db, pair)
    audit(db, by.subject, "consent_to_handover", "relationship", pair.id)


async def _carry_goals(db: AsyncSession, before: Relationship, pair: Relationship) -> None:
    """Goals that were everybody's or the mentee's, with their steps; of who led before, steps are everybody's."""
    old = await queries.goals_to_carry(db, before)
    carried: dict[UUID, Goal] = {}
    for goal, id_ in zip(old, sorted(new_id() for _ in old), strict=True):
        carried[goal.id] = Goal(
            id=id_, relationship_id=pair.id, person_id=goal.person_id, set_at=now(db), written_by=goal.written_by,
            text_sealed=goal.text_sealed, measure_by=goal.measure_by, measure_sealed=goal.measure_sealed,
            progress=goal.progress, due_on=goal.due_on, remind_on=goal.remind_on, state=goal.state,
            reached_at=goal.reached_at,
        )  # fmt: skip
    db.add_all(carried.values())
    await db.flush()
    before_steps = await queries.actions_of(db, carried)
    steps = [
        Action(
            id=id_, goal_id=carried[step.goal_id].id, written_by=step.written_by, text_sealed=step.text_sealed,
            owner_id=step.owner_id if step.owner_id == pair.mentee_id else None, due_on=step.due_on,
            remind_on=step.remind_on, done_at=step.done_at,
        )
        for step, id_ in zip(before_steps, sorted(new_id() for _ in before_steps), strict=True)
    ]  # fmt: skip
    db.add_all(steps)
    await db.flush()
    await remind_anew(db, pair, [*carried.values(), *steps])


async def _carry_agreement(db: AsyncSession, before: Relationship, pair: Relationship, by: UUID) -> None:
    """The terms as a draft that nobody signed, unless the two have proposed their own."""
    old = await agreements.proposed_agreement(db, before.id)
    if old is None or (old.terms_sealed is None and old.answers_sealed is None):
        return
    draft = insert(Agreement).values(
        id=pair.id, version=1, proposed_by=old.proposed_by, proposed_at=now(db), terms_sealed=old.terms_sealed,
        answers_sealed=old.answers_sealed,
    )  # fmt: skip
    if await db.scalar(draft.on_conflict_do_nothing().returning(Agreement.id)) is not None:
        await tell_others(db, pair, by, "agreement_to_sign", 1)
