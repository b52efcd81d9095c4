"""What the demo shows at its end: figures beside what was published, and whether they agree."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from mentoring_allinone.demo.scenario import COHORTS, Scenario
from mentoring_contracts.words import SIDES

Figure = Mapping[str, Any]


@dataclass(frozen=True)
class Check:
    """One published number, the figure recomputed from records, and what is to be said of them."""

    name: str
    cohort: int | None
    role: str | None
    wave: str | None
    rule: str
    published: int
    computed: Decimal | None
    impossible: bool = False
    rests_on: bool = False
    breakdown: Mapping[str, str] = field(default_factory=dict)

    @property
    def agrees(self) -> bool:
        return self.computed == self.published

    @property
    def why(self) -> str:
        """Why the two differ; empty where they agree."""
        if self.agrees:
            return ""
        if self.impossible:
            return "no whole number of respondents gives the published percentage"
        if self.rests_on:
            return "the published overall line rests on a cohort line that nobody's answers can give"
        return "differs"

    def to_json(self) -> dict[str, Any]:
        """The check as members of report.json."""
        value = None if self.computed is None else float(self.computed)
        return vars(self) | {"computed": value, "agrees": self.agrees, "why": self.why}


def find(figures: Iterable[Figure], name: str, **where: Any) -> list[Figure]:
    """The figures of a name with these members."""
    return [f for f in figures if f["name"] == name and all(f.get(k) == v for k, v in where.items())]


def checks(
    scenario: Scenario,
    figures: list[Figure],
    impossible: set[tuple[str, str, int | None]],
    resting: set[tuple[str, str]],
) -> list[Check]:
    """Every published number of the scenario against its figure.

    `impossible` names (figure, role, cohort) lines that nobody's answers can give, `resting` the (figure, role) overall
    lines that rest on one.
    """
    outcomes = _outcomes(scenario, figures, impossible)
    outcomes = [replace(c, rests_on=c.cohort is None and (c.name, c.role) in resting) for c in outcomes]
    return [*_counts(scenario, figures), *_rates(scenario, figures), *outcomes]


def _value(
    figures: list[Figure], name: str, *, breakdown: dict[str, str] | None = None, **where: Any
) -> Decimal | None:
    """The value of the one figure that fits; None if there is none, or more than one value."""
    values = {f["value"] for f in find(figures, name, **where) if f["breakdown"] == (breakdown or {})}
    return Decimal(str(values.pop())) if len(values) == 1 and None not in values else None


def _counts(scenario: Scenario, figures: list[Figure]) -> list[Check]:
    eoi, matches = scenario.published["expressions_of_interest"], scenario.published["matches"]
    made: list[Check] = []

    def check(name: str, published: int, cohort: int | None = None, role: str | None = None) -> None:
        made.append(_count(figures, name, published, cohort, role))

    for role in SIDES:
        check("expressions_of_interest", eoi["totals"][role], role=role)
        check("oversubscription", eoi["oversubscription_percent"][role], role=role)
        for cohort in COHORTS:
            check("expressions_of_interest", eoi["by_cohort"][cohort][role], cohort, role)
            check("matched_people", matches["by_cohort"][cohort][role], cohort, role)
    for cohort in COHORTS:
        check("matched_pairs", matches["by_cohort"][cohort]["pairs"], cohort)
    check("matched_pairs", matches["pairs"])
    check("rematches", matches["rematches"])
    check("moved_cohort", eoi["moved_cohort"])
    check("expressions_of_interest", eoi["totals"]["all"])
    return made + _activities(scenario, figures)


def _activities(scenario: Scenario, figures: list[Figure]) -> list[Check]:
    cpd = scenario.published["cpd"]
    wanted = [
        ("cpd_sessions", cpd["sessions"], {}),
        ("cpd_sessions", len(cpd["in_person"]), {"mode": "in_person"}),
        ("cpd_participants", cpd["online_participants"], {"mode": "online"}),
        ("cpd_participants", cpd["in_person_participants"], {"mode": "in_person"}),
    ]
    made = [_count(figures, name, published, breakdown=breakdown) for name, published, breakdown in wanted]
    for cohort, row in scenario.published["interviews"].items():
        made.append(_count(figures, "interviews", 2 * row["pairs"], cohort))
        made.append(_count(figures, "interview_pages", row["pages"], cohort))
    return made + _backgrounds(scenario, figures)


def _backgrounds(scenario: Scenario, figures: list[Figure]) -> list[Check]:
    """The table of professional backgrounds, and what 'Other' is made of."""
    made = []
    for (cohort, role), table in scenario.backgrounds.items():
        for background, people in table.items():
            shown = {"professional_background": background}
            made.append(_count(figures, "professional_background", people, cohort, role, shown))
    for (cohort, role), table in scenario.other_backgrounds.items():
        for other, people in table.items():
            shown = {"professional_background": "Other", "other": other}
            made.append(_count(figures, "professional_background", people, cohort, role, shown))
    return made


def _count(
    figures: list[Figure],
    name: str,
    published: int,
    cohort: int | None = None,
    role: str | None = None,
    breakdown: dict[str, str] | None = None,
) -> Check:
    """A published count beside its figure; a line that a table of this cohort and role does not have counts nobody."""
    computed = _value(figures, name, cohort=cohort, role=role, breakdown=breakdown)
    table = find(figures, name, cohort=cohort, role=role)
    if breakdown and table and not find(table, name, breakdown=breakdown):
        computed = Decimal(0)
    rule = str(table[0]["rule"]) if table else "count"
    return Check(name, cohort, role, None, rule, published, computed, breakdown=breakdown or {})


def _rates(scenario: Scenario, figures: list[Figure]) -> list[Check]:
    made = []
    for survey, rows in scenario.published["surveys"].items():
        for cohort in COHORTS:
            computed = _value(figures, "response_rate", cohort=cohort, role=None, wave=survey)
            made.append(Check("response_rate", cohort, None, survey, "pooled", rows[cohort]["rate_percent"], computed))
        mean = _value(figures, "response_rate", cohort=None, role=None, wave=survey, rule="mean_of_cohorts")
        made.append(
            Check("response_rate", None, None, survey, "mean_of_cohorts", rows["overall"]["rate_percent"], mean)
        )
    return made


def _outcomes(scenario: Scenario, figures: list[Figure], impossible: set[tuple[str, str, int | None]]) -> list[Check]:
    made = []
    for outcome in scenario.outcomes:
        for cohort, published in outcome.by_cohort.items():
            computed = _value(figures, outcome.name, cohort=cohort, role=outcome.role, wave="summative")
            made.append(
                Check(
                    outcome.name, cohort, outcome.role, "summative", "top_box", published, computed,
                    (outcome.name, outcome.role, cohort) in impossible,
                )
            )  # fmt: skip
        made.append(_overall(outcome.name, outcome.role, outcome.overall, figures, impossible))
    return made


def _overall(
    name: str, role: str, published: int, figures: list[Figure], impossible: set[tuple[str, str, int | None]]
) -> Check:
    """The overall line by whichever of the two ways gives the published number; the mean of cohorts otherwise."""
    where: dict[str, Any] = {"cohort": None, "role": role, "wave": "summative"}
    ways = {rule: _value(figures, name, rule=rule, **where) for rule in ("mean_of_cohorts", "pooled")}
    rule = "pooled" if ways["pooled"] == published != ways["mean_of_cohorts"] else "mean_of_cohorts"
    return Check(name, None, role, "summative", rule, published, ways[rule], (name, role, None) in impossible)
