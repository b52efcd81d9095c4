"""Acting in another organisation's tenant: the one place where a transaction of a network changes its tenant.

Both walls stand the whole time, each time for one tenant. Whoever acts in both acts in the office's first, so that two
of them wait for each other in one order.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import bind_tenant, tenant_of


@asynccontextmanager
async def acting_in(db: AsyncSession, organisation_id: UUID) -> AsyncIterator[None]:
    """What is done within is done in the organisation's tenant, with its audit log and its outbox."""
    own = tenant_of(db)
    await bind_tenant(db, organisation_id)
    yield
    await bind_tenant(db, own)  # not where it failed: nothing more happens in that transaction
