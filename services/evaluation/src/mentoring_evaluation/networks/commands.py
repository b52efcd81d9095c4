"""Memberships as they are heard of, and reports shared with a network and taken back.

This is the one place of the service that acts in another organisation's tenant: it puts a copy there, or takes it away,
and reads whether the membership stands there too. Both walls stand the whole time, each time for one tenant.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import bind_tenant, now, tenant_of
from mentoring_common.ids import new_id
from mentoring_common.outbox import emit
from mentoring_contracts.evaluation import (
    NetworkReportReceived,
    NetworkReportWithdrawn,
    ReportShared,
    ReportShareWithdrawn,
)
from mentoring_evaluation.errors import NotInNetwork, ReportNotForNetwork
from mentoring_evaluation.networks import queries
from mentoring_evaluation.networks.models import NetworkEdition, NetworkLink, SharedReport
from mentoring_evaluation.networks.totals import Shared, Total, handed_over, issued
from mentoring_evaluation.reports.models import Report


async def keep_link(
    db: AsyncSession, membership_id: UUID, network_id: UUID, office_id: UUID, organisation_id: UUID
) -> None:
    """A membership stands."""
    values = {"network_id": network_id, "office_id": office_id, "organisation_id": organisation_id, "joined": True}
    statement = insert(NetworkLink).values(id=membership_id, **values)
    await db.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "id"], set_=values))


async def end_link(db: AsyncSession, network_id: UUID, organisation_id: UUID) -> None:
    """A membership is over: what was shared under it goes, here where the event was told."""
    mine = {"network_id": network_id, "organisation_id": organisation_id}
    await db.execute(sa.update(NetworkLink).filter_by(**mine).values(joined=False))
    await db.execute(sa.delete(SharedReport).filter_by(**mine))


async def share(db: AsyncSession, report: Report, network_id: UUID, by: Principal) -> SharedReport:
    """Hand the protected figures of a published report over to the network's office, in place of what was shared of
    the programme before. ReportNotForNetwork, NotInNetwork."""
    if (report.kind, report.state) != ("network", "published") or report.content is None:
        raise ReportNotForNetwork()
    member = tenant_of(db)
    link = await queries.link_to(db, network_id, member)
    if link is None:
        raise NotInNetwork()
    values: dict[str, Any] = {
        "id": new_id(), "network_id": network_id, "office_id": link.office_id, "organisation_id": member,
        "programme_id": report.programme_id, "report_id": report.id, "figures": handed_over(report.content.to_json()),
        "shared_at": now(db),
    }  # fmt: skip
    async with _acting_in(db, link.office_id):
        if await queries.link_to(db, network_id, member) is None:
            raise NotInNetwork()
        copy = await _put(db, values)
        audit(db, _of(member), "receive_report", "shared_report", copy.id)
        emit(db, NetworkReportReceived(received_id=copy.id, network_id=network_id, organisation_id=member))
    made = await _put(db, values | {"id": copy.id})
    audit(db, by.subject, "share_report", "report", report.id)
    about = {"programme_id": report.programme_id, "report_id": report.id, "network_id": network_id}
    emit(db, ReportShared(share_id=made.id, **about))
    return made


async def issue(db: AsyncSession, network_id: UUID, by: Principal) -> None:
    """Make the totals of a network anew, as far as enough members changed; for its office. NetworkNotFound.

    The next edition is made where anything differs from the last.
    """
    members = await queries.members(db, network_id, held=True)
    shared = [Shared(one.organisation_id, one.figures) for one in await queries.received(db, network_id)]
    editions = await queries.editions(db, network_id)
    before = [[Total(**total) for total in one.totals] for one in editions]
    found = issued(members, [one for one in shared if one.organisation_id in members], before, now(db))
    if found != (before[-1] if before else []):
        number = 1 + len(editions)
        content = [asdict(total) for total in found]
        values = {"id": new_id(), "network_id": network_id, "number": number, "issued_at": now(db), "totals": content}
        db.add(NetworkEdition(**values))
        await db.flush()
        audit(db, by.subject, "issue_totals", "network", network_id, reason=f"edition {number}")


async def withdraw(db: AsyncSession, shared: SharedReport, by: Principal) -> None:
    """Take back what was shared: it goes on both sides."""
    member, network_id = tenant_of(db), shared.network_id
    async with _acting_in(db, shared.office_id):
        if await _gone(db, shared.id):
            audit(db, _of(member), "lose_report", "shared_report", shared.id)
            emit(db, NetworkReportWithdrawn(received_id=shared.id, network_id=network_id, organisation_id=member))
    if await _gone(db, shared.id):
        audit(db, by.subject, "withdraw_shared_report", "shared_report", shared.id)
        about = {"programme_id": shared.programme_id, "report_id": shared.report_id, "network_id": network_id}
        emit(db, ReportShareWithdrawn(share_id=shared.id, **about))


async def _put(db: AsyncSession, values: dict[str, Any]) -> SharedReport:
    """The row of the programme in the tenant, made or brought up to date; its id stays."""
    statement = insert(SharedReport).values(values)
    columns = ["tenant_id", "network_id", "programme_id"]
    later = {name: values[name] for name in ("report_id", "figures", "shared_at")}
    put = statement.on_conflict_do_update(index_elements=columns, set_=later).returning(SharedReport)
    return (await db.execute(put.execution_options(populate_existing=True))).scalar_one()


async def _gone(db: AsyncSession, share_id: UUID) -> bool:
    gone = sa.delete(SharedReport).where(SharedReport.id == share_id).returning(SharedReport.id)
    return await db.scalar(gone.execution_options(synchronize_session=False)) is not None


@asynccontextmanager
async def _acting_in(db: AsyncSession, organisation_id: UUID) -> AsyncIterator[None]:
    own = tenant_of(db)
    await bind_tenant(db, organisation_id)
    yield
    await bind_tenant(db, own)  # not where it failed: nothing more happens in that transaction


def _of(organisation_id: UUID) -> str:
    """Who acted, in the office's audit log: the organisation, and nobody in it."""
    return f"organisation:{organisation_id}"
