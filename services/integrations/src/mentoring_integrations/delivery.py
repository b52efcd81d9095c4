"""Notifications become e-mails: rows are taken under a lease, the server is asked, each row is marked once it accepted.

A crash between acceptance and mark sends the message again when the lease ends, under the same Message-ID, so that a
receiver can drop the second. While the mail server or a service is away everything waits, for ever; a message that the
server refuses is given up after some tries.
"""

import time
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import aiosmtplib
import sqlalchemy as sa

from mentoring_common.db import now
from mentoring_common.errors import Unavailable
from mentoring_common.observability import log
from mentoring_common.runner import Service
from mentoring_integrations import queries
from mentoring_integrations.invitations import tokens_of
from mentoring_integrations.letters import UNTITLED, Addressee, Occasion, UnusableAddress, letter, link
from mentoring_integrations.models import Notification
from mentoring_integrations.topics import (
    ACCOUNT,
    EMAIL_ALWAYS,
    EMAIL_CONFIRM,
    SURVEY_OPENED,
    SURVEY_REMINDER,
)

BATCH = 50
BY_TOKEN = (SURVEY_OPENED, SURVEY_REMINDER)
LEASE_S = 120
SMTP_TIMEOUT_S = 10
MOST_REFUSALS = 6
LONGEST_PAUSE_S = 900
_CLOSING = 421  # RFC 5321: the server ends the connection
_AWAY = (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError, OSError)


@dataclass(frozen=True)
class EmailChange:
    """A change of address that waits: who is told at the old address, who is asked at the new one with the token."""

    old: Addressee
    new: Addressee
    token: str | None


@dataclass
class Batch:
    """Rows of one organisation under a lease, and what is needed to write them; `muted` are not wanted by e-mail."""

    tenant: UUID
    rows: list[Notification] = field(default_factory=list)
    titles: dict[UUID | None, str] = field(default_factory=dict)
    cohorts: dict[UUID | None, int] = field(default_factory=dict)
    people: dict[UUID, Addressee] = field(default_factory=dict)
    tokens: dict[tuple[UUID, UUID], str] = field(default_factory=dict)
    changes: dict[UUID, EmailChange] = field(default_factory=dict)

    def occasion(self, row: Notification) -> Occasion:
        introduced = self.people.get(row.other_id) if row.other_id and row.topic == "match_confirmed" else None
        title, cohort = self.titles.get(row.programme_id, UNTITLED), self.cohorts.get(row.cohort_id)
        return Occasion(row.topic, row.subject_id, title, cohort, row.role, row.until, introduced)

    def addressed(self, row: Notification) -> tuple[Addressee | None, str | None]:
        """To whom a row goes, and the token that its link carries."""
        if row.kind != ACCOUNT:
            return self.people.get(row.person_id), self.tokens.get((row.subject_id, row.person_id))
        change = self.changes.get(row.subject_id)
        if change is None:  # over: the person is told nothing, and nothing is left to confirm
            return self.people.get(row.person_id), None
        return (change.new, change.token) if row.topic == EMAIL_CONFIRM else (change.old, None)


class _ServerAway(Exception):
    """The mail server cannot be talked to; the argument is the class of the error."""


async def deliver(service: Service) -> None:
    """Send what is due, organisation by organisation; `Periodic`."""
    async with service.looking.connect() as connection:
        tenants = await queries.tenants_with_mail(connection)
    for tenant in tenants:
        batch = await _take(service, tenant)
        if not batch.rows:
            continue
        lease_ends = time.monotonic() + LEASE_S - SMTP_TIMEOUT_S
        try:
            await _look_up(service, batch)
            await _send(service, batch, lease_ends)
        except (Unavailable, _ServerAway) as error:
            reason = error.args[0] if isinstance(error, _ServerAway) else type(error).__name__
            await _wait(service, batch, reason)


async def _take(service: Service, tenant: UUID) -> Batch:
    """Take the lease of due rows; those that nobody wants by e-mail, or that come too late, end here."""
    batch = Batch(tenant)
    async with service.database.transaction(tenant) as db:
        due = sa.select(Notification.id).where(
            Notification.state == "queued", Notification.not_before <= sa.func.clock_timestamp()
        )
        due = due.order_by(Notification.id).limit(BATCH).with_for_update(skip_locked=True)
        lease = sa.func.clock_timestamp() + timedelta(seconds=LEASE_S)
        taken = sa.update(Notification).where(Notification.id.in_(due)).values(not_before=lease)
        rows = (await db.scalars(taken.returning(Notification))).all()
        off = await queries.email_off(db, [row.person_id for row in rows])
        moment = now(db)
        for row in sorted(rows, key=lambda row: row.id):
            if row.kind in off.get(row.person_id, ()) and row.kind not in EMAIL_ALWAYS:
                row.state = "muted"
            elif row.until is not None and row.until <= moment:
                row.state = "lapsed"
            else:
                batch.rows.append(row)
        batch.titles = await queries.titles(db, [row.programme_id for row in batch.rows])
        batch.cohorts = await queries.cohort_numbers(db, [row.cohort_id for row in batch.rows])
    return batch


async def _look_up(service: Service, batch: Batch) -> None:
    """Read names, addresses and tokens from their owners; nothing of it is kept."""
    ids = {row.person_id for row in batch.rows} | {row.other_id for row in batch.rows if row.other_id}
    body = {"person_ids": sorted(map(str, ids))}
    answer = await service.client("applications").post(batch.tenant, "/internal/profiles", body)
    batch.people = {UUID(item["person_id"]): Addressee(item["name"], item["email"]) for item in answer["items"]}
    batch.changes = await _email_changes(service, batch)
    for wave_id, topic in {(row.subject_id, row.topic) for row in batch.rows if row.topic in BY_TOKEN}:
        asked = [row.person_id for row in batch.rows if (row.subject_id, row.topic) == (wave_id, topic)]
        # Who has answered since the reminder was queued is not reminded any more.
        tokens = await tokens_of(service, batch.tenant, wave_id, asked, unanswered=topic == SURVEY_REMINDER)
        batch.tokens |= {(wave_id, person_id): token for person_id, token in tokens.items()}


async def _email_changes(service: Service, batch: Batch) -> dict[UUID, EmailChange]:
    ids = sorted({str(row.subject_id) for row in batch.rows if row.kind == ACCOUNT})
    if not ids:
        return {}
    answer = await service.client("applications").post(batch.tenant, "/internal/email-changes", {"change_ids": ids})
    return {
        UUID(item["change_id"]): EmailChange(
            Addressee(item["name"], item["old_email"]), Addressee(item["name"], item["new_email"]), item["token"]
        )
        for item in answer["items"]
    }


async def _send(service: Service, batch: Batch, lease_ends: float) -> None:
    """One connection for the batch; rows whose turn does not come before the lease ends are left for the next."""
    smtp = await _connect(service)
    try:
        while batch.rows and time.monotonic() < lease_ends:
            await _send_one(service, smtp, batch, batch.rows[0])
            batch.rows.pop(0)
    finally:
        smtp.close()


async def _connect(service: Service) -> aiosmtplib.SMTP:
    settings = service.settings
    smtp = aiosmtplib.SMTP(
        hostname=settings.smtp_host, port=settings.smtp_port, start_tls=settings.smtp_tls or False,
        username=settings.smtp_username or None, password=settings.smtp_password.get_secret_value() or None,
        timeout=SMTP_TIMEOUT_S,
    )  # fmt: skip
    try:
        await smtp.connect()
    except (aiosmtplib.SMTPException, OSError) as error:
        raise _ServerAway(_reason(error)) from error
    return smtp


async def _send_one(service: Service, smtp: aiosmtplib.SMTP, batch: Batch, row: Notification) -> None:
    to, token = batch.addressed(row)
    url = link(row.topic, service.settings.public_url, batch.tenant, row.subject_id, token)
    if to is None:
        await _refused(service, batch.tenant, row, "UnknownPerson")
    elif url is None:  # the wave no longer asks this person, or there is nothing to confirm
        await _mark(service, batch.tenant, row, state="lapsed")
    else:
        await _hand_over(service, smtp, batch, row, to, url)


async def _hand_over(
    service: Service, smtp: aiosmtplib.SMTP, batch: Batch, row: Notification, to: Addressee, url: str
) -> None:
    sent_at, sender = service.clock.now(), service.settings.mail_sender
    try:
        message = letter(batch.occasion(row), to, sender=sender, message_id=row.id, sent_at=sent_at, url=url)
        await smtp.send_message(message)
    except _AWAY as error:
        raise _ServerAway(_reason(error)) from error
    except (aiosmtplib.SMTPException, UnusableAddress) as error:
        if getattr(error, "code", None) == _CLOSING:
            raise _ServerAway(_reason(error)) from error
        await _refused(service, batch.tenant, row, _reason(error))
    else:
        await _mark(service, batch.tenant, row, state="sent", sent_at=sent_at, last_error=None)


async def _refused(service: Service, tenant: UUID, row: Notification, reason: str) -> None:
    """This message was not taken: try later, and give it up after MOST_REFUSALS."""
    given_up = row.refusals + 1 >= MOST_REFUSALS
    if given_up:
        log.error("notification_failed", service=service.name, kind=row.kind, subject_id=str(row.id), error=reason)
    state = "failed" if given_up else "queued"
    later = _later(row.refusals)
    await _mark(service, tenant, row, state=state, refusals=row.refusals + 1, last_error=reason, not_before=later)


async def _wait(service: Service, batch: Batch, reason: str) -> None:
    """Mail server or a service is away: what is left of the batch waits and loses nothing."""
    log.warning("notifications_wait", service=service.name, error=reason, count=len(batch.rows))
    async with service.database.transaction(batch.tenant) as db:
        for row in batch.rows:
            mine = sa.update(Notification).where(Notification.id == row.id)
            await db.execute(mine.values(attempts=row.attempts + 1, last_error=reason, not_before=_later(row.attempts)))


async def _mark(service: Service, tenant: UUID, row: Notification, **values: object) -> None:
    # Without effect if the person was erased meanwhile.
    async with service.database.transaction(tenant) as db:
        mine = sa.update(Notification).where(Notification.id == row.id)
        await db.execute(mine.values(attempts=row.attempts + 1, **values))


def _later(tries: int) -> sa.ColumnElement[object]:
    """Real time: 1 s, 2 s, 4 s, … up to a quarter of an hour from now."""
    return sa.func.clock_timestamp() + timedelta(seconds=min(2 ** min(tries, 20), LONGEST_PAUSE_S))


def _reason(error: Exception) -> str:
    """The class and, if there is one, the server's code; its text may name the recipient."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused) and error.recipients:
        error = error.recipients[0]
    code = getattr(error, "code", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
