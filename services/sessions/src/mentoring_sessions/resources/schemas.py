"""Resources as the REST API takes and gives them."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from mentoring_common.bodies import Body
from mentoring_common.versions import VersionedView
from mentoring_common.views import View
from mentoring_contracts.blueprint.resources import LINK, LONGEST_LINK
from mentoring_contracts.words import RoleId
from mentoring_sessions.fields import Label

Language = Annotated[
    str,
    Field(
        pattern=r"^(easy:)?[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
        max_length=40,
        examples=["en"],
        description="a language such as en, or easy:en for words that are easy to read",
    ),
]
Link = Annotated[str, Field(max_length=LONGEST_LINK, pattern=LINK, examples=["https://example.org/guide"])]


class Wording(Body):
    """A resource in one language: a text, a link, a file, or several of them."""

    language: Language
    title: Label
    text: Annotated[str | None, Field(min_length=1, max_length=20_000, description="what it says")] = None
    link: Link | None = Field(None, description="where it is read")
    file_id: UUID | None = Field(None, description="the file, which was sent before")

    @model_validator(mode="after")
    def _says_something(self) -> "Wording":
        if self.text is None and self.link is None and self.file_id is None:
            raise PydanticCustomError("says_nothing", "a text, a link or a file is wanted")
        return self


def _once(wordings: list[Wording]) -> list[Wording]:
    languages = [one.language for one in wordings]
    if len(languages) > len(set(languages)):
        raise PydanticCustomError("language_twice", "two wordings are in one language")
    return wordings


class Wordings(Body):
    wordings: list[Wording] = Field(min_length=1, max_length=40, description="what it says, by language")
    note: Label | None = Field(None, description="what is new in it, for the team")

    @model_validator(mode="after")
    def _each_language_once(self) -> "Wordings":
        _once(self.wordings)
        return self


class ForWhom(Body):
    roles: list[RoleId] = Field(
        [], max_length=50, description="who may read it: mentor, mentee, roles of the programme; none: all of these"
    )
    cohort_id: UUID | None = Field(None, description="the cohort that it is for; null: every one")
    phase: Annotated[
        str | None, Field(max_length=100, description="the phase of a pair from which on it is shown; null: at once")
    ] = None
    invited: list[UUID] = Field([], max_length=500, description="the people whom it is for; none: everybody else")


class NewResource(Wordings, ForWhom):
    pass


class NewResourceVersion(Wordings):
    tell_readers: bool = Field(False, description="whether those who read an earlier version are told of this one")


class ResourceFileView(View):
    """A file of a library; a version of a resource names it by its id."""

    MADE_AT: ClassVar = "/resource-files/{id}"
    id: UUID
    name: str = Field(description="what the file is called")
    media_type: str
    size: int


class ReadingsView(View):
    """How many people read a resource; nobody is named."""

    read: int = Field(description="people who read it, in whatever version")
    read_newest: int = Field(description="people who read the version that stands")


class ResourceView(View, VersionedView):
    """A resource in the language that the reader wants, or the first of the programme's that it has."""

    MADE_AT: ClassVar = "/resources/{id}"
    id: UUID
    programme_id: UUID
    number: int = Field(description="which of its versions this is, from 1")
    language: str = Field(description="the language of these words; easy:en is easy to read")
    languages: list[str] = Field(description="every language that it is in")
    title: str
    text: str | None = Field(description="what it says")
    link: str | None = Field(description="where it is read")
    file: ResourceFileView | None = Field(description="the file of this language")
    roles: list[str] = Field(description="who may read it; none: everybody with a part in the programme")
    cohort_id: UUID | None = Field(description="the cohort that it is for; null: every one")
    phase: str | None = Field(description="the phase of a pair from which on it is shown; null: at once")
    published_at: datetime = Field(description="since when this version stands, in UTC")
    withdrawn_at: datetime | None
    blueprint_id: str | None = Field(description="its name in the programme's blueprint; null: the team gave it")
    read_at: datetime | None = Field(description="when you last said that you read it, in UTC; null: you did not")
    read_number: int | None = Field(description="the version that you read; null: none")
    invited: list[UUID] | None = Field(description="the people whom it is for; null: for the team to know")
    readings: ReadingsView | None = Field(
        description="how many read it; null: for the team to know, and of a few people who are named for nobody"
    )


class WordingView(View):
    language: str
    title: str
    text: str | None = Field(description="what it says")
    link: str | None = Field(description="where it is read")
    file_id: UUID | None = Field(description="the file")


class ResourceVersionView(View):
    """A version of a resource in every language that it has."""

    number: int = Field(description="which version it is, from 1")
    note: str | None = Field(description="what was new in it")
    published_at: datetime
    wordings: list[WordingView] = Field(description="what it says, by language")


class ResourceIds(Body):
    resource_ids: list[UUID] = Field(max_length=500, description="the resources that letters are about")


class ResourceToTell(View):
    id: UUID
    titles: dict[str, str] = Field(description="what it is called, by language")


class ResourcesToTell(View):
    items: list[ResourceToTell]
