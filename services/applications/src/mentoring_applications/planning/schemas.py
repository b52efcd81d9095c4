"""What the REST API takes and gives of programmes that are made and amended, and of rounds that are planned."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from mentoring_applications.programmes.schemas import Name, WholeBlueprint, Why
from mentoring_common.bodies import Body
from mentoring_common.versions import VersionedView
from mentoring_contracts.days import Day, Moment
from mentoring_contracts.words import ClosingReason

Places = Annotated[int, Field(ge=0, le=1_000_000)]
_NAME_OR_TEXT = r"^([a-z0-9][a-z0-9_-]{0,99}|[\s\S]*:\s[\s\S]*)$"
_GIVEN = "the name of a shipped blueprint, or the text of a YAML file: faults then have a line and a column"


GivenBlueprint = (
    Annotated[str, Field(pattern=_NAME_OR_TEXT, max_length=500_000, description=_GIVEN, examples=["nihr"])]
    | WholeBlueprint
)


class NewProgramme(Body):
    blueprint: GivenBlueprint
    title: Name | None = None


class BlueprintInUse(VersionedView):
    """The blueprint that a programme runs by."""

    ALONE = True
    programme_id: UUID
    blueprint: WholeBlueprint = Field(description="the blueprint, whole")


class NewBlueprint(Body):
    blueprint: (
        Annotated[str, Field(min_length=1, max_length=500_000, description="the text of a YAML file")] | WholeBlueprint
    )


class BlueprintChange(BaseModel):
    """One member of the blueprint that changes."""

    pointer: str = Field(description="JSON Pointer (RFC 6901) into the new blueprint")
    section: str = Field(description="the member of the blueprint")
    touches: str = Field(description="what it touches, for people")
    services: list[str] = Field(description="the services that take the new part")
    refused: str | None = Field(description="why it cannot be; null where it can")


class Amendment(VersionedView):
    """What another blueprint changes; `version` is that of the programme, after the change where it was made."""

    programme_id: UUID
    possible: bool = Field(description="whether nothing of it would rewrite the past")
    changes: list[BlueprintChange] = Field(description="the members that differ")


class NewMilestone(Body):
    kind: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
    starts_at: Moment
    ends_at: Moment | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> "NewMilestone":
        if self.ends_at is not None and self.ends_at < self.starts_at:
            raise ValueError("ends_at is before starts_at")
        return self


Milestones = Annotated[list[NewMilestone], Field(max_length=100)]


class NewCohort(Body):
    number: Annotated[int, Field(ge=1, le=10_000)]
    places: Places
    starts: Day | None = Field(None, description="the day that `start` means: the plan's milestones stand to it")
    milestones: Milestones = Field([], description="with `starts`, those that are not as planned")


class CohortChanges(Body):
    places: Places | None = None
    milestones: Milestones | None = None


class NewClosing(Body):
    """Why a programme is closed; `note` is for its record, which the team reads."""

    reason: ClosingReason
    note: Why | None = None


class OpenApplications(BaseModel):
    """Applications that end unmatched when the programme is closed, by their state."""

    awaiting_endorsement: int
    submitted: int
    waitlisted: int
    place_offered: int
    accepted: int


class ClosingView(VersionedView):
    """What closing the programme would end, or what is left of it once it is closed; and the record of the closing.

    `pairs` are told by other services' events, and those of a closed programme end soon after it.
    """

    programme_id: UUID
    cohorts: int = Field(description="cohorts whose recruitment is open")
    applications: OpenApplications = Field(description="applications that are open, with those for a later round")
    drafts: int = Field(description="drafts that nobody could submit any more")
    pairs: int = Field(description="confirmed pairs that have not ended")
    closed_at: datetime | None = Field(description="when it was closed; null while it goes on")
    closed_by: UUID | None = Field(description="who closed it; null for a machine, and for who was erased")
    reason: ClosingReason | None
    note: str | None = Field(description="what was written for the record")
