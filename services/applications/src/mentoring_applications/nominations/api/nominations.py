"""Nominations: asked for, opened, answered, with an account or by a link."""

from typing import Annotated
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Path
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.applications.schemas import ApplicationView
from mentoring_applications.lifecycle import Nominated
from mentoring_applications.nominations import commands, queries
from mentoring_applications.nominations.api import views
from mentoring_applications.nominations.models import Nomination
from mentoring_applications.nominations.schemas import (
    AnswerByLink,
    AskedNominator,
    DeclinedNomination,
    Endorsement,
    NewNomination,
    NominationByLink,
    NominationStateView,
    NominationView,
    Waiver,
)
from mentoring_applications.programmes.access import Reader, Writer, visible_programmes
from mentoring_applications.programmes.queries import TEAM
from mentoring_common.auth import Principal, Public
from mentoring_common.pagination import Cursor, Limit, Page, page
from mentoring_common.roles import RoleNeeded
from mentoring_common.unit_of_work import Db, PublicDb, Route
from mentoring_common.versions import IfMatch

ByLink = Depends(Public("the secret link that came to the nominator is the authorisation"))
router = APIRouter(route_class=Route, tags=["nominations"])
_state = NominationStateView.model_validate


@router.post("/programmes/{programme_id}/nominations", status_code=201)
async def nominate_person(programme_id: UUID, new: NewNomination, by: Writer, db: Db) -> NominationStateView:
    """Stand behind somebody: their line manager, the HR system of their employer, or who holds the right `nominate`.

    The nominee learns of it and applies, with a consent of their own; the application then waits for nobody.
    """
    return _state(await commands.nominate(db, programme_id, new, by))


@router.get("/nominations")
async def list_nominations(
    by: Reader,
    db: Db,
    programme_id: UUID | None = None,
    state: Nominated | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[NominationView]:
    """Nominations by oneself and of oneself, of the programmes whose applications one decides, of one's HR system."""
    rows = await _seen(db, by, programme_id=programme_id, state=state)
    shown, following = await page(db, rows, Nomination.id, cursor, limit)
    return Page(items=[await views.nomination(db, row, by) for row in shown], next_cursor=following)


@router.get("/nominations/{nomination_id}")
async def read_nomination(nomination_id: UUID, by: Reader, db: Db) -> NominationView:
    """One nomination, as far as the caller may see it."""
    found = await queries.nomination_among(db, await _seen(db, by), nomination_id)
    return await views.nomination(db, found, by)


async def _seen(db: AsyncSession, by: Principal, **filters: object) -> sa.Select[Nomination]:
    """The nominations that the caller has a part in; RoleNeeded for a machine that speaks for nobody."""
    if by.person is None and by.employer is None and not by.is_admin:
        raise RoleNeeded(needed=[TEAM])
    programmes = await visible_programmes(db, by)
    return queries.nominations(by.person, programmes, by.employer, everybody=by.is_admin, **filters)


@router.post("/nominations/{nomination_id}/endorse")
async def endorse_nomination(
    nomination_id: UUID, said: Endorsement, by: Writer, db: Db, expected: IfMatch
) -> NominationStateView:
    """Stand behind an application that waits for it."""
    nomination = await commands.nominators_own(db, nomination_id, by)
    await expected.hold(db, nomination)
    return _state(await commands.endorse(db, nomination, said.statement, by.subject))


@router.post("/nominations/{nomination_id}/decline")
async def decline_nomination(
    nomination_id: UUID, said: DeclinedNomination, by: Writer, db: Db, expected: IfMatch
) -> NominationStateView:
    """Say no; the reason is read by the programme team alone."""
    nomination = await commands.nominators_own(db, nomination_id, by)
    await expected.hold(db, nomination)
    return _state(await commands.decline(db, nomination, said.reason, by.subject))


@router.post("/nominations/{nomination_id}/withdraw")
async def withdraw_nomination(nomination_id: UUID, by: Writer, db: Db, expected: IfMatch) -> NominationStateView:
    """Take it back, as long as the application is not decided: it waits for an endorsement again."""
    nomination = await commands.nominators_own(db, nomination_id, by)
    await expected.hold(db, nomination)
    return _state(await commands.withdraw(db, nomination, by.subject))


@router.post("/nominations", status_code=201)
async def ask_nominator(asked: AskedNominator, by: Writer, db: Db) -> NominationStateView:
    """Ask somebody else to stand behind an application that waits; by the applicant or the team."""
    return _state(await commands.ask_another(db, asked.application_id, asked.nominator, by))


@router.post("/applications/{application_id}/waive-endorsement")
async def waive_endorsement(application_id: UUID, waiver: Waiver, by: Writer, db: Db) -> ApplicationView:
    """Let an application go on without an endorsement; by the team, with a reason."""
    return ApplicationView.model_validate(await commands.waive_endorsement(db, application_id, waiver.reason, by))


@router.get("/public/{tenant_id}/nominations/{token}", dependencies=[ByLink])
async def read_nomination_by_link(token: Annotated[str, Path(max_length=100)], db: PublicDb) -> NominationByLink:
    """What a nominator without an account is asked, and what has become of it."""
    return await views.nomination_by_link(db, await commands.by_link(db, token))


@router.post("/public/{tenant_id}/nominations", dependencies=[ByLink])
async def answer_nomination_by_link(given: AnswerByLink, db: PublicDb) -> NominationStateView:
    """Endorse, decline or withdraw with the token of a letter."""
    nomination = await commands.by_link(db, given.token)
    if given.answer == "endorse":
        return _state(await commands.endorse(db, nomination, given.statement, commands.BY_LINK))
    if given.answer == "decline":
        return _state(await commands.decline(db, nomination, given.reason, commands.BY_LINK))
    return _state(await commands.withdraw(db, nomination, commands.BY_LINK))
