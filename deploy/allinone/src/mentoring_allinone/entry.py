"""Where the `mentoring` command begins: what is wrong with the installation is said in one line."""

import sys


def main() -> None:
    """Run the command line; exit status 2 where Python is too old or a part is missing."""
    if sys.version_info < (3, 11):  # noqa: UP036  installers can be told to ignore what the package asks for
        sys.exit(_refuse("Python 3.11 or newer is needed: run `make install PYTHON=python3.x` with such a one."))
    try:
        from mentoring_allinone.cli import main as run
    except ModuleNotFoundError as error:
        sys.exit(_refuse(f"{error.name} is not installed: run `make install`."))
    run()


def _refuse(text: str) -> int:
    sys.stderr.write(f"mentoring: {text}\n")
    return 2
