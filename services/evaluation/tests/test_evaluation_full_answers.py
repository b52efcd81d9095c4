"""All answers to a question: exact with a mean, or counted up on the grid; in reports, in archives, counted again."""

import importlib.util
import io
import json
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from statistics import mean, median, stdev
from uuid import uuid4

import docx
import pptx
import pytest
from pptx.enum.shapes import MSO_SHAPE_TYPE
from scipy import stats
from typer.testing import CliRunner

from mentoring_allinone.cli import app
from mentoring_contracts.words import SIDES
from mentoring_evaluation.figures.full_answers import ANY_OTHER, full_answers
from mentoring_evaluation.figures.intervals import finite_wilson, mean_interval, moments, wilson
from mentoring_evaluation.figures.programme_figures import programme_lines
from mentoring_evaluation.reports.archive import report_archive
from mentoring_evaluation.reports.changes import Changes, Issue
from mentoring_evaluation.reports.content import report_content
from mentoring_evaluation.reports.document import Part as TextPart
from mentoring_evaluation.reports.document import Section, Words
from mentoring_evaluation.reports.docx import report_docx
from mentoring_evaluation.reports.packing import NotAnArchive, packed, unpacked
from mentoring_evaluation.reports.page import first_page, report_page, views_of
from mentoring_evaluation.reports.pptx import report_pptx
from mentoring_evaluation.reports.recomputing import recomputed
from mentoring_evaluation.reports.records import Heard, ReportRecords
from mentoring_evaluation.surveys.instruments import Instrument

_SPEC = importlib.util.spec_from_file_location(
    "disclosure_attacker", Path(__file__).with_name("disclosure_attacker.py")
)
assert _SPEC is not None
assert _SPEC.loader is not None
attacker = sys.modules["disclosure_attacker"] = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(attacker)

AGREE = ["Strongly agree", "Agree", "Neither", "Disagree", "Strongly disagree"]
QUESTIONS = [
    {"id": "trust", "kind": "choice", "options": AGREE, "counted": AGREE[:2], "text": "Was it easy to build trust?"},
    {"id": "rate", "kind": "scale", "min": 1, "max": 5, "counted": ["4", "5"], "text": "How useful, 1 to 5?"},
    {"id": "middle", "kind": "choice", "options": AGREE, "counted": ["Agree"], "text": "Counted in the middle?"},
    {"id": "helped", "kind": "choices", "options": ["Meetings", "=1+1"], "text": "What helped?"},
]
RECOMMEND = {"id": "recommend", "kind": "scale", "min": 0, "max": 10, "counted": ["9", "10"], "text": "Recommend?"}
GIVEN = {
    "trust": dict(zip(AGREE, (14, 12, 6, 3, 1), strict=True)),
    "rate": {"1": 1, "2": 2, "3": 6, "4": 15, "5": 13},
    "middle": dict(zip(AGREE, (14, 12, 6, 3, 1), strict=True)),
    "recommend": {"0": 3, "7": 14, "9": 13, "10": 6},
    "helped": {'["Meetings"]': 12, '["Meetings", "=1+1"]': 10, '["=1+1"]': 9},
}


def survey(*more, sensitivity="ordinary"):
    known = {"roles": list(SIDES), "sensitivity": sensitivity}
    questions = [known | {"figure": one["id"]} | one for one in (*QUESTIONS, *more)]
    return Instrument.model_validate({"id": "pulse", "title": "P", "questions": questions})


def evidence_of(used, asked=60, cohorts=(1,)):
    groups = dict.fromkeys(SIDES, (38, GIVEN))
    waves = [attacker.wave_of(cohort, used, dict.fromkeys(SIDES, asked), groups) for cohort in cohorts]
    return replace(attacker.evidence_of(waves, 10), statistics={"backgrounds": [], "ledger": []})


def told(evidence, audience, name, cohort=None, role="mentor"):
    found = [
        one for one in full_answers(evidence, audience) if (one.name, one.cohort, one.role) == (name, cohort, role)
    ]
    return found[0] if found else None


# ------------------------------------------------------------------------------------------------- statistics


def test_moments_and_students_interval_are_those_of_scipy():
    answers = [value for value, number in {1: 1, 2: 2, 3: 6, 4: 15, 5: 13}.items() for _ in range(number)]
    found = moments({1: 1, 2: 2, 3: 6, 4: 15, 5: 13})
    assert float(found.mean) == pytest.approx(mean(answers))
    assert found.sd == pytest.approx(stdev(answers))
    assert found.median == median(answers)
    low, high = stats.t.interval(0.95, len(answers) - 1, loc=mean(answers), scale=stats.sem(answers))
    interval = mean_interval(found)
    assert (float(interval.low), float(interval.high)) == pytest.approx((low, high))


def test_a_mean_of_one_answer_has_no_interval_and_of_none_is_none():
    assert mean_interval(moments({3: 1})) is None
    assert moments({}) is None
    assert moments({1: 1, 4: 1}).median == 2.5


def test_among_all_who_were_asked_an_interval_is_narrower_and_shrinks_to_the_share():
    sample, finite = wilson(18, 24), finite_wilson(18, 24, 40)
    assert sample.low < finite.low < 75 < finite.high < sample.high
    assert finite_wilson(18, 24, 24).low == finite_wilson(18, 24, 24).high == 75
    # Of very many people it is the interval of a sample.
    assert float(finite_wilson(18, 24, 10**9).low) == pytest.approx(float(sample.low))
    with pytest.raises(ValueError, match="cannot have answered"):
        finite_wilson(3, 5, 4)
    whole = mean_interval(moments({1: 2, 5: 2}), of=4)
    assert whole.low == whole.high == 3


def test_shares_say_the_interval_among_those_who_were_asked():
    lines = [line.shown() for line in programme_lines(evidence_of(survey()))]
    trust = next(one for one in lines if one.name == "trust" and one.cohort == 1)
    assert trust.finite.method == "wilson_finite"
    assert trust.interval.low < trust.finite.low < trust.finite.high < trust.interval.high
    assert all(one.finite is None for one in lines if one.name == "response_rate")


# ----------------------------------------------------------------------------------------------- what is told


def test_the_team_sees_every_count_and_who_did_not_answer():
    trust = told(evidence_of(survey()), "programme_team", "trust")
    assert [(one.answer, one.count, one.percent) for one in trust.answers][:2] == [
        ("Strongly agree", 14, 38.9), ("Agree", 12, 33.3),
    ]  # fmt: skip
    assert (trust.asked, trust.answered) == (60, 36)
    rate = told(evidence_of(survey()), "programme_team", "rate").mean
    assert (rate.value, rate.sd, rate.median) == (4, 1, 4)


def test_the_public_sees_answers_that_were_counted_up_and_a_mean_within_bounds():
    evidence = evidence_of(survey())
    trust = told(evidence, "public", "trust")
    assert trust.in_full
    assert all(one.count is None and one.between for one in trust.answers)
    exact = [one.percent for one in told(evidence, "programme_team", "trust").answers]
    assert all(one.between.low <= share <= one.between.high for one, share in zip(trust.answers, exact, strict=True))
    rate = told(evidence, "public", "rate").mean
    assert rate.value is None
    assert rate.between.low < 4 < rate.between.high


def test_what_stands_in_the_middle_of_a_scale_or_decides_another_question_is_not_told_in_full():
    which = {
        "id": "why",
        "kind": "text",
        "text": "Why?",
        "figure": None,
        "shown_when": {"question": "trust", "is": AGREE[4]},
    }
    evidence = evidence_of(survey(which))
    for name in ("trust", "middle"):
        found = told(evidence, "public", name)
        assert not found.in_full
        assert [one.answer for one in found.answers][1] == ANY_OTHER
        assert sum(one.percent for one in found.answers) == 100


def test_where_few_gave_a_sensitive_answer_it_is_not_told():
    assert told(evidence_of(survey(sensitivity="sensitive")), "public", "trust") is None
    in_all = told(evidence_of(survey(sensitivity="sensitive"), cohorts=(1, 2, 3)), "public", "trust")
    assert in_all is None  # every cohort stands alone, and one that is hidden hides the sum


def test_an_open_survey_and_a_hidden_role_have_no_answers():
    evidence = evidence_of(survey())
    still_open = replace(evidence, waves=tuple(replace(wave, closed_at=None) for wave in evidence.waves))
    assert full_answers(still_open, "programme_team") == full_answers(still_open, "public") == ()
    hidden = replace(evidence, waves=tuple(replace(wave, hidden=frozenset({"mentor"})) for wave in evidence.waves))
    for audience in ("programme_team", "public"):
        assert {one.role for one in full_answers(hidden, audience)} == {"mentee"}


def test_no_count_is_recovered_from_answers_in_full():
    """`narrowed` is told every count that was counted up: of the tests of the figures, on more answers than two."""
    evidence = evidence_of(survey(), cohorts=(1, 2))
    assert list(attacker.narrowed([evidence, attacker.strict(evidence)])) == []


# ------------------------------------------------------------------------------------------ documents, archives

ISSUE = Issue(1, 0, (), None, Changes())


def document(kind="programme_team", **more):
    return report_content(evidence_of(survey(), **more), ReportRecords(heard=Heard({}, {})), kind, None)


def words():
    said = Section(title="Intro\x0b", paragraphs=((TextPart(text="{=HYPERLINK}\x00 & <b>"),),))
    return Words(narrative=(said,))


def test_a_page_shows_answers_in_full_and_who_did_not_answer():
    page = report_page(document(), Words(), ISSUE)
    assert "Answers in full: Strongly agree to Strongly disagree" in page
    assert "36 of 60; 24 did not" in page
    assert "72 % (26 of 36; 24 did not answer)" in page


def test_a_survey_is_called_by_its_title_and_in_the_tables_by_its_name():
    used = survey().model_copy(update={"title": "The End Survey"})
    other = used.model_copy(update={"id": "another"})
    waves = [
        attacker.wave_of(1, one, dict.fromkeys(SIDES, 60), dict.fromkeys(SIDES, (38, GIVEN))) for one in (used, other)
    ]
    waves = [replace(wave, id=uuid4(), occasion="first", instrument=wave.used.id) for wave in waves]
    evidence = replace(attacker.evidence_of(waves, 10), statistics={"backgrounds": [], "ledger": []})
    made = report_content(evidence, ReportRecords(heard=Heard({}, {})), "public", None)
    page = report_page(made, Words(), ISSUE)
    assert "The End Survey (pulse): first" in page
    assert "pulse: first" not in page.replace("The End Survey (pulse): first", "")
    alone = report_content(
        replace(evidence, waves=evidence.waves[:1]), ReportRecords(heard=Heard({}, {})), "public", None
    )
    assert "Response rate: The End Survey: first, mentors" in report_page(alone, Words(), ISSUE)
    assert b",pulse: first," in unpacked(report_archive(alone, Words(), ISSUE))["tables/figures-public.csv"]


def test_a_docx_has_the_headings_tables_and_pictures_of_the_report():
    made = report_docx(document(), words(), ISSUE)
    assert made == report_docx(document(), words(), ISSUE)
    read = docx.Document(io.BytesIO(made))
    headings = [one.text for one in read.paragraphs if one.style.name.startswith("Heading")]
    assert {"In short", "The programme team's view", "The public view"} <= set(headings)
    assert any(one.text == "{=HYPERLINK} & <b>" for one in read.paragraphs)
    cells = {cell.text for table in read.tables for row in table.rows for cell in row.cells}
    assert "36 of 60; 24 did not" in cells
    assert all(shape._inline.docPr.get("descr") for shape in read.inline_shapes)
    assert len(read.inline_shapes) > 4


def test_slides_have_a_finding_each_with_its_number_chart_and_evidence():
    made = report_pptx(document(), words(), ISSUE)
    assert made == report_pptx(document(), words(), ISSUE)
    read = pptx.Presentation(io.BytesIO(made))
    first = first_page(document())
    found = list(read.slides)[1 : 1 + len(first.findings)]
    for slide, finding in zip(found, first.findings, strict=True):
        texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        assert texts == [finding.said, finding.number, finding.rests_on]
        [picture] = [shape for shape in slide.shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE]
        assert finding.said in picture._element.nvPicPr.cNvPr.get("descr")
        notes = slide.notes_slide.notes_text_frame.text
        assert finding.rests_on in notes
        assert "fewer than" in notes, "the rule of how few people something is read"
    every = [shape for slide in read.slides for shape in slide.shapes]
    assert all(shape.left >= 0 and shape.left + shape.width <= read.slide_width for shape in every)
    assert all(shape.top >= 0 and shape.top + shape.height <= read.slide_height for shape in every)
    assert "HYPERLINK" not in str([shape.text_frame.text for shape in every if shape.has_text_frame])
    charts = [block for block in views_of(document())[0].blocks if block.chart is not None]
    assert len(read.slides) == 2 + len(first.findings) + len(charts)


@pytest.mark.parametrize("audience", ["programme_team", "public"])
def test_a_scale_that_one_role_did_not_answer_has_a_cell_under_every_head(audience):
    groups = {"mentee": (38, GIVEN), "mentor": (0, {})}
    waves = [attacker.wave_of(1, survey(RECOMMEND), dict.fromkeys(SIDES, 60), groups)]
    evidence = replace(attacker.evidence_of(waves, 10), statistics={"backgrounds": [], "ledger": []})
    kind = "public" if audience == "public" else "programme_team"
    made = report_content(evidence, ReportRecords(heard=Heard({}, {})), kind, None)
    for view in views_of(made):
        for block in view.blocks:
            assert {len(cells) for _, cells in block.rows} <= {len(block.columns)}, block.title
    assert "report.docx" in unpacked(report_archive(made, words(), ISSUE))


def test_an_archive_has_every_table_with_its_codebook_and_is_the_same_each_time():
    made = report_archive(document(), Words(), ISSUE)
    assert made == report_archive(document(), Words(), ISSUE)
    files = unpacked(made)
    assert {"README.txt", "report.html", "report.pdf", "report.docx", "report.pptx", "datapackage.json"} <= files.keys()
    package = json.loads(files["datapackage.json"])
    for resource in package["resources"]:
        head = files[resource["path"]].decode().splitlines()[0]
        assert head.split(",") == [field["name"] for field in resource["schema"]["fields"]]
        assert all(field["description"] for field in resource["schema"]["fields"])
    assert ",'=1+1," in files["tables/answers-programme_team.csv"].decode()
    assert any(name.endswith(".svg") for name in files)


def test_an_archive_of_the_public_holds_no_exact_count():
    files = unpacked(report_archive(document("public"), Words(), ISSUE))
    assert [name for name in files if "programme_team" in name] == []
    rows = files["tables/answers-public.csv"].decode().splitlines()
    place = rows[0].split(",").index("count")
    assert {row.split(",")[place] for row in rows[1:] if '"' not in row} == {""}


@pytest.mark.parametrize("kind", ["programme_team", "public"])
def test_a_third_person_counts_the_figures_again(tmp_path, kind):
    place = tmp_path / "report.zip"
    place.write_bytes(report_archive(document(kind, cohorts=(1, 2)), Words(), ISSUE))
    views = recomputed(place)
    assert all(view.agree >= 10 and not view.differ for view in views)
    with zipfile.ZipFile(place) as opened:
        opened.extractall(tmp_path / "folder")
    assert recomputed(tmp_path / "folder") == views
    assert CliRunner().invoke(app, ["recompute", str(place)]).exit_code == 0


def test_a_changed_count_is_found(tmp_path):
    files = unpacked(report_archive(document(), Words(), ISSUE))
    name = "tables/answers-programme_team.csv"
    text = files[name].decode()
    assert ",Strongly agree,true,false,14," in text
    changed = text.replace(",Strongly agree,true,false,14,", ",Strongly agree,true,false,15,")
    place = tmp_path / "changed.zip"
    place.write_bytes(packed(files | {name: changed.encode()}, at=document().as_of))
    result = CliRunner().invoke(app, ["recompute", str(place)])
    assert result.exit_code == 1
    assert "72 % (" in result.output
    assert "73 % (" in result.output


@pytest.mark.parametrize("content", [b"PK", b"", packed({"a.csv": b"x"}, at=attacker.CLOSED)])
def test_what_is_no_archive_is_refused_in_one_line(tmp_path, content):
    place = tmp_path / "no.zip"
    place.write_bytes(content)
    with pytest.raises(NotAnArchive):
        recomputed(place)
    result = CliRunner().invoke(app, ["recompute", str(place)])
    assert result.exit_code == 2
    assert CliRunner().invoke(app, ["recompute", str(tmp_path / "absent")]).exit_code == 2


def test_a_table_that_was_cut_is_refused(tmp_path):
    files = unpacked(report_archive(document(), Words(), ISSUE))
    place, name = tmp_path / "cut.zip", "tables/figures-programme_team.csv"
    for content in (b"name,wave\r\ntrust,pulse\r\n", b"garbage", b"\xff\xfe", b"", files[name][:-20]):
        place.write_bytes(packed(files | {name: content}, at=attacker.CLOSED))
        with pytest.raises(NotAnArchive, match="not as it was written"):
            recomputed(place)
        assert CliRunner().invoke(app, ["recompute", str(place)]).exit_code == 2


def test_every_file_of_an_archive_is_listed_with_its_hash_and_has_to_be_there(tmp_path):
    files = unpacked(report_archive(document(), Words(), ISSUE))
    listed = {line.split("  ")[1] for line in files["SHA256SUMS"].decode().splitlines()}
    assert listed == files.keys() - {"SHA256SUMS"}
    place = tmp_path / "report.zip"
    for name in sorted(listed | {"SHA256SUMS"}):
        place.write_bytes(packed({one: files[one] for one in files if one != name}, at=attacker.CLOSED))
        result = CliRunner().invoke(app, ["recompute", str(place)])
        assert (result.exit_code, name in result.output) == (2, True), name
    place.write_bytes(packed(files | {"README.txt": b"another"}, at=attacker.CLOSED))
    result = CliRunner().invoke(app, ["recompute", str(place)])
    assert (result.exit_code, "README.txt is not as it was packed" in result.output) == (1, True)
