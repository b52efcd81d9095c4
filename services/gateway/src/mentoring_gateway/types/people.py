"""People."""

from uuid import UUID

import strawberry

from mentoring_gateway.clients.applications import PersonRecord
from mentoring_gateway.context import Info


@strawberry.type(description="A person; all but the id is null where the caller may not see it")
class Person(PersonRecord):
    pass


async def person_of(info: Info, person_id: UUID) -> Person:
    """A person whom another object names, as far as the caller may see them."""
    found = await info.context.loaders.person.load(person_id)
    return Person(**vars(found)) if found else Person(id=person_id)
