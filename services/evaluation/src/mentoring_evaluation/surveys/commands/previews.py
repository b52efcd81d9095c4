"""What will be read of a wave and by whom, said before it opens and while it is open."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_contracts.words import SIDES
from mentoring_evaluation.disclosure.floor import (
    Mode,
    Shown,
    fewest_published,
    least_asked,
    policy_of,
    rule_in_words,
    shown,
    shown_together,
)
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.surveys import queries, queries_answers
from mentoring_evaluation.surveys.models import Wave
from mentoring_evaluation.surveys.schemas import RolePreview, WavePreview

_NAMED = "Answers are kept under people's names, and the programme team reads who said what once the survey has closed."


async def preview_wave(db: AsyncSession, wave: Wave) -> WavePreview:
    """By role, how many different people a wave asks and what will be read of them."""
    least = wave.least_asked or least_asked((await programmes.programme(db, wave.programme_id)).public_minimum)
    mode, people = await _mode(db, wave), await _people(db, wave)
    of_roles = shown(mode, people, least)
    return WavePreview(
        wave_id=wave.id,
        state=wave.shown_state,
        mode=mode,
        minimum=least,
        roles=[
            RolePreview(
                role=role,
                people=people[role],
                shown=of_roles[role],
                published_from=fewest_published(people[role], policy_of(least)),
            )
            for role in people
            if role not in SIDES or wave.roles is None or role in wave.roles
        ],
        together=shown_together(of_roles, people),
        statement=(_NAMED if mode == "named" else _statement(of_roles, people, least)) + _published(people, least),
    )


async def _mode(db: AsyncSession, wave: Wave) -> Mode:
    if wave.state != "planned":
        return wave.mode
    survey = await queries.present_instrument(db, wave.programme_id, wave.instrument)
    return survey.mode if survey else "anonymous"


async def _people(db: AsyncSession, wave: Wave) -> Mapping[str, int]:
    if wave.state != "planned":
        return (await queries_answers.people_asked(db, [wave]))[wave.id]
    asked = list((await queries.people_to_ask(db, wave)).values())
    return {role: asked.count(role) for role in wave.asked_by_role}


def _statement(of_roles: Mapping[str, Shown], people: Mapping[str, int], least: int) -> str:
    few = [f"{people[role]} {role}s" for role in people if people[role] and of_roles[role] == "nothing"]
    if not few:
        return rule_in_words(least)
    return (
        f"{rule_in_words(least)} This wave asks {' and '.join(few)}: what they say will be read by nobody. A survey "
        "that is to be read of so few has to be a named one, which says so above its questions."
    )


def _published(people: Mapping[str, int], least: int) -> str:
    """Of whom the public view says nothing, whoever answers."""
    few = [
        f"{people[role]} {role}s"
        for role in people
        if people[role] and fewest_published(people[role], policy_of(least)) is None
    ]
    if not few:
        return ""
    return (
        f" The public view and public reports say nothing of {' and '.join(few)}, however many answer, unless other "
        "cohorts are asked the same: small cohorts are taken together."
    )
