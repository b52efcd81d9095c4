"""What changed between two versions of a report: what came, went, or says something else."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Generic, TypeVar
from uuid import UUID

from mentoring_evaluation.figures.shown import Rule, Shown, ShownFigure
from mentoring_evaluation.figures.views import Audience
from mentoring_evaluation.kept import Kept, Number
from mentoring_evaluation.lifecycle import RecommendationState
from mentoring_evaluation.reports.document import (
    CaseStudyNamed,
    Document,
    Note,
    RecommendationInReport,
    ThemeGoal,
    ThemeInReport,
    Voices,
)
from mentoring_evaluation.themes.priority import Band


class FigureSaid(Kept):
    """What a figure said."""

    value: Number | None
    numerator: int | None
    denominator: int | None
    shown: Shown


class FigureChange(Kept):
    """A figure, and what it said `before` and says `after`; None where it was not there."""

    name: str
    cohort: int | None
    role: str | None
    wave: str | None
    rule: Rule
    unit: str
    breakdown: dict[str, str]
    before: FigureSaid | None = None
    after: FigureSaid | None = None


class ThemeSaid(Kept):
    """What is compared of a theme."""

    title: str
    description: str
    impact: int | None
    effort: int | None
    priority: Band
    goals: list[ThemeGoal]
    texts: Voices | None
    voices: Voices


class ThemeChange(Kept):
    """A theme `before` and `after`."""

    theme_id: UUID
    before: ThemeSaid | None = None
    after: ThemeSaid | None = None


class RecommendationSaid(Kept):
    """What is compared of a recommendation."""

    text: str
    owner_role: str | None
    team: str | None
    due_on: date
    state: RecommendationState
    overdue: bool


class RecommendationChange(Kept):
    """A recommendation `before` and `after`."""

    recommendation_id: UUID
    before: RecommendationSaid | None = None
    after: RecommendationSaid | None = None


class CaseStudySaid(Kept):
    """What is compared of a case study."""

    cohort: int | None


class CaseStudyChange(Kept):
    """A case study `before` and `after`."""

    case_study_id: UUID
    before: CaseStudySaid | None = None
    after: CaseStudySaid | None = None


Change = TypeVar("Change")
Item = TypeVar("Item")
Said = TypeVar("Said")


@dataclass(frozen=True, slots=True)
class Differences(Generic[Change]):
    """What came, what went, and what says something else."""

    added: Sequence[Change] = ()
    removed: Sequence[Change] = ()
    changed: Sequence[Change] = ()

    def every(self) -> Iterable[Change]:
        """What changed first, then what came and what went."""
        return (*self.changed, *self.added, *self.removed)


@dataclass(frozen=True, slots=True)
class Previous:
    """The version that was published before."""

    id: UUID
    version: int
    published_at: datetime | None
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that differs from the version published before; nothing where there is none."""

    previous: Previous | None = None
    figures: Differences[FigureChange] = field(default_factory=Differences)
    themes: Differences[ThemeChange] = field(default_factory=Differences)
    recommendations: Differences[RecommendationChange] = field(default_factory=Differences)
    case_studies: Differences[CaseStudyChange] = field(default_factory=Differences)


@dataclass(frozen=True, slots=True)
class Issue:
    """Which issue of a report is shown."""

    version: int
    edition: int
    notes: tuple[Note, ...]
    published_at: datetime | None
    changes: Changes = field(default_factory=Changes)


def changes_since(previous: Previous, before: Document, after: Document, audience: Audience) -> Changes:
    """What a document says otherwise than the version published before."""
    return Changes(
        previous=previous,
        figures=figure_changes(before.views[audience].figures, after.views[audience].figures),
        themes=_differences(
            before.themes.items if before.themes else (), after.themes.items if after.themes else (),
            lambda one: one.theme_id, ThemeSaid.model_validate, _theme,
        ),
        recommendations=_differences(
            before.recommendations, after.recommendations,
            lambda one: one.recommendation_id, RecommendationSaid.model_validate, _recommendation,
        ),
        case_studies=_differences(
            before.case_studies, after.case_studies,
            lambda one: one.case_study_id, CaseStudySaid.model_validate, _case_study,
        ),
    )  # fmt: skip


def figure_changes(before: Iterable[ShownFigure], after: Iterable[ShownFigure]) -> Differences[FigureChange]:
    """The figures that came, went or say something else."""
    return _differences(before, after, _key, FigureSaid.model_validate, _figure)


def _differences(
    before: Iterable[Item],
    after: Iterable[Item],
    key: Callable[[Item], object],
    said: Callable[[Item], Said],
    change: Callable[[Item, dict[str, Said]], Change],
) -> Differences[Change]:
    """Items by their key, of which `said` is compared; `change` makes of one, and what it says, what is told of it."""
    old, new = ({key(item): (item, said(item)) for item in items} for items in (before, after))
    return Differences(
        added=[change(item, {"after": says}) for at, (item, says) in new.items() if at not in old],
        removed=[change(item, {"before": says}) for at, (item, says) in old.items() if at not in new],
        changed=[
            change(item, {"before": old[at][1], "after": says})
            for at, (item, says) in new.items()
            if at in old and old[at][1] != says
        ],
    )


def _key(figure: ShownFigure) -> object:
    f = figure
    return f.name, f.cohort, f.role, f.wave, f.rule, f.unit, tuple(sorted(f.breakdown.items()))


def _figure(figure: ShownFigure, said: dict[str, FigureSaid]) -> FigureChange:
    f = figure
    return FigureChange(
        name=f.name, cohort=f.cohort, role=f.role, wave=f.wave, rule=f.rule, unit=f.unit, breakdown=f.breakdown, **said,
    )  # fmt: skip


def _theme(theme: ThemeInReport, said: dict[str, ThemeSaid]) -> ThemeChange:
    return ThemeChange(theme_id=theme.theme_id, **said)


def _recommendation(one: RecommendationInReport, said: dict[str, RecommendationSaid]) -> RecommendationChange:
    return RecommendationChange(recommendation_id=one.recommendation_id, **said)


def _case_study(study: CaseStudyNamed, said: dict[str, CaseStudySaid]) -> CaseStudyChange:
    return CaseStudyChange(case_study_id=study.case_study_id, **said)
