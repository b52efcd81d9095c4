"""The main job: the demo plays the NIHR Mentoring Programme 2022 and its figures are those that were published."""

import asyncio
import json
from collections import Counter
from html import unescape

import pytest
import sqlalchemy as sa
from rich.console import Console
from sqlalchemy.ext.asyncio import create_async_engine

from mentoring_allinone.demo import run
from mentoring_allinone.settling import settle
from mentoring_allinone.stack import WITH_DATABASE
from mentoring_common.relay import publish_all_again


@pytest.fixture(scope="module")
async def demonstrated(tmp_path_factory):
    """Whether the demo agreed, its folder, and what changed when its events came again, with and without marks."""
    folder, changed = tmp_path_factory.mktemp("demo"), []

    async def come_again(stack, *_):
        recorded = (folder / "events.ndjson").read_bytes()
        changed.append(await changes_of_a_replay(stack))
        changed.append(await changes_of_a_replay(stack, marks=False))
        (folder / "recorded.ndjson").write_bytes(recorded)

    with (folder / "screen.txt").open("w") as screen, pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "look_around", come_again)  # while everything still stands
        agreed = await run.demo(folder, Console(file=screen, width=120), serve=True)
    (folder / "recorded.ndjson").replace(folder / "events.ndjson")
    return agreed, folder, changed


@pytest.fixture(scope="module")
def played(demonstrated):
    return demonstrated[:2]


def figures(folder, name, **where):
    document = json.loads((folder / "report.json").read_text())
    found = [f for f in document["figures"] if f["name"] == name]
    return [f for f in found if all(f[k] == v for k, v in where.items())]


async def test_every_published_number_is_reproduced_or_impossible(played):
    agreed, folder = played
    assert agreed
    compared = json.loads((folder / "report.json").read_text())["published_comparison"]
    assert len(compared) == 171
    assert [c["name"] for c in compared if not c["agrees"] and not c["impossible"] and not c["rests_on"]] == []
    assert sum(c["agrees"] for c in compared) == 161


async def test_overall_rates_are_shown_both_ways(played):
    _, folder = played
    for wave, mean, pooled in (("interim", 46, 48.7), ("summative", 39, 40.4)):
        rows = figures(folder, "response_rate", cohort=None, role=None, wave=wave)
        assert {r["rule"]: r["value"] for r in rows} == {"mean_of_cohorts": mean, "pooled": pooled}


async def test_the_impossible_percentages_are_named(played):
    _, folder = played
    named = json.loads((folder / "report.json").read_text())["impossible_published_percentages"]
    assert {(c["name"], c["role"], c["cohort"], c["published"]) for c in named} == {
        ("met_expectations", "mentor", None, 200),
        ("satisfied_with_match", "mentee", 1, 72),
        ("trust_easily_built", "mentee", 1, 72),
        ("met_objectives", "mentee", 1, 72),
        ("met_expectations", "mentee", 1, 89),
        ("trust_easily_built", "mentor", 3, 74),
    }


async def test_the_ledger_balances(played):
    _, folder = played
    ledger = json.loads((folder / "report.json").read_text())["ledger"]
    assert len(ledger) >= 7
    assert all(row["balanced"] for row in ledger)


async def test_a_foreign_consumer_read_every_event_once(played):
    _, folder = played
    events = [json.loads(line) for line in (folder / "events.ndjson").read_text().splitlines()]
    types = [e["type"].split(".")[-2] for e in events]
    counts = {name: types.count(name) for name in ("MatchConfirmed", "MatchEnded", "SurveyOpened", "SurveyClosed")}
    assert counts == {"MatchConfirmed": 83, "MatchEnded": 3, "SurveyOpened": 6, "SurveyClosed": 6}
    assert len({e["id"] for e in events}) == len(events)
    versions: dict[tuple[str, str], int] = {}
    for event in events:  # matching and sessions both speak of a match by its id
        about = (event["source"], event["subject"])
        assert int(event["aggregateversion"]) == versions.get(about, 0) + 1
        versions[about] = int(event["aggregateversion"])


async def test_no_event_holds_anybody(played):
    _, folder = played
    text = (folder / "events.ndjson").read_text()
    assert "@" not in text.replace("@context", "")
    assert "What I want to remember" not in text


async def test_the_page_is_self_contained_and_has_both_views(played):
    _, folder = played
    page = unescape(unescape((folder / "report.html").read_text()))
    assert page.count("<iframe") == 1
    assert "src=" not in page.replace("srcdoc=", "")
    assert "svg" in page
    assert "The public view" in page
    assert "The programme team's view" in page


async def test_the_page_tells_what_came_of_the_programme(played):
    _, folder = played
    page = unescape(unescape((folder / "report.html").read_text()))
    report = json.loads((folder / "report.json").read_text())
    assert [study["cohort"] for study in report["case_studies"]] == [1, 2, 3]
    for said in ("A pair of cohort 2", "Work-life balance and boundaries", "Programme delivery team", "not measured"):
        assert said in page
    themes = {theme["title"]: theme for theme in report["themes"]["items"]}
    assert all(theme["voices"]["all"] for theme in themes.values())
    states = [recommended["state"] for recommended in report["recommendations"]]
    assert states == ["done", "done", "in_progress", "open"]


async def test_the_indicators_are_those_that_the_report_published(played):
    _, folder = played
    report = json.loads((folder / "report.json").read_text())
    measured = {one["indicator"]: one for stage in report["evaluation_model"]["stages"] for one in stage["measured"]}
    assert (measured["pairs_matched"]["value"], measured["cpd_sessions"]["value"]) == (80, 87)
    online, in_person = measured["cpd_online"], measured["cpd_in_person"]
    assert (online["numerator"], online["base"], online["target_met"]) == (81, 156, True)  # "over 50%"
    assert (in_person["numerator"], in_person["base"], in_person["target_met"]) == (36, 156, True)  # "over 20%"
    assert (measured["pairs_stayed"]["numerator"], measured["pairs_stayed"]["base"]) == (80, 83)
    assert round(measured["would_become_mentors"]["value"]) == 69
    assert (measured["mentees_became_mentors"]["numerator"], measured["mentees_became_mentors"]["base"]) == (12, 80)
    missing = [one["indicator"] for stage in report["evaluation_model"]["stages"] for one in stage["not_measured"]]
    assert missing == ["awards_completed", "further_funding"]


async def test_a_programme_that_comes_again_to_forgetful_inboxes_changes_nothing(demonstrated):
    with_marks, _ = demonstrated[2]
    assert with_marks == {}, "no row, no event, no notification and no e-mail"


async def test_without_marks_it_would_have_its_effects_again(demonstrated):
    """The control: the comparison sees what the marks hold off."""
    _, without = demonstrated[2]
    assert without.keys() & {"evaluation.applications", "matching.pool_members", "sessions.outbox", "mailbox"}


# When the mechanisms did their work; all else is compared.
TIMES = {"outbox": ["created_at", "published_at"], "inbox": ["received_at"]}
AGED = [f"UPDATE {table} SET {time} = {time} - interval '181 days'" for table, times in TIMES.items() for time in times]  # noqa: S608


async def changes_of_a_replay(stack, *, marks=True):
    """What changes (table → rows gone, rows new) when all comes again to inboxes that have forgotten it by their age.

    Without `marks` the services have forgotten how far they have come as well.
    """
    before = await _dump(stack)
    for statement in AGED:
        await _everywhere(stack, statement)
    for service in _services(stack):
        await service.clean_up()
    assert await _everywhere(stack, "SELECT count(*) FROM inbox") == dict.fromkeys(WITH_DATABASE, 0)
    if not marks:
        await _everywhere(stack, "DELETE FROM event_marks")
    for service in _services(stack):
        await publish_all_again(service.system)
    await settle(stack, 300.0)
    await asyncio.sleep(2.0)  # for work beside the requests, which what came again might have called
    await settle(stack, 300.0)
    after = await _dump(stack)
    tables = {name: (before[name] - after[name], after[name] - before[name]) for name in before}
    return {name: (gone.total(), new.total()) for name, (gone, new) in tables.items() if gone or new}


def _services(stack):
    return [stack.services[name] for name in WITH_DATABASE]


async def _dump(stack):
    """Every row of every table, and every e-mail that was taken."""
    rows = {"mailbox": Counter(str(message.number) for message in stack.mailbox.messages)}
    for name in WITH_DATABASE:
        engine = create_async_engine(stack.postgres.dsn(f"mentoring_{name}"))
        async with engine.connect() as connection:
            tables = sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            for table in (await connection.scalars(tables)).all():
                every = sa.text(f'SELECT (to_jsonb(t) - CAST(:times AS text[]))::text FROM "{table}" AS t')  # noqa: S608
                found = await connection.scalars(every, {"times": TIMES.get(table, [])})
                rows[f"{name}.{table}"] = Counter(found.all())
        await engine.dispose()
    return rows


async def _everywhere(stack, statement):
    """Run a statement in every database, whoever's rows it is about; a SELECT's first value by service."""
    values = {}
    for name in WITH_DATABASE:
        engine = create_async_engine(stack.postgres.dsn(f"mentoring_{name}"))
        async with engine.begin() as connection:
            result = await connection.execute(sa.text(statement))
            values[name] = result.scalar() if result.returns_rows else None
        await engine.dispose()
    return values
