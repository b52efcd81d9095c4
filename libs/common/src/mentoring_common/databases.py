"""Making a service's database and its three roles on a PostgreSQL server; what a DBA would run by hand is printed
in docs/production.md."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine


def roles(service: str) -> tuple[str, str, str]:
    """The names of a service's database roles: owner, application, system."""
    return f"mentoring_{service}_owner", f"mentoring_{service}_app", f"mentoring_{service}_system"


@dataclass(frozen=True)
class Urls:
    """SQLAlchemy URLs of one service's database, by role."""

    owner: str
    app: str
    system: str


async def provision(superuser_url: str, service: str, *, database: str | None = None) -> Urls:
    """Make what is missing of database and roles, for development and tests.

    The roles get the superuser's own password; without one the server has to trust its socket.
    """
    url = make_url(superuser_url)
    password = url.password or ""
    database = database or f"mentoring_{service}"
    owner, app, system = roles(service)
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            for role in (owner, app, system):
                await _make_role(connection, role, password)
            exists = await connection.scalar(
                sa.text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": database}
            )
            if not exists:
                await connection.execute(sa.text(f'CREATE DATABASE "{database}" OWNER "{owner}"'))
                await connection.execute(sa.text(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC'))
                await connection.execute(sa.text(f'GRANT CONNECT ON DATABASE "{database}" TO "{app}", "{system}"'))
    finally:
        await engine.dispose()
    return Urls(*(_as(url, role, password, database) for role in (owner, app, system)))


async def _make_role(connection: AsyncConnection, role: str, password: str) -> None:
    exists = await connection.scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": role})
    if not exists:
        # A password cannot be a bind parameter of CREATE ROLE; quote_literal makes it safe.
        literal = await connection.scalar(sa.text("SELECT quote_literal(:password)"), {"password": password})
        clause = f" PASSWORD {literal}" if password else ""
        await connection.exec_driver_sql(f'CREATE ROLE "{role}" LOGIN NOSUPERUSER NOBYPASSRLS{clause}')


def _as(url: URL, role: str, password: str, database: str) -> str:
    changed = url.set(username=role, database=database, password=password or None)
    return changed.render_as_string(hide_password=False)
