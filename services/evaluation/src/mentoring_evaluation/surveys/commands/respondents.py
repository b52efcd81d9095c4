"""Respondents beyond the pair: named by the programme's team or by the member they are of, asked by link alone."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import vault
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.ids import new_id
from mentoring_common.roles import RoleNeeded
from mentoring_evaluation.errors import (
    MemberNeeded,
    MembersOwn,
    NotAsked,
    RespondentAlreadyNamed,
    RespondentKindUnknown,
    RespondentsAreApplicants,
    TooManyRespondents,
)
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.programmes.access import TEAM, is_team
from mentoring_evaluation.programmes.models import Programme
from mentoring_evaluation.surveys import queries
from mentoring_evaluation.surveys.instruments import Survey
from mentoring_evaluation.surveys.models import Respondent
from mentoring_evaluation.surveys.schemas import NewRespondent


@dataclass(frozen=True, slots=True)
class Contact:
    """How a respondent is written to."""

    name: str
    email: str


async def check_kinds(db: AsyncSession, programme_id: UUID, survey: Survey, kinds: Collection[str]) -> None:
    """RespondentKindUnknown for a kind that is not the programme's; NotAsked for one that the survey asks nothing."""
    programme = await programmes.programme(db, programme_id)
    for kind in kinds:
        _kind(programme, kind)
        if not survey.for_role(kind):
            raise NotAsked(kind=kind)


async def name_respondent(db: AsyncSession, programme: Programme, new: NewRespondent, by: Principal) -> Respondent:
    """Name somebody to be asked. A member names their own, which is their consent; the team those of the programme, and
    of members who then agree.

    RoleNeeded, RespondentKindUnknown, RespondentsAreApplicants, MemberNeeded, MembersOwn, TooManyRespondents,
    RespondentAlreadyNamed.
    """
    team = await is_team(db, by, programme.id)
    if not team and not await queries.takes_part(db, programme.id, by.person):
        raise RoleNeeded(needed=sorted(TEAM))
    kind = _kind(programme, new.kind)
    if kind["source"] == "applications":
        raise RespondentsAreApplicants()
    member_id = await _member(db, programme, kind, new, by, team=team)
    await _check_number(db, programme, kind, member_id)
    if new.cohort_id is not None:
        await programmes.cohort_of(db, programme.id, new.cohort_id)
    agreed = member_id is None or member_id == by.person
    respondent_id, contact = new_id(), json.dumps({"name": new.name, "email": new.email.lower()})
    values: dict[str, Any] = {
        "id": respondent_id, "programme_id": programme.id, "cohort_id": new.cohort_id, "kind": new.kind,
        "member_id": member_id, "address_digest": hashlib.sha256(new.email.lower().encode()).digest(),
        "sealed": await vault.seal(db, respondent_id, contact), "named_by": by.subject, "named_at": now(db),
        "agreed_at": now(db) if agreed else None,
    }  # fmt: skip
    made: Respondent | None = await db.scalar(
        insert(Respondent).values(values).on_conflict_do_nothing().returning(Respondent)
    )
    if made is None:
        raise RespondentAlreadyNamed()
    audit(db, by.subject, "name_respondent", "respondent", respondent_id)
    return made


async def _check_number(
    db: AsyncSession, programme: Programme, kind: Mapping[str, Any], member_id: UUID | None
) -> None:
    if member_id is None or kind["most"] is None:
        return
    await programmes.hold_programme(db, programme.id)
    if await queries.respondents_named(db, programme.id, kind["id"], member_id) >= kind["most"]:
        raise TooManyRespondents(most=kind["most"])


async def agree(db: AsyncSession, respondent: Respondent, by: Principal) -> Respondent:
    """The member agrees that somebody is asked about them. MembersOwn for anybody else."""
    if respondent.member_id is None or respondent.member_id != by.person:
        raise MembersOwn()
    respondent.agreed_at = respondent.agreed_at or now(db)
    audit(db, by.subject, "agree_to_respondent", "respondent", respondent.id)
    await db.flush()
    return respondent


async def forget_respondent(db: AsyncSession, respondent: Respondent, by: Principal) -> None:
    """Nobody asks them any more, and who they are is gone: by the member, or the team. What they said stays counted."""
    if respondent.member_id != by.person and not await is_team(db, by, respondent.programme_id):
        raise MembersOwn()
    await _forget(db, [respondent.id])
    audit(db, by.subject, "forget_respondent", "respondent", respondent.id)


async def forget_respondents_of(db: AsyncSession, person_id: UUID) -> None:
    """A member is erased: whoever was named for them is not asked any more."""
    await _forget(db, await queries.respondents_of(db, person_id))


async def _forget(db: AsyncSession, ids: Sequence[UUID]) -> None:
    await db.execute(sa.delete(Respondent).where(Respondent.id.in_(ids)))
    for id_ in ids:
        await vault.destroy_key(db, id_)


async def contacts(db: AsyncSession, ids: Collection[UUID]) -> Mapping[UUID, Contact]:
    """How respondents among these ids are written to."""
    sealed = await queries.contacts(db, ids)
    texts = await vault.unseal_all(db, list(sealed.items()))
    return {id_: Contact(**json.loads(text)) for id_, text in zip(sealed, texts, strict=True)}


def _kind(programme: Programme, kind: str) -> Mapping[str, Any]:
    found = next((one for one in programme.respondent_kinds if one["id"] == kind), None)
    if found is None:
        raise RespondentKindUnknown(kinds=[one["id"] for one in programme.respondent_kinds])
    return found


async def _member(
    db: AsyncSession, programme: Programme, kind: Mapping[str, Any], new: NewRespondent, by: Principal, *, team: bool
) -> UUID | None:
    """Whom the respondent is of; None where the kind is of nobody."""
    if kind["of"] is None:
        if not team:
            raise MembersOwn()
        return None
    member_id = new.member_id or (None if team else by.person)
    if member_id is None:
        raise MemberNeeded()
    if member_id != by.person and not team:
        raise MembersOwn()
    if not await queries.is_member(db, programme.id, member_id, kind["of"]):
        raise MemberNeeded()
    return member_id
