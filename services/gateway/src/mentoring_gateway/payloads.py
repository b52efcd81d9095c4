"""Mutations that answer with what they changed or with why not: every mutation has a second field for that.

`changePerson(…)` gives a person, and a refusal is an error of GraphQL; `changePersonOrErrors(…)` takes the same and
gives `result` and `userErrors`. Both are one resolver: nobody writes the second.
"""

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from importlib.resources import files
from typing import Any, Final, TypeVar, cast, get_type_hints

import orjson
import strawberry
from strawberry.extensions.field_extension import FieldExtension
from strawberry.scalars import JSON
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from mentoring_common.errors import DomainError
from mentoring_common.problems import STATUS
from mentoring_gateway.errors import ServiceProblem
from mentoring_gateway.fields import selected
from mentoring_gateway.input_paths import PRECONDITIONS, input_path, named_by

SUFFIX: Final = "OrErrors"
RESULT: Final = "result"
_ERRORS: Final = "userErrors"
# Not for the person who filled in a form, but for what signs in, waits or repeats: errors of GraphQL in either field.
_NOT_THE_USERS: Final = frozenset({401, 429})
_SAID: Final = frozenset({"code", "status", "errors"})  # in other members of a user error, or nowhere
M = TypeVar("M", bound=type)


def _codes() -> dict[str, Any]:
    told: dict[str, dict[str, Any]]
    told = orjson.loads(files("mentoring_contracts").joinpath("errors.json").read_bytes())
    values = {code.upper(): strawberry.enum_value(code, description=one["title"]) for code, one in told.items()}
    return values | {"OTHER": strawberry.enum_value("other", description="A code of a later version; see `message`")}


_Codes: Any = Enum("ErrorCode", _codes())  # type: ignore[misc]  # made of data
ErrorCode: Any = strawberry.enum(
    _Codes, description="Why something is refused: the codes of REST and of `extensions.code`"
)


@strawberry.type(description="Why something was not done, at one place of what was sent")
class UserError:
    code: ErrorCode = strawberry.field(description="why it is refused")
    field: list[str] | None = strawberry.field(
        description="the argument, and the way to the member in it, such as `milestones`, `0`, `startsAt`; null where "
        "it is no one member"
    )
    message: str = strawberry.field(description="the same for people")
    reason: str | None = strawberry.field(
        description="what is wrong at that place, such as `string_too_short`: the codes of faults"
    )
    details: JSON | None = strawberry.field(description="what more is said, by the code: `closes_at`, `rules`")


@strawberry.interface(description="What came of a mutation: `result`, or `userErrors` and nothing was done")
class Payload:
    user_errors: list[UserError] = strawberry.field(
        description="why nothing was done; empty where it was. Where they are not selected, an error of GraphQL says it"
    )


def with_payloads(cls: M) -> M:
    """A mutation type with, for each of its fields, the one that answers with a payload."""
    plain: list[StrawberryField] = list(getattr(cls, "__strawberry_definition__").fields)  # noqa: B009
    twins = {f"{field.python_name}_or_errors": _twin(field) for field in plain}
    made: Any = strawberry.type(type(cls.__name__, (cls,), twins))
    return cast(M, made)


def _twin(field: StrawberryField) -> Any:
    assert field.base_resolver is not None
    resolver = field.base_resolver.wrapped_func
    name = field.python_name
    result = get_type_hints(resolver, include_extras=True)["return"] | None
    said = strawberry.field(description="what was changed; null where it was refused")
    members = {"__annotations__": {RESULT: result}, RESULT: said, "__module__": resolver.__module__}
    payload = strawberry.type(
        type(to_camel_case(f"_{name}_payload"), (Payload,), members),
        description=f"What came of `{to_camel_case(name)}`",
    )
    described = f"As `{to_camel_case(name)}`, with refusals as `userErrors`: {field.description}"
    return strawberry.mutation(
        resolver, graphql_type=payload | None, description=described, metadata=field.metadata,
        deprecation_reason=field.deprecation_reason, extensions=[_OrErrors(payload)],
    )  # fmt: skip


class _OrErrors(FieldExtension):
    """Answers with a payload in place of the result, or of the refusal if the operation selects `userErrors`."""

    def __init__(self, payload: Callable[..., Any]) -> None:
        self._payload = payload

    async def resolve_async(self, next_: Callable[..., Any], source: Any, info: Any, **kwargs: Any) -> Any:
        """What the resolver gives, or why it refused; what is not for users stays an error."""
        try:
            return self._payload(result=await next_(source, info, **kwargs), user_errors=[])
        except (ServiceProblem, DomainError) as refusal:
            if not (400 <= _status(refusal) < 500) or _status(refusal) in _NOT_THE_USERS:
                raise
            if not any(one.name == _ERRORS for one in selected(info.selected_fields)):
                raise
            return self._payload(result=None, user_errors=list(_user_errors(refusal, kwargs)))


def _status(refusal: ServiceProblem | DomainError) -> int:
    if isinstance(refusal, ServiceProblem):
        return refusal.status
    return next(status for category, status in STATUS if isinstance(refusal, category))


def _user_errors(refusal: ServiceProblem | DomainError, arguments: Mapping[str, Any]) -> Iterator[UserError]:
    """One for each fault that is named, or one for the whole."""
    code = _code(refusal.code)
    sent = refusal.sent if isinstance(refusal, ServiceProblem) else None
    details: Any = {name: value for name, value in refusal.members.items() if name not in _SAID} or None
    message = str(refusal)
    faults = [one for one in refusal.members.get("errors") or () if isinstance(one, dict) and "pointer" in one]
    for fault in faults:
        said = str(fault.get("detail") or message)
        place = input_path(str(fault["pointer"]), sent, arguments)
        reason = str(fault["code"]) if "code" in fault else None
        yield UserError(code=code, field=place, message=said, reason=reason, details=details)
    if not faults:
        place = ["expectedVersion"] if refusal.code in PRECONDITIONS else named_by(refusal.code, arguments)
        yield UserError(code=code, field=place, message=message, reason=None, details=details)


def _code(code: str) -> Any:
    try:
        return ErrorCode(code)
    except ValueError:
        return ErrorCode("other")
