"""Check-ins, as the schema shows them."""

import strawberry

from mentoring_gateway.check_ins.client import ComparedRelationshipRecord
from mentoring_gateway.context import Info
from mentoring_gateway.fields import derived
from mentoring_gateway.relationships.types import Relationship, known_relationship


@strawberry.type(description="A relationship in which several have said how it goes, and whether they differ")
class ComparedRelationship(ComparedRelationshipRecord):
    @derived("The relationship")
    async def relationship(self, info: Info) -> Relationship | None:
        return await known_relationship(info, self.match_id)
