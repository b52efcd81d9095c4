"""The published contracts: examples fit their schemas, attributes are those of CloudEvents."""

import json
from pathlib import Path

import jsonschema
import pytest
from openapi_spec_validator import validate

import mentoring_contracts
from mentoring_allinone import asyncapi
from mentoring_common import yaml_text
from mentoring_common.envelope import Envelope
from mentoring_contracts import event_class, event_classes

FOLDER = Path(mentoring_contracts.__file__).parent
REQUIRED = {"specversion", "id", "source", "type"}


@pytest.mark.parametrize("cls", event_classes(), ids=lambda c: c.__name__)
def test_the_example_fits_the_schema_and_the_class(cls):
    name = f"{cls.owner}.{cls.__name__}.v{cls.version}.json"
    example = json.loads((FOLDER / "examples" / name).read_text())
    schema = json.loads((FOLDER / "schemas" / name).read_text())
    jsonschema.validate(example["data"], schema, format_checker=jsonschema.FormatChecker())
    assert event_class(example["type"]).model_validate(example["data"]).type_name() == cls.type_name()
    assert set(example) >= REQUIRED
    assert all(key.isalnum() and key == key.lower() for key in example)


def test_every_file_belongs_to_an_event():
    names = {f"{c.owner}.{c.__name__}.v{c.version}.json" for c in event_classes()}
    for folder in ("schemas", "examples"):
        assert {p.name for p in (FOLDER / folder).glob("*.json")} == names


@pytest.mark.parametrize("cls", event_classes(), ids=lambda cls: cls.__name__)
def test_every_property_of_an_event_is_described(cls):
    """Say it in the class, or in words.toml of the contracts: [events], or [members] if the API has it too."""
    described = asyncapi.schema(cls)
    parts = [(cls.__name__, described), *described.get("$defs", {}).items()]
    silent = [f"{owner}.{name}" for owner, part in parts for name, one in part.get("properties", {}).items()
              if not one.get("description")]  # fmt: skip
    assert silent == []


def test_asyncapi_says_what_an_integrator_asks():
    """Meaning, owner, key, order, personal data, an example, versions; every header that a record has, described."""
    document = asyncapi.document()
    assert document["servers"]
    sent = Envelope.model_fields.keys()
    told = document["components"]["messageTraits"]["envelope"]["headers"]
    assert {name.removeprefix("ce_") for name in told["properties"]} == {*sent, "content-type"}
    assert all(one["description"] for one in told["properties"].values())
    for name, message in document["components"]["messages"].items():
        asked = ("description", "bindings", "examples", "x-owner", "x-order", "x-personal-data", "x-versions")
        assert [one for one in asked if not message.get(one)] == [], name
        assert set(message["examples"][0]["headers"]) == set(told["required"]), name


def test_asyncapi_names_every_event():
    document = yaml_text.ours((FOLDER / "asyncapi.yaml").read_text())
    assert set(document["components"]["messages"]) == {c.__name__ for c in event_classes()}
    for message in document["components"]["messages"].values():
        assert (FOLDER / message["payload"]["schema"]["$ref"]).exists()


@pytest.mark.parametrize("path", sorted((FOLDER / "openapi").glob("*.json")), ids=lambda p: p.stem)
def test_openapi_documents_are_valid(path):
    document = json.loads(path.read_text())
    assert document["openapi"].startswith("3.1")
    validate(document)


NOT_PEOPLE = {
    "about_id", "mentor_application_id", "mentee_application_id",
    "activity_id", "application_id", "appointment_id", "assessment_id", "case_study_id", "change_id",
    "certificate_id", "cohort_id", "concern_id", "draft_id", "from_cohort_id", "gathered_in", "goal_id", "group_id",
    "habit_id",
    "focus_group_id", "interview_id", "part_id",
    "match_id", "mentoring_session_id", "nomination_id", "organisation_id", "programme_id", "rematch_of", "report_id",
    "blueprint_id", "member_id", "membership_id",
    "network_id", "office_id", "received_id", "resource_id", "share_id", "review_id", "role_id", "run_id", "wave_id",
    "webhook_id",
}  # fmt: skip


@pytest.mark.parametrize("cls", event_classes(), ids=lambda c: c.__name__)
def test_every_id_says_whether_it_is_a_person_s(cls):
    """Of somebody who is erased a reaction sees nothing: that rests on `PersonId`."""
    ids = {name for name, field in cls.model_fields.items() if "UUID" in str(field.annotation)}
    assert ids - set(cls.people_fields()) <= NOT_PEOPLE


def test_one_subject_of_an_owner_is_one_kind_of_aggregate():
    """Consumers mark how far they have come by owner and id: an id is never that of two aggregates."""
    kinds = {(cls.owner, cls.subject): cls.aggregate for cls in event_classes()}
    assert all(kinds[cls.owner, cls.subject] == cls.aggregate for cls in event_classes())


def test_events_hold_no_personal_data():
    personal = {"name", "email", "title", "text", "note", "comment", "free_text", "summary"}
    named = {f"{c.__name__}.{field}" for c in event_classes() for field in c.model_fields if field in personal}
    assert named == set()
