"""The world in which the matrix is tried: a programme with two pairs, and one of everything that has an id."""

import json
import re
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from mentoring_common import yaml_text
from mentoring_common.testing import eventually

from .conftest import answers
from .matrix import MATRIX, ROOT, SCOPES, Operation, written

LINK_TOKEN = re.compile(r"https?://\S+/([\w-]{40,})")
TO_NOMINATOR = re.compile(r"https?://\S+/nominations/\S+/([\w-]{40,})")
NOMINATIONS = {"roles": ["mentee"], "by": ["hr", "role", "named"], "statement_required": False}
DIRECTOR = {"id": "director", "title": "Director", "rights": ["nominate"]}
WINDOW = {"kind": "expression_of_interest", "starts_at": "2020-01-01T00:00:00Z", "ends_at": "2099-01-01T00:00:00Z"}


@dataclass
class World:
    """One programme with two pairs, everybody who may want something of it, and an id for every parameter."""

    journey: Any
    clients: dict[str, Any] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    targets: dict[str, dict[str, str]] = field(default_factory=dict)

    async def begin(self) -> None:
        journey = self.journey
        await journey.fill_pool()
        await self._conversations()
        await journey.match_everybody()
        await journey.confirm_all()
        pair, other = journey.pairs
        for name, role in (("Coord", "COORDINATOR"), ("Manager", "PROGRAMME_MANAGER"), ("Steering", "STEERING_GROUP"),
                           ("Interviewer", "INTERVIEWER")):  # fmt: skip
            await journey.appoint(name, role)
        await journey.appoint_to_own("Watcher", "watcher")
        for name in ("Stranger", "Elsewhere", "Spare"):
            await journey.register(name)
        self._people(pair, other)
        await self._other_programme()
        await self._things(pair)
        await self._draft()
        await self._assessment()
        await self._groups()
        await self._talk(pair)
        await self._wave()
        await self._interviews(pair)
        await self._findings()
        await self._addresses()
        await self._nomination(pair)

    def _people(self, pair: dict[str, Any], other: dict[str, Any]) -> None:
        journey = self.journey
        named = {
            "mentor": pair["mentor"], "mentee": pair["mentee"], "participant": other["mentee"], "stranger": "Stranger",
            "coordinator": "Coord", "manager": "Manager", "other_coordinator": "Elsewhere", "steering": "Steering",
            "interviewer": "Interviewer", "watcher": "Watcher",
        }  # fmt: skip
        self.clients = {role: journey.client(journey.people[name]) for role, name in named.items()}
        self.clients |= {
            "admin": journey.client(),
            "operator": journey.stack.call("platform:admin", *SCOPES),
            "other_admin": journey.stack.call("organisation:admin", *SCOPES, tenant=uuid.uuid4()),
            "nobody": journey.stack.call(*SCOPES, tenant=journey.tenant),
        }
        del self.clients["nobody"].headers["Authorization"]
        self.ids = {
            "programme_id": journey.programme_id, "cohort_id": journey.cohort_id, "match_id": pair["id"],
            "person_id": journey.people[pair["mentee"]], "tenant_id": journey.tenant, "token": "x" * 43, "name": "nihr",
            "mentor_id": journey.people[pair["mentor"]], "mentee_id": journey.people[other["mentee"]],
            "phase": "away", "step": "aims", "phase_id": str(uuid.uuid4()),
        }  # fmt: skip

    async def _other_programme(self) -> None:
        admin = self.clients["admin"]
        made = await admin.post("/applications/programmes", json={"blueprint": "nihr"})
        role = {"person_id": self.journey.people["Elsewhere"], "role": "coordinator"}
        await admin.post(f"/applications/programmes/{made.json()['id']}/roles", json=role)

    async def _things(self, pair: dict[str, Any]) -> None:
        """One of everything that has an id of its own."""
        ids, (admin, mentor, mentee) = self.ids, (self.clients[role] for role in ("admin", "mentor", "mentee"))
        programme, pair_path = ids["programme_id"], f"/sessions/relationships/{ids['match_id']}"
        mine = (await mentee.get("/applications/applications")).json()["items"][0]
        person = (await mentee.get("/applications/me")).json()
        ids |= {"application_id": mine["id"], "ids": mine["id"], "employer_id": person["employer_id"]}
        hr = {"tenant": self.journey.tenant, "employer": ids["employer_id"]}
        token = self.journey.stack.issuer.mint("hr", self.journey.tenant, [*SCOPES, "hr:provision"], extra=hr)
        self.clients["hr"] = self.journey.stack.call(tenant=self.journey.tenant)
        self.clients["hr"].headers["Authorization"] = f"Bearer {token}"
        roles = (await admin.get(f"/applications/programmes/{programme}/roles")).json()["items"]
        ids["role_id"] = next(r["id"] for r in roles if r["role"] == "interviewer")
        runs = (await admin.get(f"/matching/cohorts/{ids['cohort_id']}/runs")).json()["items"]
        ids |= {"run_id": runs[0]["id"], "other_id": runs[0]["id"]}
        await eventually(lambda: self._is_there(mentee, pair_path), what="the relationship")
        goal = await self._made(mentee, f"{pair_path}/goals", {"text": "Lead an audit"})
        ids["goal_id"] = goal
        ids["action_id"] = await self._made(mentee, f"/sessions/goals/{goal}/actions", {"text": "Ask"})
        activity = {"kind": "orientation", "title": "Begin", "mode": "online", "minutes": 60}
        activity |= {"starts_at": "2020-02-01T10:00:00Z"}
        ids["activity_id"] = await self._made(admin, f"/sessions/programmes/{programme}/activities", activity)
        both = {"person_ids": [ids["mentor_id"], ids["person_id"], ids["mentee_id"]]}
        await admin.post(f"/sessions/activities/{ids['activity_id']}/attendance", json=both)
        meeting = {"held_at": datetime.now(UTC).isoformat(), "minutes": 60, "mode": "online"}
        ids["mentoring_session_id"] = await self._made(mentor, f"{pair_path}/mentoring-sessions", meeting)
        ids["review_id"] = await eventually(lambda: self._review(mentor, pair_path), what="the review after a meeting")
        times = {"times": ["2100-01-01T10:00:00Z"]}
        ids["appointment_id"] = await self._made(mentor, f"{pair_path}/appointments", times)
        note = {"text": "ours", "visibility": "pair"}
        path = f"/sessions/mentoring-sessions/{ids['mentoring_session_id']}/notes"
        ids["note_id"] = await self._made(mentee, path, note)
        habit = {"text": "Walk", "weeks": 52}
        ids["habit_id"] = await self._made(mentee, f"/sessions/programmes/{ids['programme_id']}/habits", habit)
        ids["concern_id"] = await self._made(mentee, f"{pair_path}/concerns", {"text": "No time"})
        ids["agreement"] = await self._proposed(mentor, f"{pair_path}/agreement")
        group = {"title": "Barriers", "occasion": "before", "scheduled_at": "2100-01-01T10:00:00Z"}
        group |= {"person_ids": [ids["person_id"]]}
        path = f"/evaluation/programmes/{programme}/focus-groups"
        ids["focus_group_id"] = await self._made(admin, path, group)
        ids["coordinator_id"] = self.journey.people["Coord"]
        decided = {"committee": "Steering group", "decided_on": "2021-01-01", "text": "Go on"}
        decided |= {"attended": [ids["coordinator_id"]]}
        ids["decision_id"] = await self._made(admin, f"/evaluation/programmes/{programme}/decisions", decided)
        theme = {"title": "Belonging"}
        ids["theme_id"] = await self._made(admin, f"/evaluation/programmes/{programme}/themes", theme)
        ids["notification_id"] = (await mentee.get("/integrations/notifications")).json()["items"][0]["id"]
        ids |= {
            "day": f"{datetime.now(UTC):%Y-%m-%d}",
            "version": "1",
            "kind": "quote",
            "spare": self.journey.people["Spare"],
        }
        rows = {"content": "name,email\nA,a@example.org\n", "headers": {"Content-Type": "text/csv"}}
        coordinator = self.clients["coordinator"]
        ids["import_id"] = (await coordinator.post("/integrations/imports/people", **rows)).json()["id"]
        nowhere = {"url": "http://127.0.0.1:9/"}
        ids["webhook_id"] = await self._made(admin, "/integrations/webhooks", nowhere)
        key = {"name": "HR", "scopes": ["hr:provision"]}
        ids["key_id"] = await self._made(admin, "/applications/api-keys", key)
        invited = {"name": "Spare", "email": "spare@example.org"}
        assert (await coordinator.post("/applications/people", json=invited)).json()["id"] == ids["spare"]
        self.targets["erase_person"] = {"person_id": ids["spare"]}
        self.targets["download_answer_sheets"] = {"agreement": "DSA-2026-014"}
        steering = next(r["id"] for r in roles if r["role"] == "steering_group")
        self.targets["revoke_role by manager"] = {"role_id": steering}
        self.targets["withdraw_attendance by manager"] = {"person_id": ids["mentor_id"]}

    async def _review(self, client: Any, pair_path: str) -> str | None:
        """What both are asked after their first meeting."""
        listed = (await client.get(f"{pair_path}/reviews")).json()["items"]
        return listed[0]["id"] if listed else None

    async def _draft(self) -> None:
        """The mentee thinks of being a mentor, too."""
        draft = {"role": "mentor", "cohort_id": self.ids["cohort_id"]}
        path = f"/applications/programmes/{self.ids['programme_id']}/drafts"
        self.ids["draft_id"] = await self._made(self.clients["mentee"], path, draft)

    async def _assessment(self) -> None:
        """A file goes with the mentee's application, which the interviewer is asked to assess."""
        path = f"/applications/applications/{self.ids['application_id']}"
        text = {"content": "Born to nurse", "headers": {"Content-Type": "text/plain"}}
        sent = await self.clients["mentee"].post(f"{path}/files", params={"field": "letter", "name": "me.txt"}, **text)
        assert sent.status_code == 201, sent.text
        asked = {"person_ids": [self.journey.people["Interviewer"]]}
        found = await self.clients["admin"].post(f"{path}/assessors", json=asked)
        assert found.status_code == 200, found.text
        self.ids |= {"file_id": sent.json()["id"], "assessment_id": found.json()["items"][0]["id"]}
        self.ids |= {"role": "mentee", "field": "letter"}

    async def _nomination(self, pair: dict[str, Any]) -> None:
        """In another programme with the same team the mentee waits for the mentor to stand behind her.

        The interviewer may nominate there.
        """
        admin, people = self.clients["admin"], self.journey.people
        plan = yaml_text.ours((ROOT / "blueprints" / "nihr.yaml").read_text("utf-8"))
        plan |= {"nominations": NOMINATIONS, "roles": [DIRECTOR]}
        plan = {"blueprint": json.loads(json.dumps(plan, default=str))}
        programme = await self._made(admin, "/applications/programmes", plan)
        path = f"/applications/programmes/{programme}"
        for name, role in (("Coord", "coordinator"), ("Manager", "programme_manager"), ("Interviewer", "director")):
            held = await admin.post(f"{path}/roles", json={"person_id": people[name], "role": role})
            assert held.status_code == 201, held.text
        cohort = (await admin.post(f"{path}/cohorts/from-blueprint")).json()["items"][0]["id"]
        opened = {"json": {"milestones": [WINDOW]}, "headers": {"If-Match": "*"}}
        assert (await admin.patch(f"/applications/cohorts/{cohort}", **opened)).status_code == 200
        nominator = f"{pair['mentor'].lower()}@example.org"
        application = {
            "role": "mentee", "cohort_id": cohort, "consents": {"privacy_notice": "2022-02"},
            "answers": answers(pair["mentee"], "MENTEE"), "nominator": {"name": pair["mentor"], "email": nominator},
        }  # fmt: skip
        waiting = await self._made(self.clients["mentee"], f"{path}/applications", application)
        asked = (await self.clients["mentor"].get("/applications/nominations")).json()["items"]
        self.ids |= {"nomination_id": asked[0]["id"], "waiting_id": waiting}
        for operation in ("nominate_person", "list_nominations"):
            self.targets[operation] = {"programme_id": programme}
        self.targets["waive_endorsement"] = {"application_id": waiting}
        link = lambda: self._token_sent_to(nominator, TO_NOMINATOR)  # noqa: E731
        token = {"token": await eventually(link, what="the letter to the nominator")}
        self.targets |= {f"{by}_nomination_by_link with_a_token": token for by in ("read", "answer")}

    async def _groups(self) -> None:
        """The mentor coaches the mentee, and again in a group that the mentor is to end; buddies worked out."""
        admin, cohort = self.clients["admin"], f"/matching/cohorts/{self.ids['cohort_id']}"
        coaching = {"kind": "coaching", "lead_id": self.ids["mentor_id"], "member_ids": [self.ids["person_id"]]}
        self.ids["group_id"], other = [await self._made(admin, f"{cohort}/groups/offer", coaching) for _ in range(2)]
        for role in ("mentor", "mentee"):
            accepted = await self.clients[role].post(f"/matching/groups/{other}/accept")
            assert accepted.status_code == 200, accepted.text
        self.targets["end_group by mentor"] = {"group_id": other}
        self.ids["arrangement_id"] = await self._made(admin, f"{cohort}/buddies", {"role": "mentee"})

    async def _conversations(self) -> None:
        """Every mentee talks to both mentors before the run."""
        journey, admin = self.journey, self.journey.client()
        path = f"/matching/programmes/{journey.programme_id}/policy"
        policy = (await admin.get(path)).json()
        planned = policy["document"] | {"conversations": {"per_mentee": 2, "days": 7}}
        changed = await admin.put(path, json=planned, headers={"If-Match": "*"})
        assert changed.status_code == 200, changed.text
        made = await admin.post(f"/matching/cohorts/{journey.cohort_id}/conversations")
        assert made.json()["proposed"] == 4, made.text

    async def _talk(self, pair: dict[str, Any]) -> None:
        mentee, mentor = self.clients["mentee"], self.journey.people[pair["mentor"]]
        talks = (await mentee.get("/matching/conversations")).json()["items"]
        self.ids["conversation_id"] = next(talk["id"] for talk in talks if talk["mentor_id"] == mentor)

    async def _wave(self) -> None:
        """A wave that is open, and the token of an invitation."""
        wave = {
            "instrument": "liked",
            "opens_at": "2020-01-01T00:00:00Z",
            "opened_late": True,
            "closes_at": "2099-01-01T00:00:00Z",
        }
        path = f"/evaluation/cohorts/{self.ids['cohort_id']}/waves"
        self.ids["wave_id"] = await self._made(self.clients["admin"], path, wave)
        path = f"/evaluation/internal/waves/{self.ids['wave_id']}/invitations"
        async with self.journey.stack.call("internal:evaluation", tenant=self.journey.tenant) as service:
            invited = await eventually(lambda: self._items(service, path), what="invitations")
        token = {"token": invited[0]["token"]}
        self.targets |= {"read_survey with_a_token": token, "answer_survey with_a_token": token}
        self.ids["survey_token"] = token["token"]

    async def _items(self, client: Any, path: str) -> list[Any]:
        answer = await client.get(path)
        return list(answer.json()["items"]) if answer.status_code == 200 else []

    async def _interviews(self, pair: dict[str, Any]) -> None:
        """Both people of the pair were interviewed; of the mentee's interview the rows speak."""
        match, sections = self.ids["match_id"], MATRIX["bodies"]["amend_case_study"]["sections"]
        for role in ("mentor", "mentee"):
            plan = {"person_id": self.journey.people[pair[role]], "scheduled_at": "2026-03-02T09:00:00Z"}
            path = f"/evaluation/matches/{match}/interviews"
            id_ = self.ids["interview_id"] = await self._made(self.clients["admin"], path, plan)
            for by, step, body in (
                (role, "consent", None), ("admin", "transcript", {"pages": 12, "summary": "They met"}),
                (role, "approve", None),
            ):  # fmt: skip
                told = await self.clients[by].post(f"/evaluation/interviews/{id_}/{step}", json=body)
                assert told.status_code == 200, told.text
        path = f"/evaluation/matches/{match}/case-study"
        self.ids["case_study_id"] = await self._made(self.clients["admin"], path, {"sections": sections})

    async def _findings(self) -> None:
        """A recommendation that the steering group owns; a report that it approves, and a public one that is out."""
        admin, path = self.clients["admin"], f"/evaluation/programmes/{self.ids['programme_id']}"
        owner = self.journey.people["Steering"]
        wanted = {"text": "Give more time", "owner_id": owner, "due_at": "2099-12-01T09:00:00Z"}
        self.ids["recommendation_id"] = await self._made(admin, f"{path}/recommendations", wanted)
        final = {"kind": "final", "approver": "steering_group"}
        self.ids["report_id"] = await self._made(admin, f"{path}/reports", final)
        public = await self._made(admin, f"{path}/reports", {"kind": "public"})
        for report in (self.ids["report_id"], public):
            await eventually(lambda id_=report: self._is_ready(id_), what="the report")
        told = await admin.post(f"/evaluation/reports/{public}/publish")
        assert told.status_code == 200, told.text
        for name in (
            "read_public_report",
            "read_public_page",
            "read_public_pdf",
            "read_public_docx",
            "read_public_pptx",
            "read_public_archive",
        ):
            self.targets[f"{name} with_a_link"] = {"report_id": public}

    async def _is_ready(self, report: str) -> bool:
        found = await self.clients["admin"].get(f"/evaluation/reports/{report}")
        return bool(found.json()["state"] == "ready")

    async def _addresses(self) -> None:
        """For each role the token of somebody who asked for another address."""
        journey = self.journey
        for role in MATRIX["roles"]:
            name = f"Mover{role.replace('_', '')}"
            await journey.register(name)
            path, wanted = f"/applications/people/{journey.people[name]}", f"{name.lower()}@new.example.org"
            async with journey.client(journey.people[name]) as client:
                told = await client.patch(path, json={"email": wanted}, headers={"If-Match": "*"})
            assert told.status_code < 300, told.text
            token = {"token": await eventually(lambda at=wanted: self._token_sent_to(at), what="the letter")}
            for operation in ("read_email_confirmation", "confirm_email"):
                self.targets[f"{operation} with_a_token by {role}"] = token

    async def _token_sent_to(self, address: str, link: re.Pattern[str] = LINK_TOKEN) -> str | None:
        letters = self.journey.stack.mailbox.for_recipient(address)
        return next((found[1] for letter in letters if (found := link.search(letter.text))), None)

    async def _proposed(self, client: Any, path: str) -> str:
        answer = await client.post(path, json={"terms": "Monthly"})
        assert answer.status_code == 201, answer.text
        return path

    async def _is_there(self, client: Any, path: str) -> bool:
        return bool((await client.get(path)).status_code == 200)

    async def _made(self, client: Any, path: str, body: dict[str, Any]) -> str:
        """The id of what is made, once the services have heard of what it needs."""

        async def probe() -> str | None:
            answer = await client.post(path, json=body)
            assert answer.status_code in (200, 201, 202, 404, 409), (path, answer.text)
            return str(answer.json()["id"]) if answer.status_code < 300 else None

        return str(await eventually(probe, what=path))

    async def call(self, op: Operation, role: str) -> int:
        ids = self.ids | self.targets.get(op.name, {}) | self.targets.get(f"{op.name} by {role}", {})
        unknown = {name: str(uuid.uuid4()) for name in _names(op.path) if name not in ids}
        path = f"/{op.service}" + op.path.format(**ids | unknown)
        params = {name: value.format(**ids) for name, value in op.query().items()}
        body = op.body()
        if op.name in MATRIX["bodies"]:
            body = {"json": written(MATRIX["bodies"][op.name], ids)}
        headers = body.pop("headers", {})
        if op.method in ("put", "patch", "delete"):
            headers = headers | {"If-Match": '"0"'}
        answer = await self.clients[role].request(op.method.upper(), path, params=params, headers=headers, **body)
        return int(answer.status_code)


def _names(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]
