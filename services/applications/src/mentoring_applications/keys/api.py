"""API keys: the organisation's admin makes them; our own services ask whom one stands for."""

from uuid import UUID

from fastapi import APIRouter

from mentoring_applications.errors import ApiKeyNotFound, UnknownEmployer
from mentoring_applications.keys import commands, queries
from mentoring_applications.keys.models import Key
from mentoring_applications.keys.schemas import (
    ApiKeyMade,
    ApiKeyView,
    CheckedKey,
    KeyRevoked,
    KeyToCheck,
    MadeUploadKey,
    NewApiKey,
    NewUploadKey,
    Revoking,
    Rotation,
    UploadKey,
)
from mentoring_applications.programmes.access import OwnService, Reader, Writer
from mentoring_common.api_keys import ApiKey
from mentoring_common.db import tenant_of
from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch

router = APIRouter(route_class=Route, tags=["api-keys"])
internal = APIRouter(prefix="/internal", route_class=Route, tags=["internal"])
_view = ApiKeyView.model_validate


@router.post("/api-keys", status_code=201)
async def make_api_key(new: NewApiKey, by: Writer, db: Db) -> ApiKeyMade:
    """Make a key for a system that speaks no OAuth; the answer alone shows it."""
    commands.require_admin(by)
    return _shown(*await commands.make_key(db, new, by))


@router.get("/api-keys")
async def list_api_keys(by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50) -> Page[ApiKeyView]:
    """The organisation's keys, also those that are over."""
    commands.require_admin(by)
    shown, following = await page(db, queries.keys(), Key.id, cursor, limit)
    return page_of(shown, following, _view)


@router.get("/api-keys/{key_id}")
async def read_api_key(key_id: UUID, by: Reader, db: Db) -> ApiKeyView:
    """One key, and when it was used last."""
    commands.require_admin(by)
    return _view(await queries.key(db, key_id))


@router.post("/api-keys/{key_id}/rotate")
async def rotate_api_key(key_id: UUID, said: Rotation, by: Writer, db: Db, expected: IfMatch) -> ApiKeyMade:
    """Give it another secret; for some hours both count, so that you can change over."""
    commands.require_admin(by)
    key = await queries.key(db, key_id)
    await expected.hold(db, key)
    return _shown(key, await commands.rotate_key(db, key, said.overlap_hours, by))


@router.delete("/api-keys/{key_id}", status_code=204)
async def revoke_api_key(key_id: UUID, by: Writer, db: Db, expected: IfMatch) -> None:
    """Have it count no more, within half a minute; it stays in the list."""
    commands.require_admin(by)
    key = await queries.key(db, key_id)
    await expected.hold(db, key)
    await commands.revoke_key(db, key, by.subject)


@internal.post("/api-keys")
async def check_api_key(sent: KeyToCheck, _: OwnService, db: Db) -> CheckedKey:
    """Whom a key of the organisation stands for, for a service that somebody came to with it."""
    key = ApiKey.read(sent.key)
    if key is None or key.tenant != tenant_of(db):
        return CheckedKey(holder=None)
    return CheckedKey(holder=await commands.holder_of(db, key))


@internal.post("/upload-keys")
async def make_upload_key(new: NewUploadKey, _: OwnService, db: Db) -> MadeUploadKey:
    """A key for an upload link, for the service that keeps the links."""
    try:
        made, fresh = await commands.make_upload_key(db, new)
    except (ApiKeyNotFound, UnknownEmployer):
        return MadeUploadKey(made=None)
    return MadeUploadKey(made=UploadKey(id=made.id, key=str(fresh), expires_at=made.expires_at))


@internal.post("/upload-keys/{key_id}/revoke")
async def revoke_upload_key(key_id: UUID, said: Revoking, _: OwnService, db: Db) -> KeyRevoked:
    """Have the key of an upload link count no more."""
    await commands.revoke_key(db, await queries.key(db, key_id), said.revoked_by)
    return KeyRevoked(id=key_id)


def _shown(key: Key, fresh: ApiKey) -> ApiKeyMade:
    return ApiKeyMade(**_view(key).model_dump(), key=str(fresh))
