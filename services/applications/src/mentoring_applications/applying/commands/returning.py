"""Who has to wait before they apply again: the programme's rules, said in its own words."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.applications.eligibility import months_later
from mentoring_applications.applications.models import Application
from mentoring_applications.applying import queries
from mentoring_applications.errors import TooSoonToApply
from mentoring_applications.programmes.models import Cohort, Programme
from mentoring_common.db import now
from mentoring_contracts.applications import Milestone
from mentoring_contracts.blueprint import Blueprint
from mentoring_contracts.blueprint.text import plain


async def check_again(db: AsyncSession, programme: Programme, plan: Blueprint, person_id: UUID, role: str) -> None:
    """TooSoonToApply for who has applied before, in this or another programme of the blueprint, and has to wait."""
    rules = [rule for rule in plan.applying.again if role in rule.roles]
    if not rules:
        return
    today, earlier = now(db).date(), await queries.earlier_applications(db, programme.blueprint_name, person_id, role)
    for rule in rules:
        over = [_over(row, cohort) for row, cohort in earlier if row.state in rule.after]
        until = months_later(max(over), rule.wait_months) if over else None
        if until is not None and today < until:
            said = f"{plain(rule.text)} Applications are taken again from {until:%-d %B %Y}."
            raise TooSoonToApply(said, applies_from=until.isoformat())


def _over(application: Application, cohort: Cohort | None) -> date:
    """The end of the last milestone of a cohort; where it has none, the day of the decision."""
    milestones = [Milestone.model_validate(one) for one in (cohort.milestones if cohort else [])]
    ends = [one.ends_at or one.starts_at for one in milestones]
    return max(ends, default=application.decided_at or application.submitted_at).date()
