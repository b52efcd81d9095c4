"""Figures and what is published of them, reports, interviews, and the model a programme is evaluated by."""

from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, model_validator

from mentoring_contracts.blueprint.roles import KnownRole
from mentoring_contracts.blueprint.scalars import Id, Number, Whole, Words, wrong
from mentoring_contracts.blueprint.section import Section

MODELS: Final = ("logic_tree", "kirkpatrick", "five_stage", "hamblin")
"""The evaluation models that ship."""
FIGURES: Final = (
    "expressions_of_interest", "expressions_of_interest_for_later", "moved_cohort", "oversubscription",
    "matched_pairs", "matched_people", "rematches", "handovers", "professional_background", "mentoring_sessions",
    "mentoring_minutes", "cpd_sessions", "cpd_participants", "habit_people",
    "habits_embedded", "habits_seen", "interviews", "interviewed_pairs", "interview_pages",
    "response_rate",
)  # fmt: skip
"""Figures that are counted in every programme, beside those of its surveys."""
COUNTS: Final = frozenset(FIGURES) - {
    "oversubscription", "professional_background", "response_rate", "habits_embedded", "habits_seen",
}  # fmt: skip
"""Those of them that are a number and no share of a whole."""
ReportKind = Literal["interim", "final", "steering_group", "network", "public", "programme_team"]
SmallId = Annotated[Words, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class Figures(Section):
    """How figures are shown: rounded half up; of all cohorts both pooled and as the mean of cohorts."""

    READ_BY = ("evaluation",)
    decimals: Annotated[Whole, Field(ge=0, le=3, description="decimals of percentages")] = 0


class PublicDisclosure(Section):
    """What is published of few people."""

    READ_BY = ("evaluation",)
    minimum_n: Annotated[
        Whole, Field(ge=5, le=1000, description="the fewest people of whom anything is published; never under 5")
    ] = 10


class Disclosure(Section):
    """Disclosure control."""

    READ_BY = ("evaluation",)
    public: Annotated[PublicDisclosure, Field(description="what leaves the programme team")] = PublicDisclosure()


class Reports(Section):
    """Who approves what is published."""

    READ_BY = ("evaluation",)
    approval: Annotated[
        dict[ReportKind, KnownRole], Field(description="the role that approves a kind of report before it is published")
    ] = {}


class Interviews(Section):
    """Conversations after the programme; two of a pair make a case study. Who is interviewed consents, and may amend,
    approve or withdraw what was written."""

    READ_BY = ("evaluation",)
    case_study_sections: Annotated[
        list[Words], Field(min_length=1, max_length=20, description="the headings of a case study")
    ] = [
        "Profile of the mentee",
        "Profile of the mentor",
        "Focus of the relationship",
        "Reflections",
        "Perceived value",
    ]


class Indicator(Section):
    """One thing that is measured. `share`: so many of so many; `mean`: of n answers; `count`: out of a stated base."""

    READ_BY = ("evaluation",)
    id: Annotated[SmallId, Field(description="its name")]
    stage: Annotated[
        SmallId | None, Field(description="the stage it belongs to, where it stands beside the stages")
    ] = None
    title: Annotated[Words, Field(max_length=500, description="what is measured")]
    kind: Annotated[Literal["share", "mean", "count"], Field(description="what the number is")]
    unit: Annotated[Words, Field(max_length=500, description="the unit; of a share: percent")]
    base: Annotated[Words, Field(max_length=500, description="who or what stands in the denominator, or n, in words")]
    target: Annotated[Number | None, Field(description="what is to be reached")] = None
    figure: Annotated[
        Words | None,
        Field(description="the figure that measures it: name,cohort,role,wave; what is left blank means all"),
    ] = None

    @model_validator(mode="after")
    def _share_in_percent(self) -> "Indicator":
        if self.kind == "share" and self.unit != "percent":
            raise wrong("unit", "the unit of a share is percent")
        return self


def _as_stage(value: Any) -> Any:
    return {"statements": value} if isinstance(value, list) else value


class StageContent(Section):
    """What a stage of a shipped model promises and how it is measured; a list stands for its statements."""

    READ_BY = ("evaluation",)
    title: Annotated[Words | None, Field(max_length=500, description="what it is called, where not as shipped")] = None
    asks: Annotated[str | None, Field(max_length=2000, description="what it asks")] = None
    statements: Annotated[
        list[Annotated[Words, Field(max_length=500)]], Field(max_length=200, description="what it promises")
    ] = []
    indicators: Annotated[list[Indicator], Field(max_length=200, description="how it is measured")] = []


class Stage(StageContent):
    """One level of a model of one's own."""

    READ_BY = ("evaluation",)
    id: Annotated[SmallId, Field(description="its name")]
    title: Annotated[Words, Field(max_length=500, description="what it is called")]


class EvaluationModel(Section):
    """The model: a shipped one by its kind, with `stages` by name, or one's own, with `stages` as a list."""

    READ_BY = ("evaluation",)
    kind: Annotated[Id, Field(description="logic_tree, kirkpatrick, five_stage, hamblin; or a name of one's own")]
    title: Annotated[Words | None, Field(max_length=500, description="what it is called")] = None
    stages: Annotated[
        list[Stage] | dict[SmallId, Annotated[StageContent, BeforeValidator(_as_stage)]],
        Field(description="what the stages promise"),
    ] = {}
    indicators: Annotated[list[Indicator], Field(max_length=500, description="indicators, each with its stage")] = []

    @model_validator(mode="after")
    def _is_whole(self) -> "EvaluationModel":
        if isinstance(self.stages, list):
            if not 0 < len(self.stages) <= 20:
                raise wrong("stages", "a model of one's own has 1 to 20 stages")
            if len({stage.id for stage in self.stages}) < len(self.stages):
                raise wrong("twice", "two stages have one id")
        elif self.kind not in MODELS:
            raise wrong("kind", f"one of {', '.join(MODELS)} is wanted, or stages as a list")
        ids = [indicator.id for indicator in self.all_indicators]
        if len(set(ids)) < len(ids):
            raise wrong("twice", "two indicators have one id")
        return self

    @property
    def all_indicators(self) -> list[Indicator]:
        """The indicators of the stages, and those beside them."""
        stages = self.stages if isinstance(self.stages, list) else list(self.stages.values())
        return [*(indicator for stage in stages for indicator in stage.indicators), *self.indicators]
