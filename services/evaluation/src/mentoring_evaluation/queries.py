"""The SELECTs of the evaluation service that no other module has: figures are in records.py, what people said in
queries_answers.py."""

from collections.abc import Collection, Sequence
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_evaluation.errors import (
    CohortNotFound,
    InstrumentNotFound,
    InterviewNotFound,
    MatchNotFound,
    ProgrammeNotFound,
    ReportNotFound,
    SurveyNotFound,
    WaveNotFound,
)
from mentoring_evaluation.evidence import ROLES
from mentoring_evaluation.instruments import Instrument, Role
from mentoring_evaluation.models import (
    Cohort,
    InstrumentVersion,
    Interview,
    InterviewText,
    Invitation,
    Match,
    Programme,
    PublicSnapshot,
    Report,
    Wave,
    WaveKey,
)


async def programme(db: AsyncSession, programme_id: UUID) -> Programme:
    """The programme; ProgrammeNotFound, also for another organisation's."""
    found = await known_programme(db, programme_id)
    if found is None:
        raise ProgrammeNotFound()
    return found


async def known_programme(db: AsyncSession, programme_id: UUID) -> Programme | None:
    """The programme, None while its ProgrammeCreated has not come."""
    return await db.scalar(sa.select(Programme).where(Programme.id == programme_id))


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


async def instrument_names(db: AsyncSession, programme_id: UUID) -> tuple[str, ...]:
    """The names of a programme's surveys, in order."""
    names = sa.select(InstrumentVersion.name).where(InstrumentVersion.programme_id == programme_id).distinct()
    return tuple((await db.scalars(names.order_by(InstrumentVersion.name))).all())


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


async def cohort(db: AsyncSession, cohort_id: UUID) -> Cohort:
    """The cohort; CohortNotFound."""
    found = await db.scalar(sa.select(Cohort).where(Cohort.id == cohort_id))
    if found is None:
        raise CohortNotFound()
    return found


async def cohorts(db: AsyncSession, programme_id: UUID) -> Sequence[Cohort]:
    """The cohorts of a programme, by their number."""
    return (
        await db.scalars(sa.select(Cohort).where(Cohort.programme_id == programme_id).order_by(Cohort.number))
    ).all()


async def cohort_numbers(db: AsyncSession, programme_id: UUID) -> dict[UUID, int]:
    """The number of every cohort of the programme, by id."""
    rows = await db.execute(sa.select(Cohort.id, Cohort.number).where(Cohort.programme_id == programme_id))
    return dict(rows.all())


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


async def standing_pairs(db: AsyncSession, cohort_id: UUID) -> Sequence[sa.Row[UUID, UUID]]:
    """Mentor and mentee of every pair of the cohort that did not end early."""
    pairs = sa.select(Match.mentor_id, Match.mentee_id).where(Match.cohort_id == cohort_id, Match.state == "standing")
    return (await db.execute(pairs)).all()


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


async def match(db: AsyncSession, match_id: UUID) -> Match:
    """The pair; MatchNotFound."""
    found = await db.scalar(sa.select(Match).where(Match.id == match_id))
    if found is None:
        raise MatchNotFound()
    return found


async def interview(db: AsyncSession, interview_id: UUID) -> Interview:
    """The interview; InterviewNotFound."""
    found = await db.scalar(sa.select(Interview).where(Interview.id == interview_id))
    if found is None:
        raise InterviewNotFound()
    return found


async def interview_of(db: AsyncSession, match_id: UUID, person_id: UUID) -> Interview | None:
    """The person's interview about a pair."""
    mine = (Interview.match_id == match_id, Interview.person_id == person_id)
    return await db.scalar(sa.select(Interview).where(*mine))


async def is_matched(db: AsyncSession, programme_id: UUID, person_id: UUID) -> bool:
    """Whether the person is or was one of a confirmed pair in the programme."""
    of_pair = sa.or_(Match.mentor_id == person_id, Match.mentee_id == person_id)
    rows = sa.select(Match.id).where(Match.programme_id == programme_id, of_pair)
    return await db.scalar(rows.limit(1)) is not None


def interviews(programme_id: UUID, person_id: UUID | None) -> sa.Select[Interview]:
    """The interviews of a programme, or those of one person in it."""
    rows = sa.select(Interview).where(Interview.programme_id == programme_id)
    return rows.where(Interview.person_id == person_id) if person_id else rows


async def interviews_of_person(db: AsyncSession, person_id: UUID) -> Sequence[Interview]:
    """Every interview that a person gave."""
    return (await db.scalars(sa.select(Interview).where(Interview.person_id == person_id))).all()


async def interview_texts(db: AsyncSession, interview_id: UUID) -> Sequence[InterviewText]:
    """Summary and quotes of an interview, in order."""
    texts = sa.select(InterviewText).where(InterviewText.interview_id == interview_id)
    return (await db.scalars(texts.order_by(InterviewText.kind, InterviewText.position))).all()


async def interview_words(db: AsyncSession, programme_id: UUID) -> Sequence[sa.Row[InterviewText, UUID]]:
    """Summary and quotes of every interview of a programme, and whom each is sealed under."""
    texts = sa.select(InterviewText, Interview.person_id).join(Interview, InterviewText.interview_id == Interview.id)
    return (await db.execute(texts.where(Interview.programme_id == programme_id))).all()


async def quotes_of_interviews(
    db: AsyncSession, interview_ids: Sequence[UUID]
) -> Sequence[sa.Row[InterviewText, UUID]]:
    """The quotes of interviews, and whom each is sealed under."""
    texts = sa.select(InterviewText, Interview.person_id).join(Interview, InterviewText.interview_id == Interview.id)
    of_these = (InterviewText.interview_id.in_(interview_ids), InterviewText.kind == "quote")
    return (await db.execute(texts.where(*of_these))).all()


async def latest_snapshot(db: AsyncSession, programme_id: UUID) -> PublicSnapshot | None:
    """The frozen table of backgrounds that the public view shows now; None before the first."""
    rows = sa.select(PublicSnapshot).where(PublicSnapshot.programme_id == programme_id)
    return await db.scalar(rows.order_by(PublicSnapshot.number.desc()).limit(1))


async def hold_programme(db: AsyncSession, programme_id: UUID) -> None:
    """Let nobody else count versions or snapshots of a programme before this transaction ends."""
    await db.scalar(sa.select(Programme.id).where(Programme.id == programme_id).with_for_update())


async def quotable(db: AsyncSession, programme_id: UUID) -> Sequence[sa.Row[UUID, int, UUID, str]]:
    """Quotes of approved interviews: interview, position, cohort and role, in order."""
    quotes = sa.select(Interview.id, InterviewText.position, Interview.cohort_id, Interview.role)
    quotes = quotes.join(InterviewText, InterviewText.interview_id == Interview.id)
    approved = (Interview.programme_id == programme_id, Interview.state == "approved", InterviewText.kind == "quote")
    return (await db.execute(quotes.where(*approved).order_by(Interview.id, InterviewText.position))).all()


async def report(db: AsyncSession, report_id: UUID) -> Report:
    """The report; ReportNotFound."""
    found = await db.scalar(sa.select(Report).where(Report.id == report_id))
    if found is None:
        raise ReportNotFound()
    return found


async def public_report(db: AsyncSession, report_id: UUID) -> Report:
    """The report, if it is a public one and published; ReportNotFound for every other."""
    found = await report(db, report_id)
    if (found.kind, found.state) != ("public", "published"):
        raise ReportNotFound()
    return found


def reports(programme_id: UUID) -> sa.Select[Report]:
    """The reports of a programme."""
    return sa.select(Report).where(Report.programme_id == programme_id)


def readable_reports(programme_id: UUID, kinds: Collection[str], roles: Collection[str]) -> sa.Select[Report]:
    """The published reports of these kinds, and those that one of these roles approves."""
    published = sa.and_(Report.state == "published", Report.kind.in_(kinds))
    return reports(programme_id).where(sa.or_(published, Report.approver.in_(roles)))


async def next_report_version(db: AsyncSession, programme_id: UUID, kind: str) -> int:
    """The number of the next report of a kind; who asks holds the programme until this transaction ends."""
    await hold_programme(db, programme_id)
    of_kind = sa.select(sa.func.max(Report.version)).where(Report.programme_id == programme_id, Report.kind == kind)
    return (await db.scalar(of_kind) or 0) + 1


async def report_published_before(db: AsyncSession, report: Report) -> Report | None:
    """The last published version of the same kind before this one."""
    same = (Report.programme_id == report.programme_id, Report.kind == report.kind, Report.state == "published")
    earlier = sa.select(Report).where(*same, Report.version < report.version)
    return await db.scalar(earlier.order_by(Report.version.desc()).limit(1))


async def reports_held(db: AsyncSession, programme_id: UUID) -> Sequence[Report]:
    """The reports of a programme, locked until this transaction ends."""
    return (await db.scalars(reports(programme_id).order_by(Report.id).with_for_update())).all()
