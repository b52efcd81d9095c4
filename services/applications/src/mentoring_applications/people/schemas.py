"""What the REST API takes and gives of people and the roles they hold.

Answers to writes carry ids and no personal data: the answer is stored with its Idempotency-Key.
"""

from datetime import date, datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from mentoring_applications.programmes.schemas import Email, Name, Why
from mentoring_common.bodies import Body
from mentoring_common.versions import VersionedView
from mentoring_common.views import View
from mentoring_contracts.days import Moment
from mentoring_contracts.words import RoleId

Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]
Languages = Annotated[list[Language], Field(max_length=50)]
AttributeName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Attribute = Annotated[str, Field(max_length=500)] | bool | int | float | None
Attributes = Annotated[dict[AttributeName, Attribute], Field(max_length=50)]


ExternalId = Annotated[
    str,
    Field(
        pattern=r"^[^\s/.][^\s/]{0,99}$",
        description="what the employer's own systems call the person, such as an employee number: one person of an "
        "employer has it (of those without an employer one of the organisation)",
        examples=["E-10042"],
    ),
]


class NewPerson(Body):
    """`programme_id` invites the person to a programme; a team that has several must name it."""

    programme_id: UUID | None = None
    name: Name
    email: Email
    external_id: ExternalId | None = None
    employer_id: UUID | None = None
    line_manager_id: UUID | None = None
    languages: Languages = []
    attributes: Attributes = {}


class ProvisionedPerson(Body):
    """What an HR system says of somebody; `languages` and `attributes` left out stay as they are, and so does the line
    manager: who they are by id, or by the employer's own number."""

    name: Name
    email: Email
    line_manager_id: UUID | None = None
    line_manager_external_id: ExternalId | None = None
    languages: Languages | None = None
    attributes: Attributes | None = None

    @model_validator(mode="after")
    def _names_one_line_manager(self) -> "ProvisionedPerson":
        if self.line_manager_id is not None and self.line_manager_external_id is not None:
            raise ValueError("name the line manager by line_manager_id or by line_manager_external_id")
        return self


class PersonChanges(Body):
    """Members that are left out stay as they are; `attributes` are merged, null removes one.

    `email` that people change for themselves takes effect when they confirm it at the new address. Another employer
    ends the `external_id`, unless one comes with it.
    """

    name: Name | None = None
    email: Email | None = None
    external_id: ExternalId | None = None
    employer_id: UUID | None = None
    line_manager_id: UUID | None = None
    languages: Languages | None = None
    attributes: Attributes | None = None


class PersonMade(View):
    MADE_AT: ClassVar = "/people/{id}"
    id: UUID


class PeopleNamed(Body):
    """People as a file names them: by address or by what their employer calls them."""

    emails: Annotated[list[Email], Field(max_length=500)] = []
    external_ids: Annotated[list[ExternalId], Field(max_length=500)] = []


class PersonNamed(BaseModel):
    """Whom one name names: nobody whom the caller sees, one, or several people of several employers."""

    email: str | None = None
    external_id: str | None = None
    ids: list[UUID]


class PeopleFound(BaseModel):
    """One item for each name, addresses first, each in the order in which it was asked."""

    items: list[PersonNamed]


class PersonProvisioned(PersonMade, VersionedView):
    """The person's id, which stays whatever changes of them."""


class EmailConfirmation(Body):
    """The token of the letter that came to the new address."""

    token: Annotated[str, Field(min_length=1, max_length=100)]


class EmailConfirmationView(BaseModel):
    """Where letters go once it is confirmed, by whoever has the token."""

    new_email: str
    expires_at: datetime


class EmailConfirmed(BaseModel):
    person_id: UUID


class PersonChanged(PersonMade, VersionedView):
    email_pending: bool = Field(
        False, description="a new address waits for its confirmation: until then the old one holds"
    )


class PersonView(View, VersionedView):
    """A person; `email` is null for a partner until both accepted, and after the match ended early.

    `sources` says of employer, line_manager, languages and attributes by name whether HR said so (`hr`) or the person
    (`self`). Of somebody who is only invited a team sees name and address as it wrote them, and who takes part in a
    programme sees the names of those who take its concerns. `external_id` is for the
    person, their employer's HR system and admins, null to others, and so is the `last_day` of who leaves.
    """

    id: UUID
    name: str
    email: str | None
    external_id: str | None
    employer_id: UUID | None
    line_manager_id: UUID | None
    languages: list[str]
    attributes: dict[str, Any]
    sources: dict[str, str]
    last_day: date | None
    updated_at: datetime


class HeldRole(View):
    """A role of one's own; its note is whatever the programme noted with it."""

    programme_id: UUID
    role: str
    title: str
    rights: list[str]
    until: datetime | None
    note: str | None


class Me(PersonView):
    roles: list[HeldRole]
    email_pending: bool = Field(description="a new address waits for its confirmation: until then the old one holds")


class NewRole(Body):
    """A role for a person, for a time if `until` says so; `note` where the programme's role asks for one."""

    person_id: UUID
    role: RoleId
    until: Moment | None = None
    note: Annotated[str, Field(min_length=1, max_length=200)] | None = None


class NewTeamMember(NewRole):
    """Somebody of the new team, and the role that they are given."""


class NewTeamHandover(Body):
    """Who hands over to whom; without `from_ids` everybody who runs the programme does."""

    from_ids: Annotated[list[UUID], Field(min_length=1, max_length=200)] | None = Field(
        None, description="who leaves the team, with every role they hold in it; left out: everybody who runs it"
    )
    to: Annotated[list[NewTeamMember], Field(min_length=1, max_length=200)]
    note: Why | None = None

    @model_validator(mode="after")
    def _gives_each_role_once(self) -> "NewTeamHandover":
        if len({(one.person_id, one.role) for one in self.to}) < len(self.to):
            raise ValueError("somebody is given the same role twice")
        return self


class HandedRoleView(View):
    """A role that was given or taken."""

    person_id: UUID
    role: str


class TeamHandoverState(BaseModel):
    """The team of a programme was handed over; people who were erased are not among those named."""

    id: UUID
    programme_id: UUID
    made_at: datetime
    made_by: UUID | None = Field(description="who handed over; null for a machine, and for who was erased")
    taken: list[HandedRoleView] = Field(description="the roles that ended")
    given: list[HandedRoleView] = Field(description="the roles that began")


class TeamHandoverView(TeamHandoverState):
    note: str | None = Field(description="what was written for the record")


class RoleStateView(View):
    """Somebody holds a role: `rights` are what it lets them do."""

    id: UUID
    programme_id: UUID
    person_id: UUID
    role: str
    rights: list[str]
    until: datetime | None


class RoleView(RoleStateView):
    note: str | None


class EmailChangeIds(Body):
    change_ids: Annotated[list[UUID], Field(max_length=500)]


class EmailChangeToTell(BaseModel):
    """A change of address that waits: the letter with the token goes to `new_email`, the notice to `old_email`.

    `token` is null where there is nothing to confirm: somebody has the new address.
    """

    change_id: UUID
    name: str
    old_email: str
    new_email: str
    token: str | None
    expires_at: datetime


class EmailChangesToTell(BaseModel):
    items: list[EmailChangeToTell]
