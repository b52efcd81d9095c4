"""What the answers of a form are known to be before somebody gives them."""

from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.applications.facts import written
from mentoring_applications.applications.models import Application
from mentoring_applications.applying import queries
from mentoring_applications.applying.forms import fits
from mentoring_applications.applying.schemas import Known
from mentoring_applications.directory import queries as directory
from mentoring_applications.directory.models import Person
from mentoring_contracts.blueprint import Blueprint

_NEVER_KNOWN: Final = frozenset({"preferred", "conflicts"})


async def known_answers(db: AsyncSession, plan: Blueprint, role: str, who: Person) -> dict[str, Known]:
    """What is known of the answers of a form: HR's word, the profile, or the newest earlier application.

    Never whom somebody named, what they agreed to, a file, or an answer that the form would not take today.
    """
    earlier = await queries.newest_application(db, who.id)
    found = (await written(db, [earlier])).get(earlier.id) if earlier else None
    profile = who.attributes | {
        "languages": who.languages,
        "employer": await directory.employer_name(db, who.employer_id),
    }
    said = found.attributes | {"criteria": found.criteria, "free_text": found.free_text} if found else {}
    known: dict[str, Known] = {}
    for asked in plan.form.of(role):
        if asked.means in _NEVER_KNOWN or asked.kind in ("consent", "file"):
            continue
        names = [name for name in (asked.id, asked.means) if name]
        for source, answers in (("profile", profile), ("application", said)):
            answer = next((answers[name] for name in names if answers.get(name) not in (None, "", [])), None)
            if asked.id not in known and answer is not None and fits(plan, asked, answer):
                known[asked.id] = _known(who, names, answer, source, earlier)
    return known


def _known(who: Person, names: list[str], answer: Any, source: str, earlier: Application | None) -> Known:
    if source == "application":
        return Known(answer=answer, source="application", said_at=earlier.submitted_at if earlier else None)
    by_hr = any(who.sources.get(name) == "hr" for name in names)
    return Known(answer=answer, source="hr" if by_hr else "profile")
