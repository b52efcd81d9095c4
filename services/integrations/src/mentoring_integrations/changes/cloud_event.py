"""An event as those outside are shown it: a CloudEvent in JSON that says what happened to what, and no more.

Of the data stay ids, states, counts and times. Documents and lists stay out (a programme's blueprint has half a
megabyte): whoever needs them reads them by the ids, with rights of their own.
"""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import orjson

from mentoring_common.envelope import Envelope
from mentoring_contracts import Event

_DIGITS: Final = 20  # `sequence` sorts as text does


def told(envelope: Envelope, event: Event | None) -> str:
    """The event without the place it gets in its organisation's order, which `placed` adds."""
    return orjson.dumps(attributes(envelope.type, envelope.id, envelope.source, envelope.time) | {
        # The event's own where there is one: nobody, in the place of a person who is erased.
        "subject": str(event.subject_id() if event else envelope.subject),
        "tenantid": str(envelope.tenantid),
        "aggregateversion": envelope.aggregateversion,
        "data": thin(event),
    }).decode()  # fmt: skip


def attributes(type_: str, id_: UUID, source: str, time: object) -> dict[str, Any]:
    """What every CloudEvent of ours begins with."""
    return {
        "specversion": "1.0",
        "id": str(id_),
        "type": type_,
        "source": source,
        "time": time,
        "datacontenttype": "application/json",
    }


def placed(text: str, position: int) -> str:
    """What `told` gave, with its place."""
    return f'{text[:-1]},"sequence":"{sequence(position)}"}}'


def sequence(position: int) -> str:
    """A place as CloudEvents have it: a text that sorts as the numbers do."""
    return f"{position:0{_DIGITS}}"


def thin(event: Event | None) -> Mapping[str, Any]:
    """The members of an event's data that are one value each."""
    members = event.model_dump(mode="json") if event else {}
    return {name: value for name, value in members.items() if not isinstance(value, dict | list)}


def programme_of(event: Event | None) -> UUID | None:
    """The programme that an event belongs to; None for one of the organisation."""
    return getattr(event, "programme_id", None)
