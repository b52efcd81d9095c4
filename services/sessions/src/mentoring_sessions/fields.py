"""What bodies of requests are made of, whatever they are about.

No answer to an unsafe method carries a text that somebody wrote: answers are kept for Idempotency-Key, unsealed.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(min_length=1, max_length=4000)]
Why = Annotated[str, Field(min_length=1, max_length=500, description="why, for the pair and the programme team")]
MeetingMode = Literal["online", "in_person", "phone"]
Minutes = Annotated[int, Field(ge=1, le=1440)]


Label = Annotated[str, Field(min_length=1, max_length=200)]


class Body(BaseModel):
    """A request body: unknown members are refused, so that a misspelt one is not lost."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Withdrawing(Body):
    reason: Why
