"""The texts of people in a report, read where they are sealed: what was withdrawn is in no report any more."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import vault
from mentoring_evaluation import queries
from mentoring_evaluation import queries_qualitative as qualitative
from mentoring_evaluation.commands.case_studies import sections_of
from mentoring_evaluation.models import Report


async def quotes_of(db: AsyncSession, report: Report) -> list[dict[str, Any]]:
    """Text, cohort and role of every quote that a report names and that is still there."""
    named = report.content["quotes"] if report.content else []
    people = {i: (await queries.interview(db, UUID(i))).person_id for i in sorted({q["interview_id"] for q in named})}
    rows = await queries.interview_texts(db, [UUID(i) for i in people])
    texts = {
        (str(row.interview_id), row.position): await vault.unseal(db, people[str(row.interview_id)], row.sealed)
        for row in rows
        if row.kind == "quote"
    }
    return [
        {"text": texts[key], "cohort": quote["cohort"], "role": quote["role"], "interview_id": quote["interview_id"]}
        for quote in named
        if (key := (quote["interview_id"], quote["position"])) in texts
    ]


async def case_studies_of(db: AsyncSession, report: Report) -> list[dict[str, Any]]:
    """Cohort and sections of every case study that a report names and that both people still approve."""
    named = report.content.get("case_studies", []) if report.content else []
    told = []
    for one in named:
        study = await qualitative.case_study(db, UUID(one["case_study_id"]))
        if study.state == "approved":
            sections = [section.model_dump() for section in await sections_of(db, study)]
            told.append(one | {"sections": sections})
    return told
