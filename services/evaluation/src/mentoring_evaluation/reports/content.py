"""The content of a report, made from evidence alone: the same records give the same report."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from mentoring_evaluation.disclosure.floor import policy_of
from mentoring_evaluation.figures.evidence import Evidence
from mentoring_evaluation.figures.full_answers import full_answers
from mentoring_evaluation.figures.shown import Figures
from mentoring_evaluation.figures.views import view_of
from mentoring_evaluation.lint import lint_report
from mentoring_evaluation.reports import findings, outcomes
from mentoring_evaluation.reports.document import LEDGER, Document, Fault, LedgerRow, QuoteNamed, View, Written
from mentoring_evaluation.reports.kinds import Kind, kind_of
from mentoring_evaluation.reports.narrative import resolved, unknown_references
from mentoring_evaluation.reports.records import ReportRecords


def report_content(
    evidence: Evidence, records: ReportRecords, kind: str, published: Mapping[str, Any] | None
) -> Document:
    """Everything a report of a kind holds but its text; a part that it has no room for is empty, or None."""
    held = kind_of(kind)
    views = {audience: kept_view(evidence, held, audience) for audience in held.views}
    figures, parts, policy = views[held.views[0]].figures, held.parts, policy_of(evidence.public_minimum)
    told = records.case_studies if "case_studies" in parts else ()
    return Document(
        title=evidence.title,
        kind=held.title,
        as_of=evidence.as_of.replace(microsecond=0),
        wordings=wordings(evidence),
        surveys=surveys(evidence),
        views=views,
        inconsistencies=_faults(published),
        ledger=_ledger(evidence) if "ledger" in parts else (),
        quotes=tuple(map(QuoteNamed.model_validate, evidence.quotes)) if "quotes" in parts else (),
        case_studies=tuple(map(findings.case_study, told)),
        themes=findings.themes(records, held, policy) if "themes" in parts else None,
        recommendations=findings.recommendations(records, held) if "recommendations" in parts else (),
        decisions=findings.decisions(records, held) if "decisions" in parts else (),
        evaluation_model=(
            outcomes.evaluation_model(records, figures, held, policy) if "evaluation_model" in parts else None
        ),
        outcomes=outcomes.outcomes(records, figures, held, policy) if "outcomes" in parts else None,
    )


def wordings(evidence: Evidence) -> dict[str, dict[str, str]]:
    """What every role was asked under a figure's name, as the last wave that asked put it."""
    asked: dict[str, dict[str, str]] = {}
    for wave in sorted(evidence.waves, key=lambda wave: (wave.closed_at is not None, wave.cohort)):
        for question in wave.used.flat() if wave.used else ():
            if question.figure:
                asked.setdefault(question.figure, {}).update({r: question.wording(r) for r in question.roles})
    return asked


def surveys(evidence: Evidence) -> dict[str, str]:
    """What every wave is called in words: by the title of its survey, as the last wave has it, and its occasion."""
    last = {wave.instrument: wave for wave in sorted(evidence.waves, key=lambda wave: wave.closed_at is not None)}
    titles = {name: wave.used.title for name, wave in last.items() if wave.used}
    twice = {title for title, times in Counter(titles.values()).items() if times > 1}
    said = {name: f"{title} ({name})" if title in twice else title for name, title in titles.items()}
    return {
        wave.name: f"{said[wave.instrument]}: {wave.occasion}" if wave.occasion else said[wave.instrument]
        for wave in evidence.waves
        if wave.instrument in said
    }


def kept_view(evidence: Evidence, kind: Kind, audience: str) -> View:
    """A view as a report of a kind shows it."""
    said, figures = view_of(evidence, audience)
    told = full_answers(evidence, audience)
    return View(
        statement=said,
        figures=tuple(figure for figure in figures if kind.holds(figure)),
        distributions=tuple(one for one in told if not kind.totals_only or one.cohort is None),
    )


def written(document: Document, narrative: Sequence[Written], figures: Figures) -> Document:
    """The document with this text, figures in place and quotations still to be read."""
    unknown = tuple(unknown_references(narrative, figures))
    return document.but(narrative=resolved(narrative, figures), unresolved=unknown)


def _faults(published: Mapping[str, Any] | None) -> tuple[Fault, ...]:
    return tuple(map(Fault.model_validate, lint_report(dict(published)))) if published else ()


def _ledger(evidence: Evidence) -> tuple[LedgerRow, ...]:
    """The application ledger as the applications service keeps it, and whether each line balances by our own sum."""
    return tuple(map(_ledger_row, evidence.statistics.get("ledger", [])))


def _ledger_row(row: Mapping[str, Any]) -> LedgerRow:
    numbers = {name: int(row.get(name) or 0) for name in LEDGER}
    entered = numbers["applied"] + numbers["moved_in"] - numbers["moved_out"]
    balanced = entered == sum(numbers[name] for name in LEDGER[3:])
    return LedgerRow(cohort=row.get("cohort_number"), role=row["role"], **numbers, balanced=balanced)
