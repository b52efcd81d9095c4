"""What the REST API takes and gives of people by the batch."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from mentoring_applications.leaving.schemas import LastDay, LeavingReason
from mentoring_applications.people.schemas import ExternalId, NewPerson
from mentoring_applications.programmes.schemas import Email, Name
from mentoring_common.bodies import Body
from mentoring_common.documented import DocumentedAs

MOST: Final = 5000
"""Rows of one batch."""

MANAGERS: Final = ("line_manager_id", "line_manager_external_id", "line_manager_email")


class PersonRecord(NewPerson):
    """One person of a batch. What is left out of somebody who is known stays as it is.

    The employer by id or by name; the line manager by id, by the employer's number or by address, also of a row further
    up. With a `last_day` they leave (`leaving_reason`, else `other`); null says that they stay.
    """

    employer: Name | None = None
    line_manager_external_id: ExternalId | None = None
    line_manager_email: Email | None = None
    last_day: LastDay | None = None
    leaving_reason: LeavingReason | None = None

    @model_validator(mode="after")
    def _says_each_once(self) -> "PersonRecord":
        if sum(getattr(self, name) is not None for name in MANAGERS) > 1:
            raise ValueError("name the line manager once: by id, by external id or by address")
        if self.employer_id is not None and self.employer is not None:
            raise ValueError("name the employer by employer_id or by employer")
        if self.leaving_reason is not None and self.last_day is None:
            raise ValueError("leaving_reason comes with last_day")
        return self


class PeopleBatch(Body):
    """Each is checked on its own, so that one bad row does not keep the others out."""

    people: Annotated[list[Annotated[dict[str, Any], DocumentedAs(PersonRecord)]], Field(min_length=1, max_length=MOST)]


Outcome = Literal["created", "changed", "unchanged", "refused"]


class BatchItem(BaseModel):
    """What became of the row at `index` (in a dry run: would): the person's id, or the problem that refused it.

    Pointers of the problem name the row: `/body/people/3/email`. The id of somebody who would be created is null.
    """

    index: int
    outcome: Outcome
    id: UUID | None = None
    problem: dict[str, Any] | None = None


class BatchResult(BaseModel):
    """One item for each row, in order."""

    dry_run: bool
    items: list[BatchItem]
