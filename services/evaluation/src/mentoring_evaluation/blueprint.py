"""What is kept of a blueprint: surveys and when they are asked, rules of publication, aims, evaluation model."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_contracts.applications import Milestone
from mentoring_contracts.blueprint import Blueprint, read
from mentoring_contracts.blueprint.roles import given_by_hand
from mentoring_contracts.blueprint.surveys import PlannedWave
from mentoring_contracts.blueprint.waves import waves_of
from mentoring_evaluation.evidence_pack.facts import design_facts
from mentoring_evaluation.outcomes.commands.design import read_section
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.programmes.models import Programme, ProgrammeDesign
from mentoring_evaluation.surveys import queries as surveys
from mentoring_evaluation.surveys.commands.instruments import keep_version
from mentoring_evaluation.surveys.commands.occasions import plan_pairs_time
from mentoring_evaluation.surveys.commands.waves import add_wave, move_wave
from mentoring_evaluation.surveys.instruments import Instrument
from mentoring_evaluation.surveys.occasions import asked_after
from mentoring_evaluation.surveys.presets import preset_instruments
from mentoring_evaluation.surveys.translated import instrument_of
from mentoring_evaluation.tables import Base
from mentoring_evaluation.themes.commands.themes import add_goal


async def keep_blueprint(
    db: AsyncSession, programme_id: UUID, document: Mapping[str, Any], changed: Collection[str] | None = None
) -> None:
    """Keep what a blueprint says, as far as it can be read; waves of cohorts that came before are planned.

    `changed` are the members that differ from the blueprint before; a model that the team gave stays with the others.
    """
    blueprint, _ = read(document)
    instruments = _instruments(blueprint)
    await _keep(db, Programme, programme_id, _rules(blueprint, instruments))
    await _keep_design(db, programme_id, blueprint)
    if changed is None or "evaluation_model" in changed:
        await _keep_model(db, programme_id, document.get("evaluation_model"))
    for instrument in instruments:
        await keep_version(db, programme_id, instrument)
    for cohort in await programmes.cohorts(db, programme_id):
        await plan_waves(db, programme_id, cohort.id)
    await plan_pairs_time(db, programme_id, await programmes.standing_matches(db, programme_id))


def _instruments(blueprint: Blueprint) -> list[Instrument]:
    """The blueprint's surveys, and those that ship which its waves or occasions name."""
    own = [instrument_of(blueprint, planned) for planned in blueprint.instruments]
    named = {rule.instrument for rule in blueprint.surveys.after} | {wave.instrument for wave in blueprint.waves}
    return own + preset_instruments(named - {one.id for one in own})


def _rules(blueprint: Blueprint, instruments: list[Instrument]) -> dict[str, Any]:
    kinds, roles = blueprint.activities.kinds, given_by_hand(blueprint.roles)
    return {
        "title": blueprint.title,
        "survey_modes": {one.id: one.mode for one in instruments if one.mode != "anonymous"},
        "remind_days": sorted(set(blueprint.surveys.remind_days_before_close), reverse=True),
        "asks_after": [rule.model_dump(mode="json") for rule in asked_after(blueprint.surveys.after)],
        "cpd_kinds": ["cpd", *(kind.id for kind in kinds if kind.figure == "cpd_sessions")],
        "decimals": blueprint.figures.decimals,
        "public_minimum": blueprint.disclosure.public.minimum_n,
        "report_approvers": {kind: role for kind, role in blueprint.reports.approval.items() if role in roles},
        "waves": [wave.model_dump(mode="json") for wave in blueprint.waves],
        "zone": blueprint.zone,
        "respondent_kinds": [kind.model_dump(mode="json") for kind in blueprint.respondents],
    }


async def _keep_model(db: AsyncSession, programme_id: UUID, section: object) -> None:
    """Keep the evaluation model; one that cannot be read is kept as its faults, which the team can mend."""
    model, faults = read_section(section)
    values = {"model": model.model_dump(mode="json") if model else None, "model_faults": faults}
    await db.execute(sa.update(ProgrammeDesign).where(ProgrammeDesign.id == programme_id).values(values))


async def _keep_design(db: AsyncSession, programme_id: UUID, blueprint: Blueprint) -> None:
    values = {
        "case_study_sections": blueprint.interviews.case_study_sections,
        "written": design_facts(blueprint),
    }
    statement = insert(ProgrammeDesign).values(id=programme_id, model_faults=[], **values)
    await db.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "id"], set_=values))
    for aim in blueprint.aims:
        await add_goal(db, programme_id, aim, "programme")


async def plan_waves(db: AsyncSession, programme_id: UUID, cohort_id: UUID) -> None:
    """Plan the waves of a cohort that are new, and move those that have not opened, once both are known."""
    programme = await programmes.known_programme(db, programme_id)
    cohort = await programmes.known_cohort(db, cohort_id)
    if programme is None or cohort is None:
        return
    milestones = [Milestone.model_validate(one) for one in cohort.milestones]
    planned = [PlannedWave.model_validate(one) for one in programme.waves]
    known, off = await surveys.instrument_names(db, programme_id), await surveys.called_off(db, cohort_id)
    for wave in waves_of(planned, known, cohort.number, milestones, programme.zone):
        if (wave.instrument, wave.occasion) in off:
            continue
        times = (wave.opens_at, wave.closes_at)
        made = await add_wave(
            db, programme_id, cohort_id, wave.instrument, *times, occasion=wave.occasion, zone=programme.zone,
            roles=wave.roles, kinds=wave.respondents,
        )  # fmt: skip
        if made is None:
            await move_wave(db, cohort_id, wave.instrument, wave.occasion, *times)


async def _keep(db: AsyncSession, table: type[Base], id_: UUID, values: dict[str, Any]) -> None:
    statement = insert(table).values(id=id_, **values)
    await db.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "id"], set_=values))
