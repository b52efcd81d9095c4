"""Whose people those are whom changes name, is asked of applications; webhooks that waited for it are told then."""

from uuid import UUID

from mentoring_common.errors import Unavailable
from mentoring_common.observability import log
from mentoring_common.runner import Service
from mentoring_integrations.changes import queries
from mentoring_integrations.changes.commands import ask_later, learn
from mentoring_integrations.webhooks.commands import queue


async def ask_for_employers(service: Service) -> None:
    """Ask who employs people of whom it is not known; `Periodic`."""
    async with service.looking.connect() as connection:
        tenants = await queries.tenants_with_unknown(connection)
    for tenant in tenants:
        while await _ask(service, tenant) == queries.MOST_ASKED:
            pass


async def _ask(service: Service, tenant: UUID) -> int:
    async with service.database.transaction(tenant) as db:
        unknown = await queries.unknown(db)
    if not unknown:
        return 0
    body = {"person_ids": sorted(map(str, unknown))}
    try:
        answer = await service.client("applications").post(tenant, "/internal/profiles", body)
    except Unavailable:
        log.warning("employers_wait", service=service.name)
        async with service.database.transaction(tenant) as db:
            await ask_later(db, list(unknown))
        return 0
    employers = {UUID(one["person_id"]): one.get("employer_id") for one in answer["items"]}
    async with service.database.transaction(tenant) as db:
        await queue(db, await learn(db, unknown, {who: UUID(by) for who, by in employers.items() if by}))
    return len(unknown)
