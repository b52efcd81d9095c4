"""The events of the mentoring services: all that an integrator installs."""

from mentoring_contracts import applications, applying, evaluation, integrations, matching, sessions  # noqa: F401  they register
from mentoring_contracts.event import Event, UnknownEvent, event_class, event_classes, schema_id

__all__ = ["Event", "UnknownEvent", "event_class", "event_classes", "schema_id"]
