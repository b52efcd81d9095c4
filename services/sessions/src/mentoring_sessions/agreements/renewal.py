"""How long an agreement stands."""

from datetime import datetime, timedelta

from mentoring_sessions.agreements.models import AgreedVersion


def runs_out_at(stands: AgreedVersion, paused_days: int) -> datetime | None:
    """When a version that everybody signed stands no more, in a relationship with so many days of breaks; None: at its
    end. A break is no part of the time."""
    if stands.runs_out_at is None:
        return None
    return stands.runs_out_at + timedelta(days=paused_days - stands.paused_days)
