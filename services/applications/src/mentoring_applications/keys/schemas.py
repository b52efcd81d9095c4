"""What the REST API takes and gives of API keys."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from mentoring_applications.programmes.schemas import Name
from mentoring_common.api_keys import KeyHolder
from mentoring_common.bodies import Body
from mentoring_common.versions import VersionedView
from mentoring_common.views import View
from mentoring_contracts.days import Moment

KeyScope = Literal["hr:provision", "applications:read", "applications:write", "integrations:read", "integrations:write"]


class NewApiKey(Body):
    """A key for one employer's system, or without an employer for the whole organisation's people.

    It never administers the organisation.
    """

    name: Name = Field(description="what it is for, in your words")
    employer_id: UUID | None = None
    scopes: Annotated[list[KeyScope], Field(min_length=1, max_length=5)]
    expires_at: Moment | None = Field(None, description="at most two years ahead; left out: in a year")


class Rotation(Body):
    """How long the secret before counts beside the new one."""

    overlap_hours: Annotated[int, Field(ge=0, le=168, description="0: not at all")] = 24


class ApiKeyView(View, VersionedView):
    """A key without its secret."""

    MADE_AT: ClassVar = "/api-keys/{id}"
    id: UUID
    name: str
    employer_id: UUID | None
    scopes: list[KeyScope]
    made_at: datetime
    expires_at: datetime = Field(description="when it stops counting, in UTC")
    previous_until: datetime | None = Field(description="until when the secret before the last rotation counts")
    revoked_at: datetime | None
    last_used_at: datetime | None = Field(description="to the minute; null: never")


class ApiKeyMade(ApiKeyView):
    """A key, this once with what is sent as `Authorization: Bearer …`."""

    key: str = Field(description="keep it: it is not shown again")


class NewUploadKey(Body):
    """A key for the upload links of an import: it brings people in and nominates them, as an HR client does."""

    name: Name
    made_by: Annotated[str, Field(max_length=300)]
    made_with: UUID | None = Field(None, description="the key that its maker came with; it counts no longer than that")
    employer_id: UUID | None = None
    expires_at: Moment


class UploadKey(BaseModel):
    id: UUID
    key: str
    expires_at: datetime


class MadeUploadKey(BaseModel):
    """The key; null: its maker's employer or key is not there any more."""

    made: UploadKey | None


class Revoking(Body):
    revoked_by: Annotated[str, Field(max_length=300)]


class KeyRevoked(BaseModel):
    id: UUID


class KeyToCheck(Body):
    key: Annotated[str, Field(max_length=200)]


class CheckedKey(BaseModel):
    """Whom the key stands for; null: it is no key, or not any more."""

    holder: KeyHolder | None
