"""Organisations, employers, blueprints."""

from typing import Annotated, Any

from fastapi import APIRouter, Path

from mentoring_applications import blueprint, queries
from mentoring_applications.api.callers import Operator, Reader, Writer
from mentoring_applications.commands import organisations as commands
from mentoring_applications.models import Employer
from mentoring_applications.schemas import (
    BlueprintList,
    BlueprintSummary,
    EmployerView,
    NewEmployer,
    NewOrganisation,
    OrganisationView,
)
from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.unit_of_work import Db, Route

router = APIRouter(route_class=Route, tags=["organisations"])


@router.post("/organisations", status_code=201)
async def create_organisation(new: NewOrganisation, by: Operator, db: Db) -> OrganisationView:
    """Make a tenant; its id is the tenant id of tokens."""
    return OrganisationView.model_validate(await commands.create_organisation(db, new, by))


@router.post("/employers", status_code=201)
async def register_employer(new: NewEmployer, by: Writer, db: Db) -> EmployerView:
    """Make an employer known; the same name gives the same employer."""
    return EmployerView.model_validate(await commands.register_employer(db, new.name, by))


@router.get("/employers")
async def list_employers(_: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50) -> Page[EmployerView]:
    """The employers of the organisation's people."""
    shown, following = await page(db, queries.employers(), Employer.id, cursor, limit)
    return page_of(shown, following, EmployerView.model_validate)


@router.get("/blueprints")
async def list_blueprints(_: Reader) -> BlueprintList:
    """The blueprints that come with the system."""
    checked = ((name, blueprint.check(blueprint.load(name))) for name in blueprint.names())
    items = [BlueprintSummary(name=name, id=b.id, title=b.title, direction=b.direction) for name, b in checked]
    return BlueprintList(items=items)


@router.get("/blueprints/{name}")
async def read_blueprint(name: Annotated[str, Path(max_length=100)], _: Reader) -> dict[str, Any]:
    """One blueprint, whole."""
    return blueprint.load(name)
