"""How an import of standing pairs sends its rows to the matching API: by the batch, each batch all or none.

Whom a batch's answer names stays out, the others are sent again. Matching knows what it took over before, so the same
file changes nothing twice.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from mentoring_common.errors import Unavailable
from mentoring_contracts.words import SIDES
from mentoring_integrations.imports.rows.pairs import StandingPair
from mentoring_integrations.imports.sending import Sending
from mentoring_integrations.imports.service_client import Refused, ServiceClient

BATCH = 100
BATCH_TRIED = 500  # as many as matching takes: a dry run knows of no other batch
Bodies = dict[int, dict[str, Any]]
"""Relationships as matching takes them, by line."""


async def send_pairs(
    sending: Sending,
    matching: ServiceClient,
    programme_id: UUID,
    pairs: Sequence[StandingPair],
    cohorts: dict[int, str],
) -> None:
    """Take over pairs; `cohorts` are ids by number, a row that names none is of the only one."""
    try:
        equals = {kind["id"] for kind in await matching.get(f"/programmes/{programme_id}/kinds") if not kind["lead"]}
        by_cohort: dict[str, Bodies] = defaultdict(dict)
        left = sending.left(pairs)
        await sending.learn(pair.cells.named(side) for pair in left for side in SIDES)
        for pair in left:
            cohort_id = _cohort(sending, pair, cohorts)
            body = await _body(sending, pair, equals) if cohort_id else None
            if cohort_id and body:
                by_cohort[cohort_id][pair.line] = body
        for cohort_id, bodies in by_cohort.items():
            await _send(sending, matching, cohort_id, bodies)
    except (Refused, Unavailable) as error:
        sending.refuse_rest((pair.line for pair in pairs), error)


def _cohort(sending: Sending, pair: StandingPair, cohorts: Mapping[int, str]) -> str | None:
    number = pair.cells.cohort
    if number is None and len(cohorts) == 1:
        return next(iter(cohorts.values()))
    if number is None:
        sending.refuse(pair.line, "cohort", "cell_empty", "the programme has several cohorts: say which by its number")
    elif number not in cohorts:
        sending.refuse(pair.line, "cohort", "unknown_cohort", "the programme has no cohort of this number")
    return cohorts.get(number) if number is not None else None


async def _body(sending: Sending, pair: StandingPair, equals: set[str]) -> dict[str, Any] | None:
    cells, people = pair.cells, []
    for side in SIDES:
        by, value = cells.named(side)
        people.append(await sending.person_named(pair.line, by, value, column=f"{side}_{by}"))
    if None in people:
        return None
    mentor_id, mentee_id = people
    led = {"member_ids": [mentor_id, mentee_id]} if cells.kind in equals else {"member_ids": [mentee_id]}
    lead = {} if cells.kind in equals else {"lead_id": mentor_id}
    return {"kind": cells.kind, "starts_on": cells.starts_on.isoformat()} | lead | led


async def _send(sending: Sending, matching: ServiceClient, cohort_id: str, bodies: Bodies) -> None:
    # Pairs of one mentor stand together, so that what a mentor has no room for is seen before anything is done.
    lines = sorted(bodies, key=lambda line: (str(bodies[line].get("lead_id", "")), line))
    most = BATCH_TRIED if sending.dry_run else BATCH
    for start in range(0, len(lines), most):
        await _batch(sending, matching, cohort_id, {line: bodies[line] for line in lines[start : start + most]})


async def _batch(sending: Sending, matching: ServiceClient, cohort_id: str, bodies: Bodies) -> None:
    while bodies:
        lines = list(bodies)
        payload = {"relationships": list(bodies.values())}
        said = {"dry_run": "true"} if sending.dry_run else {}
        try:
            answer, _ = await matching.post(f"/cohorts/{cohort_id}/standing", payload, None, **said)
        except Refused as refused:
            wrong = _refuse(sending, lines, bodies, refused)
            bodies = {line: body for line, body in bodies.items() if line not in wrong}
            continue
        known = {lines[place] for place in answer["unchanged"]}
        sending.lines["unchanged"] |= known
        sending.lines["created"] |= bodies.keys() - known
        await sending.progressed()
        return


def _refuse(sending: Sending, lines: Sequence[int], bodies: Bodies, refused: Refused) -> set[int]:
    """The lines that the answer names, refused; raises again what is about none."""
    wrong: set[int] = set()
    for error in refused.problem.get("errors", []):
        parts = str(error.get("pointer", "")).removeprefix("/body/relationships/").split("/")
        if parts[0].isdigit() and int(parts[0]) < len(lines):
            line = lines[int(parts[0])]
            wrong.add(line)
            sending.refuse(line, _column(parts[1:], bodies[line]), str(error.get("code")), str(error.get("detail")))
    if not wrong:
        raise refused
    return wrong


def _column(parts: Sequence[str], body: Mapping[str, Any]) -> str | None:
    """The column of a member of a relationship."""
    if parts[:1] == ["lead_id"] or (parts[:2] == ["member_ids", "0"] and "lead_id" not in body):
        return "mentor_email"
    if parts[:1] == ["member_ids"]:
        return "mentee_email"
    return parts[0] if parts and parts[0] in ("starts_on", "kind") else None
