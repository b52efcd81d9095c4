"""How the sandbox is made: each step is a call of the public API with the token of whoever would make it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Protocol
from uuid import UUID

import httpx

from mentoring_allinone.failures import DemoFailed
from mentoring_allinone.hands import ask, pages, until
from mentoring_allinone.plays.forms import answers_of
from mentoring_allinone.scopes import PERSONAL
from mentoring_applications.programmes import blueprint as blueprints
from mentoring_contracts.words import Side

BLUEPRINT = "nihr"
OPEN_DAYS = 90
KEY_SCOPES = ("hr:provision", "applications:read", "applications:write", "integrations:read", "integrations:write")
# Number at their employer, name, employer, and on which side they apply. Mentor and mentee have different employers.
PEOPLE: Sequence[tuple[str, str, str, Side | None]] = (
    ("S-1", "Morgan Head", "employer", None),
    ("S-2", "Ines Mentor", "employer", "mentor"),
    ("S-3", "Tariq Mentor", "employer", "mentor"),
    ("S-4", "Lucy Mentee", "employer", "mentee"),
    ("S-1", "Other Head", "other_employer", None),
    ("S-2", "Yusuf Mentor", "other_employer", "mentor"),
    ("S-3", "Anna Mentee", "other_employer", "mentee"),
    ("S-4", "Piotr Mentee", "other_employer", "mentee"),
)


class System(Protocol):
    """What is called: a running installation whose issuer gives tokens for anybody."""

    def call(
        self, *scopes: str, tenant: UUID | str | None = None, subject: UUID | str = "operator"
    ) -> httpx.AsyncClient: ...


@dataclass(frozen=True)
class Sandbox:
    """The organisation, its employers and the `key` of the first, which stay; and what it is filled with."""

    organisation: str
    employer: str
    other_employer: str
    key: str
    programme: str = ""
    cohort: str = ""
    coordinator: str = ""
    people: dict[str, str] = field(default_factory=dict)  # ids by name
    pairs: list[str] = field(default_factory=list)


async def make(system: System, kept: Path) -> Sandbox:
    """Make the sandbox, which `kept` says from then on; DemoFailed where there is one already."""
    if kept.exists():
        raise DemoFailed(f"There is a sandbox, as {kept} says: fill it anew with `mentoring sandbox reset`.")
    empty = await _found(system)
    _keep(kept, empty)  # what fails from here on is mended by a reset
    return await _filled(system, kept, empty)


async def reset(system: System, kept: Path) -> Sandbox:
    """Erase everybody in the sandbox of `kept`, and fill it anew; nobody of another organisation is touched."""
    try:
        known = Sandbox(**json.loads(kept.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        raise DemoFailed(f"{kept} names no sandbox: make one with `mentoring sandbox make`.") from None
    async with _admin(system, known) as admin:
        for person in await pages(admin, "/applications/people"):
            await ask(admin, "DELETE", f"/applications/people/{person['id']}")
    return await _filled(system, kept, known)


def _admin(system: System, sandbox: Sandbox) -> httpx.AsyncClient:
    return system.call("organisation:admin", *PERSONAL, tenant=sandbox.organisation, subject="sandbox")


def _keep(path: Path, sandbox: Sandbox) -> None:
    path.touch(mode=0o600)  # it holds a key
    path.write_text(json.dumps(asdict(sandbox), indent=1), "utf-8")


async def _found(system: System) -> Sandbox:
    """The organisation with what stays in it."""
    now = f"{datetime.now(UTC):%Y%m%d%H%M%S%f}"
    async with system.call("platform:admin") as operator:
        organisation = await _made(operator, "organisations", name="Sandbox", slug=f"sandbox-{now}")
    async with system.call("organisation:admin", *PERSONAL, tenant=organisation, subject="sandbox") as admin:
        employer = await _made(admin, "employers", name="Sandbox Trust")
        other = await _made(admin, "employers", name="Other Trust")
        body = {"name": "HR system of the sandbox", "employer_id": employer, "scopes": list(KEY_SCOPES)}
        key = await ask(admin, "POST", "/applications/api-keys", json=body)
    return Sandbox(organisation, employer, other, key["key"])


async def _made(client: httpx.AsyncClient, what: str, **body: Any) -> str:
    return str((await ask(client, "POST", f"/applications/{what}", json=body))["id"])


async def _filled(system: System, kept: Path, empty: Sandbox) -> Sandbox:
    """People, a programme that takes applications, and pairs of which one has met."""
    async with _admin(system, empty) as admin:
        sandbox = await _programme(admin, await _people(admin, empty))
        await _apply(system, admin, sandbox)
        sandbox = replace(sandbox, pairs=await _pair_up(system, admin, sandbox))
        await _meet(system, admin, sandbox)
    _keep(kept, sandbox)
    return sandbox


async def _people(admin: httpx.AsyncClient, sandbox: Sandbox) -> Sandbox:
    """Two employers' people, of whom one is the line manager of the others."""
    ids = {}
    for number, name, employer, side in PEOPLE:
        body = {"name": name, "email": f"{name.lower().replace(' ', '.')}.{sandbox.organisation[:8]}@example.org"}
        if side is not None:
            body["line_manager_external_id"] = "S-1"
        path = f"/applications/people/by-external-id/{number}?employer_id={getattr(sandbox, employer)}"
        ids[name] = (await ask(admin, "PUT", path, json=body))["id"]
    return replace(sandbox, people=ids)


async def _programme(admin: httpx.AsyncClient, sandbox: Sandbox) -> Sandbox:
    programme = await _made(admin, "programmes", blueprint=BLUEPRINT, title="Sandbox programme")
    opens = datetime.now(UTC)
    window = {"kind": "expression_of_interest", "starts_at": opens.isoformat()}
    window |= {"ends_at": (opens + timedelta(days=OPEN_DAYS)).isoformat()}
    cohort = await _made(admin, f"programmes/{programme}/cohorts", number=1, places=50, milestones=[window])
    named = {"name": "Sandbox Coordinator", "email": f"coordinator.{sandbox.organisation[:8]}@example.org"}
    coordinator = await _made(admin, "people", **named)
    await _made(admin, f"programmes/{programme}/roles", person_id=coordinator, role="coordinator")
    return replace(sandbox, programme=programme, cohort=cohort, coordinator=coordinator)


def _sides(sandbox: Sandbox) -> dict[str, Side]:
    return {sandbox.people[name]: side for _, name, _, side in PEOPLE if side is not None}


async def _apply(system: System, admin: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Everybody with a side applies, and is accepted."""
    blueprint = blueprints.load(BLUEPRINT).usable()
    for person, side in _sides(sandbox).items():
        answers, consents = answers_of(blueprint, side, Random(side))
        body = {"role": side, "cohort_id": sandbox.cohort, "answers": answers, "consents": consents}
        async with system.call(*PERSONAL, tenant=sandbox.organisation, subject=person) as applicant:
            applied = await _made(applicant, f"programmes/{sandbox.programme}/applications", **body)
        await ask(admin, "POST", f"/applications/applications/{applied}/decision", json={"decision": "accept"})


async def _pair_up(system: System, admin: httpx.AsyncClient, sandbox: Sandbox) -> list[str]:
    """The cohort is matched, and everybody who is offered somebody accepts; the pairs' ids."""
    cohort, sides = f"/matching/cohorts/{sandbox.cohort}", _sides(sandbox)

    async def known() -> bool:
        answer = await admin.get(f"{cohort}/pool")
        if answer.status_code != 200:  # matching has not heard of the cohort yet
            return False
        members = answer.json()["items"]
        return len(members) == len(sides) and all(one["state"] != "pending_profile" for one in members)

    await until(known, "the pool")
    run = await ask(admin, "POST", f"{cohort}/runs", json={"seed": 1})

    async def completed() -> bool:
        state = (await ask(admin, "GET", f"/matching/runs/{run['id']}"))["state"]
        if state in ("failed", "cancelled"):
            raise DemoFailed(f"the matching run {state}")
        return bool(state == "completed")

    await until(completed, "the matching run")
    await ask(admin, "POST", f"/matching/runs/{run['id']}/approve", json={})
    offers = await pages(admin, "/matching/matches", cohort_id=sandbox.cohort, state="proposed")
    for offer in offers:
        for person in (offer["mentor_id"], offer["mentee_id"]):
            async with system.call(*PERSONAL, tenant=sandbox.organisation, subject=person) as one:
                await ask(one, "POST", f"/matching/matches/{offer['id']}/accept")
    return sorted(offer["id"] for offer in offers)


async def _meet(system: System, admin: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Everybody attends the orientation; the first pair meets."""

    async def begun() -> dict[str, Any] | None:
        found = await pages(admin, "/sessions/relationships", programme_id=sandbox.programme)
        return {one["match_id"]: one for one in found} if len(found) == len(sandbox.pairs) else None

    await until(begun, "the relationships")
    plan = {"kind": "orientation", "title": "Orientation", "mode": "online", "minutes": 60}
    plan |= {"starts_at": datetime.now(UTC).isoformat()}
    path = f"/sessions/programmes/{sandbox.programme}/activities"
    held = (await ask(admin, "POST", path, json=plan))["id"]
    here = {"person_ids": list(_sides(sandbox))}
    await ask(admin, "POST", f"/sessions/activities/{held}/attendance", json=here)

    async def active() -> dict[str, Any] | None:
        found = await begun()
        return found if found and all(one["state"] == "active" for one in found.values()) else None

    first = (await until(active, "the start of the relationships"))[sandbox.pairs[0]]
    meeting = {"held_at": datetime.now(UTC).isoformat(), "minutes": 60, "mode": "online"}
    async with system.call(*PERSONAL, tenant=sandbox.organisation, subject=first["mentee_id"]) as mentee:
        path = f"/sessions/relationships/{first['match_id']}/mentoring-sessions"
        await ask(mentee, "POST", path, json=meeting)

    async def heard() -> bool:
        found = await pages(admin, "/applications/pairs", programme_id=sandbox.programme)
        return len(found) == len(sandbox.pairs) and sum(one["minutes"] for one in found) == meeting["minutes"]

    await until(heard, "the news of it")
