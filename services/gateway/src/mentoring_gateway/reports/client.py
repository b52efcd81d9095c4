"""The evaluation service: reports."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter
from strawberry.scalars import JSON

from mentoring_common.pagination import Page
from mentoring_gateway.figures.client import Distribution, Figure
from mentoring_gateway.reports.parts import EditionNote, ReportParts
from mentoring_gateway.upstream import PageRequest, Upstream
from mentoring_gateway.values import NOTHING, Role, body


@dataclass
class ReportSummaryRecord:
    id: UUID
    programme_id: UUID
    audience: str
    state: str
    edition: int
    kind: str
    version: int
    revision: int
    approver: str | None = None


@strawberry.type(
    description="A piece of a paragraph: plain text, or what a figure says, with its reference and evidence"
)
class TextPart:
    text: str
    reference: str | None = None
    evidence: str | None = None


@strawberry.type(description="A titled piece of a report's text; each paragraph is a list of parts")
class ReportSection:
    title: str
    paragraphs: list[list[TextPart]]


@dataclass
class ReportRecord(ReportParts, ReportSummaryRecord):
    view: str | None = None
    title: str | None = None
    statement: str | None = None
    requested_at: datetime | None = None
    built_at: datetime | None = None
    approved_at: datetime | None = None
    published_at: datetime | None = None
    narrative: list[ReportSection] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    distributions: list[Distribution] = field(default_factory=list)
    ledger: JSON | None = None
    inconsistencies: JSON | None = None


@strawberry.type(description="What a figure says in one version of a report")
class FigureSaid:
    value: JSON | None = None
    numerator: int | None = None
    denominator: int | None = None
    shown: str | None = None


@strawberry.type(description="A figure that came (no `before`), went (no `after`) or says something else")
class FigureChange:
    name: str
    rule: str
    unit: str
    cohort: int | None = None
    role: Role | None = None
    wave: str | None = None
    breakdown: JSON | None = None
    before: FigureSaid | None = None
    after: FigureSaid | None = None


@strawberry.type(description="What came, went or says something else, with what it said before and says after")
class PartChanges:
    added: JSON
    removed: JSON
    changed: JSON


@strawberry.type(description="The version that was published before, and why it has more than one edition")
class PreviousReport:
    id: UUID
    version: int
    published_at: datetime | None = None
    notes: list[EditionNote] = field(default_factory=list)


@strawberry.type(
    description="A report against the version published before: figures, and parts; empty where there is none"
)
class ReportChanges:
    previous: PreviousReport | None = None
    added: list[FigureChange] = field(default_factory=list)
    removed: list[FigureChange] = field(default_factory=list)
    changed: list[FigureChange] = field(default_factory=list)
    themes: PartChanges | None = None
    recommendations: PartChanges | None = None
    case_studies: PartChanges | None = None


_report = TypeAdapter(ReportRecord)
_summaries = TypeAdapter(Page[ReportSummaryRecord])
_changes = TypeAdapter(ReportChanges)


@strawberry.type(
    description="What was handed over of a programme to the office of a network; the figures are protected"
)
class SharedReport:
    id: UUID
    network_id: UUID
    programme_id: UUID
    report_id: UUID
    shared_at: datetime
    figures: JSON


@strawberry.type(description="What a share lies between, in percent")
class TotalBetween:
    low: int
    high: int


@strawberry.type(
    description="One figure over the members of a network that published it, as it was first issued at `asOf`"
)
class NetworkTotal:
    name: str
    definition: str
    unit: str
    rule: str
    top_box: list[str]
    shown: str
    members: int
    without: list[UUID]
    value: float
    as_of: datetime
    role: str | None = None
    wave: str | None = None
    between: TotalBetween | None = None
    breakdown: JSON | None = None
    people: int | None = None


@strawberry.type(description="Totals over the members of a network that shared a report, as they were issued last")
class NetworkTotals:
    network_id: UUID
    number: int
    statement: str
    members: int
    sharing: int
    silent: list[UUID]
    totals: list[NetworkTotal]
    issued_at: datetime | None = None


_shared_report = TypeAdapter(SharedReport)
_shared_reports = TypeAdapter(Page[SharedReport])
_network_totals = TypeAdapter(NetworkTotals)


@dataclass(frozen=True)
class ReportsApi:
    """The reports of the evaluation API for one caller."""

    api: Upstream

    async def report(self, report_id: UUID) -> ReportRecord:
        """A report with all its figures."""
        return await self.api.get(f"/reports/{report_id}", _report)

    async def reports(self, programme_id: UUID, wanted: PageRequest) -> Page[ReportSummaryRecord]:
        """The reports of a programme."""
        return await self.api.page(f"/programmes/{programme_id}/reports", _summaries, {}, wanted)

    async def changes(self, report_id: UUID) -> ReportChanges:
        """What changed since the version published before."""
        return await self.api.get(f"/reports/{report_id}/changes", _changes)

    async def create(self, programme_id: UUID, **wanted: object) -> ReportRecord:
        """Freeze the figures of a programme into a report."""
        return await self.api.send("POST", f"/programmes/{programme_id}/reports", _report, body(**wanted))

    async def save_narrative(self, report_id: UUID, sections: Sequence[object]) -> None:
        """Write a built report's text."""
        await self.api.send("PUT", f"/reports/{report_id}/narrative", NOTHING, body(narrative=sections))

    async def act(self, report_id: UUID, act: str) -> None:
        """`act` is approve or publish."""
        await self.api.send("POST", f"/reports/{report_id}/{act}", NOTHING)

    async def share(self, report_id: UUID, network_id: UUID) -> SharedReport:
        """Hand a report's protected figures over to the office of a network."""
        path = f"/reports/{report_id}/share"
        return await self.api.send("POST", path, _shared_report, body(network_id=network_id))

    async def shared(self, programme_id: UUID, wanted: PageRequest) -> Page[SharedReport]:
        """What was handed over of a programme."""
        return await self.api.page(f"/programmes/{programme_id}/shared-reports", _shared_reports, {}, wanted)

    async def withdraw_share(self, share_id: UUID) -> SharedReport:
        """Take back what was handed over."""
        return await self.api.send("POST", f"/shared-reports/{share_id}/withdraw", _shared_report)

    async def issue_network_totals(self, network_id: UUID) -> NetworkTotals:
        """Issue the totals over what members share now."""
        return await self.api.send("POST", f"/networks/{network_id}/totals/issue", _network_totals)

    async def network_totals(self, network_id: UUID) -> NetworkTotals:
        """Totals over the members of a network."""
        return await self.api.get(f"/networks/{network_id}/totals", _network_totals)
