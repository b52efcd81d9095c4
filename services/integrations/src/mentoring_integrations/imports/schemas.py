"""What the API gives of imports."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, Field, computed_field

from mentoring_common.bodies import Body
from mentoring_common.faults import pointer
from mentoring_common.views import View
from mentoring_contracts.columns import Sheet


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
    kind: Literal["people", "applications", "nominations", "pairs", "attendance", "outcomes"]
    programme_id: UUID | None
    dry_run: bool
    state: Literal["running", "finished", "cancelled"]
    rows: int
    accepted: int
    started_at: datetime
    finished_at: datetime | None


class ImportView(ImportSummary):
    """The lines of the file by what they did, or in a dry run would do; the header is line 1.

    While it goes on the lists are empty: `done` and `accepted` say how far it is.
    """

    MADE_AT: ClassVar = "/imports/{id}"
    state: Literal["running", "finished", "cancelled", "interrupted"] = Field(  # type: ignore[assignment]
        description="interrupted: it said nothing for a minute, and goes on when it is resumed"
    )
    done: int = Field(description="rows that were dealt with: accepted, or refused")
    created: list[int] = Field(description="lines that made somebody or something known")
    changed: list[int] = Field(description="lines that changed who is known")
    unchanged: list[int] = Field(description="lines that say what is known already")
    refused: list[RefusedRowView]


class PreviewedColumn(BaseModel):
    heading: str = Field(description="as the file has it, in lower case")
    column: str | None = Field(description="what it is read as; null: it is not read")


class PreviewView(BaseModel):
    """What a file is taken for. Nothing of it was kept."""

    format: Literal["csv", "xlsx"] = Field(description="text, or a workbook")
    charset: str | None = Field(description="of text, as it is read")
    delimiter: str | None = Field(description="what separates the columns of text")
    rows: int
    columns: list[PreviewedColumn] = Field(description="what each heading is read as, in the order of the file")
    missing: list[str] = Field(description="columns that the import needs and no heading means")
    unknown: list[str] = Field(description="headings that mean nothing here: the import would refuse the file")
    first: list[dict[str, str]] = Field(description="the first rows as they are read")


class NewSource(Body):
    """How the files of a source are read."""

    mapping: str = Field(max_length=20_000, description="YAML: meanings with the headings of this source's files")
    sheet: Sheet = Field("people", description="which section of the mapping holds")


class SourceView(View):
    name: str
    mapping: str = Field(description="YAML: meanings with the headings of this source's files")
    sheet: Sheet = Field(description="which section of the mapping holds")
    changed_at: datetime
