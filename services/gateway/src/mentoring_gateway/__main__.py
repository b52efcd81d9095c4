"""`python -m mentoring_gateway`: the gateway as a process of its own."""

import argparse


def arguments() -> argparse.ArgumentParser:
    """What the command takes."""
    parser = argparse.ArgumentParser(prog="mentoring_gateway")
    parser.add_argument("command", choices=["serve"], nargs="?", default="serve")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    return parser


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    parser = arguments()
    options = parser.parse_args()
    _serve(parser, options.host, options.port)


def _serve(parser: argparse.ArgumentParser, host: str, port: int) -> None:
    """Not at the top: help and mistakes are answered before anything of the gateway is loaded."""
    import asyncio
    import contextlib

    from mentoring_common.commands import serve, settings_or_error, told_in_one_line
    from mentoring_common.observability import configure_logging
    from mentoring_gateway.app import create_app
    from mentoring_gateway.settings import GatewaySettings

    settings = settings_or_error(GatewaySettings, parser)
    configure_logging(settings.log_level)
    # uvicorn stops in order on Ctrl-C and then raises it once more.
    with told_in_one_line(parser.prog), contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(create_app(settings), host, port))


if __name__ == "__main__":
    main()
