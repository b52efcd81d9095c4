"""What bodies of requests are made of, whatever they are about.

No answer to an unsafe method carries a text that somebody wrote: answers are kept for Idempotency-Key, unsealed.
"""

from typing import Annotated, Literal

from pydantic import Field

from mentoring_common.bodies import Body

Text = Annotated[str, Field(min_length=1, max_length=4000)]
Why = Annotated[str, Field(min_length=1, max_length=500, description="why, for the pair and the programme team")]
MeetingMode = Literal["online", "in_person", "phone"]
Minutes = Annotated[int, Field(ge=1, le=1440)]


Label = Annotated[str, Field(min_length=1, max_length=200)]


class Withdrawing(Body):
    reason: Why
