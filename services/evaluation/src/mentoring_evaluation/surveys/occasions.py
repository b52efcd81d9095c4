"""Surveys that follow what happens: after a mentoring session or an activity, as a programme's blueprint declares; and
what a pair is asked in its own time (`waves` that open in `month 4 of the pair`).

surveys:
  after:
    - {instrument: after_session, trigger: mentoring_session, open_days: 7}
    - {instrument: after_workshop, trigger: activity, kinds: [workshop], roles: [mentee], open_days: 5}
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from mentoring_contracts.blueprint.surveys import AfterWhat
from mentoring_contracts.words import Side
from mentoring_evaluation.surveys.instruments import Id

Trigger = Literal["mentoring_session", "activity", "pairs_time"]
MOST_OPEN_DAYS = 90


class After(BaseModel):
    """Ask those who took part, once for each meeting or activity, for `open_days`.

    `kinds` are the activities it follows (none: all of them), `roles` whom it asks. Answers are gathered per cohort for
    `together_days`; after that the next occasion begins another wave.
    """

    model_config = ConfigDict(extra="forbid")
    instrument: Id
    trigger: Trigger
    kinds: list[str] = []
    roles: Annotated[list[Side], Field(min_length=1)] = ["mentor", "mentee"]
    open_days: int = Field(7, ge=1, le=MOST_OPEN_DAYS)
    together_days: int = Field(365, ge=1, le=730)

    @property
    def open_for(self) -> timedelta:
        """How long one occasion may be answered."""
        return timedelta(days=self.open_days)

    @property
    def gathers_for(self) -> timedelta:
        """How long a wave gathers: its last occasion has its full time too."""
        return timedelta(days=self.together_days) + self.open_for

    def follows(self, kind: str) -> bool:
        """Whether it is asked after activities of a kind."""
        return not self.kinds or kind in self.kinds


def asked_after(declared: Sequence[AfterWhat]) -> list[After]:
    """What a blueprint's `surveys: {after: […]}` declares."""
    return [After.model_validate(one.model_dump()) for one in declared]
