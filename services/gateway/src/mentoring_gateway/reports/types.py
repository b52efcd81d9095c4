"""Reports."""

from uuid import UUID

import strawberry

from mentoring_common.api_address import api_address
from mentoring_gateway.context import Info
from mentoring_gateway.fields import derived, fetched
from mentoring_gateway.identity import Node, OwnId
from mentoring_gateway.reports.client import ReportChanges, ReportRecord, ReportSummaryRecord


@strawberry.type(description="Figures, findings and the text about them, frozen for one audience")
class Report(ReportRecord, Node):
    id: OwnId

    @derived("Where the report is as a page with charts; it needs the same access token")
    def url(self, info: Info) -> str:
        return page_of(info, self.id, "html")

    @derived("Where the report is as PDF/A; it needs the same access token")
    def pdf_url(self, info: Info) -> str:
        return page_of(info, self.id, "pdf")

    @derived("Where the report is as DOCX, to work on with it; it needs the same access token")
    def docx_url(self, info: Info) -> str:
        return page_of(info, self.id, "docx")

    @derived("Where its findings and charts are as slides, PPTX; it needs the same access token")
    def pptx_url(self, info: Info) -> str:
        return page_of(info, self.id, "pptx")

    @derived(
        "Where page, PDF, DOCX, PPTX, tables with their codebook and charts are as one ZIP; it needs the same token"
    )
    def archive_url(self, info: Info) -> str:
        return page_of(info, self.id, "archive")

    @fetched("What changed since the version published before")
    async def changes(self, info: Info) -> ReportChanges | None:
        return await info.context.services.reports.changes(self.id)


@strawberry.type(description="A report in a list")
class ReportSummary(ReportSummaryRecord):
    @fetched("The report with its figures and its text")
    async def report(self, info: Info) -> Report | None:
        return await report_of(info, self.id)


async def report_of(info: Info, report_id: UUID) -> Report:
    """A report as it is now."""
    return Report(**vars(await info.context.loaders.report.load(report_id)))


def page_of(info: Info, report_id: UUID, form: str) -> str:
    """The address of a report in one of its forms: `html`, `pdf`, `docx`, `pptx` or `archive`."""
    evaluation = api_address(info.context.settings.public_url, "evaluation")
    return f"{evaluation}/reports/{report_id}/{form}"
