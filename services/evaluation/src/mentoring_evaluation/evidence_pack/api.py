"""The evidence pack for the six standards, and the judgements in it."""

from uuid import UUID

from fastapi import APIRouter

from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.roles import require_right
from mentoring_common.unit_of_work import Db, Route
from mentoring_evaluation.evidence_pack import commands, queries
from mentoring_evaluation.evidence_pack.models import Assessment
from mentoring_evaluation.evidence_pack.schemas import AssessmentView, EvidencePackView, NewAssessment
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.programmes.access import READERS, Reader, Writer, is_team, require_team

router = APIRouter(route_class=Route, tags=["evidence pack"])


@router.get("/programmes/{programme_id}/evidence-pack")
async def read_evidence_pack(programme_id: UUID, by: Reader, db: Db) -> EvidencePackView:
    """Every criterion with its score and evidence, the level reached, the gaps. For the team and the steering group.

    The steering group sees survey answers rounded, and none of small groups, as in public figures.
    """
    programme = await programmes.programme(db, programme_id)
    await require_right(db, by, programme_id, *READERS)
    exact = await is_team(db, by, programme_id)
    return EvidencePackView.model_validate(await commands.pack(db, programme, exact=exact))


@router.post("/programmes/{programme_id}/assessments", status_code=201)
async def assess_programme(programme_id: UUID, new: NewAssessment, by: Writer, db: Db) -> AssessmentView:
    """Judge a criterion that no record can answer; a person of the programme team signs it."""
    programme = await programmes.programme(db, programme_id)
    await require_team(db, by, programme_id)
    return _view(await commands.assess(db, programme, new, by))


@router.get("/programmes/{programme_id}/assessments")
async def list_assessments(
    programme_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[AssessmentView]:
    """Every judgement, replaced ones too. For the programme team and the steering group."""
    await programmes.programme(db, programme_id)
    await require_right(db, by, programme_id, *READERS)
    shown, following = await page(db, queries.assessments(programme_id), Assessment.id, cursor, limit)
    return page_of(shown, following, _view)


def _view(row: Assessment) -> AssessmentView:
    return AssessmentView.model_validate(row, from_attributes=True)
