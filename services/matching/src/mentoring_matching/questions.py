"""What a run is to solve: the people and places that are free now, under a policy. Standing pairs and offers stay."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import now
from mentoring_matching import engine, profiles, queries
from mentoring_matching.errors import PolicyInvalid, ProgrammeNotFound
from mentoring_matching.models import Cohort, Match, MatchRun, PoolMember
from mentoring_matching.policies import CHANGES, Terms, hours_of, ordered_by, usable_changes, usable_terms, with_weights
from mentoring_matching.profiles import Candidate
from mentoring_matching.proposals import PairIds, Question


async def question_of(db: AsyncSession, run: MatchRun) -> Question:
    """What a run is to solve, from the people and places that are free now."""
    cohort = await queries.cohort(db, run.cohort_id)
    programme = await queries.programme(db, run.programme_id)
    terms = usable_terms(run.policy, programme.direction, run.policy_version)
    matches = await queries.standing_matches(db, run.cohort_id) if run.may_move else []
    held = Counter(id_ for match in matches for id_ in (match.mentor_member_id, match.mentee_member_id))
    free = await queries.candidates(
        db, run.cohort_id, terms.max_load, held, most=terms.load.most, mentors_each=terms.mentors_each
    )
    free = await _known(db, cohort, terms, free, run.requested_at.date())
    mentees = await _rematched(db, run)
    candidates = [c if _is_asked(c, run, mentees) else _as_they_stand(c, held[c.member_id])
                  for c in free if c.member_id in held or _is_asked(c, run, mentees)]  # fmt: skip
    standing = _movable(matches, candidates)
    places = await _free_places(db, cohort) + len(standing)
    barred = await queries.barred_pairs(db, cohort, also_ended=run.kind == "rematch")
    titles = programme.topic_titles
    others = await _held(db, run.programme_id, standing)
    question = Question(candidates, terms, titles, places, _ids(run.pins), [], run.seed, standing, others)
    return _with_bars(question, {(str(a), str(b)) for a, b in barred} | set(_ids(run.bars)))


async def question_now(
    db: AsyncSession,
    cohort_id: UUID,
    document: Mapping[str, Any] | None = None,
    *,
    changes: Mapping[str, Any] | None = None,
    pins: Sequence[Mapping[str, str]] = (),
    bars: Sequence[Mapping[str, str]] = (),
    places: int | None = None,
    weights: Mapping[str, float] | None = None,
    at: Sequence[str] = ("body", "policies"),
) -> Question:
    """What a full run would solve now under a policy (default: the one in force; another is given `at` of the request)
    with changes, and with other weights by the names of criteria; PolicyInvalid.
    """
    cohort = await queries.cohort(db, cohort_id)
    programme = await queries.programme(db, cohort.programme_id)
    version = await queries.policy(db, cohort.programme_id)
    at = CHANGES if document is None else at
    asked = usable_changes(version.document if document is None else document, changes or {})
    asked = with_weights(asked, programme.direction, weights or {})
    terms = usable_terms(asked, programme.direction, version.version, strict=document is not None, at=at)
    room = await _free_places(db, cohort) if places is None else places
    free = await queries.candidates(
        db, cohort_id, terms.max_load, most=terms.load.most, mentors_each=terms.mentors_each
    )
    free = await _known(db, cohort, terms, free, now(db).date())
    barred = await queries.barred_pairs(db, cohort, also_ended=False)
    held = await _held(db, cohort.programme_id)
    question = Question(free, terms, programme.topic_titles, room, _ids(pins), [], 0, held=held)
    return _with_bars(question, {(str(a), str(b)) for a, b in barred} | set(_ids(bars)))


async def _known(
    db: AsyncSession, cohort: Cohort, terms: Terms, candidates: Sequence[Candidate], today: date
) -> list[Candidate]:
    """The people as rules and criteria read them, with what is known of them beside their profile."""
    found = as_read(candidates, terms, cohort.starts_on or today)
    found = await _with_ratings(db, cohort.id, terms, found)
    if not terms.unmatched_first:
        return found
    mentees = [c.person_id for c in found if c.role == "mentee"]
    waiting = await queries.waiting_mentees(db, cohort.programme_id, mentees)
    return [replace(c, waited=c.person_id in waiting) if c.role == "mentee" else c for c in found]


def as_read(candidates: Sequence[Candidate], terms: Terms, on: date) -> list[Candidate]:
    """The people with the hours that rules of the policy read, by the clocks of the day their pairs begin, and with the
    values that it lists or orders; what cannot be read is `unread`.
    """
    names, ordered = hours_of(terms.engine), ordered_by(terms.engine)
    people = [profiles.with_hours(c, names, on) for c in candidates] if names else list(candidates)
    wanted = {name: terms.values.get(name, ()) for name in {*terms.values, *ordered}}
    return [profiles.with_values(c, wanted, ordered) for c in people] if wanted else people


async def _terms_in_force(db: AsyncSession, programme_id: UUID) -> Terms:
    programme, version = await queries.programme(db, programme_id), await queries.policy(db, programme_id)
    return usable_terms(version.document, programme.direction, version.version)


async def rules_broken(
    db: AsyncSession, cohort_id: UUID, mentor: PoolMember, mentee_member_ids: Sequence[UUID]
) -> list[str]:
    """The hard rules that a mentor and mentees of a cohort would break, in the programme's words.

    That two were together before is none: whoever names the two knows. PolicyInvalid where none could be asked.
    """
    cohort = await queries.cohort(db, cohort_id)
    terms = await _terms_in_force(db, cohort.programme_id)
    members = {member.id: member for member in await queries.members_of(db, [mentor.id, *mentee_member_ids])}
    known = await queries.profiles_of(db, members)
    people = [
        Candidate(m.id, m.person_id, m.role, 1, m.priority, known[m.id]) for m in members.values() if m.id in known
    ]
    read = {c.member_id: c for c in as_read(people, terms, cohort.starts_on or now(db).date())}
    never = await queries.never_again(db, mentor.person_id, [m.person_id for m in members.values()])
    found = ["a private reason"] if never else []
    for one in mentee_member_ids:
        if mentor.id in read and one in read:
            pair = profiles.mentor(read[mentor.id]), profiles.mentee(read[one])
            found += engine.rules_broken(*pair, terms.engine, but=[engine.TOGETHER])
    return [terms.texts.get(name, name) for name in dict.fromkeys(found)]


async def unread(db: AsyncSession, cohort: Cohort, members: Sequence[PoolMember]) -> dict[UUID, Mapping[str, str]]:
    """For each pool member the attributes that the policy in force cannot read, with the reason."""
    try:
        terms = await _terms_in_force(db, cohort.programme_id)
    except (ProgrammeNotFound, PolicyInvalid):  # not heard of yet, or nothing that a run could read
        return {}
    if not (hours_of(terms.engine) or ordered_by(terms.engine) or terms.values):
        return {}
    known = await queries.profiles_of(db, [m.id for m in members])
    people = [Candidate(m.id, m.person_id, m.role, 1, m.priority, known[m.id]) for m in members if m.id in known]
    return {c.member_id: c.unread for c in as_read(people, terms, cohort.starts_on or now(db).date())}


async def _with_ratings(
    db: AsyncSession, cohort_id: UUID, terms: Terms, candidates: list[Candidate]
) -> list[Candidate]:
    """The mentees with what came of their conversations, where the policy weighs it."""
    if not any(criterion.kind == "conversation" for criterion in terms.engine.criteria):
        return candidates
    rated: dict[UUID, dict[UUID, float]] = defaultdict(dict)
    for talk in await queries.all_conversations(db, cohort_id):
        rated[talk.mentee_id][talk.mentor_id] = how_it_went(talk.mentor_rating, talk.mentee_rating)
    return [
        replace(c, ratings=rated[c.person_id]) if c.role == "mentee" and c.person_id in rated else c for c in candidates
    ]


def how_it_went(*ratings: int | None) -> float:
    """Both ratings (1..5) as a preference in 0..1: 3 is a third, 5 is 1; none, or a 1 or 2 of either side, is 0."""
    given = [rating for rating in ratings if rating is not None]
    if not given or min(given) <= 2:
        return 0.0
    return sum(rating - 2 for rating in given) / (3 * len(given))


def _movable(matches: Sequence[Match], candidates: Iterable[Candidate]) -> dict[PairIds, UUID]:
    """The standing pairs, both of whom have a profile to go by."""
    known = {c.member_id for c in candidates}
    here = [m for m in matches if {m.mentor_member_id, m.mentee_member_id} <= known]
    return {(str(m.mentor_id), str(m.mentee_id)): m.id for m in here}


async def _held(db: AsyncSession, programme_id: UUID, movable: Collection[PairIds] = ()) -> list[PairIds]:
    """The pairs of the programme that stand or are offered, but those that may move."""
    pairs = {(str(mentor), str(mentee)) for mentor, mentee in await queries.live_pairs(db, programme_id)}
    return sorted(pairs - set(movable))


async def _free_places(db: AsyncSession, cohort: Cohort) -> int:
    return max(cohort.places - cohort.confirmed - await queries.offers_open(db, cohort.id), 0)


def _ids(pairs: Iterable[Mapping[str, str]]) -> list[PairIds]:
    return [(pair["mentor_id"], pair["mentee_id"]) for pair in pairs]


def _with_bars(question: Question, bars: set[PairIds]) -> Question:
    """Bars of people who take part; a pin of this run goes before an older bar."""
    here = {(c.role, str(c.person_id)) for c in question.candidates}
    kept = [(a, b) for a, b in bars - set(question.pins) if ("mentor", a) in here and ("mentee", b) in here]
    return replace(question, bars=sorted(kept))


async def _rematched(db: AsyncSession, run: MatchRun) -> frozenset[str] | None:
    """The mentees of a run that takes only some; None where it takes all."""
    if run.mentee_ids is not None:
        return frozenset(run.mentee_ids)
    return frozenset(map(str, await queries.freed_mentees(db, run.cohort_id))) if run.kind == "rematch" else None


def _as_they_stand(candidate: Candidate, held: int) -> Candidate:
    """Somebody who may be moved and is not to get more: a mentee as many mentors as they have, no further one."""
    return replace(candidate, free=min(candidate.free, held)) if candidate.role == "mentee" else candidate


def _is_asked(candidate: Candidate, run: MatchRun, mentees: frozenset[str] | None) -> bool:
    only = mentees if candidate.role == "mentee" else run.mentor_ids
    return only is None or str(candidate.person_id) in only
