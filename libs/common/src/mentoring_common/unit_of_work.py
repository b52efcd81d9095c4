"""One request is one transaction; the edge owns it and commits before the answer is sent.

The dependency has `scope="function"`: with FastAPI's default scope the commit would run after the response was sent,
and a commit that fails would still answer 201.
"""

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Path, Request, Response
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.params import Query
from fastapi.routing import APIRoute
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import idempotency
from mentoring_common.auth import Principal, authenticated
from mentoring_common.db import Database

_LONGEST_NAME = 100
PLATFORM = UUID(int=0)  # stands for the tenant that an operator has not: their Idempotency-Keys are kept under it


class Route(APIRoute):
    """Refuses query parameters that the route does not have: a misspelt filter would be lost.

    Gives a known answer again, or stores a fresh one in the request's transaction before that commits.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()
        parameters = frozenset(p.alias for p in get_flat_params(self.dependant) if isinstance(p.field_info, Query))

        async def answer(request: Request) -> Response:
            if request.scope["query_string"] and (unknown := request.query_params.keys() - parameters):
                raise RequestValidationError([_unknown(name) for name in sorted(unknown)])
            try:
                response = await handler(request)
            except idempotency.AnswerKnown as known:
                return known.response
            claim: idempotency.Claim | None = getattr(request.state, "idempotency", None)
            if claim is not None:
                await claim.store(response)
            return response

        return answer


def _unknown(name: str) -> dict[str, Any]:
    shown = name[:_LONGEST_NAME]
    return {"type": "unknown_parameter", "loc": ("query", shown), "msg": f"there is no query parameter {shown!r} here"}


async def _of_caller(
    request: Request, caller: Annotated[Principal, Depends(authenticated)]
) -> AsyncIterator[AsyncSession]:
    database: Database = request.app.state.database
    async with database.transaction(caller.tenant or PLATFORM) as db:
        request.state.idempotency = await idempotency.claim(db, request, caller.subject)
        yield db


async def _of_path(
    request: Request, tenant_id: Annotated[UUID, Path(description="the organisation")]
) -> AsyncIterator[AsyncSession]:
    database: Database = request.app.state.database
    async with database.transaction(tenant_id) as db:
        request.state.idempotency = await idempotency.claim(db, request, "")
        yield db


Db = Annotated[AsyncSession, Depends(_of_caller, scope="function")]
"""The transaction of the request, bound to the caller's tenant, or an operator's to none."""

PublicDb = Annotated[AsyncSession, Depends(_of_path, scope="function")]
"""The transaction of a public route, bound to the tenant that its path names."""
