"""What a pair agrees on before it works together: the programme's questions, and whether it has to be signed first."""

from typing import Annotated

from pydantic import Field, model_validator

from mentoring_contracts.blueprint.scalars import Flag, Id, Whole, wrong
from mentoring_contracts.blueprint.section import Section
from mentoring_contracts.blueprint.text import Text


class AgreementQuestion(Section):
    """Something that an agreement says."""

    READ_BY = ("sessions",)
    id: Annotated[Id, Field(description="its name, which stays when its words change")]
    text: Annotated[Text, Field(description="what is asked")]


class Agreements(Section):
    """The agreement of a pair."""

    READ_BY = ("sessions",)
    before_first_meeting: Annotated[
        Flag, Field(description="whether everybody signs one before the first meeting is recorded")
    ] = False
    lasts_months: Annotated[
        Whole | None,
        Field(ge=1, le=120, description="for how many months it stands, breaks not counted; without it to the end"),
    ] = None
    remind_days: Annotated[
        Whole, Field(ge=1, le=180, description="how many days before it runs out both are told, once")
    ] = 14
    questions: Annotated[
        list[AgreementQuestion], Field(max_length=50, description="what it answers, all of it, beside its terms")
    ] = []

    @model_validator(mode="after")
    def _named_once(self) -> "Agreements":
        ids = [one.id for one in self.questions]
        if len(ids) > len(set(ids)):
            raise wrong("twice", "two questions have one id")
        return self
