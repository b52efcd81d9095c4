"""Mentoring sessions, as the schema shows them."""

import strawberry

from mentoring_gateway.context import Info
from mentoring_gateway.fields import fetched
from mentoring_gateway.meetings.client import MeetingCorrection, MentoringSessionRecord
from mentoring_gateway.paging import After, Connection, First, connection, wanted
from mentoring_gateway.settings import DEFAULT_PAGE
from mentoring_gateway.values import same


@strawberry.type(
    description="One meeting of a pair: recorded by one of the two, corrected (`correctedBy`), confirmed by the other"
)
class MentoringSession(MentoringSessionRecord):
    @fetched("Who corrected or withdrew it, when and why")
    async def corrections(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[MeetingCorrection] | None:
        page = await info.context.services.meetings.corrections(self.id, wanted(first, after))
        return connection(page, same)
