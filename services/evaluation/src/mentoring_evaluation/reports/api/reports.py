"""Figures and reports."""

import asyncio
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.roles import RoleNeeded, require_right, rights_of, roles_of
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch, IfMatchRequired
from mentoring_evaluation.errors import ReportNotReady
from mentoring_evaluation.figures.views import Audience
from mentoring_evaluation.interviews.schemas import Section
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.programmes.access import APPROVERS, TEAM, Reader, Writer, require_team
from mentoring_evaluation.reports import archive as archive_of
from mentoring_evaluation.reports import docx as docx_of
from mentoring_evaluation.reports import pptx as pptx_of
from mentoring_evaluation.reports import queries
from mentoring_evaluation.reports.archive import report_archive
from mentoring_evaluation.reports.changes import Changes, Issue, Previous, changes_since
from mentoring_evaluation.reports.commands import reports
from mentoring_evaluation.reports.commands.texts import words_of
from mentoring_evaluation.reports.document import CaseStudyTold, Document, Words
from mentoring_evaluation.reports.docx import report_docx
from mentoring_evaluation.reports.kinds import kinds_for
from mentoring_evaluation.reports.models import Report
from mentoring_evaluation.reports.page import report_page
from mentoring_evaluation.reports.pdf import report_pdf
from mentoring_evaluation.reports.pptx import report_pptx
from mentoring_evaluation.reports.schemas import (
    CaseStudyInReport,
    ChangesView,
    NewNarrative,
    NewReport,
    ReportQueued,
    ReportView,
)

router = APIRouter(route_class=Route, tags=["reports"])
_PARTS = (
    "title",
    "ledger",
    "inconsistencies",
    "themes",
    "recommendations",
    "decisions",
    "evaluation_model",
    "outcomes",
)
PDF: dict[int | str, dict[str, Any]] = {200: {"content": {"application/pdf": {}}}}
PPTX: dict[int | str, dict[str, Any]] = {200: {"content": {pptx_of.MEDIA_TYPE: {}}}}
DOCX: dict[int | str, dict[str, Any]] = {200: {"content": {docx_of.MEDIA_TYPE: {}}}}
ARCHIVE: dict[int | str, dict[str, Any]] = {200: {"content": {archive_of.MEDIA_TYPE: {}}}}
# The page carries its styles and its charts, and nothing of it runs or is loaded.
PAGE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
}


@router.post("/programmes/{programme_id}/reports", status_code=202)
async def request_report(programme_id: UUID, new: NewReport, by: Writer, db: Db) -> ReportQueued:
    """Have a report built; it is ready when `GET /reports/{id}` says so."""
    programme = await programmes.programme(db, programme_id)
    await require_team(db, by, programme_id)
    return ReportQueued.model_validate(await reports.request_report(db, programme, new, by))


@router.get("/programmes/{programme_id}/reports")
async def list_reports(
    programme_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[ReportQueued]:
    """The programme's reports that the caller may read: all of them for the programme team."""
    await programmes.programme(db, programme_id)
    rows, rights = queries.reports(programme_id), await rights_of(db, by, programme_id)
    if not (by.is_admin or rights & {*TEAM, *APPROVERS}):
        held = await roles_of(db, by, programme_id)
        rows = queries.readable_reports(programme_id, kinds_for(rights), held)
    shown, following = await page(db, rows, Report.id, cursor, limit)
    return page_of(shown, following, ReportQueued.model_validate)


@router.get("/reports/{report_id}")
async def read_report(report_id: UUID, by: Reader, db: Db) -> ReportView:
    """A report as data: the figures of its audience and everything else that stands in a report of its kind."""
    report = await _readable(db, report_id, by)
    dates = ("requested_at", "built_at", "approved_at", "published_at", "notes")
    known = ReportQueued.model_validate(report).model_dump() | {name: getattr(report, name) for name in dates}
    if report.content is None:
        return ReportView(**known)
    words = await words_of(db, report.content)
    return ReportView.model_validate(known | said_of(report.content, report.audience, words), from_attributes=True)


@router.get("/reports/{report_id}/html", response_class=HTMLResponse)
async def read_report_page(report_id: UUID, by: Reader, db: Db) -> HTMLResponse:
    """A report as one self-contained page; the programme team's has the public view beside its own."""
    report = await _readable(db, report_id, by)
    return HTMLResponse(await asyncio.to_thread(report_page, *await printable(db, report)), headers=PAGE)


@router.get("/reports/{report_id}/pdf", response_class=Response, responses=PDF)
async def read_report_pdf(report_id: UUID, by: Reader, db: Db) -> Response:
    """A report as PDF/A-2a, which is also tagged for screen readers (PDF/UA-1); the same report gives the same file."""
    report = await _readable(db, report_id, by)
    pdf = await asyncio.to_thread(report_pdf, *await printable(db, report))
    return Response(pdf, media_type="application/pdf", headers=_named(report, "pdf"))


@router.get("/reports/{report_id}/docx", response_class=Response, responses=DOCX)
async def read_report_docx(report_id: UUID, by: Reader, db: Db) -> Response:
    """A report as DOCX, to work on with it in a word processor; the same report gives the same file."""
    report = await _readable(db, report_id, by)
    docx = await asyncio.to_thread(report_docx, *await printable(db, report))
    return Response(docx, media_type=docx_of.MEDIA_TYPE, headers=_named(report, "docx"))


@router.get("/reports/{report_id}/pptx", response_class=Response, responses=PPTX)
async def read_report_pptx(report_id: UUID, by: Reader, db: Db) -> Response:
    """A report's findings and charts as slides, PPTX, the evidence in their notes; the same report gives the same
    file."""
    report = await _readable(db, report_id, by)
    pptx = await asyncio.to_thread(report_pptx, *await printable(db, report))
    return Response(pptx, media_type=pptx_of.MEDIA_TYPE, headers=_named(report, "pptx"))


@router.get("/reports/{report_id}/archive", response_class=Response, responses=ARCHIVE)
async def read_report_archive(report_id: UUID, by: Reader, db: Db) -> Response:
    """A report as separate files in one ZIP: page, PDF and DOCX, every table as CSV with a codebook, every chart. From
    its tables `mentoring recompute` counts the figures again."""
    report = await _readable(db, report_id, by)
    archive = await asyncio.to_thread(report_archive, *await printable(db, report))
    return Response(archive, media_type=archive_of.MEDIA_TYPE, headers=_named(report, "zip"))


@router.get("/reports/{report_id}/changes")
async def read_report_changes(report_id: UUID, by: Reader, db: Db) -> ChangesView:
    """The figures, themes, recommendations and case studies that came, went or changed since the version published
    before, with what they said and say."""
    report = await _readable(db, report_id, by)
    if report.content is None:
        raise ReportNotReady()
    return _view(await _changes(db, report, report.content))


@router.put("/reports/{report_id}/narrative")
async def save_report_narrative(
    report_id: UUID, new: NewNarrative, by: Writer, db: Db, expected: IfMatchRequired
) -> ReportQueued:
    """Write a built report's text; every `{figure:…}` in it must name one of the report's figures. For the team."""
    report = await queries.report(db, report_id)
    await require_team(db, by, report.programme_id)
    await expected.hold(db, report)
    return ReportQueued.model_validate(await reports.save_narrative(db, report, new.narrative, by))


@router.post("/reports/{report_id}/approve")
async def approve_report(report_id: UUID, by: Writer, db: Db, expected: IfMatch) -> ReportQueued:
    """Approve a report for publication. For the role that it names, which nobody stands above."""
    report = await _readable(db, report_id, by)
    if report.approver is not None and report.approver not in await roles_of(db, by, report.programme_id):
        raise RoleNeeded(needed=[report.approver])
    await expected.hold(db, report)
    return ReportQueued.model_validate(await reports.approve_report(db, report, by))


@router.post("/reports/{report_id}/publish")
async def publish_report(report_id: UUID, by: Writer, db: Db, expected: IfMatch) -> ReportQueued:
    """Publish a report to its audience, as its first edition; after approval, where one is asked for. For the team."""
    report = await queries.report(db, report_id)
    await require_team(db, by, report.programme_id)
    await expected.hold(db, report)
    return ReportQueued.model_validate(await reports.publish_report(db, report, by))


def _named(report: Report, form: str) -> dict[str, str]:
    name = f"{report.kind}-{report.version}.{report.edition}.{form}"
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def said_of(document: Document, audience: Audience, words: Words) -> dict[str, Any]:
    """What a built report says as data, people's words in it."""
    view = document.views[audience]
    told = [
        CaseStudyInReport(case_study_id=one.case_study_id, cohort=one.cohort, sections=_sections(one))
        for one in words.case_studies
    ]
    return {name: getattr(document, name) for name in _PARTS} | {
        "view": audience,
        "statement": view.statement,
        "figures": view.figures,
        "distributions": view.distributions,
        "narrative": words.narrative,
        "quotes": words.quotes,
        "case_studies": told,
    }


def _sections(study: CaseStudyTold) -> list[Section]:
    return [Section(title=title, text=text) for title, text in study.sections]


async def printable(db: AsyncSession, report: Report) -> tuple[Document, Words, Issue]:
    """What a page or a PDF is made of. ReportNotReady."""
    if report.content is None:
        raise ReportNotReady()
    changed = await _changes(db, report, report.content)
    issue = Issue(report.version, report.edition, report.notes, report.published_at, changed)
    return report.content, await words_of(db, report.content), issue


async def _readable(db: AsyncSession, report_id: UUID, by: Principal) -> Report:
    """The programme team reads every report, others what is published for them (`kinds_for`), and whoever approves a
    report reads it before."""
    report = await queries.report(db, report_id)
    rights = await rights_of(db, by, report.programme_id)
    if report.state == "published" and report.kind in kinds_for(rights):
        return report
    if report.approver not in await roles_of(db, by, report.programme_id):
        await require_right(db, by, report.programme_id, *TEAM, *APPROVERS)
    return report


async def _changes(db: AsyncSession, report: Report, document: Document) -> Changes:
    before = await queries.report_published_before(db, report)
    if before is None or before.content is None:
        return Changes()
    previous = Previous(before.id, before.version, before.published_at, before.notes)
    return changes_since(previous, before.content, document, report.audience)


def _view(changed: Changes) -> ChangesView:
    parts = {name: getattr(changed, name) for name in ("themes", "recommendations", "case_studies")}
    figures = changed.figures
    known = {"added": figures.added, "removed": figures.removed, "changed": figures.changed}
    return ChangesView.model_validate({"previous": changed.previous} | known | parts, from_attributes=True)
