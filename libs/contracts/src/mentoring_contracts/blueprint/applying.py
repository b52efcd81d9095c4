"""How people apply: what may be changed until when, and who is reminded."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from mentoring_contracts.blueprint.scalars import Flag, Id, Number, Whole, wrong
from mentoring_contracts.blueprint.section import Section
from mentoring_contracts.blueprint.text import Text
from mentoring_contracts.words import Side


class Decisions(Section):
    """When people learn what was decided. Until then it can be undone, with a reason."""

    told: Annotated[
        Literal["at_once", "on_release"],
        Field(description="by letter at once, or when the team tells everybody together"),
    ] = "at_once"
    hours_to_undo: Annotated[
        Whole, Field(ge=0, le=720, description="with at_once: so many hours later, and undone until then")
    ] = 0


class WaitingList(Section):
    """Who gets a place that is free: the next on the list, for a time, and then the one after."""

    promote: Annotated[
        Literal["by_hand", "at_once", "at_milestone"],
        Field(description="when the next is offered a free place: when the team says, at once, or from a milestone on"),
    ] = "by_hand"
    milestone: Annotated[Id | None, Field(description="the kind of the milestone, with at_milestone")] = None
    answer_days: Annotated[Whole, Field(ge=1, le=90, description="how long a place is kept for who is offered it")] = 7

    @model_validator(mode="after")
    def _says_when(self) -> "WaitingList":
        if (self.promote == "at_milestone") != (self.milestone is not None):
            raise wrong("milestone", "a milestone goes with promote: at_milestone, and with nothing else")
        return self


class Again(Section):
    """Who has to wait before they apply again, counted over every run of the same blueprint."""

    roles: Annotated[list[Side], Field(min_length=1, description="in which roles")] = ["mentor", "mentee"]
    after: Annotated[
        list[Literal["matched", "unmatched", "refused", "withdrawn", "carried_over"]],
        Field(min_length=1, description="what became of the earlier application"),
    ] = ["matched"]
    wait_months: Annotated[
        Whole, Field(ge=1, le=240, description="how long after the end of that cohort (of its last milestone)")
    ]
    text: Annotated[Text, Field(description="the rule as it is told to people")]


class ScoredCriterion(Section):
    """Something that assessors give points for."""

    id: Annotated[Id, Field(description="its name in scores")]
    title: Annotated[Text, Field(description="what assessors read")]
    least: Annotated[Whole, Field(ge=0, le=99, description="the fewest points")] = 1
    most: Annotated[Whole, Field(ge=1, le=100, description="the most points")] = 5
    weight: Annotated[Number, Field(gt=0, le=1000, description="how much it counts in the total")] = 1.0

    @model_validator(mode="after")
    def _is_a_scale(self) -> "ScoredCriterion":
        if self.least >= self.most:
            raise wrong("never", "least is not below most: there is nothing to choose from")
        return self


class Assessment(Section):
    """Who reads applications before they are decided, and by what. Assessors do not see each other's scores before all
    have scored."""

    assessors: Annotated[Whole, Field(ge=1, le=10, description="how many assess each application")] = 2
    roles: Annotated[list[Side], Field(min_length=1, description="whose applications")] = ["mentor", "mentee"]
    criteria: Annotated[list[ScoredCriterion], Field(min_length=1, max_length=30, description="what is scored")]
    moderate_apart: Annotated[
        Whole | None, Field(ge=1, le=100, description="scores of one criterion so far apart are moderated")
    ] = None
    before_deciding: Annotated[Flag, Field(description="whether nothing is decided before it is assessed")] = True

    @model_validator(mode="after")
    def _names_once(self) -> "Assessment":
        if len({criterion.id for criterion in self.criteria}) < len(self.criteria):
            raise wrong("twice", "two criteria have the same id")
        return self


class Applying(Section):
    """How people apply, beside the form."""

    edit_until_close: Annotated[
        Flag, Field(description="whether an application may be changed until the window closes, while it is undecided")
    ] = False
    remind_days_before: Annotated[
        list[Annotated[Whole, Field(ge=1, le=90)]],
        Field(max_length=10, description="who has a draft hears so many days before the window closes"),
    ] = [7, 1]
    decisions: Annotated[Decisions, Field(description="when people learn what was decided")] = Decisions()
    assessment: Annotated[Assessment | None, Field(description="who reads applications before they are decided")] = None
    again: Annotated[list[Again], Field(max_length=20, description="who has to wait before they apply again")] = []
    waiting_list: Annotated[WaitingList, Field(description="who gets a place that is free")] = WaitingList()
