"""What comes along when another mentor carries on."""

from uuid import UUID

from fastapi import APIRouter

from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch
from mentoring_sessions.handovers import commands, views
from mentoring_sessions.handovers.schemas import Consent, HandoverView
from mentoring_sessions.relationships.access import Reader, Writer, to_relationship

router = APIRouter(route_class=Route, tags=["relationships"])


@router.get("/relationships/{match_id}/handover")
async def read_handover(match_id: UUID, by: Reader, db: Db) -> HandoverView:
    """What came along from the relationship that this one continues, for those in it and the programme team."""
    return await views.handover(db, await to_relationship(db, by, match_id))


@router.post("/relationships/{match_id}/handover/consent")
async def consent_to_handover(match_id: UUID, given: Consent, by: Writer, db: Db, expected: IfMatch) -> HandoverView:
    """Say what your new mentor takes over (the mentee): goals with their steps, the agreement as a draft, how often you
    met. Notes stay where they are. What came along stays; say yes to more of it whenever you like.
    """
    mine = await to_relationship(db, by, match_id)
    await commands.consent(db, by, mine, given, expected)
    return await views.handover(db, mine)
