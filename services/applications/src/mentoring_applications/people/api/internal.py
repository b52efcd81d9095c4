"""What the service that writes letters reads of changes of address."""

from fastapi import APIRouter

from mentoring_applications.people import queries
from mentoring_applications.people.api import views
from mentoring_applications.people.schemas import EmailChangeIds, EmailChangesToTell
from mentoring_applications.programmes.access import OwnService
from mentoring_common import vault
from mentoring_common.unit_of_work import Db, Route

router = APIRouter(prefix="/internal", route_class=Route, tags=["internal"])


@router.post("/email-changes")
async def read_email_changes(wanted: EmailChangeIds, _: OwnService, db: Db) -> EmailChangesToTell:
    """Changes of address that wait to be confirmed, for the service that writes letters; the others are left out."""
    rows = await queries.email_changes(db, wanted.change_ids)
    tokens = await vault.unseal_all(db, [(change.person_id, change.sealed_token) for change, _, _ in rows])
    return EmailChangesToTell(items=[views.email_change(*row, token) for row, token in zip(rows, tokens, strict=True)])
