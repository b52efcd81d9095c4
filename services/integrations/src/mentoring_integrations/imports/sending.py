"""How an import sends its rows to the applications API: in file order, each under a key of its own.

The key is made of the file's digest, the line and the body, so the same file sent again gives the same answers and has
no second effect; a row that was refused has had none and is tried again.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

import orjson

from mentoring_common.errors import Unavailable
from mentoring_integrations.imports.applications_client import ApplicationsClient, Refused
from mentoring_integrations.imports.csv_table import Problem
from mentoring_integrations.imports.rows import NewApplication, NewPerson

BATCH = 100  # people of one request; applications takes twice as many, a smaller one is sent again sooner
_COLUMN_OF = {
    "employer_id": "employer", "line_manager_id": "line_manager_email", "person_id": "email", "cohort_id": "cohort"
}  # fmt: skip
_COLUMN_OF_CODE = {
    "email_taken": "email",
    "external_id_taken": "external_id",
    "already_applied": "email",
    "window_closed": "cohort",
}


class Sending:
    """The sending of one import: `accepted` lines went in (in a dry run: would), `problems` say why others did not.

    It was `interrupted` if the applications service did not answer to the end.
    """

    def __init__(self, client: ApplicationsClient, import_id: UUID, digest: bytes, *, dry_run: bool) -> None:
        self.accepted: set[int] = set()
        self.problems: list[Problem] = []
        self.interrupted = False
        self._client = client
        self._import_id = import_id
        self._digest = digest.hex()[:32]
        self._dry_run = dry_run
        self._invites: dict[str, str] = {}
        self._employers: dict[str, str] = {}
        self._people: dict[str, str | None] = {}

    async def send_people(self, people: Sequence[NewPerson], programme_id: UUID | None = None) -> None:
        """Register people, line managers before those whom they manage; a programme invites them."""
        self._invites = {"programme_id": str(programme_id)} if programme_id else {}
        try:
            for group in self._managers_first(people):
                for batch in _batches(group):
                    await self._send_batch(batch)
        except (Refused, Unavailable) as error:
            self._refuse_rest((person.line for person in people), error)

    async def send_applications(
        self, programme_id: UUID, applications: Sequence[NewApplication], cohorts: dict[int, str], asks_capacity: bool
    ) -> None:
        """Submit applications; `cohorts` are ids by number, `asks_capacity` whether the form itself has that field."""
        try:
            for new in applications:
                await self._send_application(programme_id, new, cohorts, asks_capacity)
        except (Refused, Unavailable) as error:
            self._refuse_rest((new.line for new in applications), error)

    def _managers_first(self, people: Sequence[NewPerson]) -> Iterator[list[NewPerson]]:
        waiting = list(people)
        while waiting:
            ahead = {person.cells.email for person in waiting}
            ready = [person for person in waiting if person.cells.line_manager_email not in ahead]
            if not ready:
                for person in waiting:
                    self._refuse(person.line, "line_manager_email", "circular", "line managers manage each other")
                return
            yield ready
            done = {person.line for person in ready}
            waiting = [person for person in waiting if person.line not in done]

    async def _send_batch(self, batch: list[NewPerson]) -> None:
        bodies: dict[int, dict[str, Any]] = {}
        for person in batch:
            body = await self._person_body(person)
            if body is not None:
                bodies[person.line] = body
        if self._dry_run:
            self._accept({person.line: person.cells.email for person in batch if person.line in bodies})
        elif bodies:
            await self._post_people(bodies, salt="")

    async def _person_body(self, person: NewPerson) -> dict[str, Any] | None:
        cells = person.cells
        manager_id = None
        if cells.line_manager_email:
            manager_id = await self._person_id(cells.line_manager_email)
            if manager_id is None:
                detail = "nobody has this address, or their own row was refused"
                self._refuse(person.line, "line_manager_email", "unknown_person", detail)
                return None
        body: dict[str, Any] = self._invites | {"name": cells.name, "email": cells.email, "languages": cells.languages}
        body |= {"attributes": cells.attributes}
        body |= {"external_id": cells.external_id} if cells.external_id else {}
        body |= {"line_manager_id": manager_id} if manager_id else {}
        body |= {"employer_id": await self._employer_id(cells.employer)} if cells.employer else {}
        return body

    async def _post_people(self, bodies: dict[int, dict[str, Any]], *, salt: str) -> None:
        """Send one batch. Rows that the schema refuses are taken out and the others sent; refusals are not replayed."""
        lines = list(bodies)
        payload = {"people": list(bodies.values())}
        try:
            answer, replayed = await self._client.post("/people/batch", payload, self._key(lines[0], payload, salt))
        except Refused as refused:
            wrong = self._refuse_by_schema(lines, refused)
            rest = {line: body for line, body in bodies.items() if line not in wrong}
            if rest:
                await self._post_people(rest, salt=salt)
            return
        refusals = {lines[item["index"]]: item["problem"] for item in answer["items"] if item.get("problem")}
        again = {line: bodies[line] for line in refusals}
        if again and replayed:
            await self._post_people(again, salt=str(self._import_id))
            refusals = {}
        for line, problem in refusals.items():
            self._refuse_as(line, Refused(409, problem))
        accepted = {lines[item["index"]]: item["id"] for item in answer["items"] if item.get("id")}
        self._people |= {bodies[line]["email"]: id_ for line, id_ in accepted.items()}
        self.accepted |= accepted.keys()

    def _refuse_by_schema(self, lines: list[int], refused: Refused) -> set[int]:
        """Refuse the rows that a schema error points at; raises again what is about no single row."""
        found: set[int] = set()
        for error in refused.problem.get("errors", []):
            parts = str(error.get("pointer", "")).strip("/").split("/")
            index = next((int(part) for part in parts if part.isdigit()), None)
            if index is not None and index < len(lines):
                found.add(lines[index])
                self._refuse(lines[index], _column(parts[-1]), str(error.get("code")), str(error.get("detail")))
        if not found:
            raise refused
        return found

    async def _send_application(
        self, programme_id: UUID, new: NewApplication, cohorts: dict[int, str], asks_capacity: bool
    ) -> None:
        cells = new.cells
        person_id = await self._person_id(cells.email)
        if person_id is None:
            self._refuse(new.line, "email", "unknown_person", "nobody has this address: import people first")
            return
        if cells.cohort is not None and cells.cohort not in cohorts:
            self._refuse(new.line, "cohort", "unknown_cohort", "the programme has no cohort of this number")
            return
        if self._dry_run:
            self.accepted.add(new.line)
            return
        body: dict[str, Any] = {"person_id": person_id, "role": cells.role, "consents": new.consents}
        body |= {"proxy": {"reason": cells.proxy_reason}}
        body |= {"cohort_id": cohorts[cells.cohort] if cells.cohort is not None else None}
        capacity = {"capacity": cells.capacity} if cells.capacity is not None else {}
        body |= {"answers": new.answers | (capacity if asks_capacity else {})}
        body |= {} if asks_capacity else capacity
        try:
            path = f"/programmes/{programme_id}/applications"
            await self._client.post(path, body, self._key(new.line, body, ""))
            self.accepted.add(new.line)
        except Refused as refused:
            if refused.concerns_caller:
                raise
            self._refuse_as(new.line, refused)

    async def _employer_id(self, name: str) -> str | None:
        if self._dry_run:
            return None
        if name not in self._employers:
            answer, _ = await self._client.post("/employers", {"name": name})
            self._employers[name] = answer["id"]
        return self._employers[name]

    async def _person_id(self, email: str) -> str | None:
        if email not in self._people:
            page = await self._client.get("/people", email=email)
            self._people[email] = page["items"][0]["id"] if page["items"] else None
        return self._people[email]

    def _accept(self, emails_by_line: dict[int, str]) -> None:
        # In a dry run nobody gets an id, and still those below them have a line manager.
        self.accepted |= emails_by_line.keys()
        self._people |= dict.fromkeys(emails_by_line.values(), "")

    def _key(self, line: int, body: Any, salt: str) -> str:
        return f"import-{self._digest}-{line}-{hashlib.sha256(orjson.dumps([body, salt])).hexdigest()[:32]}"

    def _refuse(self, line: int, column: str | None, code: str, detail: str) -> None:
        self.problems.append(Problem(line, column, code[:100], detail[:300]))

    def _refuse_as(self, line: int, refused: Refused) -> None:
        errors = [e for e in refused.problem.get("errors", []) if isinstance(e, dict)]
        for error in errors:
            name = str(error.get("pointer") or "").rsplit("/", 1)[-1]
            self._refuse(line, _column(name), str(error.get("code", refused.code)), str(error.get("detail", "")))
        if not errors:
            self._refuse(line, _COLUMN_OF_CODE.get(refused.code), refused.code, refused.title)

    def _refuse_rest(self, lines: Iterable[int], error: Refused | Unavailable) -> None:
        self.interrupted = isinstance(error, Unavailable)
        known = self.accepted | {problem.row for problem in self.problems}
        code = error.code
        detail = error.title if isinstance(error, Refused) else f"{error.title()}: send the file again"
        for line in lines:
            if line not in known:
                self._refuse(line, None, code, detail)


def _column(name: str) -> str | None:
    """The column of a member of a body; None for what is no plain name."""
    return _COLUMN_OF.get(name, name) if name.replace("_", "").isalnum() and not name.isdigit() else None


def _batches(people: list[NewPerson]) -> Iterator[list[NewPerson]]:
    for start in range(0, len(people), BATCH):
        yield people[start : start + BATCH]
