"""`mentoring sandbox make` and `reset`."""

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="An organisation to try an integration on, with people and pairs in it.")
DataFolder = Annotated[Path, typer.Option("--data", help="where the embedded stack keeps its data")]


@app.command()
def make(data: DataFolder = Path("var")) -> None:
    """Make the sandbox of the stack that runs on the data folder; prints what is in it, and its key, as JSON."""
    _told(data, again=False)


@app.command()
def reset(data: DataFolder = Path("var")) -> None:
    """Erase everybody in the sandbox and fill it anew, for the same organisation, employers and key."""
    _told(data, again=True)


def _told(data: Path, *, again: bool) -> None:
    # The form of a programme is read for it: the other commands do not wait for that.
    from mentoring_allinone.running import Running
    from mentoring_allinone.sandbox import making

    work = making.reset if again else making.make
    sandbox = asyncio.run(work(Running(data), data / "sandbox.json"))
    typer.echo(json.dumps(asdict(sandbox), indent=1))
