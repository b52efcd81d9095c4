"""The `mentoring` command."""

import asyncio
import json
import shlex
import signal
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer
import uvloop
from rich.console import Console

from mentoring_allinone import blueprints
from mentoring_allinone.backups import command as backups
from mentoring_allinone.backups.errors import BackupFailed
from mentoring_allinone.failures import DemoFailed, TopicsRefused, WronglyTold
from mentoring_allinone.installation import command as installation
from mentoring_allinone.running import address_of, mint
from mentoring_allinone.sandbox import command as sandbox
from mentoring_allinone.scopes import unknown
from mentoring_allinone.topics import command as topics
from mentoring_common.embedded import EmbeddedServerError
from mentoring_matching.offline import match_command

if TYPE_CHECKING:
    from mentoring_allinone.stack import Stack
    from mentoring_evaluation.lint import Document

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Runs mentoring programmes."
)
out = Console()
DataFolder = Annotated[Path, typer.Option("--data", help="where the embedded stack keeps its data")]
OwnKafka = Annotated[str | None, typer.Option("--kafka", metavar="HOST:PORT", help="a broker of one's own")]


@app.command()
def up(
    data: DataFolder = Path("var"),
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="instead of a free one")] = None,
    kafka: OwnKafka = None,
    sample: Annotated[bool, typer.Option("--sample", help="make a programme that takes applications now")] = False,
    metrics: Annotated[
        int, typer.Option("--metrics-port", min=0, max=65535, help="port of /metrics; without it nothing is counted")
    ] = 0,
    write_env: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="where SERVICE.env goes, to be sourced for a service's commands"),
    ] = None,
) -> None:
    """Start the whole system on this machine and serve until Ctrl-C."""
    from mentoring_common.observability import configure_logging

    configure_logging("WARNING")
    uvloop.run(_serve(data, port, kafka, metrics, sample=sample, write_env=write_env))


async def _serve(
    data: Path, port: int | None, kafka: str | None, metrics: int, *, sample: bool, write_env: Path | None
) -> None:
    # Six services take seconds to load: the other commands do not wait for them.
    from mentoring_allinone.stack import Stack

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    stack = await Stack.start(data, port=port, kafka=kafka, metrics_port=metrics)
    (data / "address").write_text(stack.base_url)
    out.print(f"Mentoring is at {stack.base_url}", highlight=False)
    out.print(f"  console  {stack.base_url}/console/")
    out.print(f"  REST     {stack.api_url}/docs")
    out.print(f"  GraphQL  {stack.api_url}/graphql")
    out.print(f"  mailbox  {stack.base_url}/mailbox/")
    out.print(f"  events   {stack.broker.bootstrap_servers}")
    if metrics:
        out.print(f"  numbers  http://127.0.0.1:{metrics}/metrics")
    try:
        if write_env is not None:
            _write_environments(stack, write_env)
        if sample:
            await _show_sample(stack, data)
        out.print("Ctrl-C stops it.")
        await stop.wait()
    finally:
        (data / "address").unlink(missing_ok=True)
        await stack.stop()


def _write_environments(stack: "Stack", folder: Path) -> None:
    """A file for each service and for who backs up, for this account alone: it holds keys."""
    told = {name: stack.environment(name) for name in stack.settings}
    told["operator"] = {"MENTORING_BACKUP_URL": stack.postgres.dsn("postgres")}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, environment in told.items():
            lines = (f"export {key}={shlex.quote(value)}\n" for key, value in environment.items())
            path = folder / f"{name}.env"
            path.touch(mode=0o600)
            path.write_text("".join(lines))
    except OSError as error:
        raise EmbeddedServerError(f"{folder} cannot be written ({error.strerror}): see --write-env.") from error
    out.print(f"  settings {folder}/SERVICE.env", highlight=False, soft_wrap=True)


async def _show_sample(stack: "Stack", data: Path) -> None:
    from mentoring_allinone import sample

    for line in sample.lines(await sample.sample_of(stack, data), stack.api_url, data):
        out.print(line, highlight=False, soft_wrap=True)


@app.command()
def demo(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="which programme; --list names them")] = "nihr",
    folder: Annotated[Path | None, typer.Option("--out", help="where the results go; build/demo")] = None,
    kafka: OwnKafka = None,
    listed: Annotated[bool, typer.Option("--list", help="name the programmes that can be played")] = False,
) -> None:
    """Play a programme from its first application to its report: the NIHR Mentoring Programme 2022, or another."""
    # The demo draws charts and people: only who asks for it waits for that.
    from mentoring_allinone import plays
    from mentoring_common.observability import configure_logging

    configure_logging("ERROR")
    if listed:
        for line in plays.listed():
            typer.echo(line)
        return
    if not uvloop.run(_played(name, folder, kafka)):
        out.print("Not everything was found as it should be.", style="bold red")
        raise typer.Exit(1)


async def _played(name: str, folder: Path | None, kafka: str | None) -> bool:
    serve = sys.stdout.isatty() and sys.stdin.isatty()
    if name == "nihr":
        from mentoring_allinone.demo.run import demo as nihr

        return await nihr(folder or Path("build/demo"), out, kafka=kafka, serve=serve)
    from mentoring_allinone.plays.run import play

    return await play(name, folder or Path("build/demo") / name, out, kafka, serve=serve)


@app.command()
def token(
    scope: Annotated[list[str], typer.Option(help="repeat for several")],
    tenant: Annotated[str | None, typer.Option(help="id of the organisation; none for the operator")] = None,
    subject: Annotated[str, typer.Option(help="id of the person, or a name of a machine")] = "operator",
    employer: Annotated[str | None, typer.Option(help="id of the employer whose HR system this is")] = None,
    data: DataFolder = Path("var"),
) -> None:
    """Print an access token for the embedded stack that runs on the data folder."""
    for wrong in unknown(scope):
        raise typer.BadParameter(f"{wrong}.")
    typer.echo(mint(data, subject, _id("--tenant", tenant), scope, employer=_id("--employer", employer)))


def _id(option: str, text: str | None) -> str | None:
    try:
        return None if text is None else str(UUID(text))
    except ValueError:
        raise typer.BadParameter(f"{option} is an id (a UUID).") from None


app.command("match")(match_command)
app.command("settings")(installation.settings)
app.command("migrate")(installation.migrate)
app.command("doctor")(installation.doctor)
app.command("backup")(backups.backup)
app.command("backup-key")(backups.backup_key)
app.command("erasures")(backups.erasures)
app.command("restore")(backups.restore)

app.add_typer(blueprints.app, name="blueprint")
app.add_typer(sandbox.app, name="sandbox")
app.add_typer(topics.app, name="topics")

audit_app = typer.Typer(no_args_is_help=True, help="The audit log.")
app.add_typer(audit_app, name="audit")


@audit_app.command("verify")
def verify_audit(
    tenant: Annotated[str, typer.Option(help="id of the organisation")],
    url: Annotated[str | None, typer.Option(help="address of an installation; without it the embedded stack")] = None,
    token: Annotated[
        str | None, typer.Option(envvar="MENTORING_TOKEN", help="an organisation admin's token, with --url")
    ] = None,
    data: DataFolder = Path("var"),
) -> None:
    """Say whether an organisation's audit log is whole in every service; exit status 1 where one is broken."""
    from mentoring_allinone import audit  # six services take a moment to load: the other commands do not wait

    if url is not None and token is None:
        raise typer.BadParameter("--url needs --token, or MENTORING_TOKEN in the environment.")
    mine = token or mint(data, "operator", _id("--tenant", tenant), ["organisation:admin"])
    found = list(audit.verdicts(url or address_of(data), mine))
    for one in found:
        typer.echo(audit.line(one))
    if not any(one.entries or one.anchors for one in found):
        typer.echo("mentoring: nothing is kept of this organisation: is the id right?", err=True)
        raise typer.Exit(1)
    raise typer.Exit(0 if all(one.intact for one in found) else 1)


class _Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    HTML = "html"


@app.command("lint-report")
def lint_report(
    report: Annotated[Path, typer.Argument(metavar="REPORT", help="JSON, CSV, XLSX or HTML; - reads what is pasted")],
    form: Annotated[_Format, typer.Option("--format", help="how the findings are printed")] = _Format.TEXT,
    as_json: Annotated[bool, typer.Option("--json", help="the same as --format json")] = False,
    column: Annotated[
        list[str] | None, typer.Option(metavar="HEAD=MEANING", help="what a column of a table means, by head or letter")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask whether a table was read right")] = False,
    describe: Annotated[bool, typer.Option("--describe", help="print what was read, to be corrected, and end")] = False,
) -> None:
    """Find faults in published figures; exit status 1 when there are any, 2 when the file cannot be read."""
    # Not at the top: `mentoring token` need not wait for it.
    from mentoring_evaluation import lint

    said = dict(_meaning(one) for one in column or [])
    pasted = str(report) == "-"
    try:
        content = sys.stdin.buffer.read() if pasted else None
        found = lint.load_document(report, said) if content is None else lint.read_document(content, "the text", said)
    except lint.ReportUnreadable as error:
        typer.echo(f"mentoring: {error}", err=True)
        raise typer.Exit(2) from None
    if describe:
        written = found.report.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        typer.echo(json.dumps({"schema": lint.SCHEMA} | written, indent=2, ensure_ascii=False))
        raise typer.Exit(0)
    _shown_as_read(found, ask=not (yes or pasted) and sys.stdin.isatty())
    findings, checked = lint.faults(found.report), lint.coverage(found.report)
    form = _Format.JSON if as_json else form
    if form is _Format.TEXT:
        typer.echo(lint.render_text(findings, checked.in_words()))
    elif form is _Format.HTML:
        title = f"The figures of {'the text' if pasted else report.name}"
        typer.echo(lint.page(title, found.report, findings, checked, found.grids, found.guesses))
    else:
        rows_are_lines = report.suffix.lower() in (".csv", ".tsv", ".txt")
        document = (
            lint.sarif(findings, report.name, checked, lines=rows_are_lines)
            if form is _Format.SARIF
            else {
                "findings": [finding.to_json() for finding in findings],
                "coverage": checked.to_json(),
                "read_as": [guess.in_words() for guess in found.guesses],
            }
        )
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
    raise typer.Exit(1 if findings else 0)


@app.command()
def recompute(
    archive: Annotated[Path, typer.Argument(metavar="ARCHIVE", help="a report's ZIP, or the folder it is unpacked to")],
) -> None:
    """Count the figures of a report again from its tables; exit status 1 when one differs, 2 when it cannot be read."""
    # Not at the top: `mentoring token` need not wait for it.
    from mentoring_evaluation.reports.packing import NotAnArchive
    from mentoring_evaluation.reports.recomputing import recomputed

    try:
        views = recomputed(archive)
    except (NotAnArchive, OSError) as error:
        said = error.strerror if isinstance(error, OSError) else error
        typer.echo(f"mentoring: {archive}: {said}", err=True)
        raise typer.Exit(2) from None
    for view in views:
        for one in view.differ:
            typer.echo(one)
        typer.echo(view.in_words())
    raise typer.Exit(1 if any(view.differ for view in views) else 0)


def _meaning(said: str) -> tuple[str, str]:
    head, mark, meaning = said.rpartition("=")
    if not mark or not head.strip():
        raise typer.BadParameter("--column takes HEAD=MEANING, such as --column 'Base=n'.")
    return head.strip(), meaning.strip()


def _shown_as_read(found: "Document", *, ask: bool) -> None:
    """What the columns of a table were taken for, on the other stream than the findings; one may say no."""
    if not found.grids:
        return
    for guess in found.guesses:
        typer.echo(f"read as: {guess.in_words()}", err=True)
    if found.skipped:
        few = ", ".join(found.skipped[:5]) + (", …" if len(found.skipped) > 5 else "")
        typer.echo(f"not read as figures: {few}", err=True)
    if ask and not typer.confirm("Is it read right?", default=True, err=True):
        typer.echo("Say what a column means with --column HEAD=MEANING, or correct what --describe prints.", err=True)
        raise typer.Exit(2)


def main() -> None:
    """Run the command; what the user can mend is one line and exit status 2."""
    # The address is wanted at once, also by a program that reads it through a pipe.
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    try:
        status = app(standalone_mode=False)
    except typer.TyperException as error:
        text = error.format_message()
        if len(sys.argv) > 1:
            text = f"mentoring: {' '.join(text.split())} (see `mentoring --help`)"
        typer.echo(text, err=True)  # without a command it is the help
        sys.exit(2)
    except typer.Abort:
        sys.exit(130)
    except (EmbeddedServerError, DemoFailed, BackupFailed, TopicsRefused, WronglyTold) as error:
        typer.echo(f"mentoring: {error}", err=True)
        sys.exit(2)
    sys.exit(status)
