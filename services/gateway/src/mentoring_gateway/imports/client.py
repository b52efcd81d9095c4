"""Imports of files, as the integrations service answers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter
from strawberry.scalars import JSON, Base64

from mentoring_common.pagination import Page
from mentoring_gateway.upstream import File, PageRequest, Upstream

_ANY = "application/octet-stream"  # what it is, the service sees by the content


@strawberry.type(description="A row that stayed out: its line in the file, the column, and why")
@dataclass
class RefusedRow:
    row: int
    code: str
    detail: str
    column: str | None = None


@strawberry.type(description="A file that was imported or is being imported; `accepted` counts the rows that went in")
@dataclass
class ImportSummary:
    id: UUID
    kind: str
    dry_run: bool
    state: str
    rows: int
    accepted: int
    started_at: datetime
    programme_id: UUID | None = None
    finished_at: datetime | None = None


@dataclass
class ImportRecord(ImportSummary):
    done: int = 0
    created: list[int] | None = None
    changed: list[int] | None = None
    unchanged: list[int] | None = None
    refused: list[RefusedRow] | None = None


@strawberry.type(
    description="An import, or what one would do (`dryRun`): how many rows were dealt with (`done`), and how many "
    "made, changed or only repeated something. While it goes on these are 0"
)
@dataclass
class Import(ImportSummary):
    done: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[RefusedRow] | None = None


@strawberry.type(description="A heading of a file, and the column that it is read as; null: it is not read")
@dataclass
class PreviewedColumn:
    heading: str
    column: str | None = None


@strawberry.type(
    description="What a file is taken for; the columns that are `missing`, the headings that mean nothing (`unknown`), "
    "and its `first` rows as they are read"
)
@dataclass
class ImportPreview:
    format: str
    rows: int
    columns: list[PreviewedColumn]
    missing: list[str]
    unknown: list[str]
    first: JSON
    charset: str | None = None
    delimiter: str | None = None


@strawberry.type(description="A file, in base64")
@dataclass
class MadeFile:
    media_type: str
    content: Base64


_import = TypeAdapter(ImportRecord)
_imports = TypeAdapter(Page[ImportSummary])
_preview = TypeAdapter(ImportPreview)


@dataclass(frozen=True)
class ImportsApi:
    """Imports, for one caller."""

    api: Upstream

    async def imports(self, wanted: PageRequest) -> Page[ImportSummary]:
        """One's own imports; all of them for the organisation's admin."""
        return await self.api.page("/imports", _imports, {}, wanted)

    async def one(self, import_id: UUID) -> Import:
        """One import, and what became of its rows."""
        return _counted(await self.api.get(f"/imports/{import_id}", _import))

    async def preview(self, kind: str, file: bytes, programme_id: UUID | None) -> ImportPreview:
        """What a file is taken for."""
        of = {"programme_id": programme_id} if kind == "applications" else {}
        return await self.api.send_file(f"/imports/{kind}/preview", _preview, File(file, _ANY), of)

    async def start(self, kind: str, file: bytes, **asked: object) -> Import:
        """Import a file, or say what that would do."""
        return _counted(await self.api.send_file(f"/imports/{kind}", _import, File(file, _ANY, later=True), asked))

    async def cancel(self, import_id: UUID) -> Import:
        """End an import that goes on."""
        return _counted(await self.api.send("POST", f"/imports/{import_id}/cancel", _import))

    async def results(self, import_id: UUID, form: str) -> MadeFile:
        """What became of every row, as a file."""
        made = await self.api.fetch_file(f"/imports/{import_id}/results", {"format": form})
        return MadeFile(made.media_type, Base64(made.content))


def _counted(record: ImportRecord) -> Import:
    numbers = {name: len(getattr(record, name) or []) for name in ("created", "changed", "unchanged")}
    return Import(**(vars(record) | numbers))
