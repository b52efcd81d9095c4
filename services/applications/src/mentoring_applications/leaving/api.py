"""Leavers: an employer's HR system, or the organisation's admin, says who goes and when."""

from uuid import UUID

from fastapi import APIRouter

from mentoring_applications.leaving import commands
from mentoring_applications.leaving.schemas import LeavingView, NewLeaving
from mentoring_applications.people.access import employed_person, managed_person
from mentoring_applications.programmes.access import Reader, Writer
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch

router = APIRouter(route_class=Route, tags=["people"])
_view = LeavingView.model_validate


@router.get("/people/{person_id}/leaving")
async def read_leaving(person_id: UUID, by: Reader, db: Db) -> LeavingView:
    """Whether somebody leaves, for who manages them and themselves."""
    return _view(await managed_person(db, person_id, by))


@router.put("/people/{person_id}/leaving")
async def record_leaving(person_id: UUID, new: NewLeaving, by: Writer, db: Db, expected: IfMatch) -> LeavingView:
    """Say when somebody goes: at the end of that day their roles end, open applications are withdrawn and their matches
    end, of which their partners are told."""
    person = await employed_person(db, person_id, by)
    await expected.hold(db, person)
    return _view(await commands.record_leaving(db, person, new, by))


@router.delete("/people/{person_id}/leaving", status_code=204)
async def take_back_leaving(person_id: UUID, by: Writer, db: Db, expected: IfMatch) -> None:
    """Somebody stays, or is back; what has ended by then stays ended, and they may apply again."""
    person = await employed_person(db, person_id, by)
    await expected.hold(db, person)
    await commands.take_back_leaving(db, person, by)
