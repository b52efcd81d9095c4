"""What the evaluation service makes of other services' events: its own copies, in whatever order they come."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import roles, vault
from mentoring_common.consumer import Reaction, Reactions
from mentoring_common.db import occurred_at, tenant_of
from mentoring_common.deadlines import cancel
from mentoring_common.ids import new_id
from mentoring_contracts import Event
from mentoring_contracts.applications import (
    ApplicationAccepted,
    ApplicationCarriedOver,
    ApplicationMoved,
    ApplicationRefused,
    ApplicationSubmitted,
    ApplicationUnmatched,
    ApplicationWaitlisted,
    ApplicationWithdrawn,
    CohortCreated,
    CohortMilestonesChanged,
    CohortPlacesChanged,
    Milestone,
    NetworkJoined,
    NetworkLeft,
    NetworkMemberJoined,
    NetworkMemberLeft,
    PersonErased,
    ProgrammeAmended,
    ProgrammeCreated,
    RoleGranted,
    RoleRevoked,
)
from mentoring_contracts.applying import ApplicationDecisionUndone
from mentoring_contracts.matching import GroupEnded, GroupMemberJoined, GroupMemberLeft, MatchConfirmed, MatchEnded
from mentoring_contracts.sessions import (
    ActivityAttended,
    ActivityHeld,
    AttendanceWithdrawn,
    HabitConcluded,
    MentoringSessionCorrected,
    MentoringSessionRecorded,
    MentoringSessionWithdrawn,
    RelationshipPaused,
    RelationshipResumed,
)
from mentoring_evaluation.blueprint import keep_blueprint, plan_waves
from mentoring_evaluation.evidence_pack.models import Assessment
from mentoring_evaluation.interviews.models import CaseStudy, Interview
from mentoring_evaluation.networks.commands import end_link, keep_link
from mentoring_evaluation.programmes.models import (
    Activity,
    Application,
    Attendance,
    Cohort,
    GroupMember,
    HabitResult,
    Match,
    MentoringSession,
    PairClock,
)
from mentoring_evaluation.surveys.commands.occasions import AFTER_ACTIVITY, AFTER_SESSION, plan_asking, plan_pairs_time
from mentoring_evaluation.surveys.commands.respondents import forget_respondents_of
from mentoring_evaluation.surveys.models import Invitation, NamedAnswer
from mentoring_evaluation.tables import Base
from mentoring_evaluation.themes.models import DecisionAttendee, FollowUp, Recommendation
from mentoring_evaluation.withdrawals.commands import forget_case_studies, forget_interviews

STATES: Mapping[type[Event], str] = {
    ApplicationAccepted: "accepted",
    ApplicationWaitlisted: "waitlisted",
    ApplicationRefused: "refused",
    ApplicationWithdrawn: "withdrawn",
    ApplicationCarriedOver: "carried_over",
    ApplicationUnmatched: "unmatched",
}


async def on_programme_created(db: AsyncSession, event: ProgrammeCreated) -> None:
    """Keep what the blueprint says of surveys, figures and reports."""
    await keep_blueprint(db, event.programme_id, event.blueprint)


async def on_programme_amended(db: AsyncSession, event: ProgrammeAmended) -> None:
    """Keep the new parts: of surveys, for waves that have not opened."""
    await keep_blueprint(db, event.programme_id, event.blueprint, event.changed)


async def on_cohort_created(db: AsyncSession, event: CohortCreated) -> None:
    """Keep the cohort and plan its waves."""
    places = {"places_first_planned": event.places, "places": event.places}
    values = {"programme_id": event.programme_id, "number": event.number, "milestones": _plain(event.milestones)}
    await _keep(db, Cohort, event.cohort_id, values | places)
    await plan_waves(db, event.programme_id, event.cohort_id)


async def on_cohort_milestones_changed(db: AsyncSession, event: CohortMilestonesChanged) -> None:
    """Plan the waves that are new and move those that have not opened; an open wave is extended by the team."""
    this = sa.update(Cohort).where(Cohort.id == event.cohort_id)
    await db.execute(this.values(milestones=_plain(event.milestones)))
    await plan_waves(db, event.programme_id, event.cohort_id)


def _plain(milestones: Sequence[Milestone]) -> list[dict[str, Any]]:
    return [milestone.model_dump(mode="json") for milestone in milestones]


async def on_cohort_places_changed(db: AsyncSession, event: CohortPlacesChanged) -> None:
    """Over-subscription stays a matter of the places first planned."""
    await db.execute(sa.update(Cohort).where(Cohort.id == event.cohort_id).values(places=event.places))


async def on_application_submitted(db: AsyncSession, event: ApplicationSubmitted) -> None:
    """Remember the cohort that was asked for."""
    values = {
        "programme_id": event.programme_id,
        "person_id": event.person_id,
        "role": event.role,
        "first_cohort_id": event.cohort_id,
        "cohort_id": event.cohort_id,
        "state": "submitted",
        "moves": 0,
        "applied_at": occurred_at(db),
    }
    await _keep(db, Application, event.application_id, values)


async def on_application_decided(db: AsyncSession, event: Any) -> None:
    """Keep the application's state."""
    this = sa.update(Application).where(Application.id == event.application_id)
    await db.execute(this.values(state=STATES[type(event)]))


async def on_decision_undone(db: AsyncSession, event: ApplicationDecisionUndone) -> None:
    """It stands where it stood before."""
    this = sa.update(Application).where(Application.id == event.application_id)
    await db.execute(this.values(state=event.state))


async def on_application_moved(db: AsyncSession, event: ApplicationMoved) -> None:
    """Keep the present cohort, and that it is not the one asked for."""
    this = sa.update(Application).where(Application.id == event.application_id)
    await db.execute(this.values(cohort_id=event.cohort_id, moves=Application.moves + 1))


async def on_match_confirmed(db: AsyncSession, event: MatchConfirmed) -> None:
    """A pair stands."""
    values = {
        "programme_id": event.programme_id,
        "cohort_id": event.cohort_id,
        "mentor_id": event.mentor_id,
        "mentee_id": event.mentee_id,
        "state": "standing",
        "rematch_of": event.rematch_of,
        "handover": event.handover,
        "confirmed_at": occurred_at(db),
        "starts_on": event.starts_on,
        "group_id": event.group_id,
    }
    await _keep(db, Match, event.match_id, values)
    await plan_pairs_time(db, event.programme_id, [event.match_id])


async def on_match_ended(db: AsyncSession, event: MatchEnded) -> None:
    """A pair ended early: it is asked no more and counts no more."""
    await db.execute(sa.update(Match).where(Match.id == event.match_id).values(state="ended"))


async def on_pairs_time_told(db: AsyncSession, event: RelationshipPaused | RelationshipResumed) -> None:
    """A pair has a break or goes on: what it is asked in its own time waits, and comes later."""
    values = {"paused": isinstance(event, RelationshipPaused), "paused_days": event.paused_days}
    await _keep(db, PairClock, event.match_id, values)
    await plan_pairs_time(db, event.programme_id, [event.match_id])


async def on_group_member_joined(db: AsyncSession, event: GroupMemberJoined) -> None:
    """Somebody is in a group, also who was before."""
    names = {"group_id", "programme_id", "cohort_id", "kind", "person_id", "leads", "application_id"}
    values = event.model_dump(include=names) | {"state": "present"}
    row = insert(GroupMember).values(id=new_id(), **values)
    await db.execute(row.on_conflict_do_update(index_elements=["tenant_id", "group_id", "person_id"], set_=values))


async def on_group_member_left(db: AsyncSession, event: GroupMemberLeft) -> None:
    """Somebody is asked no more about a group, and counts no more in it."""
    here = (GroupMember.group_id == event.group_id, GroupMember.person_id == event.person_id)
    await db.execute(sa.update(GroupMember).where(*here).values(state="left"))


async def on_group_ended(db: AsyncSession, event: GroupEnded) -> None:
    """A group ended early: it counts no more."""
    present = (GroupMember.group_id == event.group_id, GroupMember.state == "present")
    await db.execute(sa.update(GroupMember).where(*present).values(state="ended"))


async def on_mentoring_session_recorded(db: AsyncSession, event: MentoringSessionRecorded) -> None:
    """A pair met; the programme may ask both how it was."""
    await on_mentoring_session_corrected(db, event)
    await plan_asking(db, event.programme_id, AFTER_SESSION, event.mentoring_session_id)


async def on_mentoring_session_corrected(
    db: AsyncSession, event: MentoringSessionRecorded | MentoringSessionCorrected
) -> None:
    """The meeting took so many minutes."""
    values = event.model_dump(include={"programme_id", "cohort_id", "match_id", "minutes"})
    await _keep(db, MentoringSession, event.mentoring_session_id, values)


async def on_mentoring_session_withdrawn(db: AsyncSession, event: MentoringSessionWithdrawn) -> None:
    """The meeting never was: it counts no more, and nobody is asked about it who was not yet."""
    await db.execute(sa.delete(MentoringSession).where(MentoringSession.id == event.mentoring_session_id))
    await cancel(db, AFTER_SESSION, event.mentoring_session_id)


async def on_habit_concluded(db: AsyncSession, event: HabitConcluded) -> None:
    """A habit is over: what came of it counts."""
    values = event.model_dump(include={"programme_id", "first", "embedded", "seen_by_manager", "seen_by_peer"})
    await _keep(db, HabitResult, event.habit_id, values)


async def on_activity_held(db: AsyncSession, event: ActivityHeld) -> None:
    """An activity took place; the programme may ask those who attended."""
    values = event.model_dump(include={"programme_id", "cohort_id", "kind", "mode", "attended"})
    await _keep(db, Activity, event.activity_id, values)
    await plan_asking(db, event.programme_id, AFTER_ACTIVITY, event.activity_id)


async def on_activity_attended(db: AsyncSession, event: ActivityAttended) -> None:
    """A person came."""
    values = event.model_dump(include={"activity_id", "programme_id", "person_id", "kind", "mode"})
    await db.execute(insert(Attendance).values(id=new_id(), **values).on_conflict_do_nothing())
    await _count_attended(db, event)
    await plan_asking(db, event.programme_id, AFTER_ACTIVITY, event.activity_id)


async def on_attendance_withdrawn(db: AsyncSession, event: AttendanceWithdrawn) -> None:
    """A person did not come after all."""
    this = (Attendance.activity_id == event.activity_id, Attendance.person_id == event.person_id)
    await db.execute(sa.delete(Attendance).where(*this))
    await _count_attended(db, event)


async def _count_attended(db: AsyncSession, event: ActivityAttended | AttendanceWithdrawn) -> None:
    """An activity that was held had so many people, also of those whose attendance is recorded or taken back later."""
    if event.attended is not None:
        held = sa.update(Activity).where(Activity.id == event.activity_id)
        await db.execute(held.values(attended=event.attended))


async def on_role_granted(db: AsyncSession, event: RoleGranted) -> None:
    await roles.grant(db, event.role_id, event.programme_id, event.person_id, event.role, event.rights)


async def on_role_revoked(db: AsyncSession, event: RoleRevoked) -> None:
    await roles.revoke(db, event.role_id)


async def on_person_erased(db: AsyncSession, event: PersonErased) -> None:
    """Erase the person and what they said; a random id takes their place in the counts, so that totals stay."""
    person, nobody = event.person_id, uuid4()
    await forget_interviews(db, person)
    await forget_case_studies(db, person)
    await db.execute(sa.delete(Invitation).where(Invitation.person_id == person))
    await db.execute(sa.delete(NamedAnswer).where(NamedAnswer.person_id == person))
    await forget_respondents_of(db, person)
    columns = (
        Application.person_id, Attendance.person_id, Interview.person_id, Match.mentor_id, Match.mentee_id,
        GroupMember.person_id,
        Recommendation.owner_id, FollowUp.by_id, DecisionAttendee.person_id,
        Assessment.assessor_id, CaseStudy.mentor_id, CaseStudy.mentee_id,
    )  # fmt: skip
    for column in columns:
        await db.execute(sa.update(column.class_).where(column == person).values({column.key: nobody}))
    await vault.destroy_key(db, person)


async def on_network_member_joined(db: AsyncSession, event: NetworkMemberJoined) -> None:
    """Of a network of which the organisation is the office."""
    await keep_link(db, event.member_id, event.network_id, tenant_of(db), event.organisation_id)


async def on_network_joined(db: AsyncSession, event: NetworkJoined) -> None:
    """The organisation may share reports with the network."""
    await keep_link(db, event.membership_id, event.network_id, event.office_id, tenant_of(db))


async def on_network_member_left(db: AsyncSession, event: NetworkMemberLeft) -> None:
    """What the member shared is in no total any more."""
    await end_link(db, event.network_id, event.organisation_id)


async def on_network_left(db: AsyncSession, event: NetworkLeft) -> None:
    """What was shared with the network is taken back."""
    await end_link(db, event.network_id, tenant_of(db))


async def _keep(db: AsyncSession, table: type[Base], id_: UUID, values: dict[str, Any]) -> None:
    """Insert the copy, or bring it up to date when its owner announces it again."""
    statement = insert(table).values(id=id_, **values)
    await db.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "id"], set_=values))


_DECIDED: dict[type[Event], Reaction] = dict.fromkeys(STATES, on_application_decided)
REACTIONS: Reactions = {
    ProgrammeCreated: on_programme_created,
    ProgrammeAmended: on_programme_amended,
    CohortCreated: on_cohort_created,
    CohortPlacesChanged: on_cohort_places_changed,
    CohortMilestonesChanged: on_cohort_milestones_changed,
    ApplicationSubmitted: on_application_submitted,
    ApplicationMoved: on_application_moved,
    ApplicationDecisionUndone: on_decision_undone,
    **_DECIDED,
    MatchConfirmed: on_match_confirmed,
    MatchEnded: on_match_ended,
    RelationshipPaused: on_pairs_time_told,
    RelationshipResumed: on_pairs_time_told,
    GroupMemberJoined: on_group_member_joined,
    GroupMemberLeft: on_group_member_left,
    GroupEnded: on_group_ended,
    MentoringSessionRecorded: on_mentoring_session_recorded,
    MentoringSessionCorrected: on_mentoring_session_corrected,
    MentoringSessionWithdrawn: on_mentoring_session_withdrawn,
    ActivityHeld: on_activity_held,
    HabitConcluded: on_habit_concluded,
    ActivityAttended: on_activity_attended,
    AttendanceWithdrawn: on_attendance_withdrawn,
    RoleGranted: on_role_granted,
    RoleRevoked: on_role_revoked,
    NetworkMemberJoined: on_network_member_joined,
    NetworkMemberLeft: on_network_member_left,
    NetworkJoined: on_network_joined,
    NetworkLeft: on_network_left,
    PersonErased: on_person_erased,
}
