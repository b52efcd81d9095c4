"""Every figure of a programme, counted from its evidence: the programme team's exact view.

Those of surveys are made in survey_figures.py.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from mentoring_contracts.words import SIDES, Side
from mentoring_evaluation.figures.evidence import Evidence, PairRecord
from mentoring_evaluation.figures.figure import Line, count, oversubscription, rate
from mentoring_evaluation.figures.survey_figures import agreements, outcomes, response_rates

NOT_ELIGIBLE = "refused"
BACKGROUND = "professional_background"
MATCHED_BY, APPLIED_BY = "matched_people_by", "applicants_by"


def programme_lines(evidence: Evidence) -> list[Line]:
    """All figures, exact, in the order of a report. Figures of a survey are there once its wave is closed."""
    sections: list[Callable[[Evidence], Iterable[Line]]] = [
        expressions_of_interest, moves, demand, matched, groups, backgrounds, breakdowns, meetings, cpd, habits,
        response_rates, outcomes, agreements, interviews,
    ]  # fmt: skip
    return [line for section in sections for line in section(evidence)]


def expressions_of_interest(evidence: Evidence) -> Iterator[Line]:
    """Eligible applications by the cohort first asked for."""
    name, unit = "expressions_of_interest", "people"
    said = "Applications found eligible (refused ones are not counted), by the cohort first asked for."
    eligible = [a for a in evidence.applicants if a.state != NOT_ELIGIBLE]
    for role in SIDES:
        yield Line(count(name, said, sum(a.people for a in eligible if a.role == role), unit=unit, role=role))
    yield Line(count(name, said, sum(a.people for a in eligible), unit=unit))
    for cohort in evidence.cohorts:
        for role in SIDES:
            number = sum(a.people for a in eligible if (a.cohort, a.role) == (cohort.number, role))
            yield Line(count(name, said, number, unit=unit, cohort=cohort.number, role=role))
    for role in SIDES:
        later = sum(a.people for a in eligible if a.cohort is None and a.role == role)
        also = "Of the expressions of interest, those that asked for a cohort which is not planned yet."
        yield Line(count(f"{name}_for_later", also, later, unit=unit, role=role))


def moves(evidence: Evidence) -> Iterator[Line]:
    """Applications that went to another cohort than the one asked for."""
    said = "Applications that were moved to another cohort of the programme."
    yield Line(count("moved_cohort", said, sum(a.moved for a in evidence.applicants), unit="people"))
    for role in SIDES:
        moved = sum(a.moved for a in evidence.applicants if a.role == role)
        yield Line(count("moved_cohort", said, moved, unit="people", role=role))


def demand(evidence: Evidence) -> Iterator[Line]:
    """Eligible applications beyond the places that were first planned."""
    places = sum(cohort.places_first_planned for cohort in evidence.cohorts)
    for role in SIDES if places else ():
        people = sum(a.people for a in evidence.applicants if a.role == role and a.state != NOT_ELIGIBLE)
        yield Line(oversubscription(people, places, role=role, digits=evidence.decimals))


def matched(evidence: Evidence) -> Iterator[Line]:
    """Standing pairs, the different people in them, rematches and handovers; for each cohort and in all."""
    standing = [pair for pair in evidence.pairs if pair.standing]
    for cohort in (None, *(c.number for c in evidence.cohorts)):
        here = [pair for pair in standing if cohort in (None, pair.cohort)]
        yield Line(count("matched_pairs", "Pairs that did not end early.", len(here), unit="pairs", cohort=cohort))
        yield from _matched_people(here, cohort)
        again = sum(pair.is_rematch and cohort in (None, pair.cohort) for pair in evidence.pairs)
        said = "Pairs confirmed after an earlier pair of one of the two had ended early."
        yield Line(count("rematches", said, again, unit="pairs", cohort=cohort))
        if any(pair.is_handover for pair in evidence.pairs):
            carried_on = sum(pair.is_handover and cohort in (None, pair.cohort) for pair in evidence.pairs)
            said = "Pairs that carry on an earlier one with another mentor, to whom it was handed over."
            yield Line(count("handovers", said, carried_on, unit="pairs", cohort=cohort))


def _matched_people(pairs: Sequence[PairRecord], cohort: int | None) -> Iterator[Line]:
    said = "Different people in pairs that did not end early; a mentor of two mentees is one person."
    people: dict[Side | None, set[Any]] = {
        "mentor": {pair.mentor_id for pair in pairs},
        "mentee": {pair.mentee_id for pair in pairs},
    }
    people[None] = people["mentor"] | people["mentee"]
    for role, ids in people.items():
        yield Line(count("matched_people", said, len(ids), unit="people", cohort=cohort, role=role))


def groups(evidence: Evidence) -> Iterator[Line]:
    """Relationships of several people: each counts once, and each person once in their kind."""
    if not evidence.groups and not any(pair.group_id for pair in evidence.pairs):
        return
    standing = [pair for pair in evidence.pairs if pair.standing]
    for cohort in (None, *(c.number for c in evidence.cohorts)):
        here = [pair for pair in standing if cohort in (None, pair.cohort)]
        alone = sum(pair.group_id is None for pair in here)
        together = len({pair.group_id for pair in here} - {None})
        said = "Mentoring relationships that did not end early: pairs, and a mentor's group as one."
        yield Line(count("relationships", said, alone + together, unit="relationships", cohort=cohort))
        for kind in sorted({group.kind for group in evidence.groups}):
            of_kind = [g for g in evidence.groups if g.kind == kind and cohort in (None, g.cohort)]
            people: set[Any] = set().union(*(group.people for group in of_kind))
            said = "Relationships of several people that did not end early, by their kind."
            yield Line(count("groups", said, len(of_kind), unit="groups", cohort=cohort), {"kind": kind})
            said = "Different people in groups of this kind, whoever leads them included."
            yield Line(count("group_members", said, len(people), unit="people", cohort=cohort), {"kind": kind})


def backgrounds(evidence: Evidence) -> Iterator[Line]:
    """The professional backgrounds of matched people, as the applications service counts them."""
    said = "Matched people by professional background."
    table: Counter[tuple[int | None, Side, str, str | None]] = Counter()
    numbers = {str(id_): number for id_, number in evidence.numbers.items()}
    for row in evidence.statistics.get("backgrounds", []):
        cohort, role = numbers.get(str(row["cohort_id"])), row["role"]
        places = {cohort, None}
        details = {None, row.get("other")}
        for where in places:
            for other in details:
                table[where, role, row["professional_background"], other] += row["people"]
    for (cohort, role, background, other), people in sorted(table.items(), key=lambda item: _sortable(item[0])):
        breakdown = {BACKGROUND: background} | ({"other": other} if other else {})
        yield Line(count(BACKGROUND, said, people, unit="people", cohort=cohort, role=role), breakdown)


def breakdowns(evidence: Evidence) -> Iterator[Line]:
    """People who applied, and who were matched, by what they answered to fields that the form declares for it."""
    numbers = {str(id_): number for id_, number in evidence.numbers.items()}
    table: Counter[tuple[str, str, Side, str, int | None]] = Counter()
    for row in evidence.statistics.get("breakdowns", []):
        for where in {numbers.get(str(row["cohort_id"])), None}:
            group = (row["field"], row["role"], row["answer"], where)
            for name, people in ((APPLIED_BY, row["applied"]), (MATCHED_BY, row["matched"])):
                table[(name, *group)] += people
    said = {
        APPLIED_BY: "People who applied and did not withdraw, by their answer to a field of the form.",
        MATCHED_BY: "Matched people by their answer to a field of the form.",
    }
    for (name, field, role, answer, cohort), people in sorted(table.items(), key=str):
        yield Line(count(name, said[name], people, unit="people", cohort=cohort, role=role), {field: answer})


def _sortable(key: tuple[int | None, str, str, str | None]) -> tuple[int, str, bool, str, str]:
    cohort, role, background, other = key
    return (cohort or 0, role, background == "Other", background, other or "")


def meetings(evidence: Evidence) -> Iterator[Line]:
    """Mentoring sessions and their hours."""
    known = evidence.meetings
    whole = (sum(number for number, _ in known.values()), sum(minutes for _, minutes in known.values()))
    both: dict[int | None, tuple[int, int]] = {None: whole} | dict(known.items())
    for cohort, (number, minutes) in sorted(both.items(), key=lambda item: item[0] or 0):
        said = "Mentoring sessions that pairs recorded."
        yield Line(count("mentoring_sessions", said, number, unit="mentoring sessions", cohort=cohort))
        said = "Minutes of the mentoring sessions that pairs recorded."
        yield Line(count("mentoring_minutes", said, minutes, unit="minutes", cohort=cohort))


def cpd(evidence: Evidence) -> Iterator[Line]:
    """Continuing-development sessions and the different people who came."""
    said = "Continuing-development sessions that were held."
    yield Line(count("cpd_sessions", said, sum(evidence.cpd_held.values()), unit="sessions"))
    for mode in ("online", "in_person"):
        yield Line(count("cpd_sessions", said, evidence.cpd_held.get(mode, 0), unit="sessions"), {"mode": mode})
    said = "Different people who came to at least one session of this mode; who came to both modes is in both."
    for mode in ("online", "in_person"):
        yield Line(count("cpd_participants", said, evidence.cpd_people.get(mode, 0), unit="people"), {"mode": mode})


def habits(evidence: Evidence) -> Iterator[Line]:
    """Habits that people committed to. They are theirs alone: also the programme team is told of enough people only,
    and of a share where there are as many behind it and behind what is left over."""
    counted, least = evidence.habits, evidence.public_minimum
    if counted.people < least:
        return
    said = "People with a habit whose weeks are over."
    yield Line(count("habit_people", said, counted.people, unit="people"))
    shares: list[tuple[str, str, int, int, dict[str, str]]] = [
        ("habits_embedded", "People who kept a habit in four of five of its weeks, of those with one that is over.",
         counted.embedded, counted.people, {}),
        *(("habits_seen", "People whose habit was often seen (4 or 5 of 5), of those on whose habit somebody whom they "
           "asked by link said something.", often, people, {"asked": asked})
          for asked, (often, people) in counted.seen.items()),
    ]  # fmt: skip
    for name, definition, part, whole, breakdown in shares:
        if min(part, whole - part) >= least:
            yield Line(rate(name, definition, numerator=part, answered=whole, digits=evidence.decimals), breakdown)


def interviews(evidence: Evidence) -> Iterator[Line]:
    """Interviews held and not withdrawn, the pairs they were with, and the pages of their transcripts."""
    for cohort in (None, *(c.number for c in evidence.cohorts)):
        here = [i for i in evidence.interviews if cohort in (None, i.cohort)]
        said = "Interviews that were held and not withdrawn; the two people of a pair give one each."
        yield Line(count("interviews", said, len(here), unit="interviews", cohort=cohort))
        said = "Pairs of which at least one person was interviewed."
        yield Line(count("interviewed_pairs", said, len({i.match_id for i in here}), unit="pairs", cohort=cohort))
        said = "Pages of the transcripts of these interviews."
        yield Line(count("interview_pages", said, sum(i.pages for i in here), unit="pages", cohort=cohort))
