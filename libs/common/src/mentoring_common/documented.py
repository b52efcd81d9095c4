"""Types whose document says more, or says it more simply, than how they are checked."""

from typing import Any, cast

from pydantic import BaseModel, GetJsonSchemaHandler, TypeAdapter
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema


class DocumentedAs:
    """`Annotated[dict[str, Any], DocumentedAs(Model)]`: shown as the named schema of a model that reads it later."""

    def __init__(self, shape: type[BaseModel] | TypeAdapter[Any]) -> None:
        if isinstance(shape, TypeAdapter):
            self._schema: Any = shape.core_schema
        else:  # with a reference, without which the model would be written out in place
            self._schema = {"ref": f"{shape.__module__}.{shape.__qualname__}", **shape.__pydantic_core_schema__}

    def __get_pydantic_json_schema__(self, _: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(cast("CoreSchema", self._schema))
