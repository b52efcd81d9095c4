"""The agreement of a relationship."""

from uuid import UUID

from fastapi import APIRouter

from mentoring_common.languages import InLanguage, languages_of
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch
from mentoring_sessions.agreements import commands, queries, views
from mentoring_sessions.agreements.schemas import (
    AgreedVersionView,
    AgreementQuestionView,
    AgreementStateView,
    AgreementView,
    NewAgreement,
    Signature,
)
from mentoring_sessions.relationships import queries as relationships
from mentoring_sessions.relationships.access import Reader, Writer, to_relationship

router = APIRouter(route_class=Route, tags=["relationships"])


@router.post("/relationships/{match_id}/agreement", status_code=201)
async def propose_agreement(
    match_id: UUID, new: NewAgreement, by: Writer, db: Db, expected: IfMatch
) -> AgreementStateView:
    """Propose the agreement, or another one in place of that named by If-Match: to amend or to renew it.

    What everybody signed stands until they have signed the new one. The programme's questions are all answered.
    """
    mine = await to_relationship(db, by, match_id)
    proposed = await commands.propose_agreement(db, by, mine, new, expected)
    return await views.agreement_state(db, proposed, mine.relationship)


@router.get("/relationships/{match_id}/agreement")
async def read_agreement(match_id: UUID, by: Reader, db: Db, read: InLanguage = None) -> AgreementView:
    """The agreement with its terms and answers, for the pair and the programme team."""
    return await views.agreement(db, await to_relationship(db, by, match_id), languages_of(read))


@router.get("/relationships/{match_id}/agreement/questions")
async def list_agreement_questions(
    match_id: UUID, by: Reader, db: Db, read: InLanguage = None
) -> list[AgreementQuestionView]:
    """What the programme has an agreement answer, in your language."""
    mine = await to_relationship(db, by, match_id)
    return views.questions(await relationships.programme(db, mine.relationship.programme_id), languages_of(read))


@router.get("/relationships/{match_id}/agreement/versions")
async def list_agreed_versions(match_id: UUID, by: Reader, db: Db, read: InLanguage = None) -> list[AgreedVersionView]:
    """The versions that everybody signed, the last first: each stood until the next, or until one took theirs back."""
    return await views.agreed_versions(db, await to_relationship(db, by, match_id), languages_of(read))


@router.post("/relationships/{match_id}/agreement/withdraw-signature")
async def withdraw_signature(match_id: UUID, by: Writer, db: Db, expected: IfMatch) -> AgreementStateView:
    """Take your signature back: no agreement stands until everybody signs one again, and the others are told."""
    mine = await to_relationship(db, by, match_id)
    mine.one_of_the_pair()
    if expected.given:
        await expected.hold(db, await queries.agreement(db, match_id))
    withdrawn = await commands.withdraw_signature(db, by, mine)
    return await views.agreement_state(db, withdrawn, mine.relationship)


@router.post("/relationships/{match_id}/agreement/renew", status_code=201)
async def renew_agreement(match_id: UUID, by: Writer, db: Db, expected: IfMatch) -> AgreementStateView:
    """Propose what everybody signed last once more, in place of that named by If-Match, and sign it for yourself.

    It stands again, for as long, once the others have signed it too.
    """
    mine = await to_relationship(db, by, match_id)
    renewed = await commands.renew_agreement(db, by, mine, expected)
    return await views.agreement_state(db, renewed, mine.relationship)


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
