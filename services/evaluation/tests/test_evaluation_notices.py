"""What a respondent is told before answering, in the language of the questions."""

import uuid
from typing import get_args

import pytest

from mentoring_evaluation.disclosure.floor import Mode
from mentoring_evaluation.surveys.notices import notice_for, notices
from mentoring_evaluation.surveys.presets import presets
from mentoring_evaluation.surveys.wordings import Wording


def words(language, easy_read=False, notice=None):
    return Wording(language=language, easy_read=easy_read, questions={}, notice=notice)


@pytest.mark.parametrize(
    ("chosen", "own", "said"),
    [
        (None, "en", "en"),
        (None, "de", "de"),
        (None, "pt-BR", "en"),
        (words("cy"), "en", "cy"),
        (words("fr-CA"), "en", "fr"),
        (words("de", easy_read=True), "en", "de"),
        (words("th"), "cy", "en"),
        (words("th", notice="ไม่มีใครรู้"), "en", "th"),
    ],
)
def test_a_notice_says_in_which_language_it_is(chosen, own, said):
    found = notice_for("anonymous", chosen, own)
    assert found.language == said
    brought = chosen and chosen.notice
    assert found.text == (brought or notices()[said]["anonymous"])


def test_easy_words_have_an_easy_notice():
    assert notice_for("paired", words("en", easy_read=True), "en").text == notices()["en easy"]["paired"]


def test_every_notice_is_there_for_every_mode_and_every_language_of_the_presets():
    assert {frozenset(by_mode) for by_mode in notices().values()} == {frozenset((*get_args(Mode), "researchers"))}
    spoken = {words.language for survey in presets().values() for words in survey.wordings}
    assert spoken | {survey.language for survey in presets().values()} <= notices().keys()


async def test_an_instrument_brings_its_own_notice(programme):
    words = [
        {"language": "th", "questions": {}, "notice": "คำตอบของคุณไม่ระบุชื่อ"},
        {"language": "cy", "questions": {"q": {"text": "Pa mor aml?"}}},
        {"language": "sw", "questions": {"q": {"text": "Mara ngapi?"}}},
    ]
    asked = [{"id": "q", "kind": "integer", "roles": ["mentor", "mentee"], "text": "How often?"}]
    survey = {"id": "summative", "title": "T", "questions": asked, "wordings": words}
    await programme.begin(blueprint={"title": "P", "instruments": [survey]})
    mentor = uuid.uuid4()
    await programme.match(1, mentor, uuid.uuid4())
    wave = (await programme.open())["summative", 1]
    token = (await programme.tokens(wave["id"]))[mentor]
    shown = {
        tag: (await programme.public.get(f"/surveys/{token}", params={"language": tag})).json()
        for tag in ("th", "cy", "sw", "en")
    }
    assert (shown["th"]["notice"], shown["th"]["notice_language"]) == ("คำตอบของคุณไม่ระบุชื่อ", "th")
    assert [(one["language"], one["notice_language"]) for one in shown.values()] == [
        ("th", "th"), ("cy", "cy"), ("sw", "en"), ("en", "en"),
    ]  # fmt: skip
    assert shown["cy"]["notice"] == notices()["cy"]["anonymous"]
    for read, tag in (("cy", "cy"), ("de, cy-GB;q=0.5, th;q=0.1", "cy"), ("de", "en"), ("en-GB, cy;q=0.5", "en")):
        by_header = await programme.public.get(f"/surveys/{token}", headers={"Accept-Language": read})
        assert by_header.json()["language"] == tag
