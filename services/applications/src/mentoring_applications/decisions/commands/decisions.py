"""Decisions of the programme team: accept, waiting list, refuse; eligibility rules and their recorded overrides."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications import lifecycle
from mentoring_applications.applications import facts
from mentoring_applications.applications import queries as applications
from mentoring_applications.applications.access import team_application
from mentoring_applications.applications.commands.transitions import (
    change,
    note_reason,
    of_application,
    require_open,
    take_place,
)
from mentoring_applications.applications.models import Application, EligibilityOverride
from mentoring_applications.assessments.commands import require_assessed
from mentoring_applications.decisions import queries
from mentoring_applications.decisions.commands.undoing import kept_back, plan_telling
from mentoring_applications.decisions.schemas import BulkDecision, DecidedItem, Decision, RuleOverride
from mentoring_applications.errors import (
    ApplicationNotFound,
    CohortNeeded,
    NotEligible,
    OverrideNotAllowed,
    ReasonNeeded,
)
from mentoring_applications.lifecycle import Act, State
from mentoring_applications.programmes import blueprint
from mentoring_applications.programmes import queries as programmes
from mentoring_applications.programmes.access import require_team
from mentoring_common import problems
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import attempt, now
from mentoring_common.errors import DomainError, PreconditionFailed
from mentoring_common.outbox import emit
from mentoring_common.roles import RoleNeeded, roles_of
from mentoring_contracts.applications import ApplicationAccepted, ApplicationRefused, ApplicationWaitlisted
from mentoring_contracts.blueprint import Blueprint
from mentoring_contracts.blueprint.text import plain


async def decide_application(db: AsyncSession, application_id: UUID, decision: Decision, by: Principal) -> Application:
    """Accept, put on the waiting list or refuse; NotEligible, CohortFull, ReasonNeeded and others say why not."""
    application = await team_application(db, application_id, by)
    act = Act(decision.decision)
    lifecycle.after(State(application.state), act)
    unmet, plan = await facts.unmet_rules(db, application), await _plan(db, application)
    await require_assessed(db, application, plan.applying.assessment)
    kept = kept_back(application, plan)
    if act is Act.REFUSE:
        application = await _refuse(db, application, unmet, decision, kept, by)
    else:
        await _let_in(db, application, unmet, decision.overrides, by)
        application = await (_accept if act is Act.ACCEPT else _waitlist)(db, application, kept)
    await plan_telling(db, application, plan)
    audit(db, by.subject, f"{act}_application", "application", application_id)
    return application


async def decide_applications(
    db: AsyncSession, programme_id: UUID, given: Sequence[BulkDecision], by: Principal
) -> list[DecidedItem]:
    """Decide many at once, each on its own: what is wrong with one does not keep the others from being decided."""
    await programmes.programme(db, programme_id)
    await require_team(db, by, programme_id)
    # Of all cohorts in one order, so that two calls do not wait for each other.
    await queries.hold_cohorts(db, [decision.application_id for decision in given])
    return [await _decide_one(db, programme_id, index, decision, by) for index, decision in enumerate(given)]


async def _decide_one(
    db: AsyncSession, programme_id: UUID, index: int, decision: BulkDecision, by: Principal
) -> DecidedItem:
    item = DecidedItem(index=index, application_id=decision.application_id)
    try:
        async with attempt(db):
            application = await team_application(db, decision.application_id, by)
            if application.programme_id != programme_id:
                raise ApplicationNotFound()
            if decision.version not in (None, application.version):
                raise PreconditionFailed(version=application.version)
            decided = await decide_application(db, decision.application_id, decision, by)
        return item.model_copy(update={"state": decided.state, "version": decided.version})
    except DomainError as error:
        return item.model_copy(update={"problem": problems.document_of(error)})


async def _plan(db: AsyncSession, application: Application) -> Blueprint:
    return blueprint.plan_of(await programmes.programme(db, application.programme_id))


async def _accept(db: AsyncSession, application: Application, kept: dict[str, Any]) -> Application:
    if application.cohort_id is None:
        raise CohortNeeded()
    takes_place = application.role == "mentee"
    await (take_place if takes_place else require_open)(db, application.cohort_id)
    accepted = await change(db, application, Act.ACCEPT, holds_place=takes_place, decided_at=now(db), **kept)
    members = of_application(accepted) | {"capacity": accepted.capacity, "priority": accepted.priority}
    members |= {"told": accepted.told_state is None}
    emit(db, ApplicationAccepted(**members))
    return accepted


async def _waitlist(db: AsyncSession, application: Application, kept: dict[str, Any]) -> Application:
    waits = {"decided_at": now(db), "waits_since": now(db), "passed_over": False}
    waiting = await change(db, application, Act.WAITLIST, **waits, **kept)
    emit(db, ApplicationWaitlisted(**of_application(waiting), told=waiting.told_state is None))
    return waiting


async def _refuse(
    db: AsyncSession,
    application: Application,
    unmet: list[str],
    decision: Decision,
    kept: dict[str, Any],
    by: Principal,
) -> Application:
    if not unmet and not decision.reason:
        raise ReasonNeeded()
    refused = await change(db, application, Act.REFUSE, decided_at=now(db), **kept)
    note_reason(db, refused, Act.REFUSE, decision.reason, by)
    emit(db, ApplicationRefused(**of_application(refused), rules=unmet, told=refused.told_state is None))
    return refused


async def _let_in(
    db: AsyncSession, application: Application, unmet: list[str], given: list[RuleOverride], by: Principal
) -> None:
    """Record the overrides that are needed; NotEligible if there are not enough of them."""
    recorded = {one.rule for one in (await applications.overrides(db, [application.id]))[application.id]}
    needed = [rule for rule in unmet if rule not in recorded]
    reasons = {override.rule: override.reason for override in given}
    missing = [rule for rule in needed if rule not in reasons]
    if missing:
        rules = (await _plan(db, application)).eligibility.of(application.role)
        raise NotEligible(rules=missing, words=[plain(rule.text) for rule in rules if rule.id in missing])
    if needed:
        await _check_may_override(db, application, by)
    for rule in needed:
        override = EligibilityOverride(
            application_id=application.id, rule=rule, reason=reasons[rule], by=by.subject, at=now(db)
        )
        db.add(override)
        # The reason tells of a person and may be erased, so the audit log holds the rule.
        audit(db, by.subject, "override_eligibility", "application", application.id, reason=rule)


async def _check_may_override(db: AsyncSession, application: Application, by: Principal) -> None:
    programme = await programmes.programme(db, application.programme_id)
    policy = blueprint.plan_of(programme).eligibility.override
    if not policy.allowed:
        raise OverrideNotAllowed()
    if not by.is_admin and not await roles_of(db, by, programme.id) & set(policy.by):
        raise RoleNeeded(needed=sorted(policy.by))
