"""What is held of a person is given to that person: their own words opened, nobody else's, on record."""

import importlib

import pytest
import sqlalchemy as sa

from mentoring_common.subject_access import WITHHELD

WORDS = "I hope for a mentor outside my discipline."


async def test_a_person_reads_all_that_is_held_of_them_and_nobody_else_does(applications, nihr, tenant):
    person = await nihr.person()
    application = await nihr.apply("mentee", nihr.cohorts[0], person)
    other = await nihr.apply("mentee", nihr.cohorts[0])
    url = f"/people/{person}/held"
    answer = await nihr.as_person(person).get(url)
    assert answer.status_code == 200, answer.text
    held = answer.json()["held"]
    [row] = held["application_answers"]
    assert row["sealed"]["free_text"] == WORDS
    assert [a["id"] for a in held["applications"]] == [application["id"]]
    assert {"people", "consents"} <= held.keys()
    assert other["person_id"] not in answer.text
    assert str(tenant) not in answer.text
    by_admin = (await nihr.office.get(url)).json()["held"]
    assert by_admin["application_answers"][0]["sealed"] == WITHHELD
    assert WORDS not in str(by_admin)
    stranger = nihr.as_person(other["person_id"])
    assert (await stranger.get(url)).json()["code"] == "nothing_held"
    async with applications.service.database.transaction(tenant) as db:
        acts = sa.text("SELECT actor FROM audit_log WHERE act = 'subject_access' ORDER BY position")
        assert (await db.scalars(acts)).first() == person


# Tables that name people and are not given: what they hold is somebody else's, or nothing of the person's.
NOT_GIVEN = {
    ("evaluation", "assessments"): "who assessed the programme itself: their name stands on the evidence pack",
    ("applications", "api_keys"): "made for a system: of who made one it has no more than the audit log",
    (
        "integrations",
        "import_sources",
    ): "how a system's files are read: of who said so it has no more than the audit log",
    ("integrations", "upload_links"): "made for a system: of who made one it has no more than the audit log",
    ("integrations", "webhooks"): "set up for the organisation: of who made one it has no more than the audit log",
}
PEOPLE = {"person_id", "mentor_id", "mentee_id", "assessor_id", "written_by", "raised_by", "made_by", "owner_id"}


@pytest.mark.parametrize("service", ["applications", "matching", "sessions", "evaluation", "integrations"])
def test_every_table_that_names_a_person_is_given_or_says_why_not(service):
    metadata = importlib.import_module(f"mentoring_{service}.models").Base.metadata
    given = {held.table for held in importlib.import_module(f"mentoring_{service}.subject_access").HELD}
    named = {table.name for table in metadata.sorted_tables if PEOPLE & set(table.columns.keys())}
    assert {t for t in named - given if (service, t) not in NOT_GIVEN} == set()
    assert given <= set(metadata.tables)
