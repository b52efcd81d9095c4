"""Resources as answers, in the language of their reader."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_contracts.blueprint.text import in_language
from mentoring_sessions.relationships.parts import ProgrammeAccess
from mentoring_sessions.resources import queries
from mentoring_sessions.resources.access import gives
from mentoring_sessions.resources.models import Resource, ResourceFile, ResourceReading, ResourceVersion
from mentoring_sessions.resources.schemas import (
    ReadingsView,
    ResourceFileView,
    ResourceToTell,
    ResourceVersionView,
    ResourceView,
)

FEWEST = 5  # of people who are named: how many of fewer read something would say who did
_OF_ROW = (
    "id", "version", "programme_id", "number", "roles", "cohort_id", "phase", "withdrawn_at", "blueprint_id",
)  # fmt: skip


async def resources(
    db: AsyncSession, mine: ProgrammeAccess, rows: Sequence[Resource], person_id: UUID | None, wanted: Sequence[str],
    *, easy: bool,
) -> list[ResourceView]:  # fmt: skip
    """Resources in these languages, in easy words where there are some; with counts for who keeps the library."""
    ids, for_team = [row.id for row in rows], gives(mine)
    versions = await queries.current(db, rows)
    words = {id_: _wording(version, wanted, mine.programme.languages, easy) for id_, version in versions.items()}
    files = await queries.files(db, [UUID(one["file_id"]) for one in words.values() if one["file_id"]])
    own = await queries.own_readings(db, person_id, ids)
    counts = await queries.readings(db, ids) if for_team else {}

    def view(row: Resource) -> ResourceView:
        said = words[row.id]
        known = {name: getattr(row, name) for name in _OF_ROW}
        file = files.get(UUID(said["file_id"])) if said["file_id"] else None
        return ResourceView(
            **known,
            **{name: said[name] for name in ("language", "title", "text", "link")},
            languages=[one["language"] for one in versions[row.id].wordings],
            published_at=versions[row.id].published_at,
            file=_file(file),
            **_read(own.get(row.id)),
            invited=row.invited if for_team else None,
            readings=_readings(row, counts) if for_team else None,
        )

    return [view(row) for row in rows]


def _wording(
    version: ResourceVersion, wanted: Sequence[str], languages: Sequence[str], easy: bool
) -> Mapping[str, Any]:
    places = {one["language"]: str(place) for place, one in enumerate(version.wordings)}
    return version.wordings[int(in_language(places, wanted, languages, easy=easy))]


def _file(row: ResourceFile | None) -> ResourceFileView | None:
    return None if row is None else ResourceFileView.model_validate(row)


def _read(mine: ResourceReading | None) -> dict[str, Any]:
    return {"read_at": mine.read_at if mine else None, "read_number": mine.number if mine else None}


def _readings(row: Resource, counts: Mapping[UUID, tuple[int, int]]) -> ReadingsView | None:
    if 0 < len(row.invited) < FEWEST:
        return None
    read, newest = counts.get(row.id, (0, 0))
    return ReadingsView(read=read, read_newest=newest)


async def resource(
    db: AsyncSession, mine: ProgrammeAccess, row: Resource, person_id: UUID | None, wanted: Sequence[str],
    *, easy: bool = False,
) -> ResourceView:  # fmt: skip
    """One resource in these languages."""
    return (await resources(db, mine, [row], person_id, wanted, easy=easy))[0]


async def versions(db: AsyncSession, resource_id: UUID) -> list[ResourceVersionView]:
    """The versions of a resource in every language, the newest first."""
    return [ResourceVersionView.model_validate(row) for row in await queries.versions(db, resource_id)]


async def to_tell(db: AsyncSession, ids: Sequence[UUID]) -> list[ResourceToTell]:
    """What letters call resources."""
    found = await queries.current(db, await queries.by_ids(db, ids))
    return [
        ResourceToTell(id=id_, titles={one["language"]: one["title"] for one in version.wordings})
        for id_, version in found.items()
    ]
