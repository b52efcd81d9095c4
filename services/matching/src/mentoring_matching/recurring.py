"""When a cohort of rolling intake is matched by itself: the timetable of a policy, by the clocks of the programme."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from mentoring_contracts.blueprint.dates import begins_at
from mentoring_contracts.blueprint.matching import Recurring
from mentoring_contracts.words import in_words
from mentoring_matching.engine import PolicyError


def timetable(document: Mapping[str, Any]) -> Recurring | None:
    """The timetable of a policy, None without one; PolicyError for what is none."""
    if document.get("recurring") is None:
        return None
    try:
        return Recurring.model_validate(document["recurring"])
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "recurring"
        raise PolicyError("recurring", where, in_words(first["msg"])) from None


def next_moment(times: Recurring, zone: str | None, after: datetime) -> datetime:
    """The first moment of the timetable that is later than `after`, which says it in UTC."""
    day = after.date() - timedelta(days=1)  # clocks of the zone may show the day before
    while True:
        if _is_day(times, day) and (moment := begins_at(day, times.clock_time, zone)) > after:
            return moment
        day += timedelta(days=1)


def _is_day(times: Recurring, day: date) -> bool:
    if times.weekday is None:
        return day.day == min(int(times.day), monthrange(day.year, day.month)[1])
    return day.weekday() == times.weekday and (times.every == "week" or day.day <= 7)
