"""What the gateway itself refuses, and how every error looks in a GraphQL answer.

An error has a `message`, the `path` of its field, and `extensions` with the stable `code` and the HTTP `status` of the
problem document behind it, and that document's own members (`closes_at`, `rules`, `errors`, …). What does not fit the
type of its variable has `errors` too, and begins with `/variables`.
"""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from graphql import GraphQLError, VariableDefinitionNode
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError

from mentoring_common.errors import DomainError, NotFound, Rejected
from mentoring_common.faults import Fault, fault
from mentoring_common.observability import log
from mentoring_common.problems import EDGE, STATUS

INVALID = "invalid_graphql"
# What GraphQL itself refuses, by its code; the status stands in `extensions`.
GRAPHQL: Final[Mapping[str, tuple[int, str]]] = {INVALID: (400, "The operation does not fit the schema, or is none")}
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
_OF_VARIABLE = re.compile(r"Variable '\$(?P<name>\w+)' has invalid value(?: at (?P<path>(?:\.\w+|\[\d+\])+))?: ")
_GRAPHQLS_OWN = (ValueError, MissingQueryError, CannotGetOperationTypeError, InvalidOperationTypeError)
_DOCUMENT = frozenset({"type", "title", "detail", "instance"})


class QueryTooDeep(Rejected):
    """The operation is nested too deep."""


class QueryTooCostly(Rejected):
    """The operation asks for too much at once."""


class TooManyAliases(Rejected):
    """The operation uses too many aliases."""


class InvalidPageSize(Rejected):
    """A page has 1 to 200 items."""


class SectionNamedTwice(Rejected):
    """Two sections have one title."""


class DocumentUnknown(NotFound):
    """No trusted document has this id."""


class NotAGraphqlRequest(Rejected):
    """This is not a GraphQL request."""


class ServiceProblem(Exception):
    """A service answered a problem document (RFC 9457) to what was `sent`; it is passed on."""

    def __init__(self, document: dict[str, Any], status: int, sent: Any = None) -> None:
        self.code = str(document.get("code", "http_error"))
        self.status = status
        self.sent = sent
        self.members = {name: value for name, value in document.items() if name not in _DOCUMENT}
        super().__init__(str(document.get("detail") or document.get("title") or self.code))


class UnexpectedAnswer(Exception):
    """A service answered what its contract does not say; only its name and the place are kept."""

    code: ClassVar = "unexpected_answer"


def shown(error: GraphQLError, *, guessing: bool = True) -> GraphQLError:
    """The error as the caller may see it: business errors with their code, GraphQL's own, all others masked.

    Without `guessing` GraphQL's own do not say which names would have been right.
    """
    cause = _cause(error)
    if isinstance(cause, RecursionError):
        cause = QueryTooDeep()
    if isinstance(cause, ServiceProblem):
        return _made(error, str(cause), cause.members | {"code": cause.code, "status": cause.status})
    if isinstance(cause, DomainError):
        status = next(status for category, status in STATUS if isinstance(cause, category))
        message = cause.detail or cause.title()
        return _made(error, message, cause.members | {"code": cause.code, "status": status})
    if cause is None and error.path is None:
        message = error.message if guessing else error.message.partition(" Did you mean ")[0]
        return _made(error, message, {"code": INVALID, "status": GRAPHQL[INVALID][0]} | _of_variable(error))
    log.error("unexpected_error", error=type(cause or error).__name__, where=".".join(map(str, error.path or [])))
    status, message = EDGE["internal_error"]
    return _made(error, message, {"code": "internal_error", "status": status})


def _of_variable(error: GraphQLError) -> dict[str, list[Fault]]:
    """Where a value stands that does not fit the type of its variable; GraphQL says that in its message alone."""
    found = _OF_VARIABLE.match(error.message)
    if found is None or not error.nodes or not isinstance(error.nodes[0], VariableDefinitionNode):
        return {}
    path = [int(number) if number else name for name, number in _STEP.findall(found["path"] or "")]
    detail = "This is no value that is taken here"
    return {"errors": [fault("invalid_value", detail, "variables", found["name"], *path)]}


def _cause(error: GraphQLError) -> Exception | None:
    """The innermost error that is not GraphQL's own; a value that does not fit its scalar is GraphQL's own too."""
    cause: Exception | None = error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return None if error.path is None and isinstance(cause, _GRAPHQLS_OWN) else cause


def _made(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    return GraphQLError(
        message, nodes=error.nodes, source=error.source, positions=error.positions, path=error.path,
        extensions=extensions,
    )  # fmt: skip
