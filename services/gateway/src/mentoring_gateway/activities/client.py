"""Activities, as the sessions service answers."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter

from mentoring_common.pagination import Page
from mentoring_gateway.upstream import PageRequest, Upstream, segment
from mentoring_gateway.values import NOTHING, body


@dataclass
class AttendanceRecord:
    id: UUID
    person_id: UUID
    recorded_at: datetime


@dataclass
class WithdrawnAttendanceRecord:
    id: UUID
    person_id: UUID
    recorded_at: datetime
    withdrawn_by: UUID
    withdrawn_at: datetime
    reason: str | None = None


@strawberry.type(description="Something a programme puts on: orientation, workshop, webinar, …")
class Activity:
    id: UUID
    version: int
    kind: str
    title: str
    mode: str
    starts_at: datetime
    minutes: int
    location: str | None = None
    places: int | None = None
    registered: int | None = None
    registered_myself: bool | None = None
    relationship_id: UUID | None = None
    cohort_id: UUID | None = None
    topics: list[str] = field(default_factory=list)
    zone: str | None = None
    speakers: list[str] = field(default_factory=list)
    materials: list[str] = field(default_factory=list)
    sides: list[str] = field(default_factory=list)
    prerequisite: str | None = None
    held_at: datetime | None = None
    cancelled_at: datetime | None = None
    series_id: UUID | None = None
    occurrence: int | None = None
    programme_id: UUID | None = None


@strawberry.type(description="Activities that come again, in order")
class ActivitySeries:
    id: UUID
    items: list[Activity]


@strawberry.type(description="A kind of activities that a programme puts on")
class ActivityKind:
    id: str
    title: str


@strawberry.type(
    description="Where I stand at an activity: `place`, `waiting` (as the `position`th) or `none`; `link` once I have "
    "a place"
)
class ActivityPlace:
    activity_id: UUID
    state: str
    position: int | None = None
    link: str | None = None


@dataclass
class RegistrationRecord:
    id: UUID
    person_id: UUID
    registered_at: datetime
    waits: bool


@strawberry.type(description="Where an activity is online, and the code that is shown at its door")
class ActivityDoor:
    id: UUID
    link: str | None = None
    door_code: str | None = None


@strawberry.type(description="An activity that I attended, and how long it was")
class AttendedActivity:
    activity_id: UUID
    programme_id: UUID
    kind: str
    title: str
    starts_at: datetime
    minutes: int


@strawberry.type(description="One thing that a person attends to complete a programme, and how far they are")
class AttendanceRequirement:
    id: str
    title: str
    kinds: list[str]
    attended: int
    attended_minutes: int
    met: bool
    attend: int | None = None
    minutes: int | None = None
    due_at: datetime | None = None
    overdue: bool = False


@strawberry.type(description="What I attend to complete a programme, have not met, and am to meet by a date")
class DueActivity(AttendanceRequirement):
    programme_id: UUID
    side: str | None = None


@strawberry.type(description="What somebody attends to complete a programme; `complete` once all of it is met")
class Completion:
    id: strawberry.Private[UUID]  # that of the application
    person_id: UUID
    complete: bool
    requirements: list[AttendanceRequirement]
    side: str | None = None


@strawberry.type(description="What was asked to complete a programme, and how far its holder was that day")
class CompletedRequirement:
    title: str
    attended: int
    minutes: int


@dataclass
class CertificateRecord:
    id: UUID
    version: int
    programme_id: UUID
    number: str
    state: str
    completed: list[CompletedRequirement]
    minutes: int
    issued_at: datetime
    shows_name: bool
    side: str | None = None
    programme: str | None = None
    withdrawn_at: datetime | None = None


@dataclass
class VerifiedCertificate:
    state: str
    completed: list[str]
    programme: str | None = None
    holder: str | None = None


_certificate = TypeAdapter(CertificateRecord)
_certificates = TypeAdapter(list[CertificateRecord])
_verified = TypeAdapter(VerifiedCertificate)
_attendance = TypeAdapter(Page[AttendanceRecord])
_withdrawn_attendance = TypeAdapter(Page[WithdrawnAttendanceRecord])
_activity = TypeAdapter(Activity)
_series = TypeAdapter(ActivitySeries)
_activities = TypeAdapter(Page[Activity])
_kinds = TypeAdapter(list[ActivityKind])
_place = TypeAdapter(ActivityPlace)
_registrations = TypeAdapter(Page[RegistrationRecord])
_door = TypeAdapter(ActivityDoor)
_attended = TypeAdapter(list[AttendedActivity])
_completions = TypeAdapter(Page[Completion])
_own_completion = TypeAdapter(list[Completion])


@dataclass(frozen=True)
class ActivitiesApi:
    """Activities, for one caller."""

    api: Upstream

    async def activities(self, programme_id: UUID, wanted: PageRequest, **which: object) -> Page[Activity]:
        """What a programme puts on, by cohort_id and kind."""
        return await self.api.page(f"/programmes/{programme_id}/activities", _activities, which, wanted)

    async def activity_kinds(self, programme_id: UUID) -> list[ActivityKind]:
        """The kinds of activities that a programme puts on."""
        return await self.api.get(f"/programmes/{programme_id}/activity-kinds", _kinds)

    async def activity(self, activity_id: UUID) -> Activity:
        """One activity."""
        return await self.api.get(f"/activities/{activity_id}", _activity)

    async def plan_activity(self, programme_id: UUID, **activity: object) -> Activity:
        """Put something on."""
        return await self.api.send("POST", f"/programmes/{programme_id}/activities", _activity, body(**activity))

    async def plan_series(self, programme_id: UUID, **series: object) -> ActivitySeries:
        """Put something on that comes again."""
        return await self.api.send("POST", f"/programmes/{programme_id}/activity-series", _series, body(**series))

    async def series(self, series_id: UUID) -> ActivitySeries:
        """The activities of a series."""
        return await self.api.get(f"/activity-series/{series_id}", _series)

    async def change_activity(self, activity_id: UUID, **change: object) -> Activity:
        """Change an activity to come, perhaps with those of its series after it."""
        return await self.api.send("PATCH", f"/activities/{activity_id}", _activity, body(**change))

    async def cancel_activity(self, activity_id: UUID, *, following: bool) -> Activity:
        """Call an activity off, perhaps with those of its series after it."""
        return await self.api.send("POST", f"/activities/{activity_id}/cancel", _activity, body(following=following))

    async def hold_activity(self, activity_id: UUID) -> None:
        """The activity took place."""
        await self.api.send("POST", f"/activities/{activity_id}/held", NOTHING)

    async def register(self, activity_id: UUID, *, wait: bool) -> Activity:
        """Take a place of an activity for oneself, or stand in line for one."""
        return await self.api.send("POST", f"/activities/{activity_id}/registration", _activity, body(wait=wait))

    async def unregister(self, activity_id: UUID) -> None:
        """Give one's place of an activity back."""
        await self.api.send("DELETE", f"/activities/{activity_id}/registration", NOTHING)

    async def place(self, activity_id: UUID) -> ActivityPlace:
        """Where one stands at an activity."""
        return await self.api.get(f"/activities/{activity_id}/registration", _place)

    async def registrations(self, activity_id: UUID, wanted: PageRequest) -> Page[RegistrationRecord]:
        """Who has a place at an activity, or waits."""
        return await self.api.page(f"/activities/{activity_id}/registrations", _registrations, {}, wanted)

    async def door(self, activity_id: UUID) -> ActivityDoor:
        """Where an activity is online, and its code."""
        return await self.api.get(f"/activities/{activity_id}/door", _door)

    async def attend_by_code(self, activity_id: UUID, code: str) -> None:
        """Say by the code at the door that one is there."""
        await self.api.send("POST", f"/activities/{activity_id}/attendance/me", NOTHING, body(code=code))

    async def attended(self) -> list[AttendedActivity]:
        """What one attended, the last first."""
        return await self.api.get("/attendance", _attended)

    async def completions(
        self, programme_id: UUID, wanted: PageRequest, *, due_within_days: int | None = None
    ) -> Page[Completion]:
        """How far everybody is with what they attend to complete a programme."""
        return await self.api.page(
            f"/programmes/{programme_id}/completion", _completions, {"due_within_days": due_within_days}, wanted
        )

    async def own_completion(self, programme_id: UUID) -> list[Completion]:
        """How far the caller is."""
        return await self.api.get(f"/programmes/{programme_id}/completion/me", _own_completion)

    async def certificates(self) -> list[CertificateRecord]:
        """One's own certificates, the last first."""
        return await self.api.get("/certificates", _certificates)

    async def issue_certificate(self, programme_id: UUID, side: str | None) -> CertificateRecord:
        """One's certificate of a programme."""
        return await self.api.send("POST", f"/programmes/{programme_id}/certificates", _certificate, body(side=side))

    async def change_certificate(self, certificate_id: UUID, *, shows_name: bool) -> CertificateRecord:
        """Say whether who verifies a certificate is shown one's name."""
        path = f"/certificates/{certificate_id}"
        return await self.api.send("PATCH", path, _certificate, body(shows_name=shows_name))

    async def verify_certificate(self, organisation_id: UUID, number: str) -> VerifiedCertificate:
        """What anybody learns by the number of a certificate."""
        return await self.api.get(f"/public/{organisation_id}/certificates/{segment(number)}", _verified)

    async def attendance(self, activity_id: UUID, wanted: PageRequest) -> Page[AttendanceRecord]:
        """Who attended an activity."""
        return await self.api.page(f"/activities/{activity_id}/attendance", _attendance, {}, wanted)

    async def record_attendance(self, activity_id: UUID, person_ids: list[UUID]) -> None:
        """Say who attended an activity."""
        await self.api.send("POST", f"/activities/{activity_id}/attendance", NOTHING, body(person_ids=person_ids))

    async def withdraw_attendance(self, activity_id: UUID, person_id: UUID, reason: str) -> None:
        """Take back that somebody attended an activity."""
        path = f"/activities/{activity_id}/attendance/{person_id}/withdraw"
        await self.api.send("POST", path, NOTHING, body(reason=reason))

    async def withdrawn_attendance(self, activity_id: UUID, wanted: PageRequest) -> Page[WithdrawnAttendanceRecord]:
        """Whose attendance of an activity was taken back."""
        path = f"/activities/{activity_id}/attendance/withdrawn"
        return await self.api.page(path, _withdrawn_attendance, {}, wanted)
