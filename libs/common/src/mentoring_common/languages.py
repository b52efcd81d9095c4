"""In which languages somebody reads: the Accept-Language of a request."""

from typing import Annotated

from fastapi import Header

InLanguage = Annotated[str | None, Header(alias="Accept-Language", max_length=500, description="languages to read in")]


def languages_of(header: str | None) -> list[str]:
    """The languages of an Accept-Language header, most wanted first; none of a request without one."""
    weighed = [_weighed(part) for part in (header or "").split(",")[:20] if part.strip()]
    return [tag for _, tag in sorted(weighed, key=lambda one: -one[0]) if tag not in ("", "*")]


def _weighed(part: str) -> tuple[float, str]:
    tag, _, weight = part.partition(";")
    try:
        return (float(weight.strip().removeprefix("q=")) if weight else 1.0), tag.strip()
    except ValueError:
        return 0.0, tag.strip()
