"""The scenario of the demo: what the public report says and what we assume, read once and checked to add up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from mentoring_common import yaml_text
from mentoring_contracts.blueprint import Blueprint, read
from mentoring_contracts.words import SIDES, Side

WaveName = Literal["interim", "summative"]
WAVES: tuple[WaveName, ...] = get_args(WaveName)
COHORTS = (1, 2, 3)
BLUEPRINT = Path(__file__).resolve().parents[5] / "blueprints" / "nihr.yaml"


class ScenarioError(ValueError):
    """The scenario or its blueprint cannot be read or does not add up; the text is one line."""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """What becomes of the applications of one cohort and role. Cohort None is a cohort of the following year."""

    cohort: int | None
    role: Side
    eligible: int
    ineligible: int
    moved_out: int
    moved_in: int
    matched: int
    carried_over: int
    withdrawn: int
    unmatched: int

    @property
    def applied(self) -> int:
        return self.eligible + self.ineligible

    @property
    def balance(self) -> int:
        """Applied + moved in - moved out - every end; 0 when nothing is left open."""
        ended = self.matched + self.carried_over + self.withdrawn + self.ineligible + self.unmatched
        return self.applied + self.moved_in - self.moved_out - ended


@dataclass(frozen=True, slots=True)
class Wave:
    """One opening of a survey for one cohort, and how many of each role answered it."""

    survey: WaveName
    cohort: int
    opened: date
    closed: date
    responses: Mapping[Side, int]
    published_rate_percent: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The whole percentages printed for one question and role: per cohort (empty if only overall) and overall."""

    name: str
    role: Side
    by_cohort: Mapping[int, int]
    overall: int


@dataclass(frozen=True, slots=True)
class Interviews:
    """The interviews of one cohort. `pages` is the sum over all of them, two a pair; the bounds are of each."""

    cohort: int
    opened: date
    closed: date
    pairs: int
    pages: int
    pages_min: int
    pages_max: int


@dataclass(frozen=True, slots=True)
class InPersonEvent:
    date: date
    place: str


@dataclass(frozen=True, slots=True)
class Rematching:
    """So many pairs of one cohort end early on one day and rotate among themselves."""

    cohort: int
    pairs: int
    ended_on: date
    confirmed_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Override:
    """An eligible person of this row breaks the named eligibility rule and is let in for this reason."""

    cohort: int
    role: Side
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """Everything the demo plays.

    `published` is the report's own numbers, for comparison in the report of the demo and never a source of its figures;
    `backgrounds` and `other_backgrounds` count the matched people by cohort, role and professional background;
    `later_mentors` how many of each role apply as mentors of the programme that follows.
    """

    source: str
    blueprint: Mapping[str, Any]
    published: Mapping[str, Any]
    published_inconsistencies: Mapping[str, str]
    assumptions: Mapping[str, str]
    ledger: tuple[LedgerRow, ...]
    moved_to: int
    places_before: Mapping[int, int]
    places_increased_on: date
    places: Mapping[int, int]
    mentors_of_two: Mapping[int, int]
    overrides: tuple[Override, ...]
    decisions_on: Mapping[int, date]
    matching_run_on: Mapping[int, date]
    waves: tuple[Wave, ...]
    outcomes: tuple[Outcome, ...]
    backgrounds: Mapping[tuple[int, Side], Mapping[str, int]]
    other_backgrounds: Mapping[tuple[int, Side], Mapping[str, int]]
    cpd_sessions: int
    in_person_events: tuple[InPersonEvent, ...]
    online_participants: int
    in_person_participants: int
    cpd_topics: tuple[str, ...]
    popular_topics: tuple[str, ...]
    interviews: tuple[Interviews, ...]
    rematching: Rematching
    meeting_minutes: int
    meetings_least: int
    meetings_most: int
    meeting_weeks_apart: int
    findings_on: date
    follow_up_on: date
    later_mentors: Mapping[Side, int]
    plan: Blueprint = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "plan", read(self.blueprint)[0])

    def row(self, cohort: int | None, role: Side) -> LedgerRow:
        return next(row for row in self.ledger if (row.cohort, row.role) == (cohort, role))

    def wave(self, survey: WaveName, cohort: int) -> Wave:
        return next(wave for wave in self.waves if (wave.survey, wave.cohort) == (survey, cohort))

    def milestone(self, cohort: int, kind: str) -> date:
        """The date of a milestone of the blueprint. Raises KeyError if the cohort has none of this kind."""
        calendar = self.plan.calendar(next(one for one in self.plan.cohorts if one.number == cohort))
        if kind not in [line.milestone.kind for line in calendar.lines]:
            raise KeyError(kind)
        return calendar.resolve(kind)[0]

    def questions(self, survey: WaveName, role: Side) -> tuple[Mapping[str, Any], ...]:
        """The questions of an instrument that this role is asked, in order; options of scales are written out."""
        instrument = next(i for i in self.blueprint["instruments"] if i["id"] == survey)
        scales = self.blueprint["scales"]
        return tuple(
            question | ({"options": scales[question["scale"]]} if "scale" in question else {})
            for question in instrument["questions"]
            if role in question["roles"]
        )

    def criteria(self) -> tuple[str, ...]:
        """The ids of the current version of the criteria, in order."""
        versions = {version["version"]: version for version in self.blueprint["criteria"]["versions"]}
        chain, number = [], self.blueprint["criteria"]["current"]
        while number is not None:
            chain.append(versions[number])
            number = versions[number].get("extends")
        return tuple(item["id"] for version in reversed(chain) for item in version["items"])


def load_scenario(blueprint: Path = BLUEPRINT) -> Scenario:
    """Read the scenario of this package and the programme it plays. Raises ScenarioError if it does not add up."""
    data = yaml_text.ours(files(__package__).joinpath("scenario.yaml").read_text("utf-8"))
    try:
        programme = yaml_text.ours(blueprint.read_text("utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ScenarioError(f"cannot read the blueprint {blueprint}: {type(error).__name__}") from error
    if data["programme"] != programme["id"]:
        raise ScenarioError(f"the scenario is of {data['programme']}, the blueprint of {programme['id']}")
    scenario = _scenario(data, programme)
    check(scenario)
    return scenario


def _scenario(data: dict[str, Any], programme: dict[str, Any]) -> Scenario:
    published, cpd, meetings = data["published"], data["published"]["cpd"], data["mentoring_sessions"]
    return Scenario(
        source=data["source"],
        blueprint=programme,
        published=published,
        published_inconsistencies=_texts(data["published_inconsistencies"]),
        assumptions=_texts(data["assumptions"]),
        ledger=tuple(LedgerRow(**row) for row in data["ledger"]),
        moved_to=data["moved_to"],
        places_before=data["places"]["initial"],
        places_increased_on=data["places"]["increased_on"],
        places=data["places"]["increased"],
        mentors_of_two=data["mentors_of_two"],
        overrides=tuple(Override(**row) for row in data["overrides"]),
        decisions_on=data["calendar"]["decisions"],
        matching_run_on=data["calendar"]["matching_run"],
        waves=tuple(
            _wave(survey, cohort, published["surveys"][survey][cohort]) for survey in WAVES for cohort in COHORTS
        ),
        outcomes=_outcomes(published["outcomes_percent"]),
        backgrounds=_columns(published["professional_background"]),
        other_backgrounds=_columns(published["professional_background_other"]),
        cpd_sessions=cpd["sessions"],
        in_person_events=tuple(InPersonEvent(**event) for event in cpd["in_person"]),
        online_participants=cpd["online_participants"],
        in_person_participants=cpd["in_person_participants"],
        cpd_topics=tuple(data["cpd_topics"]),
        popular_topics=tuple(cpd["most_popular"]),
        interviews=tuple(Interviews(cohort=cohort, **row) for cohort, row in published["interviews"].items()),
        rematching=Rematching(**data["rematch"]),
        meeting_minutes=meetings["minutes"],
        meetings_least=meetings["least"],
        meetings_most=meetings["most"],
        meeting_weeks_apart=meetings["weeks_apart"],
        findings_on=data["calendar"]["findings"],
        follow_up_on=data["calendar"]["follow_up"],
        later_mentors=data["later_mentors"],
    )


def _texts(rows: list[dict[str, str]]) -> dict[str, str]:
    return {row["id"]: row["text"] for row in rows}


def _wave(survey: WaveName, cohort: int, row: dict[str, Any]) -> Wave:
    responses = {role: int(row[role]) for role in SIDES}
    return Wave(survey, cohort, row["opened"], row["closed"], responses, row["rate_percent"])


def _outcomes(table: dict[str, dict[Side, dict[Any, int]]]) -> tuple[Outcome, ...]:
    return tuple(
        Outcome(name, role, {cohort: line[cohort] for cohort in COHORTS if cohort in line}, line["overall"])
        for name, roles in table.items()
        for role, line in roles.items()
    )


def _columns(table: dict[Side, dict[str, list[int]]]) -> dict[tuple[int, Side], Mapping[str, int]]:
    return {
        (cohort, role): {name: counts[cohort - 1] for name, counts in rows.items()}
        for role, rows in table.items()
        for cohort in COHORTS
    }


def check(scenario: Scenario) -> None:
    """Raise ScenarioError unless the ledger balances and agrees with the published counts, places and tables."""
    for row in scenario.ledger:
        _require(row.balance == 0, f"the ledger of cohort {row.cohort}, {row.role}, is out by {row.balance}")
        if row.cohort is not None:
            _check_cohort(scenario, row, row.cohort)
    for role, total in scenario.published["expressions_of_interest"]["totals"].items():
        if role != "all":
            eligible = sum(row.eligible for row in scenario.ledger if row.role == role)
            _require(eligible == total, f"{eligible} eligible {role}s, published are {total}")
    moved_in, moved_out = (sum(getattr(row, name) for row in scenario.ledger) for name in ("moved_in", "moved_out"))
    moved = scenario.published["expressions_of_interest"]["moved_cohort"]
    _require(moved_in == moved_out == moved, f"{moved_in} moved in, {moved_out} moved out, published are {moved}")


def _check_cohort(scenario: Scenario, row: LedgerRow, cohort: int) -> None:
    where = f"cohort {cohort}, {row.role}"
    published = scenario.published["expressions_of_interest"]["by_cohort"][cohort][row.role]
    _require(row.eligible == published, f"{where}: {row.eligible} eligible, published are {published}")
    matched = scenario.published["matches"]["by_cohort"][cohort][row.role]
    _require(row.matched == matched, f"{where}: {row.matched} matched, published are {matched}")
    backgrounds = scenario.backgrounds[cohort, row.role]
    _require(sum(backgrounds.values()) == matched, f"{where}: the professional backgrounds do not add up to {matched}")
    other = sum(scenario.other_backgrounds[cohort, row.role].values())
    _require(other == backgrounds["Other"], f"{where}: the breakdown of 'Other' adds up to {other}")
    capacity = matched + (scenario.mentors_of_two[cohort] if row.role == "mentor" else 0)
    _require(capacity == scenario.places[cohort], f"{where}: {capacity} for {scenario.places[cohort]} places")


def _require(holds: bool, text: str) -> None:
    if not holds:
        raise ScenarioError(text)
