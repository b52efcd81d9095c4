"""What the REST API takes and gives of webhooks."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mentoring_common.bodies import Body
from mentoring_common.versions import VersionedView
from mentoring_common.views import View
from mentoring_contracts.days import Moment
from mentoring_integrations.lifecycle import DeliveryState, WebhookState

Url = Annotated[str, Field(min_length=1, max_length=2000, description="an https address on the internet")]
Types = Annotated[list[str], Field(max_length=100, description="the types of events that are sent; none: all")]
Contact = Annotated[
    UUID | None,
    Field(description="the person who is told when it is disabled; left out: who makes it, if a person"),
]
Description = Annotated[str, Field(max_length=500, description="what it is for, in your words")]


class NewWebhook(Body):
    """Where events are to be sent, and which."""

    url: Url
    types: Types = []
    programme_id: UUID | None = None
    contact_id: Contact = None
    description: Description = ""


class WebhookChange(Body):
    """Members that are left out stay as they are; with another address it has to be verified anew.

    A `programme_id` of null widens it to the whole organisation, a `contact_id` of null has nobody told.
    """

    url: Url | None = None
    types: Types | None = None
    programme_id: UUID | None = None
    contact_id: UUID | None = None
    description: Description | None = None


class Replay(Body):
    """What is to be sent again: all that happened from `since` until before `until`, or what of it was given up."""

    since: Moment
    until: Moment
    only_failed: bool = False

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        if self.since >= self.until:
            raise ValueError("since has to be before until")
        return self


class WebhookView(VersionedView):
    """A webhook and how its endpoint fares."""

    MADE_AT: ClassVar = "/webhooks/{id}"
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    url: str
    description: str
    types: list[str]
    programme_id: UUID | None
    contact_id: UUID | None
    state: WebhookState
    disabled_because: Literal["failing", "gone"] | None
    made_at: datetime
    failures: int
    failing_since: datetime | None
    last_success_at: datetime | None
    queued: int = 0
    given_up: int = 0


class WebhookSecret(BaseModel):
    """What is sent is signed with this secret, and until then with the one before as well."""

    secret: str
    previous_until: datetime | None


class AttemptView(BaseModel):
    """How one attempt ended: the status of the answer, or a word for why there was none."""

    accepted: bool
    status: int | None
    error: str | None
    duration_ms: int


class DeliveryView(View):
    """One event for one webhook, and how its last attempt ended."""

    id: UUID
    event_id: UUID
    type: str
    state: DeliveryState
    attempts: int
    queued_at: datetime
    attempted_at: datetime | None
    delivered_at: datetime | None
    not_before: datetime
    status: int | None
    error: str | None
    duration_ms: int | None


class Replayed(BaseModel):
    """How many events are sent again."""

    queued: int
