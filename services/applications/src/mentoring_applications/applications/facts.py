"""What is known of an applicant: profile and answers, with the texts that are sealed under the person's key."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.applications import queries
from mentoring_applications.applications.eligibility import unmet
from mentoring_applications.applications.models import Application, ApplicationAnswers
from mentoring_applications.directory import queries as directory
from mentoring_applications.directory.models import Person
from mentoring_applications.programmes import blueprint
from mentoring_applications.programmes import queries as programmes
from mentoring_common import vault
from mentoring_contracts.applications import Milestone
from mentoring_contracts.blueprint import Blueprint

_IN_ONES_OWN_WORDS: Final = frozenset({"text", "list", "date"})


@dataclass(frozen=True, slots=True)
class Written:
    """What was written on a form."""

    criteria: list[str]
    free_text: str
    attributes: dict[str, Any]


async def sealed(
    db: AsyncSession, plan: Blueprint, role: str, person_id: UUID, free_text: str, attributes: Mapping[str, Any]
) -> dict[str, Any]:
    """The columns of an answers' row: what is in one's own words sealed, the rest of the attributes beside it."""
    own = {field.id for field in plan.form.of(role) if field.kind in _IN_ONES_OWN_WORDS}
    texts = {"free_text": free_text, "attributes": {n: value for n, value in attributes.items() if n in own}}
    rest = {name: value for name, value in attributes.items() if name not in own}
    return {"free_text": "", "attributes": rest, "sealed": await vault.seal(db, person_id, json.dumps(texts))}


async def opened(db: AsyncSession, rows: Sequence[tuple[UUID, ApplicationAnswers]]) -> list[Written]:
    """What was written, of (person, answers' row), in their order."""
    closed = [(person_id, row.sealed) for person_id, row in rows if row.sealed is not None]
    texts = iter(await vault.unseal_all(db, closed))
    return [_joined(row, json.loads(next(texts)) if row.sealed is not None else {}) for _, row in rows]


def _joined(row: ApplicationAnswers, texts: dict[str, Any]) -> Written:
    attributes = row.attributes | texts.get("attributes", {})
    return Written(row.criteria, texts.get("free_text", row.free_text), attributes)


async def written(db: AsyncSession, applications: Collection[Application]) -> Mapping[UUID, Written]:
    """What was written on applications, by their ids; without those that are erased."""
    rows = await queries.answers(db, [one.id for one in applications])
    kept = [(one, rows[one.id]) for one in applications if one.id in rows and one.person_id is not None]
    texts = await opened(db, [(one.person_id, row) for one, row in kept if one.person_id is not None])
    return {one.id: text for (one, _), text in zip(kept, texts, strict=True)}


def known_attributes(who: Person, answered: Mapping[str, Any]) -> dict[str, Any]:
    """A person's attributes and answers: what HR said comes first, then what was answered, then the profile."""
    from_hr = {name: value for name, value in who.attributes.items() if who.sources.get(name) == "hr"}
    return who.attributes | dict(answered) | from_hr


async def unmet_rules(db: AsyncSession, application: Application) -> list[str]:
    """The eligibility rules of the role that do not hold of what is known of the applicant."""
    return (await unmet_rules_of(db, [application], await written(db, [application])))[application.id]


async def unmet_rules_of(
    db: AsyncSession, applications: Collection[Application], texts: Mapping[UUID, Written]
) -> Mapping[UUID, list[str]]:
    """The eligibility rules of each one's role that do not hold of what is known of the applicant, by application."""
    plans = await programmes.programmes_of(db, {one.programme_id for one in applications})
    rules = {id_: blueprint.plan_of(programme).eligibility for id_, programme in plans.items()}
    cohorts = await programmes.cohorts_of(db, {one.cohort_id for one in applications if one.cohort_id})
    days = {id_: _days(cohort.milestones) for id_, cohort in cohorts.items()}
    people = await directory.people_of(db, {one.person_id for one in applications if one.person_id})
    return {
        one.id: unmet(
            rules[one.programme_id].of(one.role),
            known_attributes(people[one.person_id], texts[one.id].attributes if one.id in texts else {})
            | {"capacity": one.capacity},
            days[one.cohort_id] if one.cohort_id else {},
        )
        for one in applications
        if one.person_id is not None
    }


def _days(planned: Sequence[Any]) -> dict[str, date]:
    """The days on which the milestones of a cohort begin."""
    milestones = [Milestone.model_validate(milestone) for milestone in planned]
    return {one.kind: one.starts_at.date() for one in reversed(milestones)}


Group = tuple[UUID | None, str, str, str]
"""Cohort, role, a field of the form that figures are broken down by, and its answer."""


async def breakdowns(db: AsyncSession, programme_id: UUID) -> Mapping[Group, tuple[int, int]]:
    """How many different people applied and did not withdraw, and how many of them are matched, by what they answered
    to the fields that the form declares for it."""
    plan = blueprint.plan_of(await programmes.programme(db, programme_id))
    declared = [field for field in plan.form.fields if field.breakdown]
    if not declared:
        return {}
    rows = await queries.applied_people(db, programme_id)
    answered = [(who.id, answers) for _, answers, who in rows if answers is not None]
    texts = iter(await opened(db, answered))
    applied: dict[Group, set[UUID]] = defaultdict(set)
    matched: dict[Group, set[UUID]] = defaultdict(set)
    for application, answers, who in rows:
        known = known_attributes(who, next(texts).attributes if answers is not None else {})
        for field in declared:
            value = known.get(field.id)
            if application.role in field.roles and (said := _said(value, field.answers(plan.languages))) is not None:
                group = (application.cohort_id, application.role, field.id, said)
                applied[group].add(who.id)
                matched[group] |= {who.id} if application.state == "matched" else set()
    return {group: (len(people), len(matched[group])) for group, people in applied.items()}


def _said(value: object, options: Sequence[str]) -> str | None:
    """An answer as a group is called; None for what is none of the options: it may be anything."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) and value in options else None


Background = tuple[UUID | None, str, str, str | None]
"""Cohort, role, professional background, other background."""


async def backgrounds(db: AsyncSession, programme_id: UUID) -> Mapping[Background, int]:
    """How many matched people have each professional background, by cohort and role."""
    rows = await queries.matched_people(db, programme_id)
    answered = [(who.id, answers) for _, answers, who in rows if answers is not None]
    texts = iter(await opened(db, answered))
    found: set[tuple[UUID, Background]] = set()
    for application, answers, who in rows:
        facts = known_attributes(who, next(texts).attributes if answers is not None else {})
        if (background := facts.get("professional_background")) is not None:
            other = facts.get("professional_background_other")
            found.add((who.id, (application.cohort_id, application.role, background, other)))
    return Counter(background for _, background in sorted(found, key=str))
