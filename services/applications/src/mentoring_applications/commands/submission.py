"""Making an application: the window, the form, consents, and what goes into which table."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications import blueprint, facts, forms, queries
from mentoring_applications.access import person_of, reached_person, require_team
from mentoring_applications.blueprint import Blueprint
from mentoring_applications.commands.organisations import find_or_make_employer
from mentoring_applications.commands.people import apply_changes
from mentoring_applications.commands.transitions import note_reason, of_application
from mentoring_applications.errors import (
    AlreadyApplied,
    AnswersAreTheirOwn,
    CohortIsClosed,
    CohortNotFound,
    LaterRoundNotOffered,
    ProxyForOneself,
    ProxyNeeded,
    WindowClosed,
)
from mentoring_applications.forms import Answers
from mentoring_applications.milestones import Window, application_window
from mentoring_applications.models import (
    Application,
    ApplicationAnswers,
    Cohort,
    Consent,
    EqualityAnswers,
    Mention,
    Person,
)
from mentoring_applications.schemas import NewApplication, Proxy
from mentoring_common import vault
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.ids import new_id
from mentoring_common.outbox import emit
from mentoring_contracts.applications import ApplicationSubmitted, Milestone


async def submit_application(db: AsyncSession, programme_id: UUID, new: NewApplication, by: Principal) -> Application:
    """Ask to join.

    WindowClosed, AlreadyApplied, ConsentNeeded, AnswersInvalid, CohortIsClosed, LaterRoundNotOffered; in somebody's
    name those of `_applicant`.
    """
    programme = await queries.programme(db, programme_id)
    plan = blueprint.check(programme.blueprint)
    person = await _applicant(db, programme_id, new, by)
    await _check_window(db, programme_id, plan, new.cohort_id)
    if await queries.has_applied(db, programme_id, new.cohort_id, person.id, new.role):
        raise AlreadyApplied()
    consents = forms.check_consents(plan, new.role, new.consents)
    profile = await _profile(db, person)
    answers = forms.check(plan, new.role, _given(plan, new), profile)
    equality = forms.check_equality(plan.form.equality_monitoring, new.equality or {})
    application = await _insert(db, programme_id, new, person, _capacity(plan, new, answers), answers.priority)
    await _keep(db, plan, application, answers, equality)
    _keep_consents(db, application, consents, new.proxy, by)
    await _grow_profile(db, person, answers, by)
    note_reason(db, application, queries.PROXY, new.proxy.reason if new.proxy else None, by)
    act = "submit_application_as_proxy" if new.proxy else "submit_application"
    audit(db, by.subject, act, "application", application.id)
    emit(db, ApplicationSubmitted(**of_application(application)))
    return application


async def _applicant(db: AsyncSession, programme_id: UUID, new: NewApplication, by: Principal) -> Person:
    """Who applies. RoleNeeded, PersonNotFound, ProxyNeeded, AnswersAreTheirOwn, ProxyForOneself."""
    if new.person_id is None or new.person_id == person_of(by):
        if new.proxy is not None:
            raise ProxyForOneself()
        return await queries.person(db, by.person_id)
    await require_team(db, by, programme_id)
    person = await reached_person(db, new.person_id, by)
    if new.equality:
        raise AnswersAreTheirOwn()
    if new.proxy is None:
        raise ProxyNeeded()
    return person


async def _check_window(db: AsyncSession, programme_id: UUID, plan: Blueprint, cohort_id: UUID | None) -> None:
    """A cohort without a window takes applications until it is closed; the programme says when a later round does."""
    if cohort_id is not None:
        cohort = await queries.cohort(db, cohort_id, shared=True)
        if cohort.programme_id != programme_id:
            raise CohortNotFound()
        if cohort.closed_at is not None:
            raise CohortIsClosed()
        cohorts = [cohort]
    elif plan.later_round == "while_a_window_is_open":
        cohorts = list(await queries.cohorts(db, programme_id))
    elif plan.later_round == "always":
        return
    else:
        raise LaterRoundNotOffered()
    windows = [window for window in map(_window, cohorts) if window is not None]
    moment = now(db)
    if windows and not any(window.holds(moment) for window in windows):
        raise _closed(windows, moment)


def _window(cohort: Cohort) -> Window | None:
    return application_window(map(Milestone.model_validate, cohort.milestones))


def _closed(windows: list[Window], moment: datetime) -> WindowClosed:
    """Names the next window, or else the last one."""
    coming = [window for window in windows if window.opens_at > moment]
    named = min(coming, key=lambda w: w.opens_at) if coming else max(windows, key=lambda w: w.opens_at)
    opens_at, closes_at = (t and t.isoformat().replace("+00:00", "Z") for t in (named.opens_at, named.closes_at))
    until = f" to {closes_at}" if closes_at else ""
    return WindowClosed(f"applications are taken from {opens_at}{until}", opens_at=opens_at, closes_at=closes_at)


def _given(plan: Blueprint, new: NewApplication) -> Mapping[str, Any]:
    """The answers, with the capacity among them if the form asks for it."""
    asked = next((field for field in plan.form.of(new.role) if field.means == "capacity"), None)
    if asked is None or new.capacity is None or asked.id in new.answers or "capacity" in new.answers:
        return new.answers
    return new.answers | {asked.id: new.capacity}


def _capacity(plan: Blueprint, new: NewApplication, answers: Answers) -> int:
    return (answers.capacity or new.capacity or plan.default_capacity) if new.role == "mentor" else 1


async def _profile(db: AsyncSession, person: Person) -> Mapping[str, Any]:
    employer = await queries.employer_name(db, person.employer_id)
    return person.attributes | {"languages": person.languages, "employer": employer}


async def _insert(
    db: AsyncSession, programme_id: UUID, new: NewApplication, person: Person, capacity: int, priority: bool
) -> Application:
    values: dict[str, Any] = {
        "id": new_id(),
        "programme_id": programme_id,
        "cohort_id": new.cohort_id,
        "first_cohort_id": new.cohort_id,
        "person_id": person.id,
        "role": new.role,
        "state": "submitted",
        "capacity": capacity,
        "priority": priority,
        "submitted_at": now(db),
    }
    statement = insert(Application).values(values).on_conflict_do_nothing().returning(Application)
    application = await db.scalar(statement)
    if application is None:
        raise AlreadyApplied()
    return application


async def _keep(
    db: AsyncSession,
    plan: Blueprint,
    application: Application,
    answers: Answers,
    equality: dict[str, str],
) -> None:
    """Lay everything that is personal into its own table; texts and equality answers are sealed."""
    assert application.person_id is not None
    written = await facts.sealed(
        db, plan, application.role, application.person_id, answers.free_text, answers.attributes
    )
    db.add(ApplicationAnswers(id=application.id, criteria=answers.criteria, **written))
    db.add_all(_mentions(application.id, "preferred", answers.preferred))
    db.add_all(_mentions(application.id, "conflicts", answers.conflicts))
    if equality:
        sealed = await vault.seal(db, application.person_id, forms.to_text(equality))
        db.add(EqualityAnswers(id=application.id, person_id=application.person_id, sealed=sealed))


def _keep_consents(
    db: AsyncSession, application: Application, consents: list[tuple[str, str]], proxy: Proxy | None, by: Principal
) -> None:
    given: dict[str, Any] = {"given_at": now(db), "given_by": by.subject, "given_as": "proxy" if proxy else "self"}
    given |= {"proxy_reason": proxy.reason if proxy else None}
    for document, version in consents:
        db.add(
            Consent(
                application_id=application.id, person_id=application.person_id, document=document, version=version,
                **given,
            )
        )  # fmt: skip


def _mentions(application_id: UUID, kind: str, named: list[str]) -> list[Mention]:
    rows = []
    for position, name in enumerate(named):
        who: dict[str, Any] = {"email": name} if "@" in name else {"person_id": UUID(name)}
        rows.append(Mention(application_id=application_id, kind=kind, position=position, **who))
    return rows


async def _grow_profile(db: AsyncSession, person: Person, answers: Answers, by: Principal) -> None:
    """What the form says of employer, languages and line manager becomes the person's, unless HR said something."""
    said = {name for name, source in person.sources.items() if source == "hr"}
    values: dict[str, Any] = {}
    grown: dict[str, str] = {}
    if person.employer_id is None and answers.employer:
        values["employer_id"] = (await find_or_make_employer(db, answers.employer, by)).id
        grown["employer"] = "self"
    if answers.languages and "languages" not in said:
        values["languages"] = answers.languages
        grown["languages"] = "self"
    if answers.line_manager and person.line_manager_id is None:
        values["line_manager_email"] = answers.line_manager
        grown["line_manager"] = "self"
    apply_changes(db, person, values | {"sources": person.sources | grown})
