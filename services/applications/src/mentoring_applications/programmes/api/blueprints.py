"""Blueprints: those that ship, and whether one of one's own could be used."""

from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Path, Request

from mentoring_applications.errors import BlueprintUnreadable
from mentoring_applications.programmes import blueprint
from mentoring_applications.programmes.access import Reader
from mentoring_applications.programmes.api import views
from mentoring_applications.programmes.schemas import BlueprintList, BlueprintSummary, BlueprintVerdict
from mentoring_common.unit_of_work import Db, Route
from mentoring_contracts.blueprint.whole import schema

router = APIRouter(route_class=Route, tags=["organisations"])
LIMIT_BYTES: Final = 1 << 20
TYPES: Final = frozenset({"application/json", "application/yaml", "application/x-yaml", "text/yaml", "text/plain"})
UPLOADS: Final = {"/blueprints/check": (LIMIT_BYTES, TYPES)}
_SCHEMA: Final = {"type": "object", "description": "a blueprint: docs/blueprints.md describes every member"}
_EXAMPLE: Final = "schema: 1\nid: ours\ntitle: Our programme\ndirection: traditional\nform: {version: 1, fields: []}\n"
OF_BLUEPRINT: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "application/yaml": {"schema": {"type": "string"}, "example": _EXAMPLE},
            "application/json": {"schema": _SCHEMA, "example": {"id": "ours", "title": "Our programme"}},
        },
    }
}


@router.get("/blueprints")
async def list_blueprints(_: Reader) -> BlueprintList:
    """The blueprints that come with the system."""
    found = blueprint.shipped()
    items = [BlueprintSummary(name=name, id=b.id, title=b.title, direction=b.direction) for name, b in found]
    return BlueprintList(items=items)


@router.get("/blueprint-schema")
async def read_blueprint_schema(_: Reader) -> dict[str, Any]:
    """The JSON Schema of a blueprint, by which editors complete and describe members.

    What stands between members (references, dates, what nobody could meet) only `POST /blueprints/check` says.
    """
    return schema()


@router.get("/blueprints/{name}")
async def read_blueprint(name: Annotated[str, Path(max_length=100)], _: Reader) -> dict[str, Any]:
    """One blueprint, whole."""
    found = blueprint.load(name)
    found.usable()
    return found.document


@router.post("/blueprints/check", openapi_extra=OF_BLUEPRINT)
async def check_blueprint(request: Request, _: Reader, db: Db) -> BlueprintVerdict:
    """Say whether a programme could be made from a blueprint, in YAML or JSON; nothing is kept.

    Of a YAML text every fault has its line and column.
    """
    body = await request.body()
    if "json" not in request.headers.get("content-type", ""):
        return views.verdict(blueprint.examine_text(body))
    try:
        return views.verdict(blueprint.examine(orjson.loads(body)))
    except orjson.JSONDecodeError:
        raise BlueprintUnreadable() from None
