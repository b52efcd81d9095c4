"""How a service runs as a process of its own: `python -m mentoring_<service> [serve|migrate|restored|…]`.

What is asked for is read before anything of a service is loaded: help and mistakes are answered at once.
"""

import argparse
import importlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

COMMANDS = ("serve", "migrate", "restored", "replay", "verify-audit", "doctor", "erasures", "erase-again", "rewrap")


def arguments(name: str) -> argparse.ArgumentParser:
    """What the command of a service takes."""
    parser = argparse.ArgumentParser(prog=f"mentoring_{name}")
    parser.add_argument("command", choices=COMMANDS, nargs="?", default="serve")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--tenant", type=UUID, help="whose parked events are replayed, or whose audit log is verified")
    parser.add_argument("--plan", action="store_true", help="what migrate would do, and does not")
    parser.add_argument("--json", action="store_true", help="what doctor found, as JSON")
    parser.add_argument(
        "--ledger", type=argparse.FileType("r"), help="what erasures printed, for erase-again; the topic"
    )
    parser.add_argument("--by", default="operator", help="who replays, for the audit log")
    return parser


def main(name: str) -> None:
    """Serve until SIGTERM or Ctrl-C, migrate the database, have versions outgrow readers after it was restored, replay
    parked events, verify an audit log, say what is wrong with the installation, print the ledger of erasures, erase
    again who stands in it, or bring what is sealed under a new master key.
    """
    parser = arguments(name)
    options = parser.parse_args()
    if options.plan and options.command != "migrate":
        parser.error("--plan is of migrate")
    from mentoring_common import commands

    with commands.told_in_one_line(parser.prog):
        commands.run(name, lambda: _create_app(name), parser, options)


def _create_app(name: str) -> Callable[..., Any]:
    made: Callable[..., Any] = importlib.import_module(f"mentoring_{name}.app").create_app
    return made
