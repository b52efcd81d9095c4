"""The REST API of the matching service: what a change would do, before it is made."""

import asyncio
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from mentoring_common.faults import fault
from mentoring_common.unit_of_work import Phases, Route
from mentoring_matching.access import check_cohort
from mentoring_matching.api.callers import Writer
from mentoring_matching.commands.runs import check_pairs
from mentoring_matching.engine import Comparison, InputError, PinCost, PolicyError, Run
from mentoring_matching.errors import PairsInvalid
from mentoring_matching.pairs import check_room, check_size
from mentoring_matching.policies import refused
from mentoring_matching.proposals import Question, busiest
from mentoring_matching.questions import question_now
from mentoring_matching.schemas import Change, NewPair, PinView, SideView, WhatIf, WhatIfView
from mentoring_matching.what_ifs import Sides, side_by_side

router = APIRouter(route_class=Route, tags=["what if"])


@router.post("/cohorts/{cohort_id}/what-if")
async def ask_what_if(cohort_id: UUID, asked: WhatIf, by: Writer, work: Phases) -> WhatIfView:
    """The cohort as it would be matched now, and with changes: side by side, with the price of every pin.

    `weights` are tried as with sliders: by the names of criteria, the others as they are, nothing stored.
    """
    pins, bars = ([pair.model_dump(mode="json") for pair in pairs] for pairs in (asked.pins, asked.bars))
    async with work.transaction() as db:
        await check_cohort(db, by, cohort_id)
        one, other = asked.policies or (None, None)
        first = await question_now(db, cohort_id, one)
        second = await question_now(
            db, cohort_id, other, changes=asked.policy_changes, pins=pins, bars=bars, places=asked.places,
            weights=asked.weights,
        )  # fmt: skip
        await check_pairs(db, cohort_id, pins, bars, second.terms.mentors_each)
    check_room(second, pins)
    return _view(await _solved(first, second), asked.pins)


async def _solved(first: Question, second: Question) -> Sides:
    for question in (first, second):
        check_size(question)
    try:
        return await asyncio.to_thread(side_by_side, first, second)
    except InputError as error:
        raise PairsInvalid(str(error), errors=[fault("impossible_pair", str(error), "body")]) from None
    except PolicyError as error:
        raise refused(error, {}, ("body",)) from None


def _view(sides: Sides, pins: list[NewPair]) -> WhatIfView:
    both: Comparison = sides.comparison
    old, new = ({(p.mentor_id, p.mentee_id): p.score for p in run.pairs} for run in (sides.before, sides.after))
    changes = [
        Change(
            mentee_id=UUID(c.mentee_id), mentor_id=_id(c.before), other_mentor_id=_id(c.after),
            score=old.get((c.before or "", c.mentee_id)), other_score=new.get((c.after or "", c.mentee_id)),
        )
        for c in both.changes
    ]  # fmt: skip
    reasons = {(str(pin.mentor_id), str(pin.mentee_id)): pin.reason for pin in pins}
    return WhatIfView(
        before=_side(sides.before, both.blocking_pairs[0]),
        after=_side(sides.after, both.blocking_pairs[1]),
        same_pairs=len(old.keys() & new.keys()),
        changes=changes,
        pins=[_pin(cost, reasons[cost.mentor_id, cost.mentee_id]) for cost in sides.pins],
    )  # fmt: skip


def _id(person_id: str | None) -> UUID | None:
    return None if person_id is None else UUID(person_id)


def _pin(cost: PinCost, reason: str) -> PinView:
    return PinView.model_validate(cost).model_copy(update={"reason": reason})


def _side(run: Run, blocking: int) -> SideView:
    totals, shares = run.totals, {criterion.name: share for criterion, share in run.situation.policy.shares()}
    named: dict[str, Any] = {name: getattr(totals, name) for name in SideView.model_fields if hasattr(totals, name)}
    return SideView(
        **named, total_score=totals.score, worst_score=totals.worst, blocking_pairs=blocking,
        certified=run.certificate.valid, busiest=busiest(run),
        weights={name: round(share, 4) for name, share in shares.items()},
        fits={name: round(_fit(run, name, share), 4) for name, share in shares.items()},
    )  # fmt: skip


def _fit(run: Run, name: str, share: float) -> float:
    """How well the pairs of a run fit by a criterion with this share of their scores, on average."""
    return sum(pair.contributions.get(name, 0.0) for pair in run.pairs) / share / max(len(run.pairs), 1)
