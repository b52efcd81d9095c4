"""Nominations: opened, asked for, answered."""

from uuid import UUID

import strawberry

from mentoring_gateway.applications.types import Application
from mentoring_gateway.context import Info
from mentoring_gateway.fields import command
from mentoring_gateway.nominations import client
from mentoring_gateway.nominations.client import NominationState
from mentoring_gateway.values import Role


@strawberry.type
class Nominations:
    @command("Stand behind somebody, by their id or by name and address; they apply themselves")
    async def nominate(
        self,
        info: Info,
        programme_id: UUID,
        role: Role,
        cohort_id: UUID | None = None,
        person_id: UUID | None = None,
        name: str | None = None,
        email: str | None = None,
        statement: str | None = None,
    ) -> NominationState:
        return await client.nominate(
            info.context.commands(info).applications.api, programme_id, role=role, cohort_id=cohort_id,
            person_id=person_id, name=name, email=email, statement=statement,
        )  # fmt: skip

    @command("Stand behind an application that waits for it")
    async def endorse_nomination(
        self, info: Info, nomination_id: UUID, statement: str | None = None, expected_version: int | None = None
    ) -> NominationState:
        api = info.context.commands(info, expected_version).applications.api
        return await client.answer(api, nomination_id, "endorse", statement=statement)

    @command("Say no to a nomination; the reason is for the programme team")
    async def decline_nomination(
        self, info: Info, nomination_id: UUID, reason: str | None = None, expected_version: int | None = None
    ) -> NominationState:
        api = info.context.commands(info, expected_version).applications.api
        return await client.answer(api, nomination_id, "decline", reason=reason)

    @command("Take a nomination back, as long as the application is not decided")
    async def withdraw_nomination(
        self, info: Info, nomination_id: UUID, expected_version: int | None = None
    ) -> NominationState:
        api = info.context.commands(info, expected_version).applications.api
        return await client.answer(api, nomination_id, "withdraw")

    @command("Ask somebody else to stand behind my application; without a name my line manager")
    async def ask_nominator(
        self,
        info: Info,
        application_id: UUID,
        name: str | None = None,
        email: str | None = None,
        hr: bool = False,
    ) -> NominationState:
        named = {"name": name, "email": email, "hr": hr} if name or email or hr else None
        return await client.ask(
            info.context.commands(info).applications.api, application_id=application_id, nominator=named
        )

    @command("Let an application go on without an endorsement; for the team, with a reason")
    async def waive_endorsement(self, info: Info, application_id: UUID, reason: str) -> Application:
        return Application(
            **vars(await client.waive(info.context.commands(info).applications.api, application_id, reason))
        )
