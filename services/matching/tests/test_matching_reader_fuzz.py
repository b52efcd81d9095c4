"""Whatever a file holds: no stack trace, and nobody is lost without a line that says so."""

import csv
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mentoring_matching import policies
from mentoring_matching.offline.mappings import Mappings, of_options, read_mapping, write_mapping
from mentoring_matching.offline.people import read_people
from mentoring_matching.offline.shapes import POLICY
from mentoring_matching.offline.sheets import UnreadableFile, read_sheets
from mentoring_matching.offline.tables import Table, read_tables
from mentoring_matching.offline.understood import understood

ENGINE = policies.read(POLICY, "traditional").engine
_NAMED = (
    ";email;Topics;First choice;Second choice;Topic 1;Topic 2;Rank [a];Rank [b];Mon;Tue;ID;Name;role;capacity;"
    "max mentees;grade;Languages;Priority;Which? - a;Which? - b;Timestamp;"
    "Avoid;line manager;Availability;Unmatched last time;"
    "pinned to;mentor;bio;goals"
)
HEADINGS = st.one_of(st.sampled_from(_NAMED.split(";")), st.text(max_size=12))
CELLS = st.one_of(
    st.sampled_from(["", "x", "yes", "no", "1", "2.0", "3rd", "7-Jun", "mentor", "mentee", "both", "a; b", "n/a", "SEO",
                     "p1@x.org", "Response", "anonymous", "Open-Ended Response", '{"ImportId":"x"}', "9-17"]),
    st.text(max_size=10),
)  # fmt: skip
MANY = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


def tables_of(path: Path, role: str | None, mappings: Mappings | None = None) -> list[Table]:
    of = (mappings or Mappings()).of
    return read_tables([(sheet, role) for sheet in read_sheets(path)], of)  # type: ignore[misc]


@MANY
@given(st.binary(max_size=400), st.sampled_from([".csv", ".xlsx", ".ods"]))
def test_any_bytes_are_read_or_refused(data, suffix):
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        path.write_bytes(data)
        try:
            tables = tables_of(path, "mentor")
        except UnreadableFile:
            return
        people = read_people(tables)
        assert people.mentors or people.bad_rows or not any(table.rows for table in tables)


@MANY
@given(st.data())
def test_everybody_is_there_or_their_row_is_named(data):
    others = data.draw(st.lists(HEADINGS, max_size=6), label="headings")
    headings = ["Email address", *others]
    rows = data.draw(st.lists(st.lists(CELLS, max_size=len(others) + 1), min_size=1, max_size=5), label="rows")
    titles = data.draw(st.sampled_from([[], [["People 2026"]], [["", ""]]]), label="title")
    role = data.draw(st.sampled_from(["mentor", "mentee", None]), label="role")
    lines = [*titles, headings, *([f"p{place}@x.org", *row] for place, row in enumerate(rows))]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(lines)
        try:
            tables = tables_of(path, role)
            people = read_people(tables)
        except UnreadableFile:
            return
        known = understood(tables, people, ENGINE)
        mapping = Path(folder) / "m.yaml"
        write_mapping(mapping, tables)
        read_mapping(mapping, Mappings())
    named = " ".join(str(bad) for bad in people.bad_rows)
    there = {person.id for person in [*people.mentors, *people.mentees]}
    whole_file = "there is no such column" in named
    for place in range(len(rows)):
        number = len(titles) + place + 2
        assert whole_file or f"p{place}@x.org" in there or f"row {number}," in named, (lines, named)
    assert all("\n" not in line for line in known.lines)


@MANY
@given(st.text(max_size=30))
def test_any_option_is_taken_or_refused(text):
    try:
        of_options([text])
    except UnreadableFile:
        return
