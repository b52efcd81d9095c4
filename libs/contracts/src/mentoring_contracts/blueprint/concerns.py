"""Who is told at once when somebody needs help or raises a concern, and how soon it has to be taken."""

from typing import Annotated

from pydantic import Field

from mentoring_contracts.blueprint.roles import KnownRole
from mentoring_contracts.blueprint.scalars import Whole
from mentoring_contracts.blueprint.section import Section

Hours = Annotated[Whole, Field(ge=1, le=8760)]


class HoursToTake(Section):
    """In how many hours somebody takes a concern, by its severity."""

    READ_BY = ("sessions",)
    urgent: Annotated[Hours, Field(description="when somebody may come to harm")] = 4
    serious: Annotated[Hours, Field(description="when it cannot wait for the next talk with the pair")] = 24
    normal: Annotated[Hours, Field(description="otherwise")] = 72


class Concerns(Section):
    """Who takes concerns, and who is told when nobody does."""

    READ_BY = ("sessions",)
    duty: Annotated[KnownRole, Field(description="the role that is told at once")] = "coordinator"
    escalation: Annotated[KnownRole, Field(description="the role that is told when nobody took it in time")] = (
        "programme_manager"
    )
    hours: Annotated[HoursToTake, Field(description="how soon somebody takes it")] = HoursToTake()
