"""Events of the applications service."""

from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from mentoring_contracts.audit import _AuditAnchored
from mentoring_contracts.event import Event, PersonId

Role = Literal["mentor", "mentee"]
ProgrammeRole = Literal[
    "programme_manager", "coordinator", "steering_group", "interviewer", "line_manager", "liaison", "trainer"
]


class Milestone(BaseModel):
    """One dated step of a cohort; `kind` is data of the programme, `ends_at` is null for a moment."""

    model_config = ConfigDict(frozen=True)
    kind: str
    starts_at: datetime
    ends_at: datetime | None = None


class ProgrammeCreated(Event):
    """A programme was made from a blueprint.

    `blueprint` is the programme's whole configuration (policy, surveys, hours budget, …): each service reads its part.
    """

    owner: ClassVar = "applications"
    aggregate: ClassVar = "programme"
    subject: ClassVar = "programme_id"
    programme_id: UUID
    direction: Literal["traditional", "reverse", "two_way", "peer", "group"]
    blueprint: dict[str, Any]


class CohortCreated(Event):
    """A programme planned one round, with its places and milestones in order."""

    owner: ClassVar = "applications"
    aggregate: ClassVar = "cohort"
    subject: ClassVar = "cohort_id"
    cohort_id: UUID
    programme_id: UUID
    number: int
    places: int
    milestones: list[Milestone]


class CohortPlacesChanged(Event):
    """A cohort has more or fewer places (pairs) than before."""

    owner: ClassVar = "applications"
    aggregate: ClassVar = "cohort"
    subject: ClassVar = "cohort_id"
    cohort_id: UUID
    programme_id: UUID
    places: int


class CohortMilestonesChanged(Event):
    """The dates of a cohort changed; `milestones` are all that are planned now, in order."""

    owner: ClassVar = "applications"
    aggregate: ClassVar = "cohort"
    subject: ClassVar = "cohort_id"
    cohort_id: UUID
    programme_id: UUID
    milestones: list[Milestone]


class CohortClosed(Event):
    """Recruitment of a cohort is over: whoever was still open is unmatched."""

    owner: ClassVar = "applications"
    aggregate: ClassVar = "cohort"
    subject: ClassVar = "cohort_id"
    for_integrators: ClassVar = "recruitment systems stop sending people; inside, each ApplicationUnmatched says it"
    cohort_id: UUID
    programme_id: UUID


class _ApplicationEvent(Event):
    owner: ClassVar = "applications"
    aggregate: ClassVar = "application"
    subject: ClassVar = "application_id"
    application_id: UUID
    programme_id: UUID
    cohort_id: UUID | None
    person_id: PersonId
    role: Role


class ApplicationSubmitted(_ApplicationEvent):
    """A person asked to join a cohort, or a later one (`cohort_id` null)."""


class ApplicationAccepted(_ApplicationEvent):
    """The person has a place in the pool of the cohort; mentors with the number of mentees they would take."""

    capacity: int = 1
    priority: bool = False


class ApplicationWaitlisted(_ApplicationEvent):
    """The person is eligible and waits for a place."""


class ApplicationRefused(_ApplicationEvent):
    """The person is not eligible; `rules` names the eligibility rules that were not met."""

    rules: list[str] = []


class ApplicationWithdrawn(_ApplicationEvent):
    """The person withdrew, perhaps after being matched."""

    after_match: bool = False


class ApplicationMoved(_ApplicationEvent):
    """The application moved to another cohort of the programme; `cohort_id` is the new one."""

    from_cohort_id: UUID | None


class ApplicationCarriedOver(_ApplicationEvent):
    """The application goes on in a later round of the programme."""


class ApplicationUnmatched(_ApplicationEvent):
    """The round ended without a match for this person."""


class RoleGranted(Event):
    """A person may act for a programme."""

    owner: ClassVar = "applications"
    aggregate: ClassVar = "role"
    subject: ClassVar = "role_id"
    role_id: UUID
    programme_id: UUID
    person_id: PersonId
    role: ProgrammeRole


class RoleRevoked(Event):
    """A person may no longer act for a programme."""

    owner: ClassVar = "applications"
    aggregate: ClassVar = "role"
    subject: ClassVar = "role_id"
    role_id: UUID
    programme_id: UUID
    person_id: PersonId
    role: ProgrammeRole


class PersonChanged(Event):
    """A profile changed: whoever keeps a copy reads it again."""

    owner: ClassVar = "applications"
    aggregate: ClassVar = "person"
    subject: ClassVar = "person_id"
    person_id: PersonId


class EmailChangeAsked(Event):
    """A person wants another e-mail address: a letter to it carries what confirms it, the old one gets a notice."""

    owner: ClassVar = "applications"
    aggregate: ClassVar = "person"
    subject: ClassVar = "person_id"
    change_id: UUID
    person_id: PersonId


class PersonErased(Event):
    """A person was erased: every service erases what it holds of them."""

    owner: ClassVar = "applications"
    aggregate: ClassVar = "person"
    subject: ClassVar = "person_id"
    erases: ClassVar = True
    person_id: PersonId


class ApplicationsAuditAnchored(_AuditAnchored):
    """The audit log of an organisation here reached `position`, with the keyed `hash` (hex)."""

    owner: ClassVar = "applications"
