"""The embedded stack that runs on a data folder, for commands beside it: where it is, and tokens of its issuer."""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx

from mentoring_common.api_address import API
from mentoring_common.embedded import EmbeddedServerError


def address_of(data: Path) -> str:
    """Where the stack on a data folder is; EmbeddedServerError where none runs."""
    address = data / "address"
    if not address.exists():
        raise EmbeddedServerError(f"No stack runs on {data}: start one with `mentoring up --data {data}`.")
    url = urlsplit(address.read_text())
    try:
        socket.create_connection((url.hostname or "", url.port or 0), timeout=5).close()
    except OSError:
        raise EmbeddedServerError(
            f"The stack on {data} was ended without a farewell: start it again with `mentoring up --data {data}`."
        ) from None
    return url.geturl()


def mint(data: Path, subject: str, tenant: str | None, scope: Sequence[str], *, employer: str | None = None) -> str:
    """An access token of the stack on a data folder; without a `tenant` the operator's."""
    from mentoring_common.embedded.issuer import DevIssuer

    issuer = DevIssuer(f"{address_of(data)}/dev", "mentoring", data)
    claims: dict[str, Any] = {} if tenant else {"tenant": None}
    return issuer.mint(subject, tenant or "", scope, extra=claims | ({"employer": employer} if employer else {}))


@dataclass(frozen=True)
class Running:
    """The stack on a data folder, called as `Stack.call` does from within."""

    data: Path

    @property
    def api_url(self) -> str:
        """Where the API is."""
        return f"{address_of(self.data)}{API}"

    def call(
        self, *scopes: str, tenant: UUID | str | None = None, subject: UUID | str = "operator"
    ) -> httpx.AsyncClient:
        """An HTTP client of the whole API with a token of these scopes."""
        token = mint(self.data, str(subject), str(tenant) if tenant else None, scopes)
        return httpx.AsyncClient(base_url=self.api_url, headers={"Authorization": f"Bearer {token}"}, timeout=60.0)
