"""One request is one transaction; the edge owns it and commits before the answer is sent.

The dependency has `scope="function"`: with FastAPI's default scope the commit would run after the response was sent,
and a commit that fails would still answer 201. A route that works long between what it reads and what it writes, or
calls other services, takes `Work`: no transaction is open meanwhile, and its Idempotency-Key is held all the same.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Set
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Annotated, Any, get_args, get_origin
from uuid import UUID

from fastapi import Depends, Path, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.params import Query
from fastapi.routing import APIRoute
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import QueryParams

from mentoring_common import counts, deprecation, idempotency, list_files, locations, sparse, versions
from mentoring_common.auth import Principal, authenticated
from mentoring_common.db import Database
from mentoring_common.pagination import Page
from mentoring_common.solving import Plan
from mentoring_common.versions import Precondition

_LONGEST_NAME = 100
PLATFORM = UUID(int=0)  # stands for the tenant that an operator has not: their Idempotency-Keys are kept under it


class Route(APIRoute):
    """Refuses query parameters that the route does not have: a misspelt filter would be lost.

    Gives a known answer again, or stores a fresh one in the transaction of its effect; tags what has a version, and
    says where what was made is read. An unsafe route that takes no unit of work is refused when it is declared: it
    would ignore the Idempotency-Key.
    """

    answer: Callable[[Request], Coroutine[Any, Any, Response]]

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        plan = Plan(self)
        calls = set(_calls(self.dependant))
        if idempotency.UNSAFE & (self.methods or set()) and not _UNITS & calls:
            raise TypeError(f"{self.path} takes no unit of work and would ignore the Idempotency-Key")
        view = versions.shown(self.response_model)
        made_at = locations.made_at(self.response_model, self.status_code)
        alone = view is not None and view.ALONE and "GET" in (self.methods or set())
        described = versions.answers(self.status_code or 200, tagged=view is not None, alone=alone, calls=calls)
        if made_at:
            headers = described.setdefault(self.status_code or 200, {}).setdefault("headers", {})
            headers["Location"] = locations.described(made_at)
        if isinstance(self.response_model, type) and issubclass(self.response_model, Page):
            described.setdefault(200, {}).setdefault("headers", {})[counts.HEADER] = counts.DESCRIBED
            _take(self, counts.PARAMETER)
        ending = deprecation.ending_of(self.endpoint)
        if ending:
            self.deprecated = True
            described.setdefault(self.status_code or 200, {}).setdefault("headers", {}).update(deprecation.DESCRIBED)
        reads = self.methods == {"GET"}
        item = list_files.item_of(self.response_model) if reads else None
        members = sparse.members_of(item or self.response_model) if reads else frozenset()
        if item:
            _take(self, list_files.PARAMETER)
        if members:
            _take(self, sparse.PARAMETER)
        self.responses = described | self.responses
        queries = [p for p in get_flat_params(self.dependant) if isinstance(p.field_info, Query)]
        own = frozenset(p.alias for p in queries)
        parameters = own | ({list_files.FORMAT} if item else set()) | ({sparse.FIELDS} if members else set())
        lists = frozenset(p.alias for p in queries if _is_list(p.field_info.annotation))

        async def answer(request: Request) -> Response:
            if not request.scope["query_string"]:
                return await whole(request)
            _check_names(request.query_params, parameters, lists)
            wanted = sparse.asked(request, members)

            async def some(asking: Request) -> Response:
                return sparse.cut(await whole(asking), wanted) if wanted else await whole(asking)

            if item and _form(request):
                return await list_files.answer(request, item, "cursor" in own, some)
            return await some(request)

        async def whole(request: Request) -> Response:
            async with AsyncExitStack() as stack:
                response = await _once(request, plan, stack)
            response = locations.located(request, response, made_at) if made_at else response
            if ending:
                response.headers.update(ending.headers(request))
            return versions.tagged(request, response, view) if view else response

        self.answer = answer
        return answer


def _take(route: Route, parameter: dict[str, Any]) -> None:
    """Describe a parameter that routes of a kind have without declaring it."""
    more = route.openapi_extra or {}
    others = [each for each in more.get("parameters", []) if each is not parameter]  # asked at each build
    route.openapi_extra = more | {"parameters": [*others, parameter]}


def _form(request: Request) -> str | None:
    form = request.query_params.get(list_files.FORMAT)
    if form is not None and form not in list_files.TYPES:
        raise RequestValidationError(
            [{"type": "enum", "loc": ("query", list_files.FORMAT), "msg": "Input should be 'csv' or 'xlsx'"}]
        )
    return form


def _is_list(annotation: Any) -> bool:
    """Whether a parameter of this type takes several values."""
    parts = get_args(annotation)
    if get_origin(annotation) in (list, set, tuple):
        return True
    return any(_is_list(part) for part in parts[: 1 if get_origin(annotation) is Annotated else None])


def _check_names(given: QueryParams, parameters: Set[str], lists: Set[str]) -> None:
    """RequestValidationError for a parameter that the route does not have, and for one of two values that takes one."""
    if unknown := given.keys() - parameters:
        raise RequestValidationError([_unknown(name) for name in sorted(unknown)])
    if len(given.multi_items()) == len(given):
        return
    twice = sorted(name for name in given if name not in lists and len(given.getlist(name)) > 1)
    if twice:
        said = {"type": "repeated_parameter", "msg": "this is given more than once, and takes one value"}
        raise RequestValidationError([said | {"loc": ("query", name)} for name in twice])


def _unknown(name: str) -> dict[str, Any]:
    shown = name[:_LONGEST_NAME]
    return {"type": "unknown_parameter", "loc": ("query", shown), "msg": f"there is no query parameter {shown!r} here"}


async def _once(request: Request, plan: Plan, stack: AsyncExitStack) -> Response:
    try:
        response = await plan.answer(request, stack)
    except idempotency.AnswerKnown as known:
        return known.response
    precondition: Precondition | None = getattr(request.state, "precondition", None)
    if precondition is not None and precondition.given and not precondition.compared:
        raise RuntimeError("a precondition was taken and not looked at")
    unit: Unit | None = getattr(request.state, "unit", None)
    if unit is not None:
        await unit.keep(response)
    return response


def _calls(dependant: Dependant) -> Iterator[Any]:
    for needed in dependant.dependencies:
        yield needed.call
        yield from _calls(needed)


class Unit:
    """What one request does to one tenant's data, under the Idempotency-Key that it may carry."""

    def __init__(self, claim: idempotency.Claim | None, db: AsyncSession) -> None:
        self._claim = claim
        self._db = db

    async def keep(self, response: Response) -> None:
        """Store the answer with the effect."""
        counts.say(self._db, response)
        if self._claim is not None:
            await self._claim.store(self._db, response)


class Work(Unit):
    """A unit of work in phases: transactions of their own, and the one that ends it."""

    def __init__(self, database: Database, tenant: UUID, stack: AsyncExitStack, claim: idempotency.Claim | None):
        self._database = database
        self._tenant = tenant
        self._stack = stack
        self._claim = claim
        self._final: AsyncSession | None = None
        self._passing = False

    def transaction(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A transaction that is over when its block is."""
        return self._database.transaction(self._tenant)

    async def final(self) -> AsyncSession:
        """The transaction of the effect and of the answer; the edge commits it."""
        if self._final is None:
            self._final = await self._stack.enter_async_context(self._database.transaction(self._tenant))
        return self._final

    def do_not_keep(self) -> None:
        """The answer tells of a failure that may pass: the same request is to be tried again, not answered again."""
        self._passing = True

    async def keep(self, response: Response) -> None:
        """Store the answer in the transaction of the effect, or in one of its own where there is none."""
        if self._claim is not None and not self._passing:
            await self._claim.store(await self.final(), response)


async def _of_caller(
    request: Request, caller: Annotated[Principal, Depends(authenticated)]
) -> AsyncIterator[AsyncSession]:
    database: Database = request.app.state.database
    async with database.transaction(caller.tenant or PLATFORM) as db:
        counts.prepare(request, db)
        request.state.unit = Unit(await idempotency.claim(db, request, caller.subject), db)
        yield db


async def _of_path(
    request: Request, tenant_id: Annotated[UUID, Path(description="the organisation")]
) -> AsyncIterator[AsyncSession]:
    database: Database = request.app.state.database
    async with database.transaction(tenant_id) as db:
        request.state.unit = Unit(await idempotency.claim(db, request, ""), db)
        yield db


async def _in_phases(request: Request, caller: Annotated[Principal, Depends(authenticated)]) -> AsyncIterator[Work]:
    async with _working(request, caller.tenant or PLATFORM, caller.subject) as work:
        yield work


async def _in_phases_of_path(
    request: Request, tenant_id: Annotated[UUID, Path(description="the organisation")]
) -> AsyncIterator[Work]:
    async with _working(request, tenant_id, "") as work:
        yield work


@asynccontextmanager
async def _working(request: Request, tenant: UUID, subject: str) -> AsyncIterator[Work]:
    database: Database = request.app.state.database
    async with AsyncExitStack() as stack:
        claim = await idempotency.hold(stack, database, tenant, request, subject)
        request.state.unit = work = Work(database, tenant, stack, claim)
        yield work


_UNITS = {_of_caller, _of_path, _in_phases, _in_phases_of_path}

Db = Annotated[AsyncSession, Depends(_of_caller, scope="function")]
"""The transaction of the request, bound to the caller's tenant, or an operator's to none."""

PublicDb = Annotated[AsyncSession, Depends(_of_path, scope="function")]
"""The transaction of a public route, bound to the tenant that its path names."""

Phases = Annotated[Work, Depends(_in_phases, scope="function")]
"""The unit of work of a route that works long or calls other services."""

PublicPhases = Annotated[Work, Depends(_in_phases_of_path, scope="function")]
"""The same of a public route, bound to the tenant that its path names."""
