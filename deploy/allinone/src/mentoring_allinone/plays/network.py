"""A network above a programme: its office, which shares the blueprint, and its members, which share totals with it."""

from typing import Any, Final

import httpx

from mentoring_allinone.hands import ask, pages, until
from mentoring_allinone.plays.troupe import Troupe
from mentoring_allinone.scopes import PERSONAL

MEMBERS: Final = 48  # "in 48 countries"
_SHARING: Final = 3  # fewer are no total


async def as_member(troupe: Troupe, name: str) -> str:
    """The office publishes the blueprint, members join, and the organisation of the play adopts it; the programme."""
    operator = troupe.client("operator", "platform:admin")
    office = await _organisation(operator, "Network office", f"{name}-office")
    others = [await _organisation(operator, f"Member {n}", f"{name}-{n}") for n in range(2, MEMBERS + 1)]
    body = {"name": f"Network of {troupe.blueprint.title}", "office_id": office}
    network = (await ask(operator, "POST", "/applications/networks", json=body))["id"]
    await ask(_admin(troupe, office), "POST", f"/applications/networks/{network}/blueprints", json={"blueprint": name})
    for organisation in (troupe.organisation_id, *others):
        body = {"organisation_id": organisation}
        asked = await ask(_admin(troupe, office), "POST", f"/applications/networks/{network}/members", json=body)
        await ask(_admin(troupe, organisation), "POST", f"/applications/network-memberships/{asked['id']}/accept")
    troupe.facts["network", 0] = {"office": office, "network": network, "others": others}
    return await _adopt(troupe, troupe.organisation_id)


async def _organisation(operator: httpx.AsyncClient, name: str, slug: str) -> str:
    body = {"name": name, "slug": slug[-40:].strip("-")}
    return str((await ask(operator, "POST", "/applications/organisations", json=body))["id"])


def _admin(troupe: Troupe, organisation_id: str) -> httpx.AsyncClient:
    return troupe.client("administrator", "organisation:admin", *PERSONAL, tenant=organisation_id)


async def _adopt(troupe: Troupe, organisation_id: str) -> str:
    """The programme that a member makes of what it was given."""
    admin = _admin(troupe, organisation_id)

    async def given() -> list[Any]:
        return await pages(admin, "/applications/network-blueprints")

    (version,) = await until(given, "the blueprint of the network")
    made = await ask(admin, "POST", f"/applications/network-blueprints/{version['id']}/adopt", json={})
    return str(made["id"])


async def claim_network(troupe: Troupe) -> None:
    """The office reads a total of three members and no member's figures; the others' silence is known."""
    known = troupe.facts["network", 0]
    office, network = _admin(troupe, known["office"]), known["network"]
    await _share(troupe, network, troupe.organisation_id, troupe.programme_id)
    path = f"/evaluation/networks/{network}/totals"
    alone = await ask(office, "POST", f"{path}/issue")
    troupe.claim("one member that shares is no total", len(alone["totals"]), not alone["totals"])
    for organisation in known["others"][: _SHARING - 1]:
        programme = await _adopt(troupe, organisation)
        await troupe.settle()
        await _share(troupe, network, organisation, programme)
    await ask(office, "POST", f"{path}/issue")
    found = await ask(office, "GET", path)
    pairs = next((one["value"] for one in found["totals"] if one["name"] == "matched_pairs"), None)
    told = f"{pairs:g} pairs of {found['sharing']} members; {len(found['silent'])} of {found['members']} are silent"
    said = (found["members"], found["sharing"], len(found["silent"]), pairs)
    wanted = (MEMBERS, _SHARING, MEMBERS - _SHARING, len(troupe.pairs))
    troupe.claim("a network of 48, totals only", told, said == wanted)
    people = await pages(office, "/applications/people")
    programmes = await pages(office, "/applications/programmes")
    troupe.claim("the office sees no people and no programme", len(people) + len(programmes), not people + programmes)


async def _share(troupe: Troupe, network: str, organisation_id: str, programme_id: str) -> None:
    admin = _admin(troupe, organisation_id)
    made = await ask(admin, "POST", f"/evaluation/programmes/{programme_id}/reports", json={"kind": "network"})
    path = f"/evaluation/reports/{made['id']}"

    async def built() -> bool:
        return bool((await ask(admin, "GET", path))["state"] == "ready")

    await until(built, "the report to the network")
    await ask(admin, "POST", f"{path}/publish")
    await ask(admin, "POST", f"{path}/share", json={"network_id": network})
