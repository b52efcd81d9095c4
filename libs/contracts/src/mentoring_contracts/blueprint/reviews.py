"""When a pair is asked how it goes on: after its first meeting, in the middle, and before its end."""

from typing import Annotated

from pydantic import Field

from mentoring_contracts.blueprint.scalars import Whole
from mentoring_contracts.blueprint.section import Section


class Reviews(Section):
    """The reviews of a pair, by its own time: later by every break it has. One that is left out is not held."""

    READ_BY = ("sessions",)
    fit_check_days: Annotated[
        Whole | None, Field(ge=0, le=366, description="so many days after the first meeting both say whether they fit")
    ] = None
    mid_term_months: Annotated[
        Whole | None, Field(ge=1, le=120, description="so many months after its start both say how they go on")
    ] = None
    end_days: Annotated[
        Whole | None, Field(ge=1, le=366, description="so many days before its end both say what comes after")
    ] = None
    answer_days: Annotated[
        Whole, Field(ge=1, le=90, description="how many days both have to answer; after half of them they are reminded")
    ] = 14
