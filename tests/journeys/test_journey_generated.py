"""Clients that are generated of the one OpenAPI document, as integrators do it, against the running system."""

import asyncio
import os
import shutil
import subprocess
import uuid

import httpx
import pytest

from .conftest import ROOT, SERVICES

CLIENTS = ROOT / "tests" / "clients"
SCOPES = [f"{service}:{right}" for service in SERVICES for right in ("read", "write")]
FIELD = {"id": "about", "kind": "text", "roles": ["mentor", "mentee"], "label": "About", "required": False}
BLUEPRINT = {
    "schema": 1, "id": "ours", "title": "Ours", "direction": "traditional", "form": {"version": 1, "fields": [FIELD]},
    "nominations": {"roles": ["mentee"], "by": ["hr"], "statement_required": False},
}  # fmt: skip
OPEN = {"kind": "expression_of_interest", "starts_at": "2020-01-01T00:00:00Z", "ends_at": "2099-01-01T00:00:00Z"}


def run(*command, folder, **environment):
    done = subprocess.run(
        list(map(str, command)), cwd=folder, env=os.environ | environment, capture_output=True, text=True, check=False,
        timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]


@pytest.fixture(scope="module")
async def told(stack):
    """What a script is told: a programme that takes nominations by HR, and tokens of HR and of the team."""
    async with stack.call("platform:admin", "applications:write") as operator:
        made = await operator.post("/applications/organisations", json={"name": "Ripon", "slug": "ripon-generated"})
    tenant = made.json()["id"]
    async with stack.call("organisation:admin", *SCOPES, tenant=tenant) as admin:
        employer = (await admin.post("/applications/employers", json={"name": "Ripon Trust"})).json()["id"]
        programme = (await admin.post("/applications/programmes", json={"blueprint": BLUEPRINT})).json()["id"]
        planned = {"number": 1, "places": 9, "milestones": [OPEN]}
        cohort = (await admin.post(f"/applications/programmes/{programme}/cohorts", json=planned)).json()["id"]
    claims = {"tenant": tenant, "employer": employer}
    return {
        "API": stack.api_url,
        "HR": stack.issuer.mint("hr", tenant, ["hr:provision", *SCOPES], extra=claims),
        "TEAM": stack.token("organisation:admin", *SCOPES, tenant=tenant),
        "PROGRAMME": programme,
        "COHORT": cohort,
    }


@pytest.fixture(scope="module")
async def document(stack, tmp_path_factory):
    """The document of the whole API, as the installation gives it to anybody."""
    path = tmp_path_factory.mktemp("openapi") / "openapi.json"
    async with httpx.AsyncClient() as anybody:
        path.write_bytes((await anybody.get(f"{stack.api_url}/openapi.json")).raise_for_status().content)
    return path


@pytest.mark.skipif(shutil.which("npm") is None, reason="needs Node.js")
async def test_openapi_typescript_and_openapi_fetch(told, document):
    folder, binaries = CLIENTS / "rest", CLIENTS / "node_modules" / ".bin"
    kept, lock = CLIENTS / "node_modules" / ".package-lock.json", CLIENTS / "package-lock.json"

    def made():
        if not kept.exists() or kept.stat().st_mtime < lock.stat().st_mtime:
            run("npm", "ci", "--no-audit", "--no-fund", folder=CLIENTS)
        run(binaries / "openapi-typescript", document, "--default-non-nullable=false", "-o", "api.d.ts", folder=folder)
        run(binaries / "tsc", "--project", ".", folder=folder)
        run("node", "made/journey.js", folder=folder, **told, WORD=f"ts{uuid.uuid4().hex}")

    await asyncio.to_thread(made)


@pytest.mark.skipif(shutil.which("mvn") is None, reason="needs Maven and Java 17")
async def test_openapi_generator_for_java(told, tmp_path):
    """Of the document of each service, as the installation gives it; `tests/contracts` compares the operations."""
    folder, documents = ROOT / "tests" / "contracts" / "java", tmp_path / "documents"
    documents.mkdir()
    async with httpx.AsyncClient() as anybody:
        for service in SERVICES:
            got = await anybody.get(f"{told['API']}/{service}/openapi.json")
            (documents / f"{service}.json").write_bytes(got.raise_for_status().content)

    def made():
        given = (f"-Dtarget={tmp_path / 'target'}", f"-Ddocuments={documents}", f"-Djourney={CLIENTS / 'java'}")
        run("mvn", "-q", "-B", "compile", *given, folder=folder)
        jars = (f"-Dmdep.outputFile={tmp_path / 'classpath'}", *given)
        run("mvn", "-q", "-B", "dependency:build-classpath", *jars, folder=folder)
        path = f"{tmp_path / 'target' / 'classes'}:{(tmp_path / 'classpath').read_text().strip()}"
        run("java", "-cp", path, "Journey", folder=tmp_path, **told, WORD=f"java{uuid.uuid4().hex}")

    await asyncio.to_thread(made)


async def test_openapi_python_client(told, document, tmp_path):
    """As `make client` makes the wheel `mentoring-client` of it, with nothing of the document left out."""
    folder, venv, uv = CLIENTS / "python", tmp_path / "made" / "venv", ROOT / ".venv" / "bin" / "uv"

    def made():
        run("sh", "wheel.sh", uv, tmp_path / "made", document, folder=folder)
        [wheel] = (tmp_path / "made" / "dist").glob("mentoring_client-*.whl")
        run(uv, "pip", "install", "-q", "--python", venv / "bin" / "python", wheel, folder=folder)
        run(venv / "bin" / "python", "journey.py", folder=folder, **told, WORD=f"py{uuid.uuid4().hex}")

    await asyncio.to_thread(made)
