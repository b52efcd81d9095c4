"""The one address of the API of an installation: the services are below it (docs/api-versions.md)."""

from typing import Final

API: Final = "/v1"


def api_address(public_url: str, part: str) -> str:
    """Where callers find a service, or `graphql`, of the installation at `public_url`."""
    return f"{public_url.rstrip('/')}{API}/{part}"
