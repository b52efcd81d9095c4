"""What bodies and answers of all capabilities have in common."""

from typing import Annotated

from pydantic import BaseModel, Field

from mentoring_contracts.words import RoleId

Reason = Annotated[str, Field(min_length=1, max_length=500)]
LongText = Annotated[str, Field(min_length=1, max_length=20_000)]
ActingRole = RoleId
"""The role under which somebody acted: one of the programme's, or `organisation_admin`."""


class ByRole(BaseModel):
    """A number of people for each role."""

    mentor: int
    mentee: int
