"""`mentoring settings`, `migrate` and `doctor`: an installation as a whole, from its folder of settings."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="with a SERVICE.env of each service")]
HERE = Path("/etc/mentoring")


def settings(
    folder: Folder = HERE,
    env: Annotated[Path, typer.Option(help="what `make env` wrote, filled in")] = Path(".env"),
    database: Annotated[
        str, typer.Option(metavar="HOST:PORT[?ssl=verify-full]", help="PostgreSQL, or the folder of its socket")
    ] = "127.0.0.1:5432",
    kafka: Annotated[str, typer.Option(metavar="HOST:PORT[,…]", help="the brokers")] = "127.0.0.1:9092",
) -> None:
    """Write the settings of every service, for processes on this machine; those of its migration apart."""
    from mentoring_allinone.installation import files

    made = files.settings_of(files.read(env), files.Places(database, kafka))
    files.write(made, folder)
    typer.echo(f"{len(made)} files are in {folder}")


def migrate(
    folder: Folder = HERE,
    plan: Annotated[bool, typer.Option("--plan", help="say what it would do, and do nothing")] = False,
) -> None:
    """Migrate every database, one after the other; the first that fails ends it with exit status 1."""
    from mentoring_allinone.installation import files

    for service in files.there(folder, files.OWNER):
        command = [sys.executable, "-m", f"mentoring_{service}", "migrate", *(["--plan"] if plan else [])]
        environment = files.environment_of(folder, service + files.OWNER)
        told = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
        if told.returncode:
            last = (told.stderr.strip().splitlines() or ["no word"])[-1]
            typer.echo(f"mentoring: {service} was not migrated: {last}", err=True)
            raise typer.Exit(1)
        for line in told.stdout.splitlines() or ["migrated"]:
            typer.echo(f"{service:13} {line}")


def doctor(
    folder: Folder = HERE,
    as_json: Annotated[bool, typer.Option("--json", help="every finding, as JSON")] = False,
) -> None:
    """Say what is wrong with an installation, and what to type; exit status 1 where something is wrong."""
    from mentoring_allinone.installation import looking

    found = asyncio.run(looking.examine_all(folder))
    if as_json:
        typer.echo(json.dumps({part: [vars(one) for one in ones] for part, ones in found.items()}, indent=2))
    else:
        for part, ones in found.items():
            bad = [one for one in ones if one.level != "ok"]
            typer.echo(f"{part}: {len(ones)} things looked at, {len(bad) or 'none'} to do")
            for one in bad:
                typer.echo(f"  {one.line()}")
    raise typer.Exit(int(any(one.level == "wrong" for ones in found.values() for one in ones)))
