"""How the blueprint of a running programme, and what another changes of it, is shown, and what its closing ends."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.planning import queries
from mentoring_applications.planning.commands.closing import closing_note
from mentoring_applications.planning.schemas import (
    Amendment,
    BlueprintChange,
    BlueprintInUse,
    ClosingView,
    OpenApplications,
)
from mentoring_applications.programmes.models import Programme
from mentoring_common.faults import pointer
from mentoring_contracts.blueprint.amending import Change


def blueprint_in_use(row: Programme) -> BlueprintInUse:
    """The blueprint of a programme."""
    return BlueprintInUse(programme_id=row.id, version=row.version, blueprint=row.blueprint)


def amendment(row: Programme, found: Sequence[Change]) -> Amendment:
    """What another blueprint changes."""
    possible = not any(one.refused for one in found)
    return Amendment(programme_id=row.id, version=row.version, possible=possible, changes=changes(found))


def changes(found: Sequence[Change]) -> list[BlueprintChange]:
    """Members of a blueprint that differ."""
    return [
        BlueprintChange(
            pointer=pointer(*one.path), section=one.section, touches=one.effect, services=list(one.services),
            refused=one.refused,
        )
        for one in found
    ]  # fmt: skip


async def closing(db: AsyncSession, row: Programme) -> ClosingView:
    """What a programme has that its closing ends, and the record of the closing."""
    found = await queries.open_applications(db, row.id)
    return ClosingView(
        programme_id=row.id,
        version=row.version,
        cohorts=await queries.open_cohorts(db, row.id),
        applications=OpenApplications(**{state: found.get(state, 0) for state in OpenApplications.model_fields}),
        drafts=await queries.drafts(db, row.id),
        pairs=await queries.standing_pairs(db, row.id),
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        reason=row.closing_reason,
        note=await closing_note(db, row),
    )
