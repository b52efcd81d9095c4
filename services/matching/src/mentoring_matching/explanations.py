"""Why this pair, and why nobody: sentences a coordinator can send on.

They speak of what both sides chose and of the programme's rules; never of whom somebody named or declined, of what
one side alone wished, of a declared conflict or line management, nor of the value of an attribute.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mentoring_matching.engine import MUTUAL, Mentee, Mentor, Pair, Policy, Run, WhyNobody, WhyNot, why_nobody
from mentoring_matching.engine.likeness import plain

_SHOWN = 3
_NUMBERS = ("no", "one", "two", "three", "four", "five")
# None for a wish: beside two known backgrounds, that it is met says what the mentee wished.
_SENTENCES = {
    "same": "They have in common what the programme looks for ({name}).",
    "other": "They bring different backgrounds together ({name}).",
    "near": "They are near each other.",
}
_CODES = {
    "no permitted mentor": "no_permitted_mentor",
    "below the floor": "below_floor",
    "places ran out": "no_place",
}


@dataclass(frozen=True)
class Reason:
    """Why somebody has no partner: a code, the rule in the way for the programme team, and words to send on."""

    code: str
    rule: str | None
    text: str


SPARE = Reason("spare", None, "All mentees who could be proposed have a mentor.")
_MANY = Reason("spare", None, "No mentee is left who needs this mentor, or no place for one.")
_SPARE_OF_SEVERAL = Reason(
    "spare", None, "All mentees who could be proposed have a mentor, and who may have several has all of them."
)
_CLOSED = Reason("no_place", None, "This mentor has no place free now.")
_ALONE = Reason("no_permitted_mentee", None, "There is no mentee but this person.")
_NOBODY = Reason("no_permitted_mentee", None, "There is no mentee.")
_FULL = Reason("no_place", None, "All places of the cohort are taken.")
_PLACELESS = Reason("no_place", None, "The cohort has no place free.")
_LIMITED = Reason("no_place", None, "All places within the limits of the programme went to others.")
_BELOW = Reason("below_floor", "floor", "With no mentee this mentor fits as well as the programme asks.")
_NO_MENTEE = "no_permitted_mentee"
PRIVATE = "a private reason"
MOST_TESTED = 4_000_000  # pairs of mentors without and all mentees, up to which each mentor gets a reason of their own


def why_this_pair(pair: Pair, mentor: Mentor, mentee: Mentee, policy: Policy, titles: Mapping[str, str]) -> str:
    """A few sentences on what the two have in common."""
    both_ways = any(criterion.kind == "topics_back" for criterion in policy.criteria)
    sentences = _both_ways(mentor, mentee, titles) if both_ways else [_topics(mentor, mentee, titles)]
    for criterion, share in policy.shares():
        name = criterion.name.replace("_", " ")
        if criterion.hidden or pair.contributions.get(criterion.name, 0.0) < share / 2:
            continue
        if criterion.kind == "text":
            sentences.append("They write about it in similar wording.")
        elif criterion.kind in _SENTENCES:
            sentences.append(_SENTENCES[criterion.kind].format(name=name))
    told = "The programme team chose this pair." if pair.pinned else "The pair meets every rule of the programme."
    return " ".join(filter(None, [*sentences, told]))


def _both_ways(mentor: Mentor, mentee: Mentee, titles: Mapping[str, str]) -> list[str]:
    """What each of two partners wants to learn that the other offers; neither is told apart as the mentor."""
    ways = ((mentee.topics, mentor.topics), (mentor.back, mentee.back))
    named = [_best(wanted, offered, titles)[0] for wanted, offered in ways]
    if not any(named):
        return []
    if all(named):
        return [f"One wants to learn what the other offers: {_listed(named[0])}; and the other way round: "
                f"{_listed(named[1])}."]  # fmt: skip
    return [f"One wants to learn what the other offers: {_listed(named[0] or named[1])}."]


def _best(
    wanted: Mapping[str, float], offered: Mapping[str, float], titles: Mapping[str, str]
) -> tuple[list[str], int]:
    """The best of the topics that are wanted and offered, by their titles, and how many there are."""
    offers = {plain(topic): offer for topic, offer in offered.items()}
    both = {topic: wish * offers[plain(topic)] for topic, wish in wanted.items() if plain(topic) in offers}
    best = sorted(both, key=lambda topic: (-both[topic], topic))[:_SHOWN]
    return [titles.get(topic, topic.replace("_", " ")) for topic in best], len(both)


def _topics(mentor: Mentor, mentee: Mentee, titles: Mapping[str, str]) -> str:
    named, number = _best(mentee.topics, mentor.topics, titles)
    return f"Both chose {_listed(named)}{_share(number, len(mentee.topics))}." if named else ""


def _share(common: int, asked: int) -> str:
    if asked == 1:
        return ", the one topic the mentee asked for"
    return f": {'all' if common == asked else f'{common} of the'} {asked} topics the mentee asked for"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def why_without_mentor(run: Run, texts: Mapping[str, str]) -> dict[str, Reason]:
    """For each mentee without a mentor (by id): no permitted mentor, none good enough, or no place left."""
    has = {mentee.id: mentee.has for mentee in run.situation.mentees}
    return {mentee_id: _reason(why_nobody(run, mentee_id), texts, has[mentee_id]) for mentee_id in run.unmatched}


def how_many_mentors(run: Run, texts: Mapping[str, str]) -> dict[str, str]:
    """Of each mentee (by id) who got a mentor and may have several, how many they have, and why no more."""
    held, found = Counter(pair.mentee_id for pair in run.pairs), {}
    for mentee in run.situation.mentees if run.situation.problem.seats is not None else ():
        has, most = mentee.has + held[mentee.id], mentee.has + mentee.capacity
        if not held[mentee.id] or most == 1:
            continue
        if has == most:
            found[mentee.id] = f"With this the mentee has {'both' if most == 2 else f'all {_NUMBERS[most]}'} mentors."
        else:
            why = _reason(why_nobody(run, mentee.id), texts).text.replace("No mentor is", "No other mentor is")
            found[mentee.id] = f"The mentee has {_NUMBERS[has]} of {_NUMBERS[most]} mentors. {why}"
    return found


def _reason(why: WhyNobody, texts: Mapping[str, str], has: int = 0) -> Reason:
    """The words for somebody who `has` so many mentors, or offers of one, beside the run."""
    text = why.text.replace(f"'{why.rule}'", f"'{texts.get(why.rule, why.rule)}'") if why.rule else why.text
    if has:
        told = "a mentor" if has == 1 else f"{_NUMBERS[has]} mentors"
        text = f"Has, or was offered, {told}; no other one: {text}"
    return Reason(_CODES[why.reason], why.rule, text)


def why_without_mentee(run: Run, texts: Mapping[str, str], *, full: bool) -> dict[str, Reason]:
    """For each mentor without a mentee (by id): nobody permitted, nobody good enough, no place left, or enough others.

    `full` says that the cohort has no place left.
    """
    busy = {pair.mentor_id for pair in run.pairs}
    idle = [mentor.id for mentor in run.situation.mentors if mentor.id not in busy]
    if len(idle) * len(run.situation.mentees) > MOST_TESTED:
        return dict.fromkeys(idle, _MANY)
    left = [run.situation.row[mentee_id] for mentee_id in (*run.unmatched, *run.short)]
    return {mentor_id: _why_idle(run, mentor_id, texts, left, full) for mentor_id in idle}


def _why_idle(run: Run, mentor_id: str, texts: Mapping[str, str], left: Sequence[int], full: bool) -> Reason:
    situation = run.situation
    market = situation.problem.market
    if not situation.mentors[situation.column[mentor_id]].capacity:
        return _CLOSED
    if all(person.id == mentor_id for person in situation.mentees):
        return _ALONE if situation.mentees else _NOBODY
    i = np.arange(len(run.situation.mentees), dtype=np.int64)
    j = np.full(i.size, run.situation.column[mentor_id], dtype=np.int64)
    held = {rule.name: rule.test(i, j) for rule in market.rules if rule.kind != "available"}
    permitted = np.logical_and.reduce([np.ones(i.size, dtype=np.bool_), *held.values()])
    good = permitted & (market.units(i, j) >= market.floor)
    if not permitted.any():
        return _no_mentee(run, held, texts)
    if not good.any():
        return _BELOW
    if not good[left].any():
        return SPARE if situation.problem.seats is None else _SPARE_OF_SEVERAL
    if full:
        return _FULL if run.pairs else _PLACELESS
    return _LIMITED


def _no_mentee(run: Run, held: Mapping[str, NDArray[np.bool_]], texts: Mapping[str, str]) -> Reason:
    """Nobody is permitted; the single rule in the way, if there is one."""
    alone = {
        name: int(np.logical_and.reduce([held[other] for other in held if other != name]).sum())
        for name in held
        if len(held) > 1 and name != "not oneself"
    }
    rule = max(alone, key=lambda name: alone[name], default=None)
    if rule is None or not alone[rule]:
        return Reason(_NO_MENTEE, None, "No mentee is permitted by the rules, and no single rule is the cause.")
    if rule not in {MUTUAL, *(shown.name for shown in run.situation.policy.rules if not shown.hidden)}:
        return Reason(_NO_MENTEE, rule, "No mentee is permitted, for a reason that is private.")
    mentees = "1 mentee" if alone[rule] == 1 else f"{alone[rule]} mentees"
    text = f"No mentee is permitted. Without the rule '{texts.get(rule, rule)}' alone, {mentees} could be proposed."
    return Reason(_NO_MENTEE, rule, text)


def in_words(why: WhyNot, texts: Mapping[str, str]) -> WhyNot:
    """The answer with the programme's own words for the rules that the pair would break."""
    if not why.rules:
        return why
    names = tuple(texts.get(rule, rule) for rule in why.rules)
    shown = [f"'{name}'" for name in names if name != PRIVATE]
    broken = f"the pair would break the rule{'s' if len(shown) > 1 else ''} {_listed(shown)}" if shown else ""
    private = "there is a private reason" if PRIVATE in names else ""
    return replace(why, rules=names, text=f"Not possible: {', and '.join(filter(None, [broken, private]))}.")
