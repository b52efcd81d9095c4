"""What happened is kept, each once and in one order."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.consumer import Told
from mentoring_common.db import leave_work, tenant_of
from mentoring_common.erased import is_nobody
from mentoring_common.retention import delete_in_steps, older_than
from mentoring_common.runner import Service
from mentoring_integrations.changes import queries
from mentoring_integrations.changes.audience import changed, members_told, named, pair_of
from mentoring_integrations.changes.cloud_event import programme_of, told
from mentoring_integrations.changes.models import Change, Employee, Pair

# One statement, because every batch runs it. The head is held from here to the commit; what is kept already, of an
# inbox that has forgotten it, keeps its place.
_KEEP = sa.text("""
    WITH fresh AS (
        SELECT e.*, row_number() OVER (ORDER BY number) AS place
        FROM unnest(:ids, :types, :programmes, :times, :events, :named, :pairs, :traces)
             WITH ORDINALITY AS e (id, type, programme_id, occurred_at, event, people, pair_id, traceparent, number)
        WHERE NOT EXISTS (SELECT FROM changes WHERE changes.tenant_id = :tenant AND changes.id = e.id)
    ), many AS (
        SELECT count(*) AS fresh FROM fresh
    ), head AS (
        INSERT INTO change_heads AS h (tenant_id, id, position) SELECT :tenant, :tenant, many.fresh FROM many
        ON CONFLICT (tenant_id, id) DO UPDATE SET position = h.position + excluded.position
        RETURNING position
    ), kept AS (
        INSERT INTO changes
            (tenant_id, id, position, type, programme_id, occurred_at, event, people, pair_id, traceparent)
        SELECT :tenant, id, head.position - many.fresh + place, type, programme_id, occurred_at, event,
               CAST(people AS uuid[]), pair_id, traceparent
        FROM head, many, fresh
    ), noticed AS (
        INSERT INTO employees AS e (tenant_id, id, since)
        SELECT DISTINCT :tenant, person, head.position - many.fresh
        FROM head, many, unnest(:people) AS person ORDER BY person
        ON CONFLICT (tenant_id, id) DO UPDATE
        SET known = false, asked = e.asked + 1, since = CASE WHEN e.known THEN excluded.since ELSE e.since END,
            not_before = clock_timestamp()
        WHERE e.id = ANY (:changed)
    )
    SELECT head.position - many.fresh, head.position FROM head, many
""").bindparams(
    sa.bindparam("tenant", type_=sa.Uuid()),
    sa.bindparam("ids", type_=sa.ARRAY(sa.Uuid())),
    sa.bindparam("types", type_=sa.ARRAY(sa.Text())),
    sa.bindparam("programmes", type_=sa.ARRAY(sa.Uuid())),
    sa.bindparam("times", type_=sa.ARRAY(sa.DateTime(timezone=True))),
    sa.bindparam("events", type_=sa.ARRAY(sa.Text())),
    sa.bindparam("named", type_=sa.ARRAY(sa.Text())),
    sa.bindparam("pairs", type_=sa.ARRAY(sa.Uuid())),
    sa.bindparam("traces", type_=sa.ARRAY(sa.Text())),
    sa.bindparam("people", type_=sa.ARRAY(sa.Uuid())),
    sa.bindparam("changed", type_=sa.ARRAY(sa.Uuid())),
)
# Who is in a pair is told, or what it did before that. What came is the lowest place from which changes have waited.
_PAIR = sa.text("""
    INSERT INTO pairs AS p (tenant_id, id, people, since)
    SELECT :tenant, pair, array_remove(array_agg(DISTINCT person), NULL), :since
    FROM unnest(:pairs, :people) AS told (pair, person) GROUP BY pair ORDER BY pair
    ON CONFLICT (tenant_id, id) DO UPDATE
    SET people = ARRAY(SELECT DISTINCT unnest(p.people || excluded.people)) WHERE NOT excluded.people <@ p.people
    RETURNING since
""").bindparams(
    sa.bindparam("tenant", type_=sa.Uuid()),
    sa.bindparam("since", type_=sa.BigInteger()),
    sa.bindparam("pairs", type_=sa.ARRAY(sa.Uuid())),
    sa.bindparam("people", type_=sa.ARRAY(sa.Uuid())),
)


async def keep(db: AsyncSession, happened: Sequence[Told]) -> range:
    """Keep what happened in the transaction's organisation and is not kept yet; the places that it got, and those
    before them of which it is known now whose people they are about."""
    people = {person for one in happened if one.event for person in one.event.people() if not is_nobody(person)}
    values = {
        "tenant": tenant_of(db),
        "ids": [one.envelope.id for one in happened],
        "types": [one.envelope.type for one in happened],
        "programmes": [programme_of(one.event) for one in happened],
        "times": [one.envelope.time for one in happened],
        "events": [told(one.envelope, one.event) for one in happened],
        # As text: arrays of arrays have one length.
        "named": [_array(named(one.event)) for one in happened],
        "pairs": [pair_of(one.event) for one in happened],
        "traces": [one.envelope.traceparent for one in happened],
        "people": sorted(people),
        "changed": [person for one in happened for person in changed(one.event)],
    }
    before, last = (await db.execute(_KEEP, values)).one()
    if people:
        leave_work(db)
    return range(await _keep_pairs(db, happened, before) + 1, last + 1)


def _array(people: Sequence[UUID] | None) -> str | None:
    return None if people is None else "{" + ",".join(map(str, people)) + "}"


async def _keep_pairs(db: AsyncSession, happened: Sequence[Told], before: int) -> int:
    """Note who is in which pair, and of which it is not known yet; from which place on that is known now."""
    members: list[tuple[UUID, UUID | None]] = [pair for one in happened for pair in members_told(one.event)]
    members += [(pair, None) for one in happened if (pair := pair_of(one.event))]
    if not members:
        return before
    values = {"tenant": tenant_of(db), "since": before, "pairs": [pair for pair, _ in members]}
    rows = await db.scalars(_PAIR, values | {"people": [person for _, person in members]})
    first: int = min([before, *(since for since in rows if since is not None)])
    # What the pair did before waits for its people's employers too.
    waits = sa.update(Employee).where(Employee.id.in_([who for _, who in members if who]), sa.not_(Employee.known))
    await db.execute(waits.values(since=sa.func.least(Employee.since, first)))
    return first


async def learn(db: AsyncSession, asked: Mapping[UUID, int], employers: Mapping[UUID, UUID | None]) -> range:
    """Note who employs the people who were asked for; the places of changes that may have waited for it."""
    told_ = sa.text("""
        UPDATE employees e SET known = true, employer_id = t.employer_id
        FROM unnest(:people, :asked, :employers) AS t (id, asked, employer_id)
        WHERE e.tenant_id = :tenant AND e.id = t.id AND e.asked = t.asked AND NOT e.known RETURNING e.since
    """).bindparams(
        sa.bindparam("people", type_=sa.ARRAY(sa.Uuid())),
        sa.bindparam("asked", type_=sa.ARRAY(sa.Integer())),
        sa.bindparam("employers", type_=sa.ARRAY(sa.Uuid())),
    )
    values: dict[str, Any] = {"tenant": tenant_of(db), "people": list(asked), "asked": list(asked.values())}
    rows = await db.scalars(told_, values | {"employers": [employers.get(person) for person in asked]})
    last = await queries.head(db)
    return range(min([last, *(since for since in rows if since is not None)]) + 1, last + 1)


async def ask_later(db: AsyncSession, people: Sequence[UUID]) -> None:
    """Ask for these people's employers in a while: applications does not answer."""
    later = sa.func.clock_timestamp() + timedelta(seconds=5)
    await db.execute(sa.update(Employee).where(Employee.id.in_(people)).values(not_before=later))


async def forget_employee(db: AsyncSession, person_id: UUID) -> None:
    """Nobody asks for an erased person's employer again; who it was is known as long as changes name the person."""
    left = sa.func.array_remove(Pair.people, person_id)
    paired = sa.update(Pair).where(Pair.people.contains([person_id])).values(people=left)
    await db.execute(paired.execution_options(synchronize_session=False))
    gone = sa.update(Employee).where(Employee.id == person_id)
    await db.execute(gone.values(known=True, asked=Employee.asked + 1, erased_at=sa.func.clock_timestamp()))


async def forget(service: Service) -> None:
    """Delete what is older than it has to be kept; `Periodic`."""
    table = cast(sa.Table, Change.__table__)
    await delete_in_steps(service.system, table, older_than(table.c.kept_at, keeping(service)))
    people = cast(sa.Table, Employee.__table__)
    await delete_in_steps(service.system, people, older_than(people.c.erased_at, keeping(service)))


def keeping(service: Service) -> timedelta:
    """How long events are kept for those outside."""
    return timedelta(days=service.settings.changes_days)
