"""People, as the schema shows them."""

from uuid import UUID

import strawberry

from mentoring_gateway.context import Info
from mentoring_gateway.identity import Node, OwnId
from mentoring_gateway.people.client import PersonRecord


@strawberry.type(description="A person; all but the id is null where the caller may not see it")
class Person(PersonRecord, Node):
    id: OwnId


async def person_of(info: Info, person_id: UUID) -> Person:
    """A person whom another object names, as far as the caller may see them."""
    found = await info.context.loaders.person.load(person_id)
    return Person(**vars(found)) if found else Person(id=person_id)
