"""How rows are shown where it takes more than their columns."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications import blueprint, facts, ledger, queries
from mentoring_applications.blueprint import Blueprint
from mentoring_applications.facts import Written
from mentoring_applications.internal_schemas import (
    BackgroundCount,
    CohortPlaces,
    EligibleCount,
    EmailChangeToTell,
    PooledApplication,
    Profile,
    Statistics,
)
from mentoring_applications.models import Application, Cohort, EmailChange, Person, Programme
from mentoring_applications.schemas import (
    AnswersView,
    ApplicationDetail,
    ApplicationView,
    ConsentView,
    CriterionView,
    FormView,
    LedgerRow,
    LedgerView,
    OverrideView,
    Oversubscription,
    ProgrammeView,
    ProxyView,
)


def programme(row: Programme) -> ProgrammeView:
    """A programme with its criteria."""
    return ProgrammeView(
        id=row.id,
        title=row.title,
        direction=row.direction,
        blueprint_name=row.blueprint_name,
        criteria=_criteria(blueprint.check(row.blueprint)),
        created_at=row.created_at,
    )


def _criteria(plan: Blueprint) -> list[CriterionView]:
    return [CriterionView.model_validate(item) for item in (plan.criteria.items if plan.criteria else [])]


def form(programme_id: UUID, plan: Blueprint) -> FormView:
    """The form of a programme."""
    monitoring = plan.form.equality_monitoring
    return FormView(
        programme_id=programme_id,
        version=plan.form.version,
        criteria=_criteria(plan),
        fields=[field.model_dump(mode="json", by_alias=True, exclude_defaults=True) for field in plan.form.fields],
        equality_monitoring=monitoring.model_dump(mode="json") if monitoring else None,
        privacy_notices=[notice.model_dump(mode="json") for notice in plan.privacy_notices],
    )


async def application(db: AsyncSession, row: Application, *, for_team: bool) -> ApplicationDetail:
    """An application with its answers, and for the team with what it decides on."""
    written, proxy = await facts.written(db, row), await queries.proxy(db, row.id)
    return ApplicationDetail(
        **ApplicationView.model_validate(row).model_dump(),
        answers=_answers(written, await queries.named(db, row.id)) if written else None,
        proxy=ProxyView.model_validate(proxy) if proxy else None,
        consents=[ConsentView.model_validate(consent) for consent in await queries.consents(db, row.id)],
        unmet_rules=await facts.unmet_rules(db, row) if for_team else None,
        overrides=[OverrideView.model_validate(o) for o in await queries.overrides(db, row.id)] if for_team else None,
    )


def application_of_employee(row: Application) -> ApplicationDetail:
    """An application as HR sees it: where it stands, and nothing that was written or decided on it."""
    known = ApplicationView.model_validate(row).model_dump()
    return ApplicationDetail(**known, answers=None, proxy=None, consents=[], unmet_rules=None, overrides=None)


def _answers(row: Written, named: Mapping[str, list[str]]) -> AnswersView:
    return AnswersView(
        criteria=row.criteria,
        free_text=row.free_text,
        attributes=row.attributes,
        preferred=named.get("preferred", []),
        conflicts=named.get("conflicts", []),
    )


def profile(person: Person, line_manager_id: UUID | None) -> Profile:
    """A person as our other services see them."""
    return Profile(
        person_id=person.id,
        name=person.name,
        email=person.email,
        employer_id=person.employer_id,
        line_manager_id=line_manager_id,
        languages=person.languages,
        attributes=person.attributes,
    )


def email_change(row: EmailChange, name: str, taken: bool, token: str) -> EmailChangeToTell:
    """A change of address as the letters need it."""
    addresses = {"old_email": row.old_email, "new_email": row.new_email, "expires_at": row.expires_at}
    return EmailChangeToTell(change_id=row.id, name=name, token=None if taken else token, **addresses)


async def pooled(db: AsyncSession, application_ids: Collection[UUID]) -> list[PooledApplication]:
    """Applications as matching sees them."""
    named = await queries.mentions(db, application_ids)
    rows = await queries.pooled_applications(db, application_ids)
    texts = await facts.opened(db, [(person.id, answers) for _, answers, person, _ in rows])
    return [
        _pooled(row, written, person, line_manager_id, named)
        for (row, _, person, line_manager_id), written in zip(rows, texts, strict=True)
    ]


def _pooled(
    row: Application,
    written: Written,
    person: Person,
    line_manager_id: UUID | None,
    named: Mapping[tuple[UUID, str], list[UUID]],
) -> PooledApplication:
    members = profile(person, line_manager_id).model_dump(exclude={"name", "email"})
    members |= ApplicationView.model_validate(row).model_dump(include=set(PooledApplication.model_fields))
    return PooledApplication(
        **members
        | {
            "application_id": row.id,
            "criteria": written.criteria,
            "free_text": written.free_text,
            "preferred": named.get((row.id, "preferred"), []),
            "conflicts": named.get((row.id, "conflicts"), []),
            "attributes": facts.known_attributes(person, written.attributes),
            "sources": person.sources,
        }
    )


async def ledger_of_programme(db: AsyncSession, programme_id: UUID) -> LedgerView:
    """The ledger of every cohort and of the later round."""
    cohorts = await queries.cohorts(db, programme_id)
    counts = await queries.ledger_counts(db, programme_id)
    eligible = await queries.eligible_counts(db, programme_id)
    by_role = {role: sum(n for (_, r), n in eligible.items() if r == role) for role in ledger.ROLES}
    return LedgerView(items=_ledger_rows(counts, cohorts), oversubscription=_oversubscription(cohorts, by_role))


async def ledger_of_cohort(db: AsyncSession, cohort: Cohort) -> LedgerView:
    """The ledger of one cohort."""
    counts = await queries.ledger_counts(db, cohort.programme_id)
    eligible = await queries.eligible_counts(db, cohort.programme_id)
    rows = [row for row in _ledger_rows(counts, [cohort]) if row.cohort_id is not None]
    by_role = {role: eligible.get((cohort.id, role), 0) for role in ledger.ROLES}
    return LedgerView(items=rows, oversubscription=_oversubscription([cohort], by_role))


def _ledger_rows(counts: ledger.Counts, cohorts: Sequence[Cohort]) -> list[LedgerRow]:
    numbers: dict[UUID | None, int] = {cohort.id: cohort.number for cohort in cohorts}
    names = [name for name in LedgerRow.model_fields if name not in ("cohort_number",)]
    return [
        LedgerRow(**{name: getattr(row, name) for name in names}, cohort_number=numbers.get(row.cohort_id))
        for row in ledger.rows(counts, [cohort.id for cohort in cohorts])
    ]


def _oversubscription(cohorts: Sequence[Cohort], eligible: dict[str, int]) -> list[Oversubscription]:
    first, current = sum(c.places_first_planned for c in cohorts), sum(c.places for c in cohorts)
    return [
        Oversubscription(
            role=role,
            places_first_planned=first,
            places=current,
            eligible=number,
            percent=ledger.oversubscription_percent(number, first),
        )
        for role, number in eligible.items()
    ]


async def statistics(db: AsyncSession, programme_id: UUID) -> Statistics:
    """Everything that is counted of a programme here."""
    cohorts = await queries.cohorts(db, programme_id)
    counts = await queries.ledger_counts(db, programme_id)
    eligible = await queries.eligible_counts(db, programme_id)
    return Statistics(
        cohorts=[CohortPlaces.model_validate(cohort) for cohort in cohorts],
        eligible=[EligibleCount(cohort_id=c, role=r, count=n) for (c, r), n in eligible.items()],
        moved=await queries.moved_count(db, programme_id),
        backgrounds=[
            BackgroundCount(cohort_id=c, role=r, professional_background=b, other=o, people=n)
            for (c, r, b, o), n in sorted((await facts.backgrounds(db, programme_id)).items(), key=str)
        ],
        ledger=_ledger_rows(counts, cohorts),
    )
