"""How nominations are shown, to each as far as they may see them."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.applications import queries as applications
from mentoring_applications.lifecycle import DECIDED, Nominated, State
from mentoring_applications.nominations import queries
from mentoring_applications.nominations.commands import is_nominator
from mentoring_applications.nominations.models import Nomination
from mentoring_applications.nominations.schemas import (
    NominationByLink,
    NominationOutcome,
    NominationStateView,
    NominationToTell,
    NominationView,
)
from mentoring_applications.programmes import blueprint
from mentoring_applications.programmes import queries as programmes
from mentoring_applications.programmes.access import is_team
from mentoring_common import vault
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_contracts.blueprint.text import plain


async def nomination(db: AsyncSession, row: Nomination, by: Principal) -> NominationView:
    """A nomination as the caller may see it; that the team read what a nominator said is on record."""
    team, own = await is_team(db, by, row.programme_id), is_nominator(row, by)
    said = await _unsealed(db, row, row.sealed_statement if team or own else None)
    reason = await _unsealed(db, row, row.sealed_reason if team or own else None)
    if team and not own and (said or reason):
        audit(db, by.subject, "read_nomination", "nomination", row.id)
    state = NominationStateView.model_validate(row).model_dump()
    return NominationView(
        **state,
        person_id=row.person_id,
        nominee=row.nominee_name,
        nominator=row.nominator_name,
        application_id=None if own and not team else row.application_id,
        statement=said,
        reason=reason,
        outcome=await _outcome(db, row) if own else None,
    )


async def _unsealed(db: AsyncSession, row: Nomination, sealed: bytes | None) -> str | None:
    return None if sealed is None else await vault.unseal(db, row.person_id, sealed)


async def _outcome(db: AsyncSession, row: Nomination) -> NominationOutcome:
    """What the programme lets a nominator learn: nothing, the application's state, or how the relationship went too."""
    learns = await _learns(db, row.programme_id)
    if learns == "nothing" or row.application_id is None or row.state != Nominated.ENDORSED:
        return NominationOutcome(state=None, completed=None)
    application = await applications.application(db, row.application_id)
    completed = None
    if learns == "completion":
        completed = await queries.ran_its_course(db, row.programme_id, row.person_id, row.role)
    # No sooner than the applicant.
    return NominationOutcome(state=application.told_state or application.state, completed=completed)


async def _learns(db: AsyncSession, programme_id: UUID) -> str:
    plan = blueprint.plan_of(await programmes.programme(db, programme_id))
    return plan.nominations.nominator_learns if plan.nominations else "nothing"


async def nomination_by_link(db: AsyncSession, row: Nomination) -> NominationByLink:
    """A nomination for the holder of its link."""
    programme = await programmes.programme(db, row.programme_id)
    plan = blueprint.plan_of(programme)
    said = plan.nominations
    return NominationByLink.model_validate(
        {
            "programme": programme.title,
            "role": row.role,
            "nominee": row.nominee_name,
            "question": plain(said.question, plan.languages) if said and said.question else None,
            "statement_required": bool(said and said.statement_required),
            "state": row.state,
            "outcome": await _outcome(db, row),
        }
    )


async def nominations_to_tell(db: AsyncSession, ids: Collection[UUID]) -> list[NominationToTell]:
    """Nominations as letters need them; the token of those that still wait for an answer, or may learn the outcome."""
    rows = await queries.nominations_to_tell(db, ids)
    tokens = await vault.unseal_all(db, [(row.person_id, row.sealed_token) for row, _ in rows])
    learns = {id_: await _learns(db, id_) for id_ in {row.programme_id for row, _ in rows}}
    return [
        NominationToTell(
            nomination_id=row.id,
            nominee=row.nominee_name,
            nominator=row.nominator_name,
            nominator_email=row.nominator_email,
            token=token if row.state == Nominated.ASKED and state == State.AWAITING_ENDORSEMENT else None,
            outcome_token=token
            if row.state == Nominated.ENDORSED and state in DECIDED and learns[row.programme_id] != "nothing"
            else None,
        )
        for (row, state), token in zip(rows, tokens, strict=True)
    ]
