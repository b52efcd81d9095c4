"""YAML of people's hands, read as they mean it, with the line and column of everything in it.

Days, times, `yes`, `no`, `012` and the like are texts as they are written; numbers are numbers only where nothing of
them is lost. What would make a machine work for hours (aliases of aliases, great depth) or say two things at once (a
name given twice) is refused.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

MOST_BYTES: Final = 1 << 20
_MOST_NODES: Final = 100_000
_MOST_DEPTH: Final = 60
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,14})")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,14})\.[0-9]{1,15}")
_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_OWN: Final = "tag:yaml.org,2002:"
_PLAIN: Final = frozenset(
    _OWN + name for name in ("null", "bool", "int", "float", "timestamp", "str", "value", "merge", "map", "seq")
)

Path = tuple[str | int, ...]
Place = tuple[int, int]
"""Line and column, both from 1."""


def ours(text: str) -> Any:
    """What a file of the project's own says: plain YAML, by the parser in C, which takes a tenth of the time."""
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe one


class YamlUnreadable(ValueError):
    """The text is no YAML that is taken here; `place` is where, None where it is no place's fault."""

    def __init__(self, code: str, detail: str, place: Place | None = None) -> None:
        super().__init__(detail)
        self.code, self.detail, self.place = code, detail, place


@dataclass
class YamlText:
    """What a text says as plain data (mappings, lists, texts, numbers, true, false, null), and where.

    `twice` are names that a mapping gives again; the first counts.
    """

    document: Any = None
    values: dict[Path, Place] = field(default_factory=dict)
    names: dict[Path, Place] = field(default_factory=dict)
    twice: list[tuple[Path, Place]] = field(default_factory=list)

    def place(self, path: Sequence[str | int], *, of_name: bool = False) -> Place:
        """Where something stands: its value, or its name; of what is not there, what it would be a part of."""
        for end in range(len(path), -1, -1):
            here = tuple(path[:end])
            found = self.names.get(here) if of_name and end == len(path) else self.values.get(here)
            if found is not None:
                return found
        return 1, 1


def read_yaml(text: str | bytes) -> YamlText:
    """Read one document. YamlUnreadable."""
    decoded = _decoded(text)
    try:
        _check_events(decoded)
        node = yaml.compose(decoded, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        said = " ".join(part for part in (error.context, error.problem) if part)
        raise YamlUnreadable("yaml", f"this is not YAML: {said}", _place(error.problem_mark)) from None
    except (yaml.YAMLError, RecursionError):
        raise YamlUnreadable("yaml", "this is not YAML: it holds characters that are not taken") from None
    found = YamlText()
    if node is not None:
        _check_size(node)
        found.document = _value(node, (), found)
    return found


def _decoded(text: str | bytes) -> str:
    if len(text) > MOST_BYTES:
        raise YamlUnreadable("too_large", f"more than {MOST_BYTES // 1024} KiB")
    try:
        return text.decode("utf-8-sig") if isinstance(text, bytes) else text
    except UnicodeDecodeError:
        raise YamlUnreadable("encoding", "this is not UTF-8") from None


def _check_events(text: str) -> None:
    """Refuse depth and length before anything is built of them."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=_Loader)):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _MOST_DEPTH:
            raise YamlUnreadable("too_deep", f"nested more than {_MOST_DEPTH} deep", _place(event.start_mark))
        if number > 2 * _MOST_NODES:
            raise YamlUnreadable("too_large", "too many parts", _place(event.start_mark))


def _check_size(root: yaml.Node) -> None:
    """Refuse aliases that say more, taken together, than a file may say; and what stands within itself."""
    sizes: dict[int, int] = {}
    begun: set[int] = set()

    def size(node: yaml.Node) -> int:
        if id(node) in sizes:
            return sizes[id(node)]
        if id(node) in begun:
            raise YamlUnreadable("within_itself", "an alias stands within what it names", _place(node.start_mark))
        begun.add(id(node))
        total = 1 + sum(size(part) for part in _parts(node))
        if total > _MOST_NODES:
            raise YamlUnreadable("too_large", "aliases make it larger than is taken", _place(node.start_mark))
        sizes[id(node)] = total
        return total

    size(root)


def _parts(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            yield name
            yield value
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value


def _value(node: yaml.Node, path: Path, found: YamlText) -> Any:
    found.values[path] = _place(node.start_mark)
    if node.tag not in _PLAIN:
        raise YamlUnreadable("tag", "tags (!…) are not read", _place(node.start_mark))
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, found)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, number), found) for number, item in enumerate(node.value)]
    assert isinstance(node, yaml.ScalarNode)
    return _scalar(node)


def _mapping(node: yaml.MappingNode, path: Path, found: YamlText) -> dict[str, Any]:
    made: dict[str, Any] = {}
    merged: list[yaml.Node] = []
    for name, value in node.value:
        if name.tag == f"{_OWN}merge":
            merged += value.value if isinstance(value, yaml.SequenceNode) else [value]
            continue
        if not isinstance(name, yaml.ScalarNode):
            raise YamlUnreadable("name", "a name is a text", _place(name.start_mark))
        here = (*path, name.value)
        if name.value in made:
            found.twice.append((here, _place(name.start_mark)))
            continue
        found.names[here] = _place(name.start_mark)
        made[name.value] = _value(value, here, found)
    for one in merged:
        if not isinstance(one, yaml.MappingNode):
            raise YamlUnreadable("merge", "<< takes a mapping", _place(one.start_mark))
        made = _mapping(one, path, found) | made
    return made


def _scalar(node: yaml.ScalarNode) -> Any:
    """A plain word as it is meant; what is quoted is a text."""
    text: str = node.value
    if node.style or node.tag in (f"{_OWN}str", f"{_OWN}timestamp"):
        return text
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def _place(mark: Any) -> Place:
    return (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
