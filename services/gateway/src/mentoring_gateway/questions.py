"""Questions of forms and surveys as types: what services answer as data, with one shape for each kind."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, get_args

import strawberry

from mentoring_contracts.blueprint.form import Kind
from mentoring_gateway.fields import derived
from mentoring_gateway.values import AskedRole, Role

Said = str | Mapping[str, str]
_Kinds: Any = Enum("FormFieldKind", {kind.upper(): kind for kind in get_args(Kind)})  # type: ignore[misc]  # of data
FormFieldKind: Any = strawberry.enum(_Kinds, description="What an answer to a question of a form is")


@strawberry.enum(description="What an answer to a question of a survey is")
class QuestionKind(Enum):
    CHOICE = "choice"
    CHOICES = "choices"
    SCALE = "scale"
    MATRIX = "matrix"
    INTEGER = "integer"
    TEXT = "text"


@strawberry.type(description="One answer that may be chosen")
class Option:
    id: str = strawberry.field(description="what is sent as the answer")
    label: str = strawberry.field(description="how it reads in the language of the form or survey")


@strawberry.type(description="An answer: a text, a number or yes and no, as its question has it")
class GivenAnswer:
    text: str | None = strawberry.field(default=None, description="where it is a text or an option")
    number: float | None = strawberry.field(default=None, description="where it is a number")
    yes: bool | None = strawberry.field(default=None, description="where it is yes or no")


@strawberry.type(description="Another question was answered by one of these")
class AnsweredSo:
    question: str = strawberry.field(description="id of the other question")
    answers: list[GivenAnswer] = strawberry.field(description="any of them")


@strawberry.type(description="A question of an application form; what its kind does not have is null or empty")
class FormField:
    said: strawberry.Private[Said]
    id: str = strawberry.field(description="under which its answer is sent")
    kind: FormFieldKind = strawberry.field(description="what an answer is")
    roles: list[Role] = strawberry.field(description="who is asked")
    required: bool = strawberry.field(description="whether an application needs an answer")
    required_when: AnsweredSo | None = strawberry.field(description="when it needs one, where not always")
    asked_when: AnsweredSo | None = strawberry.field(description="when it is asked at all, where not always")
    step: str | None = strawberry.field(description="id of the page that it stands on")
    options: list[Option] = strawberry.field(description="of a choice")
    of: str | None = strawberry.field(description="of what a ranking or a list is: `criteria`, `language`, `person`, …")
    min: int | None = strawberry.field(description="the least number, or the fewest entries")
    max: int | None = strawberry.field(description="the largest number, or the most entries")
    max_length: int = strawberry.field(description="the longest text, in characters")
    accept: list[str] = strawberry.field(description="kinds of file that are taken, of a file")
    max_kb: int = strawberry.field(description="the largest file, in kilobytes")
    document: str | None = strawberry.field(description="the privacy notice that a consent is to")

    @derived("How it is asked; of somebody in a role, where mentors and mentees are asked in other words")
    def label(self, role: Role | None = None) -> str:
        return _words(self.said, role.value if role else None)


@strawberry.type(description="A page of an application form, with the questions that stand on it")
class FormStep:
    id: str = strawberry.field(description="its id")
    title: str = strawberry.field(description="what stands above it")
    fields: list[str] = strawberry.field(description="ids of its questions")


@strawberry.type(description="A notice that applicants agree to")
class PrivacyNotice:
    id: str = strawberry.field(description="its id")
    version: str = strawberry.field(description="which version of it")
    text: str | None = strawberry.field(description="what it says; null where it stands elsewhere")
    purposes: list[str] = strawberry.field(description="what answers are used for")
    kept_months_after_programme: int | None = strawberry.field(description="how long answers are kept, in months")


@strawberry.type(description="What is asked below a question that has rows")
class QuestionRow:
    said: strawberry.Private[Said]
    id: str = strawberry.field(description="under which its answer stands in that of the question")

    @derived("How it is asked, of somebody in a role")
    def text(self, role: AskedRole | None = None) -> str:
        return _words(self.said, role.value if role else None)


@strawberry.type(description="A question of a survey; what its kind does not have is null or empty")
class SurveyQuestion:
    said: strawberry.Private[Said]
    id: str = strawberry.field(description="under which its answer is sent")
    kind: QuestionKind = strawberry.field(description="what an answer is")
    roles: list[str] = strawberry.field(description="who is asked: `mentor`, `mentee`, or a kind of respondents")
    options: list[Option] = strawberry.field(description="of a choice, a scale or a matrix")
    rows: list[QuestionRow] = strawberry.field(description="of a matrix")
    min: int | None = strawberry.field(description="the least number, or the fewest choices")
    max: int | None = strawberry.field(description="the largest number, or the most choices")
    max_length: int = strawberry.field(description="the longest text, in characters")
    shown_when: AnsweredSo | None = strawberry.field(description="the answer to another question that it waits for")

    @derived("How it is asked, of somebody in a role")
    def text(self, role: AskedRole | None = None) -> str:
        return _words(self.said, role.value if role else None)


def members(data: Any) -> list[Mapping[str, Any]]:
    """What a list of objects holds that is JSON in the schema."""
    return list(data)


def form_field(data: Mapping[str, Any]) -> FormField:
    """A question of the form, as applications answers it: what is as usual is left out there."""
    required, asked = data.get("required_when"), data.get("asked_when")
    return FormField(
        said=data["label"], id=data["id"], kind=FormFieldKind(data["kind"]), roles=[Role(one) for one in data["roles"]],
        required=data.get("required", False),
        required_when=_answered(required["field"], [required["is"]]) if required else None,
        asked_when=_answered(asked["field"], [asked["is"]]) if asked else None,
        step=data.get("step"), options=_options(data), of=data.get("of"), min=data.get("min"), max=data.get("max"),
        max_length=data.get("max_length", 2000), accept=data.get("accept", ["pdf"]), max_kb=data.get("max_kb", 2000),
        document=data.get("document"),
    )  # fmt: skip


def survey_question(data: Mapping[str, Any]) -> SurveyQuestion:
    """A question of a survey, as evaluation answers it."""
    shown = data.get("shown_when")
    return SurveyQuestion(
        said=data["text"], id=data["id"], kind=QuestionKind(data["kind"]), roles=list(data["roles"]),
        options=_options(data), rows=[QuestionRow(id=row["id"], said=row["text"]) for row in data.get("rows") or ()],
        min=data.get("min"), max=data.get("max"), max_length=data.get("max_length", 2000),
        shown_when=_answered(shown["question"], shown["in"]) if shown else None,
    )  # fmt: skip


def _words(said: Said, role: str | None) -> str:
    if isinstance(said, str):
        return said
    return said.get(role or "") or next((text for text in said.values() if text), "")


def _options(data: Mapping[str, Any]) -> list[Option]:
    labels = data.get("labels") or {}
    return [Option(id=one, label=labels.get(one, one)) for one in data.get("options") or ()]


def _answered(question: str, answers: list[Any]) -> AnsweredSo:
    return AnsweredSo(question=question, answers=[_given(answer) for answer in answers])


def _given(answer: Any) -> GivenAnswer:
    if isinstance(answer, bool):
        return GivenAnswer(yes=answer)
    if isinstance(answer, int | float):
        return GivenAnswer(number=answer)
    return GivenAnswer(text=answer if isinstance(answer, str) else ", ".join(map(str, answer)))
