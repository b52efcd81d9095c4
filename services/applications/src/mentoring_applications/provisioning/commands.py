"""Many people at once: each row on its own, in order, as if it had come alone."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.directory import queries as directory
from mentoring_applications.directory.access import Reach, reach_of
from mentoring_applications.directory.commands import register_employer
from mentoring_applications.errors import UnknownLineManager
from mentoring_applications.leaving.commands import record_leaving, take_back_leaving
from mentoring_applications.leaving.schemas import NewLeaving
from mentoring_applications.people.access import employed_person, people_seen
from mentoring_applications.people.commands.people import (
    employer_of,
    invite_known,
    register_managed,
    register_person,
    says_nothing_new,
)
from mentoring_applications.people.commands.provisioning import Provisioned, provision_person
from mentoring_applications.people.schemas import NewPerson, ProvisionedPerson
from mentoring_applications.provisioning.schemas import MANAGERS, BatchItem, PersonRecord
from mentoring_common import problems
from mentoring_common.auth import Principal
from mentoring_common.db import attempt, tried
from mentoring_common.errors import DomainError
from mentoring_common.faults import fault, faults_of
from mentoring_common.reading import Pages
from mentoring_common.versions import Precondition

_COMPARED = frozenset({"name", "external_id", "line_manager_id", "languages", "attributes"})
# What a row's problem is about, where the command that says it knows no row.
_ABOUT = {
    "email_taken": ("email",),
    "external_id_taken": ("external_id",),
    "unknown_employer": ("employer_id",),
    "not_your_people": ("employer_id", "employer", "external_id"),
    "unknown_line_manager": MANAGERS,
    "circular_line_manager": MANAGERS,
    "already_left": ("last_day",),
}


async def take_people(
    db: AsyncSession, rows: Sequence[dict[str, Any]], by: Principal, *, upsert: bool, dry_run: bool
) -> list[BatchItem]:
    """What became of each row. In a dry run the same is done and undone, so that it can say nothing else."""
    batch = _Batch(db, by, await reach_of(db, by), upsert=upsert)
    if not dry_run:
        return await batch.take(rows)
    async with tried(db):
        items = await batch.take(rows)
    new = {item.id for item in items if item.outcome == "created"}
    return [item.model_copy(update={"id": None}) if item.id in new else item for item in items]


class _Batch:
    """The rows of a batch. Who is new for certain waits, and goes in with others before a row needs it."""

    def __init__(self, db: AsyncSession, by: Principal, reach: Reach, *, upsert: bool) -> None:
        self._db, self._by, self._reach, self._upsert = db, by, reach, upsert
        self._rows: dict[int, PersonRecord] = {}
        self._items: dict[int, BatchItem] = {}
        self._waiting: dict[int, NewPerson] = {}
        self._taken: set[object] = set()  # addresses, and numbers by employer, that may be somebody's
        self._ahead: set[object] = set()  # those of who waits
        self._employers: dict[str, UUID] = {}
        self._held: set[UUID | None] = set()
        self._known: dict[tuple[UUID | None, str | None], Any] = {}  # who was known before, and not touched yet
        self._numbered: dict[tuple[UUID | None, str], UUID] = {}  # whose number it is: that stays so in a batch

    async def take(self, rows: Sequence[dict[str, Any]]) -> list[BatchItem]:
        for index, row in enumerate(rows):
            try:
                self._rows[index] = PersonRecord.model_validate(row)
            except ValidationError as error:
                found = faults_of(error, "body", "people", index)
                self._items[index] = BatchItem(index=index, outcome="refused", problem=problems.invalid(found))
        await self._look_ahead()
        for index, record in self._rows.items():
            try:
                await self._take(index, record)
            except DomainError as error:
                self._refuse(index, error)
        await self._let_in()
        return [self._items[index] for index in range(len(rows))]

    async def _look_ahead(self) -> None:
        if not self._upsert:
            return
        records = self._rows.values()
        if any(getattr(record, name) is not None for record in records for name in MANAGERS):
            await directory.hold_line_managers(self._db)
        self._taken |= await directory.taken_emails(self._db, {record.email.lower() for record in records})

    async def _take(self, index: int, record: PersonRecord) -> None:
        employer_id = await self._employer(record)
        manages = self._reach.covers(employer_id)
        by_number = self._upsert and manages and record.external_id is not None
        if by_number:
            await self._hold(employer_id)
        known = self._known.pop((employer_id, record.external_id), None) if by_number else None
        if known is not None and self._is_as(known, record):
            self._known[employer_id, record.external_id] = known
            self._items[index] = BatchItem(index=index, outcome="unchanged", id=known.id)
            return
        names: set[object] = {record.email.lower(), (employer_id, record.external_id)}
        alone = not manages or record.programme_id is not None or "last_day" in record.model_fields_set
        alone |= by_number and bool(names & self._taken)
        manager: set[object] = {record.line_manager_email and record.line_manager_email.lower()}
        manager.add((employer_id, record.line_manager_external_id))
        if alone or manager & self._ahead:
            await self._let_in()
        new = await self._new(index, record, employer_id)
        self._taken |= names
        if not alone:
            self._waiting[index] = new
            self._ahead |= names - {(employer_id, None)}
            return
        async with attempt(self._db):
            done = await self._bring_up_to_date(new) if by_number else await self._register(new)
            done = await self._leave(record, done)
        self._items[index] = BatchItem(index=index, outcome=done.outcome, id=done.id)

    async def _let_in(self) -> None:
        waiting, self._waiting, self._ahead = self._waiting, {}, set()
        if not waiting:
            return
        for index, made in (await register_managed(self._db, waiting, self._by, self._reach)).items():
            if isinstance(made, DomainError):
                self._refuse(index, made)
            else:
                self._items[index] = BatchItem(index=index, outcome="created", id=made)

    async def _hold(self, employer_id: UUID | None) -> None:
        """Whom the employer calls by the numbers of the batch, which nobody else uses until the commit."""
        if employer_id in self._held:
            return
        self._held.add(employer_id)
        await directory.hold_external_ids(self._db, employer_id)
        said = ((record.external_id, record.line_manager_external_id) for record in self._rows.values())
        numbers = {number for pair in said for number in pair if number is not None}
        found = await directory.known_by_number(self._db, employer_id, numbers)
        self._known |= {(employer_id, number): row for number, row in found.items()}
        self._taken |= {(employer_id, number) for number in found}
        self._numbered |= {(employer_id, number): row.id for number, row in found.items()}

    def _is_as(self, known: Any, record: PersonRecord) -> bool:
        """Whether the record says what is known already: most of what a system sends every night."""
        said = record.model_fields_set
        if "line_manager_email" in said or record.programme_id is not None:
            return False
        given = {name: getattr(record, name) for name in said & _COMPARED} | {"email": record.email.lower()}
        given |= {} if known.employer_id is None else {"employer_id": known.employer_id}
        if record.line_manager_external_id is not None:
            manager = self._known.get((known.employer_id, record.line_manager_external_id))
            given["line_manager_id"] = (
                manager.id if manager is not None else known.id
            )  # nobody is their own: not as known
        elif "line_manager_external_id" in said:
            given["line_manager_id"] = None
        if "last_day" in said:
            reason = record.leaving_reason or known.leaving_reason
            if known.left_at is not None or (known.last_day, known.leaving_reason) != (record.last_day, reason):
                return False
        return says_nothing_new(known, given)

    async def _employer(self, record: PersonRecord) -> UUID | None:
        if record.employer is None:
            return employer_of(record, self._reach)
        if record.employer not in self._employers:
            self._employers[record.employer] = (await register_employer(self._db, record.employer, self._by)).id
        return self._employers[record.employer]

    async def _new(self, index: int, record: PersonRecord, employer_id: UUID | None) -> NewPerson:
        """What the row says, with employer and line manager by id; what is left out is not set. UnknownLineManager."""
        said = {name: getattr(record, name) for name in record.model_fields_set & NewPerson.model_fields.keys()}
        said |= {} if employer_id is None else {"employer_id": employer_id}
        found: UUID | None = None
        if record.line_manager_external_id is not None:
            found, member = (
                await self._by_number(employer_id, record.line_manager_external_id),
                "line_manager_external_id",
            )
        elif record.line_manager_email is not None:
            rows = await people_seen(self._db, self._by, email=record.line_manager_email)
            assert not isinstance(rows, Pages)
            manager = await self._db.scalar(rows)
            found, member = manager.id if manager else None, "line_manager_email"
        else:
            null = any(name in record.model_fields_set for name in MANAGERS) and record.line_manager_id is None
            return NewPerson(**(said | ({"line_manager_id": None} if null else {})))
        if found is None:
            detail = "nobody is called so, or their own row was refused"
            raise UnknownLineManager(errors=[fault("unknown_person", detail, "body", "people", index, member)])
        return NewPerson(**(said | {"line_manager_id": found}))

    async def _by_number(self, employer_id: UUID | None, number: str) -> UUID | None:
        """Whom the employer calls so: managers are named by many rows, and looked for once."""
        if (employer_id, number) not in self._numbered:
            person = await directory.person_by_external_id(self._db, employer_id, number)
            if person is None:
                return None
            self._numbered[employer_id, number] = person.id
        return self._numbered[employer_id, number]

    async def _register(self, new: NewPerson) -> Provisioned:
        return Provisioned(await register_person(self._db, new, self._by, self._reach), 1, "created")

    async def _bring_up_to_date(self, new: NewPerson) -> Provisioned:
        assert new.external_id is not None
        said = {name: getattr(new, name) for name in new.model_fields_set & ProvisionedPerson.model_fields.keys()}
        record = ProvisionedPerson(**said)
        done = await provision_person(
            self._db, new.external_id, record, new.employer_id, self._by, Precondition(None), held=True
        )
        if new.programme_id is not None:
            await invite_known(self._db, new.programme_id, done.id, new, self._by)
        return done

    async def _leave(self, record: PersonRecord, done: Provisioned) -> Provisioned:
        """Who has a last day leaves, and who has none (null) stays."""
        if "last_day" not in record.model_fields_set:
            return done
        person = await employed_person(self._db, done.id, self._by)
        before = person.version
        if record.last_day is None:
            await take_back_leaving(self._db, person, self._by)
        else:
            known = person.leaving_reason if person.last_day == record.last_day else None
            reason = record.leaving_reason or known or "other"
            new = NewLeaving.model_validate({"last_day": record.last_day, "reason": reason})
            await record_leaving(self._db, person, new, self._by)
        changed = done.outcome == "unchanged" and person.version != before
        return replace(done, version=person.version, outcome="changed" if changed else done.outcome)

    def _refuse(self, index: int, error: DomainError) -> None:
        problem = problems.document_of(error)
        given = self._rows[index].model_fields_set
        about = next((member for member in _ABOUT.get(error.code, ()) if member in given), None)
        if about is not None and "errors" not in problem:
            problem["errors"] = [fault(error.code, error.title(), "body", "people", index, about)]
        self._items[index] = BatchItem(index=index, outcome="refused", problem=problem)
