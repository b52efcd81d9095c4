"""Who is and was at activities, as the schema shows it."""

import strawberry

from mentoring_gateway.activities.client import AttendanceRecord, RegistrationRecord, WithdrawnAttendanceRecord
from mentoring_gateway.context import Info
from mentoring_gateway.fields import derived
from mentoring_gateway.people.types import Person, person_of


@strawberry.type(description="Somebody was at an activity")
class Attendance(AttendanceRecord):
    @derived("Who was there")
    async def person(self, info: Info) -> Person | None:
        return await person_of(info, self.person_id)


@strawberry.type(
    description="Somebody was said to have been at an activity, and was not; `reason` is null where the caller may "
    "not read it"
)
class WithdrawnAttendance(WithdrawnAttendanceRecord):
    @derived("Who was not there")
    async def person(self, info: Info) -> Person | None:
        return await person_of(info, self.person_id)


@strawberry.type(description="Somebody has a place at an activity, or waits for one")
class Registration(RegistrationRecord):
    @derived("Who has a place or waits")
    async def person(self, info: Info) -> Person | None:
        return await person_of(info, self.person_id)
