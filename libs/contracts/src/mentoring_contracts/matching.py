"""Events of the matching service."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from mentoring_contracts.audit import _AuditAnchored
from mentoring_contracts.event import Event, PersonId

Side = Literal["mentor", "mentee"]


class MatchRunCompleted(Event):
    """A matching run has a result to review: how many pairs it proposes and whom it leaves out."""

    owner: ClassVar = "matching"
    aggregate: ClassVar = "match_run"
    subject: ClassVar = "run_id"
    for_integrators: ClassVar = "programme teams are told in the front end, which follows the run"
    run_id: UUID
    programme_id: UUID
    cohort_id: UUID
    pairs: int
    unmatched_mentees: int
    unmatched_mentors: int


class _MatchEvent(Event):
    owner: ClassVar = "matching"
    aggregate: ClassVar = "match"
    subject: ClassVar = "match_id"
    match_id: UUID
    programme_id: UUID
    cohort_id: UUID
    mentor_id: PersonId
    mentee_id: PersonId


class MatchProposed(_MatchEvent):
    """A pair was offered to both people, who answer until `expires_at`."""

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
    """Both people accepted: the pair stands. `rematch_of` names the match it follows, if one ended early."""

    rematch_of: UUID | None = None


class MatchEnded(_MatchEvent):
    """A confirmed match ended early.

    `reason` is a code: `no_time`, `no_contact`, `withdrawn`, … and `private` for any that tells of a person.
    """

    reason: str


class RematchRequested(_MatchEvent):
    """People of a match that ended early go back to the pool for another one."""

    for_integrators: ClassVar = "the new match follows as MatchProposed and MatchConfirmed"


class MatchingAuditAnchored(_AuditAnchored):
    """The audit log of an organisation here reached `position`, with the keyed `hash` (hex)."""

    owner: ClassVar = "matching"
