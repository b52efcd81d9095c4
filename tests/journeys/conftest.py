"""A programme of two pairs, made and matched through the GraphQL schema alone."""

import json
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mentoring_common import yaml_text
from mentoring_common.testing import eventually

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("applications", "matching", "sessions", "evaluation", "integrations")
SCOPES = [f"{service}:{right}" for service in SERVICES for right in ("read", "write")]
OPEN = {"kind": "expression_of_interest", "startsAt": "2020-01-01T00:00:00Z", "endsAt": "2099-01-01T00:00:00Z"}
# The blueprint makes orientation compulsory; these journeys are about the schema.
ORIENTATION = {"kind": "orientation", "startsAt": "2020-02-01T00:00:00Z"}

BEGIN = "mutation($b: JSON!) { createProgramme(blueprint: $b) { id form { version criteria { id } } } }"
# Two pairs are too few for an anonymous survey, of which nothing would be shown.
QUESTION = {"id": "liked", "kind": "choice", "roles": ["mentor", "mentee"], "text": "Liked?", "options": ["Yes", "No"]}
WATCHER = {"id": "watcher", "title": "Watcher of pairs", "rights": ["read_relationships"]}
LETTER = {"id": "letter", "kind": "file", "roles": ["mentor", "mentee"], "label": "A letter", "accept": ["text"]}
NEED = {"id": "need", "title": "Need"}
ASSESSMENT = {"criteria": [NEED], "before_deciding": False}
LIKED = {"id": "liked", "mode": "named", "title": "Liked", "questions": [QUESTION]}
COHORT = """mutation($p: UUID!, $m: [NewMilestone!]) {
  addCohort(programmeId: $p, number: 1, places: 2, milestones: $m) { id } }"""
REGISTER = "mutation($name: String!, $email: String!) { registerPerson(name: $name, email: $email) { id name email } }"
APPLY = """mutation($p: UUID!, $c: UUID!, $role: Role!, $answers: JSON!) {
  submitApplication(programmeId: $p, cohortId: $c, role: $role, answers: $answers,
                    consents: {privacy_notice: "2022-02"}) { id state role cohort { number } } }"""
DECIDE = "mutation($id: UUID!) { decideApplication(applicationId: $id, decision: ACCEPT) { state } }"
RUN = """query($id: UUID!) { matchRun(id: $id) { state failure pairs ruleSources { rule fromHr selfDeclared }
  proposedPairs { nodes { mentor { name } score } } unmatched { nodes { rule explanation } } } }"""
OFFERS = '{ me { person { name } matches(state: "proposed") { nodes { id mentor { name email } mentee { name } } } } }'
ACCEPT = "mutation($id: UUID!) { acceptMatch(matchId: $id) { state } }"


class Refused(Exception):
    """An answer with errors."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(str(errors))
        self.codes = [error["extensions"]["code"] for error in errors]


@dataclass
class Journey:
    """An organisation, its programme and people, who ask by GraphQL."""

    stack: Any
    tenant: str
    programme_id: str = ""
    cohort_id: str = ""
    people: dict[str, str] = field(default_factory=dict)  # by name
    pairs: list[dict[str, Any]] = field(default_factory=list)  # id, mentor and mentee by name

    def client(self, subject: str | None = None) -> Any:
        if subject is None:
            return self.stack.call("organisation:admin", *SCOPES, tenant=self.tenant)
        return self.stack.call(*SCOPES, tenant=self.tenant, subject=subject)

    async def ask(self, query: str, by: str | None = None, key: str | None = None, **variables: Any) -> dict[str, Any]:
        """The data of an answer to the person named, or to the organisation's admin."""
        async with self.client(self.people[by] if by else None) as client:
            headers = {"Idempotency-Key": key or uuid.uuid4().hex}
            answer = await client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        if "errors" in body:
            raise Refused(body["errors"])
        data: dict[str, Any] = own_ids(body["data"])
        return data

    async def refusal(self, query: str, by: str | None = None, **variables: Any) -> list[str]:
        """The codes of the errors in an answer."""
        with pytest.raises(Refused) as refused:
            await self.ask(query, by, **variables)
        return refused.value.codes

    async def begin(self, **changes: Any) -> None:
        """The programme and its cohort, open for applications."""
        blueprint = yaml_text.ours((ROOT / "blueprints" / "nihr.yaml").read_text("utf-8")) | changes
        blueprint["instruments"].append(LIKED)
        blueprint.setdefault("roles", []).append(WATCHER)
        blueprint["form"]["fields"].append(LETTER)
        blueprint["reviews"] = changes.get("reviews", {"fit_check_days": 0})
        blueprint["applying"] = blueprint.get("applying", {}) | {"assessment": ASSESSMENT}
        programme = (await self.ask(BEGIN, b=json.loads(json.dumps(blueprint, default=str))))["createProgramme"]
        assert programme["form"]["criteria"]
        self.programme_id = programme["id"]
        self.cohort_id = (await self.ask(COHORT, p=self.programme_id, m=[OPEN, ORIENTATION]))["addCohort"]["id"]

    async def register(self, name: str) -> None:
        """Make a person known."""
        email = f"{name.lower().replace(' ', '.')}@example.org"
        person = (await self.ask(REGISTER, name=name, email=email))["registerPerson"]
        assert (person["name"], person["email"]) == (name, email)
        self.people[name] = person["id"]

    async def apply_and_accept(self, name: str, role: str, **more: Any) -> None:
        """A new person applies, twice under one key, and is accepted."""
        await self.register(name)
        wanted = {"p": self.programme_id, "c": self.cohort_id, "role": role, "answers": answers(name, role) | more}
        applied = (await self.ask(APPLY, by=name, key=f"apply {name}", **wanted))["submitApplication"]
        assert (applied["state"], applied["cohort"]) == ("submitted", {"number": 1})
        again = (await self.ask(APPLY, by=name, key=f"apply {name}", **wanted))["submitApplication"]
        assert again["id"] == applied["id"], "the same key is the same request"
        assert await self.refusal(APPLY, by=name, **wanted) == ["already_applied"]
        assert (await self.ask(DECIDE, id=applied["id"]))["decideApplication"] == {"state": "accepted"}

    async def fill_pool(self) -> None:
        """Two mentors and two mentees are accepted."""
        for name, role in (("Ada", "MENTOR"), ("Bea", "MENTOR"), ("Cleo", "MENTEE"), ("Dina", "MENTEE")):
            await self.apply_and_accept(name, role)
        await eventually(self._pool, what="the pool")

    async def match_everybody(self) -> None:
        """Everybody in the pool has an offer."""
        start = "mutation($c: UUID!) { startMatchRun(cohortId: $c) { id state } }"
        run = (await self.ask(start, c=self.cohort_id))["startMatchRun"]["id"]
        found = await eventually(lambda: self._completed(run), what="the run")
        assert found["pairs"] == 2, found["unmatched"]
        employers = {"rule": "different_employer", "fromHr": 0, "selfDeclared": 4}
        assert employers in found["ruleSources"], "everybody said on the form for whom they work"
        assert {pair["mentor"]["name"] for pair in found["proposedPairs"]["nodes"]} == {"Ada", "Bea"}
        approve = "mutation($id: UUID!) { approveRun(runId: $id) { state } }"
        assert (await self.ask(approve, id=run))["approveRun"] == [{"state": "proposed"}] * 2

    async def offer_of(self, name: str) -> dict[str, Any]:
        """The offer of a person, once they may see their partner."""

        async def seen() -> dict[str, Any] | None:
            me = (await self.ask(OFFERS, by=name))["me"]
            assert me["person"]["name"] == name
            [offer] = me["matches"]["nodes"]
            return offer if offer["mentor"]["name"] and offer["mentee"]["name"] else None

        return await eventually(seen, what="the partner's name")

    async def pair_up(self) -> None:
        """Two pairs, matched and confirmed."""
        await self.fill_pool()
        await self.match_everybody()
        await self.confirm_all()

    async def confirm_all(self) -> None:
        """Both people of each pair accept."""
        for mentee in ("Cleo", "Dina"):
            offer = await self.offer_of(mentee)
            mentor = offer["mentor"]["name"]
            for name in (mentee, mentor):
                await self.ask("mutation($id: UUID!) { acceptMatch(matchId: $id) { state } }", by=name, id=offer["id"])
            self.pairs.append({"id": offer["id"], "mentor": mentor, "mentee": mentee})

    async def appoint(self, name: str, role: str) -> None:
        """A new person holds a role in the programme; the other services hear of it in a moment."""
        await self.register(name)
        query = """mutation($p: UUID!, $who: UUID!, $role: ProgrammeRole!) {
            grantRole(programmeId: $p, personId: $who, role: $role) { role person { name } } }"""
        made = await self.ask(query, p=self.programme_id, who=self.people[name], role=role)
        assert made["grantRole"] == {"role": role.lower(), "person": {"name": name}}

    async def appoint_to_own(self, name: str, role: str) -> None:
        """A new person holds one of the programme's own roles."""
        await self.register(name)
        query = """mutation($p: UUID!, $who: UUID!, $role: String!) {
            grantOwnRole(programmeId: $p, personId: $who, role: $role) { role rights } }"""
        made = await self.ask(query, p=self.programme_id, who=self.people[name], role=role)
        assert made["grantOwnRole"] == {"role": role, "rights": WATCHER["rights"]}

    async def asked_in_time(self, query: str, by: str | None = None, **variables: Any) -> dict[str, Any]:
        """The data of an answer, once the services have heard of what it is about."""

        async def probe() -> dict[str, Any] | None:
            try:
                return await self.ask(query, by, **variables)
            except Refused:
                return None

        return await eventually(probe, what=f"an answer to {query[:80]}")

    async def _pool(self) -> bool:
        query = "query($c: UUID!) { cohort(id: $c) { pool { nodes { state person { name } } } } }"
        try:
            members = (await self.ask(query, c=self.cohort_id))["cohort"]["pool"]["nodes"]
        except Refused:  # matching has not heard of the cohort yet
            return False
        return len([m for m in members if m["state"] == "available" and m["person"]["name"]]) == 4

    async def _completed(self, run: str) -> dict[str, Any] | None:
        found: dict[str, Any] = (await self.ask(RUN, id=run))["matchRun"]
        assert found["failure"] is None
        return found if found["state"] == "completed" else None


def own_ids(answer: Any) -> Any:
    """The answer with UUIDs where it has global ids: journeys go on with them over REST as well."""
    if isinstance(answer, list):
        return [own_ids(one) for one in answer]
    if not isinstance(answer, dict):
        return answer
    return {
        name: value.rpartition(":")[2] if name == "id" and isinstance(value, str) else own_ids(value)
        for name, value in answer.items()
    }


def answers(name: str, role: str) -> dict[str, Any]:
    common = {
        "criteria": ["networking", "career_progression", "research_funding"], "about": "Funding, and a network.",
        "professional_background": "Nursing and midwifery", "employer": f"Trust of {name}", "discipline": "Nursing",
        "membership": "member", "languages": ["en"],
    }  # fmt: skip
    mentor = {"career_stage": "Professor", "postdoctoral_years": 20, "senior_leader": True, "capacity": 1}
    mentee = {
        "career_stage": "Lecturer", "postdoctoral_years": 4, "previous_access": False, "postdoctoral_award": True,
        "infrastructure_position": False,
    }  # fmt: skip
    return common | (mentor if role == "MENTOR" else mentee)


@pytest.fixture
async def organisation(stack: Any) -> Journey:
    """A fresh organisation without a programme."""
    async with stack.call("platform:admin") as operator:
        named = {"name": "Gateway", "slug": f"gateway-{uuid.uuid4().hex[:8]}"}
        return Journey(stack, (await operator.post("/applications/organisations", json=named)).json()["id"])


@pytest.fixture
async def journey(organisation: Journey) -> Journey:
    """A fresh organisation with a programme that takes applications."""
    await organisation.begin()
    return organisation
