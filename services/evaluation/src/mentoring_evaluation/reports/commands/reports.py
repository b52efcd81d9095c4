"""Reports: asked for, built beside the request, written, approved and published."""

import asyncio
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.deadlines import cancel, schedule
from mentoring_common.roles import is_held
from mentoring_common.typesetting import require_printable
from mentoring_contracts.rights import BUILT_IN
from mentoring_evaluation.errors import (
    AlreadyPublished,
    ApprovalNeeded,
    ApprovalNotNeeded,
    ApproverUnknown,
    NarrativeInvalid,
    PublishedUnreadable,
    ReferencesUnresolved,
    ReportNotReady,
)
from mentoring_evaluation.figures.queries import evidence_of
from mentoring_evaluation.figures.shown import Figures
from mentoring_evaluation.interviews import queries as interviews
from mentoring_evaluation.lifecycle import REPORT
from mentoring_evaluation.lint import ReportUnreadable, describe
from mentoring_evaluation.programmes.models import Programme
from mentoring_evaluation.reports import queries
from mentoring_evaluation.reports.commands.editions import announce
from mentoring_evaluation.reports.commands.texts import quotes_of, refuse_repetition
from mentoring_evaluation.reports.content import kept_view, written
from mentoring_evaluation.reports.document import Document, Written
from mentoring_evaluation.reports.kinds import ReportKind, kind_of
from mentoring_evaluation.reports.models import Report
from mentoring_evaluation.reports.narrative import unknown_references
from mentoring_evaluation.reports.schemas import NewReport, TextSection

BUILD = "build_report"  # a deadline that is due at once; building.py looks for it, since it calls another service


async def request_report(db: AsyncSession, programme: Programme, new: NewReport, by: Principal) -> Report:
    """Queue the next version of a kind of report.

    PublishedUnreadable if the figures published elsewhere are in no known shape, NarrativeInvalid if the text names
    figures or quotes that there are none of now, WordsRepeated, ScriptNotPrintable. Backgrounds, which applications
    counts, can be named once it is built.
    """
    if new.published is not None:
        try:
            describe(new.published)
        except ReportUnreadable as error:
            raise PublishedUnreadable(str(error)) from None
    narrative = _written(new.narrative)
    if narrative:
        await _check_before_building(db, programme, new.wanted, narrative)
    if new.approver is not None and not await _can_approve(db, programme, new.approver):
        raise ApproverUnknown()
    version = await queries.next_report_version(db, programme.id, new.wanted)
    approver = new.approver or programme.report_approvers.get(new.wanted)
    report = Report(
        programme_id=programme.id, kind=new.wanted, version=version, state="queued", approver=approver, edition=0,
        narrative=narrative, published=new.published, notes=(), requested_at=now(db),
    )  # fmt: skip
    db.add(report)
    await db.flush()
    await schedule(db, BUILD, report.id, report.requested_at)
    audit(db, by.subject, "request_report", "report", report.id)
    return report


def _written(sections: Sequence[TextSection]) -> tuple[Written, ...]:
    return tuple(Written(title=section.title, text=section.text) for section in sections)


async def _check_before_building(
    db: AsyncSession, programme: Programme, kind: ReportKind, narrative: Sequence[Written]
) -> None:
    held = kind_of(kind)
    evidence = await evidence_of(db, programme)
    view = await asyncio.to_thread(kept_view, evidence, held, held.views[0])
    rows = await db.execute(interviews.quotes(programme.id)) if "quotes" in held.parts else ()
    await _check(db, programme.id, narrative, view.figures, {str(quote.id) for quote, *_ in rows})


async def store_content(db: AsyncSession, report_id: UUID, document: Document) -> bool:
    """Keep what was built, with the text as it is by now; False if another replica was first."""
    before, after = REPORT["build"]
    report = await queries.report_in(db, report_id, before)
    if report is not None:
        document = written(document, report.narrative, document.views[report.audience].figures)
        report.state, report.content, report.built_at = after, document, now(db)
    await cancel(db, BUILD, report_id)
    return report is not None


async def save_narrative(db: AsyncSession, report: Report, sections: Sequence[TextSection], by: Principal) -> Report:
    """Write the text of a built report from its own frozen figures; an approval lapses with the text it was for.

    ReportNotReady, AlreadyPublished, NarrativeInvalid, WordsRepeated, ScriptNotPrintable.
    """
    if report.content is None:
        raise ReportNotReady()
    narrative, figures = _written(sections), report.content.views[report.audience].figures
    quotes = {str(quote.quote_id) for quote in await quotes_of(db, report.content.quotes)}
    await _check(db, report.programme_id, narrative, figures, quotes)
    content = written(report.content, narrative, figures)
    saved = await _step(db, report, "write", narrative=narrative, content=content, approved_at=None)
    audit(db, by.subject, "write_report", "report", report.id)
    return saved


async def approve_report(db: AsyncSession, report: Report, by: Principal) -> Report:
    """Let a built report be published. ApprovalNotNeeded, ReportNotReady, AlreadyPublished."""
    if report.approver is None or report.state == "approved":
        raise ApprovalNotNeeded()
    approved = await _step(db, report, "approve", approved_at=now(db))
    audit(db, by.subject, "approve_report", "report", report.id)
    return approved


async def publish_report(db: AsyncSession, report: Report, by: Principal) -> Report:
    """Make a built report's first edition public to its audience.

    ReportNotReady, AlreadyPublished, ApprovalNeeded, ReferencesUnresolved.
    """
    if report.content is not None and report.content.unresolved:
        raise ReferencesUnresolved(references=list(report.content.unresolved))
    if report.state == "ready" and report.approver is not None:
        raise ApprovalNeeded(role=report.approver)
    published = await _step(db, report, "publish", edition=1, published_at=now(db))
    audit(db, by.subject, "publish_report", "report", report.id)
    announce(db, published)
    return published


async def _step(db: AsyncSession, report: Report, act: str, **changes: Any) -> Report:
    """Move the report on, from the very state it was read in; ReportNotReady, AlreadyPublished."""
    before, after = REPORT[act]
    this = sa.update(Report).where(Report.id == report.id, Report.state.in_(before), Report.state == report.state)
    stepped: Report | None = await db.scalar(
        this.values(state=after, **changes).returning(Report), execution_options={"populate_existing": True}
    )
    if stepped is None:
        raise AlreadyPublished() if report.state == "published" else ReportNotReady()
    return stepped


async def _check(
    db: AsyncSession, programme_id: UUID, narrative: Sequence[Written], figures: Figures, quotes: Collection[str]
) -> None:
    unknown = unknown_references(narrative, figures, quotes)
    if unknown:
        raise NarrativeInvalid(references=unknown)
    await refuse_repetition(db, programme_id, narrative, frozenset(quotes))
    await asyncio.to_thread(require_printable, *(text for one in narrative for text in (one.title, one.text)))


async def _can_approve(db: AsyncSession, programme: Programme, role: str) -> bool:
    """Whether anybody may hold a role here: a built-in one, one that the blueprint has approve, or that is held."""
    known = role in BUILT_IN or role in programme.report_approvers.values()
    return known or await is_held(db, programme.id, role)
