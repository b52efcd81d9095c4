"""The SCIM 2.0 service: users of an employer, for identity providers.

It describes itself (`/Schemas`, `/ResourceTypes`, `/ServiceProviderConfig`), and is in no OpenAPI document: bodies,
errors and content types are those of RFC 7644.
"""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Final
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from scim2_models import SCIMException

from mentoring_applications.directory import queries as directory
from mentoring_applications.directory.models import Person
from mentoring_applications.errors import EmailTaken, ExternalIdTaken, PersonNotFound, UserNameTaken
from mentoring_applications.programmes.access import Reader, Writer
from mentoring_applications.scim import commands, queries, schemas
from mentoring_common.api_address import api_address
from mentoring_common.errors import DomainError, Rejected
from mentoring_common.faults import faults_of
from mentoring_common.problems import status_of
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch

PATH: Final = "/scim/v2"
MEDIA_TYPE: Final = "application/scim+json"
UPLOADS: Final = {f"{PATH}/": (1_048_576, frozenset({MEDIA_TYPE, "application/json"}))}
_UNIQUE = (EmailTaken, ExternalIdTaken, UserNameTaken)


class ScimRoute(Route):
    """Refuses as RFC 7644 says (3.12), whoever refuses."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def scim(request: Request) -> Response:
            try:
                return await answer(request)
            except DomainError as error:
                return _refused(error)
            except SCIMException as error:
                return _answer(schemas.error(400, error.detail or "this is not what SCIM takes", error.scim_type), 400)
            except RequestValidationError as error:
                return _invalid(faults_of(error.errors()))
            except ValidationError as error:
                kinds = [one["type"].removeprefix("scim_") for one in error.errors() if one["type"].startswith("scim_")]
                return _invalid(faults_of(error), *kinds[:1])

        self.answer = scim
        return scim


class NotJson(Rejected):
    """The body is not JSON."""


router = APIRouter(route_class=ScimRoute, prefix=PATH, tags=["people"], include_in_schema=False)
Attributes = Annotated[str | None, Query(max_length=2000)]


@router.get("/ServiceProviderConfig")
async def read_service(request: Request, _: Reader) -> Response:
    """What the service can do."""
    return _answer(schemas.service(_base(request)))


@router.get("/ResourceTypes")
async def list_resource_types(request: Request, _: Reader) -> Response:
    """What is kept: Users."""
    return _all(schemas.resource_types(_base(request)))


@router.get("/ResourceTypes/{name}")
async def read_resource_type(name: str, request: Request, _: Reader) -> Response:
    """One of them."""
    return _one_of(schemas.resource_types(_base(request)), name)


@router.get("/Schemas")
async def list_schemas(request: Request, _: Reader) -> Response:
    """What is kept of a User."""
    return _all(schemas.schemas(_base(request)))


@router.get("/Schemas/{name}")
async def read_schema(name: str, request: Request, _: Reader) -> Response:
    """One of them."""
    return _one_of(schemas.schemas(_base(request)), name)


@router.get("/Groups")
async def list_groups(_: Reader) -> Response:
    """None: roles are given in their programme."""
    return _all([])


@router.get("/Users")
async def list_users(
    request: Request,
    by: Reader,
    db: Db,
    filter: Annotated[str | None, Query(max_length=2000)] = None,
    startIndex: int = 1,
    count: int = 100,
    attributes: Attributes = None,
    excludedAttributes: Attributes = None,
) -> Response:
    """The employer's people, by a filter."""
    rows = queries.users(await commands.reach(db, by))
    rows = rows if filter is None else rows.where(queries.found_by(filter))
    total, start = await queries.counted(db, rows), max(startIndex, 1)
    shown = rows.order_by(Person.id).offset(start - 1).limit(min(max(count, 0), schemas.MOST))
    found = [schemas.shown(person, _base(request)) for person in await db.scalars(shown)]
    narrowed = [schemas.narrowed(one, attributes, excludedAttributes) for one in found]
    return _answer(schemas.listed(narrowed, total, start))


@router.post("/Users", status_code=201)
async def create_user(request: Request, by: Writer, db: Db) -> Response:
    """Make somebody known."""
    resource = schemas.read_user(await _body(request))
    return _user(request, await commands.create_user(db, resource, by), 201)


@router.get("/Users/{user_id}")
async def read_user(
    user_id: str, request: Request, by: Reader, db: Db, attributes: Attributes = None,
    excludedAttributes: Attributes = None,
) -> Response:  # fmt: skip
    """One of the employer's people."""
    person = await commands.user(db, _id(user_id), by)
    if f'W/"{person.version}"' in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers={"ETag": f'W/"{person.version}"'})
    return _user(request, person, attributes=attributes, excluded=excludedAttributes)


@router.put("/Users/{user_id}")
async def replace_user(user_id: str, request: Request, by: Writer, db: Db, expected: IfMatch) -> Response:
    """Change what is sent; what is left out stays (RFC 7644, 3.5.1: it is not asserted)."""
    after = schemas.said(schemas.read_user(await _body(request)))
    person = await _held(db, user_id, by, request)
    await expected.hold(db, person)
    known = schemas.said(schemas.as_user(person))
    sent = known | {name: value for name, value in after.items() if value is not None}
    return _user(request, await commands.change_user(db, person, schemas.changes(known, sent), by))


@router.patch("/Users/{user_id}")
async def patch_user(user_id: str, request: Request, by: Writer, db: Db, expected: IfMatch) -> Response:
    """Change what the operations say."""
    payload = await _body(request)
    person = await _held(db, user_id, by, request)
    await expected.hold(db, person)
    known, after = schemas.said(schemas.as_user(person)), schemas.said(schemas.patched(person, payload))
    given = schemas.changes(known, after)
    return _user(request, await commands.change_user(db, person, given, by))


@router.delete("/Users/{user_id}", status_code=204)
async def delete_user(user_id: str, by: Writer, db: Db, expected: IfMatch) -> Response:
    """Somebody left, and is shown no more."""
    person = await commands.user(db, _id(user_id), by, locked=True)
    await expected.hold(db, person)
    await commands.delete_user(db, person, by)
    return Response(status_code=204)


async def _held(db: Db, user_id: str, by: Writer, request: Request) -> Person:
    """The person, locked; who may be given another line manager after who manages whom is held."""
    if b"manager" in await request.body():
        await directory.hold_line_managers(db)
    return await commands.user(db, _id(user_id), by, locked=True)


async def _body(request: Request) -> Any:
    try:
        return orjson.loads(await request.body())
    except orjson.JSONDecodeError:
        raise NotJson() from None


def _id(text: str) -> UUID:
    found = schemas.id_of(text)
    if found is None:
        raise PersonNotFound()
    return found


def _base(request: Request) -> str:
    return api_address(request.app.state.service.settings.public_url, "applications") + PATH


def _user(
    request: Request, person: Person, status: int = 200, *, attributes: str | None = None, excluded: str | None = None
) -> Response:
    found = schemas.shown(person, _base(request))
    headers = {"ETag": found["meta"]["version"]} | ({"Location": found["meta"]["location"]} if status == 201 else {})
    return _answer(schemas.narrowed(found, attributes, excluded), status, headers)


def _all(resources: list[dict[str, Any]]) -> Response:
    return _answer(schemas.listed(resources, len(resources), 1))


def _one_of(resources: list[dict[str, Any]], name: str) -> Response:
    found = next((one for one in resources if one["id"].lower() == name.lower()), None)
    return _answer(schemas.error(404, "there is no such thing"), 404) if found is None else _answer(found)


def _answer(body: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(body), status, headers, MEDIA_TYPE)


def _invalid(faults: Any, kind: str = "invalidValue") -> Response:
    detail = "; ".join(f"{one['pointer'].removeprefix('/')}: {one['detail']}" for one in faults)
    return _answer(schemas.error(400, detail, kind), 400)


def _refused(error: DomainError) -> Response:
    status = status_of(error)
    kind = "uniqueness" if isinstance(error, _UNIQUE) else None
    if status == 422:
        status, kind = 400, "invalidSyntax" if isinstance(error, NotJson) else "invalidValue"
    needed = error.members.get("needed")
    detail = f"{error.detail or error.title()} ({error.code}{f', needed: {needed}' if needed else ''})"
    headers = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "1"}}.get(status)
    return _answer(schemas.error(status, detail, kind), status, headers)
