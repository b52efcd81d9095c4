"""What can be done about activities, places and attendance."""

from datetime import date, datetime
from uuid import UUID

import strawberry

from mentoring_gateway.activities.client import Activity, ActivitySeries
from mentoring_gateway.activities.inputs import Every
from mentoring_gateway.activities.types import Certificate
from mentoring_gateway.context import Info
from mentoring_gateway.fields import command
from mentoring_gateway.meetings.inputs import MeetingMode
from mentoring_gateway.values import Role


@strawberry.type
class Activities:
    @command("Put something on: orientation, workshop, webinar, …")
    async def plan_activity(
        self,
        info: Info,
        programme_id: UUID,
        kind: str,
        title: str,
        mode: MeetingMode,
        starts_at: datetime,
        minutes: int,
        cohort_id: UUID | None = None,
        places: int | None = None,
        location: str | None = None,
        topics: list[str] | None = None,
        relationship_id: UUID | None = None,
        zone: str | None = None,
        link: str | None = None,
        speakers: list[str] | None = None,
        materials: list[str] | None = None,
        sides: list[Role] | None = None,
        invited: list[UUID] | None = None,
        prerequisite: str | None = None,
    ) -> Activity:
        more: dict[str, object] = {
            "zone": zone,
            "link": link,
            "speakers": speakers,
            "materials": materials,
            "invited": invited,
        }
        more |= {"sides": [side.value for side in sides] if sides else None, "prerequisite": prerequisite}
        return await info.context.commands(info).activities.plan_activity(
            programme_id, **more, kind=kind, title=title, mode=mode, starts_at=starts_at, minutes=minutes,
            cohort_id=cohort_id, places=places, location=location, topics=topics, relationship_id=relationship_id,
        )  # fmt: skip

    @command(
        "Put something on every so many weeks or months, so often (`count`) or `until` a day, at the same hour by the "
        "clocks of the zone. For who runs activities"
    )
    async def plan_activity_series(
        self,
        info: Info,
        programme_id: UUID,
        kind: str,
        title: str,
        mode: MeetingMode,
        starts_at: datetime,
        minutes: int,
        zone: str,
        every: Every,
        interval: int = 1,
        count: int | None = None,
        until: date | None = None,
        cohort_id: UUID | None = None,
        places: int | None = None,
        location: str | None = None,
        topics: list[str] | None = None,
        relationship_id: UUID | None = None,
        link: str | None = None,
        speakers: list[str] | None = None,
        materials: list[str] | None = None,
        sides: list[Role] | None = None,
        invited: list[UUID] | None = None,
        prerequisite: str | None = None,
    ) -> ActivitySeries:
        more: dict[str, object] = {"every": every.value, "interval": interval, "count": count, "until": until}
        more |= {"sides": [side.value for side in sides] if sides else None, "prerequisite": prerequisite}
        more |= {"link": link, "speakers": speakers, "materials": materials, "invited": invited}
        return await info.context.commands(info).activities.plan_series(
            programme_id, **more, kind=kind, title=title, mode=mode, starts_at=starts_at, minutes=minutes, zone=zone,
            cohort_id=cohort_id, places=places, location=location, topics=topics, relationship_id=relationship_id,
        )  # fmt: skip

    @command(
        "Change an activity to come, with `following` also those of its series after it: what is not given stays, and "
        "all move by as much; who has a place is told when or where it is now. For who runs activities"
    )
    async def change_activity(
        self,
        info: Info,
        activity_id: UUID,
        expected_version: int,
        title: str | None = None,
        mode: MeetingMode | None = None,
        starts_at: datetime | None = None,
        minutes: int | None = None,
        places: int | None = None,
        location: str | None = None,
        topics: list[str] | None = None,
        zone: str | None = None,
        link: str | None = None,
        speakers: list[str] | None = None,
        materials: list[str] | None = None,
        following: bool = False,
    ) -> Activity:
        return await info.context.commands(info, expected_version).activities.change_activity(
            activity_id, following=following, title=title, mode=mode, starts_at=starts_at, minutes=minutes,
            places=places, location=location, topics=topics, zone=zone, link=link, speakers=speakers,
            materials=materials,
        )  # fmt: skip

    @command(
        "Call an activity off, with `following` also those of its series after it; who has a place or waits is told. "
        "For who runs activities"
    )
    async def cancel_activity(
        self, info: Info, activity_id: UUID, expected_version: int | None = None, following: bool = False
    ) -> Activity:
        return await info.context.commands(info, expected_version).activities.cancel_activity(
            activity_id, following=following
        )

    @command("Say that an activity took place; attendance may still be added. For who runs activities")
    async def hold_activity(self, info: Info, activity_id: UUID, expected_version: int | None = None) -> Activity:
        await info.context.commands(info, expected_version).activities.hold_activity(activity_id)
        return await info.context.services.activities.activity(activity_id)

    @command("Take a place of an activity for oneself; with `wait` stand in line where every place is taken")
    async def register_for_activity(
        self, info: Info, activity_id: UUID, wait: bool = False, expected_version: int | None = None
    ) -> Activity:
        return await info.context.commands(info, expected_version).activities.register(activity_id, wait=wait)

    @command("Say by the code at the door that one is there, on the day of the activity")
    async def attend_by_code(self, info: Info, activity_id: UUID, code: str) -> Activity:
        await info.context.commands(info).activities.attend_by_code(activity_id, code)
        return await info.context.services.activities.activity(activity_id)

    @command("Give one's place of an activity back, or leave the line")
    async def leave_activity(self, info: Info, activity_id: UUID, expected_version: int | None = None) -> Activity:
        await info.context.commands(info, expected_version).activities.unregister(activity_id)
        return await info.context.services.activities.activity(activity_id)

    @command("Say who attended an activity; for the programme team")
    async def record_attendance(self, info: Info, activity_id: UUID, person_ids: list[UUID]) -> Activity:
        await info.context.commands(info).activities.record_attendance(activity_id, person_ids)
        return await info.context.services.activities.activity(activity_id)

    @command("Take back that somebody attended an activity, and say why; for the programme team and trainers")
    async def withdraw_attendance(self, info: Info, activity_id: UUID, person_id: UUID, reason: str) -> Activity:
        await info.context.commands(info).activities.withdraw_attendance(activity_id, person_id, reason)
        return await info.context.services.activities.activity(activity_id)

    @command("My certificate of a programme, once all that is asked is met; if there is one that stands, that")
    async def issue_certificate(self, info: Info, programme_id: UUID, side: Role | None = None) -> Certificate:
        api = info.context.commands(info).activities
        return Certificate(**vars(await api.issue_certificate(programme_id, side.value if side else None)))

    @command("Say whether who verifies the number of a certificate is shown my name")
    async def change_certificate(
        self, info: Info, certificate_id: UUID, expected_version: int, shows_name: bool
    ) -> Certificate:
        api = info.context.commands(info, expected_version).activities
        return Certificate(**vars(await api.change_certificate(certificate_id, shows_name=shows_name)))
