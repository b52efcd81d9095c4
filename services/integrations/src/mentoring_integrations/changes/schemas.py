"""What the REST API gives of changes."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class ChangeView(BaseModel):
    """A CloudEvent: what happened to what; `data` has ids, states, counts and times."""

    model_config = ConfigDict(extra="allow")
    specversion: Literal["1.0"]
    id: UUID
    type: str
    source: str
    subject: UUID
    time: datetime
    datacontenttype: Literal["application/json"]
    tenantid: UUID
    aggregateversion: int
    sequence: str
    data: dict[str, Any]


class ChangesPage(BaseModel):
    """What happened after a place; `cursor` is the `after` of the next call, also where nothing happened."""

    items: list[ChangeView]
    cursor: str = Field(pattern=r"^\d{20}$")
    more: bool


class EventType(BaseModel):
    """A type of event, as `types` of a webhook and `type` of the changes name it."""

    type: str = Field(examples=["mentoring.applications.PersonChanged.v1"], description="what it is called")
    meaning: str = Field(description="what happened, in a sentence or two")


class EventTypes(BaseModel):
    items: list[EventType] = Field(description="by name")
