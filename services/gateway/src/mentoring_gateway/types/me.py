"""The person who calls."""

from uuid import UUID

import strawberry

from mentoring_gateway.clients.applications import HeldRole
from mentoring_gateway.clients.integrations import Notification
from mentoring_gateway.clients.sessions import Activity
from mentoring_gateway.clients.values import same
from mentoring_gateway.clients.what_ifs import Conversation, conversations
from mentoring_gateway.context import Info
from mentoring_gateway.settings import DEFAULT_PAGE
from mentoring_gateway.types.fields import derived, fetched
from mentoring_gateway.types.matches import Match, Relationship
from mentoring_gateway.types.paging import After, Connection, First, connection, wanted
from mentoring_gateway.types.people import Person, person_of
from mentoring_gateway.types.programmes import Application, applications, matches, relationships


@strawberry.type(description="What a person starts from: relationships and the next activities")
class Home:
    relationships: list[Relationship]
    next_activities: list[Activity]


@strawberry.type(description="Everything that concerns the person who calls")
class Me:
    id: UUID

    @derived("Who I am")
    async def person(self, info: Info) -> Person | None:
        return await person_of(info, self.id)

    @fetched("The roles that I hold in programmes")
    async def roles(self, info: Info) -> list[HeldRole] | None:
        return (await info.context.services.applications.me()).roles

    @fetched("What I applied for")
    async def applications(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Application] | None:
        return await applications(info, first, after, person_id=self.id)

    @fetched("My matches, offers among them")
    async def matches(
        self, info: Info, state: str | None = None, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Match] | None:
        return await matches(info, first, after, person_id=self.id, state=state)

    @fetched("My relationships")
    async def relationships(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Relationship] | None:
        return await relationships(info, first, after, person_id=self.id)

    @fetched("My first conversations, to be rated")
    async def conversations(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Conversation] | None:
        page = await conversations(info.context.services.matching.api, None, wanted(first, after))
        return connection(page, same)

    @fetched("My inbox")
    async def notifications(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Notification] | None:
        page = await info.context.services.integrations.notifications(wanted(first, after))
        return connection(page, same)

    @fetched("My home")
    async def home(self, info: Info) -> Home | None:
        home = await info.context.services.sessions.home(self.id)
        pairs = [Relationship(**vars(pair)) for pair in home.relationships]
        return Home(relationships=pairs, next_activities=home.next_activities)
