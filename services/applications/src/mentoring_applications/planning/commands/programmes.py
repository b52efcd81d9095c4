"""Programmes are made from blueprints."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.directory import queries as directory
from mentoring_applications.planning.schemas import NewProgramme
from mentoring_applications.programmes import blueprint
from mentoring_applications.programmes.commands import give
from mentoring_applications.programmes.models import Programme
from mentoring_common.audit import audit
from mentoring_common.auth import Principal, require_admin
from mentoring_common.db import now
from mentoring_common.ids import new_id
from mentoring_common.outbox import emit
from mentoring_contracts.applications import ProgrammeCreated
from mentoring_contracts.blueprint import Blueprint
from mentoring_contracts.blueprint.roles import ProgrammesRole


async def create_programme(db: AsyncSession, new: NewProgramme, by: Principal) -> Programme:
    """Make a programme from a blueprint; whoever makes it manages it. BlueprintNotFound, BlueprintInvalid."""
    require_admin(by)
    name, checked, content = given(new.blueprint)
    title = new.title or checked.title
    content |= {"title": title}
    programme = Programme(
        id=new_id(),
        title=title,
        direction=checked.direction,
        blueprint_name=name,
        blueprint=content,
        created_at=now(db),
    )
    db.add(programme)
    await db.flush()
    audit(db, by.subject, "create_programme", "programme", programme.id)
    emit(db, ProgrammeCreated(programme_id=programme.id, direction=checked.direction, blueprint=content))
    me = by.person
    if me is not None and await directory.person_exists(db, me):
        await give(db, programme.id, me, ProgrammesRole(id="programme_manager"))
    return programme


def given(source: str | dict[str, Any]) -> tuple[str, Blueprint, dict[str, Any]]:
    """The name, the blueprint and its plain data: a shipped one by its name, a YAML text, or the data itself.

    BlueprintNotFound, BlueprintInvalid.
    """
    name = ""
    if isinstance(source, dict):
        found = blueprint.examine(source)
    elif ":" in source:
        found = blueprint.examine_text(source)
    else:
        name, found = source, blueprint.load(source)
    plan = found.usable()
    return name or plan.id, plan, dict(found.document)
