"""Who may what in networks: who administers an organisation speaks for it."""

from mentoring_common.auth import InsufficientScope, Principal


def require_admin(by: Principal) -> None:
    """InsufficientScope unless the caller administers the organisation."""
    if not by.is_admin:
        raise InsufficientScope(needed=["organisation:admin"])
