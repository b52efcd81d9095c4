"""The doctors of all services, each as its own process, and what shows only over all of them."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from mentoring_allinone.failures import TopicsRefused, WronglyTold
from mentoring_allinone.installation import files
from mentoring_common.runner import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

ALL = "installation"
Told = Mapping[str, Mapping[str, str]]


async def examine_all(folder: Path) -> dict[str, list[Found]]:
    """What was found, by service, and under `installation` what is of all."""
    told = {name: files.environment_of(folder, name) for name in files.there(folder)}
    doctors = [name for name in told if name != "gateway"]
    own = await asyncio.gather(*(_own(name, told[name]) for name in doctors))
    return dict(zip(doctors, own, strict=True)) | {ALL: await _of_all(folder, told)}


async def _own(name: str, environment: Mapping[str, str]) -> list[Found]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"mentoring_{name}", "doctor", "--json",
        env=dict(environment), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, errors = await process.communicate()
    try:
        return [Found(**one) for one in json.loads(said)]
    except ValueError:
        last = (errors.decode(errors="replace").strip().splitlines() or ["no word"])[-1]
        return [Found("settings", "wrong", last, f"mend {name}.env: docs/settings.md has every setting")]


async def _of_all(folder: Path, told: Told) -> list[Found]:
    lacking = [name for name in files.SERVED if name not in told]
    remedy = f"mentoring settings {folder}"
    found = [Found("settings", "wrong", f"{', '.join(lacking)}: no settings", remedy)] if lacking else []
    for setting in ("TOKEN_ISSUER", "TOKEN_AUDIENCE", "KAFKA_BOOTSTRAP_SERVERS", "PUBLIC_URL"):
        found += _alike(told, f"MENTORING_{setting}")
    found += _apart(told, "MENTORING_MASTER_KEY", "give each service a key of its own: docs/production.md#keys")
    found += _apart(told, "MENTORING_CLIENT_SECRET", "give each service a secret of its own at the issuer")
    return found + _readable(folder) + await _versions(told) + await _topics(told)


def _values(told: Told, setting: str) -> list[str]:
    return [settings[setting] for settings in told.values() if settings.get(setting)]


def _alike(told: Told, setting: str) -> list[Found]:
    if len(set(_values(told, setting))) <= 1:
        return []
    return [Found("settings", "wrong", f"{setting} differs between services", "set one value for all")]


def _apart(told: Told, setting: str, remedy: str) -> list[Found]:
    values = _values(told, setting)
    if len(set(values)) == len(values):
        return [Found("settings", "ok", f"every service has a {setting} of its own")]
    return [Found("settings", "warning", f"services share a {setting}", remedy)]


def _readable(folder: Path) -> list[Found]:
    open_ = [path.name for path in sorted(folder.glob("*.env")) if path.stat().st_mode & 0o007]
    if not open_:
        return [Found("settings", "ok", "nobody but its account and group reads them")]
    return [Found("settings", "wrong", f"anybody may read {', '.join(open_)}", f"chmod o= {folder}/*.env")]


async def _versions(told: Told) -> list[Found]:
    """Which version each process runs; the gateway is where its own settings and its port say."""
    ours = version("mentoring-common")
    addresses = {name: _address(told, name) for name in told}
    async with httpx.AsyncClient(timeout=10) as http:
        answers = await asyncio.gather(*(_version(http, address) for address in addresses.values()))
    found = []
    for name, answer in zip(addresses, answers, strict=True):
        if answer is None:
            start = f"systemctl start mentoring@{name}, or see its log: journalctl -u mentoring@{name}"
            found.append(Found("versions", "wrong", f"{name} does not answer at {addresses[name]}", start))
        elif answer != ours:
            again = f"systemctl restart mentoring@{name}, once its database is migrated"
            found.append(Found("versions", "warning", f"{name} runs {answer}, installed is {ours}", again))
    return found or [Found("versions", "ok", f"every process runs {ours}")]


def _address(told: Told, name: str) -> str:
    setting = f"MENTORING_{name.upper()}_URL"
    named = {settings[setting] for settings in told.values() if settings.get(setting)}
    return next(iter(named), f"http://127.0.0.1:{told[name].get('PORT', files.FIRST_PORT)}")


async def _version(http: httpx.AsyncClient, address: str) -> str | None:
    try:
        return str((await http.get(f"{address}/version")).json()["version"])
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError):
        return None


async def _topics(told: Told) -> list[Found]:
    """What `mentoring topics plan` says, as whoever asks is allowed to see it."""
    from mentoring_allinone.generate import services
    from mentoring_allinone.told import reaching
    from mentoring_allinone.topics import cluster

    kafka = next(iter(_values(told, "MENTORING_KAFKA_BOOTSTRAP_SERVERS")), None)
    named = next((settings for settings in told.values() if settings.get("MENTORING_KAFKA_BOOTSTRAP_SERVERS")), {})
    with _as(named if "MENTORING_KAFKA_USERNAME" not in os.environ else {}):
        try:
            plan = await cluster.planned(reaching(kafka), services(), doing=False)
        except (TopicsRefused, WronglyTold) as error:
            said = f"topics and rules could not be compared: {error}"
            return [Found("topics", "warning", said, "mentoring topics plan, as a user who may see rules")]
    steps = [Found("topics", "warning", step, f"mentoring topics apply --kafka {kafka}") for step in plan.steps]
    left = [Found("topics", "warning", one, "docs/production.md#kafka") for one in plan.left]
    return steps + left or [Found("topics", "ok", "topics and rules are as `mentoring topics` has them")]


@contextmanager
def _as(settings: Mapping[str, str]) -> "Iterator[None]":
    """The settings of security in this process's environment, from which they are read."""
    given = {key: value for key, value in settings.items() if key.startswith("MENTORING_KAFKA_")}
    before = {key: os.environ.get(key) for key in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for key, value in before.items():
            os.environ.pop(key, None)
            if value is not None:
                os.environ[key] = value
