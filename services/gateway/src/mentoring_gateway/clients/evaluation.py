"""The evaluation service: waves, surveys, figures, reports."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter
from strawberry.scalars import JSON

from mentoring_common.pagination import Page
from mentoring_gateway.clients.reports import ReportParts
from mentoring_gateway.clients.upstream import Upstream, segment
from mentoring_gateway.clients.values import NOTHING, Role, body


@strawberry.type(description="A number of people for each role")
class ByRole:
    mentor: int
    mentee: int


@dataclass
class WaveRecord:
    id: UUID
    programme_id: UUID
    cohort_id: UUID
    instrument: str
    state: str
    opens_at: datetime
    closes_at: datetime
    asked: ByRole
    responses: ByRole
    closed_at: datetime | None = None


@strawberry.type(description="A published number and where it came from; `value` is `*` where the view hides it")
class Figure:
    name: str
    unit: str
    rule: str
    cohort: int | None = None
    role: Role | None = None
    wave: str | None = None
    numerator: int | None = None
    denominator: int | None = None
    value: JSON | None = None
    definition: str | None = None
    asked: int | None = None
    answered: int | None = None
    caveats: list[str] = field(default_factory=list)
    components: JSON | None = None
    source: str | None = None


@strawberry.type(description="The figures of a programme for one audience, and the rule of disclosure that was used")
class Figures:
    view: str
    statement: str
    figures: list[Figure] = field(default_factory=list)


@dataclass(kw_only=True)
class ReportRecord(ReportParts):
    id: UUID
    programme_id: UUID
    audience: str
    state: str
    edition: int
    kind: str | None = None
    version: int | None = None
    title: str | None = None
    statement: str | None = None
    requested_at: datetime | None = None
    built_at: datetime | None = None
    published_at: datetime | None = None
    figures: list[Figure] = field(default_factory=list)
    inconsistencies: JSON | None = None


@strawberry.type(description="What an invitation asks; skipping a question is allowed")
class Survey:
    wave_id: UUID
    role: Role
    title: str
    questions: JSON
    closes_at: datetime


@dataclass
class ReceivedRecord:
    wave_id: UUID


_wave = TypeAdapter(WaveRecord)
_waves = TypeAdapter(Page[WaveRecord])
_figures = TypeAdapter(Figures)
_report = TypeAdapter(ReportRecord)
_survey = TypeAdapter(Survey)
_received = TypeAdapter(ReceivedRecord)


@dataclass(frozen=True)
class Evaluation:
    """The evaluation API for one caller."""

    api: Upstream

    async def waves(self, programme_id: UUID) -> list[WaveRecord]:
        """All waves of a programme, every cohort's."""
        return await self.api.every(f"/programmes/{programme_id}/waves", _waves, {})

    async def wave(self, wave_id: UUID) -> WaveRecord:
        """One wave."""
        return await self.api.get(f"/waves/{wave_id}", _wave)

    async def figures(self, programme_id: UUID, view: str) -> Figures:
        """The figures of a programme as the team or as the public sees them."""
        return await self.api.get(f"/programmes/{programme_id}/figures", _figures, {"view": view})

    async def report(self, report_id: UUID) -> ReportRecord:
        """A report with all its figures and parts."""
        return await self.api.get(f"/reports/{report_id}", _report)

    async def create_report(self, programme_id: UUID, audience: str) -> ReportRecord:
        """Freeze the figures of a programme into a report."""
        content = body(audience=audience)
        return await self.api.send("POST", f"/programmes/{programme_id}/reports", _report, content)

    async def publish_report(self, report_id: UUID) -> None:
        """Publish a report that is built."""
        await self.api.send("POST", f"/reports/{report_id}/publish", NOTHING)

    async def survey(self, organisation_id: UUID, token: str) -> Survey:
        """The survey behind an invitation's token."""
        return await self.api.get(f"/public/{organisation_id}/surveys/{segment(token)}", _survey)

    async def answer_survey(self, organisation_id: UUID, token: str, answers: JSON) -> UUID:
        """Answer the survey behind a token, once; the id of its wave."""
        content = {"token": token, "answers": answers}
        return (await self.api.send("POST", f"/public/{organisation_id}/responses", _received, content)).wave_id
