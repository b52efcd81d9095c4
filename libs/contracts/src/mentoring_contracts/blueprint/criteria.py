"""The topics that people rank, in versions."""

from typing import Annotated

from pydantic import Field, model_validator

from mentoring_contracts.blueprint.scalars import Id, Version, wrong
from mentoring_contracts.blueprint.section import Section, read_by
from mentoring_contracts.blueprint.text import Text


class Criterion(Section):
    """One topic."""

    READ_BY = ("applications", "matching")
    id: Annotated[Id, Field(description="its name in answers and explanations; it stays the same over versions")]
    title: Annotated[Text, Field(description="what people read")]


class CriteriaVersion(Section):
    """One version of the list."""

    READ_BY = ("applications",)
    version: Annotated[Version, Field(description="1, 2, …")]
    extends: Annotated[Version | None, Field(description="the version whose topics come first")] = None
    items: Annotated[
        list[Criterion],
        Field(max_length=200, description="the topics of this version"),
        read_by("applications", "matching"),
    ]


class Criteria(Section):
    """Versioned lists of topics; a version may extend another: that one's topics, in order, and then its own."""

    current: Annotated[Version, Field(description="the version that applicants rank now")]
    versions: Annotated[
        list[CriteriaVersion],
        Field(min_length=1, max_length=100, description="all there were, so that old answers can be read"),
        read_by("applications", "matching"),
    ]

    @property
    def items(self) -> list[Criterion]:
        """The current list."""
        by_version = {version.version: version for version in self.versions}
        chain: list[CriteriaVersion] = []
        number: str | None = self.current
        while number is not None:
            found = by_version.pop(number, None)
            if found is None:
                raise wrong("unknown_version", "current and extends name versions of the list, and none extends itself")
            chain.append(found)
            number = found.extends
        return [item for version in reversed(chain) for item in version.items]

    @model_validator(mode="after")
    def _is_whole(self) -> "Criteria":
        if len({version.version for version in self.versions}) < len(self.versions):
            raise wrong("twice", "two versions have the same number")
        ids = [item.id for item in self.items]
        if len(ids) != len(set(ids)):
            raise wrong("twice", "a criterion is listed twice")
        return self
