"""What the API gives of imports."""

from datetime import datetime
from typing import Annotated, ClassVar, Final, Literal
from uuid import UUID

from pydantic import BaseModel, Field, computed_field

from mentoring_common.bodies import Body
from mentoring_common.faults import pointer
from mentoring_common.versions import VersionedView
from mentoring_common.views import View
from mentoring_contracts.columns import Sheet
from mentoring_contracts.days import Moment

LARGEST_FILE: Final = 30_000_000
"""Bytes of a file that is imported."""


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


class NewUploadLink(Body):
    """An address that takes files of a source, raw and with no token, until it ends.

    Who makes it answers for what comes: files do what an HR client of the same employer may do.
    """

    kind: Literal["people", "nominations"] = Field("people", description="what the files are of")
    programme_id: UUID | None = Field(None, description="of nominations the programme; of people: invites them to it")
    expires_at: Moment | None = Field(None, description="at most a year ahead; left out: in 90 days")
    most_files: Annotated[int, Field(ge=1, le=10_000)] | None = Field(
        None, description="how many files it takes; left out: as many as come"
    )
    most_bytes: Annotated[int, Field(ge=1, le=LARGEST_FILE)] = Field(LARGEST_FILE, description="of each file")


class UploadLinkView(View, VersionedView):
    """An upload link without its address."""

    MADE_AT: ClassVar = "/imports/links/{id}"
    id: UUID
    source: str = Field(description="the source whose mapping says how its files are read")
    kind: Literal["people", "nominations"]
    programme_id: UUID | None
    made_at: datetime
    expires_at: datetime = Field(description="when it takes no more files, in UTC")
    revoked_at: datetime | None
    most_files: int | None = Field(description="how many files it takes; null: as many as come")
    most_bytes: int = Field(description="of each file")
    files: int = Field(description="how many have come")
    import_id: UUID | None = Field(description="the import of the last file")


class UploadLinkMade(UploadLinkView):
    """An upload link, this once with its address."""

    url: str = Field(description="whoever has it may send files: keep it, it is not shown again")


class UploadView(BaseModel):
    """How the import of a file stands that came over an upload link; the rows themselves are its maker's to read."""

    import_id: UUID
    state: Literal["running", "finished", "cancelled", "interrupted"] = Field(
        description="interrupted: it goes on when the same file is sent again"
    )
    rows: int
    done: int = Field(description="rows that were dealt with: accepted, or refused")
    accepted: int


class UploadsView(BaseModel):
    """What an upload link takes, for whoever has it."""

    expires_at: datetime = Field(description="when it takes no more files, in UTC")
    files_left: int | None = Field(description="null: as many as come")
    most_bytes: int = Field(description="of each file")
    last: UploadView | None = Field(description="the last file that came")
