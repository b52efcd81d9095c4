"""A survey in other words: translations and easy-read texts, laid over what the instrument itself says."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from mentoring_common.documented import DocumentedAs
from mentoring_contracts.words import RoleId

Words = Annotated[str, Field(min_length=1, max_length=2000)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", description="BCP 47, such as cy or pt-BR")]


class WordsByRole(BaseModel):
    """What is said to mentors, and what to mentees; kinds of respondents may stand beside them."""

    mentor: Words | None = None
    mentee: Words | None = None


Said = Words | Annotated[dict[RoleId, Words], DocumentedAs(WordsByRole)]


class QuestionWords(BaseModel):
    """One question in other words; what is left out stays as the instrument says it. Keys are its own values."""

    model_config = ConfigDict(extra="forbid")
    text: Said | None = None
    options: dict[str, Words] = {}
    rows: dict[str, Words] = {}
    labels: dict[str, Words] = {}


class Wording(BaseModel):
    """The whole survey in one language, plain or easy to read.

    `notice` says what is kept of who answered, instead of what this service would say (notices.py).
    """

    model_config = ConfigDict(extra="forbid")
    language: Language
    easy_read: bool = False
    title: Words | None = None
    notice: Words | None = None
    questions: dict[str, QuestionWords]


NOTHING = QuestionWords()


def chosen(wordings: Sequence[Wording], own: str, wanted: Sequence[str], easy_read: bool) -> Wording | None:
    """The wording for who reads these languages, most wanted first; None for the instrument's own words.

    The language comes before easy reading: a reader who asks for easy Welsh gets plain Welsh before easy English.
    """
    by_kind = {(wording.language, wording.easy_read): wording for wording in wordings}
    for tag in dict.fromkeys(each for one in wanted for each in (one, one.partition("-")[0])):
        found = (by_kind.get((tag, True)) if easy_read else None) or by_kind.get((tag, False))
        if found is not None or tag == own:
            return found
    return by_kind.get((own, True)) if easy_read else None
