"""What an evaluator takes along: the tables of a view, and answer sheets."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from mentoring_common.audit import audit
from mentoring_common.db import now
from mentoring_common.runner import Service
from mentoring_common.unit_of_work import Db, Route
from mentoring_evaluation.errors import NoAnswerSheets
from mentoring_evaluation.exports import sheets, tables
from mentoring_evaluation.exports.formats import MEDIA_TYPE, Format, package
from mentoring_evaluation.exports.queries import answer_sheets
from mentoring_evaluation.figures.api.views import Seen, figures_of, service_of
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.programmes.access import Reader, require_own_right

router = APIRouter(route_class=Route, tags=["exports"])
ZIP: dict[int | str, dict[str, Any]] = {200: {"content": {MEDIA_TYPE: {}}}}
As = Annotated[
    Format, Query(alias="format", description="what the tables in the ZIP are: CSV, a workbook, SPSS, Parquet")
]
Agreement = Annotated[
    str,
    Query(
        min_length=1, max_length=80, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ./_-]*$",
        description="the reference of the data agreement; it stands in the audit log", examples=["DSA-2026-014"],
    ),
]  # fmt: skip


@router.get("/programmes/{programme_id}/tables", response_class=Response, responses=ZIP)
async def download_tables(
    programme_id: UUID,
    by: Reader,
    service: Annotated[Service, Depends(service_of)],
    view: Seen = "public",
    form: As = "csv",
) -> Response:
    """All figures and all answers as two tables with a codebook, in one ZIP: protected as the public view is, or exact
    for the programme team."""
    shown, at = await figures_of(service, by, programme_id, view)
    made = tables.tables_of(view, shown.statement, shown.figures, shown.distributions)
    file = await asyncio.to_thread(package, "tables", "Figures and answers", shown.statement, made, form, at)
    return Response(file, media_type=MEDIA_TYPE, headers=_named(f"tables-{view}-{form}"))


@router.get("/programmes/{programme_id}/answer-sheets", response_class=Response, responses=ZIP)
async def download_answer_sheets(
    programme_id: UUID, agreement: Agreement, by: Reader, db: Db, form: As = "csv"
) -> Response:
    """Answer sheets without names of closed surveys that say above their questions that researchers may be given them,
    with a codebook, in one ZIP. For whoever has the right to take them under a data agreement; it is audited."""
    await programmes.programme(db, programme_id)
    await require_own_right(db, by, programme_id, "take_answer_sheets")
    found = sheets.tables_of(await answer_sheets(db, programme_id))
    if not found:
        raise NoAnswerSheets()
    audit(db, by.subject, "take_answer_sheets", "programme", programme_id, reason=f"agreement {agreement}")
    said = f"{sheets.SAID} Taken under agreement {agreement}."
    file = await asyncio.to_thread(package, "answer-sheets", "Answer sheets", said, found, form, now(db))
    return Response(file, media_type=MEDIA_TYPE, headers=_named(f"answer-sheets-{form}"))


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}.zip"'}
