"""People and applications."""

from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from mentoring_gateway.clients.values import Role
from mentoring_gateway.context import Info
from mentoring_gateway.types.fields import command
from mentoring_gateway.types.inputs import Decision, Override
from mentoring_gateway.types.people import Person, person_of
from mentoring_gateway.types.programmes import Application


@strawberry.type
class Applications:
    @command("Make a person known to the organisation; a programme's team invites them to it")
    async def register_person(
        self,
        info: Info,
        name: str,
        email: str,
        employer_id: UUID | None = None,
        line_manager_id: UUID | None = None,
        languages: list[str] | None = None,
        attributes: JSON | None = None,
        programme_id: UUID | None = None,
    ) -> Person:
        person_id = await info.context.commands(info).applications.register_person(
            name=name, email=email, employer_id=employer_id, line_manager_id=line_manager_id, languages=languages,
            attributes=attributes, programme_id=programme_id,
        )  # fmt: skip
        return await person_of(info, person_id)

    @command("Change a person; what is left out stays. One's own address changes when it is confirmed at the new one")
    async def change_person(
        self,
        info: Info,
        person_id: UUID,
        expected_version: int,
        name: str | None = None,
        email: str | None = None,
        employer_id: UUID | None = None,
        line_manager_id: UUID | None = None,
        languages: list[str] | None = None,
        attributes: JSON | None = None,
    ) -> Person:
        await info.context.commands(info, expected_version).applications.change_person(
            person_id, name=name, email=email, employer_id=employer_id, line_manager_id=line_manager_id,
            languages=languages, attributes=attributes,
        )  # fmt: skip
        return await person_of(info, person_id)

    @command("Apply for oneself, or as a team for somebody, with the reason why one agrees in their name")
    async def submit_application(
        self,
        info: Info,
        programme_id: UUID,
        role: Role,
        answers: JSON,
        consents: JSON,
        cohort_id: UUID | None = None,
        person_id: UUID | None = None,
        capacity: int | None = None,
        equality: JSON | None = None,
        proxy_reason: str | None = None,
    ) -> Application:
        made = await info.context.commands(info).applications.submit_application(
            programme_id, role=role, cohort_id=cohort_id, person_id=person_id, capacity=capacity, answers=answers,
            consents=consents, equality=equality, proxy={"reason": proxy_reason} if proxy_reason else None,
        )  # fmt: skip
        return Application(**vars(made))

    @command("Accept, waitlist or refuse an application")
    async def decide_application(
        self,
        info: Info,
        application_id: UUID,
        decision: Decision,
        overrides: list[Override] | None = None,
        reason: str | None = None,
        expected_version: int | None = None,
    ) -> Application:
        decided = await info.context.commands(info, expected_version).applications.act_on_application(
            application_id, "decision", decision=decision, override=overrides or None, reason=reason
        )
        return Application(**vars(decided))

    @command("Withdraw an application, also after matching")
    async def withdraw_application(
        self, info: Info, application_id: UUID, reason: str | None = None, expected_version: int | None = None
    ) -> Application:
        api = info.context.commands(info, expected_version).applications
        return Application(**vars(await api.act_on_application(application_id, "withdraw", reason=reason)))

    @command("Move an application to another cohort")
    async def move_application(
        self, info: Info, application_id: UUID, cohort_id: UUID, reason: str, expected_version: int | None = None
    ) -> Application:
        api = info.context.commands(info, expected_version).applications
        moved = await api.act_on_application(application_id, "move", cohort_id=cohort_id, reason=reason)
        return Application(**vars(moved))

    @command("Carry an application over to a later cohort")
    async def carry_application_over(
        self, info: Info, application_id: UUID, reason: str, expected_version: int | None = None
    ) -> Application:
        api = info.context.commands(info, expected_version).applications
        return Application(**vars(await api.act_on_application(application_id, "carry-over", reason=reason)))
