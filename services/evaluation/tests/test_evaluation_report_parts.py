"""What stands in a report beside its figures, from plain records: by kind, under disclosure control, as a page."""

import random
import re
import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise

import pytest

from mentoring_evaluation.disclosure.rule import Policy
from mentoring_evaluation.figures.shown import ShownFigure
from mentoring_evaluation.outcomes.evaluation_models import ModelUnreadable, read_model
from mentoring_evaluation.outcomes.intentions import Intention
from mentoring_evaluation.outcomes.measured import Counted
from mentoring_evaluation.reports import findings, outcomes
from mentoring_evaluation.reports.changes import Changes, Differences, Issue, Previous, changes_since
from mentoring_evaluation.reports.chapters import changed_items, chapters
from mentoring_evaluation.reports.document import (
    CaseStudyTold,
    Document,
    FollowUpInReport,
    Note,
    OutcomesInReport,
    View,
    Voices,
    Words,
)
from mentoring_evaluation.reports.kinds import KINDS
from mentoring_evaluation.reports.page import blocks, report_page
from mentoring_evaluation.reports.pdf import report_pdf
from mentoring_evaluation.reports.protection import protected_by_role, protected_share
from mentoring_evaluation.reports.records import (
    CaseStudyRecord,
    FollowUpRecord,
    Heard,
    HrRecord,
    RecommendationRecord,
    ReportRecords,
    ThemeRecord,
    ValueRecord,
)

POLICY = Policy(minimum=10)
TEAM, STEERING, PUBLIC, NETWORK = (KINDS[k] for k in ("programme_team", "steering_group", "public", "network"))
DAY = date(2024, 3, 4)


def theme(title="Time", mentor=3, mentee=14, released=True, impact=4, effort=2, **more):
    voices = {"mentor": mentor, "mentee": mentee}
    heard = Heard(texts={"mentor": mentor + 1, "mentee": mentee}, voices=voices)
    goals = (("Fair promotion", "organisation"),)
    known = {"id": uuid.uuid4(), "description": "In words", "goals": goals, "heard": heard}
    return ThemeRecord(title=title, released=released, impact=impact, effort=effort, **known | more)


def recommendation(text="Protect an hour", released=True, **more):
    told = (FollowUpRecord(DAY, "in_progress", "canary note"),)
    known = {"id": uuid.uuid4(), "theme_id": None, "owner_role": "coordinator", "team": None, "due_on": DAY,
             "state": "in_progress", "overdue": True, "follow_ups": told}  # fmt: skip
    return RecommendationRecord(text=text, released=released, **known | more)


def records(**more):
    return ReportRecords(heard=Heard({"mentor": 41, "mentee": 44}, {"mentor": 40, "mentee": 40}), **more)


def test_which_kind_holds_what_is_data():
    held = {name: set(kind.parts) for name, kind in KINDS.items()}
    assert {name for name, parts in held.items() if "case_studies" in parts} == {
        "programme_team", "final", "steering_group", "public",
    }  # fmt: skip
    assert {name for name, parts in held.items() if "quotes" in parts} == {
        name for name, parts in held.items() if "case_studies" in parts
    }
    assert all({"themes", "evaluation_model"} <= parts for parts in held.values())
    assert "outcomes" not in held["interim"]
    assert "recommendations" not in held["network"]
    assert {name for name, kind in KINDS.items() if kind.leaves} == {"public", "network"}
    assert {name for name, kind in KINDS.items() if not kind.protected} == {"programme_team", "interim", "final"}


def test_the_team_reads_exact_counts_and_others_protected_ones():
    told = records(themes=(theme(),))
    exact = findings.themes(told, TEAM, POLICY)
    assert exact.items[0].texts == Voices(mentor=4, mentee=14, all=18)
    assert exact.items[0].voices == Voices(mentor=3, mentee=14, all=17)
    assert exact.heard.voices == Voices(mentor=40, mentee=40, all=80)
    for kind in (STEERING, PUBLIC, NETWORK):
        shown = findings.themes(told, kind, POLICY)
        item = shown.items[0]
        assert (item.texts, item.shown, item.voices.mentor) == (None, "rounded", None)
        # Shown beside each other, all and the mentees would give the mentors.
        assert (item.voices.mentee, item.voices.all) == (15, None)
        # Interviews are counted exactly and responses are rounded: beside both, what they add up to is not shown.
        assert shown.heard.voices == Voices(mentor=None, mentee=None, all=None)
        assert "fewer than 10" in shown.statement


def test_no_protected_count_of_a_theme_is_exact_or_small():
    rng = random.Random(11)
    hidden = 0
    for _ in range(300):
        heard = {role: rng.randint(0, 60) for role in ("mentor", "mentee")}
        found = {role: rng.randint(0, number) for role, number in heard.items()}
        shown = dict(protected_by_role(found, heard, POLICY))
        true = found | {"all": sum(found.values())}
        for who, number in shown.items():
            hidden += number is None
            assert number is None or (
                number % 5 == 0 and true[who] >= 10 and abs(number - true[who]) <= (4 if who == "all" else 2)
            )
        assert shown["all"] is None or shown["all"] == sum(shown[role] for role in found)
    assert 0 < hidden < 900


def test_the_order_of_themes_tells_nothing_of_their_counts():
    few, many = theme("A few", mentor=10, mentee=10), theme("Many", mentor=20, mentee=20)
    told = records(themes=(few, many))
    assert [one.title for one in findings.themes(told, TEAM, POLICY).items] == ["Many", "A few"]
    assert [one.title for one in findings.themes(told, PUBLIC, POLICY).items] == ["A few", "Many"]


def test_only_approved_wording_leaves():
    own = theme("Not approved", released=False)
    told = records(
        themes=(own, theme()),
        recommendations=(
            recommendation("Draft", released=False),
            recommendation(theme_id=own.id, team="Delivery team"),
        ),
    )
    for kind in (PUBLIC, NETWORK):
        assert [one.title for one in findings.themes(told, kind, POLICY).items] == ["Time"]
    [shown] = findings.recommendations(told, PUBLIC)
    assert (shown.text, shown.theme, shown.team) == ("Protect an hour", None, "Delivery team")
    assert shown.follow_ups == [FollowUpInReport(on=DAY, state="in_progress", note=None)]
    inside = findings.recommendations(told, STEERING)
    assert [one.theme for one in inside] == [None, "Not approved"]
    assert inside[0].follow_ups[0].note == "canary note"
    assert (inside[0].owner_role, inside[0].due_on, inside[0].overdue) == ("coordinator", DAY, True)


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(81, 156, (80, 155)), (36, 156, (35, 155)), (80, 83, None), (9, 100, None), (0, 50, None), (50, 50, None)],
)
def test_a_share_is_rounded_or_hidden(part, whole, shown):
    assert protected_share(part, whole, POLICY) == shown


def model(*indicators, stage="outcomes"):
    return read_model({"kind": "logic_tree", "indicators": [{"stage": stage, **one} for one in indicators]})


def share(id_="promoted", **more):
    return {"id": id_, "title": id_, "kind": "share", "unit": "percent", "base": "mentees of pairs", **more}


def figure(name="trust", value=67, unit="percent", shown="exact", numerator=20, denominator=30, **more):
    about = {"cohort": None, "role": "mentee", "wave": "summative", "rule": "pooled", "breakdown": {}}
    known = {"asked": 40, "answered": 30, "interval": None, "caveats": [], "source": "wave"}
    counted = {"value": value, "unit": unit, "shown": shown, "numerator": numerator, "denominator": denominator}
    return ShownFigure(name=name, **about | known | counted | more)


def stage_of(found, id_="outcomes"):
    return next(stage for stage in found.stages if stage.id == id_)


def test_a_stage_says_what_was_measured_and_what_was_not():
    indicators = (share("trust", figure="trust,,mentee", target=60), share("promoted", target=20), share("other"))
    values = {"promoted": ValueRecord(Counted(40, numerator=6, asked=80, answered=40), 2, "HR system", DAY)}
    told = records(model=model(*indicators), values=values)
    stage = stage_of(outcomes.evaluation_model(told, [figure()], TEAM, POLICY))
    assert stage.statement == "2 of 3 indicators measured."
    assert [one.indicator for one in stage.not_measured] == ["other"]
    trust, promoted = stage.measured
    assert (trust.value, trust.numerator, trust.base, trust.target_met) == (67, 20, 30, True)
    assert (promoted.value, promoted.base, promoted.cohort, promoted.target_met) == (15, 40, 2, False)
    assert (promoted.base_is, promoted.source) == ("mentees of pairs", "HR system")
    assert stage_of(outcomes.evaluation_model(told, [], TEAM, POLICY), "inputs").statement.startswith("No indicator")
    assert outcomes.evaluation_model(records(), [], TEAM, POLICY) is None


def test_a_figure_of_another_unit_measures_nothing():
    told = records(model=model({**share("hours", figure="time"), "kind": "mean", "unit": "hours"}))
    figures = [figure("time", 360, unit="minutes", role=None)]
    stage = stage_of(outcomes.evaluation_model(told, figures, TEAM, POLICY))
    assert (stage.measured, len(stage.not_measured)) == ([], 1)


def test_protected_indicators_come_from_rounded_counts_alone():
    mean = {**share("score"), "kind": "mean", "unit": "points"}
    count = {**share("stayed"), "kind": "count", "unit": "people"}
    values = {
        "promoted": ValueRecord(Counted(52, numerator=23), None, "canary source", DAY),
        "few": ValueRecord(Counted(52, numerator=3), None, "canary source", DAY),
        "score": ValueRecord(Counted(33, value=Decimal("3.2571")), None, "canary source", DAY),
        "stayed": ValueRecord(Counted(61, value=Decimal(44)), None, "canary source", DAY),
    }
    told = records(model=model(share(), share("few"), mean, count), values=values)
    shown = {one.indicator: one for one in stage_of(outcomes.evaluation_model(told, [], PUBLIC, POLICY)).measured}
    assert {name: (one.value, one.numerator, one.base) for name, one in shown.items()} == {
        "promoted": (50, 25, 50), "few": (None, None, None), "score": (3.3, None, 35), "stayed": (45, None, 60),
    }  # fmt: skip
    assert [one.shown for one in shown.values()] == ["rounded", "hidden", "rounded", "rounded"]
    assert all((one.interval, one.caveats, one.target_met) == (None, [], None) for one in shown.values())
    assert "canary" not in str(shown)
    small = records(model=model(mean), values={"score": ValueRecord(Counted(9, value=Decimal(3)), None, "s", DAY)})
    assert stage_of(outcomes.evaluation_model(small, [], PUBLIC, POLICY)).measured[0].shown == "hidden"


def hr(people=70, with_outcome=56, others=(81, 48), outcome="promotion"):
    return HrRecord(
        outcome, "mentee", "canary definition", 12, (people, with_outcome), others, others and "similar_people",
        "canary source", DAY,
    )  # fmt: skip


def test_outcomes_are_compared_where_data_allow_and_plain_where_they_do_not():
    nothing = outcomes.outcomes(records(), [], TEAM, POLICY)
    assert nothing == OutcomesInReport(statement=outcomes.NO_HR, hr=[], intentions=[])
    told = records(hr=(hr(), hr(others=None)))
    compared, alone = outcomes.outcomes(told, [], TEAM, POLICY).hr
    assert (compared.difference.value, compared.definition) == (21, "canary definition")
    assert (alone.comparison, alone.difference) == (None, None)
    assert "no comparison group" in alone.statement


def test_protected_outcomes_show_no_exact_count_and_no_unapproved_words():
    told = records(hr=(hr(), hr(others=(12, 5)), hr(outcome="other")))
    compared, hidden = outcomes.outcomes(told, [], PUBLIC, POLICY).hr
    assert (compared.participants.people, compared.participants.with_outcome) == (70, 55)
    assert (compared.comparison.people, compared.comparison.with_outcome) == (80, 50)
    assert "promotion within 12 months" in compared.statement
    assert "rounded to 5" in compared.statement
    # Without the hidden group the outcome would read as if there were none to compare with.
    assert (hidden.participants, hidden.shown, hidden.statement) == (None, "hidden", outcomes.HIDDEN)
    assert "canary" not in str((compared, hidden))
    assert len(outcomes.outcomes(told, [], STEERING, POLICY).hr) == 3


def test_meant_to_and_did_is_protected_too():
    def meant(cohort, did):
        return Intention(cohort, "mentees_intending_to_mentor", "mentee", 40, 20, 14, did)

    several = (meant(1, 11), meant(2, 1), Intention(None, "mentees_intending_to_mentor", "mentee", 80, 40, 28, 13))
    line = figure("mentees_intending_to_mentor", 71, shown="rounded", numerator=25, denominator=35)
    exact = outcomes.outcomes(records(intentions=several), [line], TEAM, POLICY).intentions
    assert [one.cohort for one in exact] == [1, 2, None]
    [total] = outcomes.outcomes(records(intentions=several), [line], PUBLIC, POLICY).intentions
    assert (total.cohort, total.meant.percent, total.did.numerator) == (None, 71, 15)
    assert total.meant_and_did is None
    [few] = outcomes.outcomes(records(intentions=(meant(1, 2),)), [], PUBLIC, POLICY).intentions
    assert (few.meant, few.did, few.people) == (None, None, None)
    assert "hidden" in few.statement


def test_an_indicator_names_a_figure_that_can_be_named():
    with pytest.raises(ModelUnreadable) as refused:
        model(share(figure="=,"))
    assert refused.value.faults[0]["detail"].endswith("no figure can be named like that")


def content(kind=TEAM, **more):
    told = records(
        themes=(theme("<b>Time</b>"),),
        recommendations=(recommendation("#panic() <i>"),),
        model=model(share("trust", figure="trust,,mentee", target=60), share("promoted")),
        hr=(hr(),),
        intentions=(Intention(1, "mentees_intending_to_mentor", "mentee", 40, 0, 0, 11),),
        case_studies=(CaseStudyRecord(uuid.uuid4(), 2),),
    )
    known = {
        "title": "T", "kind": kind.title, "as_of": "2024-01-02T03:04:05+00:00", "views": {}, "ledger": (),
        "inconsistencies": (), "narrative": (), "quotes": (),
        "case_studies": tuple(map(findings.case_study, told.case_studies)),
        "themes": findings.themes(told, kind, POLICY), "recommendations": findings.recommendations(told, kind),
        "evaluation_model": outcomes.evaluation_model(told, [figure()], kind, POLICY),
        "outcomes": outcomes.outcomes(told, [figure()], kind, POLICY),
    }  # fmt: skip
    return Document(**known | more)


def words(document):
    """The case studies of a document, in clear."""
    sections = (("Reflections", "One\n\n*Two* <script>"),)
    return Words(case_studies=tuple(CaseStudyTold(o.case_study_id, o.cohort, sections) for o in document.case_studies))


def issue(changes=None):
    return Issue(2, 1, (), datetime(2024, 2, 1, tzinfo=UTC), changes or Changes())


def since(before, after, *notes):
    """What changed since a version that was published before."""
    previous = Previous(uuid.uuid4(), 1, None, tuple(Note(edition=2, at="2024-01-01", text=text) for text in notes))
    views = {"programme_team": View(statement="S", figures=())}
    return changes_since(previous, before.but(views=views), after.but(views=views), "programme_team")


def page_of(document, changes=None):
    return report_page(document, words(document), issue(changes))


def test_what_is_said_of_many_figures_is_said_once():
    def figure(cohort, *caveats):
        known = {"name": "match", "wave": "end", "role": "mentor", "unit": "percent", "rule": "top_box"}
        return ShownFigure(cohort=cohort, value=50, caveats=caveats, **known)

    def said(*figures):
        return next(block for block in blocks(figures, {}) if block.rows).caveats

    few = [figure(n, f"Only {n} answered: {100 / n:.1f} points.", "Asked with X.") for n in range(3, 8)]
    assert said(*few) == [
        "Match: mentors, Cohort 3: Only 3 answered: 33.3 points. The same, with numbers of their own, holds for 4 more "
        "figures of this table.",
        "Match: mentors, Cohort 3: Asked with X. The same holds for 4 more figures of this table.",
    ]
    assert len(said(*few[:3])) == 6
    assert len(said(figure(1, "Only 1 answered."), *few[:3], figure(2, "It was extended: snow."))) == 8


def pdf_of(document, changes=None):
    return report_pdf(document, words(document), issue(changes))


def test_the_page_shows_every_part_with_headings_in_order_and_scoped_tables():
    page = page_of(content())
    levels = [int(level) for level in re.findall(r"<h([1-6])", page)]
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert {2, 3, 4} <= set(levels)
    for said in ("not measured (percent)", "67 % (20 of 30)", "60 %, reached", "Later applied as mentor",
                 "coordinator", "in progress, overdue", "2024-03-04 in progress: canary note", "Fair promotion",
                 "A pair of cohort 2", "3 (4 texts)", "59 % (48 of 81)"):  # fmt: skip
        assert said in page, said
    assert not re.search(r"<script|<b>Time|<i>|\son\w+=", page)
    assert re.findall(r"<th(?! scope=\"(?:col|row)\")[ >]", page) == []
    assert page.count("<table") == page.count("<caption>")
    for anchor in re.findall(r'href="#([^"]+)"', page):
        assert f'id="{anchor}"' in page


def test_the_pdf_holds_the_same_and_reads_no_markup():
    pdf = pdf_of(content())
    for mark in (b"<pdfaid:part>2</pdfaid:part>", b"<pdfuaid:part>1<", b"A pair of cohort 2", b"Recommendations"):
        assert mark in pdf
    assert pdf == pdf_of(Document.model_validate(content().to_json()))
    assert b"A pair of cohort 2" not in pdf_of(content(case_studies=()))


def test_the_public_page_shows_no_small_count_and_no_note():
    shown = content(PUBLIC)
    assert shown.themes.items[0].voices.mentor is None
    page = page_of(shown)
    assert "canary" not in page
    assert "texts)" not in page
    assert "about 71 % (50 of 70)" not in page  # 56 of 70 is rounded to 55 of 70
    assert "about 79 % (55 of 70)" in page


def test_a_report_of_an_earlier_release_has_fewer_parts():
    had = ("title", "kind", "as_of", "views", "ledger", "inconsistencies", "narrative", "quotes")
    old = Document.model_validate({name: value for name, value in content().to_json().items() if name in had})
    assert chapters(old, ()) == []
    assert "<h2" not in page_of(old)
    assert since(old, old).themes == Differences([], [], [])
    assert len(since(old, content()).case_studies.added) == 1


def test_what_changed_is_said_of_themes_recommendations_and_case_studies():
    kept, gone, told = theme(), theme("Gone"), recommendation()
    before = content(
        themes=findings.themes(records(themes=(kept, gone)), TEAM, POLICY), case_studies=(),
        recommendations=findings.recommendations(records(recommendations=(told,)), TEAM),
    )  # fmt: skip
    judged = theme(id=kept.id, impact=2)
    done = recommendation(id=told.id, state="done", overdue=False)
    new = findings.case_study(CaseStudyRecord(uuid.uuid4(), 1))
    after = content(
        themes=findings.themes(records(themes=(judged,)), TEAM, POLICY), case_studies=(new,),
        recommendations=findings.recommendations(records(recommendations=(done,)), TEAM),
    )  # fmt: skip
    found = since(before, after, "withdrawn")
    assert [one.before.title for one in found.themes.removed] == ["Gone"]
    [changed] = found.themes.changed
    assert (changed.before.priority, changed.after.priority) == ("now", "if_time_allows")
    assert changed_items(found) == [
        ("Theme: Time", "now, 17 voices", "if time allows, 17 voices"),
        ("Theme: Gone", "now, 17 voices", "–"),
        ("Recommendation: Protect an hour", "in progress, overdue, due 2024-03-04", "done, due 2024-03-04"),
        ("Case study: a pair of cohort 1", "–", "told"),
    ]
    page = page_of(content(), found)
    assert "What changed since version 1" in page
    assert "Since its first edition: withdrawn" in page
    assert b"What changed since version 1" in pdf_of(content(), found)
