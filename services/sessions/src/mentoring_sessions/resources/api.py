"""The library of a programme: resources, their versions and files, and marks of having read them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from mentoring_common.auth import Allow, Principal, internal
from mentoring_common.files import GIVEN, MEDIA_TYPES, MOST_BYTES, SENT, FileName, attachment, sent_type
from mentoring_common.languages import InLanguage, languages_of
from mentoring_common.pagination import Cursor, Limit, Page, page
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch, IfMatchRequired
from mentoring_sessions.relationships.access import Reader, Writer, to_programme
from mentoring_sessions.relationships.parts import ACTIVITIES
from mentoring_sessions.resources import access, commands, queries, views
from mentoring_sessions.resources.models import Resource
from mentoring_sessions.resources.schemas import (
    ForWhom,
    NewResource,
    NewResourceVersion,
    ResourceFileView,
    ResourceIds,
    ResourcesToTell,
    ResourceVersionView,
    ResourceView,
)

UPLOADS = {"/resource-files": (MOST_BYTES, frozenset(MEDIA_TYPES))}
EasyRead = Annotated[bool, Query(description="whether in words that are easy to read, where there are some")]
Phase = Annotated[str | None, Query(max_length=100, description="only the guides of this phase")]
router = APIRouter(route_class=Route, tags=["resources"])
internal_router = APIRouter(prefix="/internal", route_class=Route, tags=["internal"])
OwnService = Annotated[Principal, Depends(Allow(internal("sessions")))]


@router.post("/programmes/{programme_id}/resource-files", status_code=201, openapi_extra=SENT)
async def send_resource_file(
    programme_id: UUID, name: FileName, request: Request, by: Writer, db: Db
) -> ResourceFileView:
    """Send a file for the library (who runs activities): name its `id` in a resource within a day, or it is gone."""
    mine = await to_programme(db, by, programme_id)
    sent = await commands.send_file(db, by, mine, name, sent_type(request), await request.body())
    return ResourceFileView.model_validate(sent)


@router.get("/resource-files/{file_id}", response_class=Response, responses=GIVEN)
async def read_resource_file(file_id: UUID, by: Reader, db: Db) -> Response:
    """A file of a resource that is for you."""
    found = await access.file(db, by, file_id)
    return attachment(found.name, found.content)


@router.post("/programmes/{programme_id}/resources", status_code=201)
async def give_resource(
    programme_id: UUID, new: NewResource, by: Writer, db: Db, read: InLanguage = None
) -> ResourceView:
    """Put something into the programme's library (who runs activities); everybody whom it is for is told."""
    mine = await to_programme(db, by, programme_id)
    row = await commands.give_resource(db, by, mine, new)
    return await views.resource(db, mine, row, by.person, languages_of(read))


@router.get("/programmes/{programme_id}/resources")
async def list_resources(
    programme_id: UUID,
    by: Reader,
    db: Db,
    phase: Phase = None,
    easy_read: EasyRead = False,
    read: InLanguage = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ResourceView]:
    """What the programme's library has for you, in your language; all of it for who runs activities."""
    mine = await to_programme(db, by, programme_id)
    rows = queries.resources(db, programme_id, phase, person_id=by.person, every=access.gives(mine))
    shown, following = await page(db, rows, Resource.id, cursor, limit)
    items = await views.resources(db, mine, shown, by.person, languages_of(read), easy=easy_read)
    return Page(items=items, next_cursor=following)


@router.get("/resources/{resource_id}")
async def read_resource(
    resource_id: UUID, by: Reader, db: Db, easy_read: EasyRead = False, read: InLanguage = None
) -> ResourceView:
    """A resource in your language. To have looked at it is not to have read it: say that yourself."""
    row, mine = await access.resource(db, by, resource_id)
    return await views.resource(db, mine, row, by.person, languages_of(read), easy=easy_read)


@router.get("/resources/{resource_id}/versions")
async def list_resource_versions(resource_id: UUID, by: Reader, db: Db) -> list[ResourceVersionView]:
    """The versions of a resource in every language, the newest first (who runs activities)."""
    row, mine = await access.resource(db, by, resource_id)
    mine.require(ACTIVITIES)
    return await views.versions(db, row.id)


@router.post("/resources/{resource_id}/versions", status_code=201)
async def publish_resource(
    resource_id: UUID, new: NewResourceVersion, by: Writer, db: Db, expected: IfMatch, read: InLanguage = None
) -> ResourceView:
    """Put a new version in place of the one that stands (who runs activities).

    With `tell_readers` those who read an earlier one are told; without it nobody is.
    """
    row, mine = await access.resource(db, by, resource_id)
    await expected.hold(db, row)
    row = await commands.publish_version(db, by, mine, row, new)
    return await views.resource(db, mine, row, by.person, languages_of(read))


@router.patch("/resources/{resource_id}")
async def change_resource(
    resource_id: UUID, said: ForWhom, by: Writer, db: Db, expected: IfMatchRequired, read: InLanguage = None
) -> ResourceView:
    """Say for whom a resource is (who runs activities); what is not given stays."""
    row, mine = await access.resource(db, by, resource_id)
    mine.require(ACTIVITIES)
    await expected.hold(db, row)
    row = await commands.change_audience(db, by, mine, row, said)
    return await views.resource(db, mine, row, by.person, languages_of(read))


@router.post("/resources/{resource_id}/withdraw")
async def withdraw_resource(
    resource_id: UUID, by: Writer, db: Db, expected: IfMatch, read: InLanguage = None
) -> ResourceView:
    """Take a resource out of the library (who runs activities); its versions stay for the team."""
    row, mine = await access.resource(db, by, resource_id)
    mine.require(ACTIVITIES)
    await expected.hold(db, row)
    row = await commands.withdraw_resource(db, by, mine, row)
    return await views.resource(db, mine, row, by.person, languages_of(read))


@router.post("/resources/{resource_id}/read")
async def mark_resource_read(resource_id: UUID, by: Writer, db: Db, read: InLanguage = None) -> ResourceView:
    """Say that you have read a resource, in the version that stands. The team sees how many did, and not who."""
    row, mine = await access.resource(db, by, resource_id)
    await commands.mark_read(db, by, row)
    return await views.resource(db, mine, row, by.person, languages_of(read))


@internal_router.post("/resources")
async def read_resources_to_tell(wanted: ResourceIds, _: OwnService, db: Db) -> ResourcesToTell:
    """What letters about resources say."""
    return ResourcesToTell(items=await views.to_tell(db, wanted.resource_ids))
