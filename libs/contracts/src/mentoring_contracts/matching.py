"""Events of the matching service."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from mentoring_contracts.audit import _AuditAnchored
from mentoring_contracts.event import Event, PersonId
from mentoring_contracts.words import Side


class MatchRunCompleted(Event):
    """A matching run has a result to review: how many pairs it proposes and whom it leaves out."""

    owner: ClassVar = "matching"
    aggregate: ClassVar = "match_run"
    subject: ClassVar = "run_id"
    run_id: UUID
    programme_id: UUID
    cohort_id: UUID
    pairs: int
    unmatched_mentees: int
    unmatched_mentors: int
    approval_needed: bool = False
    """It began by itself, and its pairs are offered once somebody of the team approves them."""


class _MatchEvent(Event):
    owner: ClassVar = "matching"
    aggregate: ClassVar = "match"
    subject: ClassVar = "match_id"
    match_id: UUID
    programme_id: UUID
    cohort_id: UUID
    mentor_id: PersonId
    mentee_id: PersonId
    group_id: UUID | None = None
    mentor_application_id: UUID | None = None
    mentee_application_id: UUID | None = None


class MatchProposed(_MatchEvent):
    """A pair was offered to both people, who answer until `expires_at`. In a group the mentor answers once for all."""

    expires_at: datetime


class MatchAccepted(_MatchEvent):
    """One side accepted the offer."""

    for_integrators: ClassVar = "half an agreement changes nothing elsewhere; the confirmed match does"
    by: Side


class MatchDeclined(_MatchEvent):
    """One side declined the offer, or let it pass (`by` null); the place passes on.

    `reason` is a code: `no_time`, `expired`, `withdrawn`, … and `private` for any that tells of a person.
    """

    by: Side | None
    reason: str


class MatchConfirmed(_MatchEvent):
    """Both people accepted: the pair stands. `rematch_of` names the match it follows, if one ended early.

    Of a mentor and several mentees who are one group, each mentee has a match of their own, so that people and the
    ledger are counted as ever; `group_id` says which of them are one relationship, and the group's own events who is
    in it. `starts_on` is the day from which a pair stood before it came into the system (`imported`). A `handover`
    carries on what `rematch_of` began, with another mentor.
    """

    rematch_of: UUID | None = None
    kind: str = "mentoring"
    imported: bool = False
    starts_on: date | None = None
    handover: bool = False


class MatchEnded(_MatchEvent):
    """A confirmed match ended early.

    `reason` is a code: `no_time`, `no_contact`, `withdrawn`, … and `private` for any that tells of a person.
    """

    reason: str


class RematchRequested(_MatchEvent):
    """People of a match that ended early go back to the pool for another one."""

    for_integrators: ClassVar = "the new match follows as MatchProposed and MatchConfirmed"


class _GroupEvent(Event):
    owner: ClassVar = "matching"
    aggregate: ClassVar = "group"
    subject: ClassVar = "group_id"
    group_id: UUID
    programme_id: UUID
    cohort_id: UUID
    kind: str


class GroupMemberInvited(_GroupEvent):
    """Somebody was offered a place in a group (a peer circle, a buddy pair, coaching, …), to answer by `expires_at`."""

    person_id: PersonId
    role: str
    expires_at: datetime


class GroupFormed(_GroupEvent):
    """Enough people accepted: the group stands. Who is in it follows as GroupMemberJoined."""

    imported: bool = False
    starts_on: date | None = None


class GroupMemberJoined(_GroupEvent):
    """A person is in the group from now on, with a role of the group's kind.

    `application_id` is the application that this answers, where the group is what the person applied for.
    """

    person_id: PersonId
    role: str
    leads: bool = False
    application_id: UUID | None = None


class GroupMemberLeft(_GroupEvent):
    """A person is no longer in the group, which goes on without them. `reason` is a code, as of a match that ended."""

    person_id: PersonId
    role: str
    reason: str


class GroupEnded(_GroupEvent):
    """The group ended early. A group that ran its course is closed instead (RelationshipClosed)."""

    reason: str


class MatchingAuditAnchored(_AuditAnchored):
    """The audit log of an organisation here reached `position`, with the keyed `hash` (hex)."""

    owner: ClassVar = "matching"
