"""Editions of reports: announced when they are published, and issued anew when somebody withdraws."""

import asyncio
from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import now
from mentoring_common.outbox import emit
from mentoring_contracts.evaluation import ReportPublished
from mentoring_evaluation.figures.views import Audience
from mentoring_evaluation.interviews.gone import Gone
from mentoring_evaluation.reports import queries
from mentoring_evaluation.reports.content import written
from mentoring_evaluation.reports.document import Note, Written
from mentoring_evaluation.reports.models import Report
from mentoring_evaluation.reports.narrative import WITHDRAWN
from mentoring_evaluation.reports.repetition import Text

QUOTE_GONE = "A person who had been interviewed withdrew: their words were removed."
CASE_STUDY_GONE = "One of a pair withdrew: the case study that tells of both was removed."
CUT = "Words that their speaker took back were removed from the text."


async def reissue_without(db: AsyncSession, programme_id: UUID, gone: Gone) -> None:
    """Take what was withdrawn out of every report, its text included; a published one gets a new edition and a note
    that says so."""
    for report in await queries.reports_held(db, programme_id):
        lost = [*_taken_out(report, gone.ids), *await _cut(report, gone.words)]
        if lost and report.state == "published":
            report.edition += 1
            note = Note(edition=report.edition, at=now(db).isoformat(), text=" ".join(lost))
            report.notes = (*report.notes, note)
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
    document = report.content
    if document is None:
        return []
    quotes = tuple(one for one in document.quotes if one.interview_id not in gone)
    studies = tuple(one for one in document.case_studies if one.case_study_id not in gone)
    lost = [QUOTE_GONE] if len(quotes) < len(document.quotes) else []
    lost += [CASE_STUDY_GONE] if len(studies) < len(document.case_studies) else []
    if lost:
        report.content = document.but(quotes=quotes, case_studies=studies)
    return lost


async def _cut(report: Report, words: Sequence[str]) -> list[str]:
    """Cut the words out of the text that stands around the figures; what is to be said of it."""
    narrative = await asyncio.to_thread(without_words, report.narrative, words) if report.narrative else ()
    if narrative == report.narrative:
        return []
    report.narrative = narrative
    if report.content is not None:
        report.content = written(report.content, narrative, report.content.views[report.audience].figures)
    return [CUT]


def without_words(narrative: Sequence[Written], words: Sequence[str]) -> tuple[Written, ...]:
    """The sections of a text with what repeats the words replaced by the statement that a quotation was withdrawn."""
    said = [Text(one) for one in words]
    return tuple(
        Written(title=_without_words(section.title, said), text=_without_words(section.text, said))
        for section in narrative
    )


def _without_words(text: str, said: Sequence[Text]) -> str:
    for one in said:
        read = Text(text)
        text = read.without(read.repeats(one), WITHDRAWN)
    return text
