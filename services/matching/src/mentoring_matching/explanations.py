"""Why this pair, and why nobody: sentences a coordinator can send on.

They speak of what both sides chose and of the programme's rules; never of whom somebody named or declined, of a
declared conflict or line management, nor of the value of an attribute.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mentoring_matching.engine import Mentee, Mentor, Pair, Policy, Run, WhyNobody, why_nobody

_SHOWN = 3
_SENTENCES = {
    "same": "They have in common what the programme looks for ({name}).",
    "other": "They bring different backgrounds together ({name}).",
    "wish": "What was hoped for is met ({name}).",
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


SPARE = Reason("spare", None, "There are more places with mentors than mentees who can take them.")


def why_this_pair(pair: Pair, mentor: Mentor, mentee: Mentee, policy: Policy, titles: Mapping[str, str]) -> str:
    """A few sentences on what the two have in common."""
    sentences = [_topics(mentor, mentee, titles)]
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


def _topics(mentor: Mentor, mentee: Mentee, titles: Mapping[str, str]) -> str:
    both = {topic: wish * mentor.topics[topic] for topic, wish in mentee.topics.items() if topic in mentor.topics}
    if not both:
        return ""
    best = sorted(both, key=lambda topic: (-both[topic], topic))[:_SHOWN]
    named = [titles.get(topic, topic.replace("_", " ")) for topic in best]
    return f"Both chose {_listed(named)}: {len(both)} of the {len(mentee.topics)} topics the mentee asked for."


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def why_without_mentor(run: Run, texts: Mapping[str, str]) -> dict[str, Reason]:
    """For each mentee without a mentor (by id): no permitted mentor, none good enough, or no place left."""
    return {mentee_id: _reason(why_nobody(run, mentee_id), texts) for mentee_id in run.unmatched}


def _reason(why: WhyNobody, texts: Mapping[str, str]) -> Reason:
    text = why.text.replace(f"'{why.rule}'", f"'{texts.get(why.rule, why.rule)}'") if why.rule else why.text
    return Reason(_CODES[why.reason], why.rule, text)
