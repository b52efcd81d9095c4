"""What may stand where a single value is asked for. Quoted or not, a value means what a person means by it; where YAML
made something else of it (`yes`, `1.10`), it is refused with how to write it.
"""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

_WHOLE = re.compile(r"[-+]?[0-9]{1,15}")
_NUMBER = re.compile(r"[-+]?[0-9]{1,15}(\.[0-9]{1,15})?")
_SAID = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}


def wrong(code: str, detail: str) -> PydanticCustomError:
    """A fault of one value, in words that repeat nothing of it."""
    return PydanticCustomError(code, detail)


def as_text(value: Any) -> Any:
    """A text as it was meant: whole numbers as they are written; YAML may have changed other numbers, and yes or no."""
    if isinstance(value, bool):
        raise wrong("quote_it", 'a text is wanted and YAML read yes or no: quote it, "Yes"')
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        raise wrong("quote_it", 'a text is wanted and YAML read a number, which may lose digits: quote it, "1.10"')
    return value


def as_whole(value: Any) -> Any:
    """A whole number, also a quoted one."""
    if isinstance(value, bool):
        raise wrong("whole_number", "a whole number in digits is wanted, not yes or no")
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        return int(value)
    if not isinstance(value, int):
        raise wrong("whole_number", "a whole number in digits is wanted, such as 10")
    return value


def as_number(value: Any) -> Any:
    """A number, also a quoted one."""
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong("number", "a number in digits is wanted, such as 6 or 1.5")
    return value


def as_flag(value: Any) -> Any:
    """Yes or no: true, false, or a quoted yes or no."""
    if isinstance(value, bool):
        return value
    said = _SAID.get(value.strip().lower()) if isinstance(value, str) else None
    if said is None:
        raise wrong("yes_or_no", "true or false is wanted")
    return said


def as_value(value: Any) -> Any:
    """What an answer is compared with: true, false, a whole number or a text."""
    if not isinstance(value, bool | int | str):
        raise wrong("value", "a text, a whole number, true or false is wanted")
    return value


Words = Annotated[str, BeforeValidator(as_text), StringConstraints(min_length=1, max_length=2000)]
"""A text in one language."""
Id = Annotated[str, BeforeValidator(as_text), StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,99}$")]
"""A name that other parts of the file refer to: letters, digits, `_` and `-`."""
Version = Annotated[
    str,
    BeforeValidator(as_text),
    StringConstraints(min_length=1, max_length=50),
    WithJsonSchema({"anyOf": [{"type": "string", "minLength": 1, "maxLength": 50}, {"type": "integer"}]}),
]
"""A version: `2`, `2022-02`, or quoted where it has a point, `"1.10"`."""
Whole = Annotated[int, BeforeValidator(as_whole)]
Number = Annotated[float, BeforeValidator(as_number), Field(allow_inf_nan=False)]
Flag = Annotated[bool, BeforeValidator(as_flag)]
Value = Annotated[bool | int | str, BeforeValidator(as_value)]
