"""Reports: asked for, built beside the request, published, and re-issued when somebody withdraws."""

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
from mentoring_evaluation import queries
from mentoring_evaluation.errors import AlreadyPublished, PublishedUnreadable, ReportNotReady
from mentoring_evaluation.lifecycle import REPORT
from mentoring_evaluation.lint import ReportUnreadable, describe
from mentoring_evaluation.models import Programme, Report
from mentoring_evaluation.schemas import Audience, NewReport

BUILD = "build_report"  # a deadline that is due at once; building.py looks for it, since it calls another service
WITHDRAWN = "A person who had been interviewed withdrew: their words were removed."


async def request_report(db: AsyncSession, programme: Programme, new: NewReport, by: Principal) -> Report:
    """Queue a report. PublishedUnreadable if the figures published elsewhere are in no known shape."""
    if new.published is not None:
        try:
            describe(new.published)
        except ReportUnreadable as error:
            raise PublishedUnreadable(str(error)) from None
    report = Report(
        programme_id=programme.id, audience=new.audience, state="queued", edition=0, published=new.published,
        notes=[], requested_at=now(db),
    )  # fmt: skip
    db.add(report)
    await db.flush()
    await schedule(db, BUILD, report.id, report.requested_at)
    audit(db, by.subject, "request_report", "report", report.id)
    return report


async def store_content(db: AsyncSession, report_id: UUID, content: dict[str, Any]) -> None:
    """Keep what was built; nothing if another replica was first."""
    before, after = REPORT["build"]
    waiting = (Report.id == report_id, Report.state.in_(before))
    await db.execute(sa.update(Report).where(*waiting).values(state=after, content=content, built_at=now(db)))
    await cancel(db, BUILD, report_id)


async def publish_report(db: AsyncSession, report: Report, by: Principal) -> Report:
    """Make a built report's first edition public to its audience. ReportNotReady, AlreadyPublished."""
    before, after = REPORT["publish"]
    ready = sa.update(Report).where(Report.id == report.id, Report.state.in_(before))
    step = ready.values(state=after, edition=1, published_at=now(db)).returning(Report)
    published = await db.scalar(step, execution_options={"populate_existing": True})
    if published is None:
        raise AlreadyPublished() if report.state == "published" else ReportNotReady()
    audit(db, by.subject, "publish_report", "report", report.id)
    _announce(db, published)
    return published


async def reissue_without(db: AsyncSession, programme_id: UUID, interview_id: UUID) -> None:
    """Take an interview's quotes out of every report; a published one gets a new edition and a note that says so."""
    for report in await queries.reports_with_content(db, programme_id):
        content = report.content or {}
        kept = [quote for quote in content["quotes"] if quote["interview_id"] != str(interview_id)]
        if len(kept) == len(content["quotes"]):
            continue
        report.content = content | {"quotes": kept}
        if report.state == "published":
            report.edition += 1
            note = {"edition": report.edition, "at": now(db).isoformat(), "text": WITHDRAWN}
            report.notes = [*report.notes, note]
            _announce(db, report)


def _announce(db: AsyncSession, report: Report) -> None:
    audience: Audience = "public" if report.audience == "public" else "programme_team"
    emit(db, ReportPublished(
        report_id=report.id, programme_id=report.programme_id, edition=report.edition, audience=audience
    ))  # fmt: skip
