"""The scenario adds up, its answers give the published percentages, and its people can be matched as published."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from mentoring_allinone.demo.answers import AnswerPlan, half_up, nearest, plan_answers, possible
from mentoring_allinone.demo.pairs import (
    Pair,
    interviewed_pairs,
    meetings,
    pairs_to_rotate,
    permitted,
    transcript_pages,
)
from mentoring_allinone.demo.people import Cast, generate
from mentoring_allinone.demo.scenario import COHORTS, SIDES, Scenario, ScenarioError, check, load_scenario
from mentoring_allinone.demo.words import HOPES, OFFERS

SEEDS = (2022, 1, 2, 3)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario()


@pytest.fixture(scope="module", params=SEEDS)
def cast(request: pytest.FixtureRequest, scenario: Scenario) -> Cast:
    return generate(scenario, request.param)


@pytest.fixture(scope="module")
def plan(scenario: Scenario) -> AnswerPlan:
    return plan_answers(scenario)


def matching(cast: Cast, cohort: int) -> list[Pair]:
    """One largest matching of a cohort under the hard rules, a mentor of two standing in twice."""
    mentees = cast.matched(cohort, "mentee")
    seats = [mentor for mentor in cast.matched(cohort, "mentor") for _ in range(mentor.capacity)]
    allowed = np.array([[permitted(mentee, mentor) for mentor in seats] for mentee in mentees])
    chosen = maximum_bipartite_matching(csr_array(allowed), perm_type="column")
    return [Pair(m.key, seats[seat].key) for m, seat in zip(mentees, chosen, strict=True) if seat >= 0]


# ------------------------------------------------------------------------------------------------------------ scenario


def test_the_ledger_is_what_the_plans_add_up_to(scenario: Scenario, cast: Cast) -> None:
    for row in scenario.ledger:
        people = [p for p in cast.people if p.role == row.role]
        applied = [p for p in people if p.plan.applied_cohort == row.cohort]
        ended = Counter(p.plan.ending for p in people if p.plan.cohort == row.cohort)
        moved_out = sum(p.plan.moved_to is not None for p in applied)
        moved_in = sum(p.plan.moved_to == row.cohort for p in people if p.plan.moved_to is not None)
        assert len(applied) + moved_in - moved_out == ended.total()
        assert (len(applied), moved_in, moved_out) == (row.applied, row.moved_in, row.moved_out)
        assert ended == +Counter({ending: getattr(row, ending) for ending in ended})


def test_expressions_of_interest_are_the_published_ones(cast: Cast) -> None:
    eligible = Counter((p.plan.applied_cohort, p.role) for p in cast.people if p.plan.ending != "ineligible")
    assert eligible == {
        (1, "mentee"): 25, (2, "mentee"): 41, (3, "mentee"): 38, (None, "mentee"): 2,
        (1, "mentor"): 22, (2, "mentor"): 33, (3, "mentor"): 22,
    }  # fmt: skip
    assert sum(p.plan.moved_to is not None for p in cast.people) == 17


@pytest.mark.parametrize(
    ("change", "says"), [({"matched": 21}, "out by 1"), ({"moved_in": 1, "unmatched": 3}, "moved in")]
)
def test_a_scenario_that_does_not_add_up_is_refused(scenario: Scenario, change: dict[str, int], says: str) -> None:
    first = replace(scenario.ledger[0], **change)
    with pytest.raises(ScenarioError, match=says):
        check(replace(scenario, ledger=(first, *scenario.ledger[1:])))


def test_a_blueprint_that_is_not_there_is_one_line(tmp_path: Any) -> None:
    with pytest.raises(ScenarioError, match=r"^cannot read the blueprint .*FileNotFoundError$"):
        load_scenario(tmp_path / "none.yaml")


def test_published_tables_add_up_over_cohorts(scenario: Scenario) -> None:
    for table in ("professional_background", "professional_background_other"):
        for role in SIDES:
            for name, counts in scenario.published[table][role].items():
                assert sum(counts[:3]) == counts[3], name


# ----------------------------------------------------------------------------------------------------------- blueprint


def test_the_blueprint_agrees_with_what_happened(scenario: Scenario) -> None:
    asked = {(w["instrument"], w["milestone"]) for w in scenario.blueprint["waves"]}
    assert asked == {(w.survey, f"{w.survey}_evaluation") for w in scenario.waves}
    for wave in scenario.waves:
        assert scenario.milestone(wave.cohort, f"{wave.survey}_evaluation_opens") == wave.opened
        assert scenario.milestone(wave.cohort, f"{wave.survey}_evaluation_closes") == wave.closed
    for interviews in scenario.interviews:
        assert scenario.milestone(interviews.cohort, "interviews_start") == interviews.opened
        assert scenario.milestone(interviews.cohort, "interviews_end") == interviews.closed
    assert {c["number"]: c["places"] for c in scenario.blueprint["cohorts"]} == scenario.places_before
    assert sum(scenario.places_before.values()) == 75
    assert sum(scenario.places.values()) == 80


@pytest.mark.parametrize("cohort", COHORTS)
def test_dates_come_in_order(scenario: Scenario, cohort: int) -> None:
    milestones = scenario.blueprint["cohorts"][cohort - 1]["milestones"]
    dates = [milestone["date"] for milestone in milestones]
    assert dates == sorted(dates)
    assert scenario.milestone(cohort, "orientation") == dates[0]
    assert dates[0] - scenario.milestone(cohort, "window_opens") == timedelta(weeks=6)
    decided, run = scenario.decisions_on[cohort], scenario.matching_run_on[cohort]
    confirmed = scenario.milestone(cohort, "match_confirmed")
    assert scenario.places_increased_on < decided
    assert scenario.milestone(cohort, "window_closes") < decided < run < confirmed
    assert (confirmed - run).days <= scenario.blueprint["matching"]["offers"]["limit_days"]


def test_criteria_are_versioned(scenario: Scenario) -> None:
    first = [item["id"] for item in scenario.blueprint["criteria"]["versions"][0]["items"]]
    assert (len(first), len(scenario.criteria())) == (11, 12)
    assert scenario.criteria() == (*first, "industry_collaboration")


def leaves(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        for key, value in node.items():
            assert isinstance(key, str), f"{path}: {key!r} was read as something else than a word"
            yield from leaves(value, f"{path}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from leaves(value, f"{path}/{index}")
    else:
        yield path, node


def test_nothing_in_the_blueprint_is_empty_by_a_slip_of_yaml(scenario: Scenario) -> None:
    empty = {path for path, value in leaves(scenario.blueprint) if value is None and not path.endswith("/figure")}
    assert empty == set()
    assert sum(scenario.blueprint["matching"]["weights"].values()) == pytest.approx(1)


def test_every_published_outcome_has_its_question(scenario: Scenario) -> None:
    for outcome in scenario.outcomes:
        question = next(q for q in scenario.questions("summative", outcome.role) if q.get("figure") == outcome.name)
        assert set(question["counted"]) < set(question["options"])


# ------------------------------------------------------------------------------------------------------------- answers


def test_possible_shares_round_half_up() -> None:
    assert possible(88, 8) == [(7, 8)]  # 87.5
    assert possible(72, 7) == []
    assert nearest(72, 7) == (5, 7)
    assert half_up(Fraction(175, 2)) == 88


IMPOSSIBLE = {
    ("satisfied_with_match", "mentee", 1),
    ("trust_easily_built", "mentee", 1),
    ("trust_easily_built", "mentor", 3),
    ("met_objectives", "mentee", 1),
    ("met_expectations", "mentee", 1),
}


def test_every_possible_cohort_percentage_is_given_by_the_answers(scenario: Scenario, plan: AnswerPlan) -> None:
    """Recounted from the single answers with the top boxes of the blueprint."""
    missed = set()
    for outcome in scenario.outcomes:
        question = next(q for q in scenario.questions("summative", outcome.role) if q.get("figure") == outcome.name)
        for cohort, published in outcome.by_cohort.items():
            sheets = plan.answers["summative", cohort, outcome.role]
            given = [sheet[question["id"]] for sheet in sheets if question["id"] in sheet]
            counted = sum(answer in question["counted"] for answer in given)
            if half_up(Fraction(100 * counted, len(given))) != published:
                missed.add((outcome.name, outcome.role, cohort))
    assert missed == IMPOSSIBLE == {(line.name, line.role, line.cohort) for line in plan.lines if line.impossible}


def test_overall_lines_are_given_or_named(plan: AnswerPlan) -> None:
    named = {(line.name, line.role): line.rests_on for line in plan.overall if line.rests_on}
    assert named == {
        ("satisfied_with_match", "mentee"): (1,),
        ("trust_easily_built", "mentor"): (3,),
        ("trust_easily_built", "mentee"): (1,),
        ("met_objectives", "mentee"): (1,),
        ("met_expectations", "mentee"): (1,),
    }
    assert [(line.name, line.published_percent) for line in plan.overall if line.impossible] == [
        ("met_expectations", 200)
    ]
    for line in plan.overall:
        assert line.rests_on or line.impossible or "mean_of_cohorts" in line.reproduced_by, line
    both_ways = {(line.name, line.role) for line in plan.overall if len(line.reproduced_by) == 2}
    assert {("cpd_and_orientation_helpful", role) for role in SIDES} <= both_ways


def test_answers_fit_the_instruments(scenario: Scenario, plan: AnswerPlan) -> None:
    for wave in scenario.waves:
        for role in SIDES:
            questions = {q["id"]: q for q in scenario.questions(wave.survey, role)}
            sheets = plan.answers[wave.survey, wave.cohort, role]
            assert len(sheets) == wave.responses[role]
            for sheet in sheets:
                assert sheet, "a response without any answer"
                for question, answer in sheet.items():
                    assert answer in questions[question].get("options", [answer])
    assert plan_answers(scenario) == plan


# -------------------------------------------------------------------------------------------------------------- people


def test_the_same_seed_gives_the_same_people(scenario: Scenario) -> None:
    assert generate(scenario) == generate(scenario)
    assert generate(scenario) != generate(scenario, 7)


def test_people_are_different_people(cast: Cast) -> None:
    assert len({p.email for p in cast.people}) == len({p.key for p in cast.people}) == len(cast.people)
    assert all(p.email.endswith(".example.org") for p in cast.people)
    assert 30 <= len({p.employer for p in cast.people}) <= 40


def test_matched_people_have_the_published_backgrounds(scenario: Scenario, cast: Cast) -> None:
    for key, table in scenario.backgrounds.items():
        matched = cast.matched(*key)
        assert Counter(p.professional_background for p in matched) == +Counter(table)
        other = Counter(p.professional_background_other for p in matched if p.professional_background_other)
        assert other == +Counter(scenario.other_backgrounds[key])


def test_places_go_by_priority_and_time_of_application(scenario: Scenario, cast: Cast) -> None:
    for cohort, places in scenario.places.items():
        queue = sorted(
            (*cast.matched(cohort, "mentee"), *cast.waiting(cohort)),
            key=lambda p: (p.previous_access, p.plan.applied_at),
        )
        assert {p.key for p in queue[:places]} == {p.key for p in cast.matched(cohort, "mentee")}


def test_everybody_applies_in_the_window(scenario: Scenario, cast: Cast) -> None:
    for person in cast.people:
        cohort = person.plan.applied_cohort or scenario.moved_to
        opens, closes = (scenario.milestone(cohort, f"window_{kind}") for kind in ("opens", "closes"))
        assert opens <= person.plan.applied_at.date() < closes


def holds(condition: dict[str, Any], answers: dict[str, Any]) -> bool:
    answer = answers[condition["field"]]
    checks = {"is": lambda wanted: answer == wanted, "in": lambda w: answer in w, "at_least": lambda w: answer >= w}
    return all(checks[name](wanted) for name, wanted in condition.items() if name != "field")


def test_the_rules_of_the_blueprint_find_the_ineligible(scenario: Scenario, cast: Cast) -> None:
    for person in cast.people:
        broken = {
            rule["id"]
            for rule in scenario.blueprint["eligibility"][person.role]
            if not any(holds(condition, person.form_answers()) for condition in rule["any"])
        }
        override = person.plan.override
        assert bool(broken) == (person.plan.ending == "ineligible" or override is not None)
        assert override is None or broken == {override.rule}
    assert sum(p.plan.override is not None for p in cast.people) == len(scenario.overrides) == 2


def refused(field: dict[str, Any], answer: Any, criteria: tuple[str, ...]) -> bool:
    size = answer if field["kind"] == "integer" else len(answer) if isinstance(answer, list) else None
    if size is not None and not field.get("min", 0) <= size <= field.get("max", 99):
        return True
    if field["kind"] == "choice":
        return answer not in field["options"]
    return field["kind"] == "ranking" and (len(set(answer)) != len(answer) or not set(answer) <= set(criteria))


def test_form_answers_are_what_the_form_asks(scenario: Scenario, cast: Cast) -> None:
    fields = {field["id"]: field for field in scenario.blueprint["form"]["fields"]}
    for person in cast.people:
        answers = person.form_answers()
        required = {f["id"] for f in fields.values() if f.get("required") and person.role in f["roles"]}
        assert required <= set(answers) <= set(fields)
        assert all(person.role in fields[field]["roles"] for field in answers)
        assert not [field for field, answer in answers.items() if refused(fields[field], answer, scenario.criteria())]
        assert (answers["professional_background"] == "Other") == ("professional_background_other" in answers)


@pytest.mark.parametrize("cohort", COHORTS)
def test_the_hard_rules_leave_a_matching_that_fills_every_place(scenario: Scenario, cast: Cast, cohort: int) -> None:
    pairs = matching(cast, cohort)
    assert len(pairs) == scenario.places[cohort]
    assert len({pair.mentor for pair in pairs}) == scenario.row(cohort, "mentor").matched
    twos = sum(mentor.capacity == 2 for mentor in cast.matched(cohort, "mentor"))
    assert twos == scenario.mentors_of_two[cohort]


def test_the_hard_rules_have_something_to_forbid(scenario: Scenario) -> None:
    cast = generate(scenario)
    crossings = [(e, r) for c in COHORTS for e in cast.matched(c, "mentee") for r in cast.matched(c, "mentor")]
    same_employer = sum(e.employer == r.employer for e, r in crossings)
    forbidden = sum(not permitted(e, r) for e, r in crossings)
    assert 0 < same_employer < forbidden


# --------------------------------------------------------------------------------------------- attendance and responses


def test_cpd_is_as_published(scenario: Scenario, cast: Cast) -> None:
    sessions = cast.attendance.cpd
    in_person = [(session.date, session.place) for session in sessions if session.place]
    assert len(sessions) == 87
    assert in_person == [(event.date, event.place) for event in scenario.in_person_events]
    assert len({key for s in sessions if not s.place for key in s.attended_by}) == 81
    assert len({key for s in sessions if s.place for key in s.attended_by}) == 36
    assert all(session.attended_by for session in sessions)
    months = {session.date.strftime("%Y-%m") for session in sessions}
    assert (min(months), max(months)) == ("2022-05", "2023-11")


def test_nobody_attends_outside_their_own_relationship(scenario: Scenario, cast: Cast) -> None:
    people = cast.by_key()
    for session in cast.attendance.cpd:
        for key in session.attended_by:
            cohort = people[key].plan.cohort
            assert cohort is not None
            first, last = (scenario.milestone(cohort, kind) for kind in ("match_confirmed", "relationships_close"))
            assert first <= session.date <= last


def test_matched_people_are_briefed_and_asked(scenario: Scenario, cast: Cast) -> None:
    for cohort in COHORTS:
        matched = {role: {p.key for p in cast.matched(cohort, role)} for role in SIDES}
        assert set(cast.attendance.orientation[cohort]) == matched["mentor"] | matched["mentee"]
        for role in SIDES:
            for survey in ("interim", "summative"):
                respondents = cast.respondents[survey, cohort, role]
                assert len(set(respondents)) == scenario.wave(survey, cohort).responses[role]
                assert set(respondents) <= matched[role]


# --------------------------------------------------------------------------------------------------------------- pairs


def test_three_pairs_can_rotate(scenario: Scenario, cast: Cast) -> None:
    people = cast.by_key()
    ended = pairs_to_rotate(scenario, matching(cast, scenario.rematching.cohort), people)
    assert len({pair.mentor for pair in ended}) == len({pair.mentee for pair in ended}) == 3
    for one in ended:
        assert all(permitted(people[one.mentee], people[two.mentor]) for two in ended)


def test_too_few_pairs_to_rotate_is_said(scenario: Scenario, cast: Cast) -> None:
    with pytest.raises(ScenarioError, match="cohort 3 has no 3 pairs"):
        pairs_to_rotate(scenario, matching(cast, 3)[:2], cast.by_key())


def test_interviews_and_their_pages_are_as_published(scenario: Scenario, cast: Cast) -> None:
    pairs = {i.cohort: interviewed_pairs(i, matching(cast, i.cohort)) for i in scenario.interviews}
    assert [len(chosen) for chosen in pairs.values()] == [5, 8, 10]
    for interviews in scenario.interviews:
        assert len({pair.mentor for pair in pairs[interviews.cohort]}) == interviews.pairs
        for seed in SEEDS:
            pages = transcript_pages(interviews, seed)
            assert (len(pages), sum(pages)) == (2 * interviews.pairs, interviews.pages)
            assert (min(pages), max(pages)) == (interviews.pages_min, interviews.pages_max)


def test_one_interview_a_pair_could_not_have_so_many_pages(scenario: Scenario) -> None:
    assert all(i.pairs * i.pages_max < i.pages for i in scenario.interviews)


def test_meetings_keep_to_the_hours_budget(scenario: Scenario, cast: Cast) -> None:
    starts, ends = (scenario.milestone(1, kind) for kind in ("match_confirmed", "relationships_close"))
    for pair in matching(cast, 1):
        held = meetings(scenario, pair, starts, ends)
        assert scenario.meetings_least <= len(held) <= scenario.meetings_most
        assert sum(meeting.minutes for meeting in held) <= 60 * scenario.blueprint["hours_budget"]
        assert starts < held[0].date < held[-1].date < ends


def test_free_text_follows_the_criteria(cast: Cast) -> None:
    for person in cast.people:
        first = (OFFERS if person.role == "mentor" else HOPES)[person.criteria[0]]
        assert person.about.startswith(first.format(discipline=person.discipline.lower()))
        assert 1 <= person.about.count(". ") + 1 <= 3
