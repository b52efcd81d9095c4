"""What a route's function is called with: FastAPI's declarations, worked out once when the route is made.

FastAPI walks the tree of dependencies anew at every request, four lookups each, and runs plain functions in threads.
Here the tree is a list of steps in the order in which FastAPI would take them; parameters and bodies are read by
FastAPI's own functions, so that they mean the same. Dependencies are called where they are: none may block.
"""

import inspect
import json
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import request_body_to_args, request_params_to_args
from fastapi.exceptions import RequestValidationError, ResponseValidationError
from fastapi.routing import APIRoute
from pydantic_core import PydanticUndefined as Undefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

_BODILESS = frozenset({204, 205, 304})
_NOTHING = frozenset({b"", b"{}", b"null"})


class _Made(Response):
    """What a function writes headers and, if it likes, a status on; it has no body."""

    def __init__(self) -> None:
        self.raw_headers: list[tuple[bytes, bytes]] = []
        self.status_code = 0


@dataclass(eq=False)
class _Step:
    """One dependency, or at the end the route's function."""

    call: Callable[..., Any]
    takes: list[tuple[str, int]]  # argument, and the step whose value it is
    after: list[int]
    reads: list[tuple[Sequence[Any], Callable[[Request], Any]]]
    body: list[Any]
    embedded: bool
    request_as: str | None
    response_as: str | None
    enters: bool = field(init=False)
    awaits: bool = field(init=False)

    def __post_init__(self) -> None:
        function = self.call if inspect.isroutine(self.call) else type(self.call).__call__
        self.enters = inspect.isasyncgenfunction(function)
        self.awaits = inspect.iscoroutinefunction(function)
        if self.enters:
            self.call = asynccontextmanager(self.call)


class Plan:
    """How one route is answered: its steps, its body, its answer."""

    def __init__(self, route: APIRoute) -> None:
        self._steps: list[_Step] = []
        self._known: dict[Callable[..., Any], int] = {}
        self._embedded = route._embed_body_fields
        self._reads_body = route.body_field is not None
        # Who reads the body as it comes says in the OpenAPI document what it is, or has a document of their own.
        documented = route.include_in_schema and "requestBody" not in (route.openapi_extra or {})
        self._takes_none = documented and not self._reads_body
        self._field = route.response_field
        self._status = route.status_code or 200
        self._add(route.dependant)

    async def answer(self, request: Request, stack: AsyncExitStack) -> Response:
        """Call the route's function; what its dependencies opened stays open until `stack` is left.

        RequestValidationError where the request does not fit what is declared.
        """
        body = await _body(request) if self._reads_body else Undefined
        if self._takes_none:
            await _refuse_body(request)
        made = _Made()
        values: list[Any] = []
        errors: list[Any] = []
        for step in self._steps:
            if any(values[n] is Undefined for n in step.after):
                values.append(Undefined)
                continue
            arguments, wrong = await _arguments(step, request, body, values, made)
            errors += wrong
            if wrong or (errors and step is self._steps[-1]):
                values.append(Undefined)
                continue
            values.append(await _called(step, arguments, stack))
        if errors:
            raise RequestValidationError(errors, body=None if body is Undefined else body)
        return self._shown(values[-1], made)

    def _add(self, dependant: Dependant) -> int:
        call = dependant.call
        assert call is not None
        if call in self._known:
            return self._known[call]
        needed = [(needed.name, self._add(needed)) for needed in dependant.dependencies]
        step = _Step(
            call=call,
            takes=[(name, number) for name, number in needed if name is not None],
            after=[number for _, number in needed],
            reads=_reads(dependant),
            body=dependant.body_params,
            embedded=self._embedded,
            request_as=dependant.request_param_name or dependant.http_connection_param_name,
            response_as=dependant.response_param_name,
        )
        if step.enters and dependant.scope != "function":
            raise TypeError(f"{call} would be left after the answer was sent: declare it with scope='function'")
        self._steps.append(step)
        self._known[call] = len(self._steps) - 1
        return self._known[call]

    def _shown(self, found: Any, made: Response) -> Response:
        if isinstance(found, Response):
            return found
        status = made.status_code or self._status
        if status in _BODILESS:
            response = Response(status_code=status)
        elif self._field is None:
            response = JSONResponse(found, status)
        else:
            value, errors = self._field.validate(found, {}, loc=("response",))
            if errors:
                raise ResponseValidationError(errors=errors, body=found)
            response = Response(self._field.serialize_json(value), status, media_type="application/json")
        response.raw_headers.extend(made.raw_headers)
        return response


def _reads(dependant: Dependant) -> list[tuple[Sequence[Any], Callable[[Request], Any]]]:
    """What is read of path, query, headers and cookies, and from where."""
    places: list[tuple[Sequence[Any], Callable[[Request], Any]]] = [
        (dependant.path_params, lambda request: request.path_params),
        (dependant.query_params, lambda request: request.query_params),
        (dependant.header_params, lambda request: request.headers),
        (dependant.cookie_params, lambda request: request.cookies),
    ]
    return [(fields, place) for fields, place in places if fields]


async def _arguments(
    step: _Step, request: Request, body: Any, values: list[Any], made: Response
) -> tuple[dict[str, Any], list[Any]]:
    arguments = {name: values[number] for name, number in step.takes}
    errors: list[Any] = []
    for fields, place in step.reads:
        found, wrong = request_params_to_args(fields, place(request))
        arguments |= found
        errors += wrong
    if step.body:
        found, wrong = await request_body_to_args(step.body, body, step.embedded)
        arguments |= found
        errors += wrong
    if step.request_as:
        arguments[step.request_as] = request
    if step.response_as:
        arguments[step.response_as] = made
    return arguments, errors


async def _called(step: _Step, arguments: dict[str, Any], stack: AsyncExitStack) -> Any:
    if step.enters:
        return await stack.enter_async_context(step.call(**arguments))
    found = step.call(**arguments)
    return await found if step.awaits else found


async def _refuse_body(request: Request) -> None:
    """An act that takes no body is not done for who says more of it: they meant something else."""
    if request.method in ("GET", "HEAD") or (await request.body()).strip() in _NOTHING:
        return
    raise RequestValidationError([{"type": "extra_forbidden", "loc": ("body",), "msg": "Nothing is taken here."}])


async def _body(request: Request) -> Any:
    content = await request.body()
    if not content:
        return Undefined
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not kind.startswith("application/") or not (kind.endswith(("/json", "+json"))):
        return content
    try:
        return json.loads(content)
    except json.JSONDecodeError as error:
        wrong = {"type": "json_invalid", "loc": ("body", error.pos), "msg": "JSON decode error", "input": {}}
        raise RequestValidationError([wrong]) from error
    except (ValueError, RecursionError) as error:
        raise HTTPException(400) from error
