"""What the columns of a published table mean: guessed from heads and cells, said in words, and open to correction."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, get_args

from pydantic import ValidationError

from mentoring_contracts.words import in_words
from mentoring_evaluation.lint.counts import usual_numerators
from mentoring_evaluation.lint.grids import Grid, letters
from mentoring_evaluation.lint.nodes import ReportUnreadable
from mentoring_evaluation.lint.published import Answers, Distribution, Mean, Part, Percentage, PublishedReport, Total

Meaning = Literal[
    "name", "answer", "cohort", "role", "wave", "percent", "n", "took_part", "numerator",
    "mean", "sd", "median", "minimum", "maximum", "nothing",
]  # fmt: skip
MEANINGS: tuple[str, ...] = get_args(Meaning)

_OVERALL = re.compile(
    r"(overall|all|total|totals|pooled|combined|everyone|everybody|whole programme|programme)( cohorts?)?"
)
_ROLES = {"mentor": "mentor", "mentors": "mentor", "mentee": "mentee", "mentees": "mentee"}
_WAVE = re.compile(
    r"(at |the )?(baseline|follow[- ]?up|before|after|pre|post|start|end|mid|midpoint|(month|wave) \d+)( \w+)?"
)
_HEADS: tuple[tuple[Meaning, str], ...] = (
    ("sd", "sd, s.d., std, std dev, std. dev., standard deviation"),
    ("median", "median, mdn"),
    ("mean", "mean, average, average score, mean score, avg, m"),
    ("minimum", "min, minimum, scale min, scale minimum, minimum of scale"),
    ("maximum", "max, maximum, scale max, scale maximum, maximum of scale"),
    ("took_part", "took part, participants, participated, invited, at most, matched, surveyed, returned"),
    ("numerator", "count, counts, number, freq, frequency, yes, numerator, x, f, agreed, positive, number agreeing"),
    (
        "n",
        "n, base, responses, respondents, answered, sample, sample size, total n, valid n, n answered, denominator, of",
    ),
    ("n", "number answered, number who answered, number of responses, number of respondents, number of answers"),
    ("percent", "%, percent, per cent, percentage, share, rate, response rate, proportion"),
    ("cohort", "cohort, round, intake, site, group"),
    ("role", "role, who, respondent type, type of respondent"),
    ("wave", "wave, survey, time point, timepoint, phase, when, stage"),
    ("answer", "answer, option, response, category, response option, level"),
    ("name", "question, item, statement, measure, indicator, outcome, name, figure, label, variable, metric, theme"),
)
_MEANS = {head: meaning for meaning, heads in _HEADS for head in heads.split(", ")}
_OF_PERCENT = re.compile(r"%.*|.*%|.*\(%\)|.*percent.*|.*per cent.*")
_NUMBER = r"[-−–]?\d{1,3}(?:[,  ]\d{3})+(?:\.\d+)?|[-−–]?\d+(?:[.,]\d+)?"
_OF = rf"(?P<x>{_NUMBER})\s*(?:/|of|out of)\s*(?P<n>{_NUMBER})"
_SHARE = rf"(?P<p>{_NUMBER})\s*(?:%|per cent|percent)"
_CELLS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_SHARE}\s*[(\[,;]?\s*{_OF}\s*[)\]]?",
        rf"{_OF}\s*[(\[,;:=]?\s*{_SHARE}\s*[)\]]?",
        rf"{_SHARE}\s*[(\[,;]?\s*n\s*=\s*(?P<n>{_NUMBER})\s*[)\]]?",
        rf"{_SHARE}\s*[(\[]\s*(?P<x>{_NUMBER})\s*[)\]]",
        rf"(?P<x>{_NUMBER})\s*[(\[]\s*{_SHARE}\s*[)\]]",
        _OF,
        _SHARE,
        rf"(?P<v>{_NUMBER})",
    )
)
_CHANGE = r"\b(change|increase|decrease|growth|rise|fall|improvement|uplift|reduction|over-?subscri\w+|difference)s?\b"
# The ends of a scale: (1-5), (scale of 1 to 5), (1 = not at all, 5 = very).
_ENDS = re.compile(
    r"[(\[][^()\[\]]*?\b(?P<low>\d{1,2})\b\s*(?:[-–]|to|=[^,;]*[,;])\s*(?P<high>\d{1,2})\b[^()\[\]]*[)\]]"
)
_STATISTICS: Mapping[str, str] = {  # what a column of a group prints, by the word its head begins or ends with
    "mean": "group mean", "average": "group mean", "sd": "group sd", "median": "group median",
}  # fmt: skip
# Rows that are of others than those who answered the table: of all who were asked, or of some who answered.
_OF_OTHERS = re.compile(
    r"\b(response|return|reply|participation|completion|retention|attendance|drop-?out|attrition) rates?\b"
    r"|\b(of|among) (whom|which|those|these)\b",
    re.IGNORECASE,
)
_IN_HEAD = re.compile(rf"[(\[,;]?\s*\bn\s*=\s*(?P<n>{_NUMBER})\s*[)\]]?", re.IGNORECASE)


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
class _Cell:
    """What one cell prints; `value` is a number without a sign of percent."""

    percent: Decimal | None = None
    x: int | None = None
    n: int | None = None
    value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class _OneQuestion:
    """A table whose rows are the answers to one question: the column of their counts, how many answered, whether that
    is printed, and whether the head of the column would have said something else."""

    counts: int
    answered: int
    printed: bool
    renamed: bool


@dataclass(slots=True)
class Reading:
    """A report read from tables, the guesses it rests on, and the cells that were taken for no figure."""

    report: PublishedReport
    guesses: list[Guess] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


def read_tables(grids: Sequence[Grid], said: Mapping[str, str] | None = None) -> Reading:
    """The figures of some tables. `said` names the meaning of a column, by its head or its letter. ReportUnreadable."""
    wanted = {head.casefold(): meaning for head, meaning in (said or {}).items()}
    for head, meaning in wanted.items():
        if meaning not in MEANINGS:
            raise ReportUnreadable(f"{head} is said to be {meaning}, which is none of {', '.join(MEANINGS)}")
    found = [_Table(grid, wanted) for grid in grids]
    used = {head for table in found for head in table.said}
    if unknown := sorted(set(wanted) - used):
        raise ReportUnreadable(f"no column is called {unknown[0]}")
    try:
        percentages = [line for table in found for line in table.percentages()]
        report = PublishedReport(
            title="a published table",
            percentages=percentages,
            distributions=[line for table in found for line in table.distributions()],
            means=[line for table in found for line in table.means()],
            totals=[line for table in found for line in table.totals()],
        )
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise ReportUnreadable(f"a cell cannot be read: {in_words(first['msg'])}") from None
    return Reading(
        report, [guess for table in found for guess in table.guesses()], [at for table in found for at in table.skipped]
    )


class _Table:
    """One table: where its heads are, what each column means, and the figures its cells print."""

    def __init__(self, grid: Grid, wanted: Mapping[str, str]) -> None:
        self.grid = grid
        self.skipped: list[str] = []
        self.said: set[str] = set()  # the columns whose meaning was told, by what they were called
        self.question: _OneQuestion | None = None  # where the rows are the answers to one question
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
            figures = sum(_read(cell) is not None for cell in filled)
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
            names = sum(bool(cell) for cell in below) > 1 and not any(_read(cell) for cell in below)
            if not (over_several and names and any(_read(cell) for rest in self.rows[row + 1 :] for cell in rest)):
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
        cells = [self.rows[row][column] for row in self.body if not _hidden(self.rows[row][column])]
        return bool(cells) and sum(_read(cell) is not None for cell in cells) * 2 < len(cells)

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
        bare = _ENDS.sub("", _IN_HEAD.sub("", head)).strip(" :*").casefold()
        numeric = not self._textual(column) and any(_read(self.rows[row][column]) for row in self.body)
        meaning = _MEANS.get(bare)
        if bare == "yes" and any(re.match(r"no\b", other.casefold()) for other in self.heads):
            meaning = None  # one answer of several, and not how many were counted
        if meaning and (numeric or meaning in ("name", "answer", "cohort", "role", "wave")):
            return meaning
        if not numeric:
            return "nothing"
        if statistic := _statistic(bare):
            return statistic
        if _OF_PERCENT.fullmatch(bare) and "percent" not in self.meaning:
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
        return sum(bool(_OF_PERCENT.fullmatch(head.casefold())) for head in self.heads) > 1

    def _cell(self, row: int, column: int) -> _Cell:
        return _read(self.rows[row][column]) or _Cell()

    def _column(self, meaning: str) -> int | None:
        return self.meaning.index(meaning) if meaning in self.meaning else None

    def _text(self, row: int, meaning: str) -> str | None:
        column = self._column(meaning)
        return (self.rows[row][column] or None) if column is not None else None

    def _whole(self, row: int, meaning: str) -> int | None:
        column = self._column(meaning)
        value = self._cell(row, column).value if column is not None else None
        return int(value) if value is not None and value == value.to_integral_value() and value >= 0 else None

    def _where(self, row: int) -> dict[str, Any]:
        """The cohort, role and wave that a row says."""
        cohort, role = self._text(row, "cohort"), self._text(row, "role")
        return {
            "cohort": None if cohort is None or _OVERALL.fullmatch(cohort.casefold()) else cohort,
            "role": None if role is None or _OVERALL.fullmatch(role.casefold()) else _ROLES.get(role.casefold(), role),
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

    def _one_question(self) -> _OneQuestion | None:
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
        return _OneQuestion(column, answered, answered == stated, counts is None)

    def _is_of_all(self, row: int) -> bool:
        column = self._column("name")
        return column is not None and _OVERALL.fullmatch(self.rows[row][column].casefold().strip(" :*")) is not None

    def _share(self, row: int) -> Decimal | None:
        """The percentage that a row prints."""
        column = self._column("percent")
        cell = self._cell(row, column) if column is not None else _Cell()
        return cell.percent if cell.percent is not None else cell.value

    def _answers_of_one_question(self, question: _OneQuestion) -> Iterator[Distribution]:
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

    def _shares(self, column: int) -> bool:
        """Whether a column of a group prints shares, by the sign in most of its cells or in its head."""
        rows = [row for row in self.body if not self._is_base(row) and not _hidden(self.rows[row][column])]
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
        return self._answers() and _OVERALL.fullmatch(self.heads[column].strip(" %()").casefold()) is not None

    def _groups(self) -> list[int]:
        return [column for column, meaning in enumerate(self.meaning) if meaning == "group"]

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

    def _group(self, column: int) -> dict[str, Any]:
        """What the head of a column says of whom it is: a cohort, a role, an answer, or everybody."""
        head = self.heads[column]
        printed = _IN_HEAD.search(head)
        bare = re.sub(r"\(?%\)?|\bper ?cent\b", "", _ENDS.sub("", _IN_HEAD.sub("", head))).strip(" :*,-")
        if self.meaning[column] == "group mean":
            bare = re.sub(r"(?i)\b(mean|average)( score)?\b", "", bare).strip(" :*,-")
        low = bare.casefold()
        found: dict[str, Any] = {"cohort": None, "role": None, "wave": None, "answer": None, "mean": False}
        found["n"] = _int(printed["n"]) if printed else None
        if low in _ROLES:
            found["role"] = _ROLES[low]
        elif low in ("mean", "average", "mean of cohorts"):
            found["mean"] = True
        elif self._answers():
            found["answer"] = bare
        elif _WAVE.fullmatch(low):
            found["wave"] = bare
        elif not _OVERALL.fullmatch(low) and bare:
            words = low.split()
            role = next((_ROLES[word] for word in words if word in _ROLES), None)
            rest = " ".join(word for word in bare.split() if word.casefold() not in _ROLES)
            found["role"] = role
            found["cohort"] = None if _OVERALL.fullmatch(rest.casefold()) else rest or None
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
        stem = _stem(self.heads[column])
        columns = (c for c in range(len(self.heads)) if self.meaning[c] == meaning and _stem(self.heads[c]) == stem)
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

    def means(self) -> Iterator[Mean]:
        """The printed means, with what stands beside them; the ends of the scale may stand in the head."""
        for column in (c for c, meaning in enumerate(self.meaning) if meaning in ("mean", "group mean")):
            of_group = self.meaning[column] == "group mean"
            ends = _ENDS.search(self.heads[column])
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

    def _number(self, row: int, meaning: str) -> Decimal | None:
        column = self._column(meaning)
        return self._cell(row, column).value if column is not None else None

    def totals(self) -> Iterator[Total]:
        """Rows and columns of counts whose last is called the total of the others."""
        counts = [column for column in self._groups() if not self._shares(column)]
        whole = [c for c in counts if _OVERALL.fullmatch(self.heads[c].casefold())]
        parts = [c for c in counts if c not in whole]
        for row in self.body:
            cells = [(self.heads[c], self._count(row, c)) for c in parts]
            if len(whole) == 1 and len(cells) > 1:
                yield from self._total(self._name(row), cells, row, whole[0])
        label = next((c for what in ("name", "cohort", "role") if (c := self._column(what)) is not None), None)
        if label is None:
            return
        last = [r for r in self.body if _OVERALL.fullmatch(self.rows[r][label].casefold())]
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

    def _count(self, row: int, column: int) -> int | None:
        value = self._cell(row, column).value
        return int(value) if value is not None and value == value.to_integral_value() and value >= 0 else None

    def _skip(self, row: int, column: int) -> None:
        if self.rows[row][column] not in ("", "-", "–", "—"):
            self.skipped.append(self.grid.place(row, column))

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


def _statistic(head: str) -> str | None:
    """What a column of one group prints besides shares, by the first or the last word of its head."""
    words = re.sub(r"\bscores?\b|\(|\)|[:,_]", " ", head).split()
    if len(words) < 2:
        return None
    return _STATISTICS.get(words[-1]) or _STATISTICS.get(words[0])


def _stem(head: str) -> list[str]:
    """The words of a head that say whose figure it is, without those that say which figure."""
    bare = re.sub(r"[^a-z0-9 ]", " ", _ENDS.sub("", head.casefold()))
    which = r"\b(per ?cent|n|base|responses|answered|count|number|x|yes|mean|average|scores?|sd|median)\b"
    return re.sub(which, " ", bare).split()


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


def _read(cell: str) -> _Cell | None:
    """The numbers a cell prints; None where it prints none, or words beside them."""
    text = cell.strip().rstrip("*†‡ ")
    for pattern in _CELLS:
        found = pattern.fullmatch(text)
        if found:
            parts = found.groupdict()
            return _Cell(_decimal(parts.get("p")), _int(parts.get("x")), _int(parts.get("n")), _decimal(parts.get("v")))
    return None


def _hidden(cell: str) -> bool:
    """Whether a cell is empty, or says that its figure is not shown."""
    return cell.strip().casefold() in ("", "*", "-", "–", "—", "..", "n/a", "na", "c", "[c]") or cell.startswith("<")


def _decimal(printed: str | None) -> Decimal | None:
    """A number as printed: 1,234 has thousands, 84,0 has a decimal comma."""
    if printed is None:
        return None
    text = re.sub(r"[−–]", "-", printed)
    if re.fullmatch(r"-?\d{1,3}([,  ]\d{3})+(\.\d+)?", text):
        return Decimal(re.sub(r"[,  ]", "", text))
    return Decimal(text.replace(",", "."))


def _int(printed: str | None) -> int | None:
    value = _decimal(printed)
    return int(value) if value is not None and value == value.to_integral_value() and value >= 0 else None
