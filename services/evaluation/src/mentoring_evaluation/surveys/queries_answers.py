"""What people said in surveys: the one place where responses, named answers and comments are read.

Whoever reads passes `_readable`: of closed waves only, and of no role in which too few people were asked (floor.py). A
test sees to it that no other module selects from these tables.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.reading import Reading, among
from mentoring_evaluation.disclosure.floor import hidden_roles
from mentoring_evaluation.disclosure.rule import SMALLEST
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.surveys import queries, queries_occasions
from mentoring_evaluation.surveys.agreements import Sides, sides_of_pairs
from mentoring_evaluation.surveys.instruments import Instrument, flattened
from mentoring_evaluation.surveys.models import Comment, NamedAnswer, Response, Wave

Tallies = dict[UUID, dict[tuple[Any, str], dict[str, int]]]


def _readable(said: type[Response] | type[Comment]) -> sa.ColumnElement[bool]:
    shown = (Wave.id == said.wave_id, Wave.state == "closed", ~Wave.hidden_roles.has_key(said.role))
    return sa.exists().where(*shown).correlate(said)


def comments(wave_id: UUID) -> sa.Select[Comment]:
    """The free texts of a wave that may be read, in the order of their random ids."""
    return sa.select(Comment).where(Comment.wave_id == wave_id, _readable(Comment))


def comments_of_programme(programme_id: UUID) -> sa.Select[Any, UUID, str]:
    """Free texts that may be read: the comment's row, the wave it is sealed under, and the role."""
    rows = sa.select(Comment, Comment.wave_id, Comment.role).join(Wave, Comment.wave_id == Wave.id)
    return rows.where(Wave.programme_id == programme_id, _readable(Comment))


def comment_counts(programme_id: UUID) -> sa.Select[str, UUID, str, int]:
    """Free texts that may be read, counted by role, wave and question."""
    of = (Comment.role, Comment.wave_id, Comment.question)
    return comments_of_programme(programme_id).with_only_columns(*of, sa.func.count()).group_by(*of)


def readable_comments() -> sa.Subquery:
    """The comments that may be read, without their texts: id, wave, role and question."""
    columns = (Comment.id, Comment.wave_id, Comment.role, Comment.question)
    return sa.select(*columns).where(_readable(Comment)).subquery("readable_comments")


def named_answers(wave_id: UUID) -> sa.Select[NamedAnswer]:
    """Who answered what in a wave that is not anonymous; the command refuses it of a wave that is not named."""
    return sa.select(NamedAnswer).where(NamedAnswer.wave_id == wave_id)


async def answered_twice(
    db: AsyncSession, first: Sequence[UUID], second: Sequence[UUID], role: str
) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """What people of a role answered in one of the first waves and in one of the second: of closed waves that are all
    named, else nobody; nor who stands in several of one side."""
    if set(first) & set(second):
        return []
    waves = list(await db.scalars(sa.select(Wave).where(Wave.id.in_([*first, *second]))))
    if any(wave.mode != "named" or wave.state != "closed" for wave in waves):
        return []
    rows = sa.select(NamedAnswer).where(NamedAnswer.wave_id.in_([wave.id for wave in waves]), NamedAnswer.role == role)
    found: tuple[dict[UUID, list[Mapping[str, Any]]], ...] = (defaultdict(list), defaultdict(list))
    used = {wave.id: Instrument.model_validate(wave.instrument_used) for wave in waves}
    for one in await db.scalars(rows):
        side = found[one.wave_id in second]
        side[one.person_id].append(flattened(used[one.wave_id], one.answers))
    return [
        (answers[0], found[1][person][0])
        for person, answers in found[0].items()
        if len(answers) == 1 and len(found[1].get(person, [])) == 1
    ]


async def sheets_for_researchers(db: AsyncSession, programme_id: UUID) -> list[tuple[Wave, str, Mapping[str, Any]]]:
    """The answer sheets of a programme's surveys that say they may be given to researchers, without names: wave, role
    and answers."""
    rows = sa.select(Wave, Response.role, Response.answers).join(Response, Response.wave_id == Wave.id)
    told = Wave.instrument_used["researchers"].as_boolean().is_(True)
    rows = rows.where(Wave.programme_id == programme_id, told, _readable(Response))
    found = (await db.execute(rows)).all()
    return [(wave, role, answers) for wave, role, answers in found if wave.mode == "anonymous"]


async def counts_by_answer(db: AsyncSession, wave_ids: Sequence[UUID]) -> Tallies:
    """Answers to every question of waves, by role, counted in the database."""
    pair = sa.func.jsonb_each_text(Response.answers).table_valued("key", "value").lateral("pair")
    counted = sa.select(Response.wave_id, Response.role, pair.c.key, pair.c.value, sa.func.count())
    counted = counted.select_from(Response).join(pair, sa.true())
    counted = counted.where(Response.wave_id.in_(wave_ids), _readable(Response))
    found: Tallies = defaultdict(lambda: defaultdict(dict))
    for wave_id, role, key, value, number in await db.execute(
        counted.group_by(Response.wave_id, Response.role, pair.c.key, pair.c.value)
    ):
        found[wave_id][(role, key)][value] = number
    return found


async def answers_of_figure(db: AsyncSession, wave: Wave, figure: str, role: str) -> tuple[int, int]:
    """Of a wave: how many answered the question of this figure, and how many gave a counted answer."""
    questions = (wave.instrument_used or {}).get("questions", [])
    question = next((q for q in questions if q.get("figure") == figure), None)
    if question is None:
        return 0, 0
    answer = Response.answers[question["id"]].as_string()
    counted = sa.func.count().filter(answer.in_([str(one) for one in question["counted"]]))
    rows = sa.select(sa.func.count(answer), counted).where(Response.wave_id == wave.id, Response.role == role)
    row = (await db.execute(rows.where(_readable(Response)))).one()
    return int(row[0]), int(row[1])


_RESPONSES = Reading(
    sa.select(Response.wave_id, Response.role, sa.func.count().label("number"))
    .where(among(Response.wave_id))
    .group_by(Response.wave_id, Response.role)
)


async def responses_by_role(db: AsyncSession, waves: Sequence[Wave]) -> dict[UUID, dict[str, int | None]]:
    """How many responses every wave has by role, also while it is open; None of a role of which nothing is shown."""
    rows = await _RESPONSES.all(db, ids=[wave.id for wave in waves])
    numbers = {(wave_id, role): number for wave_id, role, number in rows}
    hidden = await hidden_of(db, waves)
    return {
        wave.id: {
            role: None if role in hidden[wave.id] else numbers.get((wave.id, role), 0) for role in wave.asked_by_role
        }
        for wave in waves
    }


async def hidden_of(db: AsyncSession, waves: Sequence[Wave]) -> dict[UUID, Sequence[str]]:
    """For every wave the roles that are not shown: as frozen when it closed, or from the people asked so far."""
    people = await people_asked(db, [wave for wave in waves if wave.state == "open"])
    return {
        wave.id: hidden_roles(wave.mode, people[wave.id], wave.least_asked or SMALLEST)
        if wave.state == "open"
        else wave.hidden_roles
        for wave in waves
    }


async def people_asked(db: AsyncSession, waves: Sequence[Wave]) -> dict[UUID, Mapping[str, int]]:
    """How many different people every wave asked until now, by role; a wave that gathers, over all its occasions."""
    gathered = await queries_occasions.people_asked(db, [wave.id for wave in waves if wave.gathers])
    return {wave.id: gathered[wave.id] if wave.gathers else wave.asked_by_role for wave in waves}


async def agreements_of(db: AsyncSession, wave: Wave) -> Sides | None:
    """The two sides of the pairs that stand and of whom both were asked, counted; None for a survey not paired."""
    if wave.mode != "paired":
        return None
    answers = {one.person_id: one.answers for one in await db.scalars(named_answers(wave.id))}
    asked = set(await db.scalars(queries.people_asked([wave.id], None)))
    pairs = [pair for pair in await programmes.standing_pairs(db, wave.cohort_id) if asked.issuperset(pair)]
    used = Instrument.model_validate(wave.instrument_used)
    both = [(answers.get(mentor), answers.get(mentee)) for mentor, mentee in pairs]
    # In a thread: thousands of pairs take a while, and other waves may be due at this very moment.
    return await asyncio.to_thread(sides_of_pairs, used, both)
