"""Where what was made is read, as OpenAPI says it: every 201 and 202 has a Location, or nothing that has an address."""

import json
import re
from pathlib import Path

import pytest

DOCUMENTS = Path(__file__).resolve().parents[2] / "libs/contracts/src/mentoring_contracts/openapi"
# What these make is read in lists alone, or is several things.
WITHOUT = {
    "applications": {"plan_cohorts", "grant_role", "hand_over_team", "create_organisation", "register_employer"},
    "matching": {
        "offer_arrangement", "propose_conversations", "pair_buddies", "form_groups", "take_over_relationships",
        "hand_over_match",
    },
    "sessions": {"record_check_in"},
    "evaluation": {
        "answer_survey", "name_respondent", "plan_waves", "add_goal", "record_indicator_value", "record_hr_outcome",
        "assess_programme",
    },
    "integrations": {"upload_import_file"},  # who has the link reads it at the link
}  # fmt: skip


def made(document):
    """The operations that make something, by name: the headers of their answer."""
    operations = [op for item in document["paths"].values() for op in item.values() if "responses" in op]
    return {
        op["operationId"]: op["responses"][status].get("headers", {})
        for op in operations
        for status in ("201", "202")
        if status in op["responses"]
    }


def shape(path):
    return re.sub(r"\{\w+\}", "{}", path)


@pytest.mark.parametrize("service", WITHOUT)
def test_what_is_made_says_where_it_is_read(service):
    document = json.loads((DOCUMENTS / f"{service}.json").read_text("utf-8"))
    found = made(document)
    assert {name for name, headers in found.items() if "Location" not in headers} == WITHOUT[service]
    read = {shape(path) for path, item in document["paths"].items() if "get" in item}
    told = [re.search(r": (/\S+) of", h["Location"]["description"])[1] for h in found.values() if "Location" in h]
    assert [path for path in told if shape(path) not in read] == []
