"""Surveys for whoever holds an invitation: no account, and nothing that says who answered what."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from mentoring_common.auth import Public
from mentoring_common.unit_of_work import PublicDb, Route
from mentoring_evaluation.commands import responses
from mentoring_evaluation.schemas import NewResponse, Received, SurveyView

router = APIRouter(route_class=Route, tags=["surveys"])
ByToken = Depends(Public("the one-time token of the invitation is the authorisation"))
Token = Annotated[str, Path(max_length=100)]


@router.get("/public/{tenant_id}/surveys/{token}", dependencies=[ByToken])
async def read_survey(token: Token, db: PublicDb) -> SurveyView:
    """The questions for the holder of a token."""
    return await responses.show_survey(db, token)


@router.post("/public/{tenant_id}/responses", status_code=201, dependencies=[ByToken])
async def answer_survey(new: NewResponse, db: PublicDb) -> Received:
    """Answer a survey, once. A question that is left out was skipped."""
    return Received(wave_id=await responses.receive_response(db, new))
