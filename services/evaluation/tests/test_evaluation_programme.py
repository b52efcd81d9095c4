"""Figures of small programmes against what one counts by hand; the public view; interviews; reports."""

import asyncio
import re
import uuid
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
import sqlalchemy as sa

from mentoring_common.testing.harness import eventually
from mentoring_contracts.applications import (
    ApplicationAccepted,
    ApplicationMoved,
    ApplicationRefused,
    ApplicationSubmitted,
    CohortCreated,
    CohortPlacesChanged,
    Milestone,
    PersonErased,
    RoleGranted,
)
from mentoring_contracts.blueprint.evaluation import FIGURES
from mentoring_contracts.evaluation import ConsentWithdrawn, InterviewApproved, ReportPublished
from mentoring_contracts.matching import MatchEnded
from mentoring_contracts.sessions import (
    ActivityAttended,
    ActivityHeld,
    AttendanceWithdrawn,
    HabitConcluded,
    MentoringSessionCorrected,
    MentoringSessionRecorded,
    MentoringSessionWithdrawn,
)
from mentoring_evaluation.figures.evidence import Evidence
from mentoring_evaluation.figures.figure import Line, count
from mentoring_evaluation.figures.public_view import public_lines, statement
from mentoring_evaluation.programmes.models import Activity

YES, NO = "Satisfied", "Dissatisfied"


def applied(programme, role, cohort, *then):
    about = {
        "application_id": uuid.uuid4(), "programme_id": programme.id, "person_id": uuid.uuid4(), "role": role,
    }  # fmt: skip
    cohort_id = programme.cohorts.get(cohort)
    events = [ApplicationSubmitted(cohort_id=cohort_id, **about)]
    for kind, more in then:
        events.append(kind(**({"cohort_id": cohort_id} | about | more)))
    return events


async def test_applications_are_counted_by_the_cohort_first_asked_for(programme, pick):
    await programme.begin(cohorts=2)
    second = programme.cohorts[2]
    moved = (ApplicationMoved, {"cohort_id": second, "from_cohort_id": programme.cohorts[1]})
    await programme.tell(
        *applied(programme, "mentee", 1, (ApplicationAccepted, {})),
        *applied(programme, "mentee", 1, moved),
        *applied(programme, "mentee", 1, (ApplicationRefused, {"rules": ["member"]})),
        *applied(programme, "mentee", None),
        *applied(programme, "mentor", 2),
        CohortPlacesChanged(cohort_id=second, programme_id=programme.id, places=30),
    )
    figures = await programme.figures()
    name = "expressions_of_interest"
    assert pick(figures, name, cohort=1, role="mentee")["value"] == 2
    assert pick(figures, name, cohort=2, role="mentee")["value"] == 0
    assert pick(figures, name, cohort=None, role="mentee")["value"] == 3
    assert pick(figures, name, cohort=None, role=None)["value"] == 4
    assert pick(figures, f"{name}_for_later", role="mentee")["value"] == 1
    assert pick(figures, "moved_cohort", role=None)["value"] == 1
    # 3 mentees for the 25 + 25 places first planned: 47 fewer, 94 % of the places.
    short = pick(figures, "oversubscription", role="mentee")
    assert (short["value"], short["numerator"], short["denominator"], short["rule"]) == (-94, -47, 50, "excess")


async def test_pairs_people_and_rematches(programme, pick):
    await programme.begin(cohorts=2)
    mentor, other, mentees = uuid.uuid4(), uuid.uuid4(), [uuid.uuid4() for _ in range(3)]
    await programme.match(1, mentor, mentees[0])
    await programme.match(1, mentor, mentees[1])
    ended = await programme.match(2, mentor, mentees[2])
    about = {"programme_id": programme.id, "cohort_id": programme.cohorts[2]}
    people = {"mentor_id": mentor, "mentee_id": mentees[2]}
    await programme.tell(MatchEnded(match_id=ended, reason="too far apart", **about, **people))
    again = await programme.match(2, other, mentees[2], rematch_of=ended)
    assert not [f for f in await programme.figures() if f["name"] == "handovers"]
    await programme.match(1, other, mentees[0], rematch_of=again, handover=True)
    await programme.tell(
        MentoringSessionRecorded(
            match_id=again, mentoring_session_id=uuid.uuid4(), minutes=90, total_minutes=90, **about
        )
    )
    figures = await programme.figures()
    pairs = [pick(figures, "matched_pairs", cohort=c)["value"] for c in (1, 2, None)]
    assert pairs == [3, 1, 4]
    assert pick(figures, "matched_people", cohort=1, role="mentor")["value"] == 2
    assert pick(figures, "matched_people", cohort=None, role="mentor")["value"] == 2
    assert pick(figures, "matched_people", cohort=None, role=None)["value"] == 5
    assert pick(figures, "rematches", cohort=None)["value"] == 1
    assert [pick(figures, "handovers", cohort=c)["value"] for c in (1, 2, None)] == [1, 0, 1]
    assert pick(figures, "mentoring_minutes", cohort=2)["value"] == 90


async def test_cpd_counts_sessions_and_different_people_by_mode(programme, pick):
    await programme.begin()
    person, friend = uuid.uuid4(), uuid.uuid4()
    modes = ["online", "online", "in_person"]
    for mode, kind, people in zip(
        [*modes, "online"], ["workshop", "cpd", "webinar", "orientation"], [1, 2, 1, 2], strict=True
    ):
        about = {
            "activity_id": uuid.uuid4(), "programme_id": programme.id, "cohort_id": None, "kind": kind, "mode": mode,
        }  # fmt: skip
        came = [ActivityAttended(person_id=who, **about) for who in (person, friend)[:people]]
        await programme.tell(*came, ActivityHeld(attended=people, **about))
    figures = await programme.figures()
    assert pick(figures, "cpd_sessions")["value"] == 3
    assert pick(figures, "cpd_sessions", breakdown={"mode": "in_person"})["value"] == 1
    assert pick(figures, "cpd_participants", breakdown={"mode": "online"})["value"] == 2
    assert pick(figures, "cpd_participants", breakdown={"mode": "in_person"})["value"] == 1


async def test_habits_are_told_of_enough_people_alone_and_published_in_bands(programme, pick):
    await programme.begin()

    async def over(number, **what):
        about = {"programme_id": programme.id, "first": True, "embedded": False} | what
        await programme.tell(*(HabitConcluded(habit_id=uuid.uuid4(), **about) for _ in range(number)))

    names = {"habit_people", "habits_embedded", "habits_seen"}
    await over(9, embedded=True)
    assert not names & {one["name"] for one in await programme.figures()}, "of nine people nothing is told"
    await over(21, embedded=True, seen_by_manager=True)
    await over(5)
    await over(3, first=False)  # people who counted before
    figures = await programme.figures()
    assert pick(figures, "habit_people")["value"] == 35
    assert not {"habits_embedded", "habits_seen"} & {one["name"] for one in figures}, "five are left over"
    await over(15, seen_by_manager=False)
    figures = await programme.figures()
    kept = pick(figures, "habits_embedded")
    assert (kept["numerator"], kept["denominator"], kept["value"]) == (30, 50, 60)
    seen = pick(figures, "habits_seen", breakdown={"asked": "manager"})
    assert (seen["numerator"], seen["denominator"]) == (21, 36)
    assert pick(await programme.figures("public"), "habit_people")["shown"] == "rounded"
    published = pick(await programme.figures("public"), "habits_embedded")
    assert (published["shown"], published["numerator"], published["denominator"]) == ("rounded", 30, 50)
    assert published["between"]["low"] < 60 < published["between"]["high"]
    assert (published["exact"], published["answered"]) == (None, None)


async def test_meetings_that_were_corrected_or_never_were_are_counted_as_they_are_now(programme, pick):
    await programme.begin()
    match_id = await programme.match(1, uuid.uuid4(), uuid.uuid4())
    pair = {"match_id": match_id, "programme_id": programme.id, "cohort_id": programme.cohorts[1]}
    kept, gone = uuid.uuid4(), uuid.uuid4()
    facts = [
        MentoringSessionRecorded(mentoring_session_id=kept, minutes=60, total_minutes=60, **pair),
        MentoringSessionRecorded(mentoring_session_id=gone, minutes=30, total_minutes=90, **pair),
        MentoringSessionCorrected(mentoring_session_id=kept, minutes=45, total_minutes=75, **pair),
        MentoringSessionWithdrawn(mentoring_session_id=gone, minutes=30, total_minutes=45, **pair),
    ]
    for _ in range(2):  # they may come again, in their order
        await programme.tell(*facts)
        figures = await programme.figures()
        assert pick(figures, "mentoring_sessions", cohort=1)["value"] == 1
        assert pick(figures, "mentoring_minutes", cohort=None)["value"] == 45


async def test_who_did_not_come_after_all_is_no_participant(programme, pick):
    await programme.begin()
    people = [uuid.uuid4() for _ in range(3)]
    about = {
        "activity_id": uuid.uuid4(), "programme_id": programme.id, "cohort_id": None, "kind": "cpd", "mode": "online",
    }  # fmt: skip
    came = [ActivityAttended(person_id=who, attended=3, **about) for who in people]
    await programme.tell(*came, ActivityHeld(attended=3, **about))
    assert pick(await programme.figures(), "cpd_participants", breakdown={"mode": "online"})["value"] == 3
    await programme.tell(AttendanceWithdrawn(person_id=people[0], attended=2, **about))
    assert pick(await programme.figures(), "cpd_participants", breakdown={"mode": "online"})["value"] == 2
    async with programme.harness.service.database.transaction(programme.tenant) as db:
        assert await db.scalar(sa.select(Activity.attended).where(Activity.id == about["activity_id"])) == 2
    await programme.tell(ActivityAttended(person_id=people[0], attended=3, **about))
    assert pick(await programme.figures(), "cpd_participants", breakdown={"mode": "online"})["value"] == 3


async def survey(programme, sizes, answers):
    """Pairs by cohort, and the summative answers (yes, no, skipped) of their mentors and mentees."""
    mentors: dict[int, list[uuid.UUID]] = {}
    mentees: dict[int, list[uuid.UUID]] = {}
    for cohort, size in sizes.items():
        mentors[cohort] = [uuid.uuid4() for _ in range(size)]
        mentees[cohort] = [uuid.uuid4() for _ in range(size)]
        await asyncio.gather(
            *(programme.match(cohort, a, b) for a, b in zip(mentors[cohort], mentees[cohort], strict=True))
        )
    waves = await programme.open()
    for (cohort, role), (yes, no, skipped) in answers.items():
        tokens = await programme.tokens(waves["summative", cohort]["id"])
        people = (mentors if role == "mentor" else mentees)[cohort]
        given = (
            [{"satisfied_with_match": YES}] * yes
            + [{"satisfied_with_match": NO}] * no
            + [{"trust_easily_built": "Agree"}] * skipped
        )
        for person, sheet in zip(people, given, strict=False):
            assert (await programme.answer(tokens[person], sheet)).status_code == 201
    await programme.close()


async def test_shares_carry_their_evidence_and_overall_lines_come_both_ways(programme, pick):
    await programme.begin(cohorts=2, mode="named")
    await survey(
        programme, {1: 4, 2: 3}, {(1, "mentor"): (2, 1, 1), (1, "mentee"): (1, 0, 0), (2, "mentor"): (1, 1, 0)}
    )
    figures = await programme.figures()
    rate = pick(figures, "response_rate", cohort=1, role=None, wave="summative")
    # 5 of the 8 people of cohort 1: 62.5 %, rounded half-up.
    assert (rate["value"], rate["numerator"], rate["denominator"], rate["unit"]) == (63, 5, 8, "percent")
    share = pick(figures, "satisfied_with_match", cohort=1, role="mentor")
    assert (share["value"], share["numerator"], share["denominator"], share["answered"], share["asked"]) == (
        67,
        2,
        3,
        3,
        4,
    )
    assert share["top_box"] == ["Very satisfied", "Satisfied", "Somewhat satisfied"]
    assert share["source"].startswith("wave ")
    about = {"cohort": None, "role": "mentor", "wave": "summative"}
    whole = pick(figures, "satisfied_with_match", rule="pooled", **about)
    assert (whole["value"], whole["numerator"], whole["denominator"]) == (60, 3, 5)
    mean = pick(figures, "satisfied_with_match", rule="mean_of_cohorts", **about)
    # (2/3 + 1/2) / 2 = 58.33 %; the mean of the printed 67 and 50 would be 58.5 and print as 59.
    assert (mean["value"], mean["numerator"], mean["denominator"]) == (58, None, None)
    assert [part["value"] for part in mean["components"]] == [67, 50]
    rates = {f["rule"]: f["value"] for f in figures if f["name"] == "response_rate" and f["cohort"] is None
             and f["role"] is None and f["wave"] == "summative"}  # fmt: skip
    # 7 of 14 asked; (5/8 + 2/6) / 2 = 47.9 %.
    assert rates == {"pooled": 50, "mean_of_cohorts": 48}
    assert {f["shown"] for f in figures} == {"exact"}


async def test_the_public_view_hides_small_groups_and_rounds_the_rest(programme, pick):
    await programme.begin(cohorts=2, mode="named")
    await survey(
        programme, {1: 24, 2: 4}, {(1, "mentor"): (11, 11, 0), (1, "mentee"): (9, 1, 0), (2, "mentor"): (3, 0, 0)}
    )
    exact = await programme.figures()
    public = await programme.figures("public")
    assert pick(exact, "satisfied_with_match", cohort=2, role="mentor")["value"] == 100
    hidden = pick(public, "satisfied_with_match", cohort=2, role="mentor")
    assert hidden["shown"] == "hidden"
    for member in ("value", "numerator", "denominator", "exact", "asked", "answered", "interval"):
        assert hidden[member] is None
    assert (hidden["components"], hidden["caveats"]) == ([], [])
    for figure in public:
        if figure["wave"] is not None:
            assert figure["shown"] in ("rounded", "at_least", "at_most", "hidden")
            assert figure["numerator"] in {None, *range(0, 200, 5)}
            # How many were asked is no secret; how many answered is.
            assert figure["name"] == "response_rate" or figure["denominator"] in {None, *range(0, 200, 5)}
    shown = [f for f in public if f["wave"] is not None and f["shown"] == "rounded"]
    assert shown, "something must be left to publish"
    answer = await programme.team.get(f"/programmes/{programme.id}/figures", params={"view": "public"})
    assert "Nothing is shown (*) of fewer than 10 answers" in answer.json()["statement"]


async def test_the_public_view_waits_for_the_last_wave(programme):
    await programme.begin(cohorts=1)
    cohort = programme.cohorts[1]
    await survey(programme, {1: 20}, {(1, "mentor"): (15, 0, 0), (1, "mentee"): (14, 0, 0)})
    assert any(f["wave"] == "summative" for f in await programme.figures("public"))
    start = programme.closes
    # Another cohort's wave of the same survey is planned: what was shown before would tell its answers by subtraction.
    number_two = programme.cohorts.setdefault(2, uuid.uuid4())
    assert number_two != cohort
    later = Milestone(
        kind="summative_evaluation", starts_at=start + timedelta(days=5), ends_at=start + timedelta(days=6)
    )
    await programme.tell(
        CohortCreated(cohort_id=number_two, programme_id=programme.id, number=2, places=5, milestones=[later])
    )
    assert not any(f["wave"] == "summative" for f in await programme.figures("public"))
    assert any(f["wave"] == "summative" for f in await programme.figures())


async def test_who_may_see_which_figures(evaluation, programme):
    await programme.begin()
    group, coordinator = uuid.uuid4(), uuid.uuid4()
    await programme.tell(
        RoleGranted(role_id=uuid.uuid4(), programme_id=programme.id, person_id=group, role="steering_group"),
        RoleGranted(role_id=uuid.uuid4(), programme_id=programme.id, person_id=coordinator, role="coordinator"),
    )
    path = f"/programmes/{programme.id}/figures"
    status = {
        (who, view): (
            await programme.client("evaluation:read", subject=who).get(path, params={"view": view})
        ).status_code
        for who in (group, coordinator, uuid.uuid4())
        for view in ("programme_team", "public")
    }
    assert list(status.values()) == [403, 200, 200, 200, 403, 403]
    # A wave has the exact counts that the public view rounds or hides.
    waves = f"/programmes/{programme.id}/waves"
    for who, expected in ((group, 403), (coordinator, 200)):
        reader = programme.client("evaluation:read", subject=who)
        wave = (await programme.team.get(waves)).json()["items"][0]["id"]
        assert [(await reader.get(path)).status_code for path in (waves, f"/waves/{wave}")] == [expected, expected]
    stranger = evaluation.caller("evaluation:read", "organisation:admin", tenant=uuid.uuid4())
    assert (await stranger.get(path)).status_code == 404
    assert (await evaluation.caller("matching:read", tenant=programme.tenant).get(path)).status_code == 403


async def interviewed(programme, match_id, person, pages=12, quotes=("I found my voice.",)):
    planned = await programme.team.post(
        f"/matches/{match_id}/interviews",
        json={"person_id": str(person), "scheduled_at": programme.closes.isoformat()},
    )
    assert planned.status_code == 201, planned.text
    path = f"/interviews/{planned.json()['id']}"
    own = programme.client(subject=person)
    text = {"pages": pages, "summary": "canary-summary", "quotes": list(quotes)}
    assert (await programme.team.post(f"{path}/transcript", json=text)).json()["code"] == "interview_state_conflict"
    assert (await programme.client().post(f"{path}/consent")).status_code == 404
    assert (await own.post(f"{path}/consent")).status_code == 200
    assert (await programme.team.post(f"{path}/transcript", json=text)).status_code == 200
    return path, own


async def test_an_interview_is_in_the_hands_of_the_person(evaluation, programme, pick):
    await programme.begin()
    mentor, mentee = uuid.uuid4(), uuid.uuid4()
    match_id = await programme.match(1, mentor, mentee)
    path, own = await interviewed(programme, match_id, mentor)
    await interviewed(programme, match_id, mentee, pages=9)
    again = {"person_id": str(mentor), "scheduled_at": programme.closes.isoformat()}
    twice = await programme.team.post(f"/matches/{match_id}/interviews", json=again)
    assert twice.json()["code"] == "already_interviewed"
    again["person_id"] = str(uuid.uuid4())
    assert (await programme.team.post(f"/matches/{match_id}/interviews", json=again)).json()["code"] == "not_in_pair"
    assert (await programme.team.post(f"{path}/approve")).status_code == 404
    assert (await own.post(f"{path}/amend", json={"summary": "In my own words"})).status_code == 200
    read = (await own.get(path)).json()
    assert (read["summary"], read["quotes"], read["state"]) == ("In my own words", ["I found my voice."], "transcribed")
    assert (
        await programme.team.get(path)
    ).status_code == 404  # an administrator of the organisation holds no interviews
    assert (await own.post(f"{path}/approve")).json()["state"] == "approved"
    figures = await programme.figures()
    assert pick(figures, "interviews", cohort=1)["value"] == 2
    assert pick(figures, "interviewed_pairs", cohort=None)["value"] == 1
    assert pick(figures, "interview_pages", cohort=1)["value"] == 21
    report = await programme.report()
    assert [q["text"] for q in report["quotes"]] == ["I found my voice."]
    published = await programme.team.post(f"/reports/{report['id']}/publish")
    assert published.json()["edition"] == 1
    assert (await programme.team.post(f"/reports/{report['id']}/publish")).json()["code"] == "already_published"
    assert (await own.post(f"{path}/withdraw")).json()["state"] == "withdrawn"
    assert (await own.get(path)).json()["quotes"] == []
    reissued = (await programme.team.get(f"/reports/{report['id']}")).json()
    assert (reissued["edition"], reissued["quotes"]) == (2, [])
    assert reissued["notes"][0]["text"].startswith("A person who had been interviewed withdrew")
    page = await programme.team.get(f"/reports/{report['id']}/html")
    assert "I found my voice" not in page.text
    assert "A person who had been interviewed withdrew" in page.text
    assert pick(await programme.figures(), "interviews", cohort=1)["value"] == 1
    editions = await evaluation.emitted(programme.tenant, ReportPublished)
    assert [(e.edition, e.audience) for e in editions] == [(1, "programme_team"), (2, "programme_team")]
    events = await evaluation.emitted(programme.tenant, InterviewApproved, ConsentWithdrawn)
    assert [type(e).__name__ for e in events] == ["InterviewApproved", "ConsentWithdrawn"]
    assert "canary-summary" not in str(events)


async def test_an_erased_person_leaves_no_words_behind(evaluation, programme, pick):
    await programme.begin()
    mentor, mentee = uuid.uuid4(), uuid.uuid4()
    match_id = await programme.match(1, mentor, mentee)
    path, own = await interviewed(programme, match_id, mentor)
    await own.post(f"{path}/approve")
    report = await programme.report()
    assert len(report["quotes"]) == 1
    await programme.tell(PersonErased(person_id=mentor))
    assert (await programme.team.get(f"/reports/{report['id']}")).json()["quotes"] == []
    assert (await own.get(path)).status_code == 404
    assert len(await evaluation.emitted(programme.tenant, ConsentWithdrawn)) == 1
    assert pick(await programme.figures(), "matched_pairs", cohort=None)["value"] == 1


class Page(HTMLParser):
    """What a page refers to, and how its parts nest."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.links, self.open = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.links += [v for k, v in attributes if k in ("src", "href", "xlink:href") and not (v or "").startswith("#")]


async def test_a_report_is_built_read_and_published(evaluation, programme, statistics, pick):
    await programme.begin()
    await survey(programme, {1: 20}, {(1, "mentor"): (12, 3, 0), (1, "mentee"): (10, 4, 0)})
    cohort_id = str(programme.cohorts[1])
    rows = [("mentee", "Nursing <b>", None, 18), ("mentee", "Other", "Statistician", 2)]
    statistics.of[str(programme.id)] = {
        "backgrounds": [
            {"cohort_id": cohort_id, "role": role, "professional_background": name, "other": other, "people": people}
            for role, name, other, people in rows
        ],
        "ledger": [
            {"cohort_number": 1, "role": "mentee", "applied": 25, "moved_in": 0, "moved_out": 1, "matched": 20,
             "carried_over": 1, "withdrawn": 1, "ineligible": 1, "unmatched": 1, "open": 0, "balanced": True},
        ],
    }  # fmt: skip
    published = {
        "schema": "mentoring-report/1",
        "percentages": [{"name": "satisfied", "percent": "72", "n": 7, "cohort": "1", "role": "mentee"}],
    }
    report = await programme.report(published=published)
    assert (report["view"], report["edition"]) == ("programme_team", 0)
    assert "every figure that is shown is exact" in report["statement"]
    nursing = {"professional_background": "Nursing <b>"}
    assert pick(report["figures"], "professional_background", cohort=1, role="mentee", breakdown=nursing)["value"] == 18
    other = {"professional_background": "Other", "other": "Statistician"}
    assert pick(report["figures"], "professional_background", cohort=None, role="mentee", breakdown=other)["value"] == 2
    assert report["ledger"][0]["balanced"] is True
    assert [f["rule"] for f in report["inconsistencies"]] == ["impossible_percentage"]
    html = (await programme.team.get(f"/reports/{report['id']}/html")).text
    page = Page(html)
    assert page.links == []  # nothing is loaded from anywhere
    assert html.count("<svg") >= 6
    assert html.count('<figure role="img"') == html.count("<svg")
    assert html.count("<table>") >= html.count("<svg")
    assert "Nursing <b>" not in html
    assert re.search(r'<html lang="en">', html)
    assert 'id="programme_team"' in html
    assert 'id="public"' in html
    only_public = await programme.report("public")
    group = programme.client(subject=(person := uuid.uuid4()))
    role = RoleGranted(role_id=uuid.uuid4(), programme_id=programme.id, person_id=person, role="steering_group")
    await programme.tell(role)
    assert (await group.get(f"/reports/{only_public['id']}")).status_code == 403
    await programme.team.post(f"/reports/{only_public['id']}/publish")
    seen = (await group.get(f"/reports/{only_public['id']}")).json()
    assert (seen["view"], seen["ledger"]) == ("public", [])
    assert "programme_team" not in (await group.get(f"/reports/{only_public['id']}/html")).text
    small = {"professional_background": "Other"}
    assert not [f for f in seen["figures"] if f["breakdown"] == small and f["role"] == "mentee"]
    assert (await group.get(f"/reports/{report['id']}")).status_code == 403


async def test_a_report_waits_for_the_applications_service(evaluation, programme, statistics):
    await programme.begin()
    statistics.of[str(programme.id)] = {"backgrounds": "not a list"}
    asked = (await programme.team.post(f"/programmes/{programme.id}/reports", json={"audience": "public"})).json()
    await asyncio.sleep(0.6)
    assert (await programme.team.get(f"/reports/{asked['id']}")).json()["state"] == "queued"
    early = await programme.team.get(f"/reports/{asked['id']}/html")
    assert (early.status_code, early.json()["code"]) == (409, "report_not_ready")
    del statistics.of[str(programme.id)]

    async def ready():
        return (await programme.team.get(f"/reports/{asked['id']}")).json()["state"] == "ready"

    await eventually(ready, what="the report")


@pytest.mark.parametrize("published", [{"schema": "other"}, {"figures": 3}])
async def test_figures_in_no_known_shape_are_refused(programme, published):
    await programme.begin()
    body = {"audience": "public", "published": published}
    refused = await programme.team.post(f"/programmes/{programme.id}/reports", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "published_unreadable")


def test_every_count_of_people_in_the_public_view_is_exact_by_decision_or_rounded():
    """A new figure is rounded until somebody names it; what the statement says is what the code does."""
    names = set(FIGURES) | {"relationships", "groups", "group_members"}
    survey = {"response_rate", "habits_embedded", "habits_seen"}  # shares
    by_people = {"professional_background"}
    lines = [Line(count(name, "", 4, unit="people")) for name in sorted(names - survey - by_people)]
    evidence = Evidence(uuid.uuid4(), "P", 0, 10, datetime(2024, 1, 1, tzinfo=UTC))
    told = {one.name: (one.shown, one.value, one.numerator) for one in public_lines(evidence, lines)}
    rounded = {"rematches", "handovers", "cpd_participants", "group_members", "habit_people"}
    assert told.keys() == names - survey - by_people
    assert {name for name, (shown, _, _) in told.items() if shown != "exact"} == rounded
    assert {told[name] for name in rounded} == {("at_most", 7, None)}
    of_cohort = Line(count("rematches", "", 4, unit="pairs", cohort=1))
    assert public_lines(evidence, [of_cohort]) == []
    [many] = public_lines(evidence, [Line(count("cpd_participants", "", 23, unit="people"))])
    assert (many.shown, many.value, many.numerator, many.between.low) == ("rounded", 25, 25, 23)
    for words in ("matched again or handed over", "continuing development", "people in groups are rounded to 5"):
        assert words in statement(evidence)
