"""How programmes, forms and blueprints are shown."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from mentoring_applications.programmes import blueprint
from mentoring_applications.programmes.blueprint import Examined
from mentoring_applications.programmes.models import Programme
from mentoring_applications.programmes.schemas import (
    BlueprintFault,
    BlueprintVerdict,
    CriterionView,
    FormView,
    ProgrammeView,
    RoleKind,
)
from mentoring_applications.programmes.wording import Reader
from mentoring_contracts.blueprint import Blueprint
from mentoring_contracts.blueprint.form import Step
from mentoring_contracts.blueprint.roles import ProgrammesRole, given_by_hand
from mentoring_contracts.rights import RIGHTS


def programme(row: Programme, wanted: Sequence[str] = ()) -> ProgrammeView:
    """A programme with its criteria and the roles that are given in it, for who reads these languages."""
    plan = blueprint.plan_of(row)
    reader = Reader(plan.languages, wanted)
    return ProgrammeView(
        id=row.id,
        title=row.title,
        direction=row.direction,
        blueprint_name=row.blueprint_name,
        criteria=_criteria(plan, reader),
        role_kinds=[_kind(role, reader) for role in given_by_hand(plan.roles).values()],
        created_at=row.created_at,
        closed_at=row.closed_at,
        version=row.version,
    )


def _kind(role: ProgrammesRole, reader: Reader) -> RoleKind:
    note = reader.said(role.note) if role.note else None
    title = reader.said(role.title) if role.title else role.words([])
    return RoleKind(id=role.id, title=title, rights=[r for r in RIGHTS if r in role.held], note=note)


def _criteria(plan: Blueprint, reader: Reader) -> list[CriterionView]:
    items = plan.criteria.items if plan.criteria else []
    return [CriterionView(id=item.id, title=reader.said(item.title)) for item in items]


def verdict(found: Examined) -> BlueprintVerdict:
    """What was found in a blueprint."""
    faults = [
        BlueprintFault(
            pointer=one.fault.pointer, section=one.fault.section, code=one.fault.code, detail=one.fault.said,
            level=one.fault.level, line=one.line, column=one.column,
        )
        for one in found.faults
    ]  # fmt: skip
    return BlueprintVerdict(
        usable=found.plan is not None, title=found.plan.title if found.plan else None, faults=faults
    )


def _step(plan: Blueprint, step: Step, reader: Reader) -> dict[str, Any]:
    """A step of the form with the fields that stand on it."""
    fields = [field.id for field in plan.form.fields if field.step == step.id]
    return {"id": step.id, "title": reader.said(step.title), "fields": fields}


def form(programme_id: UUID, plan: Blueprint, reader: Reader) -> FormView:
    """The form of a programme, as somebody reads it."""
    monitoring = plan.form.equality_monitoring
    return FormView(
        programme_id=programme_id,
        version=plan.form.version,
        criteria=_criteria(plan, reader),
        positive_action=reader.ground(plan.eligibility.positive_action),
        steps=[_step(plan, step, reader) for step in plan.form.steps],
        fields=[reader.form_field(field) for field in plan.form.fields],
        equality_monitoring={"fields": [reader.equality_field(f) for f in monitoring.fields]} if monitoring else None,
        privacy_notices=[reader.notice(notice) for notice in plan.privacy_notices],
    )
