"""A note for who supervises its writer: read by them, on record, and by nobody else of the pair or the team."""

from dataclasses import dataclass, field
from uuid import UUID

import pytest
import sqlalchemy as sa

from mentoring_common.ids import new_id
from mentoring_common.tables import audit_log
from mentoring_common.testing import refused
from mentoring_contracts.matching import GroupEnded, GroupFormed, GroupMemberJoined

FORMATS = [{"id": "mentoring"}, {"id": "clinical", "like": "supervision", "title": "Clinical supervision"}]


@dataclass
class Supervised:
    """A pair that has met, and a supervision in which its mentor is."""

    play: object
    meeting: str
    supervisor_id: UUID = field(default_factory=new_id)
    group_id: UUID = field(default_factory=new_id)

    @property
    def ids(self):
        where = {"programme_id": self.play.programme_id, "cohort_id": self.play.cohort_id}
        return {"group_id": self.group_id, "kind": "clinical", **where}

    @property
    def supervisor(self):
        return self.play.client(self.supervisor_id)

    async def supervise(self, *people):
        lead = GroupMemberJoined(**self.ids, person_id=self.supervisor_id, role="supervisor", leads=True)
        others = [GroupMemberJoined(**self.ids, person_id=p, role="supervisee", leads=False) for p in people]
        await self.play.harness.publish(self.play.tenant, GroupFormed(**self.ids), lead, *others)

    async def write(self, client=None, visibility="mine", supervisor=True):
        new = {"text": "I was out of my depth", "visibility": visibility, "supervisor": supervisor}
        return await (client or self.play.mentor).post(f"/mentoring-sessions/{self.meeting}/notes", json=new)

    async def listed(self, client=None):
        return [one["id"] for one in (await (client or self.supervisor).get("/supervised-notes")).json()["items"]]


@pytest.fixture
async def world(play):
    await play.set_up(formats=FORMATS, activities={"orientation": {"compulsory": False}})
    await play.harness.publish(play.tenant, play.confirmed())
    return Supervised(play, (await play.meet()).json()["id"])


async def test_who_supervises_the_writer_reads_it_and_nobody_else(world):
    assert refused(await world.write(), 422, "no_supervisor")
    await world.supervise(world.play.mentor_id)
    made = await world.write()
    assert made.status_code == 201, made.text
    note = f"/notes/{made.json()['id']}"
    (one,) = (await world.supervisor.get("/supervised-notes")).json()["items"]
    assert (one["match_id"], one["written_by"], "text" in one) == (
        str(world.play.match_id), str(world.play.mentor_id), False,
    )  # fmt: skip
    assert (await world.supervisor.get(note)).json()["text"] == "I was out of my depth"
    assert (await world.play.mentor.get(note)).json()["text"] == "I was out of my depth"
    rows = sa.select(audit_log.c.actor, audit_log.c.subject_id).where(audit_log.c.act == "read_note")
    async with world.play.harness.service.database.transaction(world.play.tenant) as db:
        read = [(row.actor, str(row.subject_id)) for row in await db.execute(rows)]
    assert read == [(str(world.supervisor_id), made.json()["id"])]
    for client in (world.play.mentee, world.play.team, world.play.admin, world.play.stranger):
        assert (await client.get(note)).status_code in (403, 404)
        assert await world.listed(client) == []
    hr = world.play.client(world.supervisor_id, "sessions:read", "hr:provision")
    assert await world.listed(hr) == []
    assert refused(
        await world.supervisor.patch(note, json={"text": "x"}, headers={"If-Match": "*"}), 403, "note_of_another"
    )
    for path in (world.play.path, f"/mentoring-sessions/{world.meeting}"):
        assert (await world.supervisor.get(path)).status_code == 404
    seen = (await world.play.mentee.get(f"/mentoring-sessions/{world.meeting}")).json()
    assert seen["notes"] == []


async def test_only_what_was_written_for_them_and_as_long_as_the_supervision_goes_on(world):
    await world.supervise(world.play.mentor_id)
    made = (await world.write()).json()["id"]
    for visibility in ("mine", "lead", "pair", "programme_team"):
        other = (await world.write(visibility=visibility, supervisor=False)).json()["id"]
        assert (await world.supervisor.get(f"/notes/{other}")).status_code == 404
    assert refused(await world.write(world.play.mentee), 422, "no_supervisor")
    assert await world.listed() == [made]
    await world.play.harness.publish(world.play.tenant, GroupEnded(**world.ids, reason="finished"))
    assert await world.listed() == []
    assert (await world.supervisor.get(f"/notes/{made}")).status_code == 404
    again = Supervised(world.play, world.meeting)
    world.play.later(hours=1)
    await again.supervise(world.play.mentor_id)
    assert await again.listed() == []  # it was written for who supervised then
    new = (await again.write()).json()["id"]
    assert await again.listed() == [new]


async def test_a_supervisor_reads_nothing_of_a_relationship_that_they_are_in(world):
    world.supervisor_id = world.play.mentee_id
    await world.supervise(world.play.mentor_id)
    made = await world.write()
    assert made.status_code == 201
    assert await world.listed() == []
    assert (await world.play.mentee.get(f"/notes/{made.json()['id']}")).status_code == 404


async def test_one_is_kept_for_the_supervisor_later_and_one_that_both_write_is_not(world):
    await world.supervise(world.play.mentor_id)
    made = (await world.write(supervisor=False)).json()["id"]
    change = {"json": {"supervisor": True}, "headers": {"If-Match": "*"}}
    assert (await world.play.mentor.patch(f"/notes/{made}", **change)).json()["supervisor"] is True
    assert await world.listed() == [made]
    back = {"json": {"supervisor": False}, "headers": {"If-Match": "*"}}
    assert (await world.play.mentor.patch(f"/notes/{made}", **back)).status_code == 200
    assert await world.listed() == []
    both = {"text": "ours", "visibility": "pair", "shared": True}
    notes = f"/mentoring-sessions/{world.meeting}/notes"
    assert refused(await world.play.mentor.post(notes, json=both | {"supervisor": True}), 422, "invalid_request")
    shared = (await world.play.mentor.post(notes, json=both)).json()["id"]
    assert refused(await world.play.mentor.patch(f"/notes/{shared}", **change), 409, "note_shared")
