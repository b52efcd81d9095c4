"""What the demo finds and recommends fits its programme."""

from mentoring_allinone.demo.findings import plan
from mentoring_allinone.demo.recruitment import TEAM
from mentoring_allinone.demo.scenario import load_scenario
from mentoring_allinone.demo.words import COMMENTS, QUOTES

SCENARIO = load_scenario()


def test_a_case_study_has_the_sections_that_the_programme_names():
    assert list(plan()["case_study"]) == SCENARIO.blueprint["interviews"]["case_study_sections"]


def test_every_theme_is_in_some_text_and_bears_on_aims_that_there_are():
    texts = [text.lower() for said in (*QUOTES.values(), *COMMENTS.values()) for text in said]
    for theme in plan()["themes"]:
        assert all(any(words in text for text in texts) for words in theme["found_where_said"]), theme["title"]
        assert all(aim < len(SCENARIO.blueprint["aims"]) for aim in theme["aims"])


def test_recommendations_have_owners_in_the_team_and_dates_to_come():
    titles = {theme["title"] for theme in plan()["themes"]} | {None}
    for one in plan()["recommendations"]:
        assert one["owner"] in TEAM
        assert one["theme"] in titles
        assert one["due"] > SCENARIO.follow_up_on
        assert one["acts"] == [] or one["note"]
    dates = [one["due"] for one in plan()["recommendations"]]
    assert dates == sorted(dates)


def test_nobody_is_quoted_with_the_words_of_another():
    said = [quote for quotes in QUOTES.values() for quote in quotes]
    assert len(set(said)) == len(said)


def test_indicators_of_the_blueprint_have_base_and_unit_and_a_stage():
    model = SCENARIO.blueprint["evaluation_model"]
    for indicator in model["indicators"]:
        assert indicator["base"]
        assert indicator["unit"]
        assert indicator["stage"] in model["stages"]
