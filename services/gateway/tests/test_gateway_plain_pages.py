"""Where letters lead people on an installation without a front end: plain pages, no script, no account."""

import html
import re
from uuid import uuid4

import pytest
from starlette.responses import JSONResponse

from mentoring_gateway.html_page import _every_word

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
QUESTIONS = [
    {"id": "liked", "kind": "choice", "text": "Liked <it>?", "options": ["Yes", "No"], "labels": {"Yes": "Ja"}},
    {"id": "where", "kind": "choices", "text": "Where?", "options": ["online", "office"]},
    {"id": "worth", "kind": "scale", "text": "Worth?", "min": 1, "max": 3},
    {"id": "times", "kind": "integer", "text": "How often?"},
    {"id": "parts", "kind": "matrix", "text": "Parts", "options": ["good", "bad"], "rows": [{"id": "a", "text": "A"}]},
    {"id": "more", "kind": "text", "text": "More?", "max_length": 100},
]


@pytest.fixture
def survey(world):
    tenant = uuid4()
    shown = {"wave_id": str(uuid4()), "role": "mentor", "title": "How was it", "questions": QUESTIONS, "version": 1}
    shown |= {"closes_at": "2099-01-01T00:00:00Z", "notice": "Nobody sees who said what.", "language": "en"}
    world.get(f"/evaluation/public/{tenant}/surveys/t0ken", shown)
    world.post(f"/evaluation/public/{tenant}/responses", {"wave_id": shown["wave_id"]})
    return f"/pages/surveys/{tenant}/t0ken"


async def test_a_survey_is_answered_on_a_page_without_a_script(front, world, survey):
    async with front.http(None) as http:
        page = await http.get(survey)
        assert page.headers["content-type"].startswith("text/html")
        assert "script-src" not in page.headers["content-security-policy"]
        assert "Liked &lt;it&gt;?" in page.text
        assert "Nobody sees who said what." in page.text
        [target] = re.findall(r'action="([^"]+)"', page.text)
        names = set(re.findall(r'name="([^"]+)"', page.text)) - {"viewport"}
        assert names == {"liked", "where", "worth", "times", "parts.a", "more"}
        body = "liked=Yes&where=online&where=office&worth=3&times=4&parts.a=good&more=&nobody=asked"
        sent = await http.post(f"{survey.rpartition('/')[0]}/{target}", content=body, headers=FORM)
    assert (sent.status_code, "Thank you" in sent.text) == (200, True)
    answers = {"liked": "Yes", "where": ["online", "office"], "worth": 3, "times": 4, "parts": {"a": "good"}}
    assert world.calls[-1].body == {"token": "t0ken", "answers": answers}


def invalid(**wrong):
    errors = [{"pointer": f"/body/answers/{name}", "code": code, "detail": ""} for name, code in wrong.items()]
    told = {"title": "Some answers do not fit their questions; `errors` names them", "errors": errors}
    return JSONResponse(told | {"status": 422, "code": "survey_answers_invalid"}, 422)


async def test_what_does_not_fit_is_shown_again_with_all_that_was_answered(front, world, survey):
    path = survey.replace("/pages/surveys/", "/evaluation/public/").replace("/t0ken", "/responses")
    world.post(path, invalid(worth="out_of_range", more="too_long", parts="not_an_option"))
    text = "%0D%0A".join(["<line>"] * 30)
    body = f"liked=Yes&where=office&worth=9&times=4&parts.a=good&more={text}"
    async with front.http(None) as http:
        again = await http.post(f"{survey}/answer", content=body, headers=FORM)
    assert again.status_code == 422
    assert "errors" not in again.text
    for said in ('value="Yes" checked', 'value="office" checked', 'name="times" aria-label="How often?" value="4"',
                 'value="good" checked', "Please give a number from 1 to 3.", "100 characters are possible",
                 "Please choose one of the answers", 'aria-describedby="wrong.worth"'):  # fmt: skip
        assert said in again.text, said
    lines = "\n".join(["&lt;line&gt;"] * 30)
    assert f">\n{lines}</textarea>" in again.text
    assert 'value="online" checked' not in again.text
    # A line ends with one character, as the browser counted it.
    assert world.calls[-1].body["answers"]["more"] == "\n".join(["<line>"] * 30)


async def test_a_question_that_takes_one_answer_is_not_given_the_first_of_two(front, world, survey):
    for twice in ("liked=Yes&liked=No", "parts.a=good&parts.a=bad", "worth=1&worth=2"):
        async with front.http(None) as http:
            again = await http.post(f"{survey}/answer", content=f"{twice}&times=4", headers=FORM)
        assert (again.status_code, "Please give one answer only." in again.text) == (422, True)
        assert " checked" not in again.text
    assert {call.method for call in world.calls} == {"GET"}


async def test_bytes_that_are_no_text_are_refused_by_every_form(front, world, survey):
    tenant = survey.split("/")[3]
    async with front.http(None) as http:
        for path in (f"{survey}/answer", f"/pages/nominations/{tenant}/t0ken/say"):
            for content in (b"more=%ff%fe", b"more=\xff", b"a=1&" * 6000):
                refused = await http.post(path, content=content, headers=FORM)
                assert (refused.status_code, "cannot be read" in refused.text) == (422, True), (path, content[:9])
    assert {call.method for call in world.calls} == {"GET"}


async def test_what_does_not_fit_is_said_in_the_language_of_the_page(front, world):
    tenant = uuid4()
    shown = {"wave_id": str(uuid4()), "role": "mentor", "title": "Arolwg", "questions": QUESTIONS, "version": 1}
    shown |= {"closes_at": "2099-01-01T00:00:00Z", "notice": "Dienw.", "notice_language": "cy", "language": "cy"}
    world.get(f"/evaluation/public/{tenant}/surveys/t0ken", shown)
    world.post(f"/evaluation/public/{tenant}/responses", invalid(worth="out_of_range", more="a_code_of_tomorrow"))
    async with front.http(None) as http:
        page = await http.post(f"/pages/surveys/{tenant}/t0ken/answer", content="worth=9&more=x", headers=FORM)
    assert "Rhowch rif o 1 i 3." in page.text
    assert "Nid yw hwn yn addas." in page.text


async def test_the_rows_of_a_matrix_are_groups_with_names(front, survey):
    async with front.http(None) as http:
        page = await http.get(survey)
    assert re.search(r'<fieldset><legend>A</legend><label><input type="radio" name="parts.a"', page.text)


async def test_a_page_has_no_words_for_programmers(front, world):
    tenant, told = uuid4(), {"title": "The request does not fit its schema; `errors` says where", "errors": []}
    unfit = JSONResponse(told | {"code": "invalid_request"}, 422)
    long = "A" * 200
    world.get(f"/sessions/public/{tenant}/certificates/{long}", unfit)
    async with front.http(None) as http:
        page = await http.get(f"/pages/certificates/{tenant}/{long}")
    assert (page.status_code, "schema" in page.text, "not complete" in page.text) == (404, False, True)


async def test_anybody_verifies_a_certificate_on_a_page(front, world):
    tenant, valid = uuid4(), {"state": "valid", "programme": "Care & <lead>", "holder": None}
    told = valid | {"completed": ["Two <webinars>"]}
    world.get(f"/sessions/public/{tenant}/certificates/AAAAA-BBBBB", told)
    unknown = {"state": "unknown", "programme": None, "completed": [], "holder": None}
    world.get(f"/sessions/public/{tenant}/certificates/<b>no", unknown)
    async with front.http(None) as http:
        page = await http.get(f"/pages/certificates/{tenant}/AAAAA-BBBBB")
        other = await http.get(f"/pages/certificates/{tenant}/%3Cb%3Eno")
    assert page.status_code == 200
    for said in ("valid", "Care &amp; &lt;lead&gt;", "Two &lt;webinars&gt;"):
        assert said in page.text
    assert (other.status_code, "not known" in other.text, "<b>no" in other.text) == (200, True, False)


@pytest.mark.parametrize(
    ("wanted", "language", "said"),
    [
        ("cy, en;q=0.8", "cy", "dilys"),
        ("pl-PL", "pl", "ważny"),
        ("es", "es", "válido"),
        ("ja, de;q=0.5", "de", "gültig"),
        ("ja", "en", "valid"),
        ("", "en", "valid"),
    ],
)
async def test_the_page_of_a_certificate_is_in_the_readers_language(front, world, wanted, language, said):
    tenant = uuid4()
    told = {"state": "valid", "programme": "Care", "holder": "Zoe <b>", "completed": ["Webinars"]}
    world.get(f"/sessions/public/{tenant}/certificates/AAAAA", told)
    async with front.http(None) as http:
        page = await http.get(f"/pages/certificates/{tenant}/AAAAA", headers={"Accept-Language": wanted})
    assert f'<html lang="{language}">' in page.text
    assert (f"<strong>{said}</strong>" in page.text, "Zoe &lt;b&gt;" in page.text) == (True, True)


async def test_who_has_the_link_of_a_habit_says_on_a_page_how_they_see_it(front, world):
    tenant, shown = uuid4(), {"habit": "Say <no>", "week": 3, "weeks": [3], "given": False}
    world.get(f"/sessions/public/{tenant}/habit-feedback/t0ken", shown)
    world.post(f"/sessions/public/{tenant}/habit-feedback", {"week": 3})
    world.get(f"/sessions/public/{tenant}/habit-feedback/early", shown | {"week": None})
    async with front.http(None) as http:
        page = await http.get(f"/pages/habits/{tenant}/t0ken", headers={"Accept-Language": "cy"})
        early = await http.get(f"/pages/habits/{tenant}/early")
        assert (early.status_code, "<form" in early.text, ": 3." in early.text) == (200, False, True)
        said = "seen=4&comment=More+often"
        done = await http.post(f"/pages/habits/{tenant}/t0ken/seen", content=said, headers=FORM)
    for words in ('<html lang="cy">', "Say &lt;no&gt;", 'name="seen"', "byth"):
        assert words in page.text
    assert (done.status_code, "Thank you" in done.text) == (200, True)
    assert world.calls[-1].body == {"token": "t0ken", "seen": 4, "comment": "More often"}
    world.post(f"/sessions/public/{tenant}/habit-feedback", JSONResponse({"code": "invalid_request"}, 422))
    async with front.http(None) as http:
        again = await http.post(f"/pages/habits/{tenant}/t0ken/seen", content=said, headers=FORM)
    assert (again.status_code, "More often" in again.text, 'value="4" checked' in again.text) == (422, True, True)


async def test_a_form_in_which_nothing_is_answered_uses_nothing_up(front, world, survey):
    async with front.http(None) as http:
        empty = await http.post(f"{survey}/answer", content="more=+&times=&nobody=asked", headers=FORM)
        assert (empty.status_code, 'role="alert"' in empty.text) == (422, True)
        assert {call.method for call in world.calls} == {"GET"}
        [target] = re.findall(r'action="([^"]+)"', empty.text)
        assert target.startswith("answer?"), "the form of a page that is itself an answer"
        sent = await http.post(f"{survey}/{target.replace('&amp;', '&')}", content="liked=No", headers=FORM)
    assert "Thank you" in sent.text


async def test_a_question_that_waits_for_an_answer_says_for_which(front, world):
    tenant = uuid4()
    waits = {"id": "why", "kind": "text", "text": "Why?", "shown_when": {"question": "liked", "in": ["Yes", "No"]}}
    shown = {
        "wave_id": str(uuid4()),
        "role": "mentor",
        "title": "Arolwg",
        "questions": [QUESTIONS[0], waits],
        "version": 1,
    }
    shown |= {"closes_at": "2099-01-01T00:00:00Z", "notice": "Dienw.", "notice_language": "cy", "language": "cy"}
    shown |= {"wordings": [{"language": "en", "easy_read": True}, {"language": "cy", "easy_read": False}]}
    world.get(f"/evaluation/public/{tenant}/surveys/t0ken", shown)
    async with front.http(None) as http:
        page = await http.get(f"/pages/surveys/{tenant}/t0ken", headers={"Accept-Language": "cy"})
    assert "Atebwch hwn dim ond os ateboch chi “Ja” neu “No” i “Liked &lt;it&gt;?”." in page.text
    assert ">Anfon</button>" in page.text
    assert '<a href="t0ken?language=en&amp;easy_read=true" lang="en">English (hawdd ei ddarllen)</a>' in page.text
    assert "cols=" not in page.text


def test_every_language_of_the_page_has_every_word_and_its_places():
    every = _every_word()
    assert {"en", "cy", "de", "es", "fr", "pl"} <= every.keys()
    for language, words in every.items():
        assert words.keys() == every["en"].keys(), language
        assert all(words.values()), language
        assert "B" in words["only"].format(answers="A", question="B"), language
        assert "A" in words["only"].format(answers="A", question="B"), language


async def test_an_address_is_confirmed_by_a_button_and_not_by_looking(front, world):
    tenant, path = uuid4(), "/applications/public/{}/email-confirmations"
    world.get(path.format(tenant) + "/t0ken", {"new_email": "new@example.org", "expires_at": "2099-01-01T00:00:00Z"})
    world.post(path.format(tenant), {"person_id": str(uuid4())})
    async with front.http(None) as http:
        page = await http.get(f"/pages/email/{tenant}/t0ken")
        assert "new@example.org" in page.text
        assert [call.method for call in world.calls] == ["GET"]
        done = await http.post(f"/pages/email/{tenant}/t0ken/confirm", content="a=b", headers=FORM)
        assert "Thank you" in done.text
    assert world.calls[-1].body == {"token": "t0ken"}


async def test_what_is_not_possible_is_said_on_a_page(front):
    async with front.http(None) as http:
        for path in (f"/pages/surveys/{uuid4()}/unknown", "/pages/surveys/nobody/x", f"/pages/email/{uuid4()}/unknown"):
            page = await http.get(path)
            assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8"), path
        page = await http.get(f"/pages/matches/{uuid4()}")
        assert (page.status_code, "signed in" in page.text) == (200, True)
        refused = await http.post("/graphql", content="query=x", headers=FORM)
        assert refused.status_code == 415, "forms are taken by these pages alone"


def refused(code, status=409):
    return JSONResponse({"title": f"English of {code}", "status": status, "code": code}, status)


@pytest.mark.parametrize("language", sorted(_every_word()))
async def test_every_page_speaks_the_readers_language(front, world, language):
    tenant, words, public = uuid4(), _every_word()[language], "/applications/public/{}/"
    world.get(f"/evaluation/public/{tenant}/surveys/over", refused("wave_closed"))
    world.get(f"/evaluation/public/{tenant}/surveys/used", refused("survey_already_answered"))
    world.get(f"/evaluation/public/{tenant}/surveys/else", refused("unheard_of"))
    world.get(f"/sessions/public/{tenant}/habit-feedback/gone", refused("feedback_link_not_found", 404))
    email = {"new_email": "new@example.org", "expires_at": "2099-01-01T00:00:00Z"}
    world.get(public.format(tenant) + "email-confirmations/t0ken", email)
    world.post(public.format(tenant) + "email-confirmations", {"person_id": str(uuid4())})
    asked = {"programme": "P", "role": "mentee", "nominee": "Ada", "question": None, "statement_required": True}
    unknown = {"state": None, "completed": None}
    world.get(public.format(tenant) + "nominations/t0ken", asked | {"state": "asked", "outcome": unknown})
    told = {"state": "place_offered", "completed": True}
    world.get(public.format(tenant) + "nominations/t0ld", asked | {"state": "endorsed", "outcome": told})
    world.post(public.format(tenant) + "nominations", refused("statement_needed", 422))
    expected = {
        f"surveys/{tenant}/over": ["refused", "refused_wave_closed"],
        f"surveys/{tenant}/used": ["refused", "refused_survey_already_answered"],
        f"surveys/{tenant}/else": ["refused", "refused_else"],
        "surveys/nobody/x": ["refused", "refused_else"],
        f"habits/{tenant}/gone": ["refused", "refused_feedback_link_not_found"],
        f"email/{tenant}/t0ken": ["email", "email_confirm"],
        f"nominations/{tenant}/t0ken": ["nomination", "mentee", "statement", "endorse", "why_not", "decline"],
        f"nominations/{tenant}/t0ld": ["thanks", "nomination_endorsed", "application_place_offered", "ran_its_course"],
        f"matches/{uuid4()}": ["signed_in", "sign_in"],
    }
    sent = {f"email/{tenant}/t0ken/confirm": ["email_done"], f"nominations/{tenant}/t0ken/say": [
        "nomination", "refused_statement_needed",
    ]}  # fmt: skip
    async with front.http(None) as http:
        head = {"Accept-Language": f"xx, {language};q=0.9"}
        pages = {path: await http.get(f"/pages/{path}", headers=head) for path in expected}
        pages |= {
            path: await http.post(f"/pages/{path}", content="answer=endorse", headers=FORM | head) for path in sent
        }
    for path, names in (expected | sent).items():
        text = html.unescape(pages[path].text)
        assert f'<html lang="{language}">' in text, path
        assert [name for name in names if words[name] not in text] == [], path
        assert "English of" not in text, path


async def test_a_survey_that_is_asked_for_in_a_language_says_in_it_that_it_is_over(front, world):
    tenant = uuid4()
    world.get(f"/evaluation/public/{tenant}/surveys/over", refused("wave_closed"))
    async with front.http(None) as http:
        page = await http.get(f"/pages/surveys/{tenant}/over?language=cy-GB", headers={"Accept-Language": "en"})
    assert _every_word()["cy"]["refused_wave_closed"] in html.unescape(page.text)


async def test_a_nominator_without_an_account_answers_on_a_page(front, world):
    tenant, path = uuid4(), "/applications/public/{}/nominations"
    asked = {
        "programme": "P",
        "role": "mentee",
        "nominee": "Ada <Byron>",
        "question": "Why?",
        "statement_required": True,
    }
    world.get(path.format(tenant) + "/t0ken", asked | {"state": "asked", "outcome": {"state": None, "completed": None}})
    made = {"id": str(uuid4()), "version": 2, "programme_id": str(uuid4()), "role": "mentee", "opened_by": "applicant"}
    world.post(path.format(tenant), made | {"state": "endorsed", "asked_at": "2099-01-01T00:00:00Z"})
    async with front.http(None) as http:
        page = await http.get(f"/pages/nominations/{tenant}/t0ken")
        assert "Ada &lt;Byron&gt;" in page.text
        assert [call.method for call in world.calls] == ["GET"]
        said = "answer=endorse&statement=She+leads."
        done = await http.post(f"/pages/nominations/{tenant}/t0ken/say", content=said, headers=FORM)
        assert (done.status_code, "Thank you" in done.text) == (200, True)
    assert world.calls[-1].body == {"token": "t0ken", "answer": "endorse", "statement": "She leads."}
    world.get(
        path.format(tenant) + "/t0ld",
        asked | {"state": "endorsed", "outcome": {"state": "matched", "completed": True}},
    )
    async with front.http(None) as http:
        page = (await http.get(f"/pages/nominations/{tenant}/t0ld")).text
    told = {"title": "The request does not fit its schema; `errors` says where", "errors": []}
    world.post(path.format(tenant), JSONResponse(told | {"code": "invalid_request"}, 422))
    async with front.http(None) as http:
        long = f"answer=decline&reason=%0D%0AI+%3Cb%3E+{'x' * 900}"
        again = await http.post(f"/pages/nominations/{tenant}/t0ken/say", content=long, headers=FORM)
    assert (again.status_code, "schema" in again.text, f"\n\nI &lt;b&gt; {'x' * 900}<" in again.text) == (
        422,
        False,
        True,
    )
    assert 'action="say"' in again.text
    assert "The application of Ada &lt;Byron&gt;: matched. The relationship has run its course." in page
