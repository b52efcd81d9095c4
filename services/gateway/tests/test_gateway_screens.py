"""What the main screens of a front end cost: the services' calls, the same for three rows as for fifty."""

from uuid import uuid4

import pytest

MOMENT = "2022-04-27T09:00:00Z"
ROWS = (3, 50)

HOME = """{ me { person { name } roles { title }
  home { relationships { id state phase quietSince mentor { name } mentee { name } match { cohort { number } } }
         nextActivities { title startsAt } }
  matches(state: "proposed") { nodes { mentor { name } mentee { name } cohort { number } relationship { state } } }
  applications { nodes { state cohort { number } form { waiting { position } } } }
  notifications { nodes { topic } } } }"""

TEAM = """query($p: UUID!) { programme(id: $p) { title
  cohorts { number places }
  dashboard { funnel { role applied submitted accepted matched } matches { state count }
    mentoringSessions mentoringMinutes waves { instrument responseRates { pooled } } }
  relationshipCounts { behind quiet openConcern }
  concerns { nodes { severity person { name } owner { name } people { name } } } } }"""

APPLICATIONS = """query($p: UUID!) { programme(id: $p) { title
  applications(first: 50) { pageInfo { hasNextPage } nodes { id role state version person { name email }
    cohort { number } form { unmetRules answers { freeText attributes } waiting { position } } } } } }"""

RELATIONSHIPS = """query($p: UUID!) { programme(id: $p) { title
  relationshipCounts { behind quiet }
  relationships(first: 50, orderBy: BEHIND) { nodes { id state behind quietSince lastHeldAt mentoringSessionCount
    mentor { name } mentee { name } members { role } match { state confirmedAt cohort { number } } } } } }"""

REPORT = """query($r: UUID!) { report(id: $r) { title state figures { name value }
  narrative { title paragraphs { text } } changes { changed { name } } url pdfUrl } }"""

NODES = """query($ids: [ID!]!) { nodes(ids: $ids) { __typename
  ... on Match { mentor { name } } ... on Relationship { mentee { name } } ... on Application { state } } }"""


@pytest.fixture
def busy(front, world, make):
    """A programme, its cohort, and so many applications, pairs, concerns and figures; the caller is in all of them."""

    def filled(rows):
        p, c, r, me = uuid4(), uuid4(), uuid4(), str(front.person_id)
        matches = [make.match(p, c, mentor_id=me) for _ in range(rows)]
        pairs = [make.relationship(match) for match in matches]
        applications = [make.application(p, c) for _ in range(rows)]
        people = [make.person(me), *(make.person(one["mentee_id"]) for one in matches)]
        people += [make.person(one["person_id"]) for one in applications]
        for person in people:
            world.get(f"/applications/people/{person['id']}", person)
        world.get("/applications/people", people)
        world.get("/applications/me", people[0] | {"roles": [], "email_pending": False})
        world.get(f"/applications/programmes/{p}", make.programme(p))
        world.get(f"/applications/programmes/{p}/cohorts", [make.cohort(c, p)])
        ledger = {"items": [make.ledger_row(c, "mentee", applied=rows)], "oversubscription": []}
        world.get(f"/applications/programmes/{p}/ledger", ledger)
        world.get("/applications/applications", applications)
        written = {"criteria": [], "free_text": "So be it", "attributes": {}, "preferred": [], "conflicts": []}
        parts = {"answers": written, "unmet_rules": [], "overrides": [], "consents": [], "proxy": None}
        details = [one | parts | {"waiting": None} for one in applications]
        world.get("/applications/application-details", lambda _: {"items": details})
        world.get("/matching/matches", matches)
        world.get(f"/matching/programmes/{p}/matches/counts", {"items": [{"state": "confirmed", "count": rows}]})
        world.get("/sessions/relationships", pairs)
        world.get(f"/sessions/programmes/{p}/relationships/counts", make.relationship_counts(rows))
        world.get(f"/sessions/people/{me}/home", {"person_id": me, "relationships": pairs, "next_activities": []})
        members = [{"person_id": one["mentee_id"], "role": "mentee"} for one in matches]
        concerns = [
            {
                "id": str(uuid4()), "match_id": one["id"], "raised_by": me, "raised_at": MOMENT, "source": "raised",
                "severity": "normal", "safeguarding": False, "state": "raised", "version": 1, "members": [member],
            }
            for one, member in zip(matches, members, strict=True)
        ]  # fmt: skip
        world.get(f"/sessions/programmes/{p}/concerns", concerns)
        world.get(f"/evaluation/programmes/{p}/waves", [make.wave(p, c)])
        world.get("/integrations/notifications", [])
        figure = {
            "name": "satisfaction",
            "unit": "percent",
            "rule": "share",
            "role": "mentee",
            "group": {},
            "value": 50,
        }
        report = {
            "id": str(r),
            "programme_id": str(p),
            "title": "One",
            "state": "ready",
            "version": 1,
            "figures": [figure] * rows,
        }
        world.get(f"/evaluation/reports/{r}", report)
        world.get(f"/evaluation/reports/{r}/changes", {"changed": []})
        ids = [f"{kind}:{one['id']}" for one in matches for kind in ("Match", "Relationship")]
        ids += [f"Application:{one['id']}" for one in applications]
        return {"p": str(p), "r": str(r), "ids": ids}

    return filled


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize(
    ("screen", "calls"),
    [(HOME, 11), (TEAM, 9), (APPLICATIONS, 5), (RELATIONSHIPS, 6), (REPORT, 2), (NODES, 4)],
    ids=["home", "team", "applications", "relationships", "report", "nodes"],
)
async def test_a_screen_costs_as_many_calls_for_fifty_rows_as_for_three(front, world, busy, screen, calls, rows):
    variables = busy(rows)
    await front.data(screen, {name: variables[name] for name in ("p", "r", "ids") if f"${name}:" in screen})
    assert len(world.calls) == calls, "\n".join(f"{call.method} {call.path} {call.query}" for call in world.calls)
