"""Programmes, their cohorts and who runs them."""

from datetime import date, datetime
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from mentoring_gateway.context import Info
from mentoring_gateway.fields import command
from mentoring_gateway.programmes.client import TeamHandover
from mentoring_gateway.programmes.inputs import ClosingReason, NewMilestone, NewTeamMember, ProgrammeRole
from mentoring_gateway.programmes.types import Cohort, GrantedRole, Programme
from mentoring_gateway.values import kept


@strawberry.type
class Programmes:
    @command("Make a programme of a blueprint: one that ships, by its name, or one's own, as data")
    async def create_programme(self, info: Info, blueprint: JSON, title: str | None = None) -> Programme:
        api = info.context.commands(info).programmes
        return Programme(**vars(await api.create_programme(blueprint=blueprint, title=title)))

    @command("Close a programme and all of its cohorts, for good; `closing` of the programme says before what ends")
    async def close_programme(
        self,
        info: Info,
        programme_id: UUID,
        reason: ClosingReason,
        note: str | None = None,
        expected_version: int | None = None,
    ) -> Programme:
        api = info.context.commands(info, expected_version).programmes
        return Programme(**vars(await api.close_programme(programme_id, reason=reason, note=note)))

    @command("Make the cohorts that the programme's blueprint plans; it has none before")
    async def plan_cohorts(self, info: Info, programme_id: UUID) -> list[Cohort]:
        await info.context.commands(info).programmes.plan_cohorts(programme_id)
        found = await info.context.loaders.cohorts.load(programme_id)
        return [Cohort(**vars(cohort)) for cohort in sorted(found, key=lambda cohort: cohort.number)]

    @command("Add a cohort to a programme; with `starts` it has the milestones of the plan, by their days from then on")
    async def add_cohort(
        self,
        info: Info,
        programme_id: UUID,
        number: int,
        places: int,
        milestones: list[NewMilestone] | None = None,
        starts: date | None = None,
    ) -> Cohort:
        new = {"number": number, "places": places, "milestones": milestones, "starts": starts}
        return Cohort(**vars(await info.context.commands(info).programmes.add_cohort(programme_id, **new)))

    @command("Change the places or the milestones of a cohort; what is left out stays")
    async def change_cohort(
        self,
        info: Info,
        cohort_id: UUID,
        expected_version: int,
        places: int | None = None,
        milestones: list[NewMilestone] | None = None,
    ) -> Cohort:
        api = info.context.commands(info, expected_version).programmes
        return Cohort(**vars(await api.change_cohort(cohort_id, places=places, milestones=milestones)))

    @command("Close a cohort: applications that are still open end")
    async def close_cohort(self, info: Info, cohort_id: UUID, expected_version: int | None = None) -> Cohort:
        api = info.context.commands(info, expected_version).programmes
        return Cohort(**vars(await api.close_cohort(cohort_id)))

    @command("Give a person a built-in role in a programme, for a time if `until` says so")
    async def grant_role(
        self,
        info: Info,
        programme_id: UUID,
        person_id: UUID,
        role: ProgrammeRole,
        until: datetime | None = None,
        note: str | None = None,
    ) -> GrantedRole:
        return await _grant(info, programme_id, person_id=person_id, role=role, until=until, note=note)

    @command("Give a person one of the programme's own roles; `note` is what the role asks to be noted of them")
    async def grant_own_role(
        self,
        info: Info,
        programme_id: UUID,
        person_id: UUID,
        role: str,
        until: datetime | None = None,
        note: str | None = None,
    ) -> GrantedRole:
        return await _grant(info, programme_id, person_id=person_id, role=role, until=until, note=note)

    @command("Take a role back; gives its id")
    async def revoke_role(self, info: Info, role_id: UUID) -> UUID:
        await info.context.commands(info).programmes.revoke_role(role_id)
        return role_id

    @command("Let another team run the programme: roles of those who leave end, those of the new team begin, at once")
    async def hand_over_team(
        self,
        info: Info,
        programme_id: UUID,
        to: list[NewTeamMember],
        from_ids: list[UUID] | None = None,
        note: str | None = None,
    ) -> TeamHandover:
        api = info.context.commands(info).programmes
        made = await api.hand_over_team(programme_id, from_ids=from_ids, to=to, note=note)
        return TeamHandover(**vars(made) | {"note": kept(note)})


async def _grant(info: Info, programme_id: UUID, note: str | None = None, **role: object) -> GrantedRole:
    granted = await info.context.commands(info).programmes.grant_role(programme_id, note=note, **role)
    return GrantedRole(**vars(granted) | {"note": kept(note)})
