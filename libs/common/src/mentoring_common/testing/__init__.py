"""What tests of services stand on: a real PostgreSQL, a real broker, callers, events and a clock that can be moved."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mentoring_common.testing.harness import Harness, Servers, eventually, refused

__all__ = ["Harness", "Servers", "eventually", "refused"]


def __getattr__(name: str) -> Any:
    """The plugin stands in this package, too, and is part of every run: the rest is imported when it is asked for."""
    if name not in __all__:
        raise AttributeError(name)
    from mentoring_common.testing import harness

    return getattr(harness, name)
