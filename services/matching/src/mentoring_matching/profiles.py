"""From what the applications service answered to the people of the engine."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from mentoring_matching import hours
from mentoring_matching.engine import Mentee, Mentor, ranked
from mentoring_matching.engine.people import Value

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
    that are wanted as hours and are none, with the reason: they count as not given.
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


def mentor(candidate: Candidate) -> Mentor:
    """The engine's mentor; what they ranked is what they offer."""
    return Mentor(**_common(candidate), capacity=candidate.free)


def mentee(candidate: Candidate) -> Mentee:
    """The engine's mentee; those with priority stand in the first tier."""
    ratings = {str(mentor_id): rating for mentor_id, rating in candidate.ratings.items()}
    return Mentee(**_common(candidate), tier=int(candidate.priority), ratings=ratings)


def _common(candidate: Candidate) -> dict[str, Any]:
    profile = candidate.profile
    return {
        "id": str(candidate.person_id),
        "attributes": _attributes(profile) | {"matched_before": frozenset(map(str, candidate.before))},
        "topics": ranked(list(dict.fromkeys(profile.criteria))),
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
    return "same" if attributes.get("discipline_wish") == "same" else "other"


def _value(value: Any) -> Value | None:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return value
    if isinstance(value, Sequence):
        return frozenset(str(part) for part in value)
    return None


def topic_titles(blueprint: Mapping[str, Any]) -> dict[str, str]:
    """The titles of the criteria of every version in a blueprint, by id; empty where it has none."""
    section = blueprint.get("criteria")
    versions = section.get("versions") if isinstance(section, Mapping) else None
    items = [item for version in _mappings(versions) for item in _mappings(version.get("items"))]
    return {str(item["id"]): str(item.get("title", item["id"])) for item in items if "id" in item}


def _mappings(found: object) -> list[Mapping[str, Any]]:
    return [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []
