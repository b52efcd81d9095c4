"""What an organisation, or an employer's client, is told: an AsyncAPI document of its own feed, made for who asks.

Those outside read no topics: the channel is the feed of changes, and messages are CloudEvents in JSON with the data
that is shown there, ids, states, counts and times.
"""

import inspect
import json
from functools import cache
from importlib.resources import files
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from mentoring_contracts import Event, event_classes
from mentoring_integrations.changes.audience import told_to_employers

_VALUES: Final = frozenset({"string", "integer", "number", "boolean", "null"})


def catalogue(api: str, tenant: UUID, employer: UUID | None) -> dict[str, Any]:
    """The document; `api` is the address of the service's API."""
    address = urlsplit(api)
    told = [cls for cls in event_classes() if employer is None or told_to_employers(cls)]
    messages = {cls.__name__: _message(cls) for cls in told}
    refs = {name: {"$ref": f"#/components/messages/{name}"} for name in messages}
    whose = f"employer {employer} of organisation {tenant}" if employer else f"organisation {tenant}"
    server = {"host": address.netloc, "pathname": address.path, "protocol": address.scheme}
    return {
        "asyncapi": "3.1.0",
        "info": {"title": "What happens, for those outside", "version": "1", "description": f"As told to the {whose}."},
        "defaultContentType": "application/cloudevents+json",
        "servers": {"api": server | {"description": "GET gives what happened after a cursor; webhooks the same"}},
        "channels": {
            "changes": {"address": "/changes", "title": "What happened", "servers": [{"$ref": "#/servers/api"}],
                        "messages": refs},
        },
        "operations": {"tell": {"action": "send", "channel": {"$ref": "#/channels/changes"}}},
        "components": {"messages": messages},
    }  # fmt: skip


@cache
def _message(cls: type[Event]) -> dict[str, Any]:
    kept = files("mentoring_contracts").joinpath("schemas", f"{cls.owner}.{cls.__name__}.v{cls.version}.json")
    whole = json.loads(kept.read_text("utf-8"))
    shown = {name: member for name, member in whole["properties"].items() if _is_value(member)}
    data = {"type": "object", "properties": shown}
    data |= {"required": [name for name in whole.get("required", ()) if name in shown]}
    event = {
        "type": "object",
        "properties": {
            "type": {"const": cls.type_name()},
            "subject": {"type": "string", "format": "uuid"},
            "data": data,
        },
        "required": ["type", "subject", "data"],
    }
    return {"name": cls.type_name(), "title": cls.__name__, "description": inspect.getdoc(cls) or "", "payload": event}


def _is_value(member: dict[str, Any]) -> bool:
    kinds = [one.get("type") for one in member.get("anyOf", [member])]
    return all(kind in _VALUES for kind in kinds)
