"""What the linter found, and how it reads on a terminal."""

import textwrap
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Confidence = Literal["certain", "likely", "possible"]

# What each rule looks for, in one line; `docs/lint-report.md` says more.
RULES = {
    "percentage_above_100": "a share of people above 100 % or below 0 %",
    "percentage_not_of_its_counts": "a percentage that its own printed counts do not give",
    "impossible_percentage": "a percentage that no whole number of the people who could answer gives",
    "percentage_needs_other_n": "a percentage the stated n cannot give, though a smaller one could",
    "denominator_changes": "percentages of one group that no single number of people can give",
    "mean_as_overall": "a mean of cohort percentages printed as overall",
    "overall_outside_cohorts": "an overall below the lowest or above the highest cohort",
    "overall_unexplained": "an overall that is neither pooled nor the mean of its cohorts",
    "percentage_in_two_versions": "one figure printed with two values",
    "copied_line": "a line that was copied from another",
    "partitions_disagree": "one whole parted in two ways that are not of the same people",
    "more_than_took_part": "more answers to a question than people who took part",
    "distribution_does_not_add": "answers to one question that are not those of the people who answered it",
    "impossible_mean": "a mean that no answers of so many people on the scale give",
    "impossible_spread": "a standard deviation that no answers with the printed mean have",
    "impossible_median": "a median that no answers with the printed mean have",
    "change_not_as_stated": "a change in percent that its own before and after do not give",
    "score_not_of_its_parts": "a net promoter score that is not promoters less detractors",
    "total_does_not_add": "a total that is not the sum of its parts",
    "oversubscription_denominator": "an over-subscription not of the places it is said to be of",
    "ledger_does_not_balance": "applicants, moves, places and matches that cannot all be true",
    "pairs_and_people": "more people in pairs than the pairs can hold",
    "count_outside_range": "a total that its parts cannot make within their stated range",
    "date_in_two_versions": "one event with two dates",
    "dates_out_of_order": "something that is dated before what it had to follow",
    "gap_not_as_stated": "a gap between two dates that is not the one the text promises",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: the rule, the JSON path, the arithmetic in words, how sure, and what would resolve it.

    `also` holds further paths that take part in the fault.
    """

    rule: str
    where: str
    why: str
    confidence: Confidence
    resolve: str
    also: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The finding as a JSON object."""
        return asdict(self) | {"also": list(self.also)}


def render_text(findings: Sequence[Finding], closing: str = "") -> str:
    """The findings for a terminal, 100 columns wide, in their order, with a last line that counts them.

    `closing` are words on what was checked (`Coverage.in_words`).
    """
    words = f"\n{textwrap.fill(_plain(closing), width=100)}" if closing else ""
    if not findings:
        return f"No findings{'.' if closing else ': every figure can be true.'}{words}"
    blocks = [_block(number, finding) for number, finding in enumerate(findings, start=1)]
    counts = {sure: sum(f.confidence == sure for f in findings) for sure in ("certain", "likely", "possible")}
    said = ", ".join(f"{number} {sure}" for sure, number in counts.items() if number)
    return "\n\n".join([*blocks, f"{len(findings)} finding{'s' if len(findings) > 1 else ''}: {said}.{words}"])


def _block(number: int, finding: Finding) -> str:
    lines = [f"{number}. {finding.rule} ({finding.confidence})", f"   {_plain(finding.where)}"]
    if finding.also:
        lines.append(_wrapped("also ", ", ".join(finding.also)))
    return "\n".join([*lines, _wrapped("why ", finding.why), _wrapped("resolve ", finding.resolve)])


def _plain(text: str) -> str:
    """The text without what steers a terminal: names in a report are somebody else's."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def _wrapped(label: str, text: str) -> str:
    return textwrap.fill(
        f"{label}{_plain(text)}",
        width=100,
        initial_indent="   ",
        subsequent_indent="     ",
        break_long_words=False,
        break_on_hyphens=False,
    )
