"""Survey instruments as a blueprint writes them, and whether answers fit them."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Role = Literal["mentor", "mentee"]
Kind = Literal["choice", "choices", "integer", "text"]
Answer = str | int | list[str]

LONGEST_TEXT = 10_000


class Condition(BaseModel):
    """A question is asked only of those who gave one of these answers to an earlier one."""

    model_config = ConfigDict(populate_by_name=True)
    question: str
    in_: list[Answer] = Field(alias="in")

    @model_validator(mode="before")
    @classmethod
    def _one_or_many(cls, data: Any) -> Any:
        return data | {"in": [data["is"]]} if isinstance(data, dict) and "is" in data else data


class Question(BaseModel):
    """One question; `counted` is the set of answers that make up the share published under `figure`."""

    id: str
    kind: Kind
    roles: list[Role]
    text: str | dict[Role, str]
    options: list[str] = []
    counted: list[str] = []
    figure: str | None = None
    min: int | None = None
    max: int | None = None
    max_length: int = Field(2000, ge=1, le=LONGEST_TEXT)
    shown_when: Condition | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind in ("choice", "choices") and not self.options:
            raise ValueError("a choice needs options")
        if not set(self.counted) <= set(self.options):
            raise ValueError("counted answers are options")
        if self.figure and (self.kind != "choice" or not self.counted):
            raise ValueError("a figure counts answers of a choice")
        return self

    def wording(self, role: Role) -> str:
        """The question as this role reads it."""
        return self.text if isinstance(self.text, str) else self.text.get(role, next(iter(self.text.values())))

    def for_role(self, role: Role) -> dict[str, Any]:
        """What a respondent is shown: the wording and what an answer may be, not what is counted."""
        shown = self.model_dump(
            include={"id", "kind", "options", "min", "max", "max_length", "shown_when"}, by_alias=True
        )
        keep = {"choice": {"options"}, "choices": {"options"}, "integer": {"min", "max"}, "text": {"max_length"}}
        limits = {name: shown[name] for name in sorted(keep[self.kind])}
        condition = {"shown_when": shown["shown_when"]} if self.shown_when else {}
        return {"id": self.id, "kind": self.kind, "text": self.wording(role)} | limits | condition


class Instrument(BaseModel):
    """A survey: its questions in order, for all roles. `version` says which wording was used."""

    id: str
    title: str
    version: int = 1
    questions: list[Question]

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        ids = [question.id for question in self.questions]
        if len(set(ids)) < len(ids):
            raise ValueError("two questions have one id")
        for position, question in enumerate(self.questions):
            if question.shown_when and question.shown_when.question not in ids[:position]:
                raise ValueError("a condition names an earlier question")
        return self

    def for_role(self, role: Role) -> list[Question]:
        """The questions this role is asked, in order."""
        return [question for question in self.questions if role in question.roles]


class Fault(BaseModel):
    """Why one answer does not fit; it never repeats the answer."""

    question: str
    code: Literal[
        "unknown_question", "not_asked", "not_an_option", "not_a_number", "out_of_range", "not_text", "too_long"
    ]


def skipped(answer: object) -> bool:
    """Whether an answer says nothing: null, blank text, no choice."""
    return answer is None or answer == [] or (isinstance(answer, str) and not answer.strip())


def faults(instrument: Instrument, role: Role, answers: Mapping[str, Any]) -> list[Fault]:
    """What is wrong with the answers of one respondent; an absent question was skipped."""
    asked = {question.id: question for question in instrument.for_role(role)}
    # An id that is none of ours may be anything a respondent typed, and is not repeated.
    unknown = [Fault(question="", code="unknown_question") for name in answers if name not in asked]
    given = {name: answer for name, answer in answers.items() if name in asked and not skipped(answer)}
    return unknown + [fault for name, answer in given.items() for fault in _faults(asked[name], answer, given)]


def _faults(question: Question, answer: Any, given: Mapping[str, Any]) -> Iterator[Fault]:
    condition = question.shown_when
    if condition and given.get(condition.question) not in condition.in_:
        yield Fault(question=question.id, code="not_asked")
        return
    check = {"choice": _choice, "choices": _choices, "integer": _integer, "text": _text}[question.kind]
    code = check(question, answer)
    if code:
        yield Fault.model_validate({"question": question.id, "code": code})


def _choice(question: Question, answer: Any) -> str | None:
    return None if isinstance(answer, str) and answer in question.options else "not_an_option"


def _choices(question: Question, answer: Any) -> str | None:
    fits = isinstance(answer, list) and all(_choice(question, one) is None for one in answer)
    return None if fits and len(set(answer)) == len(answer) else "not_an_option"


def _integer(question: Question, answer: Any) -> str | None:
    if not isinstance(answer, int) or isinstance(answer, bool):
        return "not_a_number"
    low = question.min if question.min is not None else -(2**31)
    high = question.max if question.max is not None else 2**31 - 1
    return None if low <= answer <= high else "out_of_range"


def _text(question: Question, answer: Any) -> str | None:
    # JSON may carry half a surrogate pair and NUL; neither is text that can be kept.
    if not isinstance(answer, str) or "\0" in answer or answer.encode("utf-8", "ignore").decode() != answer:
        return "not_text"
    return None if len(answer) <= question.max_length else "too_long"
