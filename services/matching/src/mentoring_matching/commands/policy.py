"""Programmes and their policies."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now, tenant_of
from mentoring_matching import policies, queries
from mentoring_matching.engine import PolicyError
from mentoring_matching.errors import PolicyChanged, PolicyInvalid
from mentoring_matching.models import PolicyVersion, Programme
from mentoring_matching.profiles import topic_titles


async def adopt_programme(db: AsyncSession, programme_id: UUID, direction: str, blueprint: Mapping[str, Any]) -> None:
    """Keep a programme and its policy as the blueprint has it, also one that cannot be used: runs say what is wrong."""
    values = {"tenant_id": tenant_of(db), "id": programme_id, "direction": direction}
    statement = insert(Programme).values(**values, topic_titles=topic_titles(blueprint)).on_conflict_do_nothing()
    await db.execute(statement)
    found = blueprint.get("matching")
    document = dict(found) if isinstance(found, Mapping) else dict(policies.DEFAULT)
    await _add_version(db, programme_id, 1, document, _problem(document, direction))


def _problem(document: Mapping[str, Any], direction: str) -> dict[str, str] | None:
    try:
        policies.read(document, direction)
    except PolicyError as error:
        return {"where": error.where, "field": error.field, "reason": error.reason}
    return None


async def _add_version(
    db: AsyncSession, programme_id: UUID, version: int, document: dict[str, Any], problem: dict[str, str] | None
) -> PolicyVersion | None:
    """The new version; None if that number exists."""
    made = PolicyVersion(
        programme_id=programme_id, version=version, document=document, problem=problem, made_at=now(db)
    )
    try:
        async with db.begin_nested():
            db.add(made)
    except sa.exc.IntegrityError:
        return None
    return made


async def change_policy(db: AsyncSession, programme_id: UUID, document: dict[str, Any], by: Principal) -> PolicyVersion:
    """Make a new version of the policy. PolicyInvalid names rule and field, PolicyChanged says who came second."""
    programme = await queries.programme(db, programme_id)
    version = (await queries.policy(db, programme_id)).version + 1
    terms = usable_terms(document, programme.direction, version, strict=True)
    made = await _add_version(db, programme_id, version, document, None)
    if made is None:
        raise PolicyChanged()
    said = "".join(f", without {kind}" for kind in terms.rules_off)
    audit(db, by.subject, "change_policy", "programme", programme_id, reason=f"version {version}{said}")
    return made


def usable_changes(document: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The document with changes; PolicyInvalid for a name that no policy has."""
    try:
        return policies.changed(document, changes)
    except PolicyError as error:
        raise _invalid(error) from None


def usable_terms(document: Mapping[str, Any], direction: str, version: int, *, strict: bool = False) -> policies.Terms:
    """The terms of a policy document; PolicyInvalid with the rule and the field."""
    try:
        return policies.read(document, direction, version, strict=strict)
    except PolicyError as error:
        raise _invalid(error) from None


def _invalid(error: PolicyError) -> PolicyInvalid:
    return PolicyInvalid(str(error), where=error.where, field=error.field, reason=error.reason)
