"""What a cell of any import may be, and how a row becomes a model, or problems by column."""

from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from mentoring_contracts.words import EMAIL, Side, in_words
from mentoring_integrations.imports.csv_table import Problem, Row

SEPARATOR: Final = ";"
LARGEST: Final = 2**63 - 1
"""The largest whole number: what JSON of the services carries."""
_SHAPES: Final = {
    "email": "a plain e-mail address is expected, such as ada@example.org",
    "external_id": "at most 100 characters are expected, no spaces or slashes among them, no dot in front",
    "languages": "codes of languages are expected, such as en;fr",
    "kind": "the id of a kind of relationship is expected, such as coaching",
}
"""What a column asks for, by the end of its name, where a pattern says it."""


def split(value: Any) -> Any:
    """The parts of a cell that holds several."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(SEPARATOR) if part.strip()]
    return value


def lower(value: Any) -> Any:
    """A cell in lower case."""
    return value.lower() if isinstance(value, str) else value


def one_line(value: str) -> str:
    """A cell of one line; PydanticCustomError."""
    if any(character in value for character in "\t\r\n"):
        raise PydanticCustomError("line_break", "a single line is expected")
    return value


Line = Annotated[str, BeforeValidator(one_line)]
Email = Annotated[str, BeforeValidator(lower), Field(pattern=EMAIL, max_length=254)]
Number = Annotated[str, BeforeValidator(one_line), Field(pattern=r"^[^\s/.][^\s/]{0,99}$")]


class RowModel(BaseModel):
    """Columns of an import; what else a row has is left."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)


class Named(RowModel):
    """A row about somebody who is known, by address or by the employer's own number."""

    email: Email | None = None
    external_id: Number | None = None

    @property
    def named(self) -> tuple[str, str]:
        """What names the person, and how: a number goes before an address."""
        return ("external_id", self.external_id) if self.external_id else ("email", self.email or "")

    @property
    def person(self) -> str:
        """What names the person: an address has an @, a number may."""
        return " ".join(self.named)


class OfSomebody(Named):
    """A row about somebody's part in a cohort."""

    role: Annotated[Side, BeforeValidator(lower)]
    cohort: Annotated[int, Field(ge=1)] | None = None


def read(model: type[Any], row: Row, problems: list[Problem]) -> Any:
    """The row as a model of its columns; None, and problems by column, where it is none."""
    try:
        return model.model_validate({name: value for name, value in row.cells.items() if value != ""})
    except ValidationError as error:
        # The messages name limits and choices, not the input.
        found = error.errors(include_input=False, include_url=False, include_context=False)
        problems += [Problem(row.line, str(e["loc"][0]), _code(e["type"]), _said(e)) for e in found]
        return None


def _code(pydantic_type: str) -> str:
    return "cell_empty" if pydantic_type == "missing" else pydantic_type


def _said(error: ErrorDetails) -> str:
    """What is wrong, for people who do not read patterns."""
    column = str(error["loc"][0])
    asked = next((words for name, words in _SHAPES.items() if column.endswith(name)), error["msg"])
    return asked if error["type"] == "string_pattern_mismatch" else in_words(error["msg"])


def names_somebody(cells: Named, line: int, problems: list[Problem]) -> bool:
    """Whether a row says whom it is about; a problem if it does not."""
    if not (cells.email or cells.external_id):
        problems.append(Problem(line, "email", "cell_empty", "email or external_id names the person"))
    return bool(cells.email or cells.external_id)
