"""Whose people a caller manages."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.programmes import queries as programmes
from mentoring_common.auth import Principal

MANAGING: Final = ("hr:provision", "organisation:admin")
"""The scopes that let a caller change people: an employer's own, and everybody."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose people a caller manages (everybody's, those of one employer), and in whose programmes' teams they are.

    A team reads people who take part in its programmes, and of those whom it invited what it wrote itself. Who decides
    applications also invites (`inviting`).
    """

    everybody: bool
    employer_id: UUID | None = None
    programmes: tuple[UUID, ...] = ()
    inviting: tuple[UUID, ...] = ()

    def covers(self, employer_id: UUID | None) -> bool:
        """Whether the caller manages people of the employer."""
        return self.everybody or (self.employer_id is not None and self.employer_id == employer_id)


def speaks_for_all(by: Principal) -> bool:
    """Whether the caller is the HR client of the whole organisation: its token names no employer."""
    return "hr:provision" in by.scopes and by.employer is None


def one_employer(by: Principal) -> UUID | None:
    """The employer beside which a caller sees no other: that of an HR system."""
    return None if by.is_admin or by.person is not None else by.employer


async def reach_of(db: AsyncSession, by: Principal) -> Reach:
    """An organisation's admin manages everybody, an HR client its own employer's people, or everybody where its token
    names none; teams have programmes."""
    me = by.person
    employer_id = by.employer if "hr:provision" in by.scopes else None
    everybody = by.is_admin or speaks_for_all(by)
    if everybody or me is None:
        return Reach(everybody, employer_id)
    seen, inviting = await programmes.programmes_seen(db, me), await programmes.team_programmes(db, me)
    return Reach(False, employer_id, tuple(seen), tuple(inviting))
