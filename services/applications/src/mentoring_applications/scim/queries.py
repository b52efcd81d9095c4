"""The SELECTs of SCIM: whom a filter finds."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from scim2_models import InvalidFilterException, ScimFilter
from scim2_models.path import AttrPath, Comparison, LogicalExpr, Not, Present, ValuePath
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.directory.access import Reach
from mentoring_applications.directory.models import Person
from mentoring_applications.programmes.models import Programme, ProgrammeRole
from mentoring_applications.scim.schemas import (
    CORE,
    ENTERPRISE,
    IN_CORE,
    IN_ENTERPRISE,
    IN_NAME,
    Resource,
    id_of,
    moment,
)

_USER_NAME: sa.ColumnElement[str] = sa.func.lower(sa.func.coalesce(Person.user_name, Person.email))


def _attribute(name: str) -> Any:
    return sa.func.lower(Person.attributes[name].astext)


# What can be compared, by what SCIM calls it, in lower case. What is text is compared without regard to case, but
# externalId, which is exact (RFC 7643, 3.1).
_COLUMNS: dict[str, Any] = {
    "username": _USER_NAME,
    "displayname": sa.func.lower(Person.name),
    "name.formatted": sa.func.lower(Person.name),
    "emails": sa.func.lower(Person.email),
    "emails.value": sa.func.lower(Person.email),
    "externalid": Person.external_id,
    "id": Person.id,
    "active": Person.left_at.is_(None),
    "meta.lastmodified": Person.updated_at,
    f"{ENTERPRISE}:manager".lower(): Person.line_manager_id,
    f"{ENTERPRISE}:manager.value".lower(): Person.line_manager_id,
    **{name.lower(): _attribute(ours) for name, ours in IN_CORE.items()},
    **{f"name.{name}".lower(): _attribute(ours) for name, ours in IN_NAME.items()},
    **{f"{ENTERPRISE}:{name}".lower(): _attribute(ours) for name, ours in IN_ENTERPRISE.items()},
}
_IDS = {"id", f"{ENTERPRISE}:manager".lower(), f"{ENTERPRISE}:manager.value".lower()}
_TEXTS = {"co": "contains", "sw": "startswith", "ew": "endswith"}
_ORDERS = {"gt": "__gt__", "ge": "__ge__", "lt": "__lt__", "le": "__le__"}


def users(reach: Reach) -> sa.Select[Person]:
    """The people whom the caller manages, but whom it deleted."""
    rows = sa.select(Person).where(~Person.deprovisioned)
    return rows if reach.everybody else rows.where(Person.employer_id == reach.employer_id)


async def provisioned(db: AsyncSession, programme_id: UUID | None = None) -> Sequence[Programme]:
    """The programmes with roles that employers give, or that one among them."""
    given = sa.func.jsonb_path_exists(Programme.blueprint, sa.cast("$.roles[*].provisioned ? (@ == true)", JSONPATH))
    rows = sa.select(Programme).where(given).order_by(Programme.id)
    return (await db.scalars(rows if programme_id is None else rows.where(Programme.id == programme_id))).all()


async def holders(db: AsyncSession, reach: Reach, programme_ids: Collection[UUID]) -> Sequence[Any]:
    """Who of the caller's people holds which role in the programmes: its id, programme, role, person and their name."""
    held = ProgrammeRole
    rows = users(reach).with_only_columns(held.id, held.programme_id, held.role, Person.id.label("person"), Person.name)
    rows = rows.join(held, held.person_id == Person.id).where(held.programme_id.in_(programme_ids))
    return (await db.execute(rows.order_by(Person.id))).all()


async def role_held(db: AsyncSession, programme_id: UUID, person_id: UUID, role: str) -> ProgrammeRole | None:
    """The role of that name that a person holds in a programme."""
    held = sa.select(ProgrammeRole).where(ProgrammeRole.programme_id == programme_id, ProgrammeRole.role == role)
    return await db.scalar(held.where(ProgrammeRole.person_id == person_id))


def found_by(text: str) -> sa.ColumnElement[bool]:
    """What a filter asks. InvalidFilterException for what is no filter, or compares what is not kept."""
    return _asked(ScimFilter[Resource](text).ast)


def sorted_by(name: str, *, descending: bool) -> sa.ColumnElement[Any]:
    """The order that `sortBy` asks for, who has no value last; InvalidFilterException for what is not kept."""
    column = _column({"name": "name.formatted"}.get(name.lower(), name.lower().removeprefix(f"{CORE.lower()}:")))
    order: sa.ColumnElement[Any] = (column.desc() if descending else column.asc()).nulls_last()
    return order


async def deleted(
    db: AsyncSession, employer_id: UUID | None, external_id: str | None, email: str | None
) -> Person | None:
    """Whom an identity provider deleted, by number or address, locked until the end of the transaction."""
    named = Person.email == (email or "").lower()
    if external_id is not None:  # nobody is who has no number either
        named = sa.or_(Person.external_id == external_id, named)
    rows = sa.select(Person).where(Person.deprovisioned, Person.employer_id == employer_id, named)
    return await db.scalar(rows.order_by(Person.id).limit(1).with_for_update(key_share=True))


async def user_name_is_taken(db: AsyncSession, employer_id: UUID | None, name: str, but: UUID | None) -> bool:
    """Whether somebody else of the employer has the account name."""
    rows = sa.select(Person.id).where(Person.employer_id == employer_id)
    rows = rows.where(_USER_NAME.in_([name.lower()]), Person.id.is_distinct_from(but))
    return await db.scalar(rows.limit(1)) is not None


async def counted(db: AsyncSession, rows: sa.Select[Person]) -> int:
    """How many there are."""
    return await db.scalar(sa.select(sa.func.count()).select_from(rows.order_by(None).subquery())) or 0


def _asked(node: Any, within: str = "") -> sa.ColumnElement[bool]:
    match node:
        case LogicalExpr(op=op, terms=terms):
            found = [_asked(term, within) for term in terms]
            return sa.and_(*found) if op.value == "and" else sa.or_(*found)
        case Not(expr=expr):
            return sa.not_(_asked(expr, within))
        case ValuePath(attr_path=path, val_filter=inner):
            return _asked(inner, f"{_named(path)}.")
        case Present(attr_path=path):
            column = _column(within + _named(path))
            there: sa.ColumnElement[bool] = column.is_not(None)
            return sa.true() if within + _named(path) == "active" else there
        case Comparison(attr_path=path, op=op, value=value):
            return _compared(within + _named(path), op.value, value)
    raise InvalidFilterException()


def _compared(name: str, op: str, value: Any) -> sa.ColumnElement[bool]:
    if name in ("emails.type", "emails.primary"):  # there is one address, which is both
        same = str(value).lower() in ("work", "true")
        return sa.true() if same is (op == "eq") else sa.false()
    column = _column(name)
    if name == "active":
        value = value if isinstance(value, bool) else {"true": True, "false": False}.get(str(value).lower())
    elif name in _IDS:
        value, known = id_of(value), value
        if value is None and op in ("eq", "ne") and known is not None:
            return sa.false() if op == "eq" else sa.true()
    elif name == "meta.lastmodified":
        value = moment(value)
    elif isinstance(value, str) and name != "externalid":
        value = value.lower()
    if value is None and op in ("eq", "ne"):
        nothing: sa.ColumnElement[bool] = column.is_(None)
        return nothing if op == "eq" else sa.not_(nothing)
    if value is None or (op in _TEXTS and not isinstance(value, str)):
        raise InvalidFilterException(detail=f"{name} cannot be compared with this")
    if op in ("eq", "ne"):
        found: sa.ColumnElement[bool] = column == value if op == "eq" else column.is_distinct_from(value)
        return found
    if op in _TEXTS:
        like: sa.ColumnElement[bool] = getattr(column, _TEXTS[op])(value, autoescape=True)
        return like
    if name == "active" or name in _IDS:
        raise InvalidFilterException(detail=f"{name} has no order")
    ordered: sa.ColumnElement[bool] = getattr(column, _ORDERS[op])(value)
    return ordered


def _named(path: AttrPath) -> str:
    name = str(path).lower()
    return name.removeprefix(f"{CORE.lower()}:")


def _column(name: str) -> Any:
    if name not in _COLUMNS:
        raise InvalidFilterException(detail=f"{name} is not kept here: filters compare {', '.join(sorted(_COLUMNS))}")
    return _COLUMNS[name]
