"""Whoever changes something says which version they read: every operation of every document, or a reason why not."""

import pytest

from mentoring_allinone import generate

CHANGES = ("put", "patch", "delete")
# Edited by several people, or by one on several devices: without the version that was read one change would be lost.
TURNS = {"put", "patch"}
ALONE = {
    ("integrations", "put", "/preferences"): "simple flags, each set by itself, of one person",
    ("sessions", "put", "/habits/{habit_id}/marks/{day}"): "a day is kept or not, said by one person",
    ("applications", "put", "/people/by-external-id/{external_id}"): "an HR system says what is, as often as it likes",
    ("applications", "put", "/people/{person_id}/leaving"): "an HR system says when somebody leaves, as it stands now",
}
# Who is read elsewhere than where they are changed.
READ_AT = {("applications", "put", "/people/by-external-id/{external_id}"): "/people/{person_id}"}
WITHOUT = {
    (
        "sessions",
        "delete",
        "/habits/{habit_id}/feedback/{link_id}",
    ): "a link is given and taken back, and never changed",
    ("applications", "delete", "/roles/{role_id}"): "a role is granted and revoked, and never changed",
    ("integrations", "put", "/public/{tenant_id}/uploads/{link}"): "a file that comes; nothing is changed by it",
    ("integrations", "put", "/imports/sources/{name}"): "said whole, by the one system whose source it is",
    ("integrations", "delete", "/imports/sources/{name}"): "said whole, by the one system whose source it is",
    ("evaluation", "delete", "/respondents/{respondent_id}"): "a respondent is named and forgotten, and never changed",
}


@pytest.fixture(scope="module")
def documents():
    return {name: service.app.openapi() for name, service in generate.services().items()}


def changes(documents):
    return [
        (service, method, path, operations[method])
        for service, document in documents.items()
        for path, operations in document["paths"].items()
        for method in CHANGES
        if method in operations and (service, method, path) not in WITHOUT
    ]


def if_match(operation):
    return next((p for p in operation.get("parameters", []) if p["name"] == "If-Match"), None)


def is_tagged(operation):
    return any("ETag" in answer.get("headers", {}) for answer in operation["responses"].values())


def test_changes_take_the_version_and_those_in_turns_need_it(documents):
    found = changes(documents)
    assert len(found) >= 20
    for service, method, path, operation in found:
        taken = if_match(operation)
        assert taken is not None, (service, method, path)
        assert "412" in operation["responses"], (service, method, path)
        needed = method in TURNS and (service, method, path) not in ALONE
        assert (taken["required"], "428" in operation["responses"]) == (needed, needed), (service, method, path)
        assert method == "delete" or is_tagged(operation), (service, method, path)


def test_what_is_changed_can_be_read_with_its_version(documents):
    for service, method, path, _ in changes(documents):
        paths = documents[service]["paths"]
        of = READ_AT.get((service, method, path), path)
        while "get" not in paths.get(of, {}) or not is_tagged(paths[of]["get"]):
            of = of.rpartition("/")[0]
            assert "{" in of, (service, method, path)


def test_every_answer_that_shows_one_version_has_it_as_its_tag(documents):
    for service, document in documents.items():
        versioned = {
            name
            for name, schema in document["components"]["schemas"].items()
            if "what If-Match asks for" in str(schema.get("properties", {}))
        }
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                answers = [a for status, a in operation["responses"].items() if status.startswith("2")]
                shown = [a["content"].get("application/json", {}).get("schema", {}) for a in answers if "content" in a]
                for schema in shown:
                    if schema.get("$ref", "").rpartition("/")[2] in versioned:
                        assert is_tagged(operation), (service, method, path)


def test_the_reasons_are_about_operations_that_are_there(documents):
    for service, method, path in [*ALONE, *WITHOUT]:
        assert method in documents[service]["paths"][path]


def test_one_member_is_the_tag_and_a_version_beside_it_says_what_it_counts(documents):
    """The tag is `revision` where there is one, else `version`; a `version` that is not the tag says so."""
    for service, document in documents.items():
        for name, schema in document["components"]["schemas"].items():
            members = schema.get("properties", {})
            tags = {member for member, said in members.items() if "what If-Match asks for" in str(said)}
            if not tags:
                continue
            assert tags == ({"revision"} if "revision" in members else {"version"}), (service, name)
            if "revision" in members:
                assert "the ETag is `revision`" in members["version"].get("description", ""), (service, name)


def test_what_the_readme_says_of_if_match_is_so(documents):
    """428 for PUT and PATCH, those apart that the README names; all else is free to send it."""
    needed = {
        (service, method, path)
        for service, document in documents.items()
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if (taken := if_match(operation)) is not None and taken["required"]
    }
    told = (generate.CONTRACTS.parents[3] / "README.md").read_text("utf-8")
    assert {method for _, method, _ in needed} == TURNS
    for service, method, path in ALONE:
        assert f"`{method.upper()} /{service}{path}`" in told
