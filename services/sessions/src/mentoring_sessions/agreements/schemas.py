"""Agreements as the REST API takes and gives them."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from mentoring_common.bodies import Body
from mentoring_common.versions import RevisedView
from mentoring_common.views import View
from mentoring_sessions.fields import Text


class SignatureView(View):
    person_id: UUID
    signed_at: datetime


class Signatures(View):
    mentor_signed_at: datetime | None = None
    mentee_signed_at: datetime | None = Field(None, description="of a pair; for a group see `signatures`")
    signatures: list[SignatureView] = []
    signed_by_all: bool = False


class NewAnswer(Body):
    question: str = Field(min_length=1, max_length=100, description="the question of the programme, by its id")
    answer: Text = Field(description="what the two agree on")


class NewAgreement(Body):
    terms: Text | None = None
    answers: list[NewAnswer] = Field([], max_length=50, description="to the questions of the programme, all of them")


class Signature(Body):
    version: int | None = Field(
        None, ge=1, le=2**31 - 1, description="the version that was read; 409 if it is no longer the current one"
    )


class AgreementStateView(Signatures, RevisedView):
    MADE_AT: ClassVar = "/relationships/{match_id}/agreement"
    version: int
    proposed_by: UUID
    proposed_at: datetime
    standing_version: int | None = Field(description="the version that everybody signed and that stands; null: none")
    runs_out_at: datetime | None = Field(
        description="when what stands does so no more, in UTC, later by every break; null: to the end, or none stands"
    )


class AgreementQuestionView(View):
    """Something that an agreement of the programme answers."""

    id: str = Field(description="what answers name the question by")
    text: str = Field(description="what is asked")


class AgreementAnswerView(View):
    question: str = Field(description="the question of the programme, by its id")
    text: str = Field(description="what is asked; the id, where the programme asks it no more")
    answer: str = Field(description="what the two agreed on")


class AgreementView(AgreementStateView):
    terms: str | None
    answers: list[AgreementAnswerView] = Field(description="to the questions of the programme")


class AgreedVersionView(View):
    """A version of the agreement that everybody signed."""

    version: int = Field(description="which proposal of the terms it was")
    proposed_by: UUID
    agreed_at: datetime = Field(description="since when everybody had signed it, in UTC")
    ended_at: datetime | None = Field(description="until when it stood, in UTC; null: it stands")
    terms: str | None
    answers: list[AgreementAnswerView] = Field(description="to the questions of the programme")
