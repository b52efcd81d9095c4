"""The published contracts: examples fit their schemas, attributes are those of CloudEvents."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from openapi_spec_validator import validate

import mentoring_contracts
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


def test_asyncapi_names_every_event():
    document = yaml.safe_load((FOLDER / "asyncapi.yaml").read_text())
    assert set(document["components"]["messages"]) == {c.__name__ for c in event_classes()}
    for message in document["components"]["messages"].values():
        assert (FOLDER / message["payload"]["schema"]["$ref"]).exists()


@pytest.mark.parametrize("path", sorted((FOLDER / "openapi").glob("*.json")), ids=lambda p: p.stem)
def test_openapi_documents_are_valid(path):
    document = json.loads(path.read_text())
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_events_hold_no_personal_data():
    personal = {"name", "email", "title", "text", "note", "comment", "free_text", "summary"}
    named = {f"{c.__name__}.{field}" for c in event_classes() for field in c.model_fields if field in personal}
    assert named == set()
