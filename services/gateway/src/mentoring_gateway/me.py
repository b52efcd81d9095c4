"""The person who calls."""

from itertools import chain
from uuid import UUID

import strawberry

from mentoring_gateway.activities.client import Activity, AttendedActivity, DueActivity
from mentoring_gateway.activities.types import Certificate
from mentoring_gateway.applications.client import AssessmentRecord
from mentoring_gateway.applications.types import Application, Draft, applications
from mentoring_gateway.appointments.client import CalendarSettings
from mentoring_gateway.context import Info
from mentoring_gateway.fields import derived, fetched
from mentoring_gateway.habits.client import Habit
from mentoring_gateway.interviews.client import CaseStudyRecord
from mentoring_gateway.interviews.types import CaseStudy, Interview, case_study_of, interview_of
from mentoring_gateway.matching.client import MatchRecord
from mentoring_gateway.matching.groups import own_groups
from mentoring_gateway.matching.types import Match, RelationshipGroup, group_of, matches
from mentoring_gateway.matching.what_ifs import Conversation, conversations
from mentoring_gateway.meetings.client import SupervisedNote
from mentoring_gateway.nominations.client import Nomination, nominations
from mentoring_gateway.notifications.client import Notification, Preferences
from mentoring_gateway.paging import After, Connection, First, connection, wanted
from mentoring_gateway.people.client import HeldRole
from mentoring_gateway.people.types import Person, person_of
from mentoring_gateway.relationships.client import Waiting
from mentoring_gateway.relationships.types import Relationship, relationships
from mentoring_gateway.settings import DEFAULT_PAGE
from mentoring_gateway.values import same


@strawberry.type(description="What a person starts from: relationships and the next activities")
class Home:
    relationships: list[Relationship]
    next_activities: list[Activity]
    due_activities: list[DueActivity]


@strawberry.type(description="Everything that concerns the person who calls")
class Me:
    id: UUID

    @derived("Who I am")
    async def person(self, info: Info) -> Person | None:
        return await person_of(info, self.id)

    @fetched("The roles that I hold in programmes")
    async def roles(self, info: Info) -> list[HeldRole] | None:
        return (await info.context.services.people.me()).roles

    @fetched("Nominations by me, of me, and of programmes whose applications I decide")
    async def nominations(
        self, info: Info, state: str | None = None, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Nomination] | None:
        api = info.context.services.applications.api
        return connection(await nominations(api, wanted(first, after), state=state), same)

    @fetched("My time zone, and the secret address of my calendar")
    async def calendar(self, info: Info) -> CalendarSettings | None:
        return await info.context.services.appointments.calendar(self.id)

    @fetched("What I applied for")
    async def applications(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Application] | None:
        return await applications(info, first, after, person_id=self.id)

    @fetched("What I was asked to assess")
    async def assessments(self, info: Info) -> list[AssessmentRecord] | None:
        return await info.context.services.applications.assessments()

    @fetched("What I am writing and have not submitted")
    async def drafts(self, info: Info) -> list[Draft] | None:
        return [Draft(**vars(draft)) for draft in await info.context.services.applications.drafts()]

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

    @fetched("My groups, buddies and circles: those I am in, and those I was offered a place in")
    async def groups(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[RelationshipGroup] | None:
        page = await own_groups(info.context.services.matching.api, wanted(first, after))
        return connection(page, group_of)

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
        page = await info.context.services.notifications.notifications(wanted(first, after))
        return connection(page, same)

    @fetched("How I am told")
    async def preferences(self, info: Info) -> Preferences | None:
        return await info.context.services.notifications.preferences()

    @fetched("What waits for me in my relationships, the oldest first; the first fifty")
    async def waits_for_me(self, info: Info) -> list[Waiting] | None:
        return await info.context.services.relationships.waiting(self.id)

    @fetched("My home")
    async def home(self, info: Info) -> Home | None:
        home = await info.context.services.relationships.home(self.id)
        pairs = [Relationship(**vars(pair)) for pair in home.relationships]
        return Home(relationships=pairs, next_activities=home.next_activities, due_activities=home.due_activities)

    @fetched("The notes that those whom I supervise wrote for me")
    async def supervised_notes(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[SupervisedNote] | None:
        return connection(await info.context.services.meetings.supervised_notes(wanted(first, after)), same)

    @fetched("My habits, and how they go")
    async def habits(self, info: Info, first: First = DEFAULT_PAGE, after: After = None) -> Connection[Habit] | None:
        return connection(await info.context.services.habits.habits(wanted(first, after)), same)

    @fetched("The activities that I attended, the last first")
    async def attended(self, info: Info) -> list[AttendedActivity] | None:
        return await info.context.services.activities.attended()

    @fetched("My certificates, the last first")
    async def certificates(self, info: Info) -> list[Certificate] | None:
        return [Certificate(**vars(one)) for one in await info.context.services.activities.certificates()]

    @fetched("My interviews; `waiting`: those that wait for my consent or approval")
    async def interviews(self, info: Info, waiting: bool = False) -> list[Interview] | None:
        programmes = {match.programme_id for match in await self._matches(info)}
        found = chain.from_iterable(await info.context.loaders.interviews.load_many(sorted(programmes)))
        mine = [interview_of(record) for record in found if record.person_id == self.id]
        return [interview for interview in mine if interview.waits_for() or not waiting]

    @fetched("The case studies that tell of me; `waiting`: those that wait for my approval")
    async def case_studies(self, info: Info, waiting: bool = False) -> list[CaseStudy] | None:
        matches = {match.id: match for match in await self._matches(info)}
        programmes = {match.programme_id for match in matches.values()}
        found = chain.from_iterable(await info.context.loaders.case_studies.load_many(sorted(programmes)))
        mine = [record for record in found if record.match_id in matches]
        return [case_study_of(r) for r in mine if not waiting or self._is_asked(r, matches[r.match_id])]

    async def _matches(self, info: Info) -> list[MatchRecord]:
        """My matches that were confirmed: those that interviews and case studies can be about."""
        return [match for match in await info.context.loaders.matches_of.load(self.id) if match.confirmed_at]

    def _is_asked(self, study: CaseStudyRecord, match: MatchRecord) -> bool:
        approved_at = study.mentor_approved_at if match.mentor_id == self.id else study.mentee_approved_at
        return study.state == "draft" and approved_at is None
