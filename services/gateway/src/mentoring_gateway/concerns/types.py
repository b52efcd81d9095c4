"""Concerns, as the schema shows them."""

import asyncio

import strawberry

from mentoring_gateway.concerns.client import CaseNote, ConcernRecord
from mentoring_gateway.context import Info
from mentoring_gateway.fields import derived, fetched
from mentoring_gateway.paging import After, Connection, First, connection, wanted
from mentoring_gateway.people.types import Person, person_of
from mentoring_gateway.settings import DEFAULT_PAGE
from mentoring_gateway.values import same


@strawberry.type(description="What worries one of a pair; `text` is null where the caller may not read it")
class Concern(ConcernRecord):
    @derived("Who raised it")
    async def person(self, info: Info) -> Person | None:
        return await person_of(info, self.raised_by)

    @derived("Who sees to it; null: nobody yet")
    async def owner(self, info: Info) -> Person | None:
        return await person_of(info, self.owner_id) if self.owner_id else None

    @derived("Who is or was in the relationship, as `members` and in their order; for who reads it for the team")
    async def people(self, info: Info) -> list[Person] | None:
        if self.members is None:
            return None
        return list(await asyncio.gather(*(person_of(info, one.person_id) for one in self.members)))

    @fetched("What was done about it; for those who read it for the programme team")
    async def notes(self, info: Info, first: First = DEFAULT_PAGE, after: After = None) -> Connection[CaseNote] | None:
        return connection(await info.context.services.concerns.case_notes(self.id, wanted(first, after)), same)


async def concerns(info: Info, of: str, first: int, after: str | None, **which: object) -> Connection[Concern]:
    """A page of the concerns of a relationship or a programme."""
    page = await info.context.services.concerns.concerns(of, wanted(first, after), **which)
    return connection(page, lambda record: Concern(**vars(record)))
