"""The OAuth 2 resource server: who calls, for which tenant, with which scopes.

Roles of people are held per programme and looked up by the owning service (roles.py); a token carries none.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any
from uuid import UUID

import httpx
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from mentoring_common.api_keys import PREFIX, TRUSTED_S, ApiKey, KeyHolder
from mentoring_common.errors import Forbidden, Unauthenticated, Unavailable
from mentoring_common.observability import log
from mentoring_common.rate_limits import RateLimits, TooManyRequests
from mentoring_common.settings import Settings

ALGORITHMS = ["ES256", "RS256", "PS256", "EdDSA"]
TENANT_HEADER = "Mentoring-Tenant"
LEEWAY_S = 30
REFETCH_AFTER_S = 10.0
ASK_AGAIN_AFTER_S = 1.0  # while there are no keys at all
REFRESH_AFTER_S = 600.0
LOOKS_AT_ONCE = 2  # at API keys that were not seen lately
LOOKS_WAITING = 100
_CACHED_TOKENS = 10_000


def internal(service: str) -> str:
    """The scope of our own services that may call the internal API of `service`, for an organisation they name."""
    return f"internal:{service}"


class InvalidToken(Unauthenticated):
    """The access token is not valid here."""


class InsufficientScope(Forbidden):
    """The access token lacks a scope that this needs."""


@dataclass(frozen=True)
class Principal:
    """The caller: a person (`subject` is their id) or a machine; `tenant` is None for the platform's operator."""

    subject: str
    tenant: UUID | None
    scopes: frozenset[str]
    expires_at: float
    token: str
    employer: UUID | None = None

    @property
    def person(self) -> UUID | None:
        """The person behind the token; None for a machine."""
        try:
            return UUID(self.subject)
        except ValueError:
            return None

    @property
    def person_id(self) -> UUID:
        """The person behind the token; Forbidden for a machine."""
        if self.person is None:
            raise Forbidden("this needs a person's token")
        return self.person

    @property
    def is_admin(self) -> bool:
        """Whether the token carries the organisation's own administration, which stands above programme roles."""
        return "organisation:admin" in self.scopes


FetchKeys = Callable[[], Awaitable[dict[str, Any]]]
FindHolder = Callable[[ApiKey], Awaitable[KeyHolder | None]]


class TokenVerifier:
    """Checks access tokens (RFC 9068): signature, `typ`, issuer, audience, time, required claims.

    Where the service takes API keys, `find_holder` says whom one stands for.
    """

    def __init__(self, settings: Settings, fetch_keys: FetchKeys, find_holder: FindHolder | None = None) -> None:
        self._find_holder = find_holder
        self._trusted: dict[str, tuple[float, Principal | None]] = {}
        self._looks = asyncio.Semaphore(LOOKS_AT_ONCE)
        self._waiting = 0
        self._issuer = settings.token_issuer
        self._audience = settings.token_audience
        self._fetch = fetch_keys
        self._keys: KeySet | None = None
        self._asked_at = -1e9
        self._lock = asyncio.Lock()
        self._known: dict[str, Principal] = {}

    async def verify(self, token: str) -> Principal:
        """The principal of a token or API key; InvalidToken, whatever is wrong with it. TooManyRequests."""
        if token.startswith(PREFIX):
            return await self._of_key(token)
        known = self._known.get(token)
        if known is not None and known.expires_at > time.time():
            return known
        principal = await self._verify_afresh(token)
        if len(self._known) >= _CACHED_TOKENS:
            self._known.clear()
        self._known[token] = principal
        return principal

    async def _of_key(self, token: str) -> Principal:
        until, known = self._trusted.get(token, (0.0, None))
        if until <= time.monotonic():
            known = await (self._look(token) if known is not None else self._look_for_stranger(token))
        if known is None or known.expires_at <= time.time():
            raise InvalidToken()
        return known

    async def _look_for_stranger(self, token: str) -> Principal | None:
        """As `_look`, a few at a time: keys that nobody has cost others no connection; TooManyRequests for a crowd."""
        if self._waiting >= LOOKS_WAITING:
            raise TooManyRequests(retry_after_s=1)
        self._waiting += 1
        try:
            async with self._looks:
                return await self._look(token)
        finally:
            self._waiting -= 1

    async def _look(self, token: str) -> Principal | None:
        """Whom the key stands for, which is believed for a while; None, which is too, for what is no key."""
        key = ApiKey.read(token)
        if key is None or self._find_holder is None:
            return None
        holder, found = await self._find_holder(key), None
        if holder is not None:
            scopes = frozenset(holder.scopes)
            found = Principal(holder.subject, key.tenant, scopes, holder.expires_at, token, holder.employer)
        if len(self._trusted) >= _CACHED_TOKENS:
            self._trusted.clear()
        self._trusted[token] = time.monotonic() + TRUSTED_S, found
        return found

    async def _verify_afresh(self, token: str) -> Principal:
        keys = await self._current_keys(older_than_s=REFRESH_AFTER_S)
        try:
            try:
                decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
            except InvalidKeyIdError:
                keys = await self._current_keys(older_than_s=REFETCH_AFTER_S)
                decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
            self._check(decoded.header, decoded.claims)
            return _principal(decoded.claims, token)
        # Also what runs the JSON parser out of stack, and a time beyond all numbers.
        except (JoseError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
            raise InvalidToken() from None

    def _check(self, header: dict[str, Any], claims: dict[str, Any]) -> None:
        # An ID token of the same issuer would pass without the type.
        if str(header.get("typ", "")).lower() not in ("at+jwt", "application/at+jwt"):
            raise ValueError("typ")
        needed = {name: {"essential": True} for name in ("sub", "exp", "iat", "client_id")}
        registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._audience},
            **needed,  # type: ignore[arg-type]
        )
        registry.validate(claims)

    async def _current_keys(self, *, older_than_s: float) -> KeySet:
        """The issuer's keys; stale ones are served while the issuer is away, and it is asked no more often for that."""
        async with self._lock:
            if time.monotonic() - self._asked_at > (older_than_s if self._keys else ASK_AGAIN_AFTER_S):
                await self._ask()
        if self._keys is None:
            raise Unavailable("the token issuer does not answer")
        return self._keys

    async def _ask(self) -> None:
        try:
            self._keys = KeySet.import_key_set(await self._fetch())  # type: ignore[arg-type]
        except (httpx.HTTPError, ValueError, KeyError, TypeError, JoseError) as error:
            log.warning("issuer_away", error=type(error).__name__)
        finally:
            self._asked_at = time.monotonic()


def _principal(claims: dict[str, Any], token: str) -> Principal:
    tenant, employer = claims.get("tenant"), claims.get("employer")
    return Principal(
        subject=str(claims["sub"]),
        tenant=UUID(tenant) if tenant else None,
        scopes=frozenset(str(claims.get("scope", "")).split()),
        expires_at=float(claims["exp"]),
        token=token,
        employer=UUID(employer) if employer else None,
    )


_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="OAuth 2 access token (RFC 9068), or an API key")


async def authenticated(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Principal:
    """The caller of this request; Unauthenticated without a token, InvalidToken with a bad one."""
    if credentials is None:
        raise Unauthenticated()
    verifier: TokenVerifier = request.app.state.verifier
    caller = await verifier.verify(credentials.credentials)
    _count(request, caller)
    named = request.headers.get(TENANT_HEADER)
    return caller if named is None else _for_named_tenant(caller, named, internal(request.app.state.service.name))


def _count(request: Request, caller: Principal) -> None:
    """TooManyRequests for a machine that asks too often; our own services are not counted, nor are people."""
    limits: RateLimits = request.app.state.limits
    if not limits.most or caller.person is not None or any(scope.startswith("internal:") for scope in caller.scopes):
        return
    request.state.rate = taken = limits.take((caller.tenant, caller.subject))
    if taken.remaining < 0:
        raise TooManyRequests(retry_after_s=taken.seconds)


def _for_named_tenant(caller: Principal, tenant: str, scope: str) -> Principal:
    """A service of ours that may call here acts for the tenant it names; nobody else may name one."""
    if scope not in caller.scopes:
        raise InsufficientScope(needed=[scope])
    try:
        return replace(caller, tenant=UUID(tenant))
    except ValueError:
        raise InvalidToken() from None


class Allow:
    """The authorisation rule of a route: the token must hold one of these scopes, and belong to an organisation."""

    def __init__(self, *scopes: str, tenant: bool = True) -> None:
        self.scopes = frozenset(scopes)
        self.tenant = tenant

    async def __call__(self, caller: Annotated[Principal, Depends(authenticated)]) -> Principal:
        if not self.scopes & caller.scopes:
            raise InsufficientScope(needed=sorted(self.scopes))
        if self.tenant and caller.tenant is None:
            raise InsufficientScope("this needs a token of an organisation")
        return caller


def require_admin(by: Principal) -> None:
    """InsufficientScope unless the caller administers the organisation."""
    if not by.is_admin:
        raise InsufficientScope(needed=["organisation:admin"])


class Public:
    """The authorisation rule of a route that anybody may call, with the reason why.

    Nobody who calls it is known, so `rate_limits` counts nothing: a route that is to be limited takes a dependency of
    its own.
    """

    def __init__(self, because: str) -> None:
        self.because = because

    async def __call__(self) -> None:
        return None


class TokenSource:
    """This service's own access token (client credentials), renewed before it ends.

    Without a `scope` it holds what the issuer gives the client by itself: the internal APIs the service calls.
    """

    def __init__(self, settings: Settings, http: httpx.AsyncClient, scope: str = "") -> None:
        self._settings = settings
        self._http = http
        self._scope = scope
        self._token, self._until = "", 0.0

    async def token(self) -> str:
        """The token; Unavailable when the issuer does not give one."""
        if self._until < time.time() + 60:
            await self._fetch()
        return self._token

    async def _fetch(self) -> None:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._settings.client_id,
            "client_secret": self._settings.client_secret.get_secret_value(),
        } | ({"scope": self._scope} if self._scope else {})
        try:
            answer = await self._http.post(self._settings.token_url, data=form)
            answer.raise_for_status()
            body = answer.json()
            self._token, self._until = str(body["access_token"]), time.time() + float(body["expires_in"])
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise Unavailable("the token issuer does not answer") from error
