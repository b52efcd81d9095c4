"""What was understood of the files: every column, every rule and criterion, and what is left to decide."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from mentoring_matching.engine import Criterion, Mentee, Mentor, Policy, Rule
from mentoring_matching.engine.likeness import plain
from mentoring_matching.engine.people import Person
from mentoring_matching.offline import likely
from mentoring_matching.offline.people import People
from mentoring_matching.offline.reading import Column, letter
from mentoring_matching.offline.shapes import read_by
from mentoring_matching.offline.tables import Table
from mentoring_matching.offline.words import counted
from mentoring_matching.policies import is_protected

_WIDTHS = (4, 34, 18, 28)
_MOST_ALIKE = 20
_PRIVATE = frozenset({"characteristics", "wants_identity", "identity_to_match", "conflicts"})
_NAMED = 5


@dataclass(frozen=True)
class Understood:
    """Lines to read before anything is matched; `without_examples` show no cell. `doubts` are what may make the result
    wrong: no result is called best without them. `decisions` are values that look like one and count as two.
    """

    lines: Sequence[str]
    without_examples: Sequence[str]
    doubts: Sequence[str]
    decisions: Sequence[str]


def understood(tables: Sequence[Table], people: People, policy: Policy) -> Understood:
    """What the tables were taken as, under a policy."""
    read = read_by(policy)
    shown, plainly = ([line for t in tables for line in [*_of_table(t, read, cells), ""]] for cells in (True, False))
    rules = [f"  {rule.name}: {_of_rule(rule, people)}" for rule in policy.rules]
    criteria = [f"  {c.name} ({share:.0%}): {_of_criterion(c, people)}" for c, share in policy.shares()]
    there = f"{counted(len(people.mentors), 'mentor')}, {counted(len(people.mentees), 'mentee')}"
    there += f"; {counted(len(people.bad_rows), 'row')} kept out" if people.bad_rows else ""
    rest = [*people.notes, there, "Rules:", *rules, "Criteria:", *criteria]
    if not people.mentors and not people.mentees:
        return Understood(shown, plainly, people.doubts, [])
    alike = list(likely.alike(people.mentors, people.mentees, policy))
    decisions = [_alike(*pair) for pair in alike[:_MOST_ALIKE]]
    decisions += [f"… and {len(alike) - _MOST_ALIKE} pairs more"] * (len(alike) > _MOST_ALIKE)
    return Understood([*shown, *rest], [*plainly, *rest], list(_doubts(tables, people, policy, read)), decisions)


def of_tables(tables: Sequence[Table]) -> list[str]:
    """The columns alone, where the people or the policy cannot be read."""
    return [line for table in tables for line in [*_of_table(table, set(), examples=True), ""]]


def _of_table(table: Table, read: Collection[str], examples: bool) -> Iterator[str]:
    how = f" ({table.how})" if table.how else ""
    yield f"{table.place}: {counted(len(table.rows), 'row')} under the headings of row {table.head}{how}"
    yield _line("", "heading", "taken as", "example" if examples else "", "because")
    for column in table.columns:
        example = column.example if examples and not _is_private(column) else ""
        taken, because = _taken(column, read)
        yield _line(letter(column.place), column.heading, taken, example, because)


def _is_private(column: Column) -> bool:
    return column.meaning in _PRIVATE or is_protected(column.meaning or column.heading)


def _taken(column: Column, read: Collection[str]) -> tuple[str, str]:
    if column.own and column.meaning in read:
        return column.meaning, "the policy reads it"
    if column.own:
        return "(not read)", column.note or f"not known; a policy may name {column.meaning}"
    side = f" of {column.side}s" if column.side else ""
    return (f"{column.meaning}{side}" or "(ignored)") if column.meaning else "(ignored)", column.how


def _line(*cells: str) -> str:
    """A line of the table: all cells but the last are cut to their width."""
    *columns, last = (" ".join(cell.split()) for cell in cells)
    shown = [f"{_cut(cell, width):<{width}}" for cell, width in zip(columns, _WIDTHS, strict=True)]
    return f"  {' '.join(shown)} {last}".rstrip()


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _of_rule(rule: Rule, people: People) -> str:
    if rule.kind == "no_declared_conflict":
        return _naming(sum(bool(p.blocked) for p in [*people.mentors, *people.mentees]))
    if rule.kind in ("not_matched_before", "no_line_management"):
        return _naming(sum(_has(p, rule.of_mentee) for p in [*people.mentors, *people.mentees]))
    if rule.kind == "barred_pair":
        return counted(len(rule.pairs), "pair")
    counts = _shares(people, rule.of_mentor, rule.of_mentee)
    return counts if _in_force(rule, people) else f"VOID: {counts}"


def _in_force(rule: Rule, people: People) -> bool:
    return any(_has(p, rule.of_mentor) for p in people.mentors) and any(_has(p, rule.of_mentee) for p in people.mentees)


def _has(person: Person, attribute: str) -> bool:
    return person.attributes.get(attribute) not in (None, "", frozenset())


def _shares(people: People, of_mentor: str, of_mentee: str) -> str:
    mentors, mentees = (
        (sum(_has(p, name) for p in side), len(side))
        for side, name in ((people.mentors, of_mentor), (people.mentees, of_mentee))
    )
    parts = f"{mentors[0]} of {counted(mentors[1], 'mentor')}", f"{mentees[0]} of {counted(mentees[1], 'mentee')}"
    return f"{' and '.join(parts)} have a value"


def has_data(criterion: Criterion, people: People) -> bool:
    """Whether a criterion can tell pairs apart at all: both sides have what it reads."""
    return not _of_criterion(criterion, people).startswith("no data")


def _of_criterion(criterion: Criterion, people: People) -> str:
    mentors, mentees = people.mentors, people.mentees
    match criterion.kind:
        case "topics":
            return _of_topics(mentors, mentees)
        case "text":
            found = _both(sum(bool(p.text) for p in mentors), sum(bool(p.text) for p in mentees), "write a text")
        case "mentee_preference":
            found = _one(sum(bool(p.preferred) for p in mentees), "mentee")
        case "mentor_preference":
            found = _one(sum(bool(p.preferred) for p in mentors), "mentor")
        case "new":
            found = _one(sum(_has(p, "matched_before") for p in [*mentors, *mentees]), "person")
        case "conversation":
            found = _one(sum(bool(p.ratings) for p in mentees), "mentee")
        case _:
            names = [criterion.attribute] if criterion.attribute else list(criterion.levels)
            counts = [sum(any(_has(p, name) for name in names) for p in side) for side in (mentors, mentees)]
            found = _both(counts[0], counts[1], f"have a value ({', '.join(names)})")
    return found


def _one(count: int, who: str) -> str:
    return _naming(count, who) if count else f"no data: no {who} names anybody who is there"


def _naming(count: int, who: str = "person") -> str:
    if who == "person" and count != 1:
        return f"{count} people name somebody"
    return f"{counted(count, who)} name{'s' if count == 1 else ''} somebody"


def _both(mentors: int, mentees: int, what: str) -> str:
    found = f"{counted(mentors, 'mentor')} and {counted(mentees, 'mentee')} {what}"
    return found if mentors and mentees else f"no data: {found}"


def _of_topics(mentors: Sequence[Mentor], mentees: Sequence[Mentee]) -> str:
    said = [{plain(topic) for p in side for topic in p.topics} for side in (mentors, mentees)]
    counts = [sum(bool(p.topics) for p in side) for side in (mentors, mentees)]
    found = f"{counted(counts[0], 'mentor')} and {counted(counts[1], 'mentee')} name topics, "
    found += f"{len(said[0] & said[1])} of them in common"
    return found if said[0] & said[1] else f"no data: {found}; say --column topics=HEADING where a column has them"


def _alike(name: str, one: likely.Alike, other: likely.Alike) -> str:
    (text, count), (text_other, count_other) = one, other
    return f"{name.replace('_', ' ')}: '{text}' ({count}) and '{text_other}' ({count_other}) count as two"


def _doubts(tables: Sequence[Table], people: People, policy: Policy, read: Collection[str]) -> Iterator[str]:
    for table in tables:
        for column in table.columns:
            if column.doubt and not (column.own and column.meaning in read):
                yield _unread(table, column)
    if not any(has_data(criterion, people) for criterion in policy.criteria):
        yield "no criterion has data: every pair scores 0.00, so nothing says who fits whom"
    yield from _voids(people, policy)
    yield from people.doubts


def _unread(table: Table, column: Column) -> str:
    where = f"{table.role}s:" if table.role else ""
    return (
        f"{table.place}: '{column.heading}' ({letter(column.place)}) looks like {column.doubt} and is "
        f"not read; say --column {where}MEANING='{column.heading}', or --column {where}ignore='{column.heading}'"
    )


def _voids(people: People, policy: Policy) -> Iterator[str]:
    """Rules that hold for nobody though one side has what they read, and values that have no order."""
    for rule in policy.rules:
        if rule.attribute and rule.kind not in ("not_matched_before", "no_line_management"):
            sides = (people.mentors, rule.of_mentor), (people.mentees, rule.of_mentee)
            known = [any(_has(p, name) for p in side) for side, name in sides]
            if any(known) and not all(known):
                yield f"the rule '{rule.name}' is void: {_shares(people, rule.of_mentor, rule.of_mentee)}"
    for name, values in people.unordered.items():
        shown = ", ".join(f"'{value}' ({count})" for value, count in list(values.items())[:_NAMED])
        more = ", …" if len(values) > _NAMED else ""
        yield (
            f"{name}: {shown}{more} have no order, so rules of seniority do not hold for these people; "
            f"give the order with --grades 'lowest, …, highest', or as values: {{{name}: […]}} in the policy"
        )
