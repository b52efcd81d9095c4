"""What a respondent is told before answering, in their language where there are words for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from mentoring_common import yaml_text
from mentoring_evaluation.surveys.instruments import Told
from mentoring_evaluation.surveys.wordings import Wording

FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice and the language it is in."""

    text: str
    language: str


def notice_for(told: Told, words: Wording | None, own: str) -> Notice:
    """The notice that goes with the words chosen for a reader (None: the survey's `own` language): what these words
    bring along, else ours in their language, else English. That researchers are given sheets is always in our words."""
    language = words.language if words else own
    if words and words.notice and told != "researchers":
        return Notice(words.notice, language)
    easy = [f"{tag} easy" for tag in _tags(language)] if words and words.easy_read else []
    for tag in (*easy, *_tags(language)):
        if tag in notices():
            return Notice(notices()[tag][told], tag.removesuffix(" easy"))
    return Notice(notices()[FALLBACK][told], FALLBACK)


def _tags(language: str) -> tuple[str, str]:
    return language, language.partition("-")[0]


@cache
def notices() -> Mapping[str, Mapping[Told, str]]:
    """Every notice there is, by language (`… easy`: easy to read) and what is told."""
    text = resources.files("mentoring_evaluation.surveys").joinpath("notices.yaml").read_text("utf-8")
    known: Mapping[str, Mapping[Told, str]] = yaml_text.ours(text)
    return known
