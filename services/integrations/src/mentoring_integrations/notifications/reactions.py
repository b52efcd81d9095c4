"""Which events people are told of, and who is told."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, cast
from uuid import UUID, uuid5

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import roles
from mentoring_common.consumer import Reactions
from mentoring_common.db import leave_work, tenant_of
from mentoring_contracts.applications import (
    ApplicationAccepted,
    ApplicationMoved,
    ApplicationRefused,
    ApplicationSubmitted,
    ApplicationUnmatched,
    ApplicationWaitlisted,
    EmailChangeAsked,
    NominationDeclined,
    NominationEndorsed,
    NominationLapsed,
    NominationOpened,
    NominationReminderDue,
    NominationWithdrawn,
)
from mentoring_contracts.applying import (
    ApplicationDecisionTold,
    AssessmentAsked,
    DraftReminderDue,
    PlaceOffered,
    PlacePassedOn,
    RetentionEnds,
)
from mentoring_contracts.evaluation import SurveyCancelled, SurveyOpened, SurveyReminderDue
from mentoring_contracts.matching import (
    GroupEnded,
    GroupMemberInvited,
    GroupMemberJoined,
    GroupMemberLeft,
    MatchConfirmed,
    MatchDeclined,
    MatchEnded,
    MatchProposed,
    MatchRunCompleted,
)
from mentoring_contracts.sessions import (
    ActivityNoticeDue,
    AgreementRenewalDue,
    AppointmentNoticeDue,
    CertificateWithdrawn,
    ConcernAlerted,
    ConcernResolved,
    ConcernTaken,
    GoalReminderDue,
    LastWordsNoticeDue,
    QuietPairReminded,
    RelationshipNoticeDue,
    RequiredActivityDue,
    ResourceNoticeDue,
    ReviewNoticeDue,
)
from mentoring_integrations.notifications import queries
from mentoring_integrations.notifications.commands import Notice, notify
from mentoring_integrations.notifications.models import OpenedWave
from mentoring_integrations.notifications.topics import (
    BY_PROXY,
    CONCERN_SETTLED,
    CONCERN_TAKEN,
    DRAFT_REMINDER,
    EMAIL_CONFIRM,
    EMAIL_NOTICE,
    NOMINATED,
    NOMINATOR_ASKED,
    NOMINATOR_REMINDER,
    NOMINATOR_TOLD,
    OUTCOMES,
    SURVEY_CANCELLED,
    SURVEY_OPENED,
    SURVEY_REMINDER,
    TO_NOMINATORS,
    TOPICS,
)

_Decision = ApplicationAccepted | ApplicationWaitlisted | ApplicationRefused | ApplicationUnmatched | ApplicationMoved
_Group = GroupMemberInvited | GroupMemberJoined | GroupMemberLeft
_Nomination = (
    NominationOpened
    | NominationReminderDue
    | NominationEndorsed
    | NominationDeclined
    | NominationWithdrawn
    | NominationLapsed
)
_Match = MatchProposed | MatchConfirmed | MatchDeclined | MatchEnded


def _about_application(topic: str) -> Callable[[AsyncSession, _Decision], Coroutine[Any, Any, None]]:
    async def on_application(db: AsyncSession, event: _Decision) -> None:
        if getattr(event, "told", True):  # else it is kept back, and told later
            await notify(db, [_about(event, topic)])
            await _tell_nominators(db, event, topic)

    return on_application


async def _tell_nominators(db: AsyncSession, event: _Decision | ApplicationDecisionTold, topic: str) -> None:
    """Who stands behind somebody is told when the person is; whether they may learn of it is read before it is sent."""
    if topic not in OUTCOMES:
        return
    found = await queries.nominations_of(db, event.programme_id, event.person_id, event.role)
    ids = (event.programme_id, event.cohort_id, event.role, event.person_id)
    await notify(db, [Notice(one, NOMINATOR_TOLD, one, *ids) for one in found])


def _about(
    event: _Decision | ApplicationSubmitted | ApplicationDecisionTold | PlaceOffered | PlacePassedOn, topic: str
) -> Notice:
    until = event.expires_at if isinstance(event, PlaceOffered) else None
    return Notice(
        event.person_id, topic, event.application_id, event.programme_id, event.cohort_id, role=event.role, until=until
    )


async def on_application_submitted(db: AsyncSession, event: ApplicationSubmitted) -> None:
    """Somebody in whose name the team applied learns of it; who applied themselves knows."""
    if event.by_proxy:
        await notify(db, [_about(event, BY_PROXY)])


async def on_decision_told(db: AsyncSession, event: ApplicationDecisionTold) -> None:
    topic = f"application_{event.decision}"
    if topic in TOPICS:
        await notify(db, [_about(event, topic)])
        await _tell_nominators(db, event, topic)


async def on_place_offered(db: AsyncSession, event: PlaceOffered) -> None:
    await notify(db, [_about(event, "place_offered")])


async def on_place_passed_on(db: AsyncSession, event: PlacePassedOn) -> None:
    """Who declined knows."""
    if not event.declined:
        await notify(db, [_about(event, "place_passed_on")])


async def on_email_change_asked(db: AsyncSession, event: EmailChangeAsked) -> None:
    """The old address hears of it first, then the new one is asked to confirm."""
    for topic in (EMAIL_NOTICE, EMAIL_CONFIRM):
        await notify(db, [Notice(event.person_id, topic, event.change_id, None, None)])


async def on_assessment_asked(db: AsyncSession, event: AssessmentAsked) -> None:
    about = (event.assessment_id, event.programme_id, event.cohort_id)
    await notify(db, [Notice(event.assessor_id, "assessment_asked", *about)])


async def on_retention_ends(db: AsyncSession, event: RetentionEnds) -> None:
    about = (event.application_id, event.programme_id, event.cohort_id, event.role)
    await notify(db, [Notice(event.person_id, "retention_ends", *about, until=event.erased_at)])


async def on_draft_reminder_due(db: AsyncSession, event: DraftReminderDue) -> None:
    notice = Notice(
        event.person_id, DRAFT_REMINDER, event.draft_id, event.programme_id, event.cohort_id, event.role,
        until=event.closes_at, number=event.days_before,
    )  # fmt: skip
    await notify(db, [notice])


async def on_nomination_opened(db: AsyncSession, event: NominationOpened) -> None:
    """The nominator is asked, or the person learns that they were nominated."""
    to_nominator = event.opened_by == "nominee"
    await notify(db, [_about_nomination(event, NOMINATOR_ASKED if to_nominator else NOMINATED)])


async def on_nomination_reminder_due(db: AsyncSession, event: NominationReminderDue) -> None:
    await notify(db, [_about_nomination(event, NOMINATOR_REMINDER, event.number)])


def _to_nominee(topic: str) -> Callable[[AsyncSession, _Nomination], Coroutine[Any, Any, None]]:
    async def on_nomination(db: AsyncSession, event: _Nomination) -> None:
        await notify(db, [_about_nomination(event, topic)])

    return on_nomination


def _about_nomination(event: _Nomination, topic: str, number: int = 0) -> Notice:
    """A nominator need not be known: what they are sent is kept under the nomination's own id."""
    to, about = (event.nomination_id, event.person_id) if topic in TO_NOMINATORS else (event.person_id, None)
    return Notice(
        to, topic, event.nomination_id, event.programme_id, event.cohort_id, event.role, other_id=about, number=number
    )


async def on_match_run_completed(db: AsyncSession, event: MatchRunCompleted) -> None:
    """A run that began by itself waits for the team, who did not ask for it: each who may approve it is told once."""
    if event.approval_needed:
        team = await roles.holders(db, event.programme_id, "match_people")
        about = (event.run_id, event.programme_id, event.cohort_id)
        await notify(db, [Notice(person_id, "run_to_approve", *about, number=event.pairs) for person_id in team])


async def on_match_proposed(db: AsyncSession, event: MatchProposed) -> None:
    """In a group each is told of the group, and its mentor once."""
    if event.group_id is None:
        await notify(db, _to_both(event, "match_proposed"))


async def on_match_confirmed(db: AsyncSession, event: MatchConfirmed) -> None:
    """Who has met for months is not introduced. Of a group that somebody else leads now sessions tells."""
    if event.group_id is not None or event.imported:
        return
    told = _to_both(event, "match_confirmed")
    if event.handover:
        told = [replace(notice, topic=f"carried_on_{notice.role}") for notice in told]
    await notify(db, told)


async def on_match_declined(db: AsyncSession, event: MatchDeclined) -> None:
    """Told to the other side without the reason; to both when the offer ran out."""
    told = [notice for notice in _to_both(event, "offer_closed") if notice.role != event.by]
    await notify(db, [notice for notice in told if event.group_id is None or notice.role == "mentee"])


async def on_match_ended(db: AsyncSession, event: MatchEnded) -> None:
    """Who leaves a group is told so by the group; its mentor, that somebody did. Where another mentor carries on, the
    mentee is told who."""
    told = _to_both(event, "match_ended")
    if event.reason == "handed_over":
        told = [replace(notice, topic="handed_over") for notice in told if notice.role == "mentor"]
        await notify(db, told if event.group_id is None else [])
        return
    await notify(db, [notice for notice in told if event.group_id is None or notice.role == "mentor"])


def _about_group(topic: str) -> Callable[[AsyncSession, _Group], Coroutine[Any, Any, None]]:
    async def on_group_member(db: AsyncSession, event: _Group) -> None:
        until = event.expires_at if isinstance(event, GroupMemberInvited) else None
        role = event.role.replace("_", " ")
        ids = (event.group_id, event.programme_id, event.cohort_id)
        await notify(db, [Notice(event.person_id, topic, *ids, role=role, until=until)])

    return on_group_member


async def on_group_ended(db: AsyncSession, event: GroupEnded) -> None:
    """Told to whoever was told that they are in it, and not that they left."""
    people = await queries.people_in_group(db, event.group_id)
    ids = (event.group_id, event.programme_id, event.cohort_id)
    await notify(db, [Notice(person_id, "group_left", *ids, role=role) for person_id, role in people])


async def on_quiet_pair_reminded(db: AsyncSession, event: QuietPairReminded) -> None:
    about = (event.match_id, event.programme_id, event.cohort_id)
    await notify(db, [Notice(event.person_id, "pair_quiet", *about, number=event.number)])


async def on_activity_notice_due(db: AsyncSession, event: ActivityNoticeDue) -> None:
    about = (event.activity_id, event.programme_id, event.cohort_id)
    waits = event.waits and event.why != "place"  # who was given a place waits no more
    topic = f"activity_{event.why}" + ("_waiting" if waits else "")
    notice = Notice(event.person_id, topic, *about, number=event.number, until=event.until)
    await notify(db, [notice])


async def on_required_activity_due(db: AsyncSession, event: RequiredActivityDue) -> None:
    """One letter of what is due on a day, however many things are."""
    about = (event.programme_id, event.programme_id, event.cohort_id)
    day = event.due_at.date().toordinal()
    await notify(db, [Notice(event.person_id, "activity_due", *about, until=event.due_at, number=day)])


async def on_certificate_withdrawn(db: AsyncSession, event: CertificateWithdrawn) -> None:
    await notify(db, [Notice(event.person_id, "certificate_withdrawn", event.certificate_id, event.programme_id, None)])


async def on_resource_notice_due(db: AsyncSession, event: ResourceNoticeDue) -> None:
    about = (event.resource_id, event.programme_id, event.cohort_id)
    await notify(db, [Notice(event.person_id, f"resource_{event.why}", *about, number=event.number)])


async def on_concern_alerted(db: AsyncSession, event: ConcernAlerted) -> None:
    """Each alert is a letter: whoever is on duty opens it to read more."""
    about = (event.concern_id, event.programme_id, event.cohort_id)
    await notify(db, [Notice(event.person_id, f"concern_{event.why}", *about, number=event.number)])


def _to_raiser(topic: str) -> Callable[[AsyncSession, ConcernTaken | ConcernResolved], Coroutine[Any, Any, None]]:
    async def on_concern(db: AsyncSession, event: ConcernTaken | ConcernResolved) -> None:
        about = (event.concern_id, event.programme_id, event.cohort_id)
        await notify(db, [Notice(event.concern_id, topic, *about)])

    return on_concern


async def on_appointment_notice_due(db: AsyncSession, event: AppointmentNoticeDue) -> None:
    about = (event.appointment_id, event.programme_id, event.cohort_id)
    await notify(
        db, [Notice(event.person_id, f"appointment_{event.what}", *about, number=event.number, until=event.until)]
    )


async def on_review_notice_due(db: AsyncSession, event: ReviewNoticeDue) -> None:
    about = (event.review_id, event.programme_id, event.cohort_id)
    await notify(db, [Notice(event.person_id, f"review_{event.what}", *about, until=event.answer_until)])


async def on_goal_reminder_due(db: AsyncSession, event: GoalReminderDue) -> None:
    """One letter about a goal on a day, however many of its steps are due on it."""
    about = (event.goal_id, event.programme_id, event.cohort_id)
    await notify(db, [Notice(event.person_id, "goal_reminder", *about, number=event.day.toordinal())])


async def on_last_words_notice_due(db: AsyncSession, event: LastWordsNoticeDue) -> None:
    topic = "last_words" if event.what == "left" else "last_words_asked"
    about = (event.match_id, event.programme_id, event.cohort_id)
    await notify(db, [Notice(event.person_id, topic, *about, number=event.number)])


async def on_relationship_notice_due(db: AsyncSession, event: RelationshipNoticeDue) -> None:
    about = (event.mentoring_session_id or event.match_id, event.programme_id, event.cohort_id)
    await notify(db, [Notice(event.person_id, event.what, *about, number=event.number)])


async def on_agreement_renewal_due(db: AsyncSession, event: AgreementRenewalDue) -> None:
    about = (event.match_id, event.programme_id, event.cohort_id)
    await notify(db, [Notice(event.person_id, "agreement_runs_out", *about, number=event.number)])


async def on_survey_opened(db: AsyncSession, event: SurveyOpened) -> None:
    """Only noted: whom the wave asks is read from evaluation outside of this transaction (invitations.py)."""
    await _note_wave(db, event, event.wave_id, SURVEY_OPENED, 0)


async def on_survey_reminder_due(db: AsyncSession, event: SurveyReminderDue) -> None:
    """Only noted: who has not answered is read from evaluation outside of this transaction (invitations.py)."""
    await _note_wave(db, event, uuid5(event.wave_id, f"reminder {event.number}"), SURVEY_REMINDER, event.number)


async def on_survey_cancelled(db: AsyncSession, event: SurveyCancelled) -> None:
    """Only noted, where anybody was asked: who that was is read from evaluation outside of this transaction."""
    if event.asked:
        await _note_wave(db, event, uuid5(event.wave_id, "cancelled"), SURVEY_CANCELLED, 0)


async def _note_wave(
    db: AsyncSession, event: SurveyOpened | SurveyReminderDue | SurveyCancelled, id_: UUID, topic: str, number: int
) -> None:
    values = event.model_dump(include={"wave_id", "programme_id", "cohort_id", "closes_at"})
    row = insert(OpenedWave).values(tenant_id=tenant_of(db), id=id_, topic=topic, number=number, **values)
    await db.execute(row.on_conflict_do_nothing())
    leave_work(db)


def _to_both(event: _Match, topic: str) -> list[Notice]:
    until = event.expires_at if isinstance(event, MatchProposed) else None

    def notice(person_id: UUID, role: str, other_id: UUID) -> Notice:
        return Notice(
            person_id, topic, event.match_id, event.programme_id, event.cohort_id, role, other_id=other_id, until=until
        )

    return [
        notice(event.mentor_id, "mentor", event.mentee_id),
        notice(event.mentee_id, "mentee", event.mentor_id),
    ]


TOLD: Reactions = cast(
    Reactions,
    {
        ApplicationAccepted: _about_application("application_accepted"),
        ApplicationWaitlisted: _about_application("application_waitlisted"),
        ApplicationRefused: _about_application("application_refused"),
        ApplicationUnmatched: _about_application("application_unmatched"),
        ApplicationMoved: _about_application("application_moved"),
        ApplicationDecisionTold: on_decision_told,
        PlaceOffered: on_place_offered,
        PlacePassedOn: on_place_passed_on,
        AssessmentAsked: on_assessment_asked,
        RetentionEnds: on_retention_ends,
        ApplicationSubmitted: on_application_submitted,
        DraftReminderDue: on_draft_reminder_due,
        EmailChangeAsked: on_email_change_asked,
        NominationOpened: on_nomination_opened,
        NominationReminderDue: on_nomination_reminder_due,
        NominationEndorsed: _to_nominee("nomination_endorsed"),
        NominationDeclined: _to_nominee("nomination_declined"),
        NominationWithdrawn: _to_nominee("nomination_withdrawn"),
        NominationLapsed: _to_nominee("nomination_lapsed"),
        MatchRunCompleted: on_match_run_completed,
        MatchProposed: on_match_proposed,
        MatchConfirmed: on_match_confirmed,
        MatchDeclined: on_match_declined,
        MatchEnded: on_match_ended,
        GroupMemberInvited: _about_group("group_offered"),
        GroupMemberJoined: _about_group("group_joined"),
        GroupMemberLeft: _about_group("group_left"),
        GroupEnded: on_group_ended,
        QuietPairReminded: on_quiet_pair_reminded,
        ActivityNoticeDue: on_activity_notice_due,
        RequiredActivityDue: on_required_activity_due,
        CertificateWithdrawn: on_certificate_withdrawn,
        ResourceNoticeDue: on_resource_notice_due,
        ConcernAlerted: on_concern_alerted,
        ConcernTaken: _to_raiser(CONCERN_TAKEN),
        ConcernResolved: _to_raiser(CONCERN_SETTLED),
        RelationshipNoticeDue: on_relationship_notice_due,
        AgreementRenewalDue: on_agreement_renewal_due,
        AppointmentNoticeDue: on_appointment_notice_due,
        GoalReminderDue: on_goal_reminder_due,
        ReviewNoticeDue: on_review_notice_due,
        LastWordsNoticeDue: on_last_words_notice_due,
        SurveyOpened: on_survey_opened,
        SurveyReminderDue: on_survey_reminder_due,
        SurveyCancelled: on_survey_cancelled,
    },
)
