"""What every section of a blueprint is made of: members that are described, and who reads them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

Service = Literal["applications", "matching", "sessions", "evaluation", "integrations"]


@dataclass(frozen=True, slots=True)
class ReadBy:
    """Marks a member with the services that read it, where they are not those of its section."""

    services: tuple[Service, ...]


def read_by(*services: Service) -> ReadBy:
    """The mark of a member that other services read than its section says."""
    return ReadBy(services)


class Section(BaseModel):
    """A part of a blueprint. A member that it does not have is refused: it may be a misspelt one."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, str_strip_whitespace=True)
    READ_BY: ClassVar[tuple[Service, ...]] = ("applications",)

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_left_out(cls, given: Any) -> Any:
        """A member without a value (`nudges:`) is as one that is not there."""
        return {n: value for n, value in given.items() if value is not None} if isinstance(given, dict) else given

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Bounds in the words of JSON Schema: pydantic leaves those of a value that is read first as they are."""
        made = handler(core)
        _in_words_of_schema(handler.resolve_ref_schema(made))
        return made

    @classmethod
    def readers(cls, member: str) -> tuple[Service, ...]:
        """The services that read a member."""
        marks = [mark for mark in cls.model_fields[member].metadata if isinstance(mark, ReadBy)]
        return marks[0].services if marks else cls.READ_BY


_BOUNDS: Final = {
    "ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "min_length": "minLength", "max_length": "maxLength",
}  # fmt: skip


def _in_words_of_schema(made: Any) -> None:
    if isinstance(made, dict):
        for ours, theirs in _BOUNDS.items():
            if ours in made and not isinstance(made[ours], dict):
                made[theirs] = made.pop(ours)
    for part in made.values() if isinstance(made, dict) else made if isinstance(made, list) else ():
        _in_words_of_schema(part)


def written(section: type[BaseModel]) -> dict[str, str]:
    """The members of a section as a file writes them, each with the name it has in code."""
    return {field.alias or name: name for name, field in section.model_fields.items()}


def sections_in(annotation: Any) -> Iterator[type[Section]]:
    """The sections that stand somewhere in a type."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        yield annotation
    for part in get_args(annotation):
        if get_args(annotation) and annotation is not Annotated:
            yield from sections_in(part)
