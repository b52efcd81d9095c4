"""The files of a run: which sheets hold whom, and what their columns were taken as."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mentoring_matching.offline.headings import Side, guess, is_identity
from mentoring_matching.offline.layout import layout_of
from mentoring_matching.offline.mappings import Mappings, of_options, read_mapping
from mentoring_matching.offline.sheets import Sheet, UnreadableFile, read_sheets
from mentoring_matching.offline.tables import Table, read_tables


@dataclass(frozen=True)
class Files:
    """The files that the user named, and what was said of their columns."""

    mentors: Path | None = None
    mentees: Path | None = None
    people: Path | None = None
    mapping: Path | None = None
    column: Sequence[str] = ()

    @property
    def inputs(self) -> list[Path]:
        """The files that are read."""
        return [path for path in (self.mentors, self.mentees, self.people, self.mapping) if path]

    def tables(self) -> tuple[list[Table], list[str]]:
        """The tables, and a line for each sheet that was left out; UnreadableFile."""
        mappings = self._mappings()
        sheets, left = self._sheets()
        tables = read_tables(sheets, mappings.of)
        mappings.check(tables)
        return tables, left

    def _mappings(self) -> Mappings:
        """What options say goes before what the file says."""
        said, mappings = of_options(self.column), Mappings()
        if self.mapping:
            read_mapping(self.mapping, mappings)
        for side, meanings in said.by_side.items():
            for meaning, headings in meanings.items():
                mappings.replace(side, meaning, headings)
        return mappings

    def _sheets(self) -> tuple[list[tuple[Sheet, Side | None]], list[str]]:
        if self.people and not (self.mentors or self.mentees):
            return _of_both(read_sheets(self.people))
        if not self.mentors or not self.mentees or self.people:
            raise UnreadableFile("give --mentors and --mentees, or --people alone")
        chosen = [_of_role(read_sheets(path), role) for path, role in _each(self.mentors, self.mentees)]
        return [pair for pair, _ in chosen], [line for _, lines in chosen for line in lines]


def _each(mentors: Path, mentees: Path) -> Sequence[tuple[Path, Side]]:
    return ((mentors, "mentor"), (mentees, "mentee"))


def _of_role(sheets: Sequence[Sheet], role: Side) -> tuple[tuple[Sheet, Side], list[str]]:
    """The sheet of that role where there is one, else the first that names people, else the first."""
    named = [sheet for sheet in sheets if role_of_sheet(sheet) == role]
    chosen = [*named, *filter(_names_people, sheets), sheets[0]][0]
    return (chosen, role), _left([sheet for sheet in sheets if sheet is not chosen])


def _of_both(sheets: Sequence[Sheet]) -> tuple[list[tuple[Sheet, Side | None]], list[str]]:
    """Sheets that are called after a role where there are any, else those with a column of roles, else the first."""
    roles = [(sheet, role_of_sheet(sheet)) for sheet in sheets]
    named = [(sheet, role) for sheet, role in roles if role]
    mixed: list[tuple[Sheet, Side | None]] = [(sheet, None) for sheet in sheets if _has_roles(sheet)]
    chosen = named or mixed or [(sheets[0], None)]
    return list(chosen), _left([sheet for sheet in sheets if all(sheet is not other for other, _ in chosen)])


def role_of_sheet(sheet: Sheet) -> Side | None:
    """The role that a sheet is called after, such as `Mentors 2026`."""
    words = sheet.name.casefold().replace("_", " ").split()
    roles: Mapping[str, Side] = {"mentor": "mentor", "mentors": "mentor", "mentee": "mentee", "mentees": "mentee"}
    found = {roles[word] for word in words if word in roles}
    return found.pop() if len(found) == 1 else None


def _names_people(sheet: Sheet) -> bool:
    return any((g := guess(heading)) and is_identity(g.meaning) for heading in layout_of(sheet).headings)


def _has_roles(sheet: Sheet) -> bool:
    return any((g := guess(heading)) and g.meaning == "role" for heading in layout_of(sheet).headings)


def _left(sheets: Sequence[Sheet]) -> list[str]:
    return [f"{sheet.place}: {len(sheet.lines)} lines not read: the sheet is called after no role" for sheet in sheets]
