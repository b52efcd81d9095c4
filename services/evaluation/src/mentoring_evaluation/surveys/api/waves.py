"""Waves of surveys: when they are, who was asked, how many answered."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import vault
from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch, IfMatchRequired
from mentoring_contracts.words import SIDES
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.programmes.access import (
    TEAM,
    Internal,
    Reader,
    Writer,
    require_own_right,
    require_team,
    team_role,
)
from mentoring_evaluation.programmes.schemas import ByRole
from mentoring_evaluation.surveys import queries, queries_answers, tokens
from mentoring_evaluation.surveys.commands import cancelling, previews, respondents, responses, telling, waves
from mentoring_evaluation.surveys.commands.respondents import Contact
from mentoring_evaluation.surveys.models import Comment, Invitation, NamedAnswer, Wave
from mentoring_evaluation.surveys.schemas import (
    CommentView,
    InvitationView,
    NamedAnswerView,
    NewWave,
    RespondentsAsked,
    WaveCancellation,
    WaveExtension,
    WaveIds,
    WavePreview,
    WavesToTell,
    WaveView,
)

router = APIRouter(route_class=Route, tags=["waves"])


@router.get("/programmes/{programme_id}/waves")
async def list_waves(
    programme_id: UUID, by: Reader, db: Db, cohort_id: UUID | None = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[WaveView]:
    """The waves of a programme, or of one cohort. For the programme team: exact counts would undo the public view."""
    await programmes.programme(db, programme_id)
    await require_team(db, by, programme_id)
    shown, following = await page(db, queries.waves(programme_id, cohort_id), Wave.id, cursor, limit)
    return Page(items=await _views(db, shown), next_cursor=following)


@router.post("/cohorts/{cohort_id}/waves", status_code=201)
async def plan_wave(cohort_id: UUID, new: NewWave, by: Writer, db: Db) -> WaveView:
    """Plan a wave that the cohort's milestones do not have. It opens and closes by itself."""
    cohort = await programmes.cohort(db, cohort_id)
    await require_team(db, by, cohort.programme_id)
    return await view_of(db, await waves.plan_wave(db, cohort, new, by))


@router.post("/programmes/{programme_id}/waves", status_code=201)
async def plan_waves(programme_id: UUID, new: NewWave, by: Writer, db: Db) -> list[WaveView]:
    """Plan a wave for every cohort of the programme, all of them or none."""
    await programmes.programme(db, programme_id)
    await require_team(db, by, programme_id)
    cohorts = await programmes.cohorts(db, programme_id)
    return await _views(db, [await waves.plan_wave(db, cohort, new, by) for cohort in cohorts])


@router.get("/waves/{wave_id}")
async def read_wave(wave_id: UUID, by: Reader, db: Db) -> WaveView:
    """One wave. For the programme team."""
    wave = await queries.wave_of_team(db, wave_id)
    await require_team(db, by, wave.programme_id)
    return await view_of(db, wave)


@router.get("/waves/{wave_id}/preview")
async def preview_wave(wave_id: UUID, by: Reader, db: Db) -> WavePreview:
    """Before a wave opens, and while it is open: how many different people of each role it asks, how many are needed,
    and what will be read of them, by anybody. For the programme team."""
    wave = await queries.wave_of_team(db, wave_id)
    await require_team(db, by, wave.programme_id)
    return await previews.preview_wave(db, wave)


@router.patch("/waves/{wave_id}")
async def extend_wave(wave_id: UUID, change: WaveExtension, by: Writer, db: Db, expected: IfMatchRequired) -> WaveView:
    """Let a wave close later, with a reason that the wave and the team's reports show. A wave that closed is frozen."""
    wave = await queries.wave_of_team(db, wave_id)
    await require_team(db, by, wave.programme_id)
    await expected.hold(db, wave)
    role = await team_role(db, by, wave.programme_id)
    return await view_of(db, await waves.extend_wave(db, wave, change, by, role))


@router.post("/waves/{wave_id}/cancel")
async def cancel_wave(wave_id: UUID, why: WaveCancellation, by: Writer, db: Db, expected: IfMatch) -> WaveView:
    """Call off a wave that is planned or open, or take back one that was brought in. Its answers are deleted; who was
    asked is told, and the wave says when, why and by which role. Another of the same occasion may follow."""
    wave = await queries.wave_of_team(db, wave_id)
    await require_team(db, by, wave.programme_id)
    await expected.hold(db, wave)
    role = await team_role(db, by, wave.programme_id)
    return await view_of(db, await cancelling.cancel_wave(db, wave, why.reason, by, role))


@router.get("/waves/{wave_id}/comments")
async def read_survey_comments(
    wave_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[CommentView]:
    """The free texts of a closed wave, in random order apart from the other answers. For the programme team only."""
    wave = await queries.wave_of_team(db, wave_id)
    await require_own_right(db, by, wave.programme_id, *TEAM)
    shown, following = await page(db, queries_answers.comments(wave_id), Comment.id, cursor, limit)
    return Page(items=await responses.read_comments(db, wave, list(shown), by), next_cursor=following)


@router.get("/waves/{wave_id}/answers")
async def read_named_answers(
    wave_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[NamedAnswerView]:
    """Who answered what in a closed wave of a named survey; reading it is audited. For the programme team only."""
    wave = await queries.wave_of_team(db, wave_id)
    await require_own_right(db, by, wave.programme_id, *TEAM)
    await responses.read_named_answers(db, wave, by)
    shown, following = await page(db, queries_answers.named_answers(wave_id), NamedAnswer.id, cursor, limit)
    return page_of(shown, following, NamedAnswerView.model_validate)


@router.get("/internal/waves/{wave_id}/invitations")
async def list_invitations(
    wave_id: UUID, _: Internal, db: Db, unanswered: bool = False, cursor: Cursor = None, limit: Limit = 50
) -> Page[InvitationView]:
    """Who is asked (`unanswered`: and has not answered), with the token each of them gets; for the service that sends
    invitations and reminders."""
    key = await vault.unseal(db, wave_id, await queries.sealed_wave_key(db, wave_id))
    shown, following = await page(
        db, queries.invitations(wave_id, only_unanswered=unanswered), Invitation.id, cursor, limit
    )
    beyond = await respondents.contacts(db, [row.person_id for row in shown])
    return page_of(shown, following, lambda row: _invitation(key, row, beyond))


@router.post("/internal/waves")
async def read_waves_to_tell(wanted: WaveIds, _: Internal, db: Db) -> WavesToTell:
    """What letters about surveys say: their titles by language, and whether they still take answers."""
    return WavesToTell(items=await telling.to_tell(db, await queries.waves_of_ids(db, wanted.wave_ids)))


def _invitation(key: str, row: Invitation, beyond: Mapping[UUID, Contact]) -> InvitationView:
    token, contact = tokens.token(key, row.wave_id, row.person_id), beyond.get(row.person_id)
    known = {"name": contact.name, "email": contact.email} if contact else {"name": None, "email": None}
    return InvitationView.model_validate({"person_id": row.person_id, "role": row.role, "token": token} | known)


def _respondents(wave: Wave, kind: str, responses: int | None) -> RespondentsAsked:
    hidden = kind in wave.hidden_roles
    return RespondentsAsked(kind=kind, asked=wave.asked_kinds.get(kind, 0), responses=responses, hidden=hidden)


_MADE = ("state", "asked", "responses", "hidden_roles", "respondents")


async def view_of(db: AsyncSession, wave: Wave) -> WaveView:
    """A wave as it is answered."""
    return (await _views(db, [wave]))[0]


async def _views(db: AsyncSession, rows: Sequence[Wave]) -> list[WaveView]:
    counted = await queries_answers.responses_by_role(db, rows)
    return [
        WaveView.model_validate({
            **{name: getattr(wave, name) for name in WaveView.model_fields if name not in _MADE},
            "state": wave.shown_state,
            "closed_at": wave.ended_at,
            "asked": ByRole(mentor=wave.asked_mentors, mentee=wave.asked_mentees),
            "responses": dict.fromkeys(SIDES, 0) | counted[wave.id],
            "hidden_roles": [role for role in wave.hidden_roles if role in SIDES],
            "respondents": [_respondents(wave, kind, counted[wave.id][kind]) for kind in wave.kinds],
        })
        for wave in rows
    ]  # fmt: skip
