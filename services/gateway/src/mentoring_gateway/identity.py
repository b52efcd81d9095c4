"""By what things are known: their UUID, as in services and events, and a global id that names the type too."""

from typing import TYPE_CHECKING
from uuid import UUID

import strawberry

from mentoring_common.errors import Rejected
from mentoring_gateway.fields import derived

OwnId = strawberry.Private[UUID]  # of a record whose type is a node: the schema shows the global id instead


class InvalidGlobalId(Rejected):
    """This is no global id of a thing that can be found again."""


@strawberry.interface(description="A thing that `node` finds again by its id")
class Node:
    if TYPE_CHECKING:

        @property
        def id(self) -> UUID: ...

    @derived("Its global id: its type, a colon and its UUID; arguments take it like the UUID alone", name="id")
    def global_id(self) -> strawberry.ID:
        return strawberry.ID(f"{type(self).__name__}:{self.id}")


def parted(global_id: str) -> tuple[str, UUID]:
    """The type and the UUID of a global id; InvalidGlobalId."""
    kind, colon, text = global_id.partition(":")
    try:
        return kind, UUID(text if colon else "")
    except ValueError:
        raise InvalidGlobalId() from None


def either(given: object) -> UUID:
    """The UUID that an argument gives, alone or as a global id; ValueError."""
    if isinstance(given, UUID):
        return given
    if not isinstance(given, str):
        raise ValueError("a UUID is a string")
    return UUID(given.partition(":")[2] or given)


# How every UUID is taken and shown.
ANY_ID = strawberry.scalar(
    name="UUID",
    description="The UUID of a thing, as in REST and events; where one is an argument, a global id is taken too",
    serialize=str,
    parse_value=either,
)
