"""GraphQL over HTTP, GraphiQL, and subscriptions over WebSocket (graphql-transport-ws) or server-sent events."""

from collections.abc import Awaitable, Callable
from typing import Any

from cross_web import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL

from mentoring_common import pages, problems
from mentoring_common.auth import Principal
from mentoring_common.errors import DomainError
from mentoring_common.idempotency import HEADER, MAX_KEY, InvalidIdempotencyKey
from mentoring_gateway.context import Context
from mentoring_gateway.errors import NotAGraphqlRequest
from mentoring_gateway.schema import schema

# The name of the mutation field is put behind the caller's key.
LONGEST_KEY = MAX_KEY - 100
_PAGE = (
    "graphiql.min.css", "page.css", "react.production.min.js", "react-dom.production.min.js", "graphiql.min.js",
    "page.js",
)  # fmt: skip
Authenticate = Callable[[str | None], Awaitable[Principal | None]]
NewContext = Callable[[Principal | None, str | None], Context]


class Endpoint(GraphQL[Context, None]):
    """The ASGI application at /graphql. What is wrong with a request as such is answered by a problem document."""

    def __init__(self, authenticate: Authenticate, new_context: NewContext) -> None:
        super().__init__(
            schema,
            allow_queries_via_get=False,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL),
        )
        self._authenticate = authenticate
        self._new_context = new_context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
            return await self.run(request)
        except HTTPException as error:
            return problems.of_error(NotAGraphqlRequest(error.reason))
        except DomainError as error:
            return problems.of_error(error)

    async def render_graphql_ide(self, request: Request) -> Response:
        """GraphiQL, from files of our own; Strawberry's page loads it from elsewhere."""
        return pages.page("GraphiQL", "graphql/assets", *_PAGE, element="graphiql")

    def parse_json(self, data: str | bytes) -> Any:
        # Strawberry takes any JSON here and fails on what is no object.
        parsed = super().parse_json(data)
        if not isinstance(parsed, dict):
            raise HTTPException(400, "The body has to be one JSON object")
        return parsed

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        if isinstance(request, WebSocket):
            return self._new_context(None, None)  # the caller is known once the connection is initialised
        caller = await self._authenticate(request.headers.get("Authorization"))
        return self._new_context(caller, _checked(request.headers.get(HEADER)))

    async def on_ws_connect(self, context: Context) -> dict[str, object]:
        """The token comes as `Authorization` in the connection's payload: browsers cannot set headers here."""
        given: Any = (context.connection_params or {}).get("Authorization")
        try:
            context.act_for(await self._authenticate(given if isinstance(given, str) else None))
        except DomainError as error:
            raise ConnectionRejectionError({"code": error.code}) from None
        return {}


def _checked(key: str | None) -> str | None:
    if key is not None and (not 0 < len(key) <= LONGEST_KEY or not key.isprintable()):
        raise InvalidIdempotencyKey(f"a key has 1 to {LONGEST_KEY} visible characters here")
    return key
