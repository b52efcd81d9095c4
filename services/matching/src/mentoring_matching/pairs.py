"""Whether what is asked can be answered, before any work is done: pins and bars that hold, few enough pairs."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from mentoring_common.faults import fault
from mentoring_matching.errors import PairsInvalid, PoolTooLarge
from mentoring_matching.proposals import Question

MOST_PAIRS_AT_ONCE = 4_000_000  # a few seconds in a thread; a run takes more, and time
Pair = Mapping[str, str]
"""`mentor_id` and `mentee_id`, beside the reason."""


def check_people(pins: Sequence[Pair], bars: Sequence[Pair], pool: Collection[tuple[str, str]], most: int) -> None:
    """All are in the pool (role, person id), no mentee is pinned to more than `most` mentors, twice to one, or to
    oneself, no pair pinned and barred.
    """
    for name, pairs in (("pins", pins), ("bars", bars)):
        for place, pair in enumerate(pairs):
            for role in ("mentor", "mentee"):
                if (role, pair[f"{role}_id"]) not in pool:
                    raise _invalid(f"there is no such {role} in the pool", pair, name, place, f"{role}_id")
    pinned: dict[str, set[str]] = {}
    for place, pin in enumerate(pins):
        if pin["mentor_id"] == pin["mentee_id"]:
            raise _invalid("nobody is their own mentor", pin, "pins", place)
        mentors = pinned.setdefault(pin["mentee_id"], set())
        if pin["mentor_id"] in mentors or len(mentors) == most:
            said = (
                "the mentee is pinned twice"
                if most == 1 or pin["mentor_id"] in mentors
                else "the mentee is pinned too often"
            )
            raise _invalid(said, pin, "pins", place, "mentee_id")
        mentors.add(pin["mentor_id"])
    for place, bar in enumerate(bars):
        if bar["mentor_id"] in pinned.get(bar["mentee_id"], ()):
            raise _invalid("the pair is both pinned and barred", bar, "bars", place)


def check_size(question: Question) -> tuple[int, int]:
    """The number of mentors and mentees; PoolTooLarge if they are too many for an answer at once."""
    mentors = sum(c.role == "mentor" for c in question.candidates)
    mentees = len(question.candidates) - mentors
    if mentors * mentees > MOST_PAIRS_AT_ONCE:
        raise PoolTooLarge(most_pairs=MOST_PAIRS_AT_ONCE)
    return mentors, mentees


def check_room(question: Question, pins: Sequence[Pair]) -> None:
    """The pinned people are free for the question, mentors for as many as are pinned, with a place for each pair."""
    free = Counter({(c.role, str(c.person_id)): c.free for c in question.candidates})
    for place, pin in enumerate(pins):
        for role in ("mentor", "mentee"):
            who, at = (role, pin[f"{role}_id"]), ("pins", place, f"{role}_id")
            if who not in free:
                raise _invalid(f"the {role} is not free", pin, *at)
            if not free[who]:
                raise _invalid(f"the {role} has fewer places than are pinned", pin, *at)
            free[who] -= 1
    _check_ways(question, pins)
    if len(pins) > question.places:
        said = f"{question.places} places are free and {len(pins)} pairs are pinned"
        raise PairsInvalid(said, errors=[fault("too_many_pins", said, "body", "pins")], field="pins")


def _check_ways(question: Question, pins: Sequence[Pair]) -> None:
    """A pin is not the other way round of another one, or of a pair that stands or is offered."""
    if question.terms.engine.mutual:
        return
    ways = {*question.held, *((pin["mentor_id"], pin["mentee_id"]) for pin in pins)}
    for place, pin in enumerate(pins):
        if (pin["mentee_id"], pin["mentor_id"]) in ways:
            raise _invalid("the mentee is the mentor of the mentor", pin, "pins", place)


def _invalid(why: str, pair: Pair, name: str, place: int, *member: str) -> PairsInvalid:
    named = f"{why} (mentor {pair['mentor_id']}, mentee {pair['mentee_id']})"
    wrong = fault("impossible_pair", why, "body", name, place, *member)
    field = ".".join((f"{name}[{place}]", *member))
    return PairsInvalid(named, errors=[wrong], field=field, mentor_id=pair["mentor_id"], mentee_id=pair["mentee_id"])
