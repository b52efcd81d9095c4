"""Reports shared with a network, and totals over its members."""

from uuid import UUID

from fastapi import APIRouter

from mentoring_common.auth import require_admin
from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.roles import require_right
from mentoring_common.unit_of_work import Db, Route
from mentoring_evaluation.networks import commands, queries
from mentoring_evaluation.networks.models import SharedReport
from mentoring_evaluation.networks.schemas import (
    NetworkTotal,
    NetworkTotalsView,
    ReportShare,
    SharedReportView,
)
from mentoring_evaluation.networks.totals import STATEMENT, Total
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.programmes.access import APPROVERS, Reader, Writer, require_team
from mentoring_evaluation.reports import queries as reports

router = APIRouter(route_class=Route, tags=["networks"])


@router.post("/reports/{report_id}/share", status_code=201)
async def share_report(report_id: UUID, new: ReportShare, by: Writer, db: Db) -> SharedReportView:
    """Hand the protected figures of a published report to the network over to its office, for totals.

    For who approves what leaves the programme. Of a programme the last one that was shared counts.
    """
    report = await reports.report(db, report_id)
    await require_right(db, by, report.programme_id, *APPROVERS)
    return SharedReportView.model_validate(await commands.share(db, report, new.network_id, by))


@router.get("/programmes/{programme_id}/shared-reports")
async def list_shared_reports(
    programme_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[SharedReportView]:
    """What was handed over to networks of the programme, figure by figure; for the team."""
    await programmes.programme(db, programme_id)
    await require_team(db, by, programme_id)
    found, following = await page(db, queries.shared(programme_id), SharedReport.id, cursor, limit)
    return page_of(found, following, SharedReportView.model_validate)


@router.get("/shared-reports/{share_id}")
async def read_shared_report(share_id: UUID, by: Reader, db: Db) -> SharedReportView:
    """What was handed over; for the team, never for the office."""
    found = await queries.shared_report(db, share_id)
    await require_team(db, by, found.programme_id)
    return SharedReportView.model_validate(found)


@router.post("/shared-reports/{share_id}/withdraw")
async def withdraw_shared_report(share_id: UUID, by: Writer, db: Db) -> SharedReportView:
    """Take back what was shared: the office's copy goes. For who approves what leaves the programme."""
    found = await queries.shared_report(db, share_id)
    await require_right(db, by, found.programme_id, *APPROVERS)
    shown = SharedReportView.model_validate(found)
    await commands.withdraw(db, found, by)
    return shown


@router.get("/networks/{network_id}/totals")
async def read_network_totals(network_id: UUID, by: Reader, db: Db) -> NetworkTotalsView:
    """The totals over the members of a network that were issued last; for its office's admin."""
    require_admin(by)
    return await _totals(db, network_id)


@router.post("/networks/{network_id}/totals/issue")
async def issue_network_totals(network_id: UUID, by: Writer, db: Db) -> NetworkTotalsView:
    """Issue the totals over what members share now, as their next edition; for its office's admin.

    A total is made anew where what at least three members published of it has changed, and else stands as it was.
    """
    require_admin(by)
    await commands.issue(db, network_id, by)
    return await _totals(db, network_id)


async def _totals(db: Db, network_id: UUID) -> NetworkTotalsView:
    members = await queries.members(db, network_id)
    sharing = {one.organisation_id for one in await queries.received(db, network_id)} & set(members)
    edition = await queries.last_edition(db, network_id)
    return NetworkTotalsView(
        network_id=network_id, statement=STATEMENT, number=edition.number if edition else 0,
        issued_at=edition.issued_at if edition else None, members=len(members), sharing=len(sharing),
        silent=[one for one in members if one not in sharing],
        totals=[_total(Total(**one)) for one in (edition.totals if edition else ())],
    )  # fmt: skip


def _total(one: Total) -> NetworkTotal:
    return NetworkTotal.model_validate({
        **one.about, "shown": one.shown, "value": one.value, "people": one.people, "members": len(one.basis),
        "between": one.between, "without": one.without, "as_of": one.as_of,
    })  # fmt: skip
