"""What events of others lead to, in every capability: the one table, and the feed of all events for those outside."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import roles
from mentoring_common.consumer import Reactions, Told
from mentoring_common.vault import destroy_key
from mentoring_contracts.applications import (
    CohortCreated,
    PersonErased,
    ProgrammeAmended,
    ProgrammeCreated,
    RoleGranted,
    RoleRevoked,
)
from mentoring_integrations.changes.commands import forget_employee, keep
from mentoring_integrations.notifications.commands import forget_person
from mentoring_integrations.notifications.reactions import TOLD
from mentoring_integrations.programmes.commands import keep_cohort, keep_programme
from mentoring_integrations.webhooks.commands import forget_contact, queue


async def on_programme_told(db: AsyncSession, event: ProgrammeCreated | ProgrammeAmended) -> None:
    await keep_programme(db, event)


async def on_cohort_created(db: AsyncSession, event: CohortCreated) -> None:
    await keep_cohort(db, event)


async def on_role_granted(db: AsyncSession, event: RoleGranted) -> None:
    await roles.grant(db, event.role_id, event.programme_id, event.person_id, event.role, event.rights)


async def on_role_revoked(db: AsyncSession, event: RoleRevoked) -> None:
    await roles.revoke(db, event.role_id)


async def on_person_erased(db: AsyncSession, event: PersonErased) -> None:
    await forget_contact(db, event.person_id)  # before the person's letters, as whoever disables a webhook
    await forget_person(db, event.person_id)
    await forget_employee(db, event.person_id)
    await destroy_key(db, event.person_id)


async def tell_those_outside(db: AsyncSession, happened: Sequence[Told]) -> None:
    """Keep what happened for whoever polls, and queue it for webhooks."""
    await queue(db, await keep(db, happened))


REACTIONS: Reactions = {
    **TOLD,
    ProgrammeCreated: on_programme_told,
    ProgrammeAmended: on_programme_told,
    CohortCreated: on_cohort_created,
    RoleGranted: on_role_granted,
    RoleRevoked: on_role_revoked,
    PersonErased: on_person_erased,
}
