"""Blueprints: a programme as one data file, and the parts of it that this service reads.

Other sections (matching, activities, instruments, …) are carried along unread: their services check them.
"""

import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema, model_validator
from pydantic_core import to_jsonable_python

from mentoring_applications.eligibility import Rule
from mentoring_applications.errors import BlueprintInvalid, BlueprintNotFound
from mentoring_applications.milestones import PlannedMilestone, joined
from mentoring_common.faults import faults_of
from mentoring_contracts.applications import Milestone, ProgrammeRole, Role

_LABEL = "how it is asked: a text, or a text by role"
Kind = Literal["ranking", "text", "boolean", "choice", "integer", "list", "email", "consent"]
Meaning = Literal[
    "criteria", "free_text", "previous_mentoring", "preferred", "conflicts", "capacity", "languages", "employer",
    "line_manager",
]  # fmt: skip
# What well-known fields of a form mean, where the blueprint does not say it.
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
_MODULE: Final = Path(__file__).resolve()


class Section(BaseModel):
    """A part of a blueprint that this service owns: an unknown member is a misspelt one."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, coerce_numbers_to_str=True)


class Item(Section):
    id: str
    title: str


class CriteriaVersion(Section):
    version: str
    items: list[Item]
    extends: str | None = None


class Criteria(Section):
    """Versioned lists of topics; a version may extend another: that one's items, in order, and then its own."""

    current: str
    versions: list[CriteriaVersion]

    @property
    def items(self) -> list[Item]:
        """The current list."""
        by_version = {version.version: version for version in self.versions}
        chain: list[CriteriaVersion] = []
        number: str | None = self.current
        while number is not None:
            found = by_version.pop(number, None)
            if found is None:
                raise ValueError(f"version {number} is missing or extends itself")
            chain.append(found)
            number = found.extends
        return [item for version in reversed(chain) for item in version.items]

    @model_validator(mode="after")
    def _is_whole(self) -> "Criteria":
        ids = [item.id for item in self.items]
        if len(ids) != len(set(ids)):
            raise ValueError("a criterion is listed twice")
        return self


class RequiredWhen(Section):
    field: str
    is_: bool | int | str = Field(alias="is")


class Priority(Section):
    served_first_when: bool


class FormField(Section):
    """One question of the application form."""

    id: str
    kind: Kind
    roles: list[Role]
    label: Annotated[str | dict[str, str], Field(default_factory=str), WithJsonSchema({"description": _LABEL})]
    required: bool = False
    required_when: RequiredWhen | None = None
    meaning: Meaning | None = None
    options: list[str] | None = None
    of: str | None = None
    min: int | None = None
    max: int | None = None
    max_length: Annotated[int, Field(ge=1, le=20_000)] = 2000
    priority: Priority | None = None
    document: str | None = None
    version: str | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> "FormField":
        if self.kind == "choice" and not self.options:
            raise ValueError("a choice needs options")
        if self.kind == "consent" and not (self.document and self.version):
            raise ValueError("a consent needs document and version")
        return self

    @property
    def means(self) -> Meaning | None:
        """What the field means to this service, if anything."""
        return self.meaning or MEANINGS.get(self.id)


class EqualityField(Section):
    id: str
    kind: Literal["choice"]
    options: list[str]
    label: str = ""


class EqualityMonitoring(Section):
    required: bool = False
    fields: list[EqualityField]


class Form(Section):
    version: str
    fields: list[FormField]
    equality_monitoring: EqualityMonitoring | None = None

    @model_validator(mode="after")
    def _refers_to_itself(self) -> "Form":
        ids = {field.id for field in self.fields}
        if len(ids) != len(self.fields):
            raise ValueError("two fields have the same id")
        for field in self.fields:
            if field.required_when and field.required_when.field not in ids:
                raise ValueError(f"{field.id} depends on {field.required_when.field}, which is no field")
        return self

    def of(self, role: str) -> list[FormField]:
        """The fields that a role is asked, in order."""
        return [field for field in self.fields if role in field.roles]


class OverridePolicy(Section):
    allowed: bool = False
    by: list[ProgrammeRole] = ["programme_manager"]
    reason_required: Literal[True] = True


class Eligibility(Section):
    override: OverridePolicy = OverridePolicy()
    mentee: list[Rule] = []
    mentor: list[Rule] = []

    def of(self, role: str) -> list[Rule]:
        """The rules of a role."""
        return self.mentor if role == "mentor" else self.mentee


class PrivacyNotice(Section):
    id: str
    version: str
    purposes: list[str] = []
    kept_months_after_programme: int | None = None


class PlannedCohort(Section):
    number: Annotated[int, Field(ge=1, le=10_000)]
    title: str = ""
    places: Annotated[int, Field(ge=0, le=1_000_000)]
    milestones: list[PlannedMilestone] = []

    @model_validator(mode="after")
    def _joins(self) -> "PlannedCohort":
        joined(self.milestones)
        return self

    def joined_milestones(self) -> list[Milestone]:
        """The milestones as the API shows them."""
        return joined(self.milestones)


class Capacity(BaseModel):
    """How many mentees a mentor takes who does not say it."""

    default: Annotated[int, Field(ge=1, le=100)] = 1


class MatchingPart(BaseModel):
    """The one thing this service reads of the matching section."""

    capacity: Capacity = Capacity()


class Blueprint(BaseModel):
    """What this service reads of a blueprint; members of other services are let through."""

    model_config = ConfigDict(extra="allow", frozen=True, coerce_numbers_to_str=True)
    id: Annotated[str, Field(min_length=1, max_length=100)]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    direction: Literal["traditional", "reverse", "two_way", "peer", "group"]
    cohorts: list[PlannedCohort] = []
    criteria: Criteria | None = None
    form: Form
    privacy_notices: list[PrivacyNotice] = []
    eligibility: Eligibility = Eligibility()
    matching: MatchingPart = MatchingPart()
    # When a person may apply for a later round than those planned (their cohort is null).
    later_round: Literal["while_a_window_is_open", "always", "never"] = "while_a_window_is_open"

    @model_validator(mode="after")
    def _refers_to_itself(self) -> "Blueprint":
        numbers = [cohort.number for cohort in self.cohorts]
        if len(numbers) != len(set(numbers)):
            raise ValueError("cohorts: two have the same number")
        notices = {(notice.id, notice.version) for notice in self.privacy_notices}
        for field in self.form.fields:
            if field.kind == "consent" and (field.document, field.version) not in notices:
                raise ValueError(f"form.fields: {field.id} names a privacy notice that privacy_notices does not hold")
            if field.kind == "ranking" and (field.of != "criteria" or self.criteria is None):
                raise ValueError(f"form.fields: {field.id} ranks {field.of}, which the blueprint does not list")
        return self

    @property
    def default_capacity(self) -> int:
        """How many mentees a mentor takes who does not say it."""
        return self.matching.capacity.default

    @property
    def criterion_ids(self) -> list[str]:
        """The ids of the current criteria, in order."""
        return [item.id for item in self.criteria.items] if self.criteria else []


def check(content: Mapping[str, Any]) -> Blueprint:
    """The blueprint in plain data; BlueprintInvalid names every field that is wrong and shows no value."""
    try:
        return Blueprint.model_validate(content)
    except ValidationError as error:
        raise BlueprintInvalid(errors=faults_of(error, "body", "blueprint")) from None


def folder() -> Path:
    """Where blueprints are: MENTORING_BLUEPRINTS, else the repository's folder, else the copy in this package."""
    given = os.environ.get("MENTORING_BLUEPRINTS")
    if given:
        return Path(given)
    repository = next((p / "blueprints" for p in _MODULE.parents if (p / "blueprints").is_dir()), None)
    return repository or _MODULE.parent / "blueprints"


def names() -> list[str]:
    """The names of the shipped blueprints."""
    return sorted(path.stem for path in folder().glob("*.yaml"))


def load(name: str) -> dict[str, Any]:
    """A shipped blueprint as JSON data, checked; BlueprintNotFound or BlueprintInvalid."""
    path = folder() / f"{name}.yaml"
    if name not in names():
        raise BlueprintNotFound()
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _read(path: Path, _changed_ns: int) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except yaml.YAMLError as error:
        raise BlueprintInvalid(f"{path.name} is not YAML: {type(error).__name__}") from None
    if not isinstance(content, dict):
        raise BlueprintInvalid(f"{path.name} is not a mapping")
    plain: dict[str, Any] = to_jsonable_python(content)
    check(plain)
    return plain
