"""What is read of webhooks."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import aliased

from mentoring_common.auth import Principal
from mentoring_common.db import tenant_of
from mentoring_integrations.changes import queries as changes
from mentoring_integrations.changes.audience import for_employer
from mentoring_integrations.changes.models import Change
from mentoring_integrations.errors import WebhookNotFound
from mentoring_integrations.lifecycle import DeliveryState
from mentoring_integrations.webhooks.models import Delivery, Webhook

TENANTS_AT_ONCE = 50
_D, _W = Delivery.__table__.c, Webhook.__table__.c
_NOW = sa.func.clock_timestamp()


def _first_due() -> sa.ScalarSelect[datetime]:
    """Of a webhook: when its next delivery is due. By index, however many there are."""
    mine = (_D.tenant_id == _W.tenant_id, _D.webhook_id == _W.id, _D.state == "queued")
    return sa.select(sa.func.min(_D.not_before)).where(*mine).correlate(Webhook.__table__).scalar_subquery()


_DUE_AT = sa.case((_first_due().is_not(None), sa.func.greatest(_W.not_before, _first_due())))
_ACTIVE = _W.state == "active"
# What the lookout asks: the seconds until something can be sent.
WAITS = sa.cast(sa.extract("epoch", sa.select(sa.func.min(_DUE_AT)).where(_ACTIVE).scalar_subquery() - _NOW), sa.Float)


async def tenants_with_work(connection: AsyncConnection) -> Sequence[UUID]:
    """Organisations with something to send; under the system role."""
    rows = sa.select(_W.tenant_id).where(_ACTIVE, _W.not_before <= _NOW, _first_due() <= _NOW).distinct()
    return (await connection.scalars(rows.limit(TENANTS_AT_ONCE))).all()


def ready(most: int) -> sa.Select[UUID]:
    """Webhooks of the transaction's organisation with something due, held; those that others hold are passed over."""
    rows = sa.select(Webhook.id).where(_ACTIVE, Webhook.not_before <= _NOW, _first_due() <= _NOW)
    return rows.order_by(Webhook.not_before).limit(most).with_for_update(skip_locked=True)


class Due(NamedTuple):
    """A delivery: its place, event, attempts so far, and the event as text, as its webhook is shown it."""

    id: UUID
    position: int
    event_id: UUID
    attempts: int
    event: str
    traceparent: str | None


_DUE = sa.text(f"""
    SELECT w.id AS webhook_id, d.id, d.position, d.event_id, d.attempts, c.event, c.people, c.traceparent,
           {changes.own("w.employer_id")} AS own, w.employer_id
    FROM webhooks w CROSS JOIN LATERAL (
        SELECT id, position, event_id, attempts FROM webhook_deliveries
        WHERE tenant_id = w.tenant_id AND webhook_id = w.id AND state = 'queued' AND not_before <= clock_timestamp()
        ORDER BY position LIMIT CASE WHEN w.failures >= :open_after THEN 1 ELSE :most END
    ) d JOIN changes c ON c.tenant_id = w.tenant_id AND c.position = d.position
    WHERE w.tenant_id = :tenant AND w.id = ANY (:webhooks) ORDER BY w.id, d.position
""")  # noqa: S608  an expression of ours


async def due(db: AsyncSession, webhooks: Collection[UUID], most: int, open_after: int) -> dict[UUID, list[Due]]:
    """What is due for each webhook, in order: `most`, or one for an endpoint that failed `open_after` times."""
    found: dict[UUID, list[Due]] = {id_: [] for id_ in webhooks}
    given = {"tenant": tenant_of(db), "webhooks": list(webhooks), "most": most, "open_after": open_after}
    for row in await db.execute(_DUE, given):
        one = Due(row.id, row.position, row.event_id, row.attempts, _shown(row), row.traceparent)
        found[row.webhook_id].append(one)
    return found


def _shown(row: Any) -> str:
    if row.employer_id is None:
        return str(row.event)
    return for_employer(row.event, row.event_id, row.people or [], row.own)


def webhooks(by: Principal) -> sa.Select[Webhook]:
    """An HR client's own webhooks; all of them for the organisation's administration."""
    rows = sa.select(Webhook)
    return rows if by.is_admin else rows.where(Webhook.made_by == by.subject)


async def webhook(db: AsyncSession, by: Principal, webhook_id: UUID) -> Webhook:
    """One of those; WebhookNotFound."""
    found: Webhook | None = await db.scalar(webhooks(by).where(Webhook.id == webhook_id))
    if found is None:
        raise WebhookNotFound()
    return found


async def how_many(db: AsyncSession) -> int:
    """The number of webhooks of the organisation."""
    return await db.scalar(sa.select(sa.func.count()).select_from(Webhook)) or 0


def deliveries(webhook_id: UUID, state: DeliveryState | None) -> sa.Select[Delivery]:
    """A webhook's deliveries, or those in one state."""
    rows = sa.select(Delivery).where(Delivery.webhook_id == webhook_id)
    return rows if state is None else rows.where(Delivery.state == state)


async def counts(db: AsyncSession, webhook_ids: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    """How many deliveries of each webhook wait, and how many were given up."""
    rows = sa.select(Delivery.webhook_id, Delivery.state, sa.func.count().label("number"))
    rows = rows.where(Delivery.webhook_id.in_(webhook_ids), Delivery.state != "delivered")
    found: dict[UUID, dict[str, int]] = {id_: {} for id_ in webhook_ids}
    for row in await db.execute(rows.group_by(Delivery.webhook_id, Delivery.state)):
        found[row.webhook_id][row.state] = row.number
    return found


def matching(webhook: Webhook, since: datetime, until: datetime) -> sa.Select[int]:
    """The places of what a webhook would have been sent of a time."""
    c = aliased(Change, name="c")
    told = sa.text(changes.told_to("CAST(:employer AS uuid)")).bindparams(employer=webhook.employer_id)
    rows = sa.select(c.position).where(c.tenant_id == webhook.tenant_id, c.occurred_at >= since, c.occurred_at < until)
    rows = rows.where(told)
    if webhook.types:
        rows = rows.where(c.type.in_(webhook.types))
    return rows if webhook.programme_id is None else rows.where(c.programme_id == webhook.programme_id)


async def how_many_match(db: AsyncSession, webhook: Webhook, since: datetime, until: datetime, most: int) -> int:
    """How many events that are; no more than `most` are counted."""
    some = matching(webhook, since, until).limit(most).subquery()
    return await db.scalar(sa.select(sa.func.count()).select_from(some)) or 0


async def numbers_of_all(connection: AsyncConnection) -> tuple[Sequence[tuple[str, int]], int]:
    """Webhooks by state, and how many deliveries are queued; asked under the system role."""
    states = await connection.execute(sa.select(Webhook.state, sa.func.count()).group_by(Webhook.state))
    queued = sa.select(sa.func.count()).select_from(Delivery).where(Delivery.state == "queued")
    return [(state, number) for state, number in states], await connection.scalar(queued) or 0
