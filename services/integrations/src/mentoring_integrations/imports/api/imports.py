"""The REST API of imports: files of people, applications and nominations, and what became of each of their rows."""

from dataclasses import replace
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from mentoring_common import csv_text, locations, workbooks
from mentoring_common.list_files import TYPES
from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.unit_of_work import Db, Phases, Route
from mentoring_contracts.columns import Sheet
from mentoring_integrations.imports import queries
from mentoring_integrations.imports.commands import imports as commands
from mentoring_integrations.imports.commands.previewing import preview
from mentoring_integrations.imports.commands.uploads import Upload
from mentoring_integrations.imports.models import Import
from mentoring_integrations.imports.schemas import LARGEST_FILE, ImportSummary, ImportView, PreviewView
from mentoring_integrations.imports.table_files import unpacked
from mentoring_integrations.programmes.access import Reader, Writer

Kind = Literal["people", "applications", "nominations", "pairs", "attendance", "outcomes"]
XLSX = TYPES["xlsx"]
FILE_TYPES = frozenset({
    "text/csv", "application/csv", "text/plain", "text/tab-separated-values", "application/octet-stream",
    "application/vnd.ms-excel", XLSX, "multipart/form-data",
})  # fmt: skip
KINDS: tuple[Kind, ...] = ("people", "applications", "nominations", "pairs", "attendance", "outcomes")
UPLOADS = {f"/imports/{kind}{path}": (LARGEST_FILE, FILE_TYPES) for kind in KINDS for path in ("", "/preview")} | {
    "/resume": (LARGEST_FILE, FILE_TYPES),
    "/uploads/": (LARGEST_FILE, FILE_TYPES | {""}),
}
ASYNC = "respond-async"
_EXAMPLES = {
    "people": "name,email,employer,line_manager_email,languages\nAda Obi,ada.obi@example.org,North Trust,,en\n",
    "applications": (
        "email,role,proxy_reason,cohort,criteria\nada.obi@example.org,mentee,signed on paper,1,specialty;career_stage\n"
    ),
    "nominations": "external_id,role,cohort,statement\nE-10042,mentee,1,She leads without the title.\n",
    "attendance": "activity_id,external_id\n0192f8a1-4c31-7000-8000-5d0c2b7e4f10,E-10042\n",
    "outcomes": (
        "outcome,role,definition,months,people,with_outcome,source,measured_on\n"
        "retention,mentee,still employed a year later,12,40,37,ESR,2026-06-30\n"
    ),
    "pairs": "mentor_email,mentee_email,starts_on,cohort\ngrace.lee@example.org,ada.obi@example.org,2021-09-01,1\n",
}
_PREFER = {
    "name": "Prefer",
    "in": "header",
    "required": False,
    "description": "`respond-async`: answered 202 at once, up to 200,000 rows; `Location` says how far it is",
    "schema": {"type": "string", "enum": [ASYNC]},
}


def _file(kind: str, *, prefer: bool = False) -> dict[str, Any]:
    # Generators make one method of an operation whose body is of one kind: the others are told in words.
    said = (
        "A header line and a line each, as CSV; docs/imports.md names the columns. A workbook (XLSX) is taken too, "
        "known by its content, and so is a form (`multipart/form-data`) with either as the part `file`"
    )
    content = {"text/csv": {"schema": {"type": "string", "description": said}, "example": _EXAMPLES[kind]}}
    body = {"requestBody": {"required": True, "content": content}}
    return body | ({"parameters": [_PREFER]} if prefer else {})


_LATER: dict[int | str, dict[str, Any]] = {
    202: {
        "model": ImportView,
        "description": "The import goes on; `Location` says where to ask how far it is",
        "headers": {"Location": locations.described("/imports/{id}")},
    }
}


def _imports(kind: Kind) -> dict[str, Any]:
    """What routes say that take a file of a kind and import it."""
    return {
        "path": f"/imports/{kind}",
        "status_code": 201,
        "openapi_extra": _file(kind, prefer=True),
        "responses": _LATER,
    }


def _previews(kind: Kind) -> dict[str, Any]:
    return {"path": f"/imports/{kind}/preview", "openapi_extra": _file(kind)}


async def _read(
    request: Request,
    by: Writer,
    work: Phases,
    mapping: Annotated[
        str | None,
        Query(max_length=20_000, description="a mapping file (YAML), as `mentoring match --write-mapping` writes one"),
    ] = None,
    sheet: Annotated[Sheet, Query(description="which section of the mapping holds for the file")] = "people",
    source: Annotated[
        str | None,
        Query(max_length=50, description="a source whose mapping holds, where the request has none of its own"),
    ] = None,
) -> Upload:
    """The file that was sent, and how it is read; as yet for nothing but to be looked at. SourceNotFound,
    MultipartUnreadable."""
    if source is not None and mapping is None:
        async with work.transaction() as db:
            said = await queries.source_of(db, by, source)
        mapping, sheet = said.mapping, SHEETS[said.sheet]
    content, charset = unpacked(await request.body(), request.headers.get("content-type", ""))
    return Upload(request.app.state.service, work, by, content, charset, mapping=mapping, sheet=sheet)


Read = Annotated[Upload, Depends(_read)]


async def _sent(
    request: Request,
    upload: Read,
    dry_run: Annotated[bool, Query(description="say what the import would do, and do nothing")] = False,
) -> Upload:
    """A file that is to be imported, at once or in the background as `Prefer` says; a dry run is answered at once."""
    later = ASYNC in (one.strip().lower() for one in request.headers.get("prefer", "").split(","))
    return replace(upload, dry_run=dry_run, later=later and not dry_run)


Sent = Annotated[Upload, Depends(_sent)]
router = APIRouter(route_class=Route)


@router.post(**_imports("people"))
async def import_people(sent: Sent, response: Response, programme_id: UUID | None = None) -> ImportView:
    """Bring people up to date from a file (docs/imports.md); what is wrong is reported by row, the rest goes in.

    Whom a row names by `external_id` is changed if they are known. A dry run answers what the run would do.
    `programme_id` invites them to a programme; a team that has several must name it. `mapping` says what columns mean
    that have other names.
    """
    return await _imported(replace(sent, programme_id=programme_id), "people", response)


@router.post(**_imports("applications"))
async def import_applications(
    sent: Sent,
    response: Response,
    programme_id: UUID,
    proxy_reason: Annotated[str | None, Query(min_length=1, max_length=1000)] = None,
    cohort: Annotated[int | None, Query(ge=1)] = None,
) -> ImportView:
    """Submit the applications of a file to a programme (docs/imports.md).

    `proxy_reason` and `cohort` hold for every row whose own cell says nothing; a sheet of `mentors` or `mentees` needs
    no column of roles.
    """
    said = {"proxy_reason": proxy_reason, "cohort": cohort}
    every_row = {name: str(value) for name, value in said.items() if value is not None}
    upload = replace(sent, programme_id=programme_id, every_row=every_row)
    return await _imported(upload, "applications", response)


@router.post(**_imports("nominations"))
async def import_nominations(sent: Sent, response: Response, programme_id: UUID) -> ImportView:
    """Nominate the people of a file for a programme (docs/imports.md), by number or by address."""
    return await _imported(replace(sent, programme_id=programme_id), "nominations", response)


@router.post(**_imports("pairs"))
async def import_pairs(sent: Sent, response: Response, programme_id: UUID) -> ImportView:
    """Take over the standing pairs of a file with the days on which they began (docs/imports.md).

    Nobody is asked again. Pairs that were taken over before are `unchanged`. A dry run answers what the run would do.
    """
    return await _imported(replace(sent, programme_id=programme_id), "pairs", response)


@router.post(**_imports("attendance"))
async def import_attendance(sent: Sent, response: Response) -> ImportView:
    """Record who was at activities (docs/imports.md): each person counts once, however often the file is sent."""
    return await _imported(sent, "attendance", response)


@router.post(**_imports("outcomes"))
async def import_outcomes(sent: Sent, response: Response, programme_id: UUID) -> ImportView:
    """Record outcomes from HR data as totals (docs/imports.md): how many people, and how many with the outcome."""
    return await _imported(replace(sent, programme_id=programme_id), "outcomes", response)


@router.post(**_previews("people"))
async def preview_people(upload: Read) -> PreviewView:
    """What a file of people is taken for: how it is written, what its columns mean, its first rows. Nothing is kept."""
    return await preview(upload, "people")


@router.post(**_previews("applications"))
async def preview_applications(upload: Read, programme_id: UUID) -> PreviewView:
    """What a file of applications is taken for, as `preview_people`; columns may be fields of the programme's form."""
    return await preview(replace(upload, programme_id=programme_id), "applications")


@router.post(**_previews("nominations"))
async def preview_nominations(upload: Read) -> PreviewView:
    """What a file of nominations is taken for, as `preview_people`."""
    return await preview(upload, "nominations")


@router.post(**_previews("pairs"))
async def preview_pairs(upload: Read) -> PreviewView:
    """What a file of standing pairs is taken for, as `preview_people`."""
    return await preview(upload, "pairs")


@router.post(**_previews("attendance"))
async def preview_attendance(upload: Read) -> PreviewView:
    """What a file of attendance is taken for, as `preview_people`."""
    return await preview(upload, "attendance")


@router.post(**_previews("outcomes"))
async def preview_outcomes(upload: Read) -> PreviewView:
    """What a file of outcomes is taken for, as `preview_people`."""
    return await preview(upload, "outcomes")


@router.get("/imports")
async def list_imports(by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50) -> Page[ImportSummary]:
    """One's own imports, in order; all of them for the organisation's administration."""
    shown, following = await page(db, queries.imports(by), Import.id, cursor, limit)
    return page_of(shown, following, ImportSummary.model_validate)


@router.get("/imports/{import_id}")
async def read_import(import_id: UUID, by: Reader, db: Db) -> ImportView:
    """One import: how far it is, what became of its rows, which stayed out and why."""
    return await commands.view(db, await queries.import_of(db, by, import_id))


@router.post("/imports/{import_id}/resume", status_code=202, response_model=ImportView, openapi_extra=_file("people"))
async def resume_import(import_id: UUID, request: Request, by: Writer, work: Phases) -> ImportView:
    """Take up an import that was interrupted, with the same file; what was dealt with is not sent again."""
    return await commands.resume(await _read(request, by, work), import_id)


@router.post("/imports/{import_id}/cancel")
async def cancel_import(import_id: UUID, by: Writer, db: Db) -> ImportView:
    """End an import that goes on. What went in stays in."""
    return await commands.cancel(db, by, import_id)


@router.get("/imports/{import_id}/refused.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def export_refused_rows(import_id: UUID, by: Reader, db: Db) -> Response:
    """The rows that stayed out as a CSV file; no cell of it is taken for a formula."""
    found = await queries.import_of(db, by, import_id)
    rows = await queries.refused_rows(db, found.id)
    columns = ("row", "column", "code", "detail")
    text = csv_text.write(columns, ([getattr(row, name) for name in columns] for row in rows))
    return _attached(text.encode(), TYPES["csv"], f"refused-{found.id}.csv")


@router.get(
    "/imports/{import_id}/results",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}, XLSX: {"schema": {"type": "string", "format": "binary"}}}}},
)
async def export_import_results(
    import_id: UUID,
    by: Reader,
    db: Db,
    format: Annotated[Literal["csv", "xlsx"], Query(description="what kind of file")] = "csv",
) -> Response:
    """What became of every row, as a file to be laid beside the one that was sent; no cell is taken for a formula."""
    found = await queries.import_of(db, by, import_id)
    columns = ("row", "outcome", "column", "code", "detail")
    rows = await commands.results(db, found)
    if format == "xlsx":
        return _attached(workbooks.write(columns, rows), XLSX, f"results-{found.id}.xlsx")
    return _attached(csv_text.write(columns, rows).encode(), TYPES["csv"], f"results-{found.id}.csv")


def _attached(content: bytes, media_type: str, name: str) -> Response:
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


SHEETS: dict[str, Sheet] = {"mentors": "mentors", "mentees": "mentees", "people": "people"}


async def _imported(upload: Upload, kind: Kind, response: Response) -> ImportView:
    done = await commands.import_file(upload, kind)
    if upload.later:
        response.status_code = 202
        response.headers["Preference-Applied"] = ASYNC
    return done
