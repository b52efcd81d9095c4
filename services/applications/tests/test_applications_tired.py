"""What a tired person writes in a blueprint, and what people say in their own way."""

from pathlib import Path

import pytest

from mentoring_applications.programmes import blueprint

GOOD = Path(__file__).with_name("good.yaml").read_text()

# What a tired person writes, and what the door says of it: as above. W: it is a warning, and a programme is made.
TIRED = {
    "two ways, and nothing says what": (
        "direction: traditional", "direction: two_way", "/direction", "no rankings wants and offers", "W"),
    "two ways asked by half": (
        "direction: traditional", "direction: two_way", "/form/fields", "and not offers", "E",
        "    - {id: grade, ", "    - {id: wants, kind: ranking, of: criteria, roles: [mentor, mentee], label: W}\n"),
    "two ways asked of one side": (
        "direction: traditional", "direction: two_way", "/form/fields/1/roles", "everybody is asked", "E",
        "    - {id: grade, ", "    - {id: wants, kind: ranking, of: criteria, roles: [mentee], label: W}\n"
        "    - {id: offers, kind: ranking, of: criteria, roles: [mentor, mentee], label: O}\n"),
    "a budget that is not that of its months": (
        "hours_budget: 6", "hours_budget: 6\nhours_per_month: 2", "/hours_budget", "makes 12 hours in 6 months"),
    "a budget of one month for the whole": (
        "hours_budget: 6", "hours_budget: 2\nhours_per_month: 2", "/hours_budget", "says 2"),
    "hours of coaching a month for the whole": (
        "disclosure:", "formats: [{id: coaching, hours_budget: 6, hours_per_month: 6}]\ndisclosure:",
        "/formats/0/hours_budget", "makes 36 hours"),
    "a budget in words of a unit": ("hours_budget: 6", "hours_budget: 6 h", "/hours_budget", "in digits"),
    "a quoted number with a comma": ("hours_budget: 6", 'hours_budget: "6,5"', "/hours_budget", "6 or 1.5"),
    "a duration in weeks": ("duration_months: 6", "duration_weeks: 26", "/duration_weeks", "duration_months"),
    "a duration with its unit": ("duration_months: 6", "duration_months: 6 months", "/duration_months", "in digits"),
    "a close long before the months are over": (
        "6 months after match_confirmed", "3 months and 1 day", "/milestones/6/date", "is wanted"),
    "a close before the months are over": (
        "{kind: relationships_close, date: 6 months after match_confirmed}",
        "{kind: relationships_close, date: 13 weeks after match_confirmed}", "/milestones/6/date",
        "and duration_months is 6", "W"),
    "a match confirmed twice": (
        "  - {kind: relationships_close", "  - {kind: match_confirmed, date: 2027-03-20}\n"
        "  - {kind: relationships_close", "/milestones/6/kind", "has this step once"),
    "the same day twice": (
        "  - {kind: relationships_close", "  - {kind: orientation, date: start}\n  - {kind: relationships_close",
        "/milestones/6/kind", "twice on the same day"),
    "a round that is before the one before": (
        "starts: 2027-03-01}", "starts: 2027-03-01}\n  - {number: 2, places: 20, starts: 2026-03-01}",
        "/cohorts/1/starts", "lower number", "W"),
    "a round without a place": ("places: 20", "places: 0", "/cohorts/0/places", "nobody could be accepted", "W"),
    "a date with points": ("starts: 2027-03-01", "starts: 01.03.2027", "/cohorts/0/starts", "2022-03-02"),
    "a date with strokes": ("starts: 2027-03-01", "starts: 01/03/2027", "/cohorts/0/starts", "2022-03-02"),
    "29 February of no leap year": ("starts: 2027-03-01", "starts: 2027-02-29", "/cohorts/0/starts", "no such day"),
    "an hour of no clock": (
        "date: 2 weeks before orientation", "date: 2 weeks before orientation at 25:00", "/milestones/1/date",
        "no such day or time"),
    "a number in words": (
        "6 weeks before orientation", "six weeks before orientation", "/milestones/0/date", "6 weeks before"),
    "a short word for weeks": (
        "6 weeks before orientation", "6 wks before orientation", "/milestones/0/date", "6 weeks before"),
    "the length of a choice": (
        "options: [North, South],", "options: [North, South], max_length: 20,", "/form/fields/3/max_length",
        "only of list, text"),
    "the least of a text": ("{id: employer, kind: text,", "{id: employer, kind: text, min: 3,", "/form/fields/2/min",
        "only of integer, list, ranking"),
    "a text of languages": ("{id: employer, kind: text,", "{id: employer, kind: text, of: language,",
        "/form/fields/2/of", "only of list, ranking"),
    "a notice with a text": ("{id: employer, kind: text,", "{id: employer, kind: text, document: notice,",
        "/form/fields/2/document", "only of consent"),
    "the length of a survey's choice": (
        "scale: agreement, counted", "scale: agreement, max_length: 9, counted",
        "/instruments/0/questions/0/max_length", "only of text"),
    "the numbers of a survey's choice": (
        "scale: agreement, counted", "scale: agreement, min: 1, max: 5, counted",
        "/instruments/0/questions/0/max", "only of integer, scale"),
    "a gap's number for a rule that has none": (
        "kind: must_differ, attribute: employer", "kind: must_differ, attribute: employer, least: 2",
        "/matching/hard_rules/0/least", "says nothing of must_differ"),
    "two rules that no pair meets": (
        "must_differ, attribute: employer}", "must_differ, attribute: employer}\n"
        "    - {id: same, kind: must_match, attribute: employer}", "/matching/hard_rules/1/kind", "meet both"),
    "a rule on what is kept apart": (
        "kind: must_differ, attribute: employer", "kind: must_differ, attribute: criteria",
        "/matching/hard_rules/0/attribute", "kept apart"),
    "a share where a count is": (
        "figure: goes_well}", "figure: matched_pairs}", "/evaluation_model/indicators/0/kind", "kind is count"),
    "a count where a share is": (
        "kind: share, unit: percent", "kind: count, unit: people", "/evaluation_model/indicators/0/kind",
        "kind is share"),
    "a mean where a share is": (
        "kind: share, unit: percent", "kind: mean, unit: points", "/evaluation_model/indicators/0/kind",
        "kind is share"),
    "a share as a fraction": (
        "figure: goes_well}", "figure: goes_well, target: 0.8}", "/evaluation_model/indicators/0/target",
        "the target is 80", "W"),
    "weights in percent": ("topics: 0.8", "topics: 80%", "/matching/weights/topics", "in digits"),
    "a floor in percent": ("  weights:", "  floor: 20\n  weights:", "/matching/floor", "or equal to 1"),
    "offers in hours": ("  weights:", "  offers: {limit_hours: 48}\n  weights:", "/matching/offers/limit_hours",
        "limit_days"),
    "a role twice": ("roles: [mentee], options", "roles: [mentee, mentee], options", "/form/fields/3/roles/1", "twice"),
    "a language twice": ("direction:", "languages: [en, en]\ndirection:", "/languages/1", "twice"),
    "a language by its name": ("direction:", "languages: [english]\ndirection:", "/languages/0", "such as en"),
    "a language by its country": ("direction:", "languages: [EN-gb]\ndirection:", "/languages/0", "such as en"),
    "an answer counted twice": ('counted: ["Yes"]', 'counted: ["Yes", "Yes"]', "/instruments/0/questions/0/counted/1",
        "twice"),
    "every answer counted": ('counted: ["Yes"]', 'counted: ["Yes", "No"]', "/instruments/0/questions/0/counted",
        "always 100 %", "W"),
    "options that only capitals tell apart": ("[North, South]", "[North, South, north]", "/form/fields/3/options",
        "listed twice"),
    "a notice twice": ("  - {id: notice, version: 1}", "  - {id: notice, version: 1}\n  - {id: notice, version: 1}",
        "/privacy_notices/1", "one id and version"),
    "a question of equality twice": (
        "privacy_notices:", "  equality_monitoring: {fields: [{id: age, kind: choice, options: [a, b]}, "
        "{id: age, kind: choice, options: [a]}]}\nprivacy_notices:", "/form/equality_monitoring/fields/1/id",
        "two questions"),
    "no one in a list": ("roles: [mentee], options", "roles: [], options", "/form/fields/3/roles", "at least one"),
    "no weights": ("weights: {topics: 0.8, text: 0.2}", "weights: {}", "/matching/weights", "at least one"),
    "no conditions": ("any: [{field: region, in: [North, South]}]", "any: []", "/eligibility/mentee/0/any",
        "at least one"),
    "words for one role of two": (
        "max: 9, label: Your grade", "max: 9, label: {mentor: Your grade}", "/form/fields/1/label", "none for mentee"),
    "a text half in another language": (
        "label: Your grade", "label: {en: Your grade, cy: Eich gradd}", "/form/fields/1/label", "not name cy", "W"),
    "two questions that mean one thing": (
        "    - {id: grade,", "    - {id: free_text, kind: text, roles: [mentee], label: More}\n    - {id: grade,",
        "/form/fields/6/id", "one of them would be lost"),
    "two rankings of one list": (
        "    - {id: grade,", "    - {id: topics, kind: ranking, of: criteria, roles: [mentor], label: T}\n"
        "    - {id: grade,", "/form/fields/1/id", "wants and offers"),
    "capacity as a text": (
        "    - {id: grade,", "    - {id: capacity, kind: text, roles: [mentor], label: How many}\n    - {id: grade,",
        "/form/fields/1/kind", "is of kind integer"),
    "capacity of a mentee": (
        "    - {id: grade,", "    - {id: capacity, kind: integer, roles: [mentee], label: How many}\n    - {id: grade,",
        "/form/fields/1/roles", "asked of mentors"),
    "more wanted than there is": ("min: 1, max: 2, label", "min: 1, max: 3, label", "/form/fields/0/max",
        "could name so many", "W"),
    "a weight of what nobody is asked": (
        "text: 0.2", "preferences: 0.2", "/matching/weights/preferences", "no pair would score by it", "W"),
    "a weight of a field that is not there": (
        "text: 0.2", "near: 0.2", "/matching/weights/near", "it reads country, region, town"),
    "a question that depends on itself": (
        "options: [North, South],", "options: [North, South], required_when: {field: region, is: North},",
        "/form/fields/3/required_when/field", "own answer"),
    "a question that depends on what others are asked": (
        "max: 9, label", "max: 9, asked_when: {field: region, is: North}, label",
        "/form/fields/1/asked_when/field", "does not ask a mentor"),
    "is and in": ("{field: region, in: [North, South]}", "{field: region, is: North, in: [South]}",
        "/eligibility/mentee/0/any/0/in", "not both"),
    "a survey's question nobody comes to": (
        "         text: Goes well}", "         text: Goes well}\n"
        "      - {id: a, kind: choice, roles: [mentor], options: [A, B], text: A}\n"
        "      - {id: b, kind: text, roles: [mentee], shown_when: {question: a, is: A}, text: B}",
        "/instruments/0/questions/2/shown_when/question", "never see"),
    "a scale nobody uses": (
        'agreement: ["Yes", "No"]', 'agreement: ["Yes", "No"]\n  other: [A, B]', "/scales/other", "no question", "W"),
    "managers whom no question is for": (
        "surveys:\n", "respondents: [{id: manager, title: Line manager}]\nsurveys:\n", "/respondents/0",
        "no question asks them", "W"),
    "a wave for those it asks nothing": (
        "milestone: interim_evaluation}\n",
        "milestone: interim_evaluation, respondents: [boss]}\nrespondents: [{id: boss, title: Line manager}]\n",
        "/waves/0/respondents/0", "no question for a boss"),
    "a first look after the end": (
        "hours_budget: 6", "hours_budget: 6\nreviews: {fit_check_days: 300}", "/reviews/fit_check_days", "be over by"),
    "a pair that is never quiet": (
        "disclosure:", "nudges: {quiet_after_weeks: 50}\ndisclosure:", "/nudges/quiet_after_weeks",
        "ever be quiet", "W"),
    "the urgent last": (
        "disclosure:", "concerns: {hours: {urgent: 72, serious: 24, normal: 4}}\ndisclosure:", "/concerns/hours",
        "no later"),
    "hours to undo what is told together": (
        "disclosure:", "applying: {decisions: {told: on_release, hours_to_undo: 24}}\ndisclosure:",
        "/applying/decisions/hours_to_undo", "leave it out"),
    "a member a step too high": ("disclosure: {public: {minimum_n: 10}}", "disclosure: {minimum_n: 10}",
        "/disclosure/minimum_n", "under public"),
    "a section's member in the whole": ("disclosure:", "hard_rules: []\ndisclosure:", "/hard_rules", "under matching"),
    "a time zone by its letters": ("duration_months: 6", "zone: BST\nduration_months: 6", "/zone", "Europe/London"),
    "a time of day that is none": (
        "  weights:", "  recurring: {every: week, day: monday, at: 6 pm}\n  weights:", "/matching/recurring/at",
        "such as 06:00"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", TIRED)
def test_what_a_tired_person_writes_has_its_answer(mistake):
    right, wrong, where, words, *more = TIRED[mistake]
    level, before, inserted = [*more, *("E", "", "")[len(more) :]]
    text = GOOD.replace(right, wrong, 1)
    text = text.replace(before, inserted + before, 1) if before else text
    assert text != GOOD
    found = {one.fault.pointer: one for one in blueprint.examine_text(text).faults}
    assert where in found, sorted((pointer, one.fault.said) for pointer, one in found.items())
    assert words in found[where].fault.said
    assert found[where].fault.level[0].upper() == level
    assert (blueprint.examine_text(text).plan is None) == (level == "E")
    assert found[where].line <= len(text.splitlines()) + 1
    assert found[where].column >= 1


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("{id: criteria, kind: ranking", "{id: topics, kind: ranking"),
        ("  - {kind: orientation, date: start}", "  - {kind: orientation, date: start}\n"
         "  - {kind: habits_start, title: Habits, date: start}\n  - {kind: habits_end, date: 6 weeks after start}"),
        ("figure: goes_well}", "figure: habits_embedded}"),
        ("weights: {topics: 0.8, text: 0.2}", "weights: {topics: 0.8, text: 0.2, near: 0.1}"),
        ("hours_budget: 6", "hours_budget: 6\nhours_per_month: 1"),
        ("  - {kind: relationships_close", "  - {kind: cpd, date: 2027-04-01}\n  - {kind: cpd, date: 2027-05-01}\n"
         "  - {kind: relationships_close"),
        ("label: Your grade", "label: {mentor: Your grade, mentee: The grade you hold}"),
    ],
)  # fmt: skip
def test_what_people_say_in_their_own_way_is_taken(written, instead):
    asked = "roles: [mentee], options: [North, South], label: Your region"
    text = GOOD.replace(asked, asked.replace("[mentee]", "[mentor, mentee]")).replace(written, instead)
    found = blueprint.examine_text(text)
    assert [(one.fault.pointer, one.fault.said) for one in found.faults] == []
