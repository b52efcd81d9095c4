"""Waves and reports."""

import strawberry

from mentoring_gateway.clients.evaluation import ByRole, ReportRecord, WaveRecord
from mentoring_gateway.context import Info
from mentoring_gateway.types.fields import derived


@strawberry.type(description="Responses of the people asked, in percent; null where nobody was asked")
class ResponseRates:
    mentor: float | None
    mentee: float | None
    pooled: float | None


@strawberry.type(description="One opening of a survey for one cohort")
class Wave(WaveRecord):
    @derived("Response rates by role and of both together")
    def response_rates(self) -> ResponseRates:
        return response_rates(self.responses, self.asked)


@strawberry.type(description="Figures and findings frozen for one audience")
class Report(ReportRecord):
    @derived("Where the report is as a page with charts; it needs the same access token")
    def url(self, info: Info) -> str:
        return f"{info.context.settings.public_url}/evaluation/reports/{self.id}/html"


def response_rates(responses: ByRole, asked: ByRole) -> ResponseRates:
    """Response rates in percent."""
    return ResponseRates(
        mentor=_percent(responses.mentor, asked.mentor),
        mentee=_percent(responses.mentee, asked.mentee),
        pooled=_percent(responses.mentor + responses.mentee, asked.mentor + asked.mentee),
    )


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None
