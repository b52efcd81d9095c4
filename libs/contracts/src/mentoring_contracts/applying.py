"""Events of the applications service about applying: drafts, edits, told decisions, places that are offered."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from mentoring_contracts.applications import _ApplicationEvent
from mentoring_contracts.event import Event, PersonId
from mentoring_contracts.words import Side


class DraftReminderDue(Event):
    """Somebody has a draft and the window closes at `closes_at`, in `days_before` days."""

    owner: ClassVar = "applications"
    aggregate: ClassVar = "draft"
    subject: ClassVar = "draft_id"
    draft_id: UUID
    programme_id: UUID
    cohort_id: UUID | None
    person_id: PersonId
    role: Side
    closes_at: datetime
    days_before: int


class ApplicationEdited(_ApplicationEvent):
    """The applicant changed their answers before anybody decided."""

    for_integrators: ClassVar = "who keeps a copy reads it again; inside, answers are read once it is accepted"


class ApplicationDecisionTold(_ApplicationEvent):
    """What was decided and kept back is told to the person now; `decision` is the state."""

    decision: str


class ApplicationDecisionUndone(_ApplicationEvent):
    """A decision that nobody was told was taken back; `state` is where the application stands again."""

    state: str


class PlaceOffered(_ApplicationEvent):
    """Somebody on the waiting list is offered a place, which is kept until `expires_at`."""

    expires_at: datetime


class PlacePassedOn(_ApplicationEvent):
    """The place was declined, or not taken in time: it is free for the next."""

    declined: bool


class AssessmentAsked(Event):
    """Somebody is asked to assess an application."""

    owner: ClassVar = "applications"
    aggregate: ClassVar = "assessment"
    subject: ClassVar = "assessment_id"
    assessment_id: UUID
    application_id: UUID
    programme_id: UUID
    cohort_id: UUID | None
    assessor_id: PersonId


class ApplicationAssessed(_ApplicationEvent):
    """As many have scored an application as the programme asks."""

    for_integrators: ClassVar = "who follows up decisions; inside, the team reads the scores together"
    assessors: int


class RetentionEnds(_ApplicationEvent):
    """What a person wrote on an application is erased at `erased_at`, as the privacy notice promised."""

    erased_at: datetime
