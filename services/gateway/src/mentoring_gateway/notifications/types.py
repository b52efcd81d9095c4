"""What people are told, as the schema shows it."""

import strawberry

from mentoring_gateway.context import Info
from mentoring_gateway.fields import derived
from mentoring_gateway.notifications.client import LetterRecord
from mentoring_gateway.people.types import Person, person_of


@strawberry.type(description="That somebody was written to, and what became of it: never a word of the letter")
class Letter(LetterRecord):
    @derived("Who was written to")
    async def person(self, info: Info) -> Person | None:
        return await person_of(info, self.person_id)
