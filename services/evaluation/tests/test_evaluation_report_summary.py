"""The first page of a report: findings in words, the numbers they rest on, and what is not known."""

import re

import pytest

from mentoring_evaluation.figures.shown import ShownFigure
from mentoring_evaluation.reports.changes import Issue
from mentoring_evaluation.reports.document import Document, Words
from mentoring_evaluation.reports.page import blocks, report_page
from mentoring_evaluation.reports.pdf import report_pdf
from mentoring_evaluation.reports.summary import MOST, summary

ISSUE = Issue(1, 0, (), None)
ASKED = {"trust": {"mentor": "Do you trust your mentee?", "mentee": "Do you trust your mentor?"}}


def figure(name, value, role=None, **more):
    known = {
        "name": name, "value": value, "role": role, "cohort": None, "wave": None, "rule": "count", "unit": "people",
        "numerator": None, "denominator": None, "breakdown": {}, "shown": "exact", "caveats": [], "interval": None,
        "between": None, "top_box": [],
    }  # fmt: skip
    return ShownFigure(**known | more)


def share(name, value, role, **more):
    interval = {"low": value - 9.5, "high": value + 5.0, "level": 95, "method": "wilson"}
    answered = {"wave": "summative", "rule": "pooled", "unit": "percent", "top_box": ["Yes", "Mostly"]}
    counted = {"numerator": value // 5, "denominator": 20, "interval": interval}
    return figure(name, value, role, **answered | counted | more)


def hidden(name, role, **more):
    nothing = {"shown": "hidden", "numerator": None, "denominator": None, "interval": None}
    return share(name, 0, role, **nothing | more).but(value=None)


FIGURES = [
    figure("matched_pairs", 40, unit="pairs"),
    figure("expressions_of_interest", 44, "mentor"),
    figure("expressions_of_interest", 61, "mentee"),
    share("response_rate", 50, "mentor"),
    share("response_rate", 60, "mentee"),
    share("trust", 90, "mentor"),
    share("trust", 65, "mentee"),
    share("time", 30, "mentee"),
    share("time", 31, "mentee", cohort=1),
]


def test_five_findings_say_what_they_rest_on():
    made = summary(FIGURES, ASKED)
    said = [one.said for one in made.findings]
    assert len(said) == MOST
    assert said[0] == "40 pairs were matched and did not end early."
    assert made.findings[0].rests_on == "44 mentors and 61 mentees had applied and were eligible."
    assert said[1] == "50 % of the mentors and 60 % of the mentees who were asked answered the survey “summative”."
    assert said[2] == (
        "“Do you trust your mentee?” 90 % of the mentors who answered said “Yes” or “Mostly”: "
        "the largest share of all questions."
    )
    assert made.findings[2].rests_on == "18 of 20 mentors, 95 % interval 80.5 to 95 %."
    assert said[3].startswith("“Time” 30 % of the mentees")
    assert said[4].endswith("“Do you trust your mentee?”: 90 % of the mentors and 65 % of the mentees.")


def test_protected_values_are_said_to_be_no_more_than_they_are():
    ends = {"interval": None, "numerator": None, "between": {"low": 89, "high": 100}, "shown": "at_least"}
    made = summary([share("trust", 85, "mentor", **ends)], ASKED)
    assert "At least 85 % of the mentors" in made.findings[0].said
    assert made.findings[0].rests_on == "Of 20 mentors, between 89 and 100 %."


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ([], "no survey has figures yet that may be shown"),
        (FIGURES, "who did not answer"),
        ([hidden("trust", "mentor")], "One figure is not shown: too few people stand behind it."),
        ([hidden("trust", "mentor"), hidden("time", "mentor")], "2 figures are not shown"),
    ],
)
def test_what_is_not_known_is_said(figures, said):
    made = summary(figures, {})
    assert any(said in one for one in made.not_known)
    assert any("without the programme" in one for one in made.not_known)


def test_rows_of_which_nothing_is_shown_are_one_sentence():
    figures = [share("trust", 90, "mentor"), hidden("trust", "mentee"), hidden("time", "mentee", cohort=1)]
    [block] = blocks(figures, ASKED)
    assert [row for row, _ in block.rows] == ["Do you trust your mentee? (mentors)"]
    assert "Do you trust your mentor? (mentees); Time: mentees." in block.hidden
    assert block.columns == ["All, pooled"]
    [nothing] = blocks([hidden("trust", "mentee")], ASKED)
    assert (nothing.rows, nothing.chart) == ([], None)


def test_the_first_page_stands_first_in_page_and_pdf():
    views = {"public": {"statement": "S", "figures": [*FIGURES, hidden("trust", "mentee", cohort=1)]}}
    content = Document(title="T", kind="Public report", as_of="2024-01-02T03:04:05+00:00", views=views, wordings=ASKED)
    page = report_page(content, Words(), ISSUE)
    assert page.index('id="in-short"') < page.index('id="public"')
    assert "Do you trust your mentor? (mentees)" in page
    cells = re.findall(r"<td[^>]*>", page)
    assert cells
    assert all("data-of=" in cell for cell in cells)  # on a phone a cell says which column it is of
    assert report_pdf(content, Words(), ISSUE).startswith(b"%PDF")
    # A report that an earlier release built has no wordings, and the older shape of figures.
    older = content.to_json()
    for one in older["views"]["public"]["figures"]:
        del one["between"]
    del older["wordings"]
    older = Document.model_validate(older)
    assert "Trust: mentees" in report_page(older, Words(), ISSUE)
