"""`mentoring topics plan` and `apply`."""

import asyncio
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="The topics of the services on a Kafka, and who may do what there.")
Kafka = Annotated[
    str | None, typer.Option("--kafka", metavar="HOST:PORT", help="brokers; MENTORING_KAFKA_BOOTSTRAP_SERVERS")
]
SOMETHING_TO_DO = 3


@app.command()
def plan(kafka: Kafka = None) -> None:
    """Say what the brokers lack, have otherwise or too much; exit status 3 where there is something to do.

    Security is told as to a service, by MENTORING_KAFKA_SECURITY_PROTOCOL and the settings after it.
    """
    raise typer.Exit(SOMETHING_TO_DO if _answered(kafka, doing=False) else 0)


@app.command()
def apply(kafka: Kafka = None) -> None:
    """Do what `plan` says. No topic is deleted, nor a partition; what is left to you is said.

    Security is told as to a service, by MENTORING_KAFKA_SECURITY_PROTOCOL and the settings after it.
    """
    _answered(kafka, doing=True)


def _answered(kafka: str | None, *, doing: bool) -> bool:
    """Prints the plan, once it is done where that is asked for; whether there is, or was, something to do."""
    # Six services take seconds to load: the other commands do not wait for them.
    from mentoring_allinone.generate import services
    from mentoring_allinone.told import reaching
    from mentoring_allinone.topics import cluster

    settings = reaching(kafka)
    found = asyncio.run(cluster.planned(settings, services(), doing=doing))
    for line in found.steps or ["nothing to do"]:
        typer.echo(line)
    for line in found.left:
        typer.echo(f"left      {line}")
    return bool(found.steps)
