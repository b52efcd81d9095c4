"""The GraphQL schema; its text is committed with the contracts."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

import graphql
import strawberry
from graphql import GraphQLError
from strawberry.execution import optimized_is_awaitable
from strawberry.extensions import MaxTokensLimiter
from strawberry.schema._graphql_core import execution_context_class_kwargs
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.graphql import OperationType
from strawberry.utils.await_maybe import await_maybe

from mentoring_common.errors import DomainError
from mentoring_gateway.context import Context
from mentoring_gateway.descriptions import describe
from mentoring_gateway.errors import NotAGraphqlRequest, shown
from mentoring_gateway.identity import ANY_ID
from mentoring_gateway.limits import Known, KnownDocument, LimitedValidation, Parsing, ShownErrors
from mentoring_gateway.mutations import Mutation
from mentoring_gateway.queries import Query
from mentoring_gateway.settings import LIMITS
from mentoring_gateway.subscriptions import Subscription

KNOWN = Known(256)


class Result(NamedTuple):
    """What came of an operation; its errors as the caller may see them."""

    data: dict[str, Any] | None
    errors: list[GraphQLError]


def _all_before_running(errors: list[GraphQLError]) -> bool:
    return bool(errors) and all(error.path is None for error in errors)


class _Schema(strawberry.Schema):
    async def execute(
        self, *args: Any, allowed_operation_types: Iterable[OperationType] | None = None, **kwargs: Any
    ) -> ExecutionResult:
        """Queries and mutations; Strawberry would start a subscription here and fail on what it gives."""
        allowed = set(allowed_operation_types or OperationType) - {OperationType.SUBSCRIPTION}
        return await super().execute(*args, **kwargs | {"allowed_operation_types": allowed})

    async def answer(
        self, query: str, variables: dict[str, Any] | None, operation_name: str | None, context: Context
    ) -> dict[str, Any]:
        """The answer to a query or a mutation; without `data` if it was refused before it was run.

        NotAGraphqlRequest for a subscription. `extensions.cost` says what the operation cost, and the most it may.
        """
        known = KNOWN.find(query, operation_name)
        if known is None:
            result = await self._answer_unknown(query, variables, operation_name, context)
        else:
            result = await self._answer_known(known, variables, context)
        answer: dict[str, Any] = {}
        if result.errors:
            answer["errors"] = [error.formatted for error in result.errors]
        if result.data is not None or not _all_before_running(result.errors or []):
            answer["data"] = result.data
        if context.cost is not None:
            answer["extensions"] = {"cost": {"requested": context.cost, "most": LIMITS.cost}}
        return answer

    async def _answer_unknown(
        self, query: str, variables: dict[str, Any] | None, operation_name: str | None, context: Context
    ) -> Result:
        try:
            result = await self.execute(
                query, variable_values=variables, operation_name=operation_name, context_value=context
            )
        except CannotGetOperationTypeError as error:
            refusal = GraphQLError(error.as_http_error_reason(), original_error=error)
            return Result(None, [shown(refusal, guessing=context.may_see_schema)])
        except InvalidOperationTypeError:
            raise NotAGraphqlRequest(
                "a subscription is answered as a stream: text/event-stream, or a WebSocket"
            ) from None
        return Result(result.data, list(result.errors or []))

    async def _answer_known(self, known: KnownDocument, variables: dict[str, Any] | None, context: Context) -> Result:
        """The answer to a document that was found right before, past the steps that found it so."""
        try:
            context.cost = known.measured(self._schema, variables or {})
        except DomainError as error:
            return Result(None, [shown(GraphQLError(str(error), original_error=error))])
        result = await await_maybe(
            graphql.execute(
                self._schema,
                known.document,
                variable_values=variables,
                context_value=context,
                is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]
                operation_extensions=None,
                **execution_context_class_kwargs(self.execution_context_class),
            )
        )
        return Result(result.data, [shown(e, guessing=context.may_see_schema) for e in result.errors or []])

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Errors are logged where they are masked; Strawberry's own log would show values."""


schema = _Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    config=StrawberryConfig(batching_config=None, scalar_map={UUID: ANY_ID}),
    extensions=[
        ShownErrors,
        lambda: MaxTokensLimiter(max_token_count=LIMITS.tokens),
        lambda: Parsing(maxsize=256),
        lambda: LimitedValidation(KNOWN, maxsize=256),
    ],
)
describe(schema._schema)
