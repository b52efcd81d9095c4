"""What the REST API takes and gives of networks."""

from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from mentoring_common.bodies import Body
from mentoring_common.views import View


class ReportShare(Body):
    network_id: UUID


class SharedReportView(View):
    """What was handed over to the office of a network."""

    MADE_AT: ClassVar = "/shared-reports/{id}"
    id: UUID
    network_id: UUID
    programme_id: UUID
    report_id: UUID
    shared_at: datetime
    figures: list[dict[str, Any]] = Field(description="the protected figures that the office's totals are made of")


class Between(BaseModel):
    """The least and the most that a value can be."""

    low: int = Field(description="the least")
    high: int = Field(description="the most")


class NetworkTotal(BaseModel):
    """One figure over the members that published it."""

    name: str
    definition: str
    role: str | None
    wave: str | None
    unit: str
    rule: Literal["count", "pooled", "top_box"]
    top_box: list[str] = Field(description="the answers that are counted")
    shown: Literal["sum", "rounded"] = Field(description="a sum, or about the value")
    value: float = Field(description="of counts the sum, of shares the mean")
    between: Between | None = Field(description="what it lies between, where it is not exact")
    breakdown: dict[str, str] = Field({}, description="by what it is broken down, such as the mode of activities")
    people: int | None = Field(description="of a share, on about how many people it rests")
    members: int = Field(description="how many members are in it")
    without: list[UUID] = Field(description="the members that are not in it")
    as_of: datetime = Field(description="when it was issued with this value")


class NetworkTotalsView(BaseModel):
    network_id: UUID
    number: int = Field(description="the number of the edition; 0 before the first was issued")
    issued_at: datetime | None = Field(description="when the edition was issued")
    statement: str = Field(description="how the totals are made")
    members: int = Field(description="how many organisations belong to the network now")
    sharing: int = Field(description="how many of them have shared a report")
    silent: list[UUID] = Field(description="the members that have shared none")
    totals: list[NetworkTotal] = Field(description="the totals, by name")
