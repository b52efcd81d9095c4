"""Work outside any request: profiles are fetched, runs are worked off, each in transactions of its own."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from mentoring_common.deadlines import subjects_waiting
from mentoring_common.errors import Unavailable
from mentoring_common.observability import log
from mentoring_common.runner import Service
from mentoring_matching import queries, questions
from mentoring_matching.commands import pool, runs
from mentoring_matching.engine import InputError, PolicyError
from mentoring_matching.errors import PolicyInvalid
from mentoring_matching.models import MatchRun
from mentoring_matching.profiles import ApplicationProfile
from mentoring_matching.proposals import Proposal, Question, propose

PROFILES_AT_ONCE = 500  # what applications answers in one request
RENEW_EVERY_S = 1.0


class Stopped(Exception):
    """The run was cancelled, or another worker took it."""


class _Progress:
    """What the solver's thread tells the event loop, and the other way round."""

    def __init__(self) -> None:
        self.share = 0.0
        self.stop = threading.Event()

    def __call__(self, rounds: int, violated: int) -> None:
        """After each pricing pass; how many are still to come is not known, so the share approaches 1."""
        if self.stop.is_set():
            raise Stopped()
        self.share = 1 - 0.5**rounds if violated else 0.95


async def fetch_profiles(service: Service) -> None:
    """Read the profiles that are wanted from the applications service, organisation by organisation."""
    by_tenant: dict[UUID, list[UUID]] = defaultdict(list)
    for tenant, member_id in await subjects_waiting(service.looking, pool.PROFILE_WANTED, PROFILES_AT_ONCE):
        by_tenant[tenant].append(member_id)
    for tenant, member_ids in by_tenant.items():
        try:
            await _fetch(service, tenant, member_ids)
        except Unavailable:
            # Asked again in the next round; other organisations do not wait for it.
            log.warning("profiles_wait", service=service.name, count=len(member_ids))


async def _fetch(service: Service, tenant: UUID, member_ids: Sequence[UUID]) -> None:
    async with service.database.transaction(tenant) as db:
        wishes = await queries.wishes(db, member_ids)
    asked = {"application_ids": [str(member_id) for member_id in wishes]}
    client = service.client("applications")
    answer = await client.post(tenant, "/internal/applications", asked) if wishes else {"items": []}
    items = [profile for item in answer["items"] if (profile := _readable(service, item)) is not None]
    async with service.database.transaction(tenant) as db:
        await pool.store_profiles(db, member_ids, wishes, items)


def _readable(service: Service, item: Any) -> ApplicationProfile | None:
    """The profile; None, and an entry in the log, for one that does not fit: it must not hold up the others."""
    try:
        return ApplicationProfile.model_validate(item)
    except ValidationError:
        log.error("profile_unreadable", service=service.name)
        return None


async def seal_profiles(service: Service) -> None:
    """Seal profiles that stand in the clear from before, organisation by organisation."""
    async with service.looking.connect() as connection:
        tenants = await queries.tenants_with_clear_profiles(connection)
    for tenant in tenants:
        while await _seal_some(service, tenant):
            pass


async def _seal_some(service: Service, tenant: UUID) -> int:
    """Seal some profiles of an organisation in a transaction; how many."""
    async with service.database.transaction(tenant) as db:
        rows = await queries.clear_profiles(db, PROFILES_AT_ONCE)
        for row in rows:
            await pool.seal_profile(db, row)
        return len(rows)


async def work_runs(service: Service) -> None:
    """Work off the runs that wait, and those whose worker is gone, one after another."""
    for tenant, run_id in await subjects_waiting(service.looking, runs.RUN_WAITING, 20):
        await _work(service, tenant, run_id)


async def _work(service: Service, tenant: UUID, run_id: UUID) -> None:
    async with service.database.transaction(tenant) as db:
        run = await runs.claim_run(db, run_id)
    if run is None:
        return
    try:
        await _work_on(service, tenant, run)
    except Unavailable:
        raise  # the database's fault: taken again when the lease is over
    except Exception as error:
        log.error("run_failed", service=service.name, run_id=str(run_id), error=type(error).__name__)
        async with service.database.transaction(tenant) as db:
            await runs.note_failure(db, run)


async def _work_on(service: Service, tenant: UUID, run: MatchRun) -> None:
    try:
        async with service.database.transaction(tenant) as db:
            question = await questions.question_of(db, run)
        proposal = await _solve(service, tenant, run, question)
    except Stopped:
        return
    except (InputError, PolicyError, PolicyInvalid) as error:
        async with service.database.transaction(tenant) as db:
            await runs.fail_run(db, run, str(error))
        return
    members = {(c.role, str(c.person_id)): c.member_id for c in question.candidates}
    async with service.database.transaction(tenant) as db:
        await runs.complete_run(db, run, proposal, members)
    log.info("run_completed", service=service.name, run_id=str(run.id), count=len(proposal.pairs))


async def _solve(service: Service, tenant: UUID, run: MatchRun, question: Question) -> Proposal:
    """Solve in a thread, renewing the lease meanwhile; Stopped when the run is no longer ours."""
    progress = _Progress()
    work = asyncio.create_task(asyncio.to_thread(propose, question, progress))
    try:
        while not (await asyncio.wait([work], timeout=RENEW_EVERY_S))[0]:
            async with service.database.transaction(tenant) as db:
                if not await runs.renew_lease(db, run, progress.share):
                    progress.stop.set()
        return await work
    finally:
        progress.stop.set()
        work.cancel()
