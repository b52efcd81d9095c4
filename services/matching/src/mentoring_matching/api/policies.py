"""The REST API of the matching service: the policy of a programme."""

from uuid import UUID

from fastapi import APIRouter

from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatchRequired
from mentoring_matching import policies, queries
from mentoring_matching.access import require_team
from mentoring_matching.api.callers import Reader, Writer
from mentoring_matching.commands import policy as commands
from mentoring_matching.errors import PolicyChanged, ProgrammeNotFound
from mentoring_matching.models import PolicyVersion
from mentoring_matching.schemas import PolicyDocument, PolicyView

router = APIRouter(route_class=Route, tags=["runs"])


@router.get("/programmes/{programme_id}/policy")
async def read_policy(programme_id: UUID, by: Reader, db: Db) -> PolicyView:
    """The policy in force."""
    await require_team(db, by, programme_id, ProgrammeNotFound)
    return _policy_view(await queries.policy(db, programme_id))


def _policy_view(version: PolicyVersion) -> PolicyView:
    off = [] if version.problem else policies.rules_off(version.document)
    return PolicyView.model_validate(version).model_copy(update={"rules_off": off})


@router.put("/programmes/{programme_id}/policy")
async def change_policy(
    programme_id: UUID, document: PolicyDocument, by: Writer, db: Db, expected: IfMatchRequired
) -> PolicyView:
    """Make a new version of the policy: `hard_rules`, `weights` or `criteria`, `floor`, `offers`, `max_load`, …

    Line management, conflicts of interest and earlier matches keep people apart unless `rules_off` names the rule.
    """
    await require_team(db, by, programme_id, ProgrammeNotFound)
    expected.compare((await queries.policy(db, programme_id)).version)
    try:
        return _policy_view(await commands.change_policy(db, programme_id, document.root, by))
    except PolicyChanged:
        expected.compare((await queries.policy(db, programme_id)).version)
        raise
