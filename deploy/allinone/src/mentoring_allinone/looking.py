"""After a play: the system goes on answering, and a link signs one in as each of those who took part."""

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console

from mentoring_allinone.scopes import PERSONAL
from mentoring_allinone.stack import Stack

_WHO = """query($programme: UUID!) { programme(id: $programme) {
  roles(first: 200) { nodes { personId role } }
  matches(last: 100) { nodes { mentorId menteeId state } } } }"""
_STANDING = ("confirmed", "closed", "ended")


def sign_in_link(base_url: str, person_id: str) -> str:
    """The console for one person: the issuer of this machine asks nobody whom a link names."""
    return f"{base_url}/console/?login_hint={person_id}"


async def links(stack: Stack, tenant: str, programme_id: str) -> dict[str, str]:
    """Links to the console for a coordinator, a mentor and a mentee of a programme, as far as it has them."""
    async with stack.call("organisation:admin", *PERSONAL, tenant=tenant) as admin:
        asked = {"query": _WHO, "variables": {"programme": programme_id}}
        found = (await admin.post("/graphql", json=asked)).raise_for_status().json()["data"]["programme"]
    return {who: sign_in_link(stack.base_url, person_id) for who, person_id in _people(found)}


def _people(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    roles = found["roles"]["nodes"]
    for role in ("coordinator", "programme_manager"):
        if held := [one for one in roles if one["role"] == role]:
            yield "coordinator", held[0]["personId"]
            break
    matches = [one for one in found["matches"]["nodes"] if one["state"] in _STANDING]
    if matches:
        last = max(matches, key=lambda one: -_STANDING.index(one["state"]))
        yield from (("mentor", last["mentorId"]), ("mentee", last["menteeId"]))


async def look_around(stack: Stack, out: Console, folder: Path, tenant: str, programme_id: str) -> None:
    """Say where everything is, and answer until Ctrl-C."""
    token = stack.token("organisation:admin", *PERSONAL, tenant=tenant, subject="you")
    (folder / "token.txt").write_text(token)
    out.print(f"\nStill serving: console {stack.base_url}/console/ · GraphiQL {stack.api_url}/graphql")
    for who, link in (await links(stack, tenant, programme_id)).items():
        out.print(f"  as {who:<12} {link}", highlight=False, soft_wrap=True)
    out.print(f"API documents {stack.api_url}/docs · mailbox {stack.base_url}/mailbox/")
    out.print(f"An administrator's token is in {folder / 'token.txt'} (Authorization: Bearer …). Ctrl-C stops it.")
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
