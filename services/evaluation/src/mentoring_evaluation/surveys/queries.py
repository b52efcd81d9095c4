"""The SELECTs of surveys, waves and invitations; what people said is read in queries_answers.py."""

from collections.abc import Collection, Sequence
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_contracts.words import SIDES, Side
from mentoring_evaluation.errors import InstrumentNotFound, RespondentNotFound, SurveyNotFound, WaveNotFound
from mentoring_evaluation.programmes.models import Application, Match, Programme
from mentoring_evaluation.programmes.queries import hold_programme, people_of_circles, standing_pairs
from mentoring_evaluation.surveys.instruments import Instrument
from mentoring_evaluation.surveys.models import InstrumentVersion, Invitation, Respondent, Wave, WaveKey


async def present_instrument(
    db: AsyncSession, programme_id: UUID, name: str, *, hold: bool = False
) -> Instrument | None:
    """The newest version of a survey; `hold` keeps it as it is until this transaction ends."""
    versions = sa.select(InstrumentVersion).where(
        InstrumentVersion.programme_id == programme_id, InstrumentVersion.name == name
    )
    newest = versions.order_by(InstrumentVersion.version.desc()).limit(1)
    row = await db.scalar(newest.with_for_update(read=True) if hold else newest)
    return None if row is None else instrument_of(row)


def instrument_of(row: InstrumentVersion) -> Instrument:
    """The survey of a stored version."""
    return Instrument.model_validate(row.body | {"id": row.name, "version": row.version})


def instruments(programme_id: UUID) -> sa.Select[InstrumentVersion]:
    """Every version of every survey of a programme."""
    return sa.select(InstrumentVersion).where(InstrumentVersion.programme_id == programme_id)


async def instrument_version(db: AsyncSession, programme_id: UUID, name: str, version: int) -> InstrumentVersion:
    """One version, held against other writers and against waves that open; InstrumentNotFound."""
    this = (InstrumentVersion.name == name, InstrumentVersion.version == version)
    found = await db.scalar(instruments(programme_id).where(*this).with_for_update())
    if found is None:
        raise InstrumentNotFound()
    return found


async def instrument_names(db: AsyncSession, programme_id: UUID) -> set[str]:
    """The names of the programme's surveys."""
    return set(
        await db.scalars(sa.select(InstrumentVersion.name).where(InstrumentVersion.programme_id == programme_id))
    )


async def next_instrument_version(db: AsyncSession, programme_id: UUID, name: str) -> int:
    """The number of the next version; who asks holds the programme until this transaction ends."""
    await hold_programme(db, programme_id)
    newest = sa.select(sa.func.max(InstrumentVersion.version))
    newest = newest.where(InstrumentVersion.programme_id == programme_id, InstrumentVersion.name == name)
    return (await db.scalar(newest) or 0) + 1


async def versions_used(db: AsyncSession, programme_id: UUID) -> set[tuple[str, int]]:
    """Name and version of every survey that a wave opened with."""
    used = sa.select(Wave.instrument, Wave.instrument_used["version"].as_integer()).distinct()
    opened = (Wave.programme_id == programme_id, Wave.instrument_used.is_not(None))
    return {(name, version) for name, version in await db.execute(used.where(*opened))}


async def wave(db: AsyncSession, wave_id: UUID) -> Wave:
    """The wave; WaveNotFound."""
    found = await db.scalar(sa.select(Wave).where(Wave.id == wave_id))
    if found is None:
        raise WaveNotFound()
    return found


async def wave_exists(db: AsyncSession, cohort_id: UUID, instrument: str, occasion: str) -> bool:
    """Whether a cohort has a wave of this survey and occasion, that was not called off."""
    this = (Wave.cohort_id == cohort_id, Wave.instrument == instrument, Wave.occasion == occasion)
    return bool(await db.scalar(sa.select(sa.exists().where(*this, Wave.state != "cancelled"))))


async def called_off(db: AsyncSession, cohort_id: UUID) -> set[tuple[str, str]]:
    """Survey and occasion of the cohort's waves that were called off."""
    rows = sa.select(Wave.instrument, Wave.occasion).where(Wave.cohort_id == cohort_id, Wave.state == "cancelled")
    return {(instrument, occasion) for instrument, occasion in await db.execute(rows.where(Wave.asked_with.is_(None)))}


async def waves_of_ids(db: AsyncSession, wave_ids: Collection[UUID]) -> Sequence[Wave]:
    """Those of the waves that there are."""
    return (await db.scalars(sa.select(Wave).where(Wave.id.in_(wave_ids)).order_by(Wave.id))).all()


async def programmes_of_waves(db: AsyncSession, wave_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """Programme to those of the waves that are its own."""
    found: dict[UUID, list[UUID]] = {}
    for wave_id, programme_id in await db.execute(sa.select(Wave.id, Wave.programme_id).where(Wave.id.in_(wave_ids))):
        found.setdefault(programme_id, []).append(wave_id)
    return found


async def wave_of_team(db: AsyncSession, wave_id: UUID) -> Wave:
    """A wave that the team may look at: those of single occasions tell too much. WaveNotFound."""
    found = await wave(db, wave_id)
    if found.gathered_in is not None:
        raise WaveNotFound()
    return found


async def wave_held(db: AsyncSession, wave_id: UUID) -> Wave:
    """The wave, which nobody else changes or answers before this transaction ends."""
    return (await db.scalars(sa.select(Wave).where(Wave.id == wave_id).with_for_update())).one()


async def wave_held_open(db: AsyncSession, wave_id: UUID) -> Wave:
    """The wave, which cannot close before this transaction ends; the lock is shared by all who answer."""
    return (await db.scalars(sa.select(Wave).where(Wave.id == wave_id).with_for_update(read=True))).one()


def waves(programme_id: UUID, cohort_id: UUID | None) -> sa.Select[Wave]:
    """The waves of a programme, or of one of its cohorts; those of single occasions stand in the one they are gathered
    in."""
    rows = sa.select(Wave).where(Wave.programme_id == programme_id, Wave.gathered_in.is_(None))
    return rows.where(Wave.cohort_id == cohort_id) if cohort_id else rows


async def people_to_ask(db: AsyncSession, wave: Wave) -> dict[UUID, str]:
    """Whom a wave would ask now: person to role, of the roles that it asks; a mentor of two mentees is one person.

    Respondents beyond the pair stand under their own id; applicants of the cohort under the person's.
    """
    pairs = await standing_pairs(db, wave.cohort_id)
    people = [(person, role) for pair in pairs for person, role in zip(pair, SIDES, strict=True)]
    people += (await people_of_circles(db, wave.cohort_id)).items()
    asked: dict[UUID, str] = {}
    for person, role in people:
        if wave.roles is None or role in wave.roles:
            asked.setdefault(person, role)
    for kind in wave.kinds:
        source = await _kind_source(db, wave.programme_id, kind)
        rows = _applicants(wave.cohort_id) if source == "applications" else _respondents(wave, kind)
        for person in await db.scalars(rows):
            asked.setdefault(person, kind)
    return asked


async def _kind_source(db: AsyncSession, programme_id: UUID, kind: str) -> str:
    kinds = await db.scalar(sa.select(Programme.respondent_kinds).where(Programme.id == programme_id)) or []
    return next((str(one.get("source", "named")) for one in kinds if one["id"] == kind), "named")


def _applicants(cohort_id: UUID) -> sa.Select[UUID]:
    """Who applied to a cohort and did not withdraw, whatever became of it."""
    rows = sa.select(Application.person_id).where(Application.cohort_id == cohort_id)
    return rows.where(Application.state != "withdrawn").order_by(Application.person_id)


def _respondents(wave: Wave, kind: str) -> sa.Select[UUID]:
    """The respondents of a kind who may be asked: named by the member they are of, or with the member's consent."""
    here = sa.or_(Respondent.cohort_id.is_(None), Respondent.cohort_id == wave.cohort_id)
    rows = sa.select(Respondent.id).where(Respondent.programme_id == wave.programme_id, Respondent.kind == kind, here)
    return rows.where(Respondent.agreed_at.is_not(None)).order_by(Respondent.id)


def respondents(programme_id: UUID, member_id: UUID | None) -> sa.Select[Respondent]:
    """The respondents of a programme, or those of one member."""
    rows = sa.select(Respondent).where(Respondent.programme_id == programme_id)
    return rows.where(Respondent.member_id == member_id) if member_id is not None else rows


async def respondents_of(db: AsyncSession, member_id: UUID) -> Sequence[UUID]:
    """The ids of everybody who is tied to a member, in any programme."""
    return (await db.scalars(sa.select(Respondent.id).where(Respondent.member_id == member_id))).all()


async def respondent(db: AsyncSession, respondent_id: UUID) -> Respondent:
    """The respondent; RespondentNotFound."""
    found = await db.scalar(sa.select(Respondent).where(Respondent.id == respondent_id))
    if found is None:
        raise RespondentNotFound()
    return found


async def respondents_named(db: AsyncSession, programme_id: UUID, kind: str, member_id: UUID) -> int:
    """How many respondents of a kind a member has."""
    rows = sa.select(sa.func.count()).where(
        Respondent.programme_id == programme_id, Respondent.kind == kind, Respondent.member_id == member_id
    )
    return await db.scalar(rows) or 0


async def contacts(db: AsyncSession, ids: Collection[UUID]) -> dict[UUID, bytes]:
    """Name and address of respondents, sealed, by their id; nothing for people."""
    rows = sa.select(Respondent.id, Respondent.sealed).where(Respondent.id.in_(ids))
    return dict((await db.execute(rows)).all())


async def sealed_wave_key(db: AsyncSession, wave_id: UUID) -> bytes:
    """The sealed key of a wave that opened; WaveNotFound for one that has not."""
    found = await db.scalar(sa.select(WaveKey.sealed).where(WaveKey.id == wave_id))
    if found is None:
        raise WaveNotFound()
    return found


def invitations(wave_id: UUID, *, only_unanswered: bool = False) -> sa.Select[Invitation]:
    """Who was asked in a wave, or those of them who have not answered."""
    rows = sa.select(Invitation).where(Invitation.wave_id == wave_id)
    return rows.where(Invitation.answered.is_(False)) if only_unanswered else rows


async def invitation(db: AsyncSession, token_digest: bytes) -> Invitation:
    """The invitation a token belongs to; SurveyNotFound for a false token."""
    found = await db.scalar(sa.select(Invitation).where(Invitation.token_digest == token_digest))
    if found is None:
        raise SurveyNotFound()
    return found


async def unanswered(db: AsyncSession, wave_id: UUID) -> int:
    """How many of those asked have not answered."""
    waiting = sa.select(sa.func.count()).where(Invitation.wave_id == wave_id, Invitation.answered.is_(False))
    return await db.scalar(waiting) or 0


Asked = tuple[Sequence[UUID], str | None]


async def same_people(db: AsyncSession, first: Asked, second: Asked) -> Literal["same", "different", "unknown"]:
    """Whether the same people were asked in two groups (waves, and role or all): all of them, none, or only some."""
    one, two = [set(await db.scalars(people_asked(*group))) for group in (first, second)]
    if one and one == two:
        return "same"
    return "different" if one and two and one.isdisjoint(two) else "unknown"


def people_asked(wave_ids: Sequence[UUID], role: str | None) -> sa.Select[UUID]:
    """Who was asked in some waves, of one role or of both."""
    of_waves = sa.select(Wave.id).where(sa.or_(Wave.id.in_(wave_ids), Wave.gathered_in.in_(wave_ids)))
    people = sa.select(Invitation.person_id).where(Invitation.wave_id.in_(of_waves))
    return people.where(Invitation.role == role) if role else people


async def is_member(db: AsyncSession, programme_id: UUID, person_id: UUID, side: Side) -> bool:
    """Whether the person applied to the programme on that side, and did not withdraw, or is matched there."""
    applied = sa.select(Application.id).where(
        Application.programme_id == programme_id, Application.person_id == person_id, Application.role == side,
        Application.state.not_in(["withdrawn", "refused"]),
    )  # fmt: skip
    column = Match.mentor_id if side == "mentor" else Match.mentee_id
    matched = sa.select(Match.id).where(Match.programme_id == programme_id, column == person_id)
    return await db.scalar(sa.select(sa.or_(applied.exists(), matched.exists()))) or False


async def takes_part(db: AsyncSession, programme_id: UUID, person_id: UUID | None) -> bool:
    """Whether the person is a member of the programme on either side; nobody for a machine."""
    if person_id is None:
        return False
    return any([await is_member(db, programme_id, person_id, side) for side in SIDES])
