"""The REST API of the integrations service: imports of people and applications."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from mentoring_common import csv_text
from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.runner import Service
from mentoring_common.unit_of_work import Db, Phases, Route
from mentoring_contracts.columns import Sheet
from mentoring_integrations.imports import commands, queries
from mentoring_integrations.imports.models import Import
from mentoring_integrations.imports.schemas import ImportSummary, ImportView
from mentoring_integrations.programmes.access import Reader, Writer

CSV_LIMIT_BYTES = 10_000_000
CSV_TYPES = frozenset({"text/csv", "application/csv", "application/vnd.ms-excel"})  # browsers on Windows say the last
KINDS = ("people", "applications", "nominations", "pairs")
UPLOADS = {f"/imports/{kind}": (CSV_LIMIT_BYTES, CSV_TYPES) for kind in KINDS}
_PEOPLE = "name,email,employer,line_manager_email,languages\nAda Obi,ada.obi@example.org,North Trust,,en\n"
_APPLICATIONS = (
    "email,role,proxy_reason,cohort,criteria\nada.obi@example.org,mentee,signed on paper,1,specialty;career_stage\n"
)
_NOMINATIONS = "external_id,role,cohort,statement\nE-10042,mentee,1,She leads without the title.\n"
_PAIRS = "mentor_email,mentee_email,starts_on,cohort\ngrace.lee@example.org,ada.obi@example.org,2021-09-01,1\n"


def _file(example: str) -> dict[str, Any]:
    said = "A header line and one line each, separated by commas, in UTF-8; docs/imports.md names the columns"
    content = {"schema": {"type": "string", "description": said}, "example": example}
    return {"requestBody": {"required": True, "content": {"text/csv": content}}}


OF_PEOPLE, OF_APPLICATIONS, OF_NOMINATIONS = _file(_PEOPLE), _file(_APPLICATIONS), _file(_NOMINATIONS)
OF_PAIRS = _file(_PAIRS)

MappingText = Annotated[
    str | None,
    Query(max_length=20_000, description="a mapping file (YAML), as `mentoring match --write-mapping` writes one"),
]
SheetName = Annotated[Sheet, Query(description="which section of the mapping holds for the file")]
router = APIRouter(route_class=Route)


@router.post("/imports/people", status_code=201, openapi_extra=OF_PEOPLE)
async def import_people(
    request: Request,
    by: Writer,
    work: Phases,
    programme_id: UUID | None = None,
    dry_run: bool = False,
    mapping: MappingText = None,
    sheet: SheetName = "people",
) -> ImportView:
    """Bring people up to date from a CSV file (docs/imports.md); what is wrong is reported by row, the rest goes in.

    Whom a row names by `external_id` is changed if they are known. A dry run answers what the run would do.
    `programme_id` invites them to a programme; a team that has several must name it. `mapping` says what columns mean
    that have other names.
    """
    upload = commands.Upload(_service(request), work, by, await request.body(), dry_run, programme_id, mapping, sheet)
    return await commands.import_people(upload)


@router.post("/imports/applications", status_code=201, openapi_extra=OF_APPLICATIONS)
async def import_applications(
    request: Request,
    by: Writer,
    work: Phases,
    programme_id: UUID,
    dry_run: bool = False,
    mapping: MappingText = None,
    sheet: SheetName = "people",
    proxy_reason: Annotated[str | None, Query(min_length=1, max_length=1000)] = None,
    cohort: Annotated[int | None, Query(ge=1)] = None,
) -> ImportView:
    """Submit the applications of a CSV file to a programme (docs/imports.md).

    `proxy_reason` and `cohort` hold for every row whose own cell says nothing; a sheet of `mentors` or `mentees` needs
    no column of roles.
    """
    said = {"proxy_reason": proxy_reason, "cohort": cohort}
    every_row = {name: str(value) for name, value in said.items() if value is not None}
    content = await request.body()
    upload = commands.Upload(_service(request), work, by, content, dry_run, programme_id, mapping, sheet, every_row)
    return await commands.import_applications(upload)


@router.post("/imports/nominations", status_code=201, openapi_extra=OF_NOMINATIONS)
async def import_nominations(
    request: Request, by: Writer, work: Phases, programme_id: UUID, dry_run: bool = False
) -> ImportView:
    """Nominate the people of a CSV file for a programme (docs/imports.md), by number or by address."""
    upload = commands.Upload(_service(request), work, by, await request.body(), dry_run, programme_id)
    return await commands.import_nominations(upload)


@router.post("/imports/pairs", status_code=201, openapi_extra=OF_PAIRS)
async def import_pairs(
    request: Request, by: Writer, work: Phases, programme_id: UUID, dry_run: bool = False
) -> ImportView:
    """Take over the standing pairs of a CSV file with the days on which they began (docs/imports.md).

    Nobody is asked again. Pairs that were taken over before are `unchanged`. A dry run answers what the run would do.
    """
    upload = commands.Upload(_service(request), work, by, await request.body(), dry_run, programme_id)
    return await commands.import_pairs(upload)


@router.get("/imports")
async def list_imports(by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50) -> Page[ImportSummary]:
    """One's own imports, in order; all of them for the organisation's administration."""
    shown, following = await page(db, queries.imports(by), Import.id, cursor, limit)
    return page_of(shown, following, ImportSummary.model_validate)


@router.get("/imports/{import_id}")
async def read_import(import_id: UUID, by: Reader, db: Db) -> ImportView:
    """One import, with the rows that stayed out and why."""
    return await commands.view(db, await queries.import_of(db, by, import_id))


@router.get("/imports/{import_id}/refused.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def export_refused_rows(import_id: UUID, by: Reader, db: Db) -> Response:
    """The rows that stayed out as a CSV file; no cell of it is taken for a formula."""
    found = await queries.import_of(db, by, import_id)
    rows = await queries.refused_rows(db, found.id)
    columns = ("row", "column", "code", "detail")
    text = csv_text.write(columns, ([getattr(row, name) for name in columns] for row in rows))
    name = f'attachment; filename="refused-{found.id}.csv"'
    return Response(text, media_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})


def _service(request: Request) -> Service:
    found: Service = request.app.state.service
    return found
