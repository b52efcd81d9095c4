"""A programme to try the API on: an organisation, its coordinator, a person who may apply, and a window open now."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from mentoring_allinone.looking import sign_in_link
from mentoring_allinone.stack import Stack
from mentoring_common.api_address import API

OPEN_DAYS = 90
_RIGHTS = ("applications:read", "applications:write")


@dataclass(frozen=True)
class Sample:
    """The ids of what was made."""

    tenant: str
    programme: str
    cohort: str
    coordinator: str
    applicant: str


async def sample_of(stack: Stack, data: Path) -> Sample:
    """The sample of a data folder, made the first time."""
    path = data / "sample.json"
    if not path.exists():
        made = await _make(stack)
        path.write_text(json.dumps(asdict(made), indent=1), "utf-8")
    return Sample(**json.loads(path.read_text("utf-8")))


async def _make(stack: Stack) -> Sample:
    async with stack.call("platform:admin") as operator:
        named = {"name": "Sample organisation", "slug": f"sample-{datetime.now(UTC):%Y%m%d%H%M%S}"}
        tenant = await _posted(operator, "organisations", named)
    async with stack.call("organisation:admin", *_RIGHTS, tenant=tenant) as admin:
        programme = await _posted(admin, "programmes", {"blueprint": "nihr", "title": "Sample programme"})
        opens = datetime.now(UTC)
        window = {"kind": "expression_of_interest", "starts_at": opens.isoformat()}
        window |= {"ends_at": (opens + timedelta(days=OPEN_DAYS)).isoformat()}
        planned = {"number": 1, "places": 10, "milestones": [window]}
        cohort = await _posted(admin, f"programmes/{programme}/cohorts", planned)
        people = [{"name": n, "email": f"{n.lower()}@example.org"} for n in ("Coordinator", "Applicant")]
        coordinator, applicant = [await _posted(admin, "people", person) for person in people]
        role = {"person_id": coordinator, "role": "coordinator"}
        await _posted(admin, f"programmes/{programme}/roles", role)
    return Sample(tenant, programme, cohort, coordinator, applicant)


async def _posted(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> str:
    answer = await client.post(f"/applications/{path}", json=body)
    answer.raise_for_status()
    return str(answer.json()["id"])


def lines(sample: Sample, address: str, data: Path) -> list[str]:
    """What a reader tries next."""
    given, base = f"--data {data} --tenant {sample.tenant}", address.removesuffix(API)
    return [
        f"Sample programme {sample.programme}; applications are open for {OPEN_DAYS} days from its making.",
        f"  apply       mentoring token {given} --subject {sample.applicant} --scope applications:write",
        f"              POST {address}/applications/programmes/{sample.programme}/applications",
        f"  coordinate  mentoring token {given} --subject {sample.coordinator} --scope applications:write",
        f"  console     as its coordinator {sign_in_link(base, sample.coordinator)}",
        f"              as the applicant   {sign_in_link(base, sample.applicant)}",
        f"  administer  mentoring token {given} --scope organisation:admin --scope applications:write",
    ]
