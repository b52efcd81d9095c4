"""The matching service: what a change would do, and first conversations."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter
from strawberry.scalars import JSON

from mentoring_common.pagination import Page
from mentoring_gateway.upstream import PageRequest, Upstream
from mentoring_gateway.values import body


@strawberry.type(
    description="One side of a what-if: people matched and how well (scores in 0..1), the most mentees of one mentor, "
    "the share of each criterion in a score (`weights`), and how well the pairs fit by it on average (`fits`)"
)
@dataclass
class WhatIfSide:
    mentors: int
    mentees: int
    places: int
    matched: int
    priority: int
    priority_matched: int
    total_score: float
    blocking_pairs: int
    certified: bool
    busiest: int = 0
    pairs: int = 0
    weights: JSON | None = None
    fits: JSON | None = None
    worst_score: float | None = None
    fifth_percentile: float | None = None


@dataclass
class ChangeRecord:
    mentee_id: UUID
    mentor_id: UUID | None = None
    other_mentor_id: UUID | None = None
    score: float | None = None
    other_score: float | None = None


@strawberry.type(
    description="Matches and total score lost; a negative part is a gain. `priority` above 0: somebody who goes before "
    "others would give way; `further` counts the mentors lost beyond everybody's first"
)
@dataclass
class PinPrice:
    matches: int
    score: float
    priority: int = 0
    further: int = 0


@strawberry.type(description="A pair that the team settles: what it alone costs, and which rules it overrides")
@dataclass
class PricedPin:
    mentor_id: UUID
    mentee_id: UUID
    reason: str
    rules: list[str]
    below_floor: bool
    price: PinPrice | None = None


@strawberry.type(description="A pair that the team rules out, and why")
@dataclass
class BarredPair:
    mentor_id: UUID
    mentee_id: UUID
    reason: str


@dataclass
class WhatIfWithoutChanges:
    before: WhatIfSide
    after: WhatIfSide
    same_pairs: int
    pins: list[PricedPin]


@dataclass
class WhatIfRecord(WhatIfWithoutChanges):
    changes: list[ChangeRecord]


@strawberry.type(description="How many first conversations were proposed now, and how many mentees have none")
@dataclass
class ProposedConversations:
    proposed: int
    mentees_without: int


@strawberry.type(description="A first conversation, with one's own rating; the programme team sees both")
@dataclass
class Conversation:
    id: UUID
    cohort_id: UUID
    mentor_id: UUID
    mentee_id: UUID
    version: int
    due_at: datetime
    proposed_at: datetime | None = None
    my_rating: int | None = None
    my_comment: str | None = None
    mentor_rating: int | None = None
    mentee_rating: int | None = None


_what_if = TypeAdapter(WhatIfRecord)
_proposed = TypeAdapter(ProposedConversations)
_conversation = TypeAdapter(Conversation)
_conversations = TypeAdapter(Page[Conversation])


async def ask_what_if(api: Upstream, cohort_id: UUID, **changes: object) -> WhatIfRecord:
    """Two sides of a cohort, solved and not stored."""
    return await api.send("POST", f"/cohorts/{cohort_id}/what-if", _what_if, body(**changes))


async def propose_conversations(api: Upstream, cohort_id: UUID) -> ProposedConversations:
    """Propose the first conversations of a cohort."""
    return await api.send("POST", f"/cohorts/{cohort_id}/conversations", _proposed, {})


async def conversations(api: Upstream, cohort_id: UUID | None, wanted: PageRequest) -> Page[Conversation]:
    """One's own first conversations, or those of a team's cohorts."""
    return await api.page("/conversations", _conversations, {"cohort_id": cohort_id}, wanted)


async def rate_conversation(api: Upstream, conversation_id: UUID, **rating: object) -> Conversation:
    """Say how a conversation went."""
    return await api.send("POST", f"/conversations/{conversation_id}/rating", _conversation, body(**rating))
