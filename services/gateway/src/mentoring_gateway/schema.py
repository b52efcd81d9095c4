"""The GraphQL schema; its text is committed with the contracts."""

import strawberry
from graphql import GraphQLError
from strawberry.extensions import MaxTokensLimiter, ParserCache
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from mentoring_gateway.limits import LimitedValidation, ShownErrors
from mentoring_gateway.mutations import Mutation
from mentoring_gateway.queries import Query
from mentoring_gateway.settings import LIMITS
from mentoring_gateway.subscriptions import Subscription


class _Schema(strawberry.Schema):
    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Errors are logged where they are masked; Strawberry's own log would show values."""


schema = _Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    config=StrawberryConfig(disable_field_suggestions=False, batching_config=None),
    extensions=[
        ShownErrors,
        lambda: MaxTokensLimiter(max_token_count=LIMITS.tokens),
        lambda: ParserCache(maxsize=256),
        lambda: LimitedValidation(maxsize=256),
    ],
)
