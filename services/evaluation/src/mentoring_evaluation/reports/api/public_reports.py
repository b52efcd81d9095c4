"""Published public reports, for whoever has the link."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Request
from fastapi.responses import HTMLResponse, Response

from mentoring_common.auth import Public
from mentoring_common.db import Database
from mentoring_common.unit_of_work import PublicDb, Route
from mentoring_evaluation.reports import archive as archive_of
from mentoring_evaluation.reports import docx as docx_of
from mentoring_evaluation.reports import pptx as pptx_of
from mentoring_evaluation.reports import queries
from mentoring_evaluation.reports.api.reports import ARCHIVE, DOCX, PAGE, PDF, PPTX, printable, said_of
from mentoring_evaluation.reports.archive import report_archive
from mentoring_evaluation.reports.changes import Issue
from mentoring_evaluation.reports.commands.texts import words_of
from mentoring_evaluation.reports.document import Document, Words
from mentoring_evaluation.reports.docx import report_docx
from mentoring_evaluation.reports.page import report_page
from mentoring_evaluation.reports.pdf import report_pdf
from mentoring_evaluation.reports.pptx import report_pptx
from mentoring_evaluation.reports.printing import Printer, digest_of
from mentoring_evaluation.reports.schemas import PublicReport

router = APIRouter(route_class=Route, tags=["reports"])
ByLink = Depends(Public("a public report is published for everybody"))
Tenant = Annotated[UUID, Path(description="the organisation")]
Known = Annotated[str | None, Header(alias="If-None-Match", max_length=200, description="the ETag that one has")]
KNOWN: dict[int | str, dict[str, Any]] = {304: {"description": "The edition is the one that If-None-Match names"}}
_OF_EDITION = ("id", "programme_id", "version", "edition", "published_at", "notes")
Make = Callable[[Document, Words, Issue], bytes]


@router.get("/public/{tenant_id}/reports/{report_id}", dependencies=[ByLink])
async def read_public_report(report_id: UUID, db: PublicDb) -> PublicReport:
    """The present edition of a published public report as data."""
    report = await queries.public_report(db, report_id)
    document = report.content
    assert document is not None  # it is published
    words = await words_of(db, document)
    nobody = replace(
        words,
        quotes=tuple(one.of_nobody() for one in words.quotes),
        narrative=tuple(section.of_nobody() for section in words.narrative),
    )
    known = {name: getattr(report, name) for name in _OF_EDITION}
    return PublicReport.model_validate(known | said_of(document, report.audience, nobody), from_attributes=True)


@router.get(
    "/public/{tenant_id}/reports/{report_id}/html",
    response_class=HTMLResponse,
    responses=KNOWN,
    dependencies=[ByLink],
)
async def read_public_page(tenant_id: Tenant, report_id: UUID, request: Request, etag: Known = None) -> Response:
    """The same as one self-contained page."""
    return await _printed(request, tenant_id, report_id, etag, _page, "text/html; charset=utf-8")


@router.get(
    "/public/{tenant_id}/reports/{report_id}/pdf", response_class=Response, responses=PDF | KNOWN, dependencies=[ByLink]
)
async def read_public_pdf(tenant_id: Tenant, report_id: UUID, request: Request, etag: Known = None) -> Response:
    """The same as PDF/A-2a."""
    return await _printed(request, tenant_id, report_id, etag, report_pdf, "application/pdf")


@router.get(
    "/public/{tenant_id}/reports/{report_id}/docx",
    response_class=Response,
    responses=DOCX | KNOWN,
    dependencies=[ByLink],
)
async def read_public_docx(tenant_id: Tenant, report_id: UUID, request: Request, etag: Known = None) -> Response:
    """The same as DOCX."""
    return await _printed(request, tenant_id, report_id, etag, report_docx, docx_of.MEDIA_TYPE)


@router.get(
    "/public/{tenant_id}/reports/{report_id}/pptx",
    response_class=Response,
    responses=PPTX | KNOWN,
    dependencies=[ByLink],
)
async def read_public_pptx(tenant_id: Tenant, report_id: UUID, request: Request, etag: Known = None) -> Response:
    """The same as slides, PPTX."""
    return await _printed(request, tenant_id, report_id, etag, report_pptx, pptx_of.MEDIA_TYPE)


@router.get(
    "/public/{tenant_id}/reports/{report_id}/archive",
    response_class=Response,
    responses=ARCHIVE | KNOWN,
    dependencies=[ByLink],
)
async def read_public_archive(tenant_id: Tenant, report_id: UUID, request: Request, etag: Known = None) -> Response:
    """The same as separate files in one ZIP, with every table as CSV and a codebook."""
    return await _printed(request, tenant_id, report_id, etag, report_archive, archive_of.MEDIA_TYPE)


def _page(document: Document, words: Words, issue: Issue) -> bytes:
    return report_page(document, words, issue).encode()


async def _printed(
    request: Request, tenant: UUID, report_id: UUID, etag: str | None, make: Make, media_type: str
) -> Response:
    """What is made of the present edition; 304 for who has it. Revalidated each time, since people may withdraw."""
    database: Database = request.app.state.database
    printer: Printer = request.app.state.printer
    async with database.transaction(tenant) as db:
        told = await printable(db, await queries.public_report(db, report_id))
    digest = await asyncio.to_thread(digest_of, *told)
    headers = PAGE | {"ETag": f'"{digest}"', "Cache-Control": "no-cache"}
    if etag == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    body = await printer.printed((media_type, report_id), digest, lambda: make(*told))
    return Response(body, media_type=media_type, headers=headers)
