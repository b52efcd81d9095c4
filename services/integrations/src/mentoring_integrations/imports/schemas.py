"""What the API gives of imports."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import computed_field

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
    kind: Literal["people", "applications"]
    programme_id: UUID | None
    dry_run: bool
    state: Literal["running", "finished"]
    rows: int
    accepted: int
    started_at: datetime
    finished_at: datetime | None


class ImportView(ImportSummary):
    MADE_AT: ClassVar = "/imports/{id}"
    refused: list[RefusedRowView]
