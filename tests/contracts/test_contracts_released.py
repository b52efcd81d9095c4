"""Whoever was built on what was released goes on working: front ends, readers of events, clients of the REST API."""

import copy

import pytest

from mentoring_allinone.released import broken, current, events_broken, faults, rest_broken

RELEASED = """
enum State { OPEN CLOSED }
type Thing { id: ID! state: State! title: String! }
type Query { thing(id: ID!): Thing  things(first: Int = 50): [Thing!]! }
"""


def test_nothing_breaks_what_was_released():
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


EVENT = "applications.ApplicationAccepted.v1"
OPERATION = ("applications", "/people", "post")


def changed(document, *path, to=None):
    """A copy of a document in which what stands at `path` is another thing, or (None) is not there."""
    copied = copy.deepcopy(document)
    part = copied
    for name in path[:-1]:
        part = part[name]
    if to is None:
        del part[path[-1]]
    else:
        part[path[-1]] = to
    return copied


@pytest.mark.parametrize(
    ("path", "to", "says"),
    [
        ((EVENT,), None, "is gone"),
        ((EVENT, "properties", "capacity"), None, ".capacity: is gone"),
        ((EVENT, "properties", "capacity"), {"type": "string"}, ".capacity: is of another type"),
        ((EVENT, "properties", "capacity"), {"anyOf": [{"type": "integer"}, {"type": "null"}]}, "of another type"),
        ((EVENT, "properties", "person_id"), {"type": "string"}, ".person_id: has another format"),
        ((EVENT, "properties", "role", "enum"), ["mentor", "mentee", "coach"], ".role: says other words"),
        ((EVENT, "properties", "role"), {"type": "string"}, ".role: says other words"),
        ((EVENT, "required"), ["application_id"], ".role: may be left out"),
    ],
)
def test_what_a_reader_of_events_does_not_expect_is_found(path, to, says):
    released = current("schemas")
    found = events_broken(released, changed(released, *path, to=to))
    assert any(says in one and one.startswith(EVENT) for one in found), found


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("another.Event.v1",), {"type": "object"}),
        ((EVENT, "properties", "note_id"), {"type": "string"}),
        ((EVENT, "properties", "cohort_id"), {"type": "string", "format": "uuid"}),  # never null any more
        ((EVENT, "properties", "role", "enum"), ["mentor"]),
        ((EVENT, "required"), ["application_id", "programme_id", "cohort_id", "person_id", "role", "capacity"]),
    ],
)
def test_what_says_more_or_promises_more_breaks_no_reader(path, to):
    released = current("schemas")
    assert events_broken(released, changed(released, *path, to=to)) == []


def of_people(openapi, *path):
    """Where the body of a new person is described, and a part of it."""
    service, route, method = OPERATION
    body = openapi[service]["paths"][route][method]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    return (service, "components", "schemas", body.rpartition("/")[2], *path)


REST = [
    (lambda d: ("applications", "paths", "/people", "get"), None, "GET /people: is gone"),
    (lambda d: ("applications", "paths", "/people"), None, "POST /people: is gone"),
    (lambda d: of_people(d, "properties", "languages"), None, ".languages: is gone"),
    (lambda d: of_people(d, "properties", "name"), {"type": "integer"}, ".name: is of another type"),
    (lambda d: of_people(d, "properties", "name", "enum"), ["Ada"], ".name: refuses other words"),
    (lambda d: of_people(d, "required"), ["name", "email", "languages"], ".languages: has become required"),
    (lambda d: ("applications", "paths", "/people", "get", "parameters"), [], "parameter email is gone"),
    (
        lambda d: ("applications", "paths", "/people", "get", "parameters", 0, "required"), True,
        "has become required",
    ),
    (lambda d: ("applications", "paths", "/people", "post", "responses", "201"), None, "answer 201: is gone"),
    (
        lambda d: ("applications", "components", "schemas", "PersonView", "properties", "email"), None,
        ".email: is gone",
    ),
    (
        lambda d: ("applications", "components", "schemas", "PersonView", "properties", "name"), {"type": "null"},
        ".name: is of another type",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("path", "to", "says"), REST)
def test_what_fails_a_client_of_rest_is_found(path, to, says):
    released = current("openapi")
    found = rest_broken(released, changed(released, *path(released), to=to))
    assert any(says in one and one.startswith("applications: ") for one in found), found


def test_what_takes_more_and_answers_more_breaks_no_client():
    released = current("openapi")
    more = changed(released, *of_people(released, "properties", "nickname"), to={"type": "string"})
    more = changed(more, *of_people(released, "required"), to=["name"])
    more = changed(more, "applications", "components", "schemas", "PersonView", "properties", "x", to={"type": "null"})
    more["applications"]["paths"]["/people"]["get"]["parameters"].append(
        {"in": "query", "name": "new", "required": False, "schema": {"type": "string"}}
    )
    assert rest_broken(released, more) == []


def test_a_text_that_is_told_to_be_a_file_takes_what_it_took():
    released = current("openapi")
    body = ("integrations", "paths", "/imports/people", "post", "requestBody", "content", "text/csv", "schema")
    text = changed(released, *body, to={"type": "string"})
    assert rest_broken(text, changed(released, *body, to={"type": "string", "format": "binary"})) == []
    narrower = changed(released, *body, to={"type": "string", "format": "uuid"})
    assert [one for one in rest_broken(text, narrower) if "another format" in one]
