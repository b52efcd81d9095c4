"""Decisions of the programme team: accept, waiting list, refuse; eligibility rules and their recorded overrides."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications import blueprint, facts, lifecycle, queries
from mentoring_applications.access import team_application
from mentoring_applications.commands.transitions import change, note_reason, of_application, require_open, take_place
from mentoring_applications.errors import CohortNeeded, NotEligible, OverrideNotAllowed, ReasonNeeded
from mentoring_applications.lifecycle import Act, State
from mentoring_applications.models import Application, EligibilityOverride
from mentoring_applications.schemas import Decision, RuleOverride
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.outbox import emit
from mentoring_common.roles import require_role
from mentoring_contracts.applications import ApplicationAccepted, ApplicationRefused, ApplicationWaitlisted


async def decide_application(db: AsyncSession, application_id: UUID, decision: Decision, by: Principal) -> Application:
    """Accept, put on the waiting list or refuse; NotEligible, CohortFull, ReasonNeeded and others say why not."""
    application = await team_application(db, application_id, by)
    act = Act(decision.decision)
    lifecycle.after(State(application.state), act)
    unmet = await facts.unmet_rules(db, application)
    if act is Act.REFUSE:
        application = await _refuse(db, application, unmet, decision, by)
    else:
        await _let_in(db, application, unmet, decision.overrides, by)
        application = await (_accept if act is Act.ACCEPT else _waitlist)(db, application)
    audit(db, by.subject, f"{act}_application", "application", application_id)
    return application


async def _accept(db: AsyncSession, application: Application) -> Application:
    if application.cohort_id is None:
        raise CohortNeeded()
    takes_place = application.role == "mentee"
    await (take_place if takes_place else require_open)(db, application.cohort_id)
    accepted = await change(db, application, Act.ACCEPT, holds_place=takes_place, decided_at=now(db))
    members = of_application(accepted) | {"capacity": accepted.capacity, "priority": accepted.priority}
    emit(db, ApplicationAccepted(**members))
    return accepted


async def _waitlist(db: AsyncSession, application: Application) -> Application:
    waiting = await change(db, application, Act.WAITLIST, decided_at=now(db))
    emit(db, ApplicationWaitlisted(**of_application(waiting)))
    return waiting


async def _refuse(
    db: AsyncSession, application: Application, unmet: list[str], decision: Decision, by: Principal
) -> Application:
    if not unmet and not decision.reason:
        raise ReasonNeeded()
    refused = await change(db, application, Act.REFUSE, decided_at=now(db))
    note_reason(db, refused, Act.REFUSE, decision.reason, by)
    emit(db, ApplicationRefused(**of_application(refused), rules=unmet))
    return refused


async def _let_in(
    db: AsyncSession, application: Application, unmet: list[str], given: list[RuleOverride], by: Principal
) -> None:
    """Record the overrides that are needed; NotEligible if there are not enough of them."""
    recorded = {override.rule for override in await queries.overrides(db, application.id)}
    needed = [rule for rule in unmet if rule not in recorded]
    reasons = {override.rule: override.reason for override in given}
    missing = [rule for rule in needed if rule not in reasons]
    if missing:
        raise NotEligible(rules=missing)
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
    programme = await queries.programme(db, application.programme_id)
    policy = blueprint.check(programme.blueprint).eligibility.override
    if not policy.allowed:
        raise OverrideNotAllowed()
    await require_role(db, by, programme.id, *policy.by)
