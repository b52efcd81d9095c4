"""Figures and reports."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.roles import require_role
from mentoring_common.runner import Service
from mentoring_common.unit_of_work import Db, Route
from mentoring_evaluation import queries, records
from mentoring_evaluation.api import READERS, Reader, Writer, require_team
from mentoring_evaluation.building import with_statistics
from mentoring_evaluation.commands import reports
from mentoring_evaluation.commands.quotes import quotes_of
from mentoring_evaluation.errors import ReportNotReady
from mentoring_evaluation.models import Report
from mentoring_evaluation.report_content import view_of
from mentoring_evaluation.report_page import report_page
from mentoring_evaluation.schemas import Audience, FiguresView, NewReport, ReportQueued, ReportView

router = APIRouter(route_class=Route, tags=["reports"])
Seen = Annotated[Audience, Query(description="exact for the programme team, or under disclosure control")]


def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


@router.get("/programmes/{programme_id}/figures")
async def read_figures(
    programme_id: UUID, by: Reader, service: Annotated[Service, Depends(_service)], view: Seen = "programme_team"
) -> FiguresView:
    """All figures as the records are now. The exact view is the programme team's, the public one also the steering
    group's."""
    assert by.tenant is not None  # Allow has seen to it
    # Not the request's transaction: the applications service is asked between reading and answering.
    async with service.database.transaction(by.tenant) as db:
        programme = await queries.programme(db, programme_id)
        await _require_view(db, by, programme_id, view)
        evidence = await records.evidence(db, programme)
    evidence = await with_statistics(service, by.tenant, evidence)
    said, figures = await asyncio.to_thread(view_of, evidence, view)
    return FiguresView(programme_id=programme_id, view=view, statement=said, figures=figures)


@router.post("/programmes/{programme_id}/reports", status_code=202)
async def request_report(programme_id: UUID, new: NewReport, by: Writer, db: Db) -> ReportQueued:
    """Have a report built; it is ready when `GET /reports/{id}` says so."""
    programme = await queries.programme(db, programme_id)
    await require_team(db, by, programme_id)
    return ReportQueued.model_validate(await reports.request_report(db, programme, new, by))


@router.get("/programmes/{programme_id}/reports")
async def list_reports(
    programme_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[ReportQueued]:
    """The programme's reports. For the programme team."""
    await queries.programme(db, programme_id)
    await require_team(db, by, programme_id)
    shown, following = await page(db, queries.reports(programme_id), Report.id, cursor, limit)
    return page_of(shown, following, ReportQueued.model_validate)


@router.get("/reports/{report_id}")
async def read_report(report_id: UUID, by: Reader, db: Db) -> ReportView:
    """A report as data: the figures of its audience, the ledger, findings in figures published elsewhere, quotes."""
    report = await _readable(db, report_id, by)
    known = ReportQueued.model_validate(report).model_dump() | {
        name: getattr(report, name) for name in ("requested_at", "built_at", "published_at", "notes")
    }
    if report.content is None:
        return ReportView(**known)
    return ReportView(**known, **_content(report.content, report.audience), quotes=await quotes_of(db, report))


@router.get("/reports/{report_id}/html", response_class=HTMLResponse)
async def read_page(report_id: UUID, by: Reader, db: Db) -> HTMLResponse:
    """A report as one self-contained page; the programme team's has the public view beside its own."""
    report = await _readable(db, report_id, by)
    if report.content is None:
        raise ReportNotReady()
    quotes = await quotes_of(db, report)
    issue = {"edition": report.edition, "notes": report.notes, "published_at": report.published_at}
    return HTMLResponse(await asyncio.to_thread(report_page, report.content, quotes, issue))


@router.post("/reports/{report_id}/publish")
async def publish_report(report_id: UUID, by: Writer, db: Db) -> ReportQueued:
    """Publish a report to its audience, as its first edition. For the programme team."""
    report = await queries.report(db, report_id)
    await require_team(db, by, report.programme_id)
    return ReportQueued.model_validate(await reports.publish_report(db, report, by))


async def _readable(db: AsyncSession, report_id: UUID, by: Principal) -> Report:
    """The programme team reads every report, the steering group a published public one."""
    report = await queries.report(db, report_id)
    if report.audience == "public" and report.state == "published":
        await require_role(db, by, report.programme_id, *READERS)
    else:
        await require_team(db, by, report.programme_id)
    return report


async def _require_view(db: AsyncSession, by: Principal, programme_id: UUID, view: Audience) -> None:
    if view == "public":
        await require_role(db, by, programme_id, *READERS)
    else:
        await require_team(db, by, programme_id)


def _content(content: dict[str, Any], audience: str) -> dict[str, Any]:
    view = content["views"][audience]
    kept = {name: content[name] for name in ("title", "ledger", "inconsistencies")}
    return kept | {"view": audience, "statement": view["statement"], "figures": view["figures"]}
