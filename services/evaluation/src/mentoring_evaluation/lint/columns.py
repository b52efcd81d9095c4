"""One published table: where its heads are and what each column means, guessed from heads and cells."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mentoring_evaluation.lint.cells import Cell, is_hidden, read_cell, whole_of
from mentoring_evaluation.lint.counts import usual_numerators
from mentoring_evaluation.lint.grids import Grid, letters
from mentoring_evaluation.lint.heads import (
    ENDS,
    MEANS,
    N_IN_HEAD,
    OF_PERCENT,
    OVERALL,
    ROLES,
    WAVE,
    statistic_of,
    stem_of,
)


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column was taken for: its table and letter, its head as printed, and the meaning in words."""

    table: str
    column: str
    head: str
    meaning: str

    def in_words(self) -> str:
        """One line."""
        return (
            f"{self.table + ' ' if self.table else ''}column {self.column} ({self.head or 'no head'}): {self.meaning}"
        )


@dataclass(frozen=True, slots=True)
class OneQuestion:
    """A table whose rows are the answers to one question: the column of their counts, how many answered, whether that
    is printed, and whether the head of the column would have said something else."""

    counts: int
    answered: int
    printed: bool
    renamed: bool


class Table:
    """One table: where its heads are, and what each column means."""

    def __init__(self, grid: Grid, wanted: Mapping[str, str]) -> None:
        self.grid = grid
        self.skipped: list[str] = []
        self.said: set[str] = set()  # the columns whose meaning was told, by what they were called
        self.question: OneQuestion | None = None  # where the rows are the answers to one question
        self.told: set[int] = set()  # the columns whose meaning was told
        self.shares: set[int] = set()  # the columns of groups that were told to be percentages
        width = max(map(len, grid.rows))
        self.rows = [row + [""] * (width - len(row)) for row in grid.rows]
        self.head = self._heads()
        self.body = range(0 if self.head is None else self._last_of_head(self.head) + 1, len(self.rows))
        heads = self._joined(self.rows[self.head : self.body.start]) if self.head is not None else [""] * width
        self.heads = [" ".join(head.split()) for head in heads]
        above = [cell for row in self.rows[: self.head or 0] for cell in row] + self.heads[:1]
        self.of_percent = any(re.search(r"%|per ?cent", cell, re.IGNORECASE) for cell in above)
        self.meaning: list[str] = []
        self.meaning = [self._meaning(column, wanted) for column in range(width)]
        if "name" not in self.meaning and "answer" in self.meaning:
            self.meaning[self.meaning.index("answer")] = "name"
        if "name" not in self.meaning:
            texts = [c for c in range(width) if self.meaning[c] == "nothing" and self._textual(c)]
            if texts:
                self.meaning[texts[0]] = "name"
        self.question = self._one_question()

    def _heads(self) -> int | None:
        """The first row of several cells that hold words, with a row of numbers somewhere below."""
        for number, row in enumerate(self.rows):
            filled = [cell for cell in row if cell]
            figures = sum(read_cell(cell) is not None for cell in filled)
            if len(filled) > 1 and figures * 2 < len(filled):
                return number
            if len(filled) > 1 and figures:
                return None
        return None

    def _last_of_head(self, first: int) -> int:
        """The last row of the heads: below a head that stands over several columns is what tells these apart."""
        for row in range(first + 1, len(self.rows)):
            above, below = self.rows[row - 1], self.rows[row]
            filled = [cell for cell in above if cell]
            over_several = len(set(filled)) < len(filled) or any(b and not a for a, b in zip(above, below, strict=True))
            names = sum(bool(cell) for cell in below) > 1 and not any(read_cell(cell) for cell in below)
            if not (over_several and names and any(read_cell(cell) for rest in self.rows[row + 1 :] for cell in rest)):
                return row - 1
        return first

    @staticmethod
    def _joined(rows: Sequence[list[str]]) -> list[str]:
        """The heads of columns from all their rows; in all but the last, a head holds until the next one."""
        heads = [""] * len(rows[0])
        for number, row in enumerate(rows):
            held = ""
            for column, cell in enumerate(row):
                held = cell or held
                said = cell if number == len(rows) - 1 else held
                heads[column] = heads[column] if said == heads[column] else f"{heads[column]} {said}".strip()
        return heads

    def _textual(self, column: int) -> bool:
        cells = [self.rows[row][column] for row in self.body if not is_hidden(self.rows[row][column])]
        return bool(cells) and sum(read_cell(cell) is not None for cell in cells) * 2 < len(cells)

    def _meaning(self, column: int, wanted: Mapping[str, str]) -> str:
        head = self.heads[column]
        for name in (head.casefold(), letters(column).casefold()):
            if name and name in wanted:
                self.said.add(name)
                self.told.add(column)
                # Several columns of percentages are those of groups: their heads say whose.
                several = wanted[name] == "percent" and sum(meaning == "percent" for meaning in wanted.values()) > 1
                self.shares |= {column} if several else set()
                return "group" if several else wanted[name]
        bare = ENDS.sub("", N_IN_HEAD.sub("", head)).strip(" :*").casefold()
        numeric = not self._textual(column) and any(read_cell(self.rows[row][column]) for row in self.body)
        meaning = MEANS.get(bare)
        if bare == "yes" and any(re.match(r"no\b", other.casefold()) for other in self.heads):
            meaning = None  # one answer of several, and not how many were counted
        if meaning and (numeric or meaning in ("name", "answer", "cohort", "role", "wave")):
            return meaning
        if not numeric:
            return "nothing"
        if statistic := statistic_of(bare):
            return statistic
        if OF_PERCENT.fullmatch(bare) and "percent" not in self.meaning:
            return "percent" if not self._several_shares() else "group"
        if bare in ("value", "result", "score"):
            return "percent" if self._shares(column) else "nothing"
        if not bare and all(self._cell(row, column).percent is not None for row in self.body if self.rows[row][column]):
            return "percent"
        if group := re.fullmatch(r"(.+?)[\s:,(_-]+(n|base|responses|answered)\)?", bare):
            return "group n" if group[1] else "nothing"
        if re.fullmatch(r"(.+?)[\s:,(_-]+(count|number|x|yes)\)?", bare):
            return "group x"
        return "group" if bare else "nothing"

    def _several_shares(self) -> bool:
        """Whether more than one head speaks of percent, so that the rest of each says whose it is."""
        return sum(bool(OF_PERCENT.fullmatch(head.casefold())) for head in self.heads) > 1

    def _cell(self, row: int, column: int) -> Cell:
        return read_cell(self.rows[row][column]) or Cell()

    def _column(self, meaning: str) -> int | None:
        return self.meaning.index(meaning) if meaning in self.meaning else None

    def _text(self, row: int, meaning: str) -> str | None:
        column = self._column(meaning)
        return (self.rows[row][column] or None) if column is not None else None

    def _whole(self, row: int, meaning: str) -> int | None:
        column = self._column(meaning)
        value = self._cell(row, column).value if column is not None else None
        return int(value) if value is not None and value == value.to_integral_value() and value >= 0 else None

    def _count(self, row: int, column: int) -> int | None:
        value = self._cell(row, column).value
        return int(value) if value is not None and value == value.to_integral_value() and value >= 0 else None

    def _number(self, row: int, meaning: str) -> Decimal | None:
        column = self._column(meaning)
        return self._cell(row, column).value if column is not None else None

    def _where(self, row: int) -> dict[str, Any]:
        """The cohort, role and wave that a row says."""
        cohort, role = self._text(row, "cohort"), self._text(row, "role")
        return {
            "cohort": None if cohort is None or OVERALL.fullmatch(cohort.casefold()) else cohort,
            "role": None if role is None or OVERALL.fullmatch(role.casefold()) else ROLES.get(role.casefold(), role),
            "wave": self._text(row, "wave"),
        }

    def _name(self, row: int) -> str:
        named = self._text(row, "name") or self._above(row) or "figure"
        answer = self._text(row, "answer")
        return f"{named}: {answer}" if answer else named

    def _above(self, row: int) -> str | None:
        """The name of a row that leaves it out, as tables do for the answers of one question."""
        column = self._column("name")
        if column is None or self._column("answer") is None:
            return None
        return next(
            (self.rows[r][column] for r in range(row - 1, self.body.start - 1, -1) if self.rows[r][column]), None
        )

    def _one_question(self) -> OneQuestion | None:
        """Whether the counts beside the percentages are those of the answers to one question: of one number of people,
        which is printed below them, or that they add to, or that all of them fit.

        A column called n may be these counts, or the number who answered each row: what fits the percentages is taken.
        """
        share, counts = self._column("percent"), self._column("numerator")
        n, alone = self._column("n"), {"name", "percent", "numerator", "n", "nothing"}
        column = n if counts is None else counts
        if share is None or column is None or None not in (n, counts) or not set(self.meaning) <= alone:
            return None
        rows = [row for row in self.body if not self._is_base(row) and not self._is_of_all(row)]
        known = [
            (count, p) for row in rows if (count := self._count(row, column)) and (p := self._share(row)) is not None
        ]
        if len(known) < 2 or column in self.told:
            return None
        printed = {self._count(row, column) for row in self.body if row not in rows} - {None}
        stated = printed.pop() if len(printed) == 1 else None
        implied = [int(100 * count / p + Decimal("0.5")) for count, p in known if p]
        as_base = sum(bool(usual_numerators(p, count)) for count, p in known)
        tried = [stated] if stated else [sum(count for count, _ in known)]
        tried += implied if counts is None and as_base < len(known) else []
        fits = {one: sum(c <= one and c in usual_numerators(p, one) for c, p in known) for one in tried if one}
        answered = max(fits, key=lambda one: fits[one], default=0)
        most = fits.get(answered, 0)
        if most < len(known) and not (most >= 2 and most * 2 > len(known) and (counts is not None or most > as_base)):
            return None
        self.meaning[column] = "numerator"
        return OneQuestion(column, answered, answered == stated, counts is None)

    def _is_of_all(self, row: int) -> bool:
        column = self._column("name")
        return column is not None and OVERALL.fullmatch(self.rows[row][column].casefold().strip(" :*")) is not None

    def _share(self, row: int) -> Decimal | None:
        """The percentage that a row prints."""
        column = self._column("percent")
        cell = self._cell(row, column) if column is not None else Cell()
        return cell.percent if cell.percent is not None else cell.value

    def _shares(self, column: int) -> bool:
        """Whether a column of a group prints shares, by the sign in most of its cells or in its head."""
        rows = [row for row in self.body if not self._is_base(row) and not is_hidden(self.rows[row][column])]
        cells = [self._cell(row, column) for row in rows]
        if column in self.shares or (self.of_percent and cells):
            return True
        if self._answers() and self._are_hundredths():
            return True
        signs = sum(cell.percent is not None or (cell.x is not None and cell.n is not None) for cell in cells)
        return signs * 2 > len(cells) or ("%" in self.heads[column] and bool(cells))

    def _are_hundredths(self) -> bool:
        """Whether answers are shares without their sign: not whole, or most rows add to 100 and not to n."""
        rows = [row for row in self.body if not self._is_base(row)]
        known = {row: [v for c in self._groups() if (v := self._cell(row, c).value) is not None] for row in rows}
        if any(value != value.to_integral_value() for values in known.values() for value in values):
            return True
        sums = {row: sum(values, Decimal(0)) for row, values in known.items() if len(values) > 1}
        near = [row for row, total in sums.items() if 99 <= total <= 101 and total != self._whole(row, "n")]
        return len(near) * 2 > len(sums)

    def _is_whole(self, column: int) -> bool:
        """Whether a column is of all answers together, beside those that each have one."""
        return self._answers() and OVERALL.fullmatch(self.heads[column].strip(" %()").casefold()) is not None

    def _groups(self) -> list[int]:
        return [column for column, meaning in enumerate(self.meaning) if meaning == "group"]

    def _group(self, column: int) -> dict[str, Any]:
        """What the head of a column says of whom it is: a cohort, a role, an answer, or everybody."""
        head = self.heads[column]
        printed = N_IN_HEAD.search(head)
        bare = re.sub(r"\(?%\)?|\bper ?cent\b", "", ENDS.sub("", N_IN_HEAD.sub("", head))).strip(" :*,-")
        if self.meaning[column] == "group mean":
            bare = re.sub(r"(?i)\b(mean|average)( score)?\b", "", bare).strip(" :*,-")
        low = bare.casefold()
        found: dict[str, Any] = {"cohort": None, "role": None, "wave": None, "answer": None, "mean": False}
        found["n"] = whole_of(printed["n"]) if printed else None
        if low in ROLES:
            found["role"] = ROLES[low]
        elif low in ("mean", "average", "mean of cohorts"):
            found["mean"] = True
        elif self._answers():
            found["answer"] = bare
        elif WAVE.fullmatch(low):
            found["wave"] = bare
        elif not OVERALL.fullmatch(low) and bare:
            words = low.split()
            role = next((ROLES[word] for word in words if word in ROLES), None)
            rest = " ".join(word for word in bare.split() if word.casefold() not in ROLES)
            found["role"] = role
            found["cohort"] = None if OVERALL.fullmatch(rest.casefold()) else rest or None
        return found

    def _answers(self) -> bool:
        """Whether the heads of the groups are the answers to a question, so that each row adds to everybody."""
        words = {re.sub(r"\(?%\)?", "", self.heads[c]).strip().casefold() for c in self._groups()}
        known = {
            "agree",
            "disagree",
            "strongly agree",
            "yes",
            "no",
            "satisfied",
            "very satisfied",
            "never",
            "always",
            "sa",
        }
        return len(words & known) > 1

    def _beside(self, row: int, column: int, meaning: str) -> int | None:
        """The count that a column of the same group prints beside a figure."""
        value = self._printed_beside(row, column, meaning)
        return int(value) if value is not None and value == value.to_integral_value() and value >= 0 else None

    def _printed_beside(self, row: int, column: int, meaning: str) -> Decimal | None:
        stem = stem_of(self.heads[column])
        columns = (c for c in range(len(self.heads)) if self.meaning[c] == meaning and stem_of(self.heads[c]) == stem)
        return next((self._cell(row, other).value for other in columns), None)

    def _is_base(self, row: int) -> bool:
        """Whether a row prints the numbers of people behind each column."""
        column = self._column("name")
        label = self.rows[row][column].casefold().strip(" :()*") if column is not None else ""
        base = r"n|n =|n=|base|base n|respondents|responses|number of (responses|respondents|people)|answered|sample"
        return re.fullmatch(base, label) is not None

    def _base(self, row: int, column: int) -> int | None:
        """The number of people printed nearest in a row of its own; such rows stand under the heads or at the end."""
        bases = [r for r in self.body if self._is_base(r)]
        if not bases:
            return None
        value = self._cell(next((r for r in bases if r > row), bases[-1]), column).value
        value = self._cell(bases[0], column).value if value is None else value
        return int(value) if value is not None and value == value.to_integral_value() else None

    def guesses(self) -> Iterator[Guess]:
        """What each column was taken for."""
        for column, meaning in enumerate(self.meaning):
            words = meaning.replace("_", " ")
            if meaning in ("group", "group mean"):
                said = self._group(column)
                whose = [f"{key} {said[key]}" for key in ("cohort", "role", "wave", "answer") if said[key]] or [
                    "everybody"
                ]
                what = "mean" if meaning == "group mean" else "percent" if self._shares(column) else "count"
                words = f"{what} of {', '.join(whose)}" + (f", n = {said['n']}" if said["n"] is not None else "")
            if self.question is not None and self.question.counts == column:
                words = f"count of each answer, of {self.question.answered} in all"
                words += ": so read, it fits the percentages" if self.question.renamed else ""
            if meaning != "nothing" or self.heads[column]:
                yield Guess(self.grid.name, letters(column), self.heads[column], words)
