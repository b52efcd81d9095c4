"""Every code that can leave the system is explained: in docs/errors.md, and where the `type` of a problem leads."""

import ast
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from mentoring_allinone import generate
from mentoring_common.error_pages import codes
from mentoring_common.errors import error_classes
from mentoring_common.openapi import words
from mentoring_common.problems import EDGE
from mentoring_evaluation.surveys.instruments import WHY
from mentoring_gateway.app import create_app

ROOT = Path(__file__).resolve().parents[2]
# Functions that answer with a code, and the place among their arguments where it stands.
PROBLEMS = {"problem": 1, "refusal": 0}
FAULTS = {"fault": 0, "_Wrong": 0, "PydanticCustomError": 0, "Problem": 2, "refuse": 2, "_refuse": 2}


def said_by(functions: dict[str, int]) -> Iterator[tuple[str, str]]:
    """Each code that is written where one of these functions is called, with its file."""
    for folder in ("libs", "services"):
        for path in sorted((ROOT / folder).glob("*/src/**/*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                name = getattr(node.func, "id", getattr(node.func, "attr", None))
                place = functions.get(str(name), len(node.args))
                given = node.args[place] if place < len(node.args) else None
                if isinstance(given, ast.Constant) and isinstance(given.value, str):
                    yield given.value, path.name


def test_every_code_of_a_problem_is_explained():
    written = dict(said_by(PROBLEMS))
    assert {"unsupported_media_type", "head_too_large", "conflict"} <= set(written), "the search finds them"
    known = set(codes())
    assert {code: file for code, file in written.items() if code not in known} == {}
    assert known >= {cls.code for cls in error_classes()} | set(EDGE) | {"invalid_graphql"}


def test_every_code_of_a_fault_is_explained():
    written = dict(said_by(FAULTS)) | dict.fromkeys(WHY, "instruments.py")
    assert {"unknown_criterion", "ragged_row", "unusable", "circular"} <= set(written), "the search finds them"
    assert {code: file for code, file in written.items() if code not in words()["faults"]} == {}


@pytest.fixture(scope="module", params=["gateway", "applications", "evaluation"])
def app(request):
    settings = generate.blank_settings()
    return (create_app(settings) if request.param == "gateway" else generate.services()[request.param]).asgi


async def test_the_type_of_a_problem_leads_to_what_it_means(app):
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        lost = (await client.get("/nowhere")).json()
        answer = await client.get(lost["type"])
        assert (answer.status_code, answer.json()) == (
            200,
            {"type": "/errors/http_404", "code": "http_404", **codes()["http_404"]},
        )
        for code in ("place_full", "survey_not_found", "invalid_graphql"):
            page = await client.get(f"/errors/{code}", headers={"Accept": "text/html,*/*;q=0.8"})
            assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
            assert str(codes()[code]["title"]) in page.text
        assert (await client.get("/errors/no_such_code")).status_code == 404
