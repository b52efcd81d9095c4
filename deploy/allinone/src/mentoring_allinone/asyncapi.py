"""The events as JSON Schema, examples and one AsyncAPI 3 document, all from the classes of mentoring_contracts."""

import types
from datetime import date, datetime
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID, uuid5

from pydantic import BaseModel
from pydantic.fields import FieldInfo

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
    return made | cls.model_json_schema(mode="serialization")


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
    """The AsyncAPI 3.0 document of all topics."""
    owners = sorted({cls.owner for cls in event_classes()})
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Events of the mentoring services",
            "version": "1",
            "description": _DESCRIPTION,
        },
        "defaultContentType": "application/json",
        "channels": {owner: _channel(owner) for owner in owners},
        "operations": {f"publish_{owner}": _operation(owner) for owner in owners},
        "components": {"messages": {cls.__name__: _message(cls) for cls in event_classes()}},
    }


def _channel(owner: str) -> dict[str, Any]:
    messages = {c.__name__: {"$ref": f"#/components/messages/{c.__name__}"} for c in event_classes(owner)}
    return {"address": f"mentoring.{owner}", "title": f"Events of the {owner} service", "messages": messages}


def _operation(owner: str) -> dict[str, Any]:
    return {"action": "send", "channel": {"$ref": f"#/channels/{owner}"}}


def _message(cls: type[Event]) -> dict[str, Any]:
    name = f"{cls.owner}.{cls.__name__}.v{cls.version}.json"
    headers = {"type": "object", "properties": {"ce_type": {"type": "string", "const": cls.type_name()}}}
    return {
        "name": cls.type_name(),
        "title": cls.__name__,
        "summary": (cls.__doc__ or "").strip().splitlines()[0],
        "contentType": "application/json",
        "headers": headers | {"required": ["ce_type", "ce_id", "ce_source", "ce_specversion", "ce_subject", "ce_time"]},
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": {"$ref": f"schemas/{name}"},
        },
        "bindings": {
            "kafka": {"key": {"type": "string", "format": "uuid", "description": f"id of the {cls.aggregate}"}}
        },
    }
