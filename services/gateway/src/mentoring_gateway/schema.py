"""The GraphQL schema; its text is committed with the contracts."""

from collections.abc import Iterable
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.extensions import MaxTokensLimiter
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.graphql import OperationType

from mentoring_gateway.limits import LimitedValidation, Parsing, ShownErrors
from mentoring_gateway.mutations import Mutation
from mentoring_gateway.queries import Query
from mentoring_gateway.settings import LIMITS
from mentoring_gateway.subscriptions import Subscription


class _Schema(strawberry.Schema):
    async def execute(
        self, *args: Any, allowed_operation_types: Iterable[OperationType] | None = None, **kwargs: Any
    ) -> ExecutionResult:
        """Queries and mutations; Strawberry would start a subscription here and fail on what it gives."""
        allowed = set(allowed_operation_types or OperationType) - {OperationType.SUBSCRIPTION}
        return await super().execute(*args, **kwargs | {"allowed_operation_types": allowed})

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Errors are logged where they are masked; Strawberry's own log would show values."""


schema = _Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    config=StrawberryConfig(batching_config=None),
    extensions=[
        ShownErrors,
        lambda: MaxTokensLimiter(max_token_count=LIMITS.tokens),
        lambda: Parsing(maxsize=256),
        lambda: LimitedValidation(maxsize=256),
    ],
)
