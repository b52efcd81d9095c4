"""Organisations and employers."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.directory import queries
from mentoring_applications.directory.access import reach_of
from mentoring_applications.directory.models import Employer, Organisation
from mentoring_applications.directory.schemas import NewOrganisation
from mentoring_applications.errors import NotYourPeople, SlugTaken
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import bind_tenant
from mentoring_common.ids import new_id


async def create_organisation(db: AsyncSession, new: NewOrganisation, by: Principal) -> Organisation:
    """Make a tenant; SlugTaken if another has the slug."""
    tenant = new_id()
    await bind_tenant(db, tenant)
    values = {"tenant_id": tenant, "id": tenant, "name": new.name, "slug": new.slug}
    statement = insert(Organisation).values(values).on_conflict_do_nothing().returning(Organisation)
    made: Organisation | None = await db.scalar(statement)
    if made is None:
        raise SlugTaken()
    audit(db, by.subject, "create_organisation", "organisation", tenant)
    return made


async def register_employer(db: AsyncSession, name: str, by: Principal) -> Employer:
    """Make an employer known, or find it; NotYourPeople for a caller who registers nobody.

    An HR client of one employer finds its own: others it neither makes nor learns of.
    """
    reach = await reach_of(db, by)
    if reach.everybody or reach.inviting:
        return await find_or_make_employer(db, name, by)
    found = await queries.employer_by_key(db, _key(name))
    if found is None or found.id != reach.employer_id:
        raise NotYourPeople(needed=["organisation:admin"])
    return found


async def find_or_make_employer(db: AsyncSession, name: str, by: Principal) -> Employer:
    """The employer of this name, which is compared without regard to case and spaces."""
    key = _key(name)
    values = {"id": new_id(), "name": name, "name_key": key}
    statement = insert(Employer).values(values).on_conflict_do_nothing().returning(Employer)
    made: Employer | None = await db.scalar(statement)
    if made is None:
        found = await queries.employer_by_key(db, key)
        assert found is not None
        return found
    audit(db, by.subject, "register_employer", "employer", made.id)
    return made


def _key(name: str) -> str:
    return " ".join(name.casefold().split())
