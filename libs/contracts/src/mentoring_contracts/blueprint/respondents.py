"""Respondents beyond the pair: managers, peers, applicants, stakeholders, people who do not take part."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from mentoring_contracts.blueprint.scalars import Whole, wrong
from mentoring_contracts.blueprint.section import Section
from mentoring_contracts.blueprint.text import Text
from mentoring_contracts.words import SIDES, RoleId, Side


class RespondentKind(Section):
    """A kind of people whom surveys ask by link, and who see nothing else. Questions and waves name it among roles."""

    READ_BY = ("evaluation",)
    id: Annotated[RoleId, Field(description="its name among the roles of questions")]
    title: Annotated[Text, Field(description="what people call them: line manager, peer")]
    source: Annotated[
        Literal["named", "applications"],
        Field(description="named one by one, or everybody who applied to the cohort (a baseline before the match)"),
    ] = "named"
    of: Annotated[Side | None, Field(description="whose they are: a mentee's manager; left out: nobody's")] = None
    most: Annotated[Whole | None, Field(ge=1, le=50, description="how many one member has, at most")] = None

    @model_validator(mode="after")
    def _is_whole(self) -> "RespondentKind":
        if self.id in SIDES:
            raise wrong("taken", "mentor and mentee are the sides of a pair")
        if self.source == "applications" and (self.of is not None or self.most is not None):
            raise wrong("applications", "whoever applied is nobody's: leave of and most out")
        if self.most is not None and self.of is None:
            raise wrong("of", "most says how many one member has: say of whom they are")
        return self
