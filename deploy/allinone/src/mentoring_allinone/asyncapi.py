"""The events as JSON Schema, examples and one AsyncAPI 3.1 document, all from the classes of mentoring_contracts."""

import inspect
import types
from datetime import date, datetime
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID, uuid5

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from mentoring_common.openapi import said_of, words
from mentoring_contracts import Event, event_classes, schema_id

_NAMESPACE = UUID("018f0000-0000-7000-8000-000000000000")
_DESCRIPTION = """\
CloudEvents 1.0 in the Kafka binding's binary mode: attributes are `ce_` headers, the record's value is the data as
JSON, its key the aggregate's id. Events of one aggregate keep their order; an event may come more than once, with the
same `ce_id`. No personal data."""
_MOMENT = "2022-04-27T09:00:00Z"


def schema(cls: type[Event]) -> dict[str, Any]:
    """The JSON Schema (2020-12) of an event's data."""
    made = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": schema_id(cls)}
    described = cls.model_json_schema(mode="serialization")
    for owner, part in [(cls.__name__, described), *described.get("$defs", {}).items()]:
        for name, member in part.get("properties", {}).items():
            member.setdefault("description", _said(name, owner))
    return made | described


def _said(name: str, owner: str) -> str:
    """What the contracts say of a member of an event; a test holds that there is something."""
    own: dict[str, str] = words()["events"]
    return own.get(f"{owner}.{name}") or own.get(name) or said_of(name, owner) or ""


def example(cls: type[Event]) -> dict[str, Any]:
    """A valid event in the CloudEvents JSON format; the same at every call."""
    data = cls.model_validate({name: _value(name, f.annotation) for name, f in cls.model_fields.items()})
    subject = str(data.subject_id())
    return {
        "specversion": "1.0",
        "id": str(uuid5(_NAMESPACE, cls.type_name())),
        "source": f"/mentoring/{cls.owner}",
        "type": cls.type_name(),
        "subject": subject,
        "time": _MOMENT,
        "datacontenttype": "application/json",
        "dataschema": schema_id(cls),
        "partitionkey": subject,
        "tenantid": str(uuid5(_NAMESPACE, "tenant")),
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
        "aggregateversion": "1",
        "data": data.model_dump(mode="json"),
    }


def _value(name: str, annotation: Any) -> Any:
    """A plain value of a field's type."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return _value(name, arguments[0])
    if origin is Literal:
        return arguments[0]
    if origin is list:
        return [_value(name, arguments[0])]
    if origin is dict:
        return {"id": "nihr-2022"}
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {k: _value(k, f.annotation) for k, f in _fields(annotation).items()}
    plain: dict[Any, Any] = {UUID: str(uuid5(_NAMESPACE, name)), datetime: _MOMENT, date: _MOMENT[:10]}
    return (plain | {int: 1, bool: True, str: name})[annotation]


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return model.model_fields


def document() -> dict[str, Any]:
    """The AsyncAPI document of all topics."""
    owners = sorted({cls.owner for cls in event_classes()})
    return {
        "asyncapi": "3.1.0",
        "info": {
            "title": "Events of the mentoring services",
            "version": "1",
            "description": _DESCRIPTION,
        },
        "defaultContentType": "application/json",
        "servers": {"kafka": SERVER},
        "channels": {owner: _channel(owner) for owner in owners},
        "operations": {f"publish_{owner}": _operation(owner) for owner in owners},
        "components": {
            "messageTraits": {"envelope": {"headers": HEADERS}},
            "messages": {cls.__name__: _message(cls) for cls in event_classes()},
        },
    }


SERVER: dict[str, Any] = {
    "host": "{bootstrap}",
    "protocol": "kafka",
    "description": "The brokers of an installation, which its own services read; those outside read the changes",
    "variables": {"bootstrap": {"default": "kafka:9092", "description": "as MENTORING_KAFKA_BOOTSTRAP_SERVERS says"}},
}
_TOLD = {
    "specversion": "the version of CloudEvents",
    "id": "of the event: the same whenever it comes, drop what you have",
    "source": "the service that owns what it happened to",
    "type": "what happened, with its version",
    "subject": "id of what it happened to",
    "time": "when it happened, in UTC",
    "dataschema": "the JSON Schema of the data",
    "partitionkey": "the key of the record: that of the subject",
    "tenantid": "the organisation",
    "traceparent": "the trace of the request that it came of (W3C Trace Context)",
    "aggregateversion": "of two events of one subject, the one with the higher is the later",
}
HEADERS: dict[str, Any] = {
    "type": "object",
    "properties": {"content-type": {"type": "string", "const": "application/json", "description": "of the data"}}
    | {f"ce_{name}": {"type": "string", "description": said} for name, said in _TOLD.items()},
    "required": ["content-type", *(f"ce_{name}" for name in _TOLD)],
}


def _headers(cls: type[Event]) -> dict[str, str]:
    known = {f"ce_{name}": value for name, value in example(cls).items() if name in _TOLD}
    return {"content-type": "application/json"} | known


def _channel(owner: str) -> dict[str, Any]:
    messages = {c.__name__: {"$ref": f"#/components/messages/{c.__name__}"} for c in event_classes(owner)}
    return {
        "address": f"mentoring.{owner}",
        "title": f"Events of the {owner} service",
        "servers": [{"$ref": "#/servers/kafka"}],
        "messages": messages,
    }


def _operation(owner: str) -> dict[str, Any]:
    return {"action": "send", "channel": {"$ref": f"#/channels/{owner}"}}


def _message(cls: type[Event]) -> dict[str, Any]:
    name = f"{cls.owner}.{cls.__name__}.v{cls.version}.json"
    people = cls.people_fields()
    whose = f"none; {', '.join(people)} are ids, which only who may read the person can resolve" if people else "none"
    return {
        "name": cls.type_name(),
        "title": cls.__name__,
        "summary": (cls.__doc__ or "").strip().splitlines()[0],
        "description": inspect.getdoc(cls) or "",
        "contentType": "application/json",
        "traits": [{"$ref": "#/components/messageTraits/envelope"}],
        "examples": [{"name": "record", "headers": _headers(cls), "payload": example(cls)["data"]}],
        "x-owner": cls.owner,
        "x-order": f"events of one {cls.aggregate} come in the order in which they happened",
        "x-personal-data": whose,
        "x-versions": [f"v{cls.version}"],
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": {"$ref": f"schemas/{name}"},
        },
        "bindings": {
            "kafka": {"key": {"type": "string", "format": "uuid", "description": f"id of the {cls.aggregate}"}}
        },
    }
