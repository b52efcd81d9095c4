"""What a report says that was found: case studies, themes and recommendations, for one kind of report."""

from collections.abc import Iterator, Mapping
from typing import TypedDict
from uuid import UUID

from mentoring_evaluation.disclosure.rule import Policy
from mentoring_evaluation.figures.shown import Shown
from mentoring_evaluation.reports.document import (
    AttendedInReport,
    CaseStudyNamed,
    DecisionInReport,
    FollowUpInReport,
    HeardInReport,
    RecommendationInReport,
    ThemeGoal,
    ThemeInReport,
    ThemesInReport,
    Voices,
)
from mentoring_evaluation.reports.kinds import Kind
from mentoring_evaluation.reports.protection import HIDDEN, exact_by_role, protected_by_role
from mentoring_evaluation.reports.records import (
    CaseStudyRecord,
    DecisionRecord,
    Heard,
    RecommendationRecord,
    ReportRecords,
    ThemeRecord,
)
from mentoring_evaluation.themes import priority

EXACT = (
    "People found the themes in quotes and comments. Every interview is one voice; of a survey, which is anonymous, as "
    "many voices count as answered the question that most of them answered."
)


def case_study(study: CaseStudyRecord) -> CaseStudyNamed:
    """A case study that both people approve, by name only."""
    return CaseStudyNamed(case_study_id=study.id, cohort=study.cohort)


def themes(records: ReportRecords, kind: Kind, policy: Policy) -> ThemesInReport:
    """The themes that the kind may tell, the first to act on first."""
    heard = HIDDEN if kind.protected else exact_by_role(records.heard.voices)
    return ThemesInReport(
        rule=priority.RULE,
        statement=f"{EXACT} {policy.in_words()}" if kind.protected else EXACT,
        heard=HeardInReport(**_shown(records.heard, heard, kind)),
        items=[
            _theme(theme, records, kind, policy)
            for theme in sorted(_told(records, kind), key=lambda theme: priority.order(_judged(theme, kind)))
        ],
    )


def recommendations(records: ReportRecords, kind: Kind) -> tuple[RecommendationInReport, ...]:
    """The recommendations, the first due first; of owners only role and team."""
    titles = {theme.id: theme.title for theme in _told(records, kind)}
    return tuple(
        _recommendation(one, titles, kind) for one in records.recommendations if one.released or not kind.leaves
    )  # fmt: skip


def decisions(records: ReportRecords, kind: Kind) -> tuple[DecisionInReport, ...]:
    """What committees decided, the first day first."""
    told = {theme.id: theme.title for theme in _told(records, kind)}
    told |= {one.id: one.text for one in records.recommendations if one.released or not kind.leaves}
    return tuple(_decision(one, told) for one in records.decisions if one.released or not kind.leaves)


def _decision(one: DecisionRecord, told: Mapping[UUID, str]) -> DecisionInReport:
    return DecisionInReport(
        decision_id=one.id,
        committee=one.committee,
        decided_on=one.decided_on,
        text=one.text,
        about=one.about,
        subject=None if one.about_id is None else told.get(one.about_id),
        attended=[AttendedInReport(role=role, people=people) for role, people in sorted(one.attended.items())],
    )


def _told(records: ReportRecords, kind: Kind) -> Iterator[ThemeRecord]:
    return (theme for theme in records.themes if theme.released or not kind.leaves)


def _judged(theme: ThemeRecord, kind: Kind) -> priority.Judged:
    """Where counts are protected their order is too."""
    texts = 0 if kind.protected else sum(theme.heard.texts.values())
    return priority.Judged(theme.title, theme.impact, theme.effort, texts)


def _theme(theme: ThemeRecord, records: ReportRecords, kind: Kind, policy: Policy) -> ThemeInReport:
    voices = exact_by_role(theme.heard.voices)
    if kind.protected:
        voices = protected_by_role(theme.heard.voices, records.heard.voices, policy)
    return ThemeInReport(
        theme_id=theme.id,
        title=theme.title,
        description=theme.description,
        impact=theme.impact,
        effort=theme.effort,
        priority=priority.band(theme.impact, theme.effort),
        goals=[ThemeGoal.model_validate({"title": title, "of": of}) for title, of in theme.goals],
        **_shown(theme.heard, voices, kind),
    )


class _Heard(TypedDict):
    texts: Voices | None
    voices: Voices
    shown: Shown


def _shown(found: Heard, voices: Voices, kind: Kind) -> _Heard:
    """`voices` rounded or hidden (None) where they are protected; `texts` only where they are not."""
    if kind.protected:
        return {"texts": None, "voices": voices, "shown": "rounded"}
    return {"texts": exact_by_role(found.texts), "voices": voices, "shown": "exact"}


def _recommendation(one: RecommendationRecord, titles: Mapping[UUID, str], kind: Kind) -> RecommendationInReport:
    return RecommendationInReport(
        recommendation_id=one.id,
        text=one.text,
        theme=None if one.theme_id is None else titles.get(one.theme_id),
        owner_role=one.owner_role,
        team=one.team,
        due_on=one.due_on,
        state=one.state,
        overdue=one.overdue,
        follow_ups=[
            FollowUpInReport(on=told.on, state=told.state, note=None if kind.leaves else told.note)
            for told in one.follow_ups
        ],
    )
