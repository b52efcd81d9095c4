"""Focus groups: several people heard at once; what was said belongs to the person who said it."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_common.pagination import Cursor, Limit, Page, page
from mentoring_common.roles import require_right, rights_of
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch, IfMatchRequired, Precondition
from mentoring_evaluation.errors import FocusGroupNotFound, NotOfFocusGroup
from mentoring_evaluation.interviews import queries
from mentoring_evaluation.interviews.access import INTERVIEWERS
from mentoring_evaluation.interviews.commands import focus_groups as commands
from mentoring_evaluation.interviews.commands import interviews
from mentoring_evaluation.interviews.models import FocusGroup, Interview
from mentoring_evaluation.interviews.schemas import (
    Amendment,
    Contribution,
    FocusGroupChange,
    FocusGroupView,
    MoreParticipants,
    NewFocusGroup,
    ParticipantView,
    ParticipantWithTexts,
)
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.programmes.access import Reader, Writer, sees_all

router = APIRouter(route_class=Route, tags=["focus groups"])


@router.post("/programmes/{programme_id}/focus-groups", status_code=201)
async def plan_focus_group(programme_id: UUID, new: NewFocusGroup, by: Writer, db: Db) -> FocusGroupView:
    """Plan a focus group, before the programme begins, during it or after it. For the team and interviewers."""
    await programmes.programme(db, programme_id)
    await require_right(db, by, programme_id, *INTERVIEWERS)
    return await _view(db, await commands.plan_focus_group(db, programme_id, new, by), by)


@router.get("/programmes/{programme_id}/focus-groups")
async def list_focus_groups(
    programme_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[FocusGroupView]:
    """The focus groups of a programme for its team and interviewers; for everybody else those they take part in."""
    await programmes.programme(db, programme_id)
    own = None if by.is_admin else queries.focus_groups(programme_id, by.person_id)
    all_of_them = await sees_all(db, by, programme_id, INTERVIEWERS, own)
    rows = queries.focus_groups(programme_id, None if all_of_them else by.person_id)
    shown, following = await page(db, rows, FocusGroup.id, cursor, limit)
    return Page(items=await _views(db, shown, by, whole=all_of_them), next_cursor=following)


@router.get("/focus-groups/{focus_group_id}")
async def read_focus_group(focus_group_id: UUID, by: Reader, db: Db) -> FocusGroupView:
    """One focus group: for those who hold it, and who takes part."""
    return await _view(db, await _seen(db, focus_group_id, by), by)


@router.patch("/focus-groups/{focus_group_id}")
async def change_focus_group(
    focus_group_id: UUID, change: FocusGroupChange, by: Writer, db: Db, expected: IfMatchRequired
) -> FocusGroupView:
    """Change title, time or guide before it is held. For the team and interviewers."""
    group = await _held_by(db, focus_group_id, by)
    await expected.hold(db, group)
    return await _view(db, await commands.change_focus_group(db, group, change, by), by)


@router.post("/focus-groups/{focus_group_id}/participants")
async def invite_to_focus_group(
    focus_group_id: UUID, more: MoreParticipants, by: Writer, db: Db, expected: IfMatch
) -> FocusGroupView:
    """Ask more people to take part before it is held. For the team and interviewers."""
    group = await _held_by(db, focus_group_id, by)
    await expected.hold(db, group)
    return await _view(db, await commands.invite(db, group, more.person_ids, by), by)


@router.post("/focus-groups/{focus_group_id}/hold")
async def hold_focus_group(focus_group_id: UUID, by: Writer, db: Db, expected: IfMatch) -> FocusGroupView:
    """Say that it took place; then what those who agreed said can be recorded. For the team and interviewers."""
    group = await _held_by(db, focus_group_id, by)
    await expected.hold(db, group)
    return await _view(db, await commands.hold(db, group, by), by)


@router.post("/focus-groups/{focus_group_id}/cancel")
async def cancel_focus_group(focus_group_id: UUID, by: Writer, db: Db, expected: IfMatch) -> FocusGroupView:
    """Call it off. For the team and interviewers."""
    group = await _held_by(db, focus_group_id, by)
    await expected.hold(db, group)
    return await _view(db, await commands.cancel(db, group, by), by)


@router.get("/focus-groups/{focus_group_id}/participants/{person_id}")
async def read_contribution(focus_group_id: UUID, person_id: UUID, by: Reader, db: Db) -> ParticipantWithTexts:
    """What one person said: for that person and for those who hold interviews, whose reading is audited."""
    group = await queries.focus_group(db, focus_group_id)
    if by.subject != str(person_id) and not await rights_of(db, by, group.programme_id) & set(INTERVIEWERS):
        raise NotOfFocusGroup()  # not for administrators of the organisation either
    part = await queries.part_of_person(db, focus_group_id, person_id)
    summary, quotes = await interviews.texts_of(db, part, by)
    return ParticipantWithTexts(**_participant(part).model_dump(), summary=summary, quotes=quotes)


@router.post("/focus-groups/{focus_group_id}/participants/{person_id}/contribution")
async def record_contribution(
    focus_group_id: UUID, person_id: UUID, said: Contribution, by: Writer, db: Db
) -> ParticipantView:
    """Hand in what one person said; after it was held, and they agreed. For the team and interviewers."""
    group = await _held_by(db, focus_group_id, by)
    part = await queries.part_of_person(db, focus_group_id, person_id)
    return _participant(await commands.record(db, group, part, said, by))


@router.post("/focus-groups/{focus_group_id}/consent")
async def consent_to_focus_group(focus_group_id: UUID, by: Writer, db: Db, expected: IfMatch) -> ParticipantView:
    """Agree to be recorded and quoted; each person for themselves."""
    return _participant(await interviews.consent(db, await own_part(db, focus_group_id, by, expected)))


@router.post("/focus-groups/{focus_group_id}/amend")
async def amend_contribution(
    focus_group_id: UUID, change: Amendment, by: Writer, db: Db, expected: IfMatch
) -> ParticipantView:
    """Put what one said in one's own words; each person for themselves."""
    return _participant(await interviews.amend(db, await own_part(db, focus_group_id, by, expected), change))


@router.post("/focus-groups/{focus_group_id}/approve")
async def approve_contribution(focus_group_id: UUID, by: Writer, db: Db, expected: IfMatch) -> ParticipantView:
    """Let what one said be used; each person for themselves. Then themes may be found in the quotes."""
    return _participant(await interviews.approve(db, await own_part(db, focus_group_id, by, expected)))


async def own_part(db: AsyncSession, focus_group_id: UUID, by: Principal, expected: Precondition) -> Interview:
    """The caller's own part in a focus group, which is as expected; FocusGroupNotFound for anybody else."""
    try:
        part = await queries.part_of_person(db, focus_group_id, by.person)
    except NotOfFocusGroup:
        raise FocusGroupNotFound() from None
    await expected.hold(db, await queries.focus_group(db, focus_group_id))
    return part


async def _held_by(db: AsyncSession, focus_group_id: UUID, by: Principal) -> FocusGroup:
    group = await queries.focus_group(db, focus_group_id)
    await require_right(db, by, group.programme_id, *INTERVIEWERS)
    return group


async def _seen(db: AsyncSession, focus_group_id: UUID, by: Principal) -> FocusGroup:
    group = await queries.focus_group(db, focus_group_id)
    parts = (await queries.participants(db, [group.id]))[group.id]
    if by.person not in {part.person_id for part in parts}:
        await require_right(db, by, group.programme_id, *INTERVIEWERS)
    return group


async def _view(db: AsyncSession, group: FocusGroup, by: Principal) -> FocusGroupView:
    whole = by.is_admin or bool(await rights_of(db, by, group.programme_id) & set(INTERVIEWERS))
    return (await _views(db, [group], by, whole=whole))[0]


async def _views(db: AsyncSession, groups: Sequence[FocusGroup], by: Principal, *, whole: bool) -> list[FocusGroupView]:
    parts = await queries.participants(db, [group.id for group in groups])
    return [_of(group, parts[group.id], None if whole else by.person) for group in groups]


def _of(group: FocusGroup, parts: Sequence[Interview], only: UUID | None) -> FocusGroupView:
    named = {name: getattr(group, name) for name in FocusGroupView.model_fields if hasattr(group, name)}
    people = sum(part.state != "withdrawn" for part in parts)
    shown = [_participant(part) for part in parts if only in (None, part.person_id)]
    return FocusGroupView(**named, people=people, participants=shown)


def _participant(part: Interview) -> ParticipantView:
    return ParticipantView.model_validate(part)
