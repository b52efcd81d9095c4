"""All figures of a programme, in one of the two views."""

import asyncio
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_common.roles import require_right
from mentoring_common.runner import Service
from mentoring_common.unit_of_work import Route
from mentoring_evaluation.figures.full_answers import full_answers
from mentoring_evaluation.figures.queries import evidence_of
from mentoring_evaluation.figures.schemas import FiguresView
from mentoring_evaluation.figures.statistics import with_statistics
from mentoring_evaluation.figures.views import Audience, view_of
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.programmes.access import READERS, Reader, require_team

router = APIRouter(route_class=Route, tags=["reports"])


Seen = Annotated[Audience, Query(description="exact for the programme team, or under disclosure control")]


def service_of(request: Request) -> Service:
    """The service that a request came to."""
    service: Service = request.app.state.service
    return service


@router.get("/programmes/{programme_id}/figures")
async def read_figures(
    programme_id: UUID, by: Reader, service: Annotated[Service, Depends(service_of)], view: Seen = "programme_team"
) -> FiguresView:
    """All figures as the records are now, but backgrounds in the public view as they were frozen last. The exact view
    is the programme team's, the public one also the steering group's."""
    return (await figures_of(service, by, programme_id, view))[0]


async def figures_of(
    service: Service, by: Principal, programme_id: UUID, view: Audience
) -> tuple[FiguresView, datetime]:
    """A view of the figures that the caller may read, and when the records were as it says. RoleNeeded."""
    assert by.tenant is not None  # Allow has seen to it
    # Not the request's transaction: the applications service is asked between reading and answering.
    async with service.database.transaction(by.tenant) as db:
        programme = await programmes.programme(db, programme_id)
        await _require_view(db, by, programme_id, view)
        evidence = await evidence_of(db, programme)
    if view == "programme_team":
        evidence = await with_statistics(service, by.tenant, evidence)
    said, figures = await asyncio.to_thread(view_of, evidence, view)
    told = await asyncio.to_thread(full_answers, evidence, view)
    shown = FiguresView(programme_id=programme_id, view=view, statement=said, figures=figures, distributions=list(told))
    return shown, evidence.as_of


async def _require_view(db: AsyncSession, by: Principal, programme_id: UUID, view: Audience) -> None:
    if view == "public":
        await require_right(db, by, programme_id, *READERS)
    else:
        await require_team(db, by, programme_id)
