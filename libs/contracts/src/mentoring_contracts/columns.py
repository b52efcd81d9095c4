"""What the columns of a sheet mean: the format of a mapping file, which `mentoring match` writes and imports take too.

    mentors:
      email: Work e-mail
      topics: [First choice, Second choice]
      ignore: [Timestamp]
    people: {employer: Organisation}

Headings stand by meaning, several of them best first. `people` is said of every sheet; `ignore` lists what is not read.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

Sheet = Literal["mentors", "mentees", "people"]
IGNORE: Final = "ignore"
"""What stands in the place of a meaning for columns that are not to be read."""
Meaning = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,99}$")]
Heading = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _nothing(value: Any) -> Any:
    return {} if value is None else value


Headings = Annotated[list[Heading], BeforeValidator(_listed), Field(max_length=500)]
Section = Annotated[dict[Meaning, Headings], BeforeValidator(_nothing), Field(max_length=500)]


class ColumnMapping(BaseModel):
    """Headings by meaning, for each kind of sheet."""

    model_config = ConfigDict(extra="forbid", strict=True)
    mentors: Section = {}
    mentees: Section = {}
    people: Section = {}

    def of(self, sheet: Sheet) -> Mapping[str, Sequence[str]]:
        """What is said of a sheet: of every one, and what is said of this one instead."""
        own = {"mentors": self.mentors, "mentees": self.mentees, "people": {}}[sheet]
        both = [*self.people.get(IGNORE, []), *own.get(IGNORE, [])]
        return {**self.people, **own} | ({IGNORE: both} if both else {})
