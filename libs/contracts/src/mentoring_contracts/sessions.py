"""Events of the sessions service."""

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from mentoring_contracts.audit import _AuditAnchored
from mentoring_contracts.event import Event, PersonId


class _RelationshipEvent(Event):
    # Of a group `match_id` is the id of the group.
    owner: ClassVar = "sessions"
    aggregate: ClassVar = "relationship"
    subject: ClassVar = "match_id"
    match_id: UUID
    programme_id: UUID
    cohort_id: UUID


class RelationshipStarted(_RelationshipEvent):
    """A confirmed pair or group may meet: orientation was attended where it is compulsory."""

    for_integrators: ClassVar = "learning platforms open their material with it"


class AgreementSigned(_RelationshipEvent):
    """Everybody in the relationship signed the agreement."""

    for_integrators: ClassVar = "shows integrators that a pair is under way"


class MentoringSessionRecorded(_RelationshipEvent):
    """The pair or group met; minutes of this meeting and of all so far, counted once, and how many were there."""

    mentoring_session_id: UUID
    minutes: int
    total_minutes: int
    budget_minutes: int | None = None
    attended: int | None = None


class MentoringSessionCorrected(_RelationshipEvent):
    """A meeting was not as it had been recorded; its minutes as they are now, and those of all meetings."""

    mentoring_session_id: UUID
    minutes: int
    total_minutes: int
    budget_minutes: int | None = None
    attended: int | None = None


class MentoringSessionWithdrawn(_RelationshipEvent):
    """A meeting that was recorded counts no more; its minutes, and those of all that are left."""

    mentoring_session_id: UUID
    minutes: int
    total_minutes: int
    budget_minutes: int | None = None
    attended: int | None = None


class CheckInRecorded(_RelationshipEvent):
    """Somebody in the relationship answered a check-in; `by` is their role: mentor, mentee, or another of its kind."""

    for_integrators: ClassVar = "dashboards outside count who was heard from"
    by: str


class _ConcernEvent(Event):
    # Neither the pair nor who raised it: that a pair has a concern is for whoever takes it.
    owner: ClassVar = "sessions"
    aggregate: ClassVar = "concern"
    subject: ClassVar = "concern_id"
    concern_id: UUID
    programme_id: UUID
    cohort_id: UUID


class ConcernRaised(_ConcernEvent):
    """Somebody needs help or told the programme team of a concern; it is to be taken until `due_at`."""

    for_integrators: ClassVar = "tools of a duty desk count what is open, and until when"
    severity: Literal["normal", "serious", "urgent"]
    due_at: datetime


class ConcernAlerted(_ConcernEvent):
    """Somebody on duty is to be told: a concern was `raised`, it `waits` since nobody took it, or it is theirs
    (`assigned`); `number` counts how often it was waited for."""

    person_id: PersonId
    why: Literal["raised", "waits", "assigned"]
    number: int = 0


class ConcernTaken(_ConcernEvent):
    """Somebody on duty has taken a concern. Who raised it is told, and named in no event."""


class ConcernResolved(_ConcernEvent):
    """A concern is settled. Who raised it is told, and named in no event."""


class AgreementSignatureWithdrawn(_RelationshipEvent):
    """Somebody in a relationship took their signature back: no agreement stands until everybody signs one again."""

    for_integrators: ClassVar = "where meetings need an agreement, whoever arranges them waits for another one"


class AgreementRanOut(_RelationshipEvent):
    """The months are over for which an agreement stands: none does until everybody signs one again."""

    for_integrators: ClassVar = "where meetings need an agreement, whoever arranges them waits for another one"


class AgreementRenewalDue(_RelationshipEvent):
    """Somebody in a relationship is told, once for each `number`th version, that its agreement runs out soon."""

    person_id: PersonId
    number: int


class NotesOpened(_RelationshipEvent):
    """Two people who take concerns about safeguarding opened the notes of a relationship together, for a day."""

    for_integrators: ClassVar = "who watches over data protection counts how often it happens"


class RelationshipClosed(_RelationshipEvent):
    """A relationship ran its course and was closed (never the same as a match that ended early)."""


class RelationshipCalledOff(_RelationshipEvent):
    """A relationship that waited for its orientation will not begin: its programme is closed."""


class _PairsTime(_RelationshipEvent):
    # `paused_days` are those of every pause that is over; by so many, times that stand to the pair's start are later.
    paused_days: int
    ends_at: datetime | None = None


class RelationshipPaused(_PairsTime):
    """A pair or group takes a break, until a day where it is known: nobody is reminded, and its time stands still."""

    until: date | None = None


class RelationshipResumed(_PairsTime):
    """A pair or group goes on after a break; its end is later by as many days."""


class RelationshipExtended(_PairsTime):
    """The programme team moved the end of a relationship."""

    for_integrators: ClassVar = "calendars and learning platforms follow the pair's own end"


class RelationshipPhaseBegan(_RelationshipEvent):
    """A pair is in another phase of its programme; in a `quiet` one nobody writes that it has not met."""

    for_integrators: ClassVar = "learning platforms open what a phase needs"
    phase: str
    quiet: bool


class RelationshipNoticeDue(_RelationshipEvent):
    """Somebody in a relationship is to be told what another did: a break began or is over, an agreement waits for their
    signature or lost one, a meeting (`mentoring_session_id`) waits for their confirmation, was corrected
    or withdrawn, somebody else leads the group now, their notes were opened by two people, or the relationship was
    closed. It is the `number`th notice of its kind."""

    person_id: PersonId
    what: Literal[
        "break_begun",
        "break_over",
        "agreement_to_sign",
        "signature_withdrawn",
        "meeting_to_confirm",
        "meeting_corrected",
        "meeting_withdrawn",
        "lead_changed",
        "notes_opened",
        "relationship_closed",
    ]
    number: int
    mentoring_session_id: UUID | None = None


class QuietPairReminded(_RelationshipEvent):
    """Somebody in a pair that has not met for `days` days is written to; it is the `number`th time that the pair is."""

    person_id: PersonId
    days: int
    number: int


class _AppointmentEvent(_RelationshipEvent):
    appointment_id: UUID


class AppointmentProposed(_AppointmentEvent):
    """Somebody in a relationship proposed so many times for a meeting."""

    for_integrators: ClassVar = "assistants and calendars show that an answer is awaited"
    times: int


class AppointmentAgreed(_AppointmentEvent):
    """A meeting has its time; a `sequence` above 0 says that another one stood before, as in calendars."""

    for_integrators: ClassVar = "calendars and rooms are booked with it"
    starts_at: datetime
    minutes: int
    sequence: int


class AppointmentCancelled(_AppointmentEvent):
    """A meeting that was planned does not take place."""

    for_integrators: ClassVar = "calendars and rooms are freed with it"
    sequence: int


class AppointmentMissed(_AppointmentEvent):
    """Somebody did not come to a meeting that was agreed."""

    for_integrators: ClassVar = "dashboards outside count it"


class AppointmentNotMissed(_AppointmentEvent):
    """A meeting that was said to be missed took place in truth, and is recorded."""

    for_integrators: ClassVar = "dashboards outside that counted it as missed do so no more"
    mentoring_session_id: UUID


class AppointmentNoticeDue(_AppointmentEvent):
    """Somebody is told of an appointment: times are proposed to them, or it is agreed, or cancelled. It is the
    `number`th notice of its kind, and of no use after `until`."""

    person_id: PersonId
    what: Literal["proposed", "agreed", "cancelled"]
    number: int
    until: datetime | None = None


ReviewKind = Literal["fit_check", "mid_term", "end"]


class _ReviewEvent(_RelationshipEvent):
    review_id: UUID
    kind: ReviewKind


class ReviewOpened(_ReviewEvent):
    """Everybody in a pair is asked how it goes on, until `answer_until`."""

    for_integrators: ClassVar = "calendars and dashboards show that a review is held"
    answer_until: datetime


class ReviewAnswered(_ReviewEvent):
    """Somebody answered a review; `answered` have so far. Never who, nor what."""

    for_integrators: ClassVar = "dashboards outside count it"
    answered: int


class ReviewConcluded(_ReviewEvent):
    """The programme team said what follows from a review; a `rematch` ends the match, and `close` the relationship."""

    outcome: Literal["continue", "re_energise", "rematch", "close"]


class ReviewNoticeDue(_ReviewEvent):
    """Somebody is told of a review: they are `asked` or `reminded`, it `needs` the programme team, or it is
    `concluded`."""

    person_id: PersonId
    what: Literal["asked", "reminded", "needs", "concluded"]
    answer_until: datetime | None = None


class LastWordsNoticeDue(_RelationshipEvent):
    """Somebody is told that the other `left` last words for them, for the `number`th time; or, once the time of the
    relationship is over, is `asked` for theirs."""

    person_id: PersonId
    number: int
    what: Literal["left", "asked"] = "left"


class GoalReminderDue(_RelationshipEvent):
    """Somebody asked to be reminded of a goal, or of a step towards it (`about_id`), on this day."""

    person_id: PersonId
    goal_id: UUID
    about_id: UUID
    day: date


class PairWentQuiet(_RelationshipEvent):
    """No mentoring session was recorded for `weeks` weeks: somebody should ask how the pair is doing."""

    for_integrators: ClassVar = "coordinators' own tools remind with it; inside, the programme team reads the nudges"
    weeks: int


class ActivityHeld(Event):
    """An orientation, workshop or other activity took place."""

    owner: ClassVar = "sessions"
    aggregate: ClassVar = "activity"
    subject: ClassVar = "activity_id"
    activity_id: UUID
    programme_id: UUID
    cohort_id: UUID | None
    kind: str
    mode: Literal["online", "in_person"]
    attended: int


class ActivityCancelled(Event):
    """An activity will not take place."""

    owner: ClassVar = "sessions"
    aggregate: ClassVar = "activity"
    subject: ClassVar = "activity_id"
    for_integrators: ClassVar = "calendars of rooms and speakers take it out"
    activity_id: UUID
    programme_id: UUID
    cohort_id: UUID | None
    kind: str


class _CertificateEvent(Event):
    owner: ClassVar = "sessions"
    aggregate: ClassVar = "certificate"
    subject: ClassVar = "certificate_id"
    certificate_id: UUID
    programme_id: UUID
    person_id: PersonId


class CertificateIssued(_CertificateEvent):
    """Somebody was given a certificate of having completed a programme."""

    for_integrators: ClassVar = "records of professional development take it"


class CertificateWithdrawn(_CertificateEvent):
    """A certificate is valid no more: an attendance that it counts was taken back."""

    for_integrators: ClassVar = "records of professional development take it out"


class _ResourceEvent(Event):
    owner: ClassVar = "sessions"
    aggregate: ClassVar = "resource"
    subject: ClassVar = "resource_id"
    resource_id: UUID
    programme_id: UUID


class ResourcePublished(_ResourceEvent):
    """A programme's library has a new resource, or the `number`th version of one. What it says is read from the API."""

    for_integrators: ClassVar = "learning platforms and intranets show the library too"
    number: int


class ResourceWithdrawn(_ResourceEvent):
    """A resource was taken out of a programme's library."""

    for_integrators: ClassVar = "learning platforms and intranets take it out"


class ResourceNoticeDue(_ResourceEvent):
    """Somebody is to be told of a resource: it was `given` to them, or (`renewed`) has another version than the one
    that they read; `number` is the version that stands."""

    cohort_id: UUID | None
    person_id: PersonId
    why: Literal["given", "renewed"]
    number: int


class HabitConcluded(Event):
    """A habit that somebody committed to is over, and a week more. It names nobody, and counts people once: `first` is
    whether it is their first in the programme that is over, `embedded` whether they kept one in four of five weeks and
    never had before. `seen_by_manager` and `seen_by_peer` are whether those who were asked by link saw it often (4 or 5
    of 5 on average), of the first of their habits on which somebody of these said anything; else null."""

    owner: ClassVar = "sessions"
    aggregate: ClassVar = "habit"
    subject: ClassVar = "habit_id"
    habit_id: UUID
    programme_id: UUID
    first: bool
    embedded: bool
    seen_by_manager: bool | None = None
    seen_by_peer: bool | None = None


class RequiredActivityDue(Event):
    """Somebody has not met yet what they attend to complete their programme (`requirement`, of the blueprint), and is
    told once that it is to be met by `due_at`."""

    owner: ClassVar = "sessions"
    aggregate: ClassVar = "application"
    subject: ClassVar = "application_id"
    application_id: UUID
    programme_id: UUID
    cohort_id: UUID | None
    person_id: PersonId
    requirement: str
    due_at: datetime


class ActivityNoticeDue(Event):
    """Somebody who has a place at an activity, or waits for one, is to be told: they were given a `place`, it was
    `changed`, or it was `cancelled`; `number` is the version of the activity that they learn, `until` when it is. Who
    `waits` has no place."""

    owner: ClassVar = "sessions"
    aggregate: ClassVar = "activity"
    subject: ClassVar = "activity_id"
    activity_id: UUID
    programme_id: UUID
    cohort_id: UUID | None
    person_id: PersonId
    why: Literal["place", "changed", "cancelled"]
    number: int
    until: datetime | None = None
    waits: bool = False


class ActivityAttended(Event):
    """A person attended an activity of so many `minutes`, an hour of CPD for example; `attended` people so far."""

    owner: ClassVar = "sessions"
    aggregate: ClassVar = "activity"
    subject: ClassVar = "activity_id"
    activity_id: UUID
    programme_id: UUID
    cohort_id: UUID | None
    person_id: PersonId
    kind: str
    mode: Literal["online", "in_person"]
    attended: int | None = None
    minutes: int | None = None


class AttendanceWithdrawn(Event):
    """It was said by mistake that a person attended an activity; `attended` people are left."""

    owner: ClassVar = "sessions"
    aggregate: ClassVar = "activity"
    subject: ClassVar = "activity_id"
    activity_id: UUID
    programme_id: UUID
    cohort_id: UUID | None
    person_id: PersonId
    kind: str
    mode: Literal["online", "in_person"]
    attended: int
    minutes: int | None = None


class SessionsAuditAnchored(_AuditAnchored):
    """The audit log of an organisation here reached `position`, with the keyed `hash` (hex)."""

    owner: ClassVar = "sessions"
