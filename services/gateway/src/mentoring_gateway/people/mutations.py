"""What can be done about people."""

from datetime import date
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from mentoring_gateway.context import Info
from mentoring_gateway.fields import command
from mentoring_gateway.people.client import Leaving
from mentoring_gateway.people.inputs import LeavingReason
from mentoring_gateway.people.types import Person, person_of


@strawberry.type
class People:
    @command("Make a person known to the organisation; a programme's team invites them to it")
    async def register_person(
        self,
        info: Info,
        name: str,
        email: str,
        external_id: str | None = None,
        employer_id: UUID | None = None,
        line_manager_id: UUID | None = None,
        languages: list[str] | None = None,
        attributes: JSON | None = None,
        programme_id: UUID | None = None,
    ) -> Person:
        person_id = await info.context.commands(info).people.register_person(
            name=name, email=email, external_id=external_id, employer_id=employer_id, line_manager_id=line_manager_id,
            languages=languages, attributes=attributes, programme_id=programme_id,
        )  # fmt: skip
        return await person_of(info, person_id)

    @command("Make known, or bring up to date, whom an employer's own systems call so; the id stays. For HR systems")
    async def provision_person(
        self,
        info: Info,
        external_id: str,
        name: str,
        email: str,
        employer_id: UUID | None = None,
        line_manager_id: UUID | None = None,
        line_manager_external_id: str | None = None,
        languages: list[str] | None = None,
        attributes: JSON | None = None,
        expected_version: int | None = None,
    ) -> Person:
        person_id = await info.context.commands(info, expected_version).people.provision_person(
            external_id, employer_id, name=name, email=email, line_manager_id=line_manager_id,
            line_manager_external_id=line_manager_external_id, languages=languages, attributes=attributes,
        )  # fmt: skip
        return await person_of(info, person_id)

    @command(
        "Say when somebody leaves their employer: after that day all that they do here ends, and partners are told"
    )
    async def record_leaving(
        self, info: Info, person_id: UUID, last_day: date, reason: LeavingReason, expected_version: int | None = None
    ) -> Leaving:
        api = info.context.commands(info, expected_version).people
        return await api.record_leaving(person_id, last_day=last_day, reason=reason)

    @command("Somebody stays, or is back; what has ended stays ended. Gives the id of the person")
    async def take_back_leaving(self, info: Info, person_id: UUID, expected_version: int | None = None) -> UUID:
        await info.context.commands(info, expected_version).people.take_back_leaving(person_id)
        return person_id

    @command("Change a person; what is left out stays. One's own address changes when it is confirmed at the new one")
    async def change_person(
        self,
        info: Info,
        person_id: UUID,
        expected_version: int,
        name: str | None = None,
        email: str | None = None,
        external_id: str | None = None,
        employer_id: UUID | None = None,
        line_manager_id: UUID | None = None,
        languages: list[str] | None = None,
        attributes: JSON | None = None,
    ) -> Person:
        pending = await info.context.commands(info, expected_version).people.change_person(
            person_id, name=name, email=email, external_id=external_id, employer_id=employer_id,
            line_manager_id=line_manager_id, languages=languages, attributes=attributes,
        )  # fmt: skip
        changed = await person_of(info, person_id)
        changed.email_pending = pending
        return changed
