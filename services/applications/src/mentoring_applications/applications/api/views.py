"""How applications, ledgers and counts are shown."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.applications import facts, ledger, queries
from mentoring_applications.applications.facts import Written
from mentoring_applications.applications.models import Application
from mentoring_applications.applications.schemas import (
    AnswersView,
    ApplicationDetail,
    ApplicationView,
    BackgroundCount,
    BreakdownCount,
    CohortPlaces,
    ConsentView,
    EligibleCount,
    LedgerRow,
    LedgerView,
    OverrideView,
    Oversubscription,
    PooledApplication,
    ProxyView,
    Statistics,
    WaitingPlace,
)
from mentoring_applications.directory.api.views import profile
from mentoring_applications.directory.models import Person
from mentoring_applications.lifecycle import State
from mentoring_applications.programmes import queries as programmes
from mentoring_applications.programmes.models import Cohort


def whole(row: Application) -> ApplicationView:
    """An application as the team sees it."""
    return ApplicationView.model_validate(row)


def told(row: Application) -> ApplicationView:
    """An application as far as the person was told."""
    view = whole(row)
    return view if row.told_state is None else view.model_copy(update={"state": row.told_state, "decided_at": None})


async def applications(
    db: AsyncSession, rows: Sequence[Application], for_team: Collection[UUID]
) -> list[ApplicationDetail]:
    """Applications with their answers, those of the ids in `for_team` with what the team decides on; as many
    statements for one as for two hundred."""
    ids, of_team = [row.id for row in rows], [row for row in rows if row.id in for_team]
    written, named = await facts.written(db, rows), await queries.named(db, ids)
    proxies, consents = await queries.proxies(db, ids), await queries.consents(db, ids)
    unmet = await facts.unmet_rules_of(db, of_team, written)
    overrides = await queries.overrides(db, [row.id for row in of_team])
    shown = {row.id: whole(row) if row.id in for_team else told(row) for row in rows}
    # Who was told of their place, and has it: the line does not tell of a decision that is kept back.
    line = await queries.places_in_line(
        db, [row for row in rows if State.WAITLISTED == row.state == shown[row.id].state]
    )
    return [
        ApplicationDetail(
            **shown[row.id].model_dump(),
            waiting=WaitingPlace(position=line[row.id][0], waiting=line[row.id][1]) if row.id in line else None,
            answers=_answers(row.id, written[row.id], named) if row.id in written else None,
            proxy=ProxyView.model_validate(proxies[row.id]) if row.id in proxies else None,
            consents=[ConsentView.model_validate(consent) for consent in consents[row.id]],
            unmet_rules=unmet[row.id] if row.id in for_team else None,
            overrides=[OverrideView.model_validate(one) for one in overrides[row.id]] if row.id in for_team else None,
        )
        for row in rows
    ]


def application_of_employee(row: Application) -> ApplicationDetail:
    """An application as HR sees it: where it stands, and nothing that was written or decided on it."""
    known = told(row).model_dump()
    return ApplicationDetail(**known, answers=None, proxy=None, consents=[], unmet_rules=None, overrides=None)


def _answers(id_: UUID, row: Written, named: Mapping[tuple[UUID, str], list[str]]) -> AnswersView:
    return AnswersView(
        criteria=row.criteria,
        free_text=row.free_text,
        attributes=row.attributes,
        preferred=named.get((id_, "preferred"), []),
        conflicts=named.get((id_, "conflicts"), []),
    )


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
    cohorts = await programmes.cohorts(db, programme_id)
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
    cohorts = await programmes.cohorts(db, programme_id)
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
        breakdowns=[
            BreakdownCount(cohort_id=c, role=r, field=f, answer=a, applied=applied, matched=matched)
            for (c, r, f, a), (applied, matched) in sorted((await facts.breakdowns(db, programme_id)).items(), key=str)
        ],
        ledger=_ledger_rows(counts, cohorts),
    )
