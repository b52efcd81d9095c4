"""What happens on which day: the whole programme as one list of steps in the order of time."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from mentoring_allinone.demo import evaluating, findings, pairing, recruitment, year
from mentoring_allinone.demo.pairs import meetings
from mentoring_allinone.demo.people import Person
from mentoring_allinone.demo.scenario import COHORTS, Scenario
from mentoring_allinone.demo.stage import Stage
from mentoring_allinone.hands import together

Act = Callable[[Stage], Awaitable[None]]
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Step:
    """One act on one day, from `hour` on; steps of one day happen by hour and then in the order of the list."""

    day: date
    title: str
    act: Act
    hour: int = 9


def agenda(stage: Stage) -> list[Step]:
    """Every step of the programme, in order."""
    scenario = stage.scenario
    steps = _recruitment(stage)
    for cohort in COHORTS:
        steps += _cohort(scenario, cohort)
    steps += _rematching(scenario)
    for session in stage.cast.attendance.cpd:
        steps.append(Step(session.date, "CPD", partial(_call, year.cpd, session), 13))
    for wave in scenario.waves:
        title = f"{wave.survey.capitalize()} survey of cohort {wave.cohort}"
        steps.append(Step(wave.opened, title, partial(_call, evaluating.answer_wave, wave), 10))
        steps.append(Step(wave.closed + _DAY, f"{title} closes", partial(_call, evaluating.wave_closed, wave)))
    for interviews in scenario.interviews:
        title = f"Interviews of cohort {interviews.cohort}"
        steps.append(Step(interviews.closed, title, partial(_call, evaluating.interview, interviews)))
    steps += _findings(scenario)
    return sorted(steps, key=lambda step: (step.day, step.hour))


async def _call(function: Callable[..., Awaitable[None]], *given: object) -> None:
    *arguments, stage = given
    await function(stage, *arguments)


def _recruitment(stage: Stage) -> list[Step]:
    people, scenario = stage.cast.people, stage.scenario
    start = min(p.plan.applied_at for p in people).date() - 7 * _DAY
    steps = [
        Step(start, "Organisation, programme, team", recruitment.found_organisation, 8),
        Step(start, "People from the HR system", recruitment.import_people, 9),
        Step(scenario.places_increased_on, "75 places become 80", recruitment.change_places),
    ]
    by_day: dict[date, list[Person]] = defaultdict(list)
    for person in people:
        by_day[person.plan.applied_at.date()].append(person)
    for day, those in by_day.items():
        steps.append(Step(day, "Expressions of interest", partial(_call, recruitment.apply_all, those), 12))
    twice = next(p for p in people if p.plan.applied_cohort == 1)
    steps.append(
        Step(twice.plan.applied_at.date(), "A second form", partial(_call, recruitment.apply_twice, twice), 13)
    )
    late = next(p for p in people if p.plan.applied_cohort == 3)
    after = scenario.milestone(1, "window_closes") + 2 * _DAY
    steps.append(Step(after, "A form too late", partial(_call, recruitment.apply_too_late, late)))
    return steps + _changes(stage)


def _changes(stage: Stage) -> list[Step]:
    """Moves and withdrawals, the day before the decisions of the cohort first chosen."""
    steps = []
    for person in stage.cast.people:
        plan = person.plan
        if plan.applied_cohort is None:
            day = stage.scenario.milestone(3, "match_confirmed")
            steps.append(Step(day, "Carried over to 2023", partial(_call, recruitment.carry_over, person), 20))
            continue
        eve = stage.scenario.decisions_on[plan.applied_cohort] - _DAY
        if plan.moved_to:
            steps.append(Step(eve, "Moves between cohorts", partial(_call, recruitment.move, person)))
        if plan.ending == "withdrawn":
            steps.append(Step(eve, "Withdrawals", partial(_call, recruitment.withdraw, person)))
    return steps


def _cohort(scenario: Scenario, cohort: int) -> list[Step]:
    def on(kind: str) -> date:
        return scenario.milestone(cohort, kind)

    name, matched = f"of cohort {cohort}", on("match_confirmed")
    return [
        Step(scenario.decisions_on[cohort], f"Decisions {name}", partial(_call, recruitment.decide_all, cohort)),
        Step(on("orientation"), f"Orientation {name}", partial(_call, year.orientation, cohort, on("orientation")), 14),
        Step(scenario.matching_run_on[cohort], f"Matching {name}", partial(_call, pairing.run_matching, cohort)),
        Step(matched, f"Offers answered {name}", partial(_call, pairing.answer_offers, cohort, matched), 15),
        Step(matched + _DAY, f"Agreements {name}", partial(_call, year.sign_agreements, cohort)),
        Step(matched + 7 * _DAY, f"Waiting list {name} closes", partial(_call, recruitment.close_cohort, cohort)),
        Step(on("check_in"), f"Check-in {name}", partial(_call, year.check_in, cohort)),
        Step(on("relationships_close"), f"Closing {name}", partial(_call, year.close_relationships, cohort), 7),
    ]


def _rematching(scenario: Scenario) -> list[Step]:
    rematching = scenario.rematching
    confirmed = rematching.confirmed_on

    async def answer(stage: Stage) -> None:
        await pairing.answer_offers(stage, rematching.cohort, confirmed)

    return [
        Step(rematching.ended_on, "Three pairs end early", pairing.end_early, 16),
        Step(rematching.ended_on + 5 * _DAY, "Rematching", pairing.rematch),
        Step(confirmed, "Rematches confirmed", answer, 15),
    ]


def _findings(scenario: Scenario) -> list[Step]:
    on = scenario.findings_on
    return [
        Step(on, "Mentors of the programme that follows", findings.come_back, 9),
        Step(on, "Themes", findings.find_themes, 10),
        Step(on, "Recommendations", findings.recommend, 11),
        Step(on, "Indicators", findings.record_indicators, 12),
        Step(scenario.follow_up_on, "Follow-up", findings.follow_up),
    ]


async def play(stage: Stage, told: Callable[[Step, int, int], None]) -> None:
    """Every step in order, the meetings of the pairs among them; `told` hears of each before it happens."""
    steps, done, met = agenda(stage), 0, set[tuple[str, date]]()
    while steps:
        step = steps.pop(0)
        await _meet_until(stage, step, met)
        done += 1
        told(step, done, done + len(steps))
        await stage.move_to(step.day, step.hour)
        await step.act(stage)


async def _meet_until(stage: Stage, next_step: Step, met: set[tuple[str, date]]) -> None:
    """The mentoring sessions of the days before the next step."""
    due = []
    for match in stage.matches.values():
        last = stage.scenario.milestone(match.cohort, "relationships_close")
        for meeting in meetings(stage.scenario, match.pair, match.confirmed_on, last):
            key = (match.id, meeting.date)
            if match.standing and meeting.date < next_step.day and key not in met:
                met.add(key)
                due.append((match, meeting))
    if due:
        await stage.move_to(next_step.day, 0)
        await together(year.meet(stage, match, meeting) for match, meeting in due)
