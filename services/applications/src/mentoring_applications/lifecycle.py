"""The states of an application and what may happen in each, as a table.

An application ends in exactly one of matched, carried over, withdrawn, refused (the ledger's "ineligible") and
unmatched. Withdrawal is possible after matching too; a match that was confirmed while the round closed still counts.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from mentoring_applications.errors import TransitionNotAllowed


class State(StrEnum):
    SUBMITTED = "submitted"
    WAITLISTED = "waitlisted"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    MATCHED = "matched"
    CARRIED_OVER = "carried_over"
    UNMATCHED = "unmatched"


class Act(StrEnum):
    ACCEPT = "accept"
    WAITLIST = "waitlist"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    MOVE = "move"
    MATCH = "match"
    CARRY_OVER = "carry_over"
    CLOSE = "close"


_ALWAYS_WHILE_OPEN: Final = {
    Act.WITHDRAW: State.WITHDRAWN,
    Act.MATCH: State.MATCHED,
    Act.CARRY_OVER: State.CARRIED_OVER,
    Act.CLOSE: State.UNMATCHED,
}

TRANSITIONS: Final[Mapping[State, Mapping[Act, State]]] = {
    State.SUBMITTED: {
        Act.ACCEPT: State.ACCEPTED,
        Act.WAITLIST: State.WAITLISTED,
        Act.REFUSE: State.REFUSED,
        Act.MOVE: State.SUBMITTED,
        **_ALWAYS_WHILE_OPEN,
    },
    State.WAITLISTED: {
        Act.ACCEPT: State.ACCEPTED,
        Act.REFUSE: State.REFUSED,
        Act.MOVE: State.WAITLISTED,
        **_ALWAYS_WHILE_OPEN,
    },
    State.ACCEPTED: {Act.MOVE: State.ACCEPTED, **_ALWAYS_WHILE_OPEN},
    State.MATCHED: {Act.WITHDRAW: State.WITHDRAWN},
    State.UNMATCHED: {Act.MATCH: State.MATCHED, Act.CARRY_OVER: State.CARRIED_OVER},
    State.REFUSED: {},
    State.WITHDRAWN: {},
    State.CARRIED_OVER: {},
}

OPEN: Final = frozenset({State.SUBMITTED, State.WAITLISTED, State.ACCEPTED})
# Mentees in these states take one of the places of their cohort.
PLACED: Final = frozenset({State.ACCEPTED, State.MATCHED})


def after(state: State, act: Act) -> State:
    """The state an act leads to; TransitionNotAllowed if the table has no such transition."""
    try:
        return TRANSITIONS[state][act]
    except KeyError:
        raise TransitionNotAllowed(state=state.value, act=act.value) from None


def sources(act: Act) -> frozenset[State]:
    """The states in which an act is possible."""
    return frozenset(state for state, acts in TRANSITIONS.items() if act in acts)
