"""The types of events that somebody outside may ask for."""

import inspect
from collections.abc import Sequence

from mentoring_common.faults import fault
from mentoring_contracts import event_classes
from mentoring_integrations.errors import UnknownEventType


def event_types() -> list[tuple[str, str]]:
    """What may be asked for, by name, and what each means."""
    return sorted((cls.type_name(), inspect.getdoc(cls) or "") for cls in event_classes())


def known_types(wanted: Sequence[str], *path: str) -> list[str]:
    """These types without doubles, in order; UnknownEventType if one of those at `path` of the request is no event."""
    known = {cls.type_name() for cls in event_classes()}
    if unknown := [n for n, name in enumerate(wanted) if name not in known]:
        said = "no event is called so"
        raise UnknownEventType(errors=[fault("unknown_event_type", said, *path, n) for n in unknown])
    return sorted(set(wanted))
