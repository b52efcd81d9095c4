"""Notes as the REST API takes and gives them."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from mentoring_common.bodies import Body
from mentoring_common.versions import VersionedView
from mentoring_common.views import View
from mentoring_sessions.fields import Text

Visibility = Annotated[
    Literal["mine", "lead", "pair", "programme_team"],
    Field(
        description="mine: oneself; lead: besides, who leads the relationship; pair: everybody in it; programme_team: "
        "they and the programme team"
    ),
]


class NewNote(Body):
    text: Text
    visibility: Visibility = "mine"
    supervisor: bool = Field(False, description="whether who supervises you in the programme reads it too")
    shared: bool = Field(
        False, description="whether everybody in the relationship writes it; it is read by all of them then"
    )

    @model_validator(mode="after")
    def _read_by_who_writes(self) -> "NewNote":
        if self.shared and self.visibility not in ("pair", "programme_team"):
            raise PydanticCustomError("shared_unread", "who writes a note reads it: pair or programme_team is wanted")
        if self.shared and self.supervisor:
            raise PydanticCustomError("shared_supervised", "a supervisor reads what their supervisee alone writes")
        return self


class NoteChange(Body):
    text: Text | None = None
    visibility: Visibility | None = None
    supervisor: bool | None = Field(None, description="whether who supervises you in the programme reads it too")


class NoteStateView(View, VersionedView):
    MADE_AT: ClassVar = "/notes/{id}"
    id: UUID
    written_by: UUID
    written_at: datetime
    visibility: Visibility
    supervisor: bool = Field(description="whether who supervises its writer in the programme reads it too")
    shared: bool = Field(description="whether everybody in the relationship writes it")
    written_with: list[UUID] = Field(description="who wrote it beside its first writer")


class SupervisedNoteView(NoteStateView):
    """A note that somebody wrote for you, who supervise them; its text is read by itself."""

    mentoring_session_id: UUID
    match_id: UUID = Field(description="the relationship whose meeting it is about")


class NoteView(NoteStateView):
    ALONE = True
    text: str | None
