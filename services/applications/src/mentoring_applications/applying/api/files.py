"""Files that are answers of a form. They are given back as attachments, never shown by a browser."""

from typing import Annotated, Any, Final
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from mentoring_applications.applications.access import own_application
from mentoring_applications.applying.commands import drafts, files
from mentoring_applications.applying.schemas import FileSaved
from mentoring_applications.programmes.access import Reader, Writer
from mentoring_common.unit_of_work import Db, Route

_TYPES: Final = frozenset(files.MEDIA_TYPES)
UPLOADS: Final = {"/files": (files.MOST_BYTES, _TYPES)}
_BINARY: Final[dict[str, Any]] = {"schema": {"type": "string", "format": "binary"}}
_SENT: Final[dict[str, Any]] = {"requestBody": {"required": True, "content": dict.fromkeys(sorted(_TYPES), _BINARY)}}
_GIVEN: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The file, as an attachment", "content": {"application/octet-stream": _BINARY}}
}
FieldId = Annotated[str, Query(min_length=1, max_length=100, description="the field of the form that it answers")]
FileName = Annotated[
    str, Query(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f/\\]+$", description="what it is called")
]
router = APIRouter(route_class=Route, tags=["files"])


@router.post("/drafts/{draft_id}/files", status_code=201, openapi_extra=_SENT)
async def send_file(draft_id: UUID, field: FieldId, name: FileName, request: Request, by: Writer, db: Db) -> FileSaved:
    """Send a file with one's draft, in place of the one that was sent for the field before."""
    draft = await drafts.own_draft(db, draft_id, by)
    sent = await files.send_file(db, draft, field, name, _type(request), await request.body(), by)
    return FileSaved.model_validate(sent)


@router.post("/applications/{application_id}/files", status_code=201, openapi_extra=_SENT)
async def send_file_again(
    application_id: UUID, field: FieldId, name: FileName, request: Request, by: Writer, db: Db
) -> FileSaved:
    """Send a file with one's application; it takes the other's place when the answers are changed."""
    application = await own_application(db, application_id, by)
    sent = await files.send_file(db, application, field, name, _type(request), await request.body(), by)
    return FileSaved.model_validate(sent)


@router.get("/files/{file_id}", response_class=Response, responses=_GIVEN)
async def read_file(file_id: UUID, by: Reader, db: Db) -> Response:
    """One's own file, or one of an application that one decides on; reading is on record."""
    name, _, content = await files.read_file(db, file_id, by)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(content, media_type="application/octet-stream", headers=headers)


def _type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
