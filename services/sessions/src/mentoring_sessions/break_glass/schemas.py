"""Opened notes as the REST API takes and gives them."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from mentoring_common.bodies import Body
from mentoring_common.views import View
from mentoring_sessions.notes.schemas import NoteView


class NewGlassBreak(Body):
    reason: Annotated[
        str, Field(min_length=10, max_length=1000, description="why it cannot wait: whoever wrote the notes reads it")
    ]


class GlassBreakView(View):
    """That two people open the notes of a relationship."""

    MADE_AT: ClassVar = "/relationships/{match_id}/break-glass"
    id: UUID
    match_id: UUID
    state: Literal["asked", "open", "closed", "lapsed"] = Field(description="where it stands")
    asked_by: UUID = Field(description="who asked for it")
    asked_at: datetime = Field(description="when it was asked for, in UTC")
    approved_by: UUID | None = Field(description="who approved it; null: nobody yet")
    approved_at: datetime | None = Field(description="when it was approved, in UTC")
    ends_at: datetime | None = Field(description="until when the two may read the notes, in UTC")


class GlassBreakWithReason(GlassBreakView):
    reason: str | None = Field(description="why; null where whoever asked was erased")


class OpenedNote(NoteView):
    """A note that was opened, with the meeting that it is about."""

    mentoring_session_id: UUID
