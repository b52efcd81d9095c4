"""What a report says that was found: case studies, themes and recommendations, as JSON for one kind of report."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mentoring_evaluation.disclosure.rule import Policy
from mentoring_evaluation.reports.kinds import Kind
from mentoring_evaluation.reports.protection import exact_by_role, protected_base, protected_by_role
from mentoring_evaluation.reports.records import Heard, RecommendationRecord, ReportRecords, ThemeRecord
from mentoring_evaluation.themes import priority

EXACT = (
    "People found the themes in quotes and comments. Every interview is one voice; of a survey, which is anonymous, as "
    "many voices count as answered the question that most of them answered."
)


def case_studies(records: ReportRecords) -> list[dict[str, Any]]:
    """The case studies that both people approve, by name only."""
    return [{"case_study_id": str(study.id), "cohort": study.cohort} for study in records.case_studies]


def themes(records: ReportRecords, kind: Kind, policy: Policy) -> dict[str, Any]:
    """`rule` of priority, `statement` on counting, `heard` (all texts open to coding) and the `items` in order."""
    said = f"{EXACT} {policy.in_words()}" if kind.protected else EXACT
    items = sorted(_told(records, kind), key=lambda theme: priority.order(_judged(theme, kind)))
    return {
        "rule": priority.RULE,
        "statement": said,
        "heard": _shown(records.heard, protected_base(records.heard.voices, policy) if kind.protected else None),
        "items": [_theme(theme, records, kind, policy) for theme in items],
    }


def recommendations(records: ReportRecords, kind: Kind) -> list[dict[str, Any]]:
    """The recommendations, the first due first; of owners only role and team."""
    titles = {theme.id: theme.title for theme in _told(records, kind)}
    return [
        _recommendation(one, titles, kind) for one in records.recommendations if one.released or not kind.leaves
    ]  # fmt: skip


def _told(records: ReportRecords, kind: Kind) -> Iterator[ThemeRecord]:
    return (theme for theme in records.themes if theme.released or not kind.leaves)


def _judged(theme: ThemeRecord, kind: Kind) -> priority.Judged:
    """Where counts are protected their order is too."""
    texts = 0 if kind.protected else sum(theme.heard.texts.values())
    return priority.Judged(theme.title, theme.impact, theme.effort, texts)


def _theme(theme: ThemeRecord, records: ReportRecords, kind: Kind, policy: Policy) -> dict[str, Any]:
    voices = protected_by_role(theme.heard.voices, records.heard.voices, policy) if kind.protected else None
    return {
        "theme_id": str(theme.id),
        "title": theme.title,
        "description": theme.description,
        "impact": theme.impact,
        "effort": theme.effort,
        "priority": priority.band(theme.impact, theme.effort),
        "goals": [{"title": title, "of": of} for title, of in theme.goals],
        **_shown(theme.heard, voices),
    }


def _shown(found: Heard, protected: Mapping[str, int | None] | None) -> dict[str, Any]:
    """`voices` by role, rounded or hidden (None) where they are protected; `texts` only where they are not."""
    if protected is not None:
        return {"texts": None, "voices": dict(protected), "shown": "rounded"}
    return {"texts": exact_by_role(found.texts), "voices": exact_by_role(found.voices), "shown": "exact"}


def _recommendation(one: RecommendationRecord, titles: Mapping[Any, str], kind: Kind) -> dict[str, Any]:
    notes: Sequence[dict[str, Any]] = [
        {"on": told.on.isoformat(), "state": told.state, "note": None if kind.leaves else told.note}
        for told in one.follow_ups
    ]
    return {
        "recommendation_id": str(one.id),
        "text": one.text,
        "theme": titles.get(one.theme_id),
        "owner_role": one.owner_role,
        "team": one.team,
        "due_on": one.due_on.isoformat(),
        "state": one.state,
        "overdue": one.overdue,
        "follow_ups": notes,
    }
