"""The people of the demo: who they are, what they apply with and what becomes of them.

The same seed gives the same people. Who is paired with whom is the engine's business: a plan that needs pairs is a rule
on them, in `pairs.py`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from random import Random
from typing import Literal

from mentoring_allinone.demo.attendance import Attendance, plan_attendance, plan_respondents
from mentoring_allinone.demo.scenario import COHORTS, LedgerRow, Override, Scenario, WaveName
from mentoring_allinone.demo.words import (
    DISCIPLINES,
    EMPLOYERS,
    EQUALITY_WEIGHTS,
    FAMILY_ENDS,
    FAMILY_STARTS,
    GIVEN_NAMES,
    HOPES,
    OFFERS,
    WISHES,
)
from mentoring_contracts.words import SIDES, Side

Ending = Literal["matched", "carried_over", "withdrawn", "ineligible", "unmatched"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of one application. `applied_cohort` None is a cohort of the following year.

    The `unmatched` and `carried_over` of cohorts 1 to 3 are on the waiting list first; the `withdrawn` leave before the
    decisions of their cohort.
    """

    applied_cohort: int | None
    applied_at: datetime
    moved_to: int | None
    ending: Ending
    override: Override | None = None

    @property
    def cohort(self) -> int | None:
        """The cohort in which the application ends."""
        return self.moved_to or self.applied_cohort


@dataclass(frozen=True, slots=True)
class Person:
    """One applicant, the answers to the form and the plan. Keys are `mentee-001` and on, by time of application."""

    key: str
    role: Side
    given_name: str
    family_name: str
    email: str
    employer: str
    line_manager_email: str | None
    discipline: str
    career_stage: str
    postdoctoral_years: int
    membership: str
    postdoctoral_award: bool
    infrastructure_position: bool
    senior_leader: bool
    professional_background: str
    professional_background_other: str | None
    criteria: tuple[str, ...]
    about: str
    previous_access: bool
    capacity: int
    languages: tuple[str, ...]
    discipline_wish: str
    preferred_people: tuple[str, ...]
    declared_conflicts: tuple[str, ...]
    equality: Mapping[str, str]
    plan: Plan

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def number(self) -> int:
        return int(self.key[-3:])

    def form_answers(self) -> dict[str, object]:
        """The answers by field of the blueprint's form; equality monitoring is sent apart, from `equality`."""
        answers: dict[str, object] = {
            "criteria": list(self.criteria),
            "about": self.about,
            "professional_background": self.professional_background,
            "professional_background_other": self.professional_background_other,
            "employer": self.employer,
            "line_manager_email": self.line_manager_email,
            "discipline": self.discipline,
            "career_stage": self.career_stage,
            "postdoctoral_years": self.postdoctoral_years,
            "membership": self.membership,
            "languages": list(self.languages),
            "discipline_wish": self.discipline_wish,
            "preferred_people": list(self.preferred_people),
            "declared_conflicts": list(self.declared_conflicts),
            "privacy_notice": True,
        }
        if self.role == "mentor":
            answers |= {"senior_leader": self.senior_leader, "capacity": self.capacity}
        else:
            answers |= {
                "previous_access": self.previous_access,
                "postdoctoral_award": self.postdoctoral_award,
                "infrastructure_position": self.infrastructure_position,
            }
        return {field: answer for field, answer in answers.items() if answer not in (None, [])}


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody, in the order of application, and what the matched people do.

    `respondents` holds keys in the order of the answer plan.
    """

    people: tuple[Person, ...]
    attendance: Attendance
    respondents: Mapping[tuple[WaveName, int, Side], tuple[str, ...]]

    def by_key(self) -> dict[str, Person]:
        return {person.key: person for person in self.people}

    def matched(self, cohort: int, role: Side) -> tuple[Person, ...]:
        """The people whose application ends matched in this cohort, the pool of its matching run."""
        return tuple(p for p in self.people if (p.plan.cohort, p.role, p.plan.ending) == (cohort, role, "matched"))

    def waiting(self, cohort: int) -> tuple[Person, ...]:
        """The mentees on the waiting list of a cohort."""
        return tuple(
            p for p in self.people if p.plan.cohort == cohort and p.plan.ending in ("unmatched", "carried_over")
        )


def generate(scenario: Scenario, seed: int = 2022) -> Cast:
    """The cast of the scenario: 106 mentees and 77 mentors who are eligible, and the few who are not."""
    rng = Random(seed)
    plans = [(role, plan) for role in SIDES for plan in _plans(rng, scenario, role)]
    backgrounds = _backgrounds(rng, scenario, plans)
    names = _names(rng, len(plans))
    numbers = dict.fromkeys(SIDES, 0)
    people = []
    for (role, plan), background, name in zip(plans, backgrounds, names, strict=True):
        numbers[role] += 1
        people.append(_person(rng, scenario, f"{role}-{numbers[role]:03}", role, name, background, plan))
    people = _two_mentees(rng, scenario, people)
    people = _overridden(scenario, people)
    people = _acquainted(rng, people)
    everybody = tuple(sorted(people, key=lambda person: (person.plan.applied_at, person.key)))
    matched = {
        (cohort, role): tuple(
            p.key for p in everybody if (p.plan.cohort, p.role, p.plan.ending) == (cohort, role, "matched")
        )
        for cohort in COHORTS
        for role in SIDES
    }
    return Cast(everybody, plan_attendance(rng, scenario, matched), plan_respondents(rng, scenario, matched))


def _plans(rng: Random, scenario: Scenario, role: Side) -> list[Plan]:
    """The plans of a role in the order of application."""
    rows = (row for row in scenario.ledger if row.role == role)
    return sorted(chain.from_iterable(_row_plans(rng, scenario, row) for row in rows), key=lambda p: p.applied_at)


def _row_plans(rng: Random, scenario: Scenario, row: LedgerRow) -> Iterable[Plan]:
    stay: dict[Ending, int] = {
        "matched": row.matched - row.moved_in,
        "carried_over": row.carried_over,
        "withdrawn": row.withdrawn,
        "ineligible": row.ineligible,
        "unmatched": row.unmatched,
    }
    for ending, number in stay.items():
        for _ in range(number):
            yield Plan(row.cohort, _applied_at(rng, scenario, row.cohort, ending), None, ending)
    for _ in range(row.moved_out):
        yield Plan(row.cohort, _applied_at(rng, scenario, row.cohort, "matched"), scenario.moved_to, "matched")


def _applied_at(rng: Random, scenario: Scenario, cohort: int | None, ending: Ending) -> datetime:
    """A moment of the window. Who is left waiting came in its second half: places go by time of application."""
    in_window = cohort or scenario.moved_to
    opens, closes = (scenario.milestone(in_window, f"window_{kind}") for kind in ("opens", "closes"))
    minutes = (closes - opens).days * 24 * 60
    late = ending in ("unmatched", "carried_over")
    start, end = (minutes // 2, minutes - 1) if late else (600, minutes // 2 - 1)
    return _noon(opens) + timedelta(minutes=rng.randint(start, end) - 12 * 60)


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def _backgrounds(rng: Random, scenario: Scenario, plans: list[tuple[Side, Plan]]) -> list[tuple[str, str | None]]:
    """Background and breakdown of 'Other' for every plan; matched people are dealt those of the published tables."""
    decks = {(cohort, role): _deck(rng, scenario, cohort, role) for cohort in COHORTS for role in SIDES}
    common = {role: [card for cohort in COHORTS for card in decks[cohort, role]] for role in SIDES}
    return [
        decks[plan.cohort, role].pop() if plan.cohort and plan.ending == "matched" else rng.choice(common[role])
        for role, plan in plans
    ]


def _deck(rng: Random, scenario: Scenario, cohort: int, role: Side) -> list[tuple[str, str | None]]:
    main, other = scenario.backgrounds[cohort, role], scenario.other_backgrounds[cohort, role]
    deck: list[tuple[str, str | None]] = [
        (name, None) for name, number in main.items() if name != "Other" for _ in range(number)
    ]
    deck += [("Other", name) for name, number in other.items() for _ in range(number)]
    rng.shuffle(deck)
    return deck


def _names(rng: Random, number: int) -> list[tuple[str, str]]:
    """So many different given and family names; no family name comes twice."""
    families = rng.sample([start + end for start in FAMILY_STARTS for end in FAMILY_ENDS], number)
    return [(rng.choice(GIVEN_NAMES), family) for family in families]


def _person(
    rng: Random,
    scenario: Scenario,
    key: str,
    role: Side,
    name: tuple[str, str],
    background: tuple[str, str | None],
    plan: Plan,
) -> Person:
    employer, discipline = rng.choice(EMPLOYERS), rng.choice(DISCIPLINES[background[1] or background[0]])
    criteria = tuple(rng.sample(scenario.criteria(), rng.randint(4, 7)))
    wish = rng.choice(("same", "other", "other", "either"))
    years, leader = _seniority(rng, role, plan)
    held = rng.random() < 0.7
    return Person(
        key=key,
        role=role,
        given_name=name[0],
        family_name=name[1],
        email=f"{name[0]}.{name[1]}@{_domain(employer)}".lower(),
        employer=employer,
        line_manager_email=f"research.lead@{_domain(employer)}" if role == "mentee" else None,
        discipline=discipline,
        career_stage=_career_stage(rng, role, years, leader),
        postdoctoral_years=years,
        membership="none" if plan.ending == "ineligible" and role == "mentee" else "member",
        postdoctoral_award=held and role == "mentee",
        infrastructure_position=not held and role == "mentee",
        senior_leader=leader,
        professional_background=background[0],
        professional_background_other=background[1],
        criteria=criteria,
        about=_about(rng, role, criteria, discipline, wish),
        previous_access=role == "mentee" and _had_access(rng, plan),
        capacity=1 if role == "mentor" else 0,
        languages=(
            "en",
            *rng.sample(("cy", "de", "es", "fr", "hi", "pl", "pt", "ur", "yo"), rng.choice((0, 0, 0, 1, 2))),
        ),
        discipline_wish=wish,
        preferred_people=(),
        declared_conflicts=(),
        equality=_equality(rng, scenario),
        plan=plan,
    )


def _domain(employer: str) -> str:
    words = employer.lower().split()
    return f"{words[2]}-uni.example.org" if words[0] == "university" else f"{words[0]}-trust.example.org"


def _seniority(rng: Random, role: Side, plan: Plan) -> tuple[int, bool]:
    """Postdoctoral years, and whether this is a senior leader."""
    if role == "mentee":
        return rng.randint(1, 9), False
    if plan.ending == "ineligible":
        return rng.randint(1, 3), False
    return rng.randint(5, 30), rng.random() < 0.4


def _career_stage(rng: Random, role: Side, years: int, leader: bool) -> str:
    if role == "mentee" or years < 5:
        return rng.choice(("Postdoctoral researcher", "Lecturer") if years < 5 else ("Lecturer", "Senior lecturer"))
    return rng.choice(("Professor", "Research leader") if leader else ("Senior lecturer", "Associate professor"))


def _about(rng: Random, role: Side, criteria: tuple[str, ...], discipline: str, wish: str) -> str:
    """One to three sentences that follow from the first criteria and the wish."""
    texts = OFFERS if role == "mentor" else HOPES
    sentences = [texts[criterion] for criterion in criteria[: rng.randint(1, 2)]] + [WISHES[wish]]
    return " ".join(sentence for sentence in sentences if sentence).format(discipline=discipline.lower())


def _had_access(rng: Random, plan: Plan) -> bool:
    """Places go first to those without previous access, so only people who had it are left waiting."""
    return plan.ending in ("unmatched", "carried_over") or rng.random() < 0.4


def _equality(rng: Random, scenario: Scenario) -> dict[str, str]:
    fields = scenario.blueprint["form"]["equality_monitoring"]["fields"]
    return {
        field["id"]: rng.choices(field["options"], EQUALITY_WEIGHTS[field["id"]])[0]
        for field in fields
        if rng.random() < 0.9
    }


def _two_mentees(rng: Random, scenario: Scenario, people: list[Person]) -> list[Person]:
    """Exactly so many matched mentors of a cohort can take two."""
    chosen: set[str] = set()
    for cohort in COHORTS:
        mentors = [p.key for p in people if (p.plan.cohort, p.role, p.plan.ending) == (cohort, "mentor", "matched")]
        chosen |= set(rng.sample(mentors, scenario.mentors_of_two[cohort]))
    return [replace(person, capacity=2) if person.key in chosen else person for person in people]


def _overridden(scenario: Scenario, people: list[Person]) -> list[Person]:
    """Let the first matched person of each override's cohort and role break its rule."""
    people = list(people)
    for override in scenario.overrides:
        wanted = (override.cohort, override.role, "matched", None)
        index = next(
            i for i, p in enumerate(people) if (p.plan.cohort, p.role, p.plan.ending, p.plan.override) == wanted
        )
        person = replace(people[index], plan=replace(people[index].plan, override=override))
        if override.rule == "research_leader":
            person = replace(person, postdoctoral_years=4, senior_leader=False, career_stage="Lecturer")
        else:
            person = replace(person, postdoctoral_award=False, infrastructure_position=False)
        people[index] = person
    return people


def _acquainted(rng: Random, people: list[Person]) -> list[Person]:
    """Some people name somebody of the other role in their cohort: a wish, a conflict of interest, a line manager."""
    return [_names_somebody(rng, person, _others(person, people)) for person in people]


def _others(person: Person, people: list[Person]) -> list[Person]:
    return [p for p in people if p.role != person.role and p.plan.cohort == person.plan.cohort]


def _names_somebody(rng: Random, person: Person, others: list[Person]) -> Person:
    if not others or rng.random() > 0.25:
        return person
    somebody, field = rng.choice(others), rng.choice(("preferred_people", "declared_conflicts", "line_manager_email"))
    if field == "preferred_people":
        return replace(person, preferred_people=(somebody.email,))
    if field == "declared_conflicts":
        return replace(person, declared_conflicts=(somebody.email,))
    return replace(person, line_manager_email=somebody.email) if person.role == "mentee" else person
