"""How late waves open, remind and close on the real clock: two instances of the service, all due at one moment."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import httpx
import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncSession

from bench.evaluation.waves import fill, instrument
from bench.parts import running_parts
from mentoring_common import migrations
from mentoring_common.databases import provision
from mentoring_common.deadlines import schedule
from mentoring_common.embedded.child_process import free_port
from mentoring_common.runner import Service
from mentoring_common.settings import Settings
from mentoring_common.tables import outbox
from mentoring_common.testing.harness import Servers, eventually, settings_for
from mentoring_contracts import Event
from mentoring_contracts.evaluation import SurveyClosed, SurveyOpened, SurveyReminderDue
from mentoring_evaluation.app import create_app
from mentoring_evaluation.programmes.models import Cohort, Match, Programme
from mentoring_evaluation.surveys.commands.waves import CLOSE, REMIND, add_wave
from mentoring_evaluation.surveys.models import InstrumentVersion, Wave

WAVES, PAIRS = 25, 25
POLL_S = 0.1  # as in production
SOON = timedelta(seconds=3)


@dataclass(frozen=True)
class Lateness:
    """Of so many waves that were due at one moment: seconds until they were announced, and how often each was."""

    what: str
    waves: int
    median_s: float
    worst_s: float
    announced: Counter[int]

    def row(self) -> str:
        once = "once" if set(self.announced) == {1} else f"NOT ONCE: {dict(self.announced)}"
        return f"| {self.what} | {self.waves} | {self.median_s:.2f} | {self.worst_s:.2f} | {once} |"


async def lateness() -> list[Lateness]:
    """Opening, reminding and closing of 25 waves; then closing 25 beside one of 20,000 responses."""
    async with running_parts() as parts, _two_instances(parts) as service:
        await _all_at_once(service, 4)  # both instances have done everything once, as those that have been up have
        return [*await _all_at_once(service, WAVES), await _beside_a_large_one(service)]


@asynccontextmanager
async def _two_instances(parts: Servers) -> AsyncIterator[Service]:
    """Two processes of the service on one database, started as in production; a third, not started, to look with."""
    urls = await provision(parts.superuser_url, "evaluation", database=f"mentoring_evaluation_{uuid4().hex[:8]}")
    await migrations.upgrade(urls.owner, "evaluation")
    settings = settings_for(parts, urls, poll_interval_s=POLL_S)
    command, ports = [sys.executable, "-m", "mentoring_evaluation", "serve", "--port"], [free_port(), free_port()]
    environment = os.environ | _environment(settings)
    instances = [await asyncio.create_subprocess_exec(*command, str(port), env=environment) for port in ports]
    service = create_app(settings)
    try:
        for port in ports:
            await eventually(partial(_ready, service, port), what="an instance that is ready")
        yield service
    finally:
        for instance in instances:
            instance.terminate()
        await asyncio.gather(*(instance.wait() for instance in instances))
        await service.stop()


async def _ready(service: Service, port: int) -> bool:
    try:
        return (await service.http.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200
    except httpx.ConnectError:
        return False


def _environment(settings: Settings) -> dict[str, str]:
    values = {name: getattr(settings, name) for name in Settings.model_fields}
    plain = {n: v.get_secret_value() if isinstance(v, SecretStr) else str(v) for n, v in values.items()}
    return {f"MENTORING_{name.upper()}": value for name, value in plain.items()}


async def _all_at_once(service: Service, waves: int) -> list[Lateness]:
    tenant, opens_at = uuid4(), service.clock.now() + SOON
    reminds_at, closes_at = opens_at + 2 * SOON, opens_at + 4 * SOON
    async with service.database.transaction(tenant) as db:
        await _plan(db, waves, opens_at, closes_at)
    opening = await _measured(service, tenant, SurveyOpened, opens_at, "opening", waves)
    async with service.database.transaction(tenant) as db:
        for wave_id in (await db.scalars(sa.select(Wave.id))).all():
            await schedule(db, REMIND, wave_id, reminds_at)
    reminding = await _measured(service, tenant, SurveyReminderDue, reminds_at, "reminding", waves)
    return [opening, reminding, await _measured(service, tenant, SurveyClosed, closes_at, "closing", waves)]


async def _beside_a_large_one(service: Service) -> Lateness:
    tenant, large = uuid4(), uuid4()
    async with service.database.transaction(tenant) as db:
        await fill(db, service.clock.now(), tenant, uuid4(), large)
    opens_at = service.clock.now() + SOON
    closes_at = opens_at + 2 * SOON
    async with service.database.transaction(tenant) as db:
        await _plan(db, WAVES, opens_at, closes_at)
        await schedule(db, CLOSE, large, closes_at)
    what = "closing, while another wave of 20,000 responses closes"
    return await _measured(service, tenant, SurveyClosed, closes_at, what, WAVES + 1, apart_from=large)


async def _plan(db: AsyncSession, waves: int, opens_at: datetime, closes_at: datetime) -> None:
    programme_id = uuid4()
    db.add(Programme(
        id=programme_id, title="Bench", survey_modes={}, remind_days=[], cpd_kinds=[], decimals=0, public_minimum=10,
        report_approvers={},
    ))  # fmt: skip
    db.add(InstrumentVersion(programme_id=programme_id, name="pulse", version=1, body=instrument()))
    for number in range(1, waves + 1):
        cohort_id = uuid4()
        db.add(Cohort(id=cohort_id, programme_id=programme_id, number=number, places_first_planned=PAIRS, places=PAIRS))
        db.add_all(
            Match(
                id=uuid4(), programme_id=programme_id, cohort_id=cohort_id, mentor_id=uuid4(), mentee_id=uuid4(),
                state="standing", confirmed_at=opens_at,
            )
            for _ in range(PAIRS)
        )  # fmt: skip
        await add_wave(db, programme_id, cohort_id, "pulse", opens_at, closes_at)


async def _measured(
    service: Service,
    tenant: UUID,
    event: type[Event],
    due_at: datetime,
    what: str,
    wanted: int,
    *,
    apart_from: UUID | None = None,
) -> Lateness:
    rows = sa.select(outbox.c.aggregate_id, outbox.c.created_at)
    rows = rows.where(outbox.c.tenant_id == tenant, outbox.c.type == event.type_name())

    async def announced() -> Sequence[sa.Row[UUID, datetime]] | None:
        async with service.system.connect() as connection:
            found = (await connection.execute(rows)).all()
        return found if len(found) >= wanted else None

    await eventually(announced, what=what)
    await asyncio.sleep(1.0)  # whoever announces a second time has had the time for it
    found = [row for row in await announced() or () if row.aggregate_id != apart_from]
    late = sorted((row.created_at - due_at).total_seconds() for row in found)
    times = Counter(Counter(row.aggregate_id for row in found).values())
    return Lateness(what, len({row.aggregate_id for row in found}), late[len(late) // 2], late[-1], times)
