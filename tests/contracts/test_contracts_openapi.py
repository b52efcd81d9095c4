"""What the OpenAPI documents promise whoever generates a client from them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from jsonschema import Draft202012Validator, FormatChecker

from mentoring_allinone import generate
from mentoring_common.idempotency import UNSAFE
from mentoring_common.unit_of_work import Route

HERE = Path(__file__).resolve().parent
DOCUMENTS = generate.CONTRACTS / "openapi"


@pytest.fixture(scope="module")
def built():
    return generate.services()


@pytest.fixture(scope="module")
def documents(built):
    return {name: service.app.openapi() for name, service in built.items()}


def operations(document):
    return [(path, m.upper(), op) for path, methods in document["paths"].items() for m, op in methods.items()]


def test_every_route_refuses_what_it_does_not_know(built):
    others = [
        f"{name} {route.path}"
        for name, service in built.items()
        for router in service.design.routers
        for route in router.routes
        if isinstance(route, APIRoute) and not isinstance(route, Route)
    ]
    assert others == []


def test_services_that_are_built_again_have_the_same_documents(documents):
    again = {name: service.app.openapi() for name, service in generate.services().items()}
    assert [name for name in again if again[name] != documents[name]] == []


def test_operations_have_names_for_methods_and_a_described_tag(documents):
    for document in documents.values():
        names = [operation["operationId"] for _, _, operation in operations(document)]
        assert len(names) == len(set(names))
        assert [name for name in names if not re.fullmatch(r"[a-z]+(_[a-z]+)+", name)] == []
        assert [tag["name"] for tag in document["tags"] if tag["description"] == tag["name"]] == []


def test_a_body_that_is_no_json_is_a_file_to_generators(documents):
    """Otherwise openapi-python-client makes a method of it that fails at every call."""
    bodies = [
        (op["operationId"], kind, content["schema"])
        for document in documents.values()
        for _, _, op in operations(document)
        for kind, content in op.get("requestBody", {}).get("content", {}).items()
        if "json" not in kind
    ]
    assert {name for name, _, _ in bodies} >= {"import_people", "resume_import", "check_blueprint"}
    assert [(name, kind) for name, kind, schema in bodies if schema.get("format") != "binary"] == []


def test_members_and_parameters_are_described(documents):
    """Say it in the schema, or in words.toml of the contracts."""
    silent = [
        f"{service} {owner}.{member}"
        for service, document in documents.items()
        for owner, schema in document["components"]["schemas"].items()
        for member, said in schema.get("properties", {}).items()
        if not said.get("description")
    ]
    silent += [
        f"{service} {operation['operationId']} {parameter['name']}"
        for service, document in documents.items()
        for _, _, operation in operations(document)
        for parameter in operation.get("parameters", ())
        if not parameter.get("description")
    ]
    assert silent == []


def test_operations_say_what_they_refuse(documents):
    for document in documents.values():
        for path, method, operation in operations(document):
            answers = operation["responses"].keys()
            assert {"422", "default"} <= answers
            assert ({"401", "403"} <= answers) is bool(operation.get("security")), path
            assert "404" in answers or "{" not in path
            assert "409" in answers or method not in UNSAFE


def test_every_body_has_an_example_that_the_route_takes(built, documents):
    seen = 0
    for name, service in built.items():
        for context in iter_route_contexts(service.app.router.routes):
            operation = (
                documents[name]["paths"].get(context.path_format, {}).get(min(context.methods or [""]).lower(), {})
            )
            for content in operation.get("requestBody", {}).get("content", {}).values():
                schema = content["schema"] | {"components": documents[name]["components"]}
                checker = Draft202012Validator(schema, format_checker=FormatChecker())
                wrong = [error.message for error in checker.iter_errors(content["example"])]
                if context.body_field is not None:
                    wrong += context.body_field.validate(content["example"], {}, loc=("body",))[1] or []
                assert wrong == [], operation["operationId"]
                seen += 1
    assert seen > 60


def run(*command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]


@pytest.mark.skipif(shutil.which("npm") is None, reason="needs Node.js")
def test_the_linter_of_openapi_finds_nothing():
    folder = HERE / "spectral"
    kept, lock = folder / "node_modules" / ".package-lock.json", folder / "package-lock.json"
    if not kept.exists() or kept.stat().st_mtime < lock.stat().st_mtime:
        run("npm", "ci", "--no-audit", "--no-fund", folder=folder)
    found = sorted(map(str, DOCUMENTS.glob("*.json")))
    linter = folder / "node_modules" / ".bin" / "spectral"
    run(linter, "lint", "--ruleset", "ruleset.yaml", "--fail-severity", "hint", *found, folder=folder)


@pytest.mark.skipif(shutil.which("mvn") is None, reason="needs Maven and Java 17")
def test_a_java_client_is_generated_and_compiles(documents, tmp_path):
    run("mvn", "-q", "-B", "compile", f"-Dtarget={tmp_path}", f"-Ddocuments={DOCUMENTS}", folder=HERE / "java")
    for name, document in documents.items():
        written = "".join(p.read_text() for p in (tmp_path / name).rglob(f"mentoring/{name}/api/*.java"))
        # What services ask of each other is marked, and generators leave it out.
        public = [operation for _, _, operation in operations(document) if not operation.get("x-internal")]
        names = [operation["operationId"] for operation in public]
        methods = [re.sub("_([a-z])", lambda found: found[1].upper(), operation) for operation in names]
        assert [method for method in methods if f" {method}(" not in written] == []
        assert list((tmp_path / "classes" / "mentoring" / name / "model").glob("Problem.class"))


def test_every_day_and_moment_that_people_give_lies_in_one_range(documents):
    """`mentoring_contracts.days` has the types: beyond it lie typing errors."""

    def unbounded(schema, known, place, seen):
        if isinstance(schema, list):
            for part in schema:
                yield from unbounded(part, known, place, seen)
        if not isinstance(schema, dict):
            return
        if (name := schema.get("$ref", "").rpartition("/")[2]) and name not in seen:
            yield from unbounded(known[name], known, name, seen | {name})
        if schema.get("format") in ("date", "date-time") and not {"formatMinimum", "formatMaximum"} <= set(schema):
            yield place
        for member, part in schema.items():
            if member not in ("example", "examples"):
                yield from unbounded(part, known, f"{place}.{member}", seen)

    found = {
        place
        for document in documents.values()
        for path, method, operation in operations(document)
        for given in (operation.get("requestBody", {}), *(p["schema"] for p in operation.get("parameters", ())))
        for place in unbounded(given, document["components"]["schemas"], f"{method} {path}", frozenset())
    }
    assert found == set()
