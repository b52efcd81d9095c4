"""Reports: asked for, built beside the request, published, and re-issued when somebody withdraws."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.deadlines import cancel, schedule
from mentoring_common.outbox import emit
from mentoring_contracts.evaluation import ReportPublished
from mentoring_evaluation import queries, records
from mentoring_evaluation.errors import (
    AlreadyPublished,
    ApprovalNeeded,
    ApprovalNotNeeded,
    NarrativeInvalid,
    PublishedUnreadable,
    ReferencesUnresolved,
    ReportNotReady,
)
from mentoring_evaluation.lifecycle import REPORT
from mentoring_evaluation.lint import ReportUnreadable, describe
from mentoring_evaluation.models import Programme, Report
from mentoring_evaluation.narrative import unknown_references
from mentoring_evaluation.report_content import kept_view, written
from mentoring_evaluation.report_kinds import Audience, Part, kind_of
from mentoring_evaluation.schemas import NewReport, TextSection

BUILD = "build_report"  # a deadline that is due at once; building.py looks for it, since it calls another service
# Part of a report, by whom its items are named, and what a new edition says of one that went.
WITHDRAWN: Mapping[Part, tuple[str, str]] = {
    "quotes": ("interview_id", "A person who had been interviewed withdrew: their words were removed."),
    "case_studies": ("case_study_id", "One of a pair withdrew: the case study that tells of both was removed."),
}


async def request_report(db: AsyncSession, programme: Programme, new: NewReport, by: Principal) -> Report:
    """Queue the next version of a kind of report.

    PublishedUnreadable if the figures published elsewhere are in no known shape, NarrativeInvalid if the text names
    figures that there are none of now. Backgrounds, which applications counts, can be named once it is built.
    """
    if new.published is not None:
        try:
            describe(new.published)
        except ReportUnreadable as error:
            raise PublishedUnreadable(str(error)) from None
    narrative = [section.model_dump() for section in new.narrative]
    if narrative:
        evidence = await records.evidence(db, programme)
        _, figures = await asyncio.to_thread(kept_view, evidence, new.wanted, kind_of(new.wanted).views[0])
        _check(narrative, figures)
    version = await queries.next_report_version(db, programme.id, new.wanted)
    approver = new.approver or programme.report_approvers.get(new.wanted)
    report = Report(
        programme_id=programme.id, kind=new.wanted, version=version, state="queued", approver=approver, edition=0,
        narrative=narrative, published=new.published, notes=[], requested_at=now(db),
    )  # fmt: skip
    db.add(report)
    await db.flush()
    await schedule(db, BUILD, report.id, report.requested_at)
    audit(db, by.subject, "request_report", "report", report.id)
    return report


async def store_content(db: AsyncSession, report_id: UUID, content: dict[str, Any]) -> bool:
    """Keep what was built; False if another replica was first."""
    before, after = REPORT["build"]
    waiting = (Report.id == report_id, Report.state.in_(before))
    built = sa.update(Report).where(*waiting).values(state=after, content=content, built_at=now(db))
    stored = await db.scalar(built.returning(Report.id)) is not None
    await cancel(db, BUILD, report_id)
    return stored


async def save_narrative(db: AsyncSession, report: Report, sections: Sequence[TextSection], by: Principal) -> Report:
    """Write the text of a built report from its own frozen figures; an approval lapses with the text it was for.

    ReportNotReady, AlreadyPublished, NarrativeInvalid.
    """
    if report.content is None:
        raise ReportNotReady()
    narrative = [section.model_dump() for section in sections]
    figures = report.content["views"][report.audience]["figures"]
    _check(narrative, figures)
    content = report.content | written(narrative, figures)
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
    if report.content is not None and report.content["unresolved"]:
        raise ReferencesUnresolved(references=report.content["unresolved"])
    if report.state == "ready" and report.approver is not None:
        raise ApprovalNeeded(role=report.approver)
    published = await _step(db, report, "publish", edition=1, published_at=now(db))
    audit(db, by.subject, "publish_report", "report", report.id)
    _announce(db, published)
    return published


async def reissue_without(db: AsyncSession, programme_id: UUID, gone: Collection[UUID]) -> None:
    """Take what was withdrawn (interviews, case studies) out of every report; a published one gets a new edition and a
    note that says so."""
    for report in await queries.reports_with_content(db, programme_id):
        content = report.content or {}
        kept = {part: _without(content.get(part, []), by, gone) for part, (by, _) in WITHDRAWN.items()}
        lost = [said for part, (_, said) in WITHDRAWN.items() if len(kept[part]) < len(content.get(part, []))]
        if not lost:
            continue
        report.content = content | kept
        if report.state == "published":
            report.edition += 1
            note = {"edition": report.edition, "at": now(db).isoformat(), "text": " ".join(lost)}
            report.notes = [*report.notes, note]
            _announce(db, report)


def _without(items: Sequence[Mapping[str, Any]], by: str, gone: Collection[UUID]) -> list[Mapping[str, Any]]:
    return [item for item in items if UUID(item[by]) not in gone]


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


def _check(narrative: Sequence[dict[str, str]], figures: Sequence[dict[str, Any]]) -> None:
    unknown = unknown_references(narrative, figures)
    if unknown:
        raise NarrativeInvalid(references=unknown)


def _announce(db: AsyncSession, report: Report) -> None:
    # A report to the steering group or a network shows the public view and is still not for everybody.
    audience: Audience = "public" if report.kind == "public" else "programme_team"
    emit(db, ReportPublished(
        report_id=report.id, programme_id=report.programme_id, edition=report.edition, audience=audience,
        kind=report.kind, report_version=report.version,
    ))  # fmt: skip
