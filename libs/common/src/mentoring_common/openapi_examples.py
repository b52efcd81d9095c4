"""An example of every request body, put together from its schema: it changes with the schema and fits it."""

from collections.abc import Mapping
from typing import Any

_BY_FORMAT = {
    "uuid": "01937c2e-8f4b-7c3d-9a61-5d0c2b7e4f10",
    "date-time": "2026-03-02T09:00:00Z",
    "date": "2026-03-02",
    "email": "somebody@example.org",
    "uri": "https://example.org/",
    "binary": "",
}


class Examples:
    """Examples of the schemas of one document.

    `by_member` gives texts and numbers that read well, by the name of the member or `Schema.member`; `whole` gives a
    schema's whole example, where its members depend on each other.
    """

    def __init__(self, schemas: Mapping[str, Any], by_member: Mapping[str, Any], whole: Mapping[str, Any]) -> None:
        self._schemas = schemas
        self._by_member = by_member
        self._whole = whole

    def of(self, schema: Mapping[str, Any], name: str = "", owner: str = "") -> Any:
        """An example of a schema, which is that of the member `name` of `owner`."""
        if "$ref" in schema:
            owner = schema["$ref"].rsplit("/", 1)[-1]
            return self._whole.get(owner) or self.of(self._schemas[owner], name, owner)
        known = self._known(schema, name, owner)
        if known is not None:
            return known
        for union in ("anyOf", "oneOf", "allOf"):
            if union in schema:
                return self.of(next(o for o in schema[union] if o.get("type") != "null"), name, owner)
        match schema.get("type"):
            case "object":
                return self._object(schema, owner)
            case "array":
                return self._array(schema, name, owner)
            case "boolean":
                return True
            case "integer" | "number":
                return _number(schema)
        return _text(schema, name)

    def _known(self, schema: Mapping[str, Any], name: str, owner: str) -> Any:
        """What somebody wrote as the example, or the only thing that it can be."""
        given = self._by_member.get(f"{owner}.{name}", self._by_member.get(name))
        fits = schema.get("type") not in ("object", "array", "boolean") and given in schema.get("enum", [given])
        if given is not None and fits:
            return given
        return next(iter([*schema.get("examples", ()), *schema.get("enum", ())]), schema.get("const"))

    def _object(self, schema: Mapping[str, Any], owner: str) -> dict[str, Any]:
        members = schema.get("properties", {})
        needed = [member for member in members if member in schema.get("required", ())]
        told = [m for m in members if f"{owner}.{m}" in self._by_member or "examples" in members[m]]
        shown = [m for m in members if m in {*needed, *told}] or list(members)[:1]
        return {member: self.of(members[member], member, owner) for member in shown}

    def _array(self, schema: Mapping[str, Any], name: str, owner: str) -> list[Any]:
        items = self.of(schema.get("items", {}), name, owner)
        return [items] * max(1, schema.get("minItems", 1))


def _text(schema: Mapping[str, Any], name: str) -> str:
    text = _BY_FORMAT.get(schema.get("format", ""), name.replace("_", " ") or "text")
    return text.ljust(schema.get("minLength", 0), ".")[: schema.get("maxLength", len(text) + 1000)]


def _number(schema: Mapping[str, Any]) -> int | float:
    least = schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
    number: int | float = min(max(least, 1), schema.get("maximum", schema.get("exclusiveMaximum", least + 2) - 1))
    return int(number) if schema["type"] == "integer" else number
