"""Mentoring sessions as answers: notes are opened for who may read them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_contracts.blueprint.text import in_language
from mentoring_sessions.meetings import queries
from mentoring_sessions.meetings.schemas import CorrectionView, MeetingTopicView, MentoringSessionView
from mentoring_sessions.notes import queries as notes
from mentoring_sessions.notes.schemas import NoteView
from mentoring_sessions.notes.views import note
from mentoring_sessions.relationships.models import Correction, MentoringSession, Programme
from mentoring_sessions.relationships.parts import Access
from mentoring_sessions.relationships.views import reason


async def mentoring_sessions(
    db: AsyncSession, by: Principal, mine: Access, rows: Sequence[MentoringSession]
) -> list[MentoringSessionView]:
    """Mentoring sessions with the notes that the caller may read."""
    opened: dict[UUID, list[NoteView]] = {row.id: [] for row in rows}
    for written in await notes.notes(db, mine, list(opened)):
        opened[written.mentoring_session_id].append(await note(db, by, written))
    there = await queries.presences(db, [row.id for row in rows])
    return [
        MentoringSessionView.model_validate(vars(row) | {"notes": opened[row.id], "attended": there.get(row.id)})
        for row in rows
    ]


def topics(programme: Programme, wanted: Sequence[str]) -> list[MeetingTopicView]:
    """What meetings of a programme may be about, in these languages."""
    return [
        MeetingTopicView(id=one["id"], title=in_language(one["title"], wanted, programme.languages))
        for one in programme.topics
    ]


async def corrections(db: AsyncSession, mine: Access, rows: Sequence[Correction]) -> list[CorrectionView]:
    """What was corrected of a mentoring session; the reasons for the pair and the programme team."""
    shown = mine.side is not None or mine.reads_of_pair
    return [CorrectionView.model_validate(vars(row) | {"reason": await reason(db, row, shown)}) for row in rows]
