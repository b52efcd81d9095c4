"""Applications, as the schema shows them."""

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry

from mentoring_common.pagination import Page
from mentoring_gateway.applications.client import (
    ApplicationForm,
    ApplicationRecord,
    AssessmentSummary,
    DecidedRecord,
    DraftContent,
    DraftRecord,
)
from mentoring_gateway.applications.inputs import ApplicationFilter, ApplicationOrder
from mentoring_gateway.context import Info
from mentoring_gateway.fields import derived, fetched
from mentoring_gateway.identity import Node, OwnId
from mentoring_gateway.paging import Connection, connection, wanted
from mentoring_gateway.people.types import Person, person_of
from mentoring_gateway.settings import MAX_PAGE
from mentoring_gateway.values import same

if TYPE_CHECKING:
    from mentoring_gateway.programmes.types import Cohort

LazyCohort = Annotated["Cohort", strawberry.lazy("mentoring_gateway.programmes.types")]


@strawberry.type(description="An expression of interest of a person in a programme")
class Application(ApplicationRecord, Node):
    id: OwnId

    @derived("Who applied")
    async def person(self, info: Info) -> Person | None:
        return await person_of(info, self.person_id) if self.person_id else None

    @derived("The cohort; null for any later one")
    async def cohort(self, info: Info) -> LazyCohort | None:
        from mentoring_gateway.programmes.types import cohort_of

        return await cohort_of(info, self.programme_id, self.cohort_id)

    @derived("What was written on the form, as far as the caller may read it")
    async def form(self, info: Info) -> ApplicationForm | None:
        return await info.context.loaders.form.load(self.id)

    @fetched("The scores of its assessors together; for the programme team")
    async def assessment(self, info: Info) -> AssessmentSummary | None:
        return await info.context.services.applications.assessment_summary(self.id)


@strawberry.type(description="An application that one is writing; nobody else sees it")
class Draft(DraftRecord, Node):
    id: OwnId

    @fetched("What is written so far, and what is still wrong or missing")
    async def content(self, info: Info) -> DraftContent | None:
        return await info.context.services.applications.draft_content(self.id)


@strawberry.type(description="What became of a decision: the application's state and version, or the problem")
class DecidedApplication(DecidedRecord):
    pass


async def filtered(
    info: Info, wanted_: ApplicationFilter | None, order_by: ApplicationOrder | None, first: int, after: str | None,
    **which: object,
) -> Connection[Application]:  # fmt: skip
    """A page of the applications that are wanted, in an order."""
    asked = {name: value for name, value in vars(wanted_ or ApplicationFilter()).items() if value is not None}
    if (called := asked.pop("called", None)) is not None:
        asked["people"] = await info.context.services.people.called(called, MAX_PAGE)
        if not asked["people"]:
            return connection(Page(items=[]), same)
    asked |= {name: value for name, value in which.items() if value is not None}
    plain = {name: value.value if isinstance(value, Enum) else value for name, value in asked.items()}
    return await applications(info, first, after, **plain, order_by=order_by and order_by.value)


async def applications(info: Info, first: int, after: str | None, **which: object) -> Connection[Application]:
    """A page of applications."""
    page = await info.context.services.applications.applications(wanted(first, after), **which)
    return connection(page, lambda record: Application(**vars(record)))
