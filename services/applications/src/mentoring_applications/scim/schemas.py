"""What SCIM calls a User, and what we know of a person: told from each other, both ways.

Payloads, PATCH and filters are read by scim2-models; of a User we keep what `KEPT` names and pass over the rest.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from scim2_models import Context, Email, EnterpriseUser, Group, PatchOp, ResourceType, ScimPolicy, User

from mentoring_applications.directory.models import Person

CORE: Final = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE: Final = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP: Final = "urn:ietf:params:scim:schemas:core:2.0:Group"
MESSAGES: Final = "urn:ietf:params:scim:api:messages:2.0"
MOST: Final = 200
"""Resources of one answer, and operations of one request."""
LARGEST: Final = 1_048_576
"""Bytes of one request."""


class Address(Email):
    """Of any domain that our own addresses may have: scim2-models refuses those that are of no use on the internet."""

    value: str | None = None


class Account(User):  # type: ignore[type-arg]
    """A User as it is read here."""

    emails: list[Address] | None = None  # type: ignore[assignment]


Resource: Any = Account[EnterpriseUser]  # type: ignore[misc]
# Entra and Okta send what we do not keep, and describe entries that are not there.
TOLERANT: Final = ScimPolicy(
    unknown=ScimPolicy.Unknown.ignore, unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create
)

IN_CORE: Final = {"title": "job_title"}
IN_ENTERPRISE: Final = {
    "employeeNumber": "employee_number",
    "costCenter": "cost_center",
    "organization": "organization",
    "division": "division",
    "department": "department",
}
IN_NAME: Final = {"givenName": "given_name", "familyName": "family_name"}
"""Attributes of a person by what SCIM calls them."""

KEPT: Final = {
    CORE: {"userName", "name", "displayName", "emails", "active", *IN_CORE},
    ENTERPRISE: {"manager", *IN_ENTERPRISE},
    GROUP: {"displayName", "members"},
}
_OF_NAME = {"formatted", *IN_NAME}
_OF_EMAIL = {"value", "type", "primary"}
_OF_MEMBERS = {"value", "$ref", "type", "display"}


def user_name(person: Person) -> str:
    """What the identity provider calls the account: the address, unless it said otherwise."""
    return person.user_name or person.email


def shown(person: Person, base: str) -> dict[str, Any]:
    """A person as a User; `base` is the address of the SCIM service."""
    known = person.attributes
    enterprise: dict[str, Any] = {ours: known[name] for ours, name in IN_ENTERPRISE.items() if known.get(name)}
    if person.line_manager_id is not None:
        manager = str(person.line_manager_id)
        enterprise["manager"] = {"value": manager, "$ref": f"{base}/Users/{manager}"}
    name = {ours: known[theirs] for ours, theirs in IN_NAME.items() if known.get(theirs)}
    found: dict[str, Any] = {
        "schemas": [CORE, *([ENTERPRISE] if enterprise else [])],
        "id": str(person.id),
        "userName": user_name(person),
        "name": {"formatted": person.name, **name},
        "displayName": person.name,
        "emails": [{"value": person.email, "type": "work", "primary": True}],
        "active": person.left_at is None,
        "meta": {
            "resourceType": "User",
            "lastModified": person.updated_at.isoformat(),
            "location": f"{base}/Users/{person.id}",
            "version": f'W/"{person.version}"',
        },
    }
    found |= {"externalId": person.external_id} if person.external_id else {}
    found |= {ours: known[theirs] for ours, theirs in IN_CORE.items() if known.get(theirs)}
    return found | ({ENTERPRISE: enterprise} if enterprise else {})


def group_shown(id_: str, title: str, members: Sequence[tuple[UUID, str]], base: str) -> dict[str, Any]:
    """A role of a programme as a Group, with the ids and names of those who hold it."""
    people = [
        {"value": str(person), "display": name, "type": "User", "$ref": f"{base}/Users/{person}"}
        for person, name in members
    ]
    version = f'W/"{group_version(title, members)}"'
    meta = {"resourceType": "Group", "location": f"{base}/Groups/{id_}", "version": version}
    return {"schemas": [GROUP], "id": id_, "displayName": title, "members": people, "meta": meta}


def group_version(title: str, members: Sequence[tuple[UUID, str]]) -> int:
    """A number that is another one where the group is: who is in it is counted nowhere, so it is made of them."""
    said = ",".join([title, *sorted(str(person) for person, _ in members)])
    return int.from_bytes(hashlib.blake2b(said.encode(), digest_size=4).digest()) & 0x7FFFFFFF


def read_user(payload: Any) -> Any:
    """The User of a body. ValidationError, SCIMException."""
    with TOLERANT:
        return Resource.model_validate(_tidied(payload), scim_ctx=Context.RESOURCE_CREATION_REQUEST)


def as_user(person: Person) -> Any:
    """The person as a User of scim2-models."""
    return Resource.model_validate(shown(person, ""))


def patched(person: Person, payload: Any) -> Any:
    """The person as a User to which the operations of a PATCH were applied. ValidationError, SCIMException."""
    after = as_user(person)
    with TOLERANT:
        if isinstance(payload, dict) and isinstance(payload.get("Operations"), list):
            payload = payload | {"Operations": [_tidied_operation(one) for one in payload["Operations"]]}
        PatchOp[Resource].model_validate(payload, scim_ctx=Context.RESOURCE_PATCH_REQUEST).patch(after)
    return after


def said(user: Any) -> dict[str, Any]:
    """What a User says, member by member; None for what it does not say."""
    whole = user.model_dump(mode="json", exclude_none=True)
    name, enterprise = whole.get("name", {}), whole.get(ENTERPRISE, {})
    addresses = sorted(whole.get("emails", ()), key=lambda one: (not one.get("primary"), one.get("type") != "work"))
    attributes = {ours: whole.get(theirs) for theirs, ours in IN_CORE.items()}
    attributes |= {ours: name.get(theirs) for theirs, ours in IN_NAME.items()}
    attributes |= {ours: enterprise.get(theirs) for theirs, ours in IN_ENTERPRISE.items()}
    return {
        "user_name": whole.get("userName"),
        "email": next((one["value"] for one in addresses if one.get("value")), None),
        "display": whole.get("displayName"),
        "formatted": name.get("formatted"),
        "external_id": whole.get("externalId"),
        "line_manager_id": (enterprise.get("manager") or {}).get("value") or None,
        "active": whole.get("active"),
    } | {f"attributes.{ours}": value for ours, value in attributes.items()}


_AS_THEY_ARE = ("external_id", "line_manager_id", "active")


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What of a person is changed: `user_name`, `active`, and members of PersonChanges.

    Whoever has one address for account and letters keeps it so; a name is the displayName, else that of `name`.
    """
    different = {name: value for name, value in after.items() if before.get(name) != value}
    found: dict[str, Any] = {
        name: different[name] for name in ("external_id", "line_manager_id", "active") if name in different
    }
    if different.get("user_name"):
        found["user_name"] = different["user_name"]
    if different.get("email"):
        found["email"] = different["email"]
    elif "user_name" in found and before.get("email") == before.get("user_name"):
        found["email"] = found["user_name"]
    if (name := _name(different, after)) is not None:
        found["name"] = name
    attributes = {n.partition(".")[2]: value for n, value in different.items() if n.startswith("attributes.")}
    return found | ({"attributes": attributes} if attributes else {})


def _name(different: Mapping[str, Any], after: Mapping[str, Any]) -> str | None:
    parts = ("attributes.given_name", "attributes.family_name")
    said_so = different.get("display") or different.get("formatted")
    if said_so is None and any(different.get(part) for part in parts):
        said_so = " ".join(after[part] for part in parts if after[part])
    return said_so


def listed(resources: list[dict[str, Any]], total: int, start: int) -> dict[str, Any]:
    """The answer to a query."""
    return {
        "schemas": [f"{MESSAGES}:ListResponse"],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": len(resources),
        "Resources": resources,
    }


def narrowed(resource: dict[str, Any], attributes: str | None, excluded: str | None) -> dict[str, Any]:
    """The resource with the attributes that were asked for, whole ones, and without those that were not wanted."""
    always = {"schemas", "id"}
    if attributes is not None:
        wanted = _tops(attributes)
        return {name: value for name, value in resource.items() if name in always or name.lower() in wanted}
    unwanted = _tops(excluded or "")
    return {name: value for name, value in resource.items() if name in always or name.lower() not in unwanted}


def _tops(names: str) -> set[str]:
    """The attributes that a list of paths begins with, in lower case: of an extension the extension."""
    found = set()
    for name in (part.strip().lower() for part in names.split(",")):
        if name.startswith(ENTERPRISE.lower()):
            found.add(ENTERPRISE.lower())
        else:
            plain = name.removeprefix(f"{CORE.lower()}:").removeprefix(f"{GROUP.lower()}:")
            found.add(plain.partition(".")[0])
    return found


def error(status: int, detail: str, kind: str | None = None) -> dict[str, Any]:
    """The body of a refusal (RFC 7644, 3.12)."""
    body = {"schemas": [f"{MESSAGES}:Error"], "status": str(status), "detail": detail}
    return body | ({"scimType": kind} if kind else {})


def service(base: str) -> dict[str, Any]:
    """What the service can do (RFC 7643, 5)."""
    no = {"supported": False}
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": {"supported": True},
        "bulk": {"supported": True, "maxOperations": MOST, "maxPayloadSize": LARGEST},
        "filter": {"supported": True, "maxResults": MOST},
        "changePassword": no,
        "sort": {"supported": True},
        "etag": {"supported": True},
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "OAuth 2 access token",
                "description": "a client of the token issuer with hr:provision and applications:write",
                "primary": True,
            }
        ],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{base}/ServiceProviderConfig"},
    }


def resource_types(base: str) -> list[dict[str, Any]]:
    """What can be kept here: Users; and Groups, whose members are."""
    return [
        _resource_type(User[EnterpriseUser], "a person of the employer", base),
        _resource_type(Group, "a role of a programme that employers give to their people", base),
    ]


def _resource_type(model: Any, description: str, base: str) -> dict[str, Any]:
    found: dict[str, Any] = ResourceType.from_resource(model).model_dump(mode="json", exclude_none=True)
    location = f"{base}/ResourceTypes/{found['id']}"
    return found | {"description": description, "meta": {"resourceType": "ResourceType", "location": location}}


def schemas(base: str) -> list[dict[str, Any]]:
    """What is kept of a User and of a Group."""
    found = []
    for model in (User, EnterpriseUser, Group):
        one: dict[str, Any] = model.to_schema().model_dump(mode="json", exclude_none=True)
        kept = [attribute for attribute in one["attributes"] if attribute["name"] in KEPT[one["id"]]]
        one["attributes"] = [_of_group(each) if model is Group else _kept(each) for each in kept]
        found.append(one | {"meta": {"resourceType": "Schema", "location": f"{base}/Schemas/{one['id']}"}})
    return found


def _of_group(attribute: dict[str, Any]) -> dict[str, Any]:
    """An attribute of a Group: what it is called is the programme's affair."""
    if attribute["name"] == "displayName":
        return attribute | {"mutability": "readOnly", "required": False}
    parts = [one for one in attribute["subAttributes"] if one["name"] in _OF_MEMBERS]
    return attribute | {"subAttributes": parts}


def _kept(attribute: dict[str, Any]) -> dict[str, Any]:
    """An attribute with what is kept of it; who makes forms of it asks for an address, which a userName may be too."""
    kept = {"name": _OF_NAME, "emails": _OF_EMAIL}.get(attribute["name"])
    if kept is None:
        return attribute
    parts = [one for one in attribute["subAttributes"] if one["name"] in kept]
    if attribute["name"] != "emails":
        return attribute | {"subAttributes": parts}
    parts = [one | {"required": True} if one["name"] == "value" else one for one in parts]
    return attribute | {"required": True, "subAttributes": parts}


def _tidied(payload: Any) -> Any:
    """A User as scim2-models takes it: a manager with its reference, an empty one not at all."""
    if not isinstance(payload, dict) or not isinstance(payload.get(ENTERPRISE), dict):
        return payload
    enterprise = dict(payload[ENTERPRISE])
    if "manager" in enterprise:
        enterprise["manager"] = _manager(enterprise["manager"])
    return payload | {ENTERPRISE: enterprise}


def _tidied_operation(operation: Any) -> Any:
    """As `_tidied`; Entra sends a manager as a text, and takes one away by an empty one."""
    if not isinstance(operation, dict) or "value" not in operation:
        return operation
    path, value = str(operation.get("path") or ""), operation["value"]
    if path.lower() == f"{ENTERPRISE}:manager".lower():
        manager = _manager(value)
        if manager is None:
            return {"op": "remove", "path": path}
        return operation | {"value": manager}
    if not path and isinstance(value, dict):
        named = {key: _manager(one) for key, one in value.items() if key.lower() == f"{ENTERPRISE}:manager".lower()}
        return operation | {"value": _tidied(value) | named}
    return operation


def _manager(value: Any) -> Any:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, str):
        value = {"value": value}
    if not isinstance(value, dict):
        return value
    return value | {"$ref": f"../Users/{value['value']}"} if value.get("value") else None


def moment(value: Any) -> datetime | None:
    """The time that a filter compares with; None if it is none."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo else None


def id_of(value: Any) -> UUID | None:
    """The id that a text is; None if it is none."""
    try:
        return UUID(str(value))
    except ValueError:
        return None
