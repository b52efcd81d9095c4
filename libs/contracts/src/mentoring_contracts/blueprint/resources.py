"""The standing material of a programme: guides, links and texts that its people find in its library."""

import re
from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import AfterValidator, Field, model_validator

from mentoring_contracts.blueprint.scalars import Id, wrong
from mentoring_contracts.blueprint.section import Section
from mentoring_contracts.blueprint.text import Text
from mentoring_contracts.words import RoleId

LINK: Final = r"^https?://[^\s]+$"
LONGEST_LINK: Final = 2000
LONGEST_TITLE: Final = 200


def _each(text: str | dict[str, str]) -> Iterator[str]:
    yield from [text] if isinstance(text, str) else text.values()


def _title(text: str | dict[str, str]) -> str | dict[str, str]:
    if any(len(said) > LONGEST_TITLE for said in _each(text)):
        raise wrong("title", f"a title of at most {LONGEST_TITLE} characters is wanted")
    return text


def _link(text: str | dict[str, str]) -> str | dict[str, str]:
    if any(len(said) > LONGEST_LINK or not re.fullmatch(LINK, said) for said in _each(text)):
        raise wrong("link", "an address such as https://example.org/guide is wanted, or addresses by language")
    return text


class Resource(Section):
    """Something that people of the programme read: a text, a link, or both."""

    READ_BY = ("sessions",)
    id: Annotated[Id, Field(description="its name, which stays when its words change")]
    title: Annotated[Text, AfterValidator(_title), Field(description="what people call it")]
    text: Annotated[Text | None, Field(description="what it says")] = None
    link: Annotated[Text | None, AfterValidator(lambda x: x and _link(x)), Field(description="where it is read")] = None
    roles: Annotated[
        list[RoleId], Field(max_length=50, description="for whom: mentor, mentee, roles of the programme; none: all")
    ] = []
    phase: Annotated[Id | None, Field(description="the phase of a pair from which on it is shown; none: at once")] = (
        None
    )

    @model_validator(mode="after")
    def _says_something(self) -> "Resource":
        if self.text is None and self.link is None:
            raise wrong("says_nothing", "a text or a link is wanted")
        return self
