"""The library of a programme: give, publish a new version, say for whom, withdraw, read; and tell who is to know."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import files
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.deadlines import schedule
from mentoring_common.faults import fault
from mentoring_common.outbox import emit
from mentoring_contracts.blueprint import Blueprint
from mentoring_contracts.blueprint.resources import Resource as Standing
from mentoring_contracts.sessions import ResourceNoticeDue, ResourcePublished, ResourceWithdrawn
from mentoring_sessions.errors import (
    PhaseUnknown,
    ResourceFileRefused,
    ResourceFilesUnknown,
    ResourceGone,
    ResourceOfBlueprint,
)
from mentoring_sessions.relationships import queries as relationships
from mentoring_sessions.relationships.access import require_people
from mentoring_sessions.relationships.models import Programme, Relationship
from mentoring_sessions.relationships.parts import ACTIVITIES, ProgrammeAccess
from mentoring_sessions.resources import queries
from mentoring_sessions.resources.models import Resource, ResourceFile, ResourceReading, ResourceVersion
from mentoring_sessions.resources.schemas import ForWhom, NewResource, NewResourceVersion, Wording

TELLS = "resource_is_told"  # a deadline of a version: the next of those who are to know of it are told
UNUSED = "resource_file_unused"  # a deadline of a file
TOLD_AT_ONCE = 500  # people who are told in one transaction
KEPT_UNUSED = timedelta(days=1)
Tells = Literal["everybody", "readers", "nobody"]


async def send_file(
    db: AsyncSession, by: Principal, mine: ProgrammeAccess, name: str, media_type: str, data: bytes
) -> ResourceFile:
    """Keep a file for a resource that is to be given; a day later it is gone unless one names it.

    ResourceFileRefused, ProgrammeClosed.
    """
    mine.require(ACTIVITIES)
    await relationships.require_open(db, mine.programme.id)
    if files.kind_of(media_type, data) is None:
        raise ResourceFileRefused(accept=sorted(files.MEDIA_TYPES))
    sent = ResourceFile(
        programme_id=mine.programme.id, name=name, media_type=media_type, size=len(data), content=data, sent_at=now(db)
    )
    db.add(sent)
    await db.flush()
    await schedule(db, UNUSED, sent.id, now(db) + KEPT_UNUSED)
    audit(db, by.subject, "send_resource_file", "resource_file", sent.id)
    return sent


async def drop_unused_file(db: AsyncSession, file_id: UUID) -> None:
    """Deadline: a file that no resource names is gone."""
    await db.execute(sa.delete(ResourceFile).where(ResourceFile.id == file_id, ResourceFile.resource_id.is_(None)))


async def give_resource(db: AsyncSession, by: Principal, mine: ProgrammeAccess, new: NewResource) -> Resource:
    """Put something into the library, and tell everybody whom it is for. Refuses as `require_audience`;
    ResourceFilesUnknown, ProgrammeClosed."""
    mine.require(ACTIVITIES)
    await relationships.require_open(db, mine.programme.id)
    await _require_audience(db, mine.programme, new)
    row = Resource(programme_id=mine.programme.id, **_for_whom(new))
    db.add(row)
    await db.flush()
    await _publish(db, row, [one.model_dump(mode="json") for one in new.wordings], "everybody", new.note)
    audit(db, by.subject, "give_resource", "resource", row.id)
    return row


def _for_whom(said: ForWhom) -> dict[str, Any]:
    return {name: getattr(said, name) for name in ForWhom.model_fields}


async def _require_audience(db: AsyncSession, programme: Programme, said: ForWhom) -> None:
    """CohortNotFound, PhaseUnknown, or PeopleNotOfProgramme, for what is not of the programme."""
    if said.cohort_id is not None:
        await relationships.require_cohort(db, programme.id, said.cohort_id)
    phases = [phase["id"] for phase in programme.phases]
    if said.phase is not None and said.phase not in phases:
        raise PhaseUnknown(known=phases)
    await require_people(db, programme.id, said.invited)


async def publish_version(
    db: AsyncSession, by: Principal, mine: ProgrammeAccess, row: Resource, new: NewResourceVersion
) -> Resource:
    """Put a new version in place of the one that stands. ResourceOfBlueprint, ResourceGone, ResourceFilesUnknown;
    ProgrammeClosed."""
    await relationships.require_open(db, mine.programme.id)
    row = await _given(db, mine, row)
    row.number += 1
    await db.flush()
    wordings = [one.model_dump(mode="json") for one in new.wordings]
    await _publish(db, row, wordings, "readers" if new.tell_readers else "nobody", new.note)
    audit(db, by.subject, "publish_resource", "resource", row.id)
    return row


async def change_audience(
    db: AsyncSession, by: Principal, mine: ProgrammeAccess, row: Resource, said: ForWhom
) -> Resource:
    """Say for whom a resource is: what is not given stays. Who is new among them finds it, and is not told.

    ProgrammeClosed.
    """
    await relationships.require_open(db, mine.programme.id)
    row = await _given(db, mine, row)
    given = {name: value for name, value in _for_whom(said).items() if name in said.model_fields_set}
    await _require_audience(db, mine.programme, said)
    for name, value in given.items():
        setattr(row, name, value)
    await db.flush()
    await db.refresh(row)
    audit(db, by.subject, "change_resource", "resource", row.id)
    return row


async def withdraw_resource(db: AsyncSession, by: Principal, mine: ProgrammeAccess, row: Resource) -> Resource:
    """Take a resource out of the library; its versions stay for the team. ResourceOfBlueprint, ResourceGone."""
    row = await _given(db, mine, row)
    await _withdraw(db, row)
    audit(db, by.subject, "withdraw_resource", "resource", row.id)
    return row


async def _withdraw(db: AsyncSession, row: Resource) -> None:
    row.withdrawn_at = now(db)
    await db.flush()
    await db.refresh(row)
    emit(db, ResourceWithdrawn(resource_id=row.id, programme_id=row.programme_id))


async def _given(db: AsyncSession, mine: ProgrammeAccess, row: Resource) -> Resource:
    """A resource that the team gave and may change, held until the commit."""
    mine.require(ACTIVITIES)
    if row.blueprint_id is not None:
        raise ResourceOfBlueprint()
    held = await queries.resource_locked(db, row.id)
    if held.withdrawn_at is not None:
        raise ResourceGone()
    return held


async def _publish(
    db: AsyncSession, row: Resource, wordings: Sequence[Mapping[str, Any]], tells: Tells, note: str | None = None
) -> None:
    await _take_files(db, row, wordings)
    version = ResourceVersion(
        resource_id=row.id, number=row.number, wordings=list(wordings), note=note, tells=tells, published_at=now(db)
    )
    db.add(version)
    await db.flush()
    await db.refresh(row)
    emit(db, ResourcePublished(resource_id=row.id, programme_id=row.programme_id, number=row.number))
    if tells != "nobody":
        await schedule(db, TELLS, version.id, now(db))


async def _take_files(db: AsyncSession, row: Resource, wordings: Sequence[Mapping[str, Any]]) -> None:
    """The files that wordings name are the resource's from now on; ResourceFilesUnknown for others'."""
    wanted = {place: UUID(one["file_id"]) for place, one in enumerate(wordings) if one.get("file_id")}
    free = sa.or_(ResourceFile.resource_id.is_(None), ResourceFile.resource_id == row.id)
    these = sa.update(ResourceFile).where(ResourceFile.id.in_(wanted.values()), free)
    taken = these.where(ResourceFile.programme_id == row.programme_id).values(resource_id=row.id)
    found = set()
    if wanted:
        found = set(
            await db.scalars(taken.returning(ResourceFile.id), execution_options={"synchronize_session": False})
        )
    errors = [
        fault("file", "no such file was sent for this", "body", "wordings", place, "file_id")
        for place, file_id in wanted.items()
        if file_id not in found
    ]
    if errors:
        raise ResourceFilesUnknown(errors=errors)


async def mark_read(db: AsyncSession, by: Principal, row: Resource) -> None:
    """Note that the caller read the version that stands. ResourceGone."""
    if row.withdrawn_at is not None:
        raise ResourceGone()
    values = {"resource_id": row.id, "person_id": by.person_id, "number": row.number, "read_at": now(db)}
    mark = insert(ResourceReading).values(values)
    newer = {"number": mark.excluded.number, "read_at": mark.excluded.read_at}
    key = ["tenant_id", "resource_id", "person_id"]
    await db.execute(
        mark.on_conflict_do_update(index_elements=key, set_=newer, where=ResourceReading.number < mark.excluded.number)
    )


async def tell(db: AsyncSession, version_id: UUID) -> None:
    """Deadline: tell the next people of a version, and the others right after. Nobody of one that stands no more."""
    version = await relationships.found(db, ResourceVersion, version_id)
    if version is None:
        return
    row = await queries.resource_locked(db, version.resource_id)
    if row.withdrawn_at is not None or row.number != version.number:
        return
    people = await queries.people_to_tell(db, version, TOLD_AT_ONCE)
    for person_id in people:
        _notice(db, row, person_id, "renewed" if version.tells == "readers" else "given")
    if len(people) == TOLD_AT_ONCE:
        version.told_after = people[-1]
        await db.flush()
        await schedule(db, TELLS, version_id, now(db))


def _notice(db: AsyncSession, row: Resource, person_id: UUID, why: Literal["given", "renewed"] = "given") -> None:
    ids: dict[str, Any] = {"resource_id": row.id, "programme_id": row.programme_id, "cohort_id": row.cohort_id}
    emit(db, ResourceNoticeDue(**ids, person_id=person_id, why=why, number=row.number))


async def tell_of_phase(db: AsyncSession, relationship_id: UUID) -> None:
    """Deadline: a pair has come to a phase: its people are told of the guides that they find from now on."""
    pair = await relationships.found(db, Relationship, relationship_id)
    if pair is None:
        return
    for member in (await relationships.members(db, [pair.id]))[pair.id]:
        for row in await queries.guides(db, pair.programme_id, pair.phase, member.person_id):
            _notice(db, row, member.person_id)


async def learn_resources(db: AsyncSession, programme_id: UUID, plan: Blueprint) -> None:
    """Keep the library as the blueprint says it: what says something else has a new version, what is gone is withdrawn.

    Everybody is told of what is new, and nobody of new versions.
    """
    known = await queries.of_blueprint(db, programme_id)
    standing = await queries.current(db, known.values())
    for said in plan.resources:
        wordings = _wordings(said, plan.languages)
        row = known.get(said.id)
        if row is None:
            row = Resource(programme_id=programme_id, blueprint_id=said.id, roles=list(said.roles), phase=said.phase)
            db.add(row)
            await db.flush()
            await _publish(db, row, wordings, "everybody")
            continue
        row.roles, row.phase, row.withdrawn_at = list(said.roles), said.phase, None
        if standing[row.id].wordings != wordings:
            row.number += 1
            await db.flush()
            await _publish(db, row, wordings, "nobody")
    for row in known.values():
        if row.withdrawn_at is None and row.blueprint_id not in {said.id for said in plan.resources}:
            await _withdraw(db, row)


def _wordings(said: Standing, languages: Sequence[str]) -> list[dict[str, Any]]:
    """A resource of a blueprint by language: a text that does not say its language is in the programme's first."""

    def by_language(text: str | dict[str, str] | None) -> Mapping[str, str]:
        return {languages[0]: text} if isinstance(text, str) else text or {}

    titles, texts, links = by_language(said.title), by_language(said.text), by_language(said.link)
    first = next(iter(titles.values()))
    return [
        Wording.model_construct(
            language=tag, title=titles.get(tag, first), text=texts.get(tag), link=links.get(tag), file_id=None
        ).model_dump(mode="json")
        for tag in dict.fromkeys((*texts, *links))
    ]


async def forget_reader(db: AsyncSession, person_id: UUID) -> None:
    """Remove what somebody who is erased read, and their name from whom resources are for."""
    await db.execute(sa.delete(ResourceReading).where(ResourceReading.person_id == person_id))
    named = sa.update(Resource).where(sa.literal(person_id) == sa.any_(Resource.invited))
    # Nobody else is to read what was for that person alone.
    left = sa.func.array_replace(Resource.invited, person_id, UUID(int=0))
    await db.execute(named.values(invited=left), execution_options={"synchronize_session": False})
