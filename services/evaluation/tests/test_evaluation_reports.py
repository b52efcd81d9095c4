"""Kinds of reports, their text, approval, what changed, and the PDF."""

import asyncio
import uuid
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mentoring_common import yaml_text
from mentoring_common.testing.harness import eventually
from mentoring_common.typesetting import PdfNotPossible, unprintable
from mentoring_contracts.applications import RoleGranted
from mentoring_contracts.evaluation import ReportPublished
from mentoring_evaluation.figures.shown import ShownFigure
from mentoring_evaluation.reports.changes import Changes, Differences, Issue, Previous, figure_changes
from mentoring_evaluation.reports.document import Document, Part, QuoteInReport, Section, Words, Written
from mentoring_evaluation.reports.narrative import resolved, unknown_references
from mentoring_evaluation.reports.pdf import report_pdf


def figure(name="trust", value=67, cohort=None, role=None, wave=None, rule="top_box", shown="exact", **more):
    known = {"breakdown": {}, "unit": "percent", "numerator": 2, "denominator": 3, "caveats": []}
    about = {"name": name, "value": value, "cohort": cohort, "role": role, "wave": wave, "rule": rule, "shown": shown}
    return ShownFigure(**known | about | more)


FIGURES = [
    figure(cohort=1, role="mentor", wave="summative"),
    figure(value=60, role="mentor", wave="summative", rule="pooled"),
    figure(value=58, role="mentor", wave="summative", rule="mean_of_cohorts", numerator=None, denominator=None),
    figure("pairs", 21, unit="pairs", rule="count", denominator=None),
    figure("cpd", 3, unit="sessions", rule="count", breakdown={"mode": "online"}, denominator=None),
    figure("small", None, cohort=2, shown="hidden"),
    figure("met", 50, wave="interim"),
    figure("met", 70, wave="summative"),
]


def text_of(*texts):
    return [{"title": "Findings", "text": text} for text in texts]


def written(*texts):
    return tuple(Written(title="Findings", text=text) for text in texts)


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("trust,1,mentor,summative", "67 %"),
        ("trust,1,mentor", "67 %"),
        ("trust, , mentor", "60 %"),
        ("trust,,mentor,rule=mean_of_cohorts", "58 %"),
        ("pairs", "21"),
        ("cpd,mode=online", "3"),
        ("small,2", "*"),
        ("met,,,interim", "50 %"),
    ],
)
def test_a_reference_is_what_the_figure_says(reference, said):
    sections = written(f"It was {{figure:{reference}}} of them.")
    assert unknown_references(sections, FIGURES) == []
    parts = resolved(sections, FIGURES)[0].paragraphs[0]
    assert "".join(part.text for part in parts) == f"It was {said} of them."


@pytest.mark.parametrize(
    "reference", ["", "other", "trust,1", "met", "cpd", "pairs,1", "trust,1,mentor,summative,x", "=3"]
)
def test_a_reference_to_no_single_figure_is_named(reference):
    assert unknown_references(written(f"{{figure:{reference}}}"), FIGURES) == [reference]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("{figure:pairs and {figure:pairs}", "{figure:pairs and "),
        ("It was {figure:satisfied", "{figure:satisfied"),
        ("{quote:a\nof them", "{quote:a"),
        ("{figure", "{figure"),
    ],
)
def test_a_reference_that_is_not_closed_is_named(text, named):
    assert unknown_references(written(text), FIGURES) == [named]


def test_paragraphs_and_braces_stay_as_they_are():
    found = resolved(written("One {x}.\n\nTwo {figure:pairs}."), FIGURES)[0].paragraphs
    assert found[0] == (Part(text="One {x}."),)
    assert [part.text for part in found[1]] == ["Two ", "21", "."]


def test_what_changed_has_both_values():
    after = [figure(cohort=1, role="mentor", wave="summative", value=70), *FIGURES[1:-1], figure("new", 1)]
    found = figure_changes(FIGURES, after)
    assert [(f.name, f.before.value, f.after.value) for f in found.changed] == [("trust", 67, 70)]
    assert [(f.name, f.before, f.after.value) for f in found.added] == [("new", None, 1)]
    assert [(f.name, f.wave, f.before.value) for f in found.removed] == [("met", "summative", 70)]
    assert figure_changes(FIGURES, reversed(FIGURES)) == Differences([], [], [])


CONTENT = Document.model_validate({
    "title": "#title *not markup*",
    "kind": "Final report",
    "as_of": "2024-01-02T03:04:05+00:00",
    "views": {"programme_team": {"statement": "$x$ <a> @b", "figures": []}},
    "ledger": [{"cohort": 1, "role": "mentee", "applied": 2, "matched": 2, "balanced": True}],
    "inconsistencies": [{"rule": "a_b", "confidence": "certain", "where": "$.x", "why": "#panic()", "resolve": "`r`"}],
})  # fmt: skip
WORDS = Words(
    quotes=(QuoteInReport(text='#import "x" /* ', role="mentor", cohort=None),),
    narrative=resolved(written('#read("/etc/passwd") \\ {figure:pairs}'), FIGURES),
)
ISSUE = Issue(2, 1, (), datetime(2024, 2, 1, tzinfo=UTC), Changes(Previous(uuid.uuid4(), 1, None, ())))


def test_a_pdf_is_pdf_a_and_pdf_ua_reads_no_markup_and_is_the_same_each_time():
    pdf = report_pdf(CONTENT, WORDS, ISSUE)
    assert pdf.startswith(b"%PDF-1.7")
    for mark in (b"<pdfaid:part>2</pdfaid:part>", b"<pdfaid:conformance>A</pdfaid:conformance>", b"<pdfuaid:part>1<"):
        assert mark in pdf
    assert pdf == report_pdf(CONTENT, WORDS, ISSUE)
    assert pdf != report_pdf(CONTENT, replace(WORDS, quotes=()), ISSUE)


def test_a_character_without_a_font_is_an_error_of_ours():
    with pytest.raises(PdfNotPossible) as refused:
        report_pdf(CONTENT.but(title="\U0010fffd"), WORDS, ISSUE)
    assert refused.value.members == {"scripts": ["control or unassigned"]}


@pytest.mark.parametrize(
    ("text", "scripts"),
    [
        ("é ŵ “mir” — мир κόσμος → ≈ ✓\n\t", []),
        ("\U00012000 and \U00014400, \U00012001", ["anatolian", "cuneiform"]),
        ("\x01 \ue000", ["control or unassigned"]),
    ],
)
def test_scripts_that_no_font_at_hand_shows_are_named(text, scripts):
    assert unprintable(text) == scripts


async def test_a_text_that_no_pdf_can_show_is_refused_when_it_is_saved(programme):
    await with_pairs(programme)
    report = await ready(programme, kind="final")
    for title, text in (("In Sumer", "\U00012000 \U00012001"), ("\U00012000", "plain")):
        told = {"narrative": [{"title": title, "text": text}]}
        saved = await programme.team.put(f"/reports/{report['id']}/narrative", json=told)
        asked = await programme.team.post(f"/programmes/{programme.id}/reports", json={"kind": "final"} | told)
        for refused in (saved, asked):
            assert (refused.status_code, refused.json()["code"]) == (422, "script_not_printable")
            assert refused.json()["scripts"] == ["cuneiform"]


def narrated(title, words):
    return Words(narrative=(Section(title=title, paragraphs=((Part(text=words),),)),))


@pytest.mark.parametrize("words", ["\U0010fffd", "\ue000", "0" * 20_000])
def test_what_no_pdf_can_show_is_an_error_of_ours(words):
    with pytest.raises(PdfNotPossible):
        report_pdf(CONTENT, narrated("Aims", words), ISSUE)


@pytest.mark.parametrize("title", ["", " "])
def test_a_text_may_begin_before_its_first_heading(title):
    assert report_pdf(CONTENT, narrated(title, "long " * 4000), ISSUE).startswith(b"%PDF-1.7")


async def ready(programme, **body):
    asked = await programme.team.post(f"/programmes/{programme.id}/reports", json=body)
    assert asked.status_code == 202, asked.text

    async def probe():
        report = (await programme.team.get(f"/reports/{asked.json()['id']}")).json()
        return report if report["state"] != "queued" else None

    return await eventually(probe, what="the report")


async def with_pairs(programme, pairs=2, blueprint=None):
    await programme.begin(cohorts=2, blueprint=blueprint)
    for _ in range(pairs):
        await programme.match(1, uuid.uuid4(), uuid.uuid4())


async def test_text_is_checked_when_it_is_saved_and_shows_the_reports_own_figures(programme):
    await with_pairs(programme)
    path = f"/programmes/{programme.id}/reports"
    wrong = {"kind": "final", "narrative": text_of("{figure:matched_pears}")}
    refused = await programme.team.post(path, json=wrong)
    assert (refused.status_code, refused.json()["code"]) == (422, "narrative_invalid")
    assert refused.json()["references"] == ["matched_pears"]
    assert (await programme.team.post(path, json={"kind": "final", "audience": "public"})).status_code == 422
    report = await ready(programme, kind="final", narrative=text_of("There are {figure:matched_pairs} <pairs>."))
    assert (report["kind"], report["version"], report["edition"]) == ("final", 1, 0)
    await programme.match(1, uuid.uuid4(), uuid.uuid4())
    saved = text_of("Of {figure:matched_pairs} pairs,\n\n{figure:matched_pairs,1} are of cohort 1.")
    assert (
        await programme.team.put(f"/reports/{report['id']}/narrative", json={"narrative": saved})
    ).status_code == 200
    html = (await programme.team.get(f"/reports/{report['id']}/html")).text
    assert 'Of <strong title="count">2</strong> pairs,' in html
    bad = {"narrative": text_of("{figure:matched_pairs,9}")}
    assert (await programme.team.put(f"/reports/{report['id']}/narrative", json=bad)).status_code == 422
    pdf = await programme.team.get(f"/reports/{report['id']}/pdf")
    assert (pdf.status_code, pdf.headers["content-type"]) == (200, "application/pdf")
    assert b"pdfaid" in pdf.content
    assert (await programme.client().get(f"/reports/{report['id']}/pdf")).status_code == 403


async def test_a_report_waits_for_the_role_that_approves_it(evaluation, programme):
    blueprint = yaml_text.ours(
        "{title: P, instruments: [], reports: {approval: {public: steering_group, final: king}}}"
    )
    await with_pairs(programme, blueprint=blueprint)
    person = uuid.uuid4()
    group = programme.client(subject=person)
    report = await ready(programme, kind="public", narrative=text_of("{figure:matched_pairs} pairs"))
    path = f"/reports/{report['id']}"
    assert report["approver"] == "steering_group"
    assert (await ready(programme, kind="final"))["approver"] is None
    early = await programme.team.post(f"{path}/publish")
    assert (early.status_code, early.json()["code"], early.json()["role"]) == (409, "approval_needed", "steering_group")
    assert (await group.get(path)).status_code == 403
    role = RoleGranted(role_id=uuid.uuid4(), programme_id=programme.id, person_id=person, role="steering_group")
    await programme.tell(role)
    assert (await group.get(path)).status_code == 200
    assert (await programme.team.post(f"{path}/approve")).status_code == 403  # nobody stands above the named role
    assert (await group.post(f"{path}/approve")).json()["state"] == "approved"
    changed = {"narrative": text_of("All {figure:matched_pairs} pairs")}
    assert (await programme.team.put(f"{path}/narrative", json=changed)).json()["state"] == "ready"
    assert (await programme.team.post(f"{path}/publish")).json()["code"] == "approval_needed"
    both = await asyncio.gather(*(group.post(f"{path}/approve") for _ in range(3)))
    assert sorted(answer.status_code for answer in both)[0] == 200
    assert (await programme.team.post(f"{path}/publish")).json()["state"] == "published"
    assert (await programme.team.put(f"{path}/narrative", json=changed)).json()["code"] == "already_published"
    assert (await group.post(f"{path}/approve")).json()["code"] == "already_published"
    [event] = await evaluation.emitted(programme.tenant, ReportPublished)
    assert (event.audience, event.kind, event.report_version) == ("public", "public", 1)


async def test_a_version_says_what_changed_since_the_one_published_before(programme):
    await with_pairs(programme)
    first = await ready(programme, kind="steering_group")
    await programme.team.post(f"/reports/{first['id']}/publish")
    await ready(programme, kind="steering_group")  # never published: the next one is not compared with it
    await programme.match(2, uuid.uuid4(), uuid.uuid4())
    third = await ready(programme, kind="steering_group")
    assert third["version"] == 3
    found = (await programme.team.get(f"/reports/{third['id']}/changes")).json()
    assert (found["previous"]["id"], found["previous"]["version"]) == (first["id"], 1)
    pairs = [f for f in found["changed"] if f["name"] == "matched_pairs"]
    assert [(f["cohort"], f["before"]["value"], f["after"]["value"]) for f in pairs] == [(None, 2, 3), (2, 0, 1)]
    assert "What changed since version 1" in (await programme.team.get(f"/reports/{third['id']}/html")).text
    none = (await programme.team.get(f"/reports/{first['id']}/changes")).json()
    nothing = {"added": [], "removed": [], "changed": []}
    parts = dict.fromkeys(("themes", "recommendations", "case_studies"), nothing)
    assert none == {"previous": None, **nothing, **parts}


async def test_what_each_kind_holds_and_who_reads_it(programme, statistics):
    await with_pairs(programme)
    cohort_id = str(programme.cohorts[1])
    statistics.of[str(programme.id)] = {
        "backgrounds": [
            {"cohort_id": cohort_id, "role": "mentee", "professional_background": "N", "other": None, "people": 40}
        ],
        "ledger": [{"cohort_number": 1, "role": "mentee", "applied": 2, "matched": 2, "balanced": True}],
    }
    reports = {kind: await ready(programme, kind=kind) for kind in ("interim", "final", "network", "steering_group")}
    network = reports["network"]
    assert network["figures"], "totals are left"
    for figure in network["figures"]:
        assert (figure["cohort"], figure["breakdown"]) == (None, {})
    assert (network["quotes"], network["ledger"]) == ([], [])
    assert "professional_background" not in {f["name"] for f in network["figures"]}
    assert {f["name"] for f in reports["final"]["figures"]} - {f["name"] for f in reports["interim"]["figures"]} == {
        "interviews", "interviewed_pairs", "interview_pages",
    }  # fmt: skip
    assert [bool(reports[kind]["ledger"]) for kind in ("interim", "final", "steering_group")] == [True, True, False]
    person = uuid.uuid4()
    role = RoleGranted(role_id=uuid.uuid4(), programme_id=programme.id, person_id=person, role="steering_group")
    await programme.tell(role)
    seen = {}
    for kind, report in reports.items():
        await programme.team.post(f"/reports/{report['id']}/publish")
        seen[kind] = (await programme.client(subject=person).get(f"/reports/{report['id']}")).status_code
    assert seen == {"interim": 403, "final": 403, "network": 200, "steering_group": 200}


async def test_a_report_names_no_approver_that_there_is_not(programme):
    await with_pairs(programme)
    path = f"/programmes/{programme.id}/reports"
    refused = await programme.team.post(path, json={"kind": "final", "approver": "nobody_role"})
    assert (refused.status_code, refused.json()["code"]) == (422, "approver_unknown")
    await programme.granted("nobody_role")
    for approver in ("nobody_role", "programme_manager"):
        asked = await programme.team.post(path, json={"kind": "final", "approver": approver})
        assert asked.status_code == 202, asked.text
