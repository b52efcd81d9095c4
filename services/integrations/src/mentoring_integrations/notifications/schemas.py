"""What the API takes and gives of notifications."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from mentoring_common.bodies import Body
from mentoring_common.versions import VersionedView
from mentoring_common.views import View
from mentoring_integrations.notifications.languages import LANGUAGES
from mentoring_integrations.notifications.timing import Digest

Kind = Literal[
    "decision", "nomination", "assessment", "data", "draft_reminder", "cohort_change", "offer", "offer_closed",
    "introduction", "match_ended", "nudge", "relationship", "appointment", "survey_invitation", "survey_reminder",
    "account", "concern", "activity", "webhook", "review", "resource", "certificate",
]  # fmt: skip


LetterState = Literal["queued", "held", "bundled", "sent", "muted", "lapsed", "bounced", "failed"]


class NotificationView(BaseModel):
    """One entry of the inbox; `link` is null where a message had a personal one (a survey invitation)."""

    id: UUID
    kind: Kind
    topic: str
    subject_id: UUID
    programme_id: UUID | None
    cohort_id: UUID | None
    title: str
    text: str
    link: str | None
    created_at: datetime
    read_at: datetime | None


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise PydanticCustomError("unknown_zone", "a time zone such as Europe/London is wanted")
    return name


def _known_language(tag: str) -> str:
    if tag.partition("-")[0] not in LANGUAGES:
        known = ", ".join(sorted(LANGUAGES))
        raise PydanticCustomError("unknown_language", "letters are written in: {known}", {"known": known})
    return tag


Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Zone = Annotated[str, Field(max_length=64), AfterValidator(_known_zone)]
Language = Annotated[
    str,
    Field(max_length=35, pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", examples=["en"]),
    AfterValidator(_known_language),
]


class QuietHours(Body):
    """No letter goes from `begins` to `ends` on the person's clock, also over midnight."""

    begins: Clock = Field(examples=["22:00"])
    ends: Clock = Field(examples=["07:00"])

    @model_validator(mode="after")
    def _some(self) -> "QuietHours":
        if self.begins == self.ends:
            raise PydanticCustomError("no_hours", "quiet hours end at another time than they begin")
        return self


class Preferences(Body):
    """How one wants to be told: what is not given, and kinds that are not named, stay as they are."""

    email: dict[Kind, bool] = Field({}, description="whether each kind is sent by e-mail")
    inbox: dict[Kind, bool] = Field({}, description="whether each kind stands in the inbox")
    digest: Digest = Field(
        "off", description="letters one by one (off), or together every day or every Monday at 08:00"
    )
    quiet_hours: QuietHours | None = Field(None, description="null: none")
    zone: Zone | None = Field(None, description="of one's clock; null: the programme's", examples=["Europe/London"])
    language: Language | None = Field(None, description="of letters and inbox; null: the programme's, or one's own")
    easy_read: bool = Field(False, description="whether in easy words, where there are some")


class PreferencesView(VersionedView):
    """How a person wants to be told: by kind whether by e-mail and in the inbox, when, and in which words."""

    ALONE = True
    email: dict[Kind, bool]
    inbox: dict[Kind, bool]
    digest: Digest
    quiet_hours: QuietHours | None
    zone: str | None
    language: str | None
    easy_read: bool


class LetterView(View):
    """That somebody was written to: what about, when, whether it went and was read in the inbox; never a word of it."""

    id: UUID
    person_id: UUID
    kind: Kind
    topic: str
    state: LetterState
    last_error: str | None
    created_at: datetime
    held_until: datetime | None
    sent_at: datetime | None
    read_at: datetime | None


class LogEntry(View):
    kind: Kind | Literal["digest"]
    topic: str
    state: LetterState
    last_error: str | None
    count: int
    read: int = Field(description="how many of them were read in the inbox")


class NotificationLog(BaseModel):
    items: list[LogEntry]
