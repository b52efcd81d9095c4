"""The REST API of the matching service: matches, from the offer to the end."""

from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_common.db import tenant_of
from mentoring_common.pagination import ByIds, Cursor, Limit, Page, page, page_of
from mentoring_common.roles import require_right
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch, UpdatedSince
from mentoring_matching import policies, queries, reasons
from mentoring_matching.access import require_part, require_team
from mentoring_matching.api.callers import Reader, Writer
from mentoring_matching.commands import matches as commands
from mentoring_matching.commands.handover import hand_over
from mentoring_matching.commands.runs import pass_on
from mentoring_matching.errors import AnswerTheGroup, DeclineReasonNeeded, NotYourMatch, ProgrammeNotFound
from mentoring_matching.lifecycle import MatchState
from mentoring_matching.models import Match
from mentoring_matching.queries import TEAM
from mentoring_matching.schemas import Declining, Ending, Handover, MatchCounts, MatchView, StateCount

router = APIRouter(route_class=Route, tags=["matches"])


@router.get("/matches")
async def list_matches(
    by: Reader,
    db: Db,
    cohort_id: UUID | None = None,
    programme_id: UUID | None = None,
    person_id: UUID | None = None,
    state: MatchState | None = None,
    ids: ByIds = None,
    updated_since: UpdatedSince = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[MatchView]:
    """The matches you may see: your own, or those of programmes whose team you belong to."""
    rows, mine = queries.visible_matches(by, tenant_of(db)), queries.matches_of(by)
    for column, value in ((Match.cohort_id, cohort_id), (Match.programme_id, programme_id), (Match.state, state)):
        rows = rows if value is None else rows.where(column == value)
    for column, value in ((Match.cohort_id, cohort_id), (Match.programme_id, programme_id)):
        mine = mine if value is None else mine.where(column == value)
    if ids is not None:
        rows = rows.where(Match.id.in_(ids))
    if updated_since is not None:
        rows = rows.where(Match.updated_at >= updated_since)
    if person_id is not None:
        of_person = (Match.mentor_id == person_id) | (Match.mentee_id == person_id)
        rows, mine = rows.where(of_person), mine.where(of_person)
    if str(person_id) != by.subject:
        asked = (programme_id, cohort_id, person_id)
        await require_part(db, by, mine, programme_id, cohort_id, narrowed=any(asked))
    shown, following = await page(db, rows, Match.id, cursor, limit)
    return page_of(shown, following, lambda match: _view(match, by))


@router.get("/programmes/{programme_id}/matches/counts")
async def count_matches(programme_id: UUID, by: Reader, db: Db, cohort_id: UUID | None = None) -> MatchCounts:
    """How many matches of the programme, or of one cohort, stand in each state."""
    await require_team(db, by, programme_id, ProgrammeNotFound)
    await queries.policy(db, programme_id)  # every programme that is known here has one
    counts = await queries.match_counts(db, programme_id, cohort_id)
    return MatchCounts(items=[StateCount(state=state, count=count) for state, count in counts.items()])


@router.get("/matches/{match_id}")
async def read_match(match_id: UUID, by: Reader, db: Db) -> MatchView:
    """One match."""
    return _view(await queries.visible_match(db, by, match_id), by)


def _view(match: Match, by: Principal) -> MatchView:
    """Why it ended may tell of a person: the two learn no more than events say."""
    view = MatchView.model_validate(match)
    less = {"end_note": None, "end_reason": match.end_reason and reasons.shown(match.end_reason)}
    return view.model_copy(update=less) if _is_one_of(match, by) else view


def _is_one_of(match: Match, by: Principal) -> bool:
    return by.subject in (str(match.mentor_id), str(match.mentee_id))


@router.post("/matches/{match_id}/accept")
async def accept_match(match_id: UUID, by: Writer, db: Db, expected: IfMatch) -> MatchView:
    """Accept an offer; the second acceptance confirms the match. Accepting it again answers as the first time."""
    match = await queries.visible_match(db, by, match_id)
    _require_own_answer(match, by)
    if commands.has_accepted(match, commands.side_of(match, by)):
        expected.met_before()
        return _view(match, by)
    await queries.require_open(db, match.programme_id)
    await expected.hold(db, match)
    return _view(await commands.accept_match(db, match, by), by)


def _require_own_answer(match: Match, by: Principal) -> None:
    if match.group_id is not None and by.subject == str(match.mentor_id):
        raise AnswerTheGroup(group_id=str(match.group_id))


@router.post("/matches/{match_id}/decline")
async def decline_match(match_id: UUID, declining: Declining, by: Writer, db: Db, expected: IfMatch) -> MatchView:
    """Decline an offer; where the policy says so, the place passes on."""
    match = await queries.visible_match(db, by, match_id)
    _require_own_answer(match, by)
    await expected.hold(db, match)
    side = commands.side_of(match, by)
    version = await queries.policy(db, match.programme_id)
    if policies.reason_required(version.document) and not declining.reason:
        raise DeclineReasonNeeded()
    declined = await commands.decline_match(db, match, by, declining.reason)
    if declined.group_id is None:
        await pass_on(db, declined, side)
    return _view(declined, by)


@router.post("/matches/{match_id}/end")
async def end_match(match_id: UUID, ending: Ending, by: Writer, db: Db, expected: IfMatch) -> MatchView:
    """End a confirmed match early; both people go back to the pool."""
    match = await queries.visible_match(db, by, match_id)
    await _check_may_end(db, match, by)
    await expected.hold(db, match)
    ended = await commands.end_match_by(
        db, match, by, ending.reason, never_again=ending.never_again, rematch=ending.rematch
    )
    return _view(ended, by)


@router.post("/matches/{match_id}/handover", status_code=201)
async def hand_over_match(match_id: UUID, handover: Handover, by: Writer, db: Db, expected: IfMatch) -> MatchView:
    """Have another mentor carry on (programme team): the match ends, also one that ended already, and the new one
    stands at once.

    Its relationship goes on with the hours and the time that are left. Goals, plan and agreement come along where the
    mentee consents; private notes never do.
    """
    match = await queries.visible_match(db, by, match_id)
    await require_right(db, by, match.programme_id, *TEAM)
    await queries.require_open(db, match.programme_id)
    await expected.hold(db, match)
    return _view(await hand_over(db, match, by, handover), by)


async def _check_may_end(db: AsyncSession, match: Match, by: Principal) -> None:
    try:
        commands.side_of(match, by)
    except NotYourMatch:
        await require_right(db, by, match.programme_id, *TEAM)
