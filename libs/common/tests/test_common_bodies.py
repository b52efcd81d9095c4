"""What a body may say: the kinds of its schema, and nothing that would be taken for them by good will."""

from datetime import date, datetime, time
from typing import Annotated, Literal
from uuid import UUID

import pytest
from pydantic import Field, RootModel, ValidationError

from mentoring_common.bodies import Body


class Inside(Body):
    minutes: int = 1


class Said(Body):
    minutes: Annotated[int, Field(ge=1)] = 60
    share: float | None = None
    done: bool = False
    at: datetime | None = None
    on: date | None = None
    from_: time | None = None
    several: list[int] = []
    named: dict[str, Annotated[int, Field(ge=0)]] = {}
    either: Literal["none"] | int = 0
    of: UUID | None = None
    within: Inside | None = None
    more: list[Inside] = []


class Times(RootModel[list[Annotated[Said, Field()]]]):
    """Many at once."""


TAKEN = [
    {"minutes": 90}, {"minutes": 90.0}, {"share": 1}, {"share": 0.5}, {"done": True}, {"at": "2026-01-01T09:00:00Z"},
    {"at": "2026-01-01T09:00:00"}, {"on": "2026-01-01"}, {"from_": "09:00"}, {"several": [1, 2]}, {"named": {"a": 1}},
    {"either": "none"}, {"either": 3}, {"of": "01a22e26-c125-7997-b7fa-5283a53a0581"}, {"within": {"minutes": 2}},
]  # fmt: skip
REFUSED = [
    ({"minutes": "90"}, "int_type", ("minutes",)),
    ({"minutes": True}, "int_type", ("minutes",)),
    ({"minutes": 1.5}, "int_from_float", ("minutes",)),
    ({"share": "0.5"}, "float_type", ("share",)),
    ({"share": True}, "float_type", ("share",)),
    ({"done": "yes"}, "bool_type", ("done",)),
    ({"done": 1}, "bool_type", ("done",)),
    ({"at": 5}, "datetime_type", ("at",)),
    ({"at": "1900000000"}, "datetime_type", ("at",)),
    ({"at": "-5"}, "datetime_type", ("at",)),
    ({"at": True}, "datetime_type", ("at",)),
    ({"on": 20_000}, "date_type", ("on",)),
    ({"on": "86400"}, "date_type", ("on",)),
    ({"from_": 3600}, "time_type", ("from_",)),
    ({"from_": "3600"}, "time_type", ("from_",)),
    ({"several": [1, "2"]}, "int_type", ("several", 1)),
    ({"named": {"a": "1"}}, "int_type", ("named", "a")),
    ({"either": "3"}, "int_type", ("either", "int")),
    ({"within": {"minutes": "2"}}, "int_type", ("within", "minutes")),
    ({"more": [{"minutes": True}]}, "int_type", ("more", 0, "minutes")),
    ({"minuts": 2}, "extra_forbidden", ("minuts",)),
]


@pytest.mark.parametrize("body", TAKEN, ids=str)
def test_what_the_schema_says_is_taken(body):
    assert Said.model_validate(body).model_fields_set == set(body)


@pytest.mark.parametrize(("body", "code", "where"), REFUSED, ids=str)
def test_what_would_have_to_be_guessed_is_refused(body, code, where):
    with pytest.raises(ValidationError) as found:
        Said.model_validate(body)
    assert (code, where) in [(one["type"], one["loc"]) for one in found.value.errors()]
    with pytest.raises(ValidationError):
        Times.model_validate([body])


def test_the_schema_that_is_published_is_that_of_the_kinds():
    said = Said.model_json_schema()["properties"]
    assert said["minutes"] == {"default": 60, "minimum": 1, "title": "Minutes", "type": "integer"}
    assert {"format": "date-time", "type": "string"} in said["at"]["anyOf"]
