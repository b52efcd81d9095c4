"""What the REST API takes and gives of networks."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from mentoring_applications.planning.schemas import BlueprintChange, GivenBlueprint
from mentoring_applications.programmes.schemas import Name, WholeBlueprint
from mentoring_common.bodies import Body
from mentoring_common.versions import VersionedView
from mentoring_common.views import View

Number = Annotated[int, Field(ge=1, le=100_000)]


class NewNetwork(Body):
    name: Name
    office_id: UUID


class NetworkView(View):
    MADE_AT: ClassVar = "/networks/{id}"
    id: UUID
    name: str
    office_id: UUID
    created_at: datetime
    closed_at: datetime | None = Field(description="when it was closed; null while it goes on")


class NewName(Body):
    name: Name


class NewMember(Body):
    organisation_id: UUID


class MembershipView(View):
    """An organisation's way in a network, as its office and the organisation itself see it."""

    MADE_AT: ClassVar = "/network-memberships/{id}"
    id: UUID
    network_id: UUID
    network_name: str
    office_id: UUID
    office_name: str | None = Field(description="what the office is called; null of what was asked before it was noted")
    organisation_id: UUID
    organisation_name: str | None = Field(description="what the organisation is called, once it has joined")
    state: str
    invited_at: datetime
    answered_at: datetime | None
    left_at: datetime | None
    ended_by_office: bool | None = Field(description="of one that was left: whether the office ended it")


class NewNetworkBlueprint(Body):
    blueprint: GivenBlueprint
    note: Annotated[str, Field(min_length=1, max_length=2000)] | None = None


class NetworkBlueprintSummary(View):
    id: UUID
    network_id: UUID
    name: str
    number: int
    title: str
    note: str | None
    published_at: datetime


class NetworkBlueprintView(NetworkBlueprintSummary):
    """A version whole, and what it changes of the one before."""

    MADE_AT: ClassVar = "/network-blueprints/{id}"
    blueprint: WholeBlueprint = Field(description="the blueprint, whole")
    changes: list[BlueprintChange] = Field(description="what differs from the version before; none of the first")


class NewAdoption(Body):
    title: Name | None = None


class OriginView(VersionedView):
    """What a programme was made from, and what a newer version would bring; `version` is the programme's."""

    programme_id: UUID
    network_id: UUID
    blueprint_id: UUID
    name: str
    number: int
    adopted_at: datetime
    newest: int = Field(description="the newest version that the organisation has")
    changes: list[BlueprintChange] = Field(description="what taking the newest version would change")
    kept: list[str] = Field(description="members that the organisation has made its own, which stay as they are")


class TakenVersion(Body):
    number: Number
