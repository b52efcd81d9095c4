"""Published reports: whoever has the link, people of the organisation, the steering group."""

import asyncio
import uuid

import pytest

from mentoring_common.testing import refused
from mentoring_evaluation.errors import PrinterBusy
from mentoring_evaluation.reports import printing
from mentoring_evaluation.reports.printing import Printer

QUOTE = "I found my voice."
KINDS = ("interim", "final", "network", "steering_group", "public", "programme_team")


async def published(programme, kind, **body):
    report = await programme.report(kind, **body)
    assert (await programme.team.post(f"/reports/{report['id']}/publish")).status_code == 200
    return report["id"]


async def test_a_published_public_report_is_read_with_the_link_alone(programme, statistics):
    await programme.begin()
    statistics.of[str(programme.id)] = {"ledger": [{"cohort_number": 1, "role": "mentee", "applied": 2, "matched": 2}]}
    mentor = uuid.uuid4()
    interview, own = await programme.approved_interview(await programme.match(1, mentor, uuid.uuid4()), mentor)
    report = await programme.report("public")
    quote_id = report["quotes"][0]["quote_id"]
    told = {"narrative": [{"title": "Heard", "text": f"{{quote:{quote_id}}} of {{figure:matched_pairs}}"}]}
    assert (await programme.team.put(f"/reports/{report['id']}/narrative", json=told)).status_code == 200
    link = f"/reports/{report['id']}"
    for path in (link, f"{link}/html", f"{link}/pdf"):
        assert (await programme.public.get(path)).json()["code"] == "report_not_found"  # not yet published
    await programme.team.post(f"{link}/publish")
    data = await programme.public.get(link)
    assert data.status_code == 200, data.text
    assert data.json()["quotes"] == [{"text": QUOTE, "cohort": 1, "role": "mentor"}]
    assert data.json()["narrative"][0]["paragraphs"][0][0]["text"] == f"“{QUOTE}”"
    assert (data.json()["ledger"], data.json()["view"], data.json()["edition"]) == ([], "public", 1)
    assert not {"approver", "requested_at", "state", "audience"} & data.json().keys()
    for secret in (quote_id, interview.rsplit("/", 1)[1], str(mentor), "evidence?"):
        assert secret not in data.text
    page, pdf = await programme.public.get(f"{link}/html"), await programme.public.get(f"{link}/pdf")
    assert (page.headers["content-type"], page.headers["cache-control"]) == ("text/html; charset=utf-8", "no-cache")
    assert QUOTE in page.text
    assert pdf.content == (await programme.client(subject=mentor).get(f"{link}/pdf")).content
    assert pdf.content.startswith(b"%PDF")
    known = {"If-None-Match": page.headers["etag"]}
    assert (await programme.public.get(f"{link}/html", headers=known)).status_code == 304
    await own.post(f"{interview}/withdraw")
    after = await programme.public.get(f"{link}/html", headers=known)
    assert (after.status_code, QUOTE in after.text, "Edition 2" in after.text) == (200, False, True)
    assert (await programme.public.get(f"{link}/pdf")).content != pdf.content
    assert QUOTE not in (await programme.public.get(link)).text


async def test_every_other_report_is_not_there_without_a_token(programme, evaluation):
    await programme.begin()
    ids = {kind: await published(programme, kind) for kind in KINDS}
    waiting = (await programme.report("public"))["id"]
    for report_id in (*(ids[kind] for kind in KINDS if kind != "public"), waiting, uuid.uuid4()):
        for page in ("", "/html", "/pdf"):
            answer = await programme.public.get(f"/reports/{report_id}{page}")
            assert refused(answer, 404, "report_not_found")
    elsewhere = await evaluation.anonymous().get(f"/public/{uuid.uuid4()}/reports/{ids['public']}")
    assert elsewhere.json()["code"] == "report_not_found"


async def test_each_lists_and_reads_the_published_reports_that_are_for_them(programme):
    await programme.begin()
    ids = {kind: await published(programme, kind) for kind in KINDS}
    waiting = (await programme.report("steering_group"))["id"]
    approving = (await programme.report("interim", approver="steering_group"))["id"]
    mentee = uuid.uuid4()
    await programme.match(1, uuid.uuid4(), mentee)
    _, group = await programme.granted("steering_group")
    _, coordinator = await programme.granted("coordinator")
    beyond = {ids[kind] for kind in ("network", "steering_group", "public")}
    every = {*ids.values(), waiting, approving}
    expected = {
        programme.client("evaluation:read", subject=mentee): {ids["public"]},
        group: beyond | {approving},
        coordinator: every,
        programme.team: every,
    }
    for client, readable in expected.items():
        listed = await client.get(f"/programmes/{programme.id}/reports")
        assert {one["id"] for one in listed.json()["items"]} == readable
        for report_id in every:
            for page in ("", "/html"):
                answer = await client.get(f"/reports/{report_id}{page}")
                assert answer.status_code == (200 if report_id in readable else 403)
    stranger = programme.harness.caller("evaluation:read", tenant=uuid.uuid4())
    assert (await stranger.get(f"/programmes/{programme.id}/reports")).status_code == 404
    assert (await stranger.get(f"/reports/{ids['public']}")).status_code == 404


async def test_many_readers_have_a_page_made_once_and_only_so_many_wait(monkeypatch):
    monkeypatch.setattr(printing, "WAITING", 3)
    printer, made = Printer(), []
    key = ("text/html", uuid.uuid4())

    async def read(digest):
        return await printer.printed(key, digest, lambda: made.append(digest) or digest.encode())

    assert await asyncio.gather(*(read("a") for _ in range(3))) == [b"a"] * 3
    assert made == ["a"]
    assert (await read("b"), await read("b"), made) == (b"b", b"b", ["a", "b"])
    answers = await asyncio.gather(*(read(f"c{number}") for number in range(5)), return_exceptions=True)
    assert sum(isinstance(answer, PrinterBusy) for answer in answers) == 2
    for _ in range(2 * printing.KEPT):
        await printer.printed(("text/html", uuid.uuid4()), "d", lambda: b"d")
    await read("c0")
    assert made.count("c0") == 2  # it had to make room


@pytest.mark.parametrize("tag", ["", "x" * 300])
async def test_a_wrong_etag_is_no_error_of_ours(programme, tag):
    await programme.begin()
    link = f"/reports/{await published(programme, 'public')}/html"
    answer = await programme.public.get(link, headers={"If-None-Match": tag})
    assert answer.status_code in (200, 422)
