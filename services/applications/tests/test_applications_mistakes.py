"""What people get wrong in a blueprint: each has its answer at the door, with the place and the words."""

from pathlib import Path

import pytest

from mentoring_applications.programmes import blueprint
from mentoring_common import yaml_text
from mentoring_contracts.applications import ProgrammeCreated

GOOD = Path(__file__).with_name("good.yaml").read_text()

# What stands there, what somebody writes instead, where the answer points, and words of it.
MISTAKES = {
    "misspelt key in a field": ("of: criteria,", "off: criteria,", "/form/fields/0/off", "did you mean of"),
    "window closes before it opens": (
        "date: 2 weeks before orientation", "date: 8 weeks before orientation", "/milestones/1", "before window_opens"),
    "a review after the end": (
        "hours_budget: 6", "hours_budget: 6\nreviews: {mid_term_months: 6}", "/reviews/mid_term_months", "be over by"),
    "a review before the beginning": (
        "hours_budget: 6", "hours_budget: 6\nreviews: {end_days: 200}", "/reviews/end_days", "not have begun"),
    "a limit of an answer that cannot be given": (
        "  weights:", "  limits: [{name: a, attribute: region, side: mentee, value: West, most: 2}]\n  weights:",
        "/matching/limits/0/value", "no such option"),
    "a limit by a ranking": (
        "  weights:", "  limits: [{name: a, attribute: criteria, side: mentee, value: career, most: 2}]\n  weights:",
        "/matching/limits/0/attribute", "counts pairs by a value"),
    "values that are no answers": (
        "  weights:", "  values: {region: [North, South, West]}\n  weights:", "/matching/values/region",
        "no such option"),
    "values that lack an answer": (
        "  weights:", "  values: {region: [North]}\n  weights:", "/matching/values/region", "count as not given"),
    "a gap between words": (
        "{id: other_employer, kind: must_differ, attribute: employer}",
        "{id: apart, kind: gap, attribute: region, mentor_attribute: grade, least: 1}",
        "/matching/hard_rules/0/attribute", "no pair could be compared"),
    "no day of the week": (
        "  weights:", "  recurring: {every: week, day: mondays}\n  weights:", "/matching/recurring/day",
        "such as monday"),
    "a day of the month each week": (
        "  weights:", "  recurring: {every: week, day: 15}\n  weights:", "/matching/recurring", "a day of the week"),
    "one figure for two questions": (
        "         text: Goes well}",
        "         text: Goes well}\n      - {id: so_so, kind: choice, roles: [mentee], text: So, "
        "scale: agreement, counted: ['No'], figure: goes_well}", "/instruments/0/questions/1/figure", "the mentee too"),
    "an indicator of a cohort that is not planned": (
        "figure: goes_well}", 'figure: "goes_well,7"}', "/evaluation_model/indicators/0/figure", "cohort"),
    "an indicator of a survey that is not there": (
        "figure: goes_well}", 'figure: "goes_well,,,interm"}', "/evaluation_model/indicators/0/figure",
        "did you mean interim"),
    "a stage that the model has not": (
        "  kind: logic_tree\n", "  kind: logic_tree\n  stages: {outcoms: [More women lead]}\n",
        "/evaluation_model/stages/outcoms", "did you mean outcomes"),
    "a share above the whole": (
        "figure: goes_well}", "figure: goes_well, target: 180}", "/evaluation_model/indicators/0/target",
        "could not be reached"),
    "31 February": ("starts: 2027-03-01", "starts: 2027-02-31", "/cohorts/0/starts", "no such day"),
    "section of the wrong kind": ("disclosure: {public: {minimum_n: 10}}", "disclosure: 10", "/disclosure", "members"),
    "unknown direction": ("direction: traditional", "direction: tradition", "/direction", "did you mean traditional"),
    "unknown weight": ("topics: 0.8", "topic: 0.8", "/matching/weights/topic", "did you mean topics"),
    "unknown rule kind": ("kind: must_differ", "kind: must_difer", "/matching/hard_rules/0/kind", "mean must_differ"),
    "unknown attribute": (
        "attribute: employer", "attribute: emploier", "/matching/hard_rules/0/attribute", "did you mean employer"),
    "an attribute nobody has": (
        "attribute: employer", "attribute: shoe_size", "/matching/hard_rules/0/attribute", "no such attribute"),
    "unknown instrument": ("{instrument: interim, m", "{instrument: intrim, m", "/waves/0/instrument", "mean interim"),
    "unknown scale": ("scale: agreement", "scale: agreemnt", "/instruments/0/questions/0/scale", "mean agreement"),
    "unknown figure": (
        "figure: goes_well}", "figure: goes_wel}", "/evaluation_model/indicators/0/figure", "did you mean goes_well"),
    "unknown figure of activities": (
        "figure: cpd_sessions", "figure: cpd", "/activities/kinds/0/figure", "cpd_sessions is wanted"),
    "unknown milestone kind": (
        "{kind: orientation, date", "{kind: orientaton, date", "/milestones/2/kind", "did you mean orientation"),
    "unknown role": ("roles: [mentee], options", "roles: [mentees], options", "/form/fields/3/roles/0", "mean mentee"),
    "counted: [yes]": ('counted: ["Yes"]', "counted: [yes]", "/instruments/0/questions/0/counted/0", "mean Yes"),
    "counted: [true]": ('counted: ["Yes"]', "counted: [true]", "/instruments/0/questions/0/counted/0", "quote it"),
    "options by a name": (
        "scale: agreement", "options: agreement", "/instruments/0/questions/0/options", "under scale"),
    "minimum_n: ten": ("minimum_n: 10", "minimum_n: ten", "/disclosure/public/minimum_n", "in digits"),
    "minimum_n: 1": ("minimum_n: 10", "minimum_n: 1", "/disclosure/public/minimum_n", "greater than or equal to 5"),
    "hours_budget: six": ("hours_budget: 6", "hours_budget: six", "/hours_budget", "in digits"),
    "duration_months: 0": ("duration_months: 6", "duration_months: 0", "/duration_months", "equal to 1"),
    "matchng": ("matching:", "matchng:", "/matchng", "did you mean matching"),
    "hard_rule": ("hard_rules:", "hard_rule:", "/matching/hard_rule", "did you mean hard_rules"),
    "a wave milestone without its instrument": (
        "  - {instrument: interim, milestone: interim_evaluation}\nsurveys", "  []\nsurveys", None, None),
    "two waves that contradict": (
        "  - {instrument: interim, milestone: interim_evaluation}",
        "  - {instrument: interim, milestone: interim_evaluation}\n"
        "  - {instrument: interim, opens: 2027-05-01, closes: 2027-05-09}",
        "/waves/1", "occasion tells them apart"),
    "an eligibility nobody can meet": (
        "any: [{field: region, in: [North, South]}]", "all: [{field: region, is: North}, {field: region, is: South}]",
        "/eligibility/mentee/0/all", "nobody could meet it"),
    "an answer that is no option": (
        "in: [North, South]", "in: [North, Suth]", "/eligibility/mentee/0/any/0/in", "did you mean South"),
    "a rule on what the other role is asked": (
        "{field: region, in: [North, South]}", "{field: grade, at_least: 10}", "/eligibility/mentee/0/any/0",
        "could meet"),
    "a date that stands to nothing": (
        "6 weeks before orientation", "6 weeks before orientatoin", "/milestones/0/date", "did you mean orientation"),
    "a date in words": ("starts: 2027-03-01", "starts: in spring", "/cohorts/0/starts", "a day"),
    "places: many": ("places: 20", "places: many", "/cohorts/0/places", "in digits"),
    "a version as a number with a point": (
        "document: notice, version: 1", "document: notice, version: 1.10", "/form/fields/4/version", "quote it"),
    "a notice that is not there": (
        "document: notice", "document: notise", "/form/fields/4/document", "did you mean notice"),
    "a criterion twice": ("id: health", "id: career", "/criteria", "twice"),
    "protected characteristic": (
        "attribute: employer", "attribute: ethnicity", "/matching/hard_rules/0/attribute", "protected"),
    "free text decides": ("text: 0.2", "text: 0.8", "/matching/weights/text", "25%"),
    "unknown trigger": ("trigger: mentoring_session", "trigger: full_moon", "/surveys/after/0/trigger", "is wanted"),
    "more criteria than there are": ("min: 1, max: 2, label", "min: 3, max: 4, label", "/form/fields/0/min", "nobody"),
    "unknown time zone": ("duration_months: 6", "zone: Europe/Londn", "/zone", "Europe/London"),
}  # fmt: skip


def faults(text):
    found = blueprint.examine_text(text)
    return {one.fault.pointer: one for one in found.faults if one.fault.level == "error"}


def test_the_good_one_is_good():
    assert faults(GOOD) == {}
    assert blueprint.examine_text(GOOD).usable().id == "ours"


@pytest.mark.parametrize("mistake", [name for name, what in MISTAKES.items() if what[2] is not None])
def test_a_mistake_is_refused_with_its_place_and_words(mistake):
    right, wrong, where, words = MISTAKES[mistake]
    assert GOOD.count(right) >= 1
    text = GOOD.replace(right, wrong, 1)
    found = faults(text)
    assert where in found, sorted((pointer, one.fault.said) for pointer, one in found.items())
    assert words in found[where].fault.said
    assert blueprint.examine_text(text).plan is None
    line = text.splitlines()[found[where].line - 1]
    assert found[where].column <= len(line) + 1
    # The same as JSON, or as YAML that a library of theirs has read, is refused too.
    assert blueprint.examine(yaml_text.ours(text.replace("2027-02-31", '"2027-02-31"'))).plan is None


def test_a_wave_milestone_needs_its_instrument():
    without = GOOD.replace("  - {instrument: interim, milestone: interim_evaluation}\n", "  []\n")
    without = without.replace("  - id: interim\n", "  - id: other\n")
    found = faults(without)["/milestones/4/kind"]
    assert "needs one called interim" in found.fault.said


def test_all_faults_come_at_once_in_the_order_of_the_file():
    text = GOOD.replace("minimum_n: 10", "minimum_n: ten").replace("direction: traditional", "direction: sideways")
    text = text.replace("attribute: employer", "attribute: emploier")
    lines = [one.line for one in faults(text).values()]
    assert len(lines) == 3
    assert lines == sorted(lines)


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 10)}]\n" for before, name in zip("abcdefg", "bcdefgh", strict=True)
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (BOMB, "too_large"),
        ("a: &a [*a]", "within_itself"),
        ("[" * 2000, "too_deep"),
        ("a: [", "yaml"),
        ("a: 1\n b: 2", "yaml"),
        ("a: !!python/object/apply:os.system [x]", "tag"),
        ("? [a, b]\n: 1", "name"),
        (b"\xff\xfe\x00", "encoding"),
        ("a: \x00", "yaml"),
        ("x" * (1 << 21), "too_large"),
        ("- 1", "not_a_mapping"),
        ("", "not_a_mapping"),
        ("12", "not_a_mapping"),
    ],
)
def test_what_is_no_blueprint_is_refused(text, code):
    assert [one.fault.code for one in blueprint.examine_text(text).faults][:1] == [code]


def test_a_name_that_stands_twice_is_refused_at_its_second_place():
    found = faults(GOOD.replace("duration_months: 6\n", "duration_months: 6\nduration_months: 12\n"))
    assert (found["/duration_months"].fault.code, found["/duration_months"].line) == ("named_twice", 6)


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("duration_months: 6", 'duration_months: "6"'),
        ("hours_budget: 6", 'hours_budget: "6.0"'),
        ("starts: 2027-03-01", 'starts: "2027-03-01"'),
        ("version: 1, label", 'version: "1", label'),
        ("document: notice, version: 1", "document: notice, version: 1"),
    ],
)
def test_quoted_or_not_a_value_means_the_same(written, right):
    assert faults(GOOD.replace(written, right)) == {}


def test_a_half_translated_text_is_a_warning():
    text = GOOD.replace("direction:", "languages: [en, cy]\ndirection:")
    text = text.replace("label: Your grade", "label: {en: Your grade}")
    found = blueprint.examine_text(text)
    assert found.plan is not None
    said = [(one.fault.pointer, one.fault.said) for one in found.faults if one.fault.code != "no_letters"]
    assert said == [("/form/fields/1/label", "not in cy")]


def warned(text):
    found = blueprint.examine_text(text)
    assert found.plan is not None, found.faults
    return {one.fault.pointer: one.fault.code for one in found.faults if one.fault.level == "warning"}


def test_an_indicator_of_a_role_that_nobody_has_is_refused():
    found = faults(GOOD.replace("figure: goes_well}", 'figure: "goes_well,,coach"}'))
    assert [one.fault.said[:35] for one in found.values()] == ["no such role or kind of respondents"]
    assert faults(GOOD.replace("figure: goes_well}", 'figure: "goes_well,,mentee"}')) == {}


def test_a_programme_of_too_few_to_publish_of_is_told_so():
    small = GOOD.replace("places: 20", "places: 16")
    assert warned(small) == {"/disclosure/public/minimum_n": "too_few_to_publish"}
    assert warned(GOOD.replace("places: 20", "places: 17")) == {}


def test_what_is_as_it_was_written_and_cannot_be_meant_is_a_warning():
    assert warned(GOOD) == {}
    assert warned(GOOD.replace("direction:", "languages: [en, pt-BR, de-AT]\ndirection:")) == {
        "/languages/1": "no_letters"
    }
    assert warned(GOOD.replace("matching:", "matching:\n  capacity: {default: 3, max: 2}")) == {
        "/matching/capacity/default": "never"
    }
    rule, gap = "kind: must_differ, attribute: employer", "kind: gap, attribute: NAME, least: 9"
    assert warned(GOOD.replace(rule, gap.replace("NAME", "employer"))) == {
        "/matching/hard_rules/0/attribute": "not_a_number"
    }
    assert warned(GOOD.replace(rule, gap.replace("NAME", "grade"))) == {"/matching/hard_rules/0/least": "never"}
    assert warned(GOOD.replace(rule, gap.replace("NAME, least: 9", "grade, least: 8"))) == {}


async def test_the_door_says_line_and_column_of_a_text(applications, office, tenant):
    text = GOOD.replace("direction: traditional", "direction: sideways")
    refused = await office.post("/programmes", json={"blueprint": text})
    assert (refused.status_code, refused.json()["code"]) == (422, "blueprint_invalid")
    [error] = refused.json()["errors"]
    assert (error["pointer"], error["line"], error["column"]) == ("/body/blueprint/direction", 4, 12)
    assert await applications.emitted(tenant, ProgrammeCreated) == []
    made = await office.post("/programmes", json={"blueprint": GOOD})
    assert (made.status_code, made.json()["title"]) == (201, "Our programme")


async def test_a_blueprint_is_checked_without_anything_being_made(applications, office, tenant):
    yaml_type = {"Content-Type": "application/yaml"}
    good = (await office.post("/blueprints/check", content=GOOD, headers=yaml_type)).json()
    assert good == {"usable": True, "title": "Our programme", "faults": []}
    bad = (await office.post("/blueprints/check", content=GOOD.replace("10}}", "ten}}"), headers=yaml_type)).json()
    assert (bad["usable"], [(f["pointer"], f["line"], f["level"]) for f in bad["faults"]]) == (
        False,
        [("/disclosure/public/minimum_n", 55, "error")],
    )
    data = yaml_text.ours(GOOD.replace("10}}", "ten}}").replace("2027-03-01", '"2027-03-01"'))
    same = (await office.post("/blueprints/check", json=data)).json()
    assert [(f["pointer"], f["line"]) for f in same["faults"]] == [("/disclosure/public/minimum_n", None)]
    assert (
        await office.post("/blueprints/check", content="{", headers={"Content-Type": "application/json"})
    ).status_code in (400, 422)
    assert await applications.emitted(tenant, ProgrammeCreated) == []


async def test_a_yearly_run_needs_a_cohort_and_no_new_file(office):
    made = (await office.post("/programmes", json={"blueprint": GOOD})).json()
    path = f"/programmes/{made['id']}/cohorts"
    cohort = (await office.post(path, json={"number": 2, "places": 12, "starts": "2028-03-06"})).json()
    dates = {m["kind"]: (m["starts_at"][:10], (m["ends_at"] or "")[:10]) for m in cohort["milestones"]}
    assert dates == {
        "expression_of_interest": ("2028-01-24", "2028-02-21"),
        "orientation": ("2028-03-06", ""),
        "match_confirmed": ("2028-03-20", ""),
        "interim_evaluation": ("2028-06-20", "2028-07-04"),
        "relationships_close": ("2028-09-20", ""),
    }
