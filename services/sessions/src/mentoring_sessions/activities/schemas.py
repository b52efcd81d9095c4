"""Activities as the REST API takes and gives them."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from mentoring_common.bodies import Body
from mentoring_common.versions import VersionedView
from mentoring_common.views import View
from mentoring_contracts.days import Day, Moment
from mentoring_contracts.words import Side
from mentoring_sessions.activities.recurrence import MOST, Every, TooMany, occurrences
from mentoring_sessions.fields import Label, Minutes

Kind = Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,39}$", description="orientation, cpd or a kind of the blueprint")]


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise PydanticCustomError("unknown_zone", "a time zone such as Europe/London is wanted")
    return name


Zone = Annotated[str, Field(max_length=64, examples=["Europe/London"]), AfterValidator(_known_zone)]
Link = Annotated[str, Field(max_length=2000, pattern=r"^https?://[^\s]+$", examples=["https://meet.example.org/a"])]


class NewActivity(Body):
    kind: Kind
    title: Label
    mode: Literal["online", "in_person"]
    location: Label | None = None
    starts_at: Moment
    minutes: Minutes
    cohort_id: UUID | None = None
    relationship_id: UUID | None = Field(None, description="the group that it is for, and nobody else")
    places: int | None = Field(None, ge=1, le=100_000)
    topics: list[Label] = Field([], max_length=50)
    zone: Zone | None = Field(None, description="of the clocks where it is; null: none was said")
    link: Link | None = Field(None, description="where it is online: shown to who has a place and who runs it")
    speakers: list[Label] = Field([], max_length=50)
    materials: list[Link] = Field([], max_length=50, description="addresses of what people read for it")
    sides: list[Side] = Field([], max_length=2, description="the side that it is for; none: both")
    invited: list[UUID] = Field([], max_length=500, description="the people whom it is for; none: everybody else")
    prerequisite: Kind | None = Field(None, description="the kind of activity that one has attended before")


class NewSeries(NewActivity):
    """Activities at the same hour of the clock of `zone`, the first of them at `starts_at`: so many, or until a day."""

    zone: Zone = Field(description="by whose clocks the hour stays the same, whatever summer time does")
    every: Every = Field(description="once a week, or on that day of the month (the last one of a month without it)")
    interval: int = Field(1, ge=1, le=52, description="every so many weeks or months")
    count: int | None = Field(None, ge=2, le=MOST, description="how many there are, with the first")
    until: Day | None = Field(None, description="the last day on which one may be, by the clocks of `zone`")

    @model_validator(mode="after")
    def _ends_in_one_way(self) -> "NewSeries":
        if (self.count is None) == (self.until is None):
            raise PydanticCustomError("series_end", "say either how many there are (count) or until which day (until)")
        try:
            found = len(self.times())
        except TooMany:
            said = "that is more than {most} activities: an earlier day is wanted, or a longer interval"
            raise PydanticCustomError("series_too_long", said, {"most": MOST}) from None
        if found < 2:
            raise PydanticCustomError("series_too_short", "a series has two activities or more: a later day is wanted")
        return self

    def times(self) -> list[datetime]:
        """When its activities are. TooMany."""
        return occurrences(self.starts_at, self.zone, self.every, self.interval, count=self.count, until=self.until)


class ActivityChange(Body):
    """What changes; what is not given stays."""

    title: Label | None = None
    mode: Literal["online", "in_person"] | None = None
    location: Label | None = None
    starts_at: Moment | None = None
    minutes: Minutes | None = None
    places: int | None = Field(None, ge=1, le=100_000)
    topics: list[Label] | None = Field(None, max_length=50)
    zone: Zone | None = None
    link: Link | None = Field(None, description="where it is online")
    speakers: list[Label] | None = Field(None, max_length=50)
    materials: list[Link] | None = Field(None, max_length=50)
    following: bool = Field(False, description="whether also those of its series after it")


class Cancelling(Body):
    following: bool = Field(False, description="whether also those of its series after it")


class Joining(Body):
    wait: bool = Field(False, description="whether to stand in line where every place is taken")


class DoorCode(Body):
    code: str = Field(min_length=4, max_length=20, description="what is shown at the door", examples=["7KX2M9QP"])


class ActivityView(View, VersionedView):
    MADE_AT: ClassVar = "/activities/{id}"
    ALONE = True
    id: UUID
    programme_id: UUID
    cohort_id: UUID | None
    relationship_id: UUID | None
    kind: str
    title: str
    mode: Literal["online", "in_person"]
    location: str | None
    starts_at: datetime
    minutes: int
    places: int | None
    registered: int
    registered_myself: bool = Field(description="whether you have a place")
    topics: list[str]
    zone: str | None
    speakers: list[str]
    materials: list[str]
    sides: list[Side]
    prerequisite: str | None
    held_at: datetime | None
    cancelled_at: datetime | None
    series_id: UUID | None = Field(description="the series that it is of")
    occurrence: int | None = Field(description="which of its series it is, from 1")


class SeriesView(View):
    MADE_AT: ClassVar = "/activity-series/{id}"
    id: UUID
    items: list[ActivityView] = Field(description="its activities, in order")


class ActivityKindView(View):
    id: str = Field(description="what kind it is, as activities name it")
    title: str


class PlaceView(View):
    """Where somebody stands at an activity: `place`, or `waiting` as the `position`th."""

    activity_id: UUID
    state: Literal["place", "waiting", "none"]
    position: int | None
    link: str | None = Field(description="where it is online, for who has a place")


class RegistrationView(View):
    id: UUID
    person_id: UUID
    registered_at: datetime
    waits: bool = Field(description="whether the person waits for a place")


class DoorView(View):
    id: UUID
    link: str | None
    door_code: str | None


class AttendedView(View):
    """An activity that somebody attended, and how long it was: their own record of what they learned."""

    activity_id: UUID
    programme_id: UUID
    kind: str
    title: str
    starts_at: datetime
    minutes: int


class RequirementView(View):
    """One thing that a person attends to complete a programme, and how far they are."""

    id: str
    title: str
    kinds: list[str] = Field(description="the kinds of activities that count")
    attend: int | None = Field(description="how many activities are wanted")
    minutes: int | None = Field(description="how many minutes are wanted")
    attended: int = Field(description="how many activities there were")
    attended_minutes: int = Field(description="how long these were")
    met: bool = Field(description="whether it is enough")
    due_at: datetime | None = Field(
        None, description="by when it is to be met, in UTC; null: there is no date, none is known yet, or it is met"
    )
    overdue: bool = Field(False, description="whether that is past")


class CompletionView(View):
    """What somebody who was accepted attends to complete a programme; `complete` once all of it is met."""

    id: UUID = Field(description="of the application that was accepted")
    person_id: UUID
    side: str | None
    complete: bool = Field(description="whether all of it is met")
    requirements: list[RequirementView] = Field(description="what there is to attend, and how far they are")


class DueActivityView(RequirementView):
    """Something that a person attends to complete a programme, has not met, and is to meet by a date."""

    programme_id: UUID
    side: str | None


class CertificateOf(Body):
    side: Side | None = Field(None, description="on which side; null: the one that is complete")


class CertificateChange(Body):
    shows_name: bool = Field(description="whether who verifies the number is shown your name, as it is today")


class CompletedView(View):
    """What was asked to complete a programme, and how far its holder was on the day of the certificate."""

    title: str
    attended: int = Field(description="how many activities there were")
    minutes: int = Field(description="how long these were")


class CertificateView(View, VersionedView):
    """A certificate of having completed a programme; what it says stays as it was issued."""

    MADE_AT: ClassVar = "/certificates/{id}"
    ALONE = True
    id: UUID
    programme_id: UUID
    side: str | None
    number: str = Field(description="what anybody verifies it by")
    state: Literal["valid", "withdrawn"]
    programme: str | None = Field(description="the title of the programme")
    completed: list[CompletedView] = Field(description="what was completed")
    minutes: int = Field(description="how long all that counts was: CPD hours, in minutes")
    issued_at: datetime
    withdrawn_at: datetime | None
    shows_name: bool = Field(description="whether who verifies the number is shown your name")


class VerifiedView(View):
    """What anybody learns by the number of a certificate; of one that is not known no more than that."""

    state: Literal["valid", "withdrawn", "unknown"]
    programme: str | None = Field(description="the title of the programme")
    completed: list[str] = Field(description="what was completed")
    holder: str | None = Field(description="whose it is, where they want it shown")


class ActivityIds(Body):
    activity_ids: list[UUID] = Field(max_length=500, description="the activities that letters are about")


class ActivityToTell(View):
    id: UUID
    title: str
    starts_at: datetime
    location: str | None
    zone: str | None


class ActivitiesToTell(View):
    items: list[ActivityToTell]


class People(Body):
    person_ids: list[UUID] = Field(min_length=1, max_length=500)


class AttendanceResult(View):
    recorded: int = Field(description="people not known to have attended before")
    attended: int = Field(description="everybody who attended so far")


class AttendanceView(View):
    id: UUID
    person_id: UUID
    recorded_at: datetime


class AttendanceWithdrawnView(View):
    activity_id: UUID
    person_id: UUID
    attended: int = Field(description="everybody else who attended")


class WithdrawnAttendanceView(View):
    id: UUID
    person_id: UUID
    recorded_at: datetime
    withdrawn_by: UUID
    withdrawn_at: datetime
    reason: str | None = Field(description="null where the caller may not read it, or its writer was erased")


class HeldView(View):
    id: UUID
    held_at: datetime
    attended: int
