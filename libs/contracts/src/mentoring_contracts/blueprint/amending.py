"""What a running programme may change: what each change touches, and what would rewrite the past."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mentoring_contracts.blueprint.faults import Path
from mentoring_contracts.blueprint.section import Section, Service, written
from mentoring_contracts.blueprint.whole import Blueprint

_EFFECTS: Final[Mapping[str, str]] = {
    "title": "letters, reports and lists call the programme so from now on",
    "languages": "texts are shown in these languages from now on",
    "zone": "days of cohorts that are planned from now on begin and end by these clocks",
    "words": "letters call the two sides so from now on",
    "aims": "new aims are goals of the programme; the others stay",
    "duration_months": "pairs that start from now on go on so long",
    "hours_budget": "every pair's budget of hours",
    "hours_per_month": "every pair's budget of hours",
    "agreement": "agreements that are proposed and first meetings that are recorded from now on",
    "meeting_topics": "meetings that are recorded from now on; those that were keep theirs",
    "reviews": "reviews that are due from now on",
    "phases": "phases that begin from now on; steps that were ticked stay",
    "attributes": "rules may read them from now on",
    "milestones": "cohorts that are planned from now on, and steps ahead of those that follow the plan",
    "cohorts": "places, and steps that are ahead",
    "later_round": "applications from now on",
    "applying": "applications from now on",
    "roles": "roles that are given from now on",
    "criteria": "applications from now on rank the current version; old rankings keep their words",
    "form": "applications from now on; answers that were given stay",
    "privacy_notices": "consents from now on name the new version",
    "eligibility": "applications that are not decided yet, and those to come",
    "matching": "a new version of the policy: runs from now on",
    "activities": "activities that are planned from now on; pairs that wait for an orientation",
    "resources": "a resource that says something else has a new version; one that is gone is withdrawn",
    "nudges": "pairs that start from now on",
    "concerns": "concerns that are raised from now on",
    "scales": "waves that open from now on",
    "instruments": "waves that open from now on",
    "waves": "waves that have not opened",
    "surveys": "meetings, activities and waves from now on",
    "figures": "figures and reports that are shown from now on",
    "disclosure": "waves that open from now on, and what is published from now on",
    "reports": "reports that are asked for from now on",
    "interviews": "case studies that are begun from now on",
    "evaluation_model": "the model as a whole; values that were recorded stay",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One member of a blueprint that changes: which services take it, and what it touches.

    `refused` says why it cannot be: it would rewrite what has happened. None where it can.
    """

    path: Path
    services: tuple[Service, ...]
    effect: str
    refused: str | None = None

    @property
    def section(self) -> str:
        """The member of the blueprint."""
        return str(self.path[0])


def changes(old: Blueprint, new: Blueprint) -> list[Change]:
    """What differs between two blueprints of one programme, by its members, in their order."""
    found: list[Change] = []
    for alias, name in written(Blueprint).items():
        if getattr(old, name) == getattr(new, name):
            continue
        effect = _EFFECTS.get(alias, "what is done from now on")
        past = list(_PAST[alias](old, new)) if alias in _PAST else []
        readers = Blueprint.readers(name)
        found += [Change(path, readers, effect, why) for path, why in past] or [Change((alias,), readers, effect)]
    return found


Past = Iterator[tuple[Path, str]]


def _never(alias: str, why: str) -> Any:
    def refuse(_: Blueprint, __: Blueprint) -> Past:
        yield (alias,), why

    return refuse


def _criteria(old: Blueprint, new: Blueprint) -> Past:
    if old.criteria is None:
        return
    now = {version.version: version for version in (new.criteria.versions if new.criteria else [])}
    for version in old.criteria.versions:
        kept = now.get(version.version)
        ids = [(item.id) for item in version.items]
        if kept is None or [item.id for item in kept.items] != ids or kept.extends != version.extends:
            yield ("criteria", "versions"), "people ranked a version that would be another: add a new version instead"
            return


def _form(old: Blueprint, new: Blueprint) -> Past:
    kept = {field.id: (place, field) for place, field in enumerate(new.form.fields)}
    for field in old.form.fields:
        place, now = kept.get(field.id, (0, field))
        if now.kind != field.kind or now.means != field.means:
            yield (
                ("form", "fields", place, "kind"),
                "answers of another kind were given: give the new question an id of its own",
            )
    if new.form.version == old.form.version and _asked(old.form.fields) != _asked(new.form.fields):
        yield ("form", "version"), "the questions change, and answers name the version they were given to: count it up"
    if old.form.equality_monitoring is not None:
        asked = {
            field.id: field for field in (new.form.equality_monitoring.fields if new.form.equality_monitoring else [])
        }
        for equality in old.form.equality_monitoring.fields:
            now_asked = asked.get(equality.id)
            if now_asked is None or not set(equality.answers(old.languages)) <= set(now_asked.answers(new.languages)):
                yield (
                    ("form", "equality_monitoring"),
                    "answers were given that would be none: questions and options stay",
                )


def _asked(fields: Sequence[Section]) -> list[dict[str, Any]]:
    """The questions without their words: those may be mended."""
    return [field.model_dump(exclude={"label", "priority"}) for field in fields]


def _notices(old: Blueprint, new: Blueprint) -> Past:
    now = {(notice.id, notice.version): notice for notice in new.privacy_notices}
    for notice in old.privacy_notices:
        if now.get((notice.id, notice.version)) != notice:
            yield ("privacy_notices",), "people agreed to a version that would be another: add a new version instead"
            return


def _instruments(old: Blueprint, new: Blueprint) -> Past:
    now = {one.id: (place, one) for place, one in enumerate(new.instruments)}
    scales = old.scales != new.scales
    for instrument in old.instruments:
        place, kept = now.get(instrument.id, (0, None))
        named = {question.scale for question in instrument.questions if question.scale}
        other = kept is not None and (kept != instrument or (scales and _other_scales(old, new, named)))
        if kept is not None and other and kept.version <= instrument.version:
            yield ("instruments", place, "version"), "it may have been answered as it was: count the version up"


def _other_scales(old: Blueprint, new: Blueprint, named: set[str]) -> bool:
    return any(old.scales.get(name) != new.scales.get(name) for name in named)


def _cohorts(old: Blueprint, new: Blueprint) -> Past:
    numbers = {cohort.number for cohort in new.cohorts}
    for cohort in old.cohorts:
        if cohort.number not in numbers:
            yield ("cohorts",), f"cohort {cohort.number} was planned: close it instead"


def _roles(old: Blueprint, new: Blueprint) -> Past:
    ids = {role.id for role in new.roles}
    for role in old.roles:
        if role.id not in ids:
            yield ("roles",), f"somebody may hold {role.id}: it stays"


_PAST: Final[Mapping[str, Any]] = {
    "id": _never("id", "it is the name of what the programme was made from"),
    "direction": _never("direction", "people applied to be matched this way: make another programme"),
    "criteria": _criteria,
    "form": _form,
    "privacy_notices": _notices,
    "instruments": _instruments,
    "scales": _instruments,
    "cohorts": _cohorts,
    "roles": _roles,
}
"""What of a member would rewrite the past, and why."""
