"""Editions of reports: announced when they are published, and issued anew when somebody withdraws."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import now
from mentoring_common.outbox import emit
from mentoring_contracts.evaluation import ReportPublished
from mentoring_evaluation.figures.views import Audience
from mentoring_evaluation.interviews.gone import Gone
from mentoring_evaluation.reports import queries
from mentoring_evaluation.reports.content import written
from mentoring_evaluation.reports.kinds import Part
from mentoring_evaluation.reports.models import Report
from mentoring_evaluation.reports.narrative import WITHDRAWN
from mentoring_evaluation.reports.repetition import Text

# Part of a report, by whom its items are named, and what a new edition says of one that went.
NAMED: Mapping[Part, tuple[str, str]] = {
    "quotes": ("interview_id", "A person who had been interviewed withdrew: their words were removed."),
    "case_studies": ("case_study_id", "One of a pair withdrew: the case study that tells of both was removed."),
}
CUT = "Words that their speaker took back were removed from the text."


async def reissue_without(db: AsyncSession, programme_id: UUID, gone: Gone) -> None:
    """Take what was withdrawn out of every report, its text included; a published one gets a new edition and a note
    that says so."""
    for report in await queries.reports_held(db, programme_id):
        lost = [*_taken_out(report, gone.ids), *await _cut(report, gone.words)]
        if lost and report.state == "published":
            report.edition += 1
            note = {"edition": report.edition, "at": now(db).isoformat(), "text": " ".join(lost)}
            report.notes = [*report.notes, note]
            announce(db, report)


def announce(db: AsyncSession, report: Report) -> None:
    """Say that an edition is out."""
    # A report to the steering group or a network shows the public view and is still not for everybody.
    audience: Audience = "public" if report.kind == "public" else "programme_team"
    emit(db, ReportPublished(
        report_id=report.id, programme_id=report.programme_id, edition=report.edition, audience=audience,
        kind=report.kind, report_version=report.version,
    ))  # fmt: skip


def _taken_out(report: Report, gone: Collection[UUID]) -> list[str]:
    """Take out what the report names; what is to be said of it."""
    content = report.content or {}
    kept = {part: _without(content.get(part, []), by, gone) for part, (by, _) in NAMED.items()}
    lost = [said for part, (_, said) in NAMED.items() if len(kept[part]) < len(content.get(part, []))]
    if lost:
        report.content = content | kept
    return lost


async def _cut(report: Report, words: Sequence[str]) -> list[str]:
    """Cut the words out of the text that stands around the figures; what is to be said of it."""
    narrative = await asyncio.to_thread(without_words, report.narrative, words) if report.narrative else []
    if narrative == report.narrative:
        return []
    report.narrative = narrative
    if report.content is not None:
        report.content = report.content | written(narrative, report.content["views"][report.audience]["figures"])
    return [CUT]


def without_words(narrative: Sequence[dict[str, str]], words: Sequence[str]) -> list[dict[str, str]]:
    """The sections of a text with what repeats the words replaced by the statement that a quotation was withdrawn."""
    said = [Text(one) for one in words]
    return [{part: _without_words(text, said) for part, text in section.items()} for section in narrative]


def _without_words(text: str, said: Sequence[Text]) -> str:
    for one in said:
        read = Text(text)
        text = read.without(read.repeats(one), WITHDRAWN)
    return text


def _without(items: Sequence[Mapping[str, Any]], by: str, gone: Collection[UUID]) -> list[Mapping[str, Any]]:
    return [item for item in items if UUID(item[by]) not in gone]
