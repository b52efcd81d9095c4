"""The linter of published figures over HTTP; it keeps nothing."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request

from mentoring_common.unit_of_work import Phases, Route
from mentoring_evaluation.errors import PublishedUnreadable
from mentoring_evaluation.lint import Finding, ReportUnreadable, lint_report, parse_report
from mentoring_evaluation.lint.schemas import FindingsView
from mentoring_evaluation.programmes.access import Reader

router = APIRouter(route_class=Route, tags=["linter"])
REPORT = {"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}}


@router.post("/lint", openapi_extra=REPORT)
async def lint_figures(request: Request, _: Reader, _work: Phases) -> FindingsView:
    """What a published report says that its own numbers cannot bear out, in any shape that lint-report reads."""
    # Read as text: 72 and 72.0 are different claims, which a parsed body no longer tells apart.
    findings = await asyncio.to_thread(_findings, await request.body())
    return FindingsView.model_validate({"findings": [finding.to_json() for finding in findings]})


def _findings(body: bytes) -> list[Finding]:
    try:
        report: dict[str, Any] = parse_report(body.decode("utf-8-sig"), "the report")
        return lint_report(report)
    except UnicodeDecodeError:
        raise PublishedUnreadable("the report is not UTF-8 text") from None
    except ReportUnreadable as error:
        raise PublishedUnreadable(str(error)) from None
