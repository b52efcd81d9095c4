"""The one place where business errors become RFC 9457 problem documents."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, IntegrityError
from starlette.exceptions import HTTPException

from mentoring_common.errors import (
    Conflict,
    DomainError,
    Forbidden,
    IdempotencyKeyInUse,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    Rejected,
    Unauthenticated,
    Unavailable,
    ValueOutOfRange,
)
from mentoring_common.faults import Fault, faults_of
from mentoring_common.observability import log
from mentoring_common.rate_limits import TooManyRequests

MEDIA_TYPE = "application/problem+json"
STATUS: list[tuple[type[DomainError], int]] = [
    (NotFound, 404),
    (Conflict, 409),
    (PreconditionFailed, 412),
    (PreconditionRequired, 428),
    (Rejected, 422),
    (Forbidden, 403),
    (Unauthenticated, 401),
    (TooManyRequests, 429),
    (Unavailable, 503),
]
# SQLSTATEs of a value that fits its type in the request and not that of its column; the driver's own checks say 22000.
_OUT_OF_RANGE = frozenset({"22000", "22003", "22008"})
# What is refused before any business is asked, by its code.
EDGE: Final[Mapping[str, tuple[int, str]]] = {
    "invalid_request": (422, "The request does not fit its schema; `errors` says where"),
    "malformed_json": (400, "The body is not JSON"),
    "json_too_deep": (400, "The JSON is nested too deep"),
    "malformed_request": (400, "The request is not HTTP"),
    "body_incomplete": (400, "The body did not arrive"),
    "body_too_slow": (408, "The body did not arrive in time"),
    "head_too_slow": (408, "The headers did not arrive in time"),
    "body_too_large": (413, "The body is too large; `limit_bytes` says how large it may be"),
    "unsupported_media_type": (415, "This content type is not taken here; `accepted` names those that are"),
    "unsupported_content_coding": (415, "The body is compressed or otherwise encoded; bodies are taken as they are"),
    "head_too_large": (431, "The headers are too large; `limit_bytes` says how large they may be"),
    "http_400": (400, "The request cannot be read"),
    "http_404": (404, "There is nothing at this address"),
    "http_405": (405, "This method is not allowed here; `Allow` names those that are"),
    "http_error": (400, "The request cannot be served; the status of the answer says why"),
    "internal_error": (500, "Something went wrong here; it has been logged"),
}


def document(status: int, code: str, title: str, detail: str | None = None, **members: Any) -> dict[str, Any]:
    """A problem document; `type` is where docs/errors explains the code."""
    body = {"type": f"/errors/{code}", "title": title, "status": status, "code": code}
    return members | body | ({"detail": detail} if detail else {})


def invalid(errors: list[Fault]) -> dict[str, Any]:
    """The problem document of a request that does not fit its schema."""
    status, title = EDGE["invalid_request"]
    return document(status, "invalid_request", title, errors=errors)


def document_of(error: DomainError) -> dict[str, Any]:
    """The problem document of a business error."""
    return document(status_of(error), error.code, error.title(), error.detail, **error.members)


def status_of(error: DomainError) -> int:
    """The status that a business error is answered with."""
    return next(status for category, status in STATUS if isinstance(error, category))


def problem(status: int, code: str, title: str, detail: str | None = None, **members: Any) -> JSONResponse:
    """The answer with a problem document."""
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    headers |= {"Retry-After": "1"} if status == 503 or code == IdempotencyKeyInUse.code else {}
    headers |= {"Retry-After": str(members["retry_after_s"])} if status == 429 else {}
    content = document(status, code, title, detail, **members)
    return JSONResponse(content, status_code=status, headers=headers, media_type=MEDIA_TYPE)


def refusal(code: str, detail: str | None = None, **members: Any) -> JSONResponse:
    """The answer of the edge that a code of `EDGE` stands for."""
    status, title = EDGE[code]
    return problem(status, code, title, detail, **members)


def of_error(error: DomainError) -> JSONResponse:
    """The answer to a business error."""
    return problem(status_of(error), error.code, error.title(), error.detail, **error.members)


def install(app: FastAPI) -> None:
    """Answer every error of `app` with a problem document that shows no internals and no input."""
    app.add_exception_handler(DomainError, _domain)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(IntegrityError, _integrity)
    app.add_exception_handler(DBAPIError, _database)
    app.add_exception_handler(Exception, unexpected)


async def _domain(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DomainError)
    return of_error(error)


async def _validation(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if any(e["type"] == "json_invalid" for e in found):
        return refusal("malformed_json")
    # The values themselves stay out: they may be personal data.
    return JSONResponse(invalid(faults_of(found)), 422, media_type=MEDIA_TYPE)


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = f"http_{error.status_code}"
    code = code if code in EDGE else "http_error"
    answer = problem(error.status_code, code, EDGE[code][1])
    answer.headers.update(error.headers or {})
    return answer


async def _integrity(request: Request, error: Exception) -> JSONResponse:
    # A constraint that no command foresaw still answers a conflict; its text may hold values and is not shown.
    log.warning("integrity_error", route=_route(request), error=type(error).__name__)
    return problem(409, "conflict", Conflict.title())


async def _database(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DBAPIError)
    if getattr(error.orig, "sqlstate", None) not in _OUT_OF_RANGE:
        return await unexpected(request, error)
    # A bound that no schema gives; the driver's text holds the value and is not shown.
    log.warning("value_out_of_range", route=_route(request), error=type(error).__name__)
    return of_error(ValueOutOfRange())


async def unexpected(request: Request, error: Exception) -> JSONResponse:
    """The answer to an error that nobody foresaw, which is logged without its text."""
    log.error("unexpected_error", method=request.method, error=type(error).__name__, where=_where(error))
    return refusal("internal_error")


def _route(request: Request) -> str:
    """The route, not the path: that may hold a token."""
    path: str = getattr(request.scope.get("route"), "path", "")
    return path


def _where(error: BaseException) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else ""
