"""The agreement of a relationship."""

from uuid import UUID

from fastapi import APIRouter

from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch
from mentoring_sessions.agreements import commands, queries, views
from mentoring_sessions.agreements.schemas import AgreementStateView, AgreementView, NewAgreement, Signature
from mentoring_sessions.relationships.access import Reader, Writer, to_relationship

router = APIRouter(route_class=Route, tags=["relationships"])


@router.post("/relationships/{match_id}/agreement", status_code=201)
async def propose_agreement(
    match_id: UUID, new: NewAgreement, by: Writer, db: Db, expected: IfMatch
) -> AgreementStateView:
    """Propose the agreement; a new proposal replaces one that not everybody has signed, named by If-Match."""
    mine = await to_relationship(db, by, match_id)
    proposed = await commands.propose_agreement(db, by, mine, new, expected)
    return await views.agreement_state(db, proposed, mine.relationship)


@router.get("/relationships/{match_id}/agreement")
async def read_agreement(match_id: UUID, by: Reader, db: Db) -> AgreementView:
    """The agreement with its terms, for the pair and the programme team."""
    return await views.agreement(db, await to_relationship(db, by, match_id))


@router.post("/relationships/{match_id}/agreement/sign")
async def sign_agreement(
    match_id: UUID, by: Writer, db: Db, expected: IfMatch, signature: Signature | None = None
) -> AgreementStateView:
    """Sign for yourself."""
    mine = await to_relationship(db, by, match_id)
    mine.one_of_the_pair()
    if expected.given:
        await expected.hold(db, await queries.agreement(db, match_id))
    version = signature.version if signature else None
    signed = await commands.sign_agreement(db, by, mine, version)
    return await views.agreement_state(db, signed, mine.relationship)
