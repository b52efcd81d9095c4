"""Notifications become e-mails: rows are taken under a lease, the server is asked, each row is marked once it accepted.

A crash between acceptance and mark sends the message again when the lease ends, under the same Message-ID, so that a
receiver can drop the second. While the mail server or a service is away everything waits, for ever; a message that the
server refuses is given up after some tries.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parseaddr
from uuid import UUID

import aiosmtplib
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import now
from mentoring_common.errors import Unavailable
from mentoring_common.observability import log
from mentoring_common.runner import Found, Service
from mentoring_common.tracing import traced
from mentoring_integrations.notifications import queries
from mentoring_integrations.notifications.activities import Activity, activities
from mentoring_integrations.notifications.appointments import appointments, times_of
from mentoring_integrations.notifications.calendar_parts import Appointment, CalendarPart, calendar_part
from mentoring_integrations.notifications.commands import hold
from mentoring_integrations.notifications.invitations import tokens_of
from mentoring_integrations.notifications.languages import Reader
from mentoring_integrations.notifications.letters import (
    UNKNOWN,
    Addressee,
    Called,
    Item,
    Occasion,
    UnusableAddress,
    letter,
    page_link,
    wording,
)
from mentoring_integrations.notifications.models import Notification
from mentoring_integrations.notifications.resources import titles
from mentoring_integrations.notifications.surveys import Survey, surveys
from mentoring_integrations.notifications.timing import Wishes, goes_before, reader_languages
from mentoring_integrations.notifications.topics import (
    ACCOUNT,
    ACTIVITY,
    ALONE,
    APPOINTMENT,
    AT_ONCE,
    DIGEST,
    EMAIL_ALWAYS,
    EMAIL_CONFIRM,
    INTRODUCES,
    LATE_TOO,
    NOMINATION,
    NOMINATOR_TOLD,
    OF_SURVEYS,
    RESOURCE,
    SURVEY_CANCELLED,
    SURVEY_REMINDER,
    TO_NOMINATORS,
    TO_RAISERS,
)
from mentoring_integrations.programmes import queries as programmes

BATCH = 50  # letters under one lease: even if each took two seconds, it would not have ended
LEASE_S = 120  # how late a letter is whose sender died; longer than BATCH letters take
SMTP_TIMEOUT_S = 10  # a server that takes longer to answer is taken to be away
MOST_REFUSALS = 6  # tries within half a minute: a server that still refuses the message means it
LONGEST_PAUSE_S = 900  # how long after a mail server came back its letters may wait
_CLOSING = 421  # RFC 5321: the server ends the connection
_BOUNCE = "SMTPRecipientRefused"  # the server does not take letters for this address
_AWAY = (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError, OSError)


@dataclass(frozen=True)
class EmailChange:
    """A change of address that waits: who is told at the old address, who is asked at the new one with the token."""

    old: Addressee
    new: Addressee
    token: str | None


@dataclass(frozen=True)
class Nomination:
    """Who nominates whom; the nominator has an address where they are written to, a token while they are asked, and
    another where there is an outcome that they may learn."""

    nominee: str
    nominator: str | None
    nominator_email: str | None
    token: str | None
    outcome_token: str | None


@dataclass
class Batch:
    """Rows of one organisation under a lease, and what is needed to write them: `bundles` are what digests tell of,
    `spoken` the languages of people."""

    tenant: UUID
    rows: list[Notification] = field(default_factory=list)
    called: dict[UUID | None, Called] = field(default_factory=dict)
    cohorts: dict[UUID | None, int] = field(default_factory=dict)
    people: dict[UUID, Addressee] = field(default_factory=dict)
    tokens: dict[tuple[str, UUID, UUID], str] = field(default_factory=dict)  # by topic, wave and person
    changes: dict[UUID, EmailChange] = field(default_factory=dict)
    nominations: dict[UUID, Nomination] = field(default_factory=dict)
    appointments: dict[UUID, Appointment] = field(default_factory=dict)
    raisers: dict[UUID, UUID] = field(default_factory=dict)
    activities: dict[UUID, Activity] = field(default_factory=dict)
    resources: dict[UUID, Mapping[str, str]] = field(default_factory=dict)
    surveys: dict[UUID, Survey] = field(default_factory=dict)
    wishes: dict[UUID, Wishes] = field(default_factory=dict)
    bundles: dict[UUID | None, list[Notification]] = field(default_factory=dict)
    spoken: dict[UUID, list[str]] = field(default_factory=dict)

    def occasion(self, row: Notification, base_url: str) -> Occasion:
        programme, cohort = self.called.get(row.programme_id, UNKNOWN), self.cohorts.get(row.cohort_id)
        about, survey = self.activities.get(row.subject_id), self.surveys.get(row.subject_id)
        return Occasion(
            row.topic, row.subject_id, programme, cohort, row.role, row.until, self._introduced(row),
            self._reader(row, programme), [self._item(one, base_url) for one in self.bundles.get(row.id, ())],
            *self._when_and_where(row), moved=row.number > 0, activity=about.title if about else None,
            resource=self.resources.get(row.subject_id, {}), survey=survey.titles if survey else {},
        )  # fmt: skip

    def calendar_part(
        self, row: Notification, occasion: Occasion, to: Addressee, sender: str, made_at: datetime
    ) -> CalendarPart | None:
        """What calendars take of a letter about an appointment that stands, or stood."""
        found = self.appointments.get(row.subject_id)
        if found is None or row.topic == "appointment_proposed":
            return None
        return calendar_part(
            found, cancelled=found.state == "cancelled", title=occasion.programme.title, name=to.name, email=to.email,
            organizer=parseaddr(sender)[1], zone=occasion.reader.zone, made_at=made_at,
        )  # fmt: skip

    def zone(self, row: Notification) -> str:
        """Of the clock by which a row's reader lives: what they said, else the programme's."""
        own, found = self.wishes.get(row.person_id, Wishes()).zone, self.appointments.get(row.subject_id)
        told = found.zones.get(row.person_id) if found else None
        if (activity := self.activities.get(row.subject_id)) is not None:
            told = activity.zone
        return own or told or self.called.get(row.programme_id, UNKNOWN).zone or "UTC"

    def _reader(self, row: Notification, programme: Called) -> Reader:
        wishes = self.wishes.get(row.person_id, Wishes())
        person_id = self.raisers.get(row.subject_id, row.person_id) if row.topic in TO_RAISERS else row.person_id
        languages = reader_languages(wishes, self.spoken.get(person_id, ()), programme.languages)
        return Reader(languages, wishes.easy_read, self.zone(row))

    def _when_and_where(self, row: Notification) -> tuple[list[datetime], str | None]:
        """Of an appointment: the times that are proposed, or the one that stands; where it is. Of an activity too."""
        if (activity := self.activities.get(row.subject_id)) is not None:
            return [activity.starts_at], activity.where
        found = self.appointments.get(row.subject_id)
        return times_of(row.topic, found), found.where if found else None

    def _item(self, row: Notification, base_url: str) -> Item:
        link = page_link(row.topic, base_url, self.tenant, row.subject_id, None)
        return Item(wording(self.occasion(row, base_url)).title, link)

    def _introduced(self, row: Notification) -> Addressee | None:
        nomination = self.nominations.get(row.subject_id)
        if nomination is not None:
            name = nomination.nominee if row.topic in TO_NOMINATORS else nomination.nominator
            return Addressee(name, "") if name else None
        return self.people.get(row.other_id) if row.other_id and row.topic in INTRODUCES else None

    def addressed(self, row: Notification) -> tuple[Addressee | None, str | None]:
        """To whom a row goes, and the token that its link carries."""
        if row.topic in TO_NOMINATORS:
            return self._nominator(row)
        if row.topic in TO_RAISERS:
            raiser = self.raisers.get(row.subject_id)
            return (self.people.get(raiser) if raiser else None), None
        if row.kind != ACCOUNT:
            return self.people.get(row.person_id), self.tokens.get((row.topic, row.subject_id, row.person_id))
        change = self.changes.get(row.subject_id)
        if change is None:  # over: the person is told nothing, and nothing is left to confirm
            return self.people.get(row.person_id), None
        return (change.new, change.token) if row.topic == EMAIL_CONFIRM else (change.old, None)

    def _nominator(self, row: Notification) -> tuple[Addressee, str | None]:
        """Nobody waits for one who is erased or has no address: there is no link then, and no letter."""
        asked = self.nominations.get(row.subject_id)
        if asked is None or asked.nominator_email is None:
            return Addressee("", ""), None
        token = asked.outcome_token if row.topic == NOMINATOR_TOLD else asked.token
        return Addressee(asked.nominator or "", asked.nominator_email), token


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
        batch.wishes = await queries.wishes(db, [row.person_id for row in rows])
        bundled = await queries.bundled(db, [row.id for row in rows if row.topic == DIGEST])
        batch.called = await queries.called(db, [row.programme_id for row in (*rows, *bundled)])
        batch.cohorts = await programmes.cohort_numbers(db, [row.cohort_id for row in (*rows, *bundled)])
        await _sort_out(db, batch, sorted(rows, key=lambda row: row.id))
        for row in bundled:
            batch.bundles.setdefault(row.bundle_id, []).append(row)
    return batch


async def _sort_out(db: AsyncSession, batch: Batch, rows: Sequence[Notification]) -> None:
    """Which of the rows go now; the others are muted, too late, or wait for the end of quiet hours or a digest."""
    moment, held, waiting = now(db), dict[UUID, datetime](), set[UUID]()
    for row in rows:
        wishes = batch.wishes.get(row.person_id, Wishes())
        later = moment
        if not _goes_at_once(row):
            later = goes_before(wishes, batch.zone(row), moment, row.until, alone=row.topic in ALONE)
        if row.kind in wishes.email_off and row.kind not in EMAIL_ALWAYS:
            row.state = "muted"
        elif row.until is not None and row.until <= moment and row.topic not in LATE_TOO:
            row.state = "lapsed"
        elif later > moment:
            held[row.id] = later
            waiting.add(row.person_id)
        else:
            batch.rows.append(row)
    if held:
        await db.flush()
        await hold(db, held, waiting)


def _goes_at_once(row: Notification) -> bool:
    """Whether it goes at once whatever its reader prefers: it was held before, or somebody waits for it."""
    return row.held_until is not None or row.kind in AT_ONCE or row.topic == DIGEST


async def _look_up(service: Service, batch: Batch) -> None:
    """Read names, addresses and tokens from their owners; nothing of it is kept."""
    ids = {row.person_id for row in batch.rows} | {row.other_id for row in batch.rows if row.other_id}
    batch.raisers = await _raisers(service, batch)
    ids |= set(batch.raisers.values())
    body = {"person_ids": sorted(map(str, ids))}
    answer = await service.client("applications").post(batch.tenant, "/internal/profiles", body)
    batch.people = {UUID(item["person_id"]): Addressee(item["name"], item["email"]) for item in answer["items"]}
    batch.spoken = {UUID(item["person_id"]): item.get("languages", []) for item in answer["items"]}
    batch.changes = await _email_changes(service, batch)
    batch.nominations = await _nominations(service, batch)
    about = [row.subject_id for row in batch.rows if row.kind == APPOINTMENT]
    batch.appointments = await appointments(service, batch.tenant, about)
    batch.activities = await activities(service, batch.tenant, [r.subject_id for r in batch.rows if r.kind == ACTIVITY])
    batch.resources = await titles(service, batch.tenant, [r.subject_id for r in batch.rows if r.kind == RESOURCE])
    about = [row.subject_id for row in batch.rows if row.topic in OF_SURVEYS]
    batch.surveys = await surveys(service, batch.tenant, about)
    for wave_id, topic in {(row.subject_id, row.topic) for row in batch.rows if row.topic in OF_SURVEYS}:
        if (found := batch.surveys.get(wave_id)) is None or found.cancelled != (topic == SURVEY_CANCELLED):
            continue  # who was not told that it opened is told so no more once it is called off
        asked = [row.person_id for row in batch.rows if (row.subject_id, row.topic) == (wave_id, topic)]
        # Who has answered since the reminder was queued is not reminded any more.
        tokens = await tokens_of(service, batch.tenant, wave_id, asked, unanswered=topic == SURVEY_REMINDER)
        batch.tokens |= {(topic, wave_id, person_id): asked.token for person_id, asked in tokens.items()}
        beyond = {id_: asked for id_, asked in tokens.items() if asked.email is not None}
        batch.people |= {id_: Addressee(asked.name or "", asked.email or "") for id_, asked in beyond.items()}


async def _raisers(service: Service, batch: Batch) -> dict[UUID, UUID]:
    ids = sorted({str(row.subject_id) for row in batch.rows if row.topic in TO_RAISERS})
    if not ids:
        return {}
    answer = await service.client("sessions").post(batch.tenant, "/internal/concerns", {"concern_ids": ids})
    return {UUID(item["id"]): UUID(item["raised_by"]) for item in answer["items"]}


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


async def _nominations(service: Service, batch: Batch) -> dict[UUID, Nomination]:
    ids = sorted({str(row.subject_id) for row in batch.rows if row.kind == NOMINATION})
    if not ids:
        return {}
    answer = await service.client("applications").post(batch.tenant, "/internal/nominations", {"nomination_ids": ids})
    names = ("nominee", "nominator", "nominator_email", "token", "outcome_token")
    return {UUID(item["nomination_id"]): Nomination(*(item[name] for name in names)) for item in answer["items"]}


async def _send(service: Service, batch: Batch, lease_ends: float) -> None:
    """One connection for the batch; rows whose turn does not come before the lease ends are left for the next."""
    smtp = await _connect(service)
    try:
        while batch.rows and time.monotonic() < lease_ends:
            row = batch.rows[0]
            with traced(row.traceparent, service.tracing, f"letter {row.topic}", "PRODUCER"):
                await _send_one(service, smtp, batch, row)
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


async def mail_answers(service: Service) -> list[Found]:
    """For `doctor`: whether the mail server takes us."""
    try:
        smtp = await _connect(service)
    except _ServerAway as error:
        kind = type(error.__cause__).__name__
        remedy = "check MENTORING_SMTP_HOST, _PORT, _TLS, _USERNAME and _PASSWORD"
        return [Found("mail", "wrong", f"the mail server does not take us: {kind}", remedy)]
    smtp.close()
    return [Found("mail", "ok", "the mail server takes us")]


async def _send_one(service: Service, smtp: aiosmtplib.SMTP, batch: Batch, row: Notification) -> None:
    to, token = batch.addressed(row)
    url = page_link(row.topic, _base_url(service), batch.tenant, row.subject_id, token)
    if row.topic in TO_RAISERS and row.subject_id not in batch.raisers:  # erased: nobody is to be told
        await _mark(service, batch.tenant, row, state="lapsed")
    elif to is None:
        await _refused(service, batch.tenant, row, "UnknownPerson")
    elif url is None:  # the wave no longer asks this person, or there is nothing to confirm
        await _mark(service, batch.tenant, row, state="lapsed")
    else:
        await _hand_over(service, smtp, batch, row, to, url)


def _base_url(service: Service) -> str:
    return service.settings.front_end_url or service.settings.public_url.rstrip("/") + "/pages"


async def _hand_over(
    service: Service, smtp: aiosmtplib.SMTP, batch: Batch, row: Notification, to: Addressee, url: str
) -> None:
    sent_at, sender = service.clock.now(), service.settings.mail_sender
    try:
        occasion = batch.occasion(row, _base_url(service))
        part = batch.calendar_part(row, occasion, to, sender, sent_at)
        message = letter(occasion, to, sender=sender, message_id=row.id, sent_at=sent_at, url=url, part=part)
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
    gone = "bounced" if reason.startswith(_BOUNCE) else "failed"
    state = gone if given_up else "queued"
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
        if (
            row.topic == DIGEST and values.get("state") != "queued"
        ):  # what becomes of it becomes of all that it tells of
            told = sa.update(Notification).where(Notification.bundle_id == row.id, Notification.state == "bundled")
            await db.execute(told.values(**values))


def _later(tries: int) -> sa.ColumnElement[object]:
    """Real time: 1 s, 2 s, 4 s, … up to a quarter of an hour from now."""
    return sa.func.clock_timestamp() + timedelta(seconds=min(2 ** min(tries, 20), LONGEST_PAUSE_S))


def _reason(error: Exception) -> str:
    """The class and, if there is one, the server's code; its text may name the recipient."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused) and error.recipients:
        error = error.recipients[0]
    code = getattr(error, "code", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
