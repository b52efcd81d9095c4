"""The SELECTs of reports."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from mentoring_evaluation.errors import ReportNotFound
from mentoring_evaluation.programmes.queries import hold_programme
from mentoring_evaluation.reports.models import Report


async def report(db: AsyncSession, report_id: UUID) -> Report:
    """The report; ReportNotFound."""
    found = await db.scalar(sa.select(Report).where(Report.id == report_id))
    if found is None:
        raise ReportNotFound()
    return found


async def report_in(db: AsyncSession, report_id: UUID, states: Collection[str]) -> Report | None:
    """The report while it is in one of the states, held until the commit."""
    return await db.scalar(sa.select(Report).where(Report.id == report_id, Report.state.in_(states)).with_for_update())


async def public_report(db: AsyncSession, report_id: UUID) -> Report:
    """The report, if it is a public one and published; ReportNotFound for every other."""
    found = await report(db, report_id)
    if (found.kind, found.state) != ("public", "published"):
        raise ReportNotFound()
    return found


def reports(programme_id: UUID) -> sa.Select[Report]:
    """The reports of a programme, without what they say."""
    without = (defer(column, raiseload=True) for column in (Report.content, Report.narrative, Report.published))
    return sa.select(Report).where(Report.programme_id == programme_id).options(*without)


def readable_reports(programme_id: UUID, kinds: Collection[str], roles: Collection[str]) -> sa.Select[Report]:
    """The published reports of these kinds, and those that one of these roles approves."""
    published = sa.and_(Report.state == "published", Report.kind.in_(kinds))
    return reports(programme_id).where(sa.or_(published, Report.approver.in_(roles)))


async def next_report_version(db: AsyncSession, programme_id: UUID, kind: str) -> int:
    """The number of the next report of a kind; who asks holds the programme until this transaction ends."""
    await hold_programme(db, programme_id)
    of_kind = sa.select(sa.func.max(Report.version)).where(Report.programme_id == programme_id, Report.kind == kind)
    return (await db.scalar(of_kind) or 0) + 1


async def report_published_before(db: AsyncSession, report: Report) -> Report | None:
    """The last published version of the same kind before this one."""
    same = (Report.programme_id == report.programme_id, Report.kind == report.kind, Report.state == "published")
    earlier = sa.select(Report).where(*same, Report.version < report.version)
    return await db.scalar(earlier.order_by(Report.version.desc()).limit(1))


async def reports_held(db: AsyncSession, programme_id: UUID) -> Sequence[Report]:
    """The reports of a programme, locked until this transaction ends."""
    rows = sa.select(Report).where(Report.programme_id == programme_id)
    return (await db.scalars(rows.order_by(Report.id).with_for_update())).all()
