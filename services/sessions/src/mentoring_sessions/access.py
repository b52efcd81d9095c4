"""What a caller is to a relationship or a programme, and what follows from that; looked up in queries.py."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from mentoring_common.auth import Principal
from mentoring_common.roles import RoleNeeded
from mentoring_sessions.errors import NotForYou, NotOfThePair
from mentoring_sessions.models import Programme, Relationship

Side = Literal["mentor", "mentee"]
TEAM = frozenset({"programme_manager", "coordinator"})


def person_of(by: Principal) -> UUID | None:
    """The person behind the token; None for a machine."""
    try:
        return UUID(by.subject)
    except ValueError:
        return None


def reads_confidences(by: Principal) -> bool:
    """Whether the token may show what others wrote: never one of HR, nor of the organisation's administration."""
    return not by.is_admin and not any(scope.startswith("hr:") for scope in by.scopes)


@dataclass(frozen=True)
class Access:
    """The caller's part in a relationship: at least one of `side` and `team` (or the organisation's admin)."""

    relationship: Relationship
    person_id: UUID | None
    in_team: bool
    is_admin: bool
    reads_confidences: bool

    @property
    def side(self) -> Side | None:
        """Which of the two the caller is; None for neither."""
        sides: dict[UUID, Side] = {self.relationship.mentee_id: "mentee", self.relationship.mentor_id: "mentor"}
        return sides.get(self.person_id) if self.person_id else None

    @property
    def reads_for_team(self) -> bool:
        """Whether the caller reads what is written to the programme team: never about a pair of one's own."""
        return self.in_team and self.reads_confidences and self.side is None

    def one_of_the_pair(self) -> tuple[UUID, Side]:
        """The caller as one of the two; NotOfThePair for anybody else."""
        if self.person_id is None or self.side is None:
            raise NotOfThePair()
        return self.person_id, self.side

    def require_confidence(self) -> None:
        """NotForYou unless the caller is one of the two or reads for the programme team."""
        if self.side is None and not self.reads_for_team:
            raise NotForYou()

    def require_team(self) -> None:
        """RoleNeeded unless the caller is of the programme team or the organisation's admin."""
        if not (self.in_team or self.is_admin):
            raise RoleNeeded(needed=sorted(TEAM))

    def require_other_team(self) -> None:
        """As `require_team`, and NotForYou for one of the pair, whatever role they hold besides."""
        self.require_team()
        if self.side is not None:
            raise NotForYou()


@dataclass(frozen=True)
class ProgrammeAccess:
    """The caller's part in a programme: a role, a place, or the organisation's admin."""

    programme: Programme
    roles: frozenset[str]
    is_admin: bool
    reads_confidences: bool

    def require(self, *roles: str) -> None:
        """RoleNeeded unless the caller holds one of the roles or is the organisation's admin."""
        if not (self.is_admin or self.roles & set(roles)):
            raise RoleNeeded(needed=sorted(roles))

    def require_team(self) -> None:
        """RoleNeeded unless the caller is of the programme team or the organisation's admin."""
        self.require(*TEAM)

    def require_confidence(self) -> None:
        """NotForYou unless the caller is of the programme team, with a token that may show confidences."""
        if not (self.roles & TEAM and self.reads_confidences):
            raise NotForYou()
