"""Where the databases are, and PostgreSQL's own programs for them."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import Field
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from mentoring_allinone.backups.errors import BackupFailed
from mentoring_common.embedded.child_process import server_environment
from mentoring_common.embedded.postgres_binaries import reachable_binaries
from mentoring_common.settings import FromEnvironment

SERVICES = ("applications", "matching", "sessions", "evaluation", "integrations")


class BackupSettings(FromEnvironment):
    """All that backups and the ledger are told."""

    backup_url: str = Field(description="the databases' server under the role of backups")


class RestoreSettings(FromEnvironment):
    """What a restore is told beside the settings of applications: where it may make databases."""

    restore_url: str = Field(description="the databases' server under a superuser")


def database(url: str, service: str) -> URL:
    """The address of a service's database on the server of `url`, in which `{service}` stands for its name."""
    try:
        server = make_url(url.replace("{service}", service))
    except ArgumentError:
        raise BackupFailed("the address of the databases is no URL such as postgresql://role:password@host") from None
    return server.set(drivername="postgresql+asyncpg", database=f"mentoring_{service}")


def text(url: URL) -> str:
    """An address with its password, for those who connect."""
    return url.render_as_string(hide_password=False)


def _environment(url: URL) -> dict[str, str]:
    """An address as libpq takes it: nothing of it is on a command line, where everybody sees it."""
    query = {name: value if isinstance(value, str) else value[0] for name, value in url.query.items()}
    told = {
        "PGHOST": url.host or query.get("host"),
        "PGPORT": str(url.port) if url.port else query.get("port"),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": query.get("ssl"),
        "PGSSLROOTCERT": os.environ.get("PGSSLROOTCERT"),  # which asyncpg goes by as well
    }
    return server_environment(**{name: value for name, value in told.items() if value})


@contextmanager
def program(
    name: str, url: URL, *options: str, stdin: int | None = None, stdout: int | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """`pg_dump` or `pg_restore` at a database, in the version that comes with this command; BackupFailed."""
    with tempfile.TemporaryFile() as said:
        command = [str(reachable_binaries(None) / name), *options]
        process = subprocess.Popen(command, env=_environment(url), stdin=stdin, stdout=stdout, stderr=said)  # noqa: S603
        try:
            yield process
        except BaseException:
            process.kill()
            process.wait()
            raise
        if process.wait() != 0:
            said.seek(0)
            raise BackupFailed(f"{name} of {url.database} failed: {_last_line(said.read())}")


def _last_line(said: bytes) -> str:
    """What a program said last without the values of rows, which PostgreSQL tells in DETAIL and CONTEXT."""
    lines = [line for line in said.decode(errors="replace").splitlines() if "error:" in line.lower()]
    return lines[0].partition("DETAIL")[0] if lines else "without a word"
