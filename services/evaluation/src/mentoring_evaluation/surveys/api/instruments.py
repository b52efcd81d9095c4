"""Surveys of a programme: presets, versions, and what is frozen."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatchRequired
from mentoring_evaluation.errors import PresetUnknown
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.programmes.access import Reader, Writer, require_team
from mentoring_evaluation.surveys import queries
from mentoring_evaluation.surveys.commands import instruments
from mentoring_evaluation.surveys.instruments import Survey
from mentoring_evaluation.surveys.models import InstrumentVersion
from mentoring_evaluation.surveys.presets import presets
from mentoring_evaluation.surveys.schemas import InstrumentView, NewInstrument, PresetView

router = APIRouter(route_class=Route, tags=["surveys"])
Name = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[a-z0-9_]+$")]
Version = Annotated[int, Path(ge=1, le=100_000)]


@router.get("/instrument-presets")
async def list_instrument_presets(_: Reader) -> list[PresetView]:
    """The surveys that ship, each with its wording for mentors and for mentees."""
    return [
        PresetView.model_validate(survey.model_dump(by_alias=True) | {"id": id_}) for id_, survey in presets().items()
    ]


@router.get("/programmes/{programme_id}/instruments")
async def list_instruments(
    programme_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[InstrumentView]:
    """Every version of every survey of a programme. For the programme team."""
    await programmes.programme(db, programme_id)
    await require_team(db, by, programme_id)
    used = await queries.versions_used(db, programme_id)
    shown, following = await page(db, queries.instruments(programme_id), InstrumentVersion.id, cursor, limit)
    return page_of(shown, following, lambda row: _view(row, used))


@router.post("/programmes/{programme_id}/instruments/{name}/versions", status_code=201)
async def add_instrument_version(
    programme_id: UUID, name: Name, new: NewInstrument, by: Writer, db: Db
) -> InstrumentView:
    """Make the next version of a survey; waves that open from now on ask it. For the programme team."""
    programme = await programmes.programme(db, programme_id)
    await require_team(db, by, programme_id)
    made = await instruments.add_version(db, programme, name, _survey(new), by)
    return _view(made, set())


@router.get("/programmes/{programme_id}/instruments/{name}/versions/{version}")
async def read_instrument_version(
    programme_id: UUID, name: Name, version: Version, by: Reader, db: Db
) -> InstrumentView:
    """One version of a survey. For the programme team."""
    await programmes.programme(db, programme_id)
    await require_team(db, by, programme_id)
    row = await queries.instrument_version(db, programme_id, name, version)
    return _view(row, await queries.versions_used(db, programme_id))


@router.put("/programmes/{programme_id}/instruments/{name}/versions/{version}")
async def replace_instrument_version(
    programme_id: UUID, name: Name, version: Version, new: NewInstrument, by: Writer, db: Db, expected: IfMatchRequired
) -> InstrumentView:
    """Write the newest version of a survey anew, until a wave opens with it. For the programme team."""
    programme = await programmes.programme(db, programme_id)
    await require_team(db, by, programme_id)
    await expected.hold(db, await queries.instrument_version(db, programme_id, name, version))
    made = await instruments.replace_version(db, programme, name, version, _survey(new), by)
    return _view(made, set())


def _survey(new: NewInstrument) -> Survey:
    survey = presets().get(new.preset) if new.preset is not None else new.survey
    if survey is None:
        raise PresetUnknown()
    return survey


def _view(row: InstrumentVersion, used: set[tuple[str, int]]) -> InstrumentView:
    known = queries.instrument_of(row).model_dump(by_alias=True)
    more = {"version_id": row.id, "frozen": (row.name, row.version) in used, "revision": row.revision}
    return InstrumentView.model_validate(known | more)
