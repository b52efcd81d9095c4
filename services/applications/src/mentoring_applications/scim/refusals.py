"""Refusals as RFC 7644 has them (3.12), whoever refuses."""

from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from scim2_models import SCIMException

from mentoring_applications.errors import EmailTaken, ExternalIdTaken, UserNameTaken
from mentoring_applications.scim import schemas
from mentoring_common.errors import DomainError, Rejected
from mentoring_common.faults import faults_of
from mentoring_common.problems import status_of

REFUSED: Final = (DomainError, SCIMException, RequestValidationError, ValidationError)
_UNIQUE = (EmailTaken, ExternalIdTaken, UserNameTaken)


class NotJson(Rejected):
    """The body is not JSON."""


def told(error: Exception) -> dict[str, Any]:
    """The body of the answer to one of `REFUSED`."""
    if isinstance(error, DomainError):
        return _of_rule(error)
    if isinstance(error, SCIMException):
        return schemas.error(error.status, error.detail or "this is not what SCIM takes", error.scim_type)
    if isinstance(error, RequestValidationError):
        return _invalid(faults_of(error.errors()))
    assert isinstance(error, ValidationError)
    kinds = [one["type"].removeprefix("scim_") for one in error.errors() if one["type"].startswith("scim_")]
    return _invalid(faults_of(error), *kinds[:1])


def _invalid(faults: Any, kind: str = "invalidValue") -> dict[str, Any]:
    said = ((one["pointer"].removeprefix("/"), one["detail"]) for one in faults)
    return schemas.error(400, "; ".join(f"{where}: {what}" if where else what for where, what in said), kind)


def _of_rule(error: DomainError) -> dict[str, Any]:
    status = status_of(error)
    kind = "uniqueness" if isinstance(error, _UNIQUE) else None
    if status == 422:
        status, kind = 400, "invalidSyntax" if isinstance(error, NotJson) else "invalidValue"
    needed = error.members.get("needed")
    detail = f"{error.detail or error.title()} ({error.code}{f', needed: {needed}' if needed else ''})"
    return schemas.error(status, detail, kind)
