"""What the evaluation service makes of other services' events: its own copies, in whatever order they come."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_args
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import roles, vault
from mentoring_common.consumer import Reaction, Reactions
from mentoring_common.db import occurred_at
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
    PersonErased,
    ProgrammeCreated,
    RoleGranted,
    RoleRevoked,
)
from mentoring_contracts.matching import MatchConfirmed, MatchEnded
from mentoring_contracts.sessions import (
    ActivityAttended,
    ActivityHeld,
    AttendanceWithdrawn,
    MentoringSessionCorrected,
    MentoringSessionRecorded,
    MentoringSessionWithdrawn,
)
from mentoring_evaluation.blueprint import keep_design
from mentoring_evaluation.evidence_pack.models import Assessment
from mentoring_evaluation.interviews.models import CaseStudy, Interview
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.programmes.models import (
    Activity,
    Application,
    Attendance,
    Cohort,
    Match,
    MentoringSession,
    Programme,
)
from mentoring_evaluation.reports.kinds import KINDS
from mentoring_evaluation.reports.schemas import Approver
from mentoring_evaluation.surveys import queries as surveys
from mentoring_evaluation.surveys.commands.instruments import keep_version
from mentoring_evaluation.surveys.commands.occasions import AFTER_ACTIVITY, AFTER_SESSION, plan_asking
from mentoring_evaluation.surveys.commands.waves import add_wave, move_wave
from mentoring_evaluation.surveys.instruments import Instrument, complete
from mentoring_evaluation.surveys.local_time import remind_days
from mentoring_evaluation.surveys.models import Invitation, NamedAnswer, Wave
from mentoring_evaluation.surveys.occasions import asked_after
from mentoring_evaluation.surveys.presets import preset_instruments
from mentoring_evaluation.tables import Base
from mentoring_evaluation.themes.models import FollowUp, Recommendation
from mentoring_evaluation.withdrawals.commands import forget_case_studies, forget_interviews

# A milestone of this kind, with an end, is a wave of the instrument it is named after.
WAVE_MILESTONES = {
    "interim_evaluation": "interim",
    "summative_evaluation": "summative",
    "follow_up_evaluation": "twelve_months_later",
}
STATES: Mapping[type[Event], str] = {
    ApplicationAccepted: "accepted",
    ApplicationWaitlisted: "waitlisted",
    ApplicationRefused: "refused",
    ApplicationWithdrawn: "withdrawn",
    ApplicationCarriedOver: "carried_over",
    ApplicationUnmatched: "unmatched",
}


async def on_programme_created(db: AsyncSession, event: ProgrammeCreated) -> None:
    """Keep the surveys and the rules of publication; waves of surveys the programme lacks are not held."""
    blueprint = event.blueprint
    instruments = [complete(Instrument.model_validate(one)) for one in blueprint.get("instruments", [])]
    after = asked_after(blueprint)
    instruments += preset_instruments({rule.instrument for rule in after} - {one.id for one in instruments})
    kinds = blueprint.get("activities", {}).get("kinds", [])
    values = {
        "title": str(blueprint.get("title", "")),
        "survey_modes": {one.id: one.mode for one in instruments if one.mode != "anonymous"},
        "remind_days": remind_days(blueprint.get("surveys", {}).get("remind_days_before_close", [])),
        "asks_after": [rule.model_dump(mode="json") for rule in after],
        "cpd_kinds": ["cpd", *(kind["id"] for kind in kinds if kind.get("figure") == "cpd_sessions")],
        "decimals": int(blueprint.get("figures", {}).get("decimals", 0)),
        "public_minimum": int(blueprint.get("disclosure", {}).get("public", {}).get("minimum_n", 10)),
        "report_approvers": _approvers(blueprint.get("reports")),
    }
    await _keep(db, Programme, event.programme_id, values)
    await keep_design(db, event.programme_id, blueprint)
    for instrument in instruments:
        await keep_version(db, event.programme_id, instrument)
    names = [instrument.id for instrument in instruments]
    lacking = (Wave.programme_id == event.programme_id, Wave.state == "planned", Wave.instrument.not_in(names))
    await db.execute(sa.delete(Wave).where(*lacking))


async def on_cohort_created(db: AsyncSession, event: CohortCreated) -> None:
    """Keep the cohort and plan a wave for every milestone that is one."""
    places = {"places_first_planned": event.places, "places": event.places}
    await _keep(db, Cohort, event.cohort_id, {"programme_id": event.programme_id, "number": event.number, **places})
    for name, occasion, times in await _waves(db, event):
        await add_wave(db, event.programme_id, event.cohort_id, name, *times, occasion=occasion)


async def on_cohort_milestones_changed(db: AsyncSession, event: CohortMilestonesChanged) -> None:
    """Plan the waves that are new and move those that have not opened; an open wave is extended by the team."""
    for name, occasion, times in await _waves(db, event):
        if await add_wave(db, event.programme_id, event.cohort_id, name, *times, occasion=occasion) is None:
            await move_wave(db, event.cohort_id, name, occasion, *times)


async def _waves(
    db: AsyncSession, event: CohortCreated | CohortMilestonesChanged
) -> list[tuple[str, str, tuple[datetime, datetime]]]:
    """The instruments, occasions and times of the milestones that are waves; the second of a kind is occasion 2."""
    known = await programmes.known_programme(db, event.programme_id) is not None
    found: list[tuple[str, str, tuple[datetime, datetime]]] = []
    for milestone in event.milestones:
        name = WAVE_MILESTONES.get(milestone.kind)
        if name is None or milestone.ends_at is None or milestone.ends_at <= milestone.starts_at:
            continue
        if not known or await surveys.present_instrument(db, event.programme_id, name) is not None:
            number = [known_name for known_name, *_ in found].count(name) + 1
            times = (milestone.starts_at, milestone.ends_at)
            found.append((name, "" if number == 1 else str(number), times))
    return found


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
        "confirmed_at": occurred_at(db),
    }
    await _keep(db, Match, event.match_id, values)


async def on_match_ended(db: AsyncSession, event: MatchEnded) -> None:
    """A pair ended early: it is asked no more and counts no more."""
    await db.execute(sa.update(Match).where(Match.id == event.match_id).values(state="ended"))


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
    await roles.grant(db, event.role_id, event.programme_id, event.person_id, event.role)


async def on_role_revoked(db: AsyncSession, event: RoleRevoked) -> None:
    await roles.revoke(db, event.role_id)


async def on_person_erased(db: AsyncSession, event: PersonErased) -> None:
    """Erase the person and what they said; a random id takes their place in the counts, so that totals stay."""
    person, nobody = event.person_id, uuid4()
    await forget_interviews(db, person)
    await forget_case_studies(db, person)
    await db.execute(sa.delete(Invitation).where(Invitation.person_id == person))
    await db.execute(sa.delete(NamedAnswer).where(NamedAnswer.person_id == person))
    columns = (
        Application.person_id, Attendance.person_id, Interview.person_id, Match.mentor_id, Match.mentee_id,
        Recommendation.owner_id, FollowUp.by_id, Assessment.assessor_id, CaseStudy.mentor_id, CaseStudy.mentee_id,
    )  # fmt: skip
    for column in columns:
        await db.execute(sa.update(column.class_).where(column == person).values({column.key: nobody}))
    await vault.destroy_key(db, person)


def _approvers(reports: Any) -> dict[str, str]:
    """Kind of report to the role that approves it: a blueprint's `reports: {approval: {public: steering_group}}`."""
    named = reports.get("approval") if isinstance(reports, dict) else None
    known = named.items() if isinstance(named, dict) else ()
    return {kind: role for kind, role in known if kind in KINDS and role in get_args(Approver)}


async def _keep(db: AsyncSession, table: type[Base], id_: UUID, values: dict[str, Any]) -> None:
    """Insert the copy, or bring it up to date when its owner announces it again."""
    statement = insert(table).values(id=id_, **values)
    await db.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "id"], set_=values))


_DECIDED: dict[type[Event], Reaction] = dict.fromkeys(STATES, on_application_decided)
REACTIONS: Reactions = {
    ProgrammeCreated: on_programme_created,
    CohortCreated: on_cohort_created,
    CohortPlacesChanged: on_cohort_places_changed,
    CohortMilestonesChanged: on_cohort_milestones_changed,
    ApplicationSubmitted: on_application_submitted,
    ApplicationMoved: on_application_moved,
    **_DECIDED,
    MatchConfirmed: on_match_confirmed,
    MatchEnded: on_match_ended,
    MentoringSessionRecorded: on_mentoring_session_recorded,
    MentoringSessionCorrected: on_mentoring_session_corrected,
    MentoringSessionWithdrawn: on_mentoring_session_withdrawn,
    ActivityHeld: on_activity_held,
    ActivityAttended: on_activity_attended,
    AttendanceWithdrawn: on_attendance_withdrawn,
    RoleGranted: on_role_granted,
    RoleRevoked: on_role_revoked,
    PersonErased: on_person_erased,
}
