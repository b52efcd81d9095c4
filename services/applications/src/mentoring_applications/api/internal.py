"""What our other services read; people's tokens do not open it."""

from uuid import UUID

from fastapi import APIRouter

from mentoring_applications import queries
from mentoring_applications.api import views
from mentoring_applications.api.callers import OwnService
from mentoring_applications.internal_schemas import (
    ApplicationIds,
    EmailChangeIds,
    EmailChangesToTell,
    PersonIds,
    PooledApplications,
    Profiles,
    Statistics,
)
from mentoring_common import vault
from mentoring_common.unit_of_work import Db, Route

router = APIRouter(prefix="/internal", route_class=Route, tags=["internal"])


@router.post("/profiles")
async def read_profiles(wanted: PersonIds, _: OwnService, db: Db) -> Profiles:
    """The profiles of people; those who are erased are left out."""
    rows = await queries.profiles(db, wanted.person_ids)
    return Profiles(items=[views.profile(person, manager) for person, manager in rows])


@router.post("/applications")
async def read_pooled_applications(wanted: ApplicationIds, _: OwnService, db: Db) -> PooledApplications:
    """What matching needs to know of applications; those of erased people are left out."""
    return PooledApplications(items=await views.pooled(db, wanted.application_ids))


@router.post("/email-changes")
async def read_email_changes(wanted: EmailChangeIds, _: OwnService, db: Db) -> EmailChangesToTell:
    """Changes of address that wait to be confirmed, for the service that writes letters; the others are left out."""
    rows = await queries.email_changes(db, wanted.change_ids)
    tokens = await vault.unseal_all(db, [(change.person_id, change.sealed_token) for change, _, _ in rows])
    return EmailChangesToTell(items=[views.email_change(*row, token) for row, token in zip(rows, tokens, strict=True)])


@router.get("/programmes/{programme_id}/statistics")
async def read_statistics(programme_id: UUID, _: OwnService, db: Db) -> Statistics:
    """Counts from the records of a programme."""
    await queries.programme(db, programme_id)
    return await views.statistics(db, programme_id)
