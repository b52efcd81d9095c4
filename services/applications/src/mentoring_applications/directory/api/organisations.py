"""Organisations and employers."""

from fastapi import APIRouter

from mentoring_applications.directory import commands, queries
from mentoring_applications.directory.access import one_employer
from mentoring_applications.directory.models import Employer
from mentoring_applications.directory.schemas import EmployerView, NewEmployer, NewOrganisation, OrganisationView
from mentoring_applications.programmes.access import Operator, Reader, Writer
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
async def list_employers(by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50) -> Page[EmployerView]:
    """The employers of the organisation's people; to an employer's HR client its own."""
    shown, following = await page(db, queries.employers(one_employer(by)), Employer.id, cursor, limit)
    return page_of(shown, following, EmployerView.model_validate)
