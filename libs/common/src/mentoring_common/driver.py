"""The driver below SQLAlchemy, for what every request says: the same connection and transaction, in fewer steps."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import asyncpg
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from mentoring_common.errors import Unavailable
from mentoring_common.line import limit

SILENT_S = 5.0  # how long a server that is there may take for BEGIN or ROLLBACK
# The last two are what the driver says when it is asked in the moment in which it loses the connection.
_CLOSED = (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.InternalClientError)

LOST = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
"""What it says where BEGIN, COMMIT or ROLLBACK does not come to its end."""


def driver_of(connection: AsyncConnection) -> asyncpg.Connection:
    """The driver's own connection below SQLAlchemy's; Unavailable once it is lost."""
    assert connection.sync_connection is not None
    if connection.invalidated or connection.closed:
        raise Unavailable()
    found: asyncpg.Connection = connection.sync_connection.connection.driver_connection
    return found


@contextmanager
def refused() -> Iterator[None]:
    """The driver's own errors as those that SQLAlchemy makes of them."""
    try:
        yield
    except asyncpg.IntegrityConstraintViolationError as error:
        raise IntegrityError("", None, error) from error
    except (asyncpg.PostgresError, *_CLOSED) as error:
        raise DBAPIError("", None, error, connection_invalidated=isinstance(error, _CLOSED)) from error


@asynccontextmanager
async def begun(connection: AsyncConnection) -> AsyncIterator[asyncpg.Connection]:
    """The driver in a transaction that is rolled back unless it was committed."""
    driver = driver_of(connection)
    try:
        await driver.execute("BEGIN")
        yield driver
    finally:
        await asyncio.shield(roll_back(connection, driver))


async def roll_back(connection: AsyncConnection, driver: asyncpg.Connection) -> None:
    """Roll back what was not committed, or throw the connection away where it is lost or does not answer."""
    try:
        if driver.is_closed():
            await connection.invalidate()
        elif driver.is_in_transaction():
            with limit(SILENT_S, driver.terminate):  # first it waits for the end of a statement that was called off
                await driver.execute("ROLLBACK")
    except LOST:
        await throw_away(connection, driver)


async def throw_away(connection: AsyncConnection, driver: asyncpg.Connection) -> None:
    """Leave a connection without a word: whoever does not answer is not waited for to say goodbye."""
    driver.terminate()
    await connection.invalidate()
