"""Who reads what, what is left after erasure, and that texts are nowhere but under seal."""

import logging

import pytest
import sqlalchemy as sa

from mentoring_common import migrations
from mentoring_common.audit_proof import verdict
from mentoring_common.ids import new_id
from mentoring_common.tables import audit_log
from mentoring_common.testing import refused
from mentoring_contracts.applications import PersonErased, RoleGranted
from mentoring_contracts.sessions import NotesOpened, RelationshipNoticeDue
from mentoring_sessions.models import Base

CANARY = "CANARY-7f3a"


async def _note(begun, visibility, text="My note"):
    answer = await begun.meet(begun.mentee, note=text, note_visibility=visibility)
    assert answer.status_code == 201, answer.text
    return answer.json()["note_id"]


async def _notes(begun, client):
    answer = await client.get(f"{begun.path}/mentoring-sessions")
    assert answer.status_code == 200, answer.text
    return [note["text"] for meeting in answer.json()["items"] for note in meeting["notes"]]


@pytest.mark.parametrize(
    ("visibility", "mentor_reads", "team_reads"),
    [("mine", False, False), ("pair", True, False), ("programme_team", True, True)],
)
async def test_a_note_is_seen_as_far_as_its_writer_said(begun, visibility, mentor_reads, team_reads):
    await _note(begun, visibility)
    assert await _notes(begun, begun.mentee) == ["My note"]
    assert await _notes(begun, begun.mentor) == ["My note"] * mentor_reads
    assert await _notes(begun, begun.team) == ["My note"] * team_reads
    assert await _notes(begun, begun.admin) == []
    for scope in ("organisation:admin", "hr:provision"):
        assert await _notes(begun, begun.client(begun.manager_id, "sessions:read", scope)) == []
        assert await _notes(begun, begun.client(begun.mentor_id, "sessions:read", scope)) == []


async def test_a_note_is_the_writers_alone_unless_they_say_more(begun):
    meeting = (await begun.meet(begun.mentee, note="Private")).json()
    assert await _notes(begun, begun.mentor) == []
    shared = await begun.mentee.patch(f"/notes/{meeting['note_id']}", json={"visibility": "pair"})
    assert shared.json()["visibility"] == "pair"
    assert await _notes(begun, begun.mentor) == ["Private"]
    own = await begun.mentor.post(f"/mentoring-sessions/{meeting['id']}/notes", json={"text": "Mine"})
    assert (own.status_code, own.json()["visibility"]) == (201, "mine")
    assert await _notes(begun, begun.mentor) == ["Private", "Mine"]
    for answer in (
        await begun.mentor.patch(f"/notes/{meeting['note_id']}", json={"visibility": "mine"}),
        await begun.mentor.delete(f"/notes/{meeting['note_id']}"),
    ):
        assert refused(answer, 403, "note_of_another")
    assert (await begun.mentee.delete(f"/notes/{meeting['note_id']}")).status_code == 204
    assert await _notes(begun, begun.mentor) == ["Mine"]


async def test_reading_anothers_words_is_audited_and_ones_own_is_not(begun):
    note_id = await _note(begun, "programme_team")
    await begun.mentee.post(f"{begun.path}/concerns", json={"text": "Worry"})
    await begun.mentee.post(f"{begun.path}/check-ins", json={"going_well": 1, "comment": "Bad"})
    for client in (begun.mentee, begun.mentor, begun.team):
        await _notes(begun, client)
        await client.get(f"{begun.path}/concerns")
        await client.get(f"{begun.path}/check-ins")
    rows = sa.select(audit_log.c.actor, audit_log.c.act, audit_log.c.subject_id)
    async with begun.harness.service.database.transaction(begun.tenant) as db:
        read = [row for row in await db.execute(rows) if row.act.startswith("read_")]
        assert (await verdict(db, "sessions")).intact
    mentor, team = str(begun.mentor_id), str(begun.manager_id)
    assert sorted((r.actor, r.act) for r in read) == sorted(
        [(mentor, "read_note"), (team, "read_note"), (team, "read_concern"), (team, "read_check_in")]
    )
    assert {str(r.subject_id) for r in read if r.act == "read_note"} == {note_id}


async def _everything_written(begun):
    """The text of every row of every table of the service's database."""
    async with begun.harness.service.system.connect() as connection:
        names = (await connection.scalars(sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))).all()
    texts = {}
    async with begun.harness.service.database.transaction(begun.tenant) as db:
        for name in sorted(names):
            if name != "alembic_version":
                rows = (await db.execute(sa.text(f"SELECT t::text, t.* FROM {name} t"))).all()  # noqa: S608
                texts[name] = " ".join(map(_legible, rows))
    return texts


def _legible(row):
    return " ".join(v.decode("latin-1") if isinstance(v, bytes) else str(v) for v in row)


async def _plant(begun):
    client = begun.mentee
    key = {"Idempotency-Key": "k"}
    new = {"held_at": begun.now().isoformat(), "minutes": 30, "mode": "online", "note": CANARY}
    meeting = await client.post(f"{begun.path}/mentoring-sessions", json=new, headers=key)
    answers = [
        meeting,
        await client.post(
            f"/mentoring-sessions/{meeting.json()['id']}/notes",
            json={"text": CANARY, "visibility": "programme_team"},
            headers=key,
        ),
        await client.post(f"{begun.path}/concerns", json={"text": CANARY}, headers=key),
        await client.post(f"{begun.path}/check-ins", json={"going_well": 3, "comment": CANARY}, headers=key),
        await client.post(f"{begun.path}/agreement", json={"terms": CANARY}, headers=key),
        goal := await client.post(f"{begun.path}/goals", json={"text": CANARY}, headers=key),
        await client.post(f"/goals/{goal.json()['id']}/actions", json={"text": CANARY}, headers=key),
    ]
    assert {a.status_code for a in answers} == {201}
    return answers


async def test_what_people_write_is_in_no_event_log_error_or_unsealed_row(begun, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    answers = await _plant(begun)
    answers.append(await begun.mentee.post(f"{begun.path}/concerns", json={"text": CANARY * 1000}))
    answers.append(await begun.mentee.post(f"{begun.path}/check-ins", json={"going_well": CANARY}))
    answers.append(await begun.meet(begun.mentee, minutes=CANARY, note=CANARY))
    answers.append(await begun.stranger.post(f"{begun.path}/concerns", json={"text": CANARY}))
    assert [a.status_code for a in answers[-4:]] == [422, 422, 422, 404]
    assert [a.text for a in answers if CANARY in a.text] == []
    written = await _everything_written(begun)
    assert {"notes", "outbox", "idempotency_keys", "audit_log"} <= written.keys()
    assert written["idempotency_keys"]
    assert [name for name, text in written.items() if CANARY in text] == []
    printed = capfd.readouterr()
    assert CANARY not in caplog.text + printed.out + printed.err
    assert await _notes(begun, begun.mentee) == [CANARY, CANARY]  # the canaries are there, under seal


async def test_erasure_removes_every_word_and_leaves_the_totals(begun):
    await _plant(begun)
    await begun.mentor.post(f"{begun.path}/concerns", json={"text": "The mentor's"})
    activity = await begun.plan(starts_at="2099-01-01T10:00:00Z", places=1)
    assert (await begun.mentee.post(f"/activities/{activity['id']}/registration")).status_code == 201
    before = await begun.read()
    await begun.harness.publish(begun.tenant, PersonErased(person_id=begun.mentee_id))

    assert await begun.read() == before
    assert before["total_minutes"] == 30
    assert [c["text"] for c in (await begun.team.get(f"{begun.path}/concerns")).json()["items"]] == ["The mentor's"]
    assert await _notes(begun, begun.team) == []
    assert [c["comment"] for c in (await begun.team.get(f"{begun.path}/check-ins")).json()["items"]] == [None]
    (goal,) = (await begun.mentor.get(f"{begun.path}/goals")).json()["items"]
    assert (goal["text"], goal["actions"][0]["text"]) == (None, None)
    assert (await begun.mentor.get(f"{begun.path}/agreement")).json()["terms"] is None
    assert (await begun.mentor.post(f"/activities/{activity['id']}/registration")).status_code == 201
    # The key is gone for good: nothing can be sealed under it again.
    again = await begun.meet(begun.mentee, note="again", another_meeting=True)
    assert again.json()["code"] == "erased"
    assert (await begun.read())["total_minutes"] == 30


async def test_erasing_twice_or_somebody_unknown_is_harmless(begun):
    events = [PersonErased(person_id=begun.mentee_id), PersonErased(person_id=begun.mentee_id)]
    await begun.harness.publish(begun.tenant, *events, PersonErased(person_id=new_id()))
    assert (await begun.read())["state"] == "active"


async def test_the_migrations_make_the_tables_that_the_models_say(sessions):
    assert await migrations.differences(sessions.service.database.engine, "sessions") == []
    assert set(Base.metadata.tables) >= {"relationships", "notes", "activities"}


@pytest.mark.parametrize(
    ("visibility", "readers"),
    [("mine", {"mentee"}), ("lead", {"mentee", "mentor"}), ("pair", {"mentee", "mentor"}),
     ("programme_team", {"mentee", "mentor", "team"})],
)  # fmt: skip
async def test_a_note_is_read_by_itself_by_whoever_it_is_shared_with(begun, visibility, readers):
    meeting = (await begun.meet(begun.mentee, note="Words", note_visibility=visibility)).json()
    path, found = f"/notes/{meeting['note_id']}", set()
    for name in ("mentee", "mentor", "team", "admin", "stranger"):
        answer = await getattr(begun, name).get(path)
        assert answer.status_code in (200, 404)
        found |= {name} if answer.status_code == 200 else set()
        assert ("Words" in answer.text) == (name in readers)
    assert found == readers
    refusal = (403, "note_of_another") if "mentor" in readers else (404, "note_not_found")
    assert refused(await begun.mentor.delete(path), *refusal), "its writer's alone"


async def test_a_note_that_one_only_reads_is_not_ones_own_to_change(begun):
    meeting = (await begun.meet(begun.mentee, note="N", note_visibility="programme_team")).json()
    path = f"/notes/{meeting['note_id']}"
    for client in (begun.mentor, begun.team):
        assert (await client.get(path)).status_code == 200
        assert refused(await client.delete(path), 403, "note_of_another")
    assert refused(await begun.stranger.delete(path), 404, "note_not_found")


async def guards(begun):
    """Two people who take concerns about safeguarding, and a note that its writer keeps to themselves."""
    people = [new_id(), new_id()]
    for person in people:
        role = {"role_id": new_id(), "programme_id": begun.programme_id, "person_id": person}
        await begun.harness.publish(begun.tenant, RoleGranted(**role, role="lead", rights=["take_safeguarding"]))
    assert (await begun.meet(begun.mentee, note=CANARY, note_visibility="mine")).status_code == 201
    return [begun.client(person) for person in people]


WHY = {"reason": "Somebody may come to harm"}


async def test_two_people_open_notes_with_a_reason_for_a_day_and_who_wrote_them_is_told(begun):
    one, other = await guards(begun)
    asked = await one.post(f"{begun.path}/break-glass", json=WHY)
    assert (asked.status_code, asked.json()["state"], "reason" in asked.json()) == (201, "asked", False)
    path = f"/break-glass/{asked.json()['id']}"
    assert refused(await one.get(f"{path}/notes"), 409, "glass_not_open")
    assert refused(await one.post(f"{path}/approve"), 403, "second_person_needed")
    assert (await begun.mentee.get(f"{begun.path}/break-glass")).json() == [], "nobody is told of what is not done"
    assert (await other.post(f"{path}/approve")).json()["state"] == "open"
    assert refused(await other.post(f"{path}/approve"), 409, "glass_not_open")
    for client in (one, other):
        (note,) = (await client.get(f"{path}/notes")).json()
        assert (note["text"], note["visibility"]) == (CANARY, "mine")
    told = await begun.harness.emitted(begun.tenant, RelationshipNoticeDue)
    assert [n.person_id for n in told if n.what == "notes_opened"] == [begun.mentee_id]
    assert len(await begun.harness.emitted(begun.tenant, NotesOpened)) == 1
    (shown,) = (await begun.mentee.get(f"{begun.path}/break-glass")).json()
    assert (shown["reason"], shown["state"]) == (WHY["reason"], "open")
    begun.later(days=1, minutes=1)
    assert refused(await one.get(f"{path}/notes"), 409, "glass_not_open")
    entries = (await begun.admin.get("/audit-log?limit=200")).json()["items"]
    acts = [entry["act"] for entry in entries]
    assert {"ask_break_glass", "approve_break_glass", "read_opened_notes", "read_note"} <= set(acts)


async def test_nobody_else_opens_notes(begun):
    one, _ = await guards(begun)
    for client in (begun.mentor, begun.mentee, begun.admin):
        assert (await client.post(f"{begun.path}/break-glass", json=WHY)).status_code == 403
    # Who manages the programme has no part in it once somebody has the right; a stranger finds nothing.
    for client in (begun.team, begun.stranger):
        assert refused(await client.post(f"{begun.path}/break-glass", json=WHY), 404, "relationship_not_found")
    assert refused(await one.post(f"{begun.path}/break-glass", json={"reason": "So"}), 422, "invalid_request")
    asked = (await one.post(f"{begun.path}/break-glass", json=WHY)).json()
    third = new_id()
    role = {"role_id": new_id(), "programme_id": begun.programme_id, "person_id": third, "role": "lead"}
    await begun.harness.publish(begun.tenant, RoleGranted(**role, rights=["take_safeguarding"]))
    path = f"/break-glass/{asked['id']}"
    assert refused(await begun.client(third).get(f"{path}/notes"), 403, "not_for_you")
    begun.later(days=8)
    assert refused(await begun.client(third).post(f"{path}/approve"), 409, "glass_not_open")


async def test_a_shared_note_is_written_by_both_and_no_word_is_lost(begun):
    meeting = (await begun.meet(begun.mentee)).json()["id"]
    path, together = f"/mentoring-sessions/{meeting}/notes", {"text": "Ours", "visibility": "pair", "shared": True}
    assert refused(await begun.mentee.post(path, json={"text": "T", "shared": True}), 422, "invalid_request")
    note = (await begun.mentee.post(path, json=together)).json()
    own = (await begun.mentee.post(path, json={"text": "Mine", "visibility": "pair"})).json()
    read = {"If-Match": f'"{note["version"]}"'}
    changed = await begun.mentor.patch(f"/notes/{note['id']}", json={"text": "Ours, and mine"}, headers=read)
    assert (changed.status_code, changed.json()["written_with"]) == (200, [str(begun.mentor_id)])
    late = await begun.mentee.patch(f"/notes/{note['id']}", json={"text": "Other words"}, headers=read)
    assert late.status_code == 412
    assert (await begun.mentee.get(f"/notes/{note['id']}")).json()["text"] == "Ours, and mine"
    anyhow = {"If-Match": "*"}
    wider = {"visibility": "programme_team"}
    for client, id_, change, status, code in (
        (begun.mentor, own["id"], {"text": "No"}, 403, "note_of_another"),
        (begun.mentor, note["id"], wider, 403, "note_of_another"),
        (begun.mentee, note["id"], {"visibility": "mine"}, 409, "note_shared"),
        (begun.team, note["id"], {"text": "No"}, 404, "note_not_found"),
    ):
        assert refused(await client.patch(f"/notes/{id_}", json=change, headers=anyhow), status, code)
    assert refused(await begun.mentor.delete(f"/notes/{note['id']}"), 403, "note_of_another")
    assert (await begun.mentee.patch(f"/notes/{note['id']}", json=wider, headers=anyhow)).status_code == 200
    # The team reads it now, and writes in it no more than before.
    by_team = await begun.team.patch(f"/notes/{note['id']}", json={"text": "No"}, headers=anyhow)
    assert refused(by_team, 403, "not_of_the_pair")
    await begun.harness.publish(begun.tenant, PersonErased(person_id=begun.mentor_id))
    assert refused(await begun.mentee.get(f"/notes/{note['id']}"), 404, "note_not_found")
    assert (await begun.mentee.get(f"/notes/{own['id']}")).json()["text"] == "Mine"
