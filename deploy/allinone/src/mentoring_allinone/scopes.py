"""Every scope that a token may hold, with what it is for. docs/who-may-what.md shows them; a test compares the two."""

from difflib import get_close_matches
from typing import Final

SERVICES: Final = ("applications", "matching", "sessions", "evaluation", "integrations")
# What a person's token holds: their roles decide the rest.
PERSONAL: Final = tuple(f"{service}:{right}" for service in SERVICES for right in ("read", "write"))
SCOPES: Final[dict[str, str]] = {
    "platform:admin": "the operator: makes organisations, and belongs to none",
    "organisation:admin": "administers the organisation; beside it the scopes of the services that are called",
    "hr:provision": "an HR system: people of its `employer`, or of the whole organisation without that claim",
    **{f"{name}:read": f"reads what {name} holds, as far as the caller's roles reach" for name in SERVICES},
    **{
        f"{name}:write": f"reads and changes what {name} holds, as far as the caller's roles reach" for name in SERVICES
    },
    "internal:applications": "our own services alone: reads every organisation's profiles",
    "internal:evaluation": "our own services alone: reads every organisation's invitations",
    "internal:sessions": "our own services alone: reads what letters about appointments say",
}


def unknown(scopes: list[str]) -> list[str]:
    """What is wrong with each scope that there is not, with the one that was probably meant."""
    found = []
    for scope in scopes:
        if scope not in SCOPES:
            nearest = get_close_matches(scope, SCOPES, n=1, cutoff=0.0)
            found.append(f"there is no scope {scope}; the nearest is {nearest[0]}")
    return found
