"""The REST API of changes: for systems outside that ask what happened instead of being told."""

import asyncio
import time
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from mentoring_common.api_address import api_address
from mentoring_common.runner import Service
from mentoring_common.unit_of_work import Phases, Route
from mentoring_integrations.changes import queries
from mentoring_integrations.changes.catalogue import catalogue
from mentoring_integrations.changes.cloud_event import placed, sequence
from mentoring_integrations.changes.schemas import ChangesPage, EventType, EventTypes
from mentoring_integrations.changes.types import event_types, known_types
from mentoring_integrations.changes.waiting import LOOK_EVERY_S, Watch
from mentoring_integrations.programmes.access import Reader, audience_of, require_integrator

LONGEST_WAIT_S = 30
After = Annotated[
    str | None,
    Query(pattern=r"^\d{1,20}$", description="`cursor` of the page before, or the `sequence` of an event; none: all"),
]
Types = Annotated[list[str], Query(alias="type", max_length=100, description="only events of these types")]
Wait = Annotated[int, Query(ge=0, le=LONGEST_WAIT_S, description="seconds to wait where nothing has happened yet")]
Most = Annotated[int, Query(ge=1, le=500, description="events of a page")]

router = APIRouter(route_class=Route)


@router.get("/changes", response_model=ChangesPage)
async def list_changes(
    request: Request,
    by: Reader,
    work: Phases,
    after: After = None,
    types: Types = [],  # noqa: B006  FastAPI copies it
    programme_id: Annotated[UUID | None, Query(description="only events of this programme")] = None,
    limit: Most = 100,
    wait: Wait = 0,
) -> Response:
    """What happened in the organisation, in one order, from the oldest that is kept (admin); what concerns its
    employer's people (HR client).

    Events are kept for 90 days or longer. Each comes once, and events of one thing in the order in which they happened.
    """
    tenant = require_integrator(by)
    wanted = known_types(types, "query", "type")
    position = None if after is None else min(int(after), 2**63 - 1)
    watch: Watch = request.app.state.watch
    ends = time.monotonic() + wait
    while True:
        async with work.transaction() as db:
            found = await queries.changes(db, position, wanted, programme_id, limit, audience_of(by))
        if found.rows:
            return _page(found)
        position = found.position
        if found.wait and time.monotonic() + LOOK_EVERY_S < ends:
            await asyncio.sleep(LOOK_EVERY_S)
            continue
        if found.wait or (not found.more and not await watch.beyond(tenant, position, ends - time.monotonic())):
            return _page(found)


@router.get("/event-types")
async def list_event_types(by: Reader) -> EventTypes:
    """The types of events that may be asked for and subscribed to; what they carry is in `asyncapi.yaml`."""
    require_integrator(by)
    return EventTypes(items=[EventType(type=name, meaning=meaning) for name, meaning in event_types()])


@router.get("/changes/asyncapi.json", response_class=JSONResponse)
async def read_event_catalogue(request: Request, by: Reader) -> JSONResponse:
    """The events that you are told of, as an AsyncAPI document of your own feed."""
    tenant = require_integrator(by)
    service: Service = request.app.state.service
    api = api_address(service.settings.public_url, "integrations")
    return JSONResponse(catalogue(api, tenant, audience_of(by)))


def _page(found: queries.Found) -> Response:
    """Put together as text: an event was written as JSON once, when it was kept."""
    items = ",".join([placed(row.event, row.position) for row in found.rows])
    more = "true" if found.more else "false"
    text = f'{{"items":[{items}],"cursor":"{sequence(found.position)}","more":{more}}}'
    return Response(text, media_type="application/json")
