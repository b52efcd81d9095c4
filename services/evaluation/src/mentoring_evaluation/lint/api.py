"""The linter of published figures over HTTP; it keeps nothing."""

import asyncio

from fastapi import APIRouter, Request

from mentoring_common.unit_of_work import Phases, Route
from mentoring_evaluation.errors import PublishedUnreadable
from mentoring_evaluation.lint import ReportUnreadable, coverage, faults, read_json
from mentoring_evaluation.lint.schemas import FindingsView
from mentoring_evaluation.programmes.access import Reader

router = APIRouter(route_class=Route, tags=["linter"])
REPORT = {"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}}


@router.post("/lint", openapi_extra=REPORT)
async def lint_figures(request: Request, _: Reader, _work: Phases) -> FindingsView:
    """What a published report says that its own numbers cannot bear out, in any shape that lint-report reads.

    A table that was pasted (CSV, HTML, text) goes in `table`, and what its columns mean, where the guess was wrong, in
    `columns`.
    """
    # Read as text: 72 and 72.0 are different claims, which a parsed body no longer tells apart.
    return await asyncio.to_thread(_linted, await request.body())


def _linted(body: bytes) -> FindingsView:
    try:
        document = read_json(body.decode("utf-8-sig"), "the report")
        return FindingsView.model_validate(
            {
                "findings": [finding.to_json() for finding in faults(document.report)],
                "coverage": coverage(document.report).to_json(),
                "read_as": [guess.in_words() for guess in document.guesses],
                "not_read": list(document.skipped),
            }
        )
    except UnicodeDecodeError:
        raise PublishedUnreadable("the report is not UTF-8 text") from None
    except ReportUnreadable as error:
        raise PublishedUnreadable(str(error)) from None
