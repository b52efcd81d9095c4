"""Programmes and their policies."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now, tenant_of
from mentoring_common.errors import Unavailable
from mentoring_contracts.blueprint import read
from mentoring_contracts.blueprint.text import plain
from mentoring_matching import policies, queries
from mentoring_matching.commands import recurring
from mentoring_matching.engine import PolicyError
from mentoring_matching.errors import PolicyChanged
from mentoring_matching.models import PolicyVersion, PoolMember, Programme
from mentoring_matching.profiles import topic_titles


async def adopt_programme(db: AsyncSession, programme_id: UUID, direction: str, blueprint: Mapping[str, Any]) -> None:
    """Keep a programme and its policy as the blueprint has it, also one that cannot be used: runs say what is wrong."""
    values = {"tenant_id": tenant_of(db), "id": programme_id, "direction": direction}
    plan, _ = read(blueprint)
    formats = [one.model_dump(mode="json", exclude_none=True) for one in plan.formats]
    own = {"topic_titles": topic_titles(plan), "formats": formats, "zone": plan.zone}
    statement = insert(Programme).values(**values, **own).on_conflict_do_nothing()
    await db.execute(statement)
    found = blueprint.get("matching")
    document = _worded(found, plan.languages) if isinstance(found, Mapping) else dict(policies.DEFAULT)
    await _add_version(db, programme_id, 1, document, _problem(document, direction))


async def amend_programme(
    db: AsyncSession, programme_id: UUID, blueprint: Mapping[str, Any], changed: Collection[str]
) -> None:
    """Keep the new titles of topics and, where the policy changed, a new version of it: runs from now on take it."""
    plan, _ = read(blueprint)
    this = sa.update(Programme).where(Programme.id == programme_id)
    await db.execute(this.values(topic_titles=topic_titles(plan), zone=plan.zone))
    if "matching" not in changed:
        await recurring.plan_cohorts(db, programme_id)
        return
    found = blueprint.get("matching")
    document = _worded(found, plan.languages) if isinstance(found, Mapping) else dict(policies.DEFAULT)
    version = (await queries.policy(db, programme_id)).version + 1
    direction = (await queries.programme(db, programme_id)).direction
    if await _add_version(db, programme_id, version, document, _problem(document, direction)) is None:
        raise Unavailable("somebody changes the policy now")


def _worded(section: Mapping[str, Any], languages: Sequence[str]) -> dict[str, Any]:
    """The section with the texts of its rules in one language: explanations have one text each."""
    rules = section.get("hard_rules")
    said = [
        {**rule, "text": plain(rule["text"], languages)}
        if isinstance(rule, Mapping) and isinstance(rule.get("text"), Mapping) and rule["text"]
        else rule
        for rule in (rules if isinstance(rules, list) else [])
    ]
    return dict(section) | ({"hard_rules": said} if said else {})


def _problem(document: Mapping[str, Any], direction: str) -> dict[str, str] | None:
    try:
        policies.read(document, direction)
    except PolicyError as error:
        return {"where": error.where, "field": error.field, "reason": error.reason}
    return None


async def _add_version(
    db: AsyncSession, programme_id: UUID, version: int, document: dict[str, Any], problem: dict[str, str] | None
) -> PolicyVersion | None:
    """The new version, and room in the pool for as many mentors of a mentee as it says; None if that number exists."""
    await queries.policy_read_with(db, programme_id, change=True)
    made = PolicyVersion(
        programme_id=programme_id, version=version, document=document, problem=problem, made_at=now(db)
    )
    try:
        async with db.begin_nested():
            db.add(made)
    except sa.exc.IntegrityError:
        return None
    await _make_room(db, programme_id, await queries.mentors_each(db, programme_id))
    await recurring.plan_cohorts(db, programme_id)
    return made


async def _make_room(db: AsyncSession, programme_id: UUID, most: int) -> None:
    """Let mentees have so many mentors; who has more keeps them."""
    room = sa.func.greatest(most, PoolMember.taken)
    state = sa.case(
        (sa.and_(PoolMember.state == "available", PoolMember.taken >= most), "matched"),
        (sa.and_(PoolMember.state == "matched", PoolMember.taken < most), "available"),
        else_=PoolMember.state,
    )
    mentees = (PoolMember.programme_id == programme_id, PoolMember.role == "mentee", PoolMember.capacity != room)
    await db.execute(sa.update(PoolMember).where(*mentees).values(capacity=room, state=state))


async def change_policy(db: AsyncSession, programme_id: UUID, document: dict[str, Any], by: Principal) -> PolicyVersion:
    """Make a new version of the policy. PolicyInvalid names rule and field, PolicyChanged says who came second;
    ProgrammeClosed."""
    await queries.require_open(db, programme_id)
    programme = await queries.programme(db, programme_id)
    version = (await queries.policy(db, programme_id)).version + 1
    terms = policies.usable_terms(document, programme.direction, version, strict=True, at=("body",))
    made = await _add_version(db, programme_id, version, document, None)
    if made is None:
        raise PolicyChanged()
    said = "".join(f", without {kind}" for kind in terms.rules_off)
    audit(db, by.subject, "change_policy", "programme", programme_id, reason=f"version {version}{said}")
    return made
