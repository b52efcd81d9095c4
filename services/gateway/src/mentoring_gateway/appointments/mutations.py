"""Appointments: proposed, accepted, moved, cancelled, held or missed; and one's calendar."""

from datetime import datetime
from uuid import UUID

import strawberry

from mentoring_gateway.again import whole
from mentoring_gateway.appointments.client import Appointment, CalendarSettings
from mentoring_gateway.appointments.inputs import NewWeeklyHours
from mentoring_gateway.context import Info
from mentoring_gateway.fields import command
from mentoring_gateway.meetings.inputs import MeetingMode


@strawberry.type
class Appointments:
    @command("Propose times for a meeting; another one of the relationship accepts one")
    async def propose_appointment(
        self,
        info: Info,
        match_id: UUID,
        times: list[datetime],
        minutes: int | None = None,
        mode: MeetingMode | None = None,
        where: str | None = None,
    ) -> Appointment:
        api = info.context.commands(info).appointments
        return await _appointment(
            info, await api.propose(match_id, times=times, minutes=minutes, mode=mode, where=where)
        )

    @command("Propose other times, also in place of one that is agreed: it stands until another is accepted")
    async def propose_other_times(
        self,
        info: Info,
        appointment_id: UUID,
        times: list[datetime],
        minutes: int | None = None,
        mode: MeetingMode | None = None,
        where: str | None = None,
        expected_version: int | None = None,
    ) -> Appointment:
        api = info.context.commands(info, expected_version).appointments
        return await _appointment(
            info, await api.propose_others(appointment_id, times=times, minutes=minutes, mode=mode, where=where)
        )

    @command("Accept one of the times that another one proposed")
    async def accept_appointment(
        self, info: Info, appointment_id: UUID, starts_at: datetime, expected_version: int | None = None
    ) -> Appointment:
        return await _appointment(
            info, await info.context.commands(info, expected_version).appointments.accept(appointment_id, starts_at)
        )

    @command("The meeting does not take place; calendars that have it take it out")
    async def cancel_appointment(
        self, info: Info, appointment_id: UUID, expected_version: int | None = None
    ) -> Appointment:
        return await _appointment(
            info, await info.context.commands(info, expected_version).appointments.cancel(appointment_id)
        )

    @command(
        "The meeting took place: it is recorded, or what the other recorded of it is confirmed; what was said to be "
        "missed is corrected with a `reason`"
    )
    async def hold_appointment(
        self,
        info: Info,
        appointment_id: UUID,
        minutes: int | None = None,
        note: str | None = None,
        reason: str | None = None,
        topics: list[str] | None = None,
        expected_version: int | None = None,
    ) -> Appointment:
        api, said = info.context.commands(info, expected_version).appointments, {"minutes": minutes, "note": note}
        return await _appointment(info, await api.hold(appointment_id, **said, reason=reason, topics=topics))

    @command("Somebody did not come, and there was no meeting")
    async def miss_appointment(
        self, info: Info, appointment_id: UUID, expected_version: int | None = None
    ) -> Appointment:
        return await _appointment(
            info, await info.context.commands(info, expected_version).appointments.miss(appointment_id)
        )

    @command("Say in which time zone one lives, and when one can meet: no hours is whenever, left out as it was")
    async def change_calendar_settings(
        self, info: Info, zone: str, expected_version: int, hours: list[NewWeeklyHours] | None = None
    ) -> CalendarSettings:
        api, person_id = info.context.commands(info, expected_version).appointments, info.context.person_id
        said = None if hours is None else [vars(one) for one in hours]
        changed = await api.set_calendar(person_id, zone, said)
        return await whole(info, changed, lambda: info.context.services.appointments.calendar(person_id), "feedPath")

    @command("Make a secret address for one's calendar; the one before works no more")
    async def open_feed(self, info: Info, expected_version: int | None = None) -> CalendarSettings:
        person_id = info.context.person_id
        await info.context.commands(info, expected_version).appointments.open_feed(person_id)
        return await info.context.services.appointments.calendar(person_id)

    @command("The secret address of one's calendar works no more")
    async def close_feed(self, info: Info, expected_version: int | None = None) -> CalendarSettings:
        person_id = info.context.person_id
        await info.context.commands(info, expected_version).appointments.close_feed(person_id)
        return await info.context.services.appointments.calendar(person_id)


async def _appointment(info: Info, made: Appointment) -> Appointment:
    return await whole(info, made, lambda: info.context.services.appointments.appointment(made.id), "where")
