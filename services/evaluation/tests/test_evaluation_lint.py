"""The linter on the published NIHR report, on clean reports made from records, and on one planted fault at a time."""

import copy
import json
import time
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

from mentoring_evaluation.figures.figure import count, mean_of_cohorts, oversubscription, pooled, rate
from mentoring_evaluation.figures.intervals import half_up, percent
from mentoring_evaluation.lint import (
    RULES,
    Finding,
    ReportUnreadable,
    coverage,
    describe,
    faults,
    lint_report,
    load_report,
    render_text,
)

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


USEFUL = [3, 8, 11, 19, 10]


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
        "distributions": [
            {"name": "useful", "n": 51, "answers": [{"label": str(p), "count": c} for p, c in enumerate(USEFUL, 1)]}
        ],
        "means": [
            {"name": "useful", "mean": Decimal("3.49"), "sd": Decimal("1.16"), "median": 4, "n": 51}
            | {"minimum": 1, "maximum": 5, "counts": USEFUL},
            {"name": "hours", "mean": Decimal("2.50"), "sd": Decimal("1.29"), "median": Decimal("2.5"), "n": 4}
            | {"minimum": 1, "maximum": 5},
        ],
        "net_promoter": [{"name": "nps", "score": 35, "promoters": 53, "passives": 29, "detractors": 18, "n": 17}],
        "changes": [{"label": "retention", "before": 40, "after": 46, "percent": 15, "counted": True}],
    }


def test_a_clean_report_gives_none() -> None:
    assert lint_report(clean()) == []
    assert render_text([]) == "No findings: every figure can be true."


def _matches(*pairs: tuple[str | None, int]) -> list[Document]:
    return [{"cohort": cohort, "pairs": number, "mentors": number, "mentees": number} for cohort, number in pairs]


def _a_day_off(report: Document) -> None:
    report["dates"].append({"event": "opened", "cohort": "1", "date": "2022-10-11"})


def _parted_otherwise(report: Document) -> None:
    parts = [{"label": "mentors", "value": 20}, {"label": "mentees", "value": 19}]
    report["totals"][0]["partition"] = "cohort"
    report["totals"].append({"label": "mentors", "partition": "role", "parts": parts, "stated": 39})


def _parted_shares(report: Document) -> None:
    parts = [("cohort", "1", 50), ("cohort", "2", 50), ("role", "mentor", 60), ("role", "mentee", 60)]
    report["percentages"] += [{"name": "p", "percent": share, "n": 10, part: name} for part, name, share in parts]


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
        ("percentage_in_two_versions", lambda r: r["percentages"].append({**r["percentages"][0], "percent": 84})),
        ("percentage_not_of_its_counts", line(4, numerator=3)),
        ("percentage_not_of_its_counts", line(3, numerator=40, rule=None)),
        ("overall_unexplained", line(3, n=68, numerator=55)),
        ("overall_unexplained", lambda r: r["percentages"][3].update(n=60) or r["percentages"][3].pop("numerator")),
        ("total_does_not_add", lambda r: r["totals"][0].update(stated=39)),
        ("oversubscription_denominator", lambda r: r["oversubscription"][0].update(places=80)),
        ("oversubscription_denominator", lambda r: r["oversubscription"][0].update(later_places=80)),
        ("ledger_does_not_balance", lambda r: r["ledgers"][0].update(moved=3)),
        ("ledger_does_not_balance", lambda r: r["ledgers"][0]["lines"][0].update(places=17)),
        ("ledger_does_not_balance", lambda r: r["ledgers"][0]["lines"][0].update(withdrawn=1)),
        ("ledger_does_not_balance", lambda r: r["ledgers"][0]["lines"][1].update(moved_in=3)),
        ("ledger_does_not_balance", lambda r: r["ledgers"][0]["lines"][0].update(moved_out=5)),
        ("ledger_does_not_balance", lambda r: r["ledgers"][0]["lines"][0].update(moved_in=0, moved_out=5)),
        ("pairs_and_people", lambda r: r["matches"][0].update(pairs=21)),
        ("pairs_and_people", lambda r: r["matches"][0].update(pairs=397)),
        ("total_does_not_add", lambda r: r["matches"].extend(_matches(("2", 5), (None, 28)))),
        ("count_outside_range", lambda r: r["ranges"][0].update(units=5)),
        ("count_outside_range", lambda r: r["ranges"][0].update(minimum=18)),
        ("date_in_two_versions", lambda r: r["dates"][1].update(date="2022-11")),
        ("date_in_two_versions", lambda r: r["dates"].insert(0, {**r["dates"][1], "event": "opened"}) or _a_day_off(r)),
        ("dates_out_of_order", lambda r: r["dates"][2].update(date="2022-09-18")),
        ("dates_out_of_order", lambda r: r["dates"][2].update(date="2022-09-18", cohort=None)),
        ("distribution_does_not_add", lambda r: r["distributions"][0].update(n=50)),
        ("distribution_does_not_add", lambda r: r["means"][0].update(n=50)),
        ("impossible_mean", lambda r: r["means"][0].update(mean=Decimal("3.51"))),
        ("impossible_mean", lambda r: r["means"][1].update(mean=Decimal("2.52"))),
        ("impossible_mean", lambda r: r["means"][1].update(mean=Decimal("5.25"))),
        ("impossible_spread", lambda r: r["means"][0].update(sd=Decimal("1.25"))),
        ("impossible_spread", lambda r: r["means"][1].update(sd=Decimal("1.35"))),
        ("impossible_median", lambda r: r["means"][0].update(median=3)),
        ("impossible_median", lambda r: r["means"][1].update(median=4)),
        ("score_not_of_its_parts", lambda r: r["net_promoter"][0].update(score=36)),
        ("score_not_of_its_parts", lambda r: r["net_promoter"][0].update(score=135)),
        ("change_not_as_stated", lambda r: r["changes"][0].update(percent=6)),
        ("more_than_took_part", lambda r: r["percentages"].append({**r["percentages"][0], "name": "x", "n": 19})),
        ("partitions_disagree", _parted_otherwise),
        ("partitions_disagree", _parted_shares),
        ("gap_not_as_stated", lambda r: r["gaps"][0].update(months_min=3, months_max=4)),
    ]


@pytest.mark.parametrize(("rule", "plant"), planted())
def test_a_planted_fault_is_found(rule: str, plant: Callable[[Document], object]) -> None:
    report = copy.deepcopy(clean())
    plant(report)
    assert rule in {finding.rule for finding in lint_report(report)}


def test_every_rule_is_planted_once() -> None:
    assert {rule for rule, _ in planted()} == set(RULES)


def linted(**sections: Any) -> list[Finding]:
    return lint_report({"schema": "mentoring-report/1", **sections})


def question(percent: object, cohort: str | None = None, **more: Any) -> Document:
    return {"name": "q", "wave": "end", "role": "mentor", "cohort": cohort, "percent": percent, **more}


@pytest.mark.parametrize(
    "lines",
    [
        # A small cohort is left out, as rules for small numbers ask; the overall counts it.
        [
            question(83, "1", numerator=15, n=18),
            question(97, "3", numerator=30, n=31),
            question(81, numerator=56, n=69),
        ],
        # So many took part that any number near it may have answered.
        [question(50, "1", n=200, n_is="at_most"), question(70, "2", n=300, n_is="at_most"), question(63)],
        # The cohorts have fewer decimals than the overall.
        [question(81, "1"), question(80, "2"), question(Decimal("81.2"))],
        # Pooled of fewer answers than took part, and near the mean by chance.
        [question(50, "1", n=20, n_is="at_most"), question(100, "2", n=10, n_is="at_most"), question(75)],
        # One question was put to fewer people than the other.
        [question(83, "1", n=18, n_is="at_most"), question(57, "1", n=7, n_is="at_most") | {"name": "of those"}],
        # Printed twice, the second time with a decimal.
        [question(83, "1", n=18), question(Decimal("83.3"), "1", n=18)],
    ],
)
def test_what_is_only_printed_sparingly_is_no_fault(lines: list[Document]) -> None:
    assert linted(percentages=lines) == []


def test_lines_without_counts_are_not_called_copied() -> None:
    role = {"role": "mentee"}
    values = [(92, 89, "1"), (70, 60, "2"), (92, 89, None)]
    lines = [line for a, b, c in values for line in (question(a, c), question(b, c) | role)]
    assert "copied_line" not in {finding.rule for finding in linted(percentages=lines)}


def test_the_answered_n_that_would_do_is_named() -> None:
    (finding,) = linted(percentages=[question(83, "1", n=13)])
    assert finding.rule == "impossible_percentage"
    assert "10 of 12 would print as 83 %" in finding.resolve.replace(" or 15 of 18", "")


def test_a_usual_order_is_what_most_cohorts_keep() -> None:
    def found(*in_order: bool) -> list[Finding]:
        days = {True: ("2022-05", "2022-06"), False: ("2022-06", "2022-05")}
        dates = [
            {"event": event, "cohort": str(number), "date": day}
            for number, kept in enumerate(in_order)
            for event, day in zip(("cpd", "check_in"), days[kept], strict=True)
        ]
        return linted(dates=dates, orders=[{"earlier": "cpd", "later": "check_in", "kind": "usual"}])

    assert [finding.where for finding in found(True, False, True)] == ["$.dates[3]"]
    assert found(False, False, False) == found(False) == []


def test_an_oversubscription_that_was_truncated_is_only_possible() -> None:
    (finding,) = linted(oversubscription=[{"demand": 107, "places": 75, "percent": 42}])  # 42.67
    assert finding.confidence == "possible"


def test_rounded_figures_of_the_public_view_need_not_add() -> None:
    parts = [("1", 15, 35, 43), ("2", 15, 35, 43), (None, 35, 75, 47)]  # 17 of 37 and 17 of 37
    figures = [
        {
            "name": "trust",
            "rule": "pooled",
            "cohort": c,
            "value": v,
            "numerator": x,
            "denominator": n,
            "shown": "rounded",
        }
        for c, x, n, v in parts
    ]
    assert lint_report({"figures": figures}) == []


def test_breakdowns_of_one_figure_are_not_versions_of_it() -> None:
    figures = [
        {
            "name": "took_part",
            "rule": "pooled",
            "value": v,
            "numerator": v,
            "denominator": 100,
            "breakdown": {"mode": m},
        }
        for m, v in (("online", 52), ("in person", 23))
    ]
    assert lint_report({"figures": figures}) == []


def test_tables_by_cohort_may_be_printed_in_part() -> None:
    document = {
        "surveys": {"interim": {"1": {"published_rate_percent": 38}, "2": None, "overall": {"mentor": 9}}},
        "matches": {"by_cohort": {"1": {"pairs": 4}, "2": {"pairs": 5}}, "published_pairs": 9},
        "timeline": {"1": {"orientation": "2022-06", "match_confirmed": "2022-04"}},  # not compulsory here
        "professional_background": {"columns": ["cohort 1", "cohort 2"], "mentor": {"Other": [1, 2]}},  # no overall
    }
    assert lint_report(document) == []


def test_a_long_report_takes_no_longer_than_its_length() -> None:
    figures = [
        {
            "name": f"q{n}",
            "rule": "pooled",
            "value": 50,
            "numerator": 1,
            "denominator": 2,
            "cohort": 1,
            "role": "mentor",
        }
        for n in range(10_000)
    ]
    began = time.monotonic()
    assert lint_report({"figures": figures}) == []
    assert time.monotonic() - began < 8  # every pair of questions was 12 times that


def test_names_in_a_report_do_not_steer_the_terminal() -> None:
    (finding,) = lint_report({"outcomes_percent": {"a\x1b[2J\n": {"1": {"mentor": 172}}}})
    assert "\x1b" not in render_text([finding])
    assert finding.where == r"$.outcomes_percent['a\u001b[2J\n']['1'].mentor"


def test_other_roundings_are_only_possible_faults() -> None:
    report = {"schema": "mentoring-report/1", "percentages": [{"name": "a", "cohort": "1", "percent": 37, "n": 8}]}
    (finding,) = lint_report(report)
    assert (finding.rule, finding.confidence) == ("impossible_percentage", "possible")
    assert "Possible if truncated: 3 of 8 is 37.50 %" in finding.why


def test_a_share_of_nobody_is_a_fault_and_no_crash() -> None:
    for counts in ({"n": 0}, {"n": 0, "numerator": 0}, {"n": 0, "n_is": "at_most"}):
        assert linted(percentages=[question(0, "1", **counts)])


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
    document = json.loads(json.dumps({"figures": [figure.shown().to_json() for figure in [*parts, *overall, *others]]}))
    assert lint_report(document) == []


@settings(max_examples=200, deadline=None)
@given(records, st.integers(0, 100))
def test_a_wrong_percentage_of_known_people_is_always_blamed(cohorts: dict[str, tuple[int, int]], shown: int) -> None:
    for cohort, (x, n) in cohorts.items():
        line = {"name": "a", "cohort": cohort, "percent": shown, "numerator": x, "n": n}
        found = lint_report({"schema": "mentoring-report/1", "percentages": [line]})
        assert bool(found) == (half_up(Fraction(100 * x, n)) != shown)


def test_figures_of_this_system_that_were_tampered_with() -> None:
    figure = rate("trust", "", numerator=15, answered=18, cohort=1).shown().to_json() | {"value": 84}
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
        (r'{"surveys": {"\ud800": 1}}', "half a character"),
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
        ({"figures": [{"name": "a", "rule": "pooled", "value": 10**7}]}, r"figures\[0\]\.value: Input"),
        ({"surveys": {}, "cpd": 7}, r"\$\.cpd should be an object"),
        (
            {"surveys": {}, "professional_background": {"columns": ["a"], "mentor": {"x": []}}},
            "x has 0 cells for 1 col",
        ),
        ({"timeline": {"it's": {"cpd": "2022-13"}}}, r"\$\.timeline\['it\\'s'\]\.cpd: month must be"),
        (
            {
                "schema": "mentoring-report/1",
                "gaps": [{"earlier": "a", "later": "b", "months_min": 2, "months_max": 1}],
            },
            "months_min is above months_max",
        ),
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
    assert text.endswith(f"{len(found)} findings: 21 certain, 27 likely, 3 possible.")
    assert max(map(len, text.splitlines())) <= 100
    assert json.loads(json.dumps([finding.to_json() for finding in found]))[0]["rule"] in RULES


def test_a_description_of_ones_own_keeps_its_places() -> None:
    report = describe({"schema": "mentoring-report/1", "percentages": [{"name": "a", "percent": 1, "at": "page 9"}]})
    assert report.percentages[0].at == "page 9"


def test_the_documented_example_is_what_the_linter_says() -> None:
    text = (Path(__file__).parents[3] / "docs" / "lint-report.md").read_text(encoding="utf-8")
    example = Path(str(resources.files("mentoring_evaluation.lint") / "examples" / "faulty_report.json"))
    assert example.read_text(encoding="utf-8").rstrip() in text
    report = describe(load_report(example))
    assert render_text(faults(report), coverage(report).in_words()) in text
    assert [rule for rule in RULES if f"| `{rule}` | {RULES[rule]} |" not in text] == []
