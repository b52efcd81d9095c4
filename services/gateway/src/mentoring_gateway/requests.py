"""What a GraphQL request over HTTP says: its operation, and in which form the answer is wanted.

https://graphql.github.io/graphql-over-http/draft/
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import GraphQLError, OperationType, get_operation_ast, parse

from mentoring_gateway.documents import Documents
from mentoring_gateway.errors import NotAGraphqlRequest
from mentoring_gateway.settings import LIMITS

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
EVENTS = "text/event-stream"
_FORMS = {GRAPHQL: GRAPHQL, JSON: JSON, "application/*": JSON, "*/*": JSON}


@dataclass(frozen=True)
class Asked:
    """The members of a request."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None

    @classmethod
    def of(cls, body: bytes, documents: Documents) -> "Asked":
        """The request in a body; NotAGraphqlRequest for what is none, DocumentUnknown, DocumentNotTrusted."""
        try:
            given = orjson.loads(body)
        except orjson.JSONDecodeError:
            raise NotAGraphqlRequest("the body is no JSON") from None
        if not isinstance(given, dict):
            raise NotAGraphqlRequest("the body has to be one JSON object")
        return cls._of(given, documents)

    @classmethod
    def by_get(cls, parameters: Mapping[str, str], documents: Documents) -> "Asked":
        """The query that a URL asks for by the id of its document; NotAGraphqlRequest, DocumentUnknown."""
        given: dict[str, Any] = dict(parameters)
        for member in {"variables", "extensions"} & given.keys():
            try:
                given[member] = orjson.loads(given[member])
            except orjson.JSONDecodeError:
                raise NotAGraphqlRequest(f"`{member}` is no JSON") from None
        asked = cls._of(given | {"query": documents.named(given)}, documents)
        if asked._operation is not OperationType.QUERY:
            raise NotAGraphqlRequest("only queries are asked by GET")
        return asked

    @classmethod
    def _of(cls, given: dict[str, Any], documents: Documents) -> "Asked":
        query, variables, name = given.get("query"), given.get("variables"), given.get("operationName")
        if query is None:
            query = documents.named(given)
        if not isinstance(query, str):
            raise NotAGraphqlRequest("`query` has to be a string, or `documentId` the id of a trusted document")
        documents.require(query)
        for member, value in (("variables", variables), ("extensions", given.get("extensions"))):
            if not isinstance(value, dict | None):
                raise NotAGraphqlRequest(f"`{member}` has to be an object or null")
        if not isinstance(name, str | None):
            raise NotAGraphqlRequest("`operationName` has to be a string or null")
        return cls(query, variables, name or None)

    @property
    def is_subscription(self) -> bool:
        """Whether the operation asked for is a subscription; a document that cannot be read has none."""
        return "subscription" in self.query and self._operation is OperationType.SUBSCRIPTION

    @property
    def _operation(self) -> OperationType | None:
        try:
            document = parse(self.query, max_tokens=LIMITS.tokens)
        except (GraphQLError, RecursionError):
            return None
        operation = get_operation_ast(document, self.operation_name)
        return operation.operation if operation is not None else None


def form(accept: str) -> str | None:
    """The media type of JSON that a client wants most, by its weights and then its order; None if it takes none."""
    return max(accepted(accept), key=lambda found: found[1], default=(None, 0.0))[0]


def accepted(accept: str) -> list[tuple[str, float]]:
    """The forms of JSON that an `Accept` lists, in its order, with their weights."""
    found = []
    for part in (accept or "*/*").split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = _weight(parameters)
        if kind in _FORMS and weight > 0:
            found.append((_FORMS[kind], weight))
    return found


def takes_events(accept: str) -> bool:
    """Whether server-sent events are among what a client takes."""
    return any(part.partition(";")[0].strip().lower() == EVENTS for part in accept.split(","))


def _weight(parameters: list[str]) -> float:
    given = next((parameter[2:] for parameter in parameters if parameter.startswith("q=")), "1")
    try:
        return float(given)
    except ValueError:
        return 0.0
