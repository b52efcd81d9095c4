"""Promises about the whole system that no single service can keep."""

import difflib
import importlib
import re
from itertools import islice
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from sqlalchemy.ext.asyncio import create_async_engine

from mentoring_allinone import generate, service_map
from mentoring_allinone.stack import WITH_DATABASE
from mentoring_common import migrations, problems
from mentoring_common.auth import Allow, Public
from mentoring_common.databases import provision
from mentoring_common.errors import error_classes
from mentoring_common.versions import AnyVersioned, Dated
from mentoring_contracts import event_classes

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def built():
    return generate.services()


def rules(dependant: Dependant):
    """The authorisation rules among a route's dependencies."""
    found = [dependant.call] if isinstance(dependant.call, Allow | Public) else []
    for sub in dependant.dependencies:
        found += rules(sub)
    return found


def test_no_route_without_an_authorisation_rule(built):
    open_routes = [
        f"{name} {sorted(route.methods)} {route.path}"
        for name, service in built.items()
        for router in service.design.routers
        for route in router.routes
        if isinstance(route, APIRoute) and not rules(route.dependant)
    ]
    assert open_routes == []


def test_every_public_route_says_why(built):
    for service in built.values():
        for router in service.design.routers:
            for route in router.routes:
                for rule in rules(route.dependant):
                    assert not isinstance(rule, Public) or len(rule.because) > 10


def test_every_event_has_a_reader_or_a_reason(built):
    lonely = [c.__name__ for c in event_classes() if not service_map.readers(c, built) and not c.for_integrators]
    assert lonely == []


def test_generated_files_are_fresh():
    stale = {}
    for path, text in generate.documents():
        kept = path.read_text(encoding="utf-8") if path.exists() else ""
        if kept != text:
            lines = difflib.unified_diff(kept.splitlines(), text.splitlines(), "kept", "made", n=1, lineterm="")
            stale[str(path.relative_to(ROOT))] = list(islice(lines, 12))
    assert stale == {}, "run `make generate`"


def test_a_code_has_one_meaning_whichever_service_says_it():
    meanings = {}
    for cls in error_classes():
        meanings.setdefault(cls.code, set()).add((problems.status_of(cls()), cls.title()))
    assert {code: said for code, said in meanings.items() if len(said) > 1} == {}


@pytest.mark.parametrize("service", sorted(WITH_DATABASE))
async def test_every_table_is_behind_row_level_security(superuser_url, service):
    urls = await provision(superuser_url, service, database=f"mentoring_{service}_architecture")
    await migrations.upgrade(urls.owner, service)
    engine = create_async_engine(urls.owner)
    query = """
        SELECT relname, relrowsecurity AND relforcerowsecurity AS walled,
               EXISTS (SELECT 1 FROM pg_policy WHERE polrelid = c.oid) AS policy,
               EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = c.oid AND attname = 'tenant_id') AS tenant
        FROM pg_class c WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
    """
    async with engine.connect() as connection:
        tables = (await connection.execute(sa.text(query))).all()
    await engine.dispose()
    assert len(tables) > 10
    bare = [t.relname for t in tables if not (t.walled and t.policy and t.tenant) and t.relname != "alembic_version"]
    assert bare == []


@pytest.mark.parametrize("service", sorted(WITH_DATABASE))
async def test_models_and_migrations_agree(superuser_url, service):
    urls = await provision(superuser_url, service, database=f"mentoring_{service}_drift")
    await migrations.upgrade(urls.owner, service)
    engine = create_async_engine(urls.app)
    assert await migrations.differences(engine, service) == []
    await engine.dispose()


@pytest.mark.parametrize("service", sorted(WITH_DATABASE))
async def test_every_version_is_counted_by_the_database(superuser_url, service):
    urls = await provision(superuser_url, service, database=f"mentoring_{service}_versions")
    await migrations.upgrade(urls.owner, service)
    base = importlib.import_module(f"mentoring_{service}.models").Base
    versioned = {cls.__tablename__ for cls in base.__subclasses__() if issubclass(cls, AnyVersioned)}
    counted = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname IN ('count_version', 'count_revision')"
    noted = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'note_change'"
    engine = create_async_engine(urls.owner)
    async with engine.connect() as connection:
        found, dated = [set((await connection.scalars(sa.text(asked))).all()) for asked in (counted, noted)]
    await engine.dispose()
    assert found == versioned != set()
    assert dated == {cls.__tablename__ for cls in base.__subclasses__() if issubclass(cls, Dated)}


def test_nothing_names_this_machine_or_a_registry():
    hosts = "|".join(
        h.replace("~", r"\.") for h in ("pypi~org", "pythonhosted~org", "npmjs~org", "registry~npmjs", "repo1~maven")
    )
    pattern = re.compile(rf"({hosts})|(^|[^A-Za-z0-9_.])/(work|root)/[A-Za-z.]")
    texts = [
        p for p in ROOT.rglob("*") if p.suffix in {".py", ".md", ".toml", ".yml", ".yaml", ".lock", ".xml", ".cfg"}
    ]
    skipped = {".venv", "build", "target", "var", "node_modules", ".git"}
    found = [
        f"{path.relative_to(ROOT)}: {line[:80]}"
        for path in texts
        if not skipped & set(path.relative_to(ROOT).parts) and path.name != "uv.lock"  # not kept in the repository
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
        if pattern.search(line)
    ]
    assert found == []


def test_readme_is_short():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150
