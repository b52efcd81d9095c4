"""What the REST API and the internal API take and give of nominations."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from mentoring_applications.programmes.schemas import Email, Name, Why
from mentoring_common.bodies import Body
from mentoring_common.versions import VersionedView
from mentoring_common.views import View
from mentoring_contracts.words import Side


class Named(Body):
    """Somebody by name and address, who need not have an account; or (`hr`) the HR system of the person's employer."""

    name: Name | None = None
    email: Email | None = None
    hr: Annotated[bool, Field(description="ask the HR system of the person's employer, and nobody by name")] = False

    @model_validator(mode="after")
    def _names_one(self) -> "Named":
        if self.hr == (self.email is not None) or (self.name is None) != (self.email is None):
            raise ValueError("name somebody by name and email, or ask hr")
        return self


Statement = Annotated[str, Field(min_length=1, max_length=4000)]


class NewNomination(Body):
    """Somebody known by `person_id`, or by name and address."""

    role: Side
    cohort_id: UUID | None = None
    person_id: UUID | None = None
    name: Name | None = None
    email: Email | None = None
    statement: Statement | None = None

    @model_validator(mode="after")
    def _names_somebody(self) -> "NewNomination":
        if (self.person_id is None) == (self.email is None):
            raise ValueError("name the person by person_id, or by name and email")
        if self.email is not None and self.name is None:
            raise ValueError("name is missing")
        return self


class Endorsement(Body):
    statement: Statement | None = None


class DeclinedNomination(Body):
    """The reason is read by the programme team alone."""

    reason: Why | None = None


class Waiver(Body):
    reason: Why


class AskedNominator(Body):
    """Whom to ask now for an application that waits; left out: the line manager, or HR where managers are not asked."""

    nominator: Named | None = None
    application_id: UUID


class NominationStateView(View, VersionedView):
    """Where a nomination stands."""

    MADE_AT: ClassVar = "/nominations/{id}"
    id: UUID
    programme_id: UUID
    cohort_id: UUID | None
    role: Side
    opened_by: str
    state: str
    asked_at: datetime
    answered_at: datetime | None


class NominationOutcome(BaseModel):
    """What a nominator learns: the application's `state`, and whether a relationship `completed`; null: not told."""

    state: str | None
    completed: bool | None


class NominationView(NominationStateView):
    """As the caller may see it.

    The applicant sees who nominates them and not what is said; the nominator what they said themselves, and of the
    application what the programme lets nominators learn; the team everything.
    """

    person_id: UUID
    nominee: str
    nominator: str | None
    application_id: UUID | None
    statement: str | None
    reason: str | None
    outcome: NominationOutcome | None


class NominationByLink(BaseModel):
    """What the holder of a link sees."""

    programme: str
    role: Side
    nominee: str
    question: str | None
    statement_required: bool
    state: str
    outcome: NominationOutcome


class AnswerByLink(Body):
    """The answer of who holds a link: `statement` with `endorse`, `reason` with `decline`."""

    token: Annotated[str, Field(max_length=100)]
    answer: Literal["endorse", "decline", "withdraw"]
    statement: Statement | None = None
    reason: Why | None = None


class NominationIds(Body):
    nomination_ids: Annotated[list[UUID], Field(max_length=500)]


class NominationToTell(BaseModel):
    """What letters about a nomination say; `token` is null where nobody waits for the nominator's answer,
    `outcome_token` where nothing is decided, or the programme lets nominators learn nothing of it."""

    nomination_id: UUID
    nominee: str
    nominator: str | None
    nominator_email: str | None
    token: str | None
    outcome_token: str | None


class NominationsToTell(BaseModel):
    items: list[NominationToTell]
