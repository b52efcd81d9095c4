"""The files of settings: `SERVICE.env` for what serves, `SERVICE-owner.env` for what migrates, from `.env`.

Lines of NAME='value', which systemd (`EnvironmentFile=`) and a shell (`set -a; . FILE`) both read.
"""

import os
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

from mentoring_allinone.failures import WronglyTold

SERVED = ("applications", "matching", "sessions", "evaluation", "integrations", "gateway")
WITH_DATABASE = SERVED[:-1]
FIRST_PORT = 8001  # of the first of them, the others' follow
METRICS_ABOVE = 1000  # the numbers of a service are at its port and so much
OWNER = "-owner"
_MAIL = ("SMTP_HOST", "SMTP_PORT", "SMTP_TLS", "SMTP_USERNAME", "SMTP_PASSWORD", "MAIL_SENDER")
_SERVER = re.compile(r"(?P<at>/[^?]*|[^/?\s:]+:\d+)(?P<options>\?[^\s]+)?")
_REALM = "/realms/mentoring"


@dataclass(frozen=True)
class Places:
    """Where the servers are: PostgreSQL at HOST:PORT or the folder of its socket, with options; Kafka."""

    database: str
    kafka: str


def read(path: Path) -> dict[str, str]:
    """What an environment file says; WronglyTold where it cannot be read."""
    try:
        with path.open(encoding="utf-8") as lines:
            return {name: value or "" for name, value in dotenv_values(stream=lines, interpolate=False).items()}
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "no text"
        raise WronglyTold(f"{path} cannot be read ({said}): `make env` writes one") from None


def settings_of(told: Mapping[str, str], places: Places) -> dict[str, dict[str, str]]:
    """The settings by name of the file without `.env`; WronglyTold names what `.env` lacks."""
    lacking = [name for name in _needed() if not told.get(name)]
    if lacking:
        raise WronglyTold(f"these lines of .env are missing or empty: {', '.join(lacking)}")
    made = {"gateway": _common(told, "gateway")}
    for service in WITH_DATABASE:
        made[service] = _common(told, service) | _own(told, places, service)
        made[service + OWNER] = {"MENTORING_OWNER_DATABASE_URL": _url(told, places, service, "owner")} | _trust(told)
    return made


def _needed() -> Iterator[str]:
    yield from ("KEYCLOAK_URL", "PUBLIC_URL", *(name for name in _MAIL if name not in _MAIL[3:5]))
    for service in WITH_DATABASE:
        own = ("OWNER_PASSWORD", "APP_PASSWORD", "SYSTEM_PASSWORD", "CLIENT_SECRET", "MASTER_KEY")
        yield from (f"{service.upper()}_{name}" for name in own)


def _common(told: Mapping[str, str], name: str) -> dict[str, str]:
    """What all are told, each with ports of its own, and last whatever `.env` says in the words of docs/settings.md."""
    issuer = told["KEYCLOAK_URL"].rstrip("/") + _REALM
    addresses = {f"MENTORING_{name.upper()}_URL": f"http://127.0.0.1:{_port(told, name)}" for name in WITH_DATABASE}
    return {
        "PORT": str(_port(told, name)),
        "MENTORING_METRICS_PORT": str(_port(told, name) + METRICS_ABOVE),
        "MENTORING_TOKEN_ISSUER": issuer,
        "MENTORING_TOKEN_JWKS_URL": f"{issuer}/protocol/openid-connect/certs",
        "MENTORING_PUBLIC_URL": told["PUBLIC_URL"],
        "MENTORING_FRONT_END_URL": told.get("FRONT_END_URL", ""),
        **addresses,
        **_trust(told),
        **{name: value for name, value in told.items() if name.startswith("MENTORING_")},
    }


def _port(told: Mapping[str, str], name: str) -> int:
    first = told.get("FIRST_PORT") or str(FIRST_PORT)
    if not first.isdecimal() or not 0 < int(first) < 2**16 - METRICS_ABOVE - len(SERVED):
        raise WronglyTold(f"FIRST_PORT in .env is no port: {first}")
    return int(first) + SERVED.index(name)


def _trust(told: Mapping[str, str]) -> dict[str, str]:
    """Whose certificate the database's has to be of, where that is said: the driver looks there."""
    return {name: told[name] for name in ("PGSSLROOTCERT",) if name in told}


def _own(told: Mapping[str, str], places: Places, service: str) -> dict[str, str]:
    prefix, issuer = service.upper(), told["KEYCLOAK_URL"].rstrip("/") + _REALM
    made = {
        "MENTORING_DATABASE_URL": _url(told, places, service, "app"),
        "MENTORING_SYSTEM_DATABASE_URL": _url(told, places, service, "system"),
        "MENTORING_KAFKA_BOOTSTRAP_SERVERS": places.kafka,
        "MENTORING_TOKEN_URL": told.get("MENTORING_TOKEN_URL", f"{issuer}/protocol/openid-connect/token"),
        "MENTORING_CLIENT_ID": f"mentoring-{service}",
        "MENTORING_CLIENT_SECRET": told[f"{prefix}_CLIENT_SECRET"],
        "MENTORING_MASTER_KEY": told[f"{prefix}_MASTER_KEY"],
        "MENTORING_OTHER_MASTER_KEYS": told.get(f"{prefix}_OTHER_MASTER_KEYS", ""),
    }
    mail = {f"MENTORING_{name}": told.get(name, "") for name in _MAIL} if service == "integrations" else {}
    return made | mail


def _url(told: Mapping[str, str], places: Places, service: str, role: str) -> str:
    found = _SERVER.fullmatch(places.database)
    if found is None:
        raise WronglyTold(f"{places.database!r} is no HOST:PORT of a PostgreSQL, nor the folder of its socket")
    who = f"mentoring_{service}_{role}:{told[f'{service.upper()}_{role.upper()}_PASSWORD']}"
    server, options = found["at"], (found["options"] or "").removeprefix("?")
    if server.startswith("/"):
        server, options = "", "&".join(filter(None, (f"host={server}", options)))
    return f"postgresql+asyncpg://{who}@{server}/mentoring_{service}" + (f"?{options}" if options else "")


def write(made: Mapping[str, Mapping[str, str]], folder: Path) -> None:
    """A file for each, for this account alone: they hold keys. One that is there is replaced at once."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        for name, settings in made.items():
            path = folder / f"{name}.env.new"
            path.unlink(missing_ok=True)
            path.touch(mode=0o600)
            path.write_text("".join(f"{key}={shlex.quote(value)}\n" for key, value in settings.items() if value))
            path.replace(folder / f"{name}.env")
    except OSError as error:
        raise WronglyTold(f"{folder} cannot be written ({error.strerror})") from error


def environment_of(folder: Path, name: str) -> dict[str, str]:
    """The environment of a process with the settings of a file, and none of this process's."""
    ours = {key: value for key, value in os.environ.items() if not key.startswith("MENTORING_")}
    kept = {key: os.environ[key] for key in ("MENTORING_BLUEPRINTS",) if key in os.environ}
    return ours | kept | read(folder / f"{name}.env")


def there(folder: Path, suffix: str = "") -> list[str]:
    """The services of which the folder has a file; WronglyTold where it has none."""
    found = [name for name in SERVED if (folder / f"{name}{suffix}.env").exists()]
    if not found:
        raise WronglyTold(f"{folder} holds no SERVICE{suffix}.env: `mentoring settings {folder}` writes them")
    return found
