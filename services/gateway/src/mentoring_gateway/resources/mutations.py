"""What can be done about the library of a programme."""

from uuid import UUID

import strawberry

from mentoring_gateway.context import Info
from mentoring_gateway.fields import command
from mentoring_gateway.resources.inputs import NewWording
from mentoring_gateway.resources.types import Resource, resource_of


@strawberry.type
class Resources:
    @command(
        "Put something into a programme's library; everybody whom it is for is told. Files are sent to the REST API "
        "before. For who runs activities"
    )
    async def give_resource(
        self,
        info: Info,
        programme_id: UUID,
        wordings: list[NewWording],
        roles: list[str] | None = None,
        cohort_id: UUID | None = None,
        phase: str | None = None,
        invited: list[UUID] | None = None,
        note: str | None = None,
    ) -> Resource:
        for_whom = {"roles": roles, "cohort_id": cohort_id, "phase": phase, "invited": invited}
        api = info.context.commands(info).resources
        return resource_of(await api.give(programme_id, wordings=_said(wordings), note=note, **for_whom))

    @command(
        "Put a new version of a resource in place of the one that stands; with `tellReaders` those who read an earlier "
        "one are told. For who runs activities"
    )
    async def publish_resource(
        self,
        info: Info,
        resource_id: UUID,
        wordings: list[NewWording],
        tell_readers: bool = False,
        note: str | None = None,
        expected_version: int | None = None,
    ) -> Resource:
        api = info.context.commands(info, expected_version).resources
        new = {"wordings": _said(wordings), "tell_readers": tell_readers, "note": note}
        return resource_of(await api.publish(resource_id, **new))

    @command("Say for whom a resource is: what is not given stays. For who runs activities")
    async def change_resource(
        self,
        info: Info,
        resource_id: UUID,
        expected_version: int,
        roles: list[str] | None = None,
        cohort_id: UUID | None = None,
        phase: str | None = None,
        invited: list[UUID] | None = None,
    ) -> Resource:
        for_whom = {"roles": roles, "cohort_id": cohort_id, "phase": phase, "invited": invited}
        api = info.context.commands(info, expected_version).resources
        return resource_of(await api.change(resource_id, **for_whom))

    @command("Take a resource out of a programme's library. For who runs activities")
    async def withdraw_resource(self, info: Info, resource_id: UUID, expected_version: int | None = None) -> Resource:
        return resource_of(await info.context.commands(info, expected_version).resources.withdraw(resource_id))

    @command("Say that I have read a resource, in the version that stands; the team sees how many did, and not who")
    async def mark_resource_read(self, info: Info, resource_id: UUID) -> Resource:
        return resource_of(await info.context.commands(info).resources.mark_read(resource_id))


def _said(wordings: list[NewWording]) -> list[dict[str, object]]:
    return [{name: value for name, value in vars(one).items() if value is not None} for one in wordings]
