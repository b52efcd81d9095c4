"""`mentoring blueprint`: check files, show and begin blueprints, print the schema that editors complete by.

What a command needs is loaded by it: `mentoring token` waits for none of it.
"""

import json
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Programmes as data files: docs/blueprints.md describes every member.")


@app.command("check")
def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="YAML files")],
    strict: Annotated[bool, typer.Option("--strict", help="take half-translated texts for faults")] = False,
) -> None:
    """Say what is wrong with blueprints: a line for each fault, file:line:column. Exit status 2 where there is any."""
    wrong = [path for path in files if not _is_good(path, strict=strict)]
    raise typer.Exit(2 if wrong else 0)


def _is_good(path: Path, *, strict: bool) -> bool:
    from mentoring_applications.programmes import blueprint as blueprints

    try:
        found = blueprints.examine_text(path.read_bytes())
    except OSError as error:
        typer.echo(f"{path}: cannot be read ({error.strerror})", err=True)
        return False
    for one in found.faults:
        what = f"{one.fault.level}: {one.fault.pointer or '/'}: {one.fault.said} [{one.fault.code}]"
        typer.echo(f"{path}:{one.line}:{one.column}: {what}", err=True)
    if found.plan is not None:
        typer.echo(f"{path}: {found.plan.title}, {len(found.plan.cohorts)} cohorts: a programme can be made of it")
    return found.plan is not None and not (strict and found.faults)


@app.command("show")
def show(name: Annotated[str | None, typer.Argument(help="one that ships; without it, their names")] = None) -> None:
    """Print a blueprint that ships, with its comments."""
    from mentoring_applications.errors import BlueprintNotFound
    from mentoring_applications.programmes import blueprint as blueprints

    if name is None:
        for known in blueprints.names():
            typer.echo(known)
        return
    try:
        blueprints.load(name)
    except BlueprintNotFound:
        typer.echo(f"mentoring: no blueprint is called {name}; there are {', '.join(blueprints.names())}", err=True)
        raise typer.Exit(2) from None
    typer.echo((blueprints.folder() / f"{name}.yaml").read_text("utf-8"), nl=False)


@app.command("new")
def new(
    name: Annotated[str, typer.Argument(help="what it is called: letters, digits, - and _")],
    out: Annotated[Path | None, typer.Option("--out", help="the file; without it NAME.yaml here")] = None,
) -> None:
    """Begin a blueprint: a file with the least that a programme needs, and comments on the rest, in this folder."""
    from mentoring_applications.programmes import blueprint as blueprints

    path = out or Path(f"{name}.yaml")
    text = (resources.files("mentoring_allinone") / "starter.yaml").read_text("utf-8").replace("our-programme", name)
    if blueprints.examine_text(text).plan is None:
        typer.echo(
            f"mentoring: {name} is no name: one begins with a letter and has letters, digits, - and _; "
            "the file goes to --out",
            err=True,
        )
        raise typer.Exit(2)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        typer.echo(f"mentoring: {path}: {error.strerror}", err=True)
        raise typer.Exit(2) from None
    typer.echo(f"{path} is there; when it is as you want it: mentoring blueprint check {path}")


@app.command("schema")
def print_schema() -> None:
    """Print the JSON Schema of blueprints, for editors (`# yaml-language-server: $schema=…`)."""
    from mentoring_contracts.blueprint import schema

    typer.echo(json.dumps(schema(), indent=1, ensure_ascii=False))
