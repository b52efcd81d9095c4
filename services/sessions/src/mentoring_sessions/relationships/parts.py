"""What a caller is to a relationship or a programme, and what follows from that; looked up in queries.py."""

from dataclasses import dataclass
from uuid import UUID

from mentoring_common.auth import Principal
from mentoring_common.roles import RoleNeeded
from mentoring_contracts.rights import Right
from mentoring_sessions.errors import NotForYou, NotOfThePair, RelationshipOver
from mentoring_sessions.lifecycle import OVER
from mentoring_sessions.relationships.models import Member, Programme, Relationship

READS: Right = "read_relationships"


STEERS: Right = "match_people"
CONCERNS: Right = "take_concerns"


SAFEGUARDING: Right = "take_safeguarding"


MANAGES: Right = "manage_programme"


ACTIVITIES: Right = "run_activities"


SUPERVISION = frozenset({"supervision", "reflection_group"})  # kinds of activities that a supervisor holds


def reads_confidences(by: Principal) -> bool:
    """Whether the token may show what others wrote: never one of HR, nor of the organisation's administration."""
    return not by.is_admin and not any(scope.startswith("hr:") for scope in by.scopes)


@dataclass(frozen=True)
class Access:
    """The caller's part in a relationship: `member` while they are in it, `was_member` if they left it, or the team.

    Of the programme team is who has the right that was asked for; what is `private` to members it does not read.
    """

    relationship: Relationship
    person_id: UUID | None
    right: Right
    in_team: bool
    is_admin: bool
    reads_confidences: bool
    private: bool = False
    member: Member | None = None
    was_member: bool = False

    @property
    def side(self) -> str | None:
        """The role of the caller in the relationship; None for who is not in it."""
        return self.member.role if self.member else None

    @property
    def leads(self) -> bool:
        """Whether the caller mentors, coaches or supervises."""
        return self.member is not None and self.member.leads

    @property
    def reads_for_team(self) -> bool:
        """Whether the caller reads what is written to the programme team: never about a relationship of one's own."""
        return self.in_team and self.reads_confidences and self.side is None and not self.was_member

    @property
    def reads_of_pair(self) -> bool:
        """Whether the caller reads for the programme team what members wrote to each other and to it."""
        return self.reads_for_team and not self.private

    def one_of_the_pair(self) -> tuple[UUID, str]:
        """The caller as one of the members, with their role; NotOfThePair for anybody else."""
        if self.person_id is None or self.side is None:
            raise NotOfThePair()
        return self.person_id, self.side

    def present_or_past(self) -> UUID:
        """The caller as somebody who is or was a member; NotOfThePair for anybody else."""
        if self.person_id is None or not (self.member or self.was_member):
            raise NotOfThePair()
        return self.person_id

    def require_open(self) -> None:
        """RelationshipOver once the relationship was closed or ended."""
        if self.relationship.state in OVER:
            raise RelationshipOver()

    def require_confidence(self) -> None:
        """NotForYou unless the caller is or was one of the members, or reads for the programme team."""
        if self.side is None and not self.was_member and not self.reads_for_team:
            raise NotForYou()

    def require_shared(self) -> None:
        """NotForYou unless the caller is one of the members, or reads for the programme team what is not private."""
        if self.side is None and not self.reads_of_pair:
            raise NotForYou()

    def require_team(self) -> None:
        """RoleNeeded unless the caller is of the programme team or the organisation's admin."""
        if not (self.in_team or self.is_admin):
            raise RoleNeeded(needed=[self.right])

    def require_steering(self) -> None:
        """RoleNeeded unless the caller is one of a pair, leads the group, or is of the team or the admin.

        One of several members does not decide for all.
        """
        if self.side is None or not (self.leads or self.relationship.mentee_id):
            self.require_team()

    def require_other_team(self) -> None:
        """As `require_team`, and NotForYou for who is or was a member, whatever role they hold besides."""
        self.require_team()
        if self.side is not None or self.was_member:
            raise NotForYou()


@dataclass(frozen=True)
class ProgrammeAccess:
    """The caller's part in a programme: a role, a place, or the organisation's admin."""

    programme: Programme
    rights: frozenset[str]
    is_admin: bool
    reads_confidences: bool

    @property
    def sees_groups(self) -> bool:
        """Whether the caller sees activities of every group, and not only of their own."""
        return self.is_admin or bool(self.rights & {ACTIVITIES, READS, "supervise"})

    def require(self, *rights: str) -> None:
        """RoleNeeded unless the caller has one of the rights or is the organisation's admin."""
        if not (self.is_admin or self.rights & set(rights)):
            raise RoleNeeded(needed=sorted(rights))

    def require_running(self, kind: str) -> None:
        """RoleNeeded unless the caller runs activities of the kind: a supervisor's are supervision and reflection."""
        self.require(ACTIVITIES, *(["supervise"] if kind in SUPERVISION else []))

    def require_confidence(self) -> None:
        """NotForYou unless the caller takes concerns in the programme, with a token that may show confidences."""
        if not (CONCERNS in self.rights and self.reads_confidences):
            raise NotForYou()
