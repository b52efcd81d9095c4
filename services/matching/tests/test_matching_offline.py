"""`mentoring match` on files as people have them."""

import csv
from pathlib import Path
from xml.etree import ElementTree

import pytest
import typer
import xlsxwriter
import yaml
from typer.testing import CliRunner

from mentoring_common import yaml_text
from mentoring_matching import policies
from mentoring_matching.offline import match_command
from mentoring_matching.offline.mappings import of_options
from mentoring_matching.offline.people import read_people
from mentoring_matching.offline.sheets import read_sheets
from mentoring_matching.offline.tables import Table, read_tables

COMMON = [
    "first name",
    "last name",
    "email address",
    "both mentor and mentee",
    "job title",
    "grade",
    "organisation",
    "profession",
    "biography",
]
MENTOR = [*COMMON, "characteristics"]
MENTEE = [*COMMON, "match with similar identity", "identity to match"]


def mentor(n: int, **cells: str) -> dict[str, str]:
    return {
        "first name": "Mo",
        "last name": f"Tor{n}",
        "email address": f"mentor{n}@example.org",
        "grade": "Grade 6",
        "organisation": f"Ministry {n}",
        "profession": "Policy",
        "biography": "I write policy",
        **cells,
    }


def mentee(n: int, **cells: str) -> dict[str, str]:
    return {
        "first name": "Me",
        "last name": f"Ntee{n}",
        "email address": f"mentee{n}@example.org",
        "grade": "SEO",
        "organisation": "Home",
        "profession": "Policy",
        "biography": "I write",
        **cells,
    }


def write(path: Path, headings: list[str], rows: list[dict[str, str]], delimiter: str = ",") -> Path:
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.DictWriter(file, headings, delimiter=delimiter, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def tables(path: Path, *columns: str) -> list[Table]:
    return read_tables([(sheet, "mentor") for sheet in read_sheets(path)], of_options(columns).of)


def matches(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8") as file:
        return {row["mentee email"]: row["mentor email"] for row in csv.DictReader(file)}


@pytest.fixture
def files(tmp_path):
    mentors = write(tmp_path / "mentors.csv", MENTOR, [mentor(1), mentor(2, profession="Law")])
    mentees = write(tmp_path / "mentees.csv", MENTEE, [mentee(1), mentee(2, profession="Law")])
    return "--mentors", mentors, "--mentees", mentees


def test_the_columns_of_the_civil_service_as_they_are(match, files, tmp_path):
    result = match(*files, "--report", tmp_path / "report.html")
    assert result.exit_code == 0, result.output
    assert "2 of 2 mentees have a mentor" in result.output
    assert "proved best" in result.output
    expected = {"mentee1@example.org": "mentor1@example.org", "mentee2@example.org": "mentor2@example.org"}
    assert matches(tmp_path / "matches.csv") == expected
    page = (tmp_path / "report.html").read_text()
    for part in ("Scores", "Whom to recruit", "What a lowest score would cost", "Mo Tor1"):
        assert part in page
    chart = page[page.index("<svg") : page.index("</svg>") + 6]
    assert len(ElementTree.fromstring(chart).findall("rect")) == 20  # noqa: S314  our own page


def test_a_wish_for_similar_identity_counts_and_is_never_named(match, tmp_path):
    mentors = [mentor(1), mentor(2, characteristics="Dyslexic, Carer")]
    mentees = [mentee(1, **{"match with similar identity": "yes", "identity to match": "carer"}), mentee(2)]
    result = match(
        "--mentors",
        write(tmp_path / "a.csv", MENTOR, mentors),
        "--mentees",
        write(tmp_path / "b.csv", MENTEE, mentees),
        "--report",
        tmp_path / "r.html",
    )
    assert result.exit_code == 0, result.output
    assert matches(tmp_path / "matches.csv")["mentee1@example.org"] == "mentor2@example.org"
    for name in ("matches.csv", "r.html"):
        assert "carer" not in (tmp_path / name).read_text().lower()


def test_a_bad_row_is_kept_out_with_file_row_column_and_reason(match, tmp_path):
    mentors = [mentor(1), mentor(2, **{"email address": ""}), mentor(1), mentor(3)]
    mentees = [mentee(1, **{"match with similar identity": "perhaps"}), mentee(2)]
    result = match(
        "--mentors", write(tmp_path / "a.csv", MENTOR, mentors), "--mentees", write(tmp_path / "b.csv", MENTEE, mentees)
    )
    assert result.exit_code == 0, result.output
    assert result.stderr.splitlines() == [
        "a.csv, row 3, email address: is empty",
        "a.csv, row 4, email address: there is another mentor with this address in row 2",
        "b.csv, row 2, match with similar identity: 'perhaps' is neither yes nor no",
    ]
    assert list(matches(tmp_path / "matches.csv")) == ["mentee2@example.org"]


def test_a_workbook_with_two_sheets_and_one_with_results(match, tmp_path):
    path = tmp_path / "people.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name, headings, rows in (("Mentors", MENTOR, [mentor(1)]), ("Mentees", MENTEE, [mentee(1)])):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, headings)
            for number, row in enumerate(rows, start=1):
                sheet.write_row(number, 0, [row.get(heading, "") for heading in headings])
    app = typer.Typer()
    app.command()(match_command)
    out = tmp_path / "out.xlsx"
    result = CliRunner().invoke(app, ["--people", str(path), "--out", str(out)])
    assert result.exit_code == 0, result.output
    (table,) = tables(out)
    assert [row.cells["mentor_email"] for row in table.rows] == ["mentor1@example.org"]


def test_one_file_with_a_role_column_and_own_headings(match, tmp_path):
    headings = ["Kontakt", "role", "topics", "capacity", "organisation"]
    rows = [
        {"Kontakt": "m@x.org", "role": "mentor", "topics": "law; maths", "capacity": "2", "organisation": "a"},
        {"Kontakt": "n@x.org", "role": "mentee", "topics": "law", "organisation": "b"},
        {"Kontakt": "o@x.org", "role": "both", "topics": "maths", "organisation": "b", "capacity": "0"},
        {"Kontakt": "p@x.org", "role": "boss"},
        {"Kontakt": "q@x.org", "role": "mentor", "capacity": "some"},
    ]
    path = write(tmp_path / "all.csv", headings, rows, delimiter=";")
    result = match("--people", path, "--column", "email=kontakt")
    assert result.exit_code == 0, result.output
    assert matches(tmp_path / "matches.csv") == {"n@x.org": "m@x.org", "o@x.org": "m@x.org"}
    assert "all.csv, row 5, role: 'boss' is not mentor, mentee or both" in result.stderr
    assert "all.csv, row 6, capacity: 'some' is not a whole number" in result.stderr


def test_places_and_a_policy_of_ones_own(match, files, tmp_path):
    policy = tmp_path / "policy.yaml"
    policy.write_text(
        "hard_rules: [{id: same profession, kind: must_match, attribute: profession}]\nweights: {topics: 1}"
    )
    assert match(*files, "--policy", policy, "--places", 1).exit_code == 0
    found = matches(tmp_path / "matches.csv")
    assert len(found) == 2
    assert sorted(found.values())[0] == ""
    assert sorted(found.values())[1] in ("mentor1@example.org", "mentor2@example.org")


def test_limits_and_what_is_proved_of_them_are_told(match, tmp_path):
    regions = ("x;y", "y;z", "x;z")
    mentors = write(
        tmp_path / "a.csv", ["email", "topics"], [{"email": f"m{n}@e.org", "topics": "data"} for n in range(3)]
    )
    people = [{"email": f"e{n}@e.org", "topics": "data", "languages": of} for n, of in enumerate(regions)]
    mentees = write(tmp_path / "b.csv", ["email", "topics", "languages"], people)
    policy, report = tmp_path / "policy.yaml", tmp_path / "report.html"
    given = ("--mentors", mentors, "--mentees", mentees, "--policy", policy, "--report", report)
    rule = (
        "hard_rules: [{id: spoken, kind: common_value, attribute: languages, missing: allow}]\nweights: {topics: 1}\n"
    )
    limit = "limits: [{name: spoken, attribute: languages, side: mentee, MANY}]"
    policy.write_text(rule + limit.replace("MANY", "most: 1"))
    assert "the best within the limits can hold up to 1 more people" in match(*given).output
    policy.write_text(rule + limit.replace("MANY", "least: 3"))
    assert "proved best within the limits" in match(*given).output
    assert "least numbers count first" in report.read_text(encoding="utf-8")
    assert "at least 3" in report.read_text(encoding="utf-8")


def test_two_on_both_sides_are_matched_one_way_unless_the_policy_allows_both(match, tmp_path):
    people = [{"email": f"p{n}@e.org", "topics": "data"} for n in range(2)]
    files = [write(tmp_path / name, ["email", "topics"], people) for name in ("a.csv", "b.csv")]
    policy = tmp_path / "policy.yaml"
    given = ("--mentors", files[0], "--mentees", files[1], "--policy", policy)
    policy.write_text("weights: {topics: 1}\nhard_rules: []")
    told = match(*given).output
    assert "proved best without pairs both ways" in told
    assert sorted(map(bool, matches(tmp_path / "matches.csv").values())) == [False, True]
    policy.write_text("weights: {topics: 1}\nhard_rules: []\nmutual: allowed")
    assert match(*given).exit_code == 0
    assert matches(tmp_path / "matches.csv") == {"p0@e.org": "p1@e.org", "p1@e.org": "p0@e.org"}


def test_what_cannot_be_matched_is_one_line_and_status_2(match, files, tmp_path):
    broken = tmp_path / "policy.yaml"
    broken.write_text("hard_rules: [{id: gap, kind: gap, attribute: grade}]")
    empty, odd = tmp_path / "empty.csv", tmp_path / "odd.xlsx"
    empty.write_text("")
    odd.write_text("no workbook")
    seniors = write(tmp_path / "seniors.csv", MENTEE, [mentee(1, grade="SCS2")])
    for arguments, words in (
        ((*files, "--policy", broken), "gap"),
        ((*files[:2], "--mentees", seniors), "permit no pair"),
        ((*files, "--places", "0"), "permit no pair"),
        ((*files[:2], "--mentees", empty), "holds no rows"),
        ((*files[:2], "--mentees", odd), "is not a workbook"),
        (files[:2], "--mentees"),
        ((*files, "--column", "nonsense=x"), "nonsense"),
    ):
        result = match(*arguments)
        assert result.exit_code == 2, (arguments, result.output)
        assert len(result.stderr.strip().splitlines()) == 1
        assert words in result.stderr


PLAIN = "email,organisation\na@x.org,A\nb@x.org,B\n"


@pytest.mark.parametrize(
    "data",
    [
        PLAIN.encode("utf-16"),
        PLAIN.replace(",", "\t").encode("utf-16-le"),
        PLAIN.encode("utf-16-be"),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.replace(",", "|").replace("email", "sep=|\nemail").encode(),
        b"\n\n" + PLAIN.encode(),
        b"Our mentors 2026\n" + PLAIN.encode(),
        PLAIN.encode() + b"c@x.org," + b"w" * 200_000,
    ],
)
def test_files_as_spreadsheets_write_them(tmp_path, data):
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    (table,) = tables(path)
    assert [(row.cells["email"], row.cells["employer"]) for row in table.rows][:2] == [
        ("a@x.org", "A"),
        ("b@x.org", "B"),
    ]


def test_of_two_columns_the_better_name_counts_and_the_other_keeps_its_own(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("id,Department,e-mail address,Organisation,email\n7,Law,old@x,Court,a@x\n")
    (table,) = tables(path)
    (row,) = table.rows
    assert (row.cells["email"], row.cells["employer"], row.cells["department"]) == ("a@x", "Court", "Law")
    (table,) = tables(path, "employer=department")
    assert table.rows[0].cells["employer"] == "Law"


def test_rows_of_a_sheet_are_counted_as_the_spreadsheet_does(match, tmp_path):
    path = tmp_path / "people.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name in ("Mentors", "Mentees"):
            sheet = book.add_worksheet(name)
            for number, line in enumerate((["email", "places"], [f"{name}@x", "1"], ["b@x", "many\nof them"]), start=4):
                sheet.write_row(number, 2, line)
    result = match("--people", path)
    assert result.exit_code == 0, result.output
    assert result.stderr.splitlines() == [
        "people.xlsx [Mentors], row 7, places: 'many of them' is not a whole number from 0 to 1000"
    ]


def test_a_column_that_is_missing_is_one_line(match, files, tmp_path):
    nameless = tmp_path / "names.csv"
    nameless.write_text("name,organisation\n" + "Ann,A\n" * 50)
    result = match(*files[2:], "--mentors", nameless)
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        "names.csv, row 1, email address: there is no such column; there are 'name', 'organisation'; say which one it "
        "is: --column email=HEADING",
        "nothing can be matched: there is no mentor",
    ]
    result = match(*files, "--column", "topics=Interests")
    assert (result.exit_code, result.stderr) == (2, "--column topics=Interests: no file has a column of that name\n")


def test_a_file_is_not_written_over_and_a_bad_one_is_one_line(match, files, tmp_path):
    app = typer.Typer()
    app.command()(match_command)
    before = files[1].read_bytes()
    assert CliRunner().invoke(app, [*map(str, files), "--out", str(files[1])]).exit_code == 2
    assert files[1].read_bytes() == before
    nowhere = CliRunner().invoke(app, [*map(str, files), "--out", str(tmp_path / "no" / "out.xlsx")])
    assert (nowhere.exit_code, len(nowhere.stderr.splitlines())) == (2, 1)
    broken = tmp_path / "open.csv"
    broken.write_text('email,organisation\n"a@x.org,A\nb@x.org,B\n')
    result = match(*files[:2], "--mentees", broken)
    assert (result.exit_code, result.stderr) == (2, f"{broken}: is not a table (a quotation mark is not closed)\n")
    deep = tmp_path / "deep.yaml"
    deep.write_text("a: " + "[" * 5000)
    result = match(*files, "--policy", deep)
    assert (result.exit_code, result.stderr) == (2, f"{deep}: is not YAML\n")


def test_rules_read_lists_and_hours_and_miss_no_column_in_silence(match, tmp_path):
    mentors, mentees, policy = (tmp_path / name for name in ("a.csv", "b.csv", "p.yaml"))
    mentors.write_text("email,sectors,hours\nm@x,a;b,09:00-12:00\nn@x,c,1-5 UTC+2\no@x,c,sometimes\n")
    mentees.write_text("email,sectors,hours\ne@x,b;z,10-14\nf@x,c,0-3 GMT\n")
    rules = [
        {"id": "sector", "kind": "common_value", "attribute": "sectors"},
        {"id": "hours", "kind": "overlap_hours", "attribute": "hours", "least": 2},
    ]
    policy.write_text(yaml.safe_dump({"hard_rules": rules}))
    result = match("--mentors", mentors, "--mentees", mentees, "--policy", policy)
    assert result.exit_code == 0, result.output
    assert matches(tmp_path / "matches.csv") == {"e@x": "m@x", "f@x": "n@x"}
    assert "a.csv, row 4, hours: 'sometimes' is no span of hours" in result.stderr
    policy.write_text("hard_rules: [{id: a, kind: must_match, attribute: town}]")
    result = match("--mentors", mentors, "--mentees", mentees, "--policy", policy)
    assert (result.exit_code, result.stderr) == (
        2, "rule 'a': attribute: no column is read as 'town'; there are email, hours, sectors\n"
    )  # fmt: skip


def test_the_report_says_why_when_nothing_can_be_matched(match, tmp_path):
    mentors = write(tmp_path / "a.csv", MENTOR, [mentor(1), mentor(2)])
    mentees = write(tmp_path / "b.csv", MENTEE, [mentee(1, organisation="Ministry 1", grade="SCS1")])
    result = match("--mentors", mentors, "--mentees", mentees, "--report", tmp_path / "r.html")
    assert result.exit_code == 2
    page = (tmp_path / "r.html").read_text()
    assert "Mentors without a mentee" in page
    assert "Without the rule &#39;mentor is more senior&#39; alone, 1 mentee could be proposed." in page


def test_a_cell_is_never_a_formula(match, tmp_path):
    evil = mentee(1, **{"first name": "=HYPERLINK(1)", "last name": "x"})
    match(
        "--mentors",
        write(tmp_path / "a.csv", MENTOR, [mentor(1)]),
        "--mentees",
        write(tmp_path / "b.csv", MENTEE, [evil]),
    )
    with (tmp_path / "matches.csv").open() as file:
        (row,) = csv.DictReader(file)
    assert row["mentee name"] == "'=HYPERLINK(1) x"


def test_grades_in_words_have_an_order(tmp_path):
    rows = [
        mentor(n, grade=grade) for n, grade in enumerate(["AA", "HEO", "Grade 7", "SCS1", "12", "boss", "inf", "nan"])
    ]
    (table,) = tables(write(tmp_path / "a.csv", MENTOR, rows))
    people = read_people([table])
    assert [m.attributes.get("grade") for m in people.mentors] == [1, 4, 6, 8, 12, None]  # nan says nothing
    assert [(bad.number, bad.reason[:5]) for bad in people.bad_rows] == [(7, "'boss"), (8, "'inf'")]


def test_the_policy_of_every_shipped_blueprint_can_be_used():
    folder = next(p / "blueprints" for p in Path(__file__).parents if (p / "blueprints").is_dir())
    sections = {}
    for path in folder.glob("*.yaml"):
        blueprint = yaml_text.ours(path.read_text(encoding="utf-8"))
        if "matching" in blueprint:
            sections[path.name] = policies.read(blueprint["matching"], blueprint["direction"], strict=True)
    nihr = sections["nihr.yaml"]
    assert (len(nihr.engine.rules), nihr.limit_days, nihr.pass_on, nihr.reason_required) == (4, 14, True, True)
    shares = {criterion.name: round(share, 3) for criterion, share in nihr.engine.shares()}
    assert shares == {
        "topics": 0.55, "text": 0.2, "mentee_preference": 0.075, "mentor_preference": 0.075, "other_discipline": 0.1,
    }  # fmt: skip
