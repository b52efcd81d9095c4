"""The phases that a pair goes through where its programme has some, such as before, during and after a leave."""

from typing import Annotated

from pydantic import Field, model_validator

from mentoring_contracts.blueprint.scalars import Flag, Id, wrong
from mentoring_contracts.blueprint.section import Section
from mentoring_contracts.blueprint.text import Text


class Step(Section):
    """One line of a phase's checklist."""

    READ_BY = ("sessions",)
    id: Annotated[Id, Field(description="its name, which stays when its words change")]
    text: Annotated[Text, Field(description="what is to be done")]


class Phase(Section):
    """A phase of a pair. The first of the list is where a pair begins; the pair or the team says when the next does."""

    READ_BY = ("sessions",)
    id: Annotated[Id, Field(description="its name")]
    title: Annotated[Text, Field(description="what people call it")]
    quiet: Annotated[Flag, Field(description="whether the pair is left in peace: no reminder that it has not met")] = (
        False
    )
    checklist: Annotated[list[Step], Field(max_length=50, description="what is to be done in it, in order")] = []

    @model_validator(mode="after")
    def _steps_named_once(self) -> "Phase":
        ids = [step.id for step in self.checklist]
        if len(ids) > len(set(ids)):
            raise wrong("twice", "two steps have one id")
        return self
