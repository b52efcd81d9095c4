"""Who holds interviews."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_common.roles import roles_of
from mentoring_evaluation.interviews.schemas import InterviewingRole
from mentoring_evaluation.programmes.access import TEAM, team_role

INTERVIEWERS = (*TEAM, "interviewer")


async def interviewing_role(db: AsyncSession, by: Principal, programme_id: UUID) -> InterviewingRole:
    """The role under which the caller holds interviews of the programme."""
    held = await roles_of(db, by, programme_id)
    team = await team_role(db, by, programme_id)
    return "interviewer" if "interviewer" in held and not held & set(TEAM) else team
