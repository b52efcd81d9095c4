"""The texts of people in a report, read where they are sealed: what was withdrawn is in no report any more."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import vault
from mentoring_evaluation.errors import WordsRepeated
from mentoring_evaluation.interviews import queries as interviews
from mentoring_evaluation.interviews.commands.case_studies import sections_of
from mentoring_evaluation.reports.document import (
    CaseStudyNamed,
    CaseStudyTold,
    Document,
    QuoteInReport,
    QuoteNamed,
    Words,
    Written,
)
from mentoring_evaluation.reports.narrative import with_quotes
from mentoring_evaluation.reports.repetition import Text

Sections = Sequence[Written]


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said, and the id of the quote if it is one."""

    text: str
    quote_id: UUID | None = None


async def words_of(db: AsyncSession, document: Document) -> Words:
    """What people said in a built report, in clear, and its text with them."""
    quotes = await quotes_of(db, document.quotes)
    studies = await case_studies_of(db, document.case_studies)
    return Words(quotes, studies, with_quotes(document.narrative, quotes))


async def quotes_of(db: AsyncSession, named: Sequence[QuoteNamed]) -> tuple[QuoteInReport, ...]:
    """Every quote that a report names and that is still there."""
    rows = await interviews.quotes_of_interviews(db, list({quote.interview_id for quote in named}))
    texts = await vault.unseal_all(db, [(person_id, row.sealed) for row, person_id in rows])
    known = {(row.interview_id, row.position): (row.id, text) for (row, _), text in zip(rows, texts, strict=True)}
    found = ((quote, known.get((quote.interview_id, quote.position))) for quote in named)
    return tuple(
        QuoteInReport(
            text=said[1], cohort=quote.cohort, role=quote.role, quote_id=said[0], interview_id=quote.interview_id
        )
        for quote, said in found
        if said is not None
    )


async def case_studies_of(db: AsyncSession, named: Sequence[CaseStudyNamed]) -> tuple[CaseStudyTold, ...]:
    """Every case study that a report names and that both people still approve."""
    told = []
    for one in named:
        study = await interviews.case_study(db, one.case_study_id)
        if study.state == "approved":
            sections = tuple((section.title, section.text) for section in await sections_of(db, study))
            told.append(CaseStudyTold(one.case_study_id, one.cohort, sections))
    return tuple(told)


async def refuse_repetition(db: AsyncSession, programme_id: UUID, narrative: Sections, known: frozenset[str]) -> None:
    """WordsRepeated where a text says word for word what people said in interviews or in a case study; it names the
    quote to refer to instead, if it is one of those `known` to the report, and repeats no word."""
    said = await _all_said(db, programme_id)
    repeated = await asyncio.to_thread(lambda: list(_repeated(narrative, said, known)))
    if repeated:
        raise WordsRepeated(repeated=repeated)


async def _all_said(db: AsyncSession, programme_id: UUID) -> list[Said]:
    rows = await interviews.interview_words(db, programme_id)
    texts = await vault.unseal_all(db, [(person_id, row.sealed) for row, person_id in rows])
    quoted = [row.id if row.kind == "quote" else None for row, _ in rows]
    sections = await interviews.case_study_words(db, programme_id)
    told = await vault.unseal_all(db, [(row.case_study_id, row.sealed) for row in sections])
    return [*map(Said, texts, quoted), *map(Said, told)]


def _repeated(narrative: Sections, said: Sequence[Said], known: frozenset[str]) -> Iterator[dict[str, Any]]:
    """Section (from 1) and the reference to use, None where there is only saying it in other words."""
    spoken = [(one, Text(one.text)) for one in said]
    for position, section in enumerate(narrative, start=1):
        written = Text(f"{section.title}\n{section.text}")
        for one, text in spoken:
            if written.repeats(text):
                use = f"{{quote:{one.quote_id}}}" if str(one.quote_id) in known else None
                yield {"section": position, "use": use}
