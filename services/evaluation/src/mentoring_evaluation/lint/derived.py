"""Rules for what is worked out from other printed numbers: percent changes and net promoter scores."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from mentoring_evaluation.figures.intervals import half_up
from mentoring_evaluation.lint.counts import usual_numerators, usual_values
from mentoring_evaluation.lint.findings import Finding
from mentoring_evaluation.lint.published import Change, NetPromoter, PublishedReport

# Up to so many people every choice of promoters and detractors is tried; beyond, the printed shares alone are taken.
_MOST_TRIED = 2000

_Range = tuple[Fraction, Fraction]


def changes(report: PublishedReport) -> Iterator[Finding]:
    """A change in percent that its own before and after do not give, as far as these were rounded."""
    for line in report.changes:
        given = _change(line)
        low, high = usual_values(line.percent)
        if given is not None and (high < given[0] or low > given[1]):
            yield _not_as_stated(line)


def _change(line: Change) -> _Range | None:
    """The least and the most the change can be; None where what was before may be nothing or below it."""
    before, after = (_exactly(value) if line.counted else usual_values(value) for value in (line.before, line.after))
    if before[0] <= 0:
        return None
    ends = [100 * (b - a) / a for a in before for b in after]
    return min(ends), max(ends)


def _exactly(value: Decimal) -> _Range:
    return Fraction(value), Fraction(value)


def _not_as_stated(line: Change) -> Finding:
    points = line.after - line.before
    exact = half_up(Fraction(100) * Fraction(points) / Fraction(line.before), 1)
    why = f"{line.label}: {line.before} to {line.after} is a change of {exact} %, but {line.percent} % is printed."
    slips = {
        "It is the difference in points.": points == line.percent,
        "It is in percent of what came after.": line.after != 0
        and half_up(Fraction(100) * Fraction(points) / Fraction(line.after), 1) == half_up(Fraction(line.percent), 1),
    }
    hint = next((f" {said}" for said, so in slips.items() if so), "")
    resolve = "Say whether it is percent or points, and of what; or correct one of the three."
    return Finding("change_not_as_stated", line.at, why + hint, "certain", resolve)


def net_promoter(report: PublishedReport) -> Iterator[Finding]:
    """A net promoter score that is not promoters less detractors, or that so many people cannot give."""
    for line in report.net_promoter:
        if not -100 <= line.score <= 100:
            why = f"A net promoter score lies between -100 and 100, not at {line.score}."
            yield _score(line, why)
        elif not _possible(line):
            yield _score(line, _in_words(line))


def _possible(line: NetPromoter) -> bool:
    if line.n is None or line.n > _MOST_TRIED:
        return _shares_possible(line)
    if line.n_is == "answered":
        return _counts_possible(line, line.n)
    return line.n > 200 or any(_counts_possible(line, n) for n in range(1, line.n + 1))


def _counts_possible(line: NetPromoter, n: int) -> bool:
    if n == 0:
        return False
    low, high = (bound * n / 100 for bound in usual_values(line.score))
    promoters, detractors, passives = (
        range(n + 1) if share is None else usual_numerators(share, n)
        for share in (line.promoters, line.detractors, line.passives)
    )
    # With p promoters, the detractors lie in a run: what the score, the shares and the rest leave.
    return any(
        max(detractors.start, _up(p - high), n - p - passives.stop + 1)
        <= min(detractors.stop - 1, _down(p - low), n - p - passives.start)
        for p in promoters
        if detractors and passives
    )


def _up(value: Fraction) -> int:
    return -((-value.numerator) // value.denominator)


def _down(value: Fraction) -> int:
    return value.numerator // value.denominator


def _shares_possible(line: NetPromoter) -> bool:
    everything = (Fraction(0), Fraction(100))
    (p_low, p_high), (d_low, d_high), (r_low, r_high) = (
        everything if share is None else usual_values(share)
        for share in (line.promoters, line.detractors, line.passives)
    )
    s_low, s_high = usual_values(line.score)
    adds = p_low + d_low + r_low <= 100 <= p_high + d_high + r_high
    # Promoters less detractors, and both at most what the passives leave.
    most_both, least_both = 100 - r_low, 100 - r_high
    fits = max(p_low - d_high, s_low) <= min(p_high - d_low, s_high)
    return adds and fits and s_low <= most_both and -s_high <= most_both and p_high + d_high >= least_both


def _in_words(line: NetPromoter) -> str:
    said = {"promoters": line.promoters, "passives": line.passives, "detractors": line.detractors}
    parts = ", ".join(f"{share} % {what}" for what, share in said.items() if share is not None)
    if line.promoters is not None and line.detractors is not None:
        parts += f" (less one another: {line.promoters - line.detractors})"
    people = "" if line.n is None else f" {'up to ' if line.n_is == 'at_most' else ''}{line.n} people"
    return (
        f"{line.name}: no{people or ' answers'} with {parts or 'any shares'} have a net promoter score of {line.score}."
    )


def _score(line: NetPromoter, why: str) -> Finding:
    resolve = "Print how many were promoters, passives and detractors, and take the score from them."
    return Finding("score_not_of_its_parts", line.at, why, "certain", resolve)
