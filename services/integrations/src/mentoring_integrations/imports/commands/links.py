"""Upload links: addresses that take files of a source, with no token, from whoever has them.

Files do what an API key may do that is made for the link: what an HR client of the same employer may. The key is sealed
under a secret that stands in the address alone, so neither the address nor the database is the key.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from os import urandom
from typing import Any, Final, Self
from uuid import UUID

from mentoring_common import vault
from mentoring_common.api_keys import ApiKey
from mentoring_common.audit import audit
from mentoring_common.auth import InvalidToken, Principal
from mentoring_common.errors import Forbidden
from mentoring_common.ids import new_id
from mentoring_common.runner import Service
from mentoring_common.unit_of_work import Work
from mentoring_common.versions import Precondition
from mentoring_integrations.errors import (
    TooManyUploadLinks,
    UploadLinkNeedsProgramme,
    UploadLinkNotFound,
    UploadLinkOver,
    UploadLinkTooLong,
    UploadTooLarge,
)
from mentoring_integrations.imports import queries
from mentoring_integrations.imports.commands import imports
from mentoring_integrations.imports.commands.uploads import Upload
from mentoring_integrations.imports.models import UploadLink
from mentoring_integrations.imports.schemas import NewUploadLink, UploadView
from mentoring_integrations.programmes.access import audience_of, require_integrator

VALID: Final = timedelta(days=90)
LONGEST: Final = timedelta(days=366)
MOST: Final = 500
_ADDRESS: Final = re.compile(r"([0-9a-f]{32})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True)
class Address:
    """The last part of a link's address."""

    id: UUID
    secret: bytes

    @classmethod
    def read(cls, text: str) -> Self:
        """The parts of what came; UploadLinkNotFound where it is none."""
        found = _ADDRESS.fullmatch(text)
        if found is None:
            raise UploadLinkNotFound()
        return cls(UUID(found[1]), urlsafe_b64decode(found[2] + "="))

    def __str__(self) -> str:
        return f"{self.id.hex}_{urlsafe_b64encode(self.secret).decode().rstrip('=')}"

    def __repr__(self) -> str:
        return f"Address({self.id})"


async def make(
    service: Service, work: Work, by: Principal, source: str, new: NewUploadLink
) -> tuple[UploadLink, Address]:
    """A link for the files of a source, and its address.

    InsufficientScope, SourceNotFound, UploadLinkTooLong, UploadLinkNeedsProgramme, TooManyUploadLinks.
    """
    tenant, moment = require_integrator(by), datetime.now(UTC)  # links live on real time, as keys do
    expires_at = new.expires_at or moment + VALID
    if not moment < expires_at <= moment + LONGEST:
        raise UploadLinkTooLong()
    if new.kind == "nominations" and new.programme_id is None:
        raise UploadLinkNeedsProgramme()
    async with work.transaction() as db:
        await queries.source_of(db, by, source)
        if await queries.links_going_on(db, moment) >= MOST:
            raise TooManyUploadLinks(most=MOST)
    own = ApiKey.read(by.token)
    asked = {
        "name": f"Upload link of {source}", "made_by": by.subject, "made_with": str(own.id) if own else None,
        "employer_id": str(employer) if (employer := audience_of(by)) else None, "expires_at": expires_at.isoformat(),
    }  # fmt: skip
    key = (await service.client("applications").post(tenant, "/internal/upload-keys", asked))["made"]
    if key is None:
        raise Forbidden("the employer or the key that you came with is not there any more")
    address = Address(new_id(), urandom(32))
    link = UploadLink(
        id=address.id, source=source, kind=new.kind, programme_id=new.programme_id, made_by=by.subject, made_at=moment,
        expires_at=datetime.fromisoformat(key["expires_at"]), most_files=new.most_files, most_bytes=new.most_bytes,
        files=0, key_id=UUID(key["id"]),
        sealed_key=vault.encrypt(address.secret, key["key"].encode(), address.id.bytes),
    )  # fmt: skip
    db = await work.final()
    db.add(link)
    await db.flush()
    audit(db, by.subject, "make_upload_link", "upload_link", link.id)
    return link, address


async def revoke(service: Service, work: Work, by: Principal, link_id: UUID, expected: Precondition) -> None:
    """Have a link take no more files, at once, and its key count no more. UploadLinkNotFound.

    Where applications does not answer, the link is over all the same; repeated, its key is taken back too.
    """
    async with work.transaction() as db:
        link = await queries.link_of(db, by, link_id)
        await expected.hold(db, link)
        if link.revoked_at is None:
            link.revoked_at = datetime.now(UTC)
            audit(db, by.subject, "revoke_upload_link", "upload_link", link.id)
    path = f"/internal/upload-keys/{link.key_id}/revoke"
    await service.client("applications").post(link.tenant_id, path, {"revoked_by": by.subject})


@dataclass(frozen=True)
class Opened:
    """A link that somebody came to, and for whom its files are imported."""

    link: UploadLink
    by: Principal
    read_as: dict[str, Any]


async def opened(service: Service, work: Work, text: str) -> Opened:
    """The link of an address. UploadLinkNotFound; UploadLinkOver where it or its key takes no more."""
    address = Address.read(text)
    async with work.transaction() as db:
        found = await queries.link_and_source(db, address.id)
    if found is None:
        raise UploadLinkNotFound()
    link, source = found
    try:
        key = vault.decrypt(address.secret, link.sealed_key, link.id.bytes).decode()
    except vault.Erased:
        raise UploadLinkNotFound() from None
    if link.revoked_at is not None:
        raise UploadLinkOver(why="revoked")
    if link.expires_at <= datetime.now(UTC):
        raise UploadLinkOver(why="expired")
    try:
        holder = await service.app.state.verifier.verify(key)
    except InvalidToken:
        raise UploadLinkOver(why="revoked") from None
    return Opened(link, replace(holder, subject=link.made_by), {"mapping": source.mapping, "sheet": source.sheet})


async def take(service: Service, work: Work, text: str, content: bytes, charset: str | None) -> UploadView:
    """Import a file that came, in the background; the file that came last is taken up again where it stands.

    What `opened` and `imports.import_file` raise; UploadTooLarge.
    """
    found = await opened(service, work, text)
    link = found.link
    if len(content) > link.most_bytes:
        raise UploadTooLarge(most_bytes=link.most_bytes)
    upload = Upload(
        service, work, found.by, content, charset, dry_run=False, later=True, programme_id=link.programme_id,
        link_id=link.id, **found.read_as,
    )  # fmt: skip
    known = await _last(work, link, upload)
    if known is not None and known.state == "interrupted":
        await imports.resume(upload, known.import_id)
        return known.model_copy(update={"state": "running"})
    if known is not None and (known.state == "running" or link.files == link.most_files):
        return known
    if link.files == link.most_files:
        raise UploadLinkOver(why="used")
    return shown(await imports.import_file(upload, link.kind))


async def _last(work: Work, link: UploadLink, upload: Upload) -> UploadView | None:
    """The import of the file that came last, if it was this one."""
    if link.import_id is None:
        return None
    async with work.transaction() as db:
        last = await queries.import_of(db, upload.by, link.import_id)
        return shown(await imports.view(db, last)) if last.digest == upload.digest else None


async def state(service: Service, work: Work, text: str) -> tuple[UploadLink, UploadView | None]:
    """A link, and how the file stands that came last. What `opened` raises."""
    found = await opened(service, work, text)
    async with work.transaction() as db:
        last = await queries.import_of(db, found.by, found.link.import_id) if found.link.import_id else None
        return found.link, shown(await imports.view(db, last)) if last else None


def shown(view: Any) -> UploadView:
    """What whoever has the address is told of an import."""
    members = {name: getattr(view, name) for name in UploadView.model_fields if name != "import_id"}
    return UploadView(import_id=view.id, **members)
