"""Front ends that were built on the released GraphQL schema go on working."""

import pytest

from mentoring_allinone.released import broken, faults

RELEASED = """
enum State { OPEN CLOSED }
type Thing { id: ID! state: State! title: String! }
type Query { thing(id: ID!): Thing  things(first: Int = 50): [Thing!]! }
"""


def test_nothing_breaks_the_released_schema():
    assert faults() == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("title: String!", ""),
        ("title: String!", "title: String"),
        ("state: State!", "state: String!"),
        ("OPEN CLOSED", "OPEN"),
        ("(id: ID!)", "(id: ID!, by: ID!)"),
        ("(first: Int = 50)", ""),
        ("(first: Int = 50)", "(first: String)"),
    ],
)
def test_what_takes_something_away_is_found(before, after):
    found = broken(RELEASED, RELEASED.replace(before, after, 1))
    assert any("Thing" in change or "State" in change or "Query.thing" in change for change in found), found


def test_what_adds_something_breaks_nothing():
    more = RELEASED.replace("title: String!", 'title: String! @deprecated(reason: "see name") name: String!')
    more = more.replace("(first: Int = 50)", "(first: Int = 50, last: Int)").replace("CLOSED", "CLOSED SHUT")
    assert broken(RELEASED, more) == []
