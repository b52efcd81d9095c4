"""Building queued reports beside the requests: read, ask the applications service with no transaction open, store."""

import asyncio
from dataclasses import replace
from uuid import UUID

from mentoring_common.deadlines import subjects_waiting
from mentoring_common.observability import log
from mentoring_common.runner import Service
from mentoring_evaluation.figures import queries as figures
from mentoring_evaluation.figures.commands import next_snapshot
from mentoring_evaluation.figures.queries import evidence_of
from mentoring_evaluation.figures.statistics import with_statistics
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.reports import queries
from mentoring_evaluation.reports.commands.records import report_records
from mentoring_evaluation.reports.commands.reports import BUILD, store_content
from mentoring_evaluation.reports.content import report_content
from mentoring_evaluation.reports.page import views_of


async def build_reports(service: Service) -> None:
    """Build every report that waits; one that fails is tried again the next time."""
    for tenant, report_id in await subjects_waiting(service.looking, BUILD, 20):
        try:
            await build_report(service, tenant, report_id)
        except Exception as error:
            log.warning("report_not_built", kind=BUILD, subject_id=str(report_id), error=type(error).__name__)


async def build_report(service: Service, tenant: UUID, report_id: UUID) -> None:
    """Build one report and store it, unless another replica has."""
    async with service.database.transaction(tenant) as db:
        report = await queries.report(db, report_id)
        programme = await programmes.programme(db, report.programme_id)
        evidence, beside = await evidence_of(db, programme), await report_records(db, programme)
        before = await figures.latest_snapshot(db, programme.id)
    evidence = await with_statistics(service, tenant, evidence)
    frozen = next_snapshot(programme, before, evidence.statistics, evidence.as_of)
    evidence = replace(evidence, public_backgrounds=frozen.shown)
    content = await asyncio.to_thread(report_content, evidence, beside, report.kind, report.published)
    # Its charts are drawn here: the first reader waits neither for them nor for the library that draws them.
    await asyncio.to_thread(views_of, content)
    async with service.database.transaction(tenant) as db:
        if await store_content(db, report_id, content):
            db.add(frozen)  # another table of this number, frozen meanwhile, undoes all: the report is built again
