"""Blueprints of a network: published by its office, made into programmes by members, who take newer versions."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.errors import NetworkBlueprintNotFound, NothingChanged
from mentoring_applications.networks import queries
from mentoring_applications.networks.commands.handing_over import hand_over_to
from mentoring_applications.networks.models import Adoption, NetworkBlueprint
from mentoring_applications.networks.schemas import NewNetworkBlueprint
from mentoring_applications.planning.commands import amending
from mentoring_applications.planning.commands.programmes import create_programme, given
from mentoring_applications.planning.schemas import NewProgramme
from mentoring_applications.programmes import blueprint
from mentoring_applications.programmes.models import Programme
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.ids import new_id
from mentoring_common.outbox import emit
from mentoring_contracts.applications import NetworkBlueprintPublished
from mentoring_contracts.blueprint.amending import Change, changes


async def publish(db: AsyncSession, network_id: UUID, new: NewNetworkBlueprint, by: Principal) -> NetworkBlueprint:
    """The next version of a blueprint, given to every member.

    NetworkNotFound, NetworkClosed, BlueprintInvalid, NothingChanged.
    """
    network = await queries.network_that_goes_on(db, network_id, locked=True)
    _, plan, content = given(new.blueprint)
    last = await queries.newest(db, network.id, plan.id)
    if last is not None and last.blueprint == content:
        raise NothingChanged()
    made = NetworkBlueprint(
        id=new_id(), network_id=network.id, name=plan.id, number=1 + (last.number if last else 0), title=plan.title,
        note=new.note, blueprint=content, published_at=now(db),
    )  # fmt: skip
    db.add(made)
    await db.flush()
    audit(db, by.subject, "publish_blueprint", "network_blueprint", made.id)
    emit(db, NetworkBlueprintPublished(blueprint_id=made.id, network_id=network.id, number=made.number))
    await hand_over_to(db, await queries.joined(db, network.id))
    return made


async def changed_by(db: AsyncSession, version: NetworkBlueprint) -> list[Change]:
    """What a version changes of the one before."""
    before = await queries.version(db, version.network_id, version.name, version.number - 1)
    return [] if before is None else changes(_plan(before.blueprint), _plan(version.blueprint))


async def adopt(db: AsyncSession, blueprint_id: UUID, title: str | None, by: Principal) -> Programme:
    """Make a programme from a version, and note what it was made from. NetworkBlueprintNotFound."""
    version = await queries.blueprint(db, blueprint_id)
    programme = await create_programme(db, NewProgramme(blueprint=version.blueprint, title=title), by)
    db.add(Adoption(id=programme.id, blueprint_id=version.id, adopted_at=now(db)))
    audit(db, by.subject, "adopt_blueprint", "programme", programme.id, reason=f"{version.name} {version.number}")
    return programme


@dataclass(frozen=True, slots=True)
class Origin:
    """What a programme was made from, and what the newest version would change of it; `kept` is the programme's own."""

    programme: Programme
    adoption: Adoption
    taken: NetworkBlueprint
    newest: NetworkBlueprint
    changes: list[Change]
    kept: list[str]


async def origin(db: AsyncSession, programme: Programme) -> Origin:
    """What the programme was made from, with what would change; OriginNotFound."""
    adoption, taken = await queries.adoption(db, programme.id)
    newest = await queries.newest(db, taken.network_id, taken.name)
    assert newest is not None
    merged, kept = _merged(taken.blueprint, programme.blueprint, newest.blueprint)
    found = blueprint.examine(merged)
    plan = found.usable()
    differ = await amending.touched(db, programme, blueprint.plan_of(programme), plan)
    return Origin(programme, adoption, taken, newest, differ, kept)


async def take(db: AsyncSession, programme: Programme, number: int, by: Principal) -> None:
    """Take another version: what the programme has made its own stays.

    OriginNotFound, NetworkBlueprintNotFound, AmendmentRefused, BlueprintInvalid.
    """
    adoption, taken = await queries.adoption(db, programme.id)
    wanted = await queries.version(db, taken.network_id, taken.name, number)
    if wanted is None:
        raise NetworkBlueprintNotFound()
    merged, _ = _merged(taken.blueprint, programme.blueprint, wanted.blueprint)
    await amending.amend(db, programme, merged, by)
    adoption.blueprint_id = wanted.id
    await db.flush()
    audit(db, by.subject, "take_version", "programme", programme.id, reason=f"{wanted.name} {wanted.number}")


def _merged(base: dict[str, Any], own: dict[str, Any], other: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The other version, but for the members that the programme has changed since; and of these those that differ."""
    merged, kept = {}, []
    for name in other | own:
        mine = own.get(name) != base.get(name)
        source = own if mine else other
        if name in source:
            merged[name] = source[name]
        if mine and own.get(name) != other.get(name):
            kept.append(name)
    return merged, kept


def _plan(content: dict[str, Any]) -> Any:
    return blueprint.examine(content).usable()
