"""Questions of forms and surveys have types, whatever a programme asks."""

from pathlib import Path
from typing import get_args
from uuid import uuid4

import pytest

from mentoring_common.yaml_text import ours
from mentoring_contracts.blueprint.form import Kind
from mentoring_contracts.blueprint.reading import read
from mentoring_gateway.questions import FormFieldKind, form_field

from .conftest import MOMENT

BLUEPRINTS = sorted((Path(__file__).resolve().parents[3] / "blueprints").glob("*.yaml"))
SO = "{ question answers { text number yes } }"
FORM = f"""query($p: UUID!) {{ programme(id: $p) {{ form {{
  pages {{ id title fields }} notices {{ id version text purposes keptMonthsAfterProgramme }}
  questions {{ id kind roles label mentee: label(role: MENTEE) required requiredWhen {SO} askedWhen {SO}
    step options {{ id label }} of min max maxLength accept maxKb document }} }} }} }}"""
SURVEY = f"""query($o: UUID!) {{ survey(organisationId: $o, token: "t") {{
  asks {{ id kind roles text mentee: text(role: MENTEE) options {{ id label }} rows {{ id text }} min max maxLength
    shownWhen {SO} }} }} }}"""
FIELDS = [
    {
        "id": "about", "kind": "text", "roles": ["mentor", "mentee"], "required": True, "step": "one",
        "label": {"mentor": "What do you offer?", "mentee": "What do you hope for?"},
    },
    {
        "id": "field", "kind": "choice", "roles": ["mentee"], "label": "Which?", "options": ["A", "B"],
        "labels": {"B": "Be"}, "required_when": {"field": "previous", "is": True},
        "asked_when": {"field": "years", "is": 3}, "max_length": 100,
    },
]  # fmt: skip
QUESTIONS = [
    {"id": "often", "kind": "scale", "roles": ["mentee"], "text": "How often?", "options": ["1", "2"], "max": 2},
    {
        "id": "climate", "kind": "matrix", "roles": ["mentee"], "text": {"mentor": "They", "mentee": "You"},
        "options": ["yes", "no"], "rows": [{"id": "trust", "text": "Trust"}],
        "shown_when": {"question": "often", "in": ["1", 2, ["a", "b"]]},
    },
]  # fmt: skip


async def test_a_form_has_types(front, world, make):
    p = uuid4()
    world.get(f"/applications/programmes/{p}", make.programme(p))
    notice = {"id": "n", "version": "1", "text": None, "purposes": ["matching"], "kept_months_after_programme": 6}
    form = {"programme_id": str(p), "version": "1", "criteria": [], "fields": FIELDS, "privacy_notices": [notice]}
    form["steps"] = [{"id": "one", "title": "You", "fields": ["about"]}]
    world.get(f"/applications/programmes/{p}/form", form)
    form = (await front.data(FORM, {"p": str(p)}))["programme"]["form"]
    assert form["pages"] == [{"id": "one", "title": "You", "fields": ["about"]}]
    assert form["notices"][0]["keptMonthsAfterProgramme"] == 6
    about, field = form["questions"]
    assert (about["kind"], about["label"], about["mentee"]) == ("TEXT", "What do you offer?", "What do you hope for?")
    assert (about["required"], about["step"], about["maxLength"], about["options"]) == (True, "one", 2000, [])
    assert field["options"] == [{"id": "A", "label": "A"}, {"id": "B", "label": "Be"}]
    assert field["requiredWhen"] == {
        "question": "previous", "answers": [{"text": None, "number": None, "yes": True}],
    }  # fmt: skip
    assert field["askedWhen"]["answers"] == [{"text": None, "number": 3, "yes": None}]


async def test_a_survey_has_types(front, world):
    survey = {"wave_id": str(uuid4()), "role": "mentee", "title": "One", "questions": QUESTIONS, "closes_at": MOMENT}
    organisation = uuid4()
    world.get(f"/evaluation/public/{organisation}/surveys/t", survey)
    often, climate = (await front.data(SURVEY, {"o": str(organisation)}))["survey"]["asks"]
    assert (often["kind"], often["text"], often["max"]) == ("SCALE", "How often?", 2)
    assert (climate["text"], climate["mentee"], climate["rows"]) == ("They", "You", [{"id": "trust", "text": "Trust"}])
    assert [one["text"] or one["number"] for one in climate["shownWhen"]["answers"]] == ["1", 2, "a, b"]


def test_every_kind_of_question_has_a_name():
    assert {kind.value for kind in FormFieldKind} == set(get_args(Kind))


@pytest.mark.parametrize("path", BLUEPRINTS, ids=lambda path: path.stem)
def test_every_form_that_ships_has_types(path):
    plan, _ = read(ours(path.read_text("utf-8")))
    for field in plan.form.fields:
        data = field.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        options = field.answers(plan.languages)
        typed = form_field(data | {"label": "What?"} | ({"options": options} if options else {}))
        assert (typed.id, typed.kind.value, [one.id for one in typed.options]) == (field.id, field.kind, options)
        assert typed.max_length == field.max_length
