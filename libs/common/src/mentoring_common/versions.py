"""Versions: how often a resource was changed. Each is the ETag of the answer that shows it, and what If-Match asks for.

A trigger counts (migrations.count_changes), so that no statement can forget to. Who sends If-Match holds the row from
the comparison to the commit: of two changes of one version, one is made and the other is PreconditionFailed.
"""

import re
from datetime import datetime
from typing import Annotated, Any, ClassVar, TypeAlias

import orjson
import sqlalchemy as sa
from fastapi import Depends, Header, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.attributes import set_committed_value

from mentoring_common.errors import PreconditionFailed, PreconditionRequired
from mentoring_contracts.days import Moment

MOST = 2**31 - 1
_ONE = r'(W/)?"\d{1,10}"'  # proxies that compress mark tags as weak; a version is the same version all the same
PATTERN = rf"^(\*|{_ONE}( *, *{_ONE}){{0,9}})$"
_ANY = "*"
_UNSEEN = {"synchronize_session": False}


def _counted() -> Any:
    return mapped_column(default=1, server_default=sa.text("1"), server_onupdate=sa.FetchedValue())


class Versioned:
    """Mixin of a table whose rows are resources that are changed in place."""

    VERSION: ClassVar[str] = "version"
    __mapper_args__ = {"eager_defaults": True}
    version: Mapped[int] = _counted()


class Dated(Versioned):
    """As Versioned, of a table of which one reads what changed since: `updated_at` is by the database's own clock."""

    updated_at: Mapped[datetime] = mapped_column(
        server_default=sa.func.clock_timestamp(), server_onupdate=sa.FetchedValue()
    )


class Revised:
    """As Versioned, for a table in which `version` counts something else, such as the proposals of an agreement."""

    VERSION: ClassVar[str] = "revision"
    __mapper_args__ = {"eager_defaults": True}
    revision: Mapped[int] = _counted()


class VersionedView(BaseModel):
    """An answer that shows one resource; a route that gives it sets the ETag.

    It is ALONE if it shows the same to all who may read it and nothing that stands elsewhere: only then does the
    version say that nothing is new, and If-None-Match is answered.
    """

    VERSION: ClassVar[str] = "version"
    ALONE: ClassVar[bool] = False
    version: int = Field(ge=0, le=MOST, description="counts the changes; the ETag, and what If-Match asks for")


class RevisedView(BaseModel):
    """As VersionedView, where `version` counts something else."""

    VERSION: ClassVar[str] = "revision"
    ALONE: ClassVar[bool] = False
    revision: int = Field(ge=0, le=MOST, description="counts the changes; the ETag, and what If-Match asks for")


UpdatedSince = Annotated[
    Moment | None,
    Query(
        description="only what was made or changed at this moment or later, by `updated_at`; what is under way when "
        "you ask may come with a moment before it, so ask again from a minute before you last began"
    ),
]
"""The parameter of a list by which a system that polls reads what changed."""

AnyVersioned: TypeAlias = Versioned | Revised
AnyView: TypeAlias = VersionedView | RevisedView


async def touch(db: AsyncSession, row: AnyVersioned) -> None:
    """Count a change of what is shown with the row and stands elsewhere."""
    cls: Any = type(row)
    column = getattr(cls, row.VERSION)
    counted = sa.update(cls).where(cls.id == getattr(row, "id")).values({column: column + 1}).returning(column)  # noqa: B009
    set_committed_value(row, row.VERSION, (await db.execute(counted, execution_options=_UNSEEN)).scalar_one())


class Precondition:
    """What the caller holds the resource to be: one of some versions, any version, or (not given) nothing."""

    def __init__(self, if_match: str | None) -> None:
        self.given = if_match is not None
        self.compared = False
        self._accepted = None if if_match in (None, _ANY) else {int(v) for v in re.findall(r"\d+", if_match or "")}

    async def hold(self, db: AsyncSession, row: AnyVersioned) -> None:
        """Read the row again and keep others from changing it until the commit; PreconditionFailed if it was changed.

        To be called before anything is decided by what the row says.
        """
        self.compared = True
        if self._accepted is None:
            return
        try:
            await db.refresh(row, with_for_update={"key_share": True})
        except InvalidRequestError:  # it was removed meanwhile
            raise PreconditionFailed() from None
        self.compare(getattr(row, row.VERSION))

    def met_before(self) -> None:
        """What is asked for has been done already: any version will do (RFC 9110, 13.1.1)."""
        self.compared = True

    def require(self) -> None:
        """PreconditionRequired if the caller gave none: for a route that needs it only where there is something."""
        if not self.given:
            raise PreconditionRequired()

    def compare(self, current: int) -> None:
        """PreconditionFailed if `current`, which the caller keeps from changing, is none of the versions asked for."""
        self.compared = True
        if self._accepted is not None and current not in self._accepted:
            raise PreconditionFailed(version=current)


def _precondition(request: Request, if_match: str | None) -> Precondition:
    found = Precondition(if_match)
    request.state.precondition = found
    return found


_Tag = Annotated[
    str | None,
    Header(
        alias="If-Match",
        pattern=PATTERN,
        max_length=200,
        description="the ETag of what is to be changed; `*` changes it whatever it is. 412 if it was changed meanwhile",
        examples=['"1"'],
    ),
]


def _optional(request: Request, if_match: _Tag = None) -> Precondition:
    return _precondition(request, if_match)


def _required(request: Request, if_match: _Tag = None) -> Precondition:
    if if_match is None:
        raise PreconditionRequired()
    return _precondition(request, if_match)


IfMatch = Annotated[Precondition, Depends(_optional)]
"""The precondition of a route that changes a resource, which may be left out."""

IfMatchRequired = Annotated[Precondition, Depends(_required)]
"""The precondition of a route by which people edit in turns: PreconditionRequired (428) without one."""


def answers(status: int, *, tagged: bool, alone: bool, calls: set[Any]) -> dict[int | str, dict[str, Any]]:
    """What the description of a route with these dependencies says of versions, by status."""
    found: dict[int | str, dict[str, Any]] = {}
    if tagged:
        found[status] = {"headers": {"ETag": {"description": "the version", "schema": {"type": "string"}}}}
    if alone:
        found[304] = {"description": "Nothing is new since the version that If-None-Match names"}
    if {_optional, _required} & calls:
        found[412] = _refusal("It was changed since that version")
    if _required in calls:
        found[428] = _refusal("If-Match is missing")
    return found


def _refusal(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {"application/problem+json": {"schema": schema}}}


def shown(model: Any) -> type[AnyView] | None:
    """The model of an answer, if it shows a resource with a version."""
    return model if isinstance(model, type) and issubclass(model, AnyView) else None


def tagged(request: Request, response: Response, view: type[AnyView]) -> Response:
    """The answer with the version it shows as its ETag; 304 without a body where the reader has that version."""
    if response.status_code >= 300 or not response.body:
        return response
    etag = f'"{orjson.loads(response.body)[view.VERSION]}"'
    if view.ALONE and request.method == "GET" and etag in _tags(request):
        return Response(status_code=304, headers={"ETag": etag})
    response.headers["ETag"] = etag
    return response


def _tags(request: Request) -> list[str]:
    listed = request.headers.get("If-None-Match", "").split(",")
    return [tag.strip().removeprefix("W/") for tag in listed]
