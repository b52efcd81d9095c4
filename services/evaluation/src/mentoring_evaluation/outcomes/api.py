"""Evaluation models, measured indicators, outcomes from HR data, intentions followed up."""

from uuid import UUID

from fastapi import APIRouter

from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.roles import require_right
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatchRequired
from mentoring_evaluation.outcomes import queries
from mentoring_evaluation.outcomes.commands import design, outcomes, withdrawals
from mentoring_evaluation.outcomes.evaluation_models import EvaluationModel, known_models
from mentoring_evaluation.outcomes.models import HrOutcome, IndicatorValue
from mentoring_evaluation.outcomes.schemas import (
    HrOutcomeView,
    IndicatorValueView,
    IntentionsView,
    ModelView,
    NewHrOutcome,
    NewIndicatorValue,
    NewModel,
    ReplacedModel,
    Withdrawal,
)
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.programmes.access import (
    READERS,
    Reader,
    Writer,
    is_team,
    require_team,
    require_team_or_hr,
    team_role,
)

router = APIRouter(route_class=Route, tags=["outcomes"])
FOLLOWED_UP = (
    "Intentions are from anonymous surveys and applications from records, so the two meet as totals only. An "
    "application counts in any programme of the organisation, after the person's pair was confirmed."
)


@router.get("/evaluation-models")
async def list_evaluation_models(_: Reader) -> list[EvaluationModel]:
    """The shipped evaluation models, each with its stages."""
    return list(known_models().values())


@router.get("/programmes/{programme_id}/evaluation-model")
async def read_evaluation_model(programme_id: UUID, by: Reader, db: Db) -> ModelView:
    """The programme's model and what its indicators are at. For the team and the steering group, which sees figures as
    the public view has them."""
    kept = await programmes.design(db, programme_id)
    await require_right(db, by, programme_id, *READERS)
    model = EvaluationModel.model_validate(kept.model) if kept.model else None
    exact = await is_team(db, by, programme_id)
    latest = await outcomes.latest_of_all(db, programme_id, model, exact=exact) if model else {}
    return ModelView(
        programme_id=programme_id,
        model=model,
        faults=[design.shown(one) for one in kept.model_faults],
        latest=latest,
        version=kept.version,
    )


@router.put("/programmes/{programme_id}/evaluation-model")
async def replace_evaluation_model(
    programme_id: UUID, new: NewModel, by: Writer, db: Db, expected: IfMatchRequired
) -> ReplacedModel:
    """Give the programme another model, or its model other indicators. For the programme team."""
    kept = await programmes.design(db, programme_id)
    await require_team(db, by, programme_id)
    await expected.hold(db, kept)
    model = await design.replace_model(db, kept, new.model_dump(exclude_none=True), by)
    await db.flush()
    return ReplacedModel(**model.model_dump(), version=kept.version)


@router.post("/programmes/{programme_id}/indicators/{indicator_id}/values", status_code=201)
async def record_indicator_value(
    programme_id: UUID, indicator_id: str, new: NewIndicatorValue, by: Writer, db: Db
) -> IndicatorValueView:
    """Record a measured value with its base, source and date; a correction is a later value. For the programme team."""
    kept = await programmes.design(db, programme_id)
    await require_team(db, by, programme_id)
    indicator = outcomes.indicator_of(kept, indicator_id)
    return outcomes.value_view(indicator, await outcomes.record_value(db, programme_id, indicator, new, by))


@router.post("/programmes/{programme_id}/indicators/{indicator_id}/values/{value_id}/withdraw")
async def withdraw_value(
    programme_id: UUID, indicator_id: str, value_id: UUID, said: Withdrawal, by: Writer, db: Db
) -> IndicatorValueView:
    """Take a wrong value back, with a reason: it stays in the list and counts in nothing. For the programme team."""
    kept = await programmes.design(db, programme_id)
    await require_team(db, by, programme_id)
    indicator, role = outcomes.indicator_of(kept, indicator_id), await team_role(db, by, programme_id)
    value = await queries.indicator_value(db, programme_id, indicator_id, value_id)
    return outcomes.value_view(indicator, await withdrawals.withdraw_value(db, value, said.reason, by, role))


@router.get("/programmes/{programme_id}/indicators/{indicator_id}/values")
async def list_indicator_values(
    programme_id: UUID, indicator_id: str, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[IndicatorValueView]:
    """Every value of an indicator, withdrawn ones too. For the programme team and the steering group."""
    kept = await programmes.design(db, programme_id)
    await require_right(db, by, programme_id, *READERS)
    indicator = outcomes.indicator_of(kept, indicator_id)
    rows = queries.indicator_values(programme_id, indicator_id)
    shown, following = await page(db, rows, IndicatorValue.id, cursor, limit)
    return page_of(shown, following, lambda row: outcomes.value_view(indicator, row))


@router.post("/programmes/{programme_id}/hr-outcomes", status_code=201)
async def record_hr_outcome(programme_id: UUID, new: NewHrOutcome, by: Writer, db: Db) -> HrOutcomeView:
    """Record promotions, retention and the like as totals, with a comparison group if there is one.

    For the team, and HR clients of their own people.
    """
    await programmes.programme(db, programme_id)
    await require_team_or_hr(db, by, programme_id)
    return outcomes.hr_view(await outcomes.record_hr_outcome(db, programme_id, new, by))


@router.post("/programmes/{programme_id}/hr-outcomes/{outcome_id}/withdraw")
async def withdraw_hr_outcome(
    programme_id: UUID, outcome_id: UUID, said: Withdrawal, by: Writer, db: Db
) -> HrOutcomeView:
    """Take a wrong outcome back, with a reason: it stays in the list and counts in nothing.

    For the programme team, and for the HR client of the employer that recorded it.
    """
    await programmes.programme(db, programme_id)
    employer_id = await require_team_or_hr(db, by, programme_id)
    kept = await queries.hr_outcome(db, programme_id, outcome_id, employer_id)
    role = await team_role(db, by, programme_id)
    return outcomes.hr_view(await withdrawals.withdraw_hr_outcome(db, kept, said.reason, by, role))


@router.get("/programmes/{programme_id}/hr-outcomes")
async def list_hr_outcomes(
    programme_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[HrOutcomeView]:
    """Outcomes from HR data and what can be said of them, withdrawn ones too.

    For the programme team, and HR clients, who see what their employer recorded.
    """
    await programmes.programme(db, programme_id)
    employer_id = await require_team_or_hr(db, by, programme_id)
    shown, following = await page(db, queries.hr_outcomes(programme_id, employer_id), HrOutcome.id, cursor, limit)
    return page_of(shown, following, outcomes.hr_view)


@router.get("/programmes/{programme_id}/intentions")
async def read_intentions(programme_id: UUID, by: Reader, db: Db) -> IntentionsView:
    """Meant to become or stay a mentor, and applied as one later; exact totals. For the programme team."""
    await programmes.programme(db, programme_id)
    await require_team(db, by, programme_id)
    items = [intention.shown() for intention in await outcomes.intentions(db, programme_id)]
    return IntentionsView(programme_id=programme_id, statement=FOLLOWED_UP, items=items)
