"""What is read of changes."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from mentoring_common.db import tenant_of
from mentoring_common.errors import InvalidCursor
from mentoring_common.reading import Reading
from mentoring_integrations.changes.audience import for_employer
from mentoring_integrations.changes.models import Change, ChangeHead, Employee
from mentoring_integrations.errors import ChangesForgotten

# How many places one page goes through at most, however few of them fit its filter.
REACH = 20_000
_C = Change.__table__.c
_ENDS = Reading(
    sa.select(
        sa.select(ChangeHead.__table__.c.position)
        .where(ChangeHead.__table__.c.tenant_id == sa.bindparam("tenant"))
        .scalar_subquery()
        .label("head"),
        sa.select(sa.func.min(_C.position))
        .where(_C.tenant_id == sa.bindparam("tenant"))
        .scalar_subquery()
        .label("tail"),
    )
)
_TYPES, _PROGRAMME = sa.bindparam("types", type_=sa.ARRAY(sa.Text())), sa.bindparam("programme", type_=sa.Uuid())
_WHOSE = """
    c.people || COALESCE((SELECT p.people FROM pairs p WHERE p.tenant_id = c.tenant_id AND p.id = c.pair_id), '{}')
"""


def told_to(employer: str) -> str:
    """The condition that an employer (an SQL expression; null: whoever is told everything) is told of the change `c`:
    it is about people of theirs, or about the organisation's programmes and nobody."""
    return f"""({employer} IS NULL
        OR (c.people = '{{}}' AND c.pair_id IS NULL)
        OR EXISTS (SELECT FROM employees e WHERE e.tenant_id = c.tenant_id AND e.id = ANY ({_WHOSE})
                   AND e.known AND e.employer_id = {employer}))"""


def own(employer: str) -> str:
    """Those of the people named by the change `c` whom an employer employs."""
    return f"""ARRAY(SELECT e.id FROM employees e WHERE e.tenant_id = c.tenant_id AND e.id = ANY (c.people)
                     AND e.known AND e.employer_id = {employer})"""  # noqa: S608  an expression of ours


_BETWEEN = Reading(
    sa.select(_C.position, _C.event)
    .where(
        _C.position > sa.bindparam("after", type_=sa.BigInteger()),
        _C.position <= sa.bindparam("until", type_=sa.BigInteger()),
        sa.or_(sa.func.cardinality(_TYPES) == 0, _C.type == sa.any_(_TYPES)),
        sa.or_(_PROGRAMME.is_(None), _C.programme_id == _PROGRAMME),
    )
    .order_by(_C.position)
    .limit(sa.bindparam("limit"))
)


# Until it is known whose people a change is about, an employer is shown nothing from there on. Who is in a pair is told
# a moment before or after what it does; who then is still unknown (a pair from before the oldest change) is nobody's.
_PATIENCE = timedelta(minutes=1)
_UNSURE = sa.text("""
    SELECT min(c.position) FROM changes c WHERE c.tenant_id = :tenant AND c.position > :after AND c.position <= :until
    AND (c.people && ARRAY(SELECT id FROM employees WHERE tenant_id = :tenant AND NOT known)
         OR c.pair_id = ANY (ARRAY(
             SELECT p.id FROM pairs p WHERE p.tenant_id = :tenant AND (
                 (p.people = '{}' AND p.noticed_at > clock_timestamp() - CAST(:patience AS interval))
                 OR p.people && ARRAY(SELECT id FROM employees WHERE tenant_id = :tenant AND NOT known)))))
""")
_C_OF = Change.__table__.alias("c")
_EMPLOYER = sa.bindparam("employer", type_=sa.Uuid())
_OF_EMPLOYER = (
    sa.select(_C_OF.c.position, _C_OF.c.id, _C_OF.c.event, _C_OF.c.people)
    .add_columns(sa.text(own(":employer") + " AS own").bindparams(_EMPLOYER))
    .where(
        _C_OF.c.tenant_id == sa.bindparam("tenant", type_=sa.Uuid()),
        _C_OF.c.position > sa.bindparam("after", type_=sa.BigInteger()),
        _C_OF.c.position <= sa.bindparam("until", type_=sa.BigInteger()),
        sa.or_(sa.func.cardinality(_TYPES) == 0, _C_OF.c.type == sa.any_(_TYPES)),
        sa.or_(_PROGRAMME.is_(None), _C_OF.c.programme_id == _PROGRAMME),
        sa.text(told_to("CAST(:employer AS uuid)")).bindparams(_EMPLOYER),
    )
    .order_by(_C_OF.c.position)
    .limit(sa.bindparam("limit"))
)


class Shown(NamedTuple):
    """A change as it is shown to whoever asked."""

    position: int
    event: str


class Found(NamedTuple):
    """Changes with their places, how far was looked, whether there may be more behind, or what is behind waits."""

    rows: Sequence[Any]
    position: int
    more: bool
    wait: bool = False


async def changes(
    db: AsyncSession,
    after: int | None,
    types: Collection[str],
    programme_id: UUID | None,
    limit: int,
    employer: UUID | None,
) -> Found:
    """What happened after a place, or from the oldest that is kept; for an `employer` what concerns their people.

    InvalidCursor, ChangesForgotten.
    """
    ends = await _ENDS.first(db, tenant=tenant_of(db))
    assert ends is not None
    head = ends.head or 0
    before_all = ends.tail - 1 if ends.tail else head
    begin = before_all if after is None else after
    if begin > head:
        raise InvalidCursor()
    if begin < before_all:
        raise ChangesForgotten()
    until = min(head, begin + REACH)
    given = {"types": sorted(types), "programme": programme_id, "limit": limit + 1}
    if employer is None:
        rows, unsure = await _BETWEEN.all(db, after=begin, until=until, **given), None
    else:
        unsure = await _first_unsure(db, begin, until)
        until = until if unsure is None else unsure - 1
        rows = await _of_employer(db, given | {"after": begin, "until": until, "employer": employer})
    if len(rows) > limit:
        return Found(rows[:limit], rows[limit - 1].position, more=True)
    return Found(rows, until, more=until < head and unsure is None, wait=unsure is not None)


async def _first_unsure(db: AsyncSession, after: int, until: int) -> int | None:
    given = {"tenant": tenant_of(db), "after": after, "until": until, "patience": _PATIENCE}
    found: int | None = await db.scalar(_UNSURE, given)
    return found


async def _of_employer(db: AsyncSession, given: dict[str, Any]) -> Sequence[Shown]:
    rows = (await db.execute(_OF_EMPLOYER, given | {"tenant": tenant_of(db)})).all()
    return [Shown(row.position, for_employer(row.event, row.id, row.people, row[-1])) for row in rows]


# What the lookout asks: the seconds until somebody's employer can be asked for.
_UNKNOWN: Final = sa.not_(Employee.__table__.c.known)
EMPLOYERS_WAIT = sa.cast(
    sa.extract(
        "epoch",
        sa.select(sa.func.min(Employee.__table__.c.not_before)).where(_UNKNOWN).scalar_subquery()
        - sa.func.clock_timestamp(),
    ),
    sa.Float,
)
MOST_ASKED: Final = 500


async def tenants_with_unknown(connection: AsyncConnection) -> Sequence[UUID]:
    """Organisations with people whose employer is to be asked for; under the system role."""
    due = Employee.__table__.c.not_before <= sa.func.clock_timestamp()
    rows = sa.select(Employee.__table__.c.tenant_id).where(_UNKNOWN, due).distinct()
    return (await connection.scalars(rows.limit(50))).all()


async def unknown(db: AsyncSession) -> dict[UUID, int]:
    """People whose employer is to be asked for, with how often it was."""
    rows = sa.select(Employee.id, Employee.asked).where(_UNKNOWN, Employee.not_before <= sa.func.clock_timestamp())
    return {row.id: row.asked for row in await db.execute(rows.order_by(Employee.not_before).limit(MOST_ASKED))}


async def head(db: AsyncSession) -> int:
    """How far the organisation's order has come."""
    return await db.scalar(sa.select(ChangeHead.position)) or 0


async def heads(connection: AsyncConnection, tenants: Collection[UUID]) -> dict[UUID, int]:
    """How far the orders of these organisations have come; under the system role."""
    rows = sa.select(ChangeHead.tenant_id, ChangeHead.position).where(ChangeHead.tenant_id.in_(tenants))
    return {row.tenant_id: row.position for row in await connection.execute(rows)}
