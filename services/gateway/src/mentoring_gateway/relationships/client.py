"""Relationships, as the sessions service answers."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter

from mentoring_common.pagination import Page
from mentoring_gateway.activities.client import Activity, DueActivity
from mentoring_gateway.upstream import PageRequest, Upstream
from mentoring_gateway.values import NOTHING, body


@strawberry.type(description="Somebody signed the agreement as it stands")
class MemberSignature:
    person_id: UUID
    signed_at: datetime


@strawberry.type(description="Who has signed the current version of the agreement")
class Signatures:
    mentor_signed_at: datetime | None = None
    mentee_signed_at: datetime | None = None
    signatures: list[MemberSignature] = field(default_factory=list)
    signed_by_all: bool = False


@strawberry.type(description="Somebody in a relationship, with their role in it")
class RelationshipMember:
    person_id: UUID
    role: str
    leads: bool
    joined_at: datetime
    left_at: datetime | None = None
    signed_at: datetime | None = None


@strawberry.type(description="What an agreement says to a question of the programme")
class AgreementAnswer:
    question: str
    text: str
    answer: str


@strawberry.type(description="Something that an agreement of the programme answers")
class AgreementQuestion:
    id: str
    text: str


@strawberry.type(description="A version of the agreement that everybody signed")
class AgreedVersion:
    version: int
    proposed_by: UUID
    agreed_at: datetime
    ended_at: datetime | None = None
    terms: str | None = None
    answers: list[AgreementAnswer] = field(default_factory=list)


@strawberry.type(description="What the two agreed on; `terms` is null where the caller may not read them")
class Agreement(Signatures):
    version: int
    revision: int
    proposed_by: UUID
    proposed_at: datetime
    standing_version: int | None = None
    runs_out_at: datetime | None = None
    terms: str | None = None
    answers: list[AgreementAnswer] = field(default_factory=list)


@dataclass
class RelationshipRecord:
    match_id: UUID
    programme_id: UUID
    state: str
    total_minutes: int
    mentoring_sessions: int
    agreement: Signatures
    cohort_id: UUID
    confirmed_at: datetime
    updated_at: datetime
    version: int
    continues: UUID | None = None
    continued_by: UUID | None = None
    started_at: datetime | None = None
    over_at: datetime | None = None
    ends_at: datetime | None = None
    paused_at: datetime | None = None
    paused_until: date | None = None
    paused_days: int = 0
    phase: str | None = None
    mentor_id: UUID | None = None
    mentee_id: UUID | None = None
    kind: str = "mentoring"
    members: list[RelationshipMember] = field(default_factory=list)
    agreement_needed: bool = True
    private: bool = False
    budget_minutes: int | None = None
    over_budget: bool = False
    expected_minutes: int | None = None
    behind: bool = False
    last_held_at: datetime | None = None
    quiet_since: datetime | None = None

    @property
    def id(self) -> UUID:
        """That of its match or group."""
        return self.match_id


@strawberry.type(description="How often and how long people met before another mentor carried on")
class MeetingsBefore:
    mentoring_sessions: int
    total_minutes: int
    started_at: datetime | None = None
    over_at: datetime | None = None
    last_held_at: datetime | None = None


@strawberry.type(
    description="What came along from the relationship that this one continues; `decidedAt` is null until the mentee "
    "said, `before` where the caller may not see it"
)
class RelationshipHandover:
    match_id: UUID
    version: int
    continues: UUID
    goals: bool
    agreement: bool
    history: bool
    decided_at: datetime | None = None
    before: MeetingsBefore | None = None


@strawberry.type(
    description="How many relationships want something of the programme team; `openConcern` is null for who takes none"
)
class RelationshipCounts:
    relationships: int
    waiting: int
    active: int
    paused: int
    behind: int
    quiet: int
    ending: int
    review_due: int
    over: int
    mentoring_sessions: int
    total_minutes: int
    counted_at: datetime
    open_concern: int | None = None


@dataclass
class QuietPairRecord:
    id: UUID
    match_id: UUID
    quiet_since: datetime
    nudged_at: datetime
    weeks: int


@strawberry.type(
    description="Something that waits for me: a `meeting` to confirm, times of an `appointment` to accept, an "
    "`agreement` to sign, a `review` to answer, or what a new mentor takes over (`handover`)"
)
class Waiting:
    what: str
    id: UUID
    match_id: UUID
    since: datetime


@dataclass
class HomeRecord:
    relationships: list[RelationshipRecord] = field(default_factory=list)
    next_activities: list[Activity] = field(default_factory=list)
    due_activities: list[DueActivity] = field(default_factory=list)


_relationship = TypeAdapter(RelationshipRecord)
_relationships = TypeAdapter(Page[RelationshipRecord])
_handover = TypeAdapter(RelationshipHandover)
_counts = TypeAdapter(RelationshipCounts)
_agreement = TypeAdapter(Agreement)
_questions = TypeAdapter(list[AgreementQuestion])
_agreed = TypeAdapter(list[AgreedVersion])
_quiet_pairs = TypeAdapter(Page[QuietPairRecord])
_home = TypeAdapter(HomeRecord)
_waiting = TypeAdapter(list[Waiting])


@dataclass(frozen=True)
class RelationshipsApi:
    """Relationships, for one caller."""

    api: Upstream

    async def relationship(self, match_id: UUID) -> RelationshipRecord:
        """The relationship of a match."""
        return await self.api.get(f"/relationships/{match_id}", _relationship)

    async def relationships(self, wanted: PageRequest, **which: object) -> Page[RelationshipRecord]:
        """Relationships by person_id, programme_id, cohort_id, state and what they want, in an order."""
        return await self.api.page("/relationships", _relationships, which, wanted)

    async def every_relationship(self, **which: object) -> list[RelationshipRecord]:
        """All relationships of a selection."""
        return await self.api.every("/relationships", _relationships, which)

    async def handover(self, match_id: UUID) -> RelationshipHandover:
        """What came along from the relationship that this one continues."""
        return await self.api.get(f"/relationships/{match_id}/handover", _handover)

    async def consent_to_handover(self, match_id: UUID, **given: bool | None) -> RelationshipHandover:
        """Say what comes along."""
        return await self.api.send("POST", f"/relationships/{match_id}/handover/consent", _handover, body(**given))

    async def relationship_counts(self, programme_id: UUID, **asked: object) -> RelationshipCounts:
        """How many relationships of a programme want something of its team."""
        return await self.api.get(f"/programmes/{programme_id}/relationships/counts", _counts, asked)

    async def waiting(self, person_id: UUID) -> list[Waiting]:
        """What waits for the caller."""
        return await self.api.get(f"/people/{person_id}/waiting", _waiting)

    async def home(self, person_id: UUID) -> HomeRecord:
        """A person's relationships and next activities."""
        return await self.api.get(f"/people/{person_id}/home", _home)

    async def quiet_pairs(self, programme_id: UUID, wanted: PageRequest) -> Page[QuietPairRecord]:
        """Pairs of a programme that went quiet."""
        return await self.api.page(f"/programmes/{programme_id}/nudges", _quiet_pairs, {}, wanted)

    async def agreement(self, match_id: UUID) -> Agreement:
        """The current agreement of a relationship."""
        return await self.api.get(f"/relationships/{match_id}/agreement", _agreement)

    async def agreement_questions(self, match_id: UUID) -> list[AgreementQuestion]:
        """What the programme has an agreement answer."""
        return await self.api.get(f"/relationships/{match_id}/agreement/questions", _questions)

    async def agreed_versions(self, match_id: UUID) -> list[AgreedVersion]:
        """The versions that everybody signed."""
        return await self.api.get(f"/relationships/{match_id}/agreement/versions", _agreed)

    async def withdraw_signature(self, match_id: UUID) -> None:
        """Take one's signature back."""
        await self.api.send("POST", f"/relationships/{match_id}/agreement/withdraw-signature", NOTHING)

    async def propose_agreement(self, match_id: UUID, terms: str | None, answers: list[dict[str, str]] | None) -> None:
        """Put terms to the other side."""
        await self.api.send("POST", f"/relationships/{match_id}/agreement", NOTHING, body(terms=terms, answers=answers))

    async def renew_agreement(self, match_id: UUID) -> None:
        """Propose what everybody signed last once more, and sign it."""
        await self.api.send("POST", f"/relationships/{match_id}/agreement/renew", NOTHING)

    async def sign_agreement(self, match_id: UUID, version: int | None) -> None:
        """Sign for the caller's own side."""
        await self.api.send("POST", f"/relationships/{match_id}/agreement/sign", NOTHING, body(version=version))

    async def close(self, match_id: UUID) -> RelationshipRecord:
        """The relationship ran its course."""
        return await self.api.send("POST", f"/relationships/{match_id}/close", _relationship)
