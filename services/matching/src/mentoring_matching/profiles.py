"""From what the applications service answered to the people of the engine."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from mentoring_contracts.blueprint import Blueprint, text
from mentoring_matching import hours
from mentoring_matching.engine import Mentee, Mentor, ranked
from mentoring_matching.engine.likeness import plain
from mentoring_matching.engine.people import Value
from mentoring_matching.engine.rules import members

WANTS, OFFERS = "wants", "offers"
"""The fields of a form in which people rank what they want to learn, and what they offer to teach."""
_NUMBER = re.compile(r"[+-]?\d{1,9}(\.\d{1,9})?", re.ASCII)
TIME_ZONE = "time_zone"
"""The attribute that says the time zone of hours written without one."""


class ApplicationProfile(BaseModel):
    """One item of the applications service's `POST /internal/applications`; members not needed here are dropped."""

    model_config = ConfigDict(extra="ignore")
    application_id: UUID
    criteria: list[str] = []
    free_text: str = ""
    preferred: list[UUID] = []
    conflicts: list[UUID] = []
    employer_id: UUID | None = None
    line_manager_id: UUID | None = None
    languages: list[str] = []
    attributes: dict[str, Any] = {}
    sources: dict[str, str] = {}


@dataclass(frozen=True)
class Candidate:
    """A pool member who is free for a run: `free` partners at most; `before` are people they were matched with.

    `ratings` (of a mentee) says how well conversations with mentors went for both, in 0..1. `unread` are attributes
    that a rule cannot read (no hours, no place in an order, not among the policy's values), with the reason: they count
    as not given. `load` counts partners and open offers in the cohort; `waited` says whether an earlier run left the
    mentee without a mentor, None where the policy does not let them go first.
    """

    member_id: UUID
    person_id: UUID
    role: str
    free: int
    priority: bool
    profile: ApplicationProfile
    before: frozenset[UUID] = frozenset()
    ratings: Mapping[UUID, float] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)
    load: int = 0
    waited: bool | None = None


def with_hours(candidate: Candidate, names: Collection[str], on: date) -> Candidate:
    """The candidate with the named attributes read as half-hour slots in UTC, time zones as they are `on` a day."""
    attributes = {name: value for name, value in candidate.profile.attributes.items() if name not in names}
    zone, unread = str(attributes.get(TIME_ZONE) or ""), {}
    for name in set(names) & candidate.profile.attributes.keys():
        try:
            attributes[name] = sorted(hours.slots(candidate.profile.attributes[name] or "", zone, on))
        except hours.HoursUnreadable as error:
            unread[name] = error.reason
    return replace(candidate, profile=candidate.profile.model_copy(update={"attributes": attributes}), unread=unread)


Values = Mapping[str, Sequence[Sequence[str]]]
"""All values there are of attributes, lowest first; those that are equal stand together."""


def with_values(candidate: Candidate, values: Values, ordered: Collection[str]) -> Candidate:
    """The candidate with the attributes whose `values` a policy lists, `ordered` ones as their place in the list; what
    is not in it, or has no place in any order, counts as not given.
    """
    profile = candidate.profile
    own, unread = {**profile.attributes, "languages": profile.languages}, dict(candidate.unread)
    attributes = {name: value for name, value in own.items() if name not in values}
    for name in values.keys() & own.keys():
        read, reason = _read(_value(own[name]), values[name], in_order=name in ordered)
        if reason:
            unread[name] = reason
        elif read is not None:
            attributes[name] = read
    languages = attributes.pop("languages", [])
    changed = profile.model_copy(update={"attributes": attributes, "languages": languages})
    return replace(candidate, profile=changed, unread=unread)


def _read(given: Value | None, listed: Sequence[Sequence[str]], *, in_order: bool) -> tuple[Any, str | None]:
    """A value as rules read it, None without one; and why it cannot be read."""
    said = members(given)
    if not listed:  # an order that the policy does not list: that of numbers
        number = all(_NUMBER.fullmatch(value) for value in said) and len(said) < 2
        reason = None if number else "is no number, and the policy's values give no order of others"
        return (float(next(iter(said))) if said and number else None), reason
    places = {plain(value): place for place, equal in enumerate(listed, start=1) for value in equal}
    known = [value for value in said if value in places]
    if len(known) < len(said):
        return None, "is not in the policy's list of values"
    if in_order and len(known) > 1:
        return None, "names more than one place in an order"
    if not known:
        return None, None
    return (places[known[0]] if in_order else sorted(known)), None


def mentor(candidate: Candidate) -> Mentor:
    """The engine's mentor; what they ranked is what they offer, unless they ranked what they want beside it."""
    return Mentor(**_common(candidate, OFFERS, WANTS), capacity=candidate.free)


def mentee(candidate: Candidate) -> Mentee:
    """The engine's mentee; those with priority stand in the highest tier, those who waited before others of theirs.

    Who has a mentor or an offer goes after who has fewer.
    """
    ratings = {str(mentor_id): rating for mentor_id, rating in candidate.ratings.items()}
    tier = int(candidate.priority) if candidate.waited is None else 2 * candidate.priority + candidate.waited
    common = _common(candidate, WANTS, OFFERS)
    return Mentee(**common, tier=tier, ratings=ratings, capacity=candidate.free, has=candidate.load)


def _ranking(profile: ApplicationProfile, name: str) -> dict[str, float]:
    """One of the two rankings of a programme in which both learn and both teach; empty without one."""
    found = profile.attributes.get(name)
    return ranked(list(dict.fromkeys(map(str, found)))) if isinstance(found, list) else {}


def _common(candidate: Candidate, first: str, second: str) -> dict[str, Any]:
    profile = candidate.profile
    return {
        "id": str(candidate.person_id),
        "attributes": _attributes(profile) | {"matched_before": frozenset(map(str, candidate.before))},
        "topics": _ranking(profile, first) or ranked(list(dict.fromkeys(profile.criteria))),
        "back": _ranking(profile, second),
        "text": profile.free_text,
        "preferred": tuple(map(str, profile.preferred)),
        "blocked": frozenset(map(str, profile.conflicts)),
    }


def source(profile: ApplicationProfile, name: str) -> str | None:
    """Who said what rules read under this name: `hr`, `self` (also where nobody noted it), None if nobody did."""
    own = {"employer": profile.employer_id, "line_manager": profile.line_manager_id, "languages": profile.languages}
    if own.get(name, profile.attributes.get(name)) in (None, "", []):
        return None
    return profile.sources.get(name, "self")


def _attributes(profile: ApplicationProfile) -> dict[str, Value]:
    own = {name: _value(value) for name, value in profile.attributes.items()}
    found = {name: value for name, value in own.items() if value is not None}
    found["discipline_wish_or_other"] = wish_or_other(found)
    if profile.employer_id:
        found["employer"] = str(profile.employer_id)
    if profile.line_manager_id:
        found["line_manager"] = str(profile.line_manager_id)
    return found | {"languages": frozenset(profile.languages)}


def wish_or_other(attributes: Mapping[str, Value]) -> str:
    """Which discipline a person's mentor is to have: the same if they wish so, else another one."""
    return "same" if plain(attributes.get("discipline_wish", "")) == "same" else "other"


def _value(value: Any) -> Value | None:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return value
    if isinstance(value, Sequence):
        return frozenset(str(part) for part in value)
    return None


def topic_titles(blueprint: Blueprint) -> dict[str, str]:
    """The titles of the criteria of every version in a blueprint, by id; empty where it has none."""
    versions = blueprint.criteria.versions if blueprint.criteria else []
    return {item.id: text.plain(item.title, blueprint.languages) for version in versions for item in version.items}
