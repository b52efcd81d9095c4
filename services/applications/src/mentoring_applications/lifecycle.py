"""The states of an application and what may happen in each, as a table.

An application ends in exactly one of matched, carried over, withdrawn, refused (the ledger's "ineligible") and
unmatched. Withdrawal is possible after matching too; a match that was confirmed while the round closed still counts.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from mentoring_applications.errors import TransitionNotAllowed


class State(StrEnum):
    AWAITING_ENDORSEMENT = "awaiting_endorsement"
    SUBMITTED = "submitted"
    WAITLISTED = "waitlisted"
    PLACE_OFFERED = "place_offered"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    MATCHED = "matched"
    CARRIED_OVER = "carried_over"
    UNMATCHED = "unmatched"


class Act(StrEnum):
    ENDORSE = "endorse"
    UNENDORSE = "unendorse"
    ACCEPT = "accept"
    WAITLIST = "waitlist"
    REFUSE = "refuse"
    OFFER_PLACE = "offer_place"
    TAKE_PLACE = "take_place"
    HAND_ON = "hand_on"
    UNDO = "undo"
    UNDO_TO_WAITING = "undo_to_waiting"
    WITHDRAW = "withdraw"
    EDIT = "edit"
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

# Only while nobody was told.
_UNDONE: Final = {Act.UNDO: State.SUBMITTED, Act.UNDO_TO_WAITING: State.WAITLISTED}

TRANSITIONS: Final[Mapping[State, Mapping[Act, State]]] = {
    State.AWAITING_ENDORSEMENT: {
        Act.ENDORSE: State.SUBMITTED,
        Act.REFUSE: State.REFUSED,
        Act.EDIT: State.AWAITING_ENDORSEMENT,
        Act.MOVE: State.AWAITING_ENDORSEMENT,
        **_ALWAYS_WHILE_OPEN,
    },
    State.SUBMITTED: {
        Act.UNENDORSE: State.AWAITING_ENDORSEMENT,
        Act.ACCEPT: State.ACCEPTED,
        Act.WAITLIST: State.WAITLISTED,
        Act.REFUSE: State.REFUSED,
        Act.EDIT: State.SUBMITTED,
        Act.MOVE: State.SUBMITTED,
        **_ALWAYS_WHILE_OPEN,
    },
    State.WAITLISTED: {
        Act.UNENDORSE: State.AWAITING_ENDORSEMENT,
        Act.ACCEPT: State.ACCEPTED,
        Act.REFUSE: State.REFUSED,
        Act.OFFER_PLACE: State.PLACE_OFFERED,
        Act.UNDO: State.SUBMITTED,
        Act.MOVE: State.WAITLISTED,
        **_ALWAYS_WHILE_OPEN,
    },
    State.PLACE_OFFERED: {
        Act.TAKE_PLACE: State.ACCEPTED,
        Act.HAND_ON: State.WAITLISTED,
        Act.MOVE: State.PLACE_OFFERED,
        **_ALWAYS_WHILE_OPEN,
    },
    State.ACCEPTED: {Act.MOVE: State.ACCEPTED, **_UNDONE, **_ALWAYS_WHILE_OPEN},
    State.MATCHED: {Act.WITHDRAW: State.WITHDRAWN},
    State.UNMATCHED: {Act.MATCH: State.MATCHED, Act.CARRY_OVER: State.CARRIED_OVER},
    State.REFUSED: {**_UNDONE},
    State.WITHDRAWN: {},
    State.CARRIED_OVER: {},
}

OPEN: Final = frozenset(
    {State.AWAITING_ENDORSEMENT, State.SUBMITTED, State.WAITLISTED, State.PLACE_OFFERED, State.ACCEPTED}
)
# What a nominator may be told of: the team said yes or no, and what came of it.
DECIDED: Final = frozenset({State.ACCEPTED, State.REFUSED, State.MATCHED, State.UNMATCHED})
# Mentees in these states take one of the places of their cohort.
PLACED: Final = frozenset({State.PLACE_OFFERED, State.ACCEPTED, State.MATCHED})


def after(state: State, act: Act) -> State:
    """The state an act leads to; TransitionNotAllowed if the table has no such transition."""
    try:
        return TRANSITIONS[state][act]
    except KeyError:
        raise TransitionNotAllowed(state=state.value, act=act.value) from None


def sources(act: Act) -> frozenset[State]:
    """The states in which an act is possible."""
    return frozenset(state for state, acts in TRANSITIONS.items() if act in acts)


class Nominated(StrEnum):
    """The states of a nomination."""

    ASKED = "asked"
    ENDORSED = "endorsed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


STANDING: Final = frozenset({Nominated.ASKED, Nominated.ENDORSED})


class Belongs(StrEnum):
    """The states of an organisation's membership of a network."""

    INVITED = "invited"
    JOINED = "joined"
    DECLINED = "declined"
    LEFT = "left"


class Joining(StrEnum):
    """What is done about a membership."""

    INVITE = "invite"
    ACCEPT = "accept"
    DECLINE = "decline"
    LEAVE = "leave"


MEMBERSHIPS: Final[Mapping[Belongs, Mapping[Joining, Belongs]]] = {
    Belongs.INVITED: {
        Joining.ACCEPT: Belongs.JOINED,
        Joining.DECLINE: Belongs.DECLINED,
        Joining.LEAVE: Belongs.LEFT,
    },
    Belongs.JOINED: {Joining.LEAVE: Belongs.LEFT},
    Belongs.DECLINED: {Joining.INVITE: Belongs.INVITED},
    Belongs.LEFT: {Joining.INVITE: Belongs.INVITED},
}


def diagrams() -> dict[str, list[tuple[str, str, str]]]:
    """State machines as (from, to, transition), by the name of the thing."""
    membership = [
        (before.value, after.value, act.value) for before, acts in MEMBERSHIPS.items() for act, after in acts.items()
    ]
    return {"membership of a network": membership}
