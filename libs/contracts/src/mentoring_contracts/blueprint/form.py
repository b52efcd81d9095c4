"""The application form, equality monitoring and privacy notices."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from mentoring_contracts.blueprint.scalars import Flag, Id, Value, Version, Whole, wrong
from mentoring_contracts.blueprint.section import Section
from mentoring_contracts.blueprint.text import Said, Text, plain
from mentoring_contracts.words import Side

Kind = Literal["ranking", "text", "boolean", "choice", "integer", "date", "file", "list", "email", "consent"]
FileKind = Literal["pdf", "docx", "odt", "png", "jpeg", "text"]
Meaning = Literal[
    "criteria", "free_text", "previous_mentoring", "preferred", "conflicts", "capacity", "languages", "employer",
    "line_manager",
]  # fmt: skip
MEANINGS: Final[Mapping[str, Meaning]] = {
    "criteria": "criteria",
    "free_text": "free_text",
    "about": "free_text",
    "previous_mentoring": "previous_mentoring",
    "previous_access": "previous_mentoring",
    "preferred": "preferred",
    "preferred_people": "preferred",
    "conflicts": "conflicts",
    "declared_conflicts": "conflicts",
    "capacity": "capacity",
    "languages": "languages",
    "employer": "employer",
    "line_manager_email": "line_manager",
}
"""What well-known fields of a form mean, where the blueprint does not say it."""
BOTH_WAYS: Final = ("wants", "offers")
"""The two rankings of a programme in which both learn and both teach."""


class RequiredWhen(Section):
    """Another field was answered so."""

    field: Annotated[Id, Field(description="the other field")]
    is_: Annotated[Value, Field(alias="is", description="its answer")]


class Step(Section):
    """One page of a form that is filled in over several."""

    id: Annotated[Id, Field(description="its name; fields say it")]
    title: Annotated[Text, Field(description="what people read above it")]


class Priority(Section):
    """Who gives this answer is served first."""

    served_first_when: Annotated[Flag, Field(description="the answer of those who come first")]


class FormField(Section):
    """One question of the application form."""

    id: Annotated[Id, Field(description="the name of the answer; rules of eligibility and matching refer to it")]
    kind: Annotated[Kind, Field(description="what an answer is")]
    roles: Annotated[list[Side], Field(min_length=1, description="who is asked")]
    label: Annotated[Said, Field(description="how it is asked: a text, by language, by role, or both")]
    required: Annotated[Flag, Field(description="whether an application needs it")] = False
    required_when: Annotated[RequiredWhen | None, Field(description="when it needs it, where not always")] = None
    asked_when: Annotated[
        RequiredWhen | None,
        Field(description="when it is asked at all, where not always; before that it has no answer"),
    ] = None
    step: Annotated[Id | None, Field(description="the step of the form it stands on")] = None
    accept: Annotated[list[FileKind], Field(min_length=1, description="which kinds of file are taken")] = ["pdf"]
    max_kb: Annotated[Whole, Field(ge=1, le=10_000, description="the largest file, in kilobytes")] = 2000
    meaning: Annotated[
        Meaning | None,
        Field(description="what it means to the system; well-known ids (`capacity`) mean it by themselves"),
    ] = None
    options: Annotated[list[Text], Field(max_length=300, description="the answers of a choice")] = []
    of: Annotated[
        Literal["criteria", "language", "email", "person"] | None,
        Field(description="what a ranking or a list is of: `criteria`; `language`, `email`, `person`"),
    ] = None
    min: Annotated[Whole | None, Field(description="the least number, or the fewest entries")] = None
    max: Annotated[Whole | None, Field(description="the largest number, or the most entries")] = None
    max_length: Annotated[Whole, Field(ge=1, le=20_000, description="the longest text, in characters")] = 2000
    counted: Annotated[
        Flag, Field(description="whether answers are counted for the team, such as how people heard of the programme")
    ] = False
    breakdown: Annotated[
        Flag,
        Field(
            description="whether figures say how many applied and were matched by this answer, in the public view "
            "under disclosure control"
        ),
    ] = False
    priority: Annotated[Priority | None, Field(description="which answer of a boolean comes first")] = None
    document: Annotated[Id | None, Field(description="the privacy notice that a consent is to")] = None
    version: Annotated[Version | None, Field(description="its version")] = None

    @model_validator(mode="after")
    def _is_whole(self) -> "FormField":
        if self.kind == "choice" and not self.options:
            raise wrong("options", "a choice needs options")
        if self.kind != "choice" and self.options:
            raise wrong("options", "only a choice has options")
        if self.kind == "consent" and not (self.document and self.version):
            raise wrong("document", "a consent needs document and version")
        if self.kind == "ranking" and self.of != "criteria":
            raise wrong("of", "a ranking is of criteria")
        if self.counted and self.kind not in ("choice", "boolean"):
            raise wrong("counted", "only a choice or a boolean is counted")
        if self.breakdown and self.kind not in ("choice", "boolean"):
            raise wrong("breakdown", "only a choice or a boolean is broken down by")
        if self.breakdown and self.asked_when is not None:
            raise wrong("breakdown", "only a field that everybody is asked is broken down by")
        if self.priority is not None and self.kind != "boolean":
            raise wrong("priority", "only a boolean decides who is served first")
        if self.kind != "file" and {"accept", "max_kb"} & self.model_fields_set:
            raise wrong("accept", "only a file has accept and max_kb")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise wrong("never", "min is above max: no answer could be given")
        return self

    @property
    def means(self) -> Meaning | None:
        """What the field means to the system, if anything. A ranking is that of the criteria, whatever it is called,
        but for the two of a programme in which both learn and both teach.
        """
        ranked: Meaning | None = "criteria" if self.kind == "ranking" and self.id not in BOTH_WAYS else None
        return self.meaning or MEANINGS.get(self.id) or ranked

    def answers(self, languages: list[str]) -> list[str]:
        """The options as they are kept: in the programme's first language."""
        return [plain(option, languages) for option in self.options]


class EqualityField(Section):
    """One question of equality monitoring."""

    id: Annotated[Id, Field(description="the name of the answer")]
    kind: Annotated[Literal["choice"], Field(description="always a choice")]
    label: Annotated[Text | None, Field(description="how it is asked; left out, by its id")] = None
    options: Annotated[list[Text], Field(min_length=1, max_length=100, description="the answers")]

    def answers(self, languages: list[str]) -> list[str]:
        """The options as they are kept: in the programme's first language."""
        return [plain(option, languages) for option in self.options]


class EqualityMonitoring(Section):
    """Questions apart from the application, all voluntary; answers are sealed and read only as totals."""

    fields: Annotated[list[EqualityField], Field(max_length=50, description="the questions")]


class Form(Section):
    """What applicants are asked."""

    version: Annotated[Version, Field(description="counted up when the questions change")]
    fields: Annotated[list[FormField], Field(min_length=1, max_length=200, description="the questions, in order")]
    steps: Annotated[
        list[Step], Field(max_length=30, description="the pages of the form, in order; none: all on one")
    ] = []
    equality_monitoring: Annotated[
        EqualityMonitoring | None, Field(description="voluntary questions that are kept apart")
    ] = None

    def of(self, role: str) -> list[FormField]:
        """The fields that a role is asked, in order."""
        return [field for field in self.fields if role in field.roles]

    def field(self, id_: str) -> FormField | None:
        """The field of this id."""
        return next((field for field in self.fields if field.id == id_), None)


class PrivacyNotice(Section):
    """A notice that consents name: shown with the form."""

    id: Annotated[Id, Field(description="its name")]
    version: Annotated[Version, Field(description="its version, such as 2022-02")]
    text: Annotated[Text | None, Field(description="the notice itself, or where it stands")] = None
    purposes: Annotated[list[Text], Field(max_length=50, description="what answers are used for")] = []
    kept_months_after_programme: Annotated[
        Whole | None, Field(ge=0, le=1200, description="how long answers are kept afterwards")
    ] = None
