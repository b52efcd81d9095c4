"""Invitations to surveys and reminders: whom a wave asks, and tokens, read again for sending, never kept."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mentoring_common.errors import Unavailable
from mentoring_common.observability import log
from mentoring_common.runner import Service
from mentoring_integrations.notifications import queries
from mentoring_integrations.notifications.commands import Notice, notify
from mentoring_integrations.notifications.models import OpenedWave
from mentoring_integrations.notifications.topics import SURVEY_REMINDER

PAGE = 200  # what evaluation answers at most
LONGEST_PAUSE_S = 300  # an invitation may be so late after evaluation came back: waves are open for days


async def queue_invitations(service: Service) -> None:
    """Queue an invitation for everybody whom the waves that opened ask; `Periodic`."""
    async with service.looking.connect() as connection:
        waves = await queries.waves_to_read(connection)
    for tenant, row_id in waves:
        try:
            while await _queue_page(service, tenant, row_id):
                pass
        except Unavailable:
            log.warning("invitations_wait", service=service.name, subject_id=str(row_id))
            await _try_later(service, tenant, row_id)


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody whom a wave asks: the token, and name and address of one whom nobody but the survey knows."""

    token: str
    name: str | None = None
    email: str | None = None


async def tokens_of(
    service: Service, tenant: UUID, wave_id: UUID, person_ids: Iterable[UUID], *, unanswered: bool
) -> dict[UUID, Asked]:
    """Tokens of those among `person_ids` whom the wave asks, or who have not answered it. Unavailable when evaluation
    does not answer."""
    wanted, found = set(person_ids), dict[UUID, Asked]()
    async for item in _invitations(service, tenant, wave_id, unanswered=unanswered):
        person_id = UUID(item["person_id"])
        if person_id in wanted:
            found[person_id] = Asked(item["token"], item.get("name"), item.get("email"))
        if len(found) == len(wanted):
            break
    return found


async def _queue_page(service: Service, tenant: UUID, row_id: UUID) -> bool:
    """Queue one page, which is read between two transactions; whether there is another."""
    async with service.database.transaction(tenant) as db:
        wave = await queries.opened_wave(db, row_id)
    if wave is None:
        return False
    page = await _page(service, tenant, wave.wave_id, wave.cursor, unanswered=wave.topic == SURVEY_REMINDER)
    following = page.get("next_cursor")
    async with service.database.transaction(tenant) as db:
        await notify(db, [_invitation(wave, item) for item in page["items"]])
        moved = sa.update(OpenedWave).where(OpenedWave.id == row_id)
        await db.execute(moved.values(cursor=following, read=following is None, attempts=0))
    return following is not None


def _invitation(wave: OpenedWave, item: dict[str, Any]) -> Notice:
    return Notice(
        UUID(item["person_id"]), wave.topic, wave.wave_id, wave.programme_id, wave.cohort_id,
        role=item["role"], until=wave.closes_at, number=wave.number,
    )  # fmt: skip


async def _invitations(
    service: Service, tenant: UUID, wave_id: UUID, *, unanswered: bool
) -> AsyncIterator[dict[str, Any]]:
    cursor: str | None = None
    while True:
        page = await _page(service, tenant, wave_id, cursor, unanswered=unanswered)
        for item in page["items"]:
            yield item
        cursor = page.get("next_cursor")
        if cursor is None:
            return


async def _page(
    service: Service, tenant: UUID, wave_id: UUID, cursor: str | None, *, unanswered: bool
) -> dict[str, Any]:
    params: dict[str, Any] = {"limit": PAGE, "unanswered": unanswered} | ({"cursor": cursor} if cursor else {})
    page: dict[str, Any] = await service.client("evaluation").get(
        tenant, f"/internal/waves/{wave_id}/invitations", params
    )
    return page


async def _try_later(service: Service, tenant: UUID, row_id: UUID) -> None:
    """Back off on real time: 1 s, 2 s, 4 s, … up to five minutes, for ever."""
    async with service.database.transaction(tenant) as db:
        pause_s = sa.func.least(sa.func.power(2, sa.func.least(OpenedWave.attempts, 10)), LONGEST_PAUSE_S)
        later = sa.func.clock_timestamp() + pause_s * timedelta(seconds=1)
        moved = sa.update(OpenedWave).where(OpenedWave.id == row_id)
        await db.execute(moved.values(attempts=OpenedWave.attempts + 1, not_before=later))
