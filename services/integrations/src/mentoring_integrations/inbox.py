"""The in-app inbox: the words of a notification, made when it is read, without anybody else's name."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import tenant_of
from mentoring_integrations import queries
from mentoring_integrations.letters import UNTITLED, Occasion, link, wording
from mentoring_integrations.models import Notification
from mentoring_integrations.schemas import NotificationView


async def entries(db: AsyncSession, rows: Sequence[Notification]) -> list[NotificationView]:
    """Notifications in words."""
    titles = await queries.titles(db, [row.programme_id for row in rows])
    cohorts = await queries.cohort_numbers(db, [row.cohort_id for row in rows])
    views = []
    for row in rows:
        title, cohort = titles.get(row.programme_id, UNTITLED), cohorts.get(row.cohort_id)
        words = wording(Occasion(row.topic, row.subject_id, title, cohort, row.role, row.until))
        views.append(_entry(db, row, words.title, words.text))
    return views


def _entry(db: AsyncSession, row: Notification, title: str, text: str) -> NotificationView:
    members = {name: getattr(row, name) for name in NotificationView.model_fields if hasattr(row, name)}
    url = link(row.topic, "", tenant_of(db), row.subject_id)
    return NotificationView(**members | {"title": title, "text": text, "link": url})
