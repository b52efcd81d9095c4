"""The own time of a relationship as answers."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_contracts.blueprint.text import in_language
from mentoring_sessions.pair_clock import queries
from mentoring_sessions.pair_clock.models import Pause
from mentoring_sessions.pair_clock.schemas import (
    PairTimeView,
    PauseView,
    PhasesView,
    PhaseView,
    PlannedPhaseView,
    StepView,
)
from mentoring_sessions.relationships import queries as relationships
from mentoring_sessions.relationships.models import Relationship
from mentoring_sessions.relationships.parts import Access
from mentoring_sessions.relationships.sealed import unseal


def time(row: Relationship) -> PairTimeView:
    """When a relationship began and ends, its break, and its phase."""
    return PairTimeView.model_validate(vars(row) | {"match_id": row.id})


async def pauses(db: AsyncSession, mine: Access, rows: Sequence[Pause]) -> list[PauseView]:
    """Pauses; why, for the pair and the programme team."""
    shown = mine.side is not None or mine.reads_of_pair
    return [PauseView.model_validate(vars(row) | {"reason": await _reason(db, row, shown)}) for row in rows]


async def _reason(db: AsyncSession, row: Pause, shown: bool) -> str | None:
    return await unseal(db, row.begun_by, row.reason_sealed) if shown and row.begun_by else None


async def phases(db: AsyncSession, pair: Relationship, wanted: Sequence[str]) -> PhasesView:
    """The phases of the programme in these languages, and when the relationship is in which."""
    programme = await relationships.programme(db, pair.programme_id)
    ticked = await queries.ticked(db, pair.id)

    def step(phase: dict[str, Any], said: dict[str, Any]) -> StepView:
        row = ticked.get((phase["id"], said["id"]))
        done = {"ticked_at": row.ticked_at, "ticked_by": row.ticked_by} if row else {}
        text = in_language(said["text"], wanted, _own(phase))
        return StepView.model_validate({"ticked_at": None, "ticked_by": None, "id": said["id"], "text": text} | done)

    shown = [
        PhaseView(
            phase=phase["id"],
            title=in_language(phase["title"], wanted, _own(phase)),
            quiet=phase["quiet"],
            current=phase["id"] == pair.phase,
            checklist=[step(phase, said) for said in phase["checklist"]],
        )
        for phase in programme.phases
    ]
    planned = [PlannedPhaseView.model_validate(row) for row in await queries.phases(db, pair.id)]
    return PhasesView(phases=shown, planned=planned)


def _own(phase: dict[str, Any]) -> Sequence[str]:
    """The programme's languages; a phase that was kept before they were has English first, if it has any."""
    return phase.get("languages") or ("en",)
