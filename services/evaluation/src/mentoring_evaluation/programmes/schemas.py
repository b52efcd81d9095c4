"""What bodies and answers of all capabilities have in common."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Reason = Annotated[str, Field(min_length=1, max_length=500)]
LongText = Annotated[str, Field(min_length=1, max_length=20_000)]
ExtendingRole = Literal["programme_manager", "coordinator", "organisation_admin"]


class Body(BaseModel):
    """A request body: unknown members are refused, so that a misspelt one is not lost."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class ByRole(BaseModel):
    """A number of people for each role."""

    mentor: int
    mentee: int
