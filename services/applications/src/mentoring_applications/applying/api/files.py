"""Files that are answers of a form. They are given back as attachments, never shown by a browser."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from mentoring_applications.applications.access import own_application
from mentoring_applications.applying.commands import drafts, files
from mentoring_applications.applying.schemas import FileSaved
from mentoring_applications.programmes.access import Reader, Writer
from mentoring_common.files import GIVEN, MEDIA_TYPES, MOST_BYTES, SENT, FileName, attachment, sent_type
from mentoring_common.unit_of_work import Db, Route

UPLOADS: Final = {"/files": (MOST_BYTES, frozenset(MEDIA_TYPES))}
FieldId = Annotated[str, Query(min_length=1, max_length=100, description="the field of the form that it answers")]
router = APIRouter(route_class=Route, tags=["files"])


@router.post("/drafts/{draft_id}/files", status_code=201, openapi_extra=SENT)
async def send_file(draft_id: UUID, field: FieldId, name: FileName, request: Request, by: Writer, db: Db) -> FileSaved:
    """Send a file with one's draft, in place of the one that was sent for the field before."""
    draft = await drafts.own_draft(db, draft_id, by)
    sent = await files.send_file(db, draft, field, name, sent_type(request), await request.body(), by)
    return FileSaved.model_validate(sent)


@router.post("/applications/{application_id}/files", status_code=201, openapi_extra=SENT)
async def send_file_again(
    application_id: UUID, field: FieldId, name: FileName, request: Request, by: Writer, db: Db
) -> FileSaved:
    """Send a file with one's application; it takes the other's place when the answers are changed."""
    application = await own_application(db, application_id, by)
    sent = await files.send_file(db, application, field, name, sent_type(request), await request.body(), by)
    return FileSaved.model_validate(sent)


@router.get("/files/{file_id}", response_class=Response, responses=GIVEN)
async def read_file(file_id: UUID, by: Reader, db: Db) -> Response:
    """One's own file, or one of an application that one decides on; reading is on record."""
    name, _, content = await files.read_file(db, file_id, by)
    return attachment(name, content)
