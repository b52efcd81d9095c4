"""What the REST API takes and gives: buddy pairs and groups."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from mentoring_common.bodies import Body
from mentoring_contracts.words import Side


class NewBuddies(Body):
    role: Side = "mentor"
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class NewGroups(Body):
    role: Side = "mentee"
    size: Annotated[int, Field(ge=2, le=100)]
    balance_over: Annotated[list[str], Field(max_length=10)] = []
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class BuddyPair(BaseModel):
    """Two people of one side; `score` is 0..1."""

    one_id: UUID
    other_id: UUID
    score: float


class BuddiesView(BaseModel):
    """Buddy pairs and who is left alone; `optimal` if proved to be the most pairs and the best total."""

    id: UUID
    made_at: datetime
    role: str
    pairs: list[BuddyPair]
    alone: list[UUID]
    optimal: bool


class GroupsView(BaseModel):
    """Groups of people; `imbalance` counts people beyond an even share over all groups and values, 0 is perfect."""

    id: UUID
    made_at: datetime
    role: str
    size: int
    balance_over: list[str]
    seed: int
    groups: list[list[UUID]]
    imbalance: int
