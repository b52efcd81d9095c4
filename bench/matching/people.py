"""Generated mentors and mentees in several shapes, from fixed seeds. All of it is made up."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from mentoring_matching.engine import (
    CharacterEmbedder,
    Criterion,
    Embedder,
    Mentee,
    Mentor,
    Policy,
    Rule,
    WordLlamaEmbedder,
    ranked,
    working_hours,
)
from mentoring_matching.engine.people import Person, Value

SHAPES = ("even", "popular", "scarce", "tight", "words")
WORDED = "words"
"""The shape whose people write texts, which are compared by word vectors."""
_SAID = (
    "research policy leader health science data grant writing career team change learn teach method public service "
    "young nurse budget speak board clinic trial family move project review paper network plan voice trust society "
    "region"
)
TOPICS = tuple(f"topic {number}" for number in range(12))
LANGUAGES = ("de", "en", "es", "fr", "pl")

POLICY = Policy(
    rules=(
        Rule("another employer", "must_differ", "employer"),
        Rule("common language", "common_value", "languages"),
        Rule("more senior", "gap", "grade", least=1, most=6),
        Rule("four common hours", "overlap_hours", "hours", least=4),
    ),
    criteria=(
        Criterion("topics", "topics", 5),
        Criterion("named mentors", "mentee_preference", 1),
        Criterion("same region", "same", 1, attribute="region"),
    ),
)
WITH_TEXTS = replace(POLICY, criteria=(*POLICY.criteria, Criterion("similar wording", "text", 2)))


def terms(people: Sequence[Person]) -> tuple[Policy, Embedder]:
    """The policy and the embedder for these people: word vectors where they write texts."""
    if any(person.text for person in people):
        return WITH_TEXTS, WordLlamaEmbedder()
    return POLICY, CharacterEmbedder()


def _text(draw: random.Random, shape: str) -> str:
    return " ".join(draw.choices(_SAID.split(), k=20)) if shape == WORDED else ""


def generate(size: int, shape: str) -> tuple[list[Mentor], list[Mentee]]:
    """`size` mentors and as many mentees (in `scarce` 1.5 per place, a fifth with priority).

    `popular`: a tenth of the mentors offer everything and the others little. `tight`: two rules fewer pairs pass.
    `words`: everybody writes a text of twenty words.
    """
    draw = random.Random(f"{size} {shape}")
    mentors = [_mentor(draw, number, shape, size) for number in range(size)]
    places = sum(mentor.capacity for mentor in mentors)
    wanted = places * 3 // 2 if shape == "scarce" else size
    return mentors, [_mentee(draw, number, shape, size) for number in range(wanted)]


def _attributes(draw: random.Random, shape: str, size: int, grades: tuple[int, int]) -> dict[str, Value]:
    return {
        "employer": f"employer {draw.randrange(max(size // 10, 5))}",
        "languages": frozenset(draw.sample(LANGUAGES, 1 if shape == "tight" else draw.randint(1, 3))),
        "grade": draw.randint(*grades),
        "region": f"region {draw.randrange(6)}",
        "hours": working_hours(9, 17, draw.randint(-6, 6) if shape == "tight" else draw.randint(-3, 3)),
    }


def _mentor(draw: random.Random, number: int, shape: str, size: int) -> Mentor:
    topics = ranked(draw.sample(TOPICS, draw.randint(3, 6)))
    if shape == "popular":
        topics = dict.fromkeys(TOPICS, 1.0) if number < size // 10 else dict.fromkeys(topics, 0.2)
    capacity = 1 if shape != "even" else draw.choice((1, 1, 1, 2))
    attributes = _attributes(draw, shape, size, (5, 10))
    return Mentor(f"m{number}", attributes, topics, _text(draw, shape), capacity=capacity)


def _mentee(draw: random.Random, number: int, shape: str, size: int) -> Mentee:
    named = tuple(f"m{draw.randrange(size)}" for _ in range(2))
    attributes = _attributes(draw, shape, size, (1, 8))
    topics = ranked(draw.sample(TOPICS, draw.randint(3, 6)))
    tier = int(draw.random() < 0.2)
    return Mentee(f"e{number}", attributes, topics, _text(draw, shape), preferred=named, tier=tier)
