"""What stands beside the figures of a report, laid out once for the page and the PDF: chapters, entries, tables."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from mentoring_evaluation.figures.shown import ABOUT
from mentoring_evaluation.outcomes.comparison import GroupShare
from mentoring_evaluation.outcomes.intentions import Did, Meant, ShownIntention
from mentoring_evaluation.reports.changes import (
    CaseStudyChange,
    CaseStudySaid,
    Changes,
    RecommendationChange,
    RecommendationSaid,
    ThemeChange,
    ThemeSaid,
)
from mentoring_evaluation.reports.document import (
    CaseStudyTold,
    DecisionInReport,
    Document,
    FollowUpInReport,
    HeardInReport,
    HrOutcomeInReport,
    IndicatorInReport,
    MeasuredInReport,
    ModelInReport,
    OutcomesInReport,
    RecommendationInReport,
    ThemeInReport,
    ThemesInReport,
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table with words in it: the first column names the row."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A piece of a chapter: `sections` are (title, paragraphs) one level below it."""

    title: str = ""
    paragraphs: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    table: Table | None = None
    caveats: tuple[str, ...] = ()
    sections: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading and what stands under it; `name` is its anchor."""

    name: str
    title: str
    entries: tuple[Entry, ...]


def chapters(document: Document, case_studies: Iterable[CaseStudyTold]) -> list[Chapter]:
    """The chapters of a report that have something to say, in order."""
    made = (
        Chapter("evaluation-model", _model_title(document.evaluation_model), tuple(_model(document.evaluation_model))),
        Chapter("outcomes", "What came of it", tuple(_outcomes(document.outcomes))),
        Chapter("themes", "Themes", tuple(_themes(document.themes))),
        Chapter("recommendations", "Recommendations", tuple(_recommendations(document.recommendations))),
        Chapter("decisions", "Decisions of committees", tuple(_decisions(document.decisions))),
        Chapter("case-studies", "Case studies", tuple(map(_case_study, case_studies))),
    )
    return [chapter for chapter in made if chapter.entries]


def _model_title(model: ModelInReport | None) -> str:
    return f"What was measured, by the stages of the model: {model.title.lower()}" if model else ""


def _model(model: ModelInReport | None) -> Iterator[Entry]:
    for stage in model.stages if model else ():
        rows = [*map(_measured, stage.measured), *map(_not_measured, stage.not_measured)]
        columns = ("Indicator", "Measured", "Counted from", "Target", "Source")
        asks = f"{stage.asks}. " if stage.asks else ""
        yield Entry(
            stage.title,
            paragraphs=(f"{asks}{stage.statement}",),
            points=tuple(stage.statements),
            table=_table(f"{stage.title}: what was measured and what was not", columns, rows),
            caveats=tuple(f"{one.title}: {caveat}" for one in stage.measured for caveat in one.caveats),
        )


def _table(caption: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Table | None:
    """A table, none without a row."""
    held = tuple(rows)
    return Table(caption, columns, held) if held else None


def _measured(one: MeasuredInReport) -> tuple[str, ...]:
    met = {None: "", True: ", reached", False: ", not reached"}[one.target_met]
    target = f"{_amount(one.target, one.unit)}{met}" if one.target is not None else ""
    said = ("a figure of this report",) if one.figure else (one.source or "", _day(one.measured_on))
    return one.title, _value(one), one.base_is, target, ", ".join(part for part in said if part)


def _not_measured(one: IndicatorInReport) -> tuple[str, ...]:
    target = _amount(one.target, one.unit) if one.target is not None else ""
    return one.title, f"not measured ({one.unit})", one.base_is, target, ""


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _value(one: MeasuredInReport) -> str:
    if one.value is None:
        return "*"
    about = ABOUT[one.shown]
    counted = ""
    if one.numerator is not None and one.base is not None:
        counted = f" ({one.numerator} of {one.base})"
    elif one.base is not None:
        counted = f" (of {one.base})"
    return f"{about}{_amount(one.value, one.unit)}{counted}"


def _amount(number: float, unit: str) -> str:
    return f"{number:g} {'%' if unit == 'percent' else unit}"


def _outcomes(outcomes: OutcomesInReport | None) -> Iterator[Entry]:
    if outcomes is None:
        return
    said = tuple(f"{one.role.capitalize()}s: {one.statement}" for one in outcomes.hr)
    paragraphs = (outcomes.statement,) if outcomes.statement else ()
    yield Entry("From HR data", paragraphs, said, _hr_table(outcomes.hr))
    if outcomes.intentions:
        said = tuple(one.statement for one in outcomes.intentions if one.cohort is None)
        yield Entry("Meant to, and did", (), said, _intentions_table(outcomes.intentions))


def _hr_table(outcomes: Sequence[HrOutcomeInReport]) -> Table | None:
    columns = ("Outcome", "Followed for", "Participants", "Comparison group", "Difference")
    rows = (
        (
            f"{one.outcome.replace('_', ' ').capitalize()}, {one.role}s",
            f"{one.months} months",
            _group(one.participants, one.shown),
            _group(one.comparison, one.shown) if one.comparison or one.shown == "hidden" else "none",
            f"{one.difference.value:g} points" if one.difference else "–",
        )
        for one in outcomes
    )
    return _table("Outcomes from HR data", columns, rows)


def _group(group: GroupShare | None, shown: str) -> str:
    if group is None:
        return "*"
    about = ABOUT[shown]
    return f"{about}{group.share:g} % ({group.with_outcome} of {group.people})"


def _intentions_table(intentions: Sequence[ShownIntention]) -> Table:
    columns = ("Who", "Meant to become or stay a mentor", "Later applied as mentor")
    rows = tuple(
        (
            f"{one.role.capitalize()}s, {_cohort(one.cohort)}",
            _share(one.meant, one.meant.answered if one.meant else 0, one.shown),
            _share(one.did, one.did.people if one.did else 0, one.shown),
        )
        for one in intentions
    )
    return Table("Intentions, and what people did later", columns, rows)


def _share(share: Meant | Did | None, of: int, shown: str) -> str:
    if share is None:
        return "*"
    if share.percent is None:
        return "–"
    about = ABOUT[shown]
    return f"{about}{share.percent:g} % ({share.numerator} of {of})"


def _cohort(number: int | None) -> str:
    return f"cohort {number}" if number else "all cohorts"


def _themes(themes: ThemesInReport | None) -> Iterator[Entry]:
    if themes is None or not themes.items:
        return
    columns = ("Theme", "In words", "Priority", "Impact × effort", "Goals", "Mentors", "Mentees", "All")
    rows = [_theme(one) for one in themes.items]
    base = ("All that people could find themes in", "", "", "", "", *_heard(themes.heard))
    table = Table("Themes, the first to act on first, and the voices they are found in", columns, (*rows, base))
    yield Entry(paragraphs=(themes.statement, themes.rule), table=table)


def _theme(one: ThemeInReport) -> tuple[str, ...]:
    judged = f"{one.impact} × {one.effort}" if one.impact and one.effort else "–"
    goals = "; ".join(goal.title.rstrip(".") for goal in one.goals)
    priority = one.priority.replace("_", " ")
    return one.title, one.description, priority, judged, goals or "none", *_heard(one)


def _heard(one: HeardInReport) -> Iterator[str]:
    for who in ("mentor", "mentee", "all"):
        voices = getattr(one.voices, who)
        texts = f" ({getattr(one.texts, who)} texts)" if one.texts else ""
        about = ABOUT[one.shown]
        yield "*" if voices is None else f"{about}{voices}{texts}"


def _recommendations(recommendations: Sequence[RecommendationInReport]) -> Iterator[Entry]:
    if recommendations:
        columns = ("Recommendation", "Theme", "Owner", "Due", "State", "Follow-up")
        rows = tuple(map(_recommendation, recommendations))
        yield Entry(table=Table("Recommendations, the first due first", columns, rows))


def _recommendation(one: RecommendationInReport) -> tuple[str, ...]:
    owner = one.team or (one.owner_role or "nobody with a role in the programme").replace("_", " ")
    state = one.state.replace("_", " ") + (", overdue" if one.overdue else "")
    follow_up = "; ".join(map(_follow_up, one.follow_ups)) or "none"
    return one.text, one.theme or "", owner, one.due_on.isoformat(), state, follow_up


def _decisions(decisions: Sequence[DecisionInReport]) -> Iterator[Entry]:
    if decisions:
        columns = ("Decided", "Committee", "Decision", "About", "Attended")
        yield Entry(table=Table("Decisions, the first day first", columns, tuple(map(_decision, decisions))))


def _decision(one: DecisionInReport) -> tuple[str, ...]:
    about = f"{one.about}: {one.subject}" if one.subject else one.about
    attended = ", ".join(f"{who.people} × {who.role.replace('_', ' ')}" for who in one.attended)
    return one.decided_on.isoformat(), one.committee, one.text, about, attended


def _follow_up(one: FollowUpInReport) -> str:
    said = f"{one.on} {one.state.replace('_', ' ')}"
    return f"{said}: {one.note}" if one.note else said


def _case_study(one: CaseStudyTold) -> Entry:
    sections = tuple((title, tuple(_paragraphs(text))) for title, text in one.sections)
    return Entry(f"A pair of {_cohort(one.cohort)}", sections=sections)


def _paragraphs(text: str) -> Iterable[str]:
    return (paragraph.strip() for paragraph in text.split("\n\n") if paragraph.strip())


def changed_items(changes: Changes) -> list[tuple[str, str, str]]:
    """(what, before, now) of every theme, recommendation and case study that came, went or says something else."""
    items: Iterable[ThemeChange | RecommendationChange | CaseStudyChange]
    items = (*changes.themes.every(), *changes.recommendations.every(), *changes.case_studies.every())
    return [(_name(item), _said(item.before), _said(item.after)) for item in items]


def _name(item: ThemeChange | RecommendationChange | CaseStudyChange) -> str:
    known = item.after or item.before
    if isinstance(known, ThemeSaid):
        return f"Theme: {known.title}"
    if isinstance(known, RecommendationSaid):
        return f"Recommendation: {known.text}"
    return f"Case study: a pair of {_cohort(known.cohort if known else None)}"


def _said(known: ThemeSaid | RecommendationSaid | CaseStudySaid | None) -> str:
    if known is None:
        return "–"
    if isinstance(known, CaseStudySaid):
        return "told"
    if isinstance(known, RecommendationSaid):
        return f"{known.state.replace('_', ' ')}{', overdue' if known.overdue else ''}, due {known.due_on}"
    voices = known.voices.all
    return f"{known.priority.replace('_', ' ')}, {'*' if voices is None else voices} voices"
