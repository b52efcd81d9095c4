"""Recruitment: the organisation, its programme, the people, their applications, moves and decisions."""

import csv
import io
from typing import Any

from mentoring_allinone.demo.people import Person
from mentoring_allinone.demo.stage import Stage, refused
from mentoring_allinone.hands import ask, change, graphql, pages, together

ORGANISATION = "National Institute for Health and Care Research"
TEAM = {
    "programme_manager": ("Robin Hale", "robin.hale@programme.example.org"),
    "coordinator": ("Sam Okoro", "sam.okoro@programme.example.org"),
    "interviewer": ("Kit Larsen", "kit.larsen@programme.example.org"),
    "steering_group": ("Jo Whitfield", "jo.whitfield@programme.example.org"),
}

APPLY = """
mutation Apply($programme: UUID!, $cohort: UUID, $answers: JSON!, $consents: JSON!, $equality: JSON) {
  submitApplication(programmeId: $programme, role: MENTEE, cohortId: $cohort, answers: $answers, consents: $consents,
                    equality: $equality) { id state }
}"""


async def found_organisation(stage: Stage) -> None:
    """The operator makes the organisation; its administrator makes the programme and its team."""
    operator = stage.client("operator", "platform:admin")
    made = await ask(operator, "POST", "/applications/organisations", json={"name": ORGANISATION, "slug": "nihr"})
    stage.organisation_id = made["id"]
    admin = stage.admin
    programme = await ask(admin, "POST", "/applications/programmes", json={"blueprint": "nihr"})
    stage.programme_id = programme["id"]
    for role, (name, email) in TEAM.items():
        person = await ask(admin, "POST", "/applications/people", json={"name": name, "email": email})
        stage.team[role] = person["id"]
        holder = {"person_id": person["id"], "role": role}
        await ask(admin, "POST", f"/applications/programmes/{stage.programme_id}/roles", json=holder)
    cohorts = await ask(admin, "POST", f"/applications/programmes/{stage.programme_id}/cohorts/from-blueprint")
    stage.cohort_ids = {cohort["number"]: cohort["id"] for cohort in cohorts["items"]}
    await stage.settle()


async def import_people(stage: Stage) -> None:
    """An HR system hands over everybody as a CSV file, with one broken row that is kept out and reported."""
    admin = stage.admin
    table = _csv(stage.cast.people)
    broken = table + b"No Address,not-an-address,Somewhere,en\r\n"
    done = await ask(
        admin, "POST", "/integrations/imports/people", content=broken, headers={"content-type": "text/csv"}
    )
    stage.facts["import"] = {"accepted": done["accepted"], "refused": done["refused"]}
    await _learn_ids(stage)


def _csv(people: tuple[Person, ...]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["name", "email", "employer", "languages"])
    for p in people:
        writer.writerow([p.name, p.email, p.employer, ";".join(p.languages)])
    return text.getvalue().encode()


async def _learn_ids(stage: Stage) -> None:
    """The ids of the imported people, by the address they have in the cast."""
    admin = stage.admin
    ids = {row["email"]: row["id"] for row in await pages(admin, "/applications/people")}
    stage.person_ids = {p.key: ids[p.email.lower()] for p in stage.cast.people}


async def apply(stage: Stage, person: Person) -> None:
    """A person sends the form: mentees through the front end (GraphQL), mentors over REST."""
    cohort = stage.cohort_ids[person.plan.applied_cohort] if person.plan.applied_cohort else None
    client = stage.person(person.key)
    if person.role == "mentee":
        form = {"programme": stage.programme_id, "cohort": cohort, "answers": person.form_answers()}
        form |= {"consents": {"privacy_notice": "2022-02"}, "equality": dict(person.equality)}
        made = (await graphql(client, APPLY, **form))["submitApplication"]
    else:
        body = _form(stage, person, cohort) | {"equality": dict(person.equality)}
        made = await ask(client, "POST", _applications(stage), json=body)
    stage.application_ids[person.key] = made["id"].removeprefix("Application:")  # as GraphQL has it


def _form(stage: Stage, person: Person, cohort: str | None) -> dict[str, Any]:
    return {
        "role": person.role,
        "cohort_id": cohort,
        "answers": person.form_answers(),
        "consents": {"privacy_notice": "2022-02"},
    }


def _applications(stage: Stage) -> str:
    return f"/applications/programmes/{stage.programme_id}/applications"


async def apply_all(stage: Stage, people: list[Person]) -> None:
    """Everybody who applies on one day."""
    await together(apply(stage, person) for person in people)
    await stage.settle()


async def apply_too_late(stage: Stage, person: Person) -> None:
    """After the window closed the same form is refused, and says when the window was."""
    body, path = _form(stage, person, stage.cohort_ids[1]), _applications(stage)
    await refused(stage, "an application after the window", stage.person(person.key), "POST", path, json=body)


async def apply_twice(stage: Stage, person: Person) -> None:
    """A second application of the same person to the same cohort is refused."""
    assert person.plan.applied_cohort
    body, path = _form(stage, person, stage.cohort_ids[person.plan.applied_cohort]), _applications(stage)
    await refused(stage, "a second application", stage.person(person.key), "POST", path, json=body)


async def change_places(stage: Stage) -> None:
    """Demand is high: 75 places become 80, spread anew over the cohorts."""
    for number, places in stage.scenario.places.items():
        path = f"/applications/cohorts/{stage.cohort_ids[number]}"
        await change(stage.office(), path, places=places)
    await stage.settle()


async def move(stage: Stage, person: Person) -> None:
    """An application moves to another cohort."""
    assert person.plan.moved_to
    body = {"cohort_id": stage.cohort_ids[person.plan.moved_to], "reason": "Places of a later cohort suit better"}
    await ask(stage.office(), "POST", _application(stage, person, "move"), json=body)


async def withdraw(stage: Stage, person: Person) -> None:
    """A person withdraws before the decisions."""
    body = {"reason": "Circumstances changed"}
    await ask(stage.person(person.key), "POST", _application(stage, person, "withdraw"), json=body)


async def decide_all(stage: Stage, cohort: int) -> None:
    """Decisions of a cohort: in, on the waiting list, or not eligible; then one more than there are places."""
    mine = [p for p in stage.cast.people if p.plan.cohort == cohort and p.plan.ending != "withdrawn"]
    await together(_decide(stage, person) for person in mine)
    one_too_many = next((p for p in mine if p.role == "mentee" and p.plan.ending == "unmatched"), None)
    if one_too_many is not None:
        path = _application(stage, one_too_many, "decision")
        await refused(stage, "one more than the places", stage.office(), "POST", path, json={"decision": "accept"})
    await stage.settle()


async def _decide(stage: Stage, person: Person) -> None:
    decision = {"matched": "accept", "ineligible": "refuse"}.get(person.plan.ending, "waitlist")
    body: dict[str, object] = {"decision": decision}
    if person.plan.override:
        body["override"] = {"rule": person.plan.override.rule, "reason": person.plan.override.reason}
    await ask(stage.office(), "POST", _application(stage, person, "decision"), json=body)


async def close_cohort(stage: Stage, cohort: int) -> None:
    """Who waits for 2023 is carried over; whoever is still open ends unmatched."""
    for person in stage.cast.people:
        if person.plan.cohort == cohort and person.plan.ending == "carried_over":
            await carry_over(stage, person)
    await ask(stage.office(), "POST", f"/applications/cohorts/{stage.cohort_ids[cohort]}/close")
    await stage.settle()


async def carry_over(stage: Stage, person: Person) -> None:
    """An application goes on in 2023."""
    body = {"reason": "Asked for a cohort of 2023"}
    await ask(stage.office(), "POST", _application(stage, person, "carry-over"), json=body)


def _application(stage: Stage, person: Person, act: str) -> str:
    return f"/applications/applications/{stage.application_ids[person.key]}/{act}"
