"""The `mentoring` command."""

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
import uvloop
from rich.console import Console

from mentoring_allinone.failures import DemoFailed
from mentoring_common.embedded import EmbeddedServerError
from mentoring_common.embedded.issuer import DevIssuer
from mentoring_common.observability import configure_logging
from mentoring_matching.offline import match_command

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
) -> None:
    """Start the whole system on this machine and serve until Ctrl-C."""
    configure_logging("WARNING")
    uvloop.run(_serve(data, port, kafka))


async def _serve(data: Path, port: int | None, kafka: str | None) -> None:
    # Six services take seconds to load: the other commands do not wait for them.
    from mentoring_allinone.stack import Stack

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    stack = await Stack.start(data, port=port, kafka=kafka)
    (data / "address").write_text(stack.base_url)
    out.print(f"Mentoring is at {stack.base_url}", highlight=False)
    out.print(f"  REST     {stack.base_url}/applications/docs (and matching, sessions, evaluation, integrations)")
    out.print(f"  GraphQL  {stack.base_url}/graphql")
    out.print(f"  mailbox  {stack.base_url}/mailbox/")
    out.print(f"  events   {stack.broker.bootstrap_servers}")
    out.print("Ctrl-C stops it.")
    try:
        await stop.wait()
    finally:
        (data / "address").unlink(missing_ok=True)
        await stack.stop()


@app.command()
def demo(
    folder: Annotated[Path, typer.Option("--out", help="where the results go")] = Path("build/demo"),
    kafka: OwnKafka = None,
) -> None:
    """Play the NIHR Mentoring Programme 2022, from the first expression of interest to the published report."""
    # The demo draws charts and people: only who asks for it waits for that.
    from mentoring_allinone.demo.run import demo as play

    configure_logging("ERROR")
    if not uvloop.run(play(folder, out, kafka=kafka, serve=sys.stdout.isatty() and sys.stdin.isatty())):
        out.print("The figures do not agree with the scenario.", style="bold red")
        raise typer.Exit(1)


@app.command()
def token(
    scope: Annotated[list[str], typer.Option(help="repeat for several")],
    tenant: Annotated[str | None, typer.Option(help="id of the organisation; none for the operator")] = None,
    subject: Annotated[str, typer.Option(help="id of the person, or a name of a machine")] = "operator",
    employer: Annotated[str | None, typer.Option(help="id of the employer whose HR system this is")] = None,
    data: DataFolder = Path("var"),
) -> None:
    """Print an access token for the embedded stack that runs on the data folder."""
    typer.echo(_mint(data, subject, _id("--tenant", tenant), scope, employer=_id("--employer", employer)))


def _id(option: str, text: str | None) -> str | None:
    try:
        return None if text is None else str(UUID(text))
    except ValueError:
        raise typer.BadParameter(f"{option} is an id (a UUID).") from None


def _address(data: Path) -> str:
    address = data / "address"
    if not address.exists():
        raise EmbeddedServerError(f"No stack runs on {data}: start one with `mentoring up --data {data}`.")
    return address.read_text()


def _mint(data: Path, subject: str, tenant: str | None, scope: list[str], *, employer: str | None = None) -> str:
    issuer = DevIssuer(f"{_address(data)}/dev", "mentoring", data)
    claims: dict[str, Any] = {} if tenant else {"tenant": None}
    return issuer.mint(subject, tenant or "", scope, extra=claims | ({"employer": employer} if employer else {}))


app.command("match")(match_command)

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
    mine = token or _mint(data, "operator", _id("--tenant", tenant), ["organisation:admin"])
    found = list(audit.verdicts(url or _address(data), mine))
    for one in found:
        typer.echo(audit.line(one))
    raise typer.Exit(0 if all(one.intact for one in found) else 1)


@app.command("lint-report")
def lint_report(
    report: Annotated[Path, typer.Argument(metavar="REPORT.json", help="the published figures")],
    as_json: Annotated[bool, typer.Option("--json", help="print the findings as JSON")] = False,
) -> None:
    """Find faults in published figures; exit status 1 when there are any, 2 when the file cannot be read."""
    # Not at the top: `mentoring token` need not wait for it.
    from mentoring_evaluation import lint

    try:
        findings = lint.lint_report(lint.load_report(report))
    except lint.ReportUnreadable as error:
        typer.echo(f"mentoring: {error}", err=True)
        raise typer.Exit(2) from None
    found = {"findings": [finding.to_json() for finding in findings]}
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False) if as_json else lint.render_text(findings))
    raise typer.Exit(1 if findings else 0)


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
    except (EmbeddedServerError, DemoFailed) as error:
        typer.echo(f"mentoring: {error}", err=True)
        sys.exit(2)
    sys.exit(status)
