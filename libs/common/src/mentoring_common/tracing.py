"""The W3C trace context of what is running now, carried from request to event to reaction."""

import os
import re
from contextvars import ContextVar

_FORM = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


def new_traceparent() -> str:
    """A fresh trace that is not sampled."""
    return f"00-{os.urandom(16).hex()}-{os.urandom(8).hex()}-00"


def current_traceparent() -> str:
    """The running trace, or a fresh one."""
    return _current.get() or new_traceparent()


def continue_trace(traceparent: str | None) -> str:
    """Take over a caller's trace where it is well formed, else start one; it is current from now on."""
    value = traceparent if traceparent and _FORM.fullmatch(traceparent) else new_traceparent()
    _current.set(value)
    return value
