"""The SCIM 2.0 service: users of an employer and the groups that they are in, for identity providers.

It describes itself (`/Schemas`, `/ResourceTypes`, `/ServiceProviderConfig`), and is in no OpenAPI document: bodies,
errors and content types are those of RFC 7644.
"""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Final, Literal

import orjson
from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, ValidationError
from scim2_models import NotImplementedException, SCIMException

from mentoring_applications.directory.models import Person
from mentoring_applications.programmes.access import Reader, Writer
from mentoring_applications.scim import bulk, commands, groups, queries, refusals, schemas
from mentoring_common.api_address import api_address
from mentoring_common.errors import DomainError
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch

PATH: Final = "/scim/v2"
MEDIA_TYPE: Final = "application/scim+json"
UPLOADS: Final = {f"{PATH}/": (schemas.LARGEST, frozenset({MEDIA_TYPE, "application/json"}))}
_FARTHEST: Final = 2**31


class ScimRoute(Route):
    """Refuses as RFC 7644 says (3.12), whoever refuses."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def scim(request: Request) -> Response:
            try:
                return await answer(request)
            except (DomainError, SCIMException, RequestValidationError, ValidationError) as error:
                return _refused(error)

        self.answer = scim
        return scim


Order = Literal["ascending", "descending"]


class Search(BaseModel):
    """What is asked for of a list."""

    filter: Annotated[str | None, Field(max_length=2000)] = None
    sortBy: Annotated[str | None, Field(max_length=200)] = None
    sortOrder: Order = "ascending"
    startIndex: int = 1
    count: int = 100
    attributes: Annotated[list[str] | None, Field(max_length=100)] = None
    excludedAttributes: Annotated[list[str] | None, Field(max_length=100)] = None


router = APIRouter(route_class=ScimRoute, prefix=PATH, tags=["people"], include_in_schema=False)
Attributes = Annotated[str | None, Query(max_length=2000)]


@router.get("/ServiceProviderConfig")
async def read_service(request: Request, _: Reader) -> Response:
    """What the service can do."""
    return _answer(schemas.service(_base(request)))


@router.get("/ResourceTypes")
async def list_resource_types(request: Request, _: Reader) -> Response:
    """What is kept: Users and Groups."""
    return _all(schemas.resource_types(_base(request)))


@router.get("/ResourceTypes/{name}")
async def read_resource_type(name: str, request: Request, _: Reader) -> Response:
    """One of them."""
    return _one_of(schemas.resource_types(_base(request)), name)


@router.get("/Schemas")
async def list_schemas(request: Request, _: Reader) -> Response:
    """What is kept of a User and of a Group."""
    return _all(schemas.schemas(_base(request)))


@router.get("/Schemas/{name}")
async def read_schema(name: str, request: Request, _: Reader) -> Response:
    """One of them."""
    return _one_of(schemas.schemas(_base(request)), name)


@router.get("/Groups")
async def list_groups(
    request: Request,
    by: Reader,
    db: Db,
    filter: Annotated[str | None, Query(max_length=2000)] = None,
    startIndex: int = 1,
    count: int = 100,
    attributes: Attributes = None,
    excludedAttributes: Attributes = None,
) -> Response:
    """Roles of programmes that employers give, with those of the employer's people who hold them."""
    found, start = await groups.groups(db, by, _base(request), filter), min(max(startIndex, 1), _FARTHEST)
    shown = found[start - 1 :][: min(max(count, 0), schemas.MOST)]
    narrowed = [schemas.narrowed(one, attributes, excludedAttributes) for one in shown]
    return _answer(schemas.listed(narrowed, len(found), start))


@router.get("/Groups/{group_id}")
async def read_group(
    group_id: str, request: Request, by: Reader, db: Db, attributes: Attributes = None,
    excludedAttributes: Attributes = None,
) -> Response:  # fmt: skip
    """One of them."""
    found = await groups.group(db, group_id, by, _base(request))
    if found["meta"]["version"] in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers={"ETag": found["meta"]["version"]})
    return _group(found, attributes, excludedAttributes)


@router.patch("/Groups/{group_id}")
async def patch_group(group_id: str, request: Request, by: Writer, db: Db, expected: IfMatch) -> Response:
    """Give the role to the employer's people who are added, and take it from those who are removed."""
    return _group(await groups.patch_group(db, group_id, await _body(request), by, _base(request), expected))


@router.post("/Groups")
@router.put("/Groups/{group_id}")
@router.delete("/Groups/{group_id}")
async def refuse_group(_: Writer, db: Db) -> Response:
    """Not done: a programme says in its blueprint which groups there are."""
    raise NotImplementedException(detail=groups.NOT_DONE)


@router.get("/Users")
async def list_users(
    request: Request,
    by: Reader,
    db: Db,
    filter: Annotated[str | None, Query(max_length=2000)] = None,
    sortBy: Annotated[str | None, Query(max_length=200)] = None,
    sortOrder: Order = "ascending",
    startIndex: int = 1,
    count: int = 100,
    attributes: Attributes = None,
    excludedAttributes: Attributes = None,
) -> Response:
    """The employer's people, by a filter and in an order."""
    asked = Search(filter=filter, sortBy=sortBy, sortOrder=sortOrder, startIndex=startIndex, count=count)
    return await _found(request, by, db, asked, attributes, excludedAttributes)


@router.post("/.search")
@router.post("/Users/.search")
async def search_users(request: Request, by: Reader, db: Db) -> Response:
    """The same, asked in a body (RFC 7644, 3.4.3)."""
    asked = Search.model_validate(await _body(request))
    chosen = (None if names is None else ",".join(names) for names in (asked.attributes, asked.excludedAttributes))
    return await _found(request, by, db, asked, *chosen)


@router.post("/Users", status_code=201)
async def create_user(request: Request, by: Writer, db: Db) -> Response:
    """Make somebody known."""
    return _user(request, await commands.create_user(db, schemas.read_user(await _body(request)), by), 201)


@router.get("/Users/{user_id}")
async def read_user(
    user_id: str, request: Request, by: Reader, db: Db, attributes: Attributes = None,
    excludedAttributes: Attributes = None,
) -> Response:  # fmt: skip
    """One of the employer's people."""
    person = await commands.user(db, commands.id_of(user_id), by)
    if f'W/"{person.version}"' in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers={"ETag": f'W/"{person.version}"'})
    return _user(request, person, attributes=attributes, excluded=excludedAttributes)


@router.put("/Users/{user_id}")
async def replace_user(user_id: str, request: Request, by: Writer, db: Db, expected: IfMatch) -> Response:
    """Change what is sent; what is left out stays (RFC 7644, 3.5.1: it is not asserted)."""
    return _user(request, await commands.replace_user(db, commands.id_of(user_id), await _body(request), by, expected))


@router.patch("/Users/{user_id}")
async def patch_user(user_id: str, request: Request, by: Writer, db: Db, expected: IfMatch) -> Response:
    """Change what the operations say."""
    return _user(request, await commands.patch_user(db, commands.id_of(user_id), await _body(request), by, expected))


@router.delete("/Users/{user_id}", status_code=204)
async def delete_user(user_id: str, by: Writer, db: Db, expected: IfMatch) -> Response:
    """Somebody left, and is shown no more."""
    await commands.delete_user(db, commands.id_of(user_id), by, expected)
    return Response(status_code=204)


@router.post("/Bulk")
async def change_users(request: Request, by: Writer, db: Db) -> Response:
    """Many operations in order, each on its own as if it had come alone."""
    asked = bulk.read(await _body(request))
    return _answer(await bulk.done(db, asked, by, _base(request)))


@router.get("/{path:path}")
async def read_nothing(path: str, _: Reader) -> Response:
    """There is nothing else."""
    return _answer(schemas.error(404, "there is no such thing"), 404)


async def _found(
    request: Request, by: Reader, db: Db, asked: Search, attributes: str | None, excluded: str | None
) -> Response:
    rows = queries.users(await commands.reach(db, by))
    rows = rows if asked.filter is None else rows.where(queries.found_by(asked.filter))
    total, start = await queries.counted(db, rows), min(max(asked.startIndex, 1), _FARTHEST)
    order = [] if asked.sortBy is None else [queries.sorted_by(asked.sortBy, descending=asked.sortOrder != "ascending")]
    shown = rows.order_by(*order, Person.id).offset(start - 1).limit(min(max(asked.count, 0), schemas.MOST))
    found = [schemas.shown(person, _base(request)) for person in await db.scalars(shown)]
    narrowed = [schemas.narrowed(one, attributes, excluded) for one in found]
    return _answer(schemas.listed(narrowed, total, start))


async def _body(request: Request) -> Any:
    try:
        return orjson.loads(await request.body())
    except orjson.JSONDecodeError:
        raise refusals.NotJson() from None


def _base(request: Request) -> str:
    return api_address(request.app.state.service.settings.public_url, "applications") + PATH


def _user(
    request: Request, person: Person, status: int = 200, *, attributes: str | None = None, excluded: str | None = None
) -> Response:
    found = schemas.shown(person, _base(request))
    headers = {"ETag": found["meta"]["version"]} | ({"Location": found["meta"]["location"]} if status == 201 else {})
    return _answer(schemas.narrowed(found, attributes, excluded), status, headers)


def _group(found: dict[str, Any], attributes: str | None = None, excluded: str | None = None) -> Response:
    headers = {"ETag": found["meta"]["version"]}
    return _answer(schemas.narrowed(found, attributes, excluded), headers=headers)


def _all(resources: list[dict[str, Any]]) -> Response:
    return _answer(schemas.listed(resources, len(resources), 1))


def _one_of(resources: list[dict[str, Any]], name: str) -> Response:
    found = next((one for one in resources if one["id"].lower() == name.lower()), None)
    return _answer(schemas.error(404, "there is no such thing"), 404) if found is None else _answer(found)


def _answer(body: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(body), status, headers, MEDIA_TYPE)


def _refused(error: Exception) -> Response:
    body = refusals.told(error)
    status = int(body["status"])
    headers = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "1"}}.get(status)
    return _answer(body, status, headers)
