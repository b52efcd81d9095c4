"""Reports: asked for, written, approved, published."""

from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from mentoring_gateway.context import Info
from mentoring_gateway.fields import command
from mentoring_gateway.figures.inputs import Audience
from mentoring_gateway.interviews.inputs import TitledText
from mentoring_gateway.reports.inputs import Approver, ReportKind
from mentoring_gateway.reports.types import Report, report_of


@strawberry.type
class Reports:
    @command("Have a report of a kind built, or of the kind named like an audience; `report` says when it is ready")
    async def create_report(
        self,
        info: Info,
        programme_id: UUID,
        audience: Audience | None = None,
        kind: ReportKind | None = None,
        narrative: list[TitledText] | None = None,
        approver: Approver | None = None,
        published: JSON | None = None,
    ) -> Report:
        queued = await info.context.commands(info).reports.create(
            programme_id, audience=audience, kind=kind, narrative=narrative, approver=approver, published=published
        )
        return await report_of(info, queued.id)

    @command("Write a built report's text; what was approved was another text. Expected is its `revision`")
    async def save_report_narrative(
        self, info: Info, report_id: UUID, expected_version: int, sections: list[TitledText]
    ) -> Report:
        await info.context.commands(info, expected_version).reports.save_narrative(report_id, sections)
        return await report_of(info, report_id)

    @command("Approve a report for publication; for the role that it names")
    async def approve_report(self, info: Info, report_id: UUID, expected_version: int | None = None) -> Report:
        await info.context.commands(info, expected_version).reports.act(report_id, "approve")
        return await report_of(info, report_id)

    @command("Publish a report to its audience")
    async def publish_report(self, info: Info, report_id: UUID, expected_version: int | None = None) -> Report:
        await info.context.commands(info, expected_version).reports.act(report_id, "publish")
        return await report_of(info, report_id)
