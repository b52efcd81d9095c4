"""How an import sends its rows to the applications API: in file order, each batch under a key of its own.

The key is made of the file's digest, the line and the bodies, so the same file sent again gives the same answers and
has no second effect; a row that was refused has had none and is tried again.
"""

import hashlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

import orjson

from mentoring_common.errors import Unavailable
from mentoring_integrations.imports.csv_table import Problem
from mentoring_integrations.imports.rows.applications import ApplicationRow, NewApplication
from mentoring_integrations.imports.rows.attendance import Attended
from mentoring_integrations.imports.rows.nominations import NewNomination, NominationRow
from mentoring_integrations.imports.rows.outcomes import NewOutcome
from mentoring_integrations.imports.rows.pairs import StandingPair
from mentoring_integrations.imports.rows.people import NewPerson
from mentoring_integrations.imports.service_client import Refused, ServiceClient

BATCH = 100  # people of one request: a smaller one is sent again sooner
LARGE_BATCH = 500  # of an import that goes on after its answer
LOOKED_UP = 500  # names of one request
_COLUMN_OF = {"employer_id": "employer", "person_id": "email", "cohort_id": "cohort"}
_COLUMN_OF_CODE = {"already_applied": "email", "window_closed": "cohort", "programme_needed": None}
OUTCOMES = ("created", "changed", "unchanged")
Row = TypeVar("Row", NewApplication, NewNomination, StandingPair, Attended, NewOutcome)


@dataclass(frozen=True)
class _Batches:
    """Where rows go many at a time, as which member of the body."""

    path: str
    member: str
    params: Mapping[str, str] = field(default_factory=dict)


_PEOPLE = _Batches("/people/batch", "people", {"upsert": "true"})


class Sending:
    """The sending of one import: what became of the lines that went in (in a dry run: would), by `lines[outcome]`.

    `problems` say why others did not.

    It was `interrupted` if the applications service did not answer to the end. Lines that stand in `lines` or `passed`
    from the beginning were dealt with before, and are not sent. `progressed` is called whenever some lines are done.
    """

    def __init__(
        self,
        client: ServiceClient,
        import_id: UUID,
        digest: bytes,
        *,
        dry_run: bool,
        progressed: Callable[[], Awaitable[None]],
        batch: int = BATCH,
    ) -> None:
        self.lines: dict[str, set[int]] = {outcome: set() for outcome in OUTCOMES}
        self.passed: set[int] = set()
        self.problems: list[Problem] = []
        self.progressed = progressed
        self._batch = batch
        self.interrupted = False
        self.client = client
        self._import_id = import_id
        self._digest = digest.hex()[:32]
        self.dry_run = dry_run
        self._invites: dict[str, str] = {}
        self._people: dict[tuple[str, str], list[str]] = {}

    @property
    def accepted(self) -> set[int]:
        """The lines that went in, whatever they did."""
        return set().union(*self.lines.values())

    async def send_people(self, people: Sequence[NewPerson], programme_id: UUID | None = None) -> None:
        """Bring people up to date, line managers before those whom they manage; a programme invites them.

        A dry run is one request, so that each row finds what those before it would have done.
        """
        self._invites = {"programme_id": str(programme_id)} if programme_id else {}
        done = self.accepted | self.passed
        ordered = [person for person in self._managers_first(people) if person.line not in done]
        try:
            if self.dry_run:
                await self._post_batch(_PEOPLE, self._bodies(ordered), salt="")
                return
            for start in range(0, len(ordered), self._batch):
                batch = ordered[start : start + self._batch]
                # What a file says of a number holds however often it was said before; who has none is made once.
                salt = str(self._import_id) if all(one.numbered for one in batch) else ""
                await self._post_batch(_PEOPLE, self._bodies(batch), salt=salt)
                await self.progressed()
        except (Refused, Unavailable) as error:
            self.refuse_rest((person.line for person in people), error)

    async def send_applications(
        self, programme_id: UUID, applications: Sequence[NewApplication], cohorts: dict[int, str], asks_capacity: bool
    ) -> None:
        """Submit applications; `cohorts` are ids by number, `asks_capacity` whether the form itself has that field."""
        to = _Batches(f"/programmes/{programme_id}/applications/batch", "applications")
        left = self.left(applications)
        try:
            for start in range(0, len(left), self._batch):
                batch = left[start : start + self._batch]
                await self.learn(new.cells.named for new in batch)
                bodies = {new.line: await self._application(new, cohorts, asks_capacity) for new in batch}
                await self._post_batch(to, {line: body for line, body in bodies.items() if body}, salt="")
                await self.progressed()
        except (Refused, Unavailable) as error:
            self.refuse_rest((new.line for new in applications), error)

    async def send_nominations(
        self, programme_id: UUID, nominations: Sequence[NewNomination], cohorts: dict[int, str]
    ) -> None:
        """Nominate people; `cohorts` are ids by number."""
        try:
            await self.learn(new.cells.named for new in self.left(nominations) if new.cells.external_id)
            for new in self.left(nominations):
                await self._send_nomination(programme_id, new, cohorts)
                await self.progressed()
        except (Refused, Unavailable) as error:
            self.refuse_rest((new.line for new in nominations), error)

    def left(self, rows: Sequence[Row]) -> list[Row]:
        """The rows that were not dealt with before."""
        done = self.accepted | self.passed
        return [row for row in rows if row.line not in done]

    def _managers_first(self, people: Sequence[NewPerson]) -> Iterator[NewPerson]:
        """People in such an order, those with a number first among equals; who is managed in a circle is refused."""
        named = {key for person in people for key in person.managers}
        place = {key: number for number, person in enumerate(people) for key in person.keys if key in named}
        waits: dict[int, int] = {}  # for how many managers of this file
        managed = defaultdict[int, list[int]](list)
        for number, person in enumerate(people):
            managers = {place[key] for key in person.managers if key in place}
            if managers:
                waits[number] = len(managers)
            for manager in managers:
                managed[manager].append(number)
        ready = [number for number in range(len(people)) if number not in waits]
        while ready:
            yield from sorted((people[number] for number in ready), key=lambda person: not person.numbered)
            following: list[int] = []
            for other in (other for number in ready for other in managed.pop(number, ())):
                waits[other] -= 1
                if not waits[other]:
                    del waits[other]
                    following.append(other)
            ready = sorted(following)
        for number in waits:
            person = people[number]
            self.refuse(person.line, person.managed_by, "circular", "line managers manage each other")

    def _bodies(self, batch: Sequence[NewPerson]) -> dict[int, dict[str, Any]]:
        return {person.line: self._invites | orjson.loads(person.body) for person in batch}

    async def _post_batch(self, to: _Batches, bodies: dict[int, dict[str, Any]], *, salt: str) -> None:
        """Send one batch. Rows that the schema refuses are taken out and the others sent; refusals are not replayed."""
        if not bodies:
            return
        lines = list(bodies)
        payload = {to.member: list(bodies.values())}
        key = None if self.dry_run else self._key(lines[0], payload, salt)
        dry_run = {"dry_run": "true"} if self.dry_run else {}
        try:
            answer, replayed = await self.client.post(to.path, payload, key, **to.params, **dry_run)
        except Refused as refused:
            wrong = self._refuse_by_schema(lines, refused)
            left = {line: body for line, body in bodies.items() if line not in wrong}
            await self._post_batch(to, left, salt=salt)
            return
        refusals = {lines[item["index"]]: item["problem"] for item in answer["items"] if item.get("problem")}
        again = {line: bodies[line] for line in refusals}
        if again and replayed and not salt:
            await self._post_batch(to, again, salt=str(self._import_id))
            refusals = {}
        for line, problem in refusals.items():
            self._refuse_as(line, Refused(409, problem))
        for item in answer["items"]:
            if not item.get("problem"):
                self.lines[item["outcome"]].add(lines[item["index"]])

    def _refuse_by_schema(self, lines: list[int], refused: Refused) -> set[int]:
        """Refuse the rows that a schema error points at; raises again what is about no single row."""
        found: set[int] = set()
        for error in refused.problem.get("errors", []):
            parts = str(error.get("pointer", "")).strip("/").split("/")
            index = next((int(part) for part in parts if part.isdigit()), None)
            if index is not None and index < len(lines):
                found.add(lines[index])
                self.refuse(lines[index], _column(parts[-1]), str(error.get("code")), str(error.get("detail")))
        if not found:
            raise refused
        return found

    async def _application(
        self, new: NewApplication, cohorts: dict[int, str], asks_capacity: bool
    ) -> dict[str, Any] | None:
        """The body; None, and the row is refused, where person or cohort are not known."""
        cells = new.cells
        person_id = await self.person_named(new.line, *cells.named)
        if person_id is None or not self._knows_cohort(new.line, cells, cohorts):
            return None
        body: dict[str, Any] = {"person_id": person_id, "role": cells.role, "consents": new.consents}
        body |= {"proxy": {"reason": cells.proxy_reason}}
        body |= {"cohort_id": cohorts[cells.cohort] if cells.cohort is not None else None}
        capacity = {"capacity": cells.capacity} if cells.capacity is not None else {}
        body |= {"answers": new.answers | (capacity if asks_capacity else {})}
        return body | ({} if asks_capacity else capacity)

    def _knows_cohort(self, line: int, cells: ApplicationRow | NominationRow, cohorts: dict[int, str]) -> bool:
        known = cells.cohort is None or cells.cohort in cohorts
        if not known:
            self.refuse(line, "cohort", "unknown_cohort", "the programme has no cohort of this number")
        return known

    async def _send_nomination(self, programme_id: UUID, new: NewNomination, cohorts: dict[int, str]) -> None:
        cells = new.cells
        person: dict[str, Any] = {"name": cells.name, "email": cells.email}
        if cells.external_id:
            person_id = await self.person_named(new.line, *cells.named)
            if person_id is None:
                return
            person = {"person_id": person_id}
        if not self._knows_cohort(new.line, cells, cohorts):
            return
        if self.dry_run:
            self.lines["created"].add(new.line)
            return
        body = person | {"role": cells.role, "cohort_id": cohorts[cells.cohort] if cells.cohort is not None else None}
        body |= {"statement": cells.statement} if cells.statement else {}
        await self._post(f"/programmes/{programme_id}/nominations", new.line, body)

    async def _post(self, path: str, line: int, body: dict[str, Any]) -> None:
        try:
            await self.client.post(path, body, self._key(line, body, ""))
            self.lines["created"].add(line)
        except Refused as refused:
            if refused.concerns_caller:
                raise
            self._refuse_as(line, refused)

    async def learn(self, names: Iterable[tuple[str, str]]) -> None:
        """Look up whom ("email" or "external_id", value) name, many at a time."""
        wanted = list(dict.fromkeys(name for name in names if name not in self._people))
        for start in range(0, len(wanted), LOOKED_UP):
            asked = wanted[start : start + LOOKED_UP]
            emails, numbers = [[value for by, value in asked if by == one] for one in ("email", "external_id")]
            answer, _ = await self.client.post("/people/lookup", {"emails": emails, "external_ids": numbers})
            for item in answer["items"]:
                by = "email" if item["email"] is not None else "external_id"
                self._people[by, item[by]] = item["ids"]

    async def person_named(self, line: int, by: str, value: str, *, column: str | None = None) -> str | None:
        """Whom an address or a number of a column names; None, and the row is refused, where that is nobody or not one.

        An address has an @, a number may.
        """
        await self.learn([(by, value)])
        found = self._people[by, value]
        if not found:
            self.refuse(line, column or by, "unknown_person", "nobody is known by this: import people first")
        elif len(found) > 1:
            self.refuse(line, column or by, "several_people", "several employers call somebody so: name the address")
        return found[0] if len(found) == 1 else None

    def _key(self, line: int, body: Any, salt: str) -> str:
        return f"import-{self._digest}-{line}-{hashlib.sha256(orjson.dumps([body, salt])).hexdigest()[:32]}"

    def refuse(self, line: int, column: str | None, code: str, detail: str) -> None:
        """Say why a line stays out."""
        self.problems.append(Problem(line, column, code[:100], detail[:300]))

    def _refuse_as(self, line: int, refused: Refused) -> None:
        errors = [e for e in refused.problem.get("errors", []) if isinstance(e, dict)]
        for error in errors:
            name = str(error.get("pointer") or "").rsplit("/", 1)[-1]
            self.refuse(line, _column(name), str(error.get("code", refused.code)), str(error.get("detail", "")))
        if not errors:
            self.refuse(line, _COLUMN_OF_CODE.get(refused.code), refused.code, refused.title)

    def refuse_rest(self, lines: Iterable[int], error: Refused | Unavailable) -> None:
        """Say of the lines of which nothing is said yet why they stay out."""
        self.interrupted = isinstance(error, Unavailable)
        known = self.accepted | self.passed | {problem.row for problem in self.problems}
        code = error.code
        detail = error.title if isinstance(error, Refused) else f"{error.title()}: send the file again"
        for line in lines:
            if line not in known:
                self.refuse(line, None, code, detail)


def _column(name: str) -> str | None:
    """The column of a member of a body; None for what is no plain name."""
    return _COLUMN_OF.get(name, name) if name.replace("_", "").isalnum() and not name.isdigit() else None
