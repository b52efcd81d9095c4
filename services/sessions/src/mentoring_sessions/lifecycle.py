"""The states of a relationship, as a table; nothing here touches a database."""

from calendar import monthrange
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """Where a relationship stands."""

    WAITING = "waiting_for_orientation"
    ACTIVE = "active"
    CLOSED = "closed"
    ENDED = "ended"


class Act(StrEnum):
    """What moves a relationship from one state to another."""

    START = "start"
    CLOSE = "close"
    END = "end"


# A relationship that never started has nothing to close; it can only end early.
TRANSITIONS: dict[tuple[State, Act], State] = {
    (State.WAITING, Act.START): State.ACTIVE,
    (State.WAITING, Act.END): State.ENDED,
    (State.ACTIVE, Act.CLOSE): State.CLOSED,
    (State.ACTIVE, Act.END): State.ENDED,
}


def sources(act: Act) -> list[State]:
    """The states from which `act` is possible."""
    return [state for state, possible in TRANSITIONS if possible is act]


def target(act: Act) -> State:
    """The state that `act` leads to, from wherever it is possible."""
    (state,) = {after for (_, possible), after in TRANSITIONS.items() if possible is act}
    return state


def months_later(moment: datetime, months: int) -> datetime:
    """The same day and time `months` calendar months later; the last day of a month that is too short."""
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))
