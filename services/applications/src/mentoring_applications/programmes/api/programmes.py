"""Programmes and their forms, read."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from mentoring_applications.programmes import blueprint, queries, wording
from mentoring_applications.programmes.access import Reader
from mentoring_applications.programmes.api import views
from mentoring_applications.programmes.models import Programme
from mentoring_applications.programmes.schemas import FormView, ProgrammeView
from mentoring_common.languages import InLanguage, languages_of
from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.unit_of_work import Db, Route

router = APIRouter(route_class=Route, tags=["programmes"])
Tag = Annotated[
    str | None,
    Query(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35, description="a language, such as cy or pt-BR"),
]


@router.get("/programmes")
async def list_programmes(
    _: Reader, db: Db, read: InLanguage = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[ProgrammeView]:
    """The organisation's programmes; what their topics and roles are called, in the languages of Accept-Language."""
    shown, following = await page(db, queries.EVERY_PROGRAMME, Programme.id, cursor, limit)
    wanted = languages_of(read)
    return page_of(shown, following, lambda row: views.programme(row, wanted))


@router.get("/programmes/{programme_id}")
async def read_programme(programme_id: UUID, _: Reader, db: Db, read: InLanguage = None) -> ProgrammeView:
    """One programme; what its topics and roles are called, in the languages of Accept-Language."""
    return views.programme(await queries.programme_row(db, programme_id), languages_of(read))


@router.get("/programmes/{programme_id}/form")
async def read_form(
    programme_id: UUID, _: Reader, db: Db, read: InLanguage = None, language: Tag = None, easy_read: bool = False
) -> FormView:
    """The application form, in the language asked for and in easy words where there are some.

    Without `language` those of Accept-Language are taken. Answers are given as `options` has them.
    """
    programme = await queries.programme_row(db, programme_id)
    plan = blueprint.plan_of(programme)
    wanted = [language] if language else languages_of(read)
    return views.form(programme.id, plan, wording.Reader(plan.languages, wanted, easy_read))
