"""The REST API of sources of imports: how their files are read, and links that take them (admin, HR client)."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request

from mentoring_common.api_address import api_address
from mentoring_common.auth import Public
from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.unit_of_work import Db, Phases, PublicPhases, Route
from mentoring_common.versions import IfMatch
from mentoring_integrations.imports import queries
from mentoring_integrations.imports.commands import links, sources
from mentoring_integrations.imports.models import UploadLink
from mentoring_integrations.imports.schemas import (
    NewSource,
    NewUploadLink,
    SourceView,
    UploadLinkMade,
    UploadLinkView,
    UploadsView,
    UploadView,
)
from mentoring_integrations.imports.table_files import unpacked
from mentoring_integrations.programmes.access import Reader, Writer, require_integrator

Name = Annotated[str, Path(pattern="^[a-z0-9][a-z0-9-]{0,49}$", description="what you call the source")]
Address = Annotated[str, Path(max_length=100, description="the last part of the link's address")]
ByLink = Depends(Public("the secret address that its maker passed on is the authorisation"))
_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {
                "schema": {"type": "string", "description": "A file as the source sends it: CSV or a workbook (XLSX)"},
                "example": "external_id,name,email\nE-10042,Ada Obi,ada.obi@example.org\n",
            }
        },
    }
}
router = APIRouter(route_class=Route)


@router.get("/imports/sources")
async def list_import_sources(by: Reader, db: Db) -> list[SourceView]:
    """How the files of one's own sources are read, by name."""
    return [SourceView.model_validate(row) for row in (await db.scalars(queries.sources(by))).all()]


@router.put("/imports/sources/{name}")
async def keep_import_source(name: Name, new: NewSource, by: Writer, db: Db) -> SourceView:
    """Keep how the files of a source are read, to be named by `source` with each of them; what was kept is replaced."""
    return SourceView.model_validate(await sources.keep(db, by, name, new))


@router.delete("/imports/sources/{name}", status_code=204)
async def remove_import_source(name: Name, by: Writer, db: Db) -> None:
    """Forget a source."""
    await sources.remove(db, by, name)


@router.post("/imports/sources/{name}/links", status_code=201)
async def make_upload_link(
    name: Name, new: NewUploadLink, request: Request, by: Writer, work: Phases
) -> UploadLinkMade:
    """Make an address to which files of the source are sent with no token; the answer alone shows it."""
    service = request.app.state.service
    link, address = await links.make(service, work, by, name, new)
    api = api_address(service.settings.public_url, "integrations")
    url = f"{api}/public/{link.tenant_id}/uploads/{address}"
    return UploadLinkMade(**UploadLinkView.model_validate(link).model_dump(), url=url)


@router.get("/imports/links")
async def list_upload_links(by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50) -> Page[UploadLinkView]:
    """One's own upload links, also those that are over; all of them for the organisation's administration."""
    require_integrator(by)
    shown, following = await page(db, queries.links(by), UploadLink.id, cursor, limit)
    return page_of(shown, following, UploadLinkView.model_validate)


@router.get("/imports/links/{link_id}")
async def read_upload_link(link_id: UUID, by: Reader, db: Db) -> UploadLinkView:
    """One upload link: how many files came, and until when it takes more."""
    require_integrator(by)
    return UploadLinkView.model_validate(await queries.link_of(db, by, link_id))


@router.delete("/imports/links/{link_id}", status_code=204)
async def revoke_upload_link(link_id: UUID, request: Request, by: Writer, work: Phases, expected: IfMatch) -> None:
    """Have it take no more files; it stays in the list."""
    require_integrator(by)
    await links.revoke(request.app.state.service, work, by, link_id, expected)


@router.put(
    "/public/{tenant_id}/uploads/{link}", status_code=202, dependencies=[ByLink], openapi_extra=_FILE, tags=["imports"]
)
async def upload_import_file(link: Address, request: Request, work: PublicPhases) -> UploadView:
    """Send a file to an upload link: it is imported in the background. The same file again has no second effect.

    One that was interrupted goes on with it.
    """
    content, charset = unpacked(await request.body(), request.headers.get("content-type", ""))
    return await links.take(request.app.state.service, work, link, content, charset)


@router.get("/public/{tenant_id}/uploads/{link}", dependencies=[ByLink], tags=["imports"])
async def read_upload(link: Address, request: Request, work: PublicPhases) -> UploadsView:
    """What an upload link takes, and how the file stands that came last."""
    found, last = await links.state(request.app.state.service, work, link)
    left = None if found.most_files is None else found.most_files - found.files
    return UploadsView(expires_at=found.expires_at, files_left=left, most_bytes=found.most_bytes, last=last)
