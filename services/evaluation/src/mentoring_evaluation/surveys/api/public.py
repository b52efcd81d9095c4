"""Surveys for whoever holds an invitation: no account, and nothing that says who answered what."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from mentoring_common.auth import Public
from mentoring_common.languages import InLanguage, languages_of
from mentoring_common.unit_of_work import PublicDb, Route
from mentoring_evaluation.surveys.commands import responses
from mentoring_evaluation.surveys.schemas import NewResponse, Received, SurveyView

router = APIRouter(route_class=Route, tags=["surveys"])
ByToken = Depends(Public("the one-time token of the invitation is the authorisation"))
Token = Annotated[str, Path(max_length=100)]
Tag = Annotated[str, Query(max_length=35, description="BCP 47, such as cy")]


@router.get("/public/{tenant_id}/surveys/{token}", dependencies=[ByToken])
async def read_survey(
    token: Token, db: PublicDb, read: InLanguage = None, language: Tag | None = None, easy_read: bool = False
) -> SurveyView:
    """The questions for the holder of a token, in the language asked for and easy to read where there are such words.

    Without `language` those of Accept-Language are taken. Answers are given with the values of `options`, whatever
    `labels` say in their place.
    """
    wanted = [language] if language else languages_of(read)
    return await responses.show_survey(db, token, wanted, easy_read=easy_read)


@router.post("/public/{tenant_id}/responses", status_code=201, dependencies=[ByToken])
async def answer_survey(new: NewResponse, db: PublicDb) -> Received:
    """Answer a survey, once. A question that is left out was skipped; where all were, nothing is taken."""
    return Received(wave_id=await responses.receive_response(db, new))
