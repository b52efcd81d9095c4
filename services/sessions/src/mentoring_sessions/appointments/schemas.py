"""Appointments and calendars as the REST API takes and gives them."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from mentoring_common.bodies import Body
from mentoring_common.versions import VersionedView
from mentoring_common.views import View
from mentoring_contracts.days import Moment
from mentoring_sessions.appointments.local_time import known_zone
from mentoring_sessions.fields import Label, MeetingMode, Minutes, Text, Why
from mentoring_sessions.meetings.schemas import Topics

Times = Annotated[list[Moment], Field(min_length=1, max_length=10, description="one of them is accepted")]
Where = Annotated[str, Field(min_length=1, max_length=500, description="a place, or the link to join")]
AppointmentState = Literal["proposed", "agreed", "cancelled", "held", "missed"]


class NewAppointment(Body):
    times: Times
    minutes: Minutes = 60
    mode: MeetingMode = "online"
    where: Where | None = None


class OtherTimes(Body):
    times: Times
    minutes: Minutes | None = None
    mode: MeetingMode | None = None
    where: Where | None = None


class Accepted(Body):
    starts_at: Moment = Field(description="one of the times that were proposed")


class Held(Body):
    minutes: Minutes | None = Field(None, description="how long it took; without it as long as was planned")
    note: Text | None = None
    topics: Topics = []
    reason: Why | None = Field(None, description="why it was wrong that it was missed; needed where that was said")


class LocalTime(View):
    person_id: UUID
    zone: str = Field(description="their time zone")
    starts_at: datetime = Field(description="by the clocks of the zone, with its offset from UTC")


class TimeView(View):
    starts_at: datetime
    local: list[LocalTime] = Field(description="for everybody in the relationship, by their own clocks")


class AppointmentStateView(View, VersionedView):
    MADE_AT: ClassVar = "/appointments/{id}"
    id: UUID
    match_id: UUID
    state: AppointmentState
    proposed_by: UUID = Field(description="who proposed the times last: another one accepts")
    times: list[TimeView] = Field(description="that were proposed last")
    starts_at: datetime | None = Field(description="when it is, once a time was accepted; it stands until another is")
    minutes: int
    mode: MeetingMode
    sequence: int = Field(description="how often the time that stands was changed, as in calendars")
    mentoring_session_id: UUID | None = Field(description="the meeting that was recorded of it")


class AppointmentView(AppointmentStateView):
    where: str | None = Field(description="a place or a link, for those in the relationship")


class AppointmentCorrectionView(View):
    """Somebody said that an appointment was missed, and another time that it was not."""

    id: UUID
    made_by: UUID
    made_at: datetime
    reason: str | None = Field(description="null where the caller may not read it, or its writer was erased")
    mentoring_session_id: UUID = Field(description="the meeting that was recorded of it")


Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["09:00"])]


class WeeklyHours(Body):
    """Hours of a day of the week in which somebody can meet, by the clocks of their zone."""

    model_config = ConfigDict(from_attributes=True, extra="forbid")
    weekday: int = Field(ge=1, le=7, description="the day of the week: 1 is Monday")
    begins: Clock = Field(description="from when")
    ends: Clock = Field(description="until when, on the same day")

    @model_validator(mode="after")
    def _in_order(self) -> "WeeklyHours":
        if self.begins >= self.ends:
            raise PydanticCustomError("hours_order", "the end is wanted after the beginning, on the same day")
        return self


class CalendarSettings(Body):
    zone: Annotated[Label, AfterValidator(known_zone)] = Field(description="your time zone, such as Africa/Accra")
    hours: list[WeeklyHours] | None = Field(
        None, max_length=50, description="when you can meet, each week; none: whenever; left out: as it was"
    )


class MeetingHoursView(View):
    """When somebody in a relationship can meet."""

    person_id: UUID
    zone: str = Field(description="of the clocks of these hours")
    hours: list[WeeklyHours] = Field(description="each week; none: whenever")


class CalendarStateView(VersionedView):
    MADE_AT: ClassVar = "/people/{person_id}/calendar"
    person_id: UUID
    zone: str | None = Field(description="your time zone; null: times are shown by that of the programme")
    hours: list[WeeklyHours] = Field(description="when you can meet, each week; none: whenever")
    feed_made_at: datetime | None = Field(description="since when there is a secret address; null: there is none")


class CalendarView(CalendarStateView):
    feed_path: str | None = Field(
        description="the secret address of your calendar, below the installation's: whoever has it reads when you meet"
    )


class AppointmentIds(Body):
    appointment_ids: list[UUID] = Field(max_length=500, description="the appointments that letters are about")


class Attending(BaseModel):
    person_id: UUID
    zone: str = Field(description="their time zone")


class AppointmentToTell(BaseModel):
    id: UUID
    state: AppointmentState
    starts_at: datetime | None
    minutes: int
    sequence: int = Field(description="how often the time that stands was changed")
    where: str | None = Field(description="a place or a link")
    times: list[datetime] = Field(description="that were proposed last")
    people: list[Attending]


class AppointmentsToTell(BaseModel):
    items: list[AppointmentToTell]
