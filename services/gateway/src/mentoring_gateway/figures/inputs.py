"""What arguments about figures take."""

from enum import Enum

import strawberry

from mentoring_gateway.values import Role


@strawberry.enum(description="For whom figures are: the programme team's own view is exact, the public one suppressed")
class Audience(Enum):
    PROGRAMME_TEAM = "programme_team"
    PUBLIC = "public"


@strawberry.input(
    description="Which figure of a name: of a cohort (null: all), a role (null: both) or a kind, a survey"
)
class FigureGroup:
    cohort: int | None = None
    role: Role | None = None
    wave: str | None = None
    kind: str | None = None


def members(group: FigureGroup) -> dict[str, int | str | None]:
    """A group as parts of a query: cohort, role, wave."""
    role = group.role.value if group.role else group.kind
    return {"cohort": group.cohort, "role": role, "wave": group.wave}
