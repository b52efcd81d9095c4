"""Events of the sessions service."""

from typing import ClassVar, Literal
from uuid import UUID

from mentoring_contracts.audit import _AuditAnchored
from mentoring_contracts.event import Event, PersonId


class _RelationshipEvent(Event):
    owner: ClassVar = "sessions"
    aggregate: ClassVar = "relationship"
    subject: ClassVar = "match_id"
    match_id: UUID
    programme_id: UUID
    cohort_id: UUID


class RelationshipStarted(_RelationshipEvent):
    """A confirmed pair may meet (orientation attended where it is compulsory)."""

    for_integrators: ClassVar = "learning platforms open their material with it"


class AgreementSigned(_RelationshipEvent):
    """Both people signed the mentoring agreement."""

    for_integrators: ClassVar = "shows integrators that a pair is under way"


class MentoringSessionRecorded(_RelationshipEvent):
    """The pair met; minutes of this meeting and of all so far."""

    mentoring_session_id: UUID
    minutes: int
    total_minutes: int
    budget_minutes: int | None = None


class MentoringSessionCorrected(_RelationshipEvent):
    """A meeting was not as it had been recorded; its minutes as they are now, and those of all meetings."""

    mentoring_session_id: UUID
    minutes: int
    total_minutes: int
    budget_minutes: int | None = None


class MentoringSessionWithdrawn(_RelationshipEvent):
    """A meeting that was recorded counts no more; its minutes, and those of all that are left."""

    mentoring_session_id: UUID
    minutes: int
    total_minutes: int
    budget_minutes: int | None = None


class CheckInRecorded(_RelationshipEvent):
    """One side answered a check-in."""

    for_integrators: ClassVar = "dashboards outside count who was heard from"
    by: Literal["mentor", "mentee"]


class RelationshipClosed(_RelationshipEvent):
    """A relationship ran its course and was closed (never the same as a match that ended early)."""


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


class ActivityAttended(Event):
    """A person attended an activity; `attended` people so far."""

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


class SessionsAuditAnchored(_AuditAnchored):
    """The audit log of an organisation here reached `position`, with the keyed `hash` (hex)."""

    owner: ClassVar = "sessions"
