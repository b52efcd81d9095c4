"""Scales, instruments, waves, and surveys that follow what happens."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field, model_validator

from mentoring_contracts.blueprint.dates import Moment
from mentoring_contracts.blueprint.scalars import Flag, Id, Whole, Words, wrong
from mentoring_contracts.blueprint.section import Section
from mentoring_contracts.blueprint.text import Said, Text
from mentoring_contracts.words import RoleId, Side

PRESETS: Final = ("after_session", "end_of_programme", "interim", "twelve_months_later")
"""Instruments that ship: a wave may name one that the blueprint does not list."""
WAVE_MILESTONES: Final = {
    "interim_evaluation": "interim",
    "summative_evaluation": "summative",
    "follow_up_evaluation": "twelve_months_later",
}
"""A milestone of this kind, with an end, is a wave of the instrument, unless `waves` says another."""
Mode = Literal["anonymous", "named", "paired"]
QuestionKind = Literal["choice", "choices", "scale", "matrix", "integer", "text"]
LanguageTag = Annotated[Words, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


class Shown(Section):
    """A question is asked only of those who gave one of these answers to an earlier one."""

    READ_BY = ("evaluation",)
    question: Annotated[Id, Field(description="the earlier question")]
    is_: Annotated[Any, Field(alias="is", description="its answer")] = None
    in_: Annotated[list[Any] | None, Field(alias="in", min_length=1, description="one of these answers")] = None

    @model_validator(mode="after")
    def _says_something(self) -> "Shown":
        if (self.is_ is None) == (self.in_ is None):
            raise wrong("condition", "a condition needs is or in")
        return self

    @property
    def answers(self) -> list[Any]:
        """The answers that it names."""
        return self.in_ if self.in_ is not None else [self.is_]


class Row(Section):
    """One line of a matrix."""

    READ_BY = ("evaluation",)
    id: Annotated[Id, Field(description="its name")]
    text: Annotated[Said, Field(description="what is asked")]
    figure: Annotated[Id | None, Field(description="the name its share is published under")] = None


class Question(Section):
    """One question. `counted` is the set of answers that make up the share published under `figure`."""

    READ_BY = ("evaluation",)
    id: Annotated[Id, Field(description="its name in answers")]
    kind: Annotated[QuestionKind, Field(description="what an answer is")]
    roles: Annotated[list[RoleId], Field(min_length=1, description="who is asked")]
    text: Annotated[Said, Field(description="the question: a text, by language, by role, or both")]
    options: Annotated[list[Text], Field(max_length=100, description="the answers of a choice or a matrix")] = []
    scale: Annotated[Id | None, Field(description="a scale whose answers these are, instead of options")] = None
    rows: Annotated[list[Row], Field(max_length=50, description="the lines of a matrix")] = []
    labels: Annotated[dict[Words, Text], Field(description="words for some numbers of a scale")] = {}
    counted: Annotated[list[Words], Field(description="the answers that the figure counts")] = []
    figure: Annotated[Id | None, Field(description="the name its share is published under")] = None
    min: Annotated[Whole | None, Field(description="the least number")] = None
    max: Annotated[Whole | None, Field(description="the largest number")] = None
    max_length: Annotated[Whole, Field(ge=1, le=10_000, description="the longest text, in characters")] = 2000
    shown_when: Annotated[Shown | None, Field(description="the earlier answer it depends on")] = None
    sensitivity: Annotated[
        Literal["sensitive", "ordinary"],
        Field(description="whether it is a secret that few gave an answer: of an ordinary question it is none"),
    ] = "sensitive"

    @model_validator(mode="after")
    def _is_whole(self) -> "Question":
        if self.scale is not None and (self.options or self.kind not in ("choice", "choices", "matrix")):
            raise wrong("scale", "a choice or a matrix has options or a scale, not both")
        if self.kind in ("choice", "choices", "matrix") and not self.options and self.scale is None:
            raise wrong("options", "a choice needs options or a scale")
        if self.kind in ("integer", "text", "scale") and self.options:
            raise wrong("options", "only a choice or a matrix has options")
        if self.kind == "scale" and not (
            self.min is not None and self.max is not None and 0 < self.max - self.min <= 20
        ):
            raise wrong("scale", "a scale goes from min to max, in at most 20 steps")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise wrong("never", "min is above max: no answer could be given")
        if (self.kind == "matrix") != bool(self.rows):
            raise wrong("rows", "a matrix, and nothing else, has rows")
        if self.figure and self.kind == "choices" and self.counted:
            raise wrong("counted", "a figure of several choices is the share of every option: none is counted")
        counts = self.figure and self.kind != "choices"
        if counts and (self.kind not in ("choice", "scale") or not self.counted):
            raise wrong("counted", "a figure counts answers of a choice or a scale")
        if any(row.figure for row in self.rows) and not self.counted:
            raise wrong("counted", "a figure counts answers of a choice or a scale")
        return self


class QuestionWords(Section):
    """One question in other words; keys are its own values."""

    READ_BY = ("evaluation",)
    text: Annotated[Said | None, Field(description="the question")] = None
    options: Annotated[dict[Words, Words], Field(description="options by how they are kept")] = {}
    rows: Annotated[dict[Words, Words], Field(description="lines by id")] = {}
    labels: Annotated[dict[Words, Words], Field(description="labels by number")] = {}


class Wording(Section):
    """The whole survey in one language, plain or easy to read: for translations that come in one piece."""

    READ_BY = ("evaluation",)
    language: Annotated[LanguageTag, Field(description="BCP 47, such as cy or pt-BR")]
    easy_read: Annotated[Flag, Field(description="whether it is in easy words")] = False
    title: Annotated[Words | None, Field(description="the survey's title")] = None
    notice: Annotated[Words | None, Field(description="what is kept of who answered, in these words")] = None
    questions: Annotated[dict[Id, QuestionWords], Field(description="questions by id")]


class Instrument(Section):
    """A survey: its questions in order, for all roles."""

    READ_BY = ("evaluation",)
    id: Annotated[Id, Field(description="its name; waves refer to it")]
    title: Annotated[Text, Field(description="what people call it")]
    version: Annotated[Whole, Field(ge=1, le=100_000, description="counted up when questions change")] = 1
    mode: Annotated[Mode, Field(description="what is kept of who answered: nothing, the name, or which pair")] = (
        "anonymous"
    )
    researchers: Annotated[
        Flag,
        Field(
            description="whether researchers may be given answer sheets without names, under a data agreement; people "
            "are told so above the questions"
        ),
    ] = False
    language: Annotated[LanguageTag | None, Field(description="the language of texts that do not say theirs")] = None
    questions: Annotated[list[Question], Field(min_length=1, max_length=200, description="the questions")]
    wordings: Annotated[
        list[Wording], Field(max_length=60, description="the survey in other languages, as a whole")
    ] = []

    @model_validator(mode="after")
    def _named_once(self) -> "Instrument":
        ids = [question.id for question in self.questions]
        if len(ids) > len(set(ids)):
            raise wrong("twice", "two questions have one id")
        return self


class PlannedWave(Section):
    """One opening of a survey, for every cohort or for one."""

    READ_BY = ("evaluation",)
    instrument: Annotated[Id, Field(description="the survey: one of instruments, or one that ships")]
    milestone: Annotated[Id | None, Field(description="the milestone with a beginning and an end when it is asked")] = (
        None
    )
    cohort: Annotated[Whole | None, Field(ge=1, description="the number of the one cohort it is for")] = None
    opens: Annotated[Moment | None, Field(description="when it opens: a date, a distance, or a time of the pair")] = (
        None
    )
    closes: Annotated[Moment | None, Field(description="when it closes")] = None
    open_days: Annotated[Whole | None, Field(ge=1, le=365, description="instead of closes: for how many days")] = None
    roles: Annotated[list[Side], Field(max_length=2, description="who of the pairs is asked; none: nobody of them")] = [
        "mentor",
        "mentee",
    ]
    respondents: Annotated[
        list[RoleId], Field(max_length=20, description="kinds of respondents who are asked beyond the pairs")
    ] = []
    occasion: Annotated[
        Words | None, Field(max_length=100, description="tells apart waves of one survey and cohort")
    ] = None

    @model_validator(mode="after")
    def _is_dated(self) -> "PlannedWave":
        if not self.roles and not self.respondents:
            raise wrong("nobody", "the wave asks nobody: name roles or respondents")
        if (self.milestone is None) == (self.opens is None):
            raise wrong("wave", "a wave has either a milestone, or opens with closes or open_days")
        if self.opens is not None and (self.closes is None) == (self.open_days is None):
            raise wrong("wave", "a wave that opens has either closes or open_days")
        if self.milestone is not None and (self.closes is not None or self.open_days is not None):
            raise wrong("wave", "a milestone says when its wave closes: leave closes and open_days out")
        return self


class AfterWhat(Section):
    """A survey that follows a meeting or an activity."""

    READ_BY = ("evaluation",)
    instrument: Annotated[Id, Field(description="a survey that is anonymous")]
    trigger: Annotated[Literal["mentoring_session", "activity"], Field(description="what it follows")]
    kinds: Annotated[list[Id], Field(description="the kinds of activities; none: all")] = []
    roles: Annotated[list[Side], Field(min_length=1, description="who is asked")] = ["mentor", "mentee"]
    open_days: Annotated[Whole, Field(ge=1, le=90, description="how long it may be answered")] = 7
    together_days: Annotated[
        Whole, Field(ge=1, le=730, description="how long answers are gathered before they count")
    ] = 365

    @model_validator(mode="after")
    def _is_whole(self) -> "AfterWhat":
        if self.kinds and self.trigger != "activity":
            raise wrong("kinds", "only a survey that follows an activity has kinds")
        return self


class Surveys(Section):
    """Reminders, and surveys that follow what happens."""

    READ_BY = ("evaluation",)
    remind_days_before_close: Annotated[
        list[Annotated[Whole, Field(ge=1, le=90)]],
        Field(max_length=5, description="how many days before a wave closes people are reminded"),
    ] = []
    after: Annotated[
        list[AfterWhat], Field(max_length=50, description="surveys that follow a meeting or an activity")
    ] = []
