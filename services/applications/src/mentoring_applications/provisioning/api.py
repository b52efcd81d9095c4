"""People by the batch."""

from typing import Annotated

from fastapi import APIRouter, Query

from mentoring_applications.programmes.access import Writer
from mentoring_applications.provisioning import commands
from mentoring_applications.provisioning.schemas import BatchResult, PeopleBatch
from mentoring_common.unit_of_work import Db, Route

UPLOADS = {"/people/batch": (10_000_000, frozenset({"application/json"}))}
router = APIRouter(route_class=Route, tags=["people"])


@router.post("/people/batch")
async def register_people(
    batch: PeopleBatch,
    by: Writer,
    db: Db,
    upsert: Annotated[
        bool,
        Query(description="change whom the employer calls so (`external_id`), or who has the address and no number"),
    ] = False,
    dry_run: Annotated[bool, Query(description="say what each row would do, and do nothing")] = False,
) -> BatchResult:
    """Make up to 5,000 people known, or with `upsert` bring them up to date; each row has its own answer.

    Rows are taken in order, so that one may name a line manager who stands above it.
    """
    items = await commands.take_people(db, batch.people, by, upsert=upsert, dry_run=dry_run)
    return BatchResult(dry_run=dry_run, items=items)
