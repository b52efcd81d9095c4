"""Notes as the REST API takes and gives them."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

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


class NoteChange(Body):
    text: Text | None = None
    visibility: Visibility | None = None


class NoteStateView(View, VersionedView):
    MADE_AT: ClassVar = "/notes/{id}"
    id: UUID
    written_by: UUID
    written_at: datetime
    visibility: Visibility


class NoteView(NoteStateView):
    ALONE = True
    text: str | None
