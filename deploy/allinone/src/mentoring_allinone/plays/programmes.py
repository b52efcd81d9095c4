"""The plays, by the name of their blueprint: how many apply, what happens beside what always does, what is claimed."""

from typing import Any, Final

from mentoring_allinone.hands import ask, pages
from mentoring_allinone.plays.listening import claim_listened, committee_decides, listened
from mentoring_allinone.plays.network import as_member, claim_network
from mentoring_allinone.plays.particular import (
    buddies,
    circles,
    claim_activities,
    claim_answered,
    claim_nominated,
    claim_pairs,
    claim_share,
    endorse_all,
    figure,
    form_in,
    held,
    lead,
    paired,
    pairs_of,
    record_outcome,
)
from mentoring_allinone.plays.play import Own, Play, Size
from mentoring_allinone.plays.relationships import (
    HABIT_WEEKS,
    begin_habits,
    claim_habits,
    claim_handed_over,
    claim_phases,
    claim_reviewed,
    keep_habits,
    leave_begins,
    leave_ends,
    officials_leave,
    review_in_the_middle,
)
from mentoring_allinone.plays.troupe import Troupe


async def _nhs_leadership(troupe: Troupe) -> None:
    await claim_pairs(troupe, 24)
    sizes = [len(group["members"]) for group in troupe.facts["reflection_sessions", 1]]
    troupe.claim("reflection groups of 12, everybody in one", sizes, sizes == [12, 12])
    await claim_habits(troupe)
    await claim_activities(troupe, "workshop", "coaching", "reflection_group")
    await claim_answered(troupe, "after_workshop")
    await claim_answered(troupe, "twelve_months")


async def _executive_edge(troupe: Troupe) -> None:
    await claim_pairs(troupe, 14)
    circle = troupe.facts["input_session", 1][0]
    told = f"{len(circle['members'])} mentees, {circle['state']}"
    troupe.claim("a network of peers", told, circle["state"] == "standing")
    await claim_activities(troupe, "input_session", "guest_speaker", "panel", "peer_network")
    await claim_answered(troupe, "summative")


async def _chief_pharmacy(troupe: Troupe) -> None:
    await claim_pairs(troupe, 11)
    junior = [pair.mentor.answers["band"] < pair.mentee.answers["band"] for pair in troupe.pairs]
    troupe.claim("the junior person mentors, in every pair", f"{sum(junior)} of {len(junior)}", all(junior))
    await claim_activities(troupe, "mentor_training", "external_speaker", "feedback_session")
    await claim_answered(troupe, "summative")


async def liaison(troupe: Troupe, cohort: int) -> None:
    """One of the Fellows acts as the liaison, and holds the training."""
    fellow = pairs_of(troupe, cohort)[0].mentor
    body = {"person_id": fellow.id, "role": "liaison"}
    await ask(troupe.admin, "POST", f"/applications/programmes/{troupe.programme_id}/roles", json=body)
    troupe.team["liaison"] = fellow.id
    await troupe.settle()
    await held("mentor_training", "Training of the mentors", "mentor", "liaison")(troupe, cohort)
    await held("external_speaker", "An external speaker", "mentor", "liaison")(troupe, cohort)


async def committee(troupe: Troupe, cohort: int) -> None:
    """A committee of people who speak for communities."""
    if cohort == 1:
        for name, community in (
            ("Ama Boateng", "BME staff"),
            ("Lee Hart", "disabled staff"),
            ("Kim Vale", "LGBT staff"),
        ):
            await troupe.member("committee_member", name, note=community)


async def _care_quality(troupe: Troupe) -> None:
    await claim_pairs(troupe, 80)
    each = [len(pairs_of(troupe, cohort)) for cohort in (1, 2)]
    troupe.claim("two pilots of 40 pairs each", each, each == [40, 40])
    standing = [group for cohort in (1, 2) for group in troupe.facts["match_confirmed", cohort]]
    troupe.claim("mentors are buddies in pairs", len(standing), all(group["state"] == "standing" for group in standing))
    roles = await pages(troupe.office(), f"/applications/programmes/{troupe.programme_id}/roles")
    speak = sorted(role["note"] for role in roles if role["role"] == "committee_member")
    troupe.claim("a committee of named communities", ", ".join(speak), len(speak) == 3)
    decided = troupe.facts["final_report", 2]
    approved = decided == "published; before it was answered 409"
    troupe.claim("the final report is published once the committee approved it", decided, approved)
    await claim_listened(troupe, "webinar_1")
    await claim_activities(troupe, "webinar", "celebration")


async def _career_development(troupe: Troupe) -> None:
    await claim_pairs(troupe, 92)
    await claim_share(troupe, "mentors_intending_to_return", "mentor")
    await claim_share(troupe, "would_recommend", "mentor")
    await claim_share(troupe, "would_recommend", "mentee")


async def _aspiring_directors(troupe: Troupe) -> None:
    await claim_pairs(troupe, 24)
    apart = [pair.mentor.answers["sector"] != pair.mentee.answers["sector"] for pair in troupe.pairs]
    troupe.claim("every pair is of two sectors", f"{sum(apart)} of {len(apart)}", all(apart))
    await claim_nominated(troupe)
    await claim_activities(troupe, "follow_up_event", "supervision")


async def _cherie_blair(troupe: Troupe) -> None:
    await claim_pairs(troupe, 120)
    hours = (await figure(troupe, "mentoring_minutes")).get("value", 0) / 60 / 120
    troupe.claim("two hours a month, over a year", f"{hours:g} h a pair", hours == 24)
    form = await form_in(troupe, "es")
    label = next(field["label"] for field in form["fields"] if field["id"] == "criteria")
    troupe.claim("the form in the reader's language", label, "importante" in str(label))


async def _mencap(troupe: Troupe) -> None:
    await claim_pairs(troupe, 100)
    form = await form_in(troupe, "en", easy_read=True)
    label = next(field["label"] for field in form["fields"] if field["id"] == "criteria")
    troupe.claim("a form in easy words", label, "get better at" in str(label))
    await record_outcome(troupe, "promotion", "moved to a higher grade within the year", 100, 50)
    sent = await pages(troupe.office(), f"/evaluation/programmes/{troupe.programme_id}/hr-outcomes")
    troupe.claim("promotion as outcome, with its base", sent[0]["statement"], "50" in sent[0]["statement"])


async def _return_to_work(troupe: Troupe) -> None:
    await claim_pairs(troupe, 40)
    modes = {
        row["mode"] for row in await pages(troupe.office(), f"/sessions/programmes/{troupe.programme_id}/activities")
    }
    troupe.claim("fully online", modes, modes == {"online"})
    await claim_activities(troupe, "mentor_training", "supervision")
    await claim_phases(troupe)
    await claim_answered(troupe, "back_at_work")


async def _twinings(troupe: Troupe) -> None:
    await claim_pairs(troupe, 150)
    each = [len(pairs_of(troupe, cohort)) for cohort in (1, 2, 3)]
    troupe.claim("a round each half year", each, each == [50, 50, 50])


async def _climate(troupe: Troupe) -> None:
    await claim_pairs(troupe, 20)
    await claim_handed_over(troupe)
    await claim_activities(troupe, "manager_workshop", "webinar")


async def _business(troupe: Troupe) -> None:
    await claim_pairs(troupe, 300)
    await claim_activities(troupe, "masterclass")
    await claim_answered(troupe, "twelve_months_later")
    await claim_network(troupe)


async def _retailer(troupe: Troupe) -> None:
    await claim_pairs(troupe, 66)
    await claim_answered(troupe, "interim")
    await claim_reviewed(troupe)
    await claim_activities(troupe, "managers_briefing", "training")


async def _two_way(troupe: Troupe) -> None:
    await claim_pairs(troupe, 20)
    for name in ("learned", "taught"):
        await claim_share(troupe, name, "mentor")
        await claim_share(troupe, name, "mentee")
    group = troupe.facts["match_confirmed", 1]
    told = f"{len(group['members'])} with the supervisor, {group['state']}"
    troupe.claim("a supervision group of its own", told, group["state"] == "standing")
    await claim_activities(troupe, "supervision", "supervision_individual")


async def _polish(troupe: Troupe) -> None:
    await claim_pairs(troupe, 12)
    attended = [one for one in await pages(troupe.office(), f"/sessions/programmes/{troupe.programme_id}/activities")
                if one["kind"] == "masterclass"]  # fmt: skip
    troupe.claim("masterclasses apart, months 4 and 6", [one["starts_at"][:10] for one in attended], len(attended) == 2)
    await claim_listened(troupe, "focus_group")
    form = await form_in(troupe, "pl")
    label = next(field["label"] for field in form["fields"] if field["id"] == "criteria")
    troupe.claim("in Polish", label, "najważniejsze" in str(label))


async def supervision(troupe: Troupe, cohort: int) -> None:
    """Mentors under supervision, as a group."""
    if "supervisor" not in troupe.team:
        await troupe.member("supervisor", "Noor Aziz")
        await troupe.settle()
    await held("supervision", "Group supervision", "mentor", "supervisor")(troupe, cohort)


async def supervised(troupe: Troupe, cohort: int) -> dict[str, Any]:
    """A group under supervision that stands by itself, and one mentor after the other."""
    await supervision(troupe, cohort)
    await held("supervision_individual", "Individual supervision", "mentor")(troupe, cohort)
    return await lead(troupe, cohort, "supervision", "supervisor", paired(troupe, cohort, "mentor")[:10])


PLAYS: Final[dict[str, Play]] = {
    play.name: play
    for play in (
        Play(
            "nhs-leadership", "workshops, coaching, habits with feedback, reflection groups of 12, a year later",
            {1: Size(24, 26)}, _nhs_leadership, meetings=6, answered=0.7,
            own=(
                Own("workshop_compassion", held("workshop", "Compassionate leadership")),
                Own("habits_begin", held("coaching", "Executive coaching", "mentee")),
                Own("habits_begin", begin_habits, hour=16),
                *(Own("habits_begin", keep_habits, days=7 * week - 1, hour=18) for week in range(1, HABIT_WEEKS + 1)),
                Own("reflection_sessions", circles("reflection_group", 12, "mentee")),
                Own("reflection_sessions", held("reflection_group", "Reflection", "mentee"), hour=16),
            ),
        ),
        Play(
            "executive-edge", "14 pairs for six months, guest speakers and panels, a network of peers",
            {1: Size(16, 18)}, _executive_edge, meetings=6, minutes=90, answered=0.8,
            own=(
                Own("input_session", held("input_session", "Input session")),
                Own("input_session", circles("peer_circle", 14, "mentee"), hour=16),
                Own("speakers_and_panel", held("guest_speaker", "A guest speaker")),
                Own("speakers_and_panel", held("panel", "A panel"), hour=16),
                Own("speakers_and_panel", held("peer_network", "The peer network", "mentee"), days=7),
            ),
        ),
        Play(
            "chief-pharmacy-reverse", "the junior person mentors; a Fellow is the liaison",
            {1: Size(13, 12)}, _chief_pharmacy, meetings=6, answered=0.9,
            own=(
                Own("mentor_training", liaison),
                Own("feedback_sessions", held("feedback_session", "Feedback")),
            ),
        ),
        Play(
            "care-quality-commission", "two pilots of 40 pairs, a committee that decides, a focus group, buddies",
            {1: Size(42, 44), 2: Size(42, 44)}, _care_quality, attributes={},
            own=(
                Own("training_day", committee, hour=8),
                Own("match_confirmed", buddies, days=2),
                Own("webinar_1", held("webinar", "First webinar")),
                Own("webinar_1", listened("Drivers and barriers", "What helps?", "What hinders?"), hour=16),
                Own("webinar_2", held("webinar", "Second webinar")),
                Own("celebration", held("celebration", "Celebration"), hour=6),
                Own("final_report", committee_decides),
            ),
        ),
        Play(
            "cipd-career-development", "more than 90 pairs, each year anew",
            {1: Size(95, 100)}, _career_development, answered=0.5,
        ),
        Play(
            "cipd-aspiring-directors", "nominated by their director, matched from different sectors, group supervision",
            {1: Size(26, 28)}, _aspiring_directors,
            own=(
                Own("expression_of_interest", endorse_all, days=2),
                Own("follow_up_event", held("follow_up_event", "Follow-up event")),
                Own("follow_up_event", supervision, days=14),
            ),
        ),
        Play(
            "cherie-blair-foundation", "across borders, two hours a month, three languages",
            {1: Size(125, 130)}, _cherie_blair, meetings=12, minutes=120, answered=0.4,
        ),
        Play("mencap", "100 pairs, forms in easy words, promotion as outcome", {1: Size(105, 104)}, _mencap),
        Play(
            "return-to-work", "online, phases of leave, trained mentors under supervision",
            {1: Size(42, 42)}, _return_to_work,
            own=(
                Own("match_confirmed", held("mentor_training", "Training", "mentor"), days=3),
                Own("match_confirmed", supervision, days=90),
                Own("match_confirmed", leave_begins, days=60),
                Own("match_confirmed", leave_ends, days=330),
            ),
        ),
        Play("twinings", "150 people over the years, a round each half year",
             {1: Size(54, 54), 2: Size(54, 54), 3: Size(54, 54)}, _twinings),
        Play(
            "un-climate-ghana", "officials who change often: another carries on", {1: Size(22, 22)}, _climate,
            own=(
                Own("match_confirmed", held("manager_workshop", "Workshop", "mentor"), days=2),
                Own("match_confirmed", held("webinar", "Webinar"), days=60),
                Own("match_confirmed", officials_leave, days=150),
            ),
        ),
        Play(
            "youth-business-international", "a network of 48, totals of three members, businesses after two years",
            {1: Size(310, 320)}, _business, meetings=2, answered=0.3, make=as_member,
            own=(Own("match_confirmed", held("masterclass", "Masterclass", "mentor"), days=30),),
        ),
        Play(
            "beauty-retailer", "66 markets, briefings of line managers, a mid-term review that acts",
            {1: Size(70, 70)}, _retailer,
            own=(
                Own("match_confirmed", held("managers_briefing", "Briefing", "mentee"), days=1),
                Own("match_confirmed", held("training", "Training"), days=5),
                Own("interim_evaluation", review_in_the_middle, days=19),
            ),
        ),
        Play(
            "ftse-two-way", "both learn and both teach; supervision alone and in the group",
            {1: Size(22, 22)}, _two_way, answered=0.9,
            own=(Own("match_confirmed", supervised, days=60),),
        ),
        Play(
            "polish-fmcg", "directors and senior managers, a focus group, masterclasses apart in months 4 and 6",
            {1: Size(14, 14)}, _polish, answered=0.9,
            own=(
                Own("focus_group", listened("Mentoring, as it is here", "When does it go well?"), hour=16),
                Own("masterclass_mentors", held("masterclass", "Mentorzy", "mentor")),
                Own("masterclass_mentees", held("masterclass", "Mentees", "mentee")),
            ),
        ),
    )
}  # fmt: skip
