"""The states of matches, runs and pool members, and what leads from one to the next, as tables."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

MatchState = Literal["proposed", "confirmed", "declined", "expired", "ended", "closed"]
GroupState = Literal["offered", "standing", "ended", "closed"]
GroupMemberState = Literal["invited", "joined", "declined", "expired", "left", "finished"]
RunState = Literal["queued", "running", "completed", "approved", "cancelled", "failed"]
MemberState = Literal["pending_profile", "available", "matched", "withdrawn"]
RunKind = Literal["full", "rematch", "pass_on"]

Table: TypeAlias = Mapping[str, Mapping[str, str]]
"""Transition to (state before to state after)."""

MATCH: Table = {
    "accept": {"proposed": "proposed"},
    "confirm": {"proposed": "confirmed"},
    "decline": {"proposed": "declined"},
    "expire": {"proposed": "expired"},
    "withdraw": {"proposed": "declined"},
    "end": {"confirmed": "ended"},
    "close": {"confirmed": "closed"},
}
LIVE: tuple[MatchState, ...] = ("proposed", "confirmed")

GROUP: Table = {
    "stand": {"offered": "standing"},
    "end": {"offered": "ended", "standing": "ended"},
    "close": {"standing": "closed"},
}
GROUP_MEMBER: Table = {
    "join": {"invited": "joined"},
    "decline": {"invited": "declined"},
    "expire": {"invited": "expired"},
    "leave": {"joined": "left"},
    "finish": {"joined": "finished"},
}

RUN: Table = {
    "claim": {"queued": "running", "running": "running"},
    "renew": {"running": "running"},
    "complete": {"running": "completed"},
    "fail": {"running": "failed"},
    "cancel": {"queued": "cancelled", "running": "cancelled", "completed": "cancelled"},
    "approve": {"completed": "approved"},
}

MEMBER: Table = {
    "profile": {"pending_profile": "available"},
    "fill": {"available": "matched"},
    "free": {"matched": "available"},
    "withdraw": {"pending_profile": "withdrawn", "available": "withdrawn", "matched": "withdrawn"},
    "accept": {"withdrawn": "pending_profile"},
}


def sources(table: Table, transition: str) -> list[str]:
    """The states that the transition leads out of."""
    return sorted(table[transition])


def target(table: Table, transition: str) -> str:
    """The state that the transition leads to, the same from each of its sources."""
    (state,) = set(table[transition].values())
    return state


def diagrams() -> dict[str, list[tuple[str, str, str]]]:
    """Every state machine as (from, to, transition), by the name of the thing."""
    machines = {
        "match": MATCH,
        "group": GROUP,
        "group member": GROUP_MEMBER,
        "matching run": RUN,
        "pool member": MEMBER,
    }
    return {
        name: [(before, after, step) for step, moves in table.items() for before, after in sorted(moves.items())]
        for name, table in machines.items()
    }
