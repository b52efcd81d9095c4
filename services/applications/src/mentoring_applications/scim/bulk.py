"""Many operations in one request (RFC 7644, 3.7): each in its place, and undone alone where it is refused."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field
from scim2_models import NotImplementedException
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.scim import commands, groups, refusals, schemas
from mentoring_common.auth import Principal
from mentoring_common.db import attempt
from mentoring_common.versions import PATTERN, Precondition

_PATH = r"^(/Users(/[A-Za-z0-9-]{1,64}|/bulkId:[A-Za-z0-9_.-]{1,64})?|/Groups(/[A-Za-z0-9_.-]{1,150})?)$"
_ID = re.compile(r"bulkId:([A-Za-z0-9_.-]{1,64})")


class Operation(BaseModel):
    """One request among many."""

    method: Literal["POST", "PUT", "PATCH", "DELETE"]
    path: Annotated[str, Field(pattern=_PATH)]
    bulkId: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")] = None
    version: Annotated[str | None, Field(pattern=PATTERN)] = None
    data: dict[str, Any] | None = None


class Bulk(BaseModel):
    """A bulk request; `failOnErrors`: after so many refusals nothing more is tried."""

    failOnErrors: Annotated[int | None, Field(ge=1)] = None
    Operations: Annotated[list[Operation], Field(min_length=1, max_length=schemas.MOST)]


def read(payload: Any) -> Bulk:
    """The bulk request of a body. ValidationError."""
    return Bulk.model_validate(payload)


async def done(db: AsyncSession, asked: Bulk, by: Principal, base: str) -> dict[str, Any]:
    """Do what is asked; the answer says of each operation what became of it."""
    made: dict[str, str] = {}
    answers: list[dict[str, Any]] = []
    refused = 0
    for operation in asked.Operations:
        if asked.failOnErrors is not None and refused >= asked.failOnErrors:
            break
        answer: dict[str, Any] = {"method": operation.method}
        answer |= {"bulkId": operation.bulkId} if operation.bulkId else {}
        try:
            async with attempt(db):
                answer |= await _one(db, operation, by, base, made)
        except refusals.REFUSED as error:
            refused += 1
            body = refusals.told(error)
            answer |= {"status": body["status"], "response": body}
            if operation.method != "POST":  # RFC 7644, 3.7: where it is stands in every answer but that
                answer["location"] = f"{base}/{_named(operation.path, made).lstrip('/')}"
        answers.append(answer)
    return {"schemas": [f"{schemas.MESSAGES}:BulkResponse"], "Operations": answers}


async def _one(
    db: AsyncSession, operation: Operation, by: Principal, base: str, made: dict[str, str]
) -> dict[str, Any]:
    data, path = _named(operation.data or {}, made), _named(operation.path, made)
    expected = Precondition(operation.version)
    if path.startswith("/Groups"):
        return await _group(db, operation.method, path.removeprefix("/Groups/"), data, by, base, expected)
    _, _, user_id = path.removeprefix("/").partition("/")
    match operation.method:
        case "POST":
            person = await commands.create_user(db, schemas.read_user(data), by)
            if operation.bulkId:
                made[operation.bulkId] = str(person.id)
        case "PUT":
            person = await commands.replace_user(db, commands.id_of(user_id), data, by, expected)
        case "PATCH":
            person = await commands.patch_user(db, commands.id_of(user_id), data, by, expected)
        case "DELETE":
            await commands.delete_user(db, commands.id_of(user_id), by, expected)
            return {"location": f"{base}/Users/{user_id}", "status": "204"}
    meta = schemas.shown(person, base)["meta"]
    status = "201" if operation.method == "POST" else "200"
    return {"location": meta["location"], "version": meta["version"], "status": status}


async def _group(
    db: AsyncSession, method: str, group_id: str, data: dict[str, Any], by: Principal, base: str, expected: Precondition
) -> dict[str, Any]:
    if method != "PATCH":
        raise NotImplementedException(detail=groups.NOT_DONE)
    meta = (await groups.patch_group(db, group_id, data, by, base, expected))["meta"]
    return {"location": meta["location"], "version": meta["version"], "status": "200"}


def _named(part: Any, made: Mapping[str, str]) -> Any:
    """What is sent, with the ids of users that the same request made in the places that name them by bulkId."""
    if isinstance(part, dict):
        return {name: _named(value, made) for name, value in part.items()}
    if isinstance(part, list):
        return [_named(value, made) for value in part]
    return _ID.sub(lambda found: made.get(found[1], found[0]), part) if isinstance(part, str) else part
