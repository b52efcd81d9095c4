"""GraphQL over HTTP, GraphiQL, and subscriptions over WebSocket (graphql-transport-ws) or server-sent events."""

import gzip
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
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
from mentoring_common.tracing import span
from mentoring_gateway.context import Context
from mentoring_gateway.documents import Documents
from mentoring_gateway.errors import NotAGraphqlRequest
from mentoring_gateway.requests import GRAPHQL, JSON, Asked, form, takes_events
from mentoring_gateway.schema import schema
from mentoring_gateway.upstream import MOST_LANGUAGES

# The name of the mutation field is put behind the caller's key.
LONGEST_KEY = MAX_KEY - 100
WORTH_PACKING = 2000  # bytes of an answer: below, packing costs more than it saves
_PAGE = (
    "graphiql.min.css", "page.css", "react.production.min.js", "react-dom.production.min.js", "graphiql.min.js",
    "page.js",
)  # fmt: skip
_BY_ID = {"documentId", "extensions"}
Authenticate = Callable[[str | None], Awaitable[Principal | None]]
NewContext = Callable[[Principal | None, str | None, str | None], Context]


class Endpoint(GraphQL[Context, None]):
    """The ASGI application at /graphql. What is wrong with a request as such is answered by a problem document."""

    def __init__(
        self, authenticate: Authenticate, new_context: NewContext, origins: list[str], documents: Documents
    ) -> None:
        """`origins`: those of pages elsewhere that may open a WebSocket."""
        super().__init__(
            schema,
            allow_queries_via_get=False,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL),
        )
        self.allowed_origins = frozenset(origins)
        self._documents = documents
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
            accept = request.headers.get("accept", "")
            if request.method != "POST":
                if not _BY_ID & request.query_params.keys():
                    return await self.run(request)
                asked = Asked.by_get(request.query_params, self._documents)
                return await self._answer_whole(request, asked, form(accept) or JSON)
            asked = Asked.of(await request.body(), self._documents)
            wanted = form(accept)
            # Clients name streams in every request (urql as the last of five): only a subscription is one.
            if takes_events(accept) and (wanted is None or asked.is_subscription):
                return await self.run(request)
            return await self._answer_whole(request, asked, wanted or JSON)
        except HTTPException as error:
            return problems.of_error(NotAGraphqlRequest(error.reason))
        except DomainError as error:
            return problems.of_error(error)

    async def _answer_whole(self, request: Request, asked: Asked, wanted: str) -> Response:
        """The answer to a query or a mutation, as one JSON document."""
        context = await self.get_context(request, Response())
        name = asked.operation_name or ""
        with span(f"graphql {name}" if name.isidentifier() else "graphql"):
            found = await schema.answer(asked.query, asked.variables, asked.operation_name, context)
        # Who takes no more than JSON is told all but faults of HTTP by 200, as clients have always been.
        status = 400 if wanted == GRAPHQL and "data" not in found else 200
        content, headers = orjson.dumps(found), {"Vary": "Accept, Accept-Encoding"}
        if len(content) > WORTH_PACKING and "gzip" in request.headers.get("accept-encoding", ""):
            content, headers = gzip.compress(content, 5), headers | {"Content-Encoding": "gzip"}
        return Response(content, status, headers, f"{wanted}; charset=utf-8")

    async def render_graphql_ide(self, request: Request) -> Response:
        """GraphiQL, from files of our own; Strawberry's page loads it from elsewhere."""
        return pages.page("GraphiQL", "graphql/assets", *_PAGE, element="graphiql")

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        languages = request.headers.get("Accept-Language", "")[:MOST_LANGUAGES] or None
        if isinstance(request, WebSocket):
            return self._new_context(None, None, languages)  # the caller is known once the connection is initialised
        caller = await self._authenticate(request.headers.get("Authorization"))
        return self._new_context(caller, _checked(request.headers.get(HEADER)), languages)

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
