"""The programmes of `blueprints/`, each played from its applications to its report, with what is particular to it."""

from collections.abc import Iterator


def listed() -> Iterator[str]:
    """A line for each programme that can be played: its name and what is particular to it."""
    from mentoring_allinone.plays.programmes import PLAYS

    yield "nihr: three cohorts, moves and rematches, 161 published numbers reproduced"
    for play in PLAYS.values():
        yield f"{play.name}: {play.particular}"
