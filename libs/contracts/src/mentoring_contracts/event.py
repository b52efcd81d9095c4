"""What an event is: a past fact about one aggregate, published by the service that owns it."""

from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

_CLASSES: dict[str, type["Event"]] = {}


class _Person:
    """Marks the fields that hold ids of people."""


PersonId = Annotated[UUID, _Person]


class UnknownEvent(LookupError):
    """No event class of this type is known to this version of the contracts."""


class Event(BaseModel):
    """A fact that happened, named in the past tense; ids, states and counts, never personal data.

    `owner` is the service that publishes it, `aggregate` what it is about and `subject` the field with the
    aggregate's id: events of one aggregate arrive in order, events of different ones in any order.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    owner: ClassVar[str]
    aggregate: ClassVar[str]
    subject: ClassVar[str]
    version: ClassVar[int] = 1
    # Whether the people named are erased by it.
    erases: ClassVar[bool] = False
    # Why nobody inside the system reacts to it; None where a service does.
    for_integrators: ClassVar[str | None] = None

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if cls.__name__.startswith("_"):  # a shared base, not a fact
            return
        for name in ("owner", "aggregate", "subject"):
            if not hasattr(cls, name):
                raise TypeError(f"{cls.__name__} lacks {name}")
        if cls.subject not in cls.model_fields:
            raise TypeError(f"{cls.__name__} has no field {cls.subject}")
        if cls.type_name() in _CLASSES:
            raise TypeError(f"two events are called {cls.type_name()}")
        _CLASSES[cls.type_name()] = cls

    @classmethod
    def type_name(cls) -> str:
        """The CloudEvents `type`, for example `mentoring.matching.MatchConfirmed.v1`."""
        return f"mentoring.{cls.owner}.{cls.__name__}.v{cls.version}"

    @classmethod
    def topic(cls) -> str:
        """The Kafka topic: one per owning service, so that order holds across the types of an aggregate."""
        return f"mentoring.{cls.owner}"

    @classmethod
    def people_fields(cls) -> list[str]:
        """The fields that hold ids of people."""
        return [name for name, field in cls.model_fields.items() if _Person in field.metadata]

    def people(self) -> set[UUID]:
        """The ids of the people that the event names."""
        return {getattr(self, name) for name in self.people_fields()}

    def subject_id(self) -> UUID:
        """The id of the aggregate the event is about."""
        value: UUID = getattr(self, self.subject)
        return value


def event_class(type_name: str) -> type[Event]:
    """The class of a CloudEvents `type`; UnknownEvent if these contracts do not hold it."""
    try:
        return _CLASSES[type_name]
    except KeyError:
        raise UnknownEvent(type_name) from None


def event_classes(owner: str | None = None) -> list[type[Event]]:
    """Every event class, of one owner or of all, by type name."""
    return [c for _, c in sorted(_CLASSES.items()) if owner is None or c.owner == owner]


def schema_id(cls: type[Event]) -> str:
    """The CloudEvents `dataschema` of an event class."""
    return f"urn:mentoring:schema:{cls.owner}:{cls.__name__}:{cls.version}"
