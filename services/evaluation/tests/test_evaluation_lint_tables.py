"""Tables as they are published (CSV, workbooks, HTML, pasted text): what is guessed of them, how findings are shown."""

import io
import json
import zipfile
from decimal import Decimal

import pytest
import xlsxwriter

from mentoring_evaluation.lint import ReportUnreadable, coverage, faults, page, read_document, sarif
from mentoring_evaluation.lint.published import Percentage

LONG = """Question,Cohort,Role,%,n
Satisfied,1,mentor,84.0,12
Satisfied,2,mentor,55,40
Satisfied,Overall,mentor,62,52
"""
WIDE = """<h1>Report</h1><table>
<tr><th>Question<th>Cohort 1 (n=18)<th>Cohort 2 (n=20)<th>Overall
<tr><td>Trust</td><td>83%<sup>1</sup></td><td>55 %</td><td>68.4%</td></tr>
<tr><td>Useful</td><td>84%</td><td>50&nbsp;%</td><td>*</td></tr>
</table><table><tr><td>only one</td></tr></table>"""


def lines(text: str | bytes, **said: str) -> list[Percentage]:
    content = text if isinstance(text, bytes) else text.encode()
    return read_document(content, "the table", said).report.percentages


def workbook() -> bytes:
    """A workbook that keeps 0.84 and shows 84.0%."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("Results")
        one, none = (book.add_format({"num_format": code}) for code in ("0.0%", "0%"))
        sheet.write_row(0, 0, ["A survey"])
        sheet.write_row(2, 0, ["Question", "Share", "N"])
        sheet.write_row(3, 0, ["Trust"])
        sheet.write_number(3, 1, 0.84, one)
        sheet.write_number(3, 2, 25)
        sheet.write_row(4, 0, ["Useful"])
        sheet.write_number(4, 1, 0.8375, none)
        sheet.write_number(4, 2, 80)
    return file.getvalue()


def test_a_table_with_a_figure_in_every_row() -> None:
    first, _, overall = lines(LONG)
    assert (first.name, first.cohort, first.role, first.percent, first.n) == ("Satisfied", "1", "mentor", 84, 12)
    assert str(first.percent) == "84.0"  # one decimal is claimed
    assert (overall.cohort, overall.at) == (None, "D4")
    found = faults(read_document(LONG.encode(), "t").report)
    assert [(finding.rule, finding.where) for finding in found] == [("impossible_percentage", "D2")]


def test_a_page_with_a_cohort_in_every_column() -> None:
    document = read_document(WIDE.encode(), "page.html")
    said = {line.at: (line.name, line.cohort, line.n, str(line.percent)) for line in document.report.percentages}
    assert said["table 1!B2"] == ("Trust", "Cohort 1", 18, "83")
    assert said["table 1!D2"] == ("Trust", None, None, "68.4")
    assert document.skipped == ("table 1!D3",)
    assert [finding.where for finding in faults(document.report)] == ["table 1!B3"]


def test_cells_that_span_are_in_every_row_and_column_they_span() -> None:
    head = "<tr><th>Question</th><th>Answer</th><th>%</th><th>n</th></tr>"
    rows = (
        '<tr><td rowspan="2">Trust</td><td>yes</td><td>60</td><td>5</td></tr><tr><td>no</td><td>40</td><td>5</td></tr>'
    )
    assert [line.name for line in lines(f"<table>{head}{rows}</table>")] == ["Trust: yes", "Trust: no"]


def test_a_workbook_is_read_as_it_is_shown() -> None:
    document = read_document(workbook(), "results.xlsx")
    assert [(line.at, str(line.percent), line.n) for line in document.report.percentages] == [
        ("B4", "84.0", 25),
        ("B5", "84", 80),
    ]
    assert faults(document.report) == []


@pytest.mark.parametrize(
    ("cell", "percent", "numerator", "n"),
    [
        ("83% (15/18)", "83", 15, 18),
        ("15/18 (83 %)", "83", 15, 18),
        ("15 of 18 (83.3%)", "83.3", 15, 18),
        ("83% (n=18)", "83", None, 18),
        ("83 % (15)", "83", 15, None),
        ("15 (83%)", "83", 15, None),
        ("83,3%", "83.3", None, None),
        ("83 per cent", "83", None, None),
        ("83%*", "83", None, None),
    ],
)
def test_what_a_cell_prints(cell: str, percent: str, numerator: int | None, n: int | None) -> None:
    (line,) = lines(f"Question;Result\nTrust;{cell}\n")
    assert (str(line.percent), line.numerator, line.n) == (percent, numerator, n)


@pytest.mark.parametrize("cell", ["n/a", "<5", "*", "about 80%", "—", "", "80-90%"])
def test_what_is_no_figure_is_not_taken_for_one(cell: str) -> None:
    assert len(lines(f"Question\t%\nTrust\t{cell}\nUse\t75%\n")) == 1


def test_numbers_of_people_in_a_row_of_their_own() -> None:
    for table in ("| | Mentors | Mentees |\n|--|--|--|\n| n | 12 | 7 |\n| Trust | 83% | 71% |", LAST_BASE):
        found = {line.role: line.n for line in lines(table) if line.name == "Trust"}
        assert found == {"mentor": 12, "mentee": 7}


LAST_BASE = "Question  Mentors  Mentees\nTrust  83%  71%\nUse  75%  57%\nBase  12  7\n"


def test_columns_of_a_group_with_its_n_beside_it() -> None:
    table = "Question,Cohort 1 %,Cohort 1 n,Cohort 2 %,Cohort 2 n\nTrust,83,18,55,20\n"
    assert [(line.cohort, line.percent, line.n) for line in lines(table)] == [
        ("Cohort 1", 83, 18),
        ("Cohort 2", 55, 20),
    ]


def test_heads_in_two_rows_are_read_together() -> None:
    spanned = "<tr><th rowspan=2>Item<th colspan=2>Mentors<th colspan=2>Mentees<tr><th>%<th>n<th>%<th>n"
    page = f"<table>{spanned}<tr><td>Trust<td>83<td>18<td>55<td>20</table>"
    merged = "Report\n,Mentors,,Mentees,\nItem,%,n,%,n\nTrust,83,18,55,20\n"
    for table in (page, merged):
        assert [(line.role, line.percent, line.n) for line in lines(table)] == [("mentor", 83, 18), ("mentee", 55, 20)]
    assert [line.wave for line in lines(merged.replace("Mentors", "Baseline").replace("Mentees", "Follow-up"))] == [
        "Baseline",
        "Follow-up",
    ]


def test_a_mean_of_each_group_with_the_ends_of_its_scale_in_the_head() -> None:
    table = "Item,Mentors mean (1-5),Mentors SD,Mentors n,Mentees mean (1 = low, 5 = high),Mentees SD,Mentees n\n"
    document = read_document(
        (table.replace("1 = low, 5", "1 = low; 5") + "Trust,4.27,0.7,21,3.50,1.1,18\n").encode(), "t"
    )
    first, second = document.report.means
    assert (first.role, first.mean, first.sd, first.n, first.minimum, first.maximum) == (
        "mentor", Decimal("4.27"), Decimal("0.7"), 21, 1, 5,
    )  # fmt: skip
    assert (second.role, second.n, second.maximum) == ("mentee", 18, 5)
    found = [(one.rule, one.confidence, one.where) for one in faults(document.report)]
    assert found == [("impossible_mean", "certain", "B2")]


@pytest.mark.parametrize(
    ("row", "finding"),
    [
        ("12;5;3;1;1;21", "distribution_does_not_add"),  # 22 of 21
        ("12;5;3;1;0;21", None),
        ("40,9;31,8;18,2;4,5;9,1;22", "distribution_does_not_add"),  # 104.5 %
        ("45,5;36,4;9,1;9,1;0,0;22", None),
        ("50;20;20;10;0;100", None),  # of a hundred people shares and counts are the same
    ],
)
def test_answers_in_columns_are_counts_or_shares_by_what_they_add_to(row: str, finding: str | None) -> None:
    table = f"Statement;Strongly agree;Agree;Neutral;Disagree;Strongly disagree;n\nI trust my mentor;{row}\n"
    document = read_document(table.encode(), "t")
    assert document.report.distributions or document.report.percentages
    assert [one.rule for one in faults(document.report)] == ([finding] if finding else [])


@pytest.mark.parametrize(
    "name", ["Response rate", "Of whom: face to face", "Completion rate (%)", "Met (of those matched)"]
)
def test_a_row_that_is_of_others_has_no_n_of_the_table(name: str) -> None:
    for table in (f"Question,Cohort 1 (n=18)\n{name},82%\n", f"Question,%,n\n{name},82,18\n"):
        document = read_document(table.encode(), "t")
        assert [line.n for line in document.report.percentages] == [None]
        assert faults(document.report) == []
    (told,) = lines(f"Question,Cohort 1 (n=18)\n{name},82% (18/22)\n")
    assert (told.numerator, told.n) == (18, 22)


def test_yes_and_no_with_their_total_are_answers_and_no_cohorts() -> None:
    table = "Question,Yes,No,Don't know,Total\nMet,15 (75%),3 (15%),2 (10%),20 (100%)\n"
    assert [line.name for line in lines(table)] == ["Met: Yes", "Met: No", "Met: Don't know"]
    assert faults(read_document(table.encode(), "t").report) == []
    (line,) = lines("Question,Yes,%,n\nMet,15,75%,20\n")
    assert line.numerator == 15


def test_totals_are_of_cohorts_where_these_are_the_rows() -> None:
    found = faults(read_document(b"Cohort,Applied\n1,60\n2,50\nTotal,111\n", "t").report)
    assert [(one.rule, one.where) for one in found] == [("total_does_not_add", "B4")]


def test_answers_in_columns_are_a_distribution() -> None:
    heads = "Statement;Strongly disagree;Disagree;Neutral;Agree;Strongly agree;n"
    row = "I trust my mentor;5,9%;13,7%;29,4%;29,4%;23,5%;51"
    (finding,) = faults(read_document(f"{heads}\n{row}\n".encode(), "t").report)
    assert (finding.rule, finding.confidence, finding.where) == ("distribution_does_not_add", "certain", "B2")


def test_totals_of_rows_and_columns_are_only_taken_to_be_of_what_is_printed() -> None:
    table = "Background,Cohort 1,Cohort 2,Total\nNursing,3,4,7\nMedicine,5,6,12\nTotal,8,10,19\n"
    found = faults(read_document(table.encode(), "t").report)
    assert [(finding.where, finding.confidence) for finding in found] == [("D3", "likely"), ("D4", "likely")]


def test_means_are_sure_only_on_a_scale() -> None:
    plain = "Item\tMean\tSD\tN\nHours\t3.45\t1.0\t17\n"
    scale = "Item\tMean\tSD\tN\tMin\tMax\nConfidence\t3.45\t1.0\t17\t1\t5\n"
    for table, sure in ((plain, "likely"), (scale, "certain")):
        (finding,) = faults(read_document(table.encode(), "t").report)
        assert (finding.rule, finding.confidence) == ("impossible_mean", sure)


def test_a_change_is_no_share_of_people() -> None:
    assert lines("Indicator,%\nIncrease in retention,150\nPromoted,50\n")[0].name == "Promoted"


def test_a_guess_is_said_and_can_be_corrected() -> None:
    table = "Question,%,Number\nTrust,84,12\n"
    guessed, told = (read_document(table.encode(), "t", said) for said in ({}, {"Number": "n"}))
    assert [guess.meaning for guess in guessed.guesses] == ["name", "percent", "numerator"]
    assert [guess.meaning for guess in told.guesses] == ["name", "percent", "n"]
    assert [line.n for line in lines(table, C="n")] == [12]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no table"),
        (b"\n \n", "no table"),
        (b"<p>no table</p><table></table>", "no table"),
        (b"PK\x03\x04 broken", "not a workbook"),
        (b'a,b\n"open,1\n', "it is no table"),
        (b"a,b\0\n", "neither text nor a workbook"),
        (b"\xff\xfe\xff", "neither text nor a workbook"),
        (b'{"table": 3}', r"\$\.table should be text"),
        (b'{"table": "a,b", "column": {}}', r"\$\.column is none of"),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(content: bytes, why: str) -> None:
    with pytest.raises(ReportUnreadable, match=why) as caught:
        read_document(content, "file")
    assert "\n" not in str(caught.value)


def test_a_workbook_that_unpacks_to_too_much_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", b" " * 100_000_001)
    with pytest.raises(ReportUnreadable, match="larger than 100 MB"):
        read_document(file.getvalue(), "big.xlsx")


def test_sarif_names_the_rule_the_cell_and_the_line() -> None:
    report = read_document(LONG.encode(), "t").report
    document = json.loads(json.dumps(sarif(faults(report), "long.csv", coverage(report), lines=True)))
    (result,) = document["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == ("impossible_percentage", "error")
    (where,) = result["locations"]
    assert where["physicalLocation"] == {"artifactLocation": {"uri": "long.csv"}, "region": {"startLine": 2}}
    assert where["logicalLocations"] == [{"fullyQualifiedName": "D2"}]
    assert document["version"] == "2.1.0"


def test_the_page_marks_the_cell_and_lets_no_markup_through() -> None:
    document = read_document(LONG.replace("Satisfied", "<b>Satisfied</b>").encode(), "t")
    found = faults(document.report)
    text = page("<i>", document.report, found, coverage(document.report), document.grids, document.guesses)
    assert '<td class="certain">84.0 <a href="#finding-1">[1]</a></td>' in text
    assert '<li id="finding-1">' in text
    assert "<b>" not in text
    assert "<i>" not in text
    assert "http" not in text


def test_the_page_of_a_description_lists_its_figures() -> None:
    described = {"schema": "mentoring-report/1", "percentages": [{"name": "met", "percent": 84, "n": 12}]}
    report = read_document(json.dumps(described).encode(), "t").report
    text = page("figures", report, faults(report), coverage(report))
    assert (
        '<td>$.percentages[0]</td><td>met</td><td class="certain">84 % of 12 <a href="#finding-1">[1]</a></td>' in text
    )


def test_thousands_and_decimals() -> None:
    (line,) = lines('Question,%,n\nTrust,50.0,"1,234"\n')
    assert (line.percent, line.n) == (Decimal("50.0"), 1234)


SATISFIED = """<table><tr><th>Are you satisfied?<th>N<th>%<tr><td>Very satisfied<td>9<td>42.9
<tr><td>Satisfied<td>7<td>33.3<tr><td>Neutral<td>3<td>14.3<tr><td>Dissatisfied<td>2<td>9.5</table>"""
COUNTED = "Answer,n,%\nAgree,10,50%\nNeither,6,30%\nDisagree,4,20%\n"


@pytest.mark.parametrize(
    "table",
    [COUNTED + "Total,20,100%\n", COUNTED, COUNTED + "n,20,\n", SATISFIED, COUNTED.replace(",n,", ",Count,")],
)
def test_a_column_called_n_is_the_counts_of_the_answers_where_these_fit(table: str) -> None:
    document = read_document(table.encode(), "t")
    assert faults(document.report) == []
    [said] = [guess.meaning for guess in document.guesses if guess.column == "B"]
    assert said.startswith("count of each answer, of 2")
    assert ("so read" in said) == ("Count" not in table)


@pytest.mark.parametrize(
    "table",
    [
        "Answer,Count,%\nAgree,10,50\nNeither,6,30\nDisagree,5,25\nn,20,\n",
        "Answer,n,%\nAgree,10,50%\nNeither,6,30%\nDisagree,5,25%\nTotal,20,100%\n",
        "<table><tr><th>Answer<th>Count<th>%<tr><td>Agree<td>10<td>50%<tr><td>Neither<td>6<td>30%"
        "<tr><td>Disagree<td>5<td>25%<tr><td>n<td>20<td></table>",
    ],
)
def test_answers_of_more_people_than_the_number_printed_below_them_are_found(table: str) -> None:
    [found] = faults(read_document(table.encode(), "t").report)
    assert (found.rule, found.confidence, found.where) == ("distribution_does_not_add", "certain", "B2")
    assert "21 of 20 people" in found.why
    assert "105 %" in found.why


def test_several_choices_of_one_person_are_no_certain_fault() -> None:
    table = "What helped?,n,%\nMeetings,10,50%\nWorkshops,12,60%\nOther,4,20%\nTotal,20,100%\n"
    assert faults(read_document(table.encode(), "t").report) == []


def test_a_column_called_n_beside_other_questions_stays_what_it_says() -> None:
    table = "Question,%,n\nTrust,50,20\nUseful,75,20\nKind,83,12\n"
    document = read_document(table.encode(), "t")
    assert [line.n for line in document.report.percentages] == [20, 20, 12]
    [found] = faults(read_document(table.replace("75,20", "72,20").encode(), "t").report)
    assert (found.rule, found.confidence) == ("impossible_percentage", "certain")
