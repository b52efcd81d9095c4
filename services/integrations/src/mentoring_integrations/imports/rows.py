"""What the rows of an import mean: cells become the bodies that the applications API takes, or problems by column."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Final, Generic, TypeVar
from uuid import UUID

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from mentoring_common.faults import fault, faults_of
from mentoring_common.yaml_text import YamlUnreadable, read_yaml
from mentoring_contracts.columns import ColumnMapping, Sheet
from mentoring_contracts.words import EMAIL, Side, in_words
from mentoring_integrations.errors import MappingUnreadable, TooManyRows
from mentoring_integrations.imports.csv_table import Problem, Reading, Row, Table

MOST_AT_ONCE: Final = 5_000  # rows of an import that is answered when it is done
MOST_ROWS: Final = 200_000  # of one that goes on after its answer
SEPARATOR = ";"
_LARGEST = 2**63 - 1  # what JSON of the services carries
_YES_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
# Columns of applications.csv of every programme; the others are fields of its form, or what these mean.
APPLICATION_REQUIRED = ("role", "proxy_reason")
APPLICATION_OPTIONAL = ("email", "external_id", "cohort", "capacity")
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
_Number = Annotated[str, BeforeValidator(_one_line), Field(pattern=r"^[^\s/.][^\s/]{0,99}$")]


class _RowModel(BaseModel):
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)


class PersonRow(_RowModel):
    """A row of people.csv; empty cells are absent, and leave what they would say as it is."""

    name: Annotated[_Line, Field(min_length=1, max_length=200)]
    email: _Email
    external_id: _Number | None = None
    employer: Annotated[_Line, Field(max_length=200)] | None = None
    line_manager_email: _Email | None = None
    line_manager_external_id: _Number | None = None
    last_day: Annotated[date, Field(ge=date(1950, 1, 1), le=date(2199, 12, 31))] | None = None
    leaving_reason: Annotated[str, BeforeValidator(_lower), Field(pattern="^[a-z_]{1,40}$")] | None = None
    languages: Annotated[
        list[Annotated[str, Field(pattern="^[a-z]{2,3}(-[A-Za-z0-9]+)*$")]], BeforeValidator(_split)
    ] = Field(default=[], max_length=20)
    discipline: Annotated[_Line, Field(max_length=200)] | None = None
    professional_background: Annotated[_Line, Field(max_length=200)] | None = None
    professional_background_other: Annotated[_Line, Field(max_length=200)] | None = None
    career_stage: Annotated[_Line, Field(max_length=200)] | None = None
    years_postdoctoral: Annotated[int, Field(ge=0, le=80)] | None = None

    @property
    def body(self) -> dict[str, Any]:
        """The row as the applications API takes it."""
        said = self.model_dump(mode="json", exclude_unset=True)
        attributes = {name: said.pop(name) for name in ATTRIBUTES & said.keys()}
        return said | ({"attributes": attributes} if attributes else {})


ATTRIBUTES = {
    "discipline", "professional_background", "professional_background_other", "career_stage", "years_postdoctoral"
}  # fmt: skip
PEOPLE_REQUIRED = ("name", "email")
PEOPLE_OPTIONAL = tuple(set(PersonRow.model_fields) - set(PEOPLE_REQUIRED))


class _OfSomebody(_RowModel):
    """A row about somebody who is known, by address or by the employer's own number."""

    email: _Email | None = None
    external_id: _Number | None = None
    role: Annotated[Side, BeforeValidator(_lower)]
    cohort: Annotated[int, Field(ge=1)] | None = None

    @property
    def person(self) -> str:
        """What names the person: an address has an @, a number may."""
        return f"external_id {self.external_id}" if self.external_id else f"email {self.email}"


class ApplicationRow(_OfSomebody):
    """The columns of applications.csv that every programme has.

    Whoever sends the file applies in their names: `proxy_reason` says by what right, and the person sees it.
    """

    capacity: Annotated[int, Field(ge=1, le=50)] | None = None
    proxy_reason: Annotated[_Line, Field(min_length=1, max_length=1000)]


class NominationRow(_OfSomebody):
    """The columns of nominations.csv: who is not known by number is named by address and name."""

    name: Annotated[_Line, Field(min_length=1, max_length=200)] | None = None
    statement: Annotated[str, Field(min_length=1, max_length=4000)] | None = None


NOMINATION_REQUIRED = ("role",)
NOMINATION_OPTIONAL = tuple(set(NominationRow.model_fields) - set(NOMINATION_REQUIRED))


class PairRow(_RowModel):
    """The columns of pairs.csv: two people who have met since `starts_on`, each named by address or number.

    In the columns of the mentor stands who leads, of a kind of equals the one of the two.
    """

    mentor_email: _Email | None = None
    mentor_external_id: _Number | None = None
    mentee_email: _Email | None = None
    mentee_external_id: _Number | None = None
    starts_on: Annotated[date, Field(ge=date(1950, 1, 1), le=date(2199, 12, 31))]
    cohort: Annotated[int, Field(ge=1)] | None = None
    kind: Annotated[str, BeforeValidator(_lower), Field(pattern="^[a-z][a-z0-9_]{0,63}$")] = "mentoring"

    def named(self, side: Side) -> tuple[str, str]:
        """What names who is on a side, and how: a number goes before an address."""
        number = getattr(self, f"{side}_external_id")
        return ("external_id", number) if number else ("email", getattr(self, f"{side}_email"))


PAIR_REQUIRED = ("starts_on",)
PAIR_OPTIONAL = tuple(set(PairRow.model_fields) - set(PAIR_REQUIRED))


class AttendedRow(_RowModel):
    """The columns of attendance.csv: somebody who was at an activity."""

    activity_id: UUID
    email: _Email | None = None
    external_id: _Number | None = None


ATTENDED_REQUIRED = ("activity_id",)
ATTENDED_OPTIONAL = ("email", "external_id")


class OutcomeRow(_RowModel):
    """The columns of outcomes.csv: how many people, and how many of them with the outcome; the same of a comparison."""

    outcome: Annotated[str, BeforeValidator(_lower), Field(pattern="^[a-z_]{1,40}$")]
    role: Annotated[Side, BeforeValidator(_lower)]
    definition: Annotated[_Line, Field(min_length=1, max_length=300)]
    months: Annotated[int, Field(ge=1, le=240)]
    people: Annotated[int, Field(ge=0, le=_LARGEST)]
    with_outcome: Annotated[int, Field(ge=0, le=_LARGEST)]
    source: Annotated[_Line, Field(min_length=1, max_length=300)]
    measured_on: date
    compared_with: Annotated[str, BeforeValidator(_lower), Field(pattern="^[a-z_]{1,40}$")] | None = None
    compared_people: Annotated[int, Field(ge=0, le=_LARGEST)] | None = None
    compared_with_outcome: Annotated[int, Field(ge=0, le=_LARGEST)] | None = None

    @property
    def body(self) -> dict[str, Any]:
        """The row as the evaluation API takes it."""
        said = self.model_dump(mode="json", exclude_unset=True)
        compared = {name: said.pop(column) for name, column in COMPARED.items() if column in said}
        return said | ({"comparison": compared} if compared else {})


COMPARED = {"selection": "compared_with", "people": "compared_people", "with_outcome": "compared_with_outcome"}
OUTCOME_OPTIONAL = tuple(COMPARED.values())
OUTCOME_REQUIRED = tuple(set(OutcomeRow.model_fields) - set(OUTCOME_OPTIONAL))


@dataclass(frozen=True)
class Attended:
    """Somebody who was there, from line `line`."""

    line: int
    cells: AttendedRow


@dataclass(frozen=True)
class NewOutcome:
    """An outcome to be recorded, from line `line`."""

    line: int
    cells: OutcomeRow


@dataclass(frozen=True)
class StandingPair:
    """Two who have met since a day, from line `line`."""

    line: int
    cells: PairRow


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to register, from line `line`, as the JSON that applications takes: a hundred thousand are held at once.

    `keys` stand for the address and the number by which other rows name them, `managers` for those of whom they name;
    `managed_by` is the column in which that stands.
    """

    line: int
    keys: tuple[int, ...]
    managers: tuple[int, ...]
    managed_by: str | None
    numbered: bool
    body: bytes

    @classmethod
    def of(cls, line: int, cells: PersonRow) -> "NewPerson":
        """The person of a row."""
        named = {member: getattr(cells, column) for column, member in MANAGED_BY.items()}
        managers = tuple(hash(pair) for pair in named.items() if pair[1] is not None)
        own = (("email", cells.email), ("external_id", cells.external_id))
        keys = tuple(hash(pair) for pair in own if pair[1] is not None)
        column = next((column for column in MANAGED_BY if getattr(cells, column)), None)
        return cls(line, keys, managers, column, cells.external_id is not None, orjson.dumps(cells.body))


MANAGED_BY = {"line_manager_email": "email", "line_manager_external_id": "external_id"}
"""By which column a row names its line manager, and what of that one it says."""


@dataclass(frozen=True)
class NewNomination:
    """Somebody to nominate, from line `line`."""

    line: int
    cells: NominationRow


@dataclass(frozen=True)
class NewApplication:
    """An application to submit, from line `line`: answers to the programme's form, and versions agreed to."""

    line: int
    cells: ApplicationRow
    answers: dict[str, Any]
    consents: dict[str, str]


New = TypeVar("New")


@dataclass
class Parsed(Generic[New]):
    """What a file says: how many rows it has, what can be sent of them, and why the others stay out."""

    most: int
    count: int = 0
    good: list[New] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    seen: dict[int, int] = field(default_factory=dict)

    def rows(self, table: Table) -> Iterator[Row]:
        """The rows that can be read; problems of the others are kept. TooManyRows."""
        for found in table.rows():
            self.count += 1
            if self.count > self.most:
                raise TooManyRows(most=MOST_AT_ONCE, most_async=MOST_ROWS)
            if isinstance(found, Row):
                yield found
            else:
                self.problems += found

    def is_first(self, key: str, line: int, column: str | None = None) -> bool:
        """Whether nothing further up says the same; a problem if it does."""
        first = self.seen.setdefault(hash(key), line)
        if first != line:
            column = column or ("external_id" if key.startswith("external_id ") else "email")
            self.problems.append(Problem(line, column, "duplicate_row", f"the same stands on line {first}"))
        return first == line


def people(table: Table, most: int) -> Parsed[NewPerson]:
    """People of a table; of rows with one address or number the first goes in. TooManyRows."""
    found = Parsed[NewPerson](most)
    for row in found.rows(table):
        cells = _read(PersonRow, row, found.problems)
        if cells is None or not found.is_first(cells.email, row.line):
            continue
        number = f"{cells.employer or ''}/{cells.external_id}"
        if cells.external_id is None or found.is_first(number, row.line, "external_id"):
            found.good.append(NewPerson.of(row.line, cells))
    return found


def nominations(table: Table, most: int) -> Parsed[NewNomination]:
    """Nominations of a table. TooManyRows."""
    found = Parsed[NewNomination](most)
    for row in found.rows(table):
        cells = _read(NominationRow, row, found.problems)
        if cells is None or not _names_somebody(cells, row.line, found.problems):
            continue
        if cells.email and not cells.external_id and not cells.name:
            found.problems.append(Problem(row.line, "name", "cell_empty", "who is named by address needs a name"))
        elif found.is_first(f"{cells.person} {cells.role}", row.line):
            found.good.append(NewNomination(row.line, cells))
    return found


def attendance(table: Table, most: int) -> Parsed[Attended]:
    """Who attended, of a table. TooManyRows."""
    found = Parsed[Attended](most)
    for row in found.rows(table):
        cells = _read(AttendedRow, row, found.problems)
        if cells is None or not _names_somebody(cells, row.line, found.problems):
            continue
        column = "external_id" if cells.external_id else "email"
        if found.is_first(f"{cells.activity_id} {getattr(cells, column)}", row.line, column):
            found.good.append(Attended(row.line, cells))
    return found


def outcomes(table: Table, most: int) -> Parsed[NewOutcome]:
    """Outcomes of a table. TooManyRows."""
    found = Parsed[NewOutcome](most)
    for row in found.rows(table):
        cells = _read(OutcomeRow, row, found.problems)
        if cells is not None and found.is_first(repr(sorted(cells.body.items(), key=str)), row.line, "outcome"):
            found.good.append(NewOutcome(row.line, cells))
    return found


def pairs(table: Table, most: int) -> Parsed[StandingPair]:
    """Pairs of a table. TooManyRows."""
    found = Parsed[StandingPair](most)
    for row in found.rows(table):
        cells = _read(PairRow, row, found.problems)
        if cells is None or not _names_both(cells, row.line, found.problems):
            continue
        both = " ".join([cells.kind, *cells.named("mentor"), *cells.named("mentee")])
        if found.is_first(both, row.line, f"mentee_{cells.named('mentee')[0]}"):
            found.good.append(StandingPair(row.line, cells))
    return found


def _names_both(cells: PairRow, line: int, problems: list[Problem]) -> bool:
    sides: tuple[Side, Side] = ("mentor", "mentee")
    nameless = [side for side in sides if not cells.named(side)[1]]
    problems += [
        Problem(line, f"{side}_email", "cell_empty", f"{side}_email or {side}_external_id names the {side}")
        for side in nameless
    ]
    return not nameless


def applications(table: Table, fields: Mapping[str, str], most: int) -> Parsed[NewApplication]:
    """Applications of a table; `fields` are the columns of the programme's form and their kinds. TooManyRows."""
    found = Parsed[NewApplication](most)
    for row in found.rows(table):
        cells = _read(ApplicationRow, row, found.problems)
        answers = _answers(row, fields, found.problems)
        if cells is None or answers is None or not _names_somebody(cells, row.line, found.problems):
            continue
        if found.is_first(f"{cells.person} {cells.role}", row.line):
            consents = {
                name: answers.pop(name) for name, kind in fields.items() if kind == "consent" and name in answers
            }
            found.good.append(NewApplication(row.line, cells, answers, consents))
    return found


def _read(model: type[Any], row: Row, problems: list[Problem]) -> Any:
    try:
        return model.model_validate({name: value for name, value in row.cells.items() if value != ""})
    except ValidationError as error:
        # The messages name limits and choices, not the input.
        found = error.errors(include_input=False, include_url=False, include_context=False)
        problems += [Problem(row.line, str(e["loc"][0]), _code(e["type"]), in_words(e["msg"])) for e in found]
        return None


def _code(pydantic_type: str) -> str:
    return "cell_empty" if pydantic_type == "missing" else pydantic_type


def _names_somebody(cells: _OfSomebody | AttendedRow, line: int, problems: list[Problem]) -> bool:
    if not (cells.email or cells.external_id):
        problems.append(Problem(line, "email", "cell_empty", "email or external_id names the person"))
    return bool(cells.email or cells.external_id)


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
