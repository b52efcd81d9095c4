"""The in-app inbox: a notification in words, made when it is read, without anybody else's name or where to meet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.errors import Unavailable
from mentoring_common.runner import Service
from mentoring_integrations.notifications import queries
from mentoring_integrations.notifications.activities import Activity, activities
from mentoring_integrations.notifications.appointments import appointments, times_of
from mentoring_integrations.notifications.calendar_parts import Appointment
from mentoring_integrations.notifications.languages import Reader
from mentoring_integrations.notifications.letters import UNKNOWN, Called, Occasion, Wording, api_link, wording
from mentoring_integrations.notifications.models import Notification
from mentoring_integrations.notifications.resources import titles
from mentoring_integrations.notifications.schemas import NotificationView
from mentoring_integrations.notifications.surveys import surveys
from mentoring_integrations.notifications.timing import Wishes, reader_languages
from mentoring_integrations.notifications.topics import ACTIVITY, APPOINTMENT, OF_SURVEYS, RESOURCE
from mentoring_integrations.programmes import queries as programmes


@dataclass(frozen=True)
class Found:
    """What was read of notifications, for a reader with these wishes."""

    rows: Sequence[Notification]
    wishes: Wishes
    called: Mapping[UUID | None, Called]
    cohorts: Mapping[UUID | None, int]


async def found(db: AsyncSession, wishes: Wishes, rows: Sequence[Notification]) -> Found:
    """What the words of notifications are made of."""
    called = await queries.called(db, [row.programme_id for row in rows])
    return Found(rows, wishes, called, await programmes.cohort_numbers(db, [row.cohort_id for row in rows]))


async def entries(service: Service, tenant: UUID, of: Found) -> list[NotificationView]:
    """Notifications in words. While what stands elsewhere of appointments, activities, resources and surveys is not to
    be had, it stands behind the link alone."""
    about = [row.subject_id for row in of.rows if row.kind == APPOINTMENT]
    try:
        known = await appointments(service, tenant, about)
        held = await activities(service, tenant, [row.subject_id for row in of.rows if row.kind == ACTIVITY])
        given = await titles(service, tenant, [row.subject_id for row in of.rows if row.kind == RESOURCE])
        asked = await surveys(service, tenant, [row.subject_id for row in of.rows if row.topic in OF_SURVEYS])
    except Unavailable:
        known, held, given, asked = {}, {}, {}, {}
    called = given | {wave_id: survey.titles for wave_id, survey in asked.items()}
    return [
        _entry(
            row, _words(row, of, known.get(row.subject_id), held.get(row.subject_id), called.get(row.subject_id, {}))
        )
        for row in of.rows
    ]


def _words(
    row: Notification,
    of: Found,
    appointment: Appointment | None,
    activity: Activity | None,
    titles: Mapping[str, str],
) -> Wording:
    programme, cohort = of.called.get(row.programme_id, UNKNOWN), of.cohorts.get(row.cohort_id)
    theirs = appointment.zones.get(row.person_id) if appointment else None
    zone = of.wishes.zone or theirs or (activity and activity.zone) or programme.zone or "UTC"
    reader = Reader(reader_languages(of.wishes, (), programme.languages), of.wishes.easy_read, zone)
    times = [activity.starts_at] if activity else times_of(row.topic, appointment)
    return wording(
        Occasion(
            row.topic, row.subject_id, programme, cohort, row.role, row.until, reader=reader, times=times,
            moved=row.number > 0, activity=activity.title if activity else None, resource=titles, survey=titles,
        )
    )  # fmt: skip


def _entry(row: Notification, words: Wording) -> NotificationView:
    members = {name: getattr(row, name) for name in NotificationView.model_fields if hasattr(row, name)}
    url = api_link(row.topic, row.subject_id)
    return NotificationView(**members | {"title": words.title, "text": words.text, "link": url})
