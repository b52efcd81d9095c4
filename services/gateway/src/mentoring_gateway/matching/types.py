"""Runs, matches, buddies and groups, as the schema shows them."""

import asyncio
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from mentoring_gateway.context import Info
from mentoring_gateway.fields import derived, fetched
from mentoring_gateway.identity import Node, OwnId
from mentoring_gateway.matching import reviews
from mentoring_gateway.matching.arrangements import (
    BuddiesRecord,
    BuddiesWithoutPairs,
    BuddyPairRecord,
    GroupsRecord,
    GroupsWithoutPeople,
)
from mentoring_gateway.matching.client import MatchRecord, ProposedPairRecord, RunRecord, UnmatchedRecord
from mentoring_gateway.matching.groups import GroupMemberRecord, GroupRecord, GroupWithoutPeople
from mentoring_gateway.matching.what_ifs import ChangeRecord, WhatIfRecord, WhatIfWithoutChanges
from mentoring_gateway.paging import After, Connection, First, connection, wanted
from mentoring_gateway.people.types import Person, person_of
from mentoring_gateway.relationships.types import Relationship, known_relationship
from mentoring_gateway.settings import DEFAULT_PAGE
from mentoring_gateway.surveys.types import Wave, waves_of

if TYPE_CHECKING:
    from mentoring_gateway.programmes.types import Cohort

LazyCohort = Annotated["Cohort", strawberry.lazy("mentoring_gateway.programmes.types")]


@strawberry.type(description="A pair: proposed, confirmed, declined, expired, ended (early) or closed")
class Match(MatchRecord, Node):
    id: OwnId

    @derived("The mentor")
    async def mentor(self, info: Info) -> Person | None:
        return await person_of(info, self.mentor_id)

    @derived("The mentee")
    async def mentee(self, info: Info) -> Person | None:
        return await person_of(info, self.mentee_id)

    @derived("The cohort")
    async def cohort(self, info: Info) -> LazyCohort | None:
        from mentoring_gateway.programmes.types import cohort_of

        return await cohort_of(info, self.programme_id, self.cohort_id)

    @derived("The relationship, once the match is confirmed and sessions has heard of it")
    async def relationship(self, info: Info) -> Relationship | None:
        return await known_relationship(info, self.group_id or self.id)

    @derived("The survey waves of its cohort")
    async def waves(self, info: Info) -> list[Wave] | None:
        return await waves_of(info, self.programme_id, self.cohort_id)


@strawberry.type(description="A pair that a run proposes, with the reasons")
class ProposedPair(ProposedPairRecord):
    @derived("The mentor")
    async def mentor(self, info: Info) -> Person | None:
        return await person_of(info, self.mentor_id)

    @derived("The mentee")
    async def mentee(self, info: Info) -> Person | None:
        return await person_of(info, self.mentee_id)


@strawberry.type(
    description="A mentee whose mentor differs between the sides; null is nobody. A score is of its side's pair, 0..1"
)
class ChangedMentor(ChangeRecord):
    @derived("The mentee")
    async def mentee(self, info: Info) -> Person | None:
        return await person_of(info, self.mentee_id)

    @derived("The mentor on the first side")
    async def mentor(self, info: Info) -> Person | None:
        return await person_of(info, self.mentor_id) if self.mentor_id else None

    @derived("The mentor on the second side")
    async def other_mentor(self, info: Info) -> Person | None:
        return await person_of(info, self.other_mentor_id) if self.other_mentor_id else None


@strawberry.type(description="A cohort as it would be matched now, and with changes; nothing is stored")
class WhatIf(WhatIfWithoutChanges):
    changes: list[ChangedMentor]


@strawberry.type(description="Two runs side by side: pairs they share, and mentees whose mentor differs")
class RunComparison:
    same_pairs: int
    changes: list[ChangedMentor]


def what_if_of(record: WhatIfRecord) -> WhatIf:
    """The record with its people to be asked for."""
    return WhatIf(**(vars(record) | {"changes": _changed(record.changes)}))


def _changed(changes: list[ChangeRecord]) -> list[ChangedMentor]:
    return [ChangedMentor(**vars(change)) for change in changes]


@strawberry.type(description="Somebody whom a run leaves without a partner, and why")
class UnmatchedPerson(UnmatchedRecord):
    @derived("Who it is")
    async def person(self, info: Info) -> Person | None:
        return await person_of(info, self.person_id)


@strawberry.type(description="A matching run: queued, running, completed, approved, cancelled or failed")
class MatchRun(RunRecord, Node):
    id: OwnId

    @fetched("The pairs that it proposes")
    async def proposed_pairs(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[ProposedPair] | None:
        page = await info.context.services.matching.pairs(self.id, wanted(first, after))
        return connection(page, lambda record: ProposedPair(**vars(record)))

    @fetched("The people whom it leaves over")
    async def unmatched(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[UnmatchedPerson] | None:
        page = await info.context.services.matching.unmatched(self.id, wanted(first, after))
        return connection(page, lambda record: UnmatchedPerson(**vars(record)))

    @fetched("Why it does not propose a pair, or what forcing it would cost; for a completed run")
    async def why_not(self, info: Info, mentor_id: UUID, mentee_id: UUID) -> reviews.WhyNot | None:
        return await reviews.why_not(info.context.services.matching.api, self.id, mentor_id, mentee_id)

    @fetched("Whom else people could have, cheapest first, with the exact price for everybody; for a completed run")
    async def alternatives(
        self, info: Info, mentee_ids: list[UUID] | None = None, mentor_ids: list[UUID] | None = None, number: int = 3
    ) -> list[reviews.Alternatives] | None:
        api = info.context.services.matching.api
        return await reviews.alternatives(api, self.id, mentee_ids or [], mentor_ids or [], number)

    @fetched("Least score against people matched, worked out now; for a completed run")
    async def floor_curve(self, info: Info) -> list[reviews.FloorPoint] | None:
        return await reviews.floor_curve(info.context.services.matching.api, self.id)

    @fetched("This run beside another one")
    async def compared(self, info: Info, other_id: UUID) -> RunComparison | None:
        found = await reviews.compare(info.context.services.matching.api, self.id, other_id)
        return RunComparison(same_pairs=found.same_pairs, changes=_changed(found.changes))


@strawberry.type(
    description="Somebody in the pool of a cohort; `load` counts partners over all programmes; "
    "`unread` are attributes that the policy cannot read, with the reason"
)
class PoolMember(reviews.PoolMemberRecord):
    @derived("Who it is")
    async def person(self, info: Info) -> Person | None:
        return await person_of(info, self.person_id)


@strawberry.type(description="Two people of one side; `score` is 0..1")
class BuddyPair(BuddyPairRecord):
    @derived("The one")
    async def one(self, info: Info) -> Person | None:
        return await person_of(info, self.one_id)

    @derived("The other")
    async def other(self, info: Info) -> Person | None:
        return await person_of(info, self.other_id)


@strawberry.type(description="Buddy pairs, and ids of people left alone; `optimal` if proved most and best")
class Buddies(BuddiesWithoutPairs):
    pairs: list[BuddyPair]


@strawberry.type(description="A group of people of one side")
class Group:
    person_ids: list[UUID]

    @derived("Who is in it")
    async def people(self, info: Info) -> list[Person] | None:
        return list(await asyncio.gather(*(person_of(info, person_id) for person_id in self.person_ids)))


@strawberry.type(description="Groups of at most `size`; `imbalance` counts people beyond an even share, 0 is perfect")
class Groups(GroupsWithoutPeople):
    groups: list[Group]


def buddies_of(record: BuddiesRecord) -> Buddies:
    """The record with its people to be asked for."""
    return Buddies(**(vars(record) | {"pairs": [BuddyPair(**vars(pair)) for pair in record.pairs]}))


def groups_of(record: GroupsRecord) -> Groups:
    """The record with its people to be asked for."""
    return Groups(**(vars(record) | {"groups": [Group(person_ids=ids) for ids in record.groups]}))


@strawberry.type(description="Somebody in a group, or who was offered a place in it")
class RelationshipGroupMember(GroupMemberRecord):
    @derived("Who it is")
    async def person(self, info: Info) -> Person | None:
        return await person_of(info, self.person_id)


@strawberry.type(
    description="People who were offered one relationship: a mentor and mentees, a coach and coachee, buddies, a "
    "circle; `shortOf` is how many more have to accept"
)
class RelationshipGroup(GroupWithoutPeople, Node):
    id: OwnId
    members: list[RelationshipGroupMember]

    @derived("The relationship, once the group stands and sessions has heard of it")
    async def relationship(self, info: Info) -> Relationship | None:
        return await known_relationship(info, self.id)


def group_of(record: GroupRecord) -> RelationshipGroup:
    """The record with its people to be asked for."""
    members = [RelationshipGroupMember(**vars(member)) for member in record.members or []]
    return RelationshipGroup(**(vars(record) | {"members": members}))


async def matches(info: Info, first: int, after: str | None, **which: UUID | str | None) -> Connection[Match]:
    """A page of matches."""
    page = await info.context.services.matching.matches(wanted(first, after), **which)
    return connection(page, lambda record: Match(**vars(record)))
