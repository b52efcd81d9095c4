"""What must hold between applicants, moves, places and matches, whatever is known of them.

For every cohort and role: applied + moved in - moved out = matched + carried over + withdrawn + ineligible + unmatched
+ still open. Where some of these were not printed, what remains are inequalities, and those can still fail.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

OUTCOMES = ("matched", "carried_over", "withdrawn", "ineligible", "unmatched", "still_open")


@dataclass(frozen=True, slots=True)
class Account:
    """One cohort's applicants in one role; None for what is not known. All numbers are people."""

    cohort: str
    role: str | None
    applied: int
    matched: int | None = None
    places: int | None = None
    moved_in: int | None = None
    moved_out: int | None = None
    carried_over: int | None = None
    withdrawn: int | None = None
    ineligible: int | None = None
    unmatched: int | None = None
    still_open: int | None = None

    @property
    def known_outcomes(self) -> int:
        """People whose end is known."""
        return sum(getattr(self, outcome) or 0 for outcome in OUTCOMES)

    @property
    def complete(self) -> bool:
        """Whether every term of the equation is known."""
        return None not in (self.moved_in, self.moved_out, *(getattr(self, outcome) for outcome in OUTCOMES))


@dataclass(frozen=True, slots=True)
class Imbalance:
    """What cannot hold, in words with the arithmetic, and the (cohort, role) of the accounts it rests on.

    `if_all` where a cohort that is left out could explain it.
    """

    why: str
    keys: tuple[tuple[str, str | None], ...]
    if_all: bool = False


def imbalances(accounts: Sequence[Account], moved: int | None = None) -> list[Imbalance]:
    """Everything that cannot hold in these accounts, `moved` being all moves between their cohorts."""
    found = [problem for account in accounts for problem in _of_one(account)]
    return found + list(_between(accounts, moved))


def _of_one(account: Account) -> Iterator[Imbalance]:
    who, keys = _who(account), ((account.cohort, account.role),)
    if account.places is not None and (account.matched or 0) > account.places:
        yield Imbalance(f"{who}: {account.matched} were matched in {account.places} places.", keys)
    if account.moved_in is None:
        return
    # Where nothing is printed of who moved out, nobody did: that leaves the most people.
    out = account.moved_out or 0
    there, ended = account.applied + account.moved_in - out, account.known_outcomes
    sums = f"{who}: {account.applied} applied + {account.moved_in} moved in - {out} moved out = {there}"
    if there < ended or (account.complete and there != ended):
        yield Imbalance(f"{sums}, but the outcomes printed add to {ended}.", keys)


def _between(accounts: Sequence[Account], moved: int | None) -> Iterator[Imbalance]:
    by_role: dict[str | None, list[Account]] = defaultdict(list)
    for account in accounts:
        by_role[account.role].append(account)
    for role, lines in by_role.items():
        yield from _of_role(role, lines)
    needing = [account for account in accounts if _needed(account) > 0]
    needed = sum(_needed(account) for account in needing)
    if moved is not None and needed > moved:
        terms = " + ".join(
            f"{_needed(a)} ({_who(a)}: {a.known_outcomes} placed{_left(a)} of {a.applied} who applied)" for a in needing
        )
        yield Imbalance(f"At least {terms} = {needed} moves were needed, but {moved} are printed.", _keys(needing))
    if moved is not None:
        yield from _all_moves(accounts, moved)


def _all_moves(accounts: Sequence[Account], moved: int) -> Iterator[Imbalance]:
    """Every move enters one cohort and leaves one; the cohorts that print theirs cannot have more than all."""
    for words, numbers in (
        ("The cohorts took in", [a.moved_in for a in accounts if a.moved_in is not None]),
        ("The cohorts gave away", [a.moved_out for a in accounts if a.moved_out is not None]),
    ):
        known_of_all = bool(numbers) and len(numbers) == len(accounts)
        if sum(numbers) > moved or (known_of_all and sum(numbers) != moved):
            why = f"{words} {' + '.join(map(str, numbers))} = {sum(numbers)}, but {moved} moves are printed."
            yield Imbalance(why, _keys(accounts), if_all=sum(numbers) < moved)


def _of_role(role: str | None, lines: Sequence[Account]) -> Iterator[Imbalance]:
    applied, ended = sum(a.applied for a in lines), sum(a.known_outcomes for a in lines)
    if ended > applied:
        why = f"{_role(role)}: {ended} were placed in all, but only {applied} applied."
        yield Imbalance(why, _keys(lines), if_all=True)
    moves_in = [a.moved_in for a in lines if a.moved_in is not None]
    moves_out = [a.moved_out for a in lines if a.moved_out is not None]
    if len(moves_in) == len(moves_out) == len(lines) and sum(moves_in) != sum(moves_out):
        why = f"{_role(role)}: {sum(moves_in)} moved in, but {sum(moves_out)} moved out of a cohort."
        yield Imbalance(why, _keys(lines), if_all=True)


def _needed(account: Account) -> int:
    return max(0, account.known_outcomes + (account.moved_out or 0) - account.applied)


def _left(account: Account) -> str:
    return f" and {account.moved_out} moved out" if account.moved_out else ""


def _keys(accounts: Sequence[Account]) -> tuple[tuple[str, str | None], ...]:
    return tuple((account.cohort, account.role) for account in accounts)


def _who(account: Account) -> str:
    return f"cohort {account.cohort}" + (f", {account.role}s" if account.role else "")


def _role(role: str | None) -> str:
    return f"All {role}s" if role else "All applicants"
