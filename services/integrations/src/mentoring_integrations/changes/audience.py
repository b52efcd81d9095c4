"""Whom an event is about, as far as those who are told only of some people must know."""

import re
from hashlib import sha256
from typing import Final
from uuid import UUID

from mentoring_contracts import Event
from mentoring_contracts.applications import PersonChanged
from mentoring_contracts.matching import GroupMemberJoined, MatchConfirmed

# What people tell in confidence: that it was told is for the administration alone.
_CONFIDED: Final = frozenset({"concern", "interview", "focus_group", "habit"})


def told_to_employers(cls: type[Event]) -> bool:
    """Whether employers are told of events of this kind."""
    return cls.aggregate not in _CONFIDED


def named(event: Event | None) -> list[UUID] | None:
    """The people whom an event names; None for one that no employer is told."""
    if event is None or event.aggregate in _CONFIDED:
        return None
    return sorted(event.people())


def pair_of(event: Event | None) -> UUID | None:
    """The pair or group that an event is about which names nobody."""
    if event is None or event.people_fields() or event.aggregate in _CONFIDED:
        return None
    return getattr(event, "match_id", None) or getattr(event, "group_id", None)


def members_told(event: Event | None) -> list[tuple[UUID, UUID]]:
    """Who is in which pair or group, as far as the event says so."""
    match event:
        case MatchConfirmed():
            pairs = [event.match_id] + ([event.group_id] if event.group_id else [])
            return [(pair, person) for pair in pairs for person in sorted(event.people())]
        case GroupMemberJoined():
            return [(event.group_id, event.person_id)]
    return []


def changed(event: Event | None) -> list[UUID]:
    """The people whose employer may be another one now."""
    return [event.person_id] if isinstance(event, PersonChanged) else []


def for_employer(text: str, event_id: UUID, people: list[UUID], own: list[UUID]) -> str:
    """The event as an employer is shown it: nobody stands where another employer's person is named, and no application
    where theirs is."""
    for place, person in enumerate(people):
        if person not in own:
            for side in re.findall(rf'"(mentor|mentee)_id": ?"{person}"', text):
                text = re.sub(rf'("{side}_application_id": ?)"[0-9a-f-]+"', r"\1null", text)
            text = text.replace(str(person), str(_somebody(event_id, place)))
    return text


def _somebody(event_id: UUID, place: int) -> UUID:
    """An id that is no person's, the same whenever the event is shown; nothing of the person is in it."""
    drawn = bytearray(sha256(event_id.bytes + bytes([place])).digest()[:16])
    drawn[6] = 0x80 | drawn[6] & 0x0F
    drawn[8] = 0x80 | drawn[8] & 0x3F
    return UUID(bytes=bytes(drawn))
