"""Quotations in a report's text: references that are read where they are sealed, and words that nobody may paste."""

import uuid

import pytest

from mentoring_contracts.applications import PersonErased
from mentoring_contracts.evaluation import CaseStudyWithdrawn
from mentoring_evaluation.reports.commands.editions import without_words
from mentoring_evaluation.reports.document import Part, QuoteInReport, Written
from mentoring_evaluation.reports.narrative import WITHDRAWN, resolved, unknown_references, with_quotes
from mentoring_evaluation.reports.repetition import Text

QUOTE = "She asked better questions than I ever did in all my years."
SHORT = "I found my voice."
SUMMARY = "We spoke about how to lead a team that nobody had ever led before us."


def text_of(*texts):
    return [{"title": "Findings", "text": text} for text in texts]


def written(*texts):
    return tuple(Written(title="Findings", text=text) for text in texts)


@pytest.mark.parametrize(
    ("written", "said", "found"),
    [
        ("Says: SHE ASKED, better questions… than I ever did!", QUOTE, "SHE ASKED, better questions… than I ever did"),
        ("She asked better questions than he did.", QUOTE, None),
        ("Then «I found my voice» she said", SHORT, "I found my voice"),
        ("I found the voice.", SHORT, None),
        ("I would’ve do\u00adne it all over again and again, truly", "I wouldve done it all over again and again",
         "I would’ve do\u00adne it all over again and again"),
        ("very good", "very good", None),
        ("彼女は私より良い質問をした。", "彼女は私より良い質問をした", "彼女は私より良い質問をした"),
        ("one two three four five six seven eight nine", "x one two three four five six seven eight nine y",
         "one two three four five six seven eight nine"),
    ],
)  # fmt: skip
def test_what_repeats_what_was_said(written, said, found):
    spans = Text(written).repeats(Text(said))
    assert [written[start:end] for start, end in spans] == ([] if found is None else [found])


def test_long_texts_are_compared_quickly():
    words = [f"w{number % 997}" for number in range(100_000)]
    assert Text(" ".join(words)).repeats(Text(" ".join(f"v{number}" for number in range(20_000)))) == []


def test_words_are_cut_wherever_they_are_repeated():
    twice = written(f"It is told: {QUOTE} Again: {QUOTE.upper()} End of {{figure:pairs}}.", "Nothing here.")
    cut = without_words(twice, [QUOTE, SHORT])
    assert cut[0].text == f"It is told: {WITHDRAWN}. Again: {WITHDRAWN}. End of {{figure:pairs}}."
    assert cut[1] == twice[1]


def test_a_reference_to_a_quote_is_withdrawn_until_it_is_read():
    one = uuid.uuid4()
    sections = written(f"One said {{quote: {one} }} and\n\n{{quote:b2}}")
    assert unknown_references(sections, [], {str(one)}) == ["quote:b2"]
    assert unknown_references(sections, []) == []
    assert unknown_references(written("{quote:a1"), [], {"a1"}) == ["{quote:a1"]
    quotes = [QuoteInReport(quote_id=one, text="Well.", role="mentor", cohort=2)]
    [first, second] = with_quotes(resolved(sections, []), quotes)[0].paragraphs
    assert first[1] == Part(quote=str(one), text="“Well.”", evidence="a mentor of cohort 2")
    assert second == (Part(quote="b2", text=WITHDRAWN, evidence=""),)


async def interviewed(programme, *quotes, summary="said"):
    """A pair of cohort 1 whose mentor is quoted: the mentor, their client and the path of the interview."""
    mentor, own = uuid.uuid4(), None
    match_id = await programme.match(1, mentor, uuid.uuid4())
    path, own = await programme.approved_interview(match_id, mentor, quotes, summary)
    return mentor, own, path


async def shown(client, path):
    """A report as data, as a page and as a PDF without its compression."""
    data, page = (await client.get(path)).json(), (await client.get(f"{path}/html")).text
    return data, page, (await client.get(f"{path}/pdf")).content


@pytest.mark.parametrize("how", ["interview", "erasure"])
@pytest.mark.parametrize("kind", ["final", "public"])
async def test_a_quotation_in_the_text_vanishes_with_its_person(programme, kind, how):
    await programme.begin()
    mentor, own, interview = await interviewed(programme, QUOTE)
    report = await programme.report(kind)
    path, [quote] = f"/reports/{report['id']}", report["quotes"]
    told = text_of(f"One of them put it so: {{quote:{quote['quote_id']}}}\n\nOf {{figure:matched_pairs}} pairs.")
    saved = await programme.team.put(f"{path}/narrative", json={"narrative": told})
    assert saved.status_code == 200, saved.text
    assert (await programme.team.post(f"{path}/publish")).json()["state"] == "published"
    data, page, with_quote = await shown(programme.team, path)
    part = data["narrative"][0]["paragraphs"][0][1]
    assert part == {"text": f"“{QUOTE}”", "evidence": "a mentor of cohort 1", "quote": quote["quote_id"]}
    assert f'put it so: <em title="a mentor of cohort 1">“{QUOTE}”</em>' in page
    if how == "interview":
        assert (await own.post(f"{interview}/withdraw")).json()["state"] == "withdrawn"
    else:
        await programme.tell(PersonErased(person_id=mentor))
    data, page, without = await shown(programme.team, path)
    assert (data["edition"], data["quotes"]) == (2, [])
    assert data["narrative"][0]["paragraphs"][0][1]["text"] == WITHDRAWN
    assert "their words were removed" in data["notes"][0]["text"]
    assert QUOTE not in page + str(data)
    assert WITHDRAWN in page
    assert without != with_quote


async def test_only_quotes_of_the_report_may_be_named(programme):
    await programme.begin()
    await interviewed(programme, QUOTE)
    final, interim = await programme.report("final"), await programme.report("interim")
    quote = {"narrative": text_of(f"{{quote:{final['quotes'][0]['quote_id']}}}")}
    for report, text in ((interim, quote), (final, {"narrative": text_of(f"{{quote:{uuid.uuid4()}}}")})):
        refused = await programme.team.put(f"/reports/{report['id']}/narrative", json=text)
        assert (refused.status_code, refused.json()["code"]) == (422, "narrative_invalid")
    assert (await programme.report("final", **quote))["narrative"][0]["paragraphs"][0][0]["text"] == f"“{QUOTE}”"
    asked = await programme.team.post(f"/programmes/{programme.id}/reports", json={"kind": "network"} | quote)
    assert asked.json()["code"] == "narrative_invalid"


@pytest.mark.parametrize("kind", ["final", "interim", "steering_group", "network", "public"])
async def test_pasted_words_are_refused_by_the_name_of_their_reference(programme, kind):
    await programme.begin()
    match_id, *_ = await programme.interviewed_pair()
    await programme.case_study(match_id)
    await interviewed(programme, QUOTE, SHORT, summary=SUMMARY)
    report = await programme.report(kind)
    ids = {quote["text"]: quote["quote_id"] for quote in report["quotes"]}
    pasted = [
        {"title": "In short", "text": "As one says, i found MY voice; and so on."},
        {"title": "Fine", "text": "She asked better questions than he did."},
        {"title": QUOTE, "text": "so it was"},
        {"title": "Sum", "text": f"About this: {SUMMARY.lower()}"},
    ]
    use = [f"{{quote:{ids[text]}}}" if ids else None for text in (SHORT, QUOTE)]
    wanted = [{"section": section, "use": name} for section, name in zip((1, 3, 4), (*use, None), strict=True)]
    saved = await programme.team.put(f"/reports/{report['id']}/narrative", json={"narrative": pasted})
    asked = await programme.team.post(f"/programmes/{programme.id}/reports", json={"kind": kind, "narrative": pasted})
    for refused in (saved, asked):
        problem = refused.json()
        assert (refused.status_code, problem["code"], problem["repeated"]) == (422, "words_repeated", wanted)
        assert not {"questions", "voice", "team"} & set(str(problem).lower().split())


async def test_words_in_a_text_from_before_go_when_their_speaker_withdraws(evaluation, programme):
    await programme.begin()
    told = text_of(f"We heard: {QUOTE} There are {{figure:matched_pairs}} pairs.")
    reports = {kind: await programme.report(kind, narrative=told) for kind in ("interim", "network")}
    published = f"/reports/{reports['interim']['id']}"
    await programme.team.post(f"{published}/publish")
    _, own, interview = await interviewed(programme, QUOTE)
    await own.post(f"{interview}/withdraw")
    for kind, edition in (("interim", 2), ("network", 0)):
        data, page, _ = await shown(programme.team, f"/reports/{reports[kind]['id']}")
        text = "".join(part["text"] for part in data["narrative"][0]["paragraphs"][0])
        assert (text, data["edition"]) == (f"We heard: {WITHDRAWN}. There are 0 pairs.", edition)
        assert "questions" not in page
    [note] = (await programme.team.get(published)).json()["notes"]
    assert "removed from the text" in note["text"]


async def test_a_withdrawn_case_study_leaves_texts_too(evaluation, programme):
    await programme.begin()
    match_id, _, mentors, mentees, _ = await programme.interviewed_pair()
    told = {title: f"They told of {title.lower()} at length and in depth." for title in programme.SECTIONS}
    pasted = {"narrative": text_of(told["Profile of the mentee"])}
    early = await programme.report("interim", **pasted)
    made = await programme.team.post(f"/matches/{match_id}/case-study", json={"sections": told})
    path = f"/case-studies/{made.json()['id']}"
    for own in (mentors, mentees):
        await own.post(f"{path}/approve", json={"version": 1})
    report = await programme.report("final")
    refused = await programme.team.put(f"/reports/{report['id']}/narrative", json=pasted)
    assert refused.json()["repeated"] == [{"section": 1, "use": None}]
    await mentees.post(f"{path}/withdraw")
    [paragraph] = (await programme.team.get(f"/reports/{early['id']}")).json()["narrative"][0]["paragraphs"]
    assert paragraph == [{"text": f"{WITHDRAWN}."}]
    [event] = await evaluation.emitted(programme.tenant, CaseStudyWithdrawn)
    assert (str(event.case_study_id), event.match_id) == (made.json()["id"], match_id)


async def test_an_approval_names_the_version_of_the_wording(programme):
    await programme.begin()
    _, manager = await programme.granted("programme_manager")
    new = {"title": "Time", "description": "People lack it."}
    theme = (await programme.team.post(f"/programmes/{programme.id}/themes", json=new)).json()
    path = f"/themes/{theme['id']}/approve"
    for stale in ({"wording_version": 9}, {"version": 9}):
        refused = await manager.post(path, json=stale)
        assert (refused.status_code, refused.json()["wording_version"]) == (409, 1), refused.text
        assert "wording_version 1: that member counts, not `version`" in refused.json()["detail"]
    for unclear in ({}, {"wording_version": 1, "version": 1}):
        assert (await manager.post(path, json=unclear)).status_code == 422
    assert (await manager.post(path, json={"wording_version": 1})).status_code == 200
    assert (await manager.post(path, json={"version": 1})).status_code == 200
