"""Closing a large wave, its figures, its public view and its report; beside a plain count of the same rows in SQL."""

from __future__ import annotations

import random
import time
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from bench.parts import running_parts
from mentoring_common.testing import Harness
from mentoring_common.testing.harness import running
from mentoring_evaluation.app import create_app
from mentoring_evaluation.figures.programme_figures import programme_lines
from mentoring_evaluation.figures.public_view import public_lines
from mentoring_evaluation.figures.queries import evidence_of
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.programmes.models import Cohort, Programme
from mentoring_evaluation.reports.changes import Issue
from mentoring_evaluation.reports.charts import Bar, bars_svg
from mentoring_evaluation.reports.content import report_content
from mentoring_evaluation.reports.document import Words
from mentoring_evaluation.reports.page import report_page
from mentoring_evaluation.reports.pdf import report_pdf
from mentoring_evaluation.reports.records import ReportRecords
from mentoring_evaluation.surveys.commands.waves import close_wave
from mentoring_evaluation.surveys.models import Invitation, Response, Wave

RESPONSES, QUESTIONS = 20_000, 40
OPTIONS = ["Strongly agree", "Agree", "Neither", "Disagree", "Strongly disagree"]
ISSUE = Issue(1, 0, (), None)
Steps = list[tuple[str, float]]


async def closed_wave() -> Steps:
    """Seconds of every step."""
    async with running_parts() as parts, running(parts, create_app, "evaluation") as harness:
        tenant, programme_id, wave_id = uuid4(), uuid4(), uuid4()
        async with harness.service.database.transaction(tenant) as db:
            await fill(db, harness.clock.now() - timedelta(seconds=1), tenant, programme_id, wave_id)
        return await _measure(harness, tenant, programme_id, wave_id)


async def _measure(harness: Harness, tenant: UUID, programme_id: UUID, wave_id: UUID) -> Steps:
    steps: Steps = []
    clock = _Stopwatch(steps)
    async with harness.service.database.transaction(tenant) as db:
        await close_wave(db, wave_id)
    clock.lap("closing: freeze, write anew in random order, announce")
    async with harness.service.database.transaction(tenant) as db:
        evidence = await evidence_of(db, await programmes.programme(db, programme_id))
    clock.lap("reading the evidence: every answer counted in the database")
    lines = programme_lines(evidence)
    clock.lap(f"{len(lines)} exact figures with intervals and caveats")
    public = public_lines(evidence, lines)
    clock.lap(f"{len(public)} public ones: rounding, suppression, audit")
    steps.append(("closing, figures and suppression together (target: under 5)", sum(took for _, took in steps)))
    async with harness.service.database.transaction(tenant) as db:
        clock.start()
        await db.execute(sa.text(
            "SELECT role, key, value, count(*) FROM responses, jsonb_each_text(answers) GROUP BY role, key, value"
        ))  # fmt: skip
    clock.lap("floor: the plain SQL count of all answers")
    content = report_content(evidence, ReportRecords(), "final", None)
    clock.lap("content of the final report, both views")
    bars_svg((Bar("a", "b", 1.0),), "people")
    clock.lap("loading the chart library, once in the life of a process, when it builds its first report")
    report_page(content, Words(), ISSUE)
    clock.lap("the report's page with its charts")
    report_pdf(content, Words(), ISSUE)
    clock.lap("its PDF/A")
    steps.append(("content, page and PDF/A together (target: under 3)", sum(steps[i][1] for i in (-4, -2, -1))))
    return steps


class _Stopwatch:
    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self.start()

    def start(self) -> None:
        self._since = time.perf_counter()

    def lap(self, what: str) -> None:
        self._steps.append((what, time.perf_counter() - self._since))
        self.start()


def instrument() -> dict[str, object]:
    """A survey of 40 questions, each published."""
    questions = [
        {
            "id": f"q{n}", "figure": f"q{n}", "kind": "choice", "roles": ["mentor", "mentee"], "options": OPTIONS,
            "counted": OPTIONS[:2], "text": f"Question {n}?",
        }
        for n in range(QUESTIONS)
    ]  # fmt: skip
    return {"id": "summative", "version": 1, "title": "Summative", "questions": questions}


async def fill(db: AsyncSession, end: datetime, tenant: UUID, programme_id: UUID, wave_id: UUID) -> None:
    """A programme with one cohort and an open wave that everybody has answered, due at `end`."""
    cohort_id, rng = uuid4(), random.Random(1)
    db.add(Programme(
        id=programme_id, title="Bench", survey_modes={}, remind_days=[], cpd_kinds=[], decimals=0, public_minimum=10,
        report_approvers={},
    ))  # fmt: skip
    db.add(Cohort(id=cohort_id, programme_id=programme_id, number=1, places_first_planned=10_000, places=10_000))
    db.add(Wave(
        id=wave_id, programme_id=programme_id, cohort_id=cohort_id, instrument="summative", state="open",
        instrument_used=instrument(), opens_at=end - timedelta(days=9), closes_at=end, asked_mentors=RESPONSES // 2,
        asked_mentees=RESPONSES // 2,
    ))  # fmt: skip
    await db.flush()
    roles = ["mentor", "mentee"] * (RESPONSES // 2)
    where = {"tenant_id": tenant, "wave_id": wave_id}
    invited = [
        where | {"id": uuid4(), "person_id": uuid4(), "role": role, "token_digest": uuid4().bytes, "answered": True}
        for role in roles
    ]
    answered = [
        where | {
            "id": uuid4(), "cohort_id": cohort_id, "role": role, "day": end.date(),
            "answers": {f"q{n}": rng.choice(OPTIONS) for n in range(QUESTIONS)},
        }
        for role in roles
    ]  # fmt: skip
    await db.execute(sa.insert(Invitation), invited)
    await db.execute(sa.insert(Response), answered)
