"""`mentoring backup`, `backup-key`, `erasures` and `restore`."""

import asyncio
import time
from pathlib import Path
from typing import Annotated

import typer

from mentoring_allinone.backups.errors import BackupFailed
from mentoring_allinone.told import told

LEDGER = "erasures.jsonl"
Ledger = Annotated[Path | None, typer.Option(help=f"the ledger of erasures; FOLDER/{LEDGER}")]


def backup_key(file: Annotated[Path, typer.Argument(metavar="FILE", help="where the key goes; keep it apart")]) -> None:
    """Make a key for backups: the file opens them, what is printed encrypts them."""
    from mentoring_allinone.backups import archive

    typer.echo(archive.new_key(file))


def backup(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="where backups lie, one folder each")],
    to: Annotated[
        list[str], typer.Option("--to", envvar="MENTORING_BACKUP_TO", help="who may open it: age1…; repeat for several")
    ],
    ledger: Ledger = None,
    keep_days: Annotated[int | None, typer.Option(min=1, help="remove older backups afterwards")] = None,
) -> None:
    """Back up all databases to one moment while everything is served; MENTORING_BACKUP_URL says where they are."""
    # Six services take seconds to load: the other commands do not wait for them.
    from mentoring_allinone.backups import archive, servers, taking

    url = told(servers.BackupSettings).backup_url
    recipients = [archive.recipient(one) for said in to for one in said.split()]
    made, manifest = asyncio.run(taking.take(url, folder, recipients, ledger or folder / LEDGER))
    megabytes = sum(one.bytes for one in manifest.dumps.values()) / 1e6
    typer.echo(f"{made}: {megabytes:.1f} MB; writers waited {manifest.held_ms} ms")
    for old in taking.forget(folder, keep_days) if keep_days else []:
        typer.echo(f"{old} is removed")


def erasures(
    ledger: Annotated[Path, typer.Argument(metavar="LEDGER", help="the file that they are added to")],
    every: Annotated[int | None, typer.Option(min=1, metavar="SECONDS", help="go on, and look again so often")] = None,
) -> None:
    """Write down who was erased in a file outside of the databases: ids alone; it is only ever added to."""
    from mentoring_allinone.backups import ledger as book
    from mentoring_allinone.backups import servers

    url = told(servers.BackupSettings).backup_url
    databases = {service: servers.database(url, service) for service in servers.SERVICES}
    while True:
        try:
            added = book.write_down(ledger, asyncio.run(book.erased_in_all(databases)))
            typer.echo(f"{added} erasures added to {ledger}")
        except BackupFailed as error:
            if every is None:
                raise
            typer.echo(f"mentoring: {error}", err=True)  # a database that is away comes back
        if every is None:
            return
        time.sleep(every)


def restore(
    folder: Annotated[Path, typer.Argument(metavar="BACKUP", help="a folder that `mentoring backup` made")],
    key: Annotated[Path, typer.Option(help="the file that `mentoring backup-key` made")],
    ledger: Annotated[Path | None, typer.Option(help=f"the ledger of erasures; {LEDGER} beside the backup")] = None,
) -> None:
    """Bring all databases to the moment of a backup, erase again who was erased since, and have all published again.

    The services are stopped. MENTORING_RESTORE_URL names the server under a superuser; MENTORING_MASTER_KEY and
    MENTORING_KAFKA_… are those of applications.
    """
    from mentoring_allinone.backups import archive, restoring, servers
    from mentoring_common.observability import configure_logging
    from mentoring_common.settings import Settings

    configure_logging("WARNING")
    restored = told(servers.RestoreSettings)
    nothing = dict.fromkeys(
        ("database_url", "system_database_url", "token_issuer", "token_jwks_url"), "postgresql+asyncpg://"
    )
    settings = told(Settings, **nothing)
    book = ledger or folder.parent / LEDGER
    done = asyncio.run(
        restoring.restore(restored.restore_url, folder, archive.identities(key), book, settings, typer.echo)
    )
    typer.echo("The databases are in place. Start the services; they read again what was published.")
    for name in done.put_aside:
        typer.echo(f'  what was before is kept: DROP DATABASE "{name}" once you need it no more')
