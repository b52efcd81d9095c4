"""What the API gives of imports."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field, computed_field

from mentoring_common.faults import pointer
from mentoring_common.views import View


class RefusedRowView(View):
    row: int
    column: str | None
    code: str
    detail: str

    @computed_field(description="JSON Pointer into the file: /rows/<line>/<column>")  # type: ignore[prop-decorator]
    @property
    def pointer(self) -> str:
        return pointer("rows", self.row, *([self.column] if self.column else []))


class ImportSummary(View):
    id: UUID
    kind: Literal["people", "applications", "nominations", "pairs"]
    programme_id: UUID | None
    dry_run: bool
    state: Literal["running", "finished"]
    rows: int
    accepted: int
    started_at: datetime
    finished_at: datetime | None


class ImportView(ImportSummary):
    """The lines of the file by what they did, or in a dry run would do; the header is line 1."""

    MADE_AT: ClassVar = "/imports/{id}"
    created: list[int] = Field(description="lines that made somebody or something known")
    changed: list[int] = Field(description="lines that changed who is known")
    unchanged: list[int] = Field(description="lines that say what is known already")
    refused: list[RefusedRowView]
