"""What front ends use, as they install it, against the running system: `tests/clients`."""

import asyncio
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mentoring_common.testing import eventually

from .conftest import ROOT, SCOPES, Journey

CLIENTS = ROOT / "tests" / "clients"
SCHEMA = ROOT / "libs" / "contracts" / "src" / "mentoring_contracts" / "graphql" / "schema.graphql"
SCRIPTS = sorted(script.stem for script in CLIENTS.glob("*.mjs") if script.stem != "world")

pytestmark = pytest.mark.skipif(shutil.which("npm") is None, reason="needs Node.js")


def _run(*command: str, folder: Path = CLIENTS, **environment: str) -> None:
    done = subprocess.run(
        command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]


@pytest.fixture(scope="session")
def installed() -> None:
    """The clients of package-lock.json."""
    kept, lock = CLIENTS / "node_modules" / ".package-lock.json", CLIENTS / "package-lock.json"
    if not kept.exists() or kept.stat().st_mtime < lock.stat().st_mtime:
        _run("npm", "ci", "--no-audit", "--no-fund")


@pytest.fixture(scope="session")
async def told(stack: Any) -> dict[str, str]:
    """What the scripts are told: a programme of four applications, and a run that is over."""
    journey = Journey(stack, "")
    async with stack.call("platform:admin") as operator:
        named = {"name": "Front end", "slug": "front-end"}
        journey.tenant = (await operator.post("/applications/organisations", json=named)).json()["id"]
    await journey.begin()
    await journey.fill_pool()
    start = "mutation($c: UUID!) { startMatchRun(cohortId: $c) { id } }"
    run = (await journey.ask(start, c=journey.cohort_id))["startMatchRun"]["id"]

    async def over() -> Any:
        state = (await journey.ask("query($id: UUID!) { matchRun(id: $id) { state } }", id=run))["matchRun"]["state"]
        return state if state.upper() == "COMPLETED" else None

    return {
        "ENDPOINT": f"{stack.api_url}/graphql",
        "TOKEN": stack.token("organisation:admin", *SCOPES, tenant=journey.tenant),
        "PROGRAMME": journey.programme_id,
        "COHORT": journey.cohort_id,
        "RUN": run,
        "STATE": await eventually(over, what="the run"),
        "SCHEMA": str(SCHEMA),
    }


@pytest.fixture(scope="session")
def compiled(installed: None) -> None:
    """What Relay's compiler makes of its screens."""
    folder = CLIENTS / "relay"
    (folder / "__generated__").mkdir(exist_ok=True)
    shutil.copy(SCHEMA, folder / "schema.graphql")
    _run(str(CLIENTS / "node_modules" / ".bin" / "relay-compiler"), "relay.config.json", folder=folder)


@pytest.mark.parametrize("script", SCRIPTS)
async def test_a_client_works(compiled: None, told: dict[str, str], script: str) -> None:
    await asyncio.to_thread(_run, "node", f"{script}.mjs", **told)


def test_types_are_generated_and_strict(installed: None) -> None:
    binaries = CLIENTS / "node_modules" / ".bin"
    _run(str(binaries / "graphql-codegen"), "--config", "codegen.ts", folder=CLIENTS / "typed", SCHEMA=str(SCHEMA))
    _run(str(binaries / "tsc"), "--project", ".", folder=CLIENTS / "typed")


def test_what_the_document_shows_is_run_here() -> None:
    code = "\n".join(script.read_text("utf-8") for script in CLIENTS.glob("*.mjs"))
    shown = re.findall(r"```js\n(.*?)```", (ROOT / "docs" / "graphql.md").read_text("utf-8"), re.DOTALL)
    assert len(shown) > 5
    assert [piece for piece in shown if piece.strip() not in code] == []
