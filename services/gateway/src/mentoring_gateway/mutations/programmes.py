"""Programmes, their cohorts and who runs them."""

from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from mentoring_gateway.context import Info
from mentoring_gateway.types.fields import command
from mentoring_gateway.types.inputs import NewMilestone, ProgrammeRole
from mentoring_gateway.types.programmes import Cohort, GrantedRole, Programme


@strawberry.type
class Programmes:
    @command("Make a programme of a blueprint: one that ships, by its name, or one's own, as data")
    async def create_programme(self, info: Info, blueprint: JSON, title: str | None = None) -> Programme:
        api = info.context.commands(info).applications
        return Programme(**vars(await api.create_programme(blueprint=blueprint, title=title)))

    @command("Add a cohort to a programme")
    async def add_cohort(
        self, info: Info, programme_id: UUID, number: int, places: int, milestones: list[NewMilestone] | None = None
    ) -> Cohort:
        api = info.context.commands(info).applications
        return Cohort(**vars(await api.add_cohort(programme_id, number=number, places=places, milestones=milestones)))

    @command("Change the places or the milestones of a cohort; what is left out stays")
    async def change_cohort(
        self,
        info: Info,
        cohort_id: UUID,
        expected_version: int,
        places: int | None = None,
        milestones: list[NewMilestone] | None = None,
    ) -> Cohort:
        api = info.context.commands(info, expected_version).applications
        return Cohort(**vars(await api.change_cohort(cohort_id, places=places, milestones=milestones)))

    @command("Close a cohort: applications that are still open end")
    async def close_cohort(self, info: Info, cohort_id: UUID, expected_version: int | None = None) -> Cohort:
        api = info.context.commands(info, expected_version).applications
        return Cohort(**vars(await api.close_cohort(cohort_id)))

    @command("Give a person a role in a programme")
    async def grant_role(self, info: Info, programme_id: UUID, person_id: UUID, role: ProgrammeRole) -> GrantedRole:
        api = info.context.commands(info).applications
        return GrantedRole(**vars(await api.grant_role(programme_id, person_id=person_id, role=role)))

    @command("Take a role back; gives its id")
    async def revoke_role(self, info: Info, role_id: UUID) -> UUID:
        await info.context.commands(info).applications.revoke_role(role_id)
        return role_id
