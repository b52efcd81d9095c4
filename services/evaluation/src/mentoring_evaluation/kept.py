"""Frozen values that are kept as JSON and read back as what they were."""

from typing import TYPE_CHECKING, Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, PlainSerializer, WrapValidator

Number = int | float
"""A number as it is written: a whole one stays whole."""


class Kept(BaseModel):
    """Frozen; as JSON it has the members it was made with and no others, so that what is read back is what was kept.

    What a later release added has a default: rows of earlier releases are still read.
    """

    model_config = ConfigDict(frozen=True, from_attributes=True)

    def to_json(self) -> dict[str, Any]:
        """The JSON object."""
        return self.model_dump(mode="json", exclude_unset=True)

    def but(self, **members: Any) -> Self:
        """The same with other members."""
        return self.model_copy(update=members)


K = TypeVar("K", bound=Kept)

if TYPE_CHECKING:
    AsObject = Annotated[K, "as an object"]
else:

    class AsObject:
        """In an answer: the value's JSON object, of which the contract says no more than that it is one."""

        def __class_getitem__(cls, of: type[Kept]) -> Any:
            read = WrapValidator(lambda value, _: of.model_validate(value))
            return Annotated[dict[str, Any], read, PlainSerializer(of.to_json)]
