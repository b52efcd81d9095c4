"""What those outside were promised, as it was last released, and what would break it: schema of GraphQL, events, REST.

`python -m mentoring_allinone.released` keeps what is now as released: what breaks it from then on is refused by `make
check`. An event that has to break becomes another version of it, and both are published; an operation is announced to
end (docs/api-versions.md).
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from graphql import GraphQLSchema, build_schema, find_breaking_changes

from mentoring_allinone.compatible import Comparison, operations_broken, pruned

ROOT = Path(__file__).resolve().parents[4]
FOLDER: Final = ROOT / "libs" / "contracts" / "released"
CONTRACTS: Final = ROOT / "libs" / "contracts" / "src" / "mentoring_contracts"
RELEASED, CURRENT = FOLDER / "schema.graphql", CONTRACTS / "graphql" / "schema.graphql"
_MOST_TOKENS = 200_000
Documents = Mapping[str, Any]


def broken(released: str, current: str) -> list[str]:
    """Every change after which a GraphQL operation that was right no longer is, in words."""
    changes = find_breaking_changes(_schema(released), _schema(current))
    return sorted(change.description for change in changes)


def events_broken(released: Documents, current: Documents) -> list[str]:
    """Every change after which a reader of events is told what it does not expect; both are schemas by name."""
    found = [f"{name}: is gone" for name in released if name not in current]
    for name in released.keys() & current.keys():
        before, after = released[name], current[name]
        found += Comparison(before, after).broken(before, after, name, read=True)
    return sorted(found)


def rest_broken(released: Documents, current: Documents) -> list[str]:
    """Every change after which a client of the REST API fails; both are OpenAPI documents by service."""
    found = [f"{name}: is gone" for name in released if name not in current]
    for name in released.keys() & current.keys():
        found += [f"{name}: {one}" for one in operations_broken(released[name], current[name])]
    return found


def current(folder: str) -> dict[str, Any]:
    """The documents of a folder of the contracts, without what is only said."""
    files = sorted((CONTRACTS / folder).glob("*.json"))
    return {path.stem: pruned(json.loads(path.read_text("utf-8"))) for path in files}


def faults() -> list[str]:
    """What breaks what was released."""
    return [
        *broken(RELEASED.read_text("utf-8"), CURRENT.read_text("utf-8")),
        *events_broken(_kept("events"), current("schemas")),
        *rest_broken(_kept("rest"), current("openapi")),
    ]


def _kept(name: str) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return kept


def _lines(documents: Documents) -> str:
    """A document a line, so that a change of one shows as one."""
    lines = (f"{json.dumps(name)}: {json.dumps(one, sort_keys=True)}" for name, one in sorted(documents.items()))
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _schema(text: str) -> GraphQLSchema:
    return build_schema(text, max_tokens=_MOST_TOKENS)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    RELEASED.write_text(CURRENT.read_text("utf-8"), encoding="utf-8")
    (FOLDER / "events.json").write_text(_lines(current("schemas")), encoding="utf-8")
    (FOLDER / "rest.json").write_text(_lines(current("openapi")), encoding="utf-8")
    sys.stdout.write(f"released: {FOLDER.relative_to(ROOT)}\n")
