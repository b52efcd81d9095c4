"""The linter on the published NIHR report, on clean reports made from records, and on one planted fault at a time."""

import copy
import json
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentoring_evaluation.figures import count, mean_of_cohorts, oversubscription, pooled, rate
from mentoring_evaluation.intervals import half_up, percent
from mentoring_evaluation.lint import RULES, Finding, ReportUnreadable, describe, lint_report, load_report, render_text

Document = dict[str, Any]


@pytest.fixture(scope="module")
def nihr() -> Document:
    path = resources.files("mentoring_evaluation.lint") / "examples" / "nihr_2022.json"
    return load_report(str(path))


@pytest.fixture(scope="module")
def found(nihr: Document) -> list[Finding]:
    return lint_report(nihr)


def of(found: list[Finding], rule: str) -> dict[str, Finding]:
    return {finding.where: finding for finding in found if finding.rule == rule}


def test_nihr_percentages_nobody_can_give(found: list[Finding]) -> None:
    assert list(of(found, "percentage_above_100")) == ["$.outcomes_percent.met_expectations.overall.mentor"]
    assert set(of(found, "impossible_percentage")) == {
        "$.outcomes_percent.satisfied_with_match['1'].mentee",
        "$.outcomes_percent.trust_easily_built['1'].mentee",
        "$.outcomes_percent.trust_easily_built['3'].mentor",
        "$.outcomes_percent.met_objectives['1'].mentee",
        "$.outcomes_percent.met_expectations['1'].mentee",
    }
    assert {finding.confidence for finding in of(found, "impossible_percentage").values()} == {"certain"}


def test_nihr_percentages_that_fewer_answers_explain(found: list[Finding]) -> None:
    other_n = of(found, "percentage_needs_other_n")
    assert "5 of 6 or 10 of 12" in other_n["$.outcomes_percent.satisfied_with_match['1'].mentor"].why
    assert "8 of 9" in other_n["$.outcomes_percent.met_objectives['3'].mentor"].why
    assert len(other_n) == 8


def test_nihr_overalls_are_means_and_the_pooled_figure_is_given(found: list[Finding]) -> None:
    means = of(found, "mean_as_overall")
    interim = means["$.surveys.interim.overall.published_rate_percent"]
    summative = means["$.surveys.summative.overall.published_rate_percent"]
    assert "46.3 %" in interim.why
    assert "76 of 156, 48.7 %" in interim.why
    assert "63 of 156, 40.4 %" in summative.why
    assert interim.confidence == summative.confidence == "certain"
    trust = means["$.outcomes_percent.trust_easily_built.overall.mentor"]
    assert "no counts give (74 % of cohort 3)" in trust.why


def test_nihr_overall_below_every_cohort(found: list[Finding]) -> None:
    assert list(of(found, "overall_outside_cohorts")) == ["$.outcomes_percent.met_expectations.overall.mentee"]


def test_nihr_copied_line(found: list[Finding]) -> None:
    assert list(of(found, "copied_line")) == ["$.outcomes_percent.met_objectives['3'].mentor"]


def test_nihr_counts(found: list[Finding]) -> None:
    assert list(of(found, "total_does_not_add")) == ["$.expressions_of_interest.published_totals.mentee"]
    pages = of(found, "count_outside_range")
    assert len(pages) == 3
    first = pages["$.interviews['1'].transcript_pages"]
    assert "5 at 9 to 17 pages each make 53 to 77, but 122" in first.why
    assert "10 of them (2 for each of the 5)" in first.resolve
    places = of(found, "oversubscription_denominator")
    assert "26 / 80 = 32.5 %" in places["$.expressions_of_interest.published_oversubscription_percent.mentee"].why
    assert "ledger_does_not_balance" not in {finding.rule for finding in found}


def test_nihr_dates(found: list[Finding]) -> None:
    assert set(of(found, "date_in_two_versions")) == {
        "$.timeline['1'].interim_report",
        "$.timeline['1'].final_report",
        "$.timeline['2'].final_report",
        "$.timeline['3'].interim_report",
        "$.timeline['3'].final_report",
        "$.key_dates_table['1'].interviews_started",
    }
    late = of(found, "dates_out_of_order")
    assert late["$.timeline['3'].final_report"].also == ("$.key_dates_table['3'].interviews_completed",)
    assert set(of(found, "gap_not_as_stated")) == {
        "$.key_dates_table['1'].interim_opened",
        "$.key_dates_table['2'].interim_opened",
    }


def test_every_place_exists_in_the_document(nihr: Document, found: list[Finding]) -> None:
    for path in {place for finding in found for place in (finding.where, *finding.also)}:
        value: Any = nihr
        for step in path.removeprefix("$").replace("['", ".").replace("']", "").split(".")[1:]:
            value = value[step]
        assert value is not None


# --- clean reports, made from records -------------------------------------------------------------------------------


def clean() -> Document:
    """A report whose every number was computed from the same 3 cohorts: 18 / 20 mentors and so on."""
    answered = {"1": (15, 18), "2": (11, 20), "3": (30, 31)}
    lines = [
        {"name": "trust", "wave": "end", "role": "mentor", "cohort": c, "percent": half_up(percent(x, n)), "n": n}
        for c, (x, n) in answered.items()
    ]
    lines.append({"name": "trust", "wave": "end", "role": "mentor", "percent": Decimal(81), "numerator": 56, "n": 69})
    satisfied = {"name": "satisfied", "wave": "end", "role": "mentor"}
    lines += [{**satisfied, "cohort": "1", "percent": 83, "n": 18, "n_is": "at_most"}]
    lines += [{**satisfied, "name": "useful", "cohort": "1", "percent": 72, "n": 18, "n_is": "at_most"}]
    return {
        "schema": "mentoring-report/1",
        "title": "A clean report",
        "percentages": lines,
        "totals": [
            {"label": "mentors", "parts": [{"label": "1", "value": 18}, {"label": "2", "value": 20}], "stated": 38}
        ],
        "oversubscription": [{"role": "mentor", "demand": 106, "places": 75, "percent": 41}],
        "ledgers": [
            {
                "moved": 4,
                "lines": [
                    {"cohort": "1", "role": "mentor", "applied": 22, "matched": 18, "places": 20},
                    {"cohort": "2", "role": "mentor", "applied": 16, "matched": 20, "places": 20},
                ],
            }
        ],
        "matches": [{"cohort": "1", "pairs": 22, "mentors": 18, "mentees": 22}],
        "ranges": [{"label": "interviews", "units": 10, "total": 122, "minimum": 9, "maximum": 17}],
        "dates": [
            {"event": "opened", "cohort": "1", "date": "2022-10-10"},
            {"event": "opened", "cohort": "1", "date": "2022-10"},
            {"event": "closed", "cohort": "1", "date": "2022-11-18"},
        ],
        "orders": [{"earlier": "opened", "later": "closed"}],
        "gaps": [{"earlier": "opened", "later": "closed", "months_min": 1, "months_max": 2}],
    }


def test_a_clean_report_gives_none() -> None:
    assert lint_report(clean()) == []
    assert render_text([]) == "No findings: every figure can be true."


def planted() -> list[tuple[str, Callable[[Document], object]]]:
    def line(number: int, **change: Any) -> Callable[[Document], object]:
        return lambda report: report["percentages"][number].update(change)

    def copied(report: Document) -> None:
        report["percentages"] += [
            {"name": "copy", "wave": "end", "cohort": c, "role": r, "percent": p, "n": n}
            for c, n in (("1", 18), ("2", 20))
            for r, p in (("mentor", 83), ("mentee", 56))
        ]

    return [
        ("percentage_above_100", line(0, percent=183)),
        ("percentage_above_100", line(0, percent=-1)),
        ("impossible_percentage", line(0, percent=84)),
        ("percentage_not_of_its_counts", line(0, percent=84, numerator=15)),
        ("percentage_not_of_its_counts", line(0, percent=100, numerator=19)),
        ("percentage_needs_other_n", line(4, percent=82)),
        ("denominator_changes", line(5, percent=71)),
        ("mean_as_overall", line(3, percent=78)),
        ("overall_outside_cohorts", line(3, percent=98)),
        ("overall_unexplained", line(3, percent=70)),
        ("overall_unexplained", line(3, rule="mean_of_cohorts")),
        ("mean_as_overall", line(3, percent=78, rule="pooled")),
        ("copied_line", copied),
        ("total_does_not_add", lambda r: r["totals"][0].update(stated=39)),
        ("oversubscription_denominator", lambda r: r["oversubscription"][0].update(places=80)),
        ("oversubscription_denominator", lambda r: r["oversubscription"][0].update(later_places=80)),
        ("ledger_does_not_balance", lambda r: r["ledgers"][0].update(moved=3)),
        ("ledger_does_not_balance", lambda r: r["ledgers"][0]["lines"][0].update(places=17)),
        ("ledger_does_not_balance", lambda r: r["ledgers"][0]["lines"][0].update(withdrawn=1)),
        ("ledger_does_not_balance", lambda r: r["ledgers"][0]["lines"][0].update(moved_in=0, moved_out=5)),
        ("pairs_and_people", lambda r: r["matches"][0].update(pairs=21)),
        ("pairs_and_people", lambda r: r["matches"][0].update(pairs=397)),
        ("count_outside_range", lambda r: r["ranges"][0].update(units=5)),
        ("count_outside_range", lambda r: r["ranges"][0].update(minimum=18)),
        ("date_in_two_versions", lambda r: r["dates"][1].update(date="2022-11")),
        ("dates_out_of_order", lambda r: r["dates"][2].update(date="2022-09-18")),
        ("gap_not_as_stated", lambda r: r["gaps"][0].update(months_min=3, months_max=4)),
    ]


@pytest.mark.parametrize(("rule", "plant"), planted())
def test_a_planted_fault_is_found(rule: str, plant: Callable[[Document], object]) -> None:
    report = copy.deepcopy(clean())
    plant(report)
    assert rule in {finding.rule for finding in lint_report(report)}


def test_every_rule_is_planted_once() -> None:
    assert {rule for rule, _ in planted()} == set(RULES)


def test_other_roundings_are_only_possible_faults() -> None:
    report = {"schema": "mentoring-report/1", "percentages": [{"name": "a", "cohort": "1", "percent": 37, "n": 8}]}
    (finding,) = lint_report(report)
    assert (finding.rule, finding.confidence) == ("impossible_percentage", "possible")
    assert "Possible if truncated: 3 of 8 is 37.50 %" in finding.why


def test_the_precision_printed_decides() -> None:
    def about(shown: str) -> list[Finding]:
        line = {"name": "a", "cohort": "1", "percent": Decimal(shown), "n": 3}
        return lint_report({"schema": "mentoring-report/1", "percentages": [line]})

    assert about("33") == []
    assert about("33.3") == []
    assert [finding.rule for finding in about("33.0")] == ["impossible_percentage"]


records = st.dictionaries(
    st.sampled_from("123456"),
    st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=1,
)


@settings(max_examples=200, deadline=None)
@given(records, st.integers(0, 2))
def test_honest_figures_are_never_blamed(cohorts: dict[str, tuple[int, int]], digits: int) -> None:
    """The figures of this system: cohort rates, pooled and mean of cohorts, whatever the counts and the precision."""
    parts = [
        rate("trust", "", numerator=x, answered=n, cohort=int(c), role="mentee", wave="end", digits=digits)
        for c, (x, n) in cohorts.items()
    ]
    overall = [pooled(parts), mean_of_cohorts(parts)]
    others = [oversubscription(106, 75, role="mentee"), count("pairs", "", 80, unit="pairs")]
    document = json.loads(json.dumps({"figures": [figure.to_json() for figure in [*parts, *overall, *others]]}))
    assert lint_report(document) == []


@settings(max_examples=200, deadline=None)
@given(records, st.integers(0, 100))
def test_a_wrong_percentage_of_known_people_is_always_blamed(cohorts: dict[str, tuple[int, int]], shown: int) -> None:
    for cohort, (x, n) in cohorts.items():
        line = {"name": "a", "cohort": cohort, "percent": shown, "numerator": x, "n": n}
        found = lint_report({"schema": "mentoring-report/1", "percentages": [line]})
        assert bool(found) == (half_up(Fraction(100 * x, n)) != shown)


def test_figures_of_this_system_that_were_tampered_with() -> None:
    figure = rate("trust", "", numerator=15, answered=18, cohort=1).to_json() | {"value": 84}
    assert [finding.rule for finding in lint_report({"figures": [figure]})] == ["percentage_not_of_its_counts"]


# --- reading --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "is not JSON: line 1"),
        ("[]", "holds no JSON object"),
        ('{"schema": "mentoring-report/1", "title": NaN}', "NaN is no number"),
        ('{"a": 1, "a": 2}', "'a' stands twice"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a": ' + "9" * 5000 + "}", "too many digits"),
    ],
)
def test_unreadable_files_say_so_in_one_line(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "figures.json"
    file.write_text(text)
    with pytest.raises(ReportUnreadable, match=why) as caught:
        load_report(file)
    assert "\n" not in str(caught.value)


def test_missing_and_binary_files(tmp_path: Path) -> None:
    with pytest.raises(ReportUnreadable, match="no such file"):
        load_report(tmp_path / "none.json")
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ReportUnreadable, match="not UTF-8"):
        load_report(tmp_path / "binary.json")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ([], "a report is a JSON object"),
        ({}, "no known shape"),
        ({"schema": "mentoring-report/1", "extra": 1}, r"\$\.extra: Extra inputs"),
        (
            {"schema": "mentoring-report/1", "percentages": [{"name": "a"}]},
            r"\$\.percentages\[0\]\.percent: Field required",
        ),
        ({"schema": "mentoring-report/1", "percentages": [{"name": "a", "percent": 1.2345}]}, "at most 2 decimals"),
        ({"schema": "mentoring-report/1", "dates": [{"event": "a", "date": "2023-02-30"}]}, r"dates\[0\]\.date"),
        ({"surveys": {"interim": {"1": {"responses": -1}}}}, r"interim\['1'\]\.responses should be a whole number"),
        ({"surveys": []}, r"\$\.surveys should be an object"),
        ({"outcomes_percent": {"a": {"1": {"mentor": "many"}}}}, "should be a number"),
        ({"interviews": {"1": {"transcript_pages": 9}}, "timeline": {}}, r"pages_min is missing"),
        ({"figures": [{}]}, r"figures\[0\]\.rule is missing"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(data: Any, why: str) -> None:
    with pytest.raises(ReportUnreadable, match=why):
        lint_report(data)


@pytest.mark.parametrize("section", ["matches", "surveys", "timeline", "programme", "expressions_of_interest", "cpd"])
def test_any_section_may_be_left_out(nihr: Document, section: str) -> None:
    rest = {name: part for name, part in nihr.items() if name != section}
    assert lint_report(rest)


def test_every_broken_number_is_refused_or_linted_never_a_crash(nihr: Document) -> None:
    outcomes: Counter[str] = Counter()
    for bad in (None, "x", -1, 10**30, {}, [], True, 1.5):
        for damaged in damages(nihr, bad):
            try:
                lint_report(damaged)
                outcomes["linted"] += 1
            except ReportUnreadable as error:
                outcomes["two lines" if "\n" in str(error) else "refused"] += 1
    assert outcomes["two lines"] == 0
    assert outcomes["refused"] > 100


def damages(value: Any, bad: Any) -> list[Any]:
    """Copies of a document with one member or item in it replaced, two levels deep and along the first branches."""
    copies = []
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in list(members)[:6]:
        for damaged in [bad, *damages(child, bad)[:8]]:
            whole = copy.copy(value)
            whole[key] = damaged
            copies.append(whole)
    return copies


# --- text -----------------------------------------------------------------------------------------------------------


def test_text_counts_and_keeps_to_its_width(found: list[Finding]) -> None:
    text = render_text(found)
    assert text.endswith(f"{len(found)} findings: 27 certain, 19 likely, 3 possible.")
    assert max(map(len, text.splitlines())) <= 100
    assert json.loads(json.dumps([finding.to_json() for finding in found]))[0]["rule"] in RULES


def test_a_description_of_ones_own_keeps_its_places() -> None:
    report = describe({"schema": "mentoring-report/1", "percentages": [{"name": "a", "percent": 1, "at": "page 9"}]})
    assert report.percentages[0].at == "page 9"


def test_the_documented_example_is_what_the_linter_says() -> None:
    text = (Path(__file__).parents[3] / "docs" / "lint-report.md").read_text(encoding="utf-8")
    example = Path(str(resources.files("mentoring_evaluation.lint") / "examples" / "faulty_report.json"))
    assert example.read_text(encoding="utf-8").rstrip() in text
    assert render_text(lint_report(load_report(example))) in text
    assert [rule for rule in RULES if f"| `{rule}` | {RULES[rule]} |" not in text] == []
