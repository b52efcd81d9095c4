"""Many applications at once, as a file of a team's has them: each on its own, in order, as if it had come alone."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.applying.commands.submission import submit_application
from mentoring_applications.applying.schemas import ApplicationItem, NewApplication
from mentoring_common import problems
from mentoring_common.auth import Principal
from mentoring_common.db import attempt, tried
from mentoring_common.errors import DomainError
from mentoring_common.faults import faults_of

_BODY = "/body/"


async def submit_applications(
    db: AsyncSession, programme_id: UUID, rows: Sequence[dict[str, Any]], by: Principal, *, dry_run: bool
) -> list[ApplicationItem]:
    """What became of each row. In a dry run the same is done and undone, so that it can say nothing else."""
    if not dry_run:
        return [await _submit(db, programme_id, index, row, by) for index, row in enumerate(rows)]
    async with tried(db):
        items = [await _submit(db, programme_id, index, row, by) for index, row in enumerate(rows)]
    return [item.model_copy(update={"id": None}) for item in items]


async def _submit(
    db: AsyncSession, programme_id: UUID, index: int, row: dict[str, Any], by: Principal
) -> ApplicationItem:
    try:
        new = NewApplication.model_validate(row)
        async with attempt(db):
            made = await submit_application(db, programme_id, new, by)
    except ValidationError as error:
        found = faults_of(error, "body", "applications", index)
        return ApplicationItem(index=index, outcome="refused", problem=problems.invalid(found))
    except DomainError as error:
        return ApplicationItem(index=index, outcome="refused", problem=_of_row(index, problems.document_of(error)))
    return ApplicationItem(index=index, outcome="created", id=made.application.id)


def _of_row(index: int, problem: dict[str, Any]) -> dict[str, Any]:
    """The problem of one body as that of a row among others."""
    for fault in problem.get("errors", []):
        if str(fault.get("pointer", "")).startswith(_BODY):
            fault["pointer"] = f"{_BODY}applications/{index}/{fault['pointer'].removeprefix(_BODY)}"
    return problem
