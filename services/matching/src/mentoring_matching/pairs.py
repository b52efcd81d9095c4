"""Whether pins and bars can hold: PairsInvalid names the field and the two ids before any work is done."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from mentoring_matching.errors import PairsInvalid
from mentoring_matching.proposals import Question

Pair = Mapping[str, str]
"""`mentor_id` and `mentee_id`, beside the reason."""


def check_people(pins: Sequence[Pair], bars: Sequence[Pair], pool: Collection[tuple[str, str]]) -> None:
    """All are in the pool (role, person id), no mentee is pinned twice, or to oneself, no pair pinned and barred."""
    for name, pairs in (("pins", pins), ("bars", bars)):
        for place, pair in enumerate(pairs):
            for role in ("mentor", "mentee"):
                if (role, pair[f"{role}_id"]) not in pool:
                    raise _invalid(f"there is no such {role} in the pool", f"{name}[{place}].{role}_id", pair)
    pinned: dict[str, str] = {}
    for place, pin in enumerate(pins):
        if pin["mentor_id"] == pin["mentee_id"]:
            raise _invalid("nobody is their own mentor", f"pins[{place}]", pin)
        if pin["mentee_id"] in pinned:
            raise _invalid("the mentee is pinned twice", f"pins[{place}].mentee_id", pin)
        pinned[pin["mentee_id"]] = pin["mentor_id"]
    for place, bar in enumerate(bars):
        if pinned.get(bar["mentee_id"]) == bar["mentor_id"]:
            raise _invalid("the pair is both pinned and barred", f"bars[{place}]", bar)


def check_room(question: Question, pins: Sequence[Pair]) -> None:
    """The pinned people are free for the question, mentors for as many as are pinned, with a place for each pair."""
    free = Counter({(c.role, str(c.person_id)): c.free for c in question.candidates})
    for place, pin in enumerate(pins):
        for role in ("mentor", "mentee"):
            who, field = (role, pin[f"{role}_id"]), f"pins[{place}].{role}_id"
            if who not in free:
                raise _invalid(f"the {role} is not free", field, pin)
            if not free[who]:
                raise _invalid(f"the {role} has fewer places than are pinned", field, pin)
            free[who] -= 1
    _check_ways(question, pins)
    if len(pins) > question.places:
        raise PairsInvalid(f"{question.places} places are free and {len(pins)} pairs are pinned", field="pins")


def _check_ways(question: Question, pins: Sequence[Pair]) -> None:
    """A pin is not the other way round of another one, or of a pair that stands or is offered."""
    if question.terms.engine.mutual:
        return
    ways = {*question.held, *((pin["mentor_id"], pin["mentee_id"]) for pin in pins)}
    for place, pin in enumerate(pins):
        if (pin["mentee_id"], pin["mentor_id"]) in ways:
            raise _invalid("the mentee is the mentor of the mentor", f"pins[{place}]", pin)


def _invalid(why: str, field: str, pair: Pair) -> PairsInvalid:
    return PairsInvalid(why, field=field, mentor_id=pair["mentor_id"], mentee_id=pair["mentee_id"])
