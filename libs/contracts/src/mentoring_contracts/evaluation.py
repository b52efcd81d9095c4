"""Events of the evaluation service."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from mentoring_contracts.audit import _AuditAnchored
from mentoring_contracts.event import Event
from mentoring_contracts.words import RoleId


class _ReportShare(Event):
    owner: ClassVar = "evaluation"
    aggregate: ClassVar = "report_share"
    subject: ClassVar = "share_id"
    for_integrators: ClassVar = "an organisation's own records of what it handed over"
    share_id: UUID
    programme_id: UUID
    report_id: UUID
    network_id: UUID


class ReportShared(_ReportShare):
    """The protected figures of a report were handed over to the office of a network."""


class ReportShareWithdrawn(_ReportShare):
    """What was handed over to the office of a network was taken back."""


class _NetworkReport(Event):
    owner: ClassVar = "evaluation"
    aggregate: ClassVar = "network_report"
    subject: ClassVar = "received_id"
    for_integrators: ClassVar = "an office reads its totals again"
    received_id: UUID
    network_id: UUID
    organisation_id: UUID


class NetworkReportReceived(_NetworkReport):
    """A member shared a report with the network: totals change."""


class NetworkReportWithdrawn(_NetworkReport):
    """A member took back what it had shared: totals change."""


class _WaveEvent(Event):
    owner: ClassVar = "evaluation"
    aggregate: ClassVar = "wave"
    subject: ClassVar = "wave_id"
    wave_id: UUID
    programme_id: UUID
    cohort_id: UUID
    instrument: str


class SurveyOpened(_WaveEvent):
    """A wave opened: the people it asks may answer until `closes_at`.

    One that follows a meeting or an activity asks who took part; its answers are kept, closed and announced with
    those of others in the wave `gathered_in`.
    """

    closes_at: datetime
    asked: int
    gathered_in: UUID | None = None


class SurveyReminderDue(_WaveEvent):
    """A wave closes soon: those of the asked who have not answered may be reminded."""

    closes_at: datetime
    number: int
    unanswered: int


class SurveyResponseReceived(_WaveEvent):
    """Somebody answered: no content, no identity. Of a role in which too few people were asked it is not announced."""

    for_integrators: ClassVar = "response counters outside follow it"
    role: RoleId


class SurveyClosed(_WaveEvent):
    """A wave closed: its responses are frozen.

    `responses` are those of the roles of which something is shown; of `hidden_roles` too few different people were
    asked.
    """

    for_integrators: ClassVar = "the sign that figures of the wave can be read"
    asked: int
    responses: int
    hidden_roles: list[str] = []


class SurveyCancelled(_WaveEvent):
    """A wave was called off before it closed, or one that was brought in from another tool (`brought_in`) was taken
    back: its answers are deleted. `asked` people had been asked here, who could have answered until `closes_at`."""

    for_integrators: ClassVar = "what was taken from the wave is to be taken back"
    closes_at: datetime
    asked: int
    brought_in: bool = False


class InterviewApproved(Event):
    """The interviewed person approved the summary of their interview."""

    owner: ClassVar = "evaluation"
    aggregate: ClassVar = "interview"
    subject: ClassVar = "interview_id"
    for_integrators: ClassVar = "case-study editors start from it"
    interview_id: UUID
    programme_id: UUID
    cohort_id: UUID
    match_id: UUID


class ConsentWithdrawn(Event):
    """An interviewed person withdrew: their words leave every report."""

    owner: ClassVar = "evaluation"
    aggregate: ClassVar = "interview"
    subject: ClassVar = "interview_id"
    for_integrators: ClassVar = "whoever republished quotes removes them"
    interview_id: UUID
    programme_id: UUID
    cohort_id: UUID
    match_id: UUID


class FocusGroupHeld(Event):
    """Several people were heard at once, `before` the programme began, `during` it or `after` it.

    `participants` are those who had agreed to be recorded.
    """

    owner: ClassVar = "evaluation"
    aggregate: ClassVar = "focus_group"
    subject: ClassVar = "focus_group_id"
    for_integrators: ClassVar = "whoever analyses what was said begins then"
    focus_group_id: UUID
    programme_id: UUID
    cohort_id: UUID | None
    occasion: Literal["before", "during", "after"]
    participants: int


class FocusGroupConsentWithdrawn(Event):
    """Somebody who took part in a focus group withdrew: their words leave every report."""

    owner: ClassVar = "evaluation"
    aggregate: ClassVar = "focus_group"
    subject: ClassVar = "focus_group_id"
    for_integrators: ClassVar = "whoever republished quotes removes them"
    focus_group_id: UUID
    programme_id: UUID
    cohort_id: UUID | None
    part_id: UUID


class CaseStudyWithdrawn(Event):
    """A case study was taken back, by one of its pair or with an interview: its text leaves every report."""

    owner: ClassVar = "evaluation"
    aggregate: ClassVar = "case_study"
    subject: ClassVar = "case_study_id"
    for_integrators: ClassVar = "whoever republished a case study removes it"
    case_study_id: UUID
    programme_id: UUID
    cohort_id: UUID
    match_id: UUID


class ReportPublished(Event):
    """An edition of a report was published; `audience` is public for one that anybody may read."""

    owner: ClassVar = "evaluation"
    aggregate: ClassVar = "report"
    subject: ClassVar = "report_id"
    for_integrators: ClassVar = "websites fetch the report"
    report_id: UUID
    programme_id: UUID
    edition: int
    audience: Literal["programme_team", "public"]
    kind: str | None = None
    report_version: int | None = None


class EvaluationAuditAnchored(_AuditAnchored):
    """The audit log of an organisation here reached `position`, with the keyed `hash` (hex)."""

    owner: ClassVar = "evaluation"
