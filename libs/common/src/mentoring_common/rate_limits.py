"""How many requests a machine may make: so many a minute in each process of a service, and told in every answer.

Windows of a minute that all begin at once: a client that reads `RateLimit` knows when the next begins. People are not
counted (their requests come through the gateway, which has costs of its own), nor are our own services. It is counted
where a token is checked (`auth.authenticated`), so not on `Public` routes.
"""

from dataclasses import dataclass
from time import monotonic
from typing import Final

from mentoring_common.errors import DomainError

WINDOW_S: Final = 60


class TooManyRequests(DomainError):
    """The client made more requests than it may in a minute; `Retry-After` says when it may go on."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Where a client stands: `remaining` requests for `seconds` from now."""

    most: int
    remaining: int
    seconds: int

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """As in the draft of RateLimit header fields for HTTP (draft-ietf-httpapi-ratelimit-headers)."""
        policy = f'"minute";q={self.most};w={WINDOW_S}'
        said = f'"minute";r={max(self.remaining, 0)};t={self.seconds}'
        return [(b"ratelimit-policy", policy.encode()), (b"ratelimit", said.encode())]


class RateLimits:
    """The requests of this minute, by client."""

    def __init__(self, most: int) -> None:
        """`most`: requests of one client in a minute; 0: nothing is counted."""
        self.most = most
        self._window = 0
        self._made: dict[object, int] = {}

    def take(self, client: object) -> Taken:
        """One more request of the client; `remaining` is below zero if it is one too many."""
        moment = monotonic()
        window = int(moment // WINDOW_S)
        if window != self._window:
            self._window, self._made = window, {}
        made = self._made[client] = self._made.get(client, 0) + 1
        return Taken(self.most, self.most - made, max(1, round((window + 1) * WINDOW_S - moment)))
