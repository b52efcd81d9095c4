"""The database: sessions bound to a tenant, one transaction per request or batch, and a commit nobody can cut short."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import asyncpg
import orjson
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    PendingRollbackError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, ORMExecuteState, Session, mapped_column, with_loader_criteria

from mentoring_common.clock import Clock
from mentoring_common.collected import write_collected
from mentoring_common.driver import LOST, SILENT_S, driver_of, roll_back, throw_away
from mentoring_common.errors import OutcomeUnknown, Unavailable
from mentoring_common.ids import new_id
from mentoring_common.line import LOOKS, Line, in_time, limit
from mentoring_common.masters import Masters
from mentoring_common.settings import Settings
from mentoring_common.tables import NAMING

COMMIT_TIMEOUT_S = 10.0
# Shorter than PostgreSQL waits before it looks for a deadlock (deadlock_timeout, 1 s) and ends whoever waited first.
GIVES_WAY_MS = 500
# What may go better the next time, by SQLSTATE: lost connections, deadlocks and serialization, too few resources, an
# operator's stop or a timeout, system errors; lock timeouts, transactions ended for their length; a database or role
# that is not made yet.
_PASSING_CLASSES = frozenset({"08", "28", "40", "53", "57", "58"})
_PASSING_STATES = frozenset({"55P03", "25P03", "25P04", "3D000"})


class Base(DeclarativeBase):
    """Ancestor of a service's own `Base`: names of constraints, timestamps with zone."""

    __abstract__ = True
    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: sa.DateTime(timezone=True), str: sa.Text}


class TenantRow:
    """Mixin of every table: the key is (tenant_id, id), and the tenant is that of the running transaction.

    A single-column foreign key would accept another tenant's row: refer by `sa.ForeignKeyConstraint(["tenant_id",
    "…_id"], ["….tenant_id", "….id"])`.
    """

    tenant_id: Mapped[UUID] = mapped_column(
        primary_key=True, server_default=sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid")
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)


_TENANT = "tenant_behind_the_wall"
_WALL = with_loader_criteria(
    TenantRow,
    lambda cls: cls.tenant_id == sa.bindparam("tenant_behind_the_wall"),
    include_aliases=True,
    track_closure_variables=False,
)


@event.listens_for(Session, "do_orm_execute")
def _filter_by_tenant(state: ORMExecuteState) -> None:
    """The first wall: every ORM statement on tenant tables is filtered; row level security is the second."""
    if "tenant" not in state.session.info:
        return
    tenant = state.session.info["tenant"]
    if state.is_select:
        # Made once, with the tenant as a parameter: made anew it costs more than the rest of a cached statement.
        state.statement = state.statement.options(_WALL)
        given = state.parameters if isinstance(state.parameters, Mapping) else {}
        state.parameters = {**given, _TENANT: tenant}
    elif state.is_update or state.is_delete:  # where parameters are the values of columns
        state.statement = state.statement.options(
            with_loader_criteria(TenantRow, lambda cls: cls.tenant_id == tenant, include_aliases=True)
        )


@event.listens_for(Session, "before_flush")
def _stamp_tenant(session: Session, *_: Any) -> None:
    for row in session.new:
        if isinstance(row, TenantRow) and row.tenant_id is None:
            row.tenant_id = session.info["tenant"]


json_deserializer = orjson.loads


def json_serializer(value: Any) -> str:
    """JSON as it is stored."""
    return orjson.dumps(value).decode()


def create_engine(
    url: str,
    settings: Settings,
    *,
    pool_size: int | None = None,
    connect_s: float | None = None,
    name: str,
    **options: Any,
) -> AsyncEngine:
    """An asyncpg engine: small pool, no overflow, timeouts on the server's side, no values in errors."""
    timeout_ms = str(int(settings.statement_timeout_s * 1000))
    engine = create_async_engine(
        url,
        pool_size=pool_size or settings.pool_size,
        max_overflow=0,
        pool_timeout=settings.pool_timeout_s,
        pool_pre_ping=False,
        hide_parameters=True,
        **options,
        json_serializer=json_serializer,
        json_deserializer=json_deserializer,
        connect_args={
            "timeout": connect_s or settings.pool_timeout_s,
            "command_timeout": settings.statement_timeout_s + 5,
            "server_settings": {
                "application_name": name,
                "statement_timeout": timeout_ms,
                "lock_timeout": timeout_ms,
                "idle_in_transaction_session_timeout": timeout_ms,
                "timezone": "UTC",
            },
        },
    )
    event.listen(engine.sync_engine, "handle_error", _leave_who_is_silent)
    return engine


def _leave_who_is_silent(context: sa.ExceptionContext) -> None:
    """A connection that did not answer in time is lent to nobody again: it would wait for the answer first."""
    if isinstance(context.original_exception, TimeoutError):
        context.is_disconnect = True


def looking(engine: AsyncEngine) -> AsyncEngine:
    """The same pool for single SELECTs that look whether there is work: one round trip each, and no transaction.

    Services look several times a second, and mostly there is none.
    """
    return engine.execution_options(isolation_level="AUTOCOMMIT")


class Database:
    """The application role's engine of one service and how a transaction on it is run."""

    def __init__(self, settings: Settings, clock: Clock, name: str, *, doorbell: "asyncio.Event | None" = None) -> None:
        self.clock = clock
        # Transactions are begun and ended by `transaction`, in as few round trips as it takes.
        self._connect_s = settings.pool_timeout_s  # how long that is, `_opened` says; the driver's own limit is far off
        self.engine = create_engine(
            settings.database_url,
            settings,
            connect_s=self._connect_s * LOOKS,
            name=name,
            isolation_level="AUTOCOMMIT",
        )
        # Connections that hold an Idempotency-Key while a request works in several transactions; opened when needed.
        self.claims = looking(create_engine(settings.database_url, settings, name=f"{name}-claims"))
        self.doorbell = doorbell or asyncio.Event()  # rung when a transaction has announced something
        self.work = asyncio.Event()  # rung when a transaction has left work for the loops beside the requests
        self.masters = Masters.of(settings)
        self._audit_key = self.masters.audit
        self.pool_size = settings.pool_size
        self._line = Line(
            settings.pool_size,
            most=settings.queue_length,
            stands_s=settings.pool_timeout_s,
            longest_s=settings.queue_timeout_s,
        )

    @asynccontextmanager
    async def transaction(self, tenant: UUID | None, *, gives_way: bool = False) -> AsyncIterator[AsyncSession]:
        """One transaction: the tenant is set first, collected events are written last, then the commit.

        Raises Unavailable when no connection is to be had, or one that `gives_way` waits for a row that somebody holds,
        and OutcomeUnknown when the commit does not answer.
        """
        async with self._line.turn(), self._begun(tenant, gives_way) as connection:
            db = self._session(connection, tenant)
            try:
                yield db
                wrote = await write_collected(db)
            except (PoolTimeout, OSError) as error:  # not there, does not answer, has no address yet
                raise Unavailable() from error
            except (DBAPIError, PendingRollbackError) as error:
                if connection.invalidated or (isinstance(error, DBAPIError) and passes(error)):
                    raise Unavailable() from error
                raise
            finally:
                if db.in_transaction():  # it has said something by way of SQLAlchemy
                    await db.close()
            await _commit(connection)
        if wrote or db.info.get("wrote"):
            self.doorbell.set()
        if db.info.get("work"):
            self.work.set()

    @property
    def in_use(self) -> int:
        """Connections that transactions hold."""
        return cast(sa.QueuePool, self.engine.pool).checkedout()

    @property
    def waiting(self) -> int:
        """Transactions that wait for one."""
        return self._line.length

    def _session(self, connection: AsyncConnection, tenant: UUID | None) -> AsyncSession:
        db = AsyncSession(connection, expire_on_commit=False)
        db.info.update(clock=self.clock, masters=self.masters, audit_key=self._audit_key)
        if tenant is not None:
            db.info["tenant"] = tenant
        return db

    @asynccontextmanager
    async def _begun(self, tenant: UUID | None, gives_way: bool) -> AsyncIterator[AsyncConnection]:
        """A connection in a transaction of the tenant's, begun in one round trip; rolled back unless committed.

        The driver is told directly: by way of SQLAlchemy's, BEGIN and the tenant would cost a round trip each. A pooled
        connection that turns out to be lost is replaced: nothing has been done on it.
        """
        begin = f"BEGIN; SET LOCAL lock_timeout = {GIVES_WAY_MS}" if gives_way else "BEGIN"
        begin += "" if tenant is None else f"; SELECT set_config('app.tenant', '{tenant}', true)"
        connection = await self._connected(begin)
        driver = driver_of(connection)
        try:
            yield connection
        finally:
            await asyncio.shield(_end(connection, driver))

    async def _connected(self, begin: str) -> AsyncConnection:
        for _ in range(self.pool_size):
            connection = await self._connect()
            driver, asked_at = driver_of(connection), asyncio.get_running_loop().time()
            try:
                with limit(SILENT_S, driver.terminate):
                    await driver.execute(begin)
                return connection
            except LOST as error:
                silent = asyncio.get_running_loop().time() - asked_at >= SILENT_S
                await _give_up(connection, driver)
                if silent:  # nor would anybody answer on the others
                    raise Unavailable() from error
            except BaseException:  # called off: it may have begun, and must not be lent like that
                await asyncio.shield(_give_up(connection, driver))
                raise
        raise Unavailable()

    async def _connect(self) -> AsyncConnection:
        try:
            if cast(sa.QueuePool, self.engine.pool).checkedin():
                return await self.engine.connect()
            return await self._opened()
        except (PoolTimeout, OSError, TimeoutError) as error:
            raise Unavailable() from error
        except DBAPIError as error:
            if passes(error):
                raise Unavailable() from error
            raise

    async def _opened(self) -> AsyncConnection:
        """A connection that has to be made first. TimeoutError if the database, not this process, takes too long."""

        async def open_one() -> AsyncConnection:
            return await self.engine.connect()

        opening = asyncio.create_task(open_one())
        try:
            return await in_time(opening, self._connect_s)
        except BaseException:
            opening.add_done_callback(_close_unused)
            raise

    async def close(self) -> None:
        await self.engine.dispose()
        await self.claims.dispose()


def _close_unused(opening: "asyncio.Task[AsyncConnection]") -> None:
    """Give back a connection that came when nobody waited for it any more."""
    if not opening.cancelled() and opening.exception() is None:
        closing = asyncio.ensure_future(opening.result().close())
        closing.add_done_callback(asyncio.Task.exception)  # looked at: there is nobody to tell


def passes(error: DBAPIError) -> bool:
    """Whether the same transaction may succeed later: the driver gives most of these no class of their own."""
    if error.connection_invalidated or isinstance(error, OperationalError | InterfaceError | InternalError):
        return True
    state = str(getattr(error.orig, "sqlstate", None) or "")
    return state[:2] in _PASSING_CLASSES or state in _PASSING_STATES


async def bind_tenant(db: AsyncSession, tenant: UUID) -> None:
    """Make `tenant` the tenant of the transaction, for row level security and for the filter on every statement."""
    if db.info.get("tenant") == tenant:
        return
    if "tenant" in db.info:
        wrote = await write_collected(db)
        db.info["wrote"] = bool(wrote) or db.info.get("wrote", False)
    db.info["tenant"] = tenant
    await db.execute(sa.text("SELECT set_config('app.tenant', :tenant, true)"), {"tenant": str(tenant)})


async def _give_up(connection: AsyncConnection, driver: asyncpg.Connection) -> None:
    await throw_away(connection, driver)
    await connection.close()


async def _end(connection: AsyncConnection, driver: asyncpg.Connection) -> None:
    """Give the connection back, rolled back where it was not committed."""
    try:
        await roll_back(connection, driver)
    finally:
        await connection.close()


async def _commit(connection: AsyncConnection) -> None:
    """Commit to the end even when the caller goes away; say so when the answer does not come."""
    task = asyncio.ensure_future(driver_of(connection).execute("COMMIT"))
    try:
        async with asyncio.timeout(COMMIT_TIMEOUT_S):
            await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task], timeout=COMMIT_TIMEOUT_S)
        raise
    except asyncpg.IntegrityConstraintViolationError as error:  # a deferred constraint: the server answered no
        raise IntegrityError("COMMIT", None, error) from error
    except (TimeoutError, *LOST) as error:
        task.cancel()
        raise OutcomeUnknown() from error


@asynccontextmanager
async def attempt(db: AsyncSession) -> AsyncIterator[None]:
    """A part of the transaction that leaves nothing if it fails: no rows, no events, no audit entries."""
    kept = {name: len(db.info.get(name, [])) for name in ("events", "audit")}
    try:
        async with db.begin_nested():
            yield
    except BaseException:
        for name, number in kept.items():
            del db.info.get(name, [])[number:]
        raise


class _Undone(Exception):
    """Ends what is only tried."""


@asynccontextmanager
async def tried(db: AsyncSession) -> AsyncIterator[None]:
    """A part of the transaction that is done and undone, so that what is said of it is what doing it would say."""
    try:
        async with attempt(db):
            yield
            raise _Undone()
    except _Undone:
        pass


def now(db: AsyncSession) -> datetime:
    """The business time of this transaction's clock."""
    clock: Clock = db.info["clock"]
    return clock.now()


def leave_work(db: AsyncSession) -> None:
    """Have the loops beside the requests look for work once this transaction is committed."""
    db.info["work"] = True


def occurred_at(db: AsyncSession) -> datetime:
    """When the event in hand happened, however late it is reacted to; outside reactions the business time."""
    moment: datetime | None = db.info.get("occurred_at")
    return moment or now(db)


def tenant_of(db: AsyncSession) -> UUID:
    """The tenant of this transaction."""
    tenant: UUID = db.info["tenant"]
    return tenant
