"""What the REST API takes and gives of organisations and employers, and profiles for our other services."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from mentoring_applications.programmes.schemas import Name
from mentoring_common.bodies import Body
from mentoring_common.views import View

Slug = Annotated[str, Field(pattern=r"^[a-z0-9](-?[a-z0-9])*$", max_length=63)]


class NewOrganisation(Body):
    name: Name
    slug: Slug


class OrganisationView(View):
    id: UUID
    name: str
    slug: str


class NewEmployer(Body):
    name: Name


class EmployerView(View):
    id: UUID
    name: str


class PersonIds(Body):
    person_ids: Annotated[list[UUID], Field(max_length=500)]


class Profile(BaseModel):
    person_id: UUID
    name: str
    email: str
    employer_id: UUID | None
    line_manager_id: UUID | None
    languages: list[str]
    attributes: dict[str, Any]


class Profiles(BaseModel):
    items: list[Profile]
