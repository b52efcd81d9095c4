"""What events of others lead to: titles to call things by, and notifications to be sent."""

from collections.abc import Callable, Coroutine
from typing import Any, cast
from uuid import UUID, uuid5

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import roles
from mentoring_common.consumer import Reactions
from mentoring_common.db import tenant_of
from mentoring_contracts.applications import (
    ApplicationAccepted,
    ApplicationMoved,
    ApplicationRefused,
    ApplicationUnmatched,
    ApplicationWaitlisted,
    CohortCreated,
    EmailChangeAsked,
    PersonErased,
    ProgrammeCreated,
    RoleGranted,
    RoleRevoked,
)
from mentoring_contracts.evaluation import SurveyOpened, SurveyReminderDue
from mentoring_contracts.matching import MatchConfirmed, MatchDeclined, MatchEnded, MatchProposed
from mentoring_integrations.commands import Notice, erase_person, notify
from mentoring_integrations.letters import UNTITLED
from mentoring_integrations.models import Cohort, OpenedWave, Programme
from mentoring_integrations.topics import EMAIL_CONFIRM, EMAIL_NOTICE, SURVEY_OPENED, SURVEY_REMINDER

_Decision = ApplicationAccepted | ApplicationWaitlisted | ApplicationRefused | ApplicationUnmatched | ApplicationMoved
_Match = MatchProposed | MatchConfirmed | MatchDeclined | MatchEnded


async def on_programme_created(db: AsyncSession, event: ProgrammeCreated) -> None:
    title = str(event.blueprint.get("title") or UNTITLED)
    row = insert(Programme).values(tenant_id=tenant_of(db), id=event.programme_id, title=title)
    await db.execute(row.on_conflict_do_nothing())


async def on_cohort_created(db: AsyncSession, event: CohortCreated) -> None:
    values = {"tenant_id": tenant_of(db), "id": event.cohort_id, "programme_id": event.programme_id}
    await db.execute(insert(Cohort).values(values | {"number": event.number}).on_conflict_do_nothing())


async def on_role_granted(db: AsyncSession, event: RoleGranted) -> None:
    await roles.grant(db, event.role_id, event.programme_id, event.person_id, event.role)


async def on_role_revoked(db: AsyncSession, event: RoleRevoked) -> None:
    await roles.revoke(db, event.role_id)


def _about_application(topic: str) -> Callable[[AsyncSession, _Decision], Coroutine[Any, Any, None]]:
    async def on_application(db: AsyncSession, event: _Decision) -> None:
        notice = Notice(
            event.person_id, topic, event.application_id, event.programme_id, event.cohort_id, role=event.role
        )
        await notify(db, [notice])

    return on_application


async def on_email_change_asked(db: AsyncSession, event: EmailChangeAsked) -> None:
    """The old address hears of it first, then the new one is asked to confirm."""
    for topic in (EMAIL_NOTICE, EMAIL_CONFIRM):
        await notify(db, [Notice(event.person_id, topic, event.change_id, None, None)])


async def on_match_proposed(db: AsyncSession, event: MatchProposed) -> None:
    await notify(db, _to_both(event, "match_proposed"))


async def on_match_confirmed(db: AsyncSession, event: MatchConfirmed) -> None:
    await notify(db, _to_both(event, "match_confirmed"))


async def on_match_declined(db: AsyncSession, event: MatchDeclined) -> None:
    """Told to the other side without the reason; to both when the offer ran out."""
    await notify(db, [notice for notice in _to_both(event, "offer_closed") if notice.role != event.by])


async def on_match_ended(db: AsyncSession, event: MatchEnded) -> None:
    await notify(db, _to_both(event, "match_ended"))


async def on_survey_opened(db: AsyncSession, event: SurveyOpened) -> None:
    """Only noted: whom the wave asks is read from evaluation outside of this transaction (invitations.py)."""
    await _note_wave(db, event, event.wave_id, SURVEY_OPENED, 0)


async def on_survey_reminder_due(db: AsyncSession, event: SurveyReminderDue) -> None:
    """Only noted: who has not answered is read from evaluation outside of this transaction (invitations.py)."""
    await _note_wave(db, event, uuid5(event.wave_id, f"reminder {event.number}"), SURVEY_REMINDER, event.number)


async def _note_wave(
    db: AsyncSession, event: SurveyOpened | SurveyReminderDue, id_: UUID, topic: str, number: int
) -> None:
    values = event.model_dump(include={"wave_id", "programme_id", "cohort_id", "closes_at"})
    row = insert(OpenedWave).values(tenant_id=tenant_of(db), id=id_, topic=topic, number=number, **values)
    await db.execute(row.on_conflict_do_nothing())


async def on_person_erased(db: AsyncSession, event: PersonErased) -> None:
    await erase_person(db, event.person_id)


def _to_both(event: _Match, topic: str) -> list[Notice]:
    until = event.expires_at if isinstance(event, MatchProposed) else None

    def notice(person_id: UUID, role: str, other_id: UUID) -> Notice:
        return Notice(
            person_id, topic, event.match_id, event.programme_id, event.cohort_id, role, other_id=other_id, until=until
        )

    return [
        notice(event.mentor_id, "mentor", event.mentee_id),
        notice(event.mentee_id, "mentee", event.mentor_id),
    ]


REACTIONS: Reactions = cast(
    Reactions,
    {
        ProgrammeCreated: on_programme_created,
        CohortCreated: on_cohort_created,
        RoleGranted: on_role_granted,
        RoleRevoked: on_role_revoked,
        ApplicationAccepted: _about_application("application_accepted"),
        ApplicationWaitlisted: _about_application("application_waitlisted"),
        ApplicationRefused: _about_application("application_refused"),
        ApplicationUnmatched: _about_application("application_unmatched"),
        ApplicationMoved: _about_application("application_moved"),
        EmailChangeAsked: on_email_change_asked,
        MatchProposed: on_match_proposed,
        MatchConfirmed: on_match_confirmed,
        MatchDeclined: on_match_declined,
        MatchEnded: on_match_ended,
        SurveyOpened: on_survey_opened,
        SurveyReminderDue: on_survey_reminder_due,
        PersonErased: on_person_erased,
    },
)
