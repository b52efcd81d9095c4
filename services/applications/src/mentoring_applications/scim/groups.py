"""Groups: roles of programmes that employers give to their own people, read and changed by their members.

A programme says in its blueprint which of its roles those are (`provisioned`). Whom other employers gave one to is not
seen here, and stays.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field
from scim2_models import (
    Group,
    InvalidPathException,
    InvalidValueException,
    MutabilityException,
    NoTargetException,
    NotFoundException,
    ScimFilter,
)
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.directory.models import Person
from mentoring_applications.errors import HasLeft, NotYourPeople, PersonNotFound
from mentoring_applications.people.access import employed_person
from mentoring_applications.programmes import blueprint
from mentoring_applications.programmes.commands import give, revoke
from mentoring_applications.programmes.models import Programme
from mentoring_applications.scim import commands, queries, schemas
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.versions import Precondition
from mentoring_contracts.blueprint.roles import ProgrammesRole

_ONE: Final = re.compile(r'^members\[\s*value\s+eq\s+"([^"]+)"\s*\]$', re.IGNORECASE)
_MEMBERS: Final = "members"
NOT_DONE: Final = "groups are made and ended by their programme: members are added by PATCH"


class Operation(BaseModel):
    """One change of a PATCH."""

    op: Annotated[Literal["add", "remove", "replace"], BeforeValidator(lambda said: str(said).lower())]
    path: Annotated[str | None, Field(max_length=200)] = None
    value: Any = None


class Patch(BaseModel):
    """Changes of a Group, in order (RFC 7644, 3.5.2)."""

    schemas: Annotated[list[Literal["urn:ietf:params:scim:api:messages:2.0:PatchOp"]], Field(min_length=1)]
    Operations: Annotated[list[Operation], Field(min_length=1, max_length=schemas.MOST)]


@dataclass(frozen=True)
class Role:
    """A role of a programme that employers give."""

    programme: Programme
    kind: ProgrammesRole

    @property
    def id(self) -> str:
        """What the Group is called by."""
        return f"{self.programme.id}.{self.kind.id}"

    @property
    def title(self) -> str:
        """What people read: of which programme it is, too."""
        return f"{self.programme.title}: {self.kind.words(blueprint.plan_of(self.programme).languages)}"


async def groups(db: AsyncSession, by: Principal, base: str, text: str | None = None) -> list[dict[str, Any]]:
    """Every Group, or those that a filter finds; NotYourPeople, InvalidFilterException."""
    reach = await commands.reach(db, by)
    found = [role for programme in await queries.provisioned(db) for role in _roles(programme)]
    holders = await queries.holders(db, reach, {role.programme.id for role in found})
    shown = [_shown(role, holders, base) for role in found]
    if text is None:
        return shown
    wanted = ScimFilter[Group](text)
    return [one for one in shown if wanted.match(Group.model_validate(one), strict=True)]


async def group(db: AsyncSession, group_id: str, by: Principal, base: str) -> dict[str, Any]:
    """One of them; NotFoundException, NotYourPeople."""
    reach, role = await commands.reach(db, by), await _role(db, group_id)
    return _shown(role, await queries.holders(db, reach, [role.programme.id]), base)


async def patch_group(
    db: AsyncSession, group_id: str, payload: Any, by: Principal, base: str, expected: Precondition
) -> dict[str, Any]:
    """Give the role to whom the operations add, and take it from whom they remove.

    NotFoundException, NotYourPeople, HasLeft, PreconditionFailed; SCIMException for what cannot be changed.
    """
    asked = Patch.model_validate(payload)
    reach, role = await commands.reach(db, by), await _role(db, group_id)
    if expected.given:  # others who change the group under a precondition wait
        await db.refresh(role.programme, with_for_update={"key_share": True})
    holders = await queries.holders(db, reach, [role.programme.id])
    expected.compare(schemas.group_version(role.title, _members(role, holders)))
    before = [one.person for one in holders if one.role == role.kind.id]
    after = list(before)
    for operation in asked.Operations:
        after = _changed(role, after, operation)
    for person_id in (one for one in before if one not in after):
        await _take(db, role, person_id, by)
    for person_id in (one for one in after if one not in before):
        await _give(db, role, person_id, by)
    return await group(db, group_id, by, base)


def _roles(programme: Programme) -> list[Role]:
    return [Role(programme, kind) for kind in blueprint.plan_of(programme).roles if kind.provisioned]


async def _role(db: AsyncSession, group_id: str) -> Role:
    programme_id, _, name = group_id.partition(".")
    known = schemas.id_of(programme_id)
    programmes = [] if known is None else await queries.provisioned(db, known)
    found = next((role for one in programmes for role in _roles(one) if role.kind.id == name), None)
    if found is None:
        raise NotFoundException(detail="there is no such group")
    return found


def _shown(role: Role, holders: Sequence[Any], base: str) -> dict[str, Any]:
    return schemas.group_shown(role.id, role.title, _members(role, holders), base)


def _members(role: Role, holders: Sequence[Any]) -> list[tuple[UUID, str]]:
    mine = (one for one in holders if (one.programme_id, one.role) == (role.programme.id, role.kind.id))
    return [(one.person, one.name) for one in mine]


def _changed(role: Role, members: list[UUID], operation: Operation) -> list[UUID]:
    """The members after an operation. Entra names whom it removes in the value, Okta in the path."""
    path = (operation.path or "").removeprefix(f"{schemas.GROUP}:")
    if (one := _ONE.match(path)) and operation.op == "remove":
        return [person for person in members if person != _id(one[1])]
    if path.lower() == _MEMBERS:
        return _of_members(members, operation)
    if not path and operation.op != "remove" and isinstance(operation.value, dict):
        return _of_whole(role, members, operation)
    if path.lower() == "displayname":
        return _same_name(role, members, operation.value)
    if not path and operation.op == "remove":
        raise NoTargetException(detail="a removal names what is removed")
    raise InvalidPathException(detail="of a group members are added and removed, and nothing else")


def _of_members(members: list[UUID], operation: Operation) -> list[UUID]:
    if operation.op == "remove" and operation.value is None:
        return []
    named = _ids(operation.value)
    match operation.op:
        case "add":
            return [*members, *(person for person in named if person not in members)]
        case "remove":
            return [person for person in members if person not in named]
        case _:
            return named


def _of_whole(role: Role, members: list[UUID], operation: Operation) -> list[UUID]:
    for name, value in operation.value.items():
        if name.lower() == _MEMBERS:
            members = _of_members(members, Operation(op=operation.op, path=_MEMBERS, value=value))
        elif name.lower() == "displayname":
            members = _same_name(role, members, value)
    return members


def _same_name(role: Role, members: list[UUID], name: Any) -> list[UUID]:
    """An identity provider repeats what a group is called; another name is not taken."""
    if name != role.title:
        raise MutabilityException(detail="what a group is called is said by its programme")
    return members


def _ids(value: Any) -> list[UUID]:
    said = value if isinstance(value, list) else [value]
    named = [_id(one.get("value") if isinstance(one, dict) else one) for one in said]
    return list(dict.fromkeys(named))


def _id(value: Any) -> UUID:
    found = schemas.id_of(value)
    if found is None:
        raise InvalidValueException(detail="members are named by the id of their User")
    return found


async def _give(db: AsyncSession, role: Role, person_id: UUID, by: Principal) -> None:
    person = await _employed(db, person_id, by)
    if person.left_at is not None:
        raise HasLeft()
    held = await give(db, role.programme.id, person_id, role.kind)
    audit(db, by.subject, "grant_role", "role", held.id)


async def _take(db: AsyncSession, role: Role, person_id: UUID, by: Principal) -> None:
    held = await queries.role_held(db, role.programme.id, person_id, role.kind.id)
    if held is not None:
        await revoke(db, held)
        audit(db, by.subject, "revoke_role", "role", held.id)


async def _employed(db: AsyncSession, person_id: UUID, by: Principal) -> Person:
    """One of the caller's people; another is as unknown as one who is not there."""
    try:
        person = await employed_person(db, person_id, by)
    except (PersonNotFound, NotYourPeople):
        person = None
    if person is None or person.deprovisioned:
        raise InvalidValueException(detail="a member is none of your Users")
    return person
