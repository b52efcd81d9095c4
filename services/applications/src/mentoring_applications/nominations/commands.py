"""Nominations: asked for by applicants or opened by who nominates, answered with an account or by a link."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.applications import queries as applications
from mentoring_applications.applications.access import team_application, visible_application
from mentoring_applications.applications.commands.transitions import change, note_reason
from mentoring_applications.applications.models import Application
from mentoring_applications.directory import queries as directory
from mentoring_applications.directory.models import Person
from mentoring_applications.errors import (
    AlreadyNominated,
    CohortIsClosed,
    CohortNotFound,
    HasLeft,
    NominationIsOver,
    NominationNotFound,
    NominatorIsOneself,
    NominatorNotAllowed,
    PersonNotFound,
    StatementNeeded,
)
from mentoring_applications.lifecycle import Act, Nominated, State
from mentoring_applications.nominations import nominators, queries
from mentoring_applications.nominations.models import Nomination
from mentoring_applications.nominations.nominators import Nominator
from mentoring_applications.nominations.schemas import Named, NewNomination
from mentoring_applications.programmes import blueprint
from mentoring_applications.programmes import queries as programmes
from mentoring_applications.programmes.access import is_team
from mentoring_common import vault
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.deadlines import cancel, schedule
from mentoring_common.ids import new_id
from mentoring_common.outbox import emit
from mentoring_contracts.applications import (
    NominationDeclined,
    NominationEndorsed,
    NominationLapsed,
    NominationOpened,
    NominationReminderDue,
    NominationWithdrawn,
    PersonChanged,
)
from mentoring_contracts.blueprint import Blueprint

REMINDER: Final = "nomination_reminder"
LAPSE: Final = "nomination_lapse"
BY_LINK: Final = "nominator by link"  # who acted, in the audit log
SYSTEM: Final = "system"
_TAKEN_BACK: Final = frozenset({Nominated.ASKED, Nominated.ENDORSED})


async def nominate(db: AsyncSession, programme_id: UUID, new: NewNomination, by: Principal) -> Nomination:
    """Stand behind somebody who has not applied yet; their application then goes on at once.

    NominationsNotTaken, NominatorNotAllowed, NominatorIsOneself, StatementNeeded, AlreadyNominated, PersonNotFound,
    ProgrammeClosed.
    """
    programme = await programmes.open_programme(db, programme_id)
    plan = blueprint.plan_of(programme)
    said = nominators.terms(plan, new.role)
    _check_statement(said.statement_required, new.statement)
    await _check_cohort(db, programme_id, new.cohort_id)
    person, nominator = await _nominee(db, programme_id, said.by, new, by)
    if person.left_at is not None:
        raise HasLeft()
    nomination = await _open(db, programme_id, new.cohort_id, new.role, person, nominator, "nominator", new.name)
    await _say(db, nomination, new.statement)
    audit(db, by.subject, "nominate", "nomination", nomination.id)
    application = await queries.application_awaiting(db, programme_id, person.id, new.role)
    if application is not None:
        await _supersede(db, application, by.subject)
        nomination.application_id = application.id
        await db.flush()
        await change(db, application, Act.ENDORSE)
    return nomination


async def ask_for_endorsement(
    db: AsyncSession, plan: Blueprint, application: Application, person: Person, named: Named | None
) -> None:
    """A new application waits for its nominator, unless somebody has nominated the person already."""
    said = nominators.terms(plan, application.role)
    opened = await queries.nomination_to_join(db, application.programme_id, person.id, application.role)
    if opened is not None:
        opened.application_id = application.id
        await db.flush()
        await change(db, application, Act.ENDORSE)
        return
    nominator = await nominators.named_by(db, application.programme_id, said, person, named)
    await _ask(db, plan, application, person, nominator)


async def ask_another(db: AsyncSession, application_id: UUID, named: Named | None, by: Principal) -> Nomination:
    """Ask somebody (else) to stand behind a waiting application; whoever was asked before is not asked any more.

    ApplicationNotFound, NominationIsOver, and the errors of `nominators.named_by`.
    """
    application = await visible_application(db, application_id, by)
    _check_waiting(application)
    plan = blueprint.plan_of(await programmes.programme(db, application.programme_id))
    said = nominators.terms(plan, application.role)
    assert application.person_id is not None
    person = await directory.person(db, application.person_id)
    nominator = await nominators.named_by(db, application.programme_id, said, person, named)
    await _supersede(db, application, by.subject)
    audit(db, by.subject, "ask_nominator", "application", application_id)
    return await _ask(db, plan, application, person, nominator)


async def waive_endorsement(db: AsyncSession, application_id: UUID, reason: str, by: Principal) -> Application:
    """Let an application go on without an endorsement; for the team, with a reason. NominationIsOver."""
    application = await team_application(db, application_id, by)
    _check_waiting(application)
    await _supersede(db, application, by.subject)
    note_reason(db, application, "waive_endorsement", reason, by)
    audit(db, by.subject, "waive_endorsement", "application", application_id)
    return await change(db, application, Act.ENDORSE)


async def endorse(db: AsyncSession, nomination: Nomination, statement: str | None, actor: str) -> Nomination:
    """Stand behind the application. NominationIsOver, StatementNeeded."""
    programme = await programmes.programme(db, nomination.programme_id)
    said = nominators.terms(blueprint.plan_of(programme), nomination.role)
    application = await _waiting_for(db, nomination)
    _check_statement(said.statement_required, statement)
    await _say(db, nomination, statement)
    await _answer(db, nomination, Nominated.ENDORSED, actor)
    emit(db, NominationEndorsed(**about(nomination)))
    await change(db, application, Act.ENDORSE)
    return nomination


async def decline(db: AsyncSession, nomination: Nomination, reason: str | None, actor: str) -> Nomination:
    """Say no; the reason is for the programme team. NominationIsOver."""
    await _waiting_for(db, nomination)
    if reason:
        nomination.sealed_reason = await vault.seal(db, nomination.person_id, reason)
    await _answer(db, nomination, Nominated.DECLINED, actor)
    emit(db, NominationDeclined(**about(nomination)))
    return nomination


async def withdraw(db: AsyncSession, nomination: Nomination, actor: str) -> Nomination:
    """Take a nomination back before the application is decided; it waits again then. NominationIsOver."""
    if nomination.state not in _TAKEN_BACK:
        raise NominationIsOver(state=nomination.state)
    if nomination.application_id is not None and nomination.state == Nominated.ENDORSED:
        application = await applications.application(db, nomination.application_id)
        if application.state not in (State.SUBMITTED, State.WAITLISTED):
            raise NominationIsOver(state=nomination.state)
        await change(db, application, Act.UNENDORSE)
    await _answer(db, nomination, Nominated.WITHDRAWN, actor)
    emit(db, NominationWithdrawn(**about(nomination)))
    return nomination


async def stop_asking(db: AsyncSession, person_id: UUID, actor: str) -> None:
    """Nobody waits for the answer of somebody who left: who asked them asks another."""
    for nomination in await queries.nominations_asked_of(db, person_id):
        await _answer(db, nomination, Nominated.WITHDRAWN, actor)
        emit(db, NominationWithdrawn(**about(nomination)))


async def nominators_own(db: AsyncSession, nomination_id: UUID, by: Principal) -> Nomination:
    """A nomination that the caller answers; NominationNotFound for who has no part in it, NominatorNotAllowed else."""
    nomination = await queries.nomination(db, nomination_id)
    if is_nominator(nomination, by):
        return nomination
    if nomination.person_id == by.person or await is_team(db, by, nomination.programme_id):
        raise NominatorNotAllowed(by=["the nominator"])
    raise NominationNotFound()


def is_nominator(nomination: Nomination, by: Principal) -> bool:
    """Whether the caller is the one who nominates: the person, or the HR system of the employer that did."""
    mine = by.person is not None and nomination.nominator_id == by.person
    return mine or (by.employer is not None and nomination.employer_id == by.employer)


async def by_link(db: AsyncSession, token: str) -> Nomination:
    """The nomination that a link leads to; NominationNotFound."""
    return await queries.nomination_by_token(db, _digest(token))


async def remind(db: AsyncSession, nomination_id: UUID) -> None:
    """Deadline: the nominator has not answered."""
    nomination = await _still_asked(db, nomination_id)
    if nomination is None:
        return
    programme = await programmes.programme(db, nomination.programme_id)
    days = nominators.terms(blueprint.plan_of(programme), nomination.role).remind_days
    passed = [day for day in days if nomination.asked_at + timedelta(days=day) <= now(db)]
    emit(db, NominationReminderDue(**about(nomination), number=max(len(passed), 1)))
    await _schedule_reminder(db, nomination, days)


async def lapse(db: AsyncSession, nomination_id: UUID) -> None:
    """Deadline: nobody waits for the nominator any more."""
    nomination = await _still_asked(db, nomination_id)
    if nomination is not None:
        await _answer(db, nomination, Nominated.LAPSED, SYSTEM)
        emit(db, NominationLapsed(**about(nomination)))


def about(nomination: Nomination) -> dict[str, Any]:
    """The members that every event about a nomination has."""
    names = ("programme_id", "cohort_id", "person_id", "role")
    return {"nomination_id": nomination.id} | {name: getattr(nomination, name) for name in names}


async def _nominee(
    db: AsyncSession, programme_id: UUID, allowed: list[Any], new: NewNomination, by: Principal
) -> tuple[Person, Nominator]:
    """Whom the caller nominates, and as who."""
    if by.person is None and by.employer is None:
        raise NominatorNotAllowed(by=allowed)
    known = await _known(db, new)
    if by.employer is not None and "hr:provision" in by.scopes:
        employer = await directory.employer_name(db, by.employer)
        if "hr" not in allowed or (known is not None and known.employer_id != by.employer):
            raise NominatorNotAllowed(by=allowed)
        return known or await _make(db, new, by.employer, by), Nominator(None, employer, None, by.employer)
    me = await directory.person(db, by.person_id)
    if known is not None and known.id == me.id:
        raise NominatorIsOneself()
    if "role" in allowed and await programmes.holds_right(db, programme_id, me.id, "nominate"):
        return known or await _make(db, new, None, by), Nominator(me.id, me.name, me.email)
    if "line_manager" in allowed and known is not None and await nominators.manages(db, me.id, known):
        return known, Nominator(me.id, me.name, me.email)
    raise NominatorNotAllowed(by=allowed)


async def _known(db: AsyncSession, new: NewNomination) -> Person | None:
    if new.person_id is not None:
        return await directory.person(db, new.person_id)
    return await directory.person_by_email(db, new.email.lower()) if new.email else None


async def _make(db: AsyncSession, new: NewNomination, employer_id: UUID | None, by: Principal) -> Person:
    if new.name is None or new.email is None:
        raise PersonNotFound()
    person = Person(
        id=new_id(), name=new.name, email=new.email.lower(), employer_id=employer_id, languages=[], attributes={},
        sources={"employer": "hr"} if employer_id else {},
    )  # fmt: skip
    db.add(person)
    await db.flush()
    audit(db, by.subject, "register_person", "person", person.id)
    emit(db, PersonChanged(person_id=person.id))
    return person


async def _ask(
    db: AsyncSession, plan: Blueprint, application: Application, person: Person, nominator: Nominator
) -> Nomination:
    said = nominators.terms(plan, application.role)
    nomination = await _open(
        db, application.programme_id, application.cohort_id, application.role, person, nominator, "nominee", None,
        application.id,
    )  # fmt: skip
    await _schedule_reminder(db, nomination, said.remind_days)
    if said.lapses_days is not None:
        await schedule(db, LAPSE, nomination.id, nomination.asked_at + timedelta(days=said.lapses_days))
    return nomination


async def _open(
    db: AsyncSession, programme_id: UUID, cohort_id: UUID | None, role: str, person: Person, nominator: Nominator,
    opened_by: str, written_name: str | None, application_id: UUID | None = None,
) -> Nomination:  # fmt: skip
    token = secrets.token_urlsafe(32)
    values: dict[str, Any] = {
        "id": new_id(), "programme_id": programme_id, "cohort_id": cohort_id, "role": role, "person_id": person.id,
        "nominee_name": written_name or person.name, "application_id": application_id, "nominator_id": nominator.id,
        "nominator_name": nominator.name, "nominator_email": nominator.email, "employer_id": nominator.employer_id,
        "opened_by": opened_by, "state": Nominated.ASKED if opened_by == "nominee" else Nominated.ENDORSED,
        "token_digest": _digest(token), "sealed_token": await vault.seal(db, person.id, token), "asked_at": now(db),
    }  # fmt: skip
    statement = insert(Nomination).values(values).on_conflict_do_nothing().returning(Nomination)
    nomination: Nomination | None = await db.scalar(statement)
    if nomination is None:
        raise AlreadyNominated()
    emit(db, NominationOpened.model_validate(about(nomination) | {"opened_by": opened_by}))
    return nomination


async def _supersede(db: AsyncSession, application: Application, actor: str) -> None:
    """Whoever was asked before is not asked any more."""
    before = await queries.nomination_standing(db, application.id)
    if before is not None:
        await _answer(db, before, Nominated.WITHDRAWN, actor)
        emit(db, NominationWithdrawn(**about(before)))


async def _waiting_for(db: AsyncSession, nomination: Nomination) -> Application:
    """The application that waits for an answer; NominationIsOver."""
    if nomination.state != Nominated.ASKED or nomination.application_id is None:
        raise NominationIsOver(state=nomination.state)
    application = await applications.application(db, nomination.application_id)
    _check_waiting(application)
    return application


def _check_waiting(application: Application) -> None:
    if application.state != State.AWAITING_ENDORSEMENT:
        raise NominationIsOver(state=application.state)


def _check_statement(required: bool, statement: str | None) -> None:
    if required and not statement:
        raise StatementNeeded()


async def _check_cohort(db: AsyncSession, programme_id: UUID, cohort_id: UUID | None) -> None:
    if cohort_id is None:
        return
    cohort = await programmes.cohort(db, cohort_id)
    if cohort.programme_id != programme_id:
        raise CohortNotFound()
    if cohort.closed_at is not None:
        raise CohortIsClosed()


async def _say(db: AsyncSession, nomination: Nomination, statement: str | None) -> None:
    if statement:
        nomination.sealed_statement = await vault.seal(db, nomination.person_id, statement)


async def _answer(db: AsyncSession, nomination: Nomination, state: Nominated, actor: str) -> None:
    nomination.state, nomination.answered_at = state, now(db)
    for kind in (REMINDER, LAPSE):
        await cancel(db, kind, nomination.id)
    audit(db, actor, f"nomination_{state}", "nomination", nomination.id)
    await db.flush()


async def _still_asked(db: AsyncSession, nomination_id: UUID) -> Nomination | None:
    nomination = await queries.nomination_asked(db, nomination_id)
    if nomination is None or nomination.application_id is None:
        return None
    application = await applications.application(db, nomination.application_id)
    return nomination if application.state == State.AWAITING_ENDORSEMENT else None


async def _schedule_reminder(db: AsyncSession, nomination: Nomination, days: list[int]) -> None:
    coming = (nomination.asked_at + timedelta(days=day) for day in days)
    following = next((moment for moment in coming if moment > now(db)), None)
    if following is not None:
        await schedule(db, REMINDER, nomination.id, following)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
