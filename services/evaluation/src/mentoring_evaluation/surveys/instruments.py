"""Survey instruments as a blueprint writes them, and whether answers fit them."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Final, Literal, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from mentoring_contracts.words import RoleId
from mentoring_evaluation.disclosure.floor import Mode
from mentoring_evaluation.disclosure.rule import Sensitivity
from mentoring_evaluation.surveys.wordings import NOTHING, Language, QuestionWords, Said, Wording, Words

Kind = Literal["choice", "choices", "scale", "matrix", "integer", "text"]
# What a respondent is told of what is kept: by mode, or that answer sheets may be given to researchers.
Told = Mode | Literal["researchers"]
Id = Annotated[str, Field(min_length=1, max_length=100)]
Answer = Annotated[str | int | list[str], WithJsonSchema({"description": "a text, a number, or texts"})]

LONGEST_TEXT = 10_000
_WHOLE = re.compile(r"-?[0-9]{1,10}")


class Condition(BaseModel):
    """A question is asked only of those who gave one of these answers to an earlier one.

    Of several choices an option is enough among the chosen; a list stands for exactly what is in it.
    """

    model_config = ConfigDict(populate_by_name=True)
    question: str
    in_: list[Answer] = Field(alias="in")

    @model_validator(mode="before")
    @classmethod
    def _one_or_many(cls, data: Any) -> Any:
        return data | {"in": [data["is"]]} if isinstance(data, dict) and "is" in data else data

    def met_by(self, answer: object) -> bool:
        """Whether an answer to the earlier question is one of them; numbers and their text are the same."""
        said = read(answer)
        return any(read(one) == said if isinstance(one, list) else str(one) in said for one in self.in_)


def read(answer: object) -> frozenset[str]:
    """What an answer says, as conditions and counts read it: one text, or every option that was chosen."""
    return frozenset(map(str, answer if isinstance(answer, list) else [answer]))


class Row(BaseModel):
    """One line of a matrix, answered with one of its options; published under `figure`, if it is."""

    id: Id
    text: Said
    figure: str | None = None


class Question(BaseModel):
    """One question; `counted` is the set of answers that make up the share published under `figure`. Of several choices
    every option is published, with its share of those who answered.

    A scale has whole numbers from `min` to `max`, some of which `labels` put in words; a matrix asks its options of
    every row, and its rows carry the figures. `sensitivity` says whether it is a secret that few gave an answer.
    """

    id: Id
    kind: Kind
    roles: Annotated[list[RoleId], Field(min_length=1)]
    text: Said
    options: Annotated[list[Words], Field(max_length=100)] = []
    rows: Annotated[list[Row], Field(max_length=50)] = []
    labels: dict[str, Words] = {}
    counted: list[Annotated[str, BeforeValidator(str)]] = []
    figure: str | None = None
    min: int | None = None
    max: int | None = None
    max_length: int = Field(2000, ge=1, le=LONGEST_TEXT)
    shown_when: Condition | None = None
    sensitivity: Sensitivity = "sensitive"

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind in ("choice", "choices", "matrix") and not self.options:
            raise ValueError("a choice needs options")
        if self.kind == "scale" and not (
            self.min is not None and self.max is not None and 0 < self.max - self.min <= 20
        ):
            raise ValueError("a scale goes from min to max, in at most 20 steps")
        if (self.kind == "matrix") != bool(self.rows):
            raise ValueError("a matrix, and nothing else, has rows")
        if not set(self.labels) <= set(self.answers if self.kind == "scale" else ()):
            raise ValueError("labels name the numbers of a scale")
        if not set(self.counted) <= set(self.answers):
            raise ValueError("counted answers are options")
        if self.figure and self.kind == "choices" and self.counted:
            raise ValueError("a figure of several choices is the share of every option: none is counted")
        if self.figure and self.kind != "choices" and (self.kind not in ("choice", "scale") or not self.counted):
            raise ValueError("a figure counts answers of a choice or a scale")
        if any(row.figure for row in self.rows) and not self.counted:
            raise ValueError("a figure counts answers of a choice or a scale")
        return self

    @property
    def answers(self) -> list[str]:
        """Every answer that can be counted, as text: options, or the numbers of a scale."""
        if self.kind == "scale" and self.min is not None and self.max is not None:
            return [str(number) for number in range(self.min, self.max + 1)]
        return self.options

    def can_be(self, answer: Answer) -> bool:
        """Whether a condition on this question may name an answer; of a text, any."""
        if self.kind == "integer":
            return isinstance(answer, int) and _integer(self, answer) is None
        if self.kind == "text":
            return isinstance(answer, str)
        several = self.kind == "choices" or not isinstance(answer, list)
        return self.kind != "matrix" and several and bool(said := read(answer)) and said <= set(self.answers)

    @property
    def shares(self) -> list[str | None]:
        """What it is published as: every option of several choices, or the one share of what is counted (None)."""
        return [*self.options] if self.kind == "choices" else [None]

    def flat(self) -> list["Question"]:
        """The question itself, or a matrix as one choice for every row, under the id `question.row`."""
        if self.kind != "matrix":
            return [self]
        apart = {"kind": "choice", "rows": []}
        return [
            self.model_copy(update=apart | {"id": f"{self.id}.{row.id}", "text": row.text, "figure": row.figure})
            for row in self.rows
        ]

    def wording(self, role: str) -> str:
        """The question as this role reads it."""
        return _said(self.text, role)

    def for_role(self, role: str, words: QuestionWords = NOTHING) -> dict[str, Any]:
        """What a respondent is shown: the wording and what an answer may be, not what is counted."""
        shown = self.model_dump(include={"options", "min", "max", "max_length", "shown_when"}, by_alias=True)
        limits = {name: shown[name] for name in _LIMITS[self.kind]}
        if self.kind == "matrix":
            limits["rows"] = [{"id": r.id, "text": words.rows.get(r.id) or _said(r.text, role)} for r in self.rows]
        labels = self.labels | words.labels | words.options
        condition = {"shown_when": shown["shown_when"]} if self.shown_when else {}
        said = _said(words.text, role) if words.text else self.wording(role)
        return (
            {"id": self.id, "kind": self.kind, "text": said}
            | limits
            | ({"labels": labels} if labels else {})
            | condition
        )


_LIMITS: Mapping[Kind, tuple[str, ...]] = {
    "choice": ("options",),
    "choices": ("options",),
    "matrix": ("options",),
    "scale": ("max", "min"),
    "integer": ("max", "min"),
    "text": ("max_length",),
}


def _said(text: str | dict[str, str], role: str) -> str:
    return text if isinstance(text, str) else text.get(role, next(iter(text.values())))


class Survey(BaseModel):
    """What is asked: questions in order, for all roles, in one language and perhaps in other words too.

    `mode` says what is kept of who answered: nothing, the name, or which pair (to compare its two sides). `researchers`
    says that single answer sheets, without names, may be given to them under a data agreement.
    """

    title: Words
    mode: Mode = "anonymous"
    researchers: bool = False
    language: Language = "en"
    questions: Annotated[list[Question], Field(min_length=1, max_length=200)]
    wordings: Annotated[list[Wording], Field(max_length=60)] = []

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        ids = [question.id for question in self.questions]
        flat = [question.id for question in self.flat()]
        if len(set(ids)) < len(ids) or len(set(flat)) < len(flat):
            raise ValueError("two questions have one id")
        for position, question in enumerate(self.questions):
            if question.shown_when and question.shown_when.question not in ids[:position]:
                raise ValueError("a condition names an earlier question")
        return self

    @model_validator(mode="after")
    def _shared_without_names(self) -> Self:
        if self.researchers and self.mode != "anonymous":
            raise ValueError("researchers are given sheets of a survey without names only")
        return self

    @model_validator(mode="after")
    def _numbers_as_numbers(self) -> Self:
        """Who shows the questions compares a condition with answers as they are given, and those are numbers."""
        numeric = {question.id for question in self.questions if question.kind in ("scale", "integer")}
        for question in self.questions:
            condition = question.shown_when
            if condition and condition.question in numeric:
                given = [_number(one) for one in condition.in_]
                question.shown_when = condition.model_copy(update={"in_": given})
        return self

    @model_validator(mode="after")
    def _words_of_its_own(self) -> Self:
        kinds = [(wording.language, wording.easy_read) for wording in self.wordings]
        if len(set(kinds)) < len(kinds):
            raise ValueError("two wordings are of one language and kind")
        known = {question.id: question for question in self.questions}
        for wording in self.wordings:
            for name, words in wording.questions.items():
                question = known.get(name)
                if question is None or not _fits(words, question):
                    raise ValueError("a wording names questions, options, rows and labels of the survey")
        return self

    @property
    def told(self) -> Told:
        """What a respondent is told of what is kept."""
        return "researchers" if self.researchers else self.mode

    def for_role(self, role: str) -> list[Question]:
        """The questions this role is asked, in order."""
        return [question for question in self.questions if role in question.roles]

    def flat(self) -> list[Question]:
        """All questions, every row of a matrix for itself."""
        return [one for question in self.questions for one in question.flat()]

    def question(self, id_: str) -> Question | None:
        """The question of this id."""
        return next((one for one in self.questions if one.id == id_), None)

    def published(self, name: str, role: str) -> Question | None:
        """The question published under a name, if the role is asked it; of a matrix its row."""
        return next((one for one in self.flat() if one.figure == name and role in one.roles), None)


class Instrument(Survey):
    """A survey under its name. `version` says which wording was used."""

    id: str
    version: int = 1


AnySurvey = TypeVar("AnySurvey", bound=Survey)


def complete(survey: AnySurvey) -> AnySurvey:
    """The survey, to be saved. ValueError for a condition with an answer that the earlier question does not have.

    A rule of saving alone: a survey that was asked with such a condition can be read for ever.
    """
    for question in survey.questions:
        condition = question.shown_when
        earlier = survey.question(condition.question) if condition else None
        if condition and earlier and not (condition.in_ and all(map(earlier.can_be, condition.in_))):
            raise ValueError("a condition names answers that the earlier question has")
    return survey


def _number(answer: Answer) -> Answer:
    return int(answer) if isinstance(answer, str) and _WHOLE.fullmatch(answer) else answer


def _fits(words: QuestionWords, question: Question) -> bool:
    options = set(question.options)
    rows = {row.id for row in question.rows}
    labels = set(question.answers) if question.kind == "scale" else set()
    return set(words.options) <= options and set(words.rows) <= rows and set(words.labels) <= labels


def flattened(instrument: Survey, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as they are counted: those to a matrix under `question.row`, others as they are."""
    matrices = {question.id for question in instrument.questions if question.kind == "matrix"}
    given = [(name, row, one) for name in matrices & answers.keys() for row, one in answers[name].items()]
    rows = {f"{name}.{row}": one for name, row, one in given if not skipped(one)}
    return {name: answer for name, answer in answers.items() if name not in matrices} | rows


class Fault(BaseModel):
    """Why one answer does not fit; it never repeats the answer."""

    question: str
    code: Literal[
        "unknown_question", "not_asked", "not_an_option", "not_a_number", "out_of_range", "not_text", "too_long"
    ]


WHY: Final[Mapping[str, str]] = {
    "unknown_question": "the survey has no such question for you",
    "not_asked": "another answer decides whether this is asked, and it is not",
    "not_an_option": "not among the options, or one of them twice",
    "not_a_number": "not a whole number",
    "out_of_range": "outside of what may be answered",
    "not_text": "not a text",
    "too_long": "longer than an answer may be",
}


def skipped(answer: object) -> bool:
    """Whether an answer says nothing: null, blank text, no choice; of a matrix, none in any row."""
    if isinstance(answer, dict):
        return all(one is None or one == "" for one in answer.values())
    return answer is None or answer == [] or (isinstance(answer, str) and not answer.strip())


def faults(instrument: Survey, role: str, answers: Mapping[str, Any]) -> list[Fault]:
    """What is wrong with the answers of one respondent; an absent question was skipped."""
    asked = {question.id: question for question in instrument.for_role(role)}
    # An id that is none of ours may be anything a respondent typed, and is not repeated.
    unknown = [Fault(question="", code="unknown_question") for name in answers if name not in asked]
    given = {name: answer for name, answer in answers.items() if name in asked and not skipped(answer)}
    return unknown + [fault for name, answer in given.items() for fault in _faults(asked[name], answer, given)]


def _faults(question: Question, answer: Any, given: Mapping[str, Any]) -> Iterator[Fault]:
    condition = question.shown_when
    if condition and not (condition.question in given and condition.met_by(given[condition.question])):
        yield Fault(question=question.id, code="not_asked")
        return
    check = _CHECKS[question.kind]
    code = check(question, answer)
    if code:
        yield Fault.model_validate({"question": question.id, "code": code})


def _choice(question: Question, answer: Any) -> str | None:
    return None if isinstance(answer, str) and answer in question.options else "not_an_option"


def _choices(question: Question, answer: Any) -> str | None:
    fits = isinstance(answer, list) and all(_choice(question, one) is None for one in answer)
    return None if fits and len(set(answer)) == len(answer) else "not_an_option"


def _matrix(question: Question, answer: Any) -> str | None:
    rows = {row.id for row in question.rows}
    fits = isinstance(answer, dict) and answer.keys() <= rows
    given = [one for one in answer.values() if not skipped(one)] if fits else []
    return None if fits and all(_choice(question, one) is None for one in given) else "not_an_option"


def _integer(question: Question, answer: Any) -> str | None:
    if not isinstance(answer, int) or isinstance(answer, bool):
        return "not_a_number"
    low = question.min if question.min is not None else -(2**31)
    high = question.max if question.max is not None else 2**31 - 1
    return None if low <= answer <= high else "out_of_range"


def _text(question: Question, answer: Any) -> str | None:
    if not isinstance(answer, str):
        return "not_text"
    return None if len(answer) <= question.max_length else "too_long"


_CHECKS: Mapping[Kind, Callable[[Question, Any], str | None]] = {
    "choice": _choice,
    "choices": _choices,
    "scale": _integer,
    "matrix": _matrix,
    "integer": _integer,
    "text": _text,
}
