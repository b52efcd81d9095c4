"""The SELECTs of surveys, waves and invitations; what people said is read in queries_answers.py."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_evaluation.errors import InstrumentNotFound, SurveyNotFound, WaveNotFound
from mentoring_evaluation.programmes.queries import hold_programme, standing_pairs
from mentoring_evaluation.sides import ROLES, Role
from mentoring_evaluation.surveys.instruments import Instrument
from mentoring_evaluation.surveys.models import InstrumentVersion, Invitation, Wave, WaveKey


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


async def people_to_ask(db: AsyncSession, wave: Wave) -> dict[UUID, Role]:
    """Whom a wave would ask now: person to role, of the roles that it asks; a mentor of two mentees is one person."""
    asked: dict[UUID, Role] = {}
    for pair in await standing_pairs(db, wave.cohort_id):
        for person, role in zip(pair, ROLES, strict=True):
            if wave.roles is None or role in wave.roles:
                asked.setdefault(person, role)
    return asked


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
