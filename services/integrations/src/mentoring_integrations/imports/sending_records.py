"""How imports of attendance and of outcomes send their rows: to sessions by the activity, to evaluation one by one.

Both know what they have: who attended counts once, and an outcome that was sent before is answered again.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import orjson

from mentoring_common.errors import Unavailable
from mentoring_integrations.imports.rows.attendance import Attended
from mentoring_integrations.imports.rows.outcomes import NewOutcome
from mentoring_integrations.imports.sending import Sending
from mentoring_integrations.imports.service_client import Refused, ServiceClient

MOST = 500  # people of one request
_COLUMN_OF = {"people": "people", "with_outcome": "with_outcome", "measured_on": "measured_on"}


async def send_attendance(sending: Sending, sessions: ServiceClient, attended: Sequence[Attended]) -> None:
    """Record who was there; in a dry run, look whether everybody is known."""
    by_activity: dict[UUID, dict[int, str]] = defaultdict(dict)
    try:
        left = sending.left(attended)
        await sending.learn(row.cells.named for row in left)
        for row in left:
            person = await sending.person_named(row.line, *row.cells.named)
            if person is not None:
                by_activity[row.cells.activity_id][row.line] = person
        for activity, people in by_activity.items():
            lines = list(people)
            for start in range(0, len(lines), MOST):
                await _attended(sending, sessions, activity, {line: people[line] for line in lines[start:][:MOST]})
                await sending.progressed()
    except (Refused, Unavailable) as error:
        sending.refuse_rest((row.line for row in attended), error)


async def _attended(sending: Sending, sessions: ServiceClient, activity: UUID, people: dict[int, str]) -> None:
    """One batch: whom the answer names stays out, the others are sent again."""
    while people:
        if sending.dry_run:
            sending.lines["created"] |= people.keys()
            return
        lines = list(people)
        try:
            answer, _ = await sessions.post(
                f"/activities/{activity}/attendance", {"person_ids": list(people.values())}, None
            )
        except Refused as refused:
            if refused.concerns_caller:
                raise
            wrong = _named(lines, refused)
            for line in wrong or lines:
                column = None if refused.status != 404 else "activity_id"
                sending.refuse(line, column, refused.code, refused.title)
            people = {line: person for line, person in people.items() if wrong and line not in wrong}
            continue
        sending.lines["created" if answer["recorded"] else "unchanged"] |= people.keys()
        return


def _named(lines: Sequence[int], refused: Refused) -> set[int]:
    """The lines whose people an answer points at."""
    places = [str(error.get("pointer", "")).rsplit("/", 1)[-1] for error in refused.problem.get("errors", [])]
    return {lines[int(place)] for place in places if place.isdigit() and int(place) < len(lines)}


async def send_outcomes(
    sending: Sending, evaluation: ServiceClient, programme_id: UUID, outcomes: Sequence[NewOutcome]
) -> None:
    """Send totals of what became of people at work; a dry run sends none."""
    try:
        for new in sending.left(outcomes):
            if sending.dry_run:
                sending.lines["created"].add(new.line)
                continue
            body = new.cells.body
            key = f"import-{hashlib.sha256(orjson.dumps([str(programme_id), body])).hexdigest()}"
            try:
                _, known = await evaluation.post(f"/programmes/{programme_id}/hr-outcomes", body, key)
                sending.lines["unchanged" if known else "created"].add(new.line)
            except Refused as refused:
                if refused.concerns_caller or refused.status == 404:
                    raise
                _refuse(sending, new.line, refused)
            await sending.progressed()
    except (Refused, Unavailable) as error:
        sending.refuse_rest((new.line for new in outcomes), error)


def _refuse(sending: Sending, line: int, refused: Refused) -> None:
    errors = refused.problem.get("errors") or [{"code": refused.code, "detail": refused.title}]
    for error in errors:
        column = _COLUMN_OF.get(str(error.get("pointer", "")).rsplit("/", 1)[-1])
        sending.refuse(line, column, str(error.get("code", refused.code)), str(error.get("detail", refused.title)))
