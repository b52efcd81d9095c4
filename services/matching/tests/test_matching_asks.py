"""What coordinators ask for beside the best: an even load, alternatives, new pairs, second mentors, pins, weights."""

from __future__ import annotations

import csv
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from mentoring_matching.engine import (
    CharacterEmbedder,
    Criterion,
    Mentee,
    Mentor,
    Policy,
    Rule,
    Run,
    capped,
    choices,
    evenly,
    solve,
)
from mentoring_matching.engine.buddies import buddies
from mentoring_matching.offline.command import match_command

EMBEDDER = CharacterEmbedder()
POLICY = Policy(rules=(Rule("another employer", "must_differ", "employer"),))


def people(seed: int) -> tuple[list[Mentor], list[Mentee]]:
    draw = random.Random(seed)

    def person() -> dict[str, Any]:
        topics = {topic: draw.choice([0.2, 0.5, 1.0]) for topic in draw.sample("abcd", 2)}
        return {"attributes": {"employer": draw.choice("xyz")}, "topics": topics}

    return (
        [Mentor(f"m{k}", **person(), capacity=draw.randrange(1, 5)) for k in range(4)],
        [Mentee(f"e{k}", **person(), tier=int(draw.random() < 0.2)) for k in range(7)],
    )


def solved(mentors: Any, mentees: Any, policy: Policy = POLICY, **terms: Any) -> Run:
    return solve(mentors, mentees, policy, embedder=EMBEDDER, **terms)


def ranking(run: Run) -> tuple[int, int, float]:
    tiers = {person.id: person.tier for person in run.situation.mentees}
    return sum(tiers[pair.mentee_id] for pair in run.pairs), run.totals.matched, round(run.totals.score, 4)


@pytest.mark.parametrize("seed", range(12))
def test_choices_are_the_cheapest_of_all_pinned_runs(seed: int) -> None:
    mentors, mentees = people(seed)
    places = [None, 5][seed % 2]
    run = solved(mentors, mentees, places=places)
    for mentee in mentees:
        own = run.by_mentee[mentee.id].mentor_id if mentee.id in run.by_mentee else None
        costs = []
        for mentor in mentors:
            possible = mentor.attributes["employer"] != mentee.attributes["employer"]
            if possible and mentor.id != own:
                again = ranking(solved(mentors, mentees, places=places, pins=[(mentor.id, mentee.id)]))
                before = ranking(run)
                costs.append((before[0] + before[1] - again[0] - again[1], round(before[2] - again[2], 4)))
        found = [(c.price.matches + c.price.priority, round(c.price.score, 4)) for c in choices(run, mentee.id, 2)]
        assert found == sorted(costs)[:2]


@pytest.mark.parametrize("seed", range(12))
def test_an_even_load_is_the_least_that_loses_no_match(seed: int) -> None:
    mentors, mentees = people(seed)
    run = solved(mentors, mentees)
    even, most = evenly(mentors, run, lambda able: solved(able, mentees))
    loads = Counter(pair.mentor_id for pair in even.pairs)
    assert ranking(even)[:2] == ranking(run)[:2]
    assert max(loads.values()) <= most
    assert most == 1 or ranking(solved(capped(mentors, most - 1), mentees))[:2] < ranking(run)[:2]


@pytest.mark.parametrize("seed", range(12))
def test_new_pairs_go_first_and_are_certified(seed: int) -> None:
    mentors, mentees = people(seed)
    draw = random.Random(seed)
    before = {e.id: frozenset(draw.sample([m.id for m in mentors], 2)) for e in mentees}
    mentees = [replace(e, attributes={**e.attributes, "matched_before": before[e.id]}) for e in mentees]
    criteria = (Criterion("topics", "topics", 0.5), Criterion("new", "new", 0.5))
    run = solved(mentors, mentees, replace(POLICY, criteria=criteria))
    assert run.certificate.valid
    for pair in run.pairs:
        assert pair.contributions["new"] == (0.0 if pair.mentor_id in before[pair.mentee_id] else 0.5)
        assert pair.score == pytest.approx(sum(pair.contributions.values()), abs=2e-4)
    plainly = solved(mentors, mentees, replace(POLICY, criteria=criteria[:1]))
    again = [sum(p.mentor_id in before[p.mentee_id] for p in found.pairs) for found in (run, plainly)]
    assert again[0] <= again[1]
    assert run.totals.matched == plainly.totals.matched


def test_buddies_of_an_earlier_round_meet_again_only_where_nothing_else_is_left() -> None:
    four = [Mentor(name, {"matched_before": frozenset(other)}) for name, other in zip("abcd", "badc", strict=True)]
    policy = Policy(criteria=(Criterion("new", "new"),))
    assert {pair[:2] for pair in buddies(four, policy).pairs} in ({("a", "c"), ("b", "d")}, {("a", "d"), ("b", "c")})
    assert [pair[:2] for pair in buddies(four[:2], policy).pairs] == [("a", "b")]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def files(tmp_path: Path) -> tuple[object, ...]:
    mentors, mentees = tmp_path / "a.csv", tmp_path / "b.csv"
    mentors.write_text("email,name,topics,capacity\na@x,Ann,law,4\nb@x,Bob,art,4\n")
    mentees.write_text("email,name,topics\nc@x,Cat,law\nd@x,Dan,law\ne@x,Eve,law\nf@x,Fay,art;law\n")
    return "--mentors", mentors, "--mentees", mentees


def test_pins_and_bars_by_option_and_by_column(match, files, tmp_path):
    assert match(*files, "--pin", "Bob=Cat", "--bar", "a@x=Dan").exit_code == 0
    found = {row["mentee email"]: row["mentor email"] for row in rows(tmp_path / "matches.csv")}
    assert found == {"c@x": "b@x", "d@x": "b@x", "e@x": "a@x", "f@x": "b@x"}
    for option, words in (("Zoe=Cat", "there is no mentor 'Zoe'"), ("Cat", "MENTOR=MENTEE is wanted")):
        result = match(*files, "--pin", option)
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
        assert words in result.stderr
    (tmp_path / "b.csv").write_text("email,topics,pinned to,avoid\nc@x,law,Bob,\nd@x,law,,ann\n")
    assert match(*files).exit_code == 0
    assert {row["mentor email"] for row in rows(tmp_path / "matches.csv")} == {"b@x"}


def test_a_pin_that_breaks_a_rule_says_so(match, files, tmp_path):
    assert "Pinned all the same" not in match(*files, "--pin", "Ann=Cat").stdout
    (tmp_path / "b.csv").write_text("email,name,employer,not with\nc@x,Cat,X,\nd@x,Dan,Y,Ann\n")
    (tmp_path / "a.csv").write_text("email,name,employer,capacity\na@x,Ann,X,1\nb@x,Bob,Y,1\n")
    for pin, why in (
        ("Ann=Cat", "Ann and Cat, whom different organisation"),
        ("Ann=Dan", "Ann and Dan, whom a private reason"),
    ):
        assert f"Pinned all the same: {why} would keep apart." in match(*files, "--pin", pin).stdout


def test_a_load_that_is_limited_or_even(match, files, tmp_path):
    result = match(*files, "--even")
    assert "no mentor has more than 2 mentees; it costs" in result.stdout
    assert Counter(row["mentor email"] for row in rows(tmp_path / "matches.csv")) == {"a@x": 2, "b@x": 2}
    assert match(*files, "--most-each", 1).exit_code == 0
    assert Counter(row["mentor email"] for row in rows(tmp_path / "matches.csv")) == {"a@x": 1, "b@x": 1, "": 2}


def test_alternatives_say_what_each_would_cost(match, files, tmp_path):
    assert match(*files, "--alternatives", 1).exit_code == 0
    found = {row["mentee name"]: row["alternative 1"] for row in rows(tmp_path / "matches.csv")}
    assert found["Cat"] == "Bob: 0.45 of the total score"


def test_a_mentee_may_have_two_mentors_once_everybody_has_one(match, files, tmp_path):
    result = match(*files, "--mentors-each", 2)
    assert "4 of 4 mentees have a mentor" in result.stdout
    assert "proved best" in result.stdout
    assert "Mentees and their mentors: 4 mentees with 2 mentors." in result.stdout
    pairs = Counter((row["mentee email"], row["mentor email"]) for row in rows(tmp_path / "matches.csv"))
    assert set(pairs.values()) == {1}
    assert len(pairs) == 8
    assert all("With this the mentee has both mentors." in row["why"] for row in rows(tmp_path / "matches.csv"))
    result = match(*files, "--mentors-each", 2, "--places", 5)
    assert "Mentees and their mentors: 1 mentee with 2 mentors, 3 mentees with 1 mentor." in result.stdout
    found = [row for row in rows(tmp_path / "matches.csv") if row["mentor email"]]
    assert len(found) == 5
    assert len([row for row in found if "The mentee has one of two mentors. All places" in row["why"]]) == 3


def test_two_mentors_each_are_one_plan_and_no_rounds(match, tmp_path):
    """Round by round Cat gets Ann and Dan Bob, whom nobody else may have: together three places would be left empty."""
    (tmp_path / "m.csv").write_text("email,topics,capacity\na@x,law;art,1\nb@x,law;art,1\nc@x,law,1\n")
    (tmp_path / "e.csv").write_text("email,topics,avoid\nd@x,law,c@x\ne@x,law,\n")
    policy = tmp_path / "policy.yaml"
    policy.write_text("mentors_each: 2\nweights: {topics: 1}\n")
    result = match("--mentors", tmp_path / "m.csv", "--mentees", tmp_path / "e.csv", "--policy", policy)
    assert "Mentees and their mentors: 1 mentee with 2 mentors, 1 mentee with 1 mentor." in result.stdout
    assert result.exit_code == 0
    assert len([row for row in rows(tmp_path / "matches.csv") if row["mentor email"]]) == 3


def test_earlier_results_bar_pairs_or_cost_them_and_who_had_nobody_goes_first(match, files, tmp_path):
    assert match(*files, "--most-each", 1, "--seed", 3).exit_code == 0
    first = rows(tmp_path / "matches.csv")
    earlier = tmp_path / "earlier.csv"
    earlier.write_bytes((tmp_path / "matches.csv").read_bytes())
    assert match(*files, "--most-each", 1, "--earlier", earlier).exit_code == 0
    second = {row["mentee email"]: row["mentor email"] for row in rows(tmp_path / "matches.csv")}
    assert {mentee for mentee, mentor in second.items() if mentor} == {
        r["mentee email"] for r in first if not r["mentor email"]
    }
    only = ("--bar", "a@x=d@x", "--bar", "b@x=d@x", "--bar", "a@x=e@x", "--bar", "b@x=e@x", "--earlier", earlier)
    again = {row["mentee email"]: row["mentor email"] for row in first if row["mentor email"]}
    assert again
    assert match(*files, *only, "--new-first").exit_code == 0
    third = {row["mentee email"]: row["mentor email"] for row in rows(tmp_path / "matches.csv")}
    assert all(third[mentee] != mentor for mentee, mentor in again.items() if third.get(mentee))
    broken = match(*files, "--earlier", files[1])
    assert (broken.exit_code, "is no result of ours" in broken.stderr) == (2, True)


def test_weights_are_tried_and_the_change_shown(match, files, tmp_path):
    mentors, mentees = tmp_path / "a.csv", tmp_path / "b.csv"
    mentors.write_text("email,name,topics,profession\na@x,Ann,law,chef\nb@x,Bob,art,cook\n")
    mentees.write_text("email,name,topics,profession\nc@x,Cat,law,cook\nd@x,Dan,art,chef\n")
    result = match(*files, "--try", "topics=0, same profession=1", "--try", "luck=1")
    assert "2 of 2 mentees change." in result.stdout
    assert "Cat: Ann -> Bob" in result.stdout
    assert "luck=1: write NAME=NUMBER with one of topics, same profession" in result.stderr


def test_weights_are_asked_for_while_they_are_typed(files, tmp_path):
    app = typer.Typer()
    app.command()(match_command)
    arguments = [*map(str, files), "--out", str(tmp_path / "m.csv"), "--live"]
    result = CliRunner().invoke(app, arguments, input="topics=1\nnonsense\n\n")
    assert result.exit_code == 0, result.output
    assert "0 of 4 mentees change." in result.stdout
    assert "write NAME=NUMBER" in result.stderr
