"""What is wrong with a request is told in words for people."""

import pytest
from pydantic import BaseModel, ValidationError, model_validator

from mentoring_common.faults import faults_of
from mentoring_contracts.words import EMAIL


class Thing(BaseModel):
    least: int
    most: int

    @model_validator(mode="after")
    def _in_order(self):
        if self.least > self.most:
            raise ValueError("least is above most")
        return self


def test_a_rule_of_ours_is_told_without_the_word_of_the_library():
    with pytest.raises(ValidationError) as found:
        Thing(least=2, most=1)
    assert faults_of(found.value, "body") == [
        {"pointer": "/body", "code": "value_error", "detail": "least is above most"}
    ]


def test_a_pattern_is_told_by_what_it_stands_for():
    wrong = {"type": "string_pattern_mismatch", "msg": f"String should match pattern '{EMAIL}'", "loc": ("email",)}
    [fault] = faults_of([wrong], "body")
    assert fault["detail"] == "This is no e-mail address"
