"""Weights tried as sliders: what would change, solved again from the prices of the run, and nothing is written."""

from collections.abc import Iterator, Mapping, Sequence

from mentoring_matching.engine import Policy, PolicyError, Run, compare, solve_again
from mentoring_matching.offline.matching import Asks, Solved

_SHOWN = 10


def weights_of(policy: Policy, written: str) -> Policy:
    """The policy with other weights: `topics=0.6, similar wording=0`; 0 leaves a criterion out. PolicyError."""
    return policy.weighing(dict(_weight(policy, item) for item in written.split(",") if item.strip()))


def _weight(policy: Policy, item: str) -> tuple[str, float]:
    name, equals, number = (part.strip() for part in item.partition("="))
    known = {criterion.name.casefold(): criterion.name for criterion in policy.criteria}
    if not equals or name.casefold() not in known:
        raise PolicyError("weights", item.strip(), f"write NAME=NUMBER with one of {', '.join(known.values())}")
    try:
        return known[name.casefold()], float(number)
    except ValueError:
        raise PolicyError("weights", name, f"'{number}' is not a number of 0 or more") from None


def tried(solved: Solved, written: str, asks: Asks, names: Mapping[str, str]) -> list[str]:
    """What other weights would change, in lines. PolicyError."""
    run = solved.run
    policy = weights_of(run.situation.policy, written)
    terms = {"places": asks.places, "pins": solved.pins, "bars": solved.bars, "embedder": solved.embedder}
    again = solve_again(run, policy, **terms)  # type: ignore[arg-type]
    return [_head(policy, run, again), *_changes(run, again, names)]


def _head(policy: Policy, run: Run, again: Run) -> str:
    shares = ", ".join(f"{criterion.name} {share:.0%}" for criterion, share in policy.shares())
    proof = "proved best" if again.certificate.valid else "the best found"
    return f"With {shares}: {again.totals.matched} matched (before {run.totals.matched}), {proof}."


def _changes(run: Run, again: Run, names: Mapping[str, str]) -> Iterator[str]:
    changes = compare(run, again).changes
    yield f"  {len(changes)} of {len(run.situation.mentees)} mentees change."
    for change in changes[:_SHOWN]:
        before, after = (names[id_] if id_ else "nobody" for id_ in (change.before, change.after))
        yield f"  {names[change.mentee_id]}: {before} -> {after}"
    if len(changes) > _SHOWN:
        yield f"  … and {len(changes) - _SHOWN} more"


def listed(policy: Policy) -> Sequence[str]:
    """The weights as they are, to begin with."""
    return [f"{criterion.name}={criterion.weight:g}" for criterion in policy.criteria]
