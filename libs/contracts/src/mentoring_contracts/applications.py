"""Events of the applications service."""

from datetime import date, datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from mentoring_contracts.audit import _AuditAnchored
from mentoring_contracts.event import Event, PersonId
from mentoring_contracts.words import ClosingReason, RoleId, Side


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


class ProgrammeAmended(Event):
    """A running programme has another blueprint: what it may change without rewriting what has happened.

    `changed` names the members of the blueprint that differ, `blueprint_version` counts the programme's blueprints.
    """

    owner: ClassVar = "applications"
    aggregate: ClassVar = "programme"
    subject: ClassVar = "programme_id"
    programme_id: UUID
    blueprint_version: int
    changed: list[str]
    blueprint: dict[str, Any]


class ProgrammeClosed(Event):
    """A programme is over: its cohorts are closed, nothing is offered or planned in it any more; it stays to be read.

    Relationships that stand have run their course; those that never began, and activities ahead, are called off.
    """

    owner: ClassVar = "applications"
    aggregate: ClassVar = "programme"
    subject: ClassVar = "programme_id"
    programme_id: UUID
    reason: ClosingReason


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
    role: Side


class ApplicationSubmitted(_ApplicationEvent):
    """A person asked to join a cohort, or a later one (`cohort_id` null); `by_proxy` where the team did so for them."""

    by_proxy: bool = False


class ApplicationAccepted(_ApplicationEvent):
    """The person has a place in the pool of the cohort; mentors with the number of mentees they would take.

    Where `told` is false the person does not know yet: ApplicationDecisionTold follows, or ApplicationDecisionUndone.
    """

    capacity: int = 1
    priority: bool = False
    told: bool = True


class ApplicationWaitlisted(_ApplicationEvent):
    """The person is eligible and waits for a place; `told` as in ApplicationAccepted."""

    told: bool = True


class ApplicationRefused(_ApplicationEvent):
    """The person is not eligible; `rules` names the eligibility rules that were not met, `told` as above."""

    rules: list[str] = []
    told: bool = True


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
    """A person may act for a programme, until the role is revoked; `until` says when that will be, if it is known.

    `role` is a built-in one or one of the programme's own; `rights` are what it lets them do (null: from before rights
    were said; a built-in role has its own). Rights that a reader does not know let nobody do anything there.
    """

    owner: ClassVar = "applications"
    aggregate: ClassVar = "role"
    subject: ClassVar = "role_id"
    role_id: UUID
    programme_id: UUID
    person_id: PersonId
    role: RoleId
    rights: list[str] | None = None
    until: datetime | None = None


class RoleRevoked(Event):
    """A person may no longer act for a programme."""

    owner: ClassVar = "applications"
    aggregate: ClassVar = "role"
    subject: ClassVar = "role_id"
    role_id: UUID
    programme_id: UUID
    person_id: PersonId
    role: RoleId


class _NominationEvent(Event):
    owner: ClassVar = "applications"
    aggregate: ClassVar = "nomination"
    subject: ClassVar = "nomination_id"
    nomination_id: UUID
    programme_id: UUID
    cohort_id: UUID | None
    person_id: PersonId
    role: Side


class NominationOpened(_NominationEvent):
    """Somebody is asked to stand behind an application (`nominee`), or has nominated a person (`nominator`)."""

    opened_by: Literal["nominee", "nominator"]


class NominationReminderDue(_NominationEvent):
    """The nominator has not answered; reminders are numbered from 1."""

    number: int


class NominationEndorsed(_NominationEvent):
    """The nominator stands behind the application, which goes on."""


class NominationDeclined(_NominationEvent):
    """The nominator does not; the application goes on waiting, and the applicant may ask somebody else."""


class NominationWithdrawn(_NominationEvent):
    """The nominator, or the applicant who asks somebody else, took it back."""


class NominationLapsed(_NominationEvent):
    """Nobody answered in time."""


class _NetworkMember(Event):
    owner: ClassVar = "applications"
    aggregate: ClassVar = "network_member"
    subject: ClassVar = "member_id"
    member_id: UUID
    network_id: UUID
    organisation_id: UUID


class NetworkMemberInvited(_NetworkMember):
    """An office asked an organisation to join its network."""

    for_integrators: ClassVar = "the office's own systems learn it; nothing inside depends on it"


class NetworkMemberJoined(_NetworkMember):
    """An organisation is a member of a network, by the word of its own admin."""


class NetworkMemberDeclined(_NetworkMember):
    """An organisation that was asked does not join."""

    for_integrators: ClassVar = "the office's own systems learn it; nothing inside depends on it"


class NetworkMemberLeft(_NetworkMember):
    """A membership, or an invitation, is over: the member left, or the office ended it (`by_office`)."""

    by_office: bool = False


class NetworkBlueprintPublished(Event):
    """A network office published a version of a blueprint."""

    owner: ClassVar = "applications"
    aggregate: ClassVar = "network_blueprint"
    subject: ClassVar = "blueprint_id"
    for_integrators: ClassVar = "the office's own systems learn it; members are told by NetworkBlueprintReceived"
    blueprint_id: UUID
    network_id: UUID
    number: int


class _NetworkMembership(Event):
    owner: ClassVar = "applications"
    aggregate: ClassVar = "network_membership"
    subject: ClassVar = "membership_id"
    membership_id: UUID
    network_id: UUID
    office_id: UUID


class NetworkInvited(_NetworkMembership):
    """The organisation is asked to join a network: who administers it accepts or declines."""

    for_integrators: ClassVar = "who administers the organisation is told by its own systems, or looks"


class NetworkJoined(_NetworkMembership):
    """The organisation is a member of a network."""


class NetworkDeclined(_NetworkMembership):
    """The organisation does not join a network."""

    for_integrators: ClassVar = "nothing came of the invitation"


class NetworkLeft(_NetworkMembership):
    """The organisation's membership, or invitation, is over: it left, or the office ended it (`by_office`)."""

    by_office: bool = False


class NetworkBlueprintReceived(_NetworkMembership):
    """The organisation was given a version of a blueprint of a network."""

    for_integrators: ClassVar = "whoever runs a programme made from an earlier version looks at what differs"
    blueprint_id: UUID
    number: int


class PersonChanged(Event):
    """A profile changed: whoever keeps a copy reads it again."""

    owner: ClassVar = "applications"
    aggregate: ClassVar = "person"
    subject: ClassVar = "person_id"
    person_id: PersonId


class PersonLeft(Event):
    """A person left their employer with `last_day`: their matches and places in groups end.

    That their roles and open applications have ended is announced for itself. They stay known.
    """

    owner: ClassVar = "applications"
    aggregate: ClassVar = "person"
    subject: ClassVar = "person_id"
    person_id: PersonId
    last_day: date


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
