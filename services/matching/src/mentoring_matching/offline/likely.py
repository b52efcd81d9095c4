"""Nearly equal values, such as `Dept of Health` and `Department of Health`: shown for a decision, never merged."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from mentoring_matching.engine import Mentee, Mentor, Policy
from mentoring_matching.engine.rules import members

MOST_VALUES = 600
"""Different values up to which each is compared with each; of more, those that stand beside each other by name."""
ALIKE = 0.85
_COMPARED = frozenset({"must_differ", "must_match", "common_value"})
_SHORT = {
    "dept": "department", "dep't": "department", "univ": "university", "uni": "university", "inst": "institute",
    "govt": "government", "gov": "government", "natl": "national", "intl": "international", "min": "ministry",
    "assoc": "association", "st": "saint", "&": "and", "hosp": "hospital", "tech": "technology", "mgmt": "management",
}  # fmt: skip
_EMPTY = frozenset(
    [
        "the",
        "of",
        "for",
        "and",
        "ltd",
        "limited",
        "plc",
        "llc",
        "inc",
        "incorporated",
        "gmbh",
        "co",
        "company",
        "corp",
        "corporation",
        "nhs",
        "trust",
    ]
)

Alike = tuple[str, str]


def attributes(policy: Policy) -> list[str]:
    """The attributes whose values rules and criteria compare as equal or not."""
    of_rules = [name for rule in policy.rules if rule.kind in _COMPARED for name in (rule.of_mentee, rule.of_mentor)]
    of_criteria = [name for c in policy.criteria for name in (c.attribute, *c.levels) if name]
    return list(dict.fromkeys([*of_rules, *of_criteria, *(limit.attribute for limit in policy.limits)]))


def alike(mentors: Sequence[Mentor], mentees: Sequence[Mentee], policy: Policy) -> Iterator[tuple[str, Alike, Alike]]:
    """Attribute (or `topics`) and two values of it that look like one, each with how many people have it."""
    people = [*mentors, *mentees]
    for name in attributes(policy):
        counts = Counter(value for person in people for value in members(person.attributes.get(name)))
        yield from ((name, *pair) for pair in _pairs(counts))
    if any(criterion.kind == "topics" for criterion in policy.criteria):
        topics = Counter(topic for person in people for topic in person.topics if not topic.startswith("identity: "))
        yield from (("topics", *pair) for pair in _pairs(topics))


def _pairs(counts: Counter[str]) -> Iterator[tuple[Alike, Alike]]:
    values = sorted(counts)
    keys = {value: _key(value) for value in values}
    for one, other in _candidates(sorted(values, key=lambda value: keys[value])):
        if _near(keys[one], keys[other]):
            yield (one, str(counts[one])), (other, str(counts[other]))


def _candidates(values: Sequence[str]) -> Iterable[tuple[str, str]]:
    if len(values) > MOST_VALUES:
        return pairwise(values)
    return ((one, other) for place, one in enumerate(values) for other in values[place + 1 :])


def _key(value: str) -> str:
    """A value without what is often left out or shortened."""
    words = [_SHORT.get(word, word) for word in re.findall(r"[^\W_]+|&", value.replace(".", "").lower())]
    return " ".join(word for word in words if word not in _EMPTY) or " ".join(words)


def _near(one: str, other: str) -> bool:
    if re.findall(r"\d+", one) != re.findall(r"\d+", other) or min(len(one), len(other)) < 4:
        return one == other
    if one.replace(" ", "") == other.replace(" ", ""):
        return True
    match = SequenceMatcher(None, one, other, autojunk=False)
    near = match.real_quick_ratio() >= ALIKE and match.quick_ratio() >= ALIKE and match.ratio() >= ALIKE
    return near and _one_word_apart(one.split(), other.split())


def _one_word_apart(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether what differs is the spelling of words, and not another word: `north` and `south` are two."""
    if len(one) != len(other):
        return True
    changed = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    return all(SequenceMatcher(None, a, b, autojunk=False).ratio() >= ALIKE - 0.1 for a, b in changed)
