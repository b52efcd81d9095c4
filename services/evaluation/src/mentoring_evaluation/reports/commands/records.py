"""What a report tells beside its figures, read where it lies; texts of people are only named (texts.py)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_contracts.rights import BUILT_IN
from mentoring_contracts.words import Side
from mentoring_evaluation.interviews import queries as interviews
from mentoring_evaluation.outcomes import queries as outcomes
from mentoring_evaluation.outcomes.commands.outcomes import counted, intentions
from mentoring_evaluation.outcomes.evaluation_models import EvaluationModel
from mentoring_evaluation.outcomes.models import HrOutcome, IndicatorValue
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.programmes.models import Programme
from mentoring_evaluation.reports.records import (
    CaseStudyRecord,
    DecisionRecord,
    FollowUpRecord,
    Heard,
    HrRecord,
    RecommendationRecord,
    ReportRecords,
    ThemeRecord,
    ValueRecord,
)
from mentoring_evaluation.themes import queries as theme_queries
from mentoring_evaluation.themes.models import Decision, FollowUp, Goal, Recommendation, Theme

# Of several roles a report names the first: what somebody owns, they own as the one who answers for more.
_ROLES = tuple(BUILT_IN)


async def report_records(db: AsyncSession, programme: Programme) -> ReportRecords:
    """All of it, as it is now."""
    numbers = await programmes.cohort_numbers(db, programme.id)
    design = await programmes.design(db, programme.id)
    values = await outcomes.latest_values(db, programme.id)
    studies = await interviews.approved_case_studies(db, programme.id)
    hr = await outcomes.latest_hr_outcomes(db, programme.id)
    return ReportRecords(
        case_studies=tuple(CaseStudyRecord(study.id, numbers.get(study.cohort_id)) for study in studies),
        themes=await _themes(db, programme.id),
        heard=_heard(await theme_queries.open_to_coding(db, programme.id)),
        recommendations=await _recommendations(db, programme.id),
        decisions=await _decisions(db, programme.id),
        model=EvaluationModel.model_validate(design.model) if design.model else None,
        values={name: _value(value, numbers) for name, value in values.items()},
        hr=tuple(_hr(outcome) for outcome in hr),
        intentions=tuple(await intentions(db, programme.id)),
    )


async def _themes(db: AsyncSession, programme_id: UUID) -> tuple[ThemeRecord, ...]:
    themes = await theme_queries.themes(db, programme_id)
    ids = [theme.id for theme in themes]
    goals, coded = await theme_queries.goals_of_themes(db, ids), await theme_queries.coded_texts(db, ids)
    return tuple(_theme(theme, goals.get(theme.id, []), coded.get(theme.id, [])) for theme in themes)


def _theme(theme: Theme, goals: Sequence[Goal], coded: Sequence[theme_queries.TextCount]) -> ThemeRecord:
    return ThemeRecord(
        id=theme.id,
        title=theme.title,
        description=theme.description,
        impact=theme.impact,
        effort=theme.effort,
        released=theme.wording_approved_at is not None,
        goals=tuple((goal.title, goal.of) for goal in goals),
        heard=_heard(coded),
    )


def _heard(counts: Iterable[theme_queries.TextCount]) -> Heard:
    texts: dict[Side, int] = defaultdict(int)
    most: dict[tuple[Side, UUID], int] = {}
    for role, source, question, number in counts:
        texts[role] += number
        voices = 1 if question is None else number
        most[role, source] = max(voices, most.get((role, source), 0))
    voices_by_role: dict[Side, int] = defaultdict(int)
    for (role, _), voices in most.items():
        voices_by_role[role] += voices
    return Heard(dict(texts), dict(voices_by_role))


async def _recommendations(db: AsyncSession, programme_id: UUID) -> tuple[RecommendationRecord, ...]:
    kept = (await db.scalars(theme_queries.recommendations(programme_id, None, None))).all()
    roles = await programmes.roles_held(db, programme_id)
    reported = await theme_queries.follow_ups_of(db, [one.id for one in kept])
    ordered = sorted(kept, key=lambda one: (one.due_at, one.id))
    return tuple(_recommendation(one, roles, reported.get(one.id, [])) for one in ordered)


def _recommendation(
    kept: Recommendation, roles: Mapping[UUID, frozenset[str]], reported: Sequence[FollowUp]
) -> RecommendationRecord:
    held = roles.get(kept.owner_id, frozenset())
    return RecommendationRecord(
        id=kept.id,
        theme_id=kept.theme_id,
        text=kept.text,
        owner_role=next((role for role in (*_ROLES, *sorted(held)) if role in held), None),
        team=kept.team,
        due_on=kept.due_at.date(),
        state=kept.state,  # type: ignore[arg-type]
        overdue=kept.overdue,
        released=kept.wording_approved_at is not None,
        follow_ups=tuple(FollowUpRecord(one.at.date(), one.state, one.note) for one in reported),  # type: ignore[arg-type]
    )


async def _decisions(db: AsyncSession, programme_id: UUID) -> tuple[DecisionRecord, ...]:
    """Those that tell of nobody's application."""
    found = (await db.scalars(theme_queries.decisions(programme_id).where(Decision.about != "application"))).all()
    attended = await theme_queries.attendees(db, [one.id for one in found])
    ordered = sorted(found, key=lambda one: (one.decided_on, one.id))
    return tuple(
        DecisionRecord(
            id=one.id,
            committee=one.committee,
            decided_on=one.decided_on,
            text=one.text,
            about=one.about,
            about_id=one.about_id,
            attended=Counter(who.role for who in attended.get(one.id, [])),
            released=one.wording_approved_at is not None,
        )
        for one in ordered
    )


def _value(kept: IndicatorValue, numbers: Mapping[UUID, int]) -> ValueRecord:
    cohort = numbers.get(kept.cohort_id) if kept.cohort_id else None
    return ValueRecord(counted(kept), cohort, kept.source, kept.measured_on)


def _hr(kept: HrOutcome) -> HrRecord:
    others: Any = (kept.other_people, kept.other_with_outcome)
    return HrRecord(
        outcome=kept.outcome,
        role=kept.role,  # type: ignore[arg-type]
        definition=kept.definition,
        months=kept.months,
        participants=(kept.people, kept.with_outcome),
        others=None if None in others else others,
        selection=kept.selection,  # type: ignore[arg-type]
        source=kept.source,
        measured_on=kept.measured_on,
    )
