"""Making an application: the window, the form, consents, and what goes into which table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications import lifecycle
from mentoring_applications.applications import facts
from mentoring_applications.applications import queries as applications
from mentoring_applications.applications.commands.transitions import change, note_reason, of_application
from mentoring_applications.applications.models import Application, ApplicationAnswers, Consent, Mention
from mentoring_applications.applying import forms, queries
from mentoring_applications.applying.commands import files
from mentoring_applications.applying.commands.returning import check_again
from mentoring_applications.applying.forms import Answers
from mentoring_applications.applying.models import EqualityAnswers
from mentoring_applications.applying.schemas import AnswersEdit, DraftContent, NewApplication, Proxy
from mentoring_applications.directory import queries as directory
from mentoring_applications.directory.commands import find_or_make_employer
from mentoring_applications.directory.models import Person
from mentoring_applications.errors import (
    AlreadyApplied,
    AnswersAreTheirOwn,
    CohortIsClosed,
    CohortNotFound,
    EditingNotOffered,
    HasLeft,
    LaterRoundNotOffered,
    NominationsNotTaken,
    ProxyForOneself,
    ProxyNeeded,
    WindowClosed,
)
from mentoring_applications.lifecycle import Act, State
from mentoring_applications.nominations.commands import ask_for_endorsement
from mentoring_applications.nominations.nominators import asks_for_one
from mentoring_applications.people.access import reached_person
from mentoring_applications.people.commands.people import apply_changes
from mentoring_applications.programmes import blueprint
from mentoring_applications.programmes import queries as programmes
from mentoring_applications.programmes.access import require_team
from mentoring_applications.programmes.milestones import Window, application_window
from mentoring_applications.programmes.models import Cohort
from mentoring_common import vault
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.ids import new_id
from mentoring_common.outbox import emit
from mentoring_contracts.applications import ApplicationSubmitted, Milestone
from mentoring_contracts.applying import ApplicationEdited
from mentoring_contracts.blueprint import Blueprint


@dataclass(frozen=True)
class Submitted:
    """An application, and the fields of its form that change nothing, because another value is on record."""

    application: Application
    ignored: list[str]


async def submit_application(
    db: AsyncSession, programme_id: UUID, new: NewApplication, by: Principal, *, draft_id: UUID | None = None
) -> Submitted:
    """Ask to join; files are those that were sent with the draft.

    HasLeft, WindowClosed, AlreadyApplied, TooSoonToApply, ConsentNeeded, AnswersInvalid, CohortIsClosed,
    ProgrammeClosed, LaterRoundNotOffered; in somebody's name those of `_applicant`; where it waits for an endorsement
    those of `nominators.named_by`.
    """
    programme = await programmes.programme(db, programme_id)
    plan = blueprint.plan_of(programme)
    person = await _applicant(db, programme_id, new, by)
    if person.left_at is not None:
        raise HasLeft()
    await check_window(db, programme_id, plan, new.cohort_id)
    if await queries.has_applied(db, programme_id, new.cohort_id, person.id, new.role):
        raise AlreadyApplied()
    await check_again(db, programme, plan, person.id, new.role)
    consents = forms.check_consents(plan, new.role, new.consents)
    answers = forms.check(plan, new.role, given(plan, new.role, new), await profile(db, person))
    sent = await files.answered(db, plan, new.role, answers, draft_id=draft_id)
    equality = forms.check_equality(plan.form.equality_monitoring, new.equality or {}, plan.languages)
    waits = asks_for_one(plan, new.role)
    if new.nominator is not None and not waits:
        raise NominationsNotTaken()
    state = State.AWAITING_ENDORSEMENT if waits else State.SUBMITTED
    capacity = _capacity(plan, new.role, new, answers)
    application = await _insert(db, programme_id, new, person, capacity, answers.priority, state)
    await _keep(db, plan, application, answers, equality)
    await files.keep(db, application.id, sent, draft_id=draft_id)
    _keep_consents(db, application, consents, new.proxy, by)
    # What is on record of somebody is theirs to hear: a team that applies for them is not told.
    ignored = [] if new.proxy else await _ignored(db, person, plan, new.role, answers)
    await _grow_profile(db, person, answers, by)
    note_reason(db, application, applications.PROXY, new.proxy.reason if new.proxy else None, by)
    act = "submit_application_as_proxy" if new.proxy else "submit_application"
    audit(db, by.subject, act, "application", application.id)
    emit(db, ApplicationSubmitted(**of_application(application), by_proxy=new.proxy is not None))
    if waits:
        await ask_for_endorsement(db, plan, application, person, new.nominator)
    return Submitted(application, ignored)


async def change_answers(db: AsyncSession, application: Application, edit: AnswersEdit, by: Principal) -> Application:
    """Put answers in place of those that were given.

    EditingNotOffered, TransitionNotAllowed once it is decided, and what `submit_application` says of window and form.
    """
    plan = blueprint.plan_of(await programmes.programme(db, application.programme_id))
    if not plan.applying.edit_until_close:
        raise EditingNotOffered()
    lifecycle.after(State(application.state), Act.EDIT)
    await check_window(db, application.programme_id, plan, application.cohort_id)
    role, person = application.role, await directory.person(db, by.person_id)
    answers = forms.check(plan, role, given(plan, role, edit), await profile(db, person))
    sent = await files.answered(db, plan, role, answers, application_id=application.id)
    equality = forms.check_equality(plan.form.equality_monitoring, edit.equality or {}, plan.languages)
    earlier = {
        (one.document, one.version) for one in (await applications.consents(db, [application.id]))[application.id]
    }
    agreed = {f.id: f.version or "" for f in plan.form.of(role) if (f.document, f.version) in earlier}
    consents = [c for c in forms.check_consents(plan, role, agreed | edit.consents) if c not in earlier]
    capacity = _capacity(plan, role, edit, answers)
    changed = await change(db, application, Act.EDIT, capacity=capacity, priority=answers.priority)
    await _clear(db, changed.id, also_equality=edit.equality is not None)
    await _keep(db, plan, changed, answers, equality)
    await files.keep(db, changed.id, sent)
    _keep_consents(db, changed, consents, None, by)
    await _grow_profile(db, person, answers, by)
    audit(db, by.subject, "change_answers", "application", changed.id)
    emit(db, ApplicationEdited(**of_application(changed)))
    return changed


async def _clear(db: AsyncSession, application_id: UUID, *, also_equality: bool) -> None:
    """Delete what is written anew."""
    gone = [
        sa.delete(ApplicationAnswers).where(ApplicationAnswers.id == application_id),
        sa.delete(Mention).where(Mention.application_id == application_id),
    ]
    if also_equality:
        gone.append(sa.delete(EqualityAnswers).where(EqualityAnswers.id == application_id))
    for statement in gone:
        await db.execute(statement.execution_options(synchronize_session=False))


async def _applicant(db: AsyncSession, programme_id: UUID, new: NewApplication, by: Principal) -> Person:
    """Who applies. RoleNeeded, PersonNotFound, ProxyNeeded, AnswersAreTheirOwn, ProxyForOneself."""
    if new.person_id is None or new.person_id == by.person:
        if new.proxy is not None:
            raise ProxyForOneself()
        return await directory.person(db, by.person_id)
    await require_team(db, by, programme_id)
    person = await reached_person(db, new.person_id, by)
    if new.equality:
        raise AnswersAreTheirOwn()
    if new.proxy is None:
        raise ProxyNeeded()
    return person


async def check_window(db: AsyncSession, programme_id: UUID, plan: Blueprint, cohort_id: UUID | None) -> None:
    """A cohort without a window takes applications until it is closed; the programme says when a later round does.

    ProgrammeClosed, and it stays open until the end of the transaction.
    """
    await programmes.open_programme(db, programme_id)
    if cohort_id is not None:
        cohort = await programmes.cohort(db, cohort_id, shared=True)
        if cohort.programme_id != programme_id:
            raise CohortNotFound()
        if cohort.closed_at is not None:
            raise CohortIsClosed()
        cohorts = [cohort]
    elif plan.later_round == "while_a_window_is_open":
        cohorts = list(await programmes.cohorts(db, programme_id))
    elif plan.later_round == "always":
        return
    else:
        raise LaterRoundNotOffered()
    windows = [window for window in map(window_of, cohorts) if window is not None]
    moment = now(db)
    if windows and not any(window.holds(moment) for window in windows):
        raise _closed(windows, moment)


def window_of(cohort: Cohort) -> Window | None:
    """When applications for the cohort are taken; None: until it is closed."""
    return application_window(map(Milestone.model_validate, cohort.milestones))


def _closed(windows: list[Window], moment: datetime) -> WindowClosed:
    """Names the next window, or else the last one."""
    coming = [window for window in windows if window.opens_at > moment]
    named = min(coming, key=lambda w: w.opens_at) if coming else max(windows, key=lambda w: w.opens_at)
    opens_at, closes_at = (t and t.isoformat().replace("+00:00", "Z") for t in (named.opens_at, named.closes_at))
    until = f" to {closes_at}" if closes_at else ""
    return WindowClosed(f"applications are taken from {opens_at}{until}", opens_at=opens_at, closes_at=closes_at)


def given(plan: Blueprint, role: str, new: NewApplication | DraftContent) -> Mapping[str, Any]:
    """The answers, with the capacity among them if the form asks for it."""
    asked = next((field for field in plan.form.of(role) if field.means == "capacity"), None)
    if asked is None or new.capacity is None or asked.id in new.answers or "capacity" in new.answers:
        return new.answers
    return new.answers | {asked.id: new.capacity}


def _capacity(plan: Blueprint, role: str, new: NewApplication | DraftContent, answers: Answers) -> int:
    if role != "mentor":
        return 1
    most = plan.matching.capacity.max if plan.matching else None
    wanted = answers.capacity or new.capacity or plan.default_capacity
    return wanted if most is None else min(wanted, most)


async def profile(db: AsyncSession, person: Person) -> Mapping[str, Any]:
    """What a person's profile answers of a form."""
    employer = await directory.employer_name(db, person.employer_id)
    return person.attributes | {"languages": person.languages, "employer": employer}


async def _insert(
    db: AsyncSession,
    programme_id: UUID,
    new: NewApplication,
    person: Person,
    capacity: int,
    priority: bool,
    state: State,
) -> Application:
    values: dict[str, Any] = {
        "id": new_id(),
        "programme_id": programme_id,
        "cohort_id": new.cohort_id,
        "first_cohort_id": new.cohort_id,
        "person_id": person.id,
        "role": new.role,
        "state": state,
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


async def _ignored(db: AsyncSession, person: Person, plan: Blueprint, role: str, answers: Answers) -> list[str]:
    """The fields whose answers differ from what is on record and goes before them."""
    by_hr = {name for name, source in person.sources.items() if source == "hr"}
    employer = await directory.employer_name(db, person.employer_id)
    differ = {n for n, v in answers.attributes.items() if n in by_hr and person.attributes.get(n) != v}
    if employer is not None and answers.employer and _same(employer) != _same(answers.employer):
        differ.add("employer")
    if answers.languages and "languages" in by_hr and answers.languages != person.languages:
        differ.add("languages")
    if answers.line_manager and person.line_manager_id is not None:
        boss = await directory.person(db, person.line_manager_id)
        differ |= {"line_manager"} if boss.email != answers.line_manager else set()
    return [field.id for field in plan.form.of(role) if field.id in differ or field.means in differ]


def _same(name: str) -> str:
    return " ".join(name.casefold().split())


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
