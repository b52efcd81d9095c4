"""What the resolvers of one operation share."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import httpx
import strawberry

from mentoring_common.auth import Principal
from mentoring_common.errors import Unauthenticated
from mentoring_common.settings import Settings
from mentoring_gateway.apis import Services
from mentoring_gateway.documents import Documents
from mentoring_gateway.live import Live
from mentoring_gateway.loaders import Loaders
from mentoring_gateway.settings import LIMITS
from mentoring_gateway.upstream import Upstream


@dataclass
class Context:
    """The caller, the services as this caller may use them, and what was read so far."""

    settings: Settings
    http: httpx.AsyncClient
    caller: Principal | None
    idempotency_key: str | None = None
    languages: str | None = None
    documents: Documents = field(default_factory=lambda: Documents({}))
    live: Live | None = None
    connection_params: dict[str, Any] | None = None
    cost: int | None = None  # of the operation, once it was measured
    services: Services = field(init=False)
    loaders: Loaders = field(init=False)

    def __post_init__(self) -> None:
        self.act_for(self.caller)

    def act_for(self, caller: Principal | None) -> None:
        """Call the services as this caller from now on."""
        self.caller = caller
        self._upstream = Upstream(
            self.http, "", caller.token if caller else None, _deadline(), languages=self.languages
        )
        self._read_with(self._upstream)

    @property
    def may_see_schema(self) -> bool:
        """Whether introspection is answered, and a misspelt name with the names that it resembles."""
        return self.caller is not None or self.settings.open_introspection

    @property
    def person_id(self) -> UUID:
        """The person who calls; Unauthenticated without a token, Forbidden for a machine."""
        if self.caller is None:
            raise Unauthenticated()
        return self.caller.person_id

    def commands(self, info: "Info", expected_version: int | None = None) -> Services:
        """The services for one mutation field, which changes a thing if that has the expected version.

        Each field has its own key, so that two of them in one document are not taken for one request. What was read
        before is forgotten.
        """
        self._read_with(self._upstream)
        key = f"{self.idempotency_key}:{info.path.key}" if self.idempotency_key else None
        upstream = replace(self._upstream, idempotency_key=key, expected_version=expected_version)
        return Services(upstream, self.settings)

    def renew(self) -> None:
        """Start over with a fresh deadline: a subscription outlives the deadline of a request."""
        self._upstream = replace(self._upstream, deadline=_deadline())
        self._read_with(self._upstream)

    def _read_with(self, upstream: Upstream) -> None:
        self.services = Services(upstream, self.settings)
        self.loaders = Loaders(self.services)


def _deadline() -> float:
    return asyncio.get_running_loop().time() + LIMITS.deadline_s


Info = strawberry.Info[Context, None]
