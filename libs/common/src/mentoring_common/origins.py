"""Front ends that are served from another origin: what browsers ask before they let a page call.

Tokens travel in `Authorization` and never in cookies, so an origin that is allowed gets at nothing by itself.
"""

import re

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from mentoring_common.headers import Protected

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-f:]+\](:\d{1,5})?")
# What a page may read of an answer besides its body; browsers hide all others.
EXPOSED = (
    "Content-Disposition", "ETag", "Idempotency-Replayed", "Location", "Retry-After", "Total-Count", "WWW-Authenticate",
)  # fmt: skip
TAKEN = ("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "Prefer", "traceparent")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
KEPT_S = 600  # for how long a browser need not ask again


def origins(text: str) -> list[str]:
    """The origins of a setting, which separates them by commas; ValueError for what is none."""
    found = [one.strip() for one in text.split(",") if one.strip()]
    if wrong := [one for one in found if not _ORIGIN.fullmatch(one)]:
        raise ValueError(f"{wrong[0]!r} is no origin: scheme://host[:port] in small letters, without a path")
    return found


def across(app: ASGIApp, allowed: str) -> ASGIApp:
    """The application as pages of the `allowed` origins may call it; itself where there are none."""
    found = origins(allowed)
    if not found:
        return app
    answering = CORSMiddleware(
        app, allow_origins=found, allow_methods=METHODS, allow_headers=TAKEN, expose_headers=EXPOSED, max_age=KEPT_S
    )
    return Protected(answering)
