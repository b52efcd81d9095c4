"""The types of events that somebody outside may ask for."""

import inspect
from collections.abc import Sequence

from mentoring_common.faults import fault
from mentoring_contracts import event_classes
from mentoring_integrations.changes.schemas import EventType
from mentoring_integrations.errors import UnknownEventType


def event_types() -> list[EventType]:
    """What may be asked for, by name."""
    classes = sorted(event_classes(), key=lambda cls: cls.type_name())
    return [EventType(type=cls.type_name(), meaning=inspect.getdoc(cls) or "") for cls in classes]


def known_types(wanted: Sequence[str], *path: str) -> list[str]:
    """These types without doubles, in order; UnknownEventType if one of those at `path` of the request is no event."""
    known = {cls.type_name() for cls in event_classes()}
    if unknown := [n for n, name in enumerate(wanted) if name not in known]:
        said = "no event is called so"
        raise UnknownEventType(errors=[fault("unknown_event_type", said, *path, n) for n in unknown])
    return sorted(set(wanted))
