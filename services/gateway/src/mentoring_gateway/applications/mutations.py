"""What can be done about applications."""

from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from mentoring_gateway.applications.client import AssessmentRecord, Moderation
from mentoring_gateway.applications.inputs import Decision, NewDecision, Nominator, Override
from mentoring_gateway.applications.types import Application, DecidedApplication, Draft
from mentoring_gateway.context import Info
from mentoring_gateway.fields import command
from mentoring_gateway.values import Role, body


@strawberry.type
class Applications:
    @command("Apply for oneself, or as a team for somebody, with the reason why one agrees in their name")
    async def submit_application(
        self,
        info: Info,
        programme_id: UUID,
        role: Role,
        answers: JSON,
        consents: JSON,
        cohort_id: UUID | None = None,
        person_id: UUID | None = None,
        capacity: int | None = None,
        equality: JSON | None = None,
        proxy_reason: str | None = None,
        nominator: Nominator | None = None,
    ) -> Application:
        made = await info.context.commands(info).applications.submit_application(
            programme_id, role=role, cohort_id=cohort_id, person_id=person_id, capacity=capacity, answers=answers,
            consents=consents, equality=equality, proxy={"reason": proxy_reason} if proxy_reason else None,
            nominator=nominator,
        )  # fmt: skip
        return Application(**vars(made))

    @command("Accept, waitlist or refuse an application")
    async def decide_application(
        self,
        info: Info,
        application_id: UUID,
        decision: Decision,
        overrides: list[Override] | None = None,
        reason: str | None = None,
        expected_version: int | None = None,
    ) -> Application:
        decided = await info.context.commands(info, expected_version).applications.act_on_application(
            application_id, "decision", decision=decision, override=overrides or None, reason=reason
        )
        return Application(**vars(decided))

    @command("Withdraw an application, also after matching")
    async def withdraw_application(
        self, info: Info, application_id: UUID, reason: str | None = None, expected_version: int | None = None
    ) -> Application:
        api = info.context.commands(info, expected_version).applications
        return Application(**vars(await api.act_on_application(application_id, "withdraw", reason=reason)))

    @command("Move an application to another cohort")
    async def move_application(
        self, info: Info, application_id: UUID, cohort_id: UUID, reason: str, expected_version: int | None = None
    ) -> Application:
        api = info.context.commands(info, expected_version).applications
        moved = await api.act_on_application(application_id, "move", cohort_id=cohort_id, reason=reason)
        return Application(**vars(moved))

    @command("Carry an application over to a later cohort")
    async def carry_application_over(
        self, info: Info, application_id: UUID, reason: str, expected_version: int | None = None
    ) -> Application:
        api = info.context.commands(info, expected_version).applications
        return Application(**vars(await api.act_on_application(application_id, "carry-over", reason=reason)))


@strawberry.type
class Drafts:
    @command("Begin one's application as far as one has come; one draft for each round and role")
    async def save_draft(
        self,
        info: Info,
        programme_id: UUID,
        role: Role,
        cohort_id: UUID | None = None,
        answers: JSON | None = None,
        consents: JSON | None = None,
        capacity: int | None = None,
        equality: JSON | None = None,
    ) -> Draft:
        saved = await info.context.commands(info).applications.save_draft(
            programme_id, role=role, cohort_id=cohort_id, answers=answers, consents=consents, capacity=capacity,
            equality=equality,
        )  # fmt: skip
        return Draft(**vars(saved))

    @command("Write one's draft anew, whole, until the window closes")
    async def change_draft(
        self,
        info: Info,
        draft_id: UUID,
        expected_version: int,
        answers: JSON | None = None,
        consents: JSON | None = None,
        capacity: int | None = None,
        equality: JSON | None = None,
    ) -> Draft:
        saved = await info.context.commands(info, expected_version).applications.change_draft(
            draft_id, answers=answers, consents=consents, capacity=capacity, equality=equality
        )
        return Draft(**vars(saved))

    @command("Make the application of one's draft")
    async def submit_draft(
        self, info: Info, draft_id: UUID, expected_version: int | None = None, nominator: Nominator | None = None
    ) -> Application:
        api = info.context.commands(info, expected_version).applications
        made = await api.submit_draft(draft_id, nominator=nominator)
        return Application(**vars(made))

    @command("Throw one's draft away")
    async def delete_draft(self, info: Info, draft_id: UUID, expected_version: int | None = None) -> UUID:
        await info.context.commands(info, expected_version).applications.delete_draft(draft_id)
        return draft_id

    @command("Change one's answers after submitting, whole, where the programme allows it, until the window closes")
    async def change_answers(
        self,
        info: Info,
        application_id: UUID,
        expected_version: int,
        answers: JSON,
        consents: JSON | None = None,
        capacity: int | None = None,
        equality: JSON | None = None,
    ) -> Application:
        changed = await info.context.commands(info, expected_version).applications.change_answers(
            application_id, answers=answers, consents=consents, capacity=capacity, equality=equality
        )
        return Application(**vars(changed))


@strawberry.type
class Decisions:
    @command("Decide up to 200 applications in one call; each has its own answer")
    async def decide_applications(
        self, info: Info, programme_id: UUID, decisions: list[NewDecision]
    ) -> list[DecidedApplication]:
        given = [_sent(decision) for decision in decisions]
        items = await info.context.commands(info).applications.decide_applications(programme_id, given)
        return [DecidedApplication(**vars(item)) for item in items]

    @command("Take back a decision that nobody was told")
    async def undo_decision(
        self, info: Info, application_id: UUID, reason: str, expected_version: int | None = None
    ) -> Application:
        api = info.context.commands(info, expected_version).applications
        return Application(**vars(await api.act_on_application(application_id, "undo-decision", reason=reason)))

    @command("Tell people what was decided and kept back, of one cohort or all; how many")
    async def tell_decisions(self, info: Info, programme_id: UUID, cohort_id: UUID | None = None) -> int:
        return await info.context.commands(info).applications.tell_decisions(programme_id, cohort_id)

    @command("Offer a cohort's free places to who is next on its waiting list; the applications")
    async def offer_places(self, info: Info, cohort_id: UUID) -> list[UUID]:
        return await info.context.commands(info).applications.offer_places(cohort_id)

    @command("Take the place that one is offered")
    async def accept_place(self, info: Info, application_id: UUID, expected_version: int | None = None) -> Application:
        api = info.context.commands(info, expected_version).applications
        return Application(**vars(await api.act_on_application(application_id, "accept-place")))

    @command("Leave the place that one is offered to the next")
    async def decline_place(self, info: Info, application_id: UUID, expected_version: int | None = None) -> Application:
        api = info.context.commands(info, expected_version).applications
        return Application(**vars(await api.act_on_application(application_id, "decline-place")))


def _sent(decision: NewDecision) -> dict[str, object]:
    version = decision.version if decision.expected_version is None else decision.expected_version
    return body(
        application_id=decision.application_id, decision=decision.decision.value, override=decision.overrides or None,
        reason=decision.reason, version=version,
    )  # fmt: skip


@strawberry.type
class Assessments:
    @command("Ask people to assess an application; who is close to the applicant cannot")
    async def ask_assessors(self, info: Info, application_id: UUID, person_ids: list[UUID]) -> list[AssessmentRecord]:
        return await info.context.commands(info).applications.ask_assessors(application_id, person_ids)

    @command("Score an application by every criterion; again until everybody has scored")
    async def score_application(
        self, info: Info, assessment_id: UUID, expected_version: int, scores: JSON, note: str | None = None
    ) -> AssessmentRecord:
        api = info.context.commands(info, expected_version).applications
        return await api.score(assessment_id, scores=scores, note=note)

    @command("Say that one cannot assess this person, and why")
    async def declare_conflict_of_interest(
        self, info: Info, assessment_id: UUID, reason: str, expected_version: int | None = None
    ) -> AssessmentRecord:
        api = info.context.commands(info, expected_version).applications
        return await api.declare_conflict(assessment_id, reason)

    @command("Say what follows from the scores, with the reason")
    async def moderate_application(
        self, info: Info, application_id: UUID, recommendation: Decision, note: str
    ) -> Moderation:
        api = info.context.commands(info).applications
        return await api.moderate(application_id, recommendation=recommendation.value, note=note)
