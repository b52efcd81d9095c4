"""The figures that a published table prints, once it is known what its columns mean."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from mentoring_evaluation.lint.columns import OneQuestion, Table
from mentoring_evaluation.lint.heads import ENDS, OVERALL
from mentoring_evaluation.lint.published import Answers, Distribution, Mean, Part, Percentage, Total

_CHANGE = r"\b(change|increase|decrease|growth|rise|fall|improvement|uplift|reduction|over-?subscri\w+|difference)s?\b"
# Rows that are of others than those who answered the table: of all who were asked, or of some who answered.
_OF_OTHERS = re.compile(
    r"\b(response|return|reply|participation|completion|retention|attendance|drop-?out|attrition) rates?\b"
    r"|\b(of|among) (whom|which|those|these)\b",
    re.IGNORECASE,
)


class TableFigures(Table):
    """A table, and the shares, distributions, means and totals in it."""

    def _answers_of_one_question(self, question: OneQuestion) -> Iterator[Distribution]:
        """The rows as one distribution."""
        column, named = question.counts, self._column("name")
        rows = [
            r
            for r in self.body
            if not self._is_base(r) and not self._is_of_all(r) and self._count(r, column) is not None
        ]
        if named is not None and len(rows) > 1:
            yield Distribution(
                at=self.grid.place(rows[0], column),
                name=(self.heads[named] or self.grid.name or "the question")[:300],
                n=question.answered if question.printed else None,
                answers=[
                    Answers(
                        at=self.grid.place(row, column), label=(self.rows[row][named] or "an answer")[:300],
                        count=self._count(row, column), percent=self._share(row),
                    )
                    for row in rows
                ],
            )  # fmt: skip

    def percentages(self) -> Iterator[Percentage]:
        """The printed shares."""
        for row in self.body:
            if self._is_base(row):
                continue
            if (column := self._column("percent")) is not None:
                yield from self._of_row(row, column)
            for column in self._groups():
                if self._shares(column) and not self._is_whole(column):
                    yield from self._of_group(row, column)

    def distributions(self) -> Iterator[Distribution]:
        """Rows of counts whose heads are the answers to a question, with how many answered it; or one answer a row."""
        if self.question is not None:
            yield from self._answers_of_one_question(self.question)
        columns = [c for c in self._groups() if not self._shares(c) and not self._is_whole(c)]
        for row in self.body if self._answers() else ():
            given = {column: self._count(row, column) for column in columns}
            n = self._whole(row, "n")
            if self._is_base(row) or n is None or None in given.values() or len(given) < 2:
                continue
            yield Distribution(
                at=self.grid.place(row, columns[0]),
                name=self._name(row)[:300],
                n=n,
                answers=[
                    Answers(at=self.grid.place(row, column), label=self._group(column)["answer"][:300], count=count)
                    for column, count in given.items()
                ],
                **self._where(row),
            )

    def _of_row(self, row: int, column: int) -> Iterator[Percentage]:
        cell = self._cell(row, column)
        percent = cell.percent if cell.percent is not None else cell.value
        took_part = self._whole(row, "took_part")
        x = cell.x if cell.x is not None else self._whole(row, "numerator")
        n = cell.n if cell.n is not None else self._whole(row, "n")
        n = self.question.answered if n is None and self.question is not None else n
        if _OF_OTHERS.search(self._name(row)) and x is None and cell.n is None:
            n = took_part = None
        where = self._where(row)
        if percent is None or self._no_share(row, column):
            self._skip(row, column)
        else:
            yield _percentage(self.grid.place(row, column), self._name(row), percent, x, n, took_part, where)

    def _no_share(self, row: int, column: int) -> bool:
        """Whether a percentage is a change of something, which may pass 100 %, and no share of people."""
        return re.search(_CHANGE, f"{self._name(row)} {self.heads[column]}".casefold()) is not None

    def _of_group(self, row: int, column: int) -> Iterator[Percentage]:
        cell = self._cell(row, column)
        percent = cell.percent if cell.percent is not None else cell.value
        if percent is None or self._no_share(row, column):
            self._skip(row, column)
            return
        where, name = self._where(row), self._name(row)
        said = self._group(column)
        if said["answer"]:
            name = f"{name}: {said['answer']}"
        where |= {key: said[key] for key in ("cohort", "role", "wave") if said[key]}
        n = next(
            (
                n
                for n in (cell.n, self._beside(row, column, "group n"), self._whole(row, "n"), said["n"])
                if n is not None
            ),
            None,
        )
        n = self._base(row, column) if n is None else n
        of_others = _OF_OTHERS.search(name) is not None and cell.n is None
        n = None if of_others else n
        took_part = None if of_others else self._whole(row, "took_part")
        x = cell.x if cell.x is not None else self._beside(row, column, "group x")
        rule = "mean_of_cohorts" if said["mean"] else None
        at = self.grid.place(row, column)
        yield _percentage(at, name, percent, x, n, took_part, where | {"rule": rule})

    def means(self) -> Iterator[Mean]:
        """The printed means, with what stands beside them; the ends of the scale may stand in the head."""
        for column in (c for c, meaning in enumerate(self.meaning) if meaning in ("mean", "group mean")):
            of_group = self.meaning[column] == "group mean"
            ends = ENDS.search(self.heads[column])
            for row in self.body:
                value = self._cell(row, column).value
                if self._is_base(row) or value is None:
                    self._skip(row, column)
                    continue
                low = int(ends["low"]) if ends else self._whole(row, "minimum")
                high = int(ends["high"]) if ends else self._whole(row, "maximum")
                n = self._beside(row, column, "group n") if of_group else None
                n = next((one for one in (n, self._whole(row, "n"), self._base(row, column)) if one is not None), None)
                beside = {
                    what: self._printed_beside(row, column, f"group {what}") if of_group else self._number(row, what)
                    for what in ("sd", "median")
                }
                said = self._group(column) if of_group else {}
                where = self._where(row) | {key: said[key] for key in ("cohort", "role", "wave") if said.get(key)}
                yield Mean(
                    at=self.grid.place(row, column), name=self._name(row)[:300], mean=value, n=n,
                    minimum=low, maximum=high, loose=None in (low, high), **beside, **where,
                )  # fmt: skip

    def totals(self) -> Iterator[Total]:
        """Rows and columns of counts whose last is called the total of the others."""
        counts = [column for column in self._groups() if not self._shares(column)]
        whole = [c for c in counts if OVERALL.fullmatch(self.heads[c].casefold())]
        parts = [c for c in counts if c not in whole]
        for row in self.body:
            cells = [(self.heads[c], self._count(row, c)) for c in parts]
            if len(whole) == 1 and len(cells) > 1:
                yield from self._total(self._name(row), cells, row, whole[0])
        label = next((c for what in ("name", "cohort", "role") if (c := self._column(what)) is not None), None)
        if label is None:
            return
        last = [r for r in self.body if OVERALL.fullmatch(self.rows[r][label].casefold())]
        for column in counts if len(last) == 1 else ():
            rows = [r for r in self.body if r < last[0] and self._count(r, column) is not None]
            cells = [(self.rows[r][label], self._count(r, column)) for r in rows]
            if len(cells) > 1:
                yield from self._total(self.heads[column], cells, last[0], column)

    def _total(self, label: str, cells: list[tuple[str, int | None]], row: int, column: int) -> Iterator[Total]:
        stated = self._count(row, column)
        parts = [Part(label=(name or "part")[:300], value=count) for name, count in cells if count is not None]
        if stated is not None and len(parts) == len(cells):
            yield Total(
                at=self.grid.place(row, column), label=(label or "total")[:300], parts=parts, stated=stated, loose=True
            )

    def _skip(self, row: int, column: int) -> None:
        if self.rows[row][column] not in ("", "-", "–", "—"):
            self.skipped.append(self.grid.place(row, column))


def _percentage(
    at: str, name: str, percent: Decimal, x: int | None, n: int | None, took_part: int | None, where: dict[str, Any]
) -> Percentage:
    at_most = n is None and took_part is not None
    return Percentage(
        at=at,
        name=name[:300],
        percent=percent,
        numerator=x,
        n=took_part if at_most else n,
        n_is="at_most" if at_most else "answered",
        **where,
    )
