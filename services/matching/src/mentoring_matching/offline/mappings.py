"""What the user says of columns: `--column` and a mapping file, which is written on request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from mentoring_common.yaml_text import YamlUnreadable, read_yaml
from mentoring_contracts.columns import IGNORE, ColumnMapping
from mentoring_matching.offline.groups import groups_of
from mentoring_matching.offline.headings import NAMES, Side, plain_heading
from mentoring_matching.offline.reading import Mapped, Said
from mentoring_matching.offline.sheets import UnreadableFile
from mentoring_matching.offline.tables import Table

SECTIONS: Mapping[str, Side | None] = {"mentors": "mentor", "mentees": "mentee", "people": None}
_HEAD = """\
# What each column is taken as: `mentoring match … --mapping` reads this back. Headings are those of the files;
# several of them for one meaning are a list, best first. `ignore` lists what is not to be read.
"""


@dataclass
class Mappings:
    """Headings by meaning, for all sheets (None) or those of one side."""

    by_side: dict[Side | None, dict[str, list[str]]] = field(default_factory=dict)

    def add(self, side: Side | None, meaning: str, headings: Sequence[str]) -> None:
        """Some headings more for a meaning."""
        self.by_side.setdefault(side, {}).setdefault(meaning, []).extend(headings)

    def replace(self, side: Side | None, meaning: str, headings: Sequence[str]) -> None:
        """Other headings for a meaning, on this side and on any other that this was said of."""
        for said in self.by_side.values():
            if side is None and meaning != IGNORE:
                said.pop(meaning, None)
        self.by_side.setdefault(side, {})[meaning] = list(headings)

    def of(self, role: Side | None) -> Mapped:
        """What was said of the sheets of a role: what was said of this side alone goes first."""
        both = self.by_side.get(None, {})
        if role is not None:
            own = {**both, **self.by_side.get(role, {})}
            return [Said(meaning, headings) for meaning, headings in own.items()]
        return [Said(m, headings, side) for side, said in self.by_side.items() for m, headings in said.items()]

    def check(self, tables: Sequence[Table]) -> None:
        """UnreadableFile for a heading that no file it was said of has."""
        for side, said in self.by_side.items():
            known = _known([table for table in tables if side is None or table.role in (None, side)])
            for meaning, heading in ((meaning, heading) for meaning, found in said.items() for heading in found):
                if plain_heading(heading) not in known:
                    files = "no file has" if side is None else f"the {side}s' file does not have"
                    raise UnreadableFile(f"--column {meaning}={heading}: {files} a column of that name")


def _known(tables: Sequence[Table]) -> set[str]:
    known = {plain_heading(column.heading) for table in tables for column in table.columns}
    known |= {plain_heading(column.short) for table in tables for column in table.columns}
    for table in tables:
        headings = [column.heading for column in table.columns]
        known |= {plain_heading(group.stem) for group in groups_of(headings, range(len(headings)))}
    return known


def of_options(given: Sequence[str]) -> Mappings:
    """From `--column MEANING=HEADING` and `--column mentors:MEANING=HEADING`; UnreadableFile."""
    mappings = Mappings()
    for item in given:
        left, equals, heading = item.partition("=")
        where, colon, meaning = left.partition(":")
        section, meaning = (where, meaning) if colon else ("people", where)
        if section not in SECTIONS or not _is_meaning(meaning) or not equals or not heading:
            raise UnreadableFile(
                f"--column {item}: write MEANING=HEADING, or mentors:MEANING=HEADING for one file, "
                f"with one of {', '.join([*NAMES, IGNORE])}"
            )
        mappings.add(SECTIONS[section], meaning, [heading])
    return mappings


def _is_meaning(meaning: str) -> bool:
    return meaning in NAMES or meaning == IGNORE


def read_mapping(path: Path, mappings: Mappings) -> None:
    """Add what a mapping file says; UnreadableFile."""
    try:
        said = ColumnMapping.model_validate(read_yaml(path.read_bytes()).document or {})
    except YamlUnreadable as error:
        raise UnreadableFile(f"{path}: {error}") from None
    except ValidationError as error:
        (first, *_) = error.errors(include_url=False)
        place = ": ".join(map(str, first["loc"]))
        wanted = f"write {', '.join(SECTIONS)}, in them MEANING: heading or a list of headings"
        raise UnreadableFile(f"{path}: {place}: {first['msg']}; {wanted}") from None
    for section, side in SECTIONS.items():
        for meaning, headings in getattr(said, section).items():
            if not _is_meaning(meaning):
                raise UnreadableFile(f"{path}: {section}: expected meanings among {', '.join([*NAMES, IGNORE])}")
            mappings.add(side, meaning, headings)


def write_mapping(path: Path, tables: Sequence[Table]) -> None:
    """What the tables were taken as, in a form that `read_mapping` takes."""
    document: dict[str, dict[str, Any]] = {}
    sections = {side: name for name, side in SECTIONS.items()}
    for table in tables:
        for column in table.columns:
            said = document.setdefault(sections[table.role or column.side], {})
            if not column.meaning and column.heading:
                said.setdefault(IGNORE, []).append(column.heading)
            elif column.meaning in NAMES and not column.own:
                said.setdefault(column.meaning, []).append(column.heading)
    shown = {name: {m: _plainly(m, found) for m, found in said.items()} for name, said in document.items()}
    text = yaml.safe_dump(shown, sort_keys=False, allow_unicode=True, width=120)
    path.write_text(_HEAD + text, encoding="utf-8")


def _plainly(meaning: str, headings: list[str]) -> str | list[str]:
    return headings[0] if len(headings) == 1 and meaning != IGNORE else headings
