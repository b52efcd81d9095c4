"""What the REST API takes and gives: groups that people are offered, and who is in them."""

from datetime import date, datetime
from typing import Annotated, ClassVar, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from mentoring_common.bodies import Body
from mentoring_common.versions import VersionedView
from mentoring_common.views import View
from mentoring_contracts.days import Day
from mentoring_matching.lifecycle import GroupMemberState, GroupState
from mentoring_matching.schemas import MatchView, ReasonToEnd

Days = Annotated[int, Field(ge=1, le=365, description="days to answer; without it as the matching policy says")]
Despite = Annotated[bool, Field(description="have them together though a pair would break hard rules of the policy")]
KindId = Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,39}$", description="a kind of relationship of the programme")]


class GroupOffer(Body):
    """A relationship of one kind for these people, each of whom answers for themselves."""

    kind: KindId
    lead_id: UUID | None = Field(None, description="who mentors, coaches or supervises; of a kind of equals nobody")
    member_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]
    title: Annotated[str, Field(min_length=1, max_length=100)] | None = Field(
        None, description="what the group is called, for its members and the programme team"
    )
    offer_days: Days | None = None
    despite_rules: Despite = False


class ArrangementOffer(Body):
    """Groups or buddy pairs that were worked out, offered as relationships of one kind."""

    arrangement_id: UUID
    kind: KindId
    lead_ids: Annotated[list[UUID], Field(max_length=2000)] | None = Field(
        None, description="who leads each group, in the order of the groups; for a kind that has a lead"
    )
    offer_days: Days | None = None
    despite_rules: Despite = False


class NewMembers(Body):
    member_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]
    offer_days: Days | None = None
    despite_rules: Despite = False

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(set(self.member_ids)) < len(self.member_ids):
            raise ValueError("somebody is named twice")
        return self


class Leaving(Body):
    reason: ReasonToEnd


class LeadHandover(Body):
    """Who leads the group in the place of who led it so far; both were asked, nobody is asked again."""

    lead_id: UUID = Field(description="who leads from now on, of mentoring: free in the pool for every mentee of it")
    reason: ReasonToEnd | None = None
    despite_rules: Despite = False


class GroupMemberView(View):
    """A person in a group, or who was offered a place in it; `end_reason` is a code that tells of nobody."""

    person_id: UUID
    role: str
    leads: bool
    state: GroupMemberState
    match_id: UUID | None
    expires_at: datetime
    accepted_at: datetime | None
    joined_at: datetime | None
    left_at: datetime | None
    end_reason: str | None


class GroupView(View, VersionedView):
    """A relationship of several people; `short_of` is how many more its kind wants.

    Members read who is in it with them; the programme team also who was asked, declined or left.
    """

    MADE_AT: ClassVar = "/groups/{id}"
    id: UUID
    programme_id: UUID
    cohort_id: UUID
    kind: str
    title: str | None
    state: GroupState
    starts_on: date | None = Field(None, description="since when it stood, where it came into the system standing")
    offered_at: datetime
    formed_at: datetime | None
    over_at: datetime | None
    end_reason: str | None
    short_of: int
    members: list[GroupMemberView]


class StandingRelationship(Body):
    """A relationship that stood before: of mentoring in pairs one mentor and one mentee."""

    kind: KindId = "mentoring"
    lead_id: UUID | None = Field(None, description="who mentors, coaches or supervises; of a kind of equals nobody")
    member_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]
    starts_on: Annotated[Day, Field(description="the day on which it began, not later than today")]
    title: Annotated[str, Field(min_length=1, max_length=100)] | None = Field(
        None, description="what the group is called, for its members and the programme team"
    )


class StandingRelationships(Body):
    relationships: Annotated[list[StandingRelationship], Field(min_length=1, max_length=500)]


class TakenOver(BaseModel):
    """The relationships that stand here now, under the days on which they began; of a dry run none is shown."""

    matches: list[MatchView]
    groups: list[GroupView]
    unchanged: list[int] = Field(description="the places in `relationships` of those that were taken over before")


class OfferedGroups(BaseModel):
    """The groups that were offered."""

    groups: list[GroupView]


class KindView(View):
    """A kind of relationship of a programme, as its blueprint says; `lead` is null where all are equals."""

    id: str
    base: str
    title: str
    lead: str | None
    member: str
    least: int
    most: int
    together: bool
    main: bool
    agreement: bool
    private: bool
    hours_budget: float | None
    duration_months: int | None
