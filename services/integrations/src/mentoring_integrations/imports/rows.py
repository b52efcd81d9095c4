"""What the rows of an import mean: cells become the bodies that the applications API takes, or problems by column."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from mentoring_common.faults import fault, faults_of
from mentoring_common.yaml_text import YamlUnreadable, read_yaml
from mentoring_contracts.columns import ColumnMapping, Sheet
from mentoring_contracts.words import EMAIL, Side
from mentoring_integrations.errors import MappingUnreadable
from mentoring_integrations.imports.csv_table import Problem, Reading, Row

SEPARATOR = ";"
_LARGEST = 2**63 - 1  # what JSON of the services carries
_YES_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
# Columns of applications.csv of every programme; the others are fields of its form, or what these mean.
APPLICATION_REQUIRED = ("email", "role", "proxy_reason")
APPLICATION_OPTIONAL = ("cohort", "capacity")
MEANINGS = {
    "criteria": "ranking", "free_text": "text", "previous_mentoring": "boolean", "preferred": "list",
    "conflicts": "list",
}  # fmt: skip


_COLUMNS = {
    "first_name": "name", "last_name": "name", "line_manager": "line_manager_email", "profession": "discipline",
    "topics": "criteria", "text": "free_text",
}  # fmt: skip
"""Meanings of a mapping whose column has another name here."""


def reading(mapping: str | None, sheet: Sheet, takes: Collection[str], every_row: Mapping[str, str]) -> Reading:
    """How a file is read: by a mapping in YAML, as one of its sheets. MappingUnreadable.

    A mapping serves several imports and `mentoring match`, so what this one does not take is passed over.
    """
    try:
        said = ColumnMapping.model_validate(read_yaml(mapping).document or {} if mapping else {}).of(sheet)
    except YamlUnreadable as error:
        raise MappingUnreadable(errors=[fault(error.code, error.detail, "query", "mapping")]) from None
    except ValidationError as error:
        raise MappingUnreadable(errors=faults_of(error, "query", "mapping")) from None
    parts = {"first_name", "last_name"} if "name" in said else set()  # who gave a whole name is not named twice
    columns: dict[str, str | None] = {}
    for meaning, headings in sorted(said.items(), key=lambda item: item[0] == "last_name"):
        column = _COLUMNS.get(meaning, meaning)
        taken = column if column in takes and meaning not in parts else None
        columns |= dict.fromkeys(headings, taken)
    role = {"role": sheet.removesuffix("s")} if sheet != "people" and "role" in takes else {}
    return Reading(columns, {**role, **every_row})


def _split(value: Any) -> Any:
    if isinstance(value, str):
        return [part.strip() for part in value.split(SEPARATOR) if part.strip()]
    return value


def _yes_no(cell: str) -> bool:
    if cell.lower() not in _YES_NO:
        raise ValueError(cell)
    return _YES_NO[cell.lower()]


def _integer(cell: str) -> int:
    number = int(cell)
    if abs(number) > _LARGEST:
        raise ValueError(cell)
    return number


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _one_line(value: str) -> str:
    if any(character in value for character in "\t\r\n"):
        raise PydanticCustomError("line_break", "a single line is expected")
    return value


_Line = Annotated[str, BeforeValidator(_one_line)]
_Email = Annotated[str, BeforeValidator(_lower), Field(pattern=EMAIL, max_length=254)]


class _RowModel(BaseModel):
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)


class PersonRow(_RowModel):
    """A row of people.csv; empty cells are absent."""

    name: Annotated[_Line, Field(min_length=1, max_length=200)]
    email: _Email
    external_id: Annotated[_Line, Field(pattern=r"^[^\s/.][^\s/]{0,99}$")] | None = None
    employer: Annotated[_Line, Field(max_length=200)] | None = None
    line_manager_email: _Email | None = None
    languages: Annotated[
        list[Annotated[str, Field(pattern="^[a-z]{2,3}(-[A-Za-z0-9]+)*$")]], BeforeValidator(_split)
    ] = Field(default=[], max_length=20)
    discipline: Annotated[_Line, Field(max_length=200)] | None = None
    professional_background: Annotated[_Line, Field(max_length=200)] | None = None
    professional_background_other: Annotated[_Line, Field(max_length=200)] | None = None
    career_stage: Annotated[_Line, Field(max_length=200)] | None = None
    years_postdoctoral: Annotated[int, Field(ge=0, le=80)] | None = None

    @property
    def attributes(self) -> dict[str, Any]:
        """What is known beyond name, address and employer."""
        return self.model_dump(include=ATTRIBUTES, exclude_none=True)


ATTRIBUTES = {
    "discipline", "professional_background", "professional_background_other", "career_stage", "years_postdoctoral"
}  # fmt: skip
PEOPLE_REQUIRED = ("name", "email")
PEOPLE_OPTIONAL = tuple(set(PersonRow.model_fields) - set(PEOPLE_REQUIRED))


class ApplicationRow(_RowModel):
    """The columns of applications.csv that every programme has; people are named by their e-mail addresses.

    Whoever sends the file applies in their names: `proxy_reason` says by what right, and the person sees it.
    """

    email: _Email
    role: Annotated[Side, BeforeValidator(_lower)]
    cohort: Annotated[int, Field(ge=1)] | None = None
    capacity: Annotated[int, Field(ge=1, le=50)] | None = None
    proxy_reason: Annotated[_Line, Field(min_length=1, max_length=1000)]


@dataclass(frozen=True)
class NewPerson:
    """A person to register, from line `line`."""

    line: int
    cells: PersonRow


@dataclass(frozen=True)
class NewApplication:
    """An application to submit, from line `line`: answers to the programme's form, and versions agreed to."""

    line: int
    cells: ApplicationRow
    answers: dict[str, Any]
    consents: dict[str, str]


def people(rows: list[Row]) -> tuple[list[NewPerson], list[Problem]]:
    """People of the rows, and problems; of rows with one address the first goes in."""
    good: list[NewPerson] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for row in rows:
        cells = _read(PersonRow, row, problems)
        if cells is not None and _is_first(seen, cells.email, row.line, problems):
            good.append(NewPerson(row.line, cells))
    return good, problems


def applications(rows: list[Row], fields: Mapping[str, str]) -> tuple[list[NewApplication], list[Problem]]:
    """Applications of the rows, and problems; `fields` are the columns of the programme's form and their kinds."""
    good: list[NewApplication] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for row in rows:
        cells = _read(ApplicationRow, row, problems)
        answers = _answers(row, fields, problems)
        if cells is None or answers is None:
            continue
        if _is_first(seen, f"{cells.email} {cells.role}", row.line, problems):
            consents = {
                name: answers.pop(name) for name, kind in fields.items() if kind == "consent" and name in answers
            }
            good.append(NewApplication(row.line, cells, answers, consents))
    return good, problems


def _read(model: type[Any], row: Row, problems: list[Problem]) -> Any:
    try:
        return model.model_validate({name: value for name, value in row.cells.items() if value != ""})
    except ValidationError as error:
        # The messages name limits and choices, not the input.
        found = error.errors(include_input=False, include_url=False, include_context=False)
        problems += [Problem(row.line, str(e["loc"][0]), _code(e["type"]), e["msg"]) for e in found]
        return None


def _code(pydantic_type: str) -> str:
    return "cell_empty" if pydantic_type == "missing" else pydantic_type


def _is_first(seen: dict[str, int], key: str, line: int, problems: list[Problem]) -> bool:
    first = seen.setdefault(key, line)
    if first != line:
        problems.append(Problem(line, "email", "duplicate_row", f"the same stands on line {first}"))
    return first == line


def _answers(row: Row, fields: Mapping[str, str], problems: list[Problem]) -> dict[str, Any] | None:
    answers: dict[str, Any] = {}
    good = True
    for name, kind in fields.items():
        cell = row.cells.get(name, "")
        if cell == "":
            continue
        try:
            answers[name] = _CONVERT.get(kind, str)(cell)
        except ValueError:
            good = False
            problems.append(Problem(row.line, name, f"not_{kind}", f"the form asks for: {kind}"))
    return answers if good else None


_CONVERT: dict[str, Any] = {"boolean": _yes_no, "integer": _integer, "list": _split, "ranking": _split}
