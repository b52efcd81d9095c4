"""What a front end was promised: the GraphQL schema as it was last released, and what would break it.

`python -m mentoring_allinone.released` keeps the schema of now as the released one: what breaks from then on is refused
by `make check`.
"""

import sys
from pathlib import Path

from graphql import GraphQLSchema, build_schema, find_breaking_changes

ROOT = Path(__file__).resolve().parents[4]
RELEASED = ROOT / "libs" / "contracts" / "released" / "schema.graphql"
CURRENT = ROOT / "libs" / "contracts" / "src" / "mentoring_contracts" / "graphql" / "schema.graphql"
_MOST_TOKENS = 200_000


def broken(released: str, current: str) -> list[str]:
    """Every change after which an operation that was right no longer is, in words."""
    changes = find_breaking_changes(_schema(released), _schema(current))
    return sorted(change.description for change in changes)


def faults() -> list[str]:
    """What breaks the released schema."""
    return broken(RELEASED.read_text("utf-8"), CURRENT.read_text("utf-8"))


def _schema(text: str) -> GraphQLSchema:
    return build_schema(text, max_tokens=_MOST_TOKENS)


if __name__ == "__main__":
    RELEASED.parent.mkdir(exist_ok=True)
    RELEASED.write_text(CURRENT.read_text("utf-8"), encoding="utf-8")
    sys.stdout.write(f"released: {RELEASED.relative_to(ROOT)}\n")
