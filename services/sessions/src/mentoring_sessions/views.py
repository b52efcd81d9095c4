"""Rows as answers: texts are opened here, for who may read them, and the reading of another's is audited."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_sessions import queries
from mentoring_sessions.access import Access, ProgrammeAccess, person_of
from mentoring_sessions.models import (
    Action,
    Agreement,
    CheckIn,
    Concern,
    Correction,
    Goal,
    MentoringSession,
    Note,
    Relationship,
)
from mentoring_sessions.schemas import (
    ActionStateView,
    ActionView,
    AgreementStateView,
    AgreementView,
    CheckInStateView,
    CheckInView,
    ConcernStateView,
    ConcernView,
    CorrectionView,
    GoalStateView,
    GoalView,
    HomeView,
    MentoringSessionView,
    NextActivity,
    NoteStateView,
    NoteView,
    RelationshipView,
    Signatures,
    WithdrawnAttendanceView,
)
from mentoring_sessions.sealed import unseal


async def relationships(db: AsyncSession, rows: Sequence[Relationship]) -> list[RelationshipView]:
    """Relationships with their signatures."""
    agreements = await queries.agreements(db, [row.id for row in rows])
    return [_relationship(row, agreements.get(row.id)) for row in rows]


async def relationship(db: AsyncSession, relationship_id: UUID) -> RelationshipView:
    """One relationship, as it stands now."""
    return (await relationships(db, [await queries.relationship(db, relationship_id)]))[0]


def _relationship(row: Relationship, agreement: Agreement | None) -> RelationshipView:
    fields = {name: value for name, value in vars(row).items() if name in RelationshipView.model_fields}
    del fields["mentoring_sessions"]
    return RelationshipView(
        match_id=row.id,
        mentoring_sessions=row.mentoring_sessions,
        over_budget=row.budget_minutes is not None and row.total_minutes > row.budget_minutes,
        agreement=Signatures.model_validate(agreement) if agreement else Signatures(),
        **fields,
    )


async def agreement(db: AsyncSession, mine: Access) -> AgreementView:
    """The agreement with its terms; NotForYou for who may not read them."""
    mine.require_confidence()
    row = await queries.agreement(db, mine.relationship.id)
    terms = await unseal(db, row.proposed_by, row.terms_sealed)
    return AgreementView(**AgreementStateView.model_validate(row).model_dump(), terms=terms)


async def goals(db: AsyncSession, rows: Sequence[Goal]) -> list[GoalView]:
    """Goals with their actions."""
    actions = await queries.actions(db, [row.id for row in rows])
    return [await _goal(db, row, [a for a in actions if a.goal_id == row.id]) for row in rows]


async def _goal(db: AsyncSession, row: Goal, actions: Sequence[Action]) -> GoalView:
    state = GoalStateView.model_validate(row).model_dump()
    shown = [await action(db, row) for row in actions]
    return GoalView(**state, text=await unseal(db, row.written_by, row.text_sealed), actions=shown)


async def action(db: AsyncSession, row: Action) -> ActionView:
    """A step towards a goal."""
    state = ActionStateView.model_validate(row).model_dump()
    return ActionView(**state, text=await unseal(db, row.written_by, row.text_sealed))


async def mentoring_sessions(
    db: AsyncSession, by: Principal, mine: Access, rows: Sequence[MentoringSession]
) -> list[MentoringSessionView]:
    """Mentoring sessions with the notes that the caller may read."""
    notes = await queries.notes(db, mine, [row.id for row in rows])
    opened: dict[UUID, list[NoteView]] = {row.id: [] for row in rows}
    for row in notes:
        opened[row.mentoring_session_id].append(await note(db, by, row))
    return [_mentoring_session(row, opened[row.id]) for row in rows]


def _mentoring_session(row: MentoringSession, notes: list[NoteView]) -> MentoringSessionView:
    return MentoringSessionView.model_validate(vars(row) | {"notes": notes})


async def corrections(db: AsyncSession, mine: Access, rows: Sequence[Correction]) -> list[CorrectionView]:
    """What was corrected of a mentoring session; the reasons for the pair and the programme team."""
    shown = mine.side is not None or mine.reads_for_team
    return [CorrectionView.model_validate(vars(row) | {"reason": await _reason(db, row, shown)}) for row in rows]


async def withdrawn_attendances(
    db: AsyncSession, mine: ProgrammeAccess, rows: Sequence[Correction]
) -> list[WithdrawnAttendanceView]:
    """Attendances that were withdrawn; the reasons for who holds a role in the programme."""
    shown = bool(mine.roles) and mine.reads_confidences
    return [
        WithdrawnAttendanceView(
            id=row.id,
            withdrawn_by=row.made_by,
            withdrawn_at=row.made_at,
            reason=await _reason(db, row, shown),
            **row.before,
        )
        for row in rows
    ]


async def _reason(db: AsyncSession, row: Correction, shown: bool) -> str | None:
    return await unseal(db, row.made_by, row.reason_sealed) if shown else None


async def note(db: AsyncSession, by: Principal, row: Note) -> NoteView:
    """A note that the caller may read."""
    _audit_reading(db, by, row.written_by, "note", row.id)
    state = NoteStateView.model_validate(row).model_dump()
    return NoteView(**state, text=await unseal(db, row.written_by, row.text_sealed))


async def check_ins(db: AsyncSession, by: Principal, mine: Access, rows: Sequence[CheckIn]) -> list[CheckInView]:
    """Check-ins; comments of others only for the programme team."""
    return [await _check_in(db, by, mine, row) for row in rows]


async def _check_in(db: AsyncSession, by: Principal, mine: Access, row: CheckIn) -> CheckInView:
    state = CheckInStateView.model_validate(row).model_dump()
    if row.comment_sealed is None or not (row.person_id == mine.person_id or mine.reads_for_team):
        return CheckInView(**state, comment=None)
    _audit_reading(db, by, row.person_id, "check_in", row.id)
    return CheckInView(**state, comment=await unseal(db, row.person_id, row.comment_sealed))


async def concerns(db: AsyncSession, by: Principal, rows: Sequence[Concern]) -> list[ConcernView]:
    """Concerns that the caller may read."""
    return [await _concern(db, by, row) for row in rows]


async def _concern(db: AsyncSession, by: Principal, row: Concern) -> ConcernView:
    _audit_reading(db, by, row.raised_by, "concern", row.id)
    state = ConcernStateView.model_validate(row)
    text = await unseal(db, row.raised_by, row.text_sealed)
    return ConcernView.model_validate(
        state.model_dump(by_alias=False) | {"relationship_id": state.match_id, "text": text}
    )


def _audit_reading(db: AsyncSession, by: Principal, writer_id: UUID, kind: str, id_: UUID) -> None:
    if person_of(by) != writer_id:
        audit(db, by.subject, f"read_{kind}", kind, id_)


async def home(db: AsyncSession, person_id: UUID) -> HomeView:
    """What concerns a person now."""
    coming = await queries.next_activities(db, person_id)
    registered = await queries.registered_among(db, person_id, [row.id for row in coming])
    shown = [NextActivity.model_validate(vars(row) | {"registered_myself": row.id in registered}) for row in coming]
    mine = await relationships(db, await queries.relationships_of(db, person_id))
    return HomeView(person_id=person_id, relationships=mine, next_activities=shown)
