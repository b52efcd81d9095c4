"""Business errors, which know no HTTP. One table at the edge (problems.py) maps the categories.

DomainError
├── NotFound            there is no such thing for this caller (also: it is another tenant's)
├── Conflict            the state of the thing does not allow it
├── Rejected            the request is well formed and cannot be accepted
├── PreconditionFailed  the thing is no longer what the caller holds it to be
├── PreconditionRequired  the caller does not say what it holds the thing to be
├── Forbidden           the caller is known and may not
├── Unauthenticated     the caller is not known
├── TooManyRequests     the caller asked more often than it may (rate_limits.py)
└── Unavailable         a part is not there now; the same request may work later
"""

import re
from typing import Any, ClassVar

from mentoring_common.faults import Fault

_CLASSES: dict[tuple[str, str], type["DomainError"]] = {}  # two services may say no in the same words


class DomainError(Exception):
    """Something the business says no to; the first line of the docstring is the problem's title."""

    code: ClassVar[str]

    def __init__(self, detail: str | None = None, *, errors: list[Fault] | None = None, **members: Any) -> None:
        """`detail` is shown to the caller, `errors` say what is wrong where, `members` become members of the problem
        document: no personal data."""
        super().__init__(detail or self.title())
        self.detail = detail
        self.members = members | ({"errors": errors} if errors else {})

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.code = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
        _CLASSES[cls.code, cls.__module__] = cls

    @classmethod
    def title(cls) -> str:
        """The first line of the docstring, without the full stop."""
        return (cls.__doc__ or cls.__name__).strip().splitlines()[0].rstrip(".")


class NotFound(DomainError):
    """There is no such thing."""


class Conflict(DomainError):
    """The state of the thing does not allow this."""


class Rejected(DomainError):
    """The request cannot be accepted."""


class PreconditionFailed(DomainError):
    """It was changed since you read it: read it again."""


class PreconditionRequired(DomainError):
    """This change needs the version that you read: send its ETag as If-Match, in GraphQL `expectedVersion`."""


class Forbidden(DomainError):
    """You may not do this."""


class Unauthenticated(DomainError):
    """A valid access token is needed."""


class Unavailable(DomainError):
    """A part of the system cannot answer now; try again."""


class OutcomeUnknown(Unavailable):
    """The outcome is unknown; repeat the request with the same Idempotency-Key."""


class IdempotencyKeyInUse(Conflict):
    """A request with this Idempotency-Key is still running."""


class IdempotencyKeyReused(Rejected):
    """This Idempotency-Key was used for another request."""


class EventTooLarge(Rejected):
    """The change is too large to be announced."""


class ValueOutOfRange(Rejected):
    """A value of the request, such as a number or a time, is outside of what can be stored."""


class InvalidCursor(Rejected):
    """The page cursor is not one of ours."""


def error_classes() -> list[type[DomainError]]:
    """Every error class that is imported, by code and module."""
    return [c for _, c in sorted(_CLASSES.items())]
