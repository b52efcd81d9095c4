"""A read model of one's own: `python read_model.py FILE [--once] [--show] [--page N]`, with the standard library alone.

MENTORING is the address of the API, TOKEN a token with `integrations:read`. It reads the feed of changes from its
beginning (an outsider has no Kafka to read) and keeps in SQLite: each pair and group of a programme with its state,
meetings and minutes, and each survey with how many were asked and answered. Nobody is named in it.

It may be ended at any moment and started again: what a page did and the cursor behind it are one transaction. An event
that comes twice is known by its id (`inbox`); one of an aggregate (`source`, `subject`) that is not newer than what is
known of that aggregate (`versions`) changes nothing. To begin anew, delete the file.
"""

import argparse
import json
import os
import sqlite3
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any

TABLES = """
CREATE TABLE IF NOT EXISTS progress (one INTEGER PRIMARY KEY CHECK (one = 1), cursor TEXT);
CREATE TABLE IF NOT EXISTS inbox (id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS versions (source TEXT, subject TEXT, version INTEGER, PRIMARY KEY (source, subject));
CREATE TABLE IF NOT EXISTS pairs (
    id TEXT PRIMARY KEY, programme TEXT, started INTEGER DEFAULT 0, closed INTEGER DEFAULT 0, ended INTEGER DEFAULT 0,
    minutes INTEGER DEFAULT 0
);
CREATE TABLE IF NOT EXISTS meetings (id TEXT PRIMARY KEY, pair TEXT, minutes INTEGER);
CREATE TABLE IF NOT EXISTS waves (
    id TEXT PRIMARY KEY, programme TEXT, instrument TEXT, closes_at TEXT, asked INTEGER, answered INTEGER DEFAULT 0,
    closed INTEGER DEFAULT 0
);
CREATE VIEW IF NOT EXISTS pairs_shown AS
SELECT programme, id, CASE WHEN ended THEN 'ended' WHEN closed THEN 'closed' WHEN started THEN 'active'
                           ELSE 'waiting_for_orientation' END AS state,
    (SELECT count(*) FROM meetings WHERE pair = pairs.id) AS meetings, minutes / 60.0 AS hours
FROM pairs ORDER BY programme, id;
CREATE VIEW IF NOT EXISTS waves_shown AS
SELECT programme, id, instrument, CASE WHEN closed THEN 'closed' ELSE 'open' END AS state, asked, answered
FROM waves ORDER BY programme, id;
"""
# Sessions and matching speak of one pair in an order of their own: each sets what is its own, and the view combines it.
_PAIR = "INSERT INTO pairs (id, programme) VALUES (:pair, :programme_id) ON CONFLICT DO NOTHING"
_MEETING = "INSERT OR REPLACE INTO meetings VALUES (:mentoring_session_id, :pair, :minutes)"
_MINUTES = "UPDATE pairs SET minutes = :total_minutes WHERE id = :pair"
# One that follows a meeting is counted with others in another, which says at its end how many were asked in all.
_WAVE = """INSERT INTO waves (id, programme, instrument)
    VALUES (coalesce(:gathered_in, :wave_id), :programme_id, :instrument) ON CONFLICT DO NOTHING"""
_CLOSED = "UPDATE waves SET closed = 1, asked = :asked, answered = :responses WHERE id = :wave_id"
# What is done of which event.
STATEMENTS = {
    "mentoring.matching.MatchConfirmed.v1": [_PAIR],
    "mentoring.matching.MatchEnded.v1": [_PAIR, "UPDATE pairs SET ended = 1 WHERE id = :pair AND :group_id IS NULL"],
    "mentoring.matching.GroupFormed.v1": [_PAIR],
    "mentoring.matching.GroupEnded.v1": [_PAIR, "UPDATE pairs SET ended = 1 WHERE id = :pair"],
    "mentoring.sessions.RelationshipStarted.v1": [_PAIR, "UPDATE pairs SET started = 1 WHERE id = :pair"],
    "mentoring.sessions.RelationshipClosed.v1": [_PAIR, "UPDATE pairs SET closed = 1 WHERE id = :pair"],
    "mentoring.sessions.MentoringSessionRecorded.v1": [_PAIR, _MEETING, _MINUTES],
    "mentoring.sessions.MentoringSessionCorrected.v1": [_PAIR, _MEETING, _MINUTES],
    "mentoring.sessions.MentoringSessionWithdrawn.v1": [
        _PAIR, "DELETE FROM meetings WHERE id = :mentoring_session_id", _MINUTES,
    ],
    "mentoring.evaluation.SurveyOpened.v1": [
        _WAVE, "UPDATE waves SET asked = :asked, closes_at = :closes_at WHERE id = :wave_id",
    ],
    # Of small groups no answer is announced: what counts in the end is what the closing says.
    "mentoring.evaluation.SurveyResponseReceived.v1": [
        _WAVE, "UPDATE waves SET answered = answered + 1 WHERE id = :wave_id",
    ],
    "mentoring.evaluation.SurveyClosed.v1": [_WAVE, _CLOSED],
}  # fmt: skip


def take(db: sqlite3.Connection, event: dict[str, Any]) -> None:
    """Do what the event says, unless it was done before."""
    if not db.execute("INSERT INTO inbox VALUES (?) ON CONFLICT DO NOTHING", (event["id"],)).rowcount:
        return
    newer = """INSERT INTO versions VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET version = excluded.version
        WHERE excluded.version > version"""
    known = (event["source"], event["subject"], int(event["aggregateversion"]))
    if not db.execute(newer, known).rowcount:
        return
    data = event["data"]
    # The relationship of a pair has the id of its match, that of a group the group's.
    given = {"group_id": None, "gathered_in": None, **data, "pair": data.get("group_id") or data.get("match_id")}
    for statement in STATEMENTS[event["type"]]:
        db.execute(statement, given)


def follow(db: sqlite3.Connection, ask: Callable[..., dict[str, Any]], page: int, *, once: bool) -> None:
    """Read the feed from where we were, for ever or until nothing is left."""
    while True:
        cursor = db.execute("SELECT cursor FROM progress").fetchone()
        found = ask(after=cursor[0] if cursor else None, limit=page, wait=0 if once else 20, type=list(STATEMENTS))
        with db:  # one transaction
            for event in found["items"]:
                take(db, event)
            db.execute("INSERT OR REPLACE INTO progress VALUES (1, ?)", (found["cursor"],))
        if once and not found["more"]:
            return


def changes(**query: Any) -> dict[str, Any]:
    """A page of the feed; what may pass is waited for, what will not ends the program."""
    given = urllib.parse.urlencode({name: value for name, value in query.items() if value is not None}, doseq=True)
    request = urllib.request.Request(
        f"{os.environ['MENTORING']}/integrations/changes?{given}",
        headers={"Authorization": f"Bearer {os.environ['TOKEN']}"},
    )
    pause = 1.0
    while True:
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as refused:
            if refused.code != 429 and refused.code < 500:
                # A token that is over, say, or `changes_forgotten`: what came after our cursor is not kept any more.
                sys.exit(f"{refused.code}: {refused.read().decode()}")
            pause = float(refused.headers.get("Retry-After", pause))
        except OSError:
            pass
        time.sleep(pause)
        pause = min(pause * 2, 60)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--once", action="store_true", help="end when nothing is left to read")
    parser.add_argument("--show", action="store_true", help="print what is known afterwards")
    parser.add_argument("--page", type=int, default=500, help="events in one transaction")
    given = parser.parse_args()
    db = sqlite3.connect(given.file)
    db.executescript(TABLES)
    follow(db, changes, given.page, once=given.once)
    for view in ("pairs_shown", "waves_shown") if given.show else ():
        for row in db.execute(f"SELECT * FROM {view}"):  # noqa: S608  a name of ours
            print(*row)
    db.close()


if __name__ == "__main__":
    main()
