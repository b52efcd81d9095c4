"""Who is and was at activities, and certificates, as the schema shows it."""

import strawberry

from mentoring_common.api_address import api_address
from mentoring_gateway.activities.client import (
    AttendanceRecord,
    CertificateRecord,
    RegistrationRecord,
    WithdrawnAttendanceRecord,
)
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


@strawberry.type(
    description="My certificate of having completed a programme: what it says stays as it was issued. `minutes` is how "
    "long all that counts was, `programme` the title"
)
class Certificate(CertificateRecord):
    @derived("The address of the PDF, for the same token")
    def pdf(self, info: Info) -> str:
        return f"{api_address(info.context.settings.public_url, 'sessions')}/certificates/{self.id}/pdf"
