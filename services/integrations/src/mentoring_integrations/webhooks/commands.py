"""What is done with webhooks; commands never commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import leave_work, now, tenant_of
from mentoring_common.outbox import emit
from mentoring_common.retention import delete_in_steps, older_than
from mentoring_common.runner import Service
from mentoring_common.vault import destroy_key, seal, unseal_all
from mentoring_contracts.integrations import WebhookDisabled
from mentoring_integrations.changes.commands import keeping
from mentoring_integrations.changes.queries import told_to
from mentoring_integrations.changes.types import known_types
from mentoring_integrations.errors import (
    ReplayTooLong,
    SecretIsRotating,
    TooManyWebhooks,
    WebhookAddressRefused,
    WebhookStateConflict,
)
from mentoring_integrations.lifecycle import QUEUING, WEBHOOK
from mentoring_integrations.notifications.commands import Notice, notify
from mentoring_integrations.notifications.topics import WEBHOOK_DISABLED
from mentoring_integrations.programmes.access import audience_of
from mentoring_integrations.programmes.queries import programme
from mentoring_integrations.webhooks import queries, schedule, signing
from mentoring_integrations.webhooks.addresses import Refused, Rule
from mentoring_integrations.webhooks.models import Delivery, Webhook
from mentoring_integrations.webhooks.schemas import NewWebhook, Replay, WebhookChange
from mentoring_integrations.webhooks.sending import Outcome

MOST_WEBHOOKS: Final = 500  # of an organisation
MOST_REPLAYED: Final = 10_000
ROTATION: Final = timedelta(hours=24)  # in which both secrets are signed with
LEASE: Final = timedelta(seconds=60)  # how late a delivery is whose sender died; longer than a parcel takes
PARCEL: Final = 40  # deliveries that are read under one lease
_NOW = sa.func.clock_timestamp()

# What an organisation's webhooks are sent of the changes between two places: queued with them, each once.
_QUEUE = sa.text(f"""
    INSERT INTO webhook_deliveries (tenant_id, id, webhook_id, position, event_id, type)
    SELECT c.tenant_id, uuidv7(), w.id, c.position, c.id, c.type
    FROM changes c JOIN webhooks w ON w.tenant_id = c.tenant_id AND w.state = ANY (:queuing)
         AND (w.types = '{{}}' OR c.type = ANY (w.types))
         AND (w.programme_id IS NULL OR w.programme_id = c.programme_id)
         AND {told_to("w.employer_id")}
    WHERE c.tenant_id = :tenant AND c.position BETWEEN :first AND :last
    ORDER BY c.position
    ON CONFLICT DO NOTHING RETURNING 1
""").bindparams(  # noqa: S608  an expression of ours
    sa.bindparam("queuing", type_=sa.ARRAY(sa.Text())),
    sa.bindparam("tenant", type_=sa.Uuid()),
    sa.bindparam("first", type_=sa.BigInteger()),
    sa.bindparam("last", type_=sa.BigInteger()),
)


def rule_of(service: Service) -> Rule:
    """Where webhooks may go from this installation."""
    return Rule(loopback=service.settings.webhooks_to_loopback)


async def make_webhook(db: AsyncSession, by: Principal, new: NewWebhook, rule: Rule) -> Webhook:
    """A webhook that is not verified yet.

    WebhookAddressRefused, UnknownEventType, ProgrammeNotFound, TooManyWebhooks.
    """
    _check(new.url, rule)
    if await queries.how_many(db) >= MOST_WEBHOOKS:
        raise TooManyWebhooks(most=MOST_WEBHOOKS)
    made = Webhook(
        url=new.url, description=new.description, types=known_types(new.types, "body", "types"), made_by=by.subject,
        programme_id=await _known_programme(db, new.programme_id), contact_id=new.contact_id or by.person,
        employer_id=audience_of(by), made_at=now(db), secret=b"",
    )  # fmt: skip
    db.add(made)
    await db.flush()
    made.secret = await seal(db, made.id, signing.new_secret())
    await db.flush()
    audit(db, by.subject, "make_webhook", "webhook", made.id)
    return made


async def change_webhook(db: AsyncSession, by: Principal, found: Webhook, new: WebhookChange, rule: Rule) -> None:
    """Change what is given; a webhook that moves has to be verified anew. As `make_webhook`."""
    if new.url is not None and new.url != found.url:
        _check(new.url, rule)
        found.url, found.state = new.url, WEBHOOK["move"][1]
    if new.types is not None:
        found.types = known_types(new.types, "body", "types")
    if "programme_id" in new.model_fields_set:
        found.programme_id = await _known_programme(db, new.programme_id)
    if "contact_id" in new.model_fields_set:
        found.contact_id = new.contact_id
    if new.description is not None:
        found.description = new.description
    audit(db, by.subject, "change_webhook", "webhook", found.id)
    await db.flush()


async def delete_webhook(db: AsyncSession, by: Principal, found: Webhook) -> None:
    """Delete a webhook with its log; what it was signed with opens nothing any more."""
    await db.delete(found)
    await destroy_key(db, found.id)
    audit(db, by.subject, "delete_webhook", "webhook", found.id)


async def act(db: AsyncSession, by: Principal, found: Webhook, act_: str) -> None:
    """Pause, resume, or note that the endpoint was verified; WebhookStateConflict."""
    before, after = WEBHOOK[act_]
    if found.state not in before:
        raise WebhookStateConflict(state=found.state)
    found.state, found.disabled_because = after, None
    if act_ == "verify" and found.made_by == by.subject:
        found.employer_id = audience_of(by)
    found.failures, found.failing_since, found.not_before = 0, None, _NOW
    audit(db, by.subject, f"{act_}_webhook", "webhook", found.id)
    leave_work(db)
    await db.flush()
    await db.refresh(found)


async def rotate_secret(db: AsyncSession, by: Principal, found: Webhook) -> None:
    """A fresh secret; for a day what is sent is signed with the one before as well, and SecretIsRotating."""
    if found.previous_until is not None and found.previous_until > now(db):
        raise SecretIsRotating(until=found.previous_until.isoformat())
    found.previous_secret, found.previous_until = found.secret, now(db) + ROTATION
    found.secret = await seal(db, found.id, signing.new_secret())
    audit(db, by.subject, "rotate_webhook_secret", "webhook", found.id)
    await db.flush()


async def secrets_of(db: AsyncSession, found: Webhook) -> list[str]:
    """The secrets in force, the newest first."""
    return (await _secrets_of_all(db, [found]))[found.id]


async def _secrets_of_all(db: AsyncSession, webhooks: Sequence[Webhook]) -> dict[UUID, list[str]]:
    sealed = [(one.id, one.secret) for one in webhooks]
    rotating = [one for one in webhooks if one.previous_until and one.previous_until > now(db)]
    sealed += [(one.id, one.previous_secret) for one in rotating if one.previous_secret]
    found: dict[UUID, list[str]] = {one.id: [] for one in webhooks}
    for (id_, _), secret in zip(sealed, await unseal_all(db, sealed), strict=True):
        found[id_].append(secret)
    return found


async def replay(db: AsyncSession, by: Principal, found: Webhook, wanted: Replay) -> int:
    """Queue what happened in a time again, or what of it was given up; how many events. ReplayTooLong."""
    if found.state not in QUEUING:
        raise WebhookStateConflict(state=found.state)
    if await queries.how_many_match(db, found, wanted.since, wanted.until, MOST_REPLAYED + 1) > MOST_REPLAYED:
        raise ReplayTooLong(most=MOST_REPLAYED)
    queued = await (_queue_failed if wanted.only_failed else _queue_all)(db, found, wanted.since, wanted.until)
    audit(db, by.subject, "replay_webhook", "webhook", found.id)
    leave_work(db)
    return queued


async def _queue_failed(db: AsyncSession, found: Webhook, since: datetime, until: datetime) -> int:
    positions = queries.matching(found, since, until)
    mine = (Delivery.webhook_id == found.id, Delivery.state == "failed", Delivery.position.in_(positions))
    again = sa.update(Delivery).where(*mine).values(**_AGAIN).returning(Delivery.id)
    return len((await db.scalars(again, execution_options=_UNSEEN)).all())


async def _queue_all(db: AsyncSession, found: Webhook, since: datetime, until: datetime) -> int:
    queued = sa.text(f"""
        INSERT INTO webhook_deliveries AS d (tenant_id, id, webhook_id, position, event_id, type)
        SELECT c.tenant_id, uuidv7(), w.id, c.position, c.id, c.type
        FROM webhooks w JOIN changes c ON c.tenant_id = w.tenant_id AND (w.types = '{{}}' OR c.type = ANY (w.types))
             AND (w.programme_id IS NULL OR w.programme_id = c.programme_id) AND {told_to("w.employer_id")}
        WHERE w.tenant_id = :tenant AND w.id = :webhook AND c.occurred_at >= :since AND c.occurred_at < :until
        ORDER BY c.position
        ON CONFLICT (tenant_id, webhook_id, position) DO UPDATE
        SET state = 'queued', attempts = 0, not_before = clock_timestamp() RETURNING d.id
    """)  # noqa: S608  an expression of ours
    values = {"tenant": tenant_of(db), "webhook": found.id, "since": since, "until": until}
    return len((await db.scalars(queued, values)).all())


async def queue(db: AsyncSession, places: range) -> None:
    """Queue what was just kept for the webhooks that want it, in the same transaction."""
    first, last = places.start, places.stop - 1
    given = {"queuing": list(QUEUING), "tenant": tenant_of(db), "first": first, "last": last}
    if (await db.scalars(_QUEUE, given)).first():
        leave_work(db)


@dataclass(frozen=True)
class Parcel:
    """What is due for one webhook, under a lease: nobody else serves it until that ends."""

    tenant: UUID
    webhook_id: UUID
    url: str
    secrets: Sequence[str]
    failures: int
    rows: Sequence[Any]


async def take(db: AsyncSession, most: int) -> list[Parcel]:
    """Take the leases of webhooks that have something due, and read it."""
    leased = sa.update(Webhook).where(Webhook.id.in_(queries.ready(most))).values(not_before=_NOW + LEASE)
    taken = (await db.scalars(leased.returning(Webhook), execution_options=_UNSEEN)).all()
    # While the circuit is open one delivery tries whether the endpoint is back.
    rows = await queries.due(db, [one.id for one in taken], PARCEL, schedule.OPEN_AFTER)
    secrets = await _secrets_of_all(db, taken)
    return [Parcel(tenant_of(db), one.id, one.url, secrets[one.id], one.failures, rows[one.id]) for one in taken]


async def note(db: AsyncSession, parcel: Parcel, outcomes: Sequence[tuple[Any, Outcome]], *, last: bool) -> None:
    """Note how attempts ended, of the endpoint and of each delivery. The last of a parcel ends the lease."""
    found = await db.scalar(
        sa.update(Webhook)
        .where(Webhook.id == parcel.webhook_id)
        .values(_endpoint(outcomes, last=last))
        .returning(Webhook),
        execution_options=_UNSEEN,
    )
    for row, outcome in outcomes:
        await db.execute(sa.update(Delivery).where(Delivery.id == row.id).values(_noted(row.attempts + 1, outcome)))
    if found is not None:
        await _disable_where_it_is_time(db, found, gone=any(outcome.gone for _, outcome in outcomes))
    if last:
        leave_work(db)


def _noted(attempts: int, outcome: Outcome) -> dict[str, Any]:
    values: dict[str, Any] = {
        "attempts": attempts, "status": outcome.status, "error": outcome.error, "duration_ms": outcome.duration_ms,
        "attempted_at": _NOW,
    }  # fmt: skip
    if outcome.accepted:
        return values | {"state": "delivered", "delivered_at": _NOW}
    pause = schedule.pause_s(attempts, outcome.wish_s)
    if pause is None:
        return values | {"state": "failed"}
    return values | {"not_before": _NOW + timedelta(seconds=pause)}


def _endpoint(outcomes: Sequence[tuple[Any, Outcome]], *, last: bool) -> dict[str, Any]:
    """What the ends of attempts say of the endpoint: the failures since the last success, and how long it rests."""
    failed = 0
    for _, outcome in outcomes:
        failed = 0 if outcome.accepted else failed + 1
    succeeded = any(outcome.accepted for _, outcome in outcomes)
    values: dict[str, Any] = {"not_before": _NOW if last else _NOW + LEASE}
    if succeeded:
        values |= {"failures": failed, "failing_since": _NOW if failed else None, "last_success_at": _NOW}
    elif failed:
        values |= {
            "failures": Webhook.failures + failed,
            "failing_since": sa.func.coalesce(Webhook.failing_since, _NOW),
        }
    return values


async def _disable_where_it_is_time(db: AsyncSession, found: Webhook, *, gone: bool) -> None:
    rest = schedule.rest_s(found.failures)
    values: dict[str, Any] = {"not_before": _NOW + timedelta(seconds=rest)} if rest else {}
    mine = sa.update(Webhook).where(Webhook.id == found.id, Webhook.state == "active")
    if rest:
        await db.execute(mine.values(values), execution_options=_UNSEEN)
    because = "gone" if gone else "failing"
    long = sa.true() if gone else Webhook.failing_since < _NOW - schedule.DISABLED_AFTER
    disabled = mine.where(long).values(state="disabled", disabled_because=because).returning(Webhook.version)
    version = await db.scalar(disabled, execution_options=_UNSEEN)
    if version is not None:
        audit(db, "system", "disable_webhook", "webhook", found.id, reason=because)
        emit(db, WebhookDisabled(webhook_id=found.id, reason=because, programme_id=found.programme_id))
        await _tell(db, found, version)


async def _tell(db: AsyncSession, found: Webhook, version: int) -> None:
    """Once for each time that it is disabled, which its version numbers."""
    if found.contact_id is not None:
        await notify(
            db, [Notice(found.contact_id, WEBHOOK_DISABLED, found.id, found.programme_id, None, number=version)]
        )


async def forget_contact(db: AsyncSession, person_id: UUID) -> None:
    """Nobody is told of webhooks in place of who was erased."""
    mine = sa.update(Webhook).where(Webhook.contact_id == person_id).values(contact_id=None)
    await db.execute(mine, execution_options=_UNSEEN)


async def forget(service: Service) -> None:
    """Delete deliveries that are older than the log has to be kept; `Periodic`."""
    table = cast(sa.Table, Delivery.__table__)
    await delete_in_steps(service.system, table, older_than(table.c.queued_at, keeping(service)))


_AGAIN: Final[dict[str, Any]] = {"state": "queued", "attempts": 0, "not_before": _NOW}
_UNSEEN: Final = {"synchronize_session": False}


def _check(url: str, rule: Rule) -> None:
    try:
        rule.check_url(url)
    except Refused as refused:
        raise WebhookAddressRefused(why=refused.args[0]) from None


async def _known_programme(db: AsyncSession, programme_id: UUID | None) -> UUID | None:
    return None if programme_id is None else (await programme(db, programme_id)).id
