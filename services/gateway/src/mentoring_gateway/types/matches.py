"""Matches, their relationships, and the runs that propose them."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from mentoring_gateway.clients import match_reviews
from mentoring_gateway.clients.matching import MatchRecord, ProposedPairRecord, RunRecord, UnmatchedRecord
from mentoring_gateway.clients.sessions import (
    Agreement,
    CheckIn,
    ConcernRecord,
    Goal,
    MeetingCorrection,
    MentoringSessionRecord,
    RelationshipRecord,
)
from mentoring_gateway.clients.values import same
from mentoring_gateway.context import Info
from mentoring_gateway.loaders import InCohort
from mentoring_gateway.settings import DEFAULT_PAGE
from mentoring_gateway.types.evaluation import Wave
from mentoring_gateway.types.fields import derived, fetched
from mentoring_gateway.types.paging import After, Connection, First, connection, wanted
from mentoring_gateway.types.people import Person, person_of

if TYPE_CHECKING:
    from mentoring_gateway.types.programmes import Cohort

LazyCohort = Annotated["Cohort", strawberry.lazy("mentoring_gateway.types.programmes")]


@strawberry.type(description="What worries one of a pair; `text` is null where the caller may not read it")
class Concern(ConcernRecord):
    @derived("Who raised it")
    async def person(self, info: Info) -> Person | None:
        return await person_of(info, self.raised_by)


@strawberry.type(
    description="One meeting of a pair: recorded by one of the two, corrected (`correctedBy`), confirmed by the other"
)
class MentoringSession(MentoringSessionRecord):
    @fetched("Who corrected or withdrew it, when and why")
    async def corrections(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[MeetingCorrection] | None:
        page = await info.context.services.sessions.corrections(self.id, wanted(first, after))
        return connection(page, same)


@strawberry.type(description="A confirmed match at work: agreement, goals, mentoring sessions, hours")
class Relationship(RelationshipRecord):
    mentoring_sessions: strawberry.Private[int]

    @derived("How many mentoring sessions were held")
    def mentoring_session_count(self) -> int:
        return self.mentoring_sessions

    @fetched("The meetings of the pair; `withdrawn`: those that were said never to have been", name="mentoringSessions")
    async def meetings(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None, withdrawn: bool = False
    ) -> Connection[MentoringSession] | None:
        api = info.context.services.sessions
        page = await api.mentoring_sessions(self.match_id, wanted(first, after), withdrawn=withdrawn)
        return connection(page, lambda record: MentoringSession(**vars(record)))

    @fetched("The goals of the pair")
    async def goals(self, info: Info, first: First = DEFAULT_PAGE, after: After = None) -> Connection[Goal] | None:
        page = await info.context.services.sessions.goals(self.match_id, wanted(first, after))
        return connection(page, same)

    @fetched("The check-ins that the caller may see")
    async def check_ins(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[CheckIn] | None:
        page = await info.context.services.sessions.check_ins(self.match_id, wanted(first, after))
        return connection(page, same)

    @fetched("The concerns that the caller may see")
    async def concerns(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Concern] | None:
        return await concerns(info, f"/relationships/{self.match_id}", first, after)

    @fetched("The current agreement with its terms; null before one is proposed")
    async def current_agreement(self, info: Info) -> Agreement | None:
        return await info.context.services.sessions.agreement(self.match_id)

    @derived("The mentor")
    async def mentor(self, info: Info) -> Person | None:
        return await person_of(info, self.mentor_id)

    @derived("The mentee")
    async def mentee(self, info: Info) -> Person | None:
        return await person_of(info, self.mentee_id)

    @derived("The match behind it")
    async def match(self, info: Info) -> "Match | None":
        found = await info.context.loaders.match.load(InCohort(self.cohort_id, self.match_id))
        return Match(**vars(found)) if found else None


@strawberry.type(description="A pair: proposed, confirmed, declined, expired, ended (early) or closed")
class Match(MatchRecord):
    @derived("The mentor")
    async def mentor(self, info: Info) -> Person | None:
        return await person_of(info, self.mentor_id)

    @derived("The mentee")
    async def mentee(self, info: Info) -> Person | None:
        return await person_of(info, self.mentee_id)

    @derived("The cohort")
    async def cohort(self, info: Info) -> LazyCohort | None:
        from mentoring_gateway.types.programmes import cohort_of

        return await cohort_of(info, self.programme_id, self.cohort_id)

    @derived("The relationship, once the match is confirmed and sessions has heard of it")
    async def relationship(self, info: Info) -> Relationship | None:
        found = await info.context.loaders.relationship.load(InCohort(self.cohort_id, self.id))
        return Relationship(**vars(found)) if found else None

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


@strawberry.type(description="Somebody whom a run leaves without a partner, and why")
class UnmatchedPerson(UnmatchedRecord):
    @derived("Who it is")
    async def person(self, info: Info) -> Person | None:
        return await person_of(info, self.person_id)


@strawberry.type(description="A matching run: queued, running, completed, approved, cancelled or failed")
class MatchRun(RunRecord):
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
    async def why_not(self, info: Info, mentor_id: UUID, mentee_id: UUID) -> match_reviews.WhyNot | None:
        return await match_reviews.why_not(info.context.services.matching.api, self.id, mentor_id, mentee_id)

    @fetched("Least score against people matched, worked out now; for a completed run")
    async def floor_curve(self, info: Info) -> list[match_reviews.FloorPoint] | None:
        return await match_reviews.floor_curve(info.context.services.matching.api, self.id)

    @fetched("This run beside another one")
    async def compared(self, info: Info, other_id: UUID) -> match_reviews.RunComparison | None:
        return await match_reviews.compare(info.context.services.matching.api, self.id, other_id)


@strawberry.type(
    description="Somebody in the pool of a cohort; `load` counts partners over all programmes; "
    "`unread` are attributes that a rule reads as working hours and that are none, with the reason"
)
class PoolMember(match_reviews.PoolMemberRecord):
    @derived("Who it is")
    async def person(self, info: Info) -> Person | None:
        return await person_of(info, self.person_id)


async def concerns(info: Info, of: str, first: int, after: str | None, **which: str | None) -> Connection[Concern]:
    """A page of the concerns of a relationship or a programme."""
    page = await info.context.services.sessions.concerns(of, wanted(first, after), **which)
    return connection(page, lambda record: Concern(**vars(record)))


async def waves_of(info: Info, programme_id: UUID, cohort_id: UUID) -> list[Wave]:
    """The waves of one cohort."""
    waves = await info.context.loaders.waves.load(programme_id)
    return [Wave(**vars(wave)) for wave in waves if wave.cohort_id == cohort_id]
