"""A joiner is nominated, matched, completes, counts as an outcome and leaves, and files of others come in the
background, with a token and over an upload link: by the client that is generated here.

Told by the environment: API, HR and TEAM (access tokens), PROGRAMME, COHORT, and a WORD of this run alone.
"""

import datetime as dt
import io
import os
import time
from uuid import UUID

from mentoring_client import AuthenticatedClient, Client
from mentoring_client.api.applications import decide_application, submit_application
from mentoring_client.api.changes import list_changes
from mentoring_client.api.groups_and_buddies import take_over_relationships
from mentoring_client.api.imports import (
    export_import_results,
    import_people,
    keep_import_source,
    make_upload_link,
    preview_people,
    read_import,
    read_upload,
    upload_import_file,
)
from mentoring_client.api.nominations import nominate_person
from mentoring_client.api.outcomes import record_hr_outcome
from mentoring_client.api.people import applications_list_pairs, provision_person, record_leaving
from mentoring_client.api.relationships import close_relationship
from mentoring_client.models import (
    Decision,
    DecisionDecision,
    NewApplication,
    NewApplicationAnswers,
    NewApplicationRole,
    NewHrOutcome,
    NewHrOutcomeOutcome,
    NewHrOutcomeRole,
    NewLeaving,
    NewLeavingReason,
    NewNomination,
    NewNominationRole,
    NewSource,
    NewUploadLink,
    Problem,
    ProvisionedPerson,
    Proxy,
    StandingRelationship,
    StandingRelationships,
)
from mentoring_client.models.import_people_prefer import ImportPeoplePrefer
from mentoring_client.types import File

API, WORD = os.environ["API"], os.environ["WORD"]
PROGRAMME, COHORT = UUID(os.environ["PROGRAMME"]), UUID(os.environ["COHORT"])


def client(token):
    return AuthenticatedClient(API, os.environ[token])


def told(answer):
    assert not isinstance(answer, Problem | None), answer
    return answer


def once_there(ask, found=lambda answer: not isinstance(answer, Problem)):
    """What the services tell each other by events is there a moment later."""
    for _ in range(300):
        if found(answer := ask()):
            return answer
        time.sleep(0.1)
    raise AssertionError(answer)


def sheet(name):
    return File(io.BytesIO(f"Nummer;Naam;Post\n{WORD}-f;{name};file-{WORD}@hr.example.org\n".encode()))


def files():
    hr = client("HR")
    kept = NewSource(mapping="people: {name: Naam, email: Post, external_id: Nummer}")
    told(keep_import_source.sync("ours", client=hr, body=kept))
    assert told(preview_people.sync(client=hr, body=sheet("Ada"), source="ours")).unknown == []
    later = import_people.sync_detailed(
        client=hr, body=sheet("Ada"), source="ours", prefer=ImportPeoplePrefer.RESPOND_ASYNC
    )
    assert later.status_code == 202
    begun = told(later.parsed).id
    assert once_there(lambda: read_import.sync(begun, client=hr), lambda one: one.state == "finished").created == [2]
    assert b"2,created" in export_import_results.sync(begun, client=hr)

    link = told(make_upload_link.sync("ours", client=hr, body=NewUploadLink(most_files=1)))
    _, _, tenant, _, address = link.url.rsplit("/", 4)
    nobody = Client(API)
    told(upload_import_file.sync(UUID(tenant), address, client=nobody, body=sheet("Ada King")))
    done = once_there(
        lambda: read_upload.sync(UUID(tenant), address, client=nobody), lambda one: one.last.state == "finished"
    )
    assert (done.files_left, done.last.accepted) == (0, 1)
    assert told(read_import.sync(done.last.import_id, client=hr)).changed == [2]
    assert any(
        one.type_ == "mentoring.applications.PersonChanged.v1" for one in told(list_changes.sync(client=hr)).items
    )


def main():
    hr, team = client("HR"), client("TEAM")
    people = {}
    for role in ("mentor", "mentee"):
        person = ProvisionedPerson(name=f"{role} {WORD}", email=f"{role}-{WORD}@hr.example.org")
        people[role] = told(provision_person.sync(f"{WORD}-{role}", client=hr, body=person)).id
        again = provision_person.sync_detailed(f"{WORD}-{role}", client=hr, body=person)
        assert (again.status_code, again.parsed.id) == (200, people[role])

    mentee = NewNomination(role=NewNominationRole.MENTEE, name=f"mentee {WORD}", email=f"mentee-{WORD}@hr.example.org")
    assert told(nominate_person.sync(PROGRAMME, client=hr, body=mentee)).state == "endorsed"

    for role, person in people.items():
        signed = Proxy(reason="signed on paper")
        applies = NewApplication(
            role=NewApplicationRole(role),
            cohort_id=COHORT,
            answers=NewApplicationAnswers(),
            person_id=person,
            proxy=signed,
        )
        application = told(submit_application.sync(PROGRAMME, client=team, body=applies))
        told(decide_application.sync(application.id, client=team, body=Decision(decision=DecisionDecision.ACCEPT)))
    pair = StandingRelationship(member_ids=[people["mentee"]], starts_on=dt.date(2026, 1, 5), lead_id=people["mentor"])
    standing = StandingRelationships(relationships=[pair])
    taken = once_there(lambda: take_over_relationships.sync(COHORT, client=team, body=standing))
    [match] = taken.matches
    once_there(lambda: close_relationship.sync(match.id, client=team))

    def pairs():
        return told(applications_list_pairs.sync(client=hr, programme_id=PROGRAMME)).items

    assert once_there(pairs, lambda items: any(one.id == match.id and one.state == "completed" for one in items))

    outcome = NewHrOutcome(
        outcome=NewHrOutcomeOutcome.RETENTION, role=NewHrOutcomeRole.MENTEE,
        definition="still employed a year later", months=12,
        people=40, with_outcome=37, source=f"HR of {WORD}", measured_on=dt.date(2026, 6, 30),
    )  # fmt: skip
    kept = once_there(lambda: record_hr_outcome.sync(PROGRAMME, client=hr, body=outcome))
    assert (kept.participants["people"], kept.participants["with_outcome"]) == (40, 37)

    leaving = NewLeaving(last_day=dt.date(2026, 9, 30), reason=NewLeavingReason.RETIRED)
    assert told(record_leaving.sync(people["mentee"], client=hr, body=leaving)).leaving_reason == "retired"
    gone = provision_person.sync_detailed(
        f"{WORD}-nobody", client=client("TEAM"), body=ProvisionedPerson(name="x", email="x")
    )
    assert isinstance(gone.parsed, Problem)
    assert (gone.status_code, gone.parsed.code) == (422, "invalid_request")


main()
files()
