"""Days and moments that people give, in the one range that everything here reckons with.

Beyond it lie typing errors, and years at which adding a month or changing the time zone fails.
"""

from datetime import UTC, date, datetime
from typing import Annotated, Final

from pydantic import AwareDatetime, Field, NaiveDatetime

FIRST: Final = date(1900, 1, 1)
LAST: Final = date(2199, 12, 31)
_BEGIN: Final = datetime(1900, 1, 1, tzinfo=UTC)
_END: Final = datetime(2199, 12, 31, 23, 59, 59, tzinfo=UTC)

# JSON Schema has bounds of dates as a vocabulary (formatMinimum): what does not know it passes over it.
_SHOWN: Final = {"formatMinimum": FIRST.isoformat(), "formatMaximum": LAST.isoformat()}
_MOMENTS: Final = {"formatMinimum": f"{_BEGIN:%Y-%m-%dT%H:%M:%SZ}", "formatMaximum": f"{_END:%Y-%m-%dT%H:%M:%SZ}"}

Day = Annotated[date, Field(ge=FIRST, le=LAST, json_schema_extra=_SHOWN)]
Moment = Annotated[AwareDatetime, Field(ge=_BEGIN, le=_END, json_schema_extra=_MOMENTS)]
WallTime = Annotated[NaiveDatetime, Field(ge=_BEGIN.replace(tzinfo=None), le=_END.replace(tzinfo=None))]


def reckoned_with(day: date) -> bool:
    """Whether a day lies in the range, 1900 to 2199."""
    return FIRST <= day <= LAST
