"""What tests of services stand on: a real PostgreSQL, a real broker, callers, events and a clock that can be moved."""

from mentoring_common.testing.harness import Harness, Servers, eventually

__all__ = ["Harness", "Servers", "eventually"]
