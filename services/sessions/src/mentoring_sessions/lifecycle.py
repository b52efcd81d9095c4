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


class ConcernState(StrEnum):
    """Where a concern stands."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


# Somebody takes it, settles it, takes it up again, or gives it back.
CONCERN: dict[str, dict[str, str]] = {
    "take": {ConcernState.RAISED: ConcernState.ACKNOWLEDGED},
    "resolve": {
        ConcernState.RAISED: ConcernState.RESOLVED,
        ConcernState.ACKNOWLEDGED: ConcernState.RESOLVED,
    },
    "take up again": {ConcernState.RESOLVED: ConcernState.ACKNOWLEDGED},
    "give back": {ConcernState.ACKNOWLEDGED: ConcernState.RAISED, ConcernState.RESOLVED: ConcernState.RAISED},
}


OVER = frozenset({State.CLOSED, State.ENDED})


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


class Appointed(StrEnum):
    """Where an appointment stands."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    CANCELLED = "cancelled"
    HELD = "held"
    MISSED = "missed"


APPOINTMENTS: dict[tuple[Appointed, str], Appointed] = {
    (Appointed.PROPOSED, "propose other times"): Appointed.PROPOSED,
    (Appointed.PROPOSED, "accept"): Appointed.AGREED,
    (Appointed.PROPOSED, "cancel"): Appointed.CANCELLED,
    (Appointed.PROPOSED, "hold"): Appointed.HELD,
    (Appointed.PROPOSED, "miss"): Appointed.MISSED,
    (Appointed.AGREED, "propose other times"): Appointed.PROPOSED,
    (Appointed.AGREED, "cancel"): Appointed.CANCELLED,
    (Appointed.AGREED, "hold"): Appointed.HELD,
    (Appointed.AGREED, "miss"): Appointed.MISSED,
    (Appointed.HELD, "hold"): Appointed.HELD,
    (Appointed.MISSED, "hold"): Appointed.HELD,
}


def sources(act: Act) -> list[State]:
    """The states from which `act` is possible."""
    return [state for state, possible in TRANSITIONS if possible is act]


def target(act: Act) -> State:
    """The state that `act` leads to, from wherever it is possible."""
    (state,) = {after for (_, possible), after in TRANSITIONS.items() if possible is act}
    return state


def diagrams() -> dict[str, list[tuple[str, str, str]]]:
    """Every state machine as (from, to, transition), by the name of the thing."""
    relationship = [(before.value, after.value, act.value) for (before, act), after in TRANSITIONS.items()]
    concern = [(before, after, step) for step, moves in CONCERN.items() for before, after in sorted(moves.items())]
    appointment = [(before.value, after.value, act) for (before, act), after in APPOINTMENTS.items()]
    concerns = [(str(a), str(b), step) for a, b, step in concern]
    return {"relationship": relationship, "concern": concerns, "appointment": appointment}


def months_later(moment: datetime, months: int) -> datetime:
    """The same day and time `months` calendar months later; the last day of a month that is too short."""
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))
