"""Whether what was promised still holds: JSON Schemas of two versions, told apart by who reads and who writes.

What others read (events, answers) may get more members and say less; of what others write (bodies, parameters) less may
be asked, and more be taken. Limits of length and number are not compared.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

Schema = Mapping[str, Any]
_METHODS: Final = frozenset({"get", "post", "put", "patch", "delete"})
_SAID: Final = frozenset({"title", "description", "example", "examples", "summary", "tags", "default"})


def pruned(part: Any, names: bool = False) -> Any:
    """A document without what is only said; `names`: the keys are names of somebody's, such as those of properties."""
    if isinstance(part, list):
        return [pruned(one) for one in part]
    if not isinstance(part, dict):
        return part
    kept = {name: value for name, value in part.items() if names or name not in _SAID}
    return {name: pruned(value, name in ("properties", "schemas", "$defs")) for name, value in kept.items()}


class Comparison:
    """Two documents whose schemas are compared; every break is named by where it stands."""

    def __init__(self, before: Schema, after: Schema) -> None:
        self._before, self._after = before, after
        self._known: dict[tuple[str, str, bool], list[str]] = {}

    def broken(self, before: Schema, after: Schema, where: str, *, read: bool) -> Iterator[str]:
        """What no longer holds for those outside who read this, or (not `read`) write it."""
        pair = (str(before.get("$ref", "")), str(after.get("$ref", "")), read)
        if not all(pair[:2]):
            yield from self._broken(before, after, where, read)
            return
        if pair not in self._known:
            self._known[pair] = []  # what refers to itself is not compared again inside of itself
            self._known[pair] = list(self._broken(before, after, pair[0].rpartition("/")[2], read))
        yield from (f"{where}: {one}" for one in self._known[pair])

    def _broken(self, before: Schema, after: Schema, where: str, read: bool) -> Iterator[str]:
        before, after = _resolved(before, self._before), _resolved(after, self._after)
        old, new = list(_kinds(before, self._before)), list(_kinds(after, self._after))
        given, taken = (new, old) if read else (old, new)
        for one in given:
            found = [list(self._one(*((other, one) if read else (one, other)), where, read)) for other in taken]
            if not any(faults == [] for faults in found):
                same = [f for f, other in zip(found, taken, strict=True) if other.get("type") == one.get("type")]
                yield from (same or [[f"{where}: is of another type"]])[0]

    def _one(self, before: Schema, after: Schema, where: str, read: bool) -> Iterator[str]:
        if not _same_type(before, after, read):
            yield f"{where}: is of another type"
            return
        yield from _of_values(before, after, where, read)
        # `binary` leaves nothing out: any text is bytes.
        if (
            before.get("format") != after.get("format")
            and (before if read else after).get("format", "binary") != "binary"
        ):
            yield f"{where}: has another format"
        if "items" in before and "items" in after:
            yield from self.broken(before["items"], after["items"], f"{where}[]", read=read)
        yield from self._members(before, after, where, read)

    def _members(self, before: Schema, after: Schema, where: str, read: bool) -> Iterator[str]:
        old, new = before.get("properties", {}), after.get("properties", {})
        for name in old:
            if name not in new:
                if after.get("additionalProperties") is not True or read:
                    yield f"{where}.{name}: is gone"
            else:
                yield from self.broken(old[name], new[name], f"{where}.{name}", read=read)
        was, has = set(before.get("required", ())), set(after.get("required", ()))
        for name in sorted((was - has) & new.keys() if read else has - was):
            yield f"{where}.{name}: {'may be left out' if read else 'has become required'}"
        wide, wider = before.get("additionalProperties"), after.get("additionalProperties")
        if isinstance(wide, dict) and isinstance(wider, dict):
            yield from self.broken(wide, wider, f"{where}.*", read=read)


def operations_broken(before: Schema, after: Schema) -> list[str]:
    """What breaks clients that were made of the OpenAPI document `before`."""
    comparing = Comparison(before, after)
    found: list[str] = []
    for path, methods in before["paths"].items():
        for method in methods.keys() & _METHODS:
            where = f"{method.upper()} {path}"
            now = after["paths"].get(path, {}).get(method)
            found += [f"{where}: is gone"] if now is None else _operation(comparing, methods[method], now, where)
    return sorted(found)


def _operation(comparing: Comparison, before: Schema, after: Schema, where: str) -> list[str]:
    old, new = ({(p["in"], p["name"]): p for p in one.get("parameters", ())} for one in (before, after))
    found = [f"{where}: parameter {key[1]} is gone" for key in old if key not in new]
    for key, parameter in new.items():
        if parameter.get("required") and not old.get(key, {}).get("required"):
            found.append(f"{where}: parameter {key[1]} has become required")
        if key in old:
            at = f"{where}: parameter {key[1]}"
            found += comparing.broken(old[key].get("schema", {}), parameter.get("schema", {}), at, read=False)
    sent, taken = (one.get("requestBody", {}).get("content", {}) for one in (before, after))
    if after.get("requestBody", {}).get("required") and not before.get("requestBody", {}).get("required"):
        found.append(f"{where}: a body has become required")
    found += _contents(comparing, sent, taken, f"{where}: body", read=False)
    for status, answer in before.get("responses", {}).items():
        now = after.get("responses", {}).get(status)
        if status.startswith("2"):
            at = f"{where}: answer {status}"
            told, tells = answer.get("content", {}), (now or {}).get("content", {})
            found += [f"{at}: is gone"] if now is None else _contents(comparing, told, tells, at, read=True)
    return found


def _contents(comparing: Comparison, before: Schema, after: Schema, where: str, *, read: bool) -> list[str]:
    found = [f"{where}: is not of {kind} any more" for kind in before if kind not in after]
    for kind in before.keys() & after.keys():
        found += comparing.broken(before[kind].get("schema", {}), after[kind].get("schema", {}), where, read=read)
    return found


def _resolved(schema: Schema, document: Schema) -> Schema:
    while "$ref" in schema:
        part: Any = document
        for name in str(schema["$ref"]).removeprefix("#/").split("/"):
            part = part[name]
        schema = part
    one = schema.get("allOf", ())
    return _resolved(one[0], document) if len(one) == 1 else schema


def _kinds(schema: Schema, document: Schema) -> Iterator[Schema]:
    """What a value may be, one kind after the other."""
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        for choice in choices:
            yield from _kinds(_resolved(choice, document), document)
    elif isinstance(schema.get("type"), list):
        yield from ({**schema, "type": one} for one in schema["type"])
    else:
        yield schema


def _same_type(before: Schema, after: Schema, read: bool) -> bool:
    old, new = before.get("type"), after.get("type")
    given, taken = (new, old) if read else (old, new)
    return taken is None or given == taken or (given, taken) == ("integer", "number")


def _of_values(before: Schema, after: Schema, where: str, read: bool) -> Iterator[str]:
    old, new = (one.get("enum") or ([one["const"]] if "const" in one else None) for one in (before, after))
    given, taken = (new, old) if read else (old, new)
    if taken is not None and (given is None or not {str(v) for v in given} <= {str(v) for v in taken}):
        yield f"{where}: {'says' if read else 'refuses'} other words than before"
